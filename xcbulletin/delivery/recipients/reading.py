"""`recipients.csv` to recipients, or everything that is wrong with it. Nothing in it is trusted."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from xcbulletin.delivery.mailing import PdfChoice, Recipient
from xcbulletin.delivery.recipients.addresses import AddressError, parse_address, shown
from xcbulletin.delivery.recipients.sheets import Row, read_sheet, without_empty_end
from xcbulletin.model import Industry, Place, Problem, Severity
from xcbulletin.settings import resolve_industries

LONGEST = 200
"""Characters of a cell."""

COLUMNS = {
    "name": ("姓名", "名字", "收件人"),
    "address": ("邮箱", "邮件", "地址", "电子邮箱", "电子邮件", "邮箱地址", "邮件地址", "email", "mail"),
    "organisation": ("单位", "工作单位", "单位名称", "organization"),
    "role": ("职务", "职位"),
    "relation": ("关系", "隶属关系"),
    "industries": ("产业", "关注产业", "industry"),
    "pdf": ("PDF",),
    "copies": ("份数", "纸质份数"),
    "lists": ("名单", "分组", "list"),
}
"""The columns, with what else they may be called; the first is what editors are told."""

_PDF_WORDS = {
    **dict.fromkeys(("", "attach", "附件", "附"), PdfChoice.ATTACH),
    **dict.fromkeys(("link", "链接"), PdfChoice.LINK),
    **dict.fromkeys(("none", "无", "不要"), PdfChoice.NONE),
}
_WHOLE = {"*", "all", "全部", "所有", "全部产业", "所有产业"}
_NOTHING = {"", "无", "没有", "-", "—", "——", "/"}
_COPIES = re.compile(r"([0-9]{1,5})(?:\.0+)?\s*[份本册]?")
_PARTS = re.compile(r"[;；,，、|｜\n]")
_BREAKS = re.compile(r"[\n\u2028\u2029\x0b\x0c\x85]")
_HAN_BREAK = re.compile(r"(?<=[\u2e80-\uffef])\s*\n\s*|\s*\n\s*(?=[\u2e80-\uffef])")
_SEEN = "\n\t\u200c\u200d"
"""Blanks that become one, and joiners that some scripts need."""


def read_recipients(
    content: bytes, file: str, industries: Sequence[Industry]
) -> tuple[tuple[Recipient, ...], tuple[Problem, ...]]:
    """Return the recipients whose lines are right, and what is wrong with the others, in the order of the lines."""
    rows, problems = read_sheet(content, file)
    if not rows:
        return (), problems or (_nobody(file),)
    columns, more = _columns_of(rows, file)
    if columns is None:
        return (), _in_order((*problems, *more))
    lines = [_Line(file=file, row=row, columns=columns) for row in rows[1:]]
    recipients = [one for line in lines if (one := line.read(industries))]
    found = (*problems, *more, *(problem for line in lines for problem in line.problems))
    return tuple(recipients), _in_order(found if lines or found else (_nobody(file),))


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda one: one.place.line or 0))


def _nobody(file: str) -> Problem:
    return Problem(
        place=Place(file=file),
        rule="empty",
        message="里面一个收件人也没有",
        suggestion="第一行写列名（如 姓名,邮箱,单位,产业），下面每行写一位",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Columns:
    """Where each column stands, and what it is called in the file."""

    width: int
    places: Mapping[str, int]
    headings: Mapping[str, str]


def _columns_of(rows: Sequence[Row], file: str) -> tuple[_Columns | None, tuple[Problem, ...]]:
    """Return the columns, or none where without them no line can be understood."""
    head = without_empty_end(rows[0].cells)
    place = Place(file=file, line=rows[0].line)
    known = [_BY_HEADING.get(_folded(heading)) for heading in head]
    if not any(known):
        return None, (_no_head(head, place),)
    problems = [*_doubled(head, known, place), *_unknown(head, known, place), *_nameless(rows, head, place)]
    if not {"address", "copies"} & set(known):
        problems.append(
            _column_problem(
                place, "没有“邮箱”这一列，也没有“份数”", "请加上其中一列：邮箱（address）或份数（copies）"
            )
        )
        return None, tuple(problems)
    places = {name: index for index, name in reversed([*enumerate(known)]) if name}
    headings = {name: head[index] for name, index in places.items()}
    return _Columns(width=len(head), places=places, headings=headings), tuple(problems)


def _folded(heading: str) -> str:
    return re.sub(r"[\s_-]", "", unicodedata.normalize("NFKC", heading)).lower()


_BY_HEADING = {_folded(other): name for name, others in COLUMNS.items() for other in (name, *others)}


def _no_head(head: Sequence[str], place: Place) -> Problem:
    what = "一位收件人" if any("@" in cell for cell in head) else f"“{_short('、'.join(filter(None, head)))}”"
    return _column_problem(
        place, f"第一行应为列名，现为{what}", "请加上一行列名，如 姓名,邮箱,单位,产业,PDF,份数,名单"
    )


def _doubled(head: Sequence[str], known: Sequence[str | None], place: Place) -> Iterator[Problem]:
    for name in dict.fromkeys(filter(None, known)):
        same = [heading for heading, one in zip(head, known, strict=True) if one == name]
        if len(same) > 1:
            advice = "；邮寄的地址请另起列名，如“通信地址”" if name == "address" else ""
            yield _column_problem(
                place, f"{'和'.join(f'“{one}”' for one in same)}是同一列（{name}）", f"请只留一列{advice}"
            )


def _unknown(head: Sequence[str], known: Sequence[str | None], place: Place) -> Iterator[Problem]:
    missing = [other for other, name in _BY_HEADING.items() if name not in known]
    strangers = [heading for heading, name in zip(head, known, strict=True) if heading and name is None]
    misspelt = {
        heading: near[0]
        for heading in strangers
        if (near := get_close_matches(_folded(heading), missing, n=1, cutoff=0.8))
    }
    for heading, meant in misspelt.items():
        yield _column_problem(place, f"不认识“{_short(heading)}”这一列", f"是否想写 {_shown(meant)}？")
    if unused := [heading for heading in strangers if heading not in misspelt]:
        yield _column_problem(
            place,
            f"不认识{'、'.join(f'“{_short(one)}”' for one in unused)}这{'几' if len(unused) > 1 else '一'}列，没有用",
            f"能用的列名：{'、'.join(_shown(name) for name in COLUMNS)}",
            Severity.WARNING,
        )


def _shown(heading: str) -> str:
    name = _BY_HEADING[_folded(heading)]
    return f"{COLUMNS[name][0]}（{name}）" if _folded(name) != _folded(COLUMNS[name][0]) else name


def _nameless(rows: Sequence[Row], head: Sequence[str], place: Place) -> Iterator[Problem]:
    for index in (index for index, heading in enumerate(head) if not heading):
        used = next((row.line for row in rows[1:] if len(row.cells) > index and row.cells[index]), None)
        if used is not None:
            yield _column_problem(
                place, f"第 {index + 1} 列没有列名，第 {used} 行却写了内容", "请写上列名，或清空这一列"
            )


def _column_problem(
    place: Place, message: str, suggestion: str, severity: Severity = Severity.ERROR
) -> Problem:
    return Problem(place=place, rule="columns", message=message, suggestion=suggestion, severity=severity)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A line of the list while it is read; what is wrong with it gathers in `problems`."""

    file: str
    row: Row
    columns: _Columns
    problems: list[Problem] = field(default_factory=list)

    def read(self, industries: Sequence[Industry]) -> Recipient | None:
        """Return the recipient, if all that is written is right."""
        if not self._is_whole_line():
            return None
        recipient = Recipient(
            name=self._header_text("name"),
            address=self._address(),
            organisation=self._text("organisation"),
            role=self._text("role"),
            relation=self._relation(),
            industries=self._industries(industries),
            pdf=self._pdf(),
            copies=self._copies(),
            lists=self._lists(),
            line=self.row.line,
        )
        if not self.problems:
            self._require_a_way(recipient)
        return None if self.problems else recipient

    def _is_whole_line(self) -> bool:
        """Tell whether the line has no more cells than there are columns, and none of the lines below in its cells."""
        cells, width = without_empty_end(self.row.cells), self.columns.width
        if len(cells) > width:
            self._complain(
                "columns",
                f"这一行有 {len(cells)} 列，第一行只有 {width} 列",
                "内容里有逗号的，整格要放在英文双引号里；用 Excel 填写、另存为 CSV 就不会错",
            )
        swallowing = [name for name in self.columns.places if {"\n", "@"} <= set(self._cell(name))]
        if swallowing and swallowing != ["address"]:
            self._complain(
                "quotes",
                f"{self._label(swallowing[0])}里混进了下面的行",
                "英文双引号不成对；请用 Excel 打开，改好后另存为 CSV",
            )
        return not self.problems

    def _cell(self, name: str) -> str:
        index = self.columns.places.get(name, len(self.row.cells))
        return self.row.cells[index] if index < len(self.row.cells) else ""

    def _label(self, name: str) -> str:
        return f"“{_short(self.columns.headings[name])}”"

    def _complain(self, rule: str, message: str, suggestion: str) -> None:
        place = Place(file=self.file, line=self.row.line)
        self.problems.append(Problem(place=place, rule=rule, message=message, suggestion=suggestion))

    def _header_text(self, name: str) -> str:
        """Return a text that goes into a header of the letter, where a line break would begin another header."""
        cell = self._cell(name)
        if _BREAKS.search(cell):
            self._complain("control", f"{self._label(name)}里有换行", "请写成一行")
            return ""
        return self._checked(name, cell)

    def _text(self, name: str) -> str:
        return self._checked(name, _HAN_BREAK.sub("", self._cell(name)))

    def _checked(self, name: str, text: str) -> str:
        """Return a text without more blanks than it needs, or nothing where it may not stand in a letter."""
        if (garbled := next(filter(_is_garbled, text), None)) is not None:
            self._complain(
                "encoding", f"{self._label(name)}里有乱码（U+{ord(garbled):04X}）", "请重新写这一格"
            )
        elif (unseen := next(filter(_is_unseen, text), None)) is not None:
            self._complain(
                "control",
                f"{self._label(name)}里有看不见的控制字符（U+{ord(unseen):04X}）",
                "请删去重写这一格",
            )
        elif len(text) > LONGEST:
            self._complain("length", f"{self._label(name)}有 {len(text)} 个字", f"最多 {LONGEST} 个字")
        else:
            return " ".join(text.split())
        return ""

    def _address(self) -> str | None:
        cell = self._header_text("address")
        if cell in _NOTHING:
            return None
        try:
            return parse_address(cell)
        except AddressError as error:
            self._complain("address", error.message, error.suggestion)
            return None

    def _relation(self) -> str:
        text = self._text("relation")
        return "" if text in _NOTHING else text

    def _industries(self, industries: Sequence[Industry]) -> tuple[str, ...]:
        names = self._parts("industries")
        known, unknown = resolve_industries([name for name in names if not _is_whole(name)], industries)
        for name, advice in unknown:
            self._complain("industries", f"没有“{_short(name)}”这个产业", advice)
        return () if any(map(_is_whole, names)) else known

    def _lists(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._parts("lists")))

    def _parts(self, name: str) -> list[str]:
        parts = (self._checked(name, part) for part in _PARTS.split(self._cell(name)))
        return [part for part in parts if part]

    def _pdf(self) -> PdfChoice:
        word = unicodedata.normalize("NFKC", self._cell("pdf")).lower()
        if word not in _PDF_WORDS:
            self._complain(
                "pdf",
                f"{self._label('pdf')}不能写“{_short(word)}”",
                "应为 attach（附件）、link（链接）或 none（无），空着就是附件",
            )
        return _PDF_WORDS.get(word, PdfChoice.ATTACH)

    def _copies(self) -> int:
        written = unicodedata.normalize("NFKC", self._cell("copies"))
        number = _COPIES.fullmatch(written)
        if number is None and written not in _NOTHING:
            self._complain(
                "copies",
                f"{self._label('copies')}应为 0 到 99999 的整数，现为“{_short(written)}”",
                "写 0 或空着就是不要纸质的",
            )
        return int(number[1]) if number else 0

    def _require_a_way(self, recipient: Recipient) -> None:
        if recipient.address is None and recipient.copies == 0:
            self._complain("recipient", "既没有邮箱，也没有纸质份数，送不到", "请写上其中一样，或删去这一行")
        elif recipient.address is None and not (recipient.name or recipient.organisation):
            self._complain("recipient", "纸质的送给谁，没有写", "请写上姓名或单位")


def _is_whole(name: str) -> bool:
    return unicodedata.normalize("NFKC", name).lower() in _WHOLE


def _is_garbled(character: str) -> bool:
    """Tell whether a character stands for one that was lost, or means something else on every machine."""
    return character in "\ufffd\ufffe\uffff" or unicodedata.category(character) == "Co"


def _is_unseen(character: str) -> bool:
    """Tell whether a character shows nothing, and so may pass off one name as another."""
    return character not in _SEEN and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _short(text: str) -> str:
    return shown(text, 30)

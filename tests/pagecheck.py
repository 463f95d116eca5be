"""What the lines of a produced PDF must show (facts/typesetting.md §7: 1-14, 20-22).

`read_page_lines` reads the lines of the body, by size and place; `read_blocks` reads those of any paragraph, title,
cell, caption or note, by the PDF's tags. Each `check_*` returns what is wrong as a list of `Violation`s; `check_all`
gives all that concern running text by name, `check_block` those that hold for any text. Only lines marked as body are
judged, unless a check says otherwise.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from statistics import median, mode
from typing import Any

import pdfplumber
import pikepdf

NOT_AT_START = "，。、；：！？）》】」』”’〉〕·・～％…"
NOT_AT_END = "（《【「『“‘〈〔￥"
HALVED = "，。、；：！？》〉）】〕」』”’"
MARKS = HALVED + NOT_AT_END.replace("￥", "")
UNITS = "％%℃‰年月日个万亿元家件项次"
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
ALPHANUMERIC = re.compile(r"[0-9A-Za-z]")
PART_OF_ADDRESS = re.compile(r"(?=[!-~]{12})[!-~]*(?:[/?=@]|[a-z]\.[a-z])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """Where body text stands on the page, in points."""

    left: float
    right: float
    top: float = 0
    bottom: float = 1e9


@dataclass(frozen=True, kw_only=True, slots=True)
class Glyph:
    text: str
    x0: float
    x1: float
    size: float
    font: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of one column; `is_first` and `is_last` say where it stands in its paragraph."""

    page: int
    column: Column
    baseline: float
    glyphs: tuple[Glyph, ...]
    is_body: bool
    is_first: bool = False
    is_last: bool = False
    kind: str = "P"

    @property
    def text(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs)

    @property
    def em(self) -> float:
        return max(glyph.size for glyph in self.glyphs)

    @property
    def x0(self) -> float:
        return self.glyphs[0].x0

    @property
    def x1(self) -> float:
        return self.glyphs[-1].x1


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    page: int
    text: str
    detail: str = ""


# Reading


def read_page_lines(path: Path, columns: Sequence[Column], *, size: float, fonts: str = "") -> list[Line]:
    """Return the lines of the columns in reading order; body lines are of that size and (if given) fonts."""
    with pdfplumber.open(path) as pdf:
        lines = [
            line
            for page in pdf.pages
            for column in columns
            for line in _column_lines(page, column, size=size, fonts=fonts)
        ]
    return list(_with_paragraphs(lines))


BLOCKS = re.compile("/(P|H[1-6]|T[DH]|Caption|LBody|Lbl|Note)")
Mark = tuple[int, int]
"""A piece of marked content: the page, from 0, and its number there."""


def read_blocks(path: Path, *kinds: str) -> list[Line]:
    """Return the lines of the blocks with these tags (P, H3, TD, TH, Caption, LBody, Note ...), all of them as body.

    A line's column is its block there: as wide as its widest line, a halved mark at the end not counted.
    """
    with pikepdf.open(path) as pdf:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        blocks = list(_blocks(pdf.Root.StructTreeRoot.K, 0, numbers))
    with pdfplumber.open(path) as pdf:
        contents: dict[Mark, list[Any]] = {}
        for page in pdf.pages:
            for char in page.chars:
                contents.setdefault((page.page_number - 1, char["mcid"]), []).append(char)
    return [
        line
        for kind, marks in blocks
        if kind in kinds
        for line in _block_lines(kind, [char for mark in marks for char in contents.get(mark, ())])
    ]


def running_text(path: Path) -> list[Line]:
    """Return the lines of the paragraphs and lists in the size that most of them have."""
    lines = read_blocks(path, "P", "LBody")
    size = mode(line.em for line in lines)
    return [line for line in lines if abs(line.em - size) < 0.1]


def _blocks(node: Any, page: int, numbers: dict[Any, int]) -> Iterator[tuple[str, list[Mark]]]:
    """Yield each block below a node of the tag tree, without the blocks inside it."""
    for element in node if isinstance(node, pikepdf.Array) else [node]:
        if isinstance(element, pikepdf.Dictionary) and "/K" in element:
            there = numbers.get(element.Pg.objgen, page) if "/Pg" in element else page
            if kind := BLOCKS.fullmatch(str(element.S)):
                yield kind[1], list(_marks(element.K, there, numbers))
            yield from _blocks(element.K, there, numbers)


def _marks(node: Any, page: int, numbers: dict[Any, int]) -> Iterator[Mark]:
    for element in node if isinstance(node, pikepdf.Array) else [node]:
        if isinstance(element, int):
            yield page, element
            continue
        there = numbers.get(element.Pg.objgen, page) if "/Pg" in element else page
        if "/MCID" in element:
            yield there, int(element.MCID)
        elif "/K" in element and not BLOCKS.fullmatch(str(element.S)):
            yield from _marks(element.K, there, numbers)


def _block_lines(kind: str, chars: list[Any]) -> Iterator[Line]:
    lines = [line for fragment in _fragments(chars) for line in _fragment_lines(kind, fragment)]
    for number, line in enumerate(lines, 1):
        yield replace(line, is_first=number == 1, is_last=number == len(lines))


def _fragments(chars: list[Any]) -> Iterator[list[Any]]:
    """Split a block where it goes on in the next column or on the next page."""
    fragment: list[Any] = []
    for char in chars:
        if fragment and (
            char["page_number"] != fragment[-1]["page_number"]
            or _baseline(char) - _baseline(fragment[-1]) > 1.5 * char["size"]
        ):
            yield fragment
            fragment = []
        fragment.append(char)
    if fragment:
        yield fragment


def _fragment_lines(kind: str, chars: list[Any]) -> Iterator[Line]:
    size = max(char["size"] for char in chars)
    groups = list(_same_line(sorted(chars, key=_baseline, reverse=True), 0.6 * size))
    rows = [_strip([_glyph(char) for char in sorted(group, key=lambda char: char["x0"])]) for group in groups]
    edges = [row[-1].x1 - (0.5 * size if row[-1].text in HALVED else 0) for row in rows if row]
    left = min((row[0].x0 for row in rows if row), default=0)
    for group, row in zip(groups, rows, strict=True):
        if row:
            yield Line(
                page=group[0]["page_number"],
                column=Column(left=left, right=max(edges)),
                baseline=-median(_baseline(char) for char in group),
                glyphs=row,
                is_body=True,
                kind=kind,
            )


def _column_lines(page: Any, column: Column, *, size: float, fonts: str) -> Iterator[Line]:
    chars = [char for char in page.chars if _is_inside(char, column)]
    for group in _same_line(sorted(chars, key=_baseline, reverse=True), 0.6 * size):
        glyphs = _strip([_glyph(char) for char in sorted(group, key=lambda char: char["x0"])])
        if glyphs and max(glyph.size for glyph in glyphs) > 0.8 * size:
            is_body = any(
                abs(glyph.size - size) < 0.1 and re.search(fonts, glyph.font) is not None for glyph in glyphs
            )
            top = page.height - median(_baseline(char) for char in group)
            yield Line(page=page.page_number, column=column, baseline=top, glyphs=glyphs, is_body=is_body)


def _same_line(chars: Iterable[Any], height: float) -> Iterator[list[Any]]:
    """Group characters, the highest first, by baseline; what is raised belongs to the line below it."""
    group: list[Any] = []
    for char in chars:
        if group and _baseline(group[0]) - _baseline(char) > height:
            yield group
            group = []
        group.append(char)
    if group:
        yield group


def _baseline(char: Any) -> float:
    return float(char["matrix"][5])


def _is_inside(char: Any, column: Column) -> bool:
    middle = (char["x0"] + char["x1"]) / 2
    return bool(column.left - 12 < middle < column.right + 12 and column.top < char["top"] < column.bottom)


def _glyph(char: Any) -> Glyph:
    return Glyph(
        text=char["text"], x0=char["x0"], x1=char["x1"], size=round(char["size"], 2), font=char["fontname"]
    )


def _strip(glyphs: list[Glyph]) -> tuple[Glyph, ...]:
    while glyphs and glyphs[-1].text.isspace():
        glyphs.pop()
    while glyphs and glyphs[0].text.isspace():
        glyphs.pop(0)
    return tuple(glyphs)


def _with_paragraphs(lines: list[Line]) -> Iterator[Line]:
    """Mark where paragraphs begin and end: an indented line begins one, as does a change of size."""
    begins = [_begins(line, previous) for line, previous in zip(lines, [None, *lines], strict=False)]
    for line, first, following in zip(lines, begins, [*begins[1:], True], strict=True):
        yield replace(line, is_first=first, is_last=following)


def _begins(line: Line, previous: Line | None) -> bool:
    return previous is None or line.x0 - line.column.left > 0.6 * line.em or line.is_body != previous.is_body


def _body(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.is_body]


def _pairs(lines: Iterable[Line]) -> Iterator[tuple[Line, Glyph, Glyph]]:
    for line in lines:
        for left, right in pairwise(line.glyphs):
            yield line, left, right


def _seen(line: Line, detail: str = "") -> Violation:
    return Violation(page=line.page, text=line.text, detail=detail)


# Lines (CLREQ 3.1.4, 3.1.5)


def check_line_starts(lines: Iterable[Line]) -> list[Violation]:
    """1 行首禁则. The two-em dash and the ellipsis are judged by `check_separation`."""
    return [_seen(line) for line in _body(lines) if line.text[0] in NOT_AT_START]


def check_line_ends(lines: Iterable[Line]) -> list[Violation]:
    """2 行尾禁则."""
    return [_seen(line) for line in _body(lines) if line.text[-1] in NOT_AT_END]


def check_separation(lines: Iterable[Line]) -> list[Violation]:
    """3 分离禁则: —— and …… whole, a number with its unit."""
    return [
        _seen(line, f"⏎ {following.text[:4]}")
        for line, following in pairwise(_body(lines))
        if not line.is_last
        and (
            (line.text[-1] in "—…" and following.text[0] == line.text[-1])
            or (line.text[-1] in "0123456789" and following.text[0] in UNITS)
        )
    ]


# Justification (CLREQ 3.5)


def raggedness(line: Line) -> float:
    """Return how far a line misses the right edge, in em; a mark at its end may be halved."""
    last = line.glyphs[-1]
    misses = [last.x1 - line.column.right]
    if last.text in HALVED:
        misses.append(misses[0] - 0.5 * last.size)
    return min(abs(miss) for miss in misses) / line.em


def check_flush(lines: Iterable[Line], *, tolerance: float = 0.1) -> list[Violation]:
    """4 两端对齐: every line but a paragraph's last reaches the right edge, if no address stands in it."""
    return [
        _seen(line, f"{raggedness(line):.2f} em")
        for line in _body(lines)
        if not line.is_last and raggedness(line) > tolerance and not PART_OF_ADDRESS.search(line.text)
    ]


def check_addresses(lines: Iterable[Line], *, tolerance: float = 0.02) -> list[Violation]:
    """4 网址: no room is added between the letters of an address."""
    return [
        _seen(line, f"{left.text}{right.text} {right.x0 - left.x1:.2f}")
        for line in _body(lines)
        if PART_OF_ADDRESS.search(line.text)
        for left, right in pairwise(line.glyphs)
        if (left.text + right.text).isascii() and " " not in left.text + right.text
        if right.x0 - left.x1 > tolerance * line.em
    ]


def check_halved(lines: Iterable[Line]) -> list[Violation]:
    """4 行尾标点: a mark at the end of a full line is halved."""
    return [
        _seen(line)
        for line in _body(lines)
        if not line.is_last and line.text[-1] in HALVED and line.x1 - line.column.right < 0.3 * line.em
    ]


def gaps(lines: Iterable[Line]) -> list[tuple[float, Line]]:
    """Return the gap of every two Han neighbours, in em."""
    return [
        ((right.x0 - left.x1) / line.em, line)
        for line, left, right in _pairs(_body(lines))
        if HAN.match(left.text) and HAN.match(right.text) and left.size == right.size
    ]


def check_gaps(lines: Iterable[Line], *, widest: float = 0.25, usual: float = 0.05) -> list[Violation]:
    """5 字距."""
    found = gaps(lines)
    wide = [_seen(line, f"{gap:.2f} em") for gap, line in found if gap > widest]
    if found and (middle := median(gap for gap, _ in found)) > usual:
        wide.append(Violation(page=0, text="median", detail=f"{middle:.3f} em"))
    return wide


# Marks and gaps (CLREQ 3.1.6, 3.2.2)


def check_compression(lines: Iterable[Line], *, widest: float = 0.8) -> list[Violation]:
    """6 标点挤压: the first of two closing marks, the second of two opening ones, gives half an em."""
    return [
        _seen(line, f"{left.text}{right.text} {(right.x0 - left.x0) / left.size:.2f} em")
        for line, left, right in _pairs(_body(lines))
        if left.text in HALVED and right.text in MARKS and (right.x0 - left.x0) / left.size > widest
    ]


def mixed_gaps(lines: Iterable[Line]) -> list[tuple[float, Line, str]]:
    """Return the gap of every Han and Latin neighbour, in em."""
    found = []
    for line in _body(lines):
        glyphs = [glyph for glyph in line.glyphs if not glyph.text.isspace()]
        for left, right in pairwise(glyphs):
            if _is_mixed(left, right) and left.size == right.size:
                found.append(((right.x0 - left.x1) / line.em, line, left.text + right.text))
    return found


def _is_mixed(left: Glyph, right: Glyph) -> bool:
    return bool(
        (HAN.match(left.text) and ALPHANUMERIC.match(right.text))
        or (ALPHANUMERIC.match(left.text) and HAN.match(right.text))
    )


def check_mixed_gaps(lines: Iterable[Line], *, least: float = 0.1, most: float = 0.5) -> list[Violation]:
    """7 中西间距."""
    return [
        _seen(line, f"{pair} {gap:.2f} em")
        for gap, line, pair in mixed_gaps(lines)
        if not least <= gap <= most
    ]


def check_dashes(lines: Iterable[Line]) -> list[Violation]:
    """12 破折号, 省略号: two em, in one."""
    return [
        _seen(line, f"{width:.2f} em")
        for line in _body(lines)
        for width in _twin_widths(line)
        if abs(width - 2) > 0.1
    ]


def _twin_widths(line: Line) -> Iterator[float]:
    """Yield the width of each dash and ellipsis, be it one glyph or two."""
    for text, group in groupby(line.glyphs, key=lambda glyph: glyph.text[0]):
        twin = list(group)
        if text in "—…" and sum(len(glyph.text) for glyph in twin) == 2:
            yield (twin[-1].x1 - twin[0].x0) / line.em


def check_quotes(lines: Iterable[Line], *, least: float = 0.98) -> list[Violation]:
    """13 curly quotes between Han are full width."""
    return [
        _seen(line, glyph.text)
        for line in _body(lines)
        for glyph in line.glyphs
        if glyph.text in "“”‘’" and HAN.search(line.text) and (glyph.x1 - glyph.x0) / glyph.size < least
    ]


# Paragraphs and pages (CLREQ 3.4.4)


def check_indent(lines: Iterable[Line], *, indent: float = 2, tolerance: float = 0.15) -> list[Violation]:
    """8 首行缩进; other lines stand at the left edge."""
    return [
        _seen(line, f"{(line.x0 - line.column.left) / line.em:.2f} em")
        for line in _body(lines)
        if abs((line.x0 - line.column.left) / line.em - (indent if line.is_first else 0)) > tolerance
    ]


def check_lonely(lines: Iterable[Line]) -> list[Violation]:
    """9 孤字: the last line of a paragraph has at least two characters that are not marks."""
    return [
        _seen(line)
        for line in _body(lines)
        if line.is_last
        and not line.is_first
        and len(re.findall(r"[\w%℃]", line.text)) < 2
        and line.text != "（%）"
    ]


def check_numbers(lines: Iterable[Line]) -> list[Violation]:
    """3 no number goes on in the next line, unless in an address."""
    return [
        _seen(line, f"⏎ {following.text[:6]}")
        for line, following in pairwise(_body(lines))
        if not line.is_last
        and re.search("[0-9][.,]?$", line.text)
        and re.match("[.,]?[0-9]", following.text)
        and not re.search("[-/_=&?]|[0-9a-f]{12}", re.split("[^!-~]", line.text)[-1])
    ]


def check_page_edges(lines: Iterable[Line]) -> list[Violation]:
    """10 孤行, 寡行: no first line of a paragraph ends a column, no last line begins one."""
    wrong = []
    for (_, before), (_, after) in pairwise((key, list(group)) for key, group in groupby(lines, _place)):
        if before[-1].is_first and not before[-1].is_last:
            wrong.append(_seen(before[-1], "孤行"))
        if after[0].is_last and not after[0].is_first:
            wrong.append(_seen(after[0], "寡行"))
    return wrong


def check_headings(lines: Iterable[Line]) -> list[Violation]:
    """11 no heading ends a column."""
    columns = [list(group) for _, group in groupby(lines, _place)]
    return [_seen(column[-1]) for column in columns[:-1] if not column[-1].is_body]


def check_pitch(lines: Iterable[Line], *, tolerance: float = 0.2) -> list[Violation]:
    """14 the lines of a paragraph are evenly far apart, as in every paragraph of the column."""
    steps: dict[Column, list[tuple[float, Line]]] = {}
    for line, following in pairwise(lines):
        if (
            line.is_body
            and following.is_body
            and not following.is_first
            and _place(line) == _place(following)
        ):
            steps.setdefault(line.column, []).append((following.baseline - line.baseline, following))
    return [
        _seen(line, f"{step:.2f} pt, not {pitch:.2f}")
        for found in steps.values()
        for pitch in [median(step for step, _ in found)]
        for step, line in found
        if abs(step - pitch) > tolerance
    ]


def check_balance(lines: Iterable[Line], *, least: float = 0.4) -> list[Violation]:
    """15 the last line of a title is not much shorter than its longest."""
    return [
        _seen(line, f"{line.x1 - line.x0:.0f} of {line.column.right - line.column.left:.0f} pt")
        for line in _body(lines)
        if line.is_last and line.x1 - line.x0 < least * (line.column.right - line.column.left)
    ]


def _place(line: Line) -> tuple[int, Column]:
    return line.page, line.column


# The file


def check_fonts(path: Path, *, families: str = "") -> list[Violation]:
    """20 every font is embedded, subset, of our families, and has ToUnicode."""
    wrong = []
    with pikepdf.open(path) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            for font in dict(page.resources.get("/Font", {})).values():
                name = str(font.BaseFont)[1:]
                if fault := _font_fault(font, name, families):
                    wrong.append(Violation(page=number, text=name, detail=fault))
    return wrong


def _font_fault(font: Any, name: str, families: str) -> str:
    descriptor = font.DescendantFonts[0].FontDescriptor if "/DescendantFonts" in font else font.FontDescriptor
    if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
        return "not embedded"
    if not re.match(r"[A-Z]{6}\+", name):
        return "not subset"
    if "/ToUnicode" not in font:
        return "no ToUnicode"
    return "" if re.search(families, name) else "foreign"


def check_tofu(path: Path) -> list[Violation]:
    """21 no missing glyph, no U+FFFD, no private use."""
    with pdfplumber.open(path) as pdf:
        return [
            Violation(page=page.page_number, text=char["text"], detail=char["fontname"])
            for page in pdf.pages
            for char in page.chars
            if re.search(r"[\x00\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]|\(cid:", char["text"])
        ]


def check_fidelity(path: Path, paragraphs: Iterable[str], *, column: Column) -> list[Violation]:
    """22 copied text holds every paragraph (blanks apart), no invisible marks, no doubled blanks, no CJK radicals."""
    text = copied_text(path, column)
    bare = re.sub(r"\s", "", text)
    wrong = [
        Violation(page=0, text=paragraph, detail="not in the PDF")
        for paragraph in paragraphs
        if re.sub(r"\s", "", paragraph) not in bare
    ]
    odd = re.findall(r".?(?:[\u200b\u2060\u00a0\ufeff\u2e80-\u2fdf\ufff9-\uffff]|  ).?", text)
    return wrong + [Violation(page=0, text=place, detail="odd character") for place in odd]


def copied_text(path: Path, column: Column) -> str:
    """Return the text as copied from the area of a column on every page."""
    area = {"-x": column.left - 12, "-y": column.top, "-W": column.right - column.left + 24}
    area["-H"] = min(column.bottom, 5000) - column.top
    options = [word for option, value in area.items() for word in (option, str(round(value)))]
    command = ["pdftotext", "-raw", "-r", "72", *options, str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def check_block(lines: Sequence[Line]) -> dict[str, list[Violation]]:
    """Return what is wrong in blocks of any kind, justified or not, by the number and name of the check."""
    return {
        "1 line starts": check_line_starts(lines),
        "2 line ends": check_line_ends(lines),
        "3 separation": check_separation(lines),
        "3 numbers": check_numbers(lines),
        "6 compression": check_compression(lines),
        "9 lonely": check_lonely(lines),
        "12 dashes": check_dashes(lines),
        "14 pitch": check_pitch(lines),
    }


def check_running_text(lines: Sequence[Line]) -> dict[str, list[Violation]]:
    """Return what is wrong in justified blocks, by the number and name of the check."""
    return check_block(lines) | {
        "4 flush": check_flush(lines),
        "4 addresses": check_addresses(lines),
        "4 halved": check_halved(lines),
        "5 gaps": check_gaps(lines),
        "7 Han-Latin": check_mixed_gaps(lines),
        "13 quotes": check_quotes(lines),
    }


def check_all(lines: Sequence[Line]) -> dict[str, list[Violation]]:
    """Return what every check of the lines finds, by its number and name."""
    return {
        "1 line starts": check_line_starts(lines),
        "2 line ends": check_line_ends(lines),
        "3 separation": check_separation(lines),
        "4 flush": check_flush(lines),
        "4 addresses": check_addresses(lines),
        "4 halved": check_halved(lines),
        "5 gaps": check_gaps(lines),
        "6 compression": check_compression(lines),
        "7 Han-Latin": check_mixed_gaps(lines),
        "8 indent": check_indent(lines),
        "9 lonely": check_lonely(lines),
        "10 page edges": check_page_edges(lines),
        "11 headings": check_headings(lines),
        "12 dashes": check_dashes(lines),
        "13 quotes": check_quotes(lines),
        "14 pitch": check_pitch(lines),
    }

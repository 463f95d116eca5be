"""Lines that Markdown reads in another way than the editor who typed them: what they are, and what would be right.

It knows lines only; `blocks` knows where they stand and reports them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.rules_block.table import escapedSplit

from xcbulletin.model import Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """Something in a paragraph that was surely meant otherwise."""

    row: int
    """Counted from the paragraph's first line, from 0."""
    rule: str
    message: str
    suggestion: str
    severity: Severity = Severity.WARNING


_PICTURE = r"[!！][\[【［]((?:[^\[\]【】［］\n]|\[[^\[\]\n]*\])*)[\]】］]"
_TITLE = r"(\s+(?:\"[^\"\n]*\"|'[^'\n]*'|[“”][^“”\n]*[“”]))?"
_PICTURE_FILE = r"((?:[^()（）<>\"'“”\n]|[(（][^()（）\n]*[)）])+\.(?:svg|png|jpe?g|gif|webp|bmp|tiff?))"
_PICTURE_TRIED = re.compile(
    rf"(?<!\\){_PICTURE}([ \t　]*)[(（][ \t　]*<?{_PICTURE_FILE}>?{_TITLE}[ \t　]*[)）]", re.IGNORECASE
)
_PICTURE_SET = re.compile(r"!\[[^\]\n]*\]\([^()\n]*\)[ \t]*(\{(?:#|width)[^{}\n]*\})")
_PICTURE_LINE = re.compile(r"[!！]\[[^\]]*\]\(.*\)(?:\{[^{}]*\})?\s*")

_HAN_NUMBER = "[一二三四五六七八九十百]"
_PARAGRAPH_ENDS = re.compile(r"[。！？：；”][”’）》」』]*(?:[*_~`]|\[\^[^\]\s]+\])*\s*\Z")
_PARAGRAPH_BEGINS = re.compile(
    rf"　　| {{4}}|\t|[*_]*(?:{_HAN_NUMBER}+、|[（(](?:{_HAN_NUMBER}+|\d+)[）)]|\d+(?:、|[.．](?!\d))|[①-⑳]|——)"
)
_LABEL = re.compile(r"[\u4e00-\u9fff　 ]{2,8}[：:]")
_HEADING_TRIED = re.compile(r"(#{1,6}|＃{1,6})(?!(?<=#)[ \t])[ 　]*([^#＃\s].*)")
_FORMULA = re.compile(r"\$[^$\n]*[\\^_][^$\n]*\$|(?<=[\w)])\^[-+\d]+\^?|(?<=[A-Za-z])~\d+~")
_HASHTAG = re.compile(r"#(?:\d|[^#]+#)")
_TABLE_ROW = re.compile(r"[|｜].*[|｜]")
_TABLE_RULE = re.compile(r"(?=.*[|｜])(?=.*[-—–－─―])[|｜\-—–－─―:： \t]+")


def slips(content: str, lazy: Sequence[int] = ()) -> Iterator[Slip]:
    """Yield what is probably amiss in a paragraph, given as it is written but for the marks of its list or quote.

    `lazy` are the rows that belong to a list, quote or note only because no blank line parts them from it.
    """
    rows = content.split("\n")
    for row, line in enumerate(rows):
        if row and (row in lazy or _begins_anew(rows[row - 1], line)):
            yield Slip(
                row=row,
                rule="paragraph-break",
                message="这一行会与上一行连成一段",
                suggestion="如要另起一段，请在中间空一行",
            )
        yield from _headings(row, line)
        # The patterns look long at every character, and most lines have none of those they begin with.
        if "!" in line or "！" in line:
            yield from _pictures(row, line)
        if "$" in line or "^" in line or "~" in line:
            yield from _formulas(row, line)
    if len(rows) > 1 and ("|" in content or "｜" in content):
        yield from _tables(rows)


def _begins_anew(before: str, line: str) -> bool:
    if line.lstrip(" ").startswith("　　"):
        return True
    if before.endswith(("  ", "\\")):  # a hard break: the lines stay apart
        return False
    return bool(
        _PARAGRAPH_ENDS.search(before)
        or _PARAGRAPH_BEGINS.match(line)
        or (_LABEL.match(before) and _LABEL.match(line))
        or _PICTURE_LINE.fullmatch(before)
        or _PICTURE_LINE.fullmatch(line)
    )


def _headings(row: int, line: str) -> Iterator[Slip]:
    match = _HEADING_TRIED.fullmatch(line.strip(" \t"))
    if match is None or _HASHTAG.match(line.strip()):
        return
    marks, title = match.groups()
    is_wide = marks.startswith("＃")
    shown = title if len(title) <= 20 else f"{title[:20]}……"
    yield Slip(
        row=row,
        rule="heading-blank",
        message="“＃”是全角的，会按正文印出" if is_wide else "#号后面少一个空格，会按正文印出",
        suggestion=f"请写成“{'#' * len(marks)} {shown}”",
    )


def _pictures(row: int, line: str) -> Iterator[Slip]:
    for match in _PICTURE_TRIED.finditer(line):
        if line[: match.start()].count("`") % 2 == 0 and (told := _spoilt_picture(match)):
            message, suggestion = told
            yield Slip(
                row=row,
                rule="picture-address",
                message=message,
                suggestion=suggestion,
                severity=Severity.ERROR,
            )
    for match in _PICTURE_SET.finditer(line):
        if line.strip() != match[0]:
            yield Slip(
                row=row,
                rule="picture-setting",
                message=f"句子里的图片不能设编号或宽度，“{match[1]}”会印成文字",
                suggestion="请让图片单独成段，或删去",
            )


def _formulas(row: int, line: str) -> Iterator[Slip]:
    for match in _FORMULA.finditer(line):
        yield Slip(
            row=row,
            rule="formula",
            message=f"“{match[0]}”这样的公式写法会照原样印出",
            suggestion="上下标请用 ²、³、₂ 这类字符，复杂的公式请做成图片",
        )


def _tables(rows: Sequence[str]) -> Iterator[Slip]:
    """Yield why the first rows that were meant as a table's head and the rule below it are no table."""
    for row, (head, rule) in enumerate(pairwise(line.strip() for line in rows)):
        has_rule = bool(_TABLE_RULE.fullmatch(rule)) and bool(re.search("[|｜]", head))
        if has_rule or (_TABLE_ROW.fullmatch(head) and _TABLE_ROW.fullmatch(rule)):
            yield Slip(
                row=row + has_rule,
                rule="table-row",
                message=f"{_spoilt_table(head, rule, has_rule=has_rule)}，认不出是表格，会按正文印出",
                suggestion=f"请在表头下面写一行“{'|---' * cells_in(head.replace('｜', '|'))}|”",
                severity=Severity.ERROR,
            )
            return


def _spoilt_table(head: str, rule: str, *, has_rule: bool) -> str:
    if "｜" in head or "｜" in rule:
        return "表格的竖线“｜”是全角的"
    if not has_rule:
        return "表头下面少一行横线"
    if re.search("[^-|: \t]", rule):
        return "表头下面的横线不是英文减号和冒号"
    cells, marks = cells_in(head), cells_in(rule)
    return f"表头有 {cells} 格，下面的横线有 {marks} 格" if cells != marks else "表头下面的横线写法不对"


def cells_in(row: str) -> int:
    """Return how many cells a row of a table has."""
    cells = escapedSplit(row.lstrip(" >").rstrip())
    return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")


def _spoilt_picture(match: re.Match[str]) -> tuple[str, str] | None:
    caption, gap, address, title = match.groups()
    has_blank = re.search(r"[ \t]", address) is not None and f"<{address}>" not in match[0]
    right = f"![{caption}]({f'<{address}>' if re.search(r'[ 	]', address) else address}{_straight(title)})"
    frame = match[0].replace(address, "", 1).replace(caption, "", 1)
    if re.search("[！【［】］（）“”]", frame):
        return "图片写法里用了全角的标点，图片认不出来", f"请写成 {right}"
    if has_blank:
        return "图片地址里有空格，图片认不出来", f"请写成 {right}，或改文件名"
    if gap:
        return "图片的“]”与“(”之间有空格，图片认不出来", f"请写成 {right}"
    return None


def _straight(title: str | None) -> str:
    return "" if not title else f' "{title.strip()[1:-1]}"'

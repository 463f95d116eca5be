"""A table as Excel and people save it: bytes to rows of cells, each with its line. Nothing is trusted."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from xcbulletin.errors import ProblemsError
from xcbulletin.model import Place, Problem
from xcbulletin.yamltext import decode

MOST_BYTES, MOST_ROWS, MOST_CELLS = 10_000_000, 50_000, 100
_MOST_BROKEN = 20
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])[,;\s]*", re.IGNORECASE)
"""By which Excel is told what parts the cells."""
_TWINS = {",": "，", ";": "；", "，": ",", "；": ";"}
_DELIMITERS = ",\t;，；"
_AS_CSV = "请用 Excel 打开，另存为“CSV UTF-8（逗号分隔）”"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row that is not empty. Its cells have no blanks around them, and may have line breaks in them."""

    line: int
    """On which it begins, from 1."""
    cells: tuple[str, ...]


def read_sheet(content: bytes, file: str) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """Return the rows of a CSV file, and what could not be read.

    It may be UTF-8, UTF-16 with a mark, or GB 18030; its cells are parted by commas, semicolons or tabs, or by
    what a Chinese keyboard gives for them.
    """
    if problem := _no_text(content, file):
        return (), (problem,)
    try:
        text = decode(content, file)
    except ProblemsError as error:
        return (), error.problems
    lines = text.split("\n")
    separator = _SEPARATOR_LINE.fullmatch(lines[0])
    delimiter = separator[1] if separator else _delimiter(lines)
    problems: list[Problem] = []
    written = _rows(lines, 1 if separator else 0, delimiter, file, problems)
    rows = list(islice((row for row in written if any(row.cells)), MOST_ROWS + 1))
    if problem := _too_large(rows, file):
        return (), (problem,)
    width = len(without_empty_end(rows[0].cells)) if rows else 0
    return tuple(_parted(row, width, delimiter) for row in rows), tuple(problems)


def without_empty_end(cells: Sequence[str]) -> Sequence[str]:
    """Return the cells as far as the last that is not empty."""
    return cells[: max((index for index, cell in enumerate(cells, 1) if cell), default=0)]


def _no_text(content: bytes, file: str) -> Problem | None:
    if content.startswith(_WORKBOOKS):
        return _broken(file, None, "encoding", "这是 Excel 工作簿，不是 CSV", _AS_CSV)
    if len(content) > MOST_BYTES:
        return _broken(
            file,
            None,
            "size",
            f"文件超过 {MOST_BYTES // 10**6} MB，不像收件人名单",
            "请检查是否放错了文件",
        )
    if b"\0" in content and not content.startswith(_UTF_16):
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        return _broken(file, line, "encoding", "里面有空字符，不是 CSV 文本", _AS_CSV)
    return None


def _too_large(rows: Sequence[Row], file: str) -> Problem | None:
    if len(rows) > MOST_ROWS:
        return _broken(
            file,
            rows[MOST_ROWS].line,
            "size",
            f"超过 {MOST_ROWS} 行，不像收件人名单",
            "请检查是否放错了文件",
        )
    if wide := next((row.line for row in rows if len(without_empty_end(row.cells)) > MOST_CELLS), None):
        return _broken(file, wide, "size", f"超过 {MOST_CELLS} 列，不像收件人名单", "请检查是否放错了文件")
    return None


def _delimiter(lines: Sequence[str]) -> str:
    head = next((line for line in lines if line.strip(_DELIMITERS + " ")), "")
    outside_quotes = re.sub(r'"[^"]*"', "", head)
    return max(_DELIMITERS, key=outside_quotes.count)


def _rows(
    lines: Sequence[str], start: int, delimiter: str, file: str, problems: list[Problem]
) -> Iterator[Row]:
    """Yield the rows; one whose quotes are wrong is reported, and reading goes on below its first line."""
    while start < len(lines):
        reader = csv.reader(
            (f"{line}\n" for line in islice(lines, start, None)), delimiter=delimiter, strict=True
        )
        line = start
        try:
            for cells in reader:
                yield Row(line=line + 1, cells=tuple(cell.strip() for cell in cells))
                line = start + reader.line_num
        except csv.Error:
            problems.append(_unquoted(file, line + 1))
            if len(problems) == _MOST_BROKEN:
                problems.append(
                    _broken(file, line + 2, "quotes", "从这一行起没有读，前面的引号错得太多", _AS_CSV)
                )
                return
            start = line + 1
        else:
            return


def _unquoted(file: str, line: int) -> Problem:
    return _broken(
        file, line, "quotes", "这一行的英文双引号不成对，没有读", "请用 Excel 打开，改好后另存为 CSV"
    )


def _parted(row: Row, width: int, delimiter: str) -> Row:
    """Part a row that is too short at the marks of the other keyboard, where it was written with these."""
    twin = _TWINS.get(delimiter)
    cells = without_empty_end(row.cells)
    if twin is None or len(cells) >= width or not any(twin in cell for cell in cells):
        return row
    parts = tuple(part.strip() for cell in cells for part in cell.split(twin))
    return Row(line=row.line, cells=parts) if len(cells) == 1 or len(parts) == width else row


def _broken(file: str, line: int | None, rule: str, message: str, suggestion: str) -> Problem:
    return Problem(place=Place(file=file, line=line), rule=rule, message=message, suggestion=suggestion)

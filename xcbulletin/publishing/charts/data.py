"""The data of a chart: CSV as Excel saves it, or rows in the block, to columns of numbers. Nothing is trusted."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from xcbulletin.errors import ProblemsError
from xcbulletin.model import Place, Problem, Severity
from xcbulletin.publishing.charts.chart import Series, Value
from xcbulletin.publishing.charts.numbers import is_missing, parse_number
from xcbulletin.yamltext import decode

RULE = "chart"
MOST_BYTES, MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1_000_000, 400, 41, 200
"""A column of names and 40 of numbers."""

_NEW_LINE = re.compile(r"(?<=[\u2e80-\uffef])\n|\n(?=[\u2e80-\uffef])")
_DELIMITERS = ",\t;"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of Excel and WPS begin, new ones and old ones."""
_WORKBOOK_NAMES = (".xlsx", ".xls", ".xlsm", ".xlsb", ".et", ".ods", ".numbers")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of cells and where it stands."""

    place: Place
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Rows that are as long as their head."""

    head: Row
    rows: tuple[Row, ...]


def chart_problem(place: Place, message: str, suggestion: str | None = None) -> Problem:
    """Return something that is wrong with a chart."""
    return Problem(place=place, rule=RULE, message=message, suggestion=suggestion)


def chart_remark(place: Place, message: str, suggestion: str) -> Problem:
    """Return what a chart could show better; it is drawn all the same."""
    return Problem(place=place, rule=RULE, severity=Severity.WARNING, message=message, suggestion=suggestion)


def is_workbook(content: bytes, address: str) -> bool:
    """Tell whether a file is a spreadsheet's own, by its name or by how it begins, and no text."""
    return content.startswith(_WORKBOOKS) or address.lower().endswith(_WORKBOOK_NAMES)


def parse_csv(content: bytes, file: str) -> tuple[Grid | None, tuple[Problem, ...]]:
    """Return the grid of a CSV file: UTF-8, UTF-16 or GBK, parted by commas, semicolons or tabs."""
    if len(content) > MOST_BYTES:
        return None, (chart_problem(Place(file=file), "数据文件超过 1 MB", "请只留画图要用的行和列"),)
    try:
        text = decode(content, file)
    except ProblemsError as error:
        return None, tuple(chart_problem(one.place, one.message, one.suggestion) for one in error.problems)
    delimiter = _delimiter(text)
    try:
        rows = list(_csv_rows(text, delimiter, file))
    except csv.Error as error:
        row = int(error.args[1]) if len(error.args) > 1 else 1
        place = Place(file=file, line=row)
        return None, (chart_problem(place, "这里的引号不成对，读不下去", "请用 Excel 打开，另存为 CSV"),)
    return make_grid(rows, Place(file=file))


def _delimiter(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip(_DELIMITERS + " ")), "")
    outside_quotes = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=outside_quotes.count)


def _csv_rows(text: str, delimiter: str, file: str) -> Iterator[Row]:
    reader = csv.reader((f"{row}\n" for row in text.split("\n")), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield Row(place=Place(file=file, line=line), cells=tuple(map(_tidied, cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(str(error), line) from error


def _tidied(cell: str) -> str:
    """Return a cell on one line; between Han a new line is no blank."""
    return " ".join(_NEW_LINE.sub("", cell.replace("\0", "")).split())


def make_grid(written: Iterable[Row], place: Place) -> tuple[Grid | None, tuple[Problem, ...]]:
    """Return the rows as a grid, and what is wrong with them; a row that is empty, ragged or too long is not in it."""
    rows = [row for row in written if any(row.cells)]
    if len(rows) < 2:
        return None, (chart_problem(place, "没有数据", "第一行写列名，下面每行写一项，如 [中国移动, 240]"),)
    width = len(_without_empty_end(rows[0].cells))
    problems = [*_too_large(rows), *(_narrow(rows[0]) if width < 2 else ())]
    if problems:
        return None, tuple(problems)
    head = Row(
        place=rows[0].place, cells=tuple(cell[:LONGEST_CELL] for cell in _padded(rows[0].cells, width))
    )
    kept, wrong = [], list(_too_long(rows[0]))
    for row in rows[1:]:
        found = [*_too_long(row), *_ragged(row, width)]
        wrong += found
        if not found:
            kept.append(Row(place=row.place, cells=_padded(row.cells, width)))
    return Grid(head=head, rows=tuple(kept)) if kept else None, tuple(wrong)


def _padded(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))[:width]


def _without_empty_end(cells: Sequence[str]) -> Sequence[str]:
    end = max((index for index, cell in enumerate(cells, 1) if cell), default=0)
    return cells[:end]


def _too_large(rows: Sequence[Row]) -> Iterator[Problem]:
    if len(rows) > MOST_ROWS + 1:
        place = rows[MOST_ROWS + 1].place
        yield chart_problem(place, f"数据超过 {MOST_ROWS} 行，一张图画不清楚", "请先汇总，或只留要画的行")
    if len(rows[0].cells) > MOST_COLUMNS:
        yield chart_problem(rows[0].place, f"数据超过 {MOST_COLUMNS} 列", "请只留要画的列")


def _too_long(row: Row) -> Iterator[Problem]:
    for cell in row.cells:
        if len(cell) > LONGEST_CELL:
            message = f"“{cell[:10]}……”一格有 {len(cell)} 个字，图上放不下"
            yield chart_problem(row.place, message, f"请缩短到 {LONGEST_CELL} 字以内")


def _narrow(head: Row) -> Iterator[Problem]:
    hint = "各格请用英文逗号隔开" if re.search("[，、；]", head.cells[0]) else "如 [企业, 2020年]"
    yield chart_problem(head.place, "第一行只有一格，至少要有两列：名称和数字", hint)


def _ragged(row: Row, columns: int) -> Iterator[Problem]:
    """Yield what is wrong with a row that has more cells than the head, or fewer."""
    filled = len(_without_empty_end(row.cells))
    if not filled <= columns <= len(row.cells):
        message = f"这一行有 {max(filled, len(row.cells))} 格，列名有 {columns} 格"
        yield chart_problem(row.place, message, _hint(row, filled > columns))


def _hint(row: Row, too_long: bool) -> str:
    if too_long and any(re.fullmatch(r"\d{3}(\.\d+)?", cell) for cell in row.cells[1:]):
        return "数字里不要写千分位逗号；列名也要逐格写全"
    if not too_long and re.search("[，；]", "".join(row.cells)):
        return "各格请用英文逗号隔开"
    return "请删去多出的" if too_long else "没有数的格请写“—”"


def read_series(
    grid: Grid, columns: Sequence[int], unit: str | None
) -> tuple[tuple[Series, ...], str | None, tuple[Problem, ...]]:
    """Return the columns as series, the unit (“%” where numbers are written with it), and what is no number."""
    problems: list[Problem] = []
    signs: set[bool] = set()
    series = []
    for column in columns:
        values: list[Value | None] = []
        for row in grid.rows:
            cell = row.cells[column]
            value, sign = parse_number(cell) or (None, None)
            if sign is not None:
                signs.add(sign)
            elif not is_missing(cell):
                problems.append(_no_number(row, grid.head.cells[column], cell))
            values.append(value)
        series.append(Series(name=grid.head.cells[column], values=tuple(values)))
    if True in signs and (False in signs or unit not in (None, "%")):
        message = "有的数带“%”，有的不带" if False in signs else f"数字带“%”，单位却写“{unit}”"
        problems.append(chart_problem(grid.rows[0].place, message, "请统一：数字都不带“%”，单位写在 unit 里"))
    return tuple(series), "%" if True in signs else unit, tuple(problems)


def _no_number(row: Row, column: str, cell: str) -> Problem:
    shown = cell if len(cell) <= 20 else f"{cell[:19]}…"
    hint = "这一格只写数字，如 1025、3.5、约1100；没有数的写“—”"
    if re.search(r"\d", cell):
        hint += "；单位写在 unit 里"
    return chart_problem(row.place, f"“{row.cells[0]}”一行的“{column}”不是数字：“{shown}”", hint)


def rows_of(written: Sequence[object], place_of: Callable[[int], Place]) -> Iterator[Row | Problem]:
    """Yield the rows of a block, or what is wrong where one is no list of cells."""
    for index, cells in enumerate(written):
        if isinstance(cells, list) and not any(isinstance(cell, list | dict) for cell in cells):
            yield Row(place=place_of(index), cells=tuple(_tidied(str(cell or "")) for cell in cells))
        else:
            yield chart_problem(
                place_of(index), "这一行应写成 [名称, 数字, …]", "例如 - [中国移动, 240, 1025]"
            )

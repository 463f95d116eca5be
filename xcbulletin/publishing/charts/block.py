"""A ```chart block to a Chart: its few options, its data, and everything that is wrong with either."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from xcbulletin.model import Place, Problem
from xcbulletin.publishing.charts.chart import KIND_NAMES, Chart, ChartKind, Series
from xcbulletin.publishing.charts.checks import Subject, faults
from xcbulletin.publishing.charts.data import (
    Grid,
    chart_problem,
    chart_remark,
    is_workbook,
    make_grid,
    parse_csv,
    read_series,
    rows_of,
)
from xcbulletin.publishing.charts.numbers import is_missing
from xcbulletin.publishing.charts.scatter import unnamed
from xcbulletin.settings import Section, Text, TextList
from xcbulletin.yamltext import YamlText, parse_yaml, validate

ReadData = Callable[[str], bytes]
"""Gives the content of a data file by its address in the text; raises DataError."""


class DataError(Exception):
    """Why a data file cannot be had, and what would help."""

    def __init__(self, message: str, suggestion: str) -> None:
        self.message, self.suggestion = message, suggestion


def no_data(address: str) -> bytes:
    """Stand for a folder without any file."""
    raise DataError(f"找不到数据文件 {address}", "请把文件放进 assets 文件夹，写 assets/文件名")


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartBlock:
    """A block as it stands in an article: the figure it makes, and the chart in it."""

    title: str
    id: str | None
    source: str | None
    """The line under the caption: note and source."""
    chart: Chart | None
    """None where something is wrong with it."""


_KINDS = {
    **{name: kind for kind, name in KIND_NAMES.items()},
    "条形图": ChartKind.BAR,
    "堆积图": ChartKind.STACKED,
    "堆积条形图": ChartKind.STACKED,
    "圆环图": ChartKind.DONUT,
    "column": ChartKind.BAR,
    "doughnut": ChartKind.DONUT,
    **{kind.value: kind for kind in ChartKind},
}
_DIRECTIONS = {"vertical": False, "horizontal": True, "竖": False, "横": True, "竖向": False, "横向": True}
_OPTION = re.compile(r"(title|unit|source|note|highlight|data|id):[ \t]+([^\s'\"|>#].*?)([ \t]+#[ \t].*)?")
_ROW = re.compile(r"(\s*-\s+)[\[［【](.*)[\]］】]\s*(#\s.*)?")
_CELL = re.compile(r"""\s*("[^"]*"|'[^']*'|[^,]*)\s*(?:,|\Z)""")
_UNIT_IN_NAME = re.compile(r"(.+?)\s*[（(]([^（）()]{1,12})[）)]")


def _kind(value: object) -> ChartKind:
    kind = _KINDS.get(str(value or "").strip().lower())
    if kind is None:
        near = get_close_matches(str(value).lower(), _KINDS, n=1, cutoff=0.5)
        known = "、".join(f"{one}（{name}）" for one, name in KIND_NAMES.items())
        hint = f"是否想写“{_KINDS[near[0]]}”？" if near else ""
        raise ValueError(f"应为图的种类，现为“{value or '空'}”；{hint}能写的有 {known}")
    return kind


def _direction(value: object) -> bool:
    if str(value) not in _DIRECTIONS:
        raise ValueError("应为 vertical（竖）或 horizontal（横）")
    return _DIRECTIONS[str(value)]


def _height(value: object) -> int:
    if not re.fullmatch(r"\d{1,9}", str(value)) or not 40 <= int(str(value)) <= 200:
        raise ValueError(f"应为 40 到 200（毫米），现为“{value}”")
    return int(str(value))


def _id(value: object) -> str:
    if not re.fullmatch(r"[\w-]+", str(value)):
        raise ValueError("只能用字母、汉字、数字和连字符，如 fig-5g")
    return str(value)


class ChartFields(Section):
    """The options of a chart."""

    kind: Annotated[ChartKind, BeforeValidator(_kind)]
    title: Text
    id: Annotated[str, BeforeValidator(_id)] | None = None
    unit: Text | None = None
    data: Text | None = None
    rows: Any = None
    columns: TextList = ()
    highlight: Text | None = None
    direction: Annotated[bool, BeforeValidator(_direction)] | None = None
    percent: bool = False
    height: Annotated[int, BeforeValidator(_height)] | None = None
    source: Text | None = None
    note: Text | None = None


def read_block(
    text: str, file: str, first_line: int, read_data: ReadData
) -> tuple[ChartBlock, tuple[Problem, ...]]:
    """Return what a block says, `text` beginning on `first_line` of `file`, and all that is wrong with it."""
    parsed = parse_yaml("\n".join(map(_as_text, text.split("\n"))), file, first_line)
    fields, found = validate(ChartFields, parsed)
    problems = [_option_problem(one) for one in found]
    written = parsed.data if isinstance(parsed.data, dict) else {}
    options = fields or _readable(written)
    is_kind_known = fields is not None or _is_right("kind", written.get("kind"))
    grid, more = _grid(written, parsed, read_data) if written else (None, ())
    problems += more
    chart = None
    if grid is not None:
        chart, more = _chart(options, grid, parsed, is_kind_known)
        problems += more
    problems.sort(key=lambda one: (one.place.file != file, one.place.file, one.place.line or 0))
    problems = [_with_user(one, parsed.place(("data",))) for one in problems]
    return ChartBlock(
        title=_text(written.get("title")),
        id=options.id,
        source=_source_line(options),
        chart=None if any(one.is_error for one in problems) else chart,
    ), tuple(problems)


def _with_user(problem: Problem, user: Place) -> Problem:
    """Return what is wrong with a data file together with the line that names the file."""
    if problem.place.file == user.file:
        return problem
    return replace(problem, message=f"{problem.message}（图在 {user}）")


def _option_problem(found: Problem) -> Problem:
    hint = found.suggestion and found.suggestion.replace("“kind: ……”", "“kind: bar”（柱状图）")
    return chart_problem(found.place, found.message, hint)


def _readable(written: dict[str, Any]) -> ChartFields:
    """Return the options that are right by themselves, so that what is wrong with the data is found as well."""
    right = {name: value for name, value in written.items() if _is_right(name, value)}
    return ChartFields.model_validate({**_NEEDED, **right})


_NEEDED = {"kind": "bar", "title": "题"}


def _is_right(name: str, value: object) -> bool:
    try:
        ChartFields.model_validate({**_NEEDED, name: value})
    except ValidationError:
        return False
    return True


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _as_text(line: str) -> str:
    """Return a line with its text quoted: to YAML “%”, “—”, “: ” or nothing between commas is no text."""
    if option := _OPTION.fullmatch(line):
        return f"{option[1]}: {_quoted(option[2].strip())}"
    match = _ROW.fullmatch(line)
    if match is None or match[2].startswith("["):
        return line
    inside = match[2] if "," in match[2] else match[2].replace("，", ",")
    cells = [_unquoted(cell.strip()) for cell in _cells(inside)]
    return f"{match[1]}[{', '.join(_quoted(cell) for cell in cells)}]"


def _cells(inside: str) -> Iterator[str]:
    place = 0
    while match := _CELL.match(inside, place):
        yield match[1]
        place = match.end()
        if not match[0].endswith(","):
            return


def _unquoted(cell: str) -> str:
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "\"'" else cell


def _quoted(cell: str) -> str:
    doubled = cell.replace("'", "''")
    return f"'{doubled}'"


def _source_line(fields: ChartFields) -> str | None:
    note, source = fields.note, fields.source
    if note:
        note = note if note.startswith(("注：", "说明：")) else f"注：{note}"
        note = note if note.endswith(("。", "！", "？")) or not source else f"{note}。"
    if source and not re.match(r"(?:数据|资料)?来源\s*[：:]", source):
        source = f"数据来源：{source}"
    return "".join(filter(None, (note, source))) or None


def _grid(
    written: dict[str, Any], parsed: YamlText, read_data: ReadData
) -> tuple[Grid | None, tuple[Problem, ...]]:
    data, rows = written.get("data"), written.get("rows")
    if data and rows:
        place = parsed.place(("rows",))
        return None, (
            chart_problem(place, "data 和 rows 只能写一个", "数据在文件里写 data，直接写在这里用 rows"),
        )
    if data:
        return _grid_of_file(_text(data), parsed.place(("data",)), read_data)
    if not isinstance(rows, list):
        place = parsed.place(("rows",))
        hint = "请写 data: assets/文件名.csv，或在 rows: 下面逐行写 - [名称, 数字]"
        return None, (chart_problem(place, "没有数据", hint),)
    return _grid_of_rows(rows, parsed)


def _grid_of_file(address: str, place: Place, read_data: ReadData) -> tuple[Grid | None, tuple[Problem, ...]]:
    try:
        content = read_data(address)
    except DataError as error:
        return None, (chart_problem(place, error.message, error.suggestion),)
    if is_workbook(content, address):
        hint = f"请在 Excel 或 WPS 里打开它，另存为“CSV UTF-8（逗号分隔）”，这里改写为 data: {address.rpartition('.')[0]}.csv"
        return None, (chart_problem(place, f"{address} 是电子表格，不是 CSV", hint),)
    folder = "/".join(place.file.split("/")[:2])
    return parse_csv(content, f"{folder}/{address}")


def _grid_of_rows(rows: list[object], parsed: YamlText) -> tuple[Grid | None, tuple[Problem, ...]]:
    found = list(rows_of(rows, lambda index: parsed.place(("rows", index))))
    problems = [one for one in found if isinstance(one, Problem)]
    good = [one for one in found if not isinstance(one, Problem)]
    if problems and len(good) < 2:
        return None, tuple(problems)
    grid, more = make_grid(good, parsed.place(("rows",)))
    return grid, (*problems, *more)


def _chart(
    fields: ChartFields, grid: Grid, parsed: YamlText, is_kind_known: bool
) -> tuple[Chart | None, tuple[Problem, ...]]:
    columns, problems = _columns(fields.columns, grid, parsed.place(("columns",)))
    series, unit, more = read_series(grid, columns, fields.unit)
    problems += [*more, *_names(grid)]
    if problems or not is_kind_known:
        return None, tuple(problems)
    if fields.kind is not ChartKind.SCATTER and not unit:
        series, unit = _with_shared_unit(series)
    chart = Chart(
        kind=fields.kind,
        title=fields.title,
        categories_name=grid.head.cells[0],
        categories=tuple(row.cells[0] for row in grid.rows),
        series=series,
        unit=unit,
        highlight=fields.highlight,
        horizontal=fields.direction,
        percent=fields.percent,
        height=fields.height,
    )
    rows = tuple(row.place for row in grid.rows)
    subject = Subject(chart=chart, head=grid.head.place, rows=rows, options=parsed)
    found = list(faults(subject, fields.model_fields_set))
    if not any(one.is_error for one in found):
        found += _unnamed(subject)
    return chart, tuple(found)


def _unnamed(subject: Subject) -> Iterator[Problem]:
    """Remark points whose names have no room."""
    names = unnamed(subject.chart) if subject.chart.kind is ChartKind.SCATTER else ()
    if names:
        which = f"“{names[0]}”的名称" if len(names) == 1 else f"“{names[0]}”等 {len(names)} 个名称"
        hint = "请只留主要的点，或用 highlight 突出要看的一个"
        yield chart_remark(subject.head, f"图上放不下{which}，只画了点", hint)


def _columns(wanted: Sequence[str], grid: Grid, place: Place) -> tuple[list[int], list[Problem]]:
    """Return the columns to be drawn: those asked for, or all but the names."""
    names = list(grid.head.cells)
    if not wanted:
        return list(range(1, len(names))), []
    problems = []
    for name in wanted:
        if name not in names[1:]:
            near = get_close_matches(name, names[1:], n=1, cutoff=0.5)
            hint = f"是否想写“{near[0]}”？" if near else f"现有的列：{'、'.join(names[1:][:8])}"
            problems.append(chart_problem(place, f"数据里没有“{name}”这一列", hint))
    return [names.index(name, 1) for name in wanted if name in names[1:]], problems


def _names(grid: Grid) -> Iterator[Problem]:
    """Yield what is wrong with the names of columns and rows."""
    for index, name in enumerate(grid.head.cells[1:], start=2):
        if not name:
            yield chart_problem(grid.head.place, f"第 {index} 列没有列名", "请在第一行补上")
        elif name in grid.head.cells[1 : index - 1]:
            yield chart_problem(grid.head.place, f"列名“{name}”写了两次", "请改掉一处")
    seen: dict[str, Place] = {}
    for row in grid.rows:
        name = row.cells[0]
        if not name or is_missing(name):
            yield chart_problem(row.place, "这一行的第一格没有名称", "请补上，如企业名或年份")
        elif name in seen:
            yield chart_problem(
                row.place, f"“{name}”写了两行（第 {seen[name].line} 行已有）", "请删去一行，或改名"
            )
        seen.setdefault(name, row.place)


def _with_shared_unit(series: tuple[Series, ...]) -> tuple[tuple[Series, ...], str | None]:
    """Return the series without the unit that all their names end with, and the unit."""
    matches = [_UNIT_IN_NAME.fullmatch(one.name) for one in series]
    units = {match[2] if match else None for match in matches}
    unit = units.pop() if len(units) == 1 else None
    if unit is None or "=" in unit or "＝" in unit or re.search(r"\d", unit):
        return series, None
    named = (
        Series(name=match[1], values=one.values) for one, match in zip(series, matches, strict=True) if match
    )
    return tuple(named), unit

"""What a kind of chart cannot show, or not honestly."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import pairwise

from xcbulletin.model import Place, Problem
from xcbulletin.publishing.charts.chart import KIND_NAMES, ROUND, Chart, ChartKind
from xcbulletin.publishing.charts.data import chart_problem, chart_remark
from xcbulletin.publishing.charts.numbers import is_rising, times, total
from xcbulletin.yamltext import YamlText

MOST_SLICES, MOST_SERIES, MOST_BARS = 8, 6, 40
_OFF = 1.5
"""Per cent that rounded shares may be off 100."""
_BARS = (ChartKind.BAR, ChartKind.STACKED)
_STACKS = (ChartKind.STACKED, ChartKind.AREA)
_COURSES = (ChartKind.LINE, ChartKind.AREA)
_HUGE = 100_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A chart under examination, and where its parts stand."""

    chart: Chart
    head: Place
    rows: tuple[Place, ...]
    options: YamlText


def faults(subject: Subject, options: Set[str]) -> Iterator[Problem]:
    """Yield all that is wrong with a chart whose data are numbers. `options` are those that were written."""
    yield from _idle_options(subject, options)
    yield from _highlight(subject)
    yield from _empty(subject)
    yield from _huge(subject)
    chart = subject.chart
    if chart.kind in ROUND:
        yield from _round(subject)
    elif chart.kind is ChartKind.SCATTER:
        yield from _scatter(subject)
    else:
        yield from _too_many(subject)
        if chart.kind in _STACKS:
            yield from _stacks(subject)
        if chart.kind in _COURSES:
            yield from _disordered(subject)


def _idle_options(subject: Subject, options: Set[str]) -> Iterator[Problem]:
    kind = subject.chart.kind
    idle = {
        "direction": (kind not in _BARS, "direction 只用于柱状图"),
        "percent": (kind not in _STACKS, "percent 只用于堆积图和面积图"),
        "unit": (kind is ChartKind.SCATTER, "散点图两轴单位不同，请写在列名里，如 研发强度（%）"),
    }
    for option, (is_idle, hint) in idle.items():
        if option in options and is_idle:
            message = f"{KIND_NAMES[kind]}用不上“{option}”"
            yield chart_problem(subject.options.place((option,)), message, f"{hint}；请删去这一行")


def _highlight(subject: Subject) -> Iterator[Problem]:
    chart = subject.chart
    wanted = chart.highlight
    if wanted is None:
        return
    names = highlightable(chart)
    if wanted not in names:
        place = subject.options.place(("highlight",))
        yield chart_problem(place, f"数据里没有要突出的“{wanted}”", f"能突出的有：{'、'.join(names[:8])}")


def highlightable(chart: Chart) -> tuple[str, ...]:
    """Return the names of which one can be red: of series where there are several, else of categories."""
    if chart.kind is ChartKind.SCATTER or (len(chart.series) == 1 and chart.kind in (*ROUND, *_BARS)):
        return chart.categories
    return tuple(one.name for one in chart.series)


def _empty(subject: Subject) -> Iterator[Problem]:
    for one in subject.chart.series:
        if not one.known:
            yield chart_problem(subject.head, f"“{one.name}”一列没有一个数", "请补上，或删去这一列")


def _huge(subject: Subject) -> Iterator[Problem]:
    """Remark numbers of so many digits that nobody reads them at a glance."""
    largest = max((abs(value.number) for value in subject.chart.known), default=0)
    if largest >= _HUGE:
        digits = len(f"{largest:.0f}")
        unit = f"亿{(subject.chart.unit or '').lstrip('十百千万亿')}"
        hint = f"请把数换算成以“{unit}”为单位的，再写明 unit: {unit}"
        if subject.chart.kind is ChartKind.SCATTER:
            hint = "请把数换算成以亿为单位的，单位写在列名里，如 产值（亿元）"
        yield chart_remark(subject.head, f"最大的数有 {digits} 位，图上不好认", hint)


def _disordered(subject: Subject) -> Iterator[Problem]:
    """Remark the first year or month that stands behind a later one: a line would go back and forth."""
    when = times(subject.chart.categories)
    if not when or is_rising(when[::-1]):
        return
    for index, (before, after) in enumerate(pairwise(when), start=1):
        if after <= before:
            names = subject.chart.categories
            message = f"“{names[index]}”排在“{names[index - 1]}”后面，线的走向会叫人看错"
            yield chart_remark(subject.rows[index], message, "请按时间先后排各行")
            return


def _round(subject: Subject) -> Iterator[Problem]:
    chart, (values, *more) = subject.chart, subject.chart.series
    name = KIND_NAMES[chart.kind]
    if more:
        yield chart_problem(
            subject.head,
            f"{name}只能画一列数，这里有 {len(more) + 1} 列",
            "请用 columns 指明一列，或改用 stacked",
        )
        return
    for category, value, place in zip(chart.categories, values.values, subject.rows, strict=True):
        if value is None:
            yield chart_problem(place, f"“{category}”没有数，{name}画不出这一块", "请补上，或删去这一行")
        elif value.number < 0:
            yield chart_problem(
                place, f"“{category}”是负数（{value.text}），{name}画不出", "请改用 bar（柱状图）"
            )
    if len(chart.categories) > MOST_SLICES:
        message = f"{name}有 {len(chart.categories)} 块，多于 {MOST_SLICES} 块就看不清了"
        yield chart_problem(subject.head, message, "请改用 bar（柱状图），或把小的并为“其他”")
    whole = sum(value.number for value in values.known)
    if values.known and not whole:
        yield chart_problem(subject.head, f"各项合计为零，{name}画不出", "请核对数据")
    elif chart.unit == "%" and abs(whole - 100) > _OFF:
        message = f"各项合计 {total(values.known).text}%，不是 100%，{name}会把每一块画大或画小"
        yield chart_problem(subject.head, message, "请补上“其他”，或改用 bar（柱状图）")


def _scatter(subject: Subject) -> Iterator[Problem]:
    if len(subject.chart.series) != 2:
        yield chart_problem(
            subject.head,
            f"散点图要两列数（先横轴、后纵轴），这里有 {len(subject.chart.series)} 列",
            "请用 columns 指明两列",
        )
    elif not any(x and y for x, y in zip(*(one.values for one in subject.chart.series), strict=True)):
        yield chart_problem(subject.head, "没有一行的两列都有数，散点图画不出一个点", "请核对数据")


def _too_many(subject: Subject) -> Iterator[Problem]:
    chart = subject.chart
    series, bars = len(chart.series), len(chart.categories)
    if series > MOST_SERIES:
        message = f"一张图里有 {series} 个系列，多于 {MOST_SERIES} 个就分不清了"
        yield chart_problem(subject.head, message, "请用 columns 选出要画的列，或分成两张图")
    if chart.kind is ChartKind.BAR:
        bars *= series
    if chart.kind in _BARS and bars > MOST_BARS:
        message = f"要画 {bars} 根柱子，多于 {MOST_BARS} 根就看不清了"
        yield chart_problem(subject.head, message, "请只留主要的，或改用 line（折线图）")
    if chart.kind in _COURSES and len(chart.categories) < 2:
        yield chart_problem(
            subject.head, f"{KIND_NAMES[chart.kind]}至少要有两个点", "只有一行数据时，请用 bar"
        )


def _stacks(subject: Subject) -> Iterator[Problem]:
    chart = subject.chart
    name = KIND_NAMES[chart.kind]
    if chart.percent and len(chart.series) == 1:
        message = "只有一列数，按占比画都是 100%"
        yield chart_problem(subject.options.place(("percent",)), message, "请删去 percent 一行，或补上其他列")
    for index, (category, place) in enumerate(zip(chart.categories, subject.rows, strict=True)):
        values = [one.values[index] for one in chart.series]
        for one, value in zip(chart.series, values, strict=True):
            if value is None and chart.kind is ChartKind.AREA:
                message = f"“{category}”的“{one.name}”没有数，面积图画不出缺口"
                yield chart_problem(place, message, "请补上，或改用 line（折线图）")
            elif value is not None and value.number < 0:
                message = f"“{category}”的“{one.name}”是负数（{value.text}），{name}画不出"
                yield chart_problem(place, message, "请改用 bar（柱状图）或 line（折线图）")
        if chart.percent and not sum(value.number for value in values if value):
            yield chart_problem(place, f"“{category}”各项合计为零，算不出比重", "请核对数据，或删去这一行")

"""A chart in words, as one would read it aloud to somebody who does not see it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from xcbulletin.publishing.charts.bars import lies
from xcbulletin.publishing.charts.chart import KIND_NAMES, ROUND, Chart, ChartKind, Series, Value
from xcbulletin.publishing.charts.numbers import shares, total

_ALL, _ALL_IN_FULL = 12, 80
"""As many numbers are read out one by one; of more, what stands out. In full means where no table gives the data."""
_LONGEST_UNIT = 6
_BARS = (ChartKind.BAR, ChartKind.STACKED)
_LINES = (ChartKind.LINE, ChartKind.AREA)


def alt_text(chart: Chart, *, in_full: bool = False) -> str:
    """Return what a chart shows: its kind and title, its numbers or what stands out of them, and its gaps.

    PDF has no place for data beside a picture that a reader would come by: there they are told `in_full`.
    """
    most = _ALL_IN_FULL if in_full else _ALL
    said = "".join(sentence for sentence in _sentences(_as_shown(chart), most) if sentence)
    count = _count(chart)
    return f"{said}全部{count}个数据在网页版这张图下面的表里。" if in_full and count > most else said


def _count(chart: Chart) -> int:
    """Return how many numbers are to be told, of a scatter plot how many points."""
    return len(chart.known) // (2 if chart.kind is ChartKind.SCATTER else 1)


def _as_shown(chart: Chart) -> Chart:
    """Return a chart of shares with the shares for its numbers."""
    if not chart.percent:
        return chart
    stacks = [shares([one.values[index] for one in chart.series]) for index in range(len(chart.categories))]
    columns = zip(chart.series, zip(*stacks, strict=True), strict=True)
    series = tuple(replace(one, values=values) for one, values in columns)
    return replace(chart, series=series, unit="%")


def _sentences(chart: Chart, most: int) -> Iterator[str]:
    kind = KIND_NAMES[chart.kind]
    if chart.kind in _BARS and lies(chart):
        kind = kind.replace("柱状图", "条形图")
    unit = f"，单位：{chart.unit}" if chart.unit and not _spoken_unit(chart) else ""
    yield f"{kind}：{chart.title}{unit}。"
    if chart.kind in ROUND:
        yield _parts(chart)
    elif chart.kind is ChartKind.SCATTER:
        yield from _points(chart, most)
    else:
        yield from _columns(chart, most)
    yield _gaps(chart)
    if chart.highlight:
        yield f"图中突出的是{chart.highlight}。"


def _parts(chart: Chart) -> str:
    values = chart.series[0].known
    said = [_said(chart, value) for value in values]
    if chart.unit == "%":
        return f"{'，'.join(map(_is, chart.categories, said))}。"
    parts = zip(chart.categories, said, shares(values), strict=True)
    listed = "，".join(f"{_is(name, number)}、占{share.text}%" for name, number, share in parts if share)
    return f"合计{_said(chart, total(values))}：{listed}。"


def _points(chart: Chart, most: int) -> Iterator[str]:
    across, up = chart.series
    both = zip(chart.categories, across.values, up.values, strict=True)
    points = [(name, x, y) for name, x, y in both if x and y]
    yield f"共{len(points)}个点；横轴是{across.name}，{_span(across)}；纵轴是{up.name}，{_span(up)}。"
    if len(points) <= most:
        yield f"依次为横轴、纵轴：{'；'.join(_is(name, f'{_number(x)}、{_number(y)}') for name, x, y in points)}。"


def _span(series: Series) -> str:
    low, high = _extremes(series.known)
    if low.number == high.number:
        return f"{'都' if len(series.known) > 1 else ''}是{_number(low)}"
    return f"从{_number(low)}到{_number(high)}"


def _columns(chart: Chart, most: int) -> Iterator[str]:
    """Yield what is said of bars, stacks, lines and areas: a sentence a series."""
    several = len(chart.series) > 1
    is_read_out = len(chart.known) <= most
    for series in chart.series:
        name = f"{series.name}：" if several else ""
        if is_read_out:
            yield f"{name}{_read_out(chart, series)}。"
        if chart.kind in _LINES:
            yield f"{'' if is_read_out else name}{_course(chart, series)}。"
        elif not is_read_out:
            yield f"{name}{_highest_and_lowest(chart, series)}。"
    if is_read_out and chart.kind not in _LINES and len(chart.known) > 2:
        yield _extremes_of_all(chart)


def _read_out(chart: Chart, series: Series) -> str:
    pairs = zip(chart.categories, series.values, strict=True)
    return "，".join(_is(name, _said(chart, value)) for name, value in pairs if value)


def _course(chart: Chart, series: Series) -> str:
    """Return how a line goes: from where to where, and its top and bottom where these are neither."""
    known = [(name, value) for name, value in zip(chart.categories, series.values, strict=True) if value]
    (first_name, first), (last_name, last) = known[0], known[-1]
    numbers = [value.number for _name, value in known]
    ends = f"从{first_name}的{_said(chart, first)}到{last_name}的{_said(chart, last)}，{_trend(numbers)}"
    low, high = _extremes(series.known)
    if {low.number, high.number} <= {first.number, last.number}:
        return ends
    return f"{ends}；{_highest_and_lowest(chart, series)}"


def _trend(numbers: Sequence[float]) -> str:
    steps = [after - before for before, after in pairwise(numbers)]
    change = numbers[-1] - numbers[0]
    if not change:
        return "首尾持平" if any(steps) else "没有变化"
    way = "上升" if change > 0 else "下降"
    if any(step * change < 0 for step in steps):
        return f"有起伏，总的{way}"
    return f"持续{way}" if all(steps) and len(steps) > 1 else way


def _highest_and_lowest(chart: Chart, series: Series) -> str:
    low, high = _extremes(series.known)
    if low.number == high.number:
        return f"都是{_said(chart, high)}"
    names = {
        value.number: name
        for name, value in reversed(list(zip(chart.categories, series.values, strict=True)))
        if value
    }
    highest = f"最高是{names[high.number]}的{_said(chart, high)}"
    return f"{highest}，最低是{names[low.number]}的{_said(chart, low)}"


def _extremes_of_all(chart: Chart) -> str:
    known = [
        (value, _beside(category, series.name) if len(chart.series) > 1 else category)
        for series in chart.series
        for category, value in zip(chart.categories, series.values, strict=True)
        if value
    ]
    high, low = (edge(known, key=lambda one: one[0].number) for edge in (max, min))
    if high[0].number == low[0].number:
        return ""
    return f"最高是{high[1]}的{_said(chart, high[0])}，最低是{low[1]}的{_said(chart, low[0])}。"


def _extremes(values: Sequence[Value]) -> tuple[Value, Value]:
    return min(values, key=lambda one: one.number), max(values, key=lambda one: one.number)


def _gaps(chart: Chart) -> str:
    """Return which numbers are not there."""
    gaps = [
        f"{category}的{series.name}"
        for series in chart.series
        for category, value in zip(chart.categories, series.values, strict=True)
        if value is None
    ]
    if not gaps:
        return ""
    return f"缺{'、'.join(gaps)}。" if len(gaps) <= 3 else f"缺{gaps[0]}等{len(gaps)}个数。"


def _is(name: str, number: str) -> str:
    """Return a name and its number, parted: 2019 and 1 would be read as 20191, 华为 has its 为 already."""
    return f"{name}{'' if name.endswith('为') else '为'}{number}"


def _beside(category: str, series: str) -> str:
    """Return the names of a row and a column, parted where they would run into one word."""
    return f"{category}{'、' if category[-1].isascii() and series[0].isascii() else ''}{series}"


def _said(chart: Chart, value: Value) -> str:
    return f"{_number(value)}{_spoken_unit(chart)}"


def _spoken_unit(chart: Chart) -> str:
    """Return the unit where it can follow a number; one like “上年=100” cannot."""
    unit = chart.unit or ""
    return (
        unit
        if len(unit) <= _LONGEST_UNIT and not any(mark.isdigit() or mark in "=＝（" for mark in unit)
        else ""
    )


def _number(value: Value) -> str:
    return value.text.replace("−", "负")

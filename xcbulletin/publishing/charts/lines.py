"""Lines and areas along a row of categories, as Vega-Lite."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from xcbulletin.publishing.charts.chart import Chart, ChartKind, Series, Value
from xcbulletin.publishing.charts.frame import (
    Header,
    Label,
    Margins,
    Room,
    Spec,
    axis_labels,
    clearings,
    framed,
    header,
    key_of,
    lines_in,
    names_below,
    number_axis,
    plot_height,
    point_mark,
    texts,
)
from xcbulletin.publishing.charts.lettering import LINE, fits, spread, ticks, widest, width
from xcbulletin.publishing.charts.numbers import is_rising, shares, times
from xcbulletin.publishing.charts.palette import GREY, INK, MIST, SLATE, WHITE, Stroke, fills, strokes

_HEIGHT = 220
_MONTH = re.compile(r"(\d{4}年)(\d{1,2}月|第?[一二三四1-4]季度|Q[1-4])")
_MOST_POINTS = 26
"""Per line; from there on a point each is a string of beads."""
_MOST_LABELS = 13
_HEADER_GAP = 22
"""Pixels between the header and the plot: the number of the highest point fits in."""
_OVERHANG = 4
"""Pixels that a number may stand out of the plot."""
_CLEAR = 7
"""Pixels from the middle of a number to a line that does not strike it."""
_WIDEST_NUMBER = 0.86
"""Steps; one of an outer point, which is moved inward, does not reach the number beside it."""
_FARTHEST = 14
"""Pixels that a name at a line's end may stand above or below it."""
_WIDEST_NAMES = 0.24
"""Of the picture's width, for names at the ends of lines."""


_Point = tuple[float, float]
"""Pixels from the left and from the top of the plot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """Where a chart along categories goes."""

    names: tuple[str, ...]
    """The categories as an axis takes them."""
    shown: tuple[str, ...]
    """Those whose names there is room for."""
    values: tuple[float, ...]
    """Of the axis of numbers."""
    left: float
    right: float
    step: float
    places: tuple[float, ...]
    """Steps from the first category to each: not one after the other where years or months are left out."""
    height: float
    padding: float
    """Steps between the edge and the first point."""
    is_flush: bool
    """Whether the first and the last name stand inside the plot."""

    def x(self, index: int) -> float:
        """Return where a category stands in the plot, in pixels."""
        return self.step * (self.padding + self.places[index])

    @property
    def nearest(self) -> float:
        """Pixels between the two categories that are nearest to each other."""
        return self.step * min((after - before for before, after in pairwise(self.places)), default=1)

    def y(self, number: float) -> float:
        """Return where a number stands in the plot, in pixels."""
        low, high = self.values[0], self.values[-1]
        return self.height * (high - number) / (high - low)


def lines_spec(chart: Chart, room: Room) -> Spec:
    """Return a line chart as Vega-Lite; its axis need not begin at zero, and says so."""
    low, high = (edge(value.number for value in chart.known) for edge in (min, max))
    is_cut = _leaves_zero(low, high)
    values = ticks(low, high) if is_cut else ticks(min(0, low), max(0, high))
    looks = strokes([one.name for one in chart.series], chart.highlight)
    unit = _unit(chart.unit, is_cut and values[0] != 0)
    names = [_end_label(one.name, one.values[-1]) for one in chart.series]
    plan, above, ends = _planned(chart, values, room.width, names, looks, unit, _ends)
    labels = [*(_numbers(chart.series[0], plan) if len(names) == 1 else ()), *ends]
    layers = [
        *clearings(labels),
        *([_zero()] if values[0] <= 0 <= values[-1] else []),
        *(
            layer
            for one, look in sorted(
                zip(chart.series, looks, strict=True), key=lambda line: line[0].name == chart.highlight
            )
            for layer in _line(one, look, plan)
        ),
        *texts(labels),
    ]
    return _framed(layers, above, plan, room.width)


def areas_spec(chart: Chart, room: Room) -> Spec:
    """Return an area chart, its series one on the other, as Vega-Lite."""
    stacks = [_stack(chart, index) for index in range(len(chart.categories))]
    values = (0, 25, 50, 75, 100) if chart.percent else ticks(0, max(stack[-1] for stack in stacks))
    colours = fills([one.name for one in chart.series], chart.highlight)
    unit = _unit("%" if chart.percent else chart.unit, is_cut=False)
    last = [one.values[-1] for one in chart.series]
    tops = shares(last) if chart.percent else last
    names = [_end_label(one.name, value) for one, value in zip(chart.series, tops, strict=True)]
    plan, above, ends = _planned(chart, values, room.width, names, colours, unit, _middles)
    is_single = len(names) == 1
    labels = [*(_numbers(chart.series[0], plan) if is_single else ()), *ends]
    layers = [
        *clearings(labels),
        *(
            _area(stacks, number, colour, plan)
            for number, colour in enumerate([MIST] if is_single else colours)
        ),
        *([_edge(stacks, plan)] if is_single else []),
        _zero(),
        *texts(labels),
    ]
    return _framed(layers, above, plan, room.width)


def _planned(
    chart: Chart,
    values: tuple[float, ...],
    full_width: float,
    names: Sequence[str],
    looks: Sequence[str | Stroke],
    unit: str | None,
    levels: Callable[[Chart, _Plan], list[float] | None],
) -> tuple[_Plan, Header, list[Label]]:
    """Return where a chart goes, what stands above it, and its names at the ends.

    Where these would stand off, or take too much room, they are the legend above. A lone series needs neither.
    """
    is_area = chart.kind is ChartKind.AREA
    padding = 0 if is_area else 0.3
    several = len(names) > 1
    if several and widest(names) <= full_width * _WIDEST_NAMES:
        above = header(unit, (), full_width, _left(values), _HEADER_GAP)
        plan = _plan(chart, values, full_width, above, right=widest(names) + 12, padding=padding)
        places = levels(chart, plan)
        if places is not None:
            x = plan.x(len(plan.names) - 1) + (7 if is_area else 10)
            return plan, above, [Label(text=name, x=x, y=y) for name, y in zip(names, places, strict=True)]
    legend = list(zip((one.name for one in chart.series), looks, strict=True)) if several else []
    above = header(unit, legend, full_width, _left(values), _HEADER_GAP)
    return _plan(chart, values, full_width, above, right=8, padding=padding), above, []


def _leaves_zero(low: float, high: float) -> bool:
    """Tell whether the numbers lie so far from zero that a line from there would hide what moves."""
    return 0 < low < high and high - low < 0.3 * high


def _unit(unit: str | None, is_cut: bool) -> str | None:
    parts = [f"单位：{unit}" if unit else "", "纵轴不从零开始" if is_cut else ""]
    return "；".join(filter(None, parts)) or None


def _left(values: Sequence[float]) -> float:
    return widest(axis_labels(values)) + 8


def _plan(
    chart: Chart, values: tuple[float, ...], full_width: float, above: Header, *, right: float, padding: float
) -> _Plan:
    left = _left(values)
    steps = len(chart.categories) - 1 + 2 * padding
    step = (full_width - left - right) / steps
    places = _places(chart.categories)
    names, shown, is_flush = _along(chart.categories, step, padding, left, right)
    if places[1:-1] != tuple(range(1, len(places) - 1)):
        shown = _apart_from_each_other(names, [step * place for place in places], is_flush=is_flush)
    return _Plan(
        names=names,
        shown=shown,
        values=values,
        left=left,
        right=right,
        step=step,
        places=places,
        height=plot_height(chart, _HEIGHT, above.height + 8 + LINE * lines_in(shown)),
        padding=padding,
        is_flush=is_flush,
    )


def _places(categories: Sequence[str]) -> tuple[float, ...]:
    """Return how many steps each category stands from the first: years, quarters and months to scale, others evenly."""
    last, when = len(categories) - 1, times(categories)
    if not when or not (is_rising(when) or is_rising(when[::-1])):
        return tuple(range(len(categories)))
    return tuple(last * (one - when[0]) / (when[-1] - when[0]) for one in when)


def _apart_from_each_other(names: Sequence[str], xs: Sequence[float], *, is_flush: bool) -> tuple[str, ...]:
    """Return the names, back from the last, that do not touch where they are not evenly set."""
    shown: list[str] = []
    free = inf
    for index in reversed(range(len(names))):
        wide = widest(names[index].split("\n")[1:])
        before = {0: 0.0, len(names) - 1: wide}.get(index, wide / 2) if is_flush else wide / 2
        if xs[index] - before + wide <= free:
            shown.insert(0, names[index])
            free = xs[index] - before - 8
    return tuple(shown)


def _along(
    categories: Sequence[str], step: float, padding: float, left: float, right: float
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Return the categories as an axis takes them, those there is room for, and whether the outer ones stand inside."""
    first = _calendar(categories)[0].split("\n")
    if padding and left + padding * step >= widest(first) / 2:
        names, shown = _set(categories, step, padding, left, is_flush=False)
        if right + padding * step >= widest(shown[-1].split("\n")[1:]) / 2:
            return names, shown, False
    return *_set(categories, step, padding, left, is_flush=True), True


def _set(
    categories: Sequence[str], step: float, padding: float, left: float, *, is_flush: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the categories as an axis takes them, and those there is room for."""
    months = [month.split("\n") for month in _calendar(categories)]
    heads = [month[0] for month in months]
    inset = widest(heads) / 2 if is_flush else 0
    year = widest(line for month in months for line in month) + inset
    every = _thinned(heads, step, inset, year)
    first, limit = (len(categories) - 1) % every, _room(len(categories), step, every, inset)
    names = [key_of(index, name, limit) for index, name in enumerate(categories)]
    for index, name in enumerate(_calendar(categories[first::every])):
        names[first + index * every] = key_of(first + index * every, name, limit)
    shown = names[first::every]
    if first and len(shown) > 1 and left + step * (padding + first) < widest(shown[0].split("\n")[1:]) / 2:
        shown = shown[1:]
    return tuple(names), tuple(shown)


def _calendar(categories: Sequence[str]) -> tuple[str, ...]:
    """Return months and quarters without the year that the one before has: 11月, 12月, 1月 and below it 2021年."""
    matches = [_MONTH.fullmatch(name) for name in categories]
    if not all(matches):
        return tuple(categories)
    parts = [match.groups() for match in matches if match]
    years = [None, *(year for year, _month in parts)]
    return tuple(
        month if year == before else f"{month}\n{year}"
        for (year, month), before in zip(parts, years, strict=False)
    )


def _thinned(heads: Sequence[str], step: float, inset: float, year: float) -> int:
    """Return that every which name, back from the last, has room on the axis; a year below it takes `year` pixels."""
    count = len(heads)
    fitting = [
        every
        for every in range(1, count)
        if all(fits(head, _room(count, step, every, inset)) for head in heads)
        and (every == 1 or year + 4 <= step * every)
    ] or [count]
    whole = [every for every in fitting if (count - 1) % every == 0 and every <= 2 * fitting[0]]
    return (whole or fitting)[0]


def _room(count: int, step: float, every: int, inset: float) -> float:
    """Return the pixels for a name; the first and the last, `inset` into the plot, are nearer to their neighbours.

    Broken into lines they are less far in than `inset`, which is half the longest name.
    """
    room, ends = step * every - 8, 2 if count - 1 < 2 * every else 1
    return max(room - inset * ends, room / (1 + ends / 2))


def _stack(chart: Chart, index: int) -> list[float]:
    """Return the edges of the areas over a category, from zero up."""
    values = [one.values[index] for one in chart.series]
    edges = [0.0]
    for value in shares(values) if chart.percent else values:
        edges.append(edges[-1] + (value.number if value else 0))
    return edges


def _axes(plan: _Plan) -> Spec:
    x = {"field": "at", "type": "quantitative", "scale": None, "axis": None}
    return {"x": x, "y": {"field": "number", "type": "quantitative", **number_axis(plan.values)}}


def _line(series: Series, look: Stroke, plan: _Plan) -> Iterator[Spec]:
    rows = list(_rows(series, plan))
    yield {
        "data": {"values": rows},
        "mark": {"type": "line", "color": look.colour, "strokeWidth": 2.2, "strokeDash": list(look.dash)},
        "encoding": {**_axes(plan), "detail": {"field": "run", "type": "nominal"}},
    }
    if len(plan.names) <= _MOST_POINTS:
        yield {"data": {"values": rows}, "mark": point_mark(look), "encoding": _axes(plan)}


def _rows(series: Series, plan: _Plan) -> Iterator[Spec]:
    """Yield the points of a line; each gap begins a new run, so that no stroke goes over it."""
    run = 0
    for index, value in enumerate(series.values):
        if value is None:
            run += 1
        else:
            yield {"at": round(plan.x(index), 2), "number": value.number, "run": run}


def _area(stacks: Sequence[Sequence[float]], number: int, colour: str, plan: _Plan) -> Spec:
    rows = [
        {"at": round(plan.x(index), 2), "number": stack[number + 1], "base": stack[number]}
        for index, stack in enumerate(stacks)
    ]
    axes = _axes(plan)
    edge = {"line": {"color": WHITE, "strokeWidth": 1.2}} if len(stacks[0]) > 2 else {}
    return {
        "data": {"values": rows},
        "mark": {"type": "area", "color": colour, "opacity": 1, **edge},
        "encoding": {**axes, "y": {**axes["y"], "stack": None}, "y2": {"field": "base"}},
    }


def _edge(stacks: Sequence[Sequence[float]], plan: _Plan) -> Spec:
    rows = [{"at": round(plan.x(index), 2), "number": stack[1]} for index, stack in enumerate(stacks)]
    mark = {"type": "line", "color": SLATE, "strokeWidth": 2.2}
    return {"data": {"values": rows}, "mark": mark, "encoding": _axes(plan)}


def _zero() -> Spec:
    mark = {"type": "rule", "color": INK, "strokeWidth": 1}
    return {"data": {"values": [{}]}, "mark": mark, "encoding": {"y": {"datum": 0, "type": "quantitative"}}}


def _end_label(name: str, last: Value | None) -> str:
    """Return what stands at the end of a line or an area: its name and last number."""
    return f"{name} {last.text}" if last else name


def _ends(chart: Chart, plan: _Plan) -> list[float] | None:
    """Return the heights of the names at the ends of lines, or None where they would stand off or end early."""
    last = [one.values[-1] for one in chart.series]
    wanted = [plan.y(value.number) for value in last if value]
    return _apart(wanted, plan) if len(wanted) == len(last) else None


def _middles(chart: Chart, plan: _Plan) -> list[float] | None:
    """Return the heights of the names beside areas, or None where they would stand off."""
    stack = _stack(chart, len(plan.names) - 1)
    return _apart([(plan.y(low) + plan.y(high)) / 2 for low, high in pairwise(stack)], plan)


def _apart(wanted: Sequence[float], plan: _Plan) -> list[float] | None:
    placed = spread(wanted, LINE, LINE / 2, plan.height - LINE / 2)
    return placed if all(abs(a - b) <= _FARTHEST for a, b in zip(wanted, placed, strict=True)) else None


def _numbers(series: Series, plan: _Plan) -> Iterator[Label]:
    """Yield the numbers of a lone line, each where no stroke goes through it, and “—” where there is none."""
    count = len(plan.names)
    if count > _MOST_LABELS or widest(value.text for value in series.known) > plan.nearest * (
        _WIDEST_NUMBER if plan.padding else 0.65
    ):
        return
    points = [
        (plan.x(index), plan.y(value.number)) if value else None for index, value in enumerate(series.values)
    ]
    strokes = [(a, b) for a, b in pairwise(points) if a and b]
    taken: list[Label] = []
    for index, (value, point) in enumerate(zip(series.values, points, strict=True)):
        if value is None or point is None:
            yield Label(text="—", x=plan.x(index), y=plan.height - 10, align="center", colour=GREY)
            continue
        beside = list(_beside(value.text, point, plan, is_valley=_is_valley(series.values, index)))
        taken.append(min(beside, key=lambda label: _struck(label, strokes, taken)))
        yield taken[-1]


def _beside(text: str, point: _Point, plan: _Plan, *, is_valley: bool) -> Iterator[Label]:
    """Yield a number at the places around its point, best first."""
    (x, y), half = point, width(text) / 2
    above, below = [(0, -13), (-half, -13), (half, -13)], [(0, 13), (-half, 13), (half, 13)]
    low = below if y < plan.height - 24 and plan.padding else []
    outside = [(half + 8, -6), (-half - 8, -6)]
    for across, down in [*low, *above, *outside] if is_valley else [*above, *low, *outside]:
        yield Label(text=text, x=_inward(x + across, half, plan), y=y + down, align="center")


def _inward(x: float, half: float, plan: _Plan) -> float:
    """Return the middle of a number that keeps clear of the axis and of the edge of the picture."""
    end = plan.x(len(plan.names) - 1) + plan.padding * plan.step
    return min(max(x, half - _OVERHANG), end - half + _OVERHANG)


def _struck(label: Label, strokes: Sequence[tuple[_Point, _Point]], taken: Sequence[Label]) -> int:
    """Return how many strokes go through a number, and numbers stand in its place."""
    left, right = label.left, label.left + width(label.text)
    found = sum(
        abs(one.y - label.y) < LINE and one.left < right + 3 and left - 3 < one.left + width(one.text)
        for one in taken
    )
    for (x, y), (x2, y2) in strokes:
        begin, end = max(x, left), min(x2, right)
        if begin < end:
            heights = [y + (y2 - y) * (at - x) / (x2 - x) for at in (begin, end)]
            found += min(heights) < label.y + _CLEAR and label.y - _CLEAR < max(heights)
    return found


def _is_valley(values: Sequence[Value | None], index: int) -> bool:
    beside = [values[at] for at in (index - 1, index + 1) if 0 <= at < len(values)]
    here = values[index]
    return bool(here and all(other and other.number > here.number for other in beside))


def _framed(layers: Sequence[Spec], above: Header, plan: _Plan, full_width: float) -> Spec:
    margins = Margins(
        left=plan.left, top=above.height, right=plan.right, bottom=8 + lines_in(plan.shown) * LINE
    )
    return framed([*layers, *texts(_names(plan)), *above.layers], full_width, plan.height, margins)


def _names(plan: _Plan) -> Iterator[Label]:
    for index, name in enumerate(plan.names):
        edge = {0: "left", len(plan.names) - 1: "right"}.get(index, "center")
        if name in plan.shown:
            yield from names_below(name, plan.x(index), plan.height, edge if plan.is_flush else "center")

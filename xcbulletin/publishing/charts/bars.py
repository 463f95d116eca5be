"""Bars and stacks, standing or lying, as Vega-Lite."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xcbulletin.publishing.charts.chart import Chart, ChartKind, Value
from xcbulletin.publishing.charts.frame import (
    WIDE,
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
    names_beside,
    number_axis,
    plot_height,
    texts,
)
from xcbulletin.publishing.charts.lettering import LINE, fits, ticks, widest, width
from xcbulletin.publishing.charts.numbers import shares, total
from xcbulletin.publishing.charts.palette import GREY, INK, WHITE, fill_of, fills, lettering_on

_WIDEST_BAR = 46
_LYING_BAR, _LYING_GAP = 18, 14
_LYING_HEADER_GAP = 4
_LEAST_PLOT = 40
_NAMES = 0.4, 0.6
"""Of the width, for names beside bars: usual, and where these would be too high."""
_LEAST_BAR, _LEAST_PITCH = 12, 14
"""Pixels that a lying bar must be thick for a label beside it, or from bar to bar, where bars do not touch."""
_COMFORT = 0.8
"""Of the height there is: as much is used before bars that lie are drawn nearer to each other."""
_SIDES = 3
"""Pixels beside a number over a bar."""
_SHARE, _LARGEST_SHARE = 0.7, 0.88
"""Of a step, for the bars that stand side by side: usual, and where their numbers want it."""
_HEIGHT = 210
_MOST_STANDING = 16
_MOST_LINES = 4
"""Of a name under a bar that is to stand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bar:
    """A bar, or a piece of a stack."""

    name: str
    series: int
    begin: float
    end: float
    fill: str
    text: str

    def row(self) -> Spec:
        """Return it as Vega-Lite takes data."""
        return {
            "name": self.name,
            "series": str(self.series),
            "begin": self.begin,
            "end": self.end,
            "fill": self.fill,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """Where bars go."""

    lying: bool
    names: tuple[str, ...]
    """The categories as an axis takes them."""
    bars: tuple[_Bar, ...]
    beside: int
    """How many bars stand side by side."""
    values: tuple[float, ...]
    """What the axis of numbers goes through."""
    step: float
    """Pixels from category to category."""
    thickness: float
    """Pixels of one bar."""
    scale: float
    """Pixels of one unit."""


def bars_spec(chart: Chart, room: Room) -> Spec:
    """Return a bar chart, or a stacked one, as Vega-Lite."""
    return _lying(chart, room) if lies(chart, room.width) else _standing(chart, room.width)


def lies(chart: Chart, full_width: float = WIDE) -> bool:
    """Tell whether bars lie: as their editor wishes if their names can stand, else as suits these."""
    step = (full_width - 50) / len(chart.categories)
    if chart.horizontal is False:
        return not all(fits(name, step - 8, _MOST_LINES) for name in chart.categories)
    return chart.horizontal or _are_better_lying(chart, step)


def _are_better_lying(chart: Chart, step: float) -> bool:
    """Tell whether the names are too long, or too many, to stand in two lines under their bars."""
    is_crowded = not all(fits(name, step - 6) for name in chart.categories)
    return is_crowded or len(chart.categories) > _MOST_STANDING or step < 2 * LINE


def _standing(chart: Chart, full_width: float) -> Spec:
    low, high = _range(_bars(chart, chart.categories))
    values = (0, 25, 50, 75, 100) if chart.percent else ticks(low * 1.1, high)
    left = widest(axis_labels(values)) + 8
    step = (full_width - left) / len(chart.categories)
    names = _keys(chart, step - 8)
    above = header(_unit(chart), _legend(chart), full_width, left)
    bottom = 8 + lines_in(names) * LINE
    height = plot_height(chart, _HEIGHT, above.height + bottom)
    beside = _beside(chart)
    plan = _Plan(
        lying=False,
        names=names,
        bars=tuple(_bars(chart, names)),
        beside=beside,
        values=values,
        step=step,
        thickness=_standing_thickness(chart, step, beside),
        scale=height / (values[-1] - values[0]),
    )
    margins = Margins(left=left, top=above.height, bottom=bottom)
    return framed([*_layers(chart, plan), *above.layers], full_width, height, margins)


def _standing_thickness(chart: Chart, step: float, beside: int) -> float:
    """Return the pixels of a bar that stands: where bars touch, enough for their numbers if that can be."""
    usual = min(_WIDEST_BAR, step * _SHARE / beside)
    wanted = widest(value.text for value in chart.known) + _SIDES
    return wanted if beside > 1 and usual < wanted <= step * _LARGEST_SHARE / beside else usual


def _lying(chart: Chart, room: Room) -> Spec:
    full_width = room.width
    names = _lying_names(chart, room)
    bars = tuple(_bars(chart, names))
    beside = _beside(chart)
    left = widest(line for name in names for line in name.split("\n")[1:]) + 12
    low, high = _range(bars)
    tail = widest(_end_texts(chart, bars)) + 8
    before = tail + 8 if low < 0 else 0
    plot = max(_LEAST_PLOT, full_width - left - tail - before)
    high = high if high > low else 1
    scale = plot / (high - low)
    above = header(_unit(chart), _legend(chart), full_width, left, gap=_LYING_HEADER_GAP)
    step = _lying_step(chart, names, beside, room.height * _COMFORT, above.height + 4)
    height = step * len(names)
    plan = _Plan(
        lying=True,
        names=names,
        bars=bars,
        beside=beside,
        values=(low - before / scale, high),
        step=step,
        thickness=min(_LYING_BAR * 1.3, max(step * 0.74, min(step - 3, _LEAST_BAR * beside)) / beside),
        scale=scale,
    )
    margins = Margins(left=left, top=above.height, right=tail, bottom=4)
    return framed([*_layers(chart, plan), *above.layers], full_width, height, margins)


def _lying_names(chart: Chart, room: Room) -> tuple[str, ...]:
    """Return the categories as their axis takes them, in longer lines where their many lines would pass the page."""
    usual, longer = (_keys(chart, room.width * share) for share in _NAMES)
    return usual if len(usual) * _least_step(usual, _beside(chart)) <= room.height else longer


def _least_step(names: Sequence[str], beside: int) -> float:
    return max(_LEAST_PITCH, LINE * lines_in(names) - 1, _LEAST_BAR * beside + 3 if beside > 1 else 0)


def _lying_step(chart: Chart, names: Sequence[str], beside: int, room: float, around: float) -> float:
    """Return the pixels from category to category: what is usual, asked for or left, and not less than letters take."""
    usual: float = max(_LYING_BAR * beside + _LYING_GAP, LINE * lines_in(names) + 6)
    wanted = plot_height(chart, min(usual * len(names), room - around), around)
    return max(_least_step(names, beside), wanted / len(names))


def _keys(chart: Chart, limit: float) -> tuple[str, ...]:
    return tuple(key_of(index, name, limit) for index, name in enumerate(chart.categories))


def _unit(chart: Chart) -> str | None:
    unit = "%" if chart.percent else chart.unit
    return f"单位：{unit}" if unit else None


def _legend(chart: Chart) -> list[tuple[str, str]]:
    names = [one.name for one in chart.series]
    return list(zip(names, _colours(chart), strict=True)) if len(names) > 1 else []


def _colours(chart: Chart) -> tuple[str, ...]:
    colours = fills([one.name for one in chart.series], chart.highlight)
    # Of two bars side by side the second is mostly the newer one: the eye should go there.
    return colours[::-1] if _beside(chart) == 2 and chart.highlight is None else colours


def _beside(chart: Chart) -> int:
    return 1 if chart.kind is ChartKind.STACKED else len(chart.series)


def _bars(chart: Chart, names: Sequence[str]) -> Iterator[_Bar]:
    return _pieces(chart, names) if chart.kind is ChartKind.STACKED else _whole_bars(chart, names)


def _whole_bars(chart: Chart, names: Sequence[str]) -> Iterator[_Bar]:
    for number, (series, colour) in enumerate(zip(chart.series, _colours(chart), strict=True)):
        for name, category, value in zip(names, chart.categories, series.values, strict=True):
            fill = fill_of(category, chart.highlight) if len(chart.series) == 1 else colour
            end, text = (value.number, value.text) if value else (0, "—")
            yield _Bar(name=name, series=number, begin=0, end=end, fill=fill, text=text)


def _pieces(chart: Chart, names: Sequence[str]) -> Iterator[_Bar]:
    for index, name in enumerate(names):
        top = 0.0
        for number, (value, colour) in enumerate(zip(_stack(chart, index), _colours(chart), strict=True)):
            if value is not None:
                end = top + value.number
                yield _Bar(name=name, series=number, begin=top, end=end, fill=colour, text=value.text)
                top = end


def _stack(chart: Chart, index: int) -> Sequence[Value | None]:
    values = [one.values[index] for one in chart.series]
    return shares(values) if chart.percent else values


def _range(bars: Iterator[_Bar] | Sequence[_Bar]) -> tuple[float, float]:
    ends = [bar.end for bar in bars]
    return min(0, *ends), max(0, *ends)


def _totals(chart: Chart, names: Sequence[str]) -> list[_Bar]:
    """Return the sum of each stack of which every piece is known, as a bar to be labelled and not drawn."""
    if chart.kind is not ChartKind.STACKED or chart.percent or len(chart.series) == 1:
        return []
    sums = []
    for index, name in enumerate(names):
        values = [one.values[index] for one in chart.series]
        known = [value for value in values if value]
        if len(known) == len(values):
            whole = total(known)
            sums.append(_Bar(name=name, series=0, begin=0, end=whole.number, fill=WHITE, text=whole.text))
    return sums


def _end_texts(chart: Chart, bars: Sequence[_Bar]) -> list[str]:
    """Return the texts that stand at the end of bars."""
    if chart.kind is ChartKind.STACKED:
        return [one.text for one in _totals(chart, chart.categories)]
    return [bar.text for bar in bars]


def _layers(chart: Chart, plan: _Plan) -> Iterator[Spec]:
    is_stack = chart.kind is ChartKind.STACKED
    ended = _totals(chart, plan.names) if is_stack else plan.bars
    outside = [_label(bar, plan, bar.end) for bar in ended] if _fit_at_ends(ended, plan) else []
    inside = [_label(bar, plan, None) for bar in plan.bars if is_stack and _fits_inside(bar, plan)]
    along = "x" if plan.lying else "y"
    if not plan.lying:
        yield from clearings(outside)
    yield {
        "data": {"values": [bar.row() for bar in plan.bars]},
        "mark": {"type": "bar", **({"stroke": WHITE, "strokeWidth": 1} if is_stack else {})},
        "encoding": {
            **_channels(plan),
            f"{along}2": {"field": "end"},
            "color": {"field": "fill", "type": "nominal", "scale": None, "legend": None},
        },
    }
    yield {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
        "encoding": {along: {"datum": 0, "type": "quantitative"}},
    }
    yield from texts([*_names(plan), *inside, *outside])


def _names(plan: _Plan) -> Iterator[Label]:
    height = (plan.values[-1] - plan.values[0]) * plan.scale
    for index, name in enumerate(plan.names):
        middle = plan.step * (index + 0.5)
        yield from names_beside(name, middle) if plan.lying else names_below(name, middle, height)


def _label(bar: _Bar, plan: _Plan, end: float | None) -> Label:
    """Return a bar's number: beyond its end, or where `end` is None in its middle."""
    across = plan.step * (plan.names.index(bar.name) + 0.5)
    across += (bar.series - (plan.beside - 1) / 2) * plan.thickness if plan.beside > 1 else 0
    place = (bar.begin + bar.end) / 2 if end is None else end
    along = (place - plan.values[0]) * plan.scale
    off = 0 if end is None else -1 if end < 0 else 1
    colour = lettering_on(bar.fill) if end is None else GREY if bar.text == "—" else INK
    if plan.lying:
        align = {0: "center", 1: "left", -1: "right"}[off]
        return Label(text=bar.text, x=along + 5 * off, y=across, align=align, colour=colour)
    height = (plan.values[-1] - plan.values[0]) * plan.scale
    return Label(text=bar.text, x=across, y=height - along - 9 * off, align="center", colour=colour)


def _channels(plan: _Plan) -> Spec:
    """Return the channels of the bars: their names along one side, their numbers along the other."""
    band = 1 - plan.thickness * plan.beside / plan.step
    scale = {"domain": list(plan.names), "paddingInner": band, "paddingOuter": band / 2}
    across, along = ("y", "x") if plan.lying else ("x", "y")
    numbers = number_axis(plan.values)
    if plan.lying:
        numbers["axis"] = None
    names = {"field": "name", "type": "nominal", "sort": None, "scale": scale, "axis": None}
    channels = {
        across: names,
        along: {"field": "begin", "type": "quantitative", "stack": None, **numbers},
    }
    if plan.beside > 1:
        domain = [str(number) for number in range(plan.beside)]
        channels[f"{across}Offset"] = {
            "field": "series",
            "sort": None,
            "scale": {"domain": domain, "paddingInner": 0.06},
        }
    return channels


def _fits_inside(bar: _Bar, plan: _Plan) -> bool:
    length = (bar.end - bar.begin) * plan.scale
    if plan.lying:
        return length >= width(bar.text) + 6 and plan.thickness >= _LEAST_BAR
    return length >= LINE and width(bar.text) <= plan.thickness - 2


def _fit_at_ends(bars: Sequence[_Bar], plan: _Plan) -> bool:
    if plan.lying:
        return plan.thickness >= _LEAST_BAR or (plan.beside == 1 and plan.step >= _LEAST_PITCH)
    room = plan.step if plan.beside == 1 else plan.thickness
    return widest(bar.text for bar in bars) <= room - _SIDES

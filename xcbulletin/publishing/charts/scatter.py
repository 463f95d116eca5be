"""Points over two columns of numbers, as Vega-Lite."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import cos, inf, pi, sin

from xcbulletin.publishing.charts.chart import Chart, Value
from xcbulletin.publishing.charts.frame import (
    WIDE,
    Label,
    Margins,
    Room,
    Spec,
    axis_labels,
    clearings,
    framed,
    number_axis,
    plot_height,
    stroke_between,
    texts,
)
from xcbulletin.publishing.charts.lettering import LINE, ticks, widest, width
from xcbulletin.publishing.charts.palette import GREY, HAIR, INK, RED, SLATE, STONE, WHITE

_HEIGHT = 260
_MOST_NAMES = 30
_BELOW = 9
"""Pixels from the plot to the numbers below it, which do not touch the lowest one beside it."""
_HEADROOM = 18
"""Pixels above the plot in which a name may stand."""
_ARMS = (14, 24, 36, 50, 66)
"""Pixels of a leader, from a point to its name, that has no room beside it."""
_WAYS = tuple(sorted((round(cos(pi * at / 12), 3), round(sin(pi * at / 12), 3)) for at in range(24)))[::-1]
"""The ways that a leader may go, right and down of the point; best first: to the right, where names are read from."""
_ROOM_AROUND_ONE = 0.2
"""Of a number that all points have: its axis goes as far to both sides, and it stands in the middle."""
_Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Name:
    """A point's name, and what leads to it where it stands off."""

    label: Label
    leader: _Box | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """Where points and their names go."""

    points: tuple[tuple[str, Value, Value], ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    """Of the axes."""
    width: float
    height: float
    """Of the plot, in pixels."""
    margins: Margins
    names: tuple[_Name, ...]


def unnamed(chart: Chart) -> tuple[str, ...]:
    """Return the names that have no room in a plot as wide as a page's text."""
    plan = _planned(chart, Room(width=WIDE, height=inf))
    written = {one.label.text for one in plan.names}
    return tuple(name for name, _x, _y in plan.points if name not in written)


def scatter_spec(chart: Chart, room: Room) -> Spec:
    """Return a scatter plot as Vega-Lite, each point named where its name covers no other."""
    across, up = chart.series
    plan = _planned(chart, room)
    below = plan.height + plan.margins.bottom - LINE / 2
    titles = [
        Label(text=up.name, x=-plan.margins.left, y=-_HEADROOM - LINE / 2, colour=GREY),
        Label(text=across.name, x=plan.width + plan.margins.right, y=below, align="right", colour=GREY),
    ]
    names = [one.label for one in plan.names]
    layers = [
        *clearings(names),
        *(stroke_between(*one.leader, colour=STONE, strokeWidth=0.8) for one in plan.names if one.leader),
        _points(plan.points, plan.xs, plan.ys, chart.highlight),
        *texts([*titles, *names]),
    ]
    return framed(layers, room.width, plan.height, plan.margins)


def _planned(chart: Chart, room: Room) -> _Plan:
    across, up = chart.series
    points = [
        (name, x, y)
        for name, x, y in zip(chart.categories, across.values, up.values, strict=True)
        if x is not None and y is not None
    ]
    ys = _axis_values([y for _name, _x, y in points])
    left = widest(axis_labels(ys)) + 8
    xs = _values_apart([x for _name, x, _y in points], room.width - left)
    right = width(axis_labels(xs)[-1]) / 2 + 4
    above, below = _HEADROOM + LINE, 2 * LINE + _BELOW + 4
    height, plot = plot_height(chart, _HEIGHT, above + below), room.width - left - right
    places = [
        (plot * (x.number - xs[0]) / (xs[-1] - xs[0]), height * (ys[-1] - y.number) / (ys[-1] - ys[0]))
        for _name, x, y in points
    ]
    names = _names([name for name, _x, _y in points], places, chart.highlight, (plot + right, height))
    return _Plan(
        points=tuple(points),
        xs=xs,
        ys=ys,
        width=plot,
        height=height,
        margins=Margins(left=left, top=above, right=right, bottom=below),
        names=tuple(names),
    )


def _values_apart(values: Sequence[Value], length: float) -> tuple[float, ...]:
    """Return the values of an axis that lies, as many as have room side by side."""
    for about in (6, 5, 4, 3, 2):
        found = _axis_values(values, about)
        if (widest(axis_labels(found)) + LINE) * len(found) <= length:
            break
    return found


def _axis_values(values: Sequence[Value], about: int = 5) -> tuple[float, ...]:
    low, high = (edge(value.number for value in values) for edge in (min, max))
    if low == high:
        room = abs(high) * _ROOM_AROUND_ONE or 1
        return ticks(low - room, high + room, about)
    room = (high - low) * 0.06
    return ticks(0 if 0 <= low <= 0.5 * high else low - room, high + room, about)


def _points(
    points: Sequence[tuple[str, Value, Value]],
    xs: Sequence[float],
    ys: Sequence[float],
    highlight: str | None,
) -> Spec:
    rows = [
        {"x": x.number, "y": y.number, **_look(name, highlight)}
        for name, x, y in sorted(points, key=lambda point: point[0] == highlight)
    ]
    return {
        "data": {"values": rows},
        "mark": {
            "type": "point",
            "filled": True,
            "opacity": 1,
            "stroke": WHITE,
            "strokeWidth": 1,
        },
        "encoding": {
            "x": {
                "field": "x",
                "type": "quantitative",
                **number_axis(xs, grid=False, domain=True, domainColor=HAIR, labelPadding=_BELOW),
            },
            "y": {"field": "y", "type": "quantitative", **number_axis(ys)},
            "color": {"field": "fill", "type": "nominal", "scale": None, "legend": None},
            "size": {"field": "size", "type": "quantitative", "scale": None, "legend": None},
        },
    }


def _look(name: str, highlight: str | None) -> Spec:
    """Return fill and size of a point; the red one is larger and darker than the others, for grey paper too."""
    if highlight is None:
        return {"fill": SLATE, "size": 70}
    return {"fill": RED, "size": 120} if name == highlight else {"fill": STONE, "size": 70}


def _names(
    names: Sequence[str],
    places: Sequence[tuple[float, float]],
    highlight: str | None,
    limits: tuple[float, float],
) -> Iterator[_Name]:
    """Yield the names that cover neither a point nor another, the highlighted one first and in any case; of many points only that."""
    taken: list[_Box] = [(x - 5, y - 5, x + 5, y + 5) for x, y in places]
    order = sorted(range(len(names)), key=lambda index: names[index] != highlight)
    crowded: list[int] = []
    for index in order if len(names) <= _MOST_NAMES else order[: highlight in names]:
        is_red = names[index] == highlight
        free = [
            one
            for one in _beside(names[index], *places[index], is_red)
            if _is_within(_box(one), limits) and (is_red or not _covers(_box(one), taken))
        ]
        if free:
            label = min(free, key=lambda one: sum(_overlap(_box(one), other) for other in taken))
            taken.append(_box(label))
            yield _Name(label=label)
        else:
            crowded.append(index)
    for index in crowded:
        led = next(_led_to(names[index], places[index], taken, limits), None)
        if led is not None:
            taken.append(_box(led.label))
            yield led


def _led_to(
    name: str, place: tuple[float, float], taken: Sequence[_Box], limits: tuple[float, float]
) -> Iterator[_Name]:
    """Yield a name at the places off its point that are free, nearest first, with the stroke that leads there."""
    x, y = place
    own = (x - 5, y - 5, x + 5, y + 5)
    for arm, (right, down) in product(_ARMS, _WAYS):
        begin, end = (x + 5 * right, y + 5 * down), (x + arm * right, y + arm * down)
        align = "left" if right > 0.1 else "right" if right < -0.1 else "center"
        off = 2 if align == "left" else -2 if align == "right" else 0
        label = Label(text=name, x=end[0] + off, y=end[1] + (0 if off else down * LINE / 2), align=align)
        others = [box for box in taken if box != own]
        is_free = _is_within(_box(label), limits) and not _covers(_box(label), taken)
        if is_free and not any(_crosses(begin, end, box) for box in others):
            yield _Name(label=label, leader=(*begin, *end))


def _box(label: Label) -> _Box:
    return label.left, label.y - LINE / 2, label.left + width(label.text), label.y + LINE / 2


def _is_within(box: _Box, limits: tuple[float, float]) -> bool:
    return box[0] >= 0 and box[1] >= -_HEADROOM and box[2] <= limits[0] and box[3] <= limits[1]


def _covers(box: _Box, taken: Sequence[_Box]) -> bool:
    return any(_overlap(box, other) for other in taken)


def _crosses(begin: tuple[float, float], end: tuple[float, float], box: _Box) -> bool:
    """Tell whether a short stroke goes through a box."""
    along = [
        (begin[0] + (end[0] - begin[0]) * at / 8, begin[1] + (end[1] - begin[1]) * at / 8) for at in range(9)
    ]
    return any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in along)


def _beside(name: str, x: float, y: float, is_red: bool) -> Iterator[Label]:
    """Yield a name at the places around its point, best first."""
    label = Label(text=name, x=x + 8, y=y, colour=RED if is_red else INK, bold=is_red)
    yield label
    yield replace(label, x=x - 8, align="right")
    yield replace(label, x=x, y=y - LINE, align="center")
    yield replace(label, x=x, y=y + LINE, align="center")


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

"""Points over two columns of numbers, as Vega-Lite."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from xcbulletin.publishing.charts.chart import Chart, Value
from xcbulletin.publishing.charts.frame import (
    Label,
    Margins,
    Spec,
    axis_labels,
    clearings,
    framed,
    number_axis,
    plot_height,
    texts,
)
from xcbulletin.publishing.charts.lettering import LINE, ticks, widest, width
from xcbulletin.publishing.charts.palette import GREY, HAIR, INK, RED, SLATE, STONE, WHITE

_HEIGHT = 260
_MOST_NAMES = 30
_ROOM_AROUND_ONE = 0.2
"""Of a number that all points have: its axis goes as far to both sides, and it stands in the middle."""
_Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""


def scatter_spec(chart: Chart, full_width: float) -> Spec:
    """Return a scatter plot as Vega-Lite, each point named where its name covers no other."""
    across, up = chart.series
    points = [
        (name, x, y)
        for name, x, y in zip(chart.categories, across.values, up.values, strict=True)
        if x is not None and y is not None
    ]
    ys = _axis_values([y for _name, _x, y in points])
    left = widest(axis_labels(ys)) + 8
    xs = _values_apart([x for _name, x, _y in points], full_width - left)
    right = width(axis_labels(xs)[-1]) / 2 + 4
    above, below = 18 + LINE, 2 * LINE + 10
    height, plot = plot_height(chart, _HEIGHT, above + below), full_width - left - right
    places = [
        (plot * (x.number - xs[0]) / (xs[-1] - xs[0]), height * (ys[-1] - y.number) / (ys[-1] - ys[0]))
        for _name, x, y in points
    ]
    names = list(_names([name for name, _x, _y in points], places, chart.highlight, (plot + right, height)))
    titles = [
        Label(text=up.name, x=-left, y=-18 - LINE / 2, colour=GREY),
        Label(text=across.name, x=plot + right, y=height + below - LINE / 2, align="right", colour=GREY),
    ]
    layers = [*clearings(names), _points(points, xs, ys, chart.highlight), *texts([*titles, *names])]
    margins = Margins(left=left, top=above, right=right, bottom=below)
    return framed(layers, full_width, height, margins)


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
                **number_axis(xs, grid=False, domain=True, domainColor=HAIR),
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
) -> Iterator[Label]:
    """Yield the names that cover neither a point nor another, the highlighted one first and in any case; of many points only that."""
    taken: list[_Box] = [(x - 5, y - 5, x + 5, y + 5) for x, y in places]
    order = sorted(range(len(names)), key=lambda index: names[index] != highlight)
    for index in order if len(names) <= _MOST_NAMES else order[: highlight in names]:
        is_red = names[index] == highlight
        free = [
            (label, box)
            for label in _beside(names[index], *places[index], is_red)
            if (box := _box(label))[0] >= 0
            and box[2] <= limits[0]
            and box[3] <= limits[1]
            and (is_red or not any(_overlap(box, other) for other in taken))
        ]
        if free:
            label, box = min(free, key=lambda one: sum(_overlap(one[1], other) for other in taken))
            taken.append(box)
            yield label


def _box(label: Label) -> _Box:
    return label.left, label.y - LINE / 2, label.left + width(label.text), label.y + LINE / 2


def _beside(name: str, x: float, y: float, is_red: bool) -> Iterator[Label]:
    """Yield a name at the places around its point, best first."""
    label = Label(text=name, x=x + 8, y=y, colour=RED if is_red else INK, bold=is_red)
    yield label
    yield replace(label, x=x - 8, align="right")
    yield replace(label, x=x, y=y - LINE, align="center")
    yield replace(label, x=x, y=y + LINE, align="center")


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

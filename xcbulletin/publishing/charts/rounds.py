"""Pies and rings, each slice named beside it, as Vega-Lite."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin

from xcbulletin.publishing.charts.chart import Chart, ChartKind
from xcbulletin.publishing.charts.frame import (
    Label,
    Margins,
    Spec,
    framed,
    plot_height,
    stroke_between,
    texts,
)
from xcbulletin.publishing.charts.lettering import LINE, spread, widest
from xcbulletin.publishing.charts.numbers import shares, total
from xcbulletin.publishing.charts.palette import GREY, HAIR, INK, WHITE, lettering_on, slice_fills

_HEIGHT = 232
_NAME_HEIGHT = 2 * LINE + 3
_ARM = 16
"""Pixels from the edge of the circle to where names stand."""
_LEAST_RADIUS = 62
_LISTED = 22
"""Pixels from line to line of a list beside a disc."""
_SWATCH, _BETWEEN = 11, 20
_LEAST_INSIDE = 7
"""Per cent that a slice must have for its share to stand in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Slice:
    """A part of the whole, its angles in radians from twelve o'clock."""

    name: str
    detail: str
    share: str
    begin: float
    end: float
    fill: str

    @property
    def middle(self) -> float:
        return (self.begin + self.end) / 2


def rounds_spec(chart: Chart, full_width: float) -> Spec:
    """Return a pie or a ring as Vega-Lite: its names around it, or where leaders would cross it in a list beside it."""
    slices = list(_slices(chart))
    around = _around(chart, slices, full_width)
    return _listed(chart, slices, full_width) if around is None else around


def _around(chart: Chart, slices: Sequence[_Slice], full_width: float) -> Spec | None:
    room = widest(text for one in slices for text in (one.name, one.detail))
    right = [one for one in slices if one.middle < pi]
    left = [one for one in slices if one.middle >= pi]
    height = max(plot_height(chart, _HEIGHT, 16), _NAME_HEIGHT * max(len(left), len(right)))
    radius = min(height / 2 - 4, full_width / 2 - room - _ARM - 6, _HEIGHT * 0.56)
    if radius < _LEAST_RADIUS:
        return None
    sides = (
        _Side(slices=right, middle=full_width / 2, height=height, radius=radius, sign=1),
        _Side(slices=left, middle=full_width / 2, height=height, radius=radius, sign=-1),
    )
    if any(side.crosses for side in sides):
        return None
    layers = [
        *_disc(chart, slices, full_width / 2, height / 2, radius),
        *(leader for side in sides for leader in side.leaders()),
        *texts([name for side in sides for name in side.names()]),
    ]
    return framed(layers, full_width, height, Margins(top=8, bottom=8))


def _listed(chart: Chart, slices: Sequence[_Slice], full_width: float) -> Spec:
    """Return the disc to the left and to its right a line for each slice: its colour, name, number and share."""
    height = max(plot_height(chart, _HEIGHT, 16), _LISTED * len(slices))
    columns = [[one.name for one in slices], [one.detail for one in slices]]
    if any(one.share != one.detail for one in slices):
        columns.append([one.share for one in slices])
    widths = [widest(column) for column in columns]
    row = _SWATCH + 6 + sum(widths) + _BETWEEN * (len(widths) - 1)
    radius = max(_LEAST_RADIUS, min(height / 2 - 4, (full_width - row - _BETWEEN * 2) / 2))
    begin = max((full_width - row - _BETWEEN * 2 - 2 * radius) / 2, 0)
    left = begin + 2 * radius + 2 * _BETWEEN
    first = height / 2 - _LISTED * (len(slices) - 1) / 2
    labels = []
    for index, texts_of_one in enumerate(zip(*columns, strict=True)):
        x = left + _SWATCH + 6
        for column, text in enumerate(texts_of_one):
            at, align, colour = (x + widths[column], "right", GREY) if column else (x, "left", INK)
            labels.append(Label(text=text, x=at, y=first + index * _LISTED, align=align, colour=colour))
            x += widths[column] + _BETWEEN
    swatches = [
        stroke_between(left, y, left + _SWATCH, y, colour=one.fill, strokeWidth=_SWATCH)
        for one, y in zip(slices, (first + index * _LISTED for index in range(len(slices))), strict=True)
    ]
    layers = [*_disc(chart, slices, begin + radius, height / 2, radius), *swatches, *texts(labels)]
    return framed(layers, full_width, height, Margins(top=8, bottom=8))


def _disc(chart: Chart, slices: Sequence[_Slice], x: float, y: float, radius: float) -> Iterator[Spec]:
    """Yield the slices around a place, with the shares in them and in a ring the whole."""
    hole = radius * 0.56 if chart.kind is ChartKind.DONUT else 0
    yield _arcs(slices, x, y, radius, hole)
    yield from texts(_inside(slices, x, y, (radius + hole) / 2 if hole else radius * 0.68))
    if hole:
        yield from texts(_whole(chart, x, y))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Side:
    """The names to the right (1) or to the left (-1) of a disc."""

    slices: Sequence[_Slice]
    middle: float
    height: float
    radius: float
    sign: int

    @property
    def edge(self) -> float:
        """Where the names begin, in pixels."""
        return self.middle + self.sign * (self.radius + _ARM)

    @property
    def levels(self) -> list[float]:
        """How high the names stand: on a level with their slices, or a little off."""
        wanted = [self.height / 2 - self.radius * cos(one.middle) for one in self.slices]
        return spread(wanted, _NAME_HEIGHT, LINE, self.height - LINE)

    @property
    def ends(self) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
        """The two ends of each leader."""
        for one, y in zip(self.slices, self.levels, strict=True):
            distance = self.radius + 2
            at = self.middle + distance * sin(one.middle), self.height / 2 - distance * cos(one.middle)
            yield at, (self.edge - self.sign * 4, y)

    @property
    def crosses(self) -> bool:
        """Whether a leader would run over the disc."""
        centre = self.middle, self.height / 2
        return any(_distance(centre, *ends) < self.radius - 4 for ends in self.ends)

    def leaders(self) -> Iterator[Spec]:
        """Yield the strokes from slices to names."""
        for begin, end in self.ends:
            yield stroke_between(*begin, *end, colour=HAIR, strokeWidth=1)

    def names(self) -> Iterator[Label]:
        """Yield the name of each slice and below it its number."""
        align = "left" if self.sign > 0 else "right"
        for one, y in zip(self.slices, self.levels, strict=True):
            yield Label(text=one.name, x=self.edge, y=y - LINE / 2, align=align)
            yield Label(text=one.detail, x=self.edge, y=y + LINE / 2, align=align, colour=GREY)


def _distance(point: tuple[float, float], begin: tuple[float, float], end: tuple[float, float]) -> float:
    """Return how near a straight stroke comes to a point."""
    (px, py), (ax, ay), (bx, by) = point, begin, end
    along, down = bx - ax, by - ay
    share = ((px - ax) * along + (py - ay) * down) / (along**2 + down**2 or 1)
    share = min(1, max(0, share))
    return hypot(ax + share * along - px, ay + share * down - py)


def _slices(chart: Chart) -> Iterator[_Slice]:
    values = chart.series[0].known
    whole = sum(value.number for value in values)
    begin = 0.0
    parts = zip(
        chart.categories, values, shares(values), slice_fills(chart.categories, chart.highlight), strict=True
    )
    for name, value, share, fill in parts:
        assert share is not None
        end = begin + 2 * pi * value.number / whole
        detail = f"{value.text}%" if chart.unit == "%" else f"{value.text}{chart.unit or ''}"
        yield _Slice(name=name, detail=detail, share=f"{share.text}%", begin=begin, end=end, fill=fill)
        begin = end


def _arcs(slices: Sequence[_Slice], x: float, y: float, radius: float, hole: float) -> Spec:
    rows = [{"begin": one.begin, "end": one.end, "fill": one.fill} for one in slices]
    edge = {"stroke": WHITE, "strokeWidth": 1.5} if len(slices) > 1 else {}
    return {
        "data": {"values": rows},
        "mark": {"type": "arc", "outerRadius": round(radius, 2), "innerRadius": round(hole, 2), **edge},
        "encoding": {
            "x": {"value": round(x, 2)},
            "y": {"value": round(y, 2)},
            "theta": {"field": "begin", "type": "quantitative", "scale": None, "stack": None},
            "theta2": {"field": "end"},
            "color": {"field": "fill", "type": "nominal", "scale": None, "legend": None},
        },
    }


def _inside(slices: Sequence[_Slice], x: float, y: float, distance: float) -> Iterator[Label]:
    """Yield the share of each slice that is broad enough, in the slice; where it is the number, beside it only."""
    for one in slices:
        if one.detail != one.share and one.end - one.begin >= 2 * pi * _LEAST_INSIDE / 100:
            yield Label(
                text=one.share,
                x=x + distance * sin(one.middle),
                y=y - distance * cos(one.middle),
                align="center",
                colour=lettering_on(one.fill),
            )


def _whole(chart: Chart, x: float, y: float) -> Iterator[Label]:
    """Yield the sum in the middle of a ring; of shares it would say no more than 100."""
    if chart.unit != "%":
        whole = total(chart.series[0].known).text + (chart.unit or "")
        yield Label(text="合计", x=x, y=y - 9, align="center", colour=GREY)
        yield Label(text=whole, x=x, y=y + 9, align="center", bold=True)

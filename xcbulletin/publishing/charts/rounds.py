"""Pies and rings, each slice named beside it, as Vega-Lite."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin

from xcbulletin.publishing.charts.chart import Chart, ChartKind
from xcbulletin.publishing.charts.frame import (
    Label,
    Margins,
    Room,
    Spec,
    framed,
    plot_height,
    stroke_between,
    texts,
)
from xcbulletin.publishing.charts.lettering import LINE, spread, widest, width, wrapped
from xcbulletin.publishing.charts.numbers import shares, total
from xcbulletin.publishing.charts.palette import GREY, HAIR, WHITE, lettering_on, slice_fills

_HEIGHT = 232
_NAME_HEIGHT = 2 * LINE + 3
_ARM = 16
"""Pixels from the edge of the circle to where names stand."""
_LEAST_RADIUS = 62
_LEAST_RING = 40
"""Pixels that a share in a ring takes."""
_LISTED = 22
"""Pixels from line to line of a list beside a disc."""
_SWATCH, _BETWEEN = 11, 16


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


def rounds_spec(chart: Chart, room: Room) -> Spec:
    """Return a pie or a ring as Vega-Lite: its names around it, or where leaders would cross it in a list beside it."""
    slices = list(_slices(chart))
    around = _around(chart, slices, room.width)
    return _listed(chart, slices, room.width) if around is None else around


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
    """Return the disc with a list of the slices, to its right or where there is no room below it."""
    columns = [[one.detail for one in slices]]
    if any(one.share != one.detail for one in slices):
        columns.append([one.share for one in slices])
    numbers = sum(widest(column) + _BETWEEN for column in columns)
    names = min(widest(one.name for one in slices), full_width - _SWATCH - 6 - numbers)
    row = _SWATCH + 6 + names + numbers
    listed = _List(slices=slices, columns=columns, names=names)
    height = max(plot_height(chart, _HEIGHT, 16), listed.height)
    radius = min(height / 2 - 4, (full_width - row - 2 * _BETWEEN) / 2)
    if radius >= _LEAST_RADIUS:
        begin = (full_width - row - 2 * _BETWEEN - 2 * radius) / 2
        layers = _disc(chart, slices, begin + radius, height / 2, radius)
        x, y = begin + 2 * radius + 2 * _BETWEEN, (height - listed.height) / 2
    else:
        radius = _HEIGHT / 2 - 30
        layers = _disc(chart, slices, full_width / 2, radius, radius)
        x, y = max(0, (full_width - row) / 2), 2 * radius + _BETWEEN
        height = y + listed.height
    return framed([*layers, *listed.layers(x, y)], full_width, height, Margins(top=8, bottom=8))


@dataclass(frozen=True, kw_only=True, slots=True)
class _List:
    """A line for each slice: its colour, name, number and share."""

    slices: Sequence[_Slice]
    columns: Sequence[Sequence[str]]
    """Numbers, aligned to the right."""
    names: float
    """Pixels for the names."""

    @property
    def lines(self) -> list[tuple[str, ...]]:
        """The lines of each name."""
        return [wrapped(one.name, self.names) for one in self.slices]

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return sum(_LISTED + LINE * (len(lines) - 1) for lines in self.lines)

    def layers(self, x: float, y: float) -> Iterator[Spec]:
        """Yield the list with its upper left corner at a place."""
        labels = []
        for index, (one, lines) in enumerate(zip(self.slices, self.lines, strict=True)):
            first = y + _LISTED / 2
            yield stroke_between(x, first, x + _SWATCH, first, colour=one.fill, strokeWidth=_SWATCH)
            for number, line in enumerate(lines):
                labels.append(Label(text=line, x=x + _SWATCH + 6, y=first + LINE * number))
            end = x + _SWATCH + 6 + self.names
            for column in self.columns:
                end += _BETWEEN + widest(column)
                labels.append(Label(text=column[index], x=end, y=first, align="right", colour=GREY))
            y += _LISTED + LINE * (len(lines) - 1)
        yield from texts(labels)


def _disc(chart: Chart, slices: Sequence[_Slice], x: float, y: float, radius: float) -> Iterator[Spec]:
    """Yield the slices around a place, with the shares in them and in a ring the whole."""
    hole = radius * 0.56 if chart.kind is ChartKind.DONUT else 0
    yield _arcs(slices, x, y, radius, hole)
    if not hole or radius - hole >= _LEAST_RING:
        yield from texts(_inside(slices, x, y, (radius + hole) / 2 if hole else radius * 0.68))
    if hole:
        yield from texts(_whole(chart, x, y, hole))


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
        said = detail if chart.unit == "%" else f"{share.text}%"
        yield _Slice(name=name, detail=detail, share=said, begin=begin, end=end, fill=fill)
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
        half = min((one.end - one.begin) / 2, pi / 2)
        if one.detail != one.share and 2 * distance * sin(half) >= width(one.share) + 2:
            yield Label(
                text=one.share,
                x=x + distance * sin(one.middle),
                y=y - distance * cos(one.middle),
                align="center",
                colour=lettering_on(one.fill),
            )


def _whole(chart: Chart, x: float, y: float, hole: float) -> Iterator[Label]:
    """Yield the sum in the middle of a ring where it has room; of shares it would say no more than 100."""
    whole = total(chart.series[0].known).text + (chart.unit or "")
    if chart.unit != "%" and width(whole) <= 1.8 * hole:
        yield Label(text="合计", x=x, y=y - 9, align="center", colour=GREY)
        yield Label(text=whole, x=x, y=y + 9, align="center", bold=True)

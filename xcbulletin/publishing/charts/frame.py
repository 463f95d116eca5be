"""What all charts have in common: their frame, header and axes, as pieces of Vega-Lite."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xcbulletin.publishing.charts.chart import Chart
from xcbulletin.publishing.charts.lettering import LINE, SIZE, spaced, width, wrapped
from xcbulletin.publishing.charts.numbers import decimals_needed, format_number
from xcbulletin.publishing.charts.palette import GREY, HAIR, INK, WHITE, Stroke

Spec = dict[str, Any]

FONT = "XC Hei"
WIDE, IN_LETTER, NARROW = 612, 440, 343
"""Pixels: the width of the text, 162 mm; of a letter, which is shown larger or smaller; of a telephone's screen."""
_SWATCH, _STROKE_LENGTH, _BETWEEN = 11, 26, 18
_HEADER_LINE = 18
_HEADER_GAP = 16
"""Pixels between the header and the plot: the label of the highest bar fits in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What a chart has: its width, and the height that it should not pass."""

    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """Unit and legend above a plot."""

    layers: tuple[Spec, ...]
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Margins:
    """Pixels around a plot."""

    left: float = 0
    top: float = 0
    right: float = 0
    bottom: float = 0


def framed(layers: Iterable[Spec], full_width: float, height: float, margins: Margins) -> Spec:
    """Return the layers as a chart `full_width` wide, whose plot is `height` high."""
    return {
        "width": round(full_width - margins.left - margins.right, 2),
        "height": round(height, 2),
        "autosize": "none",
        "padding": {
            "left": round(margins.left, 2),
            "top": round(margins.top, 2),
            "right": round(margins.right, 2),
            "bottom": round(margins.bottom, 2),
        },
        "background": None,
        "config": {
            "font": FONT,
            "aria": False,
            "view": {"stroke": None},
            "text": {"fontSize": SIZE, "color": INK, "baseline": "middle", "lineHeight": LINE},
            "axis": {
                "labelFontSize": SIZE,
                "labelColor": INK,
                "labelLimit": 0,
                "labelLineHeight": LINE,
                "labelPadding": 6,
                "labelOverlap": False,
                "title": None,
                "ticks": False,
                "domain": False,
                "gridColor": HAIR,
                "gridWidth": 0.6,
            },
        },
        "layer": list(layers),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A line of text at a place of the plot, in pixels."""

    text: str
    x: float
    y: float
    align: str = "left"
    colour: str = INK
    bold: bool = False

    @property
    def left(self) -> float:
        """Where its text begins."""
        return self.x - {"left": 0, "center": 0.5, "right": 1}[self.align] * width(self.text)


def texts(labels: Iterable[Label]) -> Iterator[Spec]:
    """Yield the layers that write labels, one for all that look alike."""
    looks: dict[tuple[str, str, bool], list[Label]] = {}
    for label in labels:
        looks.setdefault((label.align, label.colour, label.bold), []).append(label)
    for (align, colour, bold), alike in looks.items():
        rows = [{"x": round(one.x, 2), "y": round(one.y, 2), "text": spaced(one.text)} for one in alike]
        weight = {"fontWeight": "bold"} if bold else {}
        yield {
            "data": {"values": rows},
            "mark": {"type": "text", "align": align, "color": colour, **weight},
            "encoding": {**_PIXELS, "text": {"field": "text", "type": "nominal"}},
        }


def clearings(labels: Iterable[Label]) -> Iterator[Spec]:
    """Yield the layer that keeps grid lines from striking labels through: to be drawn before all else."""
    rows = [
        {"x": round(one.left - 2, 2), "x2": round(one.left + width(one.text) + 2, 2), "y": round(one.y, 2)}
        for one in labels
    ]
    if rows:
        yield {
            "data": {"values": rows},
            "mark": {"type": "rule", "color": WHITE, "strokeWidth": SIZE + 1},
            "encoding": {**_PIXELS, "x2": {"field": "x2"}},
        }


_PIXELS = {
    channel: {"field": channel, "type": "quantitative", "scale": None, "axis": None} for channel in ("x", "y")
}
"""Channels whose fields are pixels already."""


def stroke_between(x: float, y: float, x2: float, y2: float, *, colour: str, **mark: Any) -> Spec:
    """Return a straight stroke from place to place, in pixels."""
    layer = _at({"type": "rule", "color": colour, **mark}, x, y)
    layer["encoding"] |= {"x2": {"value": round(x2, 2)}, "y2": {"value": round(y2, 2)}}
    return layer


def _at(mark: Spec, x: float, y: float) -> Spec:
    place = {"x": {"value": round(x, 2)}, "y": {"value": round(y, 2)}}
    return {"data": {"values": [{}]}, "mark": mark, "encoding": place}


def header(
    unit: str | None,
    legend: Sequence[tuple[str, str | Stroke]],
    full_width: float,
    left: float,
    gap: float = _HEADER_GAP,
) -> Header:
    """Return the unit and after it the legend, which is name and fill or stroke of each series, in order.

    `left` is where the plot begins, `gap` how far it stays below: the header begins at the edge of the picture.
    """
    start = width(unit) + _BETWEEN if unit else 0
    places, lines = _flowed([_entry_width(one) for one in legend], start, full_width)
    height = _HEADER_LINE * lines if unit or legend else 0
    first = -gap - height + _HEADER_LINE / 2
    layers = list(texts([Label(text=unit, x=-left, y=first, colour=GREY)])) if unit else []
    for entry, (x, line) in zip(legend, places, strict=True):
        layers += _entry(entry, x - left, first + line * _HEADER_LINE)
    return Header(layers=tuple(layers), height=height + gap)


def _flowed(widths: Sequence[float], start: float, limit: float) -> tuple[list[tuple[float, int]], int]:
    """Return where pieces of text stand, x and line, and how many lines they take."""
    places = []
    x, line = start, 0
    if start + (widths[0] if widths else 0) > limit:
        x, line = 0, 1
    for one in widths:
        if x and x + one > limit:
            x, line = 0, line + 1
        places.append((x, line))
        x += one + _BETWEEN
    return places, line + 1


def _symbol_width(look: str | Stroke) -> int:
    return _SWATCH if isinstance(look, str) else _STROKE_LENGTH


def _entry_width(entry: tuple[str, str | Stroke]) -> float:
    name, look = entry
    return _symbol_width(look) + 5 + width(name)


def _entry(entry: tuple[str, str | Stroke], x: float, y: float) -> list[Spec]:
    name, look = entry
    text = next(texts([Label(text=name, x=x + _symbol_width(look) + 5, y=y)]))
    if isinstance(look, str):
        # A rule with square ends is a swatch of an exact size, which a point is not.
        bar = stroke_between(x, y, x + _SWATCH, y, colour=look, strokeWidth=_SWATCH)
        return [bar, text]
    line = stroke_between(
        x, y, x + _STROKE_LENGTH, y, colour=look.colour, strokeWidth=2, strokeDash=list(look.dash)
    )
    return [line, point_at(look, x + _STROKE_LENGTH / 2, y), text]


def point_at(look: Stroke, x: float, y: float) -> Spec:
    """Return one point of a line, at a place in pixels."""
    return _at(point_mark(look), x, y)


def point_mark(look: Stroke) -> Spec:
    """Return the mark of a line's points: filled, with a white edge that parts it from the line."""
    return {
        "type": "point",
        "shape": look.point,
        "filled": True,
        "color": look.colour,
        "size": _POINT_SIZES.get(look.point, 46),
        "opacity": 1,
        "stroke": WHITE,
        "strokeWidth": 1,
    }


_POINT_SIZES = {"diamond": 66, "triangle-up": 58, "triangle-down": 58, "cross": 62}
"""Square pixels at which they look as large as a circle."""


def number_axis(values: Sequence[float], **axis: Any) -> Spec:
    """Return a quantitative channel's axis and scale over round numbers."""
    return {
        "scale": {"domain": [values[0], values[-1]], "nice": False, "zero": False},
        "axis": {
            "values": list(values),
            "tickCount": len(values),  # of more values than ticks that it counts itself Vega leaves out some
            "grid": True,
            "labelFlush": False,
            "labelExpr": _label_expression(values),
            **axis,
        },
    }


def _label_expression(values: Sequence[float]) -> str:
    """Return how d3 writes an axis's numbers as `format_number` does."""
    decimals = decimals_needed(values)
    return f"format(datum.value, (abs(datum.value) >= 10000 ? ',' : '') + '.{decimals}f')"


def axis_labels(values: Sequence[float]) -> tuple[str, ...]:
    """Return the labels that an axis will have, to be measured."""
    return tuple(format_number(value, decimals_needed(values)) for value in values)


def key_of(index: int, name: str, limit: float) -> str:
    """Return a category as its axis takes it: its number, which keeps it apart from others, and its lines."""
    return "\n".join((str(index), *lines_of(name, limit)))


def lines_of(name: str, limit: float) -> tuple[str, ...]:
    """Return the lines of a category; what is parted from its first line already stays as it is."""
    first, *more = name.split("\n")
    return (*wrapped(first, limit), *more)


def names_below(key: str, x: float, height: float, align: str = "center") -> Iterator[Label]:
    """Yield the lines of a category under a plot.

    Each is a text of its own: WeasyPrint centres the first line of several in one text by the longest.
    """
    for number, line in enumerate(key.split("\n")[1:]):
        yield Label(text=line, x=x, y=height + 6 + LINE * (number + 0.5), align=align)


def names_beside(key: str, y: float) -> Iterator[Label]:
    """Yield the lines of a category to the left of a plot."""
    lines = key.split("\n")[1:]
    for number, line in enumerate(lines):
        yield Label(text=line, x=-8, y=y + LINE * (number - (len(lines) - 1) / 2), align="right")


def lines_in(keys: Iterable[str]) -> int:
    """Return how many lines the highest of the categories takes."""
    return max(key.count("\n") for key in keys)


def plot_height(chart: Chart, usual: float, around: float) -> float:
    """Return the pixels of a plot's height: what is usual, or what its editor asked for less what is around it."""
    return usual if chart.height is None else max(60, chart.height * 96 / 25.4 - around)

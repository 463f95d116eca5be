"""The colours, dashes and points of charts: apart for colour-blind readers, and in grey on an office printer.

The lightness of the fills (CIE L*) climbs in steps of eight or more: slate 30, teal 42, ochre 55, grey 64,
sky 76, mist 90; the one red, 39, never meets slate or teal. Lines differ by dash and point besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

INK, GREY, HAIR, WHITE = "#1f2328", "#5b6470", "#c9ced6", "#ffffff"
RED = "#b3261e"
SLATE, SKY, OCHRE, TEAL, MIST, STONE = "#27496d", "#a9bfd6", "#b5791f", "#2a6f6a", "#dbe3ec", "#949ca6"
PLUM, BLUE = "#7d4f74", "#4f8fc4"

_FILLS = (SLATE, SKY, OCHRE, TEAL, MIST, STONE)
_BESIDE_RED = (SKY, STONE, MIST, OCHRE, SLATE)
_DARK = frozenset((SLATE, TEAL, OCHRE, PLUM, BLUE, RED, GREY))


@dataclass(frozen=True, kw_only=True, slots=True)
class Stroke:
    """How a line is drawn."""

    colour: str
    dash: tuple[int, ...]
    """Lengths of stroke and gap; empty for a whole line."""
    point: str


_STROKES = (
    Stroke(colour=SLATE, dash=(), point="circle"),
    Stroke(colour=OCHRE, dash=(7, 3), point="diamond"),
    Stroke(colour=TEAL, dash=(2, 3), point="square"),
    Stroke(colour=BLUE, dash=(9, 3, 2, 3), point="triangle-up"),
    Stroke(colour=INK, dash=(4, 2), point="triangle-down"),
    Stroke(colour=PLUM, dash=(12, 4), point="cross"),
)
_RED_STROKE = Stroke(colour=RED, dash=(), point="circle")


def fills(names: Sequence[str], highlight: str | None = None) -> tuple[str, ...]:
    """Return the fill of each of several series, at most one of them red."""
    others = iter(_BESIDE_RED if highlight in names else _FILLS)
    return tuple(RED if name == highlight else next(others) for name in names)


def slice_fills(names: Sequence[str], highlight: str | None = None) -> tuple[str, ...]:
    """Return the fill of each slice of a pie, unlike both that it touches; its name stands beside it."""
    if highlight not in names:
        return (*_FILLS, PLUM, BLUE)[: len(names)]
    others = cycle((SKY, STONE, MIST))
    chosen = [RED if name == highlight else next(others) for name in names]
    if len(chosen) > 2 and chosen[-1] == chosen[0]:
        chosen[-1] = STONE
    return tuple(chosen)


def fill_of(name: str, highlight: str | None) -> str:
    """Return the fill of a bar or a point where all are of one series."""
    return SLATE if highlight is None else RED if name == highlight else SKY


def strokes(names: Sequence[str], highlight: str | None = None) -> tuple[Stroke, ...]:
    """Return the stroke of each of several lines, at most one of them red."""
    others = iter(_STROKES[1:] if highlight in names else _STROKES)
    return tuple(_RED_STROKE if name == highlight else next(others) for name in names)


def lettering_on(fill: str) -> str:
    """Return the colour of text that stands in a fill."""
    return WHITE if fill in _DARK else INK

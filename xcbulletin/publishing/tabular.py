"""How a table is set, told from what stands in it: how wide its columns are, whether it is turned.

The page is measured in rem, the size of the body; texts are measured in ems, the size of their own type.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from xcbulletin.publishing.layout import Layout
from xcbulletin.publishing.nodes import Cell, Table, plain

MOST_UPRIGHT = 11
"""Columns; with more of them a table is turned, however short they are."""
LONGEST_WHOLE = 5
"""Rows below the head; a longer table may go on overleaf."""
MOST_WHOLE = 600
"""Ems of text."""
WIDEST_NARROW = 0.6
"""Of the page's width."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """How a table is set."""

    names: tuple[str, ...]
    """six or wide (of many columns, in smaller type), turned, narrow, whole (not to be broken)."""
    widths: tuple[float, ...]
    """Of the columns, in per cent; empty where each has the room it asks for."""


def set_table(table: Table, page: Layout | None = None) -> Setting:
    """Return how a table is set on a page: upright if it can be, else turned. Without a page it is A4."""
    width, height = (page.characters, page.text_height / page.body) if page else _A4
    size = next(size for size in _SIZES if table.columns <= size.most)
    columns = [_Column(cells) for cells in zip(*(row.children for row in table.children), strict=True)]
    least, wanted = sum(one.least for one in columns), sum(one.wanted for one in columns)
    is_turned = table.columns > MOST_UPRIGHT or least > size.room(width, columns)
    room = size.room(height if is_turned else width, columns)
    names = {
        size.name: size.name,
        "turned": is_turned,
        "narrow": len(columns) <= 3 and wanted <= WIDEST_NARROW * room,
        "whole": len(table.children) - 1 <= LONGEST_WHOLE and sum(one.total for one in columns) <= MOST_WHOLE,
    }
    return Setting(
        names=tuple(name for name, holds in names.items() if holds),
        widths=_in_per_cent(columns, room, size.padding / size.font) if wanted > room else (),
    )


_A4 = (38, 56)


class _Column:
    """What a column asks for, in ems: its longest text in one line, and the least that it is legible in."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        texts = [(plain(cell.children).strip(), cell.head) for cell in cells]
        widths = [width_of(text) for text, _head in texts]
        self.wanted, self.total = max(widths), sum(widths)
        self.least = max(_least(text, is_head) for text, is_head in texts)


_NARROWEST = 4.0
_LONGEST_WORD = 12.0
_WORD = re.compile(r"[!-~]+")


def _least(text: str, is_head: bool) -> float:
    """Return the least width that a cell's text is legible in; a head may stand in two lines."""
    words = [min(width_of(word), _LONGEST_WORD) for word in _WORD.findall(text)]
    return max([min(width_of(text), _NARROWEST / 2 if is_head else _NARROWEST), *words])


def width_of(text: str) -> float:
    """Return how wide a text is in our Song, in ems, with the spaces that are set between Han and Latin."""
    latin = [character < "\u2e80" and character not in "“”‘’…—" for character in text]
    spaces = sum(before != after for before, after in pairwise(latin))
    return sum(0.56 if is_latin else 1 for is_latin in latin) + 0.25 * spaces


@dataclass(frozen=True, kw_only=True, slots=True)
class _Size:
    """The type of a table of at most so many columns: its size, and the space beside a cell's text, in rem."""

    most: int
    name: str
    font: float
    padding: float

    def room(self, width: float, columns: Sequence[_Column]) -> float:
        """Return the room for the columns' texts, in ems."""
        return (width - len(columns) * self.padding) / self.font


# As in shared/print.css.
_SIZES = (
    _Size(most=5, name="", font=0.833, padding=0.833),
    _Size(most=6, name="six", font=0.75, padding=0.833),
    _Size(most=1000, name="wide", font=0.708, padding=0.5),
)


def _in_per_cent(columns: Sequence[_Column], room: float, padding: float) -> tuple[float, ...]:
    """Share the room out: a column that asks for no more than its share gets that, long ones divide the rest.

    Among those the share goes by the square root of the text, which makes rows lowest.
    """
    widths: dict[_Column, float] = {}
    waiting = list(columns)
    while waiting:
        rest = room - sum(widths.values())
        modest = [one for one in waiting if one.wanted <= rest / len(waiting)]
        roots = sum(sqrt(one.total) for one in waiting)
        widths |= {one: one.wanted for one in modest} or {
            one: max(one.least, rest * sqrt(one.total) / roots) for one in waiting
        }
        waiting = [one for one in waiting if one not in widths]
    total = sum(widths.values()) + len(columns) * padding
    return tuple(round(100 * (widths[one] + padding) / total, 1) for one in columns)

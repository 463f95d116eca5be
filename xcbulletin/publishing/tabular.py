"""How a table is set, told from what stands in it: how wide its columns are, whether it is turned.

The page is measured in rem, the size of the body; texts are measured in ems, the size of their own type.
"""

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt

from xcbulletin.publishing.layout import Layout
from xcbulletin.publishing.nodes import Cell, Node, Note, Row, Table, kinds_in, plain, rewrite, walk
from xcbulletin.publishing.titles import ems

MOST_UPRIGHT = 11
"""Columns; with more of them a table is turned, however short they are."""
LONGEST_WHOLE = 5
"""Rows below the head; a longer table may go on overleaf."""
MOST_WHOLE = 600
"""Ems of text."""
MOST_OF_A_PAGE = 0.8
LOWEST_LOOSE = 0.25
"""Of the page's height; beside a row that is higher, others need not stay."""
WIDEST_NARROW = 0.6
"""Of the page's width."""
TALLEST_UNBROKEN = 600
"""Ems of text; a row with more of it may go on overleaf."""
SMALLEST = 6.5
"""Points; type is set no smaller, whatever stands in a turned table."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """How a table is set."""

    names: tuple[str, ...]
    """six or wide (of many columns, in smaller type), turned, narrow, whole (not to be broken), loose (of high rows).

    reduced, where even the type of a wide table is too large; fixed, where no text may widen its column.
    """
    widths: tuple[float, ...]
    """Of the columns, in per cent; empty where each has the room it asks for."""
    font: float | None
    """The size of reduced type, in rem."""


def set_table(table: Table, page: Layout | None = None) -> Setting:
    """Return how a table is set on a page: upright if it can be, else turned. Without a page it is A4."""
    page_width, page_height, body = (
        (page.characters, page.text_height / page.body, page.body) if page else _A4
    )
    size = next(size for size in _SIZES if table.columns <= size.most)
    columns = [_Column(cells) for cells in zip(*(row.children for row in table.children), strict=True)]
    least, wanted = sum(one.least for one in columns), sum(one.wanted for one in columns)
    is_turned = table.columns > MOST_UPRIGHT or least > size.room(page_width, columns)
    width, height = (page_height, page_width) if is_turned else (page_width, page_height)
    reduced = size.reduced(width, columns, smallest=SMALLEST / body)
    room = reduced.room(width, columns)
    widths = _in_per_cent(columns, room, size.padding / size.font) if wanted > room else ()
    heights = reduced.heights(columns, widths, width)
    is_reduced = reduced is not size
    names = {
        size.name: size.name,
        "turned": is_turned,
        "narrow": len(columns) <= 3 and wanted <= WIDEST_NARROW * room,
        "whole": len(table.children) - 1 <= LONGEST_WHOLE
        and sum(one.total for one in columns) <= MOST_WHOLE
        and sum(heights) <= MOST_OF_A_PAGE * height,
        "loose": max(heights) > LOWEST_LOOSE * height,
        "reduced": is_reduced,
        "fixed": is_reduced or sum(one.stiff for one in columns) > room,
    }
    return Setting(
        names=tuple(name for name, holds in names.items() if holds),
        widths=widths,
        font=round(reduced.font, 3) if is_reduced else None,
    )


def is_tall(row: Row) -> bool:
    """Tell whether so much stands in a row that it may be broken."""
    texts = [plain(cell.children) for cell in row.children]
    return sum(map(len, texts)) * _WIDEST > TALLEST_UNBROKEN and sum(map(width_of, texts)) > TALLEST_UNBROKEN


def with_notes_below(node: Node) -> Node:
    """Return a node, the notes of a table to stand below it if a row is tall.

    WeasyPrint 70 loses the head of a table, and the page of a note, where a row that is broken calls notes.
    """
    if isinstance(node, Table) and Note in kinds_in(node.children) and any(map(is_tall, node.children)):
        return rewrite((node,), _below)[0]
    return node


def _below(node: Node) -> Node:
    return replace(node, below=True) if isinstance(node, Note) else node


def notes_below(table: Table) -> list[Note]:
    """Return the notes that stand below a table."""
    return [node for node in walk(table.children) if isinstance(node, Note) and node.below]


_A4 = (38, 56, 12)
_WIDEST = 1.25
"""Ems of a character, with the space beside it; most rows are too short to be measured."""
_SLACK = 1.05
"""By how much what is measured here may be too small."""
_LINE = 1.5
"""The height of a table's line, in ems."""


class _Column:
    """What a column asks for, in ems: its longest text in one line, and the least that it is legible in.

    What is stiff in it, a browser does not break.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        texts = [plain(cell.children).strip() for cell in cells]
        widths = [width_of(text) for text in texts]
        self.wanted, self.total, self.each = max(widths), sum(widths), widths
        words = [max(map(width_of, _WORD.findall(text)), default=0) for text in texts]
        self.least = max(map(_least, widths, words, cells))
        self.stiff = max(map(_stiff, widths, words, cells))


_NARROWEST = 4.0
_LONGEST_WORD = 12.0
_WORD = re.compile(r"[!-~]+")


def _least(width: float, word: float, cell: Cell) -> float:
    """Return the least width that a cell's text is legible in; a head may stand in two lines.

    The text is so wide, and so is the longest word in it.
    """
    return max(min(width, _NARROWEST / 2 if cell.head else _NARROWEST), min(word, _LONGEST_WORD))


def _stiff(width: float, word: float, cell: Cell) -> float:
    """Return how wide the longest piece of a cell's text is that is not broken: short texts and numbers whole."""
    if is_short(cell) or (cell.align == "right" and not cell.head):
        return width
    return max(min(width, _NARROWEST / 2), word)


def is_short(cell: Cell) -> bool:
    """Tell whether a cell's text is to stand in one line."""
    return ems(plain(cell.children)) <= (4 if cell.columns > 6 else 7)


def width_of(text: str) -> float:
    """Return how wide a text is in our Song, in ems, with the spaces that are set between Han and Latin."""
    latin = [character < "\u2e80" and character not in "“”‘’…—" for character in text]
    spaces: int = sum(map(operator.ne, latin, latin[1:]))
    return sum([0.56 if is_latin else 1 for is_latin in latin]) + 0.25 * spaces


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

    def heights(self, columns: Sequence[_Column], per_cent: Sequence[float], width: float) -> list[float]:
        """Return about how high each row is, in rem, by the shares that its columns have of the width."""
        rooms = [(share / 100 * width - self.padding) / self.font for share in per_cent]
        cells = [
            [ceil(_SLACK * wide / room) for wide in one.each]
            for one, room in zip(columns, rooms or [one.wanted + 1 for one in columns], strict=True)
        ]
        return [max(1, *row) * _LINE * self.font + self.padding for row in zip(*cells, strict=True)]

    def reduced(self, width: float, columns: Sequence[_Column], *, smallest: float) -> "_Size":
        """Return the size in which every column is legible: this one if it can be, none below the smallest."""
        least = sum(one.least for one in columns)
        if least <= self.room(width, columns):
            return self
        scale = max(width / (_SLACK * least * self.font + len(columns) * self.padding), smallest / self.font)
        return replace(self, font=scale * self.font, padding=scale * self.padding)


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
        roots = sum(sqrt(one.total) for one in waiting) or 1
        shares = {one: rest * sqrt(one.total) / roots for one in waiting}
        modest = {one: one.wanted for one in waiting if one.wanted <= rest / len(waiting)}
        cramped = {one: one.least for one in waiting if shares[one] < one.least}
        widths |= modest or cramped or shares
        waiting = [one for one in waiting if one not in widths]
    total = sum(widths.values()) + len(columns) * padding
    return tuple(round(100 * (widths[one] + padding) / total, 1) for one in columns)

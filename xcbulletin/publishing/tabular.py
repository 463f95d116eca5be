"""How a table is set, told from what stands in it: how wide its columns are, whether it is turned.

The page is measured in rem, the size of the body; texts are measured in ems, the size of their own type.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, floor, sqrt

from xcbulletin.model import Place, Problem, Severity
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.layout import Layout
from xcbulletin.publishing.nodes import Cell, Node, Note, Row, Table, kinds_in, plain, rewrite, walk
from xcbulletin.publishing.titles import ems
from xcbulletin.publishing.typesetting.breaks import pieces

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

    reduced, where even the type of a wide table is too large; fixed, where its columns have widths.
    """
    widths: tuple[float, ...]
    """Of the columns, in per cent; empty where each has the room it asks for."""
    font: float | None
    """The size of reduced type, in rem."""
    torn: bool
    """Whether a word or a number is wider than its column, and is broken anywhere."""


def set_table(table: Table, page: Layout | None = None) -> Setting:
    """Return how a table is set on a page: upright if it can be, else turned. Without a page it is A4."""
    width, height, body = (float(page.characters), page.text_height / page.body, page.body) if page else _A4
    columns = _columns(table)
    sizes = [size for size in _SIZES if table.columns <= size.most]
    upright = _fitting(sizes, columns, width) if len(columns) <= MOST_UPRIGHT else None
    if upright is None:
        width, height = height, width
    size = upright or _fitting(sizes, columns, width) or _WIDE.legible(width, columns, SMALLEST / body)
    room, wanted = size.room(width, columns), sum(one.wanted - _SLACK for one in columns)
    shares = _shares(columns, room) if wanted > room else [one.wanted for one in columns]
    heights = size.heights(columns, shares)
    is_reduced = size.font < _WIDE.font
    names = {
        size.name: size.name,
        "turned": upright is None,
        "narrow": len(columns) <= 3 and wanted <= WIDEST_NARROW * room,
        "whole": len(table.children) - 1 <= LONGEST_WHOLE
        and sum(one.total for one in columns) <= MOST_WHOLE
        and sum(heights) <= MOST_OF_A_PAGE * height,
        "loose": max(heights) > LOWEST_LOOSE * height,
        "reduced": is_reduced,
        "fixed": wanted > room,
    }
    return Setting(
        names=tuple(name for name, holds in names.items() if holds),
        widths=size.in_per_cent(columns, shares, width) if wanted > room else (),
        font=round(size.font, 3) if is_reduced else None,
        torn=any(one.stiff - _SLACK > share for one, share in zip(columns, shares, strict=True)),
    )


def torn_tables(edition: Edition, page: Layout) -> tuple[Problem, ...]:
    """Return what an editor is told of tables in which words or numbers are broken anywhere."""
    return tuple(
        Problem(
            place=Place(file=entry.file, line=node.line),
            rule="table-torn",
            severity=Severity.WARNING,
            message=f"{node.label or '表格'}太挤，用最小的字也放不下，有的数字或词会从中间断开",
            suggestion="请拆成两张表，换用大一些的单位，或缩短长词",
        )
        for entry in edition.entries
        for node in walk(entry.body)
        if isinstance(node, Table) and set_table(node, page).torn
    )


def is_tall(row: Row) -> bool:
    """Tell whether so much stands in a row that it may be broken."""
    texts = [plain(cell.children) for cell in row.children]
    return sum(map(len, texts)) > TALLEST_UNBROKEN and sum(map(width_of, texts)) > TALLEST_UNBROKEN


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


_A4 = (38.0, 56.0, 12.0)
_SLACK = 0.2
"""By how much, in ems, what is measured here may be too small."""
_LINE = 1.5
"""The height of a table's line, in ems."""
_NARROWEST = 4.0
_LONGEST_WORD = 16.0
_NUMBER = 8.0
"""Ems; a number and what is written with it is whole if it is not longer."""
_MOST_LINES = 8
_BROAD = 7.0
"""Ems; in so many a text may have more lines."""
_NOTE = 0.7
"""Ems of a note's mark."""
_HALVINGS = 20
_DATE = re.compile("(?:[0-9]+ ?年 ?)?[0-9]+ ?月(?: ?[0-9]+ ?日)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    """How wide the text of a cell is, in ems."""

    width: float
    stiff: float
    """Its longest piece that no line may part."""
    least: float
    """In less it is not legible; a head may stand in more lines."""
    decent: float
    """So wide dates, short names and numbers are whole, and a long text is not too high."""

    def lines(self, room: float) -> int:
        """Return in about how many lines it stands: each lacks half of the piece that did not fit."""
        return 1 if self.width <= room else ceil(self.width / max(room - self.stiff / 2, room / 2))


def _text_of(cell: Cell) -> _Text:
    more = _SLACK + _NOTE * (Note in kinds_in(cell.children))
    width, stiff, date = (one + more for one in _measured(plain(cell.children).strip()))
    least = max(min(width, _NARROWEST / 2 if cell.head else _NARROWEST), min(stiff, _LONGEST_WORD))
    whole = _NUMBER if cell.align == "right" and not cell.head else _NARROWEST + _SLACK
    decent = max(least, min(width, whole), min(width / _MOST_LINES, _BROAD), min(width, date))
    return _Text(width=width, stiff=stiff, least=least, decent=decent)


@lru_cache(maxsize=4096)
def _measured(text: str) -> tuple[float, float, float]:
    """Return how wide a text is, its longest piece and its longest date."""
    parts = pieces(text)
    widths = [width_of(part) for part in parts]
    dates = [width_of(date) for date in _DATE.findall("".join(parts))]
    return sum(widths), max(widths), max(dates, default=0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    """What a column asks for, in ems: its longest text in one line, and, of that, the widths of `_Text`."""

    wanted: float
    stiff: float
    least: float
    decent: float
    texts: tuple[_Text, ...]
    pads: int
    """How often the space beside a text stands in it: twice where it follows a column of numbers."""

    @property
    def total(self) -> float:
        """How much stands in it."""
        return sum(text.width for text in self.texts)

    @property
    def weight(self) -> float:
        """How much room it gets beside others: like numbers weigh alike."""
        return sqrt(sum(max(_NARROWEST, text.width) for text in self.texts))


def _columns(table: Table) -> list[_Column]:
    cells = list(zip(*(row.children for row in table.children), strict=True))
    aligned = [column[0].align == "right" for column in cells]
    return [
        _column([_text_of(cell) for cell in column], pads=1 + (before and not right))
        for column, before, right in zip(cells, (False, *aligned), aligned, strict=False)
    ]


def _column(texts: Sequence[_Text], *, pads: int) -> _Column:
    return _Column(
        wanted=max(text.width for text in texts),
        stiff=max(text.stiff for text in texts),
        least=max(text.least for text in texts),
        decent=max(text.decent for text in texts),
        texts=tuple(texts),
        pads=pads,
    )


def is_short(cell: Cell) -> bool:
    """Tell whether a cell's text is to stand in one line."""
    return ems(plain(cell.children)) <= (4 if cell.columns > 6 else 7)


class _Widths(dict[int, float]):
    """How wide characters are in our fonts, in ems, whichever is the widest."""

    def __missing__(self, code: int) -> float:
        self[code] = 1.0 if code >= 0x2000 else 0.73 if chr(code).isupper() else 0.56
        return self[code]


_WIDTHS = _Widths(
    {ord(" "): 0.26, ord("−"): 0.59}
    | {ord(letter): 0.39 for letter in "fijlrtI.,:;'!|()[]/-"}
    | {ord(letter): 0.97 for letter in "mwMW%@"}
)


def width_of(text: str) -> float:
    """Return how wide a text is in ems, with the blanks that stand in it."""
    return sum(map(_WIDTHS.__getitem__, map(ord, text)))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Size:
    """The type of a table of at most so many columns: its size, and the space beside a cell's text, in rem."""

    most: int
    name: str
    font: float
    padding: float

    def room(self, width: float, columns: Sequence[_Column]) -> float:
        """Return the room for the columns' texts, in ems."""
        return (width - sum(one.pads for one in columns) * self.padding) / self.font

    def heights(self, columns: Sequence[_Column], shares: Sequence[float]) -> list[float]:
        """Return about how high each row is, in rem, if its columns are so wide."""
        cells = [
            [text.lines(share) for text in one.texts] for one, share in zip(columns, shares, strict=True)
        ]
        return [max(1, *row) * _LINE * self.font + self.padding for row in zip(*cells, strict=True)]

    def scaled(self, scale: float) -> "_Size":
        """Return it smaller."""
        return replace(self, font=scale * self.font, padding=scale * self.padding)

    def legible(self, width: float, columns: Sequence[_Column], smallest: float) -> "_Size":
        """Return the size in which every column is legible: this one if it can be, none below the smallest."""
        least = sum(one.least for one in columns) * self.font
        pads = sum(one.pads for one in columns) * self.padding
        return self.scaled(min(1, max(width / (least + pads), smallest / self.font)))

    def in_per_cent(
        self, columns: Sequence[_Column], shares: Sequence[float], width: float
    ) -> tuple[float, ...]:
        """Return the shares of the columns, with the space beside them, in per cent of the width."""
        lengths = [
            share * self.font + one.pads * self.padding for one, share in zip(columns, shares, strict=True)
        ]
        # Rounded down: columns that ask for more than all widen their table.
        return tuple(floor(1e4 * length / width) / 100 for length in lengths)


# As in shared/print.css.
_WIDE = _Size(most=1000, name="wide", font=0.708, padding=0.5)
_SIZES = (
    _Size(most=5, name="", font=0.833, padding=0.833),
    _Size(most=6, name="six", font=0.75, padding=0.833),
    _WIDE,
    _WIDE.scaled(0.92),
)


def _fitting(sizes: Sequence[_Size], columns: Sequence[_Column], width: float) -> _Size | None:
    """Return the largest size in which every column is decent."""
    decent = sum(one.decent for one in columns)
    return next((size for size in sizes if decent <= size.room(width, columns)), None)


def _shares(columns: Sequence[_Column], room: float) -> list[float]:
    """Share the room out: no column gets less than it needs or more than it asks for.

    Between that the share goes by the square root of the text, which makes rows lowest.
    """
    decent, least = [one.decent for one in columns], [one.least for one in columns]
    floors = decent if sum(decent) <= room else least
    if sum(floors) > room:
        return [room / sum(floors) * one for one in floors]
    low, high = 0.0, room
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(_clamped(middle, columns, floors)) <= room else (low, middle)
    return _clamped(low, columns, floors)


def _clamped(factor: float, columns: Sequence[_Column], floors: Sequence[float]) -> list[float]:
    return [
        min(max(factor * one.weight, lowest), one.wanted) for one, lowest in zip(columns, floors, strict=True)
    ]

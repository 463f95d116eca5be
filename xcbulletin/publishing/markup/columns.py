"""What the columns of a table hold: numbers stand at the right, the names of rows are heads of their own."""

import re
from collections.abc import Sequence
from dataclasses import replace

from xcbulletin.publishing.nodes import Cell, Row, plain

_NUMBER = re.compile(r"[<>≤≥]?[+＋\-−－±]?\d[\d,，]*(?:\.\d+)?\s*([%％‰]|\D{0,3})")
_NOTHING = re.compile(r"[-—–－/…]*")
_COUNTED = frozenset(("序号", "编号", "排名", "位次", "名次"))
_LONGEST_NAME = 14


def read_columns(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows of a table with its columns of numbers set right, unless its editor said otherwise.

    Where the first column names the rows, its cells say so.
    """
    head, *body = rows
    columns = list(zip(*(row.children for row in body), strict=True)) or [()] * len(head.children)
    right = [index > 0 and _holds_numbers(cells) for index, cells in enumerate(columns)]
    names = len(columns) > 1 and _text(head.children[0]) not in _COUNTED and _holds_names(columns[0])
    return tuple(
        replace(
            row, children=tuple(_read(cell, right=right[cell.column], names=names) for cell in row.children)
        )
        for row in rows
    )


def _read(cell: Cell, *, right: bool, names: bool) -> Cell:
    return replace(
        cell,
        align=cell.align or ("right" if right else None),
        names_row=names and cell.column == 0 and not cell.head,
    )


def _holds_numbers(cells: Sequence[Cell]) -> bool:
    """Tell whether all cells hold numbers, with one unit or none; some may hold nothing."""
    texts = [text for cell in cells if not _NOTHING.fullmatch(text := _text(cell))]
    numbers = [match for text in texts if (match := _NUMBER.fullmatch(text))]
    return bool(texts) and len(numbers) == len(texts) and len({match[1] for match in numbers}) == 1


def _holds_names(cells: Sequence[Cell]) -> bool:
    texts = [_text(cell) for cell in cells]
    return len(set(texts)) == len(texts) and all(0 < len(text) <= _LONGEST_NAME for text in texts)


def _text(cell: Cell) -> str:
    return plain(cell.children).strip()

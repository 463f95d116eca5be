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
    texts = [[plain(cell.children).strip() for cell in row.children] for row in rows]
    aligns, names = tell_columns(texts, [cell.align for cell in rows[0].children])
    return tuple(
        replace(
            row, children=tuple(_read(cell, align=aligns[cell.column], names=names) for cell in row.children)
        )
        for row in rows
    )


def tell_columns(
    texts: Sequence[Sequence[str]], written: Sequence[str | None]
) -> tuple[list[str | None], bool]:
    """Return how each column stands, and whether the first names the rows, by the texts of a table's rows.

    `written` is how its editor said that they stand.
    """
    head, *body = texts
    columns = list(zip(*body, strict=True)) or [()] * len(head)
    right = [index > 0 and _holds_numbers(column) for index, column in enumerate(columns)]
    aligns = [own or ("right" if is_right else None) for own, is_right in zip(written, right, strict=True)]
    return aligns, len(columns) > 1 and head[0] not in _COUNTED and _holds_names(columns[0])


def _read(cell: Cell, *, align: str | None, names: bool) -> Cell:
    return replace(cell, align=align, names_row=names and cell.column == 0 and not cell.head)


def _holds_numbers(texts: Sequence[str]) -> bool:
    """Tell whether all texts are numbers, with one unit or none; some may be nothing."""
    matches = [_NUMBER.fullmatch(text) for text in texts if not _NOTHING.fullmatch(text)]
    return bool(matches) and all(matches) and len({match[1] for match in matches if match}) == 1


def _holds_names(texts: Sequence[str]) -> bool:
    return len(set(texts)) == len(texts) and all(0 < len(text) <= _LONGEST_NAME for text in texts)

"""Tables as Excel opens them: UTF-8 with its mark, and nothing in them that Excel would run."""

import csv
import io
from collections.abc import Iterable, Sequence


def csv_file(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as the content of a CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", errors="replace")


def _plain(cell: object) -> object:
    """Return text that Excel takes for text: what others wrote may begin like a formula (CSV injection)."""
    begins = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if begins else cell

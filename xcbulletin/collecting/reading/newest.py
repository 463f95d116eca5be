"""The newer end of a list that is longer than what is read of it; pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

T = TypeVar("T")

_END = 10
"""Items of each end whose dates are looked at: the very first may be pinned there."""


def newest(items: Sequence[T], limit: int, date_of: Callable[[T], datetime | None]) -> Sequence[T]:
    """Return `limit` items in a row, of the end with the newest; of the start where dates do not tell."""
    if len(items) <= limit:
        return items
    first, last = _newest_date(items[:_END], date_of), _newest_date(items[-_END:], date_of)
    return items[-limit:] if first and last and first < last else items[:limit]


def _newest_date(items: Sequence[T], date_of: Callable[[T], datetime | None]) -> datetime | None:
    return max(filter(None, map(date_of, items)), default=None)

"""Where an article stands among all: a number, the smaller the newer its issue, and in an issue as printed.

Both databases find words in the order of these numbers, so that the newest are had without sorting all.
"""

import calendar
import datetime

SLOTS, ARTICLES = 1 << 10, 1 << 12
"""Issues that one date may have, and articles that an issue may have."""
_DAY = SLOTS * ARTICLES


def first_place(date: datetime.date, slot: int) -> int:
    """Return the place of the first article of an issue; `slot` is greater for what is newer among those of a date."""
    return _day(date) + (SLOTS - 1 - slot) * ARTICLES


def shelf(date: datetime.date, slot: int) -> int:
    """Return what the place of each article of an issue comes to when it is divided by ARTICLES: no other issue's does."""
    return first_place(date, slot) // ARTICLES


def bounds(since: str | None, until: str | None) -> tuple[int, int]:
    """Return the first and the last place of the months from `since` to `until`, each as YYYY-MM."""
    newest = _last_day(until) if until else datetime.date.max
    oldest = datetime.date.fromisoformat(f"{since}-01") if since else datetime.date.min
    return _day(newest), _day(oldest) + _DAY - 1


def _day(date: datetime.date) -> int:
    return (datetime.date.max - date).days * _DAY


def _last_day(month: str) -> datetime.date:
    first = datetime.date.fromisoformat(f"{month}-01")
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])

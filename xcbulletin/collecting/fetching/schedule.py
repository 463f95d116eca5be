"""When a source is asked again, and under which address; pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from xcbulletin.collecting.items import HEALTHY, Outcome

DAY = timedelta(days=1)
LATER = timedelta(minutes=30)
"""Until a server that asked for patience, but named no time, is asked again."""
_SHORTEST = timedelta(minutes=10)
"""Between two readings of a source whose window is outrun."""
_WHOLE = timedelta(days=7)
_CONFIRMATIONS, _CONFIRMED_OVER = 5, timedelta(days=3)


def next_due(
    key: str,
    outcome: Outcome,
    now: datetime,
    *,
    min_interval: int,
    failures: int,
    retry_after: float | None = None,
    gaps: int = 0,
) -> datetime:
    """Return when the source known by `key` is to be asked again; it is never given up.

    `min_interval` is in minutes, `failures` counts those in a row, this one among them (see `failures_after`),
    `retry_after` is what the server asked for in seconds, `gaps` how often lately (a week, say) its window was
    outrun, this time among them.
    """
    interval = timedelta(minutes=min_interval)
    if outcome in HEALTHY:
        return now + _early(_shortened(interval, gaps or (outcome is Outcome.GAP)))
    return now + max(_early(interval), _pause(key, outcome, failures, retry_after))


def failures_after(failures: int, outcome: Outcome) -> int:
    """Return how often in a row asking has failed."""
    return 0 if outcome in HEALTHY else failures + 1


def _early(interval: timedelta) -> timedelta:
    # A collector started every hour must not find a source due some seconds later, and pass it over for an hour.
    return interval - min(interval / 20, timedelta(minutes=5))


def _shortened(interval: timedelta, gaps: int) -> timedelta:
    """Return half the interval for each gap, though no less than ten minutes."""
    return max(interval / (1 << min(gaps, 10)), min(interval, _SHORTEST))


def _pause(key: str, outcome: Outcome, failures: int, retry_after: float | None) -> timedelta:
    if outcome is Outcome.GONE:
        return DAY * _jitter(key)
    if outcome is not Outcome.LATER:
        return _doubled(timedelta(hours=1), failures) * _jitter(key)
    if retry_after is None:
        return _doubled(LATER, failures)
    return timedelta(seconds=min(retry_after, DAY.total_seconds()))


def _doubled(first: timedelta, failures: int) -> timedelta:
    return min(first * (1 << min(max(failures - 1, 0), 10)), DAY)


def _jitter(key: str) -> float:
    """Return 0.9 to 1, always the same for a source, so that those which failed together part."""
    return 0.9 + hashlib.sha256(key.encode()).digest()[0] / 2550


def wants_whole(asked_whole: datetime | None, now: datetime) -> bool:
    """Tell whether to ask without ETag and date: once a week, for some servers answer 304 for ever."""
    return asked_whole is None or abs(now - asked_whole) >= _WHOLE


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """Where permanent redirects have led, how often in a row, and since when."""

    to: str | None = None
    seen: int = 0
    since: datetime | None = None

    def confirmed(self, now: datetime) -> bool:
        """Tell whether the new address may be taken over: five good readings there over three days or more."""
        return self.since is not None and self.seen >= _CONFIRMATIONS and now - self.since >= _CONFIRMED_OVER


def move_after(move: Move, asked: str, moved_to: str | None, outcome: Outcome, now: datetime) -> Move:
    """Return what is known of a move after the address `asked` led to `moved_to`.

    Only what was read well there confirms it, and a page that is no feed refutes it (maintenance, a hotel's portal); a
    failure to reach it says nothing. A way from https to http is never taken over.
    """
    if outcome in (Outcome.NOT_A_FEED, Outcome.NO_MATCH, Outcome.EMPTY, Outcome.LOGIN):
        return Move()
    if outcome not in HEALTHY:
        return move
    if moved_to is None or (asked.startswith("https:") and not moved_to.startswith("https:")):
        return Move()
    if moved_to != move.to or move.since is None:
        return Move(to=moved_to, seen=1, since=now)
    return Move(to=moved_to, seen=move.seen + 1, since=move.since)


def address(url: str, taken_over: str | None, failures: int) -> str:
    """Return where to ask: where the source has moved to, but its own address every other time once that fails."""
    return url if taken_over is None or failures % 2 else taken_over

"""How a source stands in the database, and how it stands after it was asked; pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from xcbulletin import __version__
from xcbulletin.collecting.fetching import schedule
from xcbulletin.collecting.fetching.schedule import Move
from xcbulletin.collecting.following.sources import Source, SourceKind
from xcbulletin.collecting.items import HEALTHY, Entry, Outcome

_SMALLEST_WINDOW = 3
"""A feed of its one newest item has no window that could overlap with the last."""
_FULL = 0.8
"""Share of the entries of the last reading that makes a window full."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """How a source's items come; it changes only when something is read there."""

    newest: datetime
    """When its newest item appeared, as it is dated, or else was first seen."""
    usual_gap: timedelta | None
    """How long the source usually leaves between two days with something new; None if too little is known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a source stands: its row in the database."""

    id: int
    key: str
    taken_over: str | None = None
    """The address that a confirmed permanent redirect led to."""
    move: Move = field(default_factory=Move)
    etag: str | None = None
    last_modified: str | None = None
    asked_whole: datetime | None = None
    body_digest: str | None = None
    read_as: str | None = None
    window: int = 0
    next_due: datetime | None = None
    failures: int = 0
    outcome: Outcome | None = None
    outcome_since: datetime | None = None
    detail: str = ""
    first_asked: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    rhythm: Rhythm | None = None
    """None where it has to be worked out from the items, or there are none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What came of asking a source, before anything of it is kept."""

    outcome: Outcome
    at: datetime
    address: str
    """The one asked first."""
    detail: str = ""
    status: int | None = None
    size: int = 0
    """Bytes of the document that was read."""
    milliseconds: int = 0
    whole: bool = False
    """Whether it was asked without ETag and date."""
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    retry_after: float | None = None
    digest: str | None = None
    """Of the bytes that were read; None where there are none."""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """What the entries of a reading were to the database."""

    new: int = 0
    updated: int = 0
    known: int = 0
    """Those that it had already, updated or not."""
    top_date: datetime | None = None
    """The newest date of the known ones, where they stand above all the new ones: they may be pinned there."""


def reads_as(source: Source) -> str:
    """Return a digest of how a body of this source is read: the same bytes read otherwise are not unchanged."""
    ways = (__version__, source.kind, source.url, source.zone.key, source.fields, source.data)
    return hashlib.sha256(repr(ways).encode()).hexdigest()


def outruns(standing: Standing, stored: Stored) -> bool:
    """Tell whether a full window holds nothing known before, but for what is pinned: items were lost in between."""
    seen = stored.new + stored.known
    return (
        (not stored.known or _are_pinned(standing, stored))
        and seen >= _FULL * standing.window
        and standing.window >= _SMALLEST_WINDOW
    )


def _are_pinned(standing: Standing, stored: Stored) -> bool:
    # Were this where the last window ended, what was the newest then would be among them.
    return bool(stored.top_date and standing.rhythm and stored.top_date < standing.rhythm.newest)


def top_date(entries: Sequence[tuple[datetime | None, bool]]) -> datetime | None:
    """Return the newest date of the known entries, where they are the first ones and all below them are new.

    Entries are given by their dates and whether they are known.
    """
    known = [is_known for _when, is_known in entries]
    if all(known) or known != sorted(known, reverse=True):
        return None
    return max((when for when, is_known in entries if when and is_known), default=None)


def after(
    standing: Standing,
    source: Source,
    asked: Asked,
    stored: Stored,
    now: datetime,
    *,
    min_interval: int,
    gaps: int = 0,
) -> Standing:
    """Return how the source stands now. `gaps` counts those of the last week, this one among them."""
    failures = schedule.failures_after(standing.failures, asked.outcome)
    # What is unchanged has no more dates than it had.
    stays = asked.outcome is Outcome.UNCHANGED and standing.outcome is Outcome.UNDATED
    return replace(
        _validated(_moved(standing, source, asked, now), source, asked, stored, now),
        next_due=schedule.next_due(
            standing.key,
            asked.outcome,
            now,
            min_interval=min_interval,
            failures=failures,
            retry_after=asked.retry_after,
            gaps=gaps,
        ),
        failures=failures,
        outcome=Outcome.UNDATED if stays else asked.outcome,
        outcome_since=standing.outcome_since if _lasts(standing.outcome, asked.outcome) else now,
        detail=standing.detail if stays else asked.detail,
        first_asked=standing.first_asked or now,
        last_ok=now if asked.outcome in HEALTHY else standing.last_ok,
        last_new=now if stored.new else standing.last_new,
        rhythm=None if asked.entries else standing.rhythm,
    )


def _lasts(before: Outcome | None, outcome: Outcome) -> bool:
    return before is outcome or (before in HEALTHY and outcome in HEALTHY)


def _moved(standing: Standing, source: Source, asked: Asked, now: datetime) -> Standing:
    if source.kind is SourceKind.RSSHUB:  # its address is the institute's own, and may be another tomorrow
        return standing
    if asked.outcome in HEALTHY and asked.moved_to is None and asked.address == source.url:
        stays = standing.taken_over is None and standing.move == Move()
        return standing if stays else replace(standing, taken_over=None, move=Move())
    move = schedule.move_after(standing.move, asked.address, asked.moved_to, asked.outcome, now)
    if move.confirmed(now):
        return replace(standing, taken_over=move.to, move=Move())
    return replace(standing, move=move)


def _validated(standing: Standing, source: Source, asked: Asked, stored: Stored, now: datetime) -> Standing:
    """Keep the marks of the last good reading: they stay true of it whatever the server says in between."""
    if asked.outcome not in HEALTHY or asked.digest is None:
        return standing
    return replace(
        standing,
        etag=asked.etag,
        last_modified=asked.last_modified,
        asked_whole=now if asked.whole else standing.asked_whole,
        body_digest=asked.digest,
        read_as=reads_as(source),
        window=stored.new + stored.known or standing.window,
    )

"""The list from which an editor chooses."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from xcbulletin.collecting.items import Status
from xcbulletin.collecting.stories.dismissals import dismissed_since
from xcbulletin.collecting.stories.retelling import DismissedStories
from xcbulletin.collecting.suggesting.novelty import Archive, rank_new
from xcbulletin.collecting.suggesting.ranking import Candidate, Period, Suggestion, rank, set_aside
from xcbulletin.collecting.suggesting.suggestions import (
    Wanted,
    all_items,
    best_stories,
    count_items,
    coverage,
    taste,
    texts,
)
from xcbulletin.database import reading
from xcbulletin.manuscript.new import last_day
from xcbulletin.model import IssueId
from xcbulletin.newsroom import Newsroom, silent
from xcbulletin.newsroom.refreshing import refresh
from xcbulletin.room import Tell
from xcbulletin.zone import SHANGHAI

RECENT = datetime.timedelta(days=45)
"""What is news where no month is named, today included."""
_TAIL = datetime.timedelta(days=15)
"""How far an issue reaches back into the month before its own."""
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggested:
    """A list for an editor."""

    period: Period
    suggestions: tuple[Suggestion, ...]
    coverage: Mapping[str, int]
    """Items of the period by industry, all industries of the workspace, none left out."""
    stored: int
    """Items ever collected."""


def suggest(
    newsroom: Newsroom,
    *,
    issue: IssueId | None = None,
    industries: tuple[str, ...] = (),
    column: str | None = None,
    limit: int = 20,
    tell: Tell = silent,
) -> Suggested:
    """Return the best stories that nobody has decided on, best first; `industries` are codes."""
    refresh(newsroom, tell)
    now, names = newsroom.clock(), newsroom.short_names
    period = period_of(issue, now)
    wanted = Wanted(period=period, industries=industries, column=column, limit=limit)
    with reading(newsroom.engine) as connection:
        candidates = best_stories(connection, wanted, newsroom.by_key)
        liked = taste(connection)
        ranked = rank_new(
            candidates,
            Archive(newsroom.printed),
            DismissedStories(dismissed_since(connection, period.since)),
            lambda ids: texts(connection, ids),
            lambda some: rank(some, period, now, names, liked, limit),
        )
        return _suggested(connection, newsroom, period, ranked)


def everything(
    newsroom: Newsroom,
    *,
    issue: IssueId | None = None,
    industries: tuple[str, ...] = (),
    column: str | None = None,
    tell: Tell = silent,
) -> Suggested:
    """Return every item, of an issue's period or ever collected: first what would be suggested, then the rest."""
    refresh(newsroom, tell)
    now, names = newsroom.clock(), newsroom.short_names
    period = period_of(issue, now)
    with reading(newsroom.engine) as connection:
        items = all_items(connection, None if issue is None else period, newsroom.by_key)
        chosen = [one for one in items if _is_wanted(one, industries, column)]
        ranked = rank(filter(_is_open, chosen), period, now, names, taste(connection))
        rest = (set_aside(one, names) for one in chosen if not _is_open(one))
        shown = _span(items, now) if issue is None else period
        return _suggested(connection, newsroom, shown, (*ranked, *rest))


def _suggested(
    connection: Connection, newsroom: Newsroom, period: Period, suggestions: tuple[Suggestion, ...]
) -> Suggested:
    counts = coverage(connection, period)
    return Suggested(
        period=period,
        suggestions=suggestions,
        coverage={code: counts.get(code, 0) for code in newsroom.short_names},
        stored=count_items(connection),
    )


def period_of(issue: IssueId | None, now: datetime.datetime) -> Period:
    """Return the time whose news an issue brings: its month, and the end of the month before; else the last days."""
    last = None if issue is None else last_day(issue)
    if last is None:
        until = _midnight(now.astimezone(SHANGHAI).date() + _DAY)
        return Period(since=until - RECENT, until=until)
    return Period(since=_midnight(last.replace(day=1)) - _TAIL, until=_midnight(last + _DAY))


def _span(items: Sequence[Candidate], now: datetime.datetime) -> Period:
    """Return the time from the oldest item to the newest."""
    times = [one.at for one in items] or [now]
    return Period(since=min(times), until=max(times) + datetime.timedelta(seconds=1))


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), SHANGHAI).astimezone(datetime.UTC)


def _is_open(candidate: Candidate) -> bool:
    return candidate.status is Status.NEW and candidate.judgement.is_relevant


def _is_wanted(candidate: Candidate, industries: Sequence[str], column: str | None) -> bool:
    codes = {label.code for label in candidate.judgement.labels}
    return (not industries or bool(codes & set(industries))) and column in (None, candidate.judgement.column)

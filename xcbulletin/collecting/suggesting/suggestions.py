"""What the database knows of stories: those to suggest, those decided, and the decisions themselves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, update

from xcbulletin.collecting.following.sources import Authority, Source
from xcbulletin.collecting.items import Label, Status
from xcbulletin.collecting.suggesting.ranking import (
    Candidate,
    Judgement,
    Mention,
    Outlet,
    Period,
    Tally,
    Taste,
)
from xcbulletin.collecting.tables import item, label, source, story
from xcbulletin.collecting.urls import is_front_page
from xcbulletin.database import pieces
from xcbulletin.errors import BulletinError

_MOST = 10
"""How many times as many stories are looked at closely as are asked for: the most relevant of the period."""
_AT_LEAST = 500
_DECISIONS = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which stories are asked for."""

    period: Period
    industries: tuple[str, ...] = ()
    column: str | None = None
    limit: int = 20
    """How many are to be shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """An item as an editor means it by its number."""

    id: int
    title: str
    url: str | None
    text: str
    published: datetime | None
    first_seen: datetime
    source_key: str
    source: str
    story: int
    lead: int
    status: Status
    issue: str | None
    article: str | None
    url_keys: frozenset[str]
    """Of all items of its story, without front pages: those are shared by many."""
    others: tuple[int, ...]
    """The other items of its story."""


def best_stories(
    connection: Connection, wanted: Wanted, sources: Mapping[str, Source]
) -> tuple[Candidate, ...]:
    """Return the stories nobody has decided on that are most relevant by what they say. `sources` by key."""
    chosen = [story.c.status == Status.NEW, label.c.relevance > 0, *_filters(wanted)]
    period, most = wanted.period, max(_AT_LEAST, _MOST * wanted.limit)
    inside = and_(label.c.at >= period.since, label.c.at < period.until)
    order = (label.c.relevance.desc(), label.c.item_id.desc())
    leads = select(label.c.item_id).join(story, story.c.lead_id == label.c.item_id).where(*chosen)
    ids = connection.scalars(leads.where(inside).order_by(*order).limit(most)).all()
    return _candidates(connection, [item.c.id.in_(some) for some in pieces(ids)], sources)


def all_items(
    connection: Connection, period: Period | None, sources: Mapping[str, Source]
) -> tuple[Candidate, ...]:
    """Return every item, in a period or at all, newest first; those that are not led by themselves are folded."""
    at = func.coalesce(item.c.published, item.c.first_seen)
    inside = [] if period is None else [at >= period.since, at < period.until]
    return _candidates(connection, [and_(True, *inside)], sources)


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    marks = [
        label.c.industries.contains(f"|{code}{mark}|") for code in wanted.industries for mark in ("", "?")
    ]
    filters = [or_(*marks)] if marks else []
    return [*filters, *([label.c.column == wanted.column] if wanted.column else [])]


_LIGHT = (
    item.c.id,
    item.c.title,
    item.c.url,
    item.c.published,
    item.c.first_seen,
    item.c.fold_reason,
    item.c.event_id,
    source.c.key,
    source.c.name,
    story.c.id.label("story_id"),
    story.c.lead_id,
    story.c.status,
    story.c.article,
    label.c.detail,
)


def _candidates(
    connection: Connection, parts: Iterable[ColumnElement[bool]], sources: Mapping[str, Source]
) -> tuple[Candidate, ...]:
    """Return the items for which one of the conditions holds, newest first."""
    query = (
        select(*_LIGHT)
        .join(source, source.c.id == item.c.source_id)
        .outerjoin(story, story.c.id == item.c.story_id)
        .outerjoin(label, label.c.item_id == item.c.id)
    )
    rows = [row for which in parts for row in connection.execute(query.where(which))]
    rows.sort(key=lambda row: (row.first_seen, row.id), reverse=True)
    outlets = _outlets(connection, [row.story_id for row in rows if row.lead_id == row.id], sources)
    return tuple(_candidate(row, outlets, sources) for row in rows)


def _candidate(row: Any, outlets: Mapping[int, list[Outlet]], sources: Mapping[str, Source]) -> Candidate:
    known = sources.get(row.key)
    is_lead = row.lead_id in (row.id, None)
    status = Status(row.status or Status.NEW)
    return Candidate(
        id=row.id,
        title=row.title,
        url=row.url,
        source=known.name if known else row.name,
        source_key=row.key,
        authority=known.authority if known else Authority.MEDIA,
        at=row.published or row.first_seen,
        published=row.published,
        judgement=parse_judgement(row.detail),
        status=status if is_lead or status is not Status.NEW else Status.FOLDED,
        lead=row.lead_id or row.id,
        fold_reason=row.fold_reason,
        article=row.article,
        event=row.event_id,
        also=tuple(outlets[row.story_id]) if is_lead and row.story_id in outlets else (),
    )


def _outlets(
    connection: Connection, stories: Sequence[int], sources: Mapping[str, Source]
) -> dict[int, list[Outlet]]:
    query = (
        select(item.c.story_id, item.c.title, item.c.url, source.c.key, source.c.name)
        .join(source, source.c.id == item.c.source_id)
        .join(story, story.c.id == item.c.story_id)
        .where(item.c.id != story.c.lead_id)
        .order_by(item.c.id)
    )
    outlets: dict[int, list[Outlet]] = defaultdict(list)
    for some in pieces(stories):
        for row in connection.execute(query.where(story.c.id.in_(some))):
            name = sources[row.key].name if row.key in sources else row.name
            outlets[row.story_id].append(Outlet(title=row.title, url=row.url, source=name))
    return outlets


def parse_judgement(detail: Any) -> Judgement:
    """Return what `format_judgement` wrote; an item without one says nothing."""
    if not detail:
        return Judgement()
    return Judgement(
        labels=tuple(Label(**one) for one in detail["labels"]),
        column=detail["column"],
        column_reason=detail["column_reason"],
        mentions=tuple(Mention(**one) for one in detail["mentions"]),
        bears=detail.get("bears", True),
    )


def format_judgement(judgement: Judgement) -> dict[str, Any]:
    """Return a judgement as JSON."""
    return asdict(judgement)


def coverage(connection: Connection, period: Period) -> dict[str, int]:
    """Count the items of a period by the industries under which they are shown, surely or perhaps."""
    query = (
        select(label.c.industries, func.count())
        .where(label.c.at >= period.since, label.c.at < period.until)
        .group_by(label.c.industries)
    )
    counts: dict[str, int] = defaultdict(int)
    for marks, number in connection.execute(query):
        for mark in filter(None, marks.split("|")):
            counts[mark.removesuffix("?")] += number
    return dict(counts)


def taste(connection: Connection) -> Taste:
    """Return what editors took and what they put away, by the last decisions."""
    query = (
        select(story.c.status, source.c.key, label.c.detail)
        .join(item, item.c.id == story.c.lead_id)
        .join(source, source.c.id == item.c.source_id)
        .outerjoin(label, label.c.item_id == item.c.id)
        .where(story.c.status.in_((Status.PICKED, Status.DISMISSED)))
        .order_by(story.c.decided.desc())
        .limit(_DECISIONS)
    )
    sources: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    industries: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in connection.execute(query):
        place = 0 if row.status == Status.PICKED else 1
        sources[row.key][place] += 1
        for one in parse_judgement(row.detail).labels:
            industries[one.code][place] += 1
    return Taste(sources=_tallies(sources), industries=_tallies(industries))


def _tallies(counts: Mapping[str, list[int]]) -> dict[str, Tally]:
    return {key: Tally(taken=taken, dismissed=away) for key, (taken, away) in counts.items()}


def authorities(connection: Connection, sources: Mapping[str, Source]) -> dict[int, Authority]:
    """Return how near each source of the database stands to what it tells of. `sources` by key."""
    rows = connection.execute(select(source.c.id, source.c.key))
    return {row.id: sources[row.key].authority for row in rows if row.key in sources}


def is_folded(connection: Connection) -> bool:
    """Tell whether every item stands in a story."""
    return connection.scalar(select(item.c.id).where(item.c.story_id.is_(None)).limit(1)) is None


def count_items(connection: Connection) -> int:
    """Count what was ever collected."""
    return connection.scalar(select(func.count()).select_from(item)) or 0


def texts(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, str | None]]:
    """Return the beginnings of items' texts, and their addresses as they are compared, by number."""
    query = select(item.c.id, func.substr(item.c.text, 1, 600), item.c.url_key)
    return {
        number: (text, key)
        for some in pieces(ids)
        for number, text, key in connection.execute(query.where(item.c.id.in_(some)))
    }


def find_items(connection: Connection, ids: Sequence[int]) -> tuple[tuple[Item, ...], tuple[int, ...]]:
    """Return the items of these numbers in this order, and the numbers that no item has."""
    query = (
        select(
            item, source.c.key, source.c.name, story.c.lead_id, story.c.status, story.c.issue, story.c.article
        )
        .join(source, source.c.id == item.c.source_id)
        .join(story, story.c.id == item.c.story_id)
    )
    rows = {
        row.id: row for some in pieces(ids) for row in connection.execute(query.where(item.c.id.in_(some)))
    }
    found = tuple(_item(connection, rows[number]) for number in ids if number in rows)
    return found, tuple(number for number in ids if number not in rows)


def lock_items(connection: Connection, ids: Sequence[int]) -> tuple[Item, ...]:
    """Return items as they are now, and keep others from deciding on their stories until the transaction ends."""
    # SQLite has locked all by beginning.
    which = select(item.c.story_id).where(item.c.id.in_(ids))
    connection.execute(select(story.c.id).where(story.c.id.in_(which)).order_by(story.c.id).with_for_update())
    return find_items(connection, ids)[0]


def _item(connection: Connection, row: Any) -> Item:
    story_items = select(item.c.id, item.c.url_key).where(item.c.story_id == row.story_id)
    rows = connection.execute(story_items.order_by(item.c.id))
    keys = {other.id: other.url_key for other in rows}
    return Item(
        id=row.id,
        title=row.title,
        url=row.url,
        text=row.text,
        published=row.published,
        first_seen=row.first_seen,
        source_key=row.key,
        source=row.name,
        story=row.story_id,
        lead=row.lead_id or row.id,
        status=Status(row.status),
        issue=row.issue,
        article=row.article,
        url_keys=frozenset(key for key in keys.values() if key and not is_front_page(key)),
        others=tuple(number for number in keys if number != row.id),
    )


def judgement_of(connection: Connection, number: int) -> Judgement:
    """Return what was made of an item when it was last classified."""
    return parse_judgement(connection.scalar(select(label.c.detail).where(label.c.item_id == number)))


def mark_picked(connection: Connection, number: int, issue: str, article: str, now: datetime) -> None:
    """Note for the whole story of an item that it became an article."""
    _mark(connection, number, status=Status.PICKED, issue=issue, article=article, decided=now)


def mark_dismissed(connection: Connection, number: int, now: datetime) -> None:
    """Note for the whole story of an item that it was put away, with all that will be folded into it."""
    _mark(connection, number, status=Status.DISMISSED, issue=None, article=None, decided=now)


def _mark(connection: Connection, number: int, **values: Any) -> None:
    its_story = select(item.c.story_id).where(item.c.id == number).scalar_subquery()
    # A decision stands by the item that leads: whoever repeats it on a reprint does not move it there.
    repeated = and_(
        story.c.status == values["status"], story.c.article.is_not_distinct_from(values["article"])
    )
    values["lead_id"] = case((repeated, story.c.lead_id), else_=number)
    connection.execute(update(story).where(story.c.id == its_story).values(**values))


def parse_number(text: str) -> int:
    """Return the number that an editor typed. Raises BulletinError."""
    digits = text.strip().lstrip("#＃")
    if not digits.isdecimal() or len(digits) > 15:
        raise BulletinError(f"“{text}”不是线索的编号；编号是 xcbulletin suggest 每条最前面的数字，如 128")
    return int(digits)

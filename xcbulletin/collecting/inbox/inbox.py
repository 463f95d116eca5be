"""The items and sources in the database: what is new is added, what has changed is kept beside what it was."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    union_all,
    update,
)

from xcbulletin.collecting.fetching.schedule import Move
from xcbulletin.collecting.following.sources import Source
from xcbulletin.collecting.inbox.standing import Asked, Rhythm, Standing, Stored, top_date
from xcbulletin.collecting.items import Entry, Outcome
from xcbulletin.collecting.reading.identity import title_ident
from xcbulletin.collecting.tables import fetch, item, item_version, source
from xcbulletin.collecting.titles import core_title
from xcbulletin.collecting.urls import is_front_page, item_key
from xcbulletin.database import insert_new, pieces, run_ready_each

_VERSIONS = 24
"""Versions kept of an item: a counter of readers within a text would make one every hour."""
_ALIKE = 0.5
"""From which likeness on one title may be the other, edited."""
_COMPARED = 60
"""Characters of a title."""
_MIDNIGHTS = frozenset({time(0), time(16)})
"""That of UTC and that of China, in UTC."""
_WEEK = timedelta(days=7)
_LOG_KEPT = timedelta(days=180)


# Sources


def register(connection: Connection, sources: Sequence[Source]) -> None:
    """Give every source a row, under its present name; one whose entry took over where it had moved keeps its row.

    What is no longer listed stays, with its items.
    """
    known = {row.key: row for row in connection.execute(_REGISTERED)}
    _follow_moves(connection, sources, known)
    names = {key: row.name for key, row in known.items()}
    listed = {one.key: one.name for one in sources}
    rows = [{"key": key, "name": name} for key, name in listed.items() if names.get(key) != name]
    if rows:
        insert_new(connection, source, rows)
        given: BindParameter[str] = bindparam("listed_name")
        renamed = update(source).where(source.c.key == bindparam("listed"), source.c.name != given)
        names_now = [{"listed": row["key"], "listed_name": row["name"]} for row in rows]
        connection.execute(renamed.values(name=given), names_now)


_REGISTERED = select(source.c.id, source.c.key, source.c.name, source.c.moved_to, source.c.taken_over)


def _follow_moves(connection: Connection, sources: Sequence[Source], known: Mapping[str, Any]) -> None:
    listed = {one.key for one in sources}
    left = {
        address: row.id
        for row in known.values()
        if row.key not in listed
        for address in (row.moved_to, row.taken_over)
        if address is not None
    }
    for one in sources:
        if one.key not in known and one.url in left:
            moved = update(source).where(source.c.id == left.pop(one.url))
            nowhere = {"taken_over": None, "moved_to": None, "moved_seen": 0, "moved_since": None}
            connection.execute(moved.values(key=one.key, **nowhere))


def standings(connection: Connection, sources: Iterable[Source]) -> dict[str, Standing]:
    """Return how the sources stand, by key; without those that were never registered."""
    keys = {one.key for one in sources}
    rows = connection.execute(_STANDING).all()
    return {row.key: _standing(row) for row in rows if row.key in keys}


def _standing(row: Row[Any]) -> Standing:
    moved_to, moved_seen, moved_since, newest_item, usual_gap = row[len(_COLUMNS) :]
    given = dict(zip(_COLUMNS, row, strict=False))
    outcome = given.pop("outcome")
    return Standing(
        **given,
        outcome=None if outcome is None else Outcome(outcome),
        move=Move(to=moved_to, seen=moved_seen, since=moved_since),
        rhythm=None if newest_item is None else _rhythm(newest_item, usual_gap),
    )


def _rhythm(newest: datetime, days: int | None) -> Rhythm:
    return Rhythm(newest=newest, usual_gap=None if days is None else timedelta(days=days))


_COLUMNS = tuple(name for name in Standing.__dataclass_fields__ if name not in ("move", "rhythm"))
_OF_PARTS = ("moved_to", "moved_seen", "moved_since", "newest_item", "usual_gap")
_STANDING = select(*(source.c[name] for name in (*_COLUMNS, *_OF_PARTS)))


def numbers(connection: Connection, sources: Iterable[Source]) -> list[int]:
    """Return the rows' numbers of those sources that are registered."""
    keys = {one.key for one in sources}
    return [row.id for row in connection.execute(select(source.c.id, source.c.key)) if row.key in keys]


def next_due(connection: Connection, sources: Iterable[Source]) -> datetime | None:
    """Return when the first of the sources is to be asked again; None where none of them was ever asked."""
    keys = {one.key for one in sources}
    rows = connection.execute(select(source.c.key, source.c.next_due))
    return min((row.next_due for row in rows if row.key in keys and row.next_due), default=None)


def keep_standings(connection: Connection, standings: Sequence[Standing]) -> None:
    """Write how sources stand, and let go of them."""
    run_ready_each(connection, _OF_ONE, list(map(_source_row, standings)))


_OF_ONE = update(source).where(source.c.id == bindparam("this"))


def _source_row(standing: Standing) -> dict[str, Any]:
    move, rhythm = standing.move, standing.rhythm
    values = {name: getattr(standing, name) for name in _COLUMNS if name not in ("id", "key")}
    moved = {"moved_to": move.to, "moved_seen": move.seen, "moved_since": move.since}
    gap = None if rhythm is None or rhythm.usual_gap is None else rhythm.usual_gap.days
    comes = {"newest_item": None if rhythm is None else rhythm.newest, "usual_gap": gap}
    return {"this": standing.id, **values, **moved, **comes, "claimed_by": None, "claimed_until": None}


# The log


def log(connection: Connection, asked: Iterable[tuple[int, Asked, Stored]]) -> None:
    """Note what came of asking sources, given by their numbers."""
    run_ready_each(connection, _NOTE, [_log_row(*one) for one in asked])


_NOTE = insert(fetch)


def _log_row(source_id: int, asked: Asked, stored: Stored) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "at": asked.at,
        "outcome": asked.outcome,
        "status": asked.status,
        "size": asked.size,
        "milliseconds": asked.milliseconds,
        "new": stored.new,
        "updated": stored.updated,
        "detail": storable(asked.detail),
    }


def forget_old_log(connection: Connection, now: datetime) -> None:
    """Drop what was noted half a year ago."""
    connection.execute(delete(fetch).where(fetch.c.at < now - _LOG_KEPT))


def count_gaps(connection: Connection, ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Count how often in the last week the windows of sources were outrun."""
    lately = (fetch.c.outcome == Outcome.GAP, fetch.c.at > now - _WEEK)
    counted = select(fetch.c.source_id, func.count()).where(*lately).group_by(fetch.c.source_id)
    wanted = frozenset(ids)
    return {number: times for number, times in connection.execute(counted) if number in wanted}


def arrivals(connection: Connection, ids: Sequence[int], most: int) -> dict[int, tuple[datetime, ...]]:
    """Return when the newest items of sources appeared, `most` each, newest first."""
    found: dict[int, list[datetime]] = {}
    for piece in pieces(ids):
        for number, at in connection.execute(_newest(piece, most)).all():
            found.setdefault(number, []).append(at)
    return {number: tuple(times) for number, times in found.items()}


def _newest(ids: Sequence[int], most: int) -> Select[int, datetime]:
    # In two halves, for then an index has the dates, and the texts beside them need not be read.
    dated = select(item.c.source_id, item.c.published.label("at")).where(item.c.published.is_not(None))
    undated = select(item.c.source_id, item.c.first_seen.label("at")).where(item.c.published.is_(None))
    times = union_all(*(half.where(item.c.source_id.in_(ids)) for half in (dated, undated))).subquery()
    rank = func.row_number().over(partition_by=times.c.source_id, order_by=times.c.at.desc())
    ranked = select(times.c.source_id, times.c.at, rank.label("rank")).subquery()
    return select(ranked.c.source_id, ranked.c.at).where(ranked.c.rank <= most).order_by(ranked.c.rank)


# Items


@dataclass(frozen=True, kw_only=True, slots=True)
class _Revision:
    """What a known item has become."""

    row: Row[Any]
    values: Mapping[str, Any]
    said_otherwise: bool
    """Whether its title, summary or text is another."""


Pairs = list[tuple[Entry, Row[Any] | None]]
"""Entries, each with the item that it is, None for a new one."""


def store(connection: Connection, source_id: int, entries: Sequence[Entry], now: datetime) -> Stored:
    """Add the entries that are new, and note how the known ones have changed.

    Two at once wait for each other. A known item is told by its ident, or else by its address, should the source have
    given it another guid, or by title and time, should it have given it another address, too.
    """
    if not entries:
        return Stored()
    connection.execute(_LOCK, {"this": source_id})
    given = tuple({entry.ident: _storable(entry) for entry in entries}.values())
    pairs = _pairs(connection, source_id, given) if _has_items(connection, source_id) else _all_new(given)
    new = [_row(source_id, entry, now) for entry, row in pairs if row is None]
    revisions = [_revision(row, entry) for entry, row in pairs if row is not None]
    changed = [one for one in revisions if one.said_otherwise]
    if new:
        connection.execute(insert(item), new)
    _revise(connection, revisions)
    _keep_versions(connection, changed, now)
    top = top_date([(entry.published, row is not None) for entry, row in pairs])
    return Stored(new=len(new), updated=len(changed), known=len(revisions), top_date=top)


_LOCK = select(source.c.id).where(source.c.id == bindparam("this")).with_for_update()
_ANY_ITEM = select(item.c.id).where(item.c.source_id == bindparam("this")).limit(1)


def _has_items(connection: Connection, source_id: int) -> bool:
    return connection.scalar(_ANY_ITEM, {"this": source_id}) is not None


def _all_new(entries: Sequence[Entry]) -> Pairs:
    return [(entry, None) for entry in entries]


def _pairs(connection: Connection, source_id: int, entries: Sequence[Entry]) -> Pairs:
    """Return each entry with the item that it is, None for a new one."""
    known = _known(connection, source_id, entries)
    entries = _told_apart(entries, {row.ident: row for row in known})
    entries = _told_apart_at_their_address(entries, known)
    pairs = _recognised(entries, known)
    return _recognised_by_time(pairs, _at_their_times(connection, source_id, pairs))


def _storable(entry: Entry) -> Entry:
    written = "".join((entry.ident, entry.title, entry.summary, entry.text, entry.url or ""))
    if storable(written) == written:
        return entry
    return replace(
        entry,
        ident=storable(entry.ident),
        title=storable(entry.title),
        summary=storable(entry.summary),
        text=storable(entry.text),
        url=None if entry.url is None else storable(entry.url),
    )


def storable(text: str) -> str:
    """Return `text` without what a database refuses: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _key(entry: Entry) -> str | None:
    return item_key(entry.url) if entry.url else None


def _known(connection: Connection, source_id: int, entries: Sequence[Entry]) -> list[Row[Any]]:
    """Return the items of the source that have an ident or an address of the entries."""
    idents = {entry.ident for entry in entries}
    keys = {key for entry in entries if (key := _key(entry))}
    # Two queries, for with OR no index serves.
    rows = [
        *_having(connection, source_id, item.c.ident, idents),
        *_having(connection, source_id, item.c.url_key, keys),
    ]
    return list({row.id: row for row in rows}.values())


def _having(
    connection: Connection, source_id: int, column: Column[Any], values: Collection[Any]
) -> Iterator[Row[Any]]:
    """Yield the items of the source in which the column has one of the values."""
    for piece in pieces(values):
        yield from connection.execute(select(item).where(item.c.source_id == source_id, column.in_(piece)))


def _told_apart(entries: Sequence[Entry], by_ident: Mapping[str, Row[Any]]) -> tuple[Entry, ...]:
    """Return the entries, those under their address whose guid was given to another article before.

    Some feeds number their items from the top, with each edition anew.
    """
    idents = {entry.ident for entry in entries}
    own = _once((_key(entry), entry.ident) for entry in entries)

    def told(entry: Entry) -> Entry:
        row, key = by_ident.get(entry.ident), _key(entry)
        if row is None or entry.ident_kind != "guid" or not key or key == row.url_key or row.url_key is None:
            return entry
        if key not in own or key in idents or is_front_page(key) or _alike(entry.title, row.title):
            return entry
        return replace(entry, ident=key, ident_kind="url")

    return tuple(map(told, entries))


def _told_apart_at_their_address(entries: Sequence[Entry], known: Sequence[Row[Any]]) -> tuple[Entry, ...]:
    """Return the entries, those under their title and day whose address had other articles before.

    Some pages always show the latest, such as the prices of the day.
    """
    idents = {entry.ident for entry in entries}
    at_address: dict[str, list[Row[Any]]] = {}
    # The latest first: it is the likeliest to be given again.
    for row in sorted(known, key=lambda row: -row.id):
        if row.ident == row.url_key or row.ident not in idents:
            at_address.setdefault(row.url_key, []).append(row)

    def told(entry: Entry) -> Entry:
        rows = at_address.get(entry.ident) if entry.ident == _key(entry) else None
        if not rows:
            return entry
        same = next((row for row in rows if _may_be(entry, row)), None)
        ident = title_ident(entry) if same is None else same.ident
        return entry if ident == entry.ident else replace(entry, ident=ident, ident_kind="title")

    return tuple(map(told, entries))


def _may_be(entry: Entry, row: Row[Any]) -> bool:
    """Tell whether an entry may be the item at its address; if not, both its date and its title are other ones."""
    if entry.published is None or row.published is None or entry.published == row.published:
        return True
    return entry.title == row.title or _alike(entry.title, row.title)


def _alike(one: str, other: str) -> bool:
    """Tell whether one title may be the other, edited; other numbers make another edition of a series."""
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    core, other_core = core_title(one)[:_COMPARED], core_title(other)[:_COMPARED]
    return SequenceMatcher(None, core, other_core, autojunk=False).ratio() >= _ALIKE


def _at_their_times(connection: Connection, source_id: int, pairs: Pairs) -> list[Row[Any]]:
    """Return the items of the source that were published at the very times of the entries not recognised."""
    times = {entry.published for entry, row in pairs if row is None and _has_time(entry.published)}
    return list(_having(connection, source_id, item.c.published, times))


def _has_time(moment: datetime | None) -> bool:
    """Tell whether a date says more than the day, which many items share."""
    return moment is not None and moment.astimezone(UTC).time() not in _MIDNIGHTS


def _recognised_by_time(pairs: Pairs, known: Sequence[Row[Any]]) -> Pairs:
    """Return each entry with the item that it is, those of the same title and time found as well."""
    taken = {row.id for _, row in pairs if row is not None}
    by_time = _once((f"{row.published} {row.title}", row) for row in known if row.id not in taken)
    strange = _once((f"{entry.published} {entry.title}", entry.ident) for entry, row in pairs if row is None)
    past = {ident: by_time[key] for key, ident in strange.items() if key in by_time}
    return [(entry, row if row is not None else past.get(entry.ident)) for entry, row in pairs]


def _recognised(entries: Sequence[Entry], known: Sequence[Row[Any]]) -> Pairs:
    """Return each entry with the item that it is."""
    by_ident = {row.ident: row for row in known}
    idents = {entry.ident for entry in entries}
    # An item that is still given under its own ident is not another one's past.
    by_key = _once((row.url_key, row) for row in known if row.ident not in idents)
    addressed = _once((_key(entry), entry) for entry in entries if entry.ident_kind != "title")
    taken = {
        entry.ident: row
        for key, entry in addressed.items()
        if (row := by_key.get(key)) is not None
        and entry.ident not in by_ident
        and not is_front_page(key)
        and _may_be(entry, row)
    }
    return [(entry, by_ident.get(entry.ident) or taken.get(entry.ident)) for entry in entries]


def _once(pairs: Iterable[tuple[str | None, Any]]) -> dict[str, Any]:
    """Return the values whose key no other has: an address that several share tells nothing."""
    listed = [(key, value) for key, value in pairs if key]
    counts = Counter(key for key, _ in listed)
    return {key: value for key, value in listed if counts[key] == 1}


def _digest(entry: Entry) -> str:
    return hashlib.sha256("\0".join((entry.title, entry.summary, entry.text)).encode()).hexdigest()


def _content(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "title_core": core_title(entry.title),
        "summary": entry.summary,
        "text": entry.text,
        "digest": _digest(entry),
    }


def _row(source_id: int, entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "ident": entry.ident,
        "url": entry.url,
        "url_key": _key(entry),
        **_content(entry),
        "published": entry.published,
        "first_seen": now,
    }


def _revision(row: Row[Any], entry: Entry) -> _Revision:
    values: dict[str, Any] = {}
    if entry.url and entry.url != row.url:
        values |= {"url": entry.url, "url_key": _key(entry)}
    # A source moves its dates with every touch; the first one stands.
    if row.published is None and entry.published is not None:
        values["published"] = entry.published
    changed = _digest(entry) != row.digest
    if changed:
        values |= {**_content(entry), "changes": row.changes + 1, "labelled_by": None}
    return _Revision(row=row, values=values, said_otherwise=changed)


def _revise(connection: Connection, revisions: Sequence[_Revision]) -> None:
    for one in revisions:
        if one.values:
            connection.execute(update(item).where(item.c.id == one.row.id).values(**one.values))


def _keep_versions(connection: Connection, changed: Sequence[_Revision], now: datetime) -> None:
    rows = [one.row for one in changed if one.row.changes < _VERSIONS]
    if rows:
        connection.execute(insert(item_version), [_version(row, now) for row in rows])


def _version(row: Row[Any], now: datetime) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in ("title", "summary", "digest")}
    return {"item_id": row.id, "at": now, **kept}

"""Stories in the database: new items folded into them, an editor's verdicts kept.

Candidates are found by address, by the rarest trigrams of the core title and by a sketch of the text's opening;
`samestory` decides. What was folded is never moved again but by an editor. All writing here waits for one lock, so
that two collectors fold one after the other.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from xcbulletin.collecting.following.sources import Authority
from xcbulletin.collecting.items import Status
from xcbulletin.collecting.stories import samestory
from xcbulletin.collecting.stories.samestory import Gist, Kind, Likeness
from xcbulletin.collecting.tables import boilerplate, gram, item, story, verdict
from xcbulletin.collecting.urls import is_front_page
from xcbulletin.database import insert_new, pieces

DAYS_SEARCHED = 30
"""After which an item is no longer found by what it says; by its address it is."""

_BATCH = 400
_RAREST = 8
_MOST_FOUND = 500
"""Items that share a trigram, beyond which it says nothing."""
_MOST_SKETCHED = 100
_MOST_COMPARED = 30
_WINDOW = 60
"""Items of a source in which boilerplate is looked for."""
_READ = -1
"""In `boilerplate`, the gram under which stands how many items a source had when it was last looked at."""
_LOCK = 0x7863_7374
"""Advisory lock of PostgreSQL; SQLite has one writer anyway."""

_RANKS = {authority: rank for rank, authority in enumerate(Authority)}
_ALL_MEDIA: Mapping[int, Authority] = MappingProxyType({})

Rank = tuple[int, datetime, int]
"""Authority, time, id: the smallest leads."""


def fold_new(connection: Connection, now: datetime, authority: Mapping[int, Authority] = _ALL_MEDIA) -> int:
    """Give every item without a story its story, in the order in which they came; return how many.

    In transactions of some hundred items, unless the caller has begun one. `authority` is by source id; of a story's
    items the one of the highest leads, then the earliest, until an editor decides on the story.
    """
    folded = 0
    while done := _fold_batch(connection, now, authority):
        folded += done
    return folded


def merge(
    connection: Connection,
    item_ids: Collection[int],
    now: datetime,
    authority: Mapping[int, Authority] = _ALL_MEDIA,
) -> int:
    """Make one story of the items' stories, for good, and return its id.

    It is the one picked, else the oldest that nobody has decided on: what was dismissed hides nothing new. What was
    decided on the others waits for their leads to be split off. An item that was once split from one of that story's
    stays behind, unless one of the two is now named.
    """
    fold_new(connection, now, authority)
    with _locked(connection):
        stories = _stories(connection, item_ids)
        kept, *others = _by_merit(connection, stories)
        _judge(connection, _named_pairs([stories[one] for one in stories], set(item_ids)), same=True, at=now)
        joined = set(stories[kept])
        for other in others:
            willing = {one for one in stories[other] if not _judged(connection, one, joined, same=False)}
            _move(connection, willing, story_id=kept, fold_reason="编辑合并")
            _settle(connection, other, authority)
            joined |= willing
        _settle(connection, kept, authority)
    return kept


def split(
    connection: Connection, item_id: int, now: datetime, authority: Mapping[int, Authority] = _ALL_MEDIA
) -> int:
    """Take an item out of its story, for good, and return the id of the story that it has now.

    What is more like it than like those that stay goes with it: its reprints tell the same as it does. What was decided
    stays with the item that it was decided on, whether that one is taken out or the others are.
    """
    fold_new(connection, now, authority)
    with _locked(connection):
        ((old, members),) = _stories(connection, (item_id,)).items()
        if members == {item_id}:
            return old
        leaving = {item_id, *_going_along(connection, item_id, members - {item_id}, authority)}
        staying = members - leaving
        _judge(connection, {_pair(one, other) for one in leaving for other in staying}, same=False, at=now)
        _move(connection, {item_id}, fold_reason="编辑拆分")
        homes = _part(connection, old, leaving, staying)
        for one in {*homes, old}:
            _settle(connection, one, authority)
    return homes[0]


# Folding


@dataclass(slots=True)
class _Story:
    """A story while a batch is folded; without an id yet, if the batch makes it."""

    id: int | None
    lead: Rank
    decided: bool
    changed: bool = False


@dataclass(slots=True)
class _Item:
    """An item while a batch is folded."""

    id: int
    gist: Gist
    rank: Rank
    story: _Story | None
    event_id: int | None
    likeness: Likeness | None = None
    changed: bool = False


def _fold_batch(connection: Connection, now: datetime, authority: Mapping[int, Authority]) -> int:
    with _locked(connection):
        connection.execute(delete(gram).where(gram.c.day < _day(now) - DAYS_SEARCHED))
        waiting = select(*_READ_OF_ITEM).where(item.c.story_id.is_(None))
        rows = connection.execute(waiting.order_by(item.c.first_seen, item.c.id).limit(_BATCH)).all()
        if rows:
            _fold(connection, rows, _day(now), authority)
        return len(rows)


def _fold(
    connection: Connection, rows: Sequence[Any], today: int, authority: Mapping[int, Authority]
) -> None:
    _learn_boilerplate(connection, {row.source_id for row in rows})
    new = {one.id: one for one in _read_items(connection, rows, authority)}
    found = _candidates(connection, new, today)
    old_ids = {one for some in found.values() for one in some} - new.keys()
    old = {one.id: one for one in _read_folded(connection, old_ids, authority)}
    for one in new.values():
        _place(
            one, [other for id_ in found[one.id] if (other := new.get(id_) or old.get(id_)) and other.story]
        )
    _write(connection, new.values(), old.values())


def _place(one: _Item, others: Iterable[_Item]) -> None:
    """Put an item into the story that it is most like, or into one of its own."""
    likenesses = ((samestory.compare(one.gist, other.gist), other) for other in others)
    likeness, other = max(likenesses, key=_likest, default=(None, None))
    if likeness is None or other is None or likeness.kind is Kind.DIFFERENT:
        one.story = _Story(id=None, lead=one.rank, decided=False)
        return
    one.likeness = likeness
    if likeness.kind is Kind.SAME:
        _join(one, other)
    else:
        one.story = _Story(id=None, lead=one.rank, decided=False)
        other.changed = other.changed or other.event_id is None
        other.event_id = other.event_id or other.id
    one.event_id = other.event_id


def _join(one: _Item, other: _Item) -> None:
    one.story = joined = other.story
    if joined and one.rank < joined.lead and not joined.decided:
        joined.lead, joined.changed = one.rank, True


def _likest(found: tuple[Likeness, _Item]) -> tuple[bool, bool, float, int]:
    likeness, other = found
    return likeness.kind is Kind.SAME, likeness.kind is Kind.EVENT, likeness.score, -other.id


_READ_OF_ITEM = (
    item.c.id,
    item.c.source_id,
    item.c.title,
    func.substr(item.c.text, 1, 2 * samestory.LETTERS_READ).label("text"),
    item.c.url_key,
    item.c.published,
    item.c.first_seen,
    item.c.event_id,
)


def _read_items(
    connection: Connection, rows: Sequence[Any], authority: Mapping[int, Authority]
) -> Iterator[_Item]:
    common = _boilerplate_of(connection, {row.source_id for row in rows})
    for row in rows:
        link = None if row.url_key is None or is_front_page(row.url_key) else row.url_key
        read = samestory.gist(row.title, row.text, common[row.source_id], link=link, source=row.source_id)
        yield _Item(row.id, read, _rank(row, authority), None, row.event_id)


def _read_folded(
    connection: Connection, ids: Collection[int], authority: Mapping[int, Authority]
) -> Iterator[_Item]:
    rows = list(_rows(connection, select(*_READ_OF_ITEM, item.c.story_id), item.c.id, ids))
    stories = _read_stories(connection, {row.story_id for row in rows}, authority)
    for row, one in zip(rows, _read_items(connection, rows, authority), strict=True):
        one.story = stories.get(row.story_id)
        yield one


def _read_stories(
    connection: Connection, ids: Collection[int], authority: Mapping[int, Authority]
) -> dict[int, _Story]:
    leads = select(story.c.id.label("story_id"), story.c.status, *_READ_OF_RANK).join(
        item, item.c.id == story.c.lead_id
    )
    return {
        row.story_id: _Story(row.story_id, _rank(row, authority), decided=row.status != Status.NEW)
        for row in _rows(connection, leads, story.c.id, ids)
    }


_READ_OF_RANK = (item.c.id, item.c.source_id, item.c.published, item.c.first_seen)


def _rank(row: Any, authority: Mapping[int, Authority]) -> Rank:
    return _RANKS[authority.get(row.source_id, Authority.MEDIA)], row.published or row.first_seen, row.id


def _write(connection: Connection, new: Collection[_Item], old: Iterable[_Item]) -> None:
    made = _distinct(one.story for one in new if one.story and one.story.id is None)
    if made:
        values = [{"lead_id": one.lead[2]} for one in made]
        ids = connection.execute(insert(story).returning(story.c.id, sort_by_parameter_order=True), values)
        for one, id_ in zip(made, ids.scalars(), strict=True):
            one.id, one.changed = id_, False
    _update(connection, item, [_folded(one) for one in new])
    _update(connection, item, [{"id_": one.id, "event_id": one.event_id} for one in old if one.changed])
    led = _distinct(one.story for one in new if one.story and one.story.changed)
    _update(connection, story, [{"id_": one.id, "lead_id": one.lead[2]} for one in led])


def _folded(one: _Item) -> dict[str, Any]:
    found = one.likeness
    return {
        "id_": one.id,
        "story_id": one.story.id if one.story else None,
        "event_id": one.event_id,
        "fold_reason": found and found.reason,
    }


def _distinct(stories: Iterable[_Story]) -> list[_Story]:
    return list({id(one): one for one in stories}.values())


# Candidates


def _candidates(connection: Connection, new: Mapping[int, _Item], today: int) -> dict[int, set[int]]:
    """Index the new items, and return for each the items that may tell the same."""
    titles = {one.id: _trigrams(one.gist) for one in new.values()}
    # Below zero, out of the way of the trigrams.
    sketches = {one.id: {-1 - code for code in one.gist.sketch} for one in new.values()}
    insert_new(
        connection,
        gram,
        [{"gram": code, "item_id": id_, "day": today} for id_ in new for code in titles[id_] | sketches[id_]],
    )
    times = _count_items(connection, set().union(*titles.values(), *sketches.values()))
    asked = {id_: _rarest(titles[id_], sketches[id_], times) for id_ in new}
    holders = _holders(connection, set().union(*asked.values()))
    found = {id_: _nearest(id_, [holders[code] for code in codes]) for id_, codes in asked.items()}
    for id_, same_link in _by_link(connection, new).items():
        found[id_] |= same_link
    return found


def _nearest(id_: int, holders: Iterable[Iterable[int]]) -> set[int]:
    """Return the items that share most of what was asked for."""
    shared = Counter(one for some in holders for one in some if one != id_)
    return set(heapq.nlargest(_MOST_COMPARED, shared, key=lambda one: (shared[one], -one)))


def _trigrams(read: Gist) -> set[int]:
    """Return the trigrams of the core title, each packed into 63 bits."""
    return {
        sum(ord(sign) << 21 * place for place, sign in enumerate(run))
        for run in samestory.grams(read.letters, 3)
    }


def _rarest(title: set[int], sketch: set[int], times: Mapping[int, int]) -> set[int]:
    shared = [code for code in title if 1 < times[code] <= _MOST_FOUND]
    return {
        *heapq.nsmallest(_RAREST, shared, key=lambda code: (times[code], code)),
        *(code for code in sketch if 1 < times[code] <= _MOST_SKETCHED),
    }


def _count_items(connection: Connection, codes: Collection[int]) -> dict[int, int]:
    counted = select(gram.c.gram, func.count().label("times")).group_by(gram.c.gram)
    return {row.gram: row.times for row in _rows(connection, counted, gram.c.gram, codes)}


def _holders(connection: Connection, codes: Collection[int]) -> dict[int, list[int]]:
    holders = defaultdict[int, list[int]](list)
    for row in _rows(connection, select(gram.c.gram, gram.c.item_id), gram.c.gram, codes):
        holders[row.gram].append(row.item_id)
    return holders


def _by_link(connection: Connection, new: Mapping[int, _Item]) -> dict[int, set[int]]:
    links = defaultdict[str, set[int]](set)
    asked = {one.gist.link for one in new.values() if one.gist.link}
    for row in _rows(connection, select(item.c.id, item.c.url_key), item.c.url_key, asked):
        links[row.url_key].add(row.id)
    return {one.id: links[one.gist.link] - {one.id} for one in new.values() if one.gist.link}


# Boilerplate


def _learn_boilerplate(connection: Connection, source_ids: Collection[int]) -> None:
    """Look again at the last items of the sources that have grown by half, or by a window."""
    seen = {row.source_id: row.items for row in _boilerplate_rows(connection, source_ids, read=True)}
    counted = select(item.c.source_id, func.count().label("items")).group_by(item.c.source_id)
    for row in list(_rows(connection, counted, item.c.source_id, source_ids)):
        known = seen.get(row.source_id, 0)
        if row.items >= 4 and row.items >= min(known * 1.5, known + _WINDOW):
            _count_boilerplate(connection, row.source_id, row.items)


def _count_boilerplate(connection: Connection, source_id: int, items: int) -> None:
    latest = select(item.c.title_core, item.c.text).where(item.c.source_id == source_id)
    rows = connection.execute(latest.order_by(item.c.id.desc()).limit(_WINDOW))
    # An announcement that a source repeats under its title is a story, not boilerplate.
    texts = {row.title_core: row.text for row in rows}
    found = {_READ: items, **samestory.boilerplate(texts.values())}
    connection.execute(delete(boilerplate).where(boilerplate.c.source_id == source_id))
    connection.execute(
        insert(boilerplate),
        [{"source_id": source_id, "gram": code, "items": times} for code, times in found.items()],
    )


def _boilerplate_of(connection: Connection, source_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    common = defaultdict[int, set[int]](set)
    for row in _boilerplate_rows(connection, source_ids, read=False):
        common[row.source_id].add(row.gram)
    return {source_id: frozenset(common[source_id]) for source_id in source_ids}


def _boilerplate_rows(connection: Connection, source_ids: Collection[int], *, read: bool) -> Iterator[Any]:
    kind = boilerplate.c.gram == _READ if read else boilerplate.c.gram != _READ
    return _rows(connection, select(boilerplate).where(kind), boilerplate.c.source_id, source_ids)


# An editor's word


def _stories(connection: Connection, item_ids: Collection[int]) -> dict[int, set[int]]:
    """Return the stories of the items, each with all its items."""
    both = select(item.c.id, item.c.story_id)
    ids = {row.story_id for row in _rows(connection, both, item.c.id, item_ids)}
    members = defaultdict[int, set[int]](set)
    for row in _rows(connection, both, item.c.story_id, ids):
        members[row.story_id].add(row.id)
    return members


def _by_merit(connection: Connection, story_ids: Collection[int]) -> list[int]:
    decided = case({Status.PICKED: 0, Status.DISMISSED: 2}, value=story.c.status, else_=1)
    query = select(decided.label("decided"), story.c.id)
    return [number for _, number in sorted(map(tuple, _rows(connection, query, story.c.id, story_ids)))]


def _named_pairs(stories: Sequence[set[int]], named: set[int]) -> set[tuple[int, int]]:
    """Return the pairs across the stories of which at least one is named."""
    return {
        _pair(one, other)
        for place, members in enumerate(stories)
        for elsewhere in stories[:place]
        for one in members
        for other in elsewhere
        if one in named or other in named
    }


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _judge(connection: Connection, pairs: Iterable[tuple[int, int]], *, same: bool, at: datetime) -> None:
    for one, other in pairs:
        connection.execute(delete(verdict).where(verdict.c.one_id == one, verdict.c.other_id == other))
        connection.execute(insert(verdict).values(one_id=one, other_id=other, same=same, at=at))


def _going_along(
    connection: Connection, leaving: int, others: Collection[int], authority: Mapping[int, Authority]
) -> set[int]:
    """Return which of the others are more like the item that leaves than like the one that is least like it."""
    gists = {one.id: one.gist for one in _read_folded(connection, {leaving, *others}, authority)}

    like = {one: samestory.compare(gists[one], gists[leaving]) for one in others}
    staying = min(others, key=lambda one: (like[one].score, one))
    return {
        one
        for one in others
        if like[one].kind is Kind.SAME
        and like[one].score > samestory.compare(gists[one], gists[staying]).score
    }


def _judged(connection: Connection, one: int, others: Collection[int], *, same: bool) -> bool:
    """Tell whether an editor put the item together with one of the others, or split it from one."""
    query = select(verdict.c.one_id, verdict.c.other_id).where(
        verdict.c.same.is_(same), or_(verdict.c.one_id == one, verdict.c.other_id == one)
    )
    return any(not {*row}.isdisjoint({*others} - {one}) for row in connection.execute(query))


def _part(connection: Connection, old: int, leaving: set[int], staying: set[int]) -> tuple[int, int]:
    """Part the items of a story; return the stories of those that leave and of those that stay."""
    told = connection.execute(select(story).where(story.c.id == old)).one()
    undecided = told.status == Status.NEW
    keep = leaving if told.lead_id in leaving and not undecided else staying
    homes = []
    for group in (leaving, staying):
        waiting = _waiting(connection, group) if undecided or group is not keep else None
        home = waiting or (old if group is keep else _new_story(connection, min(group)))
        _move(connection, group, story_id=home)
        homes.append(home)
    return homes[0], homes[1]


def _waiting(connection: Connection, ids: Collection[int]) -> int | None:
    """Return the story that was decided on for one of the items, before it was merged into another.

    A dismissal does not come back over items that an editor put beside the one dismissed.
    """
    query = (
        select(story.c.id, story.c.status, story.c.lead_id)
        .join(item, item.c.id == story.c.lead_id)
        .where(story.c.status != Status.NEW, story.c.id != item.c.story_id)
        .order_by(story.c.status.desc(), story.c.id)
    )
    for row in _rows(connection, query, story.c.lead_id, ids):
        if row.status == Status.PICKED or not _judged(connection, row.lead_id, ids, same=True):
            waiting: int = row.id
            return waiting
    return None


def _new_story(connection: Connection, lead_id: int) -> int:
    made: int = connection.execute(insert(story).values(lead_id=lead_id).returning(story.c.id)).scalar_one()
    return made


def _move(connection: Connection, ids: Collection[int], **values: Any) -> None:
    for piece in pieces(ids):
        connection.execute(update(item).where(item.c.id.in_(piece)).values(values))


def _settle(connection: Connection, story_id: int, authority: Mapping[int, Authority]) -> None:
    """Give a story that nobody has decided on the lead that it should have; forget it without items.

    One decided on is led by what it was decided on, even while that is merged into another.
    """
    told = connection.execute(select(story.c.status).where(story.c.id == story_id)).one()
    if told.status != Status.NEW:
        return
    rows = connection.execute(select(*_READ_OF_RANK).where(item.c.story_id == story_id)).all()
    if not rows:
        connection.execute(delete(story).where(story.c.id == story_id))
        return
    lead_id = min(_rank(row, authority) for row in rows)[2]
    connection.execute(update(story).where(story.c.id == story_id).values(lead_id=lead_id))


# Database


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    """Open a transaction, or use the caller's, beside which nobody else folds."""
    with nullcontext() if connection.in_transaction() else connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        yield


def _rows(
    connection: Connection, query: Any, column: ColumnElement[Any], values: Collection[Any]
) -> Iterator[Any]:
    """Yield the rows in which the column has one of the values, asked for in bearable pieces."""
    for piece in pieces(values):
        yield from connection.execute(query.where(column.in_(piece)))


def _update(connection: Connection, table: Table, values: Sequence[dict[str, Any]]) -> None:
    """Update many rows, each by its `id_`."""
    if values:
        connection.execute(update(table).where(table.c.id == bindparam("id_")), values)


def _day(moment: datetime) -> int:
    """Count the days since 1970, UTC."""
    return int(moment.timestamp() // 86400)

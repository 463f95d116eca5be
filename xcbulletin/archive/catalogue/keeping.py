"""Issues put into the catalogue, changed and dropped; each call belongs in a transaction of the caller's.

An issue is put whole. Where two processes do so at once, one waits, and finds that it is done.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from xcbulletin.archive.catalogue import places
from xcbulletin.archive.catalogue.grams import SCHEME
from xcbulletin.archive.catalogue.indexes import index_of
from xcbulletin.archive.catalogue.queries import storable
from xcbulletin.archive.catalogue.shelved import Index, Shelved
from xcbulletin.archive.catalogue.tables import article, issue
from xcbulletin.archive.filed import FiledIssue
from xcbulletin.database import DatabaseError
from xcbulletin.model import IssueId


def stamps(connection: Connection) -> dict[IssueId, str]:
    """Return the stamps under which issues were put, by issue; those cut in another way are not there any more."""
    rows = connection.execute(select(issue.c.id, issue.c.stamp).where(issue.c.scheme == SCHEME))
    return {IssueId(row.id): row.stamp for row in rows}


def put(connection: Connection, filed: FiledIssue, stamp: str) -> None:
    """Let the articles of an issue be found, in place of those it had; under the stamp it has already, nothing is done.

    Raises DatabaseError where the database has no means for it, or the issue is too large.
    """
    index = _opened(connection)
    if connection.scalar(select(issue.c.stamp).where(issue.c.id == filed.id)) == stamp:
        return
    _drop(connection, index, filed.id)
    slot = _make_room(connection, index, filed)
    made = {"id": filed.id, "stamp": stamp, "scheme": SCHEME, "date": filed.date, "slot": slot}
    connection.execute(insert(issue), made)
    _shelve(connection, index, _rows(filed, slot))


def drop(connection: Connection, issue_id: IssueId) -> None:
    """Let the articles of an issue be found no more."""
    _drop(connection, _opened(connection), issue_id)


def _opened(connection: Connection) -> Index:
    """Return the index, which no other process changes until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE filed_issue IN SHARE ROW EXCLUSIVE MODE"))
    index = index_of(connection)
    if connection.scalar(select(issue.c.id).where(issue.c.scheme != SCHEME).limit(1)) is not None:
        # Pieces can be taken from the index only as they were put in.
        index.discard(connection)
        connection.execute(delete(article))
        connection.execute(delete(issue))
    index.make(connection)
    return index


def _drop(connection: Connection, index: Index, issue_id: IssueId) -> None:
    _unshelve(connection, index, issue_id)
    connection.execute(delete(issue).where(issue.c.id == issue_id))


def _rows(filed: FiledIssue, slot: int) -> list[dict[str, Any]]:
    if len(filed.articles) > places.ARTICLES:
        raise DatabaseError(
            f"issues/{filed.id}: 一期有 {len(filed.articles)} 篇，检索最多收 {places.ARTICLES} 篇"
        )
    return [
        {
            "place": place,
            "issue_id": filed.id,
            "file": one.file,
            "slug": one.slug,
            "title": storable(one.title),
            "column": one.column,
            "industries": list(one.industries),
            "text": storable(one.text),
        }
        for place, one in zip(count(places.first_place(filed.date, slot)), filed.articles, strict=False)
    ]


def _shelve(connection: Connection, index: Index, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(article), rows)
        index.add(connection, list(map(_shelved, rows)))


def _unshelve(connection: Connection, index: Index, issue_id: IssueId) -> list[dict[str, Any]]:
    """Take the articles of an issue away, and return their rows."""
    found = connection.execute(
        select(article).where(article.c.issue_id == issue_id).order_by(article.c.place)
    )
    rows = [dict(row) for row in found.mappings()]
    if rows:
        index.remove(connection, list(map(_shelved, rows)))
        connection.execute(delete(article).where(article.c.issue_id == issue_id))
    return rows


def _shelved(row: dict[str, Any]) -> Shelved:
    return Shelved(
        place=row["place"],
        title=row["title"],
        text=row["text"],
        column=row["column"],
        industries=tuple(row["industries"]),
    )


# Issues of one date


def _make_room(connection: Connection, index: Index, filed: FiledIssue) -> int:
    """Return a slot for an issue, behind those of its date that come before it; those that come after it move on."""
    found = connection.execute(select(issue.c.id, issue.c.slot).where(issue.c.date == filed.date))
    slots = {row.id: row.slot for row in found}
    own = 1 + max((slot for other, slot in slots.items() if other < filed.id), default=-1)
    moves, taken = [], own
    for other in sorted(other for other in slots if other > filed.id):
        taken = max(taken + 1, slots[other])
        moves.append((other, taken))
    if taken >= places.SLOTS:
        raise DatabaseError(f"issues/{filed.id}: {filed.date} 这一天的刊期太多，检索最多收 {places.SLOTS} 期")
    for other, slot in reversed(moves):
        if slot != slots[other]:
            _move(connection, index, filed, IssueId(other), slot)
    return own


def _move(connection: Connection, index: Index, filed: FiledIssue, other: IssueId, slot: int) -> None:
    rows = _unshelve(connection, index, other)
    connection.execute(update(issue).where(issue.c.id == other).values(slot=slot))
    first = places.first_place(filed.date, slot)
    _shelve(
        connection, index, [{**row, "place": place} for place, row in zip(count(first), rows, strict=False)]
    )

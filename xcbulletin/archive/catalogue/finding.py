"""Articles found: the same on every database, in the same order."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from xcbulletin.archive.catalogue import places
from xcbulletin.archive.catalogue.indexes import index_of
from xcbulletin.archive.catalogue.queries import Found, Hit, Query
from xcbulletin.archive.catalogue.snippets import snippet
from xcbulletin.archive.catalogue.tables import article, issue
from xcbulletin.database import pieces
from xcbulletin.model import IssueId

_WANTED = select(article, issue.c.date).join_from(article, issue)


def find(connection: Connection, query: Query, without: Collection[IssueId] = ()) -> Found:
    """Return what has all the words of a query and passes its filters; nothing where nothing was ever put.

    It is not looked for in the issues `without`. Raises DatabaseError where the database has no means for it.
    """
    if connection.scalar(select(issue.c.id).limit(1)) is None:
        return Found(total=0, hits=())
    closed = list(_shelves(connection, without)) if without else []
    total, wanted = index_of(connection).search(connection, query, closed)
    rows = {row.place: row for row in _rows(connection, wanted)}
    # PostgreSQL shows each statement what is committed by then, and somebody may have dropped an issue in between.
    there = (rows[place] for place in wanted if place in rows)
    return Found(total=total, hits=tuple(_hit(row, query.words) for row in there))


def _shelves(connection: Connection, issues: Collection[IssueId]) -> Iterator[int]:
    for some in pieces(sorted(issues)):
        found = connection.execute(select(issue.c.date, issue.c.slot).where(issue.c.id.in_(some)))
        yield from (places.shelf(row.date, row.slot) for row in found)


def _rows(connection: Connection, wanted: Sequence[int]) -> list[Row[Any]]:
    return [
        row for some in pieces(wanted) for row in connection.execute(_WANTED.where(article.c.place.in_(some)))
    ]


def _hit(row: Row[Any], words: Sequence[str]) -> Hit:
    return Hit(
        issue=IssueId(row.issue_id),
        file=row.file,
        slug=row.slug,
        title=row.title,
        column=row.column,
        industries=tuple(row.industries),
        date=row.date,
        snippet=snippet(row.text, words),
    )

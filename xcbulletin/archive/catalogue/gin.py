"""Words in PostgreSQL: a GIN index over the pieces of each article, and a look at the text where pieces are not enough."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    Index,
    MetaData,
    Table,
    Text,
    delete,
    insert,
    text,
)

from xcbulletin.archive.catalogue.grams import cut_text, cut_word, tags
from xcbulletin.archive.catalogue.places import ARTICLES, bounds
from xcbulletin.archive.catalogue.queries import Order, Query
from xcbulletin.archive.catalogue.shelved import Shelved
from xcbulletin.archive.folding import fold

_PAIR = 2
_words = Table(
    "filed_words",
    MetaData(),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("pieces", ARRAY(Text), nullable=False),
)
Index("ix_filed_words_pieces", _words.c.pieces, postgresql_using="gin")


def make(connection: Connection) -> None:
    """Make the index where it is not there."""
    _words.create(connection, checkfirst=True)


def discard(connection: Connection) -> None:
    """Drop the index."""
    _words.drop(connection, checkfirst=True)


def add(connection: Connection, articles: Sequence[Shelved]) -> None:
    """Let articles be found."""
    connection.execute(insert(_words), list(map(_row, articles)))


def remove(connection: Connection, articles: Sequence[Shelved]) -> None:
    """Let articles be found no more."""
    places = [article.place for article in articles]
    connection.execute(delete(_words).where(_words.c.place.in_(places)))


def _row(article: Shelved) -> dict[str, object]:
    pieces = {
        *cut_text(article.title),
        *cut_text(article.text),
        *tags(article.industries, (article.column,)),
    }
    return {
        "place": article.place,
        "title": fold(article.title),
        "text": fold(article.text),
        "pieces": sorted(pieces),
    }


# Search

_SEARCH = """
WITH likely AS MATERIALIZED (
    SELECT place, title, text FROM filed_words WHERE {pieces}
), found AS MATERIALIZED (
    SELECT place,
        (SELECT count(*) FROM unnest(CAST(:words AS text[])) AS word WHERE strpos(title, word) > 0) AS titled
    FROM likely
    WHERE place BETWEEN :first AND :last AND place / :room <> ALL (CAST(:closed AS bigint[])) AND {spelt_out}
)
SELECT (SELECT count(*) FROM found), ARRAY(SELECT place FROM found ORDER BY {order} LIMIT :limit OFFSET :offset)
"""
_SPELT_OUT = "(SELECT bool_and(strpos(title, word) > 0 OR strpos(text, word) > 0) FROM unnest(CAST(:long AS text[])) AS word)"
"""A pair is a piece; what is longer has its pieces in many a text that does not have them in a row."""
_BY_PIECES = "SELECT set_config('enable_seqscan', 'off', true)"
"""PostgreSQL does not count what it costs to read pieces, which it keeps apart: it would rather read all than the index.

For the same reason they are asked for by themselves: else it looks at those of all articles between two places.
"""
_ORDERS = {Order.NEWEST: "place", Order.RELEVANCE: "titled DESC, place"}


def search(connection: Connection, query: Query, closed: Sequence[int]) -> tuple[int, Sequence[int]]:
    """Return how many articles are found, and the places of those wanted, in order; nothing on `closed` shelves."""
    first, last = bounds(query.since, query.until)
    asked = {
        "first": first,
        "last": last,
        "room": ARTICLES,
        "closed": closed,
        "words": list(query.words),
        "long": [word for word in query.words if len(word) > _PAIR],
        "pieces": sorted({piece for word in query.words for piece in cut_word(word)}),
        "industries": tags(query.industries, ()),
        "columns": tags((), query.columns),
        "limit": query.limit,
        "offset": query.offset,
    }
    statement = _SEARCH.format(
        pieces=" AND ".join(_conditions(asked)) or "true",
        spelt_out=_SPELT_OUT if asked["long"] else "true",
        order=_ORDERS[query.order],
    )
    connection.execute(text(_BY_PIECES))
    total, places = connection.execute(text(statement), asked).one()
    return total, places


def _conditions(asked: Mapping[str, object]) -> Iterator[str]:
    if asked["pieces"]:
        yield "pieces @> CAST(:pieces AS text[])"
    for name in ("industries", "columns"):
        if asked[name]:
            yield f"pieces && CAST(:{name} AS text[])"

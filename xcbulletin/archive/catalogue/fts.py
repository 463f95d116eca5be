"""Words in SQLite: FTS5 over pieces of text; a word is a phrase of its pieces. It keeps no text of its own."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, text

from xcbulletin.archive.catalogue.grams import cut_text, cut_word, tags
from xcbulletin.archive.catalogue.places import ARTICLES, bounds
from xcbulletin.archive.catalogue.queries import Order, Query
from xcbulletin.archive.catalogue.shelved import Shelved
from xcbulletin.database import DatabaseError

_MODULE = "fts5"
_MAKE = text(
    "CREATE VIRTUAL TABLE IF NOT EXISTS filed_words"
    " USING fts5(title, text, tags, content='', columnsize=0, tokenize='ascii')"
)
_ADD = text("INSERT INTO filed_words (rowid, title, text, tags) VALUES (:place, :title, :text, :tags)")
_REMOVE = text(
    "INSERT INTO filed_words (filed_words, rowid, title, text, tags)"
    " VALUES ('delete', :place, :title, :text, :tags)"
)


def make(connection: Connection) -> None:
    """Make the index where it is not there. Raises DatabaseError where SQLite was built without FTS5."""
    _require_module(connection)
    connection.execute(_MAKE)


def discard(connection: Connection) -> None:
    """Drop the index."""
    connection.execute(text("DROP TABLE IF EXISTS filed_words"))


def add(connection: Connection, articles: Sequence[Shelved]) -> None:
    """Let articles be found."""
    connection.execute(_ADD, list(map(_row, articles)))


def remove(connection: Connection, articles: Sequence[Shelved]) -> None:
    """Let articles be found no more."""
    connection.execute(_REMOVE, list(map(_row, articles)))


def _row(article: Shelved) -> dict[str, object]:
    return {
        "place": article.place,
        "title": " ".join(cut_text(article.title)),
        "text": " ".join(cut_text(article.text)),
        "tags": " ".join(tags(article.industries, (article.column,))),
    }


def _require_module(connection: Connection) -> None:
    known = text("SELECT 1 FROM pragma_module_list WHERE name = :name")
    if not connection.scalar(known, {"name": _MODULE}):
        raise DatabaseError(
            "这台机器上的 SQLite 没有全文检索（FTS5），不能检索；请换用带 FTS5 的 Python（python.org 和各 Linux 发行版的都有），"
            "或在 bulletin.yaml 的 database 里改用 PostgreSQL"
        )


# Search

_WORDS = "filed_words WHERE filed_words MATCH :wanted AND rowid BETWEEN :first AND :last"
_ALL = "filed_article WHERE rowid BETWEEN :first AND :last"
_OPEN = " AND rowid / :room NOT IN (SELECT value FROM json_each(:closed))"
"""Asked for only where something is closed: where much is found, it takes as long as the rest."""
_PAGE = "ORDER BY rowid LIMIT :limit OFFSET :offset"
_NO_LIMIT = -1
_Asked = dict[str, object]


def search(connection: Connection, query: Query, closed: Sequence[int]) -> tuple[int, Sequence[int]]:
    """Return how many articles are found, and the places of those wanted, in order; nothing on `closed` shelves."""
    _require_module(connection)
    first, last = bounds(query.since, query.until)
    wanted = _expression(query)
    asked: _Asked = {
        "first": first,
        "last": last,
        "wanted": wanted,
        "room": ARTICLES,
        "closed": json.dumps(closed),
    }
    found = (_WORDS if wanted else _ALL) + (_OPEN if closed else "")
    total: int = connection.scalar(text(f"SELECT count(*) FROM {found}"), asked) or 0
    if query.order is Order.RELEVANCE and query.words:
        return total, _relevant(connection, query, found, asked)
    return total, _newest(connection, found, asked, query.limit, query.offset)


def _newest(connection: Connection, found: str, asked: _Asked, limit: int, offset: int) -> Sequence[int]:
    statement = text(f"SELECT rowid FROM {found} {_PAGE}")
    return connection.scalars(statement, {**asked, "limit": limit, "offset": offset}).all()


def _relevant(connection: Connection, query: Query, found: str, asked: _Asked) -> Sequence[int]:
    """Return those that have words in the title, the more the earlier, and behind them the newest others."""
    end = query.offset + query.limit
    titled = _titled(connection, query, found, asked)
    if len(titled) < end:
        known = set(titled)
        titled += [place for place in _newest(connection, found, asked, end, 0) if place not in known]
    return titled[query.offset : end]


def _titled(connection: Connection, query: Query, found: str, asked: _Asked) -> list[int]:
    counts: Counter[int] = Counter()
    for word in query.words:
        wanted = _expression(query, in_title=word)
        counts.update(_newest(connection, found, {**asked, "wanted": wanted}, _NO_LIMIT, 0))
    return sorted(counts, key=lambda place: (-counts[place], place))


def _expression(query: Query, in_title: str | None = None) -> str:
    """Return what FTS5 is asked, with one word in the title only; empty where nothing but dates is."""
    return " AND ".join(_terms(query, in_title))


def _terms(query: Query, in_title: str | None) -> Iterator[str]:
    for tagged in (tags(query.industries, ()), tags((), query.columns)):
        if tagged:
            yield f"({' OR '.join(map(_quoted, tagged))})"
    for word in query.words:
        phrase = _quoted(" ".join(cut_word(word)))
        yield f"title : {phrase}" if word == in_title else phrase


def _quoted(pieces: str) -> str:
    # A piece has no quotation mark: it is written as another character.
    return f'"{pieces}"'

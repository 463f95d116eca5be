"""What a search costs over 100,000 articles in the workspace's database, beside a plain scan by LIKE of the same."""

import datetime
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import articles
from sqlalchemy import Connection, Engine, text

from xcbulletin.archive.catalogue.finding import find
from xcbulletin.archive.catalogue.keeping import put
from xcbulletin.archive.catalogue.queries import Order, Query
from xcbulletin.archive.filed import FiledArticle, FiledIssue
from xcbulletin.database import open_engine, reading
from xcbulletin.model import IssueId, Kind

NUMBER, MONTHS = 100_000, 1_200
GOAL = 20
"""Milliseconds that 95 of 100 searches take at most."""
_LIKE = text("SELECT count(*) FROM filed_article WHERE title LIKE :word OR text LIKE :word")
_LIKE_PAGE = text(
    "SELECT file, title, text FROM filed_article WHERE title LIKE :word OR text LIKE :word ORDER BY place LIMIT 20"
)


def searching(folder: Path, rounds: int) -> None:
    """Measure filling, changing one issue, and searches by their kind."""
    engine = open_engine("sqlite:///desk.db", folder)
    seconds, changed = _fill(engine)
    size = (folder / "desk.db").stat().st_size / 1e6
    print(
        f"\n{NUMBER:,} articles put in {seconds:.0f} s, {size:,.0f} MB; one issue changed in {changed:.2f} s"
    )
    print(
        f"{'':32}     p50      p95  CPU p95  ms (goal: p95 ≤ {GOAL}; where CPU is less, others were at work)"
    )
    with reading(engine) as connection:
        for name, queries in _QUERIES.items():
            _tell(name, [_timed(find, connection, one) for _ in range(rounds) for one in queries])
        words = articles.QUERIES
        _tell("peer: SQLite LIKE scan", [_timed(_scan, connection, word) for word in words])
        same = [find(connection, Query(words=(word,))).total == _count(connection, word) for word in words]
    print(f"as many found as by the scan: {sum(same)} of {len(same)}")
    engine.dispose()


_ONE = [Query(words=(word,)) for word in articles.QUERIES]
_QUERIES: Mapping[str, Sequence[Query]] = {
    "one word, newest": _ONE,
    "one word, by relevance": [Query(words=one.words, order=Order.RELEVANCE) for one in _ONE],
    "one word, one industry": [Query(words=one.words, industries=("ai",)) for one in _ONE],
    "one word, one column, ten years": [
        Query(words=one.words, columns=("news",), since="2010-01", until="2019-12") for one in _ONE
    ],
    "two words": [
        Query(words=(one, other))
        for one, other in zip(articles.QUERIES, articles.QUERIES[7:] + articles.QUERIES[:7], strict=True)
    ],
    "two words, by relevance": [
        Query(words=(one, "企业"), order=Order.RELEVANCE) for one in articles.QUERIES
    ],
    "one character": [Query(words=(character,)) for character in "硅电铝氢芯"],
    "no word, one industry": [Query(industries=(code,)) for code in ("ai", "5g", "nev")],
}


def _tell(name: str, took: Sequence[tuple[float, float]]) -> None:
    seconds, cpu = zip(*took, strict=True)
    p95, cpu_p95 = (quantiles(some, n=20, method="inclusive")[-1] for some in (seconds, cpu))
    print(f"{name:32} {median(seconds) * 1e3:7.1f}  {p95 * 1e3:7.1f}  {cpu_p95 * 1e3:7.1f}", flush=True)


def _timed(
    search: Callable[[Connection, Any], object], connection: Connection, asked: object
) -> tuple[float, float]:
    """Return the seconds, and those of CPU, that a search takes."""
    started, cpu = time.perf_counter(), time.process_time()
    search(connection, asked)
    return time.perf_counter() - started, time.process_time() - cpu


def _scan(connection: Connection, word: str) -> None:
    """Do what `find` does: count, and get the newest twenty."""
    _count(connection, word)
    connection.execute(_LIKE_PAGE, {"word": f"%{word}%"}).all()


def _count(connection: Connection, word: str) -> int:
    total: int = connection.scalar(_LIKE, {"word": f"%{word}%"}) or 0
    return total


# Filling


def _fill(engine: Engine) -> tuple[float, float]:
    """Return the seconds that putting all issues took, without making them up, and those of one more time the last."""
    seconds = 0.0
    for filed in _issues():
        seconds += _put(engine, filed, "1")
    return seconds, _put(engine, filed, "2")


def _put(engine: Engine, filed: FiledIssue, stamp: str) -> float:
    started = time.perf_counter()
    with engine.begin() as connection:
        put(connection, filed, stamp)
    return time.perf_counter() - started


def _issues() -> Iterator[FiledIssue]:
    for month, made in groupby(articles.make(NUMBER, MONTHS), key=lambda one: one.issue):
        yield FiledIssue(
            id=IssueId(month),
            kind=Kind.BULLETIN,
            title="许昌竞争情报快递",
            subtitle=None,
            label="",
            publishers=(),
            number=None,
            date=datetime.date.fromisoformat(f"{month}-28"),
            articles=tuple(map(_filed, made)),
        )


def _filed(one: articles.Article) -> FiledArticle:
    return FiledArticle(
        file=f"issues/{one.issue}/{one.column}/{one.name}.md",
        slug=f"{one.column}-{one.name}",
        anchor=one.name,
        title=one.title,
        column=one.column,
        industries=one.industries,
        source=None,
        author=None,
        summary=None,
        corrections=(),
        text="\n".join(line.strip("#- ") for line in one.body.split("\n") if line.strip()),
    )

"""Sources, entries and a network for tests of the collector; each names only what matters."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Table, func, select

from xcbulletin.collecting.collect import CollectReport, collect
from xcbulletin.collecting.following.sources import Source, SourceKind
from xcbulletin.collecting.items import Document, Entry, FetchError, Outcome, Request
from xcbulletin.database import reading
from xcbulletin.settings import CollectorSettings

NOW = datetime(2026, 8, 3, 2, 0, tzinfo=UTC)
"""Ten o'clock in Xuchang."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make_source(name: str = "甲", **fields: Any) -> Source:
    url = fields.get("url", f"https://{name.encode().hex()}.example/feed")
    return Source(**{"name": name, "kind": SourceKind.FEED, "url": url, "key": url, **fields})


def make_entry(ident: str = "1", **fields: Any) -> Entry:
    own = {
        "title": f"第 {ident} 条",
        "url": f"https://a.example/{ident}.html",
        "guid": ident,
        "ident": ident,
        "ident_kind": "guid",
    }
    return Entry(**{**own, **fields})


def feed(*idents: object, title: str = "第 {} 条", guid: str = "{}") -> bytes:
    """Return an RSS feed with an item for each ident."""
    items = "".join(
        f"<item><title>{title.format(one)}</title><link>https://a.example/{one}.html</link>"
        f"<guid isPermaLink='false'>{guid.format(one)}</guid></item>"
        for one in idents
    )
    return f"<rss version='2.0'><channel><title>甲</title>{items}</channel></rss>".encode()


class Net:
    """A network of documents by address; what stands there may be bytes, an error, or a function of the request."""

    def __init__(self, **_: Any) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Document:
        self.asked.append(request)
        answer = self.answers.get(request.url, FetchError(Outcome.HTTP, "没有这个页面（404）", status=404))
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, bytes):
            return Document(url=request.url, content=answer, fetched=NOW)
        document: Document = answer(request)
        return document


class Clock:
    """Tells the time, which the test moves on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, time: timedelta) -> None:
        self.now += time


class Stand:
    """A database, a network and a clock, with the sources that are collected."""

    def __init__(self, engine: Engine, *sources: Source) -> None:
        self.engine, self.sources = engine, sources
        self.net, self.clock = Net(), Clock()
        self.settings = CollectorSettings(host_gap=0, min_interval=60, concurrency=4)

    def collect(self, *names: str, tell: Callable[..., None] = lambda *_: None) -> CollectReport:
        return collect(self.engine, self.sources, self.net, self.clock, self.settings, names, tell)

    def after(self, time: timedelta) -> CollectReport:
        self.clock.pass_(time)
        return self.collect()

    def one(self, table: Table, *columns: str) -> Any:
        (row,) = self.all(table, *columns)
        return row

    def all(self, table: Table, *columns: str) -> list[Any]:
        query = select(*(table.c[name] for name in columns)).order_by(*table.primary_key.columns)
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        return [row[0] for row in rows] if len(columns) == 1 else list(map(tuple, rows))

    def count(self, table: Table) -> int:
        with reading(self.engine) as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0

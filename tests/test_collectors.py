"""Collectors as real processes on one workspace: several at once, and killed at any moment."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from feedserver import Behaviour, Exchange, FeedServer, answer, hang
from newsstand import feed
from sqlalchemy import Engine, func, select

from xcbulletin.collecting.tables import fetch, item, source
from xcbulletin.database import reading

COLLECTING = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from xcbulletin.collecting.collect import collect
from xcbulletin.collecting.fetching.fetching import Fetcher
from xcbulletin.collecting.following.sources import Source, SourceKind
from xcbulletin.database import open_engine
from xcbulletin.settings import CollectorSettings

database, root, interval, *urls = sys.argv[1:]
settings = CollectorSettings(host_gap=0, min_interval=interval, concurrency=4)
sources = [Source(name=url, kind=SourceKind.FEED, url=url, key=url) for url in urls]
fetcher = Fetcher(allow_private_networks=True)
print("ready", flush=True)
sys.stdin.readline()
engine = open_engine(database, Path(root))
report = collect(engine, sources, fetcher, lambda: datetime.now(UTC), settings)
print(json.dumps([[one.name, one.outcome, one.new] for one in report.sources]))
"""


class Collector:
    """A collector that waits for a word to start."""

    def __init__(self, database: str, root: Path, urls: list[str], interval: int = 60) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", COLLECTING, database, str(root), str(interval), *urls],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def start(self) -> "Collector":
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self

    def end(self) -> str:
        out, err = self._process.communicate(timeout=60)
        assert (self._process.returncode, err) == (0, "")
        return out

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


def slowly(behaviour: Behaviour, seconds: float = 0.1) -> Behaviour:
    def respond(exchange: Exchange) -> None:
        exchange.wait(seconds)
        behaviour(exchange)

    return respond


def counts(engine: Engine, *tables: Any) -> list[int]:
    with reading(engine) as connection:
        return [connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables]


def wait_until(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_two_collectors_at_once_share_the_work(
    engine: Engine, database_url: str, tmp_path: Path, server: FeedServer
) -> None:
    urls = [server.on(f"/{n}", slowly(answer(feed(*range(20))))) for n in range(8)]
    both = [Collector(database_url, tmp_path, urls) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.end()
    assert counts(engine, source, item, fetch) == [8, 160, 8]
    assert sorted(one.path for one in server.received) == [f"/{n}" for n in range(8)]


def test_a_collector_killed_in_the_middle_leaves_the_rest_to_the_next(
    engine: Engine, database_url: str, tmp_path: Path, server: FeedServer
) -> None:
    urls = [server.on(f"/{n}", answer(feed(*range(20)))) for n in range(3)]
    urls.append(server.on("/stalls", hang(), answer(feed(*range(20)))))
    urls += [server.on(f"/{n}", answer(feed(*range(20)))) for n in range(4, 6)]
    first = Collector(database_url, tmp_path, urls).start()
    wait_until(lambda: counts(engine, item) == [60])
    first.kill()
    assert counts(engine, fetch) == [3]
    second = Collector(database_url, tmp_path, urls).start().end()
    assert second.count('"ok", 20') == 3
    assert counts(engine, source, item, fetch) == [6, 120, 6]
    assert [len(server.asked(f"/{n}")) for n in (0, 1, 2, 4, 5)] == [1, 1, 1, 1, 1]


def test_collectors_killed_at_any_moment_lose_nothing_and_bring_nothing_twice(
    engine: Engine, database_url: str, tmp_path: Path, server: FeedServer
) -> None:
    urls = [server.on(f"/{n}", answer(feed(*range(n, n + 30)))) for n in range(10)]
    for delay in (0, 0.004, 0.008, 0.012, 0.016, 0.02):
        (before,) = counts(engine, fetch)
        one = Collector(database_url, tmp_path, urls, interval=0).start()
        wait_until(lambda: counts(engine, fetch) > [before])  # noqa: B023
        time.sleep(delay)
        one.kill()
        items, asked = counts(engine, item, fetch)
        assert items % 30 == 0
        assert 30 <= items <= 30 * asked
    Collector(database_url, tmp_path, urls, interval=0).start().end()
    assert counts(engine, source, item) == [10, 300]

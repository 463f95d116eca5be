"""Two hundred feeds of thirty items collected from a server on loopback, by us and by lemon24/reader.

Each feed has an address of its own (127.0.1.x), as sources have, and neither waits between requests. What is timed is
one call in a fresh process, from an open database that was laid out before to all items in it: `collect.collect`,
which also decodes, dates, cleans and identifies, and reader's `update_feeds(workers=8)`; in the pass with faults that
as it ships (it waits a minute for a silent server) and with our time limits. "process" counts the start-up too.
"""

import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
FEEDS, ITEMS, WORKERS = 200, 30, 8
FAULTY = range(0, FEEDS, 10)
"""Which feeds of the faulty server hang, answer 500, send a bomb or reset, in turn."""
BOMB = 100
"""Megabytes."""
GOAL = 1 / 3


@dataclass(frozen=True)
class Pass:
    """A program at work on a copy of a database."""

    program: str
    step: str
    base: str
    kind: str

    @property
    def name(self) -> str:
        return f"{self.program}, as it ships" if self.step == "as-it-ships" else self.program


def collecting(folder: Path, rounds: int) -> None:
    """Measure a first pass, one in which nothing has changed, and one in which every tenth feed is broken."""
    programs = ["ours", "reader"]
    if importlib.util.find_spec("reader") is None:
        print("lemon24/reader is not here: pip install '.[bench]'")
        programs.remove("reader")
    with subprocess.Popen(_command("serve"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        port = server.stdout.readline().decode().strip()
        for program in programs:
            _lay_out(folder, program, port)
        first = [Pass(program, "update", "sound", "sound") for program in programs]
        again = [Pass(program, "update", "read", "sound") for program in programs]
        faulty = [Pass(program, "update", "faulty", "faulty") for program in programs]
        faulty += [Pass("reader", "as-it-ships", "faulty", "faulty")] * ("reader" in programs)
        _compare("first pass", first, folder, port, rounds)
        _compare("nothing new", again, folder, port, rounds)
        _compare("every tenth broken", faulty, folder, port, max(1, rounds // 3))
        server.stdin.close()


def _lay_out(folder: Path, program: str, port: str) -> None:
    """Lay out databases: two that have read nothing, with the sources of each kind, and one that has read all."""
    for kind in ("sound", "faulty"):
        subprocess.run(_command(program, "lay-out", folder / f"{program}-{kind}", port, kind), check=True)
    _run(Pass(program, "update", "sound", "sound"), folder, port)
    (folder / f"{program}-now").rename(folder / f"{program}-read")


def _compare(title: str, passes: list[Pass], folder: Path, port: str, rounds: int) -> None:
    measured = [{one.name: _run(one, folder, port) for one in passes} for _ in range(rounds)]
    print(f"\n{FEEDS} feeds of {ITEMS} items, {title}\n{'':22}  seconds      CPU  process     memory")
    seconds = {}
    for name in measured[0]:
        values = {key: median(one[name][key] for one in measured) for key in measured[0][name]}
        seconds[name] = values["seconds"]
        print("{:22} {seconds:8.3f} {cpu:8.3f} {process:8.3f} {memory:7.0f} MB".format(name, **values))
    for name in seconds:
        if name != "ours":
            print(f"ours / {name}: {seconds['ours'] / seconds[name]:.3f}  (goal ≤ {GOAL:.3f})")


def _run(one: Pass, folder: Path, port: str) -> dict[str, float]:
    """Run a program on a copy of its database; return what it and we measured."""
    database = folder / f"{one.program}-now"
    shutil.rmtree(database, ignore_errors=True)
    shutil.copytree(folder / f"{one.program}-{one.base}", database)
    started = time.perf_counter()
    command = _command(one.program, one.step, database, port, one.kind)
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    measured: dict[str, float] = json.loads(said)
    return {**measured, "process": time.perf_counter() - started}


def _command(*words: str | Path) -> list[str]:
    return [sys.executable, __file__, *map(str, words)]


# What the processes do


def serve() -> None:
    """Serve the feeds until standard input is closed; print the port first."""
    sys.path.append(str(ROOT / "tests"))
    import feedserver

    faults = (
        feedserver.hang(),
        feedserver.answer(b"<h1>Error</h1>", status=500),
        feedserver.bomb(BOMB),
        feedserver.reset(),
    )
    with feedserver.FeedServer("0.0.0.0") as server:
        for number in range(FEEDS):
            sound = feedserver.answer(_feed(number), etag=f'"{number}"', coding="gzip")
            fault = faults[number // 10 % len(faults)] if number in FAULTY else sound
            server.on(f"/sound/{number}", sound)
            server.on(f"/faulty/{number}", fault)
        print(server.port, flush=True)
        sys.stdin.read()


_SENTENCE = "第 {} 家企业与许昌市签约，在智能电力装备产业园建设第 {} 条生产线，计划总投资 {} 亿元，明年投产。"


def _feed(number: int) -> bytes:
    items = "".join(
        f"<item><title>企业 {number} 第 {index} 条消息：新生产线投产</title>"
        f"<link>https://news-{number}.example.cn/{index}.html?utm_source=rss</link><guid>{number}-{index}</guid>"
        f"<pubDate>{1 + index % 28:02} Jan 2021 08:{index:02}:00 +0800</pubDate><description><![CDATA["
        + "".join(f"<p>{_SENTENCE.format(number, index, line)}</p>" for line in range(8))
        + "]]></description></item>"
        for index in range(ITEMS)
    )
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
    about = f"<title>信息源 {number}</title><link>https://news-{number}.example.cn/</link>"
    return f"{head}{about}<description>x</description>{items}</channel></rss>".encode()


def _urls(port: str, kind: str) -> list[str]:
    return [f"http://127.0.1.{number + 1}:{port}/{kind}/{number}" for number in range(FEEDS)]


def _expected(kind: str) -> int:
    """How many items there are, whatever the others do."""
    return (FEEDS - (len(FAULTY) if kind == "faulty" else 0)) * ITEMS


@contextmanager
def _timed() -> Iterator[None]:
    """Print what the block took."""
    started, used = time.perf_counter(), time.process_time()
    yield
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - started,
                "cpu": time.process_time() - used,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def ours(step: str, folder: Path, port: str, kind: str) -> None:
    from datetime import UTC, datetime

    from sqlalchemy import func, select

    from xcbulletin.collecting.collect import collect
    from xcbulletin.collecting.fetching.fetching import Fetcher
    from xcbulletin.collecting.following.sources import Source, SourceKind
    from xcbulletin.collecting.tables import item
    from xcbulletin.database import open_engine
    from xcbulletin.settings import CollectorSettings

    folder.mkdir(exist_ok=True)
    engine = open_engine("sqlite:///desk.db", folder)
    if step == "lay-out":
        return engine.dispose()
    sources = [Source(name=url, kind=SourceKind.FEED, url=url, key=url) for url in _urls(port, kind)]
    settings = CollectorSettings(host_gap=0, min_interval=0, concurrency=WORKERS)
    fetch = Fetcher(allow_private_networks=True)
    with _timed():
        collected = collect(engine, sources, fetch, lambda: datetime.now(UTC), settings)
    with engine.connect() as connection:
        stored = connection.scalar(select(func.count()).select_from(item))
    failed = sum(source.failed for source in collected.sources)
    assert (stored, failed) == (_expected(kind), FEEDS - _expected(kind) // ITEMS), (stored, failed)
    return engine.dispose()


def reader(step: str, folder: Path, port: str, kind: str) -> None:
    from reader import make_reader

    folder.mkdir(exist_ok=True)
    limits = {} if step == "as-it-ships" else {"session_timeout": (5, 15)}
    with make_reader(str(folder / "reader.db"), **limits) as made:
        if step == "lay-out":
            for url in _urls(port, kind):
                made.add_feed(url)
            return
        with _timed():
            made.update_feeds(scheduled=False, workers=WORKERS)
        stored = made.get_entry_counts().total
        assert stored == _expected(kind), stored


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        {"ours": ours, "reader": reader}[sys.argv[1]](sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])

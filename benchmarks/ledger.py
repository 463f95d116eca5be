"""What the ledger costs a letter: each step of 500 letters over one and four threads, on SQLite, on this disk.

"CPU" is what Python and the kernel do; the rest of a dot is the disk, which its commit waits for.
"""

import datetime
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from xcbulletin.database import open_engine
from xcbulletin.delivery.ledger.ledger import Ledger
from xcbulletin.delivery.mailing import (
    Delivery,
    Level,
    PdfChoice,
    Planned,
    Reply,
    Settlement,
    State,
    Variant,
)
from xcbulletin.model import IssueId

LETTERS = 500
GOAL = 1000
"""Microseconds of CPU a letter."""
NOW = datetime.datetime(2026, 8, 1, 8, 30, tzinfo=datetime.UTC)
WHOLE = Variant((), PdfChoice.ATTACH)
ACCEPTED = Settlement(
    state=State.ACCEPTED, at=NOW, reply=Reply(code=250, text="2.0.0 Ok: queued as 4Zx1"), queue_id="4Zx1"
)
LEVELS = {name: Level(tokens=9.5, at=NOW) for name in ("smtp.example.cn", "@example.cn")}
STEPS = ("claim", "dot", "settle")


def ledger(folder: Path, rounds: int) -> None:
    """Measure the steps of a letter, beside the bare fsync of as many pages."""
    print(f"\nbare fsync of 4 kB: {_fsync(folder / 'page'):6.0f} µs")
    print(f"{'':12} {'claim':>8} {'dot':>8} {'settle':>8} {'a letter':>9} {'CPU':>6}  µs")
    for threads in (1, 4):
        runs = [_send(folder / f"{threads}-{number}", threads) for number in range(rounds)]
        figures = [median(run[place] for run in runs) for place in range(5)]
        claim, dot, settle, letter, cpu = figures
        told = f"{claim:8.0f} {dot:8.0f} {settle:8.0f} {letter:9.0f} {cpu:6.0f}"
        print(f"{threads} thread{'s' * (threads > 1):5} {told}  (goal ≤ {GOAL} µs CPU)")


def _fsync(path: Path) -> float:
    with path.open("wb", buffering=0) as stream:
        started = time.perf_counter()
        for _ in range(100):
            stream.write(bytes(4096))
            os.fsync(stream.fileno())
    return (time.perf_counter() - started) * 1e4


def _send(folder: Path, threads: int) -> tuple[float, ...]:
    """Return the microseconds of each step, then of a letter, then of CPU."""
    engine = open_engine("sqlite:///desk.db", folder)
    with Ledger(engine) as one:
        planned = [
            Planned(address=f"{number}@example.cn", name="甲", variant=WHOLE) for number in range(LETTERS)
        ]
        mailing = one.prepare(IssueId("2021-03"), planned, {WHOLE: "0" * 64}, lambda name: f"<{name}>", NOW)
        letters, took = one.due(mailing, NOW, LETTERS), dict.fromkeys(STEPS, 0.0)
        cpu, started = time.process_time(), time.perf_counter()
        at_work = [
            threading.Thread(target=_go, args=(one, letters[start::threads], took))
            for start in range(threads)
        ]
        for thread in at_work:
            thread.start()
        for thread in at_work:
            thread.join()
        seconds = (*took.values(), time.perf_counter() - started, time.process_time() - cpu)
        assert one.counts(mailing) == {State.ACCEPTED: LETTERS}
    engine.dispose()
    return tuple(one_second / LETTERS * 1e6 for one_second in seconds)


def _go(one: Ledger, letters: Sequence[Delivery], took: dict[str, float]) -> None:
    for letter in letters:
        marks = [time.perf_counter()]
        one.claim(letter, NOW)
        marks.append(time.perf_counter())
        one.dot(letter)
        marks.append(time.perf_counter())
        one.settle(letter, ACCEPTED, LEVELS)
        marks.append(time.perf_counter())
        for step, before, after in zip(STEPS, marks, marks[1:], strict=False):
            took[step] += after - before

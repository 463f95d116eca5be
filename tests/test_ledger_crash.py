"""The ledger when the plug is pulled: what may have been delivered is known, and nothing else is sent again."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from xcbulletin.database import DatabaseError, open_engine, reading
from xcbulletin.delivery.ledger.ledger import Ledger
from xcbulletin.delivery.ledger.tables import attempt
from xcbulletin.delivery.mailing import Mailing, PdfChoice, Planned, Settlement, State, Variant
from xcbulletin.model import IssueId

NOW = datetime(2026, 8, 1, 8, 30, tzinfo=UTC)
ISSUE = IssueId("2021-01")
WHOLE = Variant((), PdfChoice.ATTACH)
DEFAULT = "sqlite:///sources/desk.db"

SENDING = """
import os, random, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from xcbulletin.database import open_engine
from xcbulletin.delivery.ledger.ledger import Ledger
from xcbulletin.delivery.ledger.locking import sending_lock
from xcbulletin.delivery.mailing import Settlement, State
from xcbulletin.model import IssueId

url, root, wire, connections, seed = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])
now = datetime(2026, 8, 1, 8, 30, tzinfo=UTC)
wire = os.open(wire, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
engine = open_engine(url, Path(root))

def send(letters, dice):
    for one in letters:
        assert ledger.claim(one, now)
        if dice.random() < 0.1:
            ledger.settle(one, Settlement(state=dice.choice((State.DEFERRED, State.REJECTED)), at=now, next_at=now))
            continue
        ledger.dot(one)
        os.write(wire, one.address.encode() + b"\\n")
        ledger.settle(one, Settlement(state=State.ACCEPTED, at=now))

with sending_lock(engine, "2021-01"), Ledger(engine) as ledger:
    mailing = ledger.mailing(IssueId("2021-01"))
    ledger.recover(mailing, now)
    print("ready", flush=True)
    letters = ledger.due(mailing, now, 10_000)
    threads = [
        threading.Thread(target=send, args=(letters[start::connections], random.Random(seed * 10 + start)))
        for start in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""
"""Sends, the relay being a file: a line of it is a letter that was delivered."""


def prepare(ledger: Ledger, number: int) -> Mailing:
    planned = [Planned(address=f"{one}@x.cn", name="甲", variant=WHOLE) for one in range(number)]
    return ledger.prepare(ISSUE, planned, {WHOLE: "a" * 64}, lambda address: f"<{address}>", NOW)


def settled(state: State) -> Settlement:
    return Settlement(state=state, at=NOW)


@contextmanager
def sender(
    url: str, root: Path, *words: str, connections: int = 4, seed: int = 0
) -> Iterator[subprocess.Popen[str]]:
    command = [*words, sys.executable, "-c", SENDING, url, str(root), str(root / "wire")]
    with subprocess.Popen(
        [*command, str(connections), str(seed)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


def delivered(root: Path) -> Counter[str]:
    wire = root / "wire"
    return Counter(wire.read_text().split() if wire.exists() else ())


def is_consistent(engine: Engine, mailing: Mailing, root: Path) -> dict[str, State]:
    """Check what must hold after every crash; return the states."""
    with Ledger(engine) as ledger:
        dotted = {row.address for row in ledger.deliveries(mailing) if row.state is State.DOT}
        ledger.recover(mailing, NOW)
        states = {row.address: row.state for row in ledger.deliveries(mailing)}
    assert State.CLAIMED not in states.values()
    assert all(states[address] is State.UNCERTAIN for address in dotted)
    arrived = delivered(root)
    assert [address for address, copies in arrived.items() if copies > 1] == []
    known = {address for address, state in states.items() if state in (State.ACCEPTED, State.UNCERTAIN)}
    assert arrived.keys() <= known, "delivered, and nobody knows"
    assert {address for address, state in states.items() if state is State.ACCEPTED} <= arrived.keys()
    return states


def kill_after(process: subprocess.Popen[str], root: Path, letters: int, seconds: float) -> None:
    """Kill -9 a sender once it has delivered so many letters, and a moment later."""
    enough = delivered(root).total() + letters
    while process.poll() is None and delivered(root).total() < enough:
        time.sleep(0.001)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_kill_9_at_any_moment_doubles_no_letter_and_forgets_none(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    dice = random.Random(5)
    with Ledger(engine) as ledger:
        mailing = prepare(ledger, 400)
    uncertain = 0
    for kill in range(8):
        with sender(database_url, tmp_path, connections=dice.choice((1, 4)), seed=kill) as process:
            kill_after(process, tmp_path, dice.randrange(40), dice.uniform(0, 0.003))
        now_uncertain = list(is_consistent(engine, mailing, tmp_path).values()).count(State.UNCERTAIN)
        assert 0 <= now_uncertain - uncertain <= 4
        uncertain = now_uncertain
    for _ in range(10):
        with sender(database_url, tmp_path) as process:
            assert process.communicate(timeout=60)[1] == ""
        states = is_consistent(engine, mailing, tmp_path)
        if not {State.PREPARED, State.DEFERRED} & set(states.values()):
            break
    assert set(states.values()) <= {State.ACCEPTED, State.REJECTED, State.UNCERTAIN}


def test_the_dot_is_on_the_disk_before_it_is_sent(tmp_path: Path) -> None:
    """Seen from outside: between the claims and each line on the wire the log of the database was synced."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    engine = open_engine(DEFAULT, tmp_path)
    with Ledger(engine) as ledger:
        prepare(ledger, 20)
    engine.dispose()
    trace = tmp_path / "trace"
    watched = (strace, "-f", "-y", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o", str(trace))
    with sender(DEFAULT, tmp_path, *watched, connections=1) as process:
        said = process.communicate(timeout=60)[1]
    if not trace.exists() or "ptrace" in said:
        pytest.skip(f"strace may not trace here: {said}")
    steps = "".join(map(step, trace.read_text().splitlines()))
    letters = re.findall(r"[^d]*d", steps)
    assert len(letters) == len(delivered(tmp_path)) >= 10
    assert [letter for letter in letters if not re.search(r"w+s+d$", letter)] == []


def step(line: str) -> str:
    """Return what a system call is to the letters: the log written or synced, or a letter delivered."""
    if "desk.db-wal>" in line:
        return "s" if "sync(" in line else "w" if "pwrite64(" in line else ""
    return "d" if "/wire>" in line and "write(" in line else ""


def test_a_power_cut_after_the_dot_leaves_the_letter_uncertain(tmp_path: Path) -> None:
    """What was never synced is cut off the log: all that a disk may lose."""
    engine = open_engine(DEFAULT, tmp_path)
    log = tmp_path / "sources" / "desk.db-wal"
    with Ledger(engine) as ledger:
        mailing = prepare(ledger, 3)
        a, b, _c = ledger.deliveries(mailing)
        ledger.claim(a, NOW)
        ledger.dot(a)
        synced = log.stat().st_size
        ledger.settle(a, settled(State.ACCEPTED))
        ledger.claim(b, NOW)
        with tempfile.TemporaryDirectory(dir=tmp_path) as name:
            copy = Path(name)
            for file in ("desk.db", "desk.db-wal"):
                shutil.copy(tmp_path / "sources" / file, copy / file)
            os.truncate(copy / "desk.db-wal", synced)
            left = open_engine("sqlite:///desk.db", copy)
            with Ledger(left) as other:
                other.recover(mailing, NOW)
                states = [row.state for row in other.deliveries(mailing)]
            left.dispose()
    engine.dispose()
    assert states == [State.UNCERTAIN, State.PREPARED, State.PREPARED]


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A disk of its own in memory; skipped for who may not mount one."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", name], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("mounting a small disk takes root's rights")
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


def test_a_full_disk_stops_the_dot_and_the_letter_is_sent_later() -> None:
    with small_disk("3m") as disk:
        engine = open_engine("sqlite:///desk.db", disk)
        with Ledger(engine) as ledger:
            mailing = prepare(ledger, 5)
            a, b, *_ = ledger.deliveries(mailing)
            assert ledger.claim(a, NOW)
            ledger.dot(a)
            ledger.settle(a, settled(State.ACCEPTED))
            assert ledger.claim(b, NOW)
            filler = fill(disk)
            with pytest.raises(DatabaseError) as caught:
                ledger.dot(b)
            assert str(caught.value) == f"{disk}/desk.db: 磁盘已满，没有写入数据库；请清理磁盘后再试"
            assert [row.state for row in ledger.deliveries(mailing)][:2] == [State.ACCEPTED, State.CLAIMED]
            filler.unlink()
            ledger.recover(mailing, NOW)
            assert ledger.claim(b, NOW)
            ledger.dot(b)
            ledger.settle(b, settled(State.ACCEPTED))
            assert ledger.counts(mailing) == {State.PREPARED: 3, State.ACCEPTED: 2}
        engine.dispose()


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"0" * 4096)
        except OSError:
            return filler


def test_a_try_that_was_cut_short_is_in_the_record(engine: Engine) -> None:
    with Ledger(engine) as ledger:
        mailing = prepare(ledger, 3)
        for row in ledger.deliveries(mailing):
            ledger.claim(row, NOW)
            ledger.dot(row)
        ledger.recover(mailing, NOW + timedelta(hours=1))
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).where(attempt.c.outcome == "uncertain")) == 3

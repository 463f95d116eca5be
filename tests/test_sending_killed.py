"""The plug pulled at random moments of a mailing, again and again: nobody gets a letter twice, nobody is forgotten."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from letters import ISSUE, START, Clock, make_letter, make_mail, open_ledger, prepare, send_all, states
from mailserver import MailServer

from xcbulletin.delivery.ledger.ledger import Ledger
from xcbulletin.delivery.ledger.locking import LockedError, sending_lock
from xcbulletin.delivery.mailing import Delivery, Reply, State, Transport
from xcbulletin.delivery.sending.smtp import Connection, connect
from xcbulletin.settings import MailSettings

RUNS, RECIPIENTS, CONNECTIONS = 20, 200, 4
ADDRESSES = [f"reader{number}@{number % 5}.example.org" for number in range(RECIPIENTS)]
UNDELIVERED = {State.PREPARED, State.DEFERRED, State.REJECTED}


def start(root: Path, port: int, *options: str) -> "subprocess.Popen[str]":
    """Start a program that sends; it says when it has the lock."""
    words = [sys.executable, __file__, str(root), str(port), *options]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]") -> str:
    said, _ = process.communicate(timeout=60)
    return said


def test_killed_at_random_moments_nothing_is_doubled_or_forgotten(tmp_path: Path) -> None:
    random.seed(5)
    uncertain: set[str] = set()
    with MailServer(tmp_path / "relay", delay=0.001, sync=False) as server:
        for run in range(RUNS):
            root = tmp_path / str(run)
            root.mkdir()
            addresses = [f"{number}.{run}@{number % 5}.example.org" for number in range(RECIPIENTS)]
            with open_ledger(root) as ledger:
                prepare(ledger, addresses)
            _kill_while_it_sends(root, server.port)
            uncertain |= _go_on(root, server, addresses)
        assert uncertain, "no run was cut short between a dot and its reply: the test shows nothing"
        print(f"{len(uncertain)} uncertain, of which {len(uncertain & set(server.addresses))} had arrived")


def _kill_while_it_sends(root: Path, port: int) -> None:
    """Let a copy of this process send, and kill it in the midst of it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with open_ledger(root) as ledger, sending_lock(ledger._engine, "2021-01"):
                os.write(writing, b".")
                _send(ledger, port, "")
        finally:
            os._exit(1)
    os.read(reading, 1)
    time.sleep(random.uniform(0.02, 0.4))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)


def _go_on(root: Path, server: MailServer, addresses: list[str]) -> set[str]:
    """Send the rest after a crash, holding to what must be true; return the addresses of uncertain letters."""
    with open_ledger(root) as ledger, sending_lock(ledger._engine, "2021-01"):
        mailing = ledger.mailing(ISSUE)
        assert mailing
        assert ledger.recover(mailing, START).uncertain <= CONNECTIONS
        _check(states(ledger, mailing), server.addresses)
        send_all(ledger, mailing, make_mail(server.port, connections=CONNECTIONS))
        now = states(ledger, mailing)
        _check(now, server.addresses)
    assert sorted(now) == sorted(addresses)
    assert set(now.values()) <= {State.ACCEPTED, State.UNCERTAIN}
    return {address for address, state in now.items() if state is State.UNCERTAIN}


def _check(now: dict[str, State], copies: Counter[str]) -> None:
    """Assert what is true at any time while nobody sends."""
    assert max(copies[address] for address in now) <= 1
    assert not [address for address, state in now.items() if state in UNDELIVERED and copies[address]]
    assert not [address for address, state in now.items() if state is State.ACCEPTED and not copies[address]]


@pytest.mark.parametrize(
    ("moment", "state", "copies"),
    [
        ("before claim", State.PREPARED, 0),
        ("claimed", State.PREPARED, 0),
        ("dot", State.UNCERTAIN, 0),
        ("answered", State.UNCERTAIN, 1),
    ],
)
def test_killed_at_a_moment(tmp_path: Path, moment: str, state: State, copies: int) -> None:
    address = ADDRESSES[0]
    with MailServer(tmp_path / "relay") as server, open_ledger(tmp_path) as ledger:
        mailing = prepare(ledger, [address])
        process = start(tmp_path, server.port, moment)
        finish(process)
        assert process.returncode == -signal.SIGKILL
        ledger.recover(mailing, START)
        assert (states(ledger, mailing), server.addresses[address]) == ({address: state}, copies)
        if state is State.UNCERTAIN:
            ledger.mark(mailing, [address], "delivered" if copies else "resend", "王编辑", START)
        send_all(ledger, mailing, make_mail(server.port))
        assert (states(ledger, mailing), server.addresses) == ({address: State.ACCEPTED}, {address: 1})


def test_two_at_once(tmp_path: Path) -> None:
    with MailServer(tmp_path / "relay", delay=0.05) as server:  # longer than a program takes to start
        with open_ledger(tmp_path) as ledger:
            prepare(ledger, ADDRESSES)
        first = start(tmp_path, server.port)
        assert first.stdout
        assert first.stdout.readline() == "sending\n"
        second = start(tmp_path, server.port)
        assert finish(second).startswith("locked ")
        assert finish(first) == f"{RECIPIENTS} accepted\n"
        assert server.addresses.total() == RECIPIENTS


# What the programs do


def main(root: Path, port: int, moment: str = "") -> None:
    with open_ledger(root) as ledger:
        try:
            with sending_lock(ledger._engine, "2021-01"):
                print("sending", flush=True)
                _send(ledger, port, moment)
        except LockedError as error:
            print("locked", error)


def _send(ledger: Ledger, port: int, moment: str) -> None:
    mailing = ledger.mailing(ISSUE)
    assert mailing
    clock = Clock()
    ledger.recover(mailing, clock())

    def compose(delivery: Delivery) -> bytes:
        _die(moment == "before claim")
        return make_letter(delivery, 5000)

    class Mortal(Connection):
        def offer(self, sender: str, address: str, content: bytes) -> None:
            _die(moment == "claimed")
            super().offer(sender, address, content)

        def finish(self) -> Reply:
            _die(moment == "dot")
            reply = super().finish()
            _die(moment == "answered")
            return reply

    def connect_mortal(mail: MailSettings) -> Transport:
        connection = connect(mail)
        connection.__class__ = Mortal
        return connection

    mail = make_mail(port, connections=CONNECTIONS)
    outcome = send_all(ledger, mailing, mail, clock, compose=compose, connect=connect_mortal)
    print(f"{outcome.counts.get(State.ACCEPTED, 0)} accepted")


def _die(now: bool) -> None:
    if now:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])

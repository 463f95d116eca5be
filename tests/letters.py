"""Mailings for tests of sending: a ledger on disk, small letters, and a clock that is put on by whoever sleeps."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from xcbulletin.database import open_engine
from xcbulletin.delivery.ledger.ledger import Ledger
from xcbulletin.delivery.mailing import Delivery, Mailing, PdfChoice, Planned, State, Transport, Variant
from xcbulletin.delivery.sending.sending import Outcome, send
from xcbulletin.delivery.sending.smtp import connect
from xcbulletin.model import IssueId
from xcbulletin.settings import MailSettings

ISSUE = IssueId("2021-01")
START = datetime.datetime(2021, 1, 31, 9, tzinfo=datetime.UTC)
VARIANT = Variant((), PdfChoice.NONE)


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime.datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += datetime.timedelta(seconds=seconds)


def make_mail(port: int = 25, **values: Any) -> MailSettings:
    """Return settings under which nothing is slow but what a test makes slow."""
    fast = {"host": "127.0.0.1", "connections": 1, "per_minute": 1_000_000, "per_connection": 1000}
    return MailSettings.model_validate({**fast, "port": port, **values})


def make_letter(delivery: Delivery, size: int = 0) -> bytes:
    """Return a letter of at least so many bytes."""
    head = (
        f"From: bulletin@example.org\r\nTo: {delivery.address}\r\nMessage-ID: {delivery.message_id}\r\n\r\n"
    )
    return head.encode() + b"neican\r\n" + (b"x" * 76 + b"\r\n") * (size // 78)


@contextmanager
def open_ledger(root: Path) -> Iterator[Ledger]:
    engine = open_engine("sqlite:///desk.db", root)
    try:
        with Ledger(engine) as ledger:
            yield ledger
    finally:
        engine.dispose()


def prepare(ledger: Ledger, addresses: Sequence[str]) -> Mailing:
    planned = [Planned(address=address, name="", variant=VARIANT) for address in addresses]
    return ledger.prepare(ISSUE, planned, {VARIANT: "0" * 64}, lambda address: f"<{address}>", START)


def send_all(
    ledger: Ledger,
    mailing: Mailing,
    mail: MailSettings,
    clock: Clock | None = None,
    *,
    compose: Callable[[Delivery], bytes] = make_letter,
    connect: Callable[[MailSettings], Transport] = connect,
    tell: Callable[[int, int, float], None] = lambda *_: None,
) -> Outcome:
    clock = clock or Clock()
    return send(mailing, ledger, compose, partial(connect, mail), mail, clock, clock.sleep, tell)


def states(ledger: Ledger, mailing: Mailing) -> dict[str, State]:
    return {one.address: one.state for one in ledger.deliveries(mailing)}

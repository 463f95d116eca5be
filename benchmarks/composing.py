"""How fast letters are composed, beside a message that is built afresh for each reader."""

import datetime
import random
import statistics
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import workspaces

from xcbulletin.delivery.composing import Body, compose, message_id
from xcbulletin.model import IssueId
from xcbulletin.publishing.documents import make_letter
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.letter import Letter
from xcbulletin.publishing.message import attachment_name, subject
from xcbulletin.settings import MailSettings
from xcbulletin.workshop import Workshop

LETTERS = 5_000
AFRESH = 100
"""Messages built afresh in a round; their time is scaled."""
PDF_SIZE = 800_000
_ISSUE = IssueId("2021-03")
_NOW = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)


def composing(folder: Path, rounds: int) -> None:
    """Measure 5,000 personalised letters with a PDF of 800 kB (goal ≥ 500 letters/s on one core)."""
    with Workshop(workspaces.make(folder / "workspace"), {}) as workshop:
        composed = workshop.compose(_ISSUE)
    edition, mail = composed.edition, composed.material.mail
    letter, pdf = make_letter(edition, composed.material), random.Random(0).randbytes(PDF_SIZE)

    def ours(count: int) -> int:
        body = Body(letter, edition, pdf)
        return sum(
            len(compose(body, mail, to=reader, message_id=_message_id(reader, mail), date=_NOW))
            for reader in _readers(count)
        )

    def afresh(count: int) -> None:
        for reader in _readers(count):
            _afresh(letter, edition, pdf, reader, mail)

    size = ours(1)
    print(f"\n{LETTERS:,} letters of {size / 1000:,.0f} kB with {len(letter.images)} pictures, one core")
    times = [(_seconds(ours, LETTERS), _seconds(afresh, AFRESH)) for _ in range(rounds)]
    fast, slow = (statistics.median(one) for one in zip(*times, strict=True))
    print(f"{'compose':40} {LETTERS / fast:8,.0f} letters/s  (goal ≥ 500)")
    print(f"{f'EmailMessage afresh ({AFRESH} of them)':40} {AFRESH / slow:8,.0f} letters/s")
    print(f"compose / EmailMessage: {(fast / LETTERS) / (slow / AFRESH):.3f}")


def _seconds(work: Callable[[int], object], count: int) -> float:
    started = time.process_time()
    work(count)
    return time.process_time() - started


def _readers(count: int) -> Iterator[tuple[str, str]]:
    return ((f"第{number}位读者", f"reader{number}@example.com") for number in range(count))


def _message_id(reader: tuple[str, str], mail: MailSettings) -> str:
    return message_id(_ISSUE, reader[1], mail.sender)


def _afresh(
    letter: Letter, edition: Edition, pdf: bytes, reader: tuple[str, str], mail: MailSettings
) -> bytes:
    name, address = reader
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = mail.sender, f"{name} <{address}>"
    message["Subject"], message["Date"] = subject(edition), _NOW
    message["Message-ID"] = _message_id(reader, mail)
    message.set_content(letter.text, cte="base64")
    message.add_alternative(letter.html, subtype="html", cte="base64")
    html = message.get_body(("html",))
    assert html is not None
    for cid, picture in letter.images:
        kind, _, subtype = picture.media_type.partition("/")
        html.add_related(picture.content, kind, subtype, cid=f"<{cid}>")
    message.add_attachment(pdf, "application", "pdf", filename=attachment_name(edition.title))
    return message.as_bytes()

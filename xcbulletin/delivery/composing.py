"""Letters composed: what all readers of a kind get is encoded once, and each letter has a head of its own."""

import datetime
import hashlib
from collections.abc import Sequence
from email.utils import parseaddr
from functools import cached_property

from xcbulletin.delivery.mailing import TEST_TOKEN, domain_of
from xcbulletin.model import IssueId
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.head import head, unsubscribe_links
from xcbulletin.publishing.letter import Letter
from xcbulletin.publishing.message import around_pdf, content, encoded, identity, subject
from xcbulletin.settings import MailSettings

_TEST_MARK = "【测试】"
_TEST_DOMAIN = "test."


class Body:
    """What all readers of a variant get: its subject, and its content with everything encoded."""

    def __init__(self, letter: Letter, edition: Edition, pdf: bytes | None) -> None:
        """Take a letter, and the PDF where it is attached: the letter then says so."""
        assert letter.pdf.attached == (pdf is not None)
        self.subject = subject(edition)
        self._has_pdf = pdf is not None
        if pdf is None:
            self._parts: tuple[bytes, bytes, bytes] = (content(letter, edition, None), b"", b"")
        else:
            before, after = around_pdf(letter, edition)
            self._parts = (before, encoded(pdf), after)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the subject and the content, in hexadecimal."""
        digest = hashlib.sha256(f"{self.subject}\n".encode(errors="replace"))
        for part in self._parts:
            digest.update(part)
        return digest.hexdigest()

    @property
    def size(self) -> int:
        """Bytes of the content; a head adds about a thousand."""
        return sum(map(len, self._parts))

    def parts(self, pdf: bytes | None = None) -> Sequence[bytes]:
        """Return the pieces of the content, with `pdf` in the place of the one that all get, where there is one."""
        if pdf is None:
            return self._parts
        assert self._has_pdf
        before, _pdf, after = self._parts
        return before, encoded(pdf), after


def compose(
    body: Body,
    mail: MailSettings,
    *,
    to: tuple[str, str],
    message_id: str,
    date: datetime.datetime,
    test: bool = False,
    pdf: bytes | None = None,
) -> bytes:
    """Return a whole letter: the same arguments give the same bytes, whenever it is composed.

    `to` are the recipient's name and address; `pdf` is the recipient's own copy, where copies are numbered. A letter of `test` says so in its subject, cannot be
    taken for the recipient's by its Message-ID, and unsubscribes nobody. Raises ValueError for what is no address.
    """
    local, _, domain = message_id.strip("<>").rpartition("@")
    headers = head(
        mail,
        to=to,
        subject=(_TEST_MARK if test else "") + body.subject,
        date=date,
        message_id=f"<{local}@{_TEST_DOMAIN if test else ''}{domain}>",
        unsubscribe=unsubscribe_links(mail, TEST_TOKEN if test else local),
    )
    return b"".join((headers, *body.parts(pdf)))


def frozen_digest(body: Body, mail: MailSettings) -> str:
    """Return the SHA-256, in hexadecimal, over all that a variant's letters have in common, their senders too."""
    sender = (mail.sender, mail.reply_to, mail.unsubscribe_url)
    return hashlib.sha256(f"{body.digest}\n{sender}".encode(errors="replace")).hexdigest()


def message_id(issue: IssueId, address: str, sender: str) -> str:
    """Return the Message-ID, in its brackets, of an issue's letter to an address, whatever it gets of the issue.

    `sender` is the address that letters come from, with a name or without.
    """
    return identity(issue, address, domain_of(parseaddr(sender)[1]))

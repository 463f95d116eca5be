"""The words of delivery as values: who receives, what is sent, and what became of each letter."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from xcbulletin.model import IssueId

RECIPIENTS_FILE = "recipients.csv"
TEST_TOKEN = "test"
"""Names every test letter where readers unsubscribe: it is nobody's."""


class PdfChoice(StrEnum):
    """How a recipient gets the PDF."""

    ATTACH = "attach"
    LINK = "link"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """A line of `recipients.csv`, found right."""

    name: str
    address: str | None
    """As written; none for who gets paper only."""
    organisation: str = ""
    role: str = ""
    relation: str = ""
    """How the publisher stands to them: 隶属, 指导."""
    industries: tuple[str, ...] = ()
    """Codes, in the order of `sources/industries.yaml`; empty for the whole issue."""
    pdf: PdfChoice = PdfChoice.ATTACH
    copies: int = 0
    """On paper."""
    lists: tuple[str, ...] = ()
    line: int
    """Of the file, from 1."""


def key_of(address: str) -> str:
    """Return what an address is told from others by: mailboxes of one name in capitals and small are one."""
    return address.lower()


def domain_of(address: str) -> str:
    """Return the domain of an address, in small letters."""
    return address.rpartition("@")[2].lower()


@dataclass(frozen=True, order=True, slots=True)
class Variant:
    """What recipients of one kind all get: it is rendered once."""

    selection: tuple[str, ...]
    """Codes of industries; empty for the whole issue."""
    pdf: PdfChoice


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A letter to be: who gets which variant."""

    address: str
    name: str
    variant: Variant
    copy_number: int | None = None
    """Number printed on this recipient's PDF (份号)."""
    is_empty: bool = False
    """Whether the issue has nothing on the recipient's industries; it is then told, not sent."""


class State(StrEnum):
    """What became of a letter."""

    PREPARED = "prepared"
    CLAIMED = "claimed"
    """A connection works on it; before its last line nothing can have been delivered."""
    DOT = "dot"
    """Its last line may have been sent, and the relay has not answered."""
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"
    """Delivered or not, nobody here knows; it is never sent again by itself."""
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"


class Reason(StrEnum):
    """Why a letter was not delivered, as far as its relay said."""

    UNKNOWN_USER = "unknown-user"
    FREQUENCY = "frequency"
    """Too many, too fast: the relay's or the domain's limit."""
    MAILBOX_FULL = "mailbox-full"
    CONTENT = "content"
    """Taken for spam: the letter is at fault, not who it is for."""
    SIZE = "size"
    TEMPORARY = "temporary"
    POLICY = "policy"
    """Refused for another lasting reason."""
    EMPTY = "empty"
    """The issue has nothing on the recipient's industries."""
    UNSUBSCRIBED = "unsubscribed"
    LOST = "lost"
    """The connection broke."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a relay answered (RFC 5321 §4.2)."""

    code: int
    text: str
    """Decoded, its lines joined by blanks."""
    enhanced: str | None = None
    """Such as 5.1.1 (RFC 3463)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """What a letter's try led to, as it is written into the ledger."""

    state: State
    at: datetime.datetime
    reason: Reason | None = None
    next_at: datetime.datetime | None = None
    """When to try again, where deferred."""
    reply: Reply | None = None
    relay: str = ""
    queue_id: str | None = None
    detail: str = ""
    """In Chinese, for who reads the list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailing:
    """An issue's mailing: its audience and its bytes are frozen."""

    id: int
    issue: IssueId
    revision: int
    """From 1; a corrected text for those who have nothing yet makes the next."""
    prepared: datetime.datetime
    """Which is also the Date of every letter."""
    digests: Mapping[Variant, str]
    """SHA-256 of each variant's content, in hexadecimal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One letter, as the ledger has it."""

    id: int
    address: str
    name: str
    variant: Variant
    message_id: str
    """With its angle brackets."""
    state: State
    attempts: int = 0
    first_at: datetime.datetime | None = None
    """When it was first tried."""
    next_at: datetime.datetime | None = None
    reason: Reason | None = None
    detail: str = ""
    queue_id: str | None = None
    copy_number: int | None = None
    revision: int = 1
    """Of the text that it gets, or got."""
    updated: datetime.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """How much may be sent to a relay or a domain, as it was known at a time."""

    tokens: float
    at: datetime.datetime
    paused_until: datetime.datetime | None = None


class Transport(Protocol):
    """A connection to a relay that takes one letter after another. Not shared between threads."""

    def offer(self, sender: str, address: str, content: bytes) -> None:
        """Give a letter, all but its last line: until then nothing is delivered (RFC 5321 §4.1.1.4).

        Raises RefusedError where the relay says no, LostError where the connection breaks.
        """

    def finish(self) -> Reply:
        """Give the last line, and return what the relay then says: it may be a refusal.

        Raises UnansweredError: nobody knows whether the letter was taken.
        """

    def close(self) -> None:
        """End the connection; a letter offered and not finished is not delivered."""


class RefusedError(Exception):
    """The relay refused a letter before its last line."""

    def __init__(self, reply: Reply, at: str) -> None:
        self.reply, self.at = reply, at
        super().__init__(f"{at}: {reply.code} {reply.text}")


class LostError(Exception):
    """The connection broke before the last line of a letter."""

    def __init__(self, why: str, at: str) -> None:
        self.at = at
        super().__init__(f"{at}: {why}")


class UnansweredError(Exception):
    """The connection broke, or nothing came in time, after the last line of a letter."""

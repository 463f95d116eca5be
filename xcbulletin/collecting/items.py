"""The words of collecting: a document fetched, the entries read in it, what came of it, and what an item is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from xcbulletin.errors import BulletinError


class Outcome(StrEnum):
    """What came of asking a source. `HEALTHY` are those after which there are items."""

    OK = "ok"
    UNCHANGED = "unchanged"
    GAP = "gap"
    """Items were read, but none of a full window was known: some were lost in between."""
    UNDATED = "undated"
    """Items were read, but what should find their dates finds none."""
    NOT_A_FEED = "not-a-feed"
    NO_MATCH = "no-match"
    """The selectors or paths of a page source find nothing."""
    UNREADABLE = "unreadable"
    BLOCKED = "blocked"
    """A wall against robots, by its words or its status."""
    LOGIN = "login"
    EMPTY = "empty"
    TOO_LARGE = "too-large"
    DNS = "dns"
    TLS = "tls"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    PRIVATE_ADDRESS = "private-address"
    REDIRECTS = "redirects"
    """Too many, or to an address that may not be fetched."""
    HTTP = "http"
    """A status of failure that is none of the others."""
    LATER = "later"
    """429 or 503: asked to come back later."""
    GONE = "gone"


HEALTHY = frozenset({Outcome.OK, Outcome.UNCHANGED, Outcome.GAP, Outcome.UNDATED})


class FetchError(BulletinError):
    """A document could not be had; `detail` says why, in Chinese, in one line."""

    def __init__(
        self,
        outcome: Outcome,
        detail: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.outcome, self.detail, self.status = outcome, detail, status
        self.retry_after = retry_after
        """Seconds that the server asked us to wait."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is asked of a server."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    gateway: bool = False
    """Whether the host answers for many sources (RSSHub), so that its word binds one address only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What a server answered with 200, or with 304 (`content` empty)."""

    url: str
    """Where it was found, after all redirects."""
    content: bytes
    """Decompressed."""
    fetched: datetime
    """UTC."""
    status: int = 200
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    """Where the permanent redirects at the start of the chain lead; None without any."""
    cookies: str = ""
    """As a Cookie header for the next step of the same reading."""

    @property
    def unmodified(self) -> bool:
        """Tell whether the server said that nothing has changed."""
        return self.status == 304


Fetch = Callable[[Request], Document]
"""The network: returns what was asked for, or raises FetchError. May be called from several threads."""


class DateSource(StrEnum):
    """Which witness a date comes from."""

    FEED = "feed"
    PAGE = "page"
    URL = "url"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An item as one document gives it; `identity.identified` gives it its `ident`."""

    title: str
    """Plain text, never empty: the first words of the text where the source gives none."""
    url: str | None
    """Absolute, as given."""
    guid: str | None = None
    summary: str = ""
    """HTML of the allow-list."""
    text: str = ""
    """Plain text of the longest content given."""
    published: datetime | None = None
    """UTC; None where no date could be trusted."""
    date_source: DateSource | None = None
    date_text: str | None = None
    """What stood where the date should be, if it could not be read."""
    ident: str = ""
    ident_kind: str = ""
    """guid, url or title."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was read in a document."""

    outcome: Outcome
    entries: tuple[Entry, ...] = ()
    title: str | None = None
    """Of the feed or page."""
    detail: str = ""
    """For a person, in Chinese, in one line: what was wrong, or mended, and where."""


class Status(StrEnum):
    """What editors decided on a story, and so on its items."""

    NEW = "new"
    PICKED = "picked"
    DISMISSED = "dismissed"
    FOLDED = "folded"
    """Of items only: another of their story stands for them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """An industry that an item is about, or may be."""

    code: str
    score: float
    """From 0 to 1; sure from 0.5 on."""
    sure: bool
    reason: str
    """For an editor, in Chinese."""

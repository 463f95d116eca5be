"""The sources followed: `sources/feeds.yaml`, read, checked and added to."""

from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    RSSHUB = "rsshub"
    PAGE = "page"
    JSON = "json"


class Authority(StrEnum):
    """How near a source stands to what it tells of; the nearest leads a story."""

    GOVERNMENT = "government"
    COMPANY = "company"
    ASSOCIATION = "association"
    MEDIA = "media"
    PORTAL = "portal"
    """Takes over what others wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fields:
    """Where the parts of an entry stand: CSS selectors in a page, dotted paths in JSON."""

    items: str
    title: str
    link: str
    date: str | None = None
    summary: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DataStep:
    """How the page of a two-step source names the address of its data."""

    find: str
    """CSS selector of the element that names it."""
    attribute: str
    url: str
    """Address of the data, with {value} for the attribute's value (relative to the page)."""
    fields_kind: SourceKind = SourceKind.JSON


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A feed or page followed."""

    name: str
    kind: SourceKind
    url: str
    """Absolute; for RSSHub base and route joined."""
    key: str
    """What the source is known by in the database: its address or route, however it is named."""
    zone: ZoneInfo = SHANGHAI
    industries: tuple[str, ...] = ()
    """Hints for items that say nothing themselves."""
    column: str | None = None
    authority: Authority = Authority.MEDIA
    fields: Fields | None = None
    data: DataStep | None = None
    evidence: str | None = None
    """Where the address was seen to work, for whoever keeps the list."""
    paused: bool = False
    line: int | None = None
    """In sources/feeds.yaml."""

"""What is new, for feed readers: Atom (RFC 4287) and JSON Feed 1.1."""

import datetime
import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from xcbulletin.archive.addresses import feed as feed_page
from xcbulletin.archive.addresses import relative
from xcbulletin.archive.site.listing import Listed
from xcbulletin.archive.site.site import Site
from xcbulletin.zone import SHANGHAI

MOST = 30
"""Articles in a feed."""
ALL = "all"
"""The feed of everything."""
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/xcbulletin/xcbulletin#feeds")
_NO_DAY = datetime.date(1970, 1, 1)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for, however it is written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedEntry:
    """An article in a feed; the times are RFC 3339."""

    id: str
    title: str
    address: str
    published: str
    updated: str
    summary: str
    author: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A feed as readers get it."""

    id: str
    title: str
    author: str
    updated: str
    home: str
    """The address of the page that it tells of."""
    atom: str | None
    """Its own addresses, where it has some that do not depend on who reads it."""
    json: str | None
    entries: tuple[FeedEntry, ...]


def make_feed(code: str, title: str, page: str, newest: Iterable[Listed], site: Site) -> Feed:
    """Return the feed of an industry, or ALL: `newest` are its articles, the newest first, `page` its page.

    What names an entry is made of the bulletin and the file, so that a better title does not make it new, and no
    other bulletin has the same.
    """
    entries = tuple(_entry(one, code, site) for one in newest)
    return Feed(
        id=_urn(f"feeds/{code}", site),
        title=_text(title),
        author=_text("、".join(site.publishers) or site.title),
        updated=max((one.updated for one in entries), default=_midnight(_NO_DAY)),
        home=_address(page, code, site),
        atom=site.address(feed_page(code, "xml")),
        json=site.address(feed_page(code, "json")),
        entries=entries,
    )


def format_json_feed(feed: Feed) -> bytes:
    """Return a feed as JSON Feed 1.1 has it."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        **({"feed_url": feed.json} if feed.json else {}),
        "language": "zh-CN",
        "authors": [{"name": feed.author}],
        "items": [_item(one) for one in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _item(entry: FeedEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "url": entry.address,
        "title": entry.title,
        "content_text": entry.summary,
        "date_published": entry.published,
        "date_modified": entry.updated,
        "tags": entry.tags,
        **({"authors": [{"name": entry.author}]} if entry.author else {}),
    }


def _entry(one: Listed, code: str, site: Site) -> FeedEntry:
    corrected = max((correction.date for correction in one.article.corrections), default=one.date)
    return FeedEntry(
        id=_urn(one.article.file, site),
        title=_text(one.title),
        address=_address(one.page, code, site),
        published=_midnight(one.date),
        updated=_midnight(max(one.date, corrected)),
        summary=_text(one.gist or one.title),
        author=_text(one.article.author) if one.article.author else None,
        tags=tuple(_text(industry.name) for industry in one.industries),
    )


def _address(page: str, code: str, site: Site) -> str:
    return site.address(page) or relative(page, feed_page(code, "xml"))


def _urn(name: str, site: Site) -> str:
    return uuid.uuid5(_NAMES, f"{site.title}/{name}").urn


def _midnight(day: datetime.date) -> str:
    return datetime.datetime.combine(day, datetime.time(), SHANGHAI).isoformat()


def _text(text: str) -> str:
    return _NOT_XML.sub("", text)

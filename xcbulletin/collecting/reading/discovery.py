"""The feeds of a site, found from any page of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from xcbulletin.collecting.decoding import decode_document
from xcbulletin.collecting.following.sources import Source, SourceKind, address_key
from xcbulletin.collecting.items import Document, Fetch, FetchError, Outcome, Reading, Request
from xcbulletin.collecting.reading.barriers import barrier
from xcbulletin.collecting.reading.feeds import parse_feed
from xcbulletin.collecting.reading.pages import UnreadableError, base_of, parse_html
from xcbulletin.collecting.urls import absolute, host

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
_XML_TYPES = frozenset({"text/xml", "application/xml", "application/json", ""})
"""Types that a feed may have, and other things have too."""
_LIKE_A_FEED = re.compile(r"rss|feed|atom", re.IGNORECASE)
_FEED_ADDRESS = re.compile(
    r"(?:rss|feed|atom)[^/]*\.(?:xml|php|aspx?)$|/(?:rss|feeds?)/.+\.xml$|\.rss$|/(?:rss|feed|atom)/?$",
    re.IGNORECASE,
)
_WELL_KNOWN = (
    "feed/",
    "rss/",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "index.rss",
    "feed.atom",
    "rss/feed.xml",
)
_MOST_TRIED = 6


class Origin(StrEnum):
    """What led to a candidate."""

    SELF = "self"
    LINK = "link"
    ANCHOR = "anchor"
    WELL_KNOWN = "well-known"


ORIGIN_NAMES = {
    Origin.SELF: "这个网址就是",
    Origin.LINK: "页面声明的",
    Origin.ANCHOR: "页面上的链接",
    Origin.WELL_KNOWN: "常见位置",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An address that may be a feed's."""

    url: str
    origin: Origin
    title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A feed that was fetched and read."""

    candidate: Candidate
    document: Document
    reading: Reading


def feed_source(url: str) -> Source:
    """Return a feed that is not in the list, as a source."""
    return Source(name=host(url) or url, kind=SourceKind.FEED, url=url, key=address_key(url))


def find_feeds(document: Document) -> tuple[Candidate, ...]:
    """Return where the feeds of a document's site may be, the likeliest first, those of its own host before others.

    A document that is a feed is the only candidate.
    """
    reading = parse_feed(document, feed_source(document.url))
    if reading.entries:
        return (Candidate(url=document.url, origin=Origin.SELF, title=reading.title),)
    text = decode_document(document).text
    try:
        root = parse_html(text)
    except UnreadableError:
        return tuple(_well_known(document.url))
    base = base_of(root, document.url)
    named = sorted(
        (*_linked(root, base), *_anchored(root, base)),
        key=lambda one: (one.origin is Origin.ANCHOR, host(one.url) != host(document.url)),
    )
    return _once((*named, *_well_known(document.url)))


def _linked(root: HtmlElement, base: str) -> Iterator[Candidate]:
    for link in root.iter("link"):
        words = str(link.get("rel", "")).lower().split()
        if not {"alternate", "feed"} & set(words):
            continue
        kind = str(link.get("type", "")).partition(";")[0].strip().lower()
        url = absolute(base, str(link.get("href", "")))
        if url and _is_feed_link(kind, url, named="feed" in words):
            yield Candidate(url=url, origin=Origin.LINK, title=_title(link.get("title")))


def _is_feed_link(kind: str, url: str, *, named: bool) -> bool:
    if kind in _FEED_TYPES:
        return True
    path = urlsplit(url).path
    return kind in _XML_TYPES and "/wp-json" not in path and (named or bool(_LIKE_A_FEED.search(path)))


def _anchored(root: HtmlElement, base: str) -> Iterator[Candidate]:
    for link in root.iter("a"):
        url = absolute(base, str(link.get("href", "")))
        if url and _FEED_ADDRESS.search(urlsplit(url).path):
            yield Candidate(url=url, origin=Origin.ANCHOR, title=_title(link.text_content()))


def _title(text: object) -> str | None:
    return " ".join(str(text or "").split())[:100] or None


def _well_known(url: str) -> Iterator[Candidate]:
    """Yield the places where feeds usually are: under the page's folder, then at the top of the site."""
    parts = urlsplit(url)
    top = f"{parts.scheme}://{parts.netloc}/"
    folder = top + parts.path.rpartition("/")[0].lstrip("/")
    for base in dict.fromkeys((folder.rstrip("/") + "/", top)):
        for path in _WELL_KNOWN:
            yield Candidate(url=base + path, origin=Origin.WELL_KNOWN)


def _once(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    known: dict[str, Candidate] = {}
    for candidate in candidates:
        known.setdefault(address_key(candidate.url), candidate)
    return tuple(known.values())


def discover(document: Document, fetch: Fetch) -> tuple[Found, ...]:
    """Return the feeds of a fetched document's site that can be read.

    What the page names is tried first, up to six; the usual places only where nothing named can be read and no
    wall stands, and only until the first feed.
    """
    candidates = find_feeds(document)
    if candidates and candidates[0].origin is Origin.SELF:
        reading = parse_feed(document, feed_source(document.url))
        return (Found(candidate=candidates[0], document=document, reading=reading),)
    named = [one for one in candidates if one.origin is not Origin.WELL_KNOWN][:_MOST_TRIED]
    if found := tuple(_read_each(named, fetch)):
        return found
    if _is_wall(document):
        return ()
    usual = (one for one in candidates if one.origin is Origin.WELL_KNOWN)
    first = next(_read_each(usual, fetch), None)
    return (first,) if first else ()


def _is_wall(document: Document) -> bool:
    found = barrier(decode_document(document).text, document.content_type)
    return found is not None and found[0] in (Outcome.BLOCKED, Outcome.LOGIN)


def _read_each(candidates: Iterable[Candidate], fetch: Fetch) -> Iterator[Found]:
    for candidate in candidates:
        try:
            document = fetch(Request(url=candidate.url))
        except FetchError:
            continue
        reading = parse_feed(document, feed_source(candidate.url))
        if reading.entries:
            yield Found(candidate=candidate, document=document, reading=reading)

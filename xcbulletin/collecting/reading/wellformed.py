"""Feeds that are as their specifications have them, read as feedparser reads them, in a tenth of its time.

Only documents of which every element and attribute is known here; what is broken, nested or merely unusual is feedparser's.
RSS 2.0: https://www.rssboard.org/rss-specification; Atom: RFC 4287; RSS 1.0: https://web.resource.org/rss/1.0/spec.
"""

import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lxml import etree

_ATOM_URI, _RSS1_URI = "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/"
_ATOM, _RSS1, _DC = f"{{{_ATOM_URI}}}", f"{{{_RSS1_URI}}}", "{http://purl.org/dc/elements/1.1/}"
_RDF, _TERMS = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://purl.org/dc/terms/}"
_WFW, _MEDIA = "{http://wellformedweb.org/CommentAPI/}", "{http://search.yahoo.com/mrss/}"
_SY, _SLASH = "{http://purl.org/rss/1.0/modules/syndication/}", "{http://purl.org/rss/1.0/modules/slash/}"

_TEXTS = {
    **dict.fromkeys(("title", f"{_RSS1}title", f"{_ATOM}title"), "title"),
    **dict.fromkeys(("pubDate", f"{_ATOM}published", f"{_TERMS}issued"), "published"),
    **dict.fromkeys((f"{_ATOM}updated", f"{_DC}date", f"{_TERMS}modified"), "updated"),
    f"{_TERMS}created": "created",
    "{http://rssnamespace.org/feedburner/ext/1.0}origLink": "feedburner_origlink",
}
"""Elements of plain text, and feedparser's names for what they hold."""
_MARKUP = {
    **dict.fromkeys(("description", f"{_RSS1}description"), ("summary_detail", "html")),
    "{http://purl.org/rss/1.0/modules/content/}encoded": ("content", "html"),
    f"{_ATOM}summary": ("summary_detail", "text"),
    f"{_ATOM}content": ("content", "text"),
}
"""Elements of HTML or text, and which of the two where they do not say."""
_LINKS = frozenset({"link", f"{_RSS1}link", f"{_ATOM}link"})
_IDS = frozenset({"guid", f"{_ATOM}id"})
_ONCE = frozenset({"title", "summary_detail", "content"})
"""Of several feedparser makes a choice."""


def _names(namespace: str, names: str) -> frozenset[str]:
    return frozenset(f"{namespace}{name}" for name in names.split())


_UNREAD = (
    _names("", "author category comments enclosure source")
    | _names(_ATOM, "author category contributor rights")
    | _names(_DC, "creator publisher subject rights language type format identifier")
    | _names(_WFW, "comment commentRss")
    | _names(_MEDIA, "content thumbnail")
    | _names(_SLASH, "comments")
)
"""What an item says besides, and a feed in the next table: of no use to us."""
_UNREAD_OF_FEED = (
    _names("", "language copyright managingEditor webMaster lastBuildDate")
    | _names("", "category generator docs ttl image")
    | _names(_ATOM, "author category contributor rights subtitle generator logo icon")
    | _names(_RSS1, "items image")
    | _names(_DC, "creator publisher subject rights language date")
    | _names(_SY, "updatePeriod updateFrequency updateBase")
)
_WITHIN = (
    _names("", "url title link width height")
    | _names(_RSS1, "url title link")
    | _names(_ATOM, "name uri email")
    | _names(_RDF, "Seq li")
)
"""What stands within an image, an author, a table of contents."""

_ABOUT = f"{_RDF}about"
_EVERYWHERE = frozenset({"{http://www.w3.org/XML/1998/namespace}lang"})
_OF_A_LINK = frozenset({"rel", "type", "href", "title", "hreflang", "length"})
_TYPES = {kind: kind for kind in ("text/plain", "text/html")} | {"text": "text/plain", "html": "text/html"}
_PAGES = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml"})

_BEYOND_LATIN = re.compile("[^\x00-\xff]")
_CONTROL = re.compile("[\x80-\x9f]")
_FALSE_ENTITY = re.compile(r"&\w+;")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)/+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """What a feed says, under the names that feedparser gives it."""

    feed: dict[str, Any]
    entries: list[dict[str, Any]]


class _UnusualError(Exception):
    """This document is for feedparser."""


def parse(text: str) -> Feed | None:
    """Return the feed in XML that begins with its root; None where it is not for this reader. Never raises."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return _feed(etree.fromstring(text.encode(), parser))
    except (etree.LxmlError, ValueError, _UnusualError):
        return None


def _feed(root: Any) -> Feed:
    children, item = _children(root)
    about = _read((one for one in children if one.tag != item), _UNREAD_OF_FEED, {})
    return Feed(feed=about, entries=[_entry(one) for one in children if one.tag == item])


def _children(root: Any) -> tuple[list[Any], str]:
    """Return what is said of the feed, the items among it, and the items' name."""
    if root.tag == f"{_ATOM}feed" and _RSS1_URI not in root.nsmap.values():
        _allow(root)
        return list(root), f"{_ATOM}entry"
    if root.tag == "rss" and [one.tag for one in root] == ["channel"]:
        _allow(root, {"version"})
        _allow(root[0])
        return list(root[0]), "item"
    if root.tag == f"{_RDF}RDF" and len(root) and root[0].tag == f"{_RSS1}channel":
        _allow(root)
        _allow(root[0], {_ABOUT})
        return [*root[0], *root[1:]], f"{_RSS1}item"
    raise _UnusualError


def _entry(item: Any) -> dict[str, Any]:
    _allow(item, {_ABOUT})
    about = item.get(_ABOUT)
    return _read(item, _UNREAD, {"id": about} if about else {})


def _read(elements: Iterable[Any], unread: frozenset[str], found: dict[str, Any]) -> dict[str, Any]:
    """Return what the elements say, and before them `found`; where several say the same, the last one."""
    for element in elements:
        tag = element.tag
        if name := _TEXTS.get(tag):
            _add(found, name, _typed(element, "text")[1] if tag == f"{_ATOM}title" else _text(element))
        elif given := _MARKUP.get(tag):
            _add_markup(found, element, *given)
        elif tag in _LINKS:
            _add_link(found, element)
        elif tag in _IDS:
            _add_id(found, element)
        elif tag not in unread or any(one.tag not in _WITHIN for one in element.iterdescendants()):
            raise _UnusualError
    return found


def _add(found: dict[str, Any], name: str, value: Any) -> None:
    if name in _ONCE and name in found:
        raise _UnusualError
    found[name] = value


def _add_markup(found: dict[str, Any], element: Any, name: str, usual: str) -> None:
    if element.tag.startswith(_ATOM):
        kind, text = _typed(element, usual)
        if element.getparent().tag != f"{_ATOM}entry":  # in RSS, feedparser guesses whether a text is HTML
            raise _UnusualError
    else:
        kind, text = _TYPES[usual], _text(element)
    value = {"type": kind, "value": text}
    _add(found, name, [value] if name == "content" else value)


def _add_link(found: dict[str, Any], element: Any) -> None:
    if not element.attrib:
        found["link"] = _address(_text(element))
        return
    _allow(element, _OF_A_LINK)
    if len(element) or not element.get("href"):
        raise _UnusualError
    if (
        element.get("rel", "alternate").lower() == "alternate"
        and element.get("type", "html").lower() in _PAGES
    ):
        found["link"] = _address(element.get("href"))


def _add_id(found: dict[str, Any], element: Any) -> None:
    """Add an identifier, which is the address too where it does not say that it is none, and there is no other."""
    value = _text(element, {"isPermaLink"})
    if element.get("isPermaLink", "true") == "true":
        value = _address(value)
        found.setdefault("link", value)
    found["id"] = value


def _text(element: Any, attributes: Collection[str] = ()) -> str:
    """Return the text of an element that has nothing else, UTF-8 once taken for Latin-1 set right."""
    _allow(element, attributes)
    if len(element):
        raise _UnusualError
    text: str = (element.text or "").strip()
    if text.isascii():
        return text
    if not _BEYOND_LATIN.search(text):
        with suppress(UnicodeError):
            text = text.encode("latin-1").decode()
    if _CONTROL.search(text):
        raise _UnusualError
    return text


def _typed(element: Any, usual: str) -> tuple[str, str]:
    """Return what an Atom element says its text is, and the text."""
    kind = _TYPES.get(element.get("type", usual).lower())
    if kind is None:
        raise _UnusualError
    return kind, _text(element, {"type"})


def _address(text: str) -> str:
    if _FALSE_ENTITY.search(text):
        raise _UnusualError
    return _SLASHES.sub(r"\1", text)


def _allow(element: Any, attributes: Collection[str] = ()) -> None:
    names = element.keys()
    if names and any(name not in attributes and name not in _EVERYWHERE for name in names):
        raise _UnusualError

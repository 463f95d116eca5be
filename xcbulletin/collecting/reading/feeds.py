"""Feeds read: RSS 0.9x to 2.0, RDF, Atom and JSON Feed, however sloppily written.

feedparser reads the XML; what it does worst is done here: encodings (`decoding`), dates (`dates`), cleaning
(`cleaning`), what is no feed at all (`barriers`), and bounds on what a hostile or runaway feed may cost.
JSON Feed: https://www.jsonfeed.org/version/1.1/.
"""

import io
import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape, unescape
from html.entities import name2codepoint
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
from lxml import etree

from xcbulletin.collecting.decoding import damaged, decode_document, legal
from xcbulletin.collecting.following.sources import Source
from xcbulletin.collecting.items import DateSource, Document, Entry, Outcome, Reading
from xcbulletin.collecting.reading import wellformed
from xcbulletin.collecting.reading.barriers import barrier, file_kind, is_cut_short, is_html, page_title
from xcbulletin.collecting.reading.cleaning import ForeignHtml, visible
from xcbulletin.collecting.reading.dates import dated, parse_date
from xcbulletin.collecting.reading.identity import identified
from xcbulletin.collecting.reading.newest import newest
from xcbulletin.collecting.urls import absolute

ITEMS_LIMIT = 1_000
"""Items read of one document, the newest."""
TITLE_LIMIT = 300
"""Characters of a title."""
_FIRST_WORDS = 40

_log = logging.getLogger(__name__)

_CDATA = "<![CDATA["
_OPAQUE = re.compile(r"<!--|<!\[CDATA\[")
"""What opens a part that is not markup."""
_BARE = re.compile(r"&(?!#?\w{1,30};)")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|(\d{1,8}));")
_BAD_MARKUP = re.compile(r"<[^<>\ufffd]*\ufffd[^<>]*>")
_XML_ENTITIES = frozenset({"lt", "gt", "amp", "quot", "apos"})
_ITEM = re.compile(r"<(?:[\w-]+:)?(item|entry)(?=[\s>])", re.IGNORECASE)
_OPEN_TAG = re.compile(r"<([\w:-]+)[^<>]*>\s*$")
_ROOT = re.compile(r"<((?:[\w-]+:)?(?:rss|feed|RDF))\b", re.IGNORECASE)
_DATE_ELEMENT = re.compile(
    r"<(?:[\w-]+:)?(?:pubDate|published|updated|date|issued)\b[^>]*>(.*?)</", re.IGNORECASE | re.DOTALL
)
_TITLE_TAGS = re.compile(
    r"</?(?:a|abbr|b|big|br|code|del|div|em|font|h\d|i|img|ins|mark|p|q|s|small|span|strong|sub|sup|u)\b[^<>]*>",
    re.IGNORECASE,
)
_TITLE_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_SENTENCE = re.compile(r"[^。！？!?\n]{2,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Item:
    """What a feed says of an item, as it says it."""

    title: str
    links: tuple[str | None, ...]
    """The best first."""
    base: str
    """Of its links."""
    text_base: str | None
    """Of the links in its text, where the source says so; else they are relative to its address."""
    guid: str | None
    summary: str
    contents: tuple[str, ...]
    dates: tuple[str | None, ...]


def parse_feed(document: Document, source: Source) -> Reading:
    """Read a feed. Whatever the document holds, it comes back as an outcome with a name. Never raises."""
    if kind := file_kind(document.content):
        return Reading(outcome=Outcome.NOT_A_FEED, detail=f"得到的是{kind}，不是订阅源")
    decoded = decode_document(document)
    if found := barrier(decoded.text, document.content_type):
        return Reading(outcome=found[0], detail=found[1])
    if decoded.text.lstrip().startswith("{"):
        reading = _json_feed(decoded.text, document, source)
    elif is_html(decoded.text):
        reading = _page_instead(decoded.text)
    else:
        reading = _xml_feed(decoded.text, document, source)
    if reading.outcome is Outcome.NOT_A_FEED:  # whatever it is, its encoding is not what keeps us from it
        return reading
    return replace(reading, detail=_sentence(decoded.detail, reading.detail))


def _page_instead(text: str) -> Reading:
    title = page_title(text)[:40]
    named = f"（“{title}”）" if title else ""
    return Reading(outcome=Outcome.NOT_A_FEED, detail=f"得到的是网页，不是订阅源{named}")


def _sentence(*notes: str) -> str:
    return "；".join(filter(None, notes))


# XML


def _xml_feed(text: str, document: Document, source: Source) -> Reading:
    text = _uncommented(text)
    root = _ROOT.search(text)
    if root is None and not _ITEM.search(text):
        return Reading(outcome=Outcome.NOT_A_FEED, detail="不是 RSS、Atom 或 JSON Feed")
    text, note = _bounded(_mended(text), document, source)
    parsed, mended = _parsed(text)
    if parsed is None:
        return Reading(outcome=Outcome.UNREADABLE, detail=_sentence(note, "XML 损坏，读不出条目"))
    base = absolute(document.url, _string(parsed.feed, "link")) or document.url
    items = (_xml_item(each, base) for each in parsed.entries)
    return _reading(items, _title(_string(parsed.feed, "title")), source, document, (note, mended))


def _uncommented(text: str) -> str:
    """Return XML without its comments, which may hold items that were taken out; one without end stays."""
    pieces, start = [], 0
    while found := _OPAQUE.search(text, start):
        closing = "-->" if found[0] == "<!--" else "]]>"
        end = text.find(closing, found.end())
        if end < 0:
            break
        kept = found.start() if found[0] == "<!--" else end + len(closing)
        pieces.append(text[start:kept])
        start = end + len(closing)
    return "".join((*pieces, text[start:]))


def _mended(text: str) -> str:
    """Return XML from its root on, without what no feed needs.

    What stands before the root goes: junk, and document types with entities to expand or to fetch (XXE, billion
    laughs). HTML's named entities, which XML does not know, become references.
    """
    start = _ROOT.search(text) or _ITEM.search(text)
    text = _BAD_MARKUP.sub(
        lambda match: match[0].replace("\ufffd", ""), text[start.start() :] if start else text
    )
    first, *sections = text.split(_CDATA)
    pieces = [_escaped(first)]
    for section in sections:
        inside, end, after = section.partition("]]>")
        pieces.append(inside + end + _escaped(after))
    return _CDATA.join(pieces)


def _escaped(piece: str) -> str:
    """Escape what is no entity of XML."""
    return _BARE.sub("&amp;", _REFERENCE.sub(_reference, _ENTITY.sub(_entity, piece)))


def _entity(match: re.Match[str]) -> str:
    name = match[1]
    if name in _XML_ENTITIES:
        return match[0]
    return f"&#{name2codepoint[name]};" if name in name2codepoint else f"&amp;{name};"


def _reference(match: re.Match[str]) -> str:
    """Drop references to characters that XML forbids."""
    code = int(match[1], 16) if match[1] else int(match[2])
    allowed = (
        code in (9, 10, 13)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )
    return match[0] if allowed else ""


def _bounded(text: str, document: Document, source: Source) -> tuple[str, str]:
    """Cut a feed to as many items as are read, at the end where the older ones are."""
    starts = [match.start() for match in _ITEM.finditer(text)]
    if len(starts) <= ITEMS_LIMIT:
        return text, ""
    note = f"共 {len(starts)} 条，只读最新的 {ITEMS_LIMIT} 条"

    def published(start: int) -> datetime | None:
        return _item_date(text[start : start + 20_000], document, source.zone)

    if newest(starts, ITEMS_LIMIT, published)[0] > starts[0]:
        return text[: starts[0]] + text[starts[-ITEMS_LIMIT] :], note
    root = _ROOT.search(text)
    closing = f"</{root[1]}>" if root else ""
    channel = (
        "</channel>" if "<channel" in text[: starts[0]] and "</channel>" not in text[: starts[0]] else ""
    )
    return text[: starts[ITEMS_LIMIT]] + channel + closing, note


def _item_date(item: str, document: Document, zone: ZoneInfo) -> datetime | None:
    found = _DATE_ELEMENT.search(item)
    return (
        parse_date(found[1].replace("<![CDATA[", "").replace("]]>", ""), zone, document.fetched)
        if found
        else None
    )


def _parsed(text: str) -> tuple[Any, str]:
    """Return what feedparser reads, after a repair if that reads more; None where it is beyond repair."""
    items = len(_ITEM.findall(text))
    plain = wellformed.parse(text)
    if plain is not None and len(plain.entries) == items:
        return plain, ""
    parsed = _feedparser(text)
    if parsed is not None and len(parsed.entries) >= items:
        return parsed, ""
    again = _feedparser(_repaired(text))
    if again is not None and (parsed is None or len(again.entries) > len(parsed.entries)):
        return again, "XML 有误，已修补"
    return parsed if parsed is not None and parsed.entries else None, ""


def _feedparser(text: str) -> Any:
    content = f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode("utf-8", "replace")
    try:
        return feedparser.parse(
            io.BytesIO(content),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:
        # It is given anything that the Web holds, and not every fault of its own is caught there.
        _log.exception("feedparser failed")
        return None


def _repaired(text: str) -> str:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(_mended(_with_closed_cdata(text)).encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return text
    return etree.tostring(root, encoding="unicode") if root is not None else text


def _with_closed_cdata(text: str) -> str:
    """Close each CDATA section that runs into the next one, where its element ends."""
    first, *sections = text.split(_CDATA)
    whole = [first]
    for section in sections:
        opened = _OPEN_TAG.search(whole[-1][-200:])
        end = section.find(f"</{opened[1]}>") if opened and "]]>" not in section else -1
        whole.append(section if end < 0 else f"{section[:end]}]]>{section[end:]}")
    return _CDATA.join(whole)


def _xml_item(entry: Any, base: str) -> _Item:
    contents = [each for each in dict.get(entry, "content") or () if isinstance(each, Mapping)]
    details = [*contents, dict.get(entry, "summary_detail"), dict.get(entry, "title_detail")]
    bases = (each.get("base") for each in details if isinstance(each, Mapping))
    own = next((found for each in bases if each and (found := absolute(base, each))), None)
    guid = _string(entry, "id") or None
    return _Item(
        title=_title(_string(entry, "title")),
        links=(_string(entry, "feedburner_origlink"), _string(entry, "link"), *_permalinks(guid)),
        base=own or base,
        text_base=own,
        guid=guid,
        summary=_content(dict.get(entry, "summary_detail") or {}),
        contents=tuple(_content(each) for each in contents),
        dates=tuple(_string(entry, key) for key in ("published", "updated", "created", "date")),
    )


def _content(content: Mapping[str, Any]) -> str:
    value = content.get("value")
    text = value if isinstance(value, str) else ""
    return escape(text, quote=False) if content.get("type") == "text/plain" else text


def _permalinks(guid: str | None) -> Iterator[str]:
    if guid and guid.startswith(("http://", "https://")):
        yield guid


def _string(entry: dict[str, Any], key: str) -> str:
    """Return a text that feedparser found, without its magic for names that are near."""
    value = dict.get(entry, key)
    return value.strip() if isinstance(value, str) else ""


# JSON


def _json_feed(text: str, document: Document, source: Source) -> Reading:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        why = "JSON 不完整，传到一半就断了" if is_cut_short(text) else "JSON 损坏，读不出内容"
        return Reading(outcome=Outcome.UNREADABLE, detail=why)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return Reading(
            outcome=Outcome.NOT_A_FEED, detail="得到的是 JSON 数据，不是 JSON Feed；可改用 json 类来源"
        )
    items = [item for item in feed["items"] if isinstance(item, dict)]
    note = f"共 {len(items)} 条，只读最新的 {ITEMS_LIMIT} 条" if len(items) > ITEMS_LIMIT else ""
    base = absolute(document.url, _text(feed, "home_page_url")) or document.url

    def published(item: Mapping[str, Any]) -> datetime | None:
        dates = _json_item(item, base).dates
        return dated(dates, None, source.zone, document.fetched, DateSource.FEED).published

    found = (_json_item(item, base) for item in newest(items, ITEMS_LIMIT, published))
    return _reading(found, _title(_text(feed, "title")), source, document, (note,))


def _json_item(item: Mapping[str, Any], base: str) -> _Item:
    guid = _text(item, "id") or None
    plain = "".join(
        f"<p>{escape(line, quote=False)}</p>"
        for line in _text(item, "content_text").splitlines()
        if line.strip()
    )
    return _Item(
        title=_title(_text(item, "title")),
        links=(_text(item, "url"), _text(item, "external_url"), *_permalinks(guid)),
        base=base,
        text_base=None,
        guid=guid,
        summary=escape(_text(item, "summary"), quote=False),
        contents=(_text(item, "content_html"), plain),
        dates=(_text(item, "date_published"), _text(item, "date_modified")),
    )


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    return (
        legal(str(value)).strip()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
        else ""
    )


# both


def _reading(
    items: Iterable[_Item], title: str, source: Source, document: Document, notes: tuple[str, ...]
) -> Reading:
    found = [_entry(item, source, document) for item in items]
    entries = identified([entry for entry, _ in found if entry])
    detail = _sentence(*notes, *_notes(found))
    if not found:
        return Reading(
            outcome=Outcome.EMPTY,
            title=title or None,
            detail=_sentence(detail, "订阅源有效，但没有条目，可能是它的上游失效"),
        )
    if not entries:
        return Reading(
            outcome=Outcome.UNREADABLE, title=title or None, detail=_sentence(detail, "条目都没有标题和正文")
        )
    return Reading(outcome=Outcome.OK, entries=entries, title=title or None, detail=detail)


def _entry(item: _Item, source: Source, document: Document) -> tuple[Entry | None, bool]:
    """Return the entry, and whether its address tells another day than its date."""
    pieces = {html: ForeignHtml(html) for html in (item.summary, *item.contents)}
    text = max((piece.text() for piece in pieces.values()), key=len)
    title = item.title or _first_words(text)
    if not title:
        return None, False
    url = next((found for link in item.links if link and (found := absolute(item.base, link))), None)
    date = dated(item.dates, url, source.zone, document.fetched, DateSource.FEED)
    summary = item.summary or next(filter(None, item.contents), "")
    entry = Entry(
        title=title,
        url=url,
        guid=item.guid,
        summary=pieces[summary].shown(item.text_base or url or item.base),
        text=text,
        published=date.published,
        date_source=date.source,
        date_text=date.unread,
    )
    return entry, date.apart


def _notes(found: list[tuple[Entry | None, bool]]) -> Iterator[str]:
    entries = [entry for entry, _ in found if entry]
    if empty := len(found) - len(entries):
        yield f"{empty} 条没有标题和正文，已略去" if entries else ""
    yield damaged(entry.title for entry in entries)
    if unread := [entry.date_text for entry in entries if entry.date_text]:
        yield f"{len(unread)} 条的日期读不出（如“{unread[0][:30]}”）"
    if apart := sum(apart for _, apart in found):
        yield f"{apart} 条的日期与网址中的日期相差两天以上"


def _title(written: str) -> str:
    """Return a title as plain text: without tags, escapes undone (twice, as some escape twice)."""
    written = written[: 10 * TITLE_LIMIT]
    for _ in range(2 if "<" in written or "&" in written else 0):
        written = unescape(_TITLE_TAGS.sub("", _TITLE_SCRIPT.sub("", written)))
    return " ".join(visible(written).split())[:TITLE_LIMIT]


def _first_words(text: str) -> str:
    found = _SENTENCE.search(text)
    words = (found[0] if found else text).strip()
    return words if len(words) <= _FIRST_WORDS else f"{words[:_FIRST_WORDS]}…"

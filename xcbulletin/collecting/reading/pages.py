"""Sources without a feed: a list in a page by CSS selectors, or in JSON by paths; where need be in two steps.

The second form of a list page names in an attribute the address that its own script fetches the list from.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring

from xcbulletin.collecting.decoding import damaged, decode_document
from xcbulletin.collecting.following.selectors import filled, parse_path, parse_selector, placeholders
from xcbulletin.collecting.following.sources import DataStep, Fields, Source, SourceKind
from xcbulletin.collecting.items import DateSource, Document, Entry, Outcome, Reading, Request
from xcbulletin.collecting.reading.barriers import barrier, file_kind, is_cut_short
from xcbulletin.collecting.reading.cleaning import clean, plain_text, visible
from xcbulletin.collecting.reading.dates import Dated, dated
from xcbulletin.collecting.reading.identity import identified
from xcbulletin.collecting.reading.newest import newest
from xcbulletin.collecting.urls import absolute

T = TypeVar("T")

_LONGEST_ATTRIBUTE = 20_000
ITEMS_LIMIT = 200
"""Items read of one list, the newest: some lists hold all that a ministry ever published."""
_LONGEST_TITLE = 300
_PAIR = re.compile(
    r"""(?P<mark>['"])(?P<key>[^'"]+)(?P=mark)\s*:\s*"""
    r"""(?:(?P<quote>['"])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)|(?P<bare>[\w.+-]+))""",
    re.DOTALL,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """What was found of one item, as it stands."""

    title: str
    link: str
    date: str
    summary: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Listing:
    """The items of a document."""

    base: str
    parts: tuple[_Part, ...]
    total: int
    """Items that there are; no more than `ITEMS_LIMIT` are read."""
    title: str | None = None


class UnreadableError(Exception):
    """A list cannot be got at; its text says why, in Chinese."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome, self.detail = outcome, detail


def read_page(document: Document, source: Source) -> Reading:
    """Return the entries of a page or JSON source; for a two-step source those of its data."""
    decoded = decode_document(document)
    text = decoded.text
    try:
        reading = _reading(_listing(text, document, source), document, source)
    except UnreadableError as error:
        reading = Reading(outcome=error.outcome, detail=error.detail)
    if reading.entries:
        return replace(reading, detail="；".join(filter(None, (decoded.detail, reading.detail))))
    if kind := file_kind(document.content):
        return Reading(outcome=Outcome.UNREADABLE, detail=f"得到的是{kind}，不是网页或数据")
    if wall := barrier(text, document.content_type):
        return Reading(outcome=wall[0], detail=wall[1])
    if source.data and _is_first_page(text, document, source):
        return Reading(outcome=Outcome.NO_MATCH, detail=_missing_data(text, document, source.data))
    return reading


def _listing(text: str, document: Document, source: Source) -> _Listing:
    fields = source.fields
    assert fields is not None
    kind = source.data.kind if source.data else source.kind
    if fields.html is not None:
        return _from_html(_html_inside(_json(text), fields.html), fields, document, source)
    if kind is SourceKind.JSON:
        return _from_json(_json(text), fields, document, source)
    return _from_html(text, fields, document, source)


def _newest_parts(
    items: Sequence[T], part_of: Callable[[T], _Part], base: str, document: Document, source: Source
) -> tuple[_Part, ...]:
    def published(item: T) -> datetime | None:
        return _date(part := part_of(item), _url(part, base), document, source).published

    return tuple(map(part_of, newest(items, ITEMS_LIMIT, published)))


def _url(part: _Part, base: str) -> str | None:
    return absolute(base, part.link) if part.link else None


def _date(part: _Part, url: str | None, document: Document, source: Source) -> Dated:
    return dated((part.date,), url, source.zone, document.fetched, DateSource.PAGE)


# HTML


def _from_html(text: str, fields: Fields, document: Document, source: Source) -> _Listing:
    root = parse_html(text)
    base = base_of(root, document.url)
    items = parse_selector(fields.items).find(root)
    parts = _newest_parts(items, lambda item: _part_of_element(item, base, fields), base, document, source)
    title = " ".join((root.findtext(".//title") or "").split()) or None
    return _Listing(base=base, parts=parts, total=len(items), title=title)


def parse_html(text: str) -> HtmlElement:
    """Return the root of a page, however broken. Raises UnreadableError where there is none."""
    content = text.encode("utf-8", "replace").replace(b"\0", b"")
    try:
        return document_fromstring(content, parser=HTMLParser(encoding="utf-8", recover=True))
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableError(Outcome.UNREADABLE, "不是能读的网页") from error


def base_of(root: HtmlElement, url: str) -> str:
    """Return what the links of a page found at `url` are relative to."""
    href = next((one.get("href", "") for one in root.iter("base") if one.get("href")), "")
    return absolute(url, href) or url


def _part_of_element(item: HtmlElement, base: str, fields: Fields) -> _Part:
    anchor = _anchor(item, fields.link)
    link = fields.link
    return _Part(
        title=_title_of(anchor, item) if fields.title is None else parse_selector(fields.title).value(item),
        link=parse_selector(link).value(item) if link and "@" in link else _href(anchor),
        date=parse_selector(fields.date).value(item) if fields.date else "",
        summary=_inner_html(item, fields.summary, base) if fields.summary else "",
    )


def _anchor(item: HtmlElement, link: str | None) -> HtmlElement | None:
    """Return the element that leads to the article: what the selector finds, or a link within it or around it."""
    for one in parse_selector(link).find(item) if link else [item]:
        for near in (one, *one.iterfind(".//a"), *one.iterancestors("a")):
            if near.get("href"):
                return near
    return None


def _href(anchor: HtmlElement | None) -> str:
    return "" if anchor is None else str(anchor.get("href", "")).strip()


def _title_of(anchor: HtmlElement | None, item: HtmlElement) -> str:
    """Return a link's text, or its title attribute where the text is missing or is that cut short."""
    shown = " ".join((item if anchor is None else anchor).text_content().split())
    whole = "" if anchor is None else " ".join(str(anchor.get("title", "")).split())
    return whole if whole.startswith(shown.rstrip(".…· ")) else shown


def _inner_html(item: HtmlElement, selector: str, base: str) -> str:
    parsed = parse_selector(selector)
    if parsed.attribute:
        return clean(parsed.value(item), base)
    found = parsed.find(item)
    return clean(tostring(found[0], encoding="unicode", with_tail=False), base) if found else ""


# JSON


def _json(text: str) -> Any:
    body = text.strip().removeprefix("\ufeff")
    if match := re.fullmatch(r"[\w.$]+\s*\((.*)\)\s*;?", body, re.DOTALL):  # JSONP
        body = match[1]
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(Outcome.UNREADABLE, _not_json(body)) from error


def _not_json(body: str) -> str:
    if is_cut_short(body):
        return f"JSON 不完整，到“{' '.join(body[-60:].split())[-30:]}”就断了"
    return f"不是 JSON，开头是“{' '.join(body[:60].split())[:30]}”"


def _html_inside(data: Any, path: str) -> str:
    found = [value for value in parse_path(path).find(data) if isinstance(value, str) and value.strip()]
    if not found:
        raise UnreadableError(Outcome.NO_MATCH, f"html“{path}”在 JSON 里没有找到网页内容")
    return found[0]


def _from_json(data: Any, fields: Fields, document: Document, source: Source) -> _Listing:
    url = document.url
    found = parse_path(fields.items).find(data)
    if len(found) == 1 and found[0] in (None, "", [], {}):
        raise UnreadableError(Outcome.EMPTY, f"items“{fields.items}”在，但里面是空的")
    if len(found) == 1 and isinstance(found[0], list):
        found = found[0]
    parts = _newest_parts(found, lambda item: _part_of_value(item, url, fields), url, document, source)
    return _Listing(base=url, parts=parts, total=len(found))


def _part_of_value(item: Any, base: str, fields: Fields) -> _Part:
    def value(path: str | None) -> str:
        return _first_text(item, path) if path else ""

    link = fields.link or ""
    return _Part(
        title=" ".join(plain_text(value(fields.title)).split()),
        link=(filled(link, value) or "") if "{" in link else value(link),
        date=value(fields.date),
        summary=clean(value(fields.summary), base) if fields.summary else "",
    )


def _first_text(item: Any, path: str) -> str:
    texts = map(_as_text, parse_path(path).find(item))
    return next((text for text in texts if text), "")


def _as_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        # What JSON can escape and no database can store: lone surrogates, and NUL.
        return str(value).encode("utf-8", "replace").decode().replace("\0", "").strip()
    except ValueError:  # a number of more digits than Python will write
        return ""


# Entries


def _reading(listing: _Listing, document: Document, source: Source) -> Reading:
    fields = source.fields
    assert fields is not None
    found = [_entry(part, listing.base, document, source) for part in listing.parts]
    entries = tuple(entry for entry, _ in found if entry is not None)
    if not entries:
        return Reading(outcome=Outcome.NO_MATCH, detail=_what_is_missing(listing, fields))
    remarks = _remarks(listing, entries, fields)
    if apart := sum(apart for _, apart in found):
        remarks.append(f"{apart} 条的日期与网址中的日期相差两天以上")
    return Reading(
        outcome=Outcome.UNDATED if _is_undated(entries, fields) else Outcome.OK,
        entries=identified(entries),
        title=listing.title,
        detail="；".join(remarks),
    )


def _is_undated(entries: Sequence[Entry], fields: Fields) -> bool:
    return bool(fields.date) and not any(entry.date_source is DateSource.PAGE for entry in entries)


def _entry(part: _Part, base: str, document: Document, source: Source) -> tuple[Entry | None, bool]:
    """Return the entry, and whether its address tells another day than its date."""
    url = _url(part, base)
    title = " ".join(visible(part.title).split())
    if not title or url is None:
        return None, False
    when = _date(part, url, document, source)
    entry = Entry(
        title=title[:_LONGEST_TITLE],
        url=url,
        summary=part.summary,
        text=plain_text(part.summary),
        published=when.published,
        date_source=when.source,
        date_text=when.unread,
    )
    return entry, when.apart


def _what_is_missing(listing: _Listing, fields: Fields) -> str:
    if not listing.parts:
        return f"items“{fields.items}”一条也没有找到"
    reasons = "，".join(_gaps(listing, fields))
    return f"items“{fields.items}”找到 {len(listing.parts)} 条，但都不能用：{reasons}"


def _gaps(listing: _Listing, fields: Fields) -> list[str]:
    untitled = [part for part in listing.parts if not part.title]
    titled = [part for part in listing.parts if part.title]
    unlinked = [part for part in titled if not part.link or absolute(listing.base, part.link) is None]
    return [
        f"{len(without)} 条没有{what}（{key}{f'“{selector}”' if selector else ''}）"
        for without, what, key, selector in (
            (untitled, "标题", "title", fields.title),
            (unlinked, "可用的网址", "link", fields.link),
        )
        if without
    ]


def _remarks(listing: _Listing, entries: Sequence[Entry], fields: Fields) -> list[str]:
    remarks = []
    if listing.total > len(listing.parts):
        remarks.append(f"有 {listing.total} 条，只读最新的 {len(listing.parts)} 条")
    if gaps := _gaps(listing, fields):
        remarks.append(f"{len(listing.parts)} 条里{'，'.join(gaps)}，略去")
    if fields.date and not any(part.date for part in listing.parts):
        remarks.append(f"date“{fields.date}”都没有找到")
    if damage := damaged(entry.title for entry in entries):
        remarks.append(damage)
    if unread := [entry.date_text for entry in entries if entry.date_text]:
        remarks.append(f"{len(unread)} 条的日期读不出（如“{unread[0][:30]}”）")
    return remarks


# The first of two steps


def data_request(document: Document, source: Source) -> Request | None:
    """Return what asks for the data of a two-step source; None where its page does not name it."""
    if source.data is None:
        return None
    text = decode_document(document).text
    url = _data_url(text, document, source.data)
    if url is None:
        return None
    headers = {"Referer": document.url, **({"Cookie": document.cookies} if document.cookies else {})}
    return Request(url=url, headers=headers)


def _data_url(text: str, document: Document, step: DataStep) -> str | None:
    try:
        root = parse_html(text)
    except UnreadableError:
        return None
    for element in parse_selector(step.find).find(root):
        url = filled(step.url, partial(_attribute, element, after=step.after))
        if url is not None:
            return absolute(base_of(root, document.url), url)
    return None


def _attribute(element: HtmlElement, name: str, after: str | None) -> str:
    value = str(element.get(name.lower(), "")).strip()
    if value.startswith("{"):
        return _as_query(value)
    return value.rpartition(after)[2].strip() if after else value


def _as_query(value: str) -> str:
    """Return a flat object as pages write it into an attribute, `{'a':'1'}` or JSON, as a query."""
    pairs = [
        (match["key"], re.sub(r"\\(.)", r"\1", match["text"] or match["bare"] or ""))
        for match in _PAIR.finditer(value[:_LONGEST_ATTRIBUTE])
    ]
    return urlencode(pairs, errors="replace")


def _is_first_page(text: str, document: Document, source: Source) -> bool:
    """Tell whether the document is the page that should name the data, and not the data."""
    assert source.data is not None
    if source.data.kind is SourceKind.JSON or (source.fields and source.fields.html):
        return text.lstrip().startswith("<")
    return document.url == source.url


def _missing_data(text: str, document: Document, step: DataStep) -> str:
    try:
        found = parse_selector(step.find).find(parse_html(text))
    except UnreadableError:
        found = []
    if not found:
        return f"第一步没有找到数据的网址：data.find“{step.find}”在页面里一个也没有"
    if _data_url(text, document, step) is not None:
        return "第一步找到了数据的网址，那里给的却还是网页"
    names = "、".join(placeholders(step.url))
    return f"第一步没有找到数据的网址：data.find“{step.find}”找到的元素没有 {names} 属性，或属性是空的"

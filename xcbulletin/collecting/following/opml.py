"""Lists of feeds as other readers write and read them: OPML 2.0, http://opml.org/spec2.opml."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from xcbulletin.collecting.decoding import decode
from xcbulletin.collecting.following.sources import (
    Source,
    SourceKind,
    address_key,
    is_web_address,
    route_key,
)
from xcbulletin.collecting.urls import host
from xcbulletin.errors import ImportFailedError
from xcbulletin.model import Industry
from xcbulletin.settings import resolve_industries

SIZE_LIMIT = 5 * 2**20
"""Bytes."""
_MOST_FEEDS = 5_000
_LONGEST_NAME = 80
_PUBLIC_RSSHUB = ("https://rsshub.app", "http://rsshub.app")
_BARE_AMPERSAND = re.compile(r"&(?!\w{1,20};|#\d{1,7};|#x[0-9A-Fa-f]{1,6};)")
_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """A feed in an OPML file."""

    name: str
    url: str | None = None
    route: str | None = None
    """Of an RSSHub, where the address leads to one."""
    industries: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What a source made of it is known by."""
        return route_key(self.route) if self.route else address_key(self.url or "")

    @property
    def entry(self) -> dict[str, Any]:
        """What a source made of it is in feeds.yaml."""
        address = {"kind": "rsshub", "route": self.route} if self.route else {"kind": "feed", "url": self.url}
        industries = {"industries": list(self.industries)} if self.industries else {}
        return {"name": self.name, **address, **industries}


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What is new in an OPML file, and what became of the rest, a line for each."""

    outlines: tuple[Outline, ...]
    remarks: tuple[str, ...] = ()


def read_opml(
    content: bytes, file: str, sources: Sequence[Source], industries: Sequence[Industry], rsshub: str | None
) -> Imported:
    """Return the feeds of an OPML file that are not among `sources`. Raises ImportFailedError.

    The folders and categories that a feed stands in give its industries, where they are names of such.
    """
    root = _parse(content, file)
    bases = tuple(filter(None, (rsshub and rsshub.rstrip("/"), *_PUBLIC_RSSHUB)))
    remarks: list[str] = []
    outlines = [
        one
        for element in _feeds(root, remarks, file)
        if (one := _outline(element, industries, bases, remarks))
    ]
    if not outlines and not remarks:
        raise ImportFailedError(f"{file}: 里面一个订阅也没有（outline 都没有 xmlUrl）；请从阅读器重新导出")
    return Imported(outlines=tuple(_new_ones(outlines, sources, remarks)), remarks=tuple(remarks))


def _parse(content: bytes, file: str) -> etree._Element:
    if len(content) > SIZE_LIMIT:
        raise ImportFailedError(
            f"{file}: 文件太大（超过 {SIZE_LIMIT >> 20} MB），不像订阅列表；请检查是否选错了文件"
        )
    text = _BARE_AMPERSAND.sub("&amp;", _PROLOG.sub("", decode(content).text))
    if "<!ENTITY" in text.upper():
        raise ImportFailedError(f"{file}: 里面有实体声明（<!ENTITY …>），不安全，没有读；请从阅读器重新导出")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise ImportFailedError(f"{file}: 不是 OPML 文件；请在阅读器里选“导出 OPML”")
    return root


def _feeds(root: etree._Element, remarks: list[str], file: str) -> Iterator[etree._Element]:
    feeds = [element for element in root.iter("{*}outline") if _attribute(element, "xmlUrl")]
    if len(feeds) > _MOST_FEEDS:
        remarks.append(f"{file}: 有 {len(feeds)} 个订阅，只读前 {_MOST_FEEDS} 个")
    yield from feeds[:_MOST_FEEDS]


def _attribute(element: etree._Element, name: str) -> str:
    """Return an attribute, however its name is capitalised: OPML files differ."""
    found = (value for key, value in element.attrib.items() if str(key).lower() == name.lower())
    return " ".join(str(next(found, "")).split())


def _outline(
    element: etree._Element, industries: Sequence[Industry], bases: Sequence[str], remarks: list[str]
) -> Outline | None:
    url = re.sub(r"^feed:(?://(?!/)|(?=https?:))", _scheme, _attribute(element, "xmlUrl"))
    name = (_attribute(element, "title") or _attribute(element, "text") or host(url))[:_LONGEST_NAME]
    route = _route_in(url, bases)
    if route is None and not is_web_address(url):
        remarks.append(f"略去“{name}”：“{url[:100]}”不是 http:// 或 https:// 开头的网址")
        return None
    codes, _unknown = resolve_industries(_categories(element), industries)
    return Outline(name=name, url=None if route else url, route=route, industries=codes)


def _scheme(match: re.Match[str]) -> str:
    return "http://" if match[0].endswith("//") else ""


def _route_in(url: str, bases: Sequence[str]) -> str | None:
    if match := re.fullmatch(r"rsshub:/*(.+)", url):
        return "/" + match[1]
    return next(
        (url.removeprefix(base) for base in bases if url.startswith(f"{base}/") and url != f"{base}/"), None
    )


def _categories(element: etree._Element) -> Iterator[str]:
    """Yield the names of the categories and folders that an outline stands in."""
    yield from (part for part in re.split(r"[,/，]", _attribute(element, "category")) if part.strip())
    for folder in element.iterancestors("{*}outline"):
        yield from filter(None, {_attribute(folder, "text"), _attribute(folder, "title")})


def _new_ones(
    outlines: Iterable[Outline], sources: Sequence[Source], remarks: list[str]
) -> Iterator[Outline]:
    known = {_same(source.key): source.name for source in sources}
    names = {source.name for source in sources}
    for outline in outlines:
        key = _same(outline.key)
        if key in known:
            remarks.append(f"略去“{outline.name}”：网址已经有了（“{known[key]}”）")
            continue
        name = _free_name(outline.name, names)
        known[key] = name
        names.add(name)
        yield Outline(name=name, url=outline.url, route=outline.route, industries=outline.industries)


def _same(key: str) -> str:
    return key.partition("://")[2] or key


def _free_name(name: str, taken: set[str]) -> str:
    """Return `name`, numbered where another source has it."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}（{number}）"
    return free


def format_opml(
    sources: Sequence[Source], industries: Sequence[Industry], title: str
) -> tuple[bytes, tuple[str, ...]]:
    """Return the feeds among `sources` as OPML, in a folder for each first industry, and the names of the others.

    Pages and JSON have no place in OPML, nor has a route without the address of an RSSHub.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    fit = [source for source in sources if _fits(source)]
    for industry in industries:
        own = [source for source in fit if source.industries[:1] == (industry.code,)]
        if own:
            folder = etree.SubElement(body, "outline", text=industry.short_name, title=industry.short_name)
            _add_feeds(folder, own, industries)
    _add_feeds(body, [source for source in fit if not source.industries], industries)
    content: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return content, tuple(source.name for source in sources if not _fits(source))


def _fits(source: Source) -> bool:
    return source.kind in (SourceKind.FEED, SourceKind.RSSHUB) and not source.needs_rsshub


def _add_feeds(folder: etree._Element, sources: Iterable[Source], industries: Sequence[Industry]) -> None:
    names = {industry.code: industry.short_name for industry in industries}
    for source in sources:
        attributes = {"type": "rss", "text": source.name, "title": source.name, "xmlUrl": source.url}
        if source.industries:
            attributes["category"] = ",".join(names[code] for code in source.industries)
        etree.SubElement(folder, "outline", attributes)

"""A source tried, listed or not: what is read in it, and what is wrong."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xcbulletin.cli.sources.words import (
    DateOption,
    ItemsOption,
    JsonOption,
    KindOption,
    LinkOption,
    SummaryOption,
    TitleOption,
    entry_of,
    found_line,
    group,
    is_page,
    iso,
    show_entries,
    source_of,
)
from xcbulletin.cli.words import complain, open_newsroom, say, say_json
from xcbulletin.errors import BulletinError, UsageMistakeError

if TYPE_CHECKING:
    from xcbulletin.collecting.following.sources import Source
    from xcbulletin.collecting.items import Document, Fetch, FetchError, Reading
    from xcbulletin.collecting.reading.discovery import Found
    from xcbulletin.collecting.reading.guessing import Guess
    from xcbulletin.newsroom import Newsroom

# Heavy imports stand inside the commands that need them, so that --help answers at once.


@group.command("test")
def try_(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="网址或名称", help="清单里的名称，或任何网址")],
    kind: KindOption = None,
    items: ItemsOption = None,
    title: TitleOption = None,
    link: LinkOption = None,
    date: DateOption = None,
    summary: SummaryOption = None,
    as_json: JsonOption = False,
) -> None:
    """试读一个信息源：列出读到的前几条和毛病；是普通网页的，列出它的订阅源。什么也不写。"""
    from xcbulletin.collecting.items import FetchError

    selectors = {"items": items, "title": title, "link": link, "date": date, "summary": summary}
    with open_newsroom(context) as newsroom:
        source = _chosen(newsroom, target, kind, selectors)
        try:
            tried = _tried(source, newsroom.fetch)
        except FetchError as error:
            tried = _Tried(source=source, failure=error)
    if as_json:
        say_json(_tried_json(tried))
    else:
        _show_tried(tried)
    if tried.reading is None or not tried.reading.entries:
        raise typer.Exit(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tried:
    """What came of trying a source: either a failure, or a document and what was read in it."""

    source: "Source"
    failure: "FetchError | None" = None
    document: "Document | None" = None
    reading: "Reading | None" = None
    feeds: tuple["Found", ...] = ()
    """Of the site, where its page was taken for a feed."""
    lists: tuple["Guess", ...] = ()
    """What looks like lists on a page in which nothing was read."""


def _chosen(
    newsroom: "Newsroom", target: str, kind: str | None, selectors: Mapping[str, str | None]
) -> "Source":
    """Return the source meant: one of the list by its name or address, or one made up for the occasion."""
    from xcbulletin.collecting.following.sources import is_web_address

    listed = None if kind or any(selectors.values()) else _listed(newsroom.sources, target)
    if listed is None and not is_web_address(target) and not target.startswith("rsshub:"):
        near = get_close_matches(target, [source.name for source in newsroom.sources], n=3, cutoff=0.4)
        hint = f"，是否想写 {'、'.join(near)}？" if near else "；名称见 xcbulletin sources list"
        if "." in target:
            hint = "；网址要写全，以 http:// 或 https:// 开头"
        raise UsageMistakeError(f"没有“{target}”这个信息源，它也不是网址{hint}")
    source = listed or source_of(newsroom.workspace, entry_of(target, target, kind, None, (), selectors))
    if source.needs_rsshub:
        raise BulletinError(
            f"{source.name}: 要经过 RSSHub 采集，请先在 bulletin.yaml 里设置 collector.rsshub"
        )
    return source


def _listed(sources: Iterable["Source"], target: str) -> "Source | None":
    from xcbulletin.collecting.following.sources import address_key, route_key

    name = target.strip()
    key = route_key(name) if name.startswith("rsshub:") else address_key(name)
    return next((source for source in sources if source.name == name or source.key == key), None)


def _tried(source: "Source", fetch: "Fetch") -> _Tried:
    """Fetch and read a source; where nothing is read, look for the feeds of its site, and then for lists."""
    from xcbulletin.collecting.items import Outcome
    from xcbulletin.collecting.reading.discovery import discover
    from xcbulletin.collecting.reading.guessing import guess_lists
    from xcbulletin.collecting.reading.reading import fetch_and_read

    document, reading = fetch_and_read(source, fetch)
    feeds = discover(document, fetch) if reading.outcome is Outcome.NOT_A_FEED else ()
    lists = () if reading.entries or feeds else guess_lists(document)
    return _Tried(source=source, document=document, reading=reading, feeds=feeds, lists=lists)


def _show_tried(tried: _Tried) -> None:
    from xcbulletin.collecting.items import Outcome

    source, document, reading = tried.source, tried.document, tried.reading
    if tried.failure is not None or document is None or reading is None:
        raise BulletinError(f"{source.name}: {tried.failure}")
    name = "" if source.name == source.url else f"{source.name}，"
    say(f"{name}{source.kind}，{document.url}")
    say(f"编码 {_encoding(document)}，{len(document.content)} 字节，读到 {len(reading.entries)} 条")
    show_entries(reading, source)
    if reading.detail:
        complain(f"{'提醒' if reading.entries else '读不出内容'}：{reading.detail}")
    for one in tried.feeds:
        say(f"这个网站的订阅源：{found_line(one)}")
    if reading.outcome is Outcome.NOT_A_FEED and not tried.feeds and is_page(document):
        say("没有找到这个网站的订阅源；可以按网页读，加上 --items 选择器（每一条所在的元素）")
    for guess in tried.lists:
        dated = f" --date {shlex.quote(guess.date)}" if guess.date else ""
        say(f"像是列表：--items {shlex.quote(guess.items)}{dated}（{guess.count} 条，如“{guess.example}”）")


def _tried_json(tried: _Tried) -> dict[str, Any]:
    source, document, reading = tried.source, tried.document, tried.reading
    outcome = reading or tried.failure
    return {
        "name": source.name,
        "kind": source.kind,
        "url": document.url if document else source.url,
        "outcome": outcome.outcome if outcome else None,
        "detail": outcome.detail if outcome else "",
        "encoding": _encoding(document) if document else None,
        "title": reading.title if reading else None,
        "entries": [
            {
                "title": entry.title,
                "url": entry.url,
                "published": iso(entry.published, source),
                "date_text": entry.date_text,
                "summary": entry.summary,
            }
            for entry in (reading.entries if reading else ())
        ],
        "candidates": [
            {
                "url": one.candidate.url,
                "title": one.reading.title or one.candidate.title,
                "origin": one.candidate.origin,
                "entries": len(one.reading.entries),
            }
            for one in tried.feeds
        ],
        "lists": [asdict(guess) for guess in tried.lists],
    }


def _encoding(document: "Document") -> str:
    from xcbulletin.collecting.decoding import decode_document

    return decode_document(document).encoding

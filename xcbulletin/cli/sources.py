"""The commands of the list of sources: shown, added to, tried, exchanged with other readers."""

import os
import shlex
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xcbulletin.cli.app import app
from xcbulletin.cli.words import complain, list_problems, say, selected_industries, split
from xcbulletin.errors import BulletinError, ImportFailedError, UsageMistakeError, WorkspaceError, reason

if TYPE_CHECKING:
    from datetime import datetime

    from xcbulletin.collecting.following.sources import Source
    from xcbulletin.collecting.inbox.health import Health
    from xcbulletin.collecting.inbox.standing import Standing
    from xcbulletin.collecting.items import Document, Fetch, FetchError, Reading
    from xcbulletin.collecting.reading.discovery import Found
    from xcbulletin.collecting.reading.guessing import Guess
    from xcbulletin.model import Industry, Problem
    from xcbulletin.newsroom import Newsroom
    from xcbulletin.settings import Workspace

# Heavy imports stand inside the commands that need them, so that --help answers at once.

group = typer.Typer(help="信息源：列出、添加、试读，与其他阅读器交换。", rich_markup_mode=None)
app.add_typer(group, name="sources")

_SHOWN = 5
_AS_PAGE = "可以按网页读：先用 xcbulletin sources test 试出选择器，再加上 --items 选择器"

NameOption = Annotated[str | None, typer.Option("--name", metavar="名称", help="默认为订阅源自己的名称")]
KindOption = Annotated[
    str | None, typer.Option("--kind", metavar="feed|page|json", help="默认 feed；网页用 page，接口用 json")
]
IndustryOption = Annotated[
    list[str] | None, typer.Option("--industry", metavar="产业", help="所属产业，可用逗号连写，也可重复")
]
AuthorityOption = Annotated[
    str | None, typer.Option("--authority", metavar="来源性质", help="政府、企业、协会、媒体或门户；默认媒体")
]
ItemsOption = Annotated[
    str | None, typer.Option("--items", metavar="选择器", help="网页里每一条所在的元素，如 'ul.list li'")
]
TitleOption = Annotated[str | None, typer.Option("--title", metavar="选择器", help="一条里的标题")]
LinkOption = Annotated[str | None, typer.Option("--link", metavar="选择器", help="一条里的链接")]
DateOption = Annotated[str | None, typer.Option("--date", metavar="选择器", help="一条里的日期")]
SummaryOption = Annotated[str | None, typer.Option("--summary", metavar="选择器", help="一条里的摘要")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]
FileArgument = Annotated[Path, typer.Argument(metavar="文件.opml", help="OPML 文件")]


@group.command("list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """列出信息源：名称、类型、产业，最近一次采集的结果和从何时起。"""
    import json

    with _newsroom(context) as newsroom:
        sources, problems = newsroom.sources, newsroom.source_problems
        industries = newsroom.workspace.industries
        states = _states(newsroom)
    if as_json:
        rows = [_source_json(source, states[source.key]) for source in sources]
        document = {"sources": rows, "problems": list(map(str, problems))}
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for row in _rows(sources, industries, states):
            say(row)
        list_problems(problems)
        say(f"{len(sources)} 个信息源，其中 {sum(source.paused for source in sources)} 个不采集")
    if _has_errors(problems):
        raise typer.Exit(1)


def _newsroom(context: typer.Context) -> "Newsroom":
    from xcbulletin.newsroom import Newsroom
    from xcbulletin.workspace import find_root

    return Newsroom(find_root(context.obj), os.environ)


@dataclass(frozen=True, kw_only=True, slots=True)
class _State:
    """How a source fares."""

    health: "Health"
    standing: "Standing | None"
    """None as long as it was never asked."""


def _states(newsroom: "Newsroom") -> dict[str, _State]:
    """Return how each source fares, by its key."""
    from xcbulletin.collecting.collect import examine
    from xcbulletin.collecting.inbox import inbox
    from xcbulletin.database import reading

    sources = newsroom.sources
    found = examine(newsroom.engine, sources, newsroom.clock())
    with reading(newsroom.engine) as connection:
        standings = inbox.standings(connection, sources)
    return {key: _State(health=health, standing=standings.get(key)) for key, health in found.items()}


def _source_json(source: "Source", state: _State) -> dict[str, Any]:
    standing = state.standing
    return {
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "industries": list(source.industries),
        "column": source.column,
        "authority": source.authority,
        "paused": source.paused,
        "evidence": source.evidence,
        "note": source.note,
        "line": source.line,
        "outcome": standing.outcome if standing else None,
        "since": _iso(standing.outcome_since if standing else None, source),
        "detail": standing.detail if standing else "",
        "last_ok": _iso(standing.last_ok if standing else None, source),
        "last_new": _iso(standing.last_new if standing else None, source),
        "state": _said(source, state),
        "ailment": state.health.ailment,
        "advice": state.health.advice,
    }


def _iso(when: "datetime | None", source: "Source") -> str | None:
    return when.astimezone(source.zone).isoformat() if when else None


def _rows(
    sources: Sequence["Source"], industries: Sequence["Industry"], states: Mapping[str, _State]
) -> list[str]:
    names = {industry.code: industry.short_name for industry in industries}
    table = [
        (
            source.name,
            source.kind.value,
            "、".join(names[code] for code in source.industries) or "—",
            _said(source, states[source.key]),
        )
        for source in sources
    ]
    widths = [max((_width(row[place]) for row in table), default=0) for place in range(3)]
    return ["  ".join((*map(_padded, row[:3], widths), row[3])) for row in table]


def _said(source: "Source", state: _State) -> str:
    if source.needs_rsshub:
        return "等 RSSHub"
    return "暂停" if source.paused else state.health.said


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Return how many columns a terminal needs for `text`."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


@group.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="网址", help="订阅源、网站的任一页，或 rsshub:/路由")],
    name: NameOption = None,
    industry: IndustryOption = None,
    kind: KindOption = None,
    authority: AuthorityOption = None,
    items: ItemsOption = None,
    title: TitleOption = None,
    link: LinkOption = None,
    date: DateOption = None,
    summary: SummaryOption = None,
) -> None:
    """加入一个信息源：网站的订阅源自动寻找，读得出内容才写进 sources/feeds.yaml。"""
    selectors = {"items": items, "title": title, "link": link, "date": date, "summary": summary}
    with _newsroom(context) as newsroom:
        entry = _entry(url, name, kind, authority, _codes(newsroom.workspace, industry), selectors)
        if entry["kind"] == "feed":
            _add_feed(newsroom, entry)
        else:
            _add_as_written(newsroom, entry)


def _codes(workspace: "Workspace", industry: Sequence[str] | None) -> list[str]:
    return list(selected_industries(workspace.industries, split(industry))) if industry else []


def _entry(
    url: str,
    name: str | None,
    kind: str | None,
    authority: str | None,
    industries: Sequence[str],
    selectors: Mapping[str, str | None],
) -> dict[str, Any]:
    """Return an entry of feeds.yaml as the command line gives it; its name may be missing."""
    is_route = url.startswith("rsshub:")
    address = {"route": "/" + url.removeprefix("rsshub:").lstrip("/")} if is_route else {"url": url}
    optional = {"industries": list(industries), "authority": authority, **selectors}
    return {
        "name": name,
        "kind": "rsshub" if is_route else kind or ("page" if selectors.get("items") else "feed"),
        **address,
        **{key: value for key, value in optional.items() if value},
    }


def _add_feed(newsroom: "Newsroom", entry: Mapping[str, Any]) -> None:
    from xcbulletin.collecting.following.adding import append_sources
    from xcbulletin.collecting.items import Request
    from xcbulletin.collecting.reading.discovery import discover

    source = _source_of(newsroom.workspace, entry)
    document = newsroom.fetch(Request(url=source.url))
    found = discover(document, newsroom.fetch)
    if not found:
        raise BulletinError(f"{source.url}: {_no_feed(document)}")
    url, reading = found[0].candidate.url, found[0].reading
    name = entry["name"] or reading.title or _host(url)
    append_sources(newsroom.workspace, [{**entry, "name": name, "url": url}])
    say(f"加入 sources/feeds.yaml：{name}，{url}")
    _show_entries(reading, source)
    for other in found[1:]:
        say(f"这个网站还有：{_found_line(other)}")


def _no_feed(document: "Document") -> str:
    from xcbulletin.collecting.decoding import decode
    from xcbulletin.collecting.reading.barriers import barrier

    wall = barrier(decode(document.content, document.content_type).text, document.content_type)
    if wall:
        return wall[1]
    return f"没有找到订阅源；{_AS_PAGE}"


def _add_as_written(newsroom: "Newsroom", entry: Mapping[str, Any]) -> None:
    """Add a page, JSON or RSSHub source; where its RSSHub is not known yet, without having read it."""
    from xcbulletin.collecting.following.adding import append_sources
    from xcbulletin.collecting.items import Outcome, Reading
    from xcbulletin.collecting.reading.reading import fetch_and_read

    source = _source_of(newsroom.workspace, entry)
    reading = Reading(outcome=Outcome.OK)
    if not source.needs_rsshub:
        _, reading = fetch_and_read(source, newsroom.fetch)
        if not reading.entries:
            raise BulletinError(f"{source.url}: 没有加入，因为读不出内容：{reading.detail}")
    name = entry["name"] or reading.title or (source.key if source.needs_rsshub else _host(source.url))
    append_sources(newsroom.workspace, [{**entry, "name": name}])
    say(f"加入 sources/feeds.yaml：{name}，{source.url}")
    if source.needs_rsshub:
        say("在 bulletin.yaml 里设置 collector.rsshub 之后才采集")
    _show_entries(reading, source)


def _source_of(workspace: "Workspace", entry: Mapping[str, Any]) -> "Source":
    """Return the source that an entry describes. Raises UsageMistakeError with all that is wrong with it."""
    from xcbulletin.collecting.following.adding import add_sources
    from xcbulletin.collecting.following.sources import read_sources
    from xcbulletin.model import Severity

    given = {**entry, "name": entry["name"] or "—"}
    sources, problems = read_sources(
        add_sources("", [given]),
        "命令行",
        workspace.industries,
        workspace.columns,
        workspace.settings.collector.rsshub,
    )
    wrong = [problem for problem in problems if problem.severity is Severity.ERROR]
    if wrong:
        raise UsageMistakeError(
            "\n".join(f"{one.message}{'；' + one.suggestion if one.suggestion else ''}" for one in wrong)
        )
    return sources[0]


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
    import json

    from xcbulletin.collecting.items import FetchError

    selectors = {"items": items, "title": title, "link": link, "date": date, "summary": summary}
    with _newsroom(context) as newsroom:
        source = _chosen(newsroom, target, kind, selectors)
        try:
            tried = _tried(source, newsroom.fetch)
        except FetchError as error:
            tried = _Tried(source=source, failure=error)
    if as_json:
        print(json.dumps(_tried_json(tried), ensure_ascii=False, indent=2))
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
        raise UsageMistakeError(f"没有“{target}”这个信息源，它也不是网址{hint}")
    source = listed or _source_of(newsroom.workspace, _entry(target, target, kind, None, (), selectors))
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
    _show_entries(reading, source)
    if reading.detail:
        complain(f"{'提醒' if reading.entries else '读不出内容'}：{reading.detail}")
    for one in tried.feeds:
        say(f"这个网站的订阅源：{_found_line(one)}")
    if reading.outcome is Outcome.NOT_A_FEED and not tried.feeds:
        say("没有找到这个网站的订阅源；可以按网页读，加上 --items 选择器（每一条所在的元素）")
    for guess in tried.lists:
        dated = f" --date {shlex.quote(guess.date)}" if guess.date else ""
        say(f"像是列表：--items {shlex.quote(guess.items)}{dated}（{guess.count} 条，如“{guess.example}”）")


def _show_entries(reading: "Reading", source: "Source") -> None:
    for entry in reading.entries[:_SHOWN]:
        when = entry.published.astimezone(source.zone) if entry.published else None
        unread = f"（{entry.date_text}）" if entry.date_text else ""
        say(f"  {f'{when:%Y-%m-%d %H:%M}' if when else '日期不明' + unread}  {entry.title}")
        say(f"      {entry.url or '没有网址'}")
    if len(reading.entries) > _SHOWN:
        say(f"  ……另有 {len(reading.entries) - _SHOWN} 条")


def _found_line(found: "Found") -> str:
    from xcbulletin.collecting.reading.discovery import ORIGIN_NAMES

    title = found.reading.title or found.candidate.title
    return (
        f"{found.candidate.url}（{title + '，' if title else ''}{len(found.reading.entries)} 条，"
        f"{ORIGIN_NAMES[found.candidate.origin]}）"
    )


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
                "published": _iso(entry.published, source),
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
    from xcbulletin.collecting.decoding import decode

    return decode(document.content, document.content_type).encoding


@group.command("import")
def import_(context: typer.Context, file: FileArgument) -> None:
    """把别的阅读器导出的 OPML 加进 sources/feeds.yaml；已经有的略去，逐条说明。"""
    from xcbulletin.collecting.following.adding import append_sources
    from xcbulletin.collecting.following.opml import read_opml

    try:
        content = file.read_bytes()
    except OSError as error:
        raise ImportFailedError(
            f"{file}: 读不到这个文件（{reason(error)}）；请检查文件名和所在文件夹"
        ) from error
    with _newsroom(context) as newsroom:
        workspace = newsroom.workspace
        rsshub = workspace.settings.collector.rsshub
        imported = read_opml(content, file.name, newsroom.sources, workspace.industries, rsshub)
    if imported.outlines:
        append_sources(workspace, [one.entry for one in imported.outlines])
    for remark in imported.remarks:
        complain(remark)
    say(f"从 {file.name} 加入 {len(imported.outlines)} 个信息源，略去 {len(imported.remarks)} 个")


@group.command()
def export(context: typer.Context, file: FileArgument) -> None:
    """把订阅类的信息源写成 OPML，给别的阅读器用。"""
    from xcbulletin.collecting.following.opml import format_opml
    from xcbulletin.workspace import write_whole

    if file.exists():
        raise WorkspaceError(f"{file}: 已有这个文件，没有改动它；请换一个文件名")
    with _newsroom(context) as newsroom:
        workspace = newsroom.workspace
        title = workspace.settings.masthead.title
        content, left_out = format_opml(newsroom.sources, workspace.industries, title)
        problems = newsroom.source_problems
    write_whole(file.absolute(), content)
    list_problems(problems)
    if left_out:
        shown = "、".join(left_out[:3]) + ("等" if len(left_out) > 3 else "")
        complain(f"提醒：有 {len(left_out)} 个没有写入（{shown}），OPML 只能写订阅地址")
    say(f"{file}: 写入 {len(newsroom.sources) - len(left_out)} 个信息源")


def _has_errors(problems: Iterable["Problem"]) -> bool:
    from xcbulletin.model import Severity

    return any(problem.severity is Severity.ERROR for problem in problems)


def _host(url: str) -> str:
    from xcbulletin.collecting.urls import host

    return host(url)

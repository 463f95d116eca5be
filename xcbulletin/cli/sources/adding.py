"""A source added to the list, once it can be read."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xcbulletin.cli.sources.words import (
    DateOption,
    ItemsOption,
    KindOption,
    LinkOption,
    SummaryOption,
    TitleOption,
    entry_of,
    found_line,
    group,
    is_page,
    show_entries,
    source_of,
)
from xcbulletin.cli.words import open_newsroom, say, selected_industries, split
from xcbulletin.errors import BulletinError

if TYPE_CHECKING:
    from xcbulletin.collecting.items import Document
    from xcbulletin.newsroom import Newsroom
    from xcbulletin.settings import Workspace

# Heavy imports stand inside the commands that need them, so that --help answers at once.

NameOption = Annotated[str | None, typer.Option("--name", metavar="名称", help="默认为订阅源自己的名称")]

IndustryOption = Annotated[
    list[str] | None, typer.Option("--industry", metavar="产业", help="所属产业，可用逗号连写，也可重复")
]

AuthorityOption = Annotated[
    str | None, typer.Option("--authority", metavar="来源性质", help="政府、企业、协会、媒体或门户；默认媒体")
]

_AS_PAGE = "可以按网页读：先用 xcbulletin sources test 试出选择器，再加上 --items 选择器"


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
    with open_newsroom(context) as newsroom:
        entry = entry_of(url, name, kind, authority, _codes(newsroom.workspace, industry), selectors)
        if entry["kind"] == "feed":
            _add_feed(newsroom, entry)
        else:
            _add_as_written(newsroom, entry)


def _codes(workspace: "Workspace", industry: Sequence[str] | None) -> list[str]:
    return list(selected_industries(workspace.industries, split(industry))) if industry else []


def _add_feed(newsroom: "Newsroom", entry: Mapping[str, Any]) -> None:
    from xcbulletin.collecting.following.adding import append_sources
    from xcbulletin.collecting.items import Request
    from xcbulletin.collecting.reading.discovery import discover

    source = source_of(newsroom.workspace, entry)
    document = newsroom.fetch(Request(url=source.url))
    found = discover(document, newsroom.fetch)
    if not found:
        raise BulletinError(f"{source.url}: {_no_feed(document)}")
    url, reading = found[0].candidate.url, found[0].reading
    name = entry["name"] or reading.title or _host(url)
    append_sources(newsroom.workspace, [{**entry, "name": name, "url": url}])
    say(f"加入 sources/feeds.yaml：{name}，{url}")
    show_entries(reading, source)
    for other in found[1:]:
        say(f"这个网站还有：{found_line(other)}")


def _no_feed(document: "Document") -> str:
    from xcbulletin.collecting.items import Outcome
    from xcbulletin.collecting.reading.discovery import feed_source
    from xcbulletin.collecting.reading.feeds import parse_feed

    reading = parse_feed(document, feed_source(document.url))
    if reading.outcome is Outcome.NOT_A_FEED and is_page(document):
        return f"没有找到订阅源；{_AS_PAGE}"
    return reading.detail


def _add_as_written(newsroom: "Newsroom", entry: Mapping[str, Any]) -> None:
    """Add a page, JSON or RSSHub source; where its RSSHub is not known yet, without having read it."""
    from xcbulletin.collecting.following.adding import append_sources
    from xcbulletin.collecting.items import Outcome, Reading
    from xcbulletin.collecting.reading.reading import fetch_and_read

    source = source_of(newsroom.workspace, entry)
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
    show_entries(reading, source)


def _host(url: str) -> str:
    from xcbulletin.collecting.urls import host

    return host(url)

"""What the commands of sources share: their group, the words they take, and how an entry is made of these and shown."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xcbulletin.cli.words import say
from xcbulletin.errors import UsageMistakeError

if TYPE_CHECKING:
    from datetime import datetime

    from xcbulletin.collecting.following.sources import Source
    from xcbulletin.collecting.items import Document, Reading
    from xcbulletin.collecting.reading.discovery import Found
    from xcbulletin.model import Problem
    from xcbulletin.settings import Workspace

# Heavy imports stand inside the commands that need them, so that --help answers at once.

group = typer.Typer(help="信息源：列出、添加、试读，与其他阅读器交换。", rich_markup_mode=None)

_SHOWN = 5


KindOption = Annotated[
    str | None, typer.Option("--kind", metavar="feed|page|json", help="默认 feed；网页用 page，接口用 json")
]

ItemsOption = Annotated[
    str | None, typer.Option("--items", metavar="选择器", help="网页里每一条所在的元素，如 'ul.list li'")
]

TitleOption = Annotated[str | None, typer.Option("--title", metavar="选择器", help="一条里的标题")]

LinkOption = Annotated[str | None, typer.Option("--link", metavar="选择器", help="一条里的链接")]

DateOption = Annotated[str | None, typer.Option("--date", metavar="选择器", help="一条里的日期")]

SummaryOption = Annotated[str | None, typer.Option("--summary", metavar="选择器", help="一条里的摘要")]

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def entry_of(
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


def source_of(workspace: "Workspace", entry: Mapping[str, Any]) -> "Source":
    """Return the source that an entry describes. Raises UsageMistakeError with all that is wrong with it."""
    from xcbulletin.collecting.following.adding import add_sources
    from xcbulletin.collecting.following.sources import read_sources

    given = {**entry, "name": entry["name"] or "—"}
    sources, problems = read_sources(
        add_sources("", [given]),
        "命令行",
        workspace.industries,
        workspace.columns,
        workspace.settings.collector.rsshub,
    )
    wrong = [problem for problem in problems if problem.is_error]
    if wrong:
        raise UsageMistakeError("\n".join(map(_said, wrong)))
    return sources[0]


def _said(problem: "Problem") -> str:
    # The command line has no “url”: there it has no name.
    message = problem.message.replace("“url”", "网址", 1)
    return f"{message}{'；' + problem.suggestion if problem.suggestion else ''}"


def show_entries(reading: "Reading", source: "Source") -> None:
    """Show the first of the entries read, dates in the zone of their source."""
    for entry in reading.entries[:_SHOWN]:
        when = entry.published.astimezone(source.zone) if entry.published else None
        unread = f"（{entry.date_text}）" if entry.date_text else ""
        say(f"  {f'{when:%Y-%m-%d %H:%M}' if when else '日期不明' + unread}  {entry.title}")
        say(f"      {entry.url or '没有网址'}")
    if len(reading.entries) > _SHOWN:
        say(f"  ……另有 {len(reading.entries) - _SHOWN} 条")


def found_line(found: "Found") -> str:
    """Return a feed that was found as one line."""

    from xcbulletin.collecting.reading.discovery import ORIGIN_NAMES

    title = found.reading.title or found.candidate.title
    return (
        f"{found.candidate.url}（{title + '，' if title else ''}{len(found.reading.entries)} 条，"
        f"{ORIGIN_NAMES[found.candidate.origin]}）"
    )


def iso(when: "datetime | None", source: "Source") -> str | None:
    """Return a time as programs read it, in the zone of its source."""
    return when.astimezone(source.zone).isoformat() if when else None


def is_page(document: "Document") -> bool:
    """Tell whether a document is a web page, which may be read as one."""
    from xcbulletin.collecting.decoding import decode_document
    from xcbulletin.collecting.reading.barriers import is_html

    return is_html(decode_document(document).text)

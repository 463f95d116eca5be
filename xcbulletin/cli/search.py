"""The command that finds articles among everything printed."""

import datetime
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from xcbulletin.cli.app import app
from xcbulletin.cli.terminal import MovingLine
from xcbulletin.cli.words import complain, open_readingroom, say, say_json, selected_industries, split
from xcbulletin.errors import UsageMistakeError

if TYPE_CHECKING:
    from xcbulletin.archive.catalogue.queries import Hit, Order, Query
    from xcbulletin.model import Column, Industry
    from xcbulletin.readingroom.finding import Searched
    from xcbulletin.settings import Workspace

T = TypeVar("T")

# Heavy imports stand inside the command, so that --help answers at once.


@app.command()
def search(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="词...",
            help="要找的词，几个词都要有；连空格一起找的，用“”括起来；有下面的条件时可以不写词",
            show_default=False,
        ),
    ] = None,
    industries: Annotated[
        list[str] | None,
        typer.Option("--industry", metavar="产业", help="只找这些产业的，可用逗号连写，也可重复"),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="栏目", help="只找这些栏目的，如 news 或行业动态；专题报告写 report"
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="月份", help="只找这个月以来的，如 2021-01")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="月份", help="只找到这个月为止的，含这个月")
    ] = None,
    sort: Annotated[
        str, typer.Option("--sort", metavar="次序", help="newest：新的在前；relevance：标题里有词的在前")
    ] = "newest",
    limit: Annotated[int, typer.Option("--limit", metavar="篇数", help="最多列几篇")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """在印过的各期里找文章：标题和全文，两个字的词、一个字也找得到。"""
    from xcbulletin.readingroom import finding

    typed = " ".join(words or ())
    line = MovingLine()
    with open_readingroom(context) as room:
        workspace = room.workspace
        query = _query(workspace, typed, industries, columns, (since, until), sort, limit)
        try:
            searched = finding.search(room, query, lambda how_far: line.show(f"整理 {how_far}"))
        finally:
            line.clear()
    if as_json:
        say_json(_document(searched))
    else:
        for told in _told(searched, query, workspace):
            say(told)
    for issue in searched.unreadable:
        complain(
            f"issues/{issue}: 读不了（稿子有错误，或不让读），没有在里面找；请运行 xcbulletin check {issue} 查看"
        )
    if searched.unreadable:
        raise typer.Exit(1)


# What is asked


def _query(
    workspace: "Workspace",
    typed: str,
    industries: Sequence[str] | None,
    columns: Sequence[str] | None,
    months: tuple[str | None, str | None],
    sort: str,
    limit: int,
) -> "Query":
    from xcbulletin.archive.catalogue.queries import Order, Query, parse_words

    mistakes = _Mistakes()
    since, until = (
        mistakes.taken(partial(_month, name, month), None)
        for name, month in zip(("--since", "--until"), months, strict=True)
    )
    query = Query(
        words=parse_words(typed),
        industries=mistakes.taken(partial(_selected_industries, workspace.industries, industries), ()),
        columns=mistakes.taken(partial(_selected_columns, workspace.columns, columns), ()),
        since=since,
        until=until,
        order=mistakes.taken(partial(_order, sort), Order.NEWEST),
        limit=mistakes.taken(partial(_limit, limit), 1),
    )
    mistakes.taken(partial(_refuse_backwards, since, until), None)
    if not (query.words or industries or columns or any(months)):
        mistakes.note(_NOTHING_ASKED)
    mistakes.tell()
    return query


class _Mistakes:
    """What cannot be asked, so that all of it is told at once."""

    def __init__(self) -> None:
        self._noted: list[str] = []

    def note(self, mistake: str) -> None:
        """Keep a mistake to be told."""
        self._noted.append(mistake)

    def taken(self, take: Callable[[], T], otherwise: T) -> T:
        """Return what `take` does, or `otherwise` where it raises UsageMistakeError."""
        try:
            return take()
        except UsageMistakeError as error:
            self.note(str(error))
            return otherwise

    def tell(self) -> None:
        """Raise UsageMistakeError where there are any."""
        if self._noted:
            raise UsageMistakeError("\n".join(self._noted))


_NOTHING_ASKED = (
    "要找什么？请写上词，如 xcbulletin search 光伏；或写上 --industry、--column、--since、--until 当中的条件"
)
_MOST = 10**9
"""Articles that a database can be asked to list; nobody has more."""


def _filtered(query: "Query") -> bool:
    return bool(query.industries or query.columns or query.since or query.until)


def _month(option: str, month: str | None) -> str | None:
    if month is None:
        return None
    try:
        datetime.date.fromisoformat(f"{month}-01" if re.fullmatch("[0-9]{4}-[0-9]{2}", month) else "")
    except ValueError:
        raise UsageMistakeError(f"{option} 应为月份，如 2021-01，现为“{month}”") from None
    return month


def _refuse_backwards(since: str | None, until: str | None) -> None:
    if since and until and since > until:
        raise UsageMistakeError(f"--since {since} 比 --until {until} 还晚，这中间没有月份；是否写反了？")


def _order(sort: str) -> "Order":
    from xcbulletin.archive.catalogue.queries import Order

    if sort not in list(Order):
        raise UsageMistakeError(
            f"--sort 应为 newest（新的在前）或 relevance（标题里有词的在前），现为“{sort}”"
        )
    return Order(sort)


def _limit(limit: int) -> int:
    if limit < 1:
        raise UsageMistakeError("--limit 后面应为 1 或更大的整数；用法见 xcbulletin search --help")
    return min(limit, _MOST)


def _selected_industries(industries: Sequence["Industry"], typed: Sequence[str] | None) -> tuple[str, ...]:
    return selected_industries(industries, split(typed)) if typed else ()


def _selected_columns(columns: Sequence["Column"], typed: Sequence[str] | None) -> tuple[str, ...]:
    """Return the codes that `--column` means; the archive has reports beside the columns. Raises UsageMistakeError."""
    from xcbulletin.archive.filed import shelves

    if not typed:
        return ()
    names = split(typed)
    all_shelves = shelves(columns)
    codes = {name: one.code for one in all_shelves for name in (one.name, one.code)}
    if unknown := [name for name in names if name not in codes]:
        known = "、".join(f"{one.code}（{one.name}）" for one in all_shelves)
        raise UsageMistakeError(f"--column 没有“{'”“'.join(unknown)}”这个栏目；可用：{known}")
    if not names:
        raise UsageMistakeError("--column 后面要写栏目的代码或名称，如 --column news,reports")
    return tuple(dict.fromkeys(codes[name] for name in names))


# Shown to programs


def _document(searched: "Searched") -> dict[str, Any]:
    return {"total": searched.found.total, "hits": list(map(_as_json, searched.found.hits))}


def _as_json(hit: "Hit") -> dict[str, Any]:
    from xcbulletin.archive.addresses import ARCHIVE_FOLDER

    return {
        "issue": hit.issue,
        "article": hit.file,
        "title": hit.title,
        "column": hit.column,
        "industries": list(hit.industries),
        "date": hit.date.isoformat(),
        "snippet": hit.snippet,
        "url": f"{ARCHIVE_FOLDER}/{hit.page}",
    }


# Shown to people


def _told(searched: "Searched", query: "Query", workspace: "Workspace") -> Iterator[str]:
    found = searched.found
    if not found.hits:
        yield _nothing(query)
        return
    for hit in found.hits:
        yield from _lines(hit, query.words, workspace)
    yield _total(found.total, len(found.hits))


def _lines(hit: "Hit", words: Sequence[str], workspace: "Workspace") -> Iterator[str]:
    from xcbulletin.archive.filed import shelves

    columns = {one.code: one.name for one in shelves(workspace.columns)}
    names = {one.code: one.short_name for one in workspace.industries}
    industries = "、".join(names.get(code, code) for code in hit.industries)
    about = (hit.issue, hit.date.isoformat(), columns.get(hit.column, hit.column), industries, hit.file)
    yield _with_marks(hit.title, words)
    yield f"  {' · '.join(filter(None, about))}"
    if hit.snippet:
        yield f"  {_with_marks(hit.snippet, words)}"


def _with_marks(text: str, words: Sequence[str]) -> str:
    """Return a text for the terminal, with words in bold where there is one to see it."""
    from xcbulletin.archive.catalogue.snippets import marked

    if not sys.stdout.isatty():
        return text
    pieces, shown = [], 0
    for start, end in marked(text, words):
        pieces += [text[shown:start], typer.style(text[start:end], bold=True)]
        shown = end
    return "".join((*pieces, text[shown:]))


def _total(total: int, listed: int) -> str:
    if listed == total:
        return f"共 {total} 篇"
    return f"共 {total} 篇，列出前 {listed} 篇；要多列，请加 --limit {total}，要少一些，请再写一个词，或限定产业、栏目、月份"


def _nothing(query: "Query") -> str:
    if not query.words:
        return "没有找到：这样的产业、栏目、月份里没有文章；请放宽条件"
    words = "".join(f"“{word}”" for word in query.words)
    fewer = "少写几个词、" if len(query.words) > 1 else ""
    wider = "，或放宽产业、栏目、月份" if _filtered(query) else ""
    return f"没有找到{'同时' if fewer else ''}有{words}的文章；请{fewer}把词写短一些、换个说法{wider}"

"""The command that asks the sources for what is new."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xcbulletin.cli.app import app
from xcbulletin.cli.words import complain, list_problems, open_newsroom, say, say_json
from xcbulletin.errors import has_errors

if TYPE_CHECKING:
    from xcbulletin.collecting.collect import CollectReport, SourceReport
    from xcbulletin.model import Problem

# Heavy imports stand inside the commands that need them, so that --help answers at once.

_NAMED = 5
"""Sources named in a line of several."""


@app.command()
def collect(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="名称", help="只采集这个信息源，不论到没到时候；可重复"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """采集到时候的信息源，新条目合并、分类。个别读不到不算失败；点名的读不到、全都读不到或清单有错，以 1 结束。"""
    from xcbulletin.newsroom import collecting

    shown = _Shown(as_json=as_json)
    with open_newsroom(context) as newsroom, _faults_noted(newsroom.root):
        report = collecting.collect(newsroom, names or (), complain if as_json else say, shown.source)
        problems = newsroom.source_problems
    shown.clear()
    list_problems(problems)
    if as_json:
        _print_json(report, problems)
    else:
        _close(report, names=bool(names), mistaken=has_errors(problems))
    if _has_failed(report, names=bool(names)) or has_errors(problems):
        raise typer.Exit(1)


@contextmanager
def _faults_noted(root: Path) -> Iterator[None]:
    """Let what a developer must see of a fault be written to `build/faults.log`, if it can be."""
    import logging

    notes: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        (root / "build").mkdir(exist_ok=True)
        notes = logging.FileHandler(root / "build" / "faults.log", encoding="utf-8", delay=True)
    logger = logging.getLogger("xcbulletin")
    logger.addHandler(notes)
    try:
        yield
    finally:
        logger.removeHandler(notes)
        notes.close()


class _Shown:
    """How far the collection is: one line that changes on a terminal, lines elsewhere."""

    def __init__(self, *, as_json: bool) -> None:
        self._moving = sys.stderr.isatty()
        self._silent = as_json

    def source(self, report: "SourceReport", done: int, total: int) -> None:
        """Show that a source is done; on a line of its own if it brought something."""
        self.clear()
        if not self._silent and (report.new or report.updated):
            say(f"{report.name}: {_what(report)}")
        if self._moving:
            print(f"采集 {done}/{total} {report.name}"[:40], end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Wipe the line that changes."""
        if self._moving:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _what(report: "SourceReport") -> str:
    counted = "，".join(
        f"{word} {count} 条" for word, count in (("新", report.new), ("改动", report.updated)) if count
    )
    return f"{counted}；{report.detail}" if report.detail else counted


def _close(report: "CollectReport", *, names: bool, mistaken: bool) -> None:
    concerned = {concern.name for concern in report.needs_person}
    for source in report.sources:
        if source.failed and concerned.isdisjoint({source.name, ""}):
            say(f"没有读到 {source.name}: {source.detail}")
    for concern in report.needs_person:
        say(f"请看一看 {concern}")
    if report.elsewhere:
        say(_elsewhere(report.elsewhere))
    if report.sources:
        say(_total(report))
    elif not report.listed:
        say(
            "没有可以采集的信息源；请先改正以上问题"
            if mistaken
            else "没有信息源；可用 xcbulletin sources add 网址 添加"
        )
    elif not names and not report.elsewhere:
        say(f"{report.listed} 个信息源都还没到再看的时候{_next(report)}；要马上采集，用 --source 点名")


def _elsewhere(names: Sequence[str]) -> str:
    shown = "、".join(names[:_NAMED]) + (f"等 {len(names)} 个" if len(names) > _NAMED else "")
    return f"另一个采集程序正在采集：{shown}"


def _total(report: "CollectReport") -> str:
    new, updated, failed = _counts(report)
    waiting = report.listed - len(report.sources) - len(report.elsewhere)
    return (
        f"采集了 {len(report.sources)} 个信息源：新 {new} 条，改动 {updated} 条"
        + (f"；{failed} 个没有读到" if failed else "")
        + (f"；共 {report.listed} 个，其余还没到时候" if waiting else "")
    )


def _next(report: "CollectReport") -> str:
    from xcbulletin.zone import SHANGHAI

    if report.next_due is None:
        return ""
    return f"，最早一个在 {report.next_due.astimezone(SHANGHAI):%m-%d %H:%M}"


def _counts(report: "CollectReport") -> tuple[int, int, int]:
    sources = report.sources
    return (
        sum(one.new for one in sources),
        sum(one.updated for one in sources),
        sum(one.failed for one in sources),
    )


def _has_failed(report: "CollectReport", *, names: bool) -> bool:
    failed = [source.failed for source in report.sources]
    return any(failed) if names else bool(failed) and all(failed)


def _print_json(report: "CollectReport", problems: Sequence["Problem"]) -> None:
    new, updated, failed = _counts(report)
    document = {
        "sources": [
            {
                "name": source.name,
                "outcome": source.outcome,
                "new": source.new,
                "updated": source.updated,
                "detail": source.detail,
            }
            for source in report.sources
        ],
        "new": new,
        "updated": updated,
        "failed": failed,
        "needs_person": [{"name": one.name, "advice": one.advice} for one in report.needs_person],
        "elsewhere": list(report.elsewhere),
        "next_due": report.next_due.isoformat() if report.next_due else None,
        "problems": list(map(str, problems)),
    }
    say_json(document)

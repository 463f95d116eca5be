"""The commands of choosing: stories suggested, picked, put away, put together; what is learnt from it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xcbulletin.cli.app import app
from xcbulletin.cli.terminal import columns_of, wrap
from xcbulletin.cli.words import (
    complain,
    list_problems,
    open_newsroom,
    say,
    say_json,
    selected_industries,
    split,
)
from xcbulletin.errors import UsageMistakeError

if TYPE_CHECKING:
    from xcbulletin.collecting.suggesting.learning import Agreement
    from xcbulletin.collecting.suggesting.ranking import Suggestion
    from xcbulletin.model import Column
    from xcbulletin.newsroom import Newsroom
    from xcbulletin.newsroom.deciding import Merged
    from xcbulletin.newsroom.learning import Learnt
    from xcbulletin.newsroom.suggesting import Suggested

# Heavy imports stand inside the commands that need them, so that --help answers at once.

ItemArgument = Annotated[str, typer.Argument(metavar="编号", help="suggest 列出的编号", show_default=False)]
ItemsArgument = Annotated[
    list[str], typer.Argument(metavar="编号...", help="suggest 列出的编号", show_default=False)
]
_WIDTH = 80
_TITLE = 2 * _WIDTH - 16


@app.command()
def suggest(
    context: typer.Context,
    issue: Annotated[
        str | None,
        typer.Option("--issue", metavar="期号", help="只看这一期当月和上月下半月的；不写就看最近 45 天"),
    ] = None,
    industries: Annotated[
        list[str] | None,
        typer.Option("--industry", metavar="产业", help="只看这些产业的，可用逗号连写，也可重复"),
    ] = None,
    column: Annotated[str | None, typer.Option("--column", metavar="栏目", help="只看宜入这个栏目的")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="条数", min=1, help="最多列几条")] = 20,
    everything: Annotated[
        bool, typer.Option("--all", help="列出采集到的每一条，连同已选用、已搁置、不相关和重复的")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出值得写的线索：最要紧的在前，同一件事只列一条，每条写明理由。"""
    from xcbulletin.newsroom import suggesting
    from xcbulletin.workspace import parse_issue_id

    with open_newsroom(context) as newsroom:
        workspace = newsroom.workspace
        asked: dict[str, Any] = {
            "issue": None if issue is None else parse_issue_id(issue),
            "industries": selected_industries(workspace.industries, split(industries)) if industries else (),
            "column": None if column is None else _column_code(column, workspace.columns),
            "tell": complain,
        }
        if everything:
            found = suggesting.everything(newsroom, **asked)
        else:
            found = suggesting.suggest(newsroom, **asked, limit=limit)
        if as_json:
            _print_json(found)
        else:
            _list(found, newsroom, issue, everything=everything)


@app.command()
def pick(
    context: typer.Context,
    items: ItemsArgument,
    issue: Annotated[str, typer.Option("--issue", metavar="期号", help="写进哪一期", show_default=False)],
    column: Annotated[
        str | None, typer.Option("--column", metavar="栏目", help="写进哪个栏目，不写就按线索的内容定")
    ] = None,
) -> None:
    """选用线索：每条写成一篇草稿，原文另存为证据。已有的文稿不会被改动。"""
    from xcbulletin.newsroom import deciding
    from xcbulletin.workspace import parse_issue_id

    with open_newsroom(context) as newsroom:
        code = None if column is None else _code_of(column, newsroom.workspace.columns)
        for picked in deciding.pick(newsroom, items, parse_issue_id(issue), code, complain):
            where = "草稿在 " if picked.new else "已有稿子，没有另写："
            say(f"{picked.item}《{picked.title}》：{where}{picked.file}")
            if picked.remark:
                complain(f"{picked.item}: {picked.remark}，证据里存的是信息源给出的文字")


@app.command()
def dismiss(context: typer.Context, items: ItemsArgument) -> None:
    """搁置线索：这件事以后不再列出，别家再转载也不列。"""
    from xcbulletin.newsroom import deciding

    with open_newsroom(context) as newsroom:
        for item in deciding.dismiss(newsroom, items):
            others = f"（连同 {len(item.others)} 篇转载）" if item.others else ""
            say(f"{item.id}《{item.title}》：已搁置{others}")


@app.command()
def merge(context: typer.Context, items: ItemsArgument) -> None:
    """把说同一件事的几条合成一条，以后一直这样。"""
    from xcbulletin.newsroom import deciding

    with open_newsroom(context) as newsroom:
        merged = deciding.merge(newsroom, items)
        say(f"{_numbers(merged.items)} 已合成一条{_decided(merged)}")


def _numbers(items: Sequence[int]) -> str:
    return "、".join(map(str, items))


def _decided(merged: "Merged") -> str:
    """Return what was decided on the story: whoever joins a new item to an old one would not know."""
    if merged.status != "new":
        return f"，这一条{_STATUS[merged.status]}{f'：{merged.article}' if merged.article else ''}"
    if merged.dismissed:
        return f"；其中 {_numbers(merged.dismissed)} 搁置过，合成的一条照样列出，都不要就再 dismiss {merged.items[0]}"
    return ""


@app.command("split")
def split_(context: typer.Context, item: ItemArgument) -> None:
    """把错合进去的一条拆出来，以后一直这样。"""
    from xcbulletin.newsroom import deciding

    with open_newsroom(context) as newsroom:
        one = deciding.split(newsroom, item)
        others = f"（连同 {len(one.others)} 篇转载）" if one.others else ""
        still = "" if one.status == "new" else f"，仍是{_STATUS[one.status]}"
        say(f"{one.id}《{one.title}》：已拆出来{others}，单独成一条{still}")


@app.command()
def learn(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="文件.jsonl",
            help="标好产业的样例，一行一条；不写就只从编辑的取舍和往期的标注里学",
            show_default=False,
        ),
    ] = None,
) -> None:
    """让分产业的本领更准：学样例、编辑的取舍和往期文章的标注。"""
    from xcbulletin.newsroom import learning

    with open_newsroom(context) as newsroom:
        learnt = learning.learn(newsroom, file, complain)
    list_problems(learnt.problems)
    for line in _lesson(learnt, with_file=file is not None):
        say(line)
    if learnt.problems:
        raise typer.Exit(1)


def _code_of(column: str, columns: Sequence["Column"]) -> str:
    """Return the code of a column that may be called by its name."""
    return next((one.code for one in columns if one.name == column.strip()), column.strip())


def _column_code(column: str, columns: Sequence["Column"]) -> str:
    code = _code_of(column, columns)
    if code not in [one.code for one in columns]:
        known = "、".join(f"{one.code}（{one.name}）" for one in columns)
        raise UsageMistakeError(f"--column 没有“{column}”这个栏目；可用：{known}")
    return code


# Shown to programs


def _print_json(found: "Suggested") -> None:
    document = {"items": [_as_json(one) for one in found.suggestions], "coverage": dict(found.coverage)}
    say_json(document)


def _as_json(suggestion: "Suggestion") -> dict[str, Any]:
    from xcbulletin.zone import SHANGHAI

    one = suggestion.candidate
    published = one.published.astimezone(SHANGHAI).isoformat(timespec="seconds") if one.published else None
    return {
        "id": str(one.id),
        "title": one.title,
        "url": one.url,
        "source": one.source,
        "published": published,
        "industries": [label.code for label in one.judgement.labels if label.sure],
        "maybe": [label.code for label in one.judgement.labels if not label.sure],
        "column": one.judgement.column,
        "score": suggestion.score,
        "reasons": list(suggestion.reasons),
        "also": [{"title": other.title, "url": other.url, "source": other.source} for other in one.also],
        "status": one.status,
    }


# Shown to editors


def _list(found: "Suggested", newsroom: "Newsroom", issue: str | None, *, everything: bool) -> None:
    if not found.suggestions:
        say(_nothing(found, newsroom))
        return
    widest = max(len(str(one.candidate.id)) for one in found.suggestions)
    columns = {one.code: one.name for one in newsroom.workspace.columns}
    for suggestion in found.suggestions:
        for line in _lines(suggestion, columns, widest, with_status=everything):
            say(line)
    for line in _coverage(found, newsroom):
        say(line)
    first = found.suggestions[0].candidate.id
    say(f"选用：xcbulletin pick {first} --issue {issue or '期号'}　　不要：xcbulletin dismiss {first}")


def _nothing(found: "Suggested", newsroom: "Newsroom") -> str:
    if not newsroom.sources:
        return "还没有信息源；先用 xcbulletin sources add 网址 添加，再用 xcbulletin collect 采集"
    if not found.stored:
        return "还没有采集到任何条目；请先运行 xcbulletin collect"
    return (
        f"{_period(found)}没有合适的线索（共采集到 {found.stored} 条）；xcbulletin suggest --all 列出每一条"
    )


def _period(found: "Suggested") -> str:
    from datetime import timedelta

    from xcbulletin.zone import SHANGHAI

    since = found.period.since.astimezone(SHANGHAI)
    until = (found.period.until - timedelta(seconds=1)).astimezone(SHANGHAI)
    return f"{since.month}月{since.day}日到{until.month}月{until.day}日"


def _lines(
    suggestion: "Suggestion", columns: dict[str, str], widest: int, *, with_status: bool
) -> Iterator[str]:
    """Yield the lines of one suggestion: number and title; where from; why; where else; a blank one."""
    from xcbulletin.zone import SHANGHAI

    one = suggestion.candidate
    room = _WIDTH - widest - 2
    title, *more = wrap(_cut(one.title), room)
    yield f"{one.id:>{widest}}  {title}"
    facts = [
        one.source,
        f"{one.published.astimezone(SHANGHAI):%Y-%m-%d}" if one.published else "",
        columns.get(one.judgement.column or "", ""),
        _STATUS[one.status] if with_status else "",
    ]
    rest = [" · ".join(filter(None, facts)), "；".join(suggestion.reasons)]
    if one.also:
        rest.append(f"另见：{'、'.join(dict.fromkeys(other.source for other in one.also))}")
    for line in (*more, *(line for text in rest for line in wrap(text, room))):
        yield f"{'':{widest + 2}}{line}"
    yield ""


def _cut(title: str) -> str:
    """Return a title, cut where a source gave a whole text as one."""
    if columns_of(title) <= _TITLE:
        return title
    end = next(end for end in range(len(title), 0, -1) if columns_of(title[:end]) < _TITLE - 4)
    return f"{title[:end]}……"


_STATUS = {"new": "待定", "picked": "已选用", "dismissed": "已搁置", "folded": "已合并"}


def _coverage(found: "Suggested", newsroom: "Newsroom") -> Iterator[str]:
    names = {one.code: one.short_name for one in newsroom.workspace.industries}
    counted = "、".join(f"{names[code]} {count}" for code, count in found.coverage.items() if count)
    missing = [names[code] for code, count in found.coverage.items() if not count]
    yield from wrap(f"各产业收到的条数（{_period(found)}）：{counted or '都没有'}", _WIDTH)
    if missing and counted:
        yield from wrap(f"没有收到：{'、'.join(missing)}。可以加这方面的信息源", _WIDTH)


# What was learnt


def _lesson(learnt: "Learnt", *, with_file: bool) -> Iterator[str]:
    lesson, counts = learnt.lesson, learnt.lesson.counts
    if with_file:
        yield f"读了 {learnt.read} 条样例，其中 {learnt.new} 条是新的"
    total = sum(counts.values())
    yield (
        f"一共学 {total} 条：样例 {counts['file']}，编辑的取舍 {counts['decision']}，往期文章 {counts['issue']}"
    )
    if lesson.learnt is None or lesson.alone is None:
        yield f"样例太少，还不学（至少要 {lesson.enough} 条）；现在只靠产业表 sources/industries.yaml 分产业"
        return
    yield f"只靠产业表，与编辑标的相合：{_agreement(lesson.alone)}"
    yield f"学过以后，与编辑标的相合：{_agreement(lesson.learnt)}（分成五份，轮流用四份学、一份考）"
    if round(lesson.learnt.f1, 2) < round(lesson.alone.f1, 2):
        yield "这些样例上，学过反而低一些：产业表里也许已有为它们写的词；样例多了、标得一致，会好起来"
    yield f"已经采用，最近的 {learnt.relabelled} 条线索重新分了产业"


def _agreement(agreement: "Agreement") -> str:
    return f"产业 {agreement.f1:.0%}，与各产业无关的有 {agreement.clean:.0%} 没有误标"

"""The cover of a report: title, subtitle, publishers, date."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from xcbulletin.manuscript.importing.blocks import Block, Heading, Origin, Paragraph, text_of
from xcbulletin.manuscript.importing.dates import find_date, missing_date, without_numbers
from xcbulletin.manuscript.importing.numbering import is_closed, is_organisation
from xcbulletin.model import Problem

_BRACKETED = re.compile(r"[（(]\s*(.+?)\s*[)）]")
_SUBTITLE = re.compile(r"(?:——|—|--|––)\s*\S")
_LONGEST_LINE = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Cover:
    """What a cover says; `rest` are the lines that have no place of their own."""

    title: str
    line: int = 1
    subtitle: str | None = None
    publishers: tuple[str, ...] = ()
    date: datetime.date | None = None
    has_day: bool = True
    rest: tuple[Block, ...] = ()


def cover_length(blocks: Sequence[Block]) -> int:
    """Return how many blocks at the beginning may be a cover: short lines, but no heading with text below."""
    end = next((index for index, block in enumerate(blocks) if not _is_cover_line(block)), len(blocks))
    return end - 1 if 1 < end < len(blocks) and isinstance(blocks[end - 1], Heading) else end


def _is_cover_line(block: Block) -> bool:
    text = text_of(block)
    if not isinstance(block, Heading | Paragraph) or len(text) > _LONGEST_LINE:
        return False
    return isinstance(block, Heading) or not is_closed(text)


def read_cover(blocks: Sequence[Block], origin: Origin) -> Cover:
    """Return what the lines of a cover say."""
    lines = [(block, text_of(block)) for block in blocks]
    if not lines:
        return Cover(title=PurePath(origin.file.replace("\\", "/")).stem or "报告")
    used, title = _title(lines)
    lines = lines[used:]
    subtitle = _subtitle(lines)
    dated = [(block, found) for block, text in lines if (found := _date(text)) is not None]
    named = [block for block, text in lines if _is_publisher(text)]
    taken = [
        *(block for block, text in lines if text == subtitle),
        *(block for block, _ in dated[:1]),
        *named,
    ]
    return Cover(
        title=title,
        line=blocks[0].line,
        subtitle=subtitle,
        publishers=tuple(map(text_of, named)),
        date=dated[0][1][0] if dated else None,
        has_day=dated[0][1][1] if dated else True,
        rest=tuple(block for block, _ in lines if not any(block is other for other in taken)),
    )


def _title(lines: Sequence[tuple[Block, str]]) -> tuple[int, str]:
    """Return how many lines the title has, and the title with a bracketed addition in full-width brackets."""
    title, used = lines[0][1], 1
    match = _BRACKETED.fullmatch(lines[1][1]) if len(lines) > 1 else None
    if match is not None:
        title, used = f"{title}（{match[1]}）", 2
    return used, title


def _subtitle(lines: Sequence[tuple[Block, str]]) -> str | None:
    dashed = [text for _, text in lines if _SUBTITLE.match(text)]
    headed = [
        text
        for block, text in lines
        if isinstance(block, Heading) and not _is_publisher(text) and not _date(text)
    ]
    return next(iter([*dashed, *headed]), None)


def _date(text: str) -> tuple[datetime.date, bool] | None:
    return None if without_numbers(text) else find_date(text)


def _is_publisher(text: str) -> bool:
    return is_organisation(text) and not _SUBTITLE.match(text)


def cover_remarks(cover: Cover, issue_date: datetime.date | None, origin: Origin) -> Iterator[Problem]:
    """Yield what the editor should check about the cover."""
    if cover.date is not None and not cover.has_day:
        message = f"封面只有年月，日期记为当月最后一天（{cover.date}）"
        yield origin.remark(cover.line, "date", message, "请核对 issue.yaml 里的 date")
    if cover.date is None:
        yield missing_date(cover.line, "封面上没有找到日期，暂记为导入当天", issue_date, origin)
    if cover.rest:
        lines = [block.line for block in cover.rest]
        texts = "、".join(f"“{text_of(block)}”" for block in cover.rest)
        message = f"封面上的这些文字没有对应的项目，没有导入（{origin.where(lines)}）：{texts}"
        yield origin.remark(lines[0], "cover", message, "如需要，请写进 issue.yaml 或前言")

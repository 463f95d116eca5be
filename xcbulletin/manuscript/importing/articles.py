"""The articles of a column: where each begins, and what in it is a heading."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xcbulletin.manuscript.importing.blocks import Block, Heading, Origin, Paragraph, Picture, text_of
from xcbulletin.manuscript.importing.captions import bind, caption_length, is_source_line
from xcbulletin.manuscript.importing.files import Draft
from xcbulletin.manuscript.importing.headings import heading_class, heading_classes, level_headings
from xcbulletin.manuscript.importing.inline import Inline, cut, literal, plain, tidy, undressed
from xcbulletin.manuscript.importing.numbering import (
    is_closed,
    is_heading_line,
    is_short_line,
    numbering,
    run_in_length,
)
from xcbulletin.model import Column, Problem

EDITORIAL = "editorial"
"""The column whose article need not have a title of its own."""

_NO_TITLE = re.compile(
    r"(?:来源|作者|记者|编辑|责编|责任编辑|摘编|整理|供稿|撰稿|审核|日期|时间|注|电话|地址|单位)\s*[：:]|[（(—*\-·]|https?:|www\."
)
_ORDINARY_LENGTH = 41
_INNER_LEVEL = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """An article as it stood in the file; the title is empty where there was none."""

    column: Column
    line: int
    title: Inline = ()
    level: int | None = None
    """The level of the title, if the file marked it as a heading."""
    blocks: tuple[Block, ...] = ()
    is_named: bool = True
    is_guessed: bool = False
    """Whether a mere line in the middle of a column was taken for the title."""
    is_cut: bool = False
    """Whether the title is the first line of a paragraph that went on after a line break."""


def articles_of(column: Column, name: str, blocks: Sequence[Block]) -> list[Article]:
    """Return the articles of a column; one without a title is called as the column was."""
    found: list[tuple[Article, list[Block]]] = []
    for index, block in enumerate(blocks):
        current, gathered = found[-1] if found else (None, [])
        if isinstance(block, Heading | Paragraph) and _opens(blocks, index, current, bool(gathered)):
            found.append((_opened(column, block, current), []))
        elif current is None:
            title = literal(name or column.name)
            found.append((Article(column=column, line=block.line, title=title, is_named=False), [block]))
        else:
            gathered.append(block)
    return [replace(article, blocks=tuple(gathered)) for article, gathered in found]


def _opened(column: Column, block: Heading | Paragraph, current: Article | None) -> Article:
    level = block.level if isinstance(block, Heading) else None
    is_guessed = level is None and current is not None
    return Article(
        column=column,
        line=block.line,
        title=undressed(block.text),
        level=level,
        is_guessed=is_guessed,
        is_cut=isinstance(block, Paragraph) and block.is_cut,
    )


def _opens(blocks: Sequence[Block], index: int, current: Article | None, has_text: bool) -> bool:
    """Say whether a block is the title of an article; `has_text` tells of the article before it."""
    block, text = blocks[index], text_of(blocks[index])
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    if isinstance(block, Heading):
        return numbering(text) is None and caption_length(text) is None and _is_high(block, current)
    if not is_short_line(text) or _NO_TITLE.match(text) or caption_length(text) or is_source_line(text):
        return False
    if current is None:
        return following is not None
    return has_text and current.level is None and following is not None and _is_ordinary(following)


def _is_high(heading: Heading, current: Article | None) -> bool:
    """Say whether a heading stands as high as the title of the article before it."""
    return current is None or current.level is None or heading.level <= current.level


def _is_ordinary(block: Block) -> bool:
    """Say whether a block is what follows a title: a paragraph, a numbered heading, a picture."""
    text = text_of(block)
    if isinstance(block, Paragraph) and not is_source_line(text):
        return is_closed(text) or len(text) >= _ORDINARY_LENGTH or is_heading_line(text)
    return heading_class(block) is not None or isinstance(block, Picture)


def drafts_of(articles: Sequence[Article], origin: Origin) -> tuple[list[Draft], list[Problem]]:
    """Return the articles with headings found and captions bound, and remarks."""
    drafts: list[Draft] = []
    remarks: list[Problem] = []
    for article in articles:
        bound = bind(tuple(_with_headings(article.blocks)), origin)
        levels = level_headings(bound.blocks)
        drafts.append(_draft(article, bound.blocks, levels))
        remarks += [*_title_remarks(article, origin), *bound.remarks, *_joined_headings(bound.blocks, origin)]
    return drafts, remarks


def _draft(article: Article, blocks: tuple[Block, ...], levels: tuple[int | None, ...]) -> Draft:
    return Draft(
        column=article.column.code,
        title=article.title,
        line=article.line,
        blocks=blocks,
        levels=levels,
        is_named=article.is_named,
    )


def _with_headings(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks, with headings that run into their paragraph as headings of their own."""
    for block in blocks:
        end = run_in_length(text_of(block)) if isinstance(block, Paragraph) and not block.quoted else None
        if isinstance(block, Paragraph) and end is not None:
            yield Heading(line=block.line, text=tidy(cut(block.text, 0, end)), level=_INNER_LEVEL)
            yield replace(block, text=tidy(cut(block.text, end)))
        else:
            yield block


def _title_remarks(article: Article, origin: Origin) -> Iterator[Problem]:
    title = plain(article.title)
    if not article.is_named and article.column.code != EDITORIAL:
        message = f"“{article.column.name}”里的文章没有标题，用“{title}”作标题"
        yield origin.remark(article.line, "title", message, "请在文稿开头的 title 里写上标题")
    if article.is_cut and not article.is_guessed:
        message = f"把段内换行前的一行“{title}”当作文章的标题"
        yield origin.remark(article.line, "article", message, "请核对；如是正文，请并回正文")
    if article.is_guessed:
        message = f"把单独的一行“{title}”当作新文章的标题"
        yield origin.remark(article.line, "article", message, "请核对；如是小标题，请并回上一篇")


def _joined_headings(blocks: Sequence[Block], origin: Origin) -> Iterator[Problem]:
    """Yield a remark for each paragraph whose heading cannot be told from its text."""
    classes = {kind for kind in heading_classes(blocks) if kind is not None}
    for block in blocks:
        number = numbering(text_of(block)) if isinstance(block, Paragraph) else None
        if number is not None and number[0] in classes and heading_class(block) is None:
            message = f"标题“{text_of(block)[:16]}……”与正文连在一起，分不出标题到哪里为止，整段保留"
            yield origin.remark(block.line, "joined-heading", message, "请在文稿里的标题后另起一行")

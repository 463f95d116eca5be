"""Blocks to a bulletin: columns opened by lines like “●行业动态”, articles opened by their titles."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from itertools import groupby
from typing import Any

from xcbulletin.manuscript.importing.blocks import (
    Block,
    Document,
    Heading,
    Item,
    Origin,
    Paragraph,
    Picture,
    Table,
    text_of,
)
from xcbulletin.manuscript.importing.captions import bind, caption_length, is_source_line
from xcbulletin.manuscript.importing.contents import contents_remark, take_contents
from xcbulletin.manuscript.importing.files import Draft, Laid, lay_out
from xcbulletin.manuscript.importing.headings import heading_class, heading_classes, level_headings
from xcbulletin.manuscript.importing.inline import Inline, cut, literal, undressed
from xcbulletin.manuscript.importing.masthead import Masthead, read_masthead
from xcbulletin.manuscript.importing.numbering import (
    is_heading_line,
    is_short_line,
    numbering,
    run_in_length,
    squeezed,
)
from xcbulletin.manuscript.importing.residue import drop_rules
from xcbulletin.model import Column, Industry, Kind, Problem

EDITORIAL = "editorial"
"""The column whose article has no title of its own."""

_MARKS = "●■◆★▲◎○□◇☆※▍•◼⬤"
_COLUMN_LINE = re.compile(rf"([{_MARKS}]+)?\s*(?:[【\[]\s*([^】\]]+?)\s*[】\]]|(.+?))\s*[：:]?\s*")
_LONGEST_COLUMN = 10
_NO_TITLE = re.compile(
    r"(?:来源|作者|记者|编辑|责编|责任编辑|摘编|整理|供稿|撰稿|审核|日期|时间|注|电话|地址|单位)\s*[：:]|[（(—*\-·“]|https?:|www\."
)
_ORDINARY_LENGTH = 41


@dataclass(kw_only=True)
class _Article:
    """An article as it grows; `title` is empty until its line was found."""

    column: Column
    line: int
    title: Inline = ()
    level: int | None = None
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class _ColumnLine:
    """A line that opens a column; `column` is None where no column has such a name."""

    line: int
    name: str
    mark: str
    column: Column | None


def arrange_bulletin(
    document: Document, columns: Sequence[Column], industries: Sequence[Industry], issue_date: date | None
) -> Laid:
    """Return the files of a bulletin."""
    origin = document.origin
    ruled = drop_rules(document.blocks, origin)
    taken = take_contents(ruled.blocks) if _has_leaders(ruled.blocks) else None
    blocks = ruled.blocks if taken is None else taken.blocks
    head, sections, found = _split_columns(blocks, columns, origin)
    masthead = read_masthead(head) if sections else Masthead(rest=list(head))
    if not sections:
        sections = [(_home(columns), "", [])]
        found = (*found, _no_column(sections[0][0], origin))
    articles = [article for section in sections for article in _articles(*section)]
    articles = _with_head(articles, masthead.rest, sections[0][0])
    drafts, remarks = _drafts(_in_order(articles, columns), origin)
    laid = lay_out(_issue_fields(masthead, issue_date), drafts, document, industries)
    contents = () if taken is None else contents_remark(taken, origin)
    head_remarks = (*_head_remarks(masthead, issue_date, bool(found), origin),)
    return replace(laid, remarks=(*ruled.remarks, *contents, *head_remarks, *found, *remarks, *laid.remarks))

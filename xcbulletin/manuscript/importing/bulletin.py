"""Blocks to a bulletin: columns opened by lines like “●行业动态”, articles opened by their titles."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

from xcbulletin.manuscript.importing.articles import Article, articles_of, drafts_of
from xcbulletin.manuscript.importing.blocks import Block, Document, Heading, Origin, Paragraph, text_of
from xcbulletin.manuscript.importing.contents import contents_remark, take_contents
from xcbulletin.manuscript.importing.dates import missing_date
from xcbulletin.manuscript.importing.files import Laid, lay_out
from xcbulletin.manuscript.importing.inline import literal
from xcbulletin.manuscript.importing.masthead import Masthead, read_masthead
from xcbulletin.manuscript.importing.numbering import is_closed, squeezed
from xcbulletin.manuscript.importing.residue import drop_rules
from xcbulletin.model import Column, Industry, Kind, Problem

COLUMN_MARKS = "●■◆★▲◎○□◇☆※▍•◼⬤"
"""The signs that a line opening a column may begin with."""

_COLUMN_LINE = re.compile(rf"([{COLUMN_MARKS}]*)\s*([【\[]?)\s*(.+?)\s*[】\]]?\s*[：:]?\s*")
_LONGEST_COLUMN = 10
_LONGEST_LINE = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class _Opening:
    """A line that opens a column; `column` is None where no column has such a name."""

    line: int
    name: str
    mark: str
    column: Column | None


@dataclass(kw_only=True)
class _Section:
    """What stands under one opening."""

    column: Column
    name: str
    blocks: list[Block] = field(default_factory=list)


def arrange_bulletin(
    document: Document,
    columns: Sequence[Column],
    industries: Sequence[Industry],
    issue_date: date | None,
    today: date,
) -> Laid:
    """Return the files of a bulletin."""
    origin = document.origin
    ruled = drop_rules(document.blocks, origin)
    taken = take_contents(ruled.blocks)
    head, sections, remarks = _split(taken.blocks, columns, origin)
    masthead = read_masthead(head)
    articles = [
        article
        for section in sections
        for article in articles_of(section.column, section.name, section.blocks)
    ]
    drafts, more = drafts_of(
        _with_head(_in_order(articles, columns), masthead.rest, sections[0].column), origin
    )
    laid = lay_out(_issue_fields(masthead, issue_date or today), drafts, document, industries)
    found = (*ruled.remarks, *contents_remark(taken, origin), *_head_remarks(masthead, issue_date, origin))
    return replace(laid, remarks=(*found, *remarks, *more, *laid.remarks))


def _split(
    blocks: Sequence[Block], columns: Sequence[Column], origin: Origin
) -> tuple[list[Block], list[_Section], list[Problem]]:
    """Return what stands above the first column, the columns, and remarks on lines that open none."""
    openings = _openings(blocks, columns)
    if not openings:
        home = _home(columns)
        return [], [_Section(column=home, name="", blocks=list(blocks))], [_no_columns(home, origin)]
    head: list[Block] = []
    sections: list[_Section] = []
    remarks: list[Problem] = []
    for index, block in enumerate(blocks):
        if (opening := openings.get(index)) is not None:
            remarks += _open(opening, sections, columns, origin)
        else:
            (sections[-1].blocks if sections else head).append(block)
    return head, sections, remarks


def _open(
    opening: _Opening, sections: list[_Section], columns: Sequence[Column], origin: Origin
) -> Iterator[Problem]:
    """Begin a column, unless it is the one that is open; yield what is worth a remark."""
    column = opening.column or _nearest(opening.name, columns, sections)
    if opening.column is None:
        yield _unknown_column(opening, column, origin)
    elif sections and sections[-1].column is column:
        message = f"栏目“{column.name}”又出现一次，下面的内容接着上面的文章"
        yield origin.remark(opening.line, "column", message, "请核对")
        return
    sections.append(_Section(column=column, name=opening.name))


def _openings(blocks: Sequence[Block], columns: Sequence[Column]) -> dict[int, _Opening]:
    """Return the lines that open columns: those with a column's name, and others that are marked like them."""
    found = {
        index: opening
        for index, block in enumerate(blocks)
        if (opening := _opening(block, columns)) is not None
    }
    marks = {opening.mark for opening in found.values() if opening.column is not None} - {""}
    return {index: opening for index, opening in found.items() if opening.column or opening.mark in marks}


def _opening(block: Block, columns: Sequence[Column]) -> _Opening | None:
    text = text_of(block)
    is_line = isinstance(block, Heading | Paragraph) and len(text) <= _LONGEST_LINE
    match = _COLUMN_LINE.fullmatch(text) if is_line else None
    if match is None:
        return None
    name = squeezed(match[3])
    column = next((column for column in columns if squeezed(column.name) == name), None)
    if column is None and (len(name) > _LONGEST_COLUMN or is_closed(match[3])):
        return None
    return _Opening(line=block.line, name=name, mark=match[1] or match[2], column=column)


def _nearest(name: str, columns: Sequence[Column], sections: Sequence[_Section]) -> Column:
    """Return the column with the most similar name, else the one before, else the usual one."""
    near = get_close_matches(name, [column.name for column in columns], n=1, cutoff=0.6)
    if near:
        return next(column for column in columns if column.name == near[0])
    return sections[-1].column if sections else _home(columns)


def _home(columns: Sequence[Column]) -> Column:
    """Return the column for articles that stand in none: the one after the editorial."""
    return columns[1] if len(columns) > 1 else columns[0]


def _unknown_column(opening: _Opening, column: Column, origin: Origin) -> Problem:
    message = f"没有“{opening.name}”这个栏目，下面的文章放进了“{column.name}”"
    remedy = "请把文件移到合适的栏目，或在 bulletin.yaml 里增加这个栏目"
    return origin.remark(opening.line, "column", message, remedy)


def _no_columns(column: Column, origin: Origin) -> Problem:
    message = f"没有找到栏目行（如“●{column.name}”），全文放进了“{column.name}”"
    return origin.remark(1, "column", message, "请把文章分到各栏目的文件夹里")


def _in_order(articles: Sequence[Article], columns: Sequence[Column]) -> list[Article]:
    order = [column.code for column in columns]
    return sorted(articles, key=lambda article: order.index(article.column.code))


def _with_head(articles: list[Article], rest: Sequence[Block], column: Column) -> list[Article]:
    """Return the articles with what is left of the masthead before the first one's text."""
    if not rest:
        return articles
    first, *others = articles or [Article(column=column, line=rest[0].line, title=literal(column.name))]
    return [replace(first, blocks=(*rest, *first.blocks)), *others]


def _issue_fields(masthead: Masthead, issue_date: date) -> dict[str, object]:
    return {
        "kind": Kind.BULLETIN.value,
        **masthead.fields,
        "date": masthead.fields.get("date", issue_date),
        "imprint": masthead.imprint,
    }


def _head_remarks(masthead: Masthead, issue_date: date | None, origin: Origin) -> Iterator[Problem]:
    if masthead.notices:
        message = f"“{'”“'.join(masthead.notices)}”没有导入，报头上印的是 bulletin.yaml 里的 notice"
        yield origin.remark(1, "notice", message, "如有不同，请改那里")
    if "date" not in masthead.fields:
        yield missing_date(1, "没有找到出版日期，暂记为导入当天", issue_date, origin)
    if not masthead.has_day:
        found = masthead.fields["date"]
        message = f"刊头只写了年月，日期记为当月最后一天（{found}）"
        yield origin.remark(1, "date", message, "请核对 issue.yaml 里的 date")
    if masthead.rest:
        lines = [block.line for block in masthead.rest]
        message = f"第一个栏目前面的文字没有对应的项目，放在第一篇文章的开头（{origin.where(lines)}）"
        yield origin.remark(lines[0], "head", message, "请移到 issue.yaml，或删去")

"""A bulletin imported as a report, or a report as a bulletin: told by what only the other kind has."""

import re
from collections.abc import Sequence

from xcbulletin.manuscript.importing.blocks import Block, Document, Heading, Paragraph, text_of
from xcbulletin.manuscript.importing.bulletin import COLUMN_MARKS
from xcbulletin.manuscript.importing.contents import is_contents_title
from xcbulletin.manuscript.importing.headings import heading_classes
from xcbulletin.manuscript.importing.numbering import NumberingClass, squeezed
from xcbulletin.manuscript.importing.report import part_code
from xcbulletin.model import Column, Kind, Problem

_MARKED = re.compile(rf"([{COLUMN_MARKS}])\s*([^\s，。；、：:,.;]{{2,10}})\s*[：:]?")
_LEADING_PARTS = frozenset(("copyright", "foreword"))
_CHAPTERS = frozenset((NumberingClass.CHAPTER, NumberingClass.HAN))


def kind_remark(document: Document, kind: Kind, columns: Sequence[Column]) -> tuple[Problem, ...]:
    """Return the remark that a file looks like the other kind of issue, if it plainly does."""
    lines = _column_lines(document.blocks)
    is_report = not (lines or _names_column(document.blocks, columns)) and _is_like_report(document.blocks)
    if kind is Kind.BULLETIN and is_report:
        message, remedy = "像是一份报告", "请换一个期号，加上 --kind report 再导入一次"
        return (document.origin.remark(document.blocks[0].line, "kind", message, remedy),)
    if kind is Kind.REPORT and len(lines) > 1 and not _is_like_report(document.blocks):
        message, remedy = "像是一期快报", "请换一个期号，不加 --kind report 再导入一次"
        return (document.origin.remark(lines[0].line, "kind", message, remedy),)
    return ()


def _column_lines(blocks: Sequence[Block]) -> list[Block]:
    """Return the lines like “●行业动态” if the first stands before any chapter, and text below each."""
    found: list[tuple[str, Block]] = []
    chapters = heading_classes(blocks)
    for index, block in enumerate(blocks[:-1]):
        if not found and chapters[index] in _CHAPTERS:
            return []
        match = _marked(block)
        if match is not None and _marked(blocks[index + 1]) is None:
            found.append((match[1], block))
    return [block for mark, block in found if mark == found[0][0]]


def _names_column(blocks: Sequence[Block], columns: Sequence[Column]) -> bool:
    names = {squeezed(column.name) for column in columns}
    return any(squeezed(text_of(block)) in names for block in blocks)


def _marked(block: Block) -> re.Match[str] | None:
    return _MARKED.fullmatch(text_of(block)) if isinstance(block, Heading | Paragraph) else None


def _is_like_report(blocks: Sequence[Block]) -> bool:
    """Say whether there are a declaration or a foreword, and also printed contents or chapters."""
    parts = {part_code(blocks, index) for index in range(len(blocks))}
    chapters = [kind for kind in heading_classes(blocks) if kind in _CHAPTERS]
    return bool(parts & _LEADING_PARTS) and (len(chapters) > 1 or any(map(is_contents_title, blocks)))

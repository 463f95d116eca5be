"""Captions and source lines: paragraphs beside a figure or table that belong to it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from xcbulletin.model import Severity
from xcbulletin.publishing.markup.remarks import Remarks
from xcbulletin.publishing.nodes import (
    Bullets,
    Cell,
    Figure,
    Item,
    Node,
    Note,
    Numbers,
    Paragraph,
    Quote,
    Reference,
    SourceLine,
    Table,
    plain,
    walk,
    with_children,
)

_HOLDERS = (Bullets, Numbers, Item, Quote)
_LONGEST_BARE_CAPTION = 40

_ID = r"\s*(?:\{#([\w-]+)\})?"
_NUMBER = r"(?:\d+(?:[-—–.]\d+)?)"
_TABLE_CAPTION = re.compile(rf"(附?表)\s*{_NUMBER}?\s*[：:]\s*(.+?){_ID}")
_BARE_TABLE_CAPTION = re.compile(rf"(附?表)\s*{_NUMBER}\s+(.*[^。！？；：，、\s]){_ID}")
_FIGURE_CAPTION = re.compile(rf"图\s*{_NUMBER}(?:\s*[：:]\s*|\s+)(?=.*[^。！？；：，、\s]\Z)")
_SOURCE_LINE = re.compile(r"(?:数据|资料|图片)?来源\s*[：:].+")


def with_captions(nodes: Sequence[Node], remarks: Remarks) -> tuple[Node, ...]:
    """Return the blocks with captions and source lines moved into their figures and tables."""
    result: list[Node] = []
    for node in (_within(node, remarks) for node in nodes):
        joined = _joined(result[-1], node) if result else None
        if joined is None:
            result.append(node)
        else:
            result[-1:] = joined
    _report_captions(result, remarks)
    return tuple(result)


def _within(node: Node, remarks: Remarks) -> Node:
    """Return a list or quote with the captions in it read as well."""
    if isinstance(node, _HOLDERS):
        return with_children(node, with_captions(node.children, remarks))
    return node


def _joined(before: Node, node: Node) -> tuple[Node, ...] | None:
    """Return what stands for two blocks of which one is the other's caption or source; None if neither is."""
    match before, node:
        case Paragraph(), Table() if match := _caption_of(before):
            return (replace(node, label=match[1], caption=match[2], id=match[3]),)
        case Table(source=None), Paragraph() if _is_source(node):
            if _has_calls(node):
                return before, SourceLine(children=node.children, line=node.line)
            return (replace(before, source=plain(node.children).strip()),)
        case Figure(), Paragraph() if _lacks_caption(before) and (caption := _figure_caption_in(node)):
            return (replace(before, children=caption),)
    return None


def _report_captions(nodes: Sequence[Node], remarks: Remarks) -> None:
    """Report the figures without a caption, and the captions without a table."""
    for node, below, further in zip_longest(nodes, nodes[1:], nodes[2:]):
        if _lacks_caption(node):
            remarks.add(node.line, "figure-caption", "图片没有图题", "请写成 ![图题](assets/文件名)")
        if _caption_match(node) is None or _is_spoilt_table(below):
            continue
        if _has_calls(node):
            # It would be a caption but for a call in it, which a caption would lose.
            message, suggestion = "表题里有脚注或引用，不能作表题", "请把脚注标在正文里，表题只写文字"
            remarks.add(node.line, "table-caption", message, suggestion, Severity.ERROR)
        elif isinstance(further, Table) and not further.caption:
            suggestion = "表题请紧接在表格上方；单位可写进表题，如“表：产量（单位：台）”"
            remarks.add(node.line, "table-caption", "表题与表格之间隔着别的内容，认不出是表题", suggestion)
        else:
            suggestion = "表题请紧接在表格上方；不是表题的，请改写开头"
            remarks.add(node.line, "table-caption", "表题下面没有表格", suggestion)


def _is_spoilt_table(node: Node | None) -> bool:
    """Tell whether a block is rows with bars that are no table; what is amiss with them is told there."""
    return isinstance(node, Paragraph) and bool(re.search("[|｜]", plain(node.children)))


def _caption_of(node: Node) -> re.Match[str] | None:
    """Match the caption of the table below: its label, text and id."""
    match = _caption_match(node) or _bare_caption_match(node)
    return None if _has_calls(node) else match


def _bare_caption_match(node: Node) -> re.Match[str] | None:
    """Match “表1　题”, which is a caption without a colon."""
    text = plain(node.children).strip()
    is_short = isinstance(node, Paragraph) and len(text) <= _LONGEST_BARE_CAPTION
    return _BARE_TABLE_CAPTION.fullmatch(text) if is_short else None


def _lacks_caption(node: Node) -> bool:
    return isinstance(node, Figure) and not plain(node.children).strip()


def _figure_caption_in(node: Paragraph) -> tuple[Node, ...]:
    """Return the caption that a paragraph like “图1　题” is; empty if it is none."""
    text = plain(node.children)
    match = _FIGURE_CAPTION.match(text)
    if not (match and len(text) <= _LONGEST_BARE_CAPTION and node.children[0].text.startswith(match[0])):
        return ()
    first, *more = node.children
    return (replace(first, text=first.text.removeprefix(match[0])), *more)


def _caption_match(node: Node) -> re.Match[str] | None:
    return _TABLE_CAPTION.fullmatch(plain(node.children).strip()) if isinstance(node, Paragraph) else None


def _has_calls(node: Node) -> bool:
    return any(isinstance(inner, Note | Reference) for inner in walk(node.children))


def _is_source(node: Node) -> bool:
    return bool(_SOURCE_LINE.fullmatch(plain(node.children).strip()))


def source_in(cells: Sequence[Cell]) -> str | None:
    """Return the source line that was taken for a row because no blank line parts it from its table."""
    texts = [text for cell in cells if (text := plain(cell.children).strip())]
    has_calls = any(_has_calls(cell) for cell in cells)
    return texts[0] if len(texts) == 1 and not has_calls and _SOURCE_LINE.fullmatch(texts[0]) else None

"""Markdown to nodes: CommonMark with tables, footnotes, captioned figures and tables, references."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_cjk_friendly import cjk_friendly
from mdit_py_plugins.footnote import footnote_plugin

from xcbulletin.model import Article, Problem, Severity
from xcbulletin.publishing.charts.block import ReadData, no_data
from xcbulletin.publishing.markup.blocks import block_nodes
from xcbulletin.publishing.markup.captions import with_captions
from xcbulletin.publishing.markup.charts import with_charts
from xcbulletin.publishing.markup.footnotes import (
    keep_definitions,
    read_notes,
    report_definitions,
    with_notes,
)
from xcbulletin.publishing.markup.remarks import Remarks
from xcbulletin.publishing.markup.running import running_text
from xcbulletin.publishing.markup.scanning import quick_scanning
from xcbulletin.publishing.nodes import Code, Heading, Node, kinds_in, rewrite, walk
from xcbulletin.switches import without_switches

_DEEPEST = 40


def parse(article: Article, read_data: ReadData = no_data) -> tuple[tuple[Node, ...], tuple[Problem, ...]]:
    """Return the nodes of an article's body, and what in it will not be printed as its editor may think.

    `read_data` gives the files that charts are made from.
    """
    remarks = Remarks(article)
    if blocks := running_text(article.body, article.body_line):
        return _levelled(with_captions(blocks, remarks)), tuple(remarks.problems)
    return _parse(article, remarks, read_data), tuple(remarks.problems)


def _parse(article: Article, remarks: Remarks, read_data: ReadData) -> tuple[Node, ...]:
    environment: dict[str, Any] = {}
    tokens = _tokens(article.body, environment)
    if (deep := _too_deep(tokens)) is not None:
        line = deep + article.body_line
        remarks.add(line, "depth", "引用、列表或粗体套得太深", "请减少层次", Severity.ERROR)
        return (Code(text=article.body),)
    report_definitions(environment, remarks)
    trees = SyntaxTreeNode(tokens).children
    notes = read_notes((tree for tree in trees if tree.type == "footnote_block"), remarks)
    blocks = block_nodes([tree for tree in trees if tree.type != "footnote_block"], remarks)
    captioned = with_charts(with_captions(blocks, remarks), remarks, read_data)
    nodes = with_notes(captioned, notes)
    if not nodes:
        message, suggestion = "正文是空的，只会印出标题", "请补上正文，或在开头写一行 draft: true"
        remarks.add(article.body_line, "empty-article", message, suggestion)
    return _levelled(nodes)


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
    # A line like “[注]: ……” is text to an editor; CommonMark would swallow it as a link's definition.
    # Four blanks before a paragraph are its indent to an editor, and no code.
    markdown.enable(["table", "strikethrough"]).disable(["reference", "code"])
    markdown.use(quick_scanning).use(cjk_friendly).use(footnote_plugin, inline=False)
    markdown.core.ruler.before("footnote_tail", "defined_notes", keep_definitions)
    return markdown


def _tokens(body: str, environment: dict[str, Any]) -> list[Token]:
    """Return the tokens of a body without its switches, with the rows that they have in it as written."""
    rows: Sequence[int] = range(body.count("\n") + 1)
    if "<!--" in body:
        body, rows = without_switches(body)
    tokens = _markdown().parse(body, environment)
    for token in tokens:
        if token.map:
            start, end = token.map
            token.map = [rows[start], rows[min(end, len(rows)) - 1] + 1]
    return tokens


def _too_deep(tokens: Iterable[Token]) -> int | None:
    """Return the row from which markdown-it may have passed text over, or nests deeper than we can climb."""
    row = 0
    for token in tokens:
        row = token.map[0] if token.map else row
        if max((token.level, *(child.level for child in token.children or ()))) >= _DEEPEST - 1:
            return row
    return None


def _levelled(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the nodes with heading levels counted from 1 below the article's title, without jumps."""
    if Heading not in kinds_in(nodes):
        return nodes
    written = sorted({node.level for node in walk(nodes) if isinstance(node, Heading)})
    current = 0

    def level(node: Node) -> Node:
        nonlocal current
        if not isinstance(node, Heading):
            return node
        current = min(written.index(node.level) + 1, current + 1)
        return replace(node, level=current)

    return rewrite(nodes, level)

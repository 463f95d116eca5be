"""Paragraphs, lists, tables, figures: markdown-it's tree to nodes."""

import re
from collections.abc import Sequence, Set
from difflib import get_close_matches
from itertools import count
from urllib.parse import unquote

from markdown_it.tree import SyntaxTreeNode

from xcbulletin.model import Severity
from xcbulletin.publishing.markup.captions import source_in
from xcbulletin.publishing.markup.charts import CHART_WORDS
from xcbulletin.publishing.markup.columns import read_columns
from xcbulletin.publishing.markup.inlines import inline_nodes, spans
from xcbulletin.publishing.markup.keyfigures import KEY_FIGURES_WORDS, read_key_figures
from xcbulletin.publishing.markup.remarks import Remarks
from xcbulletin.publishing.markup.slips import cells_in, slips
from xcbulletin.publishing.nodes import (
    Bullets,
    Cell,
    Code,
    Figure,
    Heading,
    Item,
    KeyFigures,
    Node,
    Numbers,
    Paragraph,
    Quote,
    Row,
    Rule,
    Table,
)

_FIGURE_SETTINGS = re.compile(r"\s*\{([^{}]*)\}\s*")
_WIDTH = re.compile(r"width=[\"']?(.*?)[\"']?")
_PER_CENT = re.compile(r"(\d{1,3})[%％]?")


def block_nodes(trees: Sequence[SyntaxTreeNode], remarks: Remarks) -> tuple[Node, ...]:
    """Return a node for each block."""
    return tuple(_block(tree, remarks) for tree in trees)


def _block(tree: SyntaxTreeNode, remarks: Remarks) -> Node:
    line = remarks.line_of(tree)
    match tree.type:
        case "paragraph":
            return _paragraph(tree, remarks)
        case "heading":
            _report_underlined(tree, remarks)
            return Heading(children=inline_nodes(tree, line, remarks), level=int(tree.tag[1:]), line=line)
        case "bullet_list":
            return Bullets(children=tuple(_item(item, "-", remarks) for item in tree.children), line=line)
        case "ordered_list":
            return _numbers(tree, remarks)
        case "blockquote":
            return Quote(children=block_nodes(tree.children, remarks), line=line)
        case "fence":
            return _fence(tree, remarks)
        case "hr":
            return Rule(line=line)
        case "table":
            return _table(tree, remarks)
        case other:
            raise AssertionError(other)


# Lists


def _numbers(tree: SyntaxTreeNode, remarks: Remarks) -> Numbers:
    _report_numbers(tree.children, remarks)
    start = int(tree.attrs.get("start", 1))
    items = tuple(_item(item, f"{number}.", remarks) for number, item in enumerate(tree.children, start))
    return Numbers(children=items, start=start, line=remarks.line_of(tree))


def _item(tree: SyntaxTreeNode, marker: str, remarks: Remarks) -> Item:
    """Return an item; in a tight list its paragraphs are bare text."""
    bare = [child.type == "paragraph" and child.hidden for child in tree.children]
    nodes = zip(block_nodes(tree.children, remarks), bare, strict=True)
    children = tuple(
        part
        for node, is_bare in nodes
        for part in (node.children if is_bare and isinstance(node, Paragraph) else (node,))
    )
    return Item(children=children, marker=marker, line=remarks.line_of(tree))


def _report_numbers(items: Sequence[SyntaxTreeNode], remarks: Remarks) -> None:
    """Report the first item not printed with its own number; 1 before every item is how Markdown counts."""
    numbers = [int(item.info) for item in items if item.info]
    if len(set(numbers)) <= 1:
        return
    for item, number, printed in zip(items, numbers, count(numbers[0]), strict=False):
        if number != printed:
            message = f"这一条写的是“{number}.”，会印成“{printed}.”"
            suggestion = f"请改正编号；如要照印，请写成“{number}、”，各条之间空一行"
            remarks.add(remarks.line_of(item), "list-number", message, suggestion)
            return


# Paragraphs, and figures


def _paragraph(tree: SyntaxTreeNode, remarks: Remarks) -> Paragraph | Figure:
    line = remarks.line_of(tree)
    image, *rest = tree.children[0].children or (None,)
    settings = _FIGURE_SETTINGS.fullmatch("".join(part.content for part in rest) or "{}")
    if image and image.type == "image" and settings and all(part.type == "text" for part in rest):
        return _figure(image, settings[1], line, remarks)
    report_slips(tree, remarks)
    return Paragraph(children=inline_nodes(tree, line, remarks), line=line)


def _figure(image: SyntaxTreeNode, settings: str, line: int, remarks: Remarks) -> Figure:
    title = image.attrs.get("title")
    id_, width = _figure_settings(settings, line, remarks)
    return Figure(
        children=spans(image.children, line, remarks),
        src=unquote(str(image.attrs["src"])),
        source=None if title is None else str(title),
        id=id_,
        width=width,
        line=line,
    )


def _figure_settings(written: str, line: int, remarks: Remarks) -> tuple[str | None, int | None]:
    """Return what stands in braces behind a figure: its id, and its width in per cent of the text's."""
    id_, per_cent = None, None
    for word in written.split():
        width = _WIDTH.fullmatch(word)
        if re.fullmatch(r"#[\w-]+", word):
            id_ = word[1:]
        elif width is None:
            message = f"图片后面的“{word}”不认得，不起作用"
            remarks.add(line, "picture-setting", message, "能写的是编号和宽度，如 {#fig-1 width=50%}")
        elif (number := _PER_CENT.fullmatch(width[1])) and 10 <= int(number[1]) <= 100:
            per_cent = int(number[1])
        else:
            message = f"图片宽度“{width[1]}”用不上"
            suggestion = "请写 10 到 100，即版心宽度的百分之几，如 {width=50%}"
            remarks.add(line, "picture-width", message, suggestion)
    return id_, per_cent


def report_slips(tree: SyntaxTreeNode, remarks: Remarks) -> None:
    """Report what in a paragraph was surely meant otherwise."""
    if not tree.map:
        return
    start, end = tree.map
    within = _within(tree)
    lazy = [row for row, line in enumerate(remarks.rows[start:end]) if within and _is_lazy(line, within)]
    # The first line has lost its indent, and so has every line what its list or quote takes.
    for slip in slips(tree.children[0].content, lazy):
        line = start + slip.row + remarks.body_line
        remarks.add(line, slip.rule, slip.message, slip.suggestion, slip.severity)


def _within(tree: SyntaxTreeNode) -> Set[str]:
    """Return which of those blocks a tree stands in whose lines may belong to them without their mark."""
    within = set()
    above = tree.parent
    while above is not None:
        within.add(above.type)
        above = above.parent
    return within & {"list_item", "footnote", "blockquote"}


def _is_lazy(line: str, within: Set[str]) -> bool:
    """Tell whether a line belongs to its list, note or quote only because no blank line parts them."""
    bare = re.sub(r"^(?: {0,3}> ?)+", "", line)
    is_outside_list = bool(within - {"blockquote"}) and not bare.startswith((" ", "\t"))
    return is_outside_list or ("blockquote" in within and bare == line)


# Tables


def _table(tree: SyntaxTreeNode, remarks: Remarks) -> Table:
    columns = len(tree.children[0].children[0].children)
    rows = []
    source = None
    for part in tree.children:
        for row in part.children:
            cells = _cells(row, columns, remarks)
            if source is None and part.type == "tbody" and (found := source_in(cells)):
                source = found
                continue
            _report_row(row, columns, remarks)
            rows.append(Row(children=cells, head=part.type == "thead", line=remarks.line_of(row)))
    if len(rows) == 1:
        remarks.add(remarks.line_of(tree), "table-row", "表格只有表头，没有内容", "请补上内容，或删去")
    return Table(children=read_columns(rows), source=source, line=remarks.line_of(tree))


def _cells(row: SyntaxTreeNode, columns: int, remarks: Remarks) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            children=inline_nodes(tree, remarks.line_of(row), remarks),
            head=tree.type == "th",
            align=str(tree.attrs.get("style", "")).partition("text-align:")[2] or None,
            column=column,
            columns=columns,
        )
        for column, tree in enumerate(row.children)
    )


def _report_row(row: SyntaxTreeNode, columns: int, remarks: Remarks) -> None:
    """Report a row with more cells than the head, which GitHub's rules throw away, and one that is none."""
    line = remarks.rows[row.map[0]] if row.map else ""
    surplus = cells_in(line) - columns
    if surplus > 0:
        message = f"这一行比表头多出 {surplus} 格，多出的不会印出来"
        suggestion = "请给表头补上空格，或把内容里的“|”写成“\\|”"
        remarks.add(remarks.line_of(row), "table-row", message, suggestion, Severity.ERROR)
    elif line and columns > 1 and "|" not in line:
        message = "这一行紧接着表格，会印成表格的一行"
        remarks.add(remarks.line_of(row), "table-row", message, "如是表格后面的文字，请在中间空一行")


# Code, and what is written like it

_FENCE_WORDS = (*KEY_FIGURES_WORDS, *CHART_WORDS)


def _fence(tree: SyntaxTreeNode, remarks: Remarks) -> Code | KeyFigures:
    line, word = remarks.line_of(tree), next(iter(tree.info.split()), "")
    if not _is_closed(tree, remarks):
        message = "代码块没有结尾，后面的内容都会按代码印出"
        remarks.add(line, "code", message, f"请在代码后面另起一行写“{tree.markup}”", Severity.ERROR)
        return Code(text=tree.content.rstrip("\n"), line=line)
    if word in KEY_FIGURES_WORDS:
        node, problems = read_key_figures(tree.content, remarks.file, line + 1)
        remarks.problems += problems
        if node:
            return node
    elif (meant := get_close_matches(word.lower(), _FENCE_WORDS, n=1, cutoff=0.8)) and word != meant[0]:
        message = f"“{word}”不认得，会按代码印出"
        remarks.add(line, "code", message, f"是否想写“{tree.markup}{meant[0]}”？")
    return Code(text=tree.content.rstrip("\n"), info=tree.info.strip(), line=line)


def _is_closed(tree: SyntaxTreeNode, remarks: Remarks) -> bool:
    start, end = tree.map or (0, 0)
    return end - start > 1 and remarks.rows[end - 1].strip(" \t>").startswith(tree.markup)


# Headings


def _report_underlined(tree: SyntaxTreeNode, remarks: Remarks) -> None:
    text = tree.children[0].content
    is_paragraph = len(text) > 40 or text.endswith(("。", "！", "？", "；", "：", "”"))
    if tree.markup in ("-", "=") and is_paragraph:
        mark = tree.markup * 3
        message = f"这一段紧接着“{mark}”，会印成标题"
        suggestion = f"如不是标题，请在“{mark}”前面空一行"
        remarks.add(remarks.line_of(tree), "heading-underline", message, suggestion)

"""Marked-up text as values: what an article's body is made of, whatever it will be printed as.

Templates are handed these nodes; the macro named like a node's `kind` renders it.
"""

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from xcbulletin.publishing.charts.chart import Chart

PENDING_PICTURE = "待补"
"""The address that an editor writes for a picture that is not there yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A piece of marked-up text."""

    kind: ClassVar[str]
    """The name of the macro that renders it."""
    children: tuple["Node", ...] = ()
    text: str = ""
    line: int | None = None
    """The line of the article's file."""


# Blocks


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph(Node):
    """A paragraph."""

    kind = "paragraph"


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLine(Node):
    """The source of the table above, where notes stand in it."""

    kind = "source_line"


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading(Node):
    """A heading; levels count from 1 below the article's title."""

    kind = "heading"
    level: int
    id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Item(Node):
    """An entry of a list, with the mark that stands before it: “-” or “3.”."""

    kind = "item"
    marker: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bullets(Node):
    """A list without numbers; its children are items."""

    kind = "bullets"


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers(Node):
    """A list with numbers; its children are items."""

    kind = "numbers"
    start: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote(Node):
    """Blocks from elsewhere."""

    kind = "quote"


@dataclass(frozen=True, kw_only=True, slots=True)
class Code(Node):
    """Text that is printed as it is written; `info` is what stands behind its fence."""

    kind = "code"
    info: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule(Node):
    """A break between parts."""

    kind = "rule"


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure(Node):
    """A picture alone in its paragraph; its children are its caption."""

    kind = "figure"
    src: str
    source: str | None = None
    id: str | None = None
    width: int | None = None
    """In per cent of the text's."""
    label: str = ""
    """图1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartFigure(Figure):
    """A figure that is drawn from data; `src` is the name that the drawing will have."""

    kind = "chart"
    chart: Chart | None
    """None where its block is wrong, which is reported."""
    alt: str
    """What it shows, in sentences."""
    alt_in_full: str
    """The same with all its numbers, for where no table gives them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell(Node):
    """A cell of a table, which knows where it stands in its row."""

    kind = "cell"
    head: bool
    align: str | None
    names_row: bool = False
    """It is the head of its row."""
    column: int
    """From 0."""
    columns: int
    """Of the table."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row(Node):
    """A row of a table."""

    kind = "row"
    children: tuple[Cell, ...] = ()
    head: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Table(Node):
    """A table; the first of its rows is the head."""

    kind = "table"
    children: tuple[Row, ...] = ()
    caption: str = ""
    source: str | None = None
    id: str | None = None
    label: str | None = None
    """表1 or 附表; without one the table has no caption."""

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return len(self.children[0].children)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFigure(Node):
    """A number that a reader should not miss, and what it counts."""

    kind = "key_figure"
    value: str
    unit: str
    """Empty where the value has none."""
    label: str
    note: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFigures(Node):
    """A box of one to six key figures."""

    kind = "key_figures"
    children: tuple[KeyFigure, ...] = ()
    title: str | None
    source: str | None


# Inline


@dataclass(frozen=True, kw_only=True, slots=True)
class Text(Node):
    """Plain text."""

    kind = "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Space(Node):
    """A space that a line's end stood for."""

    kind = "space"


@dataclass(frozen=True, kw_only=True, slots=True)
class LineBreak(Node):
    """A new line within a paragraph."""

    kind = "line_break"


@dataclass(frozen=True, kw_only=True, slots=True)
class Strong(Node):
    """Bold text."""

    kind = "strong"


@dataclass(frozen=True, kw_only=True, slots=True)
class Emphasis(Node):
    """Text in another hand: Kai, or italic where it is Latin."""

    kind = "emphasis"


@dataclass(frozen=True, kw_only=True, slots=True)
class Struck(Node):
    """Text struck through."""

    kind = "struck"


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal(Node):
    """Code within a line."""

    kind = "literal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link(Node):
    """Text that leads to an address."""

    kind = "link"
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Image(Node):
    """A picture within a line."""

    kind = "image"
    src: str
    alt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference(Node):
    """A mention of a figure or table by the id that its editor gave it."""

    kind = "reference"
    target: str
    label: str = ""
    """What is printed: 图1."""
    id: str | None = None
    """Where it leads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note(Node):
    """A footnote where it is called; its children are the note."""

    kind = "note"
    key: int
    """Calls of the same note have the same."""
    label: str
    """As written: 1 in [^1]."""
    follows: bool = False
    """It stands right behind another one, from which a comma parts it."""
    below: bool = False
    """On paper it stands below the table that calls it."""
    number: int | None = None
    id: str | None = None


Pictured = Figure | Image
Numbered = Figure | Table


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield all nodes, parents before children, in reading order."""
    for node in nodes:
        yield node
        if node.children:
            yield from walk(node.children)


def kinds_in(nodes: Iterable[Node]) -> set[type[Node]]:
    """Return what kinds of nodes there are, which tells sooner than a walk what there is nothing to do for."""
    found: set[type[Node]] = set()
    level = list(nodes)
    while level:
        found.update(map(type, level))
        level = [child for node in level for child in node.children]
    return found


def rewrite(nodes: Iterable[Node], change: Callable[[Node], Node]) -> tuple[Node, ...]:
    """Return the nodes with `change` applied to each, parents before children, in reading order.

    It is not applied to text, nor to paragraphs of text alone: most are, and in text there is nothing to number or to
    resolve.
    """
    return tuple(
        [node if node.kind == "text" or is_bare(node) else _rewritten(change(node), change) for node in nodes]
    )


def is_bare(node: Node) -> bool:
    """Tell whether a node is a paragraph of one text and nothing else."""
    return node.kind == "paragraph" and len(node.children) == 1 and node.children[0].kind == "text"


def _rewritten(node: Node, change: Callable[[Node], Node]) -> Node:
    return with_children(node, rewrite(node.children, change)) if node.children else node


def with_children(node: Node, children: tuple[Node, ...]) -> Node:
    """Return the node with other children; the node itself where they are its own."""
    is_same = len(children) == len(node.children) and all(map(operator.is_, children, node.children))
    return node if is_same else replace(node, children=children)


def plain(nodes: Iterable[Node]) -> str:
    """Return the running text of nodes, without notes."""
    return "".join(map(_plain, nodes))


def _plain(node: Node) -> str:
    match node:
        case Text():
            return node.text
        case Space() | LineBreak():
            return " "
        case Reference():
            return node.label
        case Note():
            return ""
        case KeyFigure():
            return own_text(node)
    return node.text + plain(node.children)


def own_text(node: Node) -> str:
    """Return what a node prints besides its children."""
    match node:
        case ChartFigure(chart=Chart() as chart):
            return "".join(
                (node.source or "", chart.unit or "", *(cell for row in chart.rows for cell in row))
            )
        case Figure():
            return node.source or ""
        case Table():
            return node.caption + (node.source or "")
        case KeyFigures():
            return (node.title or "") + (node.source or "")
        case KeyFigure():
            return f"{node.label}：{node.value}{node.unit}" + (f"（{node.note}）" if node.note else "")
    return node.text

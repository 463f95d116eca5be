"""Footnotes: what is written in them, moved to where they are called."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from xcbulletin.model import Severity
from xcbulletin.publishing.markup.blocks import report_slips
from xcbulletin.publishing.markup.inlines import inline_nodes
from xcbulletin.publishing.markup.remarks import Remarks
from xcbulletin.publishing.nodes import Literal, Node, Note, Space, Text, rewrite


def keep_definitions(state: StateCore) -> None:
    """Keep the labels of all notes that are written, and take notes out of notes: a rule for markdown-it.

    The plugin keeps only the last of notes with one label, and breaks where one is written inside another.
    """
    defined: list[str] = []
    nested: list[str] = []
    kept: list[Token] = []
    depth = 0
    for token in state.tokens:
        is_edge = token.type in ("footnote_reference_open", "footnote_reference_close")
        if is_edge and token.nesting < 0:
            depth -= 1
        if not (is_edge and depth):
            kept.append(token)
        if is_edge and token.nesting > 0:
            defined.append(token.meta["label"])
            nested += defined[-1:] if depth else []
            depth += 1
    state.tokens = kept
    state.env["notes"] = defined, nested


def report_definitions(environment: Mapping[str, Any], remarks: Remarks) -> None:
    """Report the notes that will not be printed: called from nowhere, written twice or inside another.

    `environment` is what markdown-it and `keep_definitions` left behind.
    """
    defined, nested = environment["notes"]
    for label in dict.fromkeys(nested):
        line, *_more = _lines_of(label, remarks)
        message = f"脚注“[^{label}]”写在另一条脚注里面，不会单独印出来"
        remarks.add(line, "note", message, "请顶格另起一段写", Severity.ERROR)
    for label, written in Counter(defined).items():
        if written > 1:
            *_first, line = _lines_of(label, remarks)
            message = f"脚注“[^{label}]”写了两次，只会印出一次"
            remarks.add(line, "note", message, "请换一个编号", Severity.ERROR)
    for key, used in environment.get("footnotes", {}).get("refs", {}).items():
        if used < 0:
            label = key.removeprefix(":")
            line, *_more = _lines_of(label, remarks)
            message = f"脚注“[^{label}]”在正文里没有标出位置，不会印出来"
            remarks.add(line, "note", message, f"请在正文该处写“[^{label}]”", Severity.ERROR)


def _lines_of(label: str, remarks: Remarks) -> list[int]:
    rows = enumerate(remarks.rows, start=remarks.body_line)
    mark = f"[^{label}]:"
    return [n for n, row in rows if mark in row] or [remarks.body_line]


def read_notes(trees: Iterable[SyntaxTreeNode], remarks: Remarks) -> dict[int, tuple[Node, ...]]:
    """Return what stands in each note, by the key of its calls."""
    return {note.meta["id"]: _note(note, remarks) for tree in trees for note in tree.children}


def _note(tree: SyntaxTreeNode, remarks: Remarks) -> tuple[Node, ...]:
    def without_note(node: Node) -> Node:
        if not isinstance(node, Note):
            return node
        mark = f"[^{node.label}]"
        message = f"脚注里又标了脚注“{mark}”"
        remarks.add(node.line, "note", message, "请把内容并在一条脚注里", Severity.ERROR)
        return Text(text=mark)

    parts = enumerate(_parts(tree, remarks))
    nodes = [node for index, part in parts for node in ((Space(), *part) if index else part)]
    return rewrite(nodes, without_note)


def _parts(tree: SyntaxTreeNode, remarks: Remarks) -> Iterator[tuple[Node, ...]]:
    """Yield what stands in a note, block by block: a note is one run of text, whatever it is made of."""
    for child in tree.children:
        if child.type == "fence":
            yield (Literal(text=child.content.rstrip("\n")),)
        elif any(inner.type == "inline" for inner in child.children):
            report_slips(child, remarks)
            yield inline_nodes(child, remarks.line_of(child), remarks)
        else:
            yield from _parts(child, remarks)


def with_notes(nodes: Iterable[Node], notes: Mapping[int, tuple[Node, ...]]) -> tuple[Node, ...]:
    """Return the nodes with each note where it is called."""

    def noted(node: Node) -> Node:
        return replace(node, children=notes.get(node.key, ())) if isinstance(node, Note) else node

    return rewrite(nodes, noted)

"""Who made a report: names three ems wide, so that what stands behind them is aligned."""

import re
from collections.abc import Iterable
from dataclasses import replace

from xcbulletin.publishing.nodes import Node, Paragraph, Text

_NAMED = re.compile(r"(?P<name>[\u3400-\u9fff][ \u3000]?[\u3400-\u9fff]{1,3})[ \u3000]+(?=\S)")


def align_names(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return the paragraphs with a full-width blank after the name that they begin with, and within one of two Han."""
    return tuple(map(_aligned, nodes))


def _aligned(node: Node) -> Node:
    if not isinstance(node, Paragraph) or not node.children or not isinstance(node.children[0], Text):
        return node
    first, *others = node.children
    named = _NAMED.match(first.text)
    if named is None:
        return node
    text = f"{_three_ems(named['name'])}\u3000{first.text[named.end() :]}"
    return replace(node, children=(replace(first, text=text), *others))


def _three_ems(name: str) -> str:
    letters = name.replace(" ", "").replace("\u3000", "")
    return "\u3000".join(letters) if len(letters) == 2 else letters

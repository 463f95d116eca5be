"""Bodies of plain lines, which most articles are: read without a parser of Markdown, to the same nodes."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from xcbulletin.publishing.nodes import Bullets, Heading, Item, Node, Numbers, Paragraph, Text

_MARK = re.compile(r"[\0\t\r＃&*<\[【［\\^_`~]")
"""What may begin any markup, or what `slips` takes for markup gone wrong; many stand in harmless texts, too."""
_MARKED = re.compile(r"(#{1,6}|-|[1-9][0-9]?\.) +(.+)")
"""A heading, or an item of a list."""
_DOUBTFUL = re.compile(r" *(?:[-+>|:]|\d+[.)](?: |\Z))|[^#]*#|\s*\Z")
"""Text that may begin a list, a quote, a rule or the second line of a table, or that is white to Python alone."""


def running_text(body: str, first_line: int) -> tuple[Node, ...]:
    """Return the headings, paragraphs and tight lists of a body that has only such, each of plain text on one line.

    Nothing where it has, or may have, any other markup. Headings keep the levels that they are written with.
    """
    if _MARK.search(body):
        return ()
    nodes: list[Node] = []
    for line, row in enumerate(body.split("\n"), start=first_line):
        if not row.strip(" "):
            continue
        node = _node(row, line)
        if node is None or (nodes and not _begins_anew(node, row, nodes[-1])):
            return ()
        nodes.append(node)
    return tuple(_with_lists(nodes))


def _node(row: str, line: int) -> Heading | Item | Paragraph | None:
    """Return what a row is if no other stands beside it; None where that is in doubt."""
    match = _MARKED.match(row)
    mark, text = match.groups() if match else ("", row)
    if _DOUBTFUL.match(text):
        return None
    children = (Text(text=text.strip()),)
    if mark.startswith("#"):
        return Heading(children=children, level=len(mark), line=line)
    if mark:
        return Item(children=children, marker=mark, line=line)
    return Paragraph(children=children, line=line)


def _begins_anew(node: Node, row: str, before: Node) -> bool:
    """Tell whether a row surely is a node of its own below another, and next in its list if that is an item."""
    is_close = node.line == (before.line or 0) + 1
    match before, node:
        case Item(), Item():
            return is_close and node.marker == _next(before.marker)
        case Item(), Paragraph():
            return not is_close and not row.startswith(" ")
        case Paragraph(), Item():
            return not is_close or node.marker in ("-", "1.")
        case Paragraph(), Paragraph():
            return not is_close
    return True


def _next(marker: str) -> str:
    return marker if marker == "-" else f"{int(marker[:-1]) + 1}."


def _with_lists(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield the nodes with neighbouring items as one list."""
    for _kind, group in groupby(nodes, key=type):
        match tuple(group):
            case (Item(marker="-", line=line), *_) as items:
                yield Bullets(children=items, line=line)
            case (Item(marker=marker, line=line), *_) as items:
                yield Numbers(children=items, start=int(marker[:-1]), line=line)
            case others:
                yield from others

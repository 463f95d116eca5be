"""Bodies of plain lines and tables, which most articles are: read without a parser of Markdown, to the same nodes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, takewhile

from xcbulletin.publishing.markup.columns import tell_columns
from xcbulletin.publishing.nodes import (
    Bullets,
    Cell,
    Heading,
    Item,
    Node,
    Numbers,
    Paragraph,
    Row,
    Table,
    Text,
)

_MARK = re.compile(r"[\0\t\r＃&*<\[【［\\^_`~]")
"""What may begin any markup, or what `slips` takes for markup gone wrong; many stand in harmless texts, too."""
_MARKED = re.compile(r"(#{1,6}|-|[1-9][0-9]?\.) +(.+)")
"""A heading, or an item of a list."""
_DOUBTFUL = re.compile(r" *(?:[-+>|:]|\d+[.)](?: |\Z))|[^#]*#|\s*\Z")
"""Text that may begin a list, a quote, a rule or the second line of a table, or that is white to Python alone."""
_ROW = re.compile(r"\|.*\|\s*")
_RULE = re.compile(r"\|(?: *:?-+:? *\|)+ *")
"""The second line of a table."""
_ALIGNS = {":-": "left", "::": "center", "-:": "right"}
"""By how the rule below a cell of the head begins and ends."""


def running_text(body: str, first_line: int) -> tuple[Node, ...]:
    """Return the headings, paragraphs, lists and tables of a body that has only such, of plain text on one line each.

    Nothing where it has, or may have, any other markup. Headings keep the levels that they are written with.
    """
    if _MARK.search(body):
        return ()
    nodes: list[Node] = []
    lines = enumerate(body.split("\n"), start=first_line)
    for line, row in lines:
        if not row.strip(" "):
            continue
        node = _table([row, *_up_to_blank(lines)], line) if row.startswith("|") else _node(row, line)
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


def _up_to_blank(lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    return takewhile(lambda row: row.strip(" "), (row for _line, row in lines))


def _table(rows: Sequence[str], line: int) -> Table | None:
    """Return the table that the rows of a block are; None where that is in doubt, or its rows differ in length."""
    if not _is_table(rows):
        return None
    head, rule, *body = ([cell.strip() for cell in row.rstrip()[1:-1].split("|")] for row in rows)
    if any(len(texts) != len(rule) for texts in (head, *body)):
        return None
    aligns, names = tell_columns((head, *body), [_ALIGNS.get(mark[0] + mark[-1]) for mark in rule])
    below = [_row(texts, aligns, at, names=names) for at, texts in enumerate(body, start=line + 2)]
    return Table(children=(_row(head, aligns, line, head=True), *below), line=line)


def _is_table(rows: Sequence[str]) -> bool:
    """Tell whether rows surely are a table, of which none may be its source line."""
    return (
        len(rows) > 2
        and all(map(_ROW.fullmatch, rows))
        and _RULE.fullmatch(rows[1]) is not None
        and _RULE.fullmatch(rows[0]) is None  # it might stand below a head
        and not any("来源" in row for row in rows)
    )


def _row(
    texts: Sequence[str],
    aligns: Sequence[str | None],
    line: int,
    *,
    head: bool = False,
    names: bool = False,
) -> Row:
    cells = tuple(
        Cell(
            children=(Text(text=text),) if text else (),
            head=head,
            align=align,
            names_row=names and column == 0,
            column=column,
            columns=len(texts),
        )
        for column, (text, align) in enumerate(zip(texts, aligns, strict=True))
    )
    return Row(children=cells, head=head, line=line)


def _begins_anew(node: Node, row: str, before: Node) -> bool:
    """Tell whether a row surely is a node of its own below another, and next in its list if that is an item."""
    is_close = node.line == (before.line or 0) + 1
    match before, node:
        case Paragraph(), Paragraph():
            return not is_close
        case Item(), Item():
            return node.marker == _next(before.marker)
        case Item(), Paragraph() | Table():
            return not is_close and not row.startswith(" ")
        case Paragraph(), Item():
            return not is_close or node.marker in ("-", "1.")
    return True


def _next(marker: str) -> str:
    return marker if marker == "-" else f"{int(marker[:-1]) + 1}."


def _with_lists(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield the nodes with neighbouring items as one list."""
    for _kind, group in groupby(nodes, key=type):
        match tuple(group):
            case (Item(marker="-", line=line), *_) as items:
                yield Bullets(children=_spaced(items), line=line)
            case (Item(marker=marker, line=line), *_) as items:
                yield Numbers(children=_spaced(items), start=int(marker[:-1]), line=line)
            case others:
                yield from others


def _spaced(items: Sequence[Node]) -> tuple[Node, ...]:
    """Return the items of a list, of a paragraph each where a blank line stands between any two."""
    lines = [item.line or 0 for item in items]
    if lines[-1] - lines[0] < len(items):
        return tuple(items)
    return tuple(
        replace(item, children=(Paragraph(children=item.children, line=item.line),)) for item in items
    )

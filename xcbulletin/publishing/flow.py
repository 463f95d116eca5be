"""What flows into the columns of a page, and what stands across it.

WeasyPrint 70 loses what follows `column-span: all` at the end of a page, so the columns end before such a block and
begin anew below it.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import ceil
from operator import itemgetter

from xcbulletin.publishing.layout import Layout
from xcbulletin.publishing.nodes import Figure, Heading, KeyFigures, Node, Paragraph, SourceLine, Table, plain
from xcbulletin.publishing.titles import ems

FEW_LINES = 3
"""Of the width of the page."""


def runs(nodes: Iterable[Node], page: Layout) -> list[tuple[bool, tuple[Node, ...]]]:
    """Return a text in pieces, and of each whether it stands across the page.

    Across the page stand figures, tables and boxes, with the headings right above them, and texts of a few lines.
    """
    found = tuple(nodes)
    if page.columns == 1:
        return [(True, found)]
    across: list[bool] = []
    for node in reversed(found):
        is_led_to = isinstance(node, Heading) and bool(across) and across[-1]
        across.append(isinstance(node, Figure | KeyFigures | SourceLine | Table) or is_led_to)
    groups = groupby(zip(reversed(across), found, strict=True), itemgetter(0))
    pieces = [(is_across, tuple(node for _, node in group)) for is_across, group in groups]
    return [(is_across or _is_short(piece, page), piece) for is_across, piece in pieces]


def _is_short(piece: Sequence[Node], page: Layout) -> bool:
    """Tell whether a text is a few lines only, which would leave one of the columns empty."""
    texts = [plain(node.children) for node in piece if isinstance(node, Paragraph)]
    return len(texts) == len(piece) and sum(ceil(ems(text) / page.characters) for text in texts) <= FEW_LINES

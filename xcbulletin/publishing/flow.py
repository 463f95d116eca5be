"""What flows into the columns of a page, and what stands across it.

WeasyPrint 70 loses what follows `column-span: all` at the end of a page, so the columns end before such a block and
begin anew below it.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from xcbulletin.publishing.layout import Layout
from xcbulletin.publishing.nodes import Figure, Heading, KeyFigures, Node, Table


def runs(nodes: Iterable[Node], page: Layout) -> list[tuple[bool, tuple[Node, ...]]]:
    """Return a text in pieces, and of each whether it stands across the page.

    Across the page stand figures, tables and boxes, with the headings right above them.
    """
    found = tuple(nodes)
    if page.columns == 1:
        return [(True, found)]
    across: list[bool] = []
    for node in reversed(found):
        is_led_to = isinstance(node, Heading) and bool(across) and across[-1]
        across.append(isinstance(node, Figure | KeyFigures | Table) or is_led_to)
    groups = groupby(zip(reversed(across), found, strict=True), itemgetter(0))
    return [(is_across, tuple(node for _, node in group)) for is_across, group in groups]

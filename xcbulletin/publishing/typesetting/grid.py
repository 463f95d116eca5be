"""The lines of columns in WeasyPrint: those side by side stand on one line.

A heading, a blank or a code block between paragraphs takes any height, and what follows it leaves the lines of the
column beside it. Here the space above a text is made up to whole lines, counted from where its column begins; what is
no text stands in the middle of its space. A column begins with its first line: no margin stands above it.

Call `install()` once, before documents are rendered.
"""

from dataclasses import dataclass
from itertools import takewhile
from math import ceil
from typing import Any, TypeAlias

from weasyprint.layout import block
from weasyprint.text.line_break import strut

from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any

CONTAINERS = frozenset(("ul", "ol", "li", "blockquote"))
TEXTS = CONTAINERS | {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
TOLERANCE = 0.01
"""Of a line."""
HAIR = 0.01
"""Of a pixel: what lengths lose and win by being added up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Grid:
    """The lines of a column."""

    top: float
    pitch: float

    def holds(self, box: Box) -> bool:
        """Tell whether a box is text that is set line by line."""
        return box.element_tag in TEXTS and strut(box.style)[0] == self.pitch

    def lacking(self, position_y: float) -> float:
        """Return how far it is down to the next line."""
        lines = (position_y - self.top) / self.pitch
        return (ceil(lines - TOLERANCE) - lines) * self.pitch


def columns_layout(context: Any, box: Box, bottom_space: float, *rest: Any) -> Any:
    """Lay columns out as WeasyPrint does; to be made even they may fill the page to its last line."""
    result = _columns_layout(context, box, bottom_space - HAIR, *rest)
    if result[0] is not None:
        result[0].height -= HAIR  # as high as without it, lest the page has no room for them
    return result


def in_flow_layout(context: Any, box: Box, index: int, child: Box, children: list[Box], *rest: Any) -> Any:
    """Lay a child of a block out as WeasyPrint does; in columns text is set on their lines."""
    grid = _grid_of(context, box)
    if grid is None:
        return _in_flow_layout(context, box, index, child, children, *rest)
    count, above = len(children), [one for one in children if one.is_in_normal_flow()]
    shift = _shift(grid, box, child, above, margins=rest[3], is_resumed=rest[6] is not None)
    child.position_y += shift
    result = _in_flow_layout(context, box, index, child, children, *rest)
    laid_out = result[6]
    if shift > 0 and len(laid_out) > count:
        _center(grid, above, shift)
    return result


def _grid_of(context: Any, box: Box) -> _Grid | None:
    """Return the lines that a block's children stand on; none outside columns, nor in what is no text."""
    if box.is_column:
        context.grid = _Grid(top=box.content_box_y(), pitch=strut(box.style)[0])
    elif not context.in_column or box.element_tag not in CONTAINERS:
        return None
    return getattr(context, "grid", None)


def _shift(
    grid: _Grid, box: Box, child: Box, above: list[Box], *, margins: list[float], is_resumed: bool
) -> float:
    """Return how far down a child is moved."""
    block.resolve_percentages(child, box)
    margin = 0 if is_resumed or child.margin_top == "auto" else child.margin_top
    if not above:
        return -margin if box.is_column else 0
    if not grid.holds(child):
        return 0
    return grid.lacking(child.position_y + block.collapse_margin([*margins, margin]))


def _center(grid: _Grid, above: list[Box], space: float) -> None:
    """Share out the space between a text and what is no text above it, which stays at the top of a column."""
    loose = list(takewhile(lambda one: not grid.holds(one), reversed(above)))
    for one in loose if len(loose) < len(above) else ():
        one.translate(dy=space / 2)


# Where they are missing, WeasyPrint is another version, and `install` stops.
_columns_layout: Any = getattr(block, "columns_layout", None)
_in_flow_layout: Any = getattr(block, "_in_flow_layout", None)


def install() -> bool:
    """Teach WeasyPrint 70 to set columns side by side on common lines; return whether it could be done.

    Any other version is left as it is: each column has lines of its own.
    """
    if not is_known("columns have lines of their own"):
        return False
    block.columns_layout = columns_layout
    block._in_flow_layout = in_flow_layout
    return True

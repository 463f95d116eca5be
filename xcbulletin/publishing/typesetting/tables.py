"""Tables over several pages in WeasyPrint: from the second page on they carry their caption as 续表 (GB/T 7713.2).

WeasyPrint repeats the head of a table on each page, but prints the caption once. Here the caption is set again above
the repeated head, as a row of it: “续表1　题名”. A table without a caption just repeats its head.

Call `install()` once, before documents are rendered.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from weasyprint.formatting_structure import boxes
from weasyprint.layout import block

from xcbulletin.publishing.typesetting.notes import without_calls
from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any

CONTINUED = "续"
NO_BORDER = ((0, 0, 0), ("none", 0, None))  # score; style, width, colour


def table_layout(
    context: Any, table: Box, bottom_space: float, skip_stack: Any, wrapper: Box, *rest: Any
) -> Any:
    """Lay a table out as WeasyPrint does; where it goes on from the page before, its caption stands above it."""
    if skip_stack is not None and table.children[0].is_header:
        captions = [child for child in wrapper.children if isinstance(child, boxes.TableCaptionBox)]
        # A note stands on the page where its mark is printed first.
        table = table.copy_with_children([without_calls(table.children[0]), *table.children[1:]])
        table = _continued(table, captions[0]) if captions else table
    return _table_layout(context, table, bottom_space, skip_stack, wrapper, *rest)


def _continued(table: Box, caption: Box) -> Box:
    """Return the table with the caption as the first row of its head, above the rule over the table."""
    head, *groups = table.children
    columns = len(table.column_widths)
    row = _caption_row(caption, columns)
    continued = table.copy_with_children([head.copy_with_children([row, *head.children]), *groups])
    if table.style["border_collapse"] == "collapse":
        vertical, horizontal = table.collapsed_border_grid
        continued.collapsed_border_grid = (
            [[NO_BORDER] * (columns + 1), *vertical],
            [[NO_BORDER] * columns, *horizontal],
        )
        continued.border_top_width = 0
    return continued


def _caption_row(caption: Box, columns: int) -> Box:
    """Return a row of one cell over all columns that looks as the caption does."""
    children = [child.deepcopy() for child in caption.children]
    first = next(_texts(children))
    first.text = CONTINUED + first.text
    style = caption.style.anonymous_style
    cell_style = style.copy()
    cell_style["padding_bottom"] = caption.style["margin_bottom"]
    # In the head, but no head of the columns: a <td>.
    cell = boxes.TableCellBox("td", cell_style, caption.element, children)
    cell.grid_x, cell.colspan = 0, columns
    return boxes.TableRowBox("tr", style, caption.element, [cell])


def _texts(children: Iterable[Box]) -> Iterator[Box]:
    for child in children:
        if isinstance(child, boxes.TextBox):
            yield child
        else:
            yield from _texts(child.children)


# Where it is missing, WeasyPrint is another version, and `install` stops.
_table_layout: Any = getattr(block, "table_layout", None)


def install() -> bool:
    """Teach WeasyPrint 70 续表; return whether it could be done.

    Any other version is left as it is: heads are repeated, captions are not.
    """
    if not is_known("tables go on without 续表"):
        return False
    block.table_layout = table_layout
    return True

"""Lists of contents over several pages in WeasyPrint: a page that begins inside a column names it again.

In a bulletin's list the name of a column stands beside its first entry, and takes no room above it. Where entries
go on overleaf, the name is set beside the first of them there.

Call `install()` once, before documents are rendered.
"""

from math import inf
from typing import Any, TypeAlias

from weasyprint.formatting_structure import boxes
from weasyprint.layout import block, page

from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any


def make_page(context: Any, root: Box, page_type: Any, resume_at: Any, *rest: Any) -> Any:
    """Make a page as WeasyPrint does; where it begins inside a column of contents, the name is there too."""
    result = _make_page(context, root, page_type, resume_at, *rest)
    if name := _name_of_column(root, resume_at):
        _set_beside_first_entry(context, name, result[0])
    return result


def _name_of_column(box: Box, resume_at: Any) -> Box | None:
    """Return the name of the column that a page goes on with; none where it begins anywhere else."""
    while resume_at and not isinstance(box.children[0], boxes.LineBox):
        ((index, resume_at),) = resume_at.items()
        parent, box = box, box.children[index]
        if box.element_tag == "dd" and resume_at:
            name = parent.children[index - 1]
            return name if name.style["margin_bottom"].value < 0 else None
    return None


def _set_beside_first_entry(context: Any, name: Box, made: Box) -> None:
    columns = next(one for one in made.descendants() if one.element_tag == "dl")
    repeated = name.deepcopy()
    repeated.position_x, repeated.position_y = columns.content_box_x(), columns.children[0].position_y
    repeated.is_header = True  # as that of a table: its tags are gone
    context.create_block_formatting_context()
    repeated = block.block_level_layout(context, repeated, -inf, None, columns)[0]
    context.finish_block_formatting_context()
    columns.children = [repeated, *columns.children]


# Where it is missing, WeasyPrint is another version, and `install` stops.
_make_page: Any = getattr(page, "make_page", None)


def install() -> bool:
    """Teach WeasyPrint 70 to name columns again; return whether it could be done.

    Any other version is left as it is: what goes on overleaf has no name there.
    """
    if not is_known("columns of the contents are named once"):
        return False
    page.make_page = make_page
    return True

"""Turned pages: what may not be parted from a table that stands on one stands there with it.

To WeasyPrint a page of another name begins with the element that asks for it, whatever may not be parted from it:
the headings above a turned table would end the page before it, and its source would begin the one after it.

Call `install()` once, before documents are rendered.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from weasyprint import css, document
from weasyprint.formatting_structure import boxes
from weasyprint.layout import page

from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any
Group: TypeAlias = Any
"""Pages of one name in a row: the name, how many have been, and where in the document they began."""


def layout_document(html: Any, root: Box, *rest: Any) -> Any:
    """Lay a document out as WeasyPrint does, headings and sources on the pages of what they belong to."""
    _take_along(root)
    return _layout_document(html, root, *rest)


def _take_along(box: Box) -> None:
    """Give what leads to a page of another name, or belongs below what stands there, that name too."""
    children = [child for child in box.children if _is_block(child)]
    for child in children:
        _take_along(child)
    for above, below in reversed(list(pairwise(children))):
        if above.style["break_after"] == "avoid":
            _rename(above, below.page_values()[0])
    for above, below in pairwise(children):
        if below.style["break_before"] == "avoid":
            _rename(below, above.page_values()[1])


def _is_block(box: Box) -> bool:
    return isinstance(box, boxes.BlockContainerBox) and bool(box.is_in_normal_flow())


def _rename(companion: Box, name: str) -> None:
    if companion.page_values() != (name, name):
        for box in (companion, *companion.descendants()):
            box.style = box.style.copy()  # others have the same
            box.style["page"] = name


def update_page_groups(groups: list[Group], resume_at: Any, next_page: Any, root: Box, blank: bool) -> str:
    """Find the groups of a page as WeasyPrint does; the first page of a group may have another name."""
    before = list(groups)
    name: str = _update_page_groups(groups, resume_at, next_page, root, blank)
    if groups and not any(groups[-1] is group for group in before):
        _open_outer_groups(groups, root)
    return name


def _open_outer_groups(groups: list[Group], root: Box) -> None:
    """Add groups that begin where the last one does, because it stands first in them."""
    box, place, indices = root, groups[-1][2], list[int]()
    while place:
        ((index, place),) = place.items()
        box = box.children[index]
        indices.append(index)
        if box.style["page"] not in ("", *(name for name, _, _ in groups)):
            groups.insert(-1, [box.style["page"], 0, _place(indices)])


def _place(indices: Sequence[int]) -> Any:
    place: Any = None
    for index in reversed(indices):
        place = {index: place}
    return place


def page_type_match(selector: Any, page_type: Any) -> bool:
    """Tell whether a selector means a page as WeasyPrint does; the first of a group may have any name."""
    if selector.name is None and selector.index is not None and selector.index[2] is not None:
        page_type = page_type._replace(name=selector.index[2])
    return bool(_page_type_match(selector, page_type))


# Where they are missing, WeasyPrint is another version, and `install` stops.
_layout_document: Any = getattr(document, "layout_document", None)
_update_page_groups: Any = getattr(page, "_update_page_groups", None)
_page_type_match: Any = getattr(css.StyleFor, "_page_type_match", None)


def install() -> bool:
    """Teach WeasyPrint 70 what goes onto turned pages; return whether it could be done.

    Any other version is left as it is: headings may stand on the page before, and sources on the page after.
    """
    if not is_known("headings may be parted from turned tables"):
        return False
    document.layout_document = layout_document
    page._update_page_groups = update_page_groups
    css.StyleFor._page_type_match = staticmethod(page_type_match)
    return True

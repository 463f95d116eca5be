"""Figures and tables that do not fit on the rest of a page: the text that follows them is set before them.

WeasyPrint has no page floats: what may not be broken, or stands on a page of its own, leaves a hole before it, half a
page at the worst. Here the paragraphs that follow it move up, as many as fill the page. They pass figures and tables
only, and none that they belong to: not after “如下：”, not before “注：”, not where they speak of “上图”.

Call `install()` once, before documents are rendered.
"""

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from weasyprint.formatting_structure import boxes
from weasyprint.layout import block

from xcbulletin.publishing.typesetting.breaks import MARKS
from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any

MOST_MOVED = 12
"""Paragraphs that may pass on one page."""
MOST_PASSED = 2
"""Figures and tables that a paragraph may pass; it passes none as the last of its text."""
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
INTRODUCES = re.compile(r"[：:]\Z")
REFERS = re.compile(r"[上下前][图表]|以上|如下|\A[注说][：:明]")


def block_container_layout(
    context: Any,
    box: Box,
    bottom_space: float,
    skip_stack: Any,
    page_is_empty: bool,
    absolute_boxes: Any,
    fixed_boxes: Any,
    adjoining_margins: Any,
    *rest: Any,
    **named: Any,
) -> Any:
    """Lay a container out as WeasyPrint does; where that leaves a hole, again with text moved up into it."""
    position_y, margins = box.position_y, list(adjoining_margins or ())
    known = (context, box, bottom_space, skip_stack, page_is_empty, absolute_boxes, fixed_boxes)
    result = _block_container_layout(*known, adjoining_margins, *rest, **named)

    def again(children: Sequence[Box]) -> Any:
        block.remove_placeholders(context, [result[0]], absolute_boxes, fixed_boxes)
        box.children, box.position_y = children, position_y
        return _block_container_layout(*known, list(margins), *rest, **named)

    for _ in range(MOST_MOVED):
        place = _place_of_break(result)
        if place is None or context.in_column or (moved := _with_text_moved_up(box.children, place)) is None:
            break
        unmoved, may_break = box.children, moved[place].style["page"] == box.children[place].style["page"]
        result = again(moved)
        if result[0] is None or not (may_break or _place_of_break(result)):
            result = again(unmoved)
            break
        if _place_of_break(result) == place:  # nothing has moved: the page is as it was
            box.children = unmoved
            break
    return result


def _place_of_break(result: Any) -> int | None:
    """Return the child that the next page begins with; none where it begins inside a child."""
    new_box, resume_at = result[:2]
    if new_box is None or not resume_at:
        return None
    ((index, inside),) = resume_at.items()
    return index if inside is None else None


def _with_text_moved_up(children: Sequence[Box], place: int) -> list[Box] | None:
    """Return the children with a paragraph moved up before the figures that left the hole; none if none may."""
    first = place + (children[place].element_tag in HEADINGS)
    after = first
    while after < len(children) and _floats(children[after]):
        after += 1
    if after - first not in range(1, MOST_PASSED + 1) or after >= len(children) - 1:
        return None
    if not _may_pass(children[after], children[first - 1]):
        return None
    return [*children[:first], children[after], *children[first:after], *children[after + 1 :]]


def _floats(box: Box) -> bool:
    return box.element_tag == "figure" or any(child.is_table_wrapper for child in box.children)


def _may_pass(paragraph: Box, before: Box) -> bool:
    """Tell whether a paragraph may pass what stands before it."""
    text = _text(paragraph)
    return (
        paragraph.element_tag == "p"
        and paragraph.style["break_before"] == "auto"
        and paragraph.style["page"] == before.style["page"]
        and not REFERS.search(text)
        and not INTRODUCES.search(text)
        and not INTRODUCES.search(_text(before))
    )


def _text(box: Box) -> str:
    if isinstance(box, boxes.TextBox):
        return re.sub(f"[{MARKS}]", "", box.text)
    return "".join(_text(child) for child in box.children)


# Where it is missing, WeasyPrint is another version, and `install` stops.
_block_container_layout: Any = getattr(block, "block_container_layout", None)


def install() -> bool:
    """Teach WeasyPrint 70 to fill pages; return whether it could be done.

    Any other version is left as it is: holes stay, nothing is out of order.
    """
    if not is_known("pages may end early before figures"):
        return False
    block.block_container_layout = block_container_layout
    return True

"""Pictures and tables that leave no room for their headings: the picture is made smaller, the table broken.

Where what may not be parted is higher than a page, WeasyPrint parts it anywhere: a heading stands alone on a page,
the picture on the next. Here pictures and tables give way first, step by step, until all of it is on one page.

Call `install()` once, after that of `floats`, before documents are rendered.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from weasyprint.css.properties import Dimension
from weasyprint.formatting_structure import boxes
from weasyprint.layout import block

from xcbulletin.publishing.typesetting import floats
from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any
Order: TypeAlias = Callable[[Sequence[Box]], Iterable[Box]]

STEP = 0.95
SMALLEST = 0.25
"""Of the page's height: no picture is made smaller than that."""


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
    """Lay a container out as `floats` does; where that parts what may not be parted, with less in it."""
    position_y, margins = box.position_y, list(adjoining_margins or ())
    known = (context, box, bottom_space, skip_stack, page_is_empty, absolute_boxes, fixed_boxes)
    result = floats.block_container_layout(*known, adjoining_margins, *rest, **named)
    while page_is_empty and result[1] and not context.in_column and _gives_way(_cause(box, result), context):
        block.remove_placeholders(context, [result[0]], absolute_boxes, fixed_boxes)
        box.position_y = position_y
        result = floats.block_container_layout(*known, list(margins), *rest, **named)
    return result


def _cause(box: Box, result: Any) -> Box | None:
    """Return the picture or table for which the page parts what may not be parted; none where it does not."""
    new_box, resume_at = result[:2]
    ((place, inside),) = resume_at.items()
    if new_box is None or not new_box.children or inside is not None:
        return None
    if block.block_level_page_break(new_box.children[-1], box.children[place]) != "avoid":
        return None
    below = (one for one in _blocks(box.children[place:], iter) if one.style["break_after"] != "avoid")
    above = (one for one in _blocks(box.children[:place], reversed) if one.style["break_before"] != "avoid")
    nearest = (next(below, None), next(above, None))
    return next((one for one in nearest if one is not None and _may_give_way(one)), None)


def _blocks(children: Sequence[Box], order: Order) -> Iterator[Box]:
    """Yield headings, texts, figures and tables, in order."""
    for child in order(children):
        if not isinstance(child, boxes.BlockContainerBox):
            continue
        is_text = bool(child.children) and isinstance(child.children[0], boxes.LineBox)
        if (
            is_text
            or _may_give_way(child)
            or "avoid" in (child.style["break_after"], child.style["break_before"])
        ):
            yield child
        else:
            yield from _blocks(child.children, order)


def _may_give_way(box: Box) -> bool:
    return box.element_tag == "figure" or any(child.is_table_wrapper for child in box.children)


def _gives_way(box: Box | None, context: Any) -> bool:
    """Let a picture or table give way a little; return whether it could."""
    if box is None:
        return False
    picture = next((one for one in box.descendants() if isinstance(one, boxes.ReplacedBox)), None)
    if box.element_tag == "figure":
        return picture is not None and _is_made_smaller(picture, context.page_bottom)
    return _may_now_be_broken(box)


def _is_made_smaller(picture: Box, page_height: float) -> bool:
    height = STEP * min(picture.style["max_height"].value, page_height)
    if height < SMALLEST * page_height:
        return False
    _restyle(picture, "max_height", Dimension(height, "px"))
    return True


def _may_now_be_broken(table: Box) -> bool:
    """Lift what keeps rows together; return whether anything did."""
    rows = [one for one in table.descendants() if isinstance(one, boxes.TableRowBox)]
    kept = [
        ("break_inside", table),
        *((name, row) for row in rows for name in ("break_before", "break_after")),
    ]
    kept = [(name, one) for name, one in kept if one.style[name] == "avoid"]
    for name, one in kept:
        _restyle(one, name, "auto")
    return bool(kept)


def _restyle(box: Box, name: str, value: Any) -> None:
    box.style = box.style.copy()  # others have the same
    box.style[name] = value


def install() -> bool:
    """Teach WeasyPrint 70 to make room for headings; return whether it could be done.

    Any other version is left as it is: a heading may stand alone above a picture that is too high.
    """
    if not is_known("headings may be parted from tall pictures"):
        return False
    block.block_container_layout = block_container_layout
    return True

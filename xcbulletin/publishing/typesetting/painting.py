"""The order in which boxes are drawn in WeasyPrint: that of the text, which is how PDF is copied and read aloud.

WeasyPrint draws what is positioned or afloat after the lines of a page (CSS 2.1, appendix E): the numbers of lists,
the names in an imprint. Nothing lies over anything else on our pages, so here each stays at its place.

Call `install()` once, before documents are printed.
"""

from typing import Any, TypeAlias

from weasyprint import draw, stacking
from weasyprint.formatting_structure import boxes

from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any
Context: TypeAlias = Any
Blocks: TypeAlias = dict[Any, Any]
"""What is inside a block that is drawn by itself, with what is inside that, in the order of drawing."""


def dispatch(
    box: Box, page: Box, contexts: list[Context], blocks: list[Box], floats: list[Context], inside: Blocks
) -> Box | None:
    """Find when a box is drawn as WeasyPrint does; what it would draw later is drawn where it stands."""
    known = len(contexts)
    kept = _dispatch(box, page, contexts, blocks, floats, inside)
    if kept is None:
        context = contexts.pop(known) if len(contexts) > known else floats.pop()
        inside[context] = {}
    return kept


def draw_block_level(page: Box, stream: Any, blocks: Blocks) -> None:
    """Draw blocks as WeasyPrint does, and what is positioned or afloat between them or, as a marker, before lines."""
    for block, inside in blocks.items():
        if isinstance(block, stacking.StackingContext):
            draw.draw_stacking_context(stream, block)
            continue
        if any(isinstance(child, boxes.LineBox) for child in getattr(block, "children", ())[-1:]):
            draw_block_level(page, stream, inside)
            inside = {}
        _draw_block_level(page, stream, {block: inside})


# Where they are missing, WeasyPrint is another version, and `install` stops.
_dispatch: Any = getattr(stacking, "_dispatch", None)
_draw_block_level: Any = getattr(draw, "draw_block_level", None)


def install() -> bool:
    """Teach WeasyPrint 70 to draw in the order of the text; return whether it could be done.

    Any other version is left as it is: pages look the same, and numbers of lists are copied after them.
    """
    if not is_known("numbers of lists are copied apart from their items"):
        return False
    stacking._dispatch = dispatch
    draw.draw_block_level = draw_block_level
    return True

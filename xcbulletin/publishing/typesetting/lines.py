"""Chinese lines in WeasyPrint: Han and Latin set apart, marks compressed, both edges flush.

WeasyPrint breaks lines by UAX #14 and justifies by widening blanks, which leaves Chinese ragged. Here

- the texts of a line are prepared by `breaks` before layout;
- a line takes one character more if the mark at its end can be halved (CLREQ 3.1.6), and a number may part from its
  unit rather than leave a hole;
- `justify_line` halves the mark at the end and shares the free width out between characters (CLREQ 3.5).

Call `install()` once, before documents are rendered.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import weasyprint
from weasyprint.formatting_structure import boxes, build
from weasyprint.layout import inline
from weasyprint.text import line_break

from xcbulletin.publishing.typesetting import glyphs
from xcbulletin.publishing.typesetting.breaks import (
    BREAK,
    CALL,
    CODE,
    GLUE,
    MARKS,
    OBJECT,
    gaps,
    has_han,
    is_mark,
    is_pushed_out,
    prepare_texts,
)
from xcbulletin.publishing.typesetting.glyphs import HALF_MARK, opening, surplus

Box: TypeAlias = Any
Split: TypeAlias = tuple[Any, ...]

LOGGER = logging.getLogger(__name__)

WIDEST_GAP = 0.25  # em
WIDEST_BLANK = 0.5  # em, added to a blank where only blanks are widened
WIDE_LINE = 0.15  # free width, as a part of the line

# Text boxes

BODY_TAGS = frozenset(("p", "li", "dd", "blockquote"))
TITLE_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "caption", "figcaption"))
CODE_TAGS = frozenset(("code", "kbd", "samp", "pre"))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    box: Box | None
    text: str
    depth: int


def create_anonymous_boxes(box: Box) -> Box:
    """Build lines as WeasyPrint does, then prepare their texts."""
    box = _create_anonymous_boxes(box)
    _prepare_boxes(box, keep_blanks=True)
    return box


def _prepare_boxes(box: Box, *, keep_blanks: bool, in_title: bool = False) -> None:
    in_title = in_title or box.element_tag in TITLE_TAGS
    keep_blanks = in_title or (keep_blanks and box.element_tag not in BODY_TAGS)
    if isinstance(box, boxes.LineBox) and box.style["letter_spacing"] in ("normal", 0):
        # Spaced titles stay as they are: an invisible mark would be given its space too.
        _prepare_line(box, keep_blanks=keep_blanks)
    for child in getattr(box, "children", ()):
        _prepare_boxes(child, keep_blanks=keep_blanks, in_title=in_title)


def _prepare_line(line: Box, *, keep_blanks: bool) -> None:
    pieces = list(_pieces(line))
    texts = prepare_texts(
        [piece.text for piece in pieces],
        end_of_paragraph=True,
        keep_blanks=keep_blanks,
        depths=[piece.depth for piece in pieces],
    )
    for piece, text in zip(pieces, texts, strict=True):
        if piece.box is not None:
            piece.box.text = text
    if not all(texts):
        _drop_empty_texts(line)


def _pieces(box: Box, depth: int = 0) -> Iterator[_Piece]:
    for child in box.children:
        if not child.is_in_normal_flow():
            continue
        if placeholder := _placeholder(child):
            yield _Piece(box=None, text=placeholder, depth=1000)
        elif isinstance(child, boxes.TextBox):
            yield _Piece(box=child, text=child.text, depth=depth)
        else:
            yield from _pieces(child, depth + 1)


def _placeholder(box: Box) -> str:
    tag = box.element_tag or ""  # margin boxes have none
    if tag == "sup" or tag.endswith("::footnote-call"):
        return CALL
    if box.is_leader or not isinstance(box, boxes.TextBox | boxes.InlineBox):
        return OBJECT
    if tag in CODE_TAGS or box.style["white_space"] in ("pre", "pre-wrap"):
        return CODE
    return ""


def _drop_empty_texts(box: Box) -> None:
    for child in box.children:
        if isinstance(child, boxes.InlineBox):
            _drop_empty_texts(child)
    box.children = [
        child for child in box.children if not (isinstance(child, boxes.TextBox) and not child.text)
    ]


# Lines

NUMBER_AND_UNIT = re.compile(rf"[{MARKS}]* ?[0-9.,]+ {GLUE}")


def split_inline_box(context: Any, box: Box, position_x: float, max_x: float, *rest: Any) -> Split:
    """Break off a line as WeasyPrint does; if it is left short, see whether more can be got on it.

    One character more goes on it (挤进) if a mark follows that can be halved (CLREQ 3.1.6); and rather than leave
    a hole, a number parts from its unit.
    """
    split: Split = _split_inline_box(context, box, position_x, max_x, *rest)
    line, resume_at = split[:2]
    free = max_x - position_x - line.width
    if resume_at is None or free < 1.49 * box.style["font_size"] or not _may_be_refilled(context, box):
        return split
    again = (*rest[:7], [], *rest[8:])  # a list of the line's children of its own
    text, start = _rest(box, resume_at)
    if is_pushed_out(text.text[start:]):
        wider: Split = _split_inline_box(
            context, box, position_x, max_x + HALF_MARK * box.style["font_size"], *again
        )
        if wider[0].width - surplus(list(_texts(wider[0]))[-1]) <= max_x - position_x:
            return wider
    if free > WIDE_LINE * line.width and (number := NUMBER_AND_UNIT.match(text.text, start)):
        # The swapped pair is as long as before, so that positions in the text stay what they are.
        text.text = f"{text.text[: number.end() - 2]}{BREAK} {text.text[number.end() :]}"
        split = _split_inline_box(context, box, position_x, max_x, *again)
    return split


def _may_be_refilled(context: Any, box: Box) -> bool:
    """Return whether a line may be split twice: it is justified, and has text only."""
    is_line = isinstance(box, boxes.LineBox) and not context.excluded_shapes
    return is_line and _is_justified(box) and all(map(_is_text, box.children))


def _is_justified(line: Box) -> bool:
    return line.style["text_align_all"] == "justify" and line.style["white_space"] in ("normal", "pre-line")


def _is_text(box: Box) -> bool:
    if isinstance(box, boxes.InlineBox):
        return box.is_in_normal_flow() and all(map(_is_text, box.children))
    return isinstance(box, boxes.TextBox)


def _rest(box: Box, resume_at: Any) -> tuple[Box, int]:
    """Return the text box where the next line begins, and the character."""
    while not isinstance(box, boxes.TextBox):
        index, resume_at = next(iter(resume_at.items())) if resume_at else (0, None)
        box = box.children[index]
    offset = next(iter(resume_at)) if resume_at else 0
    return box, len(box.text.encode()[:offset].decode())


def justify_line(context: Any, line: Box, extra_width: float) -> None:
    """Share the free width out between the characters of a line, its last mark halved (CLREQ 3.5, 3.1.6).

    A line that would have to be opened too far stays ragged, or has only its blanks widened if they are many.
    """
    texts = list(_texts(line))
    contexts = [_context(box, texts[index:]) for index, box in enumerate(texts, 1)]
    counts = [len(gaps(text)) for text in contexts]
    blanks = inline.count_expandable_spaces(line)
    if line.style["direction"] == "rtl" or not sum(counts) or not any(map(has_han, contexts)):
        _justify_line(context, line, extra_width)
        return
    halved = surplus(texts[-1])
    share = (extra_width + halved) / sum(counts)
    em = line.style["font_size"]
    if share < 0:
        return
    if share <= WIDEST_GAP * em or line.style["text_align_last"] == "justify":
        gains = {box: count * share for box, count in zip(texts, counts, strict=True)}
        for box, text in zip(texts, contexts, strict=True):
            opening(box).text, opening(box).after_gap = text, share
    elif extra_width < blanks * WIDEST_BLANK * em:
        gains = {}
        _justify_line(context, line, extra_width + halved)
    else:
        return
    _move(line, 0, gains | {texts[-1]: gains.get(texts[-1], 0) - halved})


def text_align(context: Any, line: Box, available_width: float, last: bool) -> float:
    """Align a line as WeasyPrint does, its marks compressed, and fill also the one that has no width left."""
    _compress_joins(line)
    is_full = line.width >= available_width
    offset: float = _text_align(context, line, available_width, last)
    if is_full and _is_justified(line):
        justify_line(context, line, available_width - line.width)
    return offset


def _compress_joins(line: Box) -> None:
    """Halve a mark before another one in the next box, where `chws` does not see it (CLREQ 3.1.6)."""
    gains = {}
    for box, following in pairwise(_texts(line)):
        if is_mark(following.text) and (halved := surplus(box)):
            opening(box).after_last = gains[box] = -halved
    if gains:
        _move(line, 0, gains)


def _texts(box: Box) -> Iterator[Box]:
    for child in box.children:
        if isinstance(child, boxes.TextBox):
            if child.text.strip(MARKS):
                yield child
        elif isinstance(child, boxes.InlineBox) and child.is_in_normal_flow():
            yield from _texts(child)


def _context(box: Box, following: Sequence[Box]) -> str:
    if not following or following[0].style["font_size"] < box.style["font_size"]:  # superscripts stay close
        return str(box.text)
    return f"{box.text}{following[0].text.lstrip(MARKS)[0]}"


def _move(box: Box, advance: float, gains: dict[Box, float]) -> float:
    """Move a box and widen it by what its texts gained; return how far the next one moves."""
    if isinstance(box, boxes.TextBox | boxes.LineBox | boxes.InlineBox):
        box.position_x += advance
        moved = advance + gains.get(box, 0)
        for child in getattr(box, "children", ()):
            if child.is_in_normal_flow():
                moved = _move(child, moved, gains)
        box.width += moved - advance
        return moved
    box.translate(advance, 0)
    return advance


# Where they are missing, WeasyPrint is another version, and `install` stops.
_create_anonymous_boxes: Any = getattr(build, "create_anonymous_boxes", None)
_split_inline_box: Any = getattr(inline, "split_inline_box", None)
_justify_line: Any = getattr(inline, "justify_line", None)
_text_align: Any = getattr(inline, "text_align", None)


def install() -> bool:
    """Teach WeasyPrint 70 Chinese lines; return whether it could be done.

    Any other version is left as it is: pages come out plain, but they come out.
    """
    if not weasyprint.__version__.startswith("70."):
        LOGGER.warning("WeasyPrint %s is not 70.*: Chinese lines are set plainly", weasyprint.__version__)
        return False
    build.create_anonymous_boxes = create_anonymous_boxes
    inline.split_inline_box = split_inline_box
    inline.justify_line = justify_line
    inline.text_align = text_align
    line_break.Layout.set_text = glyphs.set_text
    return True

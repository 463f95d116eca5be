"""Text boxes opened, halved or narrowed glyph by glyph.

Layout decides how much room goes where (`lines`) and leaves it with the box; here it reaches the glyphs that Pango has
shaped. Pango's letter-spacing attributes would do nearly the same, but cut the text in pieces: `chws` and the joined
dash would be lost.
"""

import copy
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from weasyprint.text import line_break

from xcbulletin.publishing.typesetting.breaks import CLOSING, MARKS, NARROW, givers

Box: TypeAlias = Any
Layout: TypeAlias = Any
Room: TypeAlias = dict[int, float]
"""What is added after the letter that ends at an offset in a UTF-8 text, in pixels."""

HALF_MARK = 0.5  # em
BLANK_GIVES = 0.125  # em


def room_of(box: Box) -> Room:
    """Return the room that a text box is given when it is drawn, to be added to."""
    found: Room | None = getattr(box.pango_layout, "room", None)
    if found is None:
        found = {}
        box.pango_layout = copy.copy(box.pango_layout)
        box.pango_layout.text, box.pango_layout.room = box.text, found
    return found


def last_letter(box: Box) -> int:
    """Return where the last letter of a text box ends, as an offset in its UTF-8 text."""
    return len(box.text.rstrip(MARKS).encode())


def surplus(box: Box) -> float:
    """Return how much of the mark that ends a text is blank and may go, at most half an em."""
    mark = box.text.rstrip(MARKS)[-1]
    return _blank_of(mark, box.style) if mark in f"{CLOSING}”’" else 0


def slack(box: Box, context: str) -> Room:
    """Return how much a text may give where it has marks and blanks, by offset; `context` is it and what follows.

    A mark gives up to half an em (CLREQ 3.1.6), a blank half of itself: 1/4 em to 1/8 em (CLREQ 3.5).
    """
    blank = BLANK_GIVES * box.style["font_size"]
    return {
        offset: blank if letter == " " else _blank_of(letter, box.style) for offset, letter in givers(context)
    }


def _blank_of(mark: str, style: Any) -> float:
    cache = style.cache.setdefault("blank of marks", {})
    key = (mark, style["font_family"], style["font_weight"], style["font_style"], style["font_size"])
    if key not in cache:
        cache[key] = max(0, min(_blank_beside(mark, style), HALF_MARK * style["font_size"]))
    return float(cache[key])


def _blank_beside(mark: str, style: Any) -> float:
    """Return the blank after a closing mark, before an opening one."""
    ffi, pango = line_break.ffi, line_break.pango
    layout = line_break.Layout(style)
    layout.set_text(mark)
    line, _ = layout.get_first_line()
    ink, logical = ffi.new("PangoRectangle *"), ffi.new("PangoRectangle *")
    pango.pango_layout_line_get_extents(line, ink, logical)
    after: int = logical.width - ink.x - ink.width
    blank: float = (after if mark in f"{CLOSING}”’" else ink.x) * line_break.FROM_UNITS
    return blank


_set_text = line_break.Layout.set_text


def set_text(self: Layout, text: str, justify: bool = False) -> None:
    """Set the text as WeasyPrint does, Latin quotes narrow; when it is drawn, open it."""
    _set_text(self, text, justify)
    if NARROW in self.text:
        _narrow_quotes(self)
    if justify and hasattr(self, "room"):
        _open(self, self.room)


def _narrow_quotes(layout: Layout) -> None:
    ffi, pango = line_break.ffi, line_break.pango
    attributes = pango.pango_layout_get_attributes(layout.layout)
    if attributes == ffi.NULL:
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    for quote in re.finditer(f"(?:“|”|‘|’){NARROW}".encode(), layout.text.encode()):
        attribute = pango.pango_attr_font_features_new(b"pwid 1")
        attribute.start_index, attribute.end_index = quote.span()
        pango.pango_attr_list_insert(attributes, attribute)
    pango.pango_layout_set_attributes(layout.layout, attributes)


def _open(layout: Layout, added: Room) -> None:
    """Widen or narrow the glyphs that Pango has shaped."""
    # Drawing switches this on, and would have Pango shape the line anew.
    line_break.pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
    line, _ = layout.get_first_line()
    unit = layout.style["font_size"] / 1000
    thousandths = _in_thousandths(added, unit)
    run = line.runs
    while run != line_break.ffi.NULL:
        _open_item(run.data, thousandths, unit * line_break.TO_UNITS)
        run = run.next


def _in_thousandths(added: Room, unit: float) -> dict[int, int]:
    """Return what is added in thousandths of an em.

    PDF advances are whole thousandths, so the rounding is carried from letter to letter.
    """
    total, done, thousandths = 0.0, 0, {}
    for offset in sorted(added):
        total += added[offset] / unit
        thousandths[offset] = round(total) - done
        done += thousandths[offset]
    return thousandths


def _open_item(glyph_item: Any, thousandths: Mapping[int, int], unit: float) -> None:
    glyphs, clusters = glyph_item.glyphs.glyphs, glyph_item.glyphs.log_clusters
    offset, count = glyph_item.item.offset, glyph_item.glyphs.num_glyphs
    ends = [*clusters[1:count], glyph_item.item.length]
    for index, end in enumerate(ends):
        if more := thousandths.get(offset + end, 0):
            # Half a unit more, as drawing truncates to whole ones.
            glyphs[index].geometry.width += round((more + (0.5 if more > 0 else -0.5)) * unit)

"""Text boxes opened, halved or narrowed glyph by glyph.

Layout decides how much room goes where (`lines`) and leaves it with the box as an `Opening`; here it reaches the glyphs
that Pango has shaped. Pango's letter-spacing attributes would do nearly the same, but cut the text in pieces: `chws`
and the joined dash would be lost.
"""

import copy
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from weasyprint.text import line_break

from xcbulletin.publishing.typesetting.breaks import CLOSING, MARKS, NARROW, gaps

Box: TypeAlias = Any
Layout: TypeAlias = Any

HALF_MARK = 0.5  # em


@dataclass(slots=True)
class Opening:
    """How a text box is opened when it is drawn: after each gap, and after its last letter. Widths in pixels.

    `text` is the box's text and the letter after it, if that is in another box of the line.
    """

    text: str
    after_gap: float = 0
    after_last: float = 0


def opening(box: Box) -> Opening:
    """Return the opening of a text box, with a layout of its own to hang on."""
    found: Opening | None = getattr(box.pango_layout, "opening", None)
    if found is None:
        found = Opening(text=box.text)
        box.pango_layout = copy.copy(box.pango_layout)
        box.pango_layout.text, box.pango_layout.opening = box.text, found
    return found


def surplus(box: Box) -> float:
    """Return how much of the mark that ends a text is blank and may go, at most half an em."""
    mark = box.text.rstrip(MARKS)[-1]
    if mark not in f"{CLOSING}”’":
        return 0
    style = box.style
    cache = style.cache.setdefault("surplus", {})
    key = (mark, style["font_family"], style["font_weight"], style["font_style"], style["font_size"])
    if key not in cache:
        cache[key] = min(_blank_after(mark, style), HALF_MARK * style["font_size"])
    return float(cache[key])


def _blank_after(character: str, style: Any) -> float:
    ffi, pango = line_break.ffi, line_break.pango
    layout = line_break.Layout(style)
    layout.set_text(character)
    line, _ = layout.get_first_line()
    ink, logical = ffi.new("PangoRectangle *"), ffi.new("PangoRectangle *")
    pango.pango_layout_line_get_extents(line, ink, logical)
    blank: float = (logical.width - ink.x - ink.width) * line_break.FROM_UNITS
    return max(0, blank)


_set_text = line_break.Layout.set_text


def set_text(self: Layout, text: str, justify: bool = False) -> None:
    """Set the text as WeasyPrint does, Latin quotes narrow; when it is drawn, open it."""
    _set_text(self, text, justify)
    if NARROW in self.text:
        _narrow_quotes(self)
    if justify and hasattr(self, "opening"):
        _open(self, self.opening)


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


def _open(layout: Layout, room: Opening) -> None:
    """Widen the glyphs that Pango has shaped."""
    # Drawing switches this on, and would have Pango shape the line anew.
    line_break.pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
    line, _ = layout.get_first_line()
    thousandths = _thousandths(layout, room)
    unit = layout.style["font_size"] * line_break.TO_UNITS / 1000
    run = line.runs
    while run != line_break.ffi.NULL:
        _open_item(run.data, thousandths, unit)
        run = run.next


def _thousandths(layout: Layout, room: Opening) -> dict[int, int]:
    """Return what to add after the letter that ends at a byte, in thousandths of an em.

    PDF advances are whole thousandths, so the rounding is carried from gap to gap.
    """
    unit = layout.style["font_size"] / 1000
    places = gaps(room.text) if room.after_gap else ()
    sums = [round(count * room.after_gap / unit) for count in range(len(places) + 1)]
    added = {gap: after - before for gap, before, after in zip(places, sums, sums[1:], strict=False)}
    last = len(layout.text.rstrip(MARKS).encode())
    added[last] = added.get(last, 0) + round(room.after_last / unit)
    return added


def _open_item(glyph_item: Any, thousandths: dict[int, int], unit: float) -> None:
    glyphs, clusters = glyph_item.glyphs.glyphs, glyph_item.glyphs.log_clusters
    offset, count = glyph_item.item.offset, glyph_item.glyphs.num_glyphs
    ends = [*clusters[1:count], glyph_item.item.length]
    for index, end in enumerate(ends):
        if more := thousandths.get(offset + end, 0):
            # Half a unit more, as drawing truncates to whole ones.
            glyphs[index].geometry.width += round((more + (0.5 if more > 0 else -0.5)) * unit)

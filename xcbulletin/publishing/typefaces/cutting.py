"""Cutting a face: one source font becomes one of ours, the same bytes everywhere.

CFF outlines become TrueType ones: WeasyPrint embeds CFF with twice the memory and twice the size
(facts/typesetting.md 3.2), and rebuilds WOFF2 in minutes.
"""

import asyncio
import io
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from xcbulletin.publishing.typefaces.faces import SC, SERIF, Face, Repertoire, characters

_FEATURES = ("calt", "ccmp", "chws", "fwid", "halt", "hwid", "kern", "liga", "mark", "mkmk", "palt", "pwid")
_LEGAL_NAMES = (0, 13, 14)  # copyright, licence, where the licence is
_TABLES_TO_DROP = ("BASE", "VORG", "gasp", "vhea", "vmtx")  # upright setting and hinting: we do neither
_FIGURES = "0123456789+−=()"
_SUPERSCRIPTS, _SUBSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"

# One ascent and descent for all families, or a line with two of them would sit lower than its neighbours.
_ASCENT, _DESCENT = 1160, -288


def make_face(face: Face, sources: Path, made: Path) -> float:
    """Make one font file from the unpacked packages; return the seconds it took."""
    from fontTools.ttLib import TTFont

    started = time.monotonic()
    data, localised, outlines = _subset(face, sources / face.source)
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    if "CFF " in font:
        _convert_outlines(font, outlines, face.rise)
    _use_localised_forms(font, localised)
    _borrow(font, face.borrowed, sources / SERIF)
    if face.blank:
        _set_blanks(font, face.blank)
    if face.repertoire == Repertoire.FULL:
        _add_small_figures(font)
    _name(font, face)
    _level(font, face)
    target = made / face.file_name
    font.save(target)
    if face.repertoire in (Repertoire.FULL, Repertoire.CHINESE):
        _add_contextual_spacing(target)
    return time.monotonic() - started


def _subset(face: Face, source: Path) -> tuple[bytes, dict[int, int], Any]:
    """Return the cut font, its code points with a simplified Chinese form (new glyph ids), and its HarfBuzz font."""
    import uharfbuzz as hb

    whole = hb.Face(hb.Blob.from_file_path(str(source)), face.index)
    kept = characters(face.repertoire) & set(whole.unicodes)
    localised = _localised_forms(hb.Font(whole), kept)
    wanted = hb.SubsetInput()
    wanted.unicode_set.clear()
    wanted.unicode_set.update(sorted(kept))
    wanted.glyph_set.update(sorted(localised.values()))
    wanted.layout_feature_tag_set.clear()
    wanted.layout_feature_tag_set.update(map(_tag, _FEATURES))
    wanted.name_id_set.update(_LEGAL_NAMES)
    wanted.drop_table_tag_set.update(map(_tag, _TABLES_TO_DROP))
    wanted.flags = (
        hb.SubsetFlags.NO_HINTING
        | hb.SubsetFlags.DESUBROUTINIZE
        | hb.SubsetFlags.NOTDEF_OUTLINE
        | hb.SubsetFlags.NO_BIDI_CLOSURE
    )
    plan = hb.SubsetPlan(whole, wanted)
    new_ids = plan.old_to_new_glyph_mapping
    cut = plan.execute()
    return cut.blob.data, {code: new_ids[glyph] for code, glyph in localised.items()}, hb.Font(cut)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")


def _localised_forms(font: Any, codes: Iterable[int]) -> dict[int, int]:
    """Return the glyphs that simplified Chinese text has in place of the nominal ones, such as the full-width —."""
    import uharfbuzz as hb

    forms = {}
    for code in sorted(codes):
        buffer = hb.Buffer()
        buffer.add_codepoints([code])
        buffer.direction, buffer.script, buffer.language = "ltr", "Hani", "zh-Hans"
        hb.shape(font, buffer, {"ccmp": False})
        glyphs = [info.codepoint for info in buffer.glyph_infos]
        if len(glyphs) == 1 and glyphs[0] != font.get_nominal_glyph(code):
            forms[code] = glyphs[0]
    return forms


def _use_localised_forms(font: Any, forms: dict[int, int]) -> None:
    """Put them into the character map: right without a language tag, and `locl` with its variants can go."""
    order = font.getGlyphOrder()
    for table in _character_maps(font):
        table.cmap.update({code: order[glyph] for code, glyph in forms.items() if code in table.cmap})


def _character_maps(font: Any) -> list[Any]:
    return [table for table in font["cmap"].tables if table.isUnicode() and table.format != 14]


def _convert_outlines(font: Any, outlines: Any, rise: int) -> None:
    """Replace the cubic outlines by quadratic ones, off by at most a thousandth of an em and `rise` higher."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.ttLib import newTable

    order = font.getGlyphOrder()
    glyphs = font["glyf"] = newTable("glyf")
    glyphs.glyphOrder = order
    glyphs.glyphs = {name: _quadratic(outlines, index, rise) for index, name in enumerate(order)}
    font["loca"] = newTable("loca")
    for name in order:
        _set_width(font, name, font["hmtx"][name][0])
    FontBuilder(font=font).setupMaxp()  # counted when the font is written
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"
    font["post"].formatType = 3.0


def _quadratic(outlines: Any, index: int, rise: int = 0) -> Any:
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    quadratic = Cu2QuPen(pen, max_err=1.0, reverse_direction=True)
    outlines.draw_glyph_with_pen(index, TransformPen(quadratic, (1, 0, 0, 1, 0, rise)))
    return pen.glyph()


def _set_width(font: Any, name: str, width: int) -> None:
    """Set a glyph's width; a TrueType side bearing has to be where the outline begins."""
    glyph = font["glyf"][name]
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (width, getattr(glyph, "xMin", 0))


def _borrow(font: Any, borrowed: str, lender: Path) -> None:
    """Draw these characters as the simplified Chinese face of `lender` does."""
    import uharfbuzz as hb

    donor = hb.Font(hb.Face(hb.Blob.from_file_path(str(lender)), SC))
    forms = _localised_forms(donor, map(ord, borrowed))
    for character in borrowed:
        glyph = forms.get(ord(character), donor.get_nominal_glyph(ord(character)))
        name = font.getBestCmap()[ord(character)]
        font["glyf"][name] = _quadratic(donor, glyph)
        _set_width(font, name, donor.get_glyph_h_advance(glyph))


def _set_blanks(font: Any, width: int) -> None:
    for code in (0x20, 0xA0):
        _set_width(font, font.getBestCmap()[code], width)


def _add_small_figures(font: Any) -> None:
    """Give the sub- and superscripts that the source has not (₂, ⁻) the shapes of the figures, made smaller."""
    for marks, rise in ((_SUPERSCRIPTS, 340), (_SUBSCRIPTS, -150)):
        for character, figure in zip(marks, _FIGURES, strict=True):
            if ord(character) not in font.getBestCmap():
                _add_scaled(font, character, font.getBestCmap()[ord(figure)], rise)


def _add_scaled(font: Any, character: str, base: str, rise: int, scale: float = 0.6) -> None:
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    name = f"u{ord(character):04X}"
    pen = TTGlyphPen({base: None})
    pen.addComponent(base, (scale, 0, 0, scale, 0, rise))
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"].glyphs[name] = pen.glyph()
    font["glyf"].setGlyphOrder(font.getGlyphOrder())
    _set_width(font, name, round(font["hmtx"][base][0] * scale))
    for table in _character_maps(font):
        table.cmap[ord(character)] = name


def _name(font: Any, face: Face) -> None:
    """Name the font after our family; the original's copyright notice and licence stay."""
    names = font["name"]
    legal = {number: names.getDebugName(number) or "" for number in _LEGAL_NAMES}
    legal[13] = legal[13].strip() or face.package.licence
    own = {
        1: face.family,
        2: face.style,
        3: f"{face.family} {face.style}; {face.package.version}",
        4: f"{face.family} {face.style}",
        5: "Version 1.000",
        6: face.file_name.removesuffix(".ttf"),
        10: f"Cut from {Path(face.source).name} of Debian's {face.package.pinned} by xcbulletin",
    }
    names.names = []
    for number, text in sorted((legal | own).items()):
        names.setName(text, number, 3, 1, 0x409)


def _level(font: Any, face: Face) -> None:
    """Set the weight and the line metrics that all families share."""
    bold = face.weight == 700
    header, line, windows = font["head"], font["hhea"], font["OS/2"]
    header.modified = header.created
    header.macStyle = int(bold)
    line.ascent, line.descent, line.lineGap = _ASCENT, _DESCENT, 0
    windows.usWinAscent, windows.usWinDescent = _ASCENT, -_DESCENT
    windows.sTypoAscender, windows.sTypoDescender, windows.sTypoLineGap = _ASCENT, _DESCENT, 0
    windows.usWeightClass = face.weight
    windows.fsSelection = 0x20 if bold else 0x40


def _add_contextual_spacing(path: Path) -> None:
    """Add `chws`, which sets neighbouring punctuation closer, and `halt` where there is none."""
    from east_asian_spacing import Builder, Config, Font

    font = Font.load(path)
    font.ttfont.recalcTimestamp = False
    builder = Builder(font, Config.default.for_language("ZHS"))
    asyncio.run(builder.build())
    assert builder.has_spacings
    font.save(path)

"""Copy numbers (份号) on a printed PDF, which is not printed again for them.

A number is an incremental update (ISO 32000-1, 7.5.6): the PDF stays as it is, byte for byte, and what is new
follows its end. So its structure and metadata are untouched, and only some four thousand bytes differ from copy to
copy.
"""

import hashlib
import io
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xcbulletin.errors import BulletinError
from xcbulletin.publishing.layout import Layout
from xcbulletin.publishing.typefaces.fonts import FontSet

if TYPE_CHECKING:
    import pikepdf

FACE = "XCHei-Regular"
DIGITS = 6
_CHARACTERS = "№ 0123456789"
_INK = b"0.121569 0.137255 0.156863 rg"
"""That of the text."""


class CopyNumberError(BulletinError):
    """A PDF cannot be given a number: it was not printed here, is damaged, or has one."""


def number_text(number: int) -> str:
    """Return a copy number as it is printed: 000123."""
    return f"{number:0{DIGITS}}"


def span_text(numbers: range) -> str:
    """Return copy numbers that follow one another, as they are printed: 000123～000125; empty where there are none."""
    ends = numbers[:1] if len(numbers) < 2 else (numbers[0], numbers[-1])
    return "～".join(map(number_text, ends))


class Stamp:
    """Puts copy numbers on one PDF that the press has printed. Threads may share it.

    The same number is the same bytes every time, and always readable: text with its font, furniture of the page
    (`/Artifact`) and not part of what is read out.
    """

    def __init__(self, pdf: bytes, fonts: FontSet, layout: Layout) -> None:
        """Take the PDF and the layout that it was printed with. Raises CopyNumberError, FontError."""
        self._pdf = pdf
        self._face = _Face(fonts.subset(FACE, _CHARACTERS))
        self._size = 0.8 * layout.body  # as what stands above the masthead
        self._right, self._above = layout.side, 0.6 * layout.top
        self._update = _read(pdf, self._face)

    def numbered(self, number: int) -> bytes:
        """Return the PDF with the number at the top right of its first page: № 000123."""
        return self._pdf + self.tail(number)

    def tail(self, number: int) -> bytes:
        """Return what the number adds: the PDF itself stands before it, as it is."""
        assert number > 0
        update = self._update
        objects = {**update.objects, update.text: _stream(self._drawn(number))}
        return update.written(objects, len(self._pdf), number)

    def _drawn(self, number: int) -> bytes:
        text = f"№ {number_text(number)}"
        left = self._update.right - self._right - self._face.width(text) * self._size / 1000
        return (
            b"Q /Artifact <</Type /Pagination /Subtype /Header>> BDC q %b BT %b %.2f Tf %.3f %.3f Td <%b> Tj ET Q EMC"
            % (
                _INK,
                _NAME.encode(),
                self._size,
                left,
                self._update.top - self._above,
                self._face.glyphs(text),
            )
        )


class _Face:
    """A TrueType font cut to the characters that a number needs; lengths in thousandths of an em."""

    def __init__(self, content: bytes) -> None:
        import uharfbuzz as hb

        self.content = content
        face = hb.Face(content)
        font = hb.Font(face)
        self._scale = 1000 / face.upem
        self._glyph: dict[str, int] = {one: font.get_nominal_glyph(ord(one)) for one in _CHARACTERS}
        self._width = {
            one: round(font.get_glyph_h_advance(glyph) * self._scale) for one, glyph in self._glyph.items()
        }
        extents = font.get_font_extents("ltr")
        self.ascent, self.descent = (
            round(one * self._scale) for one in (extents.ascender, extents.descender)
        )
        self.name = b"/%b+XC-Hei" % _tag(content)

    def width(self, text: str) -> int:
        return sum(self._width[one] for one in text)

    def glyphs(self, text: str) -> bytes:
        """Return a text as it is shown: two bytes a glyph, in hexadecimal."""
        return b"".join(b"%04X" % self._glyph[one] for one in text)

    def widths(self) -> bytes:
        """Return the widths as a CIDFont has them (ISO 32000-1, 9.7.4.3)."""
        return b" ".join(b"%d [%d]" % (self._glyph[one], self._width[one]) for one in _CHARACTERS)

    def to_unicode(self) -> bytes:
        """Return the CMap that tells what each glyph reads as (ISO 32000-1, 9.10.3)."""
        pairs = b"\n".join(b"<%04X> <%04X>" % (glyph, ord(one)) for one, glyph in self._glyph.items())
        return _CMAP % (len(self._glyph), pairs)


_CMAP = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
%d beginbfchar
%b
endbfchar
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


def _tag(content: bytes) -> bytes:
    """Return six capitals that tell subsets of a font apart (ISO 32000-1, 9.6.4)."""
    return bytes(65 + byte % 26 for byte in hashlib.sha256(content).digest()[:6])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Update:
    """All of an update but the number, and where the number goes."""

    objects: Mapping[int, bytes]
    """What is new or changed, by object number."""
    text: int
    """The object to be that shows the number."""
    right: float
    top: float
    """Edges of the first page, in points."""
    size: int
    """One more than the highest object number; there stands the new cross-reference stream."""
    previous: int
    """Where the cross-reference stream of the PDF begins."""
    root: bytes
    info: bytes
    identifier: bytes

    def written(self, objects: Mapping[int, bytes], start: int, number: int) -> bytes:
        """Return the update that follows a PDF of `start` bytes."""
        parts, offsets = [b"\n"], {}
        end = start + 1
        for own, content in objects.items():
            offsets[own] = end
            parts.append(b"%d 0 obj\n%b\nendobj\n" % (own, content))
            end += len(parts[-1])
        offsets[self.size] = end
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (self.size, self._references(offsets, number)))
        return b"".join((*parts, b"startxref\n%d\n%%%%EOF\n" % end))

    def _references(self, offsets: Mapping[int, int], number: int) -> bytes:
        """Return the cross-reference stream, with the trailer in it (ISO 32000-1, 7.5.8)."""
        changed = hashlib.sha256(b"%b %d" % (self.identifier, number)).digest()[:16]
        rows = b"".join(b"\x01%b\x00" % offset.to_bytes(4, "big") for offset in offsets.values())
        entries = (
            b"/Type /XRef /Size %d /Prev %d /Root %b /Info %b /ID [<%b> <%b>] /Index [%b] /W [1 4 1]"
            % (
                self.size + 1,
                self.previous,
                self.root,
                self.info,
                self.identifier.hex().encode(),
                changed.hex().encode(),
                b" ".join(b"%d 1" % own for own in offsets),
            )
        )
        return _stream(rows, entries)


def _stream(content: bytes, entries: bytes = b"", *, compress: bool = False) -> bytes:
    if compress:
        content, entries = zlib.compress(content), entries + b" /Filter /FlateDecode"
    # CR LF, as a bare LF would belong to data that end with CR (ISO 19005-2, 6.1.7.1).
    return b"<<%b /Length %d>>\nstream\n%b\r\nendstream" % (entries, len(content), content)


def _read(pdf: bytes, face: _Face) -> _Update:
    """Return the update that puts text of the face on the first page of a PDF. Raises CopyNumberError."""
    import pikepdf

    end = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*\Z", pdf[-100:])
    try:
        with pikepdf.open(io.BytesIO(pdf), attempt_recovery=False) as opened:
            if end is None or opened.is_encrypted or opened.trailer.get("/Type") != "/XRef":
                raise _unusable()
            return _prepared(opened, int(end[1]), face)
    except (pikepdf.PdfError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise _unusable() from error


def _unusable() -> CopyNumberError:
    return CopyNumberError("这份 PDF 不完整，或不是本程序印的，编不上份号；请用 xcbulletin build 重新生成")


def _prepared(opened: "pikepdf.Pdf", previous: int, face: _Face) -> _Update:
    page, trailer = opened.pages[0].obj, opened.trailer
    if _NAME in page.Resources.get("/Font", {}):
        raise CopyNumberError("这份 PDF 已经有份号了，不能再编一个；请用没有编号的那一份")
    size = int(trailer.Size)
    before, text, font = range(size, size + 3)
    fonts = _changed(page.Resources.get("/Font", {}), {_NAME: b"%d 0 R" % font})
    changed = {
        "/Contents": b"[%d 0 R %b %d 0 R]" % (before, _references(page.Contents), text),
        "/Resources": _changed(page.Resources, {"/Font": fonts}),
    }
    _left, _bottom, right, top = map(float, page.MediaBox)
    objects = _font_objects(face, font)
    return _Update(
        objects={page.objgen[0]: _changed(page, changed), before: _stream(b"q"), **objects},
        text=text,
        right=right,
        top=top,
        size=font + len(objects),
        previous=previous,
        root=_reference(trailer.Root),
        info=_reference(trailer.Info),
        identifier=bytes(trailer.ID[0]),
    )


_NAME = "/CopyNumber"
"""Of the font, among the page's."""


def _changed(dictionary: Any, entries: Mapping[str, bytes]) -> bytes:
    """Return a dictionary as it is written, with other entries."""
    import pikepdf

    kept = pikepdf.Dictionary({name: value for name, value in dictionary.items() if name not in entries})
    added = b" ".join(b"%b %b" % (name.encode(), value) for name, value in entries.items())
    return kept.unparse(resolved=True).removesuffix(b">>") + added + b" >>"


def _references(contents: Any) -> bytes:
    """Return a page's content streams, be it one or several, as they stand in a list."""
    import pikepdf

    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    return b" ".join(map(_reference, streams))


def _reference(thing: Any) -> bytes:
    number, generation = thing.objgen
    if not number:
        raise _unusable()
    return b"%d %d R" % (number, generation)


def _font_objects(face: _Face, first: int) -> dict[int, bytes]:
    """Return the objects of a font, as PDF/A wants them (ISO 19005-2, 6.2.11), numbered from `first`."""
    own, inside, descriptor, outlines, unicode = range(first, first + 5)
    return {
        own: b"<</Type /Font /Subtype /Type0 /BaseFont %b /Encoding /Identity-H"
        b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>" % (face.name, inside, unicode),
        inside: b"<</Type /Font /Subtype /CIDFontType2 /BaseFont %b /CIDToGIDMap /Identity /FontDescriptor %d 0 R"
        b" /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /W [%b]>>"
        % (face.name, descriptor, face.widths()),
        descriptor: b"<</Type /FontDescriptor /FontName %b /Flags 4 /ItalicAngle 0 /StemV 80"
        b" /FontBBox [0 %d 1000 %d] /Ascent %d /Descent %d /CapHeight %d /FontFile2 %d 0 R>>"
        % (face.name, face.descent, face.ascent, face.ascent, face.descent, face.ascent, outlines),
        outlines: _stream(face.content, b"/Length1 %d" % len(face.content), compress=True),
        unicode: _stream(face.to_unicode()),
    }

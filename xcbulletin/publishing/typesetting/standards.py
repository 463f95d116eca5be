"""The file that archives take and readers without eyes can read: PDF/A-2a and PDF/UA-1 in one (ISO 19005-2, 14289-1).

WeasyPrint writes one or the other. Ask it for `VARIANT`, and `finish` adds what is missing while the PDF is
still a set of objects in memory: that costs a hundredth of what reading a written file again does.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from itertools import groupby
from typing import Any, TypeAlias

import pydyf
import weasyprint.pdf
from weasyprint.formatting_structure import boxes

from xcbulletin.publishing.typesetting import tagging

Document: TypeAlias = Any
Pdf: TypeAlias = Any

VARIANT = "pdf/a-2a"

PDF_UA = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" \
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1" />\
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" \
xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
"""PDF/UA-1 in XMP, and a description of the property, which PDF/A does not know (ISO 19005-2, 6.6.2.3)."""

COMPRESSION = 6
"""Of zlib: half the time of level 9, for one part in a hundred."""


def finish(document: Document, pdf: Pdf) -> None:
    """Make a document that WeasyPrint has drawn as PDF/A-2a one of PDF/UA-1 too, its pages labelled."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.compress = False  # ISO 19005-2, 6.6.2.1
    metadata.stream = [b"".join(metadata.stream).replace(b"</rdf:RDF>", PDF_UA + b"</rdf:RDF>")]
    pdf.catalog["PageLabels"] = pydyf.Dictionary({"Nums": pydyf.Array(_labels(document))})
    for stream in pdf.objects:
        if isinstance(stream, pydyf.Stream) and "Interpolate" in stream.extra:
            stream.extra["Interpolate"] = "false"  # ISO 19005-2, 6.2.8: no pixels that are not in the picture


def _written(stream: Any) -> bytes:
    """Return a stream as it stands in the file, compressed once.

    It ends with CR LF: if the last byte of the data is a CR, a bare LF would make a line end of it (ISO 19005-2, 6.1.7.1).
    """
    if not hasattr(stream, "written"):
        content = b"\n".join(map(pydyf._to_bytes, stream.stream))
        extra = pydyf.Dictionary(stream.extra)
        if stream.compress:
            extra["Filter"] = "/FlateDecode"
            content = zlib.compress(content, COMPRESSION)
        extra["Length"] = len(content)
        stream.written = b"".join((extra.data, b"\nstream\n", content, b"\r\nendstream"))
    return bytes(stream.written)


# Text (ISO 32000-1, 9.10)

ELLIPSIS = "…"
LONGEST_LIGATURE = 3
"""In letters: ffi. Han are never joined."""


def build_fonts_dictionary(pdf: Pdf, fonts: dict[Any, Any], *rest: Any) -> Any:
    """Write fonts as WeasyPrint does, but an ellipsis reads as one, and not as all that was cut off where it stands."""
    for font in fonts.values():
        for glyph, text in font.to_unicode.items():
            if _is_cut_off(text):
                font.to_unicode[glyph] = ELLIPSIS
    return _build_fonts_dictionary(pdf, fonts, *rest)


def _is_cut_off(text: str) -> bool:
    """Tell whether a text is more than one glyph can stand for."""
    letters = [letter for letter in text if unicodedata.category(letter)[0] not in "CMZ"]
    most = 1 if any(map(str.isidentifier, letters)) and not text.isascii() else LONGEST_LIGATURE
    return len(letters) > most


# Page labels (ISO 32000-1, 12.4.2)

PAGE_NUMBER = re.compile(r"[\W第页]*(?:([0-9]+)|([IVXLC]+))[\W第页]*")
COVER = "封面"
ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def _labels(document: Document) -> Iterator[Any]:
    """Yield where each run of page labels begins, and how it counts: as the numbers that the pages bear."""
    runs = groupby(enumerate(_numbers(document)), key=lambda page: (page[1][0], page[1][1] - page[0]))
    for _, run in runs:
        index, (style, number) = next(run)
        yield index
        yield pydyf.Dictionary({"S": style, "St": number} if style else {"P": pydyf.String(COVER)})


def _numbers(document: Document) -> Iterator[tuple[str, int]]:
    """Yield the style and number of each page; a page that does not show its number is counted."""
    style, number = "", 0
    for page in document.pages:
        style, number = _printed_number(page) or (style, number + 1)
        yield style, number


def _printed_number(page: Any) -> tuple[str, int] | None:
    for box in page._page_box.children:
        if isinstance(box, boxes.MarginBox):
            text = "".join(inner.text for inner in box.descendants() if isinstance(inner, boxes.TextBox))
            if match := PAGE_NUMBER.fullmatch(text):
                arabic, roman = match.groups()
                return ("/D", int(arabic)) if arabic else ("/R", _roman(roman))
    return None


def _roman(text: str) -> int:
    values = [ROMAN[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


# Where it is missing, WeasyPrint is another version, and `install` stops.
_build_fonts_dictionary: Any = getattr(weasyprint.pdf, "build_fonts_dictionary", None)


def install() -> bool:
    """Let WeasyPrint 70 write structure, text and streams as the standards want them; return whether it could be done."""
    if not tagging.install():
        return False
    weasyprint.pdf.build_fonts_dictionary = build_fonts_dictionary
    pydyf.Stream.data = property(_written)
    return True

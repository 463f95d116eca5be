"""What stands outside of the text block of a produced PDF, and what of the manuscript does not stand in the PDF."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pdfplumber
from pagecheck import MARKS

from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.layout import Layout
from xcbulletin.publishing.nodes import ChartFigure, own_text, walk

SLACK = 0.5
"""Points."""
HANGING = 0.5
"""How much of a mark, in em, may hang out of a line: its blank half."""


def check_text_block(pdf: bytes, layout: Layout) -> list[str]:
    """Return each character, rule and figure outside of the text block; what is no content may stand there."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return [
            f"第 {page.page_number} 页：{what}" for page in opened.pages for what in _outside(page, layout)
        ]


def _outside(page: Any, layout: Layout) -> Iterator[str]:
    left, top, right, bottom = _block(page, layout)
    for char in (char for char in page.chars if char["tag"] != "Artifact" and not char["text"].isspace()):
        slack = SLACK + HANGING * char["size"] * (char["text"] in MARKS)
        baseline = page.height - char["matrix"][5]
        if char["x0"] < left - slack or char["x1"] > right + slack or not top < baseline < bottom:
            yield f"“{char['text']}” {char['x0']:.1f}–{char['x1']:.1f}, {baseline:.1f}"
    for shape in (*page.lines, *_drawn(page), *page.images):
        if shape["x0"] < left - SLACK or shape["x1"] > right + SLACK or shape["bottom"] > bottom + SLACK:
            yield f"{shape['object_type']} {shape['x0']:.1f}–{shape['x1']:.1f}, {shape['bottom']:.1f}"


def _drawn(page: Any) -> Iterator[Any]:
    return (shape for shape in (*page.rects, *page.curves) if shape["tag"] == "Figure")


def _block(page: Any, layout: Layout) -> tuple[float, float, float, float]:
    """Return the edges of the text block; the first page, and a cover, begin higher."""
    if page.width > page.height:
        return layout.bottom, layout.side, page.width - layout.top, page.height - layout.side
    top = 0.7 * layout.top if page.page_number == 1 else layout.top
    return layout.side, top, page.width - layout.side, page.height - layout.bottom


def lost_characters(pdf: bytes, edition: Edition) -> Counter[str]:
    """Return the characters of titles and texts, blanks apart, of which the PDF has fewer; charts are left out.

    A minus is a hyphen in the manuscript.
    """
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        printed = Counter(
            character.replace("−", "-")
            for page in opened.pages
            for char in page.chars
            for character in char["text"]
        )
    return Counter(re.sub(r"\s", "", "".join(_words(edition)))) - printed


def _words(edition: Edition) -> Iterator[str]:
    for entry in edition.entries:
        yield entry.title
        yield from (own_text(node) for node in walk(entry.body) if not isinstance(node, ChartFigure))

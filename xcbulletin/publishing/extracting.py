"""Outputs to the text that their readers find in them, block by block: the way back from PDF, web page and letter.

A block is what stands together: a paragraph, a title, a cell, an item. Blanks are as they come: lines end in line
breaks. Left out is what is no text of the document: running heads and page numbers (artifacts of a tagged PDF), what a
screen reader is told of pictures, numbers of notes where they are called, and entries that do nothing but lead to
another place of the same document (contents).
"""

import email
import email.policy
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pikepdf
from lxml import html

from xcbulletin.errors import BulletinError

Blocks = tuple[str, ...]


class ExtractionError(BulletinError):
    """An output cannot be read."""


# PDF

_INLINE = frozenset(("Span", "Link", "Code", "Em", "Strong"))
"""Structure types that are part of the block around them; every other is a block of its own (ISO 32000-1, 14.8.4)."""
_NO_TEXT = frozenset(("Figure", "Reference", "TOC", "TOCI"))
"""Pictures, calls of notes, contents."""


def pdf_blocks(content: bytes) -> Blocks:
    """Return the text of a tagged PDF in its reading order (ISO 32000-1, 14.7); a note stands behind its paragraph.

    Raises ExtractionError where it cannot be read, or has no tags.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if "/StructTreeRoot" not in pdf.Root:
                raise ExtractionError("这份 PDF 没有结构标记，不是本程序编印的")
            marked = _Marked(pdf)
            blocks = _Tree(marked).blocks(pdf.Root.StructTreeRoot.K)
    except (pikepdf.PdfError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ExtractionError("这份 PDF 读不懂，可能已经损坏") from error
    return tuple(blocks)


class _Marked:
    """The text of each marked-content sequence of a PDF."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self._fonts: dict[Any, Mapping[int, str]] = {}
        self._texts: dict[tuple[int, int], str] = {}
        for number, page in enumerate(pdf.pages):
            self._read(number, page)

    def text(self, page: int, mark: int) -> str:
        """Return what stands in one sequence, after a line break where it begins a new line."""
        return self._texts.get((page, mark), "")

    def _read(self, number: int, page: Any) -> None:
        marks: list[int | None] = []
        letters: Mapping[int, str] = {}
        line = here = None
        instructions: Any = pikepdf.parse_content_stream(page, "BDC BMC EMC Tf Tm Tj TJ")
        for operands, operator in instructions:
            match str(operator):
                case "BDC" | "BMC":
                    marks.append(_mark(operands))
                case "EMC":
                    marks.pop()
                case "Tf":
                    letters = self._letters(page.Resources.Font[str(operands[0])])
                case "Tm":
                    here = round(float(operands[5]), 1)
                case "Tj" | "TJ":
                    mark = next((one for one in reversed(marks) if one is not None), None)
                    if mark is not None:
                        break_ = "" if here == line else "\n"
                        key, line = (number, mark), here
                        self._texts[key] = self._texts.get(key, "") + break_ + _shown(operands[0], letters)

    def _letters(self, font: Any) -> Mapping[int, str]:
        """Return what each glyph of a font stands for."""
        if font.objgen not in self._fonts:
            self._fonts[font.objgen] = _read_cmap(font.ToUnicode.read_bytes())
        return self._fonts[font.objgen]


def _mark(operands: Sequence[Any]) -> int | None:
    is_marked = len(operands) > 1 and "/MCID" in operands[1]
    return int(operands[1].MCID) if is_marked else None


def _shown(operand: Any, letters: Mapping[int, str]) -> str:
    strings = operand if isinstance(operand, pikepdf.Array) else [operand]
    glyphs = b"".join(bytes(one) for one in strings if isinstance(one, pikepdf.String))
    return "".join(
        letters.get(int.from_bytes(glyphs[at : at + 2], "big"), "\ufffd") for at in range(0, len(glyphs), 2)
    )


def _read_cmap(content: bytes) -> dict[int, str]:
    """Return what a ToUnicode CMap maps single glyphs to (ISO 32000-1, 9.10.3), as WeasyPrint writes it."""
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
        for part in re.findall(rb"beginbfchar(.*?)endbfchar", content, re.DOTALL)
        for glyph, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", part)
    }


@dataclass(slots=True)
class _Block:
    """A block being read."""

    parts: list[str] = field(default_factory=list)
    signposts: list[str] = field(default_factory=list)
    """What of it only leads to another place of the document."""
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands in it; nothing where all of it is a signpost."""
        text = "".join(self.parts)
        return "" if _bare(text) == _bare("".join(self.signposts)) else text


def _bare(text: str) -> str:
    return "".join(text.split())


class _Tree:
    """Reads the structure elements of a PDF."""

    def __init__(self, marked: _Marked) -> None:
        self._marked = marked

    def blocks(self, node: Any) -> Iterator[str]:
        """Yield the blocks below a node."""
        block = _Block()
        yield from self._element(node, 0, block)
        yield from _closed(block)

    def _element(self, node: Any, page: int, block: _Block) -> Iterator[str]:
        kids = node if isinstance(node, pikepdf.Array) else [node]
        for kid in kids:
            if isinstance(kid, int):
                block.parts.append(self._marked.text(page, kid))
                continue
            there = self._marked.pages.get(kid.Pg.objgen, page) if "/Pg" in kid else page
            if "/MCID" in kid:
                block.parts.append(self._marked.text(there, int(kid.MCID)))
            elif "/S" in kid:
                yield from self._structured(kid, there, block)

    def _structured(self, element: Any, page: int, block: _Block) -> Iterator[str]:
        kind, kids = str(element.S)[1:], element.get("/K", [])
        if kind in _NO_TEXT:
            return
        if kind == "Note":
            block.notes += self._inner(kids, page)
        elif kind in _INLINE:
            before = len(block.parts)
            yield from self._element(kids, page, block)
            if kind == "Link" and _leads_within(kids):
                block.signposts += block.parts[before:]
        else:
            yield from _closed(block, keep_notes=True)
            yield from self._inner(kids, page)

    def _inner(self, kids: Any, page: int) -> Iterator[str]:
        inner = _Block()
        yield from self._element(kids, page, inner)
        yield from _closed(inner)


def _closed(block: _Block, *, keep_notes: bool = False) -> Iterator[str]:
    """Yield what a block holds so far, and begin it anew."""
    if block.text.strip():
        yield block.text
    block.parts, block.signposts = [], []
    if not keep_notes:
        yield from block.notes


def _leads_within(kids: Any) -> bool:
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR":
            link = kid.Obj
            return "/Dest" in link or ("/A" in link and link.A.get("/S") == "/GoTo")
    return False


# HTML

_HTML_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_HTML_NO_TEXT = frozenset(["head", "script", "style", "template", "nav", "sup", "svg"])
_HIDDEN = re.compile(r"display:\s*none")


def html_blocks(page: str) -> Blocks:
    """Return the text of a web page or an HTML letter; a chart's data, folded away below it, are left out."""
    if not page.strip():
        return ()
    block, document = _Block(), html.document_fromstring(page)
    _join_tables(document)
    return (*_html(document, block), *_closed(block))


def _join_tables(document: Any) -> None:
    """Put tables back together that a letter shows in parts, one below the other."""
    for part in document.xpath("//table[@data-keys]"):
        first = next(part.itersiblings("table", preceding=True))
        for row, more in zip(first.iter("tr"), part.iter("tr"), strict=True):
            row.extend(list(more)[int(part.get("data-keys")) :])
        part.drop_tree()
    for title in document.find_class("continued"):
        title.drop_tree()


def _html(element: Any, block: _Block) -> Iterator[str]:
    if not isinstance(element.tag, str) or _is_left_out(element):
        return
    is_block = element.tag in _HTML_BLOCKS
    if is_block:
        yield from _closed(block)
    before = len(block.parts)
    block.parts.append("\n" if element.tag == "br" else element.text or "")
    for child in element:
        yield from _html(child, block)
        block.parts.append(child.tail or "")
    if element.tag == "a" and element.get("href", "").startswith("#"):
        block.signposts += block.parts[before:]
    if is_block:
        yield from _closed(block)


def _is_left_out(element: Any) -> bool:
    folded = (
        element.tag == "details"
        and element.getparent() is not None
        and element.getparent().tag in ("figure", "figcaption")
    )
    hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style", ""))
    return element.tag in _HTML_NO_TEXT or folded or bool(hidden) or element.get("class") == "skip"


# Text

_ADDRESS = re.compile(r" <(?:https?|mailto|tel):[^<>\s]*>")
_CELL = re.compile(r" \| ")


def text_blocks(text: str) -> Blocks:
    """Return the lines of a letter's text part, rows of tables cell by cell, without the addresses behind links."""
    lines = (_CELL.split(_ADDRESS.sub("", line)) for line in text.splitlines())
    return tuple(part for line in lines for part in line if part.strip())


# Messages


@dataclass(frozen=True)
class Message:
    """What a message holds besides its pictures."""

    content: bytes

    @cached_property
    def _parts(self) -> dict[str, Any]:
        message = email.message_from_bytes(self.content, policy=email.policy.default)
        return {part.get_content_type(): part.get_payload(decode=True) for part in message.walk()}

    @property
    def text(self) -> str:
        """Its text part."""
        return self._text("text/plain")

    @property
    def html(self) -> str:
        """Its HTML part."""
        return self._text("text/html")

    @property
    def pdf(self) -> bytes | None:
        """The PDF that is attached, if one is."""
        pdf: bytes | None = self._parts.get("application/pdf")
        return pdf

    def _text(self, kind: str) -> str:
        content: bytes = self._parts.get(kind) or b""
        return content.decode(errors="replace")

"""Raw text and Markdown to blocks, line by line, as office programs and text recognition really write them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from xcbulletin.manuscript.importing.blocks import (
    Block,
    Code,
    Document,
    Footnote,
    Heading,
    Item,
    Origin,
    Paragraph,
    Picture,
    Rule,
    Table,
    even_rows,
)
from xcbulletin.manuscript.importing.html import read_table
from xcbulletin.manuscript.importing.inline import Inline, Script, Span, joined, literal, tidy
from xcbulletin.manuscript.importing.markdown import inline_parser
from xcbulletin.manuscript.importing.numbering import is_closed, numbering
from xcbulletin.manuscript.importing.pictures import picture

_HEADING = re.compile(r"\s*(#{1,6})\s+(\S.*)$")
_BOLD = re.compile(r"\*\*[^*\n]+\*\*")
_RULE = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*$")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})\s*([^`]*)$")
_ITEM = re.compile(r"(\s*)[-*+][ \t]+(\S.*)$")
_QUOTE = re.compile(r"\s*>\s?(.*)$")
_NOTE = re.compile(r"\s{0,3}\[\^([^\]\s]+)\]:\s*(.*)$")
_NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")
_PICTURE = re.compile(r'\s*!\[([^\]]*)\]\(\s*<?([^\s)>]*)>?(?:\s+"[^"]*")?\s*\)(?:\{[^}]*\})?\s*$')
_DELIMITERS = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CAPTION = re.compile(r"\s*(?:附?表|图)\s*\d*\s*[：:\s]")
_SCRIPT_TAG = re.compile(r"<(/?)(sup|sub)\s*>", re.IGNORECASE)
_SCRIPTS = {"sup": Script.SUPER, "sub": Script.SUB}
_UNDERLINE = re.compile(r"\s{0,3}(=+|-{2,})\s*$")

Found = tuple[Block | Footnote, int]
"""What stands at a line, and the index of the line after it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    lines: tuple[str, ...]
    labels: frozenset[str]
    markdown: bool
    wrapped: bool
    """Whether lines that follow each other without a blank one are one paragraph."""


def read_text(text: str, origin: Origin) -> Document:
    """Return the blocks of a raw text or a Markdown file."""
    source = _prepare(text, origin.file)
    found = tuple(_scan(source))
    return Document(
        origin=origin,
        blocks=tuple(block for block in found if not isinstance(block, Footnote)),
        notes=tuple(note for note in found if isinstance(note, Footnote)),
    )


def _prepare(text: str, name: str) -> _Source:
    lines = tuple(text.removeprefix("\ufeff").split("\n"))
    named = name.lower().endswith((".md", ".markdown"))
    markdown = named or any(_HEADING.match(line) for line in lines) or bool(_BOLD.search(text))
    labels = frozenset(match[1] for line in lines if (match := _NOTE.match(line)))
    return _Source(lines=lines, labels=labels, markdown=markdown, wrapped=named)


def _scan(source: _Source) -> Iterator[Block | Footnote]:
    readers = _MARKDOWN_READERS if source.markdown else _TEXT_READERS
    index = 0
    while index < len(source.lines):
        if not source.lines[index].strip():
            index += 1
            continue
        found = next(found for reader in readers if (found := reader(source, index)) is not None)
        block, index = found
        yield block
        if isinstance(block, Paragraph | Item | Heading) and source.markdown:
            yield from _pictures_within(source.lines[block.line - 1], block.line)


def _pictures_within(line: str, number: int) -> Iterator[Picture]:
    if "![" not in line:
        return
    for token in inline_parser().parseInline(line)[0].children or []:
        if token.type == "image":
            yield picture(number, token.content, str(token.attrs.get("src", "")))


def _read_fence(source: _Source, index: int) -> Found | None:
    opening = _FENCE.match(source.lines[index])
    if opening is None:
        return None
    closing = re.compile(rf"\s{{0,3}}{re.escape(opening[1])}[`~]*\s*$")
    for end in range(index + 1, len(source.lines)):
        if closing.match(source.lines[end]):
            code = Code(line=index + 1, info=opening[2].strip(), lines=source.lines[index + 1 : end])
            return code, end + 1
    return None


def _read_html_table(source: _Source, index: int) -> Found | None:
    if not re.match(r"\s*<table\b", source.lines[index], re.IGNORECASE):
        return None
    for end in range(index, len(source.lines)):
        if "</table>" in source.lines[end].lower():
            table = read_table("\n".join(source.lines[index : end + 1]), index + 1)
            return None if table is None else (table, end + 1)
    return None


def _read_pipe_table(source: _Source, index: int) -> Found | None:
    lines = source.lines
    if "|" not in lines[index] or index + 1 == len(lines) or "|" not in lines[index + 1]:
        return None
    if not _DELIMITERS.match(lines[index + 1]):
        return None
    end = index + 2
    while end < len(lines) and "|" in lines[end]:
        end += 1
    rows = [_pipe_cells(lines[row], source) for row in range(index, end) if row != index + 1]
    return Table(line=index + 1, rows=even_rows(rows)), end


def _pipe_cells(line: str, source: _Source) -> list[Inline]:
    inner = re.sub(r"^\||(?<!\\)\|$", "", line.strip())
    return [_inline(cell.replace("\\|", "|"), source) for cell in re.split(r"(?<!\\)\|", inner)]


def _read_tab_table(source: _Source, index: int) -> Found | None:
    """Return lines whose cells stand a tab apart; a leading tab is an empty first cell."""
    lines = source.lines
    width = lines[index].strip().count("\t")
    end = index + 1
    while end < len(lines) and (
        lines[end].strip().count("\t") or (width == 1 and "\t" in lines[end].rstrip())
    ):
        end += 1
    if not width or (width == 1 and end == index + 1):
        return None
    rows = [[_inline(cell, source) for cell in lines[row].rstrip().split("\t")] for row in range(index, end)]
    return Table(line=index + 1, rows=even_rows(rows)), end


def _read_rule(source: _Source, index: int) -> Found | None:
    line = source.lines[index]
    return (Rule(line=index + 1, text=line.strip()), index + 1) if _RULE.match(line) else None


def _read_heading(source: _Source, index: int) -> Found | None:
    match = _HEADING.match(source.lines[index])
    if match is None:
        return None
    text = re.sub(r"(?<=\s)#+$", "", match[2].rstrip())
    return Heading(line=index + 1, text=_inline(text, source), level=len(match[1])), index + 1


def _read_underlined_heading(source: _Source, index: int) -> Found | None:
    if index + 1 == len(source.lines) or is_closed(source.lines[index]):
        return None
    underline = _UNDERLINE.match(source.lines[index + 1])
    if underline is None:
        return None
    level = 1 if underline[1].startswith("=") else 2
    return Heading(line=index + 1, text=_inline(source.lines[index], source), level=level), index + 2


def _read_note(source: _Source, index: int) -> Found | None:
    match = _NOTE.match(source.lines[index])
    if match is None:
        return None
    text, end = _inline(match[2], source), index + 1
    while end < len(source.lines) and re.match(r"(?: {2,}|\t)\S", source.lines[end]):
        text = joined(text, _inline(source.lines[end], source))
        end += 1
    return Footnote(line=index + 1, label=match[1], text=text), end


def _read_picture(source: _Source, index: int) -> Found | None:
    match = _PICTURE.match(source.lines[index])
    return None if match is None else (picture(index + 1, match[1], match[2]), index + 1)


def _read_item(source: _Source, index: int) -> Found | None:
    match = _ITEM.match(source.lines[index])
    if match is None:
        return None
    depth = len(match[1].expandtabs(4)) // 2
    return Item(line=index + 1, text=_inline(match[2], source), depth=depth), index + 1


def _read_quote(source: _Source, index: int) -> Found | None:
    match = _QUOTE.match(source.lines[index])
    if match is None:
        return None
    return Paragraph(line=index + 1, text=_inline(match[1], source), quoted=True), index + 1


def _read_paragraph(source: _Source, index: int) -> Found:
    text, end = _inline(source.lines[index], source), index + 1
    while source.wrapped and _goes_on(source, end):
        text = joined(text, _inline(source.lines[end], source))
        end += 1
    return Paragraph(line=index + 1, text=text), end


def _goes_on(source: _Source, index: int) -> bool:
    """Say whether the paragraph above a line goes on in it."""
    if index == len(source.lines) or not source.lines[index].strip():
        return False
    if re.search(r"(?: {2}|\\)$", source.lines[index - 1]):
        return False
    line = source.lines[index].strip()
    if numbering(line) or _CAPTION.match(line) or re.match("[●■◆★▲◎○□◇☆※【]", line):
        return False
    return all(reader(source, index) is None for reader in _MARKDOWN_READERS[:-1])


def _inline(text: str, source: _Source) -> Inline:
    if not source.markdown:
        return literal(text)
    children = inline_parser().parseInline(text.strip().removesuffix("\\"))[0].children or []
    return tidy(_spans(children, source.labels))


def _spans(tokens: Sequence[Token], labels: frozenset[str]) -> Iterator[Span]:
    strong = emphasis = strike = 0
    script: Script | None = None
    url: str | None = None
    for token in tokens:
        kind = token.type
        strong += token.nesting if kind.startswith("strong") else 0
        emphasis += token.nesting if kind.startswith("em_") else 0
        strike += token.nesting if kind.startswith("s_") else 0
        if kind == "link_open":
            url = str(token.attrs.get("href", ""))
        elif kind == "link_close":
            url = None
        elif kind == "html_inline" and (tag := _SCRIPT_TAG.fullmatch(token.content)):
            script = None if tag[1] else _SCRIPTS[tag[2].lower()]
        elif kind != "image":
            dress = Span(
                text="", strong=strong > 0, emphasis=emphasis > 0, strike=strike > 0, script=script, url=url
            )
            yield from _with_notes(_shown(token), dress, labels)


def _shown(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "html_inline" and re.match(r"<br\b", token.content, re.IGNORECASE):
        return " "
    return token.content


def _with_notes(text: str, dress: Span, labels: frozenset[str]) -> Iterator[Span]:
    position = 0
    for match in _NOTE_MARK.finditer(text):
        if match[1] in labels:
            yield _dressed(text[position : match.start()], dress)
            yield Span(text=match[1], note=True)
            position = match.end()
    yield _dressed(text[position:], dress)


def _dressed(text: str, dress: Span) -> Span:
    return replace(dress, text=text)


_LineReader = Callable[[_Source, int], Found | None]
_TEXT_READERS: tuple[_LineReader, ...] = (_read_tab_table, _read_paragraph)
_MARKDOWN_READERS: tuple[_LineReader, ...] = (
    _read_fence,
    _read_html_table,
    _read_pipe_table,
    _read_tab_table,
    _read_rule,
    _read_heading,
    _read_note,
    _read_picture,
    _read_underlined_heading,
    _read_item,
    _read_quote,
    _read_paragraph,
)

"""Blocks to Markdown that gives back, word for word, the text that was put in."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby

from markdown_it import MarkdownIt
from mdit_py_cjk_friendly import cjk_friendly

from xcbulletin.manuscript.importing.blocks import (
    Block,
    Code,
    Figure,
    Footnote,
    Heading,
    Item,
    Paragraph,
    Picture,
    Rule,
    Table,
)
from xcbulletin.manuscript.importing.inline import Inline, Span, plain, undressed

PENDING_PICTURE = "待补"
ASSETS_FOLDER = "assets"

_SPECIAL = re.compile(r"[\\`*\[\]<{}]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|&(?=#|[A-Za-z])|~(?=~)|(?<=~)~")
_OPENING = re.compile(r"(?:[-+>#]|~~~|(?:\d{1,9})(?=[.)](?:\s|$)))")


@cache
def inline_parser() -> MarkdownIt:
    """Return a parser of inline marks with the rules that the publication is made with."""
    parser = MarkdownIt("commonmark", {"maxNesting": 40})
    return parser.enable(["strikethrough", "table"]).use(cjk_friendly)


def format_blocks(blocks: Sequence[Block], levels: Sequence[int | None], notes: Iterable[Footnote]) -> str:
    """Return Markdown; `levels` holds the level of each block that is a heading."""
    pieces: list[str] = []
    for is_list, group in groupby(
        zip(blocks, levels, strict=True), key=lambda pair: isinstance(pair[0], Item)
    ):
        members = list(group)
        pieces += [_list(members)] if is_list else [format_block(block, level) for block, level in members]
    pieces += [f"[^{note.label}]: {escape_opening(format_inline(note.text))}" for note in notes]
    return "\n\n".join(piece for piece in pieces if piece)


def _list(members: Iterable[tuple[Block, int | None]]) -> str:
    """Return list entries, none more than one step deeper than the one before."""
    markdown = ""
    last: Item | None = None
    for block, _ in members:
        assert isinstance(block, Item)
        depth = 0 if last is None else min(block.depth, last.depth + 1)
        item = replace(block, depth=depth)
        # Only a list that starts with 1 may follow a line of text without a blank one between.
        is_new_list = last is not None and item.number not in (None, 1) and not _are_siblings(last, item)
        markdown += ("" if last is None else "\n\n" if is_new_list else "\n") + format_block(item, None)
        last = item
    return markdown


def _are_siblings(first: Item, second: Item) -> bool:
    return first.depth == second.depth and first.number is not None


def format_block(block: Block, level: int | None) -> str:
    """Return the Markdown of one block; a paragraph with a level is a heading."""
    match block:
        case Heading() | Paragraph() if level is not None:
            return f"{'#' * level} {_heading_text(undressed(block.text))}"
        case Heading() | Paragraph():
            quote = "> " if isinstance(block, Paragraph) and block.quoted else ""
            return quote + escape_opening(format_inline(block.text))
        case Item():
            mark = "-" if block.number is None else f"{block.number}."
            return f"{'    ' * block.depth}{mark} {escape_opening(format_inline(block.text))}"
        case Table():
            return "\n\n".join(_table(block))
        case Figure():
            return _figure(block)
        case Code():
            return _fenced(block)
        case Picture() | Rule():
            return ""


def _heading_text(text: Inline) -> str:
    return re.sub(r"#(?=#*$)", r"\\#", format_inline(text))


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"{table.kind}：{format_inline(table.caption)}"
    head, *body = ("| " + " | ".join(map(_cell, row)) + " |" for row in table.rows)
    yield "\n".join([head, "|" + " --- |" * len(table.rows[0]), *body])
    if table.source:
        yield escape_opening(format_inline(table.source))


def _cell(text: Inline) -> str:
    return format_inline(text).replace("|", "\\|")


def _figure(figure: Figure) -> str:
    target = PENDING_PICTURE if figure.asset is None else f"{ASSETS_FOLDER}/{figure.asset.name}"
    source = escape(plain(figure.source)).replace('"', '\\"')
    return f"![{escape(plain(figure.caption))}]({target}" + (f' "{source}")' if source else ")")


def _fenced(code: Code) -> str:
    longest = max((len(match) for line in code.lines for match in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([fence + code.info, *code.lines, fence])


def escape(text: str) -> str:
    """Return text with a backslash before whatever Markdown would take for a mark."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def escape_opening(markdown: str) -> str:
    """Return a paragraph's Markdown that does not begin like a heading, list, quote or fence."""
    match = _OPENING.match(markdown)
    return markdown if match is None else _with_backslash(markdown, match)


def _with_backslash(markdown: str, match: re.Match[str]) -> str:
    end = match.end() if match[0].isdecimal() else 0
    return f"{markdown[:end]}\\{markdown[end:]}"


def format_inline(inline: Inline) -> str:
    """Return inline Markdown; where bold, italic or struck text would not come out as such, it goes without."""
    bare = tuple(Span(text=span.text, note=span.note) for span in inline)
    struck = undressed(inline) if any(span.strike for span in inline) else bare
    tried = map(_format_spans, (inline, struck))
    if all(map(_is_bare, inline)):
        return next(tried)
    expected = _expected(inline)
    return next((text for text in tried if _rendered(text) == expected), "".join(map(_format_span, bare)))


def _is_bare(span: Span) -> bool:
    return not (span.strong or span.emphasis or span.strike or span.url)


def _format_spans(spans: Inline) -> str:
    """Return inline Markdown, with one pair of marks around what is struck in one go."""
    groups = groupby(spans, key=lambda span: span.strike)
    return "".join(
        _marked("".join(map(_format_span, group)), "~~" if strike else "") for strike, group in groups
    )


def _marked(text: str, marks: str) -> str:
    """Return text between marks, which must stand right beside a letter."""
    inner = text.strip()
    if not inner:
        return text
    before, after = text.split(inner, 1)
    return f"{before}{marks}{inner}{marks}{after}"


def _format_span(span: Span) -> str:
    if span.note:
        return f"[^{span.text}]"
    inner = span.text.strip()
    if not inner:
        return span.text
    before, after = span.text.split(inner, 1)
    marks = "*" * (2 * span.strong + span.emphasis)
    formatted = f"{marks}{escape(inner)}{marks}"
    return f"{before}{_linked(formatted, span.url)}{after}"


def _linked(formatted: str, url: str | None) -> str:
    if url is None or not re.match(r"(?:https?://|mailto:)[^\s<>]+$", url):
        return formatted
    return f"[{formatted}](<{url}>)"


def _rendered(markdown: str) -> str:
    children = inline_parser().parseInline(markdown)[0].children or []
    return "".join(token.content for token in children if token.type in ("text", "text_special"))


def _expected(inline: Inline) -> str:
    return "".join(f"[^{span.text}]" if span.note else span.text for span in inline)

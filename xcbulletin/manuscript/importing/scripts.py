"""Superscripts and subscripts as characters: 10⁸ and CO₂ stay what they mean where text has no small print."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from xcbulletin.manuscript.importing.blocks import Block, Document, Heading, Item, Origin, Paragraph, Table
from xcbulletin.manuscript.importing.inline import Inline, Script, Span, plain, tidy
from xcbulletin.model import Problem

# Only what the printing fonts have: “ⁱ” would come out as an empty box.
_SIGNS = {
    Script.SUPER: str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ"),
    Script.SUB: str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎"),
}
_MEANS_THE_SAME = re.compile(r"[\[［〔]\d{1,3}(?:[-–,，、]\d{1,3})*[\]］〕]|[*†‡①-⑳®™℠©]+|TM|st|nd|rd|th")
"""Marks of notes, ordinals and trade marks, which say the same on the line."""
_CONTEXT = 8
_Placed = tuple[int | None, Inline]


def small(text: str, script: Script) -> str | None:
    """Return text in small characters, or None where there are none for it."""
    known = all(ord(char) in _SIGNS[script] or char.isspace() for char in text)
    return text.translate(_SIGNS[script]) if known else None


def in_characters(inline: Inline) -> Inline:
    """Return text whose scripts are characters, or stand after “^” or “_” where there are none."""
    return tidy(replace(span, script=None) for span in _marked(inline))


def _marked(inline: Inline) -> Inline:
    """Return text whose scripts are characters; only spans after “^” or “_” still say that they are one."""
    return tuple(span for script, group in groupby(inline, key=_script) for span in _written(script, group))


def _script(span: Span) -> Script | None:
    return None if span.note else span.script


def _written(script: Script | None, group: Iterable[Span]) -> Iterator[Span]:
    spans = list(group)
    text = "".join(span.text for span in spans)
    if script is None:
        yield from spans
    elif _MEANS_THE_SAME.fullmatch(text.strip()):
        yield from (replace(span, script=None) for span in spans)
    elif small(text, script) is not None:
        yield from (replace(span, script=None, text=small(span.text, script) or "") for span in spans)
    else:
        first, *others = spans
        yield from (replace(first, text=f"{script.value}{first.text}"), *others)


def with_scripts(document: Document) -> Document:
    """Return a document whose scripts are characters, with a remark on those that have none, and on struck text."""
    blocks = tuple(map(_block, document.blocks))
    notes = tuple(replace(note, text=in_characters(note.text)) for note in document.notes)
    texts: list[_Placed] = [
        (block.line, _marked(text)) for block in document.blocks for text in _texts(block)
    ]
    texts += [(None, _marked(note.text)) for note in document.notes]
    remarks = (*_script_remark(texts, document.origin), *_struck_remark(texts, document.origin))
    return replace(document, blocks=blocks, notes=notes, remarks=(*document.remarks, *remarks))


def _block(block: Block) -> Block:
    if isinstance(block, Heading | Paragraph | Item):
        return replace(block, text=in_characters(block.text))
    if isinstance(block, Table):
        caption = in_characters(block.caption)
        rows = tuple(tuple(map(in_characters, row)) for row in block.rows)
        return replace(block, rows=rows, caption=caption, label=plain(caption) if caption else block.label)
    return block


def _texts(block: Block) -> Iterator[Inline]:
    if isinstance(block, Heading | Paragraph | Item):
        yield block.text
    elif isinstance(block, Table):
        yield from (block.caption, *(cell for row in block.rows for cell in row))


def _script_remark(texts: Iterable[_Placed], origin: Origin) -> Iterator[Problem]:
    found = [(line, shown) for line, text in texts for shown in _shown_scripts(text)]
    if found:
        message = f"上标、下标没有对应的小字，写在“^”“_”后面{_places(found, origin)}"
        yield origin.remark(found[0][0], "script", message, "请对照原件")


def _shown_scripts(text: Inline) -> Iterator[str]:
    """Yield each script that has no characters of its own, with the few characters before it."""
    before = ""
    for script, group in groupby(text, key=_script):
        shown = plain(group)
        if script is not None:
            yield before[-_CONTEXT:] + shown
        before += shown


def _struck_remark(texts: Iterable[_Placed], origin: Origin) -> Iterator[Problem]:
    found = [
        (line, plain(group))
        for line, text in texts
        for strike, group in groupby(text, key=lambda span: span.strike)
        if strike
    ]
    if found:
        message = f"有删除线的文字仍带删除线（~~…~~；文章标题里只留文字）{_places(found, origin)}"
        yield origin.remark(found[0][0], "struck", message, "请核对，不要的请删去")


def _places(found: Iterable[tuple[int | None, str]], origin: Origin) -> str:
    """Return where something was found, and what, in words."""
    pairs = list(found)
    lines = [line for line, _ in pairs if line is not None]
    where = f"（{origin.where(lines)}）" if lines else ""
    return f"{where}：" + "、".join(f"“{text}”" for text in dict.fromkeys(text for _, text in pairs))

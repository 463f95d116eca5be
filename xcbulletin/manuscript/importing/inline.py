"""Running text with its bold and italic parts, links and note marks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_LINE_BREAKS = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029\t]")
_WORD = re.compile(r"[0-9A-Za-z]")


class Script(StrEnum):
    """Small print above or below the line, with the mark for what has no small characters."""

    SUPER = "^"
    SUB = "_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of text in one dress; where `note` is true, its text is the label of a footnote."""

    text: str
    strong: bool = False
    emphasis: bool = False
    url: str | None = None
    note: bool = False
    strike: bool = False
    script: Script | None = None


Inline = tuple[Span, ...]


def clean(text: str) -> str:
    """Return text without control characters, each break or tab a blank."""
    return _CONTROL.sub("", _LINE_BREAKS.sub(" ", text))


def literal(text: str) -> Inline:
    """Return text in no dress."""
    return tidy((Span(text=text),))


def plain(inline: Iterable[Span]) -> str:
    """Return the text alone, without note marks."""
    return "".join(span.text for span in inline if not span.note)


def tidy(spans: Iterable[Span]) -> Inline:
    """Return spans cleaned, with neighbours in the same dress joined and blanks at both ends gone."""
    cleaned = (replace(span, text=clean(span.text)) for span in spans)
    merged = tuple(_merged([span for span in cleaned if span.text]))
    text = plain(merged)
    return cut(merged, len(text) - len(text.lstrip()), len(text.rstrip()))


def _merged(spans: list[Span]) -> Iterator[Span]:
    for _, group in groupby(enumerate(spans), key=_dress):
        members = [span for _, span in group]
        yield replace(members[0], text="".join(span.text for span in members))


def _dress(numbered: tuple[int, Span]) -> tuple[object, ...]:
    index, span = numbered
    dress = (span.strong, span.emphasis, span.strike, span.script)
    return (*dress, span.url, index if span.note else -1)


def cut(inline: Inline, start: int, end: int | None = None) -> Inline:
    """Return the part between two positions of the plain text; a note mark goes with the text before it."""
    stop = len(plain(inline)) if end is None else end
    return tuple(_cut(inline, start, stop))


def _cut(inline: Inline, start: int, stop: int) -> Iterator[Span]:
    position = 0
    for span in inline:
        if span.note:
            if start < position <= stop or position == start == 0:
                yield span
            continue
        text = span.text[max(start - position, 0) : max(stop - position, 0)]
        position += len(span.text)
        if text:
            yield replace(span, text=text)


def undressed(inline: Inline) -> Inline:
    """Return text and note marks without bold and italic."""
    return tidy(replace(span, strong=False, emphasis=False) for span in inline)


def joined(first: Inline, second: Inline) -> Inline:
    """Return two halves of a broken paragraph as one: Latin words with a blank between, Han with none."""
    before, after = plain(first)[-1:], plain(second)[:1]
    blank = (Span(text=" "),) if _WORD.match(before) and _WORD.match(after) else ()
    return tidy((*first, *blank, *second))


def notes_in(inline: Inline) -> list[str]:
    """Return the labels of the footnotes that the text refers to."""
    return [span.text for span in inline if span.note]

"""The loops of markdown-it that look at every character, as regular expressions: the same tokens, much sooner."""

import re
from collections.abc import MutableMapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_TEXT = re.compile(r"[^\n!&*<\[\\\]_`~]+")
"""Characters that none of our inline rules begins or ends with; markdown-it's own list is for all its plugins."""


def quick_scanning(markdown: MarkdownIt) -> None:
    """Put the loops in the place of markdown-it's own: a plugin for it."""
    markdown.core.ruler.at("block", _block)
    markdown.inline.ruler.at("text", _text)


def _text(state: StateInline, silent: bool) -> bool:
    match = _TEXT.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.pending += match[0]
    state.pos = match.end()
    return True


def _block(state: StateCore) -> None:
    lines = _Lines(state.src, state.md, state.env, state.tokens)
    state.md.block.tokenize(lines, lines.line, lines.lineMax)


class _Lines(StateBlock):
    """A text, taken apart into lines."""

    def __init__(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> None:
        super().__init__("", md, env, tokens)
        *rows, last = src.split("\n")
        # markdown-it does not count a last line of blanks.
        rows += [last] if last.strip(" \t") else []
        self.src = src
        self.lineMax = len(rows)
        # The marks end with an entry of no line, which is there already.
        self.tShift[:0] = [len(row) - len(row.lstrip(" \t")) for row in rows]
        self.sCount[:0] = [
            len(row[:shift].expandtabs(4)) for row, shift in zip(rows, self.tShift, strict=False)
        ]
        self.bsCount[:0] = [0] * len(rows)
        self.bMarks, self.eMarks = _marks(rows, len(src))


def _marks(rows: list[str], length: int) -> tuple[list[int], list[int]]:
    """Return where each row begins and ends, and the end of the text as both."""
    begins, ends, start = [], [], 0
    for row in rows:
        begins.append(start)
        ends.append(start + len(row))
        start += len(row) + 1
    return [*begins, length], [*ends, length]

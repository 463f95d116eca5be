"""Text on a terminal, where a Chinese character takes two columns."""

import re
import sys
import time
import unicodedata
from collections.abc import Iterator

_SHORT_CLAUSE = 10
_NO_LINE_BEGINS_WITH = frozenset("，。、；：！？）》”’】…")
_NO_LINE_ENDS_WITH = frozenset("（《“‘【")


class MovingLine:
    """Tells how far long work is: one line that changes on a terminal, now and then a line elsewhere."""

    def __init__(self, every: float = 30) -> None:
        """Let at least `every` seconds pass between two lines where nothing moves."""
        self._moving, self._every = sys.stderr.isatty(), every
        self._shown = time.monotonic()

    def show(self, line: str) -> None:
        """Show how far it is."""
        if self._moving:
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._shown >= self._every:
            self._shown = time.monotonic()
            print(line, file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Wipe the line that changes."""
        if self._moving:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns of a terminal; Latin words and short clauses stay whole.

    No line begins with a mark that ends a phrase: it hangs over by its two columns, which are kept free for it. Nor
    does one end with a mark that opens something.
    """
    lines, line, room = [], "", width - 2
    for word in _words(" ".join(text.split())):
        if line and columns_of(line + word) > room + (2 if word in _NO_LINE_BEGINS_WITH else 0):
            opening = line[-1] if line[-1] in _NO_LINE_ENDS_WITH else ""
            lines.append(line.removesuffix(opening).rstrip())
            line = opening
        line += word if line else word.lstrip()
        while columns_of(line) > width:
            cut = next(end for end in range(len(line), 0, -1) if columns_of(line[:end]) <= room)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.rstrip()]


def _words(text: str) -> Iterator[str]:
    """Yield what may not be broken: a short clause, a run of narrow characters, or one wide character."""
    for clause in re.split("(；)", text):
        if columns_of(clause) <= _SHORT_CLAUSE:
            yield clause
        else:
            yield from _words_of_clause(clause)


def _words_of_clause(clause: str) -> Iterator[str]:
    word = ""
    for character in clause:
        if columns_of(character) == 1 and character != " ":
            word += character
            continue
        if word:
            yield word
        word = ""
        yield character
    if word:
        yield word


def columns_of(text: str, *, ambiguous: int = 2) -> int:
    """Return how many columns a terminal needs for `text`, where it gives `ambiguous` to characters like “ and …."""
    columns = {"W": 2, "F": 2, "A": ambiguous}
    return sum(columns.get(unicodedata.east_asian_width(character), 1) for character in text)

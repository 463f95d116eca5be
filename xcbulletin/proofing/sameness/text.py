"""The text of an output, from which what is found is taken."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

INVISIBLE = "\0\u200b\u200d\u2060\ufeff\u00ad"
SOFT = "\u00ad"
"""Stands in a text for a hyphen at a line's end, which may be the printer's."""
MINUS = "−"
"""Stands in print where a hyphen was written."""
TAKEN = "\0"
"""Stands in a text for what has been found already."""

Span = tuple[int, int]


class Text:
    """The text of an output without blanks, which still knows where blanks and blocks were."""

    def __init__(self, blocks: Sequence[str]) -> None:
        self._raw = "\n".join(_hyphens_marked(block) for block in blocks)
        letters: list[str] = []
        self._at: list[int] = []
        self.edges: set[int] = set()
        """Before which characters blanks were, or blocks begin."""
        self.starts: list[int] = []
        """Where blocks begin."""
        edges, at = [], 0
        for block in blocks:
            edges.append(at)
            at += len(block) + 1
        edge = 0
        for at, letter in enumerate(self._raw):
            if edge < len(edges) and at >= edges[edge]:
                self.starts.append(len(letters))
                edge += 1
            if letter.isspace():
                self.edges.add(len(letters))
            elif letter == SOFT or letter not in INVISIBLE:
                letters.append("-" if letter == MINUS else letter)
                self._at.append(at)
        self.edges |= set(self.starts)
        self.letters = "".join(letters)
        self.has_soft = SOFT in self.letters
        self.untaken = self.letters
        """The letters, `TAKEN` for those that have been found."""

    def __len__(self) -> int:
        return len(self.letters)

    def take(self, start: int, end: int) -> None:
        """Mark what has been found."""
        self.untaken = f"{self.untaken[:start]}{TAKEN * (end - start)}{self.untaken[end:]}"

    def shown(self, start: int, end: int) -> str:
        """Return a part as a reader sees it, on one line."""
        if start >= end:
            return ""
        raw = self._raw[self._at[start] : self._at[end - 1] + 1].replace(SOFT, "-")
        return re.sub(r"(?<![!-~])\n|\n(?![!-~])", "", raw).replace("\n", " ").strip()

    def before(self, at: int) -> str:
        """Return up to 20 characters before a place, of its block, or of the one before if it begins one."""
        start = self.block(at)[0]
        start = start if start < at else self.block(at - 1)[0] if at else 0
        return self.shown(max(start, at - 20), at)

    def block(self, at: int) -> tuple[int, int]:
        """Return where the block around a character begins and ends."""
        index = bisect_left(self.starts, at + 1)
        return self.starts[index - 1], self.starts[index] if index < len(self.starts) else len(self)

    def blocks(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Yield the blocks that lie between two places as a whole."""
        edges = [*self.starts, len(self)]
        for index in range(bisect_left(edges, low), len(edges) - 1):
            if edges[index + 1] > high:
                return
            if edges[index] < edges[index + 1]:
                yield edges[index], edges[index + 1]

    def runs(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Yield what has not been found between two places, in pieces that lie within one block."""
        for start, end in self._parts(low, high):
            for match in _FREE.finditer(self.untaken, start, end):
                yield match.span()

    def _parts(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        while low < high:
            end = min(self.block(low)[1], high)
            yield low, end
            low = end


_FREE = re.compile(f"[^{TAKEN}]+")


def _hyphens_marked(block: str) -> str:
    return re.sub(r"(?<=[^\W\d_])-(?=\n[^\W\d_])", SOFT, block)


@lru_cache(maxsize=8192)
def without_blanks(text: str) -> str:
    """Return a text without blanks and what is not seen."""
    return "".join(text.translate(NO_INVISIBLE).replace(MINUS, "-").split())


NO_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))

"""Titles in lines: even, and broken where their sense allows."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise


def ems(text: str) -> float:
    """Return how wide a text is, in ems: Latin letters and digits are half as wide as Han."""
    return sum(0.5 if character < "\u2e80" and character not in "“”‘’…—" else 1 for character in text)


class Words:
    """Which neighbours in Chinese belong to one word, told from how often they stand together in the texts at hand."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._single: Counter[str] = Counter()
        self._pairs: Counter[str] = Counter()
        for text in texts:
            self._single.update(text)
            self._pairs.update(map("".join, pairwise(text)))

    def bond(self, pair: str) -> float:
        """Return how closely two characters are bound: 1 where neither stands without the other, 0 where none is known."""
        together = self._pairs[pair]
        return together**2 / (self._single[pair[0]] * self._single[pair[1]]) if together > 1 else 0


def title_lines(title: str, longest: float, words: Words | None = None) -> list[str]:
    """Return a title in lines of at most `longest` ems, a word or number that is longer apart."""
    lines, width = [], ems(title)
    while width > longest and len(title) > 1:
        place = _place_to_break(title, width, longest, words or Words())
        lines.append(title[:place])
        width -= ems(title[:place])
        title = title[place:]
    return [*lines, title]


def _place_to_break(title: str, width: float, longest: float, words: Words) -> int:
    """Return after how many characters the first line of a title of that width ends."""
    count = math.ceil(width / longest)
    even, shortest = width / count, width - longest * (count - 1)
    reached, costs = 0.0, {1: math.inf}
    for at in range(1, len(title)):
        reached += ems(title[at - 1])
        if reached > longest:
            break
        costs[at] = (
            _cost(title[:at], title[at:])
            + _WORD * words.bond(title[at - 1 : at + 1])
            + abs(reached - even)
            + _ONE_MORE_LINE * (reached < shortest)
        )
    return min(costs, key=costs.__getitem__)


_PARTED, _WORD, _ONE_MORE_LINE = 99, 20, 50
"""What it costs to part a number from its unit, to part what may be a word, and to need one line more."""
_WHOLE = (
    (r"[（《「『“‘第]$", r""),
    (r"", r"[，。、；：！？）》」』”’—…·～~]"),
    (r"[—～~·]$", r""),
    (r"[0-9A-Za-z.,%+-]$", r"[0-9A-Za-z.,%+年月日期个家项亿万-]"),
)
"""What ends a line and what begins the next where none should part."""


def _cost(line: str, rest: str) -> float:
    """Return how far from the middle, in ems, a better place to break may lie."""
    if any(re.search(before, line) and re.match(after, rest) for before, after in _WHOLE):
        return _PARTED
    if re.search(r"[，：；。！？—　 ]$", line):
        return 0
    return 2 if re.search(r"[的）》”]$", line) or re.match(r"[与和及暨并（《“]", rest) else 6

"""Titles in lines: even, and broken where their sense allows."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import add, sub

from xcbulletin.publishing.wholes import unbroken


def ems(text: str) -> float:
    """Return how wide a text is, in ems: Latin letters and digits are half as wide as Han."""
    return sum(0.5 if _is_latin(character) else 1 for character in text)


def title_lines(title: str, longest: float) -> list[str]:
    """Return a title in even lines of at most `longest` ems, a word or number that is longer apart.

    A blank between Han means something in a title: where no line ends there it is made as wide as Han.
    """
    title = _BETWEEN_HAN.sub("　", title)
    widths = _Widths(title)
    width = widths.between(0, len(title))
    if width <= longest:
        return [title]
    costs, count = _costs(title), math.ceil(width / longest)
    places = _places(widths, costs, longest)
    ends = _ends(widths, costs, longest, width / count, places)
    if len(ends) > count:
        ends = _ends(widths, costs, longest, width / len(ends), places)
    return [_WIDE_AT_END.sub(" ", title[start:end]) for start, end in pairwise((0, *ends))]


def shortened(title: str, longest: float) -> str:
    """Return as much of a title as fits, its words whole, and an ellipsis where that is not all."""
    widths = _Widths(title)
    if widths.between(0, len(title)) <= longest:
        return title
    costs = _costs(title)
    fitting = [end for end in range(1, len(title)) if widths.between(0, end) <= longest - 1] or [1]
    end = max((end for end in fitting if costs[end] < _WHOLE), default=fitting[-1])
    return f"{title[:end].rstrip('，、：； 　')}…"


_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])")
_WIDE_AT_END = re.compile("　$")


class _Widths:
    """How wide the lines of a title are, in ems: about as Song sets them, with the space between Han and Latin."""

    def __init__(self, title: str) -> None:
        before = [0.0, *map(_gap, title, title[1:])]
        reached = [0.0, *accumulate(map(add, before, map(_advance, title)))]
        self.starts: list[float] = list(map(add, reached, before))
        self.ends: list[float] = list(map(sub, reached, [0.0, *map(_hang, title)]))

    def between(self, start: int, end: int) -> float:
        """Return the width of a line that begins before one character and ends before another."""
        return self.ends[end] - self.starts[start]


def _is_latin(character: str) -> bool:
    return character < "\u2e80" and character not in "“”‘’…—"


def _advance(character: str) -> float:
    if not _is_latin(character):
        return 1.0
    if character in "%‰@":
        return 0.9
    return 0.26 if character == " " else 0.7 if character.isupper() else 0.56


def _gap(character: str, following: str) -> float:
    """Return the space between two characters: between Han and Latin some, between two marks less than none."""
    if character in _MARKS and following in _MARKS:
        return -0.5
    is_apart = _is_latin(character) != _is_latin(following) and not {character, following} & _WITHOUT_SPACE
    return 0.26 if is_apart else 0.0


def _hang(character: str) -> float:
    """Return how much of a character's width is not seen where it ends a line."""
    return 0.26 if character == " " else 1.0 if character == "　" else 0.5 if character in _CLOSING else 0.0


_CLOSING = "，。、；：！？》）」』〕”’"
_MARKS = f"{_CLOSING}《（「『〔“‘"
_WITHOUT_SPACE = frozenset(f"{_MARKS} 　·—…～")

_ONE_MORE_LINE, _WHOLE, _PARTED = 25, 40, 99
"""What it costs to need one more line, to part a word, and to break against the rules of the script."""
_AGAINST_RULES = re.compile(r"(?<=[（《「『〔“‘—～~·第])|(?=[，。、；：！？）》」』〕”’—…·～~ ])")
_SENSE = (
    (re.compile(r"(?<=[，：；。！？—　 ])"), 0),
    (re.compile(r"(?<=[与和及暨对将在从向把被由为以])|(?<=关于)"), 10),
    (re.compile(r"(?<=[的）》”])|(?=与|暨|并|（|《|“|关于)"), 2),
    (re.compile(r"(?=[和及])"), 4),
    (re.compile(""), 6),
)
"""Where a title is broken, and how far from the middle, in ems, a better place to break may lie."""


@lru_cache(maxsize=256)
def _costs(title: str) -> list[float]:
    """Return what it costs to begin a line before each character; a title is asked for at several widths."""
    wholes = unbroken(title)
    return [0.0, *(_cost(title, place, place in wholes) for place in range(1, len(title)))]


def _cost(title: str, place: int, is_within: bool) -> float:
    sense = next(cost for pattern, cost in _SENSE if pattern.match(title, place))
    return sense + _WHOLE * is_within + _PARTED * bool(_AGAINST_RULES.match(title, place))


def _places(widths: _Widths, costs: Sequence[float], longest: float) -> Sequence[int]:
    """Return where lines may begin and end: beside words, and within them only where one is longer than a line."""
    beside = [0, *(place for place in range(1, len(costs)) if costs[place] < _WHOLE), len(costs)]
    is_enough = all(widths.between(start, end) <= longest for start, end in pairwise(beside))
    return beside if is_enough else range(len(costs) + 1)


def _ends(
    widths: _Widths, costs: Sequence[float], longest: float, even: float, places: Sequence[int]
) -> list[int]:
    """Return where the best lines of about an even width end."""
    least, starts = {0: 0.0}, {0: 0}
    for index, end in enumerate(places[1:], start=1):
        found: list[tuple[float, int]] = []
        for before in range(index - 1, -1, -1):
            start = places[before]
            width = widths.ends[end] - widths.starts[start]
            if found and width > longest:
                break
            found.append((least[start] + costs[start] + _unevenness(width - even) + _ONE_MORE_LINE, start))
        least[end], starts[end] = min(found)
    ends = [len(costs)]
    while starts[ends[-1]]:
        ends.append(starts[ends[-1]])
    return ends[::-1]


def _unevenness(off: float) -> float:
    """Return what it costs that a line is so many ems longer or shorter than an even one: far off, more than in proportion."""
    return max(abs(off) / 2, off * off / 8)

"""Titles in lines: even, and broken where their sense allows."""

import math
import re


def ems(text: str) -> float:
    """Return how wide a text is, in ems: Latin letters and digits are half as wide as Han."""
    return sum(0.5 if character < "\u2e80" and character not in "“”‘’…—" else 1 for character in text)


def title_lines(title: str, longest: float) -> list[str]:
    """Return a title in lines of at most `longest` ems, a word or number that is longer apart."""
    width = ems(title)
    if width <= longest or len(title) < 2:
        return [title]
    count = math.ceil(width / longest)
    even, shortest = width / count, width - longest * (count - 1)
    place = min(
        _places(title, longest),
        key=lambda at: (
            _cost(title[:at], title[at:])
            + abs(ems(title[:at]) - even)
            + _ONE_MORE_LINE * (ems(title[:at]) < shortest)
        ),
    )
    return [title[:place], *title_lines(title[place:], longest)]


def _places(title: str, longest: float) -> list[int]:
    """Return after how many characters the first line may end."""
    return [at for at in range(1, len(title)) if ems(title[:at]) <= longest] or [1]


_PARTED, _ONE_MORE_LINE = 99, 50
"""What it costs to part a word, and to need one line more."""
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

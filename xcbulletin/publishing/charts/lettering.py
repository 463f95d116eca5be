"""How wide text is in our Hei, how it is broken into lines, where blanks part its Han from Latin, and which round numbers stand on an axis."""

import re
from collections.abc import Iterable
from itertools import pairwise
from math import ceil, floor, log10

SIZE = 12
"""Pixels: nine points on paper."""
LINE = 15

_NARROW = {".": 0.28, ",": 0.28, " ": 0.23, "-": 0.35, "/": 0.39, "%": 0.92, "i": 0.28, "l": 0.28, "I": 0.3}
_WIDE = "“”‘’…—·"
_CLOSING = "，。、：；！？）》」』”’%％"
_OPENING = "（《「『“‘"
_JOINTS = "与和及暨或—"


_HAN = "[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_LATIN = "[A-Za-z0-9]"
_MEETING = re.compile(
    f"(?<={_HAN})(?={_LATIN})|(?<={_LATIN})(?={_HAN})|(?<={_LATIN}[%‰°℃+])(?={_HAN})", re.ASCII
)


def spaced(text: str) -> str:
    """Return a text with the blank between Han and Latin (CLREQ 3.2) that the body has."""
    return _MEETING.sub(" ", text)


def width(text: str) -> float:
    """Return the pixels that a line of text takes, spaced."""
    return SIZE * sum(map(_em, spaced(text)))


def _em(character: str) -> float:
    if character >= "\u2e80" or character in _WIDE:
        return 1
    return _NARROW.get(character, 0.75 if character.isupper() or character in "mw" else 0.56)


def widest(texts: Iterable[str]) -> float:
    """Return the pixels that the widest of the texts takes."""
    return max(map(width, texts), default=0)


def wrapped(text: str, limit: float) -> tuple[str, ...]:
    """Return a text in as few lines as fit into `limit` pixels, even, and broken where its sense allows."""
    limit = max(limit, SIZE)
    if width(text) <= limit or len(text) <= 1:
        return (text,)
    count = max(2, ceil(width(text) / limit))
    even = width(text) / count
    fitting = [at for at in range(1, len(text)) if width(text[:at].rstrip()) <= limit] or [1]
    full = [at for at in fitting if width(text[at:]) <= limit * (count - 1)] or fitting[-1:]
    at = min(full, key=lambda at: abs(width(text[:at]) - even) + _cost_of_break(text, at))
    return (text[:at].rstrip(), *wrapped(text[at:].lstrip(), limit))


def fits(text: str, limit: float, most: int = 2) -> bool:
    """Tell whether a text goes into one line or at most so many, without a torn number or word and without a lone character."""
    lines = wrapped(text, limit)
    whole = all(not (_is_latin(a[-1:]) and _is_latin(b[:1])) for a, b in pairwise(lines))
    return (
        len(lines) <= most
        and whole
        and widest(lines) <= limit
        and (len(lines) == 1 or min(map(len, lines)) > 1)
    )


def _cost_of_break(text: str, at: int) -> float:
    """Return how many pixels from the middle a better place may lie."""
    before, after = text[at - 1], text[at]
    if at in (1, len(text) - 1):
        return 20 * SIZE
    if " " in (before, after):
        return 0
    if after in _CLOSING or before in _OPENING or (_is_latin(before) and _is_latin(after)):
        return 40 * SIZE
    if after in _OPENING or before in _CLOSING or after in _JOINTS or before in "的年市省":
        return 0
    return 2 * SIZE if _is_latin(before) != _is_latin(after) else SIZE


def _is_latin(character: str) -> bool:
    return character.isascii() and not character.isspace()


def ticks(low: float, high: float, about: int = 5) -> tuple[float, ...]:
    """Return round numbers, evenly apart, from at or below `low` to at or above `high`."""
    if low == high == 0:
        return 0.0, 1.0
    span = high - low or abs(high)
    rough = span / about
    magnitude = 10.0 ** floor(log10(rough))
    step = next(magnitude * one for one in (1, 2, 2.5, 5, 10) if magnitude * one >= rough * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return tuple(round(index * step, 9) for index in range(first, max(last, first + 1) + 1))


def spread(wanted: Iterable[float], gap: float, low: float, high: float) -> list[float]:
    """Return places at least `gap` apart between `low` and `high`, in the order of those wanted, as near as may be."""
    places = list(wanted)
    order = sorted(range(len(places)), key=places.__getitem__)
    top = low
    for index in order:
        top = places[index] = max(places[index], top)
        top += gap
    bottom = high
    for index in reversed(order):
        bottom = places[index] = min(places[index], bottom)
        bottom -= gap
    return places

"""Where words stand in a text: each alone, and all in their order."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from xcbulletin.proofing.passages import OBJECT
from xcbulletin.proofing.sameness.text import SOFT, TAKEN, Span, Text
from xcbulletin.proofing.sameness.words import Words

_LONGEST_OBJECT = 400
LEAST = 8
"""Characters; a shorter text may stand in an output by chance."""


def find(words: Words, text: Text, letters: str, low: int, high: int) -> Span | None:
    """Return where words stand first between two places, not cut out of a longer number."""
    bare = words.bare
    at = letters.find(bare, low, high)
    while at >= 0 and _cuts(text, at, at + len(bare)):
        at = letters.find(bare, at + 1, high)
    if at >= 0:
        return at, at + len(bare)
    if OBJECT not in bare and not text.has_soft:
        return None
    spans = (match.span() for match in _pattern(bare).finditer(letters, low, high))
    return next((span for span in spans if not _cuts(text, *span)), None)


def _cuts(text: Text, start: int, end: int) -> bool:
    """Tell whether a number is cut: 5 is no part of 15."""
    return any(
        0 < at < len(text) and text.letters[at - 1 : at + 1].isdigit() and at not in text.edges
        for at in (start, end)
    )


@lru_cache(maxsize=8192)
def _pattern(bare: str) -> re.Pattern[str]:
    """Return what matches words in which objects stand, or hyphens at ends of lines."""
    parts = (_with_soft(part) for part in bare.strip(OBJECT).split(OBJECT))
    return re.compile(f"[^{TAKEN}]{{0,{_LONGEST_OBJECT}}}?".join(parts))


def _with_soft(part: str) -> str:
    escaped = (f"[-{SOFT}]" if letter == "-" else re.escape(letter) for letter in part)
    return f"{SOFT}?".join(escaped) if re.search(r"[^\W\d_]{4}", part) else "".join(escaped)


def find_ordered(words: Sequence[Words], text: Text, low: int, high: int, letters: str) -> dict[int, Span]:
    """Return where words stand that follow each other, by their index; between those that stand once, and so on."""
    anchors = _anchors(words, text, letters, low, high)
    if not anchors:
        return _in_turn(words, text, low, high, letters)
    found = dict(anchors)
    before, start = -1, low
    for index, (begin, end) in [*sorted(anchors.items()), (len(words), (high, high))]:
        gap = words[before + 1 : index]
        if gap:
            inner = find_ordered(gap, text, start, begin, letters)
            found |= {before + 1 + at: span for at, span in inner.items()}
        before, start = index, end
    return found


def _anchors(words: Sequence[Words], text: Text, letters: str, low: int, high: int) -> dict[int, Span]:
    """Return the longest series of words that stand once, in the order of both (patience diff)."""
    bare = [one.bare for one in words]
    counts = Counter(bare)
    placed = []
    for index, one in enumerate(bare):
        if len(one) < LEAST or counts[one] > 1 or OBJECT in one:
            continue
        at = letters.find(one, low, high)
        if at >= 0 and letters.find(one, at + 1, high) < 0 and not _cuts(text, at, at + len(one)):
            placed.append((index, (at, at + len(one))))
    return dict(_rising(placed))


def _rising(placed: Sequence[tuple[int, Span]]) -> list[tuple[int, Span]]:
    """Return the longest part of a series in which places rise."""
    ends: list[int] = []
    tops: list[int] = []
    before: dict[int, int | None] = {}
    for at, (_index, (start, end)) in enumerate(placed):
        rank = bisect_left(ends, start + 1)
        before[at] = tops[rank - 1] if rank else None
        ends[rank : rank + 1], tops[rank : rank + 1] = [end], [at]
    series: list[tuple[int, Span]] = []
    here = tops[-1] if tops else None
    while here is not None:
        series.append(placed[here])
        here = before[here]
    return series[::-1]


def _in_turn(words: Sequence[Words], text: Text, low: int, high: int, letters: str) -> dict[int, Span]:
    """Return where words stand of which none stands but once: first those that are a whole block."""
    blocks = list(text.blocks(low, high))
    bare = [one.bare for one in words]
    matcher = SequenceMatcher(None, bare, [letters[start:end] for start, end in blocks], autojunk=False)
    found = {
        first + step: blocks[second + step]
        for first, second, length in matcher.get_matching_blocks()
        for step in range(length)
    }
    for index, one in enumerate(words):
        if index in found:
            continue
        start = max((found[at][1] for at in found if at < index), default=low)
        end = min((found[at][0] for at in found if at > index), default=high)
        if span := find(one, text, letters, start, end):
            found[index] = span
    return found

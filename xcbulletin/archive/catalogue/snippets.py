"""What is shown of a text where a word was found, and where in it the words stand."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from xcbulletin.archive.folding import fold

LENGTH = 100
"""Characters that are shown; search.js shows as many."""
_LEAD, _CUT_LEAD = 30, 15
"""Those that may stand before the word, where a sentence begins there, and those that do where none does."""
_SENTENCE_END = re.compile(r"[。！？；!?\n]+[”’」』）]*\s*")
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_GAP = "…"


def snippet(text: str, words: Sequence[str]) -> str:
    """Return some hundred characters around the first word that a text has, or else its beginning, on one line.

    It begins with a sentence, where one begins near; an ellipsis at an end tells that there is more.
    """
    start, whole = _start(text, _first_place(text, words))
    end = start + LENGTH
    shown = _UNSHOWN.sub(" ", text[start:end]).strip()
    return f"{'' if whole else _GAP}{shown}{_GAP if end < len(text) else ''}"


def marked(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return where folded words stand in a text: from and to which of its characters, in order, none overlapping."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(_character_ranges(text, words)):
        if found and start <= found[-1][1]:
            start, end = found[-1][0], max(found.pop()[1], end)
        found.append((start, end))
    return tuple(found)


def _first_place(text: str, words: Sequence[str]) -> int:
    return next((place for word in words for place in _places(text, word)), 0)


def _places(text: str, word: str) -> Iterator[int]:
    """Yield where lines first have a word; line by line, for folding is what a snippet costs."""
    start = 0
    for line in text.split("\n"):
        folded = fold(line)
        if word in folded:
            yield start + _character(line, folded, folded.find(word))
        start += len(line) + 1


def _start(text: str, place: int) -> tuple[int, bool]:
    """Return where the snippet begins, and whether a sentence does."""
    earliest = max(0, min(place - _LEAD, len(text) - LENGTH))
    if earliest == 0:
        return 0, True
    ends = _SENTENCE_END.finditer(text, earliest - 1, place)
    sentences = [one.end() for one in ends if one.end() >= earliest]
    return (sentences[0], True) if sentences else (max(earliest, place - _CUT_LEAD), False)


def _character_ranges(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    folded = fold(text)
    for word in filter(None, words):
        place = folded.find(word)
        while place >= 0:
            last = place + len(word) - 1
            yield _character(text, folded, place), _character(text, folded, last) + 1
            place = folded.find(word, last + 1)


def _character(text: str, folded: str, place: int) -> int:
    """Return which character of a text was folded to what stands at a place of the folded text."""
    if len(folded) == len(text):  # each to one, for none is folded to nothing
        return place
    return bisect_right(range(1, len(text)), place, key=lambda end: len(fold(text[:end])))

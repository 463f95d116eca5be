"""How Chinese documents number their headings, and what else a single line gives away."""

import re
from enum import IntEnum

_HAN = "一二三四五六七八九十"
_CLOSERS = "”’」』）)】》〉］]\"'"
_FULL_STOPS = "。！？；：…!?;:，,、"
_SHORT = 40
_LONGEST_HEADING = 50
_ORGANISATION = re.compile(
    r".{2,60}(?:院|所|中心|局|厅|委|部|会|联盟|公司|大学|室|组|社|集团|政府|处|科|馆|智库|Institute|University)"
)


class NumberingClass(IntEnum):
    """The classes of heading numbers, highest first."""

    CHAPTER = 1
    SECTION = 2
    HAN = 3
    HAN_BRACKETS = 4
    ARABIC = 5
    ARABIC_BRACKETS = 6
    CIRCLED = 7


_PATTERNS = {
    NumberingClass.CHAPTER: rf"第[{_HAN}百零〇\d]{{1,4}}(?:章|篇|部分)[、：:\s]*",
    NumberingClass.SECTION: rf"第[{_HAN}百零〇\d]{{1,4}}节[、：:\s]*",
    NumberingClass.HAN: rf"[{_HAN}]{{1,3}}[、.．](?![{_HAN}]+、)\s*",
    NumberingClass.HAN_BRACKETS: rf"[（(]\s*[{_HAN}]{{1,3}}\s*[)）]、?\s*",
    NumberingClass.ARABIC: r"\d{1,2}(?:[、．]|\.(?!\d))\s*",
    NumberingClass.ARABIC_BRACKETS: r"(?:[（(]\s*\d{1,2}\s*|\d{1,2})[)）]、?\s*",
    NumberingClass.CIRCLED: r"[①-⑳]\s*",
}
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS.items())


def numbering(text: str) -> tuple[NumberingClass, int] | None:
    """Return the class of the number that a line begins with, and the number's length."""
    for kind, pattern in _COMPILED:
        if match := pattern.match(text):
            return kind, match.end()
    return None


def is_closed(text: str) -> bool:
    """Say whether a line ends like a sentence: 。 and its like, also within quotes or brackets."""
    return text.rstrip().rstrip(_CLOSERS)[-1:] in (*_FULL_STOPS, ".", "．")


def is_broken_off(text: str) -> bool:
    """Say whether a paragraph stops in the middle of a sentence, as at the turn of a page."""
    bare = text.rstrip().rstrip(_CLOSERS)
    if bare[-1:] in "，,、":
        return True
    return bool(bare) and not is_closed(text) and bool(re.search("[，。；、]", text))


def is_short_line(text: str) -> bool:
    """Say whether a line may be a title: short, not numbered, not ending like a sentence."""
    return 0 < len(text) <= _SHORT and numbering(text) is None and not is_closed(text)


def is_heading_line(text: str) -> bool:
    """Say whether a line is nothing but a numbered heading."""
    number = numbering(text)
    return number is not None and number[1] < len(text) <= _LONGEST_HEADING and not is_closed(text)


def run_in_length(text: str) -> int | None:
    """Return the length of a numbered heading that ends in 。 with its paragraph on the same line."""
    end = text.find("。") + 1
    if numbering(text) is None or not 0 < end <= _SHORT or not text[end:].strip():
        return None
    return end


def is_organisation(text: str) -> bool:
    """Say whether a line of a cover or masthead is the name of an organisation."""
    return _ORGANISATION.fullmatch(text) is not None


def squeezed(text: str) -> str:
    """Return a line without any blanks, as for “目 录”."""
    return re.sub(r"\s", "", text)

"""Text cut into pieces that a database can look up: every two characters that stand together, and every character.

A line is cut into its pairs and, behind them, its last character, so that pairs in a row are a line's and never two
lines'. The other characters follow at the end. Pieces are written without what SQLite's `ascii` tokenizer would drop or
fold: it keeps small ASCII letters, ASCII digits and all above ASCII. The rest of ASCII is written as characters that no
folded text has, for they would have been folded.
"""

import unicodedata
from collections.abc import Iterable
from operator import add

from xcbulletin.archive.folding import fold

SCHEME = f"1 {unicodedata.unidata_version}"
"""Changes when the same text might be cut into other pieces."""
_FULL_WIDTH, _CIRCLED, _FULL_WIDTH_BLANK = 0xFEE0, 0x2460, 0x3000
_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
WRITTEN = {
    **{code: _CIRCLED + code for code in range(0x20)},
    ord(" "): _FULL_WIDTH_BLANK,
    **{code: _FULL_WIDTH + code for code in range(0x21, 0x7F) if code not in _KEPT},
    0x7F: _CIRCLED + 0x20,
}
"""What each character of ASCII that is no small letter or digit is written as."""
_INDUSTRY, _COLUMN = "ｉ", "ｃ"
"""What tags begin with: no folded text has them, nor any piece."""


def cut_text(text: str) -> list[str]:
    """Return the pieces of a text, in order."""
    lines = fold(text).translate(_WRITTEN_BUT_LINES).split("\n")
    pieces: list[str] = []
    for line in lines:
        pieces += map(add, line, line[1:])
        pieces += line[-1:]
    return pieces + sorted(set().union(*lines) - {line[-1:] for line in lines})


_WRITTEN_BUT_LINES = {code: written for code, written in WRITTEN.items() if code != ord("\n")}


def cut_word(word: str) -> list[str]:
    """Return the pieces that stand in a row where a text has a folded word."""
    written = word.translate(WRITTEN)
    return list(map(add, written, written[1:])) or [written]


def tags(industries: Iterable[str], columns: Iterable[str]) -> list[str]:
    """Return pieces that stand for industries and columns."""
    return [*_tags(_INDUSTRY, industries), *_tags(_COLUMN, columns)]


def _tags(mark: str, codes: Iterable[str]) -> list[str]:
    return [mark + code.translate(WRITTEN) for code in codes]

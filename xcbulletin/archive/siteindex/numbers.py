"""Whole numbers as characters: short in UTF-8, safe in a script's string, and each tells where it ends.

A number is digits of 57 in `#` to `[`, none for a small one, and one last digit of 1,888 in U+00A0 to U+07FF. So a
number below 1,888 takes two bytes, one below 107,616 three; quotes, backslashes and line ends do not come up, and `|`
is free to part lists of numbers.
"""

from collections.abc import Iterable

_LAST, _LASTS = 0xA0, 0x800 - 0xA0
_HIGH, _HIGHS = ord("#"), ord("\\") - ord("#")


class _Numbers(dict[int, str]):
    """The characters of each number, worked out when it is first met."""

    def __missing__(self, number: int) -> str:
        high, last = divmod(number, _LASTS)
        written = chr(_LAST + last)
        while high:
            high, digit = divmod(high, _HIGHS)
            written = chr(_HIGH + digit) + written
        self[number] = written
        return written


_NUMBERS = _Numbers()
number = _NUMBERS.__getitem__
"""Return the characters of a number from 0 up."""


def numbers(values: Iterable[int]) -> str:
    """Return the characters of numbers one behind the other."""
    return "".join(map(number, values))


def read_numbers(written: str) -> list[int]:
    """Return the numbers of which `written` is made."""
    found, high = [], 0
    for code in map(ord, written):
        if code < _LAST:
            high = high * _HIGHS + code - _HIGH
        else:
            found.append(high * _LASTS + code - _LAST)
            high = 0
    return found


def first_number(written: str) -> int:
    """Return the first of the numbers of which `written` is made."""
    end = next(place for place, character in enumerate(written, start=1) if ord(character) >= _LAST)
    return read_numbers(written[:end])[0]

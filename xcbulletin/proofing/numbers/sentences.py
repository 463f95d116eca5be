"""Sentences with their quantities taken out, so that patterns see the words between them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from xcbulletin.proofing.numbers.quantities import Quantity, in_range
from xcbulletin.proofing.numbers.units import RELATIVE

_FIRST = 0xE000
_MANY = 300
Q = f"[{chr(_FIRST)}-{chr(_FIRST + _MANY)}]"
"""In a pattern, one quantity."""
NO_Q = f"[^{chr(_FIRST)}-{chr(_FIRST + _MANY)}。；;！？]"
"""In a pattern, any character but a quantity, within a sentence."""
SHORT = f"[^{chr(_FIRST)}-{chr(_FIRST + _MANY)}。；;！？，,：:]"
"""The same within a clause."""
_BLANK = re.compile(r"[ \u3000\u00a0\u2009\u202f]+")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """Part of a text."""

    text: str
    start: int
    end: int
    """Offsets in `text`."""
    quantities: tuple[Quantity, ...]

    @cached_property
    def masked(self) -> str:
        """The sentence without blanks, each quantity with 约, 超过 and the like as one character."""
        pieces, at = [], self.start
        for index, quantity in enumerate(self.quantities):
            start, end = max(quantity.outer[0], at), min(quantity.outer[1], self.end)
            pieces += [self.text[at:start], chr(_FIRST + index)]
            at = max(end, start)
        return _BLANK.sub("", "".join([*pieces, self.text[at : self.end]]))

    def quantity(self, mark: str) -> Quantity:
        """Return what stands behind a character of `masked`."""
        return self.quantities[ord(mark) - _FIRST]

    def inside(self, start: int, end: int) -> tuple[Quantity, ...]:
        """Return the quantities of a part of `masked`."""
        marks = (mark for mark in self.masked[start:end] if _FIRST <= ord(mark) <= _FIRST + _MANY)
        return tuple(self.quantity(mark) for mark in marks)

    def words(self) -> str:
        """Return the sentence as it stands."""
        return self.text[self.start : self.end]


def split(text: str, found: tuple[Quantity, ...], ends: Iterator[tuple[int, int]]) -> list[Sentence]:
    """Return the sentences that begin and end at `ends`; 三项 and 两家 remain words."""
    told = tuple(quantity for quantity in found if not (quantity.in_words and is_amount(quantity)))
    return [
        Sentence(text=text, start=start, end=end, quantities=inside)
        for start, end in ends
        if len(inside := tuple(in_range(told, start, end))) <= _MANY
    ]


def alike(quantity: Quantity, others: Sequence[Quantity]) -> list[Quantity]:
    """Return the others that are in its unit."""
    return [other for other in others if other.unit == quantity.unit and other is not quantity]


def is_amount(quantity: Quantity) -> bool:
    """Tell whether it says how much, not how much of something else."""
    return bool(quantity.unit) and quantity.unit not in RELATIVE

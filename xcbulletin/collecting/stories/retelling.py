"""Which dismissed story another may tell again: wider than folding, for what is found is marked and not hidden."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from xcbulletin.collecting.stories.samestory import Gist, Kind, compare, gist, grams
from xcbulletin.collecting.titles import bare, normal

_NEAR = 0.4
"""Share of the bigrams of what the shorter title tells, from which both may tell of one event."""
_SUM = 10_000
_COMPANY = re.compile("[一-鿿]{2}(?:集团|股份|公司|科技|电气|电子|新材|汽车|智能|银行|大学|研究院)")
_NUMBER = re.compile(r"[\d.,%]+[万亿千]*元?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dismissed:
    """An item that an editor dismissed."""

    id: int
    title: str
    text: str
    apart: frozenset[int] = frozenset()
    """Items of which an editor said that they tell something else."""


class DismissedStories:
    """What was dismissed, made ready for finding what tells it again."""

    def __init__(self, dismissed: Iterable[Dismissed]) -> None:
        self._dismissed = [(one, gist(one.title, one.text), _bigrams(one.title)) for one in dismissed]

    def find(self, item_id: int, title: str, text: str) -> int | None:
        """Return the dismissed item that an item may tell again."""
        this, bigrams = gist(title, text), _bigrams(title)
        for one, other, others in self._dismissed:
            near = len(bigrams & others) >= _NEAR * min(len(bigrams), len(others))
            if near and item_id not in one.apart and _may_retell(this, other):
                return one.id
        return None


def _bigrams(title: str) -> frozenset[str]:
    """Return the bigrams of a title without companies and numbers, which the year's other news of a company share."""
    return frozenset(grams(bare(_NUMBER.sub(" ", _COMPANY.sub(" ", normal(title)))), 2))


def _may_retell(one: Gist, other: Gist) -> bool:
    """Tell whether two like titles may tell of one event, be it in other words with one sum and company."""
    if compare(one, other).kind is Kind.SAME:
        return True
    if one.ordinals != other.ordinals or (one.numbers - other.numbers and other.numbers - one.numbers):
        return False
    ours, theirs = (set(_COMPANY.findall(side.title.whole)) for side in (one, other))
    return any(map(_is_sum, one.numbers & other.numbers)) and (not (ours and theirs) or bool(ours & theirs))


def _is_sum(number: str) -> bool:
    """Tell whether a number is so large that two titles hardly share it by chance."""
    return "-" not in number and "%" not in number and float(number) >= _SUM

"""Figures of a title, a summary or a heading that the body does not bear out."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import permutations

from xcbulletin.model import Severity
from xcbulletin.proofing.findings import Family, Rule
from xcbulletin.proofing.numbers.quantities import Bound, Interval, Quantity, overlap, quantities
from xcbulletin.proofing.numbers.reckoning import Reckoned, difference, growth, percentage, ratio, total
from xcbulletin.proofing.numbers.sentences import is_amount
from xcbulletin.proofing.numbers.slips import Slip
from xcbulletin.proofing.numbers.units import COUNTED, DURATIONS, PERCENT, POINTS, RELATIVE, TIMES

HEADLINE = Rule(
    id="headline-unsupported",
    family=Family.NUMBERS,
    name="标题或摘要里的数，正文没有",
    severity=Severity.WARNING,
    why="标题、摘要里的数字应当能在正文里找到，或由正文的数字算出。",
    basis="《报纸期刊质量管理规定》（国新出发〔2020〕10号）：标题与内容相符；内容真实准确",
    weight=1,
)
SMALL = 20
"""Whole numbers up to this may be counted in the body without being written there."""
_NEAR = 40
"""Figures of one passage that are tried with each other."""
_BARE = re.compile(r"(?<![\d.A-Za-z])\d[\d,]*(?:\.\d+)?(?![\d.]*[A-Za-z])")


def figures_to_check(text: str) -> list[Quantity]:
    """Return the quantities that the reader could miss elsewhere: not 3项, which the body may count up."""
    return [
        quantity
        for quantity in quantities(text)
        if quantity.unit
        and quantity.unit not in DURATIONS
        and (not quantity.in_words or quantity.unit == TIMES)
        and not (quantity.value <= SMALL and quantity.step == 1 and quantity.unit in COUNTED)
    ]


class Support:
    """What a text says in figures, and what follows from them."""

    def __init__(self, texts: Sequence[str], data: str = "") -> None:
        """`data` holds figures whose units stand elsewhere: cells, a chart's data."""
        read = [quantities(text) for text in texts]
        self._all = [quantity for found in read for quantity in found]
        self._near = [found[at : at + _NEAR] for found in read for at in range(0, len(found), _NEAR)]
        self._bare = {Decimal(number.replace(",", "")) for number in _BARE.findall(data)}
        self._mantissas = {_mantissa(number) for number in self._bare}

    def holds(self, figure: Quantity) -> bool:
        """Tell whether a figure stands there, in whatever unit."""
        return any(_same(figure, other) for other in self._all) or self._holds_digits(figure)

    def yields(self, figure: Quantity) -> bool:
        """Tell whether a figure can be worked out from two that stand near each other."""
        return any(_follows(figure, found) for found in self._near)

    def _holds_digits(self, figure: Quantity) -> bool:
        """Tell whether a table or a chart, whose heads name the unit, has such digits."""
        low, high = _claimed(figure)
        if figure.unit in RELATIVE:
            return any(low <= number <= high for number in self._bare)
        high = min(high, figure.value + figure.round_step)
        exponent = figure.value.adjusted()
        near = (number.scaleb(exponent + shift) for number in self._mantissas for shift in (-1, 0, 1))
        return any(low <= number <= high for number in near)


def _mantissa(value: Decimal) -> Decimal:
    return value.scaleb(-value.adjusted()) if value else value


def _claimed(figure: Quantity) -> Interval:
    """Return what a reader takes a figure for: 超过23万 is not 38万."""
    low, high = figure.interval
    if figure.bound is Bound.OVER:
        high = max(figure.value * Decimal("1.25"), figure.value + figure.round_step)
    return low, high


def _same(figure: Quantity, other: Quantity) -> bool:
    if figure.unit == other.unit or {figure.unit, other.unit} <= COUNTED or not other.unit:
        return overlap(_claimed(figure), other.interval) or abs(figure.value) == abs(other.value)
    if {figure.unit, other.unit} == {TIMES, PERCENT}:
        times, share = (figure, other) if figure.unit == TIMES else (other, figure)
        low, high = times.interval
        return any(overlap((low * 100 - more, high * 100 - more), share.interval) for more in (0, 100))
    return {figure.unit, other.unit} == {POINTS, PERCENT} and figure.value == other.value


def _follows(figure: Quantity, found: Sequence[Quantity]) -> bool:
    return any(
        reckoned.agrees(figure)
        for pair in permutations(found, 2)
        for reckoned in _reckonings(figure.unit, *pair)
    ) or (is_amount(figure) and _adds_up(figure, found))


def _reckonings(unit: str, first: Quantity, second: Quantity) -> Iterator[Reckoned]:
    """Yield what two figures make in a unit."""
    if first.unit != second.unit or not first.unit:
        return
    if unit == PERCENT and is_amount(first):
        change = growth(first, second)
        yield from (
            found
            for found in (percentage(first, second), change, change and change.scaled(Decimal(-1)))
            if found
        )
    elif unit == TIMES:
        times = ratio(first, second)
        yield from (times, times.scaled(Decimal(1), Decimal(-1))) if times else ()
    elif unit == first.unit or (unit == POINTS and first.unit == PERCENT):
        yield difference(first, second)


def _adds_up(figure: Quantity, found: Sequence[Quantity]) -> bool:
    same = [quantity for quantity in found if quantity.unit == figure.unit]
    runs = (
        same[start:end]
        for start in range(len(same))
        for end in range(start + 2, min(start + 13, len(same) + 1))
    )
    return any(total(run).agrees(figure) for run in runs)


def headline_slips(text: str, body: Support) -> Iterator[Slip]:
    """Yield the figures of a title, summary or heading that the body neither has nor gives."""
    for figure in figures_to_check(text):
        if not body.holds(figure) and not body.yields(figure):
            yield Slip(
                rule=HEADLINE,
                start=figure.start,
                end=figure.end,
                message=f"“{figure.words}”在正文里找不到，也算不出来",
                suggestion="在正文里写明依据，或改正、删去这个数",
            )

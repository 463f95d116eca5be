"""Figures worked out from figures, with what rounding leaves open."""

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from xcbulletin.proofing.numbers.quantities import Bound, Interval, Quantity, overlap

HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reckoned:
    """A figure worked out from others."""

    value: Decimal
    """From the figures as they stand."""
    interval: Interval
    """What it may be when they were rounded."""

    def agrees(self, printed: Quantity) -> bool:
        """Tell whether this is what is printed."""
        return overlap(self.interval, printed.interval)

    def scaled(self, factor: Decimal, shift: Decimal = Decimal(0)) -> "Reckoned":
        """Return it times `factor` plus `shift`."""
        low, high = sorted(end * factor + shift for end in self.interval)
        return Reckoned(value=self.value * factor + shift, interval=(low, high))

    def share_of(self, whole: Quantity) -> "Reckoned | None":
        """Return it in per cent of `whole`."""
        low, high = whole.interval
        if low <= 0:
            return None
        ends = self.interval[0] / high * HUNDRED, self.interval[1] / low * HUNDRED
        return Reckoned(value=self.value / whole.value * HUNDRED, interval=ends)


def ratio(part: Quantity, whole: Quantity) -> Reckoned | None:
    """Return how many times `whole` goes into `part`; None where that says nothing."""
    low, high = whole.interval
    if low <= 0 or part.interval[0] < 0:
        return None
    return Reckoned(
        value=part.value / whole.value, interval=(part.interval[0] / high, part.interval[1] / low)
    )


def percentage(part: Quantity, whole: Quantity) -> Reckoned | None:
    """Return `part` in per cent of `whole`."""
    reckoned = ratio(part, whole)
    return reckoned and reckoned.scaled(HUNDRED)


def growth(new: Quantity, old: Quantity) -> Reckoned | None:
    """Return in per cent by how much `new` is above `old`."""
    reckoned = ratio(new, old)
    return reckoned and reckoned.scaled(HUNDRED, -HUNDRED)


def difference(more: Quantity, less: Quantity) -> Reckoned:
    """Return `more` less `less`."""
    return Reckoned(
        value=more.value - less.value,
        interval=(more.interval[0] - less.interval[1], more.interval[1] - less.interval[0]),
    )


def total(parts: list[Quantity] | tuple[Quantity, ...]) -> Reckoned:
    """Return the sum."""
    ends = [part.interval for part in parts]
    return Reckoned(
        value=sum((part.value for part in parts), Decimal(0)),
        interval=(sum((low for low, _ in ends), Decimal(0)), sum((high for _, high in ends), Decimal(0))),
    )


_NUMBER = re.compile(r"[\d,]+(?:\.\d+)?")


def restate(printed: Quantity, value: Decimal) -> str:
    """Return `value` written as `printed` is: 42.88 for 42.8% is 42.9%."""
    match = _NUMBER.search(printed.words)
    if printed.in_words or match is None:
        return f"{abs(value).quantize(Decimal('0.1'), ROUND_HALF_UP)}{printed.unit}"
    decimals = len(match[0].partition(".")[2])
    last = Decimal(10) ** -decimals
    number = abs(value * last / printed.step).quantize(last, ROUND_HALF_UP)
    written = f"{number:,}" if "," in match[0] else str(number)
    return printed.words[: match.start()] + written + printed.words[match.end() :]


def is_cut_off(printed: Quantity, value: Decimal) -> bool:
    """Tell whether the last digits were dropped where they should have been rounded."""
    cut = (abs(value) / printed.step).to_integral_value(ROUND_DOWN) * printed.step
    return printed.bound is Bound.EXACT and cut == abs(printed.value) and value * printed.value > 0


def is_far(printed: Quantity, reckoned: Reckoned) -> bool:
    """Tell whether more than the last digit is wrong."""
    low, high = reckoned.interval
    return printed.value < low - 2 * printed.step or printed.value > high + 2 * printed.step

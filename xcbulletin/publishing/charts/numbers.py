"""Numbers as editors write them and as charts print them: 1025, 14,655, 约1100, −3.5; and years that count."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import floor, log10

from xcbulletin.publishing.charts.chart import Value

_MISSING = frozenset(
    ("", "-", "--", "—", "——", "–", "−", "…", "……", "...", "/", "无", "缺", "na", "n/a", "null")
)
_NUMBER = re.compile(r"(约|近|逾|超)?\s*([+-]?)\s*(\d{1,3}(?:[, ]\d{3}){1,4}|\d{1,15})(\.\d{1,40})?\s*(%?)")
_MOST_DECIMALS = 6
"""More are a program's, such as 50.300000000000004: as many as say something are left."""
_FINEST = 9
_FIRST_FOUR = "一二三四"
_TIMES = (
    (re.compile(r"(\d{4})年?()"), 1),
    (re.compile(r"(\d{4})年?第?([一二三四1-4])季度"), 4),
    (re.compile(r"(\d{4})年?Q([1-4])"), 4),
    (re.compile(r"(\d{4})[年./-](\d{1,2})月?"), 12),
)
_GROUPED_FROM = 10_000
"""Up to four digits are read at a glance; from five on a comma parts them. Axis, labels, text and table alike."""


def is_missing(cell: str) -> bool:
    """Tell whether a cell says that there is no number."""
    return cell.strip().lower() in _MISSING


def parse_number(cell: str) -> tuple[Value, bool] | None:
    """Return the number in a cell and whether it is written with a “%”; None where there is none.

    Commas between thousands, digits of full width and a word like “约” are read as meant.
    """
    plain = unicodedata.normalize("NFKC", cell).replace("−", "-").replace("–", "-").strip()
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return None
    about, sign, whole, decimals, percent = match.groups(default="")
    number = round(float(f"{sign}{re.sub('[, ]', '', whole)}{decimals}"), _FINEST)
    written = max(0, len(decimals) - 1)
    text = format_number(number, written) if written <= _MOST_DECIMALS else _rounded(number)
    return Value(number=number, text=about + text), bool(percent)


def _rounded(number: float) -> str:
    """Return a number to two decimals, or where it is small to three digits that are not nought."""
    decimals = 2 if abs(number) >= 1 or not number else min(2 - floor(log10(abs(number))), _FINEST)
    digits = format_number(number, decimals)
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def times(categories: Sequence[str]) -> tuple[int, ...]:
    """Return when each category is, counted in years, quarters or months, if all are such; else nothing."""
    for form, in_year in _TIMES:
        matches = [form.fullmatch(name) for name in categories]
        if all(matches):
            parts = [match.groups() for match in matches if match]
            return tuple(in_year * int(year) + _ordinal(part) for year, part in parts)
    return ()


def _ordinal(part: str) -> int:
    return _FIRST_FOUR.index(part) + 1 if part in _FIRST_FOUR and part else int(part or 0)


def is_rising(numbers: Sequence[float]) -> bool:
    """Tell whether each number is larger than the one before."""
    return all(before < after for before, after in pairwise(numbers))


def format_number(number: float, decimals: int) -> str:
    """Return a number as it is printed."""
    rounded = round(number, decimals) + 0.0  # no negative zero
    digits = (
        f"{abs(rounded):,.{decimals}f}" if abs(rounded) >= _GROUPED_FROM else f"{abs(rounded):.{decimals}f}"
    )
    return f"−{digits}" if rounded < 0 else digits


def decimals_in(values: Iterable[Value]) -> int:
    """Return the most decimals that any of the values is printed with."""
    return max((len(value.text.partition(".")[2]) for value in values), default=0)


def decimals_needed(numbers: Iterable[float]) -> int:
    """Return the decimals that round numbers need, six at most."""
    return max((len(f"{number:.6f}".rstrip("0").partition(".")[2]) for number in numbers), default=0)


def total(values: Sequence[Value]) -> Value:
    """Return the sum of values, with the decimals of the most exact, and “约” where one of them has it."""
    number = sum(value.number for value in values)
    about = "约" if any(not value.text.lstrip("−")[:1].isdigit() for value in values) else ""
    return Value(number=number, text=about + format_number(number, decimals_in(values)))


def shares(values: Sequence[Value | None]) -> tuple[Value | None, ...]:
    """Return what per cent of their sum each value is, to one decimal."""
    whole = sum(value.number for value in values if value)
    parts = (None if value is None else 100 * value.number / whole for value in values)
    return tuple(None if part is None else Value(number=part, text=format_number(part, 1)) for part in parts)

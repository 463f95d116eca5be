"""Quantities in running Chinese text: 389571件, 30.1万件, 74.7%, 3～5个, 两倍以上.

Years, dates, ordinals, numbers of documents, versions and names such as 5G or A100 are none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property

from xcbulletin.proofing.numbers.numerals import parse_numeral
from xcbulletin.proofing.numbers.units import COUNTED, MAGNITUDES, PERCENT, TIMES, UNIT_PATTERN, UNITS

Interval = tuple[Decimal, Decimal]
"""From, to; both may be the value."""


HUNDRED = Decimal(100)


class Bound(Enum):
    """How the words around a number take it."""

    EXACT = "正好"
    ABOUT = "约"
    NEARLY = "近"
    OVER = "超过"
    UNDER = "不到"


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number with its unit, as it stands in a text."""

    start: int
    end: int
    """From the first digit to the end of the unit."""
    outer: tuple[int, int]
    """With 约, 超过, 以上 and the like."""
    text: str
    """`text[start:end]`."""
    low: Decimal
    high: Decimal
    """The two ends of 3～5个; otherwise the same. In `unit`."""
    unit: str
    """As units.UNITS names it, with /… of a rate; empty where none is written."""
    step: Decimal
    """What one of the last digit is worth, in `unit`."""
    bound: Bound = Bound.EXACT
    in_words: bool = False
    """Whether it is written in Chinese numerals."""

    @property
    def value(self) -> Decimal:
        """The number; of a range its upper end."""
        return self.high

    @property
    def words(self) -> str:
        """The text without blanks."""
        return "".join(self.text.split())

    @property
    def is_exact(self) -> bool:
        """Tell whether it is one number that claims all its digits."""
        return self.bound is Bound.EXACT and self.low == self.high and not self.in_words

    @property
    def is_whole(self) -> bool:
        """Tell whether it counts single things and leaves nothing to rounding."""
        return self.is_exact and self.step == 1 and self.unit in COUNTED

    @cached_property
    def interval(self) -> Interval:
        """What the figure behind it may be, by its last digit and the words around it."""
        half = Decimal(0) if self.is_whole else self.step / 2
        if self.in_words and self.bound in (Bound.OVER, Bound.UNDER):
            half = Decimal(0)
        low, high = self.low - half, self.high + half
        match self.bound:
            case Bound.ABOUT:
                return self.low - self._loose, self.high + self._loose
            case Bound.NEARLY:
                return self.low - max(self.round_step, self.low / 10), high
            case Bound.OVER:
                return low, max(self.high * 2, self.high + self.round_step)
            case Bound.UNDER:
                return self.low / 2, high
            case _:
                return low, high

    @property
    def round_step(self) -> Decimal:
        """What the last digit that is not 0 is worth: of 约200亿, 100亿."""
        steps = self.value / self.step
        while steps and steps % 10 == 0:
            steps /= 10
        return abs(self.value / steps) if steps else self.step

    @property
    def _loose(self) -> Decimal:
        """How far 约 reaches: of 约5.4% a digit up and down, of 约200亿 or 约3% more."""
        few_digits = abs(self.value) / self.round_step < HUNDRED
        return max(self.round_step, abs(self.value) * Decimal("0.025")) if few_digits else self.round_step


def overlap(first: Interval, second: Interval) -> bool:
    """Tell whether two figures may be the same."""
    return first[0] <= second[1] and second[0] <= first[1]


_WIDE = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
_WIDE_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_MAGNITUDE = "|".join(f"{name}(?![瓦克米伏卡帕])" if name == "千" else name for name in MAGNITUDES)
_MORE = "[余多]"
_RATE = r"(?:[/／](?:[A-Za-z]{1,3}|[百千万]?[\u4e00-\u9fff]{1,2}))?"
_DASH = r"\s?[—–\-～~]\s?"
_NUMERAL = "[零〇一二两三四五六七八九十百千万亿]"
_ARABIC = re.compile(
    rf"""(?P<sign>−|(?<![\w)）])[-－])?(?P<number>{_DIGITS})
    (?P<more>{_MORE}(?=\s?(?:{_MAGNITUDE}|{UNIT_PATTERN})))?(?P<magnitude>\s?(?:{_MAGNITUDE}))?
    (?P<more2>{_MORE}(?=\s?(?:{UNIT_PATTERN})))?(?P<unit>\s?(?:{UNIT_PATTERN}){_RATE})?
    (?:(?(unit){_DASH}|(?:{_DASH}|[至到]))(?P<upper>{_DIGITS})
    (?P<magnitude2>\s?(?:{_MAGNITUDE}))?(?P<unit2>\s?(?:{UNIT_PATTERN}){_RATE})?)?""",
    re.VERBOSE,
)
_WORDS = re.compile(
    rf"""(?P<part>百分之|{_NUMERAL}分之)(?P<of>{_NUMERAL}{{1,9}}(?:点{_NUMERAL}{{1,6}})?)
    |(?P<half>一半|半数)|(?P<double>翻了?一番)
    |(?P<tenths>[一二两三四五六七八九])成(?![为功立员果长本都就交品份语年效型])
    |(?P<number>(?<!{_NUMERAL})[一二两三四五六七八九十]{_NUMERAL}{{0,16}}(?:点[零〇一二三四五六七八九]{{1,6}})?)(?P<more>{_MORE})?
     (?P<unit>{UNIT_PATTERN})""",
    re.VERBOSE,
)
_BEFORE = re.compile(
    r"(?:(?P<over>超过|超|逾|突破|不低于|不少于|不止|至少|＞|>|≥)|(?P<under>不到|不足|未到|不超过|不高于|不多于|至多|最多|<|＜|≤)"
    r"|(?P<about>约为|大约|约|大概)|(?P<nearly>将近|接近|近))(?:了|为|人民币)?\s?\Z"
)
_ABOUT_A_SHARE = re.compile(r"约(?:占|是|相当于)[^，。；：、\d]{0,14}\Z")
_AFTER = re.compile(
    r"\s?(?:(?P<over>以上|有余|之多|多(?=[，。；、）]))|(?P<under>以下|以内|之内)|(?P<about>左右|上下|上下浮动))"
)
_NO_QUANTITY_BEFORE = re.compile(r"(?:第\s?|[A-Za-z_@#&＆/·.×]|\d[-—–/:：.]|[A-Za-z][-—–]|[〔\[【№])\Z")
_NAME_BEFORE = re.compile(r"(?:[A-Za-z]\s|[:：])\Z")
"""What stands before a number without a unit that is part of a name or a ratio."""
_NO_QUANTITY_AFTER = re.compile(
    r"\s?(?:[A-Za-z_]|[年月日号期版章届款式型]|世纪|时(?!间)|点(?!\d)|分(?![之别列])|后(?![续者])|财年|部[门委]|[〕\]】]|[-—–:：/]\d|[.．、)）](?!\d))"
)
_LATIN_UNIT = re.compile(r"[A-Za-z]+")


def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of a text in their order."""
    plain = _WIDE_COMMA.sub(",", text).translate(_WIDE)
    found = [quantity for match in _ARABIC.finditer(plain) if (quantity := _arabic(plain, match))]
    taken = [(quantity.start, quantity.end) for quantity in found]
    found += [
        quantity
        for match in _WORDS.finditer(plain)
        if not _touches(taken, match.start()) and (quantity := _in_words(plain, match))
    ]
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _touches(taken: list[tuple[int, int]], at: int) -> bool:
    return any(start <= at <= end for start, end in taken)


def _arabic(text: str, match: re.Match[str]) -> Quantity | None:
    unit = (match["unit2"] or match["unit"] or "").strip()
    if _is_other(text, match, unit):
        return None
    name, factor = _unit(unit)
    magnitude = (match["magnitude2"] or match["magnitude"] or "").strip()
    factor *= MAGNITUDES.get(magnitude, Decimal(1))
    first, last = match["number"], match["upper"] or match["number"]
    low, high = (Decimal(number.replace(",", "")) for number in (first, last))
    lower = MAGNITUDES.get((match["magnitude"] or "").strip()) if match["upper"] else None
    sign = -1 if match["sign"] else 1
    return _quantity(
        text,
        match.span(),
        low=sign * low * (lower or factor),
        high=sign * high * factor,
        unit=name,
        step=_last_place(last) * factor,
        more=match["more"] or match["more2"],
    )


def _is_other(text: str, match: re.Match[str], unit: str) -> bool:
    """Tell whether a number is a year, a date, an ordinal, part of a name or of a list's mark."""
    start, end = match.span()
    if _NO_QUANTITY_BEFORE.search(text, max(0, start - 4), start):
        return True
    if unit:
        return False
    if match["magnitude"] or match["magnitude2"]:
        return re.match(r"\s?[A-Za-z号]", text[end : end + 2]) is not None
    number = match["number"]
    is_year_or_code = re.fullmatch(r"(?:19|20)\d\d|0\d+", number) is not None
    return is_year_or_code or bool(
        _NO_QUANTITY_AFTER.match(text, end) or _NAME_BEFORE.search(text, max(0, start - 2), start)
    )


def _unit(written: str) -> tuple[str, Decimal]:
    main, slash, per = written.replace("／", "/").partition("/")
    name, factor = UNITS.get(main, (main, Decimal(1)))
    return name + slash + per, factor


def _last_place(number: str) -> Decimal:
    return Decimal(10) ** -len(number.partition(".")[2])


def _in_words(text: str, match: re.Match[str]) -> Quantity | None:
    if text[max(0, match.start() - 1) : match.start()] in (
        "第",
        "数",
        "几",
        "十",
        "百",
        "千",
        "万",
        "每",
        "任",
        "统",
    ):
        return None
    reading = _read_words(match)
    if reading is None:
        return None
    value, step, unit = reading
    more = match["more"]
    return _quantity(
        text, match.span(), low=value, high=value, unit=unit, step=step, more=more, in_words=True
    )


def _read_words(match: re.Match[str]) -> tuple[Decimal, Decimal, str] | None:
    if match["half"]:
        return Decimal(50), Decimal(10), PERCENT
    if match["double"]:
        return Decimal(2), Decimal(1), TIMES
    if match["tenths"]:
        return (parse_numeral(match["tenths"]) or (Decimal(0), Decimal(1)))[0] * 10, Decimal(10), PERCENT
    if match["part"]:
        whole, of = parse_numeral(match["part"][:-2]), parse_numeral(match["of"])
        if not whole or not of or not whole[0]:
            return None
        if match["part"] == "百分之":
            return of[0], of[1], PERCENT
        return of[0] * 100 / whole[0], Decimal(5), PERCENT
    number = parse_numeral(match["number"])
    name, factor = _unit(match["unit"])
    return number and (number[0] * factor, number[1] * factor, name)


def _quantity(
    text: str,
    span: tuple[int, int],
    *,
    low: Decimal,
    high: Decimal,
    unit: str,
    step: Decimal,
    more: str | None,
    in_words: bool = False,
) -> Quantity:
    start, end = span
    before, after = _BEFORE.search(text, max(0, start - 16), start), _AFTER.match(text, end)
    is_more = bool(more) or bool(after and after["over"])
    bound = Bound.OVER if is_more else _bound(before) or _bound(after) or Bound.EXACT
    if bound is Bound.EXACT and _ABOUT_A_SHARE.search(text, max(0, start - 18), start):
        bound = Bound.ABOUT
    return Quantity(
        start=start,
        end=end,
        outer=(before.start() if before else start, after.end() if after else end),
        text=text[start:end],
        low=min(low, high),
        high=max(low, high),
        unit=unit,
        step=step,
        bound=bound,
        in_words=in_words,
    )


def _bound(match: re.Match[str] | None) -> Bound | None:
    return Bound[str(match.lastgroup).upper()] if match else None


def in_range(found: tuple[Quantity, ...], start: int, end: int) -> Iterator[Quantity]:
    """Yield the quantities that stand in part of a text."""
    return (quantity for quantity in found if start <= quantity.start < end)


_CELL = re.compile(rf"(?P<about>约|近)?\s?(?P<sign>[-−－+＋])?(?P<number>{_DIGITS})\s?(?P<percent>%)?")


def cell_quantity(text: str, unit: str = "") -> Quantity | None:
    """Return the one quantity that a table's cell holds, which `unit` names where the cell does not."""
    plain = text.strip()
    match = _CELL.fullmatch(plain.translate(_WIDE))
    if match is None:
        found = quantities(plain)
        whole = len(found) == 1 and found[0].outer[1] - found[0].outer[0] >= len(plain) - 1
        return found[0] if whole else None
    value = Decimal(match["number"].replace(",", "")) * (-1 if match["sign"] in ("-", "−", "－") else 1)
    start = text.index(plain)
    return Quantity(
        start=start + match.start("number"),
        end=start + match.end(),
        outer=(start, start + len(plain)),
        text=plain[match.start("number") :],
        low=value,
        high=value,
        unit=PERCENT if match["percent"] else unit,
        step=_last_place(match["number"]),
        bound={"约": Bound.ABOUT, "近": Bound.NEARLY}.get(match["about"] or "", Bound.EXACT),
    )

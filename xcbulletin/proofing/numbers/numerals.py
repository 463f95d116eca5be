"""Numbers written in Chinese characters: 三万五千, 一点五, 两."""

from decimal import Decimal

DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SECTIONS = {"万": 10**4, "亿": 10**8}


def parse_numeral(text: str) -> tuple[Decimal, Decimal] | None:
    """Return the value and what its last place is worth (三万五千: 35000 and 1000); None where it is no number."""
    whole, point, decimals = text.partition("点")
    if point:
        return _with_decimals(whole, decimals)
    if len(whole) > 1 and all(mark in DIGITS for mark in whole):
        return Decimal("".join(str(DIGITS[mark]) for mark in whole)), Decimal(1)
    return _with_places(whole)


def _with_decimals(whole: str, decimals: str) -> tuple[Decimal, Decimal] | None:
    before = parse_numeral(whole)
    if before is None or not decimals or any(mark not in DIGITS for mark in decimals):
        return None
    step = Decimal(10) ** -len(decimals)
    return before[0] + step * int("".join(str(DIGITS[mark]) for mark in decimals)), step


def _with_places(text: str) -> tuple[Decimal, Decimal] | None:
    total = section = digit = 0
    step = 1
    fresh = False
    for mark in text:
        if mark in DIGITS:
            if fresh:
                return None
            digit, step, fresh = DIGITS[mark], 1, mark not in "零〇"
        elif mark in _TENS:
            section += (digit if fresh else 1) * _TENS[mark]
            digit, step, fresh = 0, _TENS[mark], False
        elif mark in _SECTIONS:
            place = _SECTIONS[mark]
            total = (
                (total + section + digit) * place
                if place > max(total, 1)
                else total + (section + digit) * place
            )
            section, digit, step, fresh = 0, 0, step * place, False
        else:
            return None
    return (Decimal(total + section + digit), Decimal(step)) if text else None

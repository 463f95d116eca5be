"""Dates and issue numbers as a masthead or a cover prints them."""

import calendar
import re
from datetime import date

from xcbulletin.manuscript.importing.blocks import Origin
from xcbulletin.model import Problem

_HAN_DIGITS = {char: index for index, char in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0, "О": 0}
_DATE = re.compile(
    r"(?P<year>\d{4}|[〇○零一二三四五六七八九]{4})\s*[年./-]\s*(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})"
    r"(?:\s*[月./-]\s*(?:(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*(?:日|号)?)?|(?!\s*[\d期卷]))"
)
_NUMBER = re.compile(r"(?<!总)(?<!总第)第\s*(\d{1,4}|[一二三四五六七八九十]{1,3})\s*期")
_TOTAL = re.compile(r"总\s*(?:第\s*)?(\d{1,5}|[一二三四五六七八九十百]{1,6})\s*期")


def find_date(text: str) -> tuple[date, bool] | None:
    """Return the first date in a line, and whether its day was given; without one, the month's last day."""
    for match in _DATE.finditer(text):
        year = int("".join(str(_HAN_DIGITS.get(char, char)) for char in match["year"]))
        month, day = parse_number(match["month"]), match["day"]
        if not (1900 <= year <= 2200 and 1 <= month <= 12):
            continue
        last = calendar.monthrange(year, month)[1]
        number = parse_number(day) if day else last
        if 1 <= number <= last:
            return date(year, month, number), bool(day)
    return None


def find_number(text: str) -> int | None:
    """Return the issue's number within its year."""
    match = _NUMBER.search(text)
    return None if match is None else parse_number(match[1]) or None


def find_total_number(text: str) -> int | None:
    """Return the issue's number counted from the first issue."""
    match = _TOTAL.search(text)
    return None if match is None else parse_number(match[1]) or None


def without_numbers(text: str) -> str:
    """Return what is left of a line when dates, numbers and what surrounds them are taken out."""
    year_before_number = re.sub(rf"\d{{4}}\s*年?\s*(?={_NUMBER.pattern})", "", text)
    rest = _NUMBER.sub("", _TOTAL.sub("", _DATE.sub("", year_before_number)))
    return re.sub(
        r"[\s（）()\[\]【】·•|｜—–\-,，:：。]|出版|日期|期号|编印时间|星期[一二三四五六日天]", "", rest
    )


def missing_date(line: int, without: str, issue_date: date | None, origin: Origin) -> Problem:
    """Return the remark that a file gives no date; `without` says so where the issue is named for no month."""
    if issue_date is None:
        return origin.remark(line, "date", without, "请改正 issue.yaml 里的 date")
    message = f"原文没有出版日期，按期号记为 {issue_date}"
    return origin.remark(line, "date", message, "请核对 issue.yaml 里的 date")


def parse_number(text: str) -> int:
    """Return a number below a thousand, in digits or in Han."""
    if text.isdecimal():
        return int(text)
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    total = 100 * (_HAN_DIGITS.get(hundreds, 1) if "百" in text else 0)
    return total + (10 * _HAN_DIGITS.get(tens[-1:], 1) if ten else 0) + _HAN_DIGITS.get(ones[-1:], 0)

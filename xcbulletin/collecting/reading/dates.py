"""Dates as Chinese sites write them. A date that could be read in two ways is none: no date is wrong silently.

What is read: ISO 8601 and RFC 822 with their sloppy cousins, Chinese forms with digits or numerals, today and
yesterday and so many hours ago, epoch seconds and milliseconds, all of them with words around (`occasions`). A time without
zone is in the source's zone, a date without time is that day at 00:00, a date without year is the nearest past.
Not read: the day of a deadline, an event or a plan, digits that may count or number something, `05/06/2024` (but `13/05/2024` is), `24-05-06`, two unlike dates without a word that tells which one
is that of publication, “3个月前”, anything before 1995 or more than a day ahead.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from html import unescape
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from xcbulletin.collecting.items import DateSource
from xcbulletin.collecting.reading.occasions import (
    is_mere_number,
    is_of_another_thing,
    is_of_publication,
    is_plainly_past,
)

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=24)
"""How far ahead of the fetch a date may lie."""
APART = timedelta(days=2)
"""How far apart the dates of feed and address may lie before it is worth a word."""

_LONGEST = 300
_SHORT = 60
"""Characters of text beyond which days without year, and so many days ago, are a story's and not its date."""
_SKEW = timedelta(hours=1)

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ANY_MONTH = rf"(?:{_MONTH}|(?P<m>\d{{1,2}})\s*月)"
_TIME = (
    r"(?P<half>上午|下午|午后|中午|晚上|晚间|夜间|傍晚|凌晨|清晨|早上|早晨|[ap]\.?m\b\.?)?\s*"
    r"(?P<hour>\d{1,2})"
    r"(?:\s*:\s*(?P<minute>\d{1,2})(?:\s*:\s*(?P<second>\d{1,2})(?:[.,]\d{1,9})?)?(?![\d:])"
    r"|\s*[时点](?:\s*(?P<minute2>\d{1,2})(?:\s*分(?:\s*(?P<second2>\d{1,2})\s*秒)?)?(?!\d)|(?P<past>半)|整|钟)?"
    r"|(?=\s*[ap]\.?m\b))"
    r"(?:\s*(?P<late>[ap]\.?m\b\.?))?"
)
_ZONE = (
    r"\s*[(\[]?(?P<place>北京时间|中国标准时间|(?:[A-Za-z]{1,4}(?!\w)))?\s*[)\]]?"
    r"(?P<gap>\s*)(?P<sign>[+-])?(?(sign)(?P<offset_hours>\d{1,2})(?::?(?P<offset_minutes>\d{2}))?(?!\d))"
)
_WEEKDAY = r"(?:星期|周|礼拜)[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?"
_GAP = re.compile(rf"[\s,()|·]*(?:{_WEEKDAY})?[\s,()|·-]*(?:T|at\s)?\s*", re.IGNORECASE)
_CLOCK = re.compile(_TIME, re.IGNORECASE)
_ZONED = re.compile(_ZONE)
_CLOCK_BEFORE = re.compile(rf"(?<![\d:])(?:{_TIME})[\s,|·]*$", re.IGNORECASE)

_OFFSET_WRITTEN = r"[+-](?:0\d|1[0-4])"
_RFC_822 = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?(\d{{2}}) ([A-Z][a-z]{{2}}) (\d{{4}}) (\d{{2}}:\d{{2}}:\d{{2}}) (GMT|{_OFFSET_WRITTEN}[0-5]\d)",
    re.ASCII,
)
_RFC_3339 = re.compile(
    rf"\d{{4}}-\d{{2}}-\d{{2}}T\d{{2}}:\d{{2}}:\d{{2}}(?:Z|{_OFFSET_WRITTEN}:[0-5]\d)", re.ASCII
)
_FULL = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2024-05-06, 2024/5/6, 2024.05.06
        r"(?<![\d./-])(?P<y>\d{4})\s*(?P<sep>[-./])\s*(?P<m>\d{1,2})\s*(?P=sep)\s*(?P<d>\d{1,2})(?!\d|[./-]\d)",
        # 2024年5月6日, 24年5月6日
        r"(?<!\d)(?<!民国)(?<!令和)(?<!平成)(?P<y>\d{4}|\d{2})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})(?:\s*[日号]|(?=[\s,)]|$))",
        # 20240506, 20240506143000, 20240506T143000
        r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:T?(?P<hh>\d{2})(?P<mm>\d{2})(?P<ss>\d{2})?)?(?![\d.])",
        # 06 May 2024, 6th May, 2024, 06-May-24, 06 5月 2024
        rf"(?<![\w:+])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s,.-]*(?:of\s+)?{_ANY_MONTH}[\s,.-]+(?P<y>\d{{4}}|\d{{2}})(?![\d:])",
        # May 6, 2024
        rf"(?<![a-z]){_MONTH}\.?\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s,]+(?P<y>\d{{4}})(?!\d)",
        # Mon May  6 14:30:00 CST 2024
        rf"(?<![a-z]){_ANY_MONTH}\s+(?P<d>\d{{1,2}})\s+(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s*[A-Z]{{1,4}})?(?:\s*[+-]\d{{2}}:?\d{{2}})?)\s+(?P<y>\d{{4}})(?!\d)",
        # 2024 May 6, 2024-May-06
        rf"(?<!\d)(?P<y>\d{{4}})[\s-]+{_MONTH}[\s-]+(?P<d>\d{{1,2}})(?![\d:])",
        # 13/05/2024, where it can be read in one way only
        r"(?<![\d./-])(?P<one>\d{1,2})(?P<sep>[-./])(?P<other>\d{1,2})(?P=sep)(?P<y>\d{4})(?!\d|[./-]\d)",
        # 06 | 2024-05, as many lists of ministries set it
        r"^\W*(?P<d>\d{2})\s*/?\s*(?P<y>\d{4})\s*[-./年]\s*(?P<m>\d{1,2})\s*月?\W*$",
        r"^\W*(?P<y>\d{4})\s*[-./年]\s*(?P<m>\d{1,2})\s*月?\s+(?P<d>\d{1,2})\W*$",
        # 2024 05-06
        r"^\W*(?P<y>\d{4})\s*年?\s+(?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?!\d|[./-])",
    )
)
_YEARLESS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![\d年农历])(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})(?:\s*[日号]|(?=[\s,)]|$))",
        r"(?:^|(?<=[\s:\[(|]))(?P<m>\d{2})-(?P<d>\d{2})(?=$|[\s\])|,])",
        r"(?:^|(?<=[\s:\[(|]))(?P<m>\d{1,2})-(?P<d>\d{1,2})(?=[\s|,]+\d{1,2}:\d{2})",
        r"(?:^|(?<=[\s:\[(|]))(?P<m>\d{1,2})/(?P<d>\d{1,2})(?=[\s|,]+\d{1,2}:\d{2})",
    )
)
_YEAR = re.compile(r"(?<!\d)(?:1[89]|2[01])\d{2}(?!\d)|年")
_SPAN = re.compile(r"\s*(?:[-~至到]|to\b)+\s*\d{1,4}\s*[年月日./-]")

_EPOCH = re.compile(r"^(?:/?Date\()?(\d{10}|\d{13}|\d{16})(?:\.\d+)?(?:[+-]\d{4})?(?:\)/?)?$")
_EPOCH_UNITS = {10: 1, 13: 1_000, 16: 1_000_000}

_DAYS_BACK = {"今": 0, "昨": 1, "前": 2}
_DAY_WORD = re.compile(r"(?<!大)(?P<word>[今昨前])[天日]|\b(?P<english>today|yesterday)\b", re.IGNORECASE)
_NOW = re.compile(r"刚刚|刚才|\bjust now\b", re.IGNORECASE)
_UNIT = r"个?小时|个?钟头|分钟|分|秒钟?|天|日"
_AGO = re.compile(rf"(?<![\d.~-])(?P<amounts>(?:\d{{1,4}}\s*(?:{_UNIT})\s*)+)(?:之前|以前|前)")
_AGO_ENGLISH = re.compile(
    r"(?<![\d.])(?P<n>\d{1,4}|an?)\s*(?P<unit>sec|min|h|d)(?:ond|ute|our|r|ay)?s?\s*ago\b", re.IGNORECASE
)
_HALF_AN_HOUR = re.compile(r"(?<![\d个])半个?(?:小时|钟头)前")
_RELATIVE = (_DAY_WORD, _NOW, _HALF_AN_HOUR, _AGO, _AGO_ENGLISH)
_AMOUNT = re.compile(rf"(\d{{1,4}})\s*({_UNIT})")

_NUMERAL = re.compile(
    r"(?<![期周拜廿卅几数两〇○零一二三四五六七八九十])"
    r"([〇○零一二两三四五六七八九十廿卅]+)(?=\s*(?:[年月日号时点分秒天]|个?小时|个?钟头))"
)
_DIGITS = {"〇": 0, "○": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_DIGITS |= {"七": 7, "八": 8, "九": 9}
_ALIKE = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−〜", "-"), "∶": ":", "點": "点", "時": "时", "週": "周", "後": "后"}
)

_MORNING = frozenset({"上午", "清晨", "早上", "早晨"})
_FROM_MIDNIGHT = frozenset({"凌晨", "am"})
_AFTERNOON = frozenset({"下午", "午后", "pm"})
_EVENING = frozenset({"晚上", "晚间", "夜间", "傍晚"})
_FROM = {
    **dict.fromkeys(_MORNING | _FROM_MIDNIGHT, range(0)),
    **dict.fromkeys(_AFTERNOON, range(13, 24)),
    **dict.fromkeys(_EVENING, range(16, 24)),
    "中午": range(11, 15),
}
"""The hours of 24 that go with a word for the time of day."""
_OFFSETS = {"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "WEST": 1, "CEST": 2, "EET": 2, "MSK": 3}
_OFFSETS |= {
    "EEST": 3,
    "CST": 8,
    "BJT": 8,
    "CCT": 8,
    "HKT": 8,
    "SGT": 8,
    "PHT": 8,
    "AWST": 8,
    "JST": 9,
    "KST": 9,
}
_OFFSETS |= {"EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AEST": 10}
_OFFSETS |= {"北京时间": 8, "中国标准时间": 8}
_AMBIGUOUS = frozenset({"IST", "BST", "AST", "ADT", "ECT", "SST", "ACT", "AMT", "GST", "MSD"})
_ANCHORS = frozenset({None, "GMT", "UTC", "UT", "Z"})

_IN_URL = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<y>(?:199|20\d)\d)[-/_](?P<m>\d{1,2})[-/_](?P<d>\d{1,2})(?=$|[^\d.]|\.(?:s?html?|aspx?|php|jsp))",
        r"/(?P<y>(?:199|20\d)\d)[-/]?(?P<m>\d{2})/?(?P<d>\d{2})(?=[/_])",
        r"(?<![\dA-Za-z])[A-Za-z]?(?P<y>(?:199|20\d)\d)(?P<m>\d{2})(?P<d>\d{2})(?=$|[_/.A-Z-])",
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated:
    """A date and the witness for it."""

    published: datetime | None = None
    """UTC."""
    source: DateSource | None = None
    unread: str | None = None
    """What stood where the date should be, if it could not be read."""
    apart: bool = False
    """Whether the address tells another day."""


class _UnreadableError(Exception):
    """What stands there looks like a date or time and is none, or could be two."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Day:
    """A day found in a text."""

    start: int
    end: int
    month: int
    day: int
    year: int | None = None
    clock: str = ""
    """The time with its zone, where it stands inside the date."""
    digits: bool = False
    """Whether nothing but eight digits, or more, makes it look like a day."""

    def on(self, year: int) -> date:
        """Return the day in a year."""
        try:
            return date(year, self.month, self.day)
        except ValueError as error:
            raise _UnreadableError from error


def parse_date(text: str, zone: ZoneInfo, fetched: datetime) -> datetime | None:
    """Return the moment that `text` tells, in UTC; None where it cannot be trusted. Never raises.

    `zone` is that of the source, `fetched` the time against which relative words are read.
    """
    try:
        moment = _standard(text) or _written(_plain(text), zone, fetched)
    except (_UnreadableError, OverflowError):
        return None
    return moment.astimezone(UTC) if moment and is_plausible(moment, fetched) else None


def is_plausible(moment: datetime, fetched: datetime) -> bool:
    """Tell whether something may have been published at `moment`, seen at `fetched`."""
    return EARLIEST <= moment <= fetched + AHEAD


def date_in_url(url: str, zone: ZoneInfo) -> datetime | None:
    """Return the day that the path of an address tells (`/2024-05/06/`, `t20240506_`), in UTC."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    days = {day for pattern in _IN_URL for match in pattern.finditer(path) if (day := _url_day(match))}
    return _midnight(days.pop(), zone).astimezone(UTC) if len(days) == 1 else None


def dated(
    texts: tuple[str | None, ...], url: str | None, zone: ZoneInfo, fetched: datetime, given: DateSource
) -> Dated:
    """Return the date of an entry: of the first of `texts` that can be read, else of its address."""
    written = [text.strip() for text in texts if text and text.strip()]
    witness = date_in_url(url, zone) if url else None
    if witness and not is_plausible(witness, fetched):
        witness = None
    for text in written:
        if moment := parse_date(text, zone, fetched):
            apart = witness is not None and not -APART < moment - witness < APART + timedelta(days=1)
            return Dated(published=moment, source=given, apart=apart)
    unread = written[0][:_LONGEST] if written else None
    return Dated(published=witness, source=DateSource.URL if witness else None, unread=unread)


def _standard(text: str) -> datetime | None:
    """Read what most feeds write, RFC 822 or RFC 3339 to the letter; None for all else, which takes longer."""
    try:
        if match := _RFC_822.fullmatch(text):
            day, month, year, clock, offset = match.groups()
            number = _MONTHS.index(month.lower()) + 1
            return datetime.fromisoformat(f"{year}-{number:02}-{day}T{clock}{offset.replace('GMT', 'Z')}")
        return datetime.fromisoformat(text) if _RFC_3339.fullmatch(text) else None
    except ValueError:
        return None


def _written(text: str, zone: ZoneInfo, fetched: datetime) -> datetime | None:
    return _epoch(text) or _absolute(text, zone, fetched) or _relative(text, zone, fetched)


def _plain(text: str) -> str:
    """Return text in one writing: half width, digits for numerals, without tags."""
    text = unescape(re.sub(r"<[^<>]*>", " ", text[:_LONGEST]))
    text = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    return re.sub(r"\s+", " ", _NUMERAL.sub(lambda match: _number(match[1]), text)).strip()


def _number(numeral: str) -> str:
    """Return a Chinese numeral in digits: 二〇二四 is 2024, 廿六 is 26, 三十一 is 31."""
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    if "十" not in numeral:
        return "".join(str(_DIGITS[character]) for character in numeral)
    tens, _, units = numeral.partition("十")
    if len(tens) > 1 or len(units) > 1 or "十" in units:
        return numeral
    return str(10 * _DIGITS.get(tens, 1) + _DIGITS.get(units, 0))


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.match(text)
    if not match:
        return None
    return datetime.fromtimestamp(int(match[1]) / _EPOCH_UNITS[len(match[1])], UTC)


def _absolute(text: str, zone: ZoneInfo, fetched: datetime) -> datetime | None:
    day = _the_day(text, list(_days(text, fetched)))
    if day is None:
        return None
    clock, offset = _clock(day.clock, 0, zone) if day.clock else _clock_beside(text, day, zone)
    if day.year is not None:
        return _at(day.on(day.year), clock, offset or zone)
    return _nearest_past(day, clock, offset or zone, fetched)


def _days(text: str, fetched: datetime) -> Iterator[_Day]:
    """Find the days told in a text; those without year only if no year is told anywhere."""
    taken = [False] * (len(text) + 1)
    for pattern in (*_FULL, *(() if len(text) > _SHORT or _YEAR.search(text) else _YEARLESS)):
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                yield _day(match, text, fetched)


def _day(match: re.Match[str], text: str, fetched: datetime) -> _Day:
    parts = match.groupdict()
    if parts.get("one"):
        parts["m"], parts["d"] = _month_and_day(parts["one"], parts["other"])
    month = _MONTHS.index(parts["name"][:3].lower()) + 1 if parts.get("name") else int(parts["m"])
    found = _Day(
        start=match.start(),
        end=match.end(),
        month=month,
        day=int(parts["d"]),
        clock=parts.get("clock") or "",
        digits="hh" in parts,
    )
    if parts.get("hh"):
        found = replace(
            found, clock=f"{parts['hh']}:{parts['mm']}:{parts['ss'] or '00'}" + text[match.end() :]
        )
    return replace(found, year=_year(parts["y"], found, text, fetched)) if parts.get("y") else found


def _month_and_day(one: str, other: str) -> tuple[str, str]:
    if one == other or int(other) > 12:
        return one, other
    if int(one) > 12:
        return other, one
    raise _UnreadableError


def _year(written: str, day: _Day, text: str, fetched: datetime) -> int:
    year = int(written)
    if len(written) == 4:
        return year
    year += 2000 if year <= fetched.year - 1999 else 1900
    weekday = f"{day.on(year):%a}".lower()
    if "年" not in text and not re.match(rf"\W*{weekday}", text, re.IGNORECASE):
        raise _UnreadableError
    return year


def _the_day(text: str, days: list[_Day]) -> _Day | None:
    """Return the day of publication among those found.

    Two unlike ones without a word for it are none, nor is a span, nor the day of something else.
    """
    if len({(day.year, day.month, day.day) for day in days}) > 1:
        days = [day for day in days if is_of_publication(text, day.start)]
        if len({(day.year, day.month, day.day) for day in days}) != 1:
            raise _UnreadableError
    if days and _SPAN.match(text, days[0].end):
        raise _UnreadableError
    own = [day for day in days if not _is_foreign(text, day)]
    if days and not own:
        raise _UnreadableError
    return own[0] if own else None


def _is_foreign(text: str, day: _Day) -> bool:
    return is_of_another_thing(text, day.start, day.end) or (
        day.digits and is_mere_number(text, day.start, day.end)
    )


def _clock_beside(text: str, day: _Day, zone: ZoneInfo) -> tuple[time, timezone | None]:
    """Read the time after or before a day; without one it is 00:00."""
    gap = _GAP.match(text, day.end)
    after = gap.end() if gap else day.end
    if _CLOCK.match(text, after):
        return _clock(text, after, zone)
    if before := _CLOCK_BEFORE.search(text[: day.start]):
        return _clock(before[0], 0, zone)
    if re.match(r"\s*\d{1,2}\s*:", text[after:]):
        raise _UnreadableError
    return time(), None


def _clock(text: str, start: int, zone: ZoneInfo) -> tuple[time, timezone | None]:
    match = _CLOCK.match(text, start)
    if not match:
        raise _UnreadableError
    zoned = _ZONED.match(text, match.end())
    return _time(match), _offset(zoned, match, zone) if zoned else None


def _time(match: re.Match[str]) -> time:
    minute = 30 if match["past"] else int(match["minute"] or match["minute2"] or 0)
    second = min(int(match["second"] or match["second2"] or 0), 59)
    hour = _hour(int(match["hour"]), (match["half"] or match["late"] or "").lower().replace(".", ""))
    try:
        return time(hour, minute, second)
    except ValueError as error:
        raise _UnreadableError from error


def _hour(hour: int, half: str) -> int:
    """Return the hour of 24; what contradicts itself or could be noon or midnight is unreadable."""
    if (half in _MORNING and hour < 12) or (half in _FROM_MIDNIGHT and hour <= 12):
        return hour % 12
    if half in _AFTERNOON and hour <= 12:
        return hour % 12 + 12
    if (half in _EVENING and 4 <= hour <= 11) or (half == "中午" and hour <= 2):
        return hour + 12
    if hour > 23 or (half in _FROM and hour not in _FROM[half]):
        raise _UnreadableError
    return hour


def _offset(zoned: re.Match[str], clock: re.Match[str], zone: ZoneInfo) -> timezone | None:
    place = zoned["place"]
    if place and place.upper() in ("Z", "GMT", "UTC", "UT"):
        place = place.upper()
    if place in _AMBIGUOUS:
        raise _UnreadableError
    if zoned["sign"]:
        return _written_offset(zoned, clock, place)
    if place == "CST" and zone.key.startswith("America/"):
        return None
    return timezone(timedelta(hours=_OFFSETS[place])) if place in _OFFSETS else None


def _written_offset(zoned: re.Match[str], clock: re.Match[str], place: str | None) -> timezone | None:
    hours, minutes = int(zoned["offset_hours"]), int(zoned["offset_minutes"] or 0)
    is_span = zoned["sign"] == "-" and place is None and clock["second"] is None
    if is_span or hours > 14 or minutes > 59 or place not in _ANCHORS | {"CST"}:
        raise _UnreadableError
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if zoned["sign"] == "+" else -offset)


def _at(day: date, clock: time, zone: timezone | ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _nearest_past(day: _Day, clock: time, zone: timezone | ZoneInfo, fetched: datetime) -> datetime:
    year = fetched.astimezone(zone).year
    for candidate in (year + 1, year, year - 1):
        if (day.month, day.day) == (2, 29) and candidate % 4:
            continue
        moment = _at(day.on(candidate), clock, zone)
        if moment <= fetched + _SKEW:
            return moment
    raise _UnreadableError


def _relative(text: str, zone: ZoneInfo, fetched: datetime) -> datetime | None:
    if len(text) > _SHORT:
        return None
    match = next((found for pattern in _RELATIVE if (found := pattern.search(text))), None)
    if match is None:
        return None
    if not is_plainly_past(text, match.end()) or is_of_another_thing(text, match.start(), match.end()):
        raise _UnreadableError
    return _back(text, match, zone, fetched)


def _back(text: str, match: re.Match[str], zone: ZoneInfo, fetched: datetime) -> datetime:
    if match.re is _DAY_WORD:
        return _so_many_days_back(text, match, zone, fetched)
    if match.re is _NOW:
        return fetched
    if match.re is _HALF_AN_HOUR:
        return fetched - timedelta(minutes=30)
    if match.re is _AGO:
        return _ago([(int(n), unit) for n, unit in _AMOUNT.findall(match["amounts"])], zone, fetched)
    n = int(match["n"]) if match["n"].isdigit() else 1
    units = {"s": "秒", "m": "分", "h": "小时", "d": "天"}
    return _ago([(n, units[match["unit"][0].lower()])], zone, fetched)


def _so_many_days_back(text: str, match: re.Match[str], zone: ZoneInfo, fetched: datetime) -> datetime:
    word = match["word"] or {"today": "今", "yesterday": "昨"}[match["english"].lower()]
    day = fetched.astimezone(zone).date() - timedelta(days=_DAYS_BACK[word])
    found = _Day(start=match.start(), end=match.end(), month=day.month, day=day.day, year=day.year)
    clock, offset = _clock_beside(text, found, zone)
    moment = _at(day, clock, offset or zone)
    if moment > fetched + _SKEW:
        raise _UnreadableError
    return moment


def _ago(amounts: list[tuple[int, str]], zone: ZoneInfo, fetched: datetime) -> datetime:
    """Return the moment so long ago; where only days are told, it is that day at 00:00."""
    names = {"天": "days", "日": "days", "小": "hours", "钟": "hours", "分": "minutes", "秒": "seconds"}
    moment = fetched - sum(
        (timedelta(**{names[unit.lstrip("个")[0]]: n}) for n, unit in amounts), start=timedelta()
    )
    if all(unit in ("天", "日") for _, unit in amounts):
        return _midnight(moment.astimezone(zone).date(), zone)
    return moment


def _url_day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return None

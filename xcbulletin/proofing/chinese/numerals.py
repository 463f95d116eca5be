"""How figures are written: ranges, per cent, years, units."""

import re
from collections.abc import Iterator, Sequence

from xcbulletin.model import Severity
from xcbulletin.proofing.chinese.marking import around, mark
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.proofing.passages import Passage

RANGE = Rule(
    id="numbers-range",
    family=Family.TEXT,
    name="数值范围的写法",
    severity=Severity.WARNING,
    why="范围用浪纹线“～”，年月日的起止用一字线“—”，不用半角连字符；百分号和万、亿前后都要写。",
    basis="GB/T 15835—2011 5.1.3；GB/T 15834—2011 4.13",
    weight=0.1,
)
MIXED = Rule(
    id="numbers-mixed",
    family=Family.TEXT,
    name="同类数字两种写法",
    severity=Severity.WARNING,
    why="同一篇里同类的数字用同一种写法，或用“%”，或用“百分之”。",
    basis="GB/T 15835—2011 4.3 “同类别同形式”",
    weight=0.1,
)
YEAR = Rule(
    id="numbers-year",
    family=Family.TEXT,
    name="年份的写法",
    severity=Severity.WARNING,
    why="年份写足四位；用汉字写的，零作“〇”。",
    basis="GB/T 15835—2011 5.1.4、5.2.3",
    weight=0.1,
)
LARGE = Rule(
    id="numbers-large",
    family=Family.TEXT,
    name="大数的写法",
    severity=Severity.WARNING,
    why="阿拉伯数字后面只跟“万”“亿”，不跟“百万”“千万”“百亿”。",
    basis="GB/T 15835—2011 5.1.2",
    weight=0.1,
)
ESTIMATE = Rule(
    id="numbers-estimate",
    family=Family.TEXT,
    name="概数里用了顿号",
    severity=Severity.WARNING,
    why="相邻的两个数字连用表示概数时，中间不用顿号。",
    basis="GB/T 15835—2011 5.2.2；GB/T 15834—2011 4.5.3.4",
    weight=0.1,
)
UNIT = Rule(
    id="numbers-unit",
    family=Family.TEXT,
    name="计量单位的大小写",
    severity=Severity.WARNING,
    why="单位符号的大小写有定规：千克 kg、千米 km、千瓦 kW、千伏 kV。",
    basis="GB 3100—1993《国际单位制及其应用》",
    weight=0.1,
)
RULES = (RANGE, MIXED, YEAR, LARGE, ESTIMATE, UNIT)

_UNITS = r"[%％‰℃]|个百分点|万|亿|千瓦|年代|年|个|月|日|天|周|岁|倍|家|项|人|元|吨|台|套|次|名|米|公里|千米|小时|分钟|亩|户|件|种|条|辆|H[12]|之间|左右|以上|以下|多|余"
_HYPHEN = re.compile(
    rf"(?<![\dA-Za-z.\-—/第号〔］\]])(\d{{1,4}}(?:\.\d+)?)([%％万亿]?)(-|－|–|~)(\d{{1,5}}(?:\.\d+)?)(?=\s?(?:{_UNITS}))"
)
_HALVED = re.compile(r"(?<![\d.—\-])(\d+(?:\.\d+)?)([～~])(\d+(?:\.\d+)?)([%％]|万|亿)(?!分)")
_WORDED = re.compile(r"百分之(?:[一二三四五六七八九十百零〇点]{1,8}|\d+(?:\.\d+)?)(?![百几])")
_IDIOM = re.compile(r"百分之(?:百(?!分)|一百)")
_FIGURED = re.compile(r"\d[%％]")
_SHORT_YEAR = re.compile(
    r"(?<![\d.—～~\-])([012]\d)年(?=(?:1[0-2]|[1-9])(?:[—～-]\d{1,2})?月(?!龄))"
    r"|(?:(?<=[，。；（从自到于至])|\A)([012]\d)年(?=[上下]半年|第[一二三四]季度|年底)"
)
_ZERO_YEAR = re.compile(r"(?<![一二三四五六七八九〇零])(?:一九|二零|二〇)[零〇一二三四五六七八九]{2}年")
_LARGE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)(百|千|十)(万|亿)")
_ESTIMATE = re.compile(
    r"(?<![一二三四五六七八九十第、])([一二三四五六七八])、([二三四五六七八九])(?=天|岁|十|百|千米|千|万|个月|公里|里地|米)"
)
_UNIT = re.compile(
    r"(?<=\d)\s?(KG|Kg|KM|Km|CM|KWH|Kwh|kwh|KWh|kWH|KW|Kw|kw|mw|KV|Kv|kv|KHZ|Khz|khz|MHZ|Mhz|mhz|GHZ|Ghz|ghz|ML|gwh|Gwh|mwh|Mwh|gw|Gw)(?![A-Za-z0-9])"
)
_RIGHT_UNITS = {
    unit.casefold().replace("·", ""): unit
    for unit in ("kg", "km", "cm", "kW·h", "kW", "MW", "kV", "kHz", "MHz", "GHz", "mL", "GW·h", "MW·h", "GW")
}
_ORDER = "一二三四五六七八九"
_POWERS = {"十": 10, "百": 100, "千": 1000}


def find(passages: Sequence[Passage]) -> Iterator[Finding]:
    """Yield figures that are written otherwise than the standard has them."""
    for passage in passages:
        yield from _ranges(passage)
        yield from _halved(passage)
        yield from _years(passage)
        yield from _large(passage)
        yield from _estimates(passage)
        yield from _units(passage)
    yield from _mixed(passages)


def _ranges(passage: Passage) -> Iterator[Finding]:
    for match in _HYPHEN.finditer(passage.text):
        first, sign, hyphen, last = match.groups()
        start = match.start()
        unit = re.match(rf"\s?({_UNITS})", passage.text[match.end() :])
        is_span = bool(unit and _is_span(first, last, unit[1]))
        if is_span and (hyphen == "~" or (len(first) == 4 and unit and unit[1] in "月日")):
            continue  # 2002-08 is no range
        right_mark = "—" if is_span else "～"
        shared = unit[1] if unit and unit[1] in "%％万亿" and not sign else ""
        right = f"{first}{sign or shared}{right_mark}{last}"
        shown = f"{match[0]}{unit[0] if unit else ''}"
        yield mark(
            RANGE,
            passage,
            (start, match.end()),
            f"“{shown}”的起止之间用了“{hyphen}”",
            f"请改为“{right}{unit[0] if unit else ''}”",
            change=None if _is_unclear(first, last, unit) else (start, match.end(), right),
        )


def _is_unclear(first: str, last: str, unit: re.Match[str] | None) -> bool:
    """Tell whether 26-27年 may as well be two years as a number of them."""
    return bool(unit and unit[1] == "年") and len(first) == len(last) == 2 and int(last) - int(first) == 1


def _is_span(first: str, last: str, unit: str) -> bool:
    """Tell whether a range runs from one date to another, rather than from one quantity to another."""
    if unit in ("月", "日"):
        return "." not in first + last
    return unit == "年代" or (len(first) == 4 and (unit in ("H1", "H2") or (unit == "年" and len(last) == 4)))


def _halved(passage: Passage) -> Iterator[Finding]:
    for match in _HALVED.finditer(passage.text):
        first, _tilde, last, sign = match.groups()
        right = f"{first}{sign}～{last}{sign}"
        message = f"“{match[0]}”前一个数少了“{sign}”"
        yield mark(RANGE, passage, match.span(), message, f"请改为“{right}”", change=(*match.span(), right))


def _years(passage: Passage) -> Iterator[Finding]:
    for match in _SHORT_YEAR.finditer(passage.text):
        message = f"“{around(passage, *match.span())}”里的年份只写了两位"
        change = (match.start(), match.start(), "20")
        yield mark(YEAR, passage, match.span(), message, f"请改为“20{match[0]}”", change=change)
    for match in _ZERO_YEAR.finditer(passage.text):
        if "零" in match[0]:
            right = match[0].replace("零", "〇")
            message = f"“{match[0]}”里的“零”应为“〇”"
            yield mark(
                YEAR, passage, match.span(), message, f"请改为“{right}”", change=(*match.span(), right)
            )


def _large(passage: Passage) -> Iterator[Finding]:
    for match in _LARGE.finditer(passage.text):
        number, power, unit = match.groups()
        right = f"{float(number) * _POWERS[power]:g}{unit}"
        change = (*match.span(), right) if float(number) * _POWERS[power] < 10000 else None
        message = f"“{match[0]}”里阿拉伯数字后面跟了“{power}{unit}”"
        yield mark(LARGE, passage, match.span(), message, f"请改为“{right}”", change=change)


def _estimates(passage: Passage) -> Iterator[Finding]:
    for match in _ESTIMATE.finditer(passage.text):
        if _ORDER.index(match[2]) - _ORDER.index(match[1]) == 1:
            right = match[1] + match[2]
            message = f"“{around(passage, *match.span())}”里的概数用了顿号"
            yield mark(
                ESTIMATE, passage, match.span(), message, f"请改为“{right}”", change=(*match.span(), right)
            )


def _units(passage: Passage) -> Iterator[Finding]:
    for match in _UNIT.finditer(passage.text):
        right = _RIGHT_UNITS[match[1].casefold()]
        if match[1] != right:
            message = f"单位“{match[1]}”应为“{right}”"
            yield mark(
                UNIT, passage, match.span(1), message, f"请改为“{right}”", change=(*match.span(1), right)
            )


def _mixed(passages: Sequence[Passage]) -> Iterator[Finding]:
    """Yield the first 百分之 of each file that writes % as well."""
    figured = {passage.file for passage in passages if _FIGURED.search(passage.text)}
    told: set[str] = set()
    for passage in passages:
        match = next((one for one in _WORDED.finditer(passage.text) if not _IDIOM.match(one[0])), None)
        if match and passage.file in figured - told:
            told.add(passage.file)
            message = f"“{match[0]}”与本篇别处的“%”写法不一"
            yield mark(MIXED, passage, match.span(), message, "请统一用一种写法")

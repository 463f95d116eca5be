"""Comparisons worked out again: 比……多出, 由……增至……, 同比, 是……的几倍."""

import re
from collections.abc import Iterator
from decimal import Decimal

from xcbulletin.model import Severity
from xcbulletin.proofing.findings import Family, Rule
from xcbulletin.proofing.numbers.quantities import Bound, Quantity
from xcbulletin.proofing.numbers.reckoning import Reckoned, difference, growth, percentage, ratio
from xcbulletin.proofing.numbers.sentences import NO_Q, SHORT, Q, Sentence, alike, is_amount
from xcbulletin.proofing.numbers.slips import Slip, wrong_figure
from xcbulletin.proofing.numbers.units import PERCENT, POINTS, TIMES

COMPARISON = Rule(
    id="comparison-wrong",
    family=Family.NUMBERS,
    name="比较的数算不对",
    severity=Severity.WARNING,
    why="句中写明了两个数，又写明一个比另一个多（少）多少；按这两个数重算，结果与印出的不同。",
    basis="GB/T 15835-2011《出版物上数字用法》；统计数字四舍五入的通例",
    weight=1,
)
GROWTH = Rule(
    id="growth-wrong",
    family=Family.NUMBERS,
    name="增减幅度算不对",
    severity=Severity.WARNING,
    why="句中写明了前后两个数和增减幅度；按两个数重算，结果与印出的不同。如按可比口径计算，请写明。",
    basis="国家统计局关于同比、环比、百分点的指标解释",
    weight=1,
)
MULTIPLE = Rule(
    id="multiple-wrong",
    family=Family.NUMBERS,
    name="倍数算不对",
    severity=Severity.WARNING,
    why="句中写明了两个数和两者的倍数；相除的结果与印出的不同。“增长到几倍”包括底数，“增长几倍”不包括底数。",
    basis="GB/T 15835-2011《出版物上数字用法》",
    weight=1,
)

_MORE = "多出|高出|多|高|增加|增长|提高|上升|提升|增|涨|快"
_LESS = "少|低|减少|下降|降低|下滑|缩短|减|降|慢"
_COMPARED = re.compile(
    rf"(?P<than>(?<![占对同环])比{SHORT}{{0,24}}?[（(]?)(?P<base>{Q})[）)]?{SHORT}{{0,8}}?"
    rf"(?P<verb>{_MORE}|{_LESS})了?(?P<by>{Q})"
)
_RISE = "(?:增|升|涨|增加|增长|提高|上升|扩大|提升|攀升|跃升|上涨|发展|增大)"
_FALL = "(?:降|减|跌|下降|减少|降低|回落|缩减|压缩|缩短|下滑|下跌|缩小)"
_MOVE = rf"(?:由|从){SHORT}{{0,20}}?(?P<base>{Q}){SHORT}{{0,14}}?(?:(?P<rise>{_RISE})|{_FALL})(?:至|到|为)了?{SHORT}{{0,10}}?(?P<to>{Q})"
_MOVED = re.compile(_MOVE)
_MOVED_BY = re.compile(
    rf"{_MOVE}{NO_Q}{{0,3}}?[，,（(、]?(?P<between>{SHORT}{{0,10}}?)(?P<verb>{_MORE}|{_LESS}|增幅|升幅|降幅|涨幅|跌幅|增速)"
    rf"(?:达到?|为|了)?(?P<by>{Q})"
)
_LAST_YEAR = re.compile(
    rf"(?P<mark>上年同期|去年同期|上年|去年|前一年|上一年|上月|(?<!\d)(?P<year>(?:19|20)\d\d)\s?年)(?:同期)?"
    rf"(?:[\u4e00-\u9fff]{{1,6}}?(?=[为是达]))?"
    rf"(?:的|为|是|仅为|则为|只有|达到?|约为)?[（(]?(?P<base>{Q})"
)
_GREW = re.compile(
    rf"(?:同比|比上年|较上年|比去年|较去年|环比|年)?(?P<verb>增长|增加|上升|提高|下降|减少|降低|下滑|上涨|下跌|[增升涨降跌]幅)(?:达到?|为|了)?(?P<by>{Q})"
)
_FIGURE_BEFORE = re.compile(rf"{Q}[）)]?[，,；;（(]?\Z")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?年")
_NOT_BY_VALUES = re.compile(
    "可比|不变价|口径|调整|剔除|扣除|名义|实际|年均|平均|复合|预计|预测|目标|计划|将|累计|环比|左右摆动|增速|目标值"
)
_TIMES_OF = re.compile(
    rf"(?P<before>{Q}){NO_Q}{{0,8}}?[，,]?(?:是|为|相当于|约为|只有|仅为|仅相当于|只相当于)"
    rf"(?P<name>{SHORT}{{1,20}}?)[（(]?(?P<base>{Q})[）)]?的(?P<by>{Q})"
)
_OF_BEFORE = re.compile(
    rf"{_MOVE}{NO_Q}{{0,3}}?[，,]?(?:是|为|相当于|达到?)(?:原来|原先|过去|之前|当初|期初)的(?P<by>{Q})"
)
_SUBJECT = re.compile(rf"{Q}[）)]?[，,；;](?P<name>[\u4e00-\u9fff]{{2,8}})\Z")
_TO_TIMES = re.compile(rf"(?:增长|扩大|增加|提高|上升)(?:到|至|为){SHORT}{{0,6}}?(?P<by>{Q})")
_SAME_AS = re.compile(rf"(?:是|为|相当于|约为|只有|仅为)(?P<name>[\u4e00-\u9fff]{{2,8}}?)的(?P<by>{Q})")


def comparisons(sentence: Sentence, _before: Sentence | None) -> Iterator[Slip]:
    """Yield where A stands above or below B, and both are given, by another amount."""
    for match in _COMPARED.finditer(sentence.masked):
        base, by = sentence.quantity(match["base"]), sentence.quantity(match["by"])
        subjects = alike(base, sentence.inside(0, match.start()))
        if subjects and base.unit:
            yield from _check_change(COMPARISON, subjects[-1], base, by, match["verb"], certain=True)


def movements(sentence: Sentence, _before: Sentence | None) -> Iterator[Slip]:
    """Yield where a figure went from A to B, and by another amount than these say."""
    for match in _MOVED.finditer(sentence.masked):
        base, to = sentence.quantity(match["base"]), sentence.quantity(match["to"])
        if base.unit and base.unit == to.unit:
            yield from _check_direction(base, to, rises=bool(match["rise"]))
    for match in _MOVED_BY.finditer(sentence.masked):
        base, to, by = (sentence.quantity(match[name]) for name in ("base", "to", "by"))
        if base.unit == to.unit and not _NOT_BY_VALUES.search(match["between"]):
            yield from _check_change(GROWTH, to, base, by, match["verb"], certain=True)


def _check_direction(base: Quantity, to: Quantity, *, rises: bool) -> Iterator[Slip]:
    low, high = (base, to) if rises else (to, base)
    if low.interval[0] > high.interval[1]:
        yield Slip(
            rule=GROWTH,
            start=to.start,
            end=to.end,
            message=f"从{base.words}到{to.words}是{'降' if rises else '升'}，句中却说{'升' if rises else '降'}",
            suggestion="核对两个数，或改正说法",
            severity=Severity.ERROR if base.is_exact and to.is_exact else None,
        )


def years(sentence: Sentence, before: Sentence | None) -> Iterator[Slip]:
    """Yield where this year's and last year's figures give another growth than is printed."""
    masked = sentence.masked
    grown = [
        match for match in _GREW.finditer(masked) if sentence.quantity(match["by"]).unit in (PERCENT, TIMES)
    ]
    if (
        len(grown) != 1
        or _NOT_BY_VALUES.search(sentence.words())
        or (before and _NOT_BY_VALUES.search(before.words()))
    ):
        return
    by = sentence.quantity(grown[0]["by"])
    if not _FIGURE_BEFORE.search(masked[: grown[0].start()]):
        return
    for match in _LAST_YEAR.finditer(masked):
        base = sentence.quantity(match["base"])
        others = alike(base, sentence.quantities)
        if is_amount(base) and len(others) == 1 and _is_earlier(match, sentence, others[0]):
            if not _belong_together(sentence, others[0], base, by):
                continue
            yield from _check_change(GROWTH, others[0], base, by, grown[0]["verb"])


def _belong_together(sentence: Sentence, new: Quantity, old: Quantity, by: Quantity) -> bool:
    """Tell whether nothing else stands between two years' figures and the growth, which opens none of them."""
    first, last = min(new.start, old.start), max(by.start, old.start)
    between = [one for one in sentence.quantities if first <= one.start <= last and is_amount(one)]
    return first < by.start and new.start < by.start and len(between) == 2


def _is_earlier(match: re.Match[str], sentence: Sentence, other: Quantity) -> bool:
    """Tell whether the figure behind a year is that of the year before."""
    if not match["year"]:
        return True
    named = [int(year) for year in _YEAR.findall(sentence.text[sentence.start : other.start])]
    return bool(named) and named[-1] == int(match["year"]) + 1


def multiples(sentence: Sentence, before: Sentence | None) -> Iterator[Slip]:
    """Yield where A is not as many times B as is printed."""
    masked = sentence.masked
    done: set[int] = set()
    for match in _TIMES_OF.finditer(masked):
        mine, base, by = (sentence.quantity(match[name]) for name in ("before", "base", "by"))
        done.add(by.start)
        if mine.unit == base.unit:
            yield from _check_ratio(mine, base, by)
    for match in _OF_BEFORE.finditer(masked):
        base, to, by = (sentence.quantity(match[name]) for name in ("base", "to", "by"))
        if base.unit and base.unit == to.unit:
            done.add(by.start)
            yield from _check_ratio(to, base, by)
    for match in _TO_TIMES.finditer(masked):
        pair = sentence.inside(0, match.start())
        by = sentence.quantity(match["by"])
        if by.unit == TIMES and len(pair) == 2 and is_amount(pair[0]) and pair[0].unit == pair[1].unit:
            done.add(by.start)
            yield from _check_ratio(pair[1], pair[0], by)
    for match in _SAME_AS.finditer(masked):
        by = sentence.quantity(match["by"])
        if by.start not in done:
            yield from _named_ratio(sentence, before, match, by)


def _named_ratio(
    sentence: Sentence, before: Sentence | None, match: re.Match[str], by: Quantity
) -> Iterator[Slip]:
    """Check “是德国的54%” where 德国 stands with its figure nearby."""
    mine = [other for other in sentence.inside(0, match.start()) if is_amount(other)]
    base = _figure_of(match["name"], sentence, match.start()) or (
        before and _figure_of(match["name"], before, len(before.masked))
    )
    subject = _SUBJECT.search(sentence.masked[: match.start()])
    named = subject and _figure_of(subject["name"], sentence, match.start())
    who = named or (mine[-1] if mine else None)
    if who and base and base is not who and base.unit == who.unit:
        yield from _check_ratio(who, base, by)


def _figure_of(name: str, sentence: Sentence, end: int) -> Quantity | None:
    found = re.findall(rf"{re.escape(name)}{SHORT}{{0,8}}?({Q})", sentence.masked[:end])
    return sentence.quantity(found[0]) if len(found) == 1 else None


def _check_ratio(mine: Quantity, base: Quantity, by: Quantity) -> Iterator[Slip]:
    reckoned = percentage(mine, base) if by.unit == PERCENT else ratio(mine, base)
    if by.unit in (PERCENT, TIMES) and reckoned and not reckoned.agrees(by):
        yield wrong_figure(MULTIPLE, by, reckoned, f"{mine.words}除以{base.words}", certain=True)


def _check_change(
    rule: Rule, new: Quantity, old: Quantity, by: Quantity, verb: str, *, certain: bool = False
) -> Iterator[Slip]:
    reckoned = _change(new, old, by)
    if reckoned is None:
        return
    falls = bool(re.match(rf"(?:{_LESS}|下|降|跌)", verb))
    reckoned = reckoned.scaled(Decimal(-1)) if falls else reckoned
    if not reckoned.agrees(by):
        yield wrong_figure(rule, by, reckoned, f"{_who(new)}与{_who(old)}相比", certain=certain)


def _change(new: Quantity, old: Quantity, by: Quantity) -> Reckoned | None:
    """Return in the unit of `by` how far `new` is above `old`."""
    if new.unit == old.unit == PERCENT and by.unit in (POINTS, PERCENT):
        return difference(new, old) if by.unit == POINTS else None
    if by.unit == PERCENT:
        return growth(new, old)
    if by.unit == TIMES:
        risen = growth(new, old)
        return risen and risen.scaled(Decimal("0.01"))
    return difference(new, old) if by.unit == new.unit == old.unit else None


def _who(quantity: Quantity) -> str:
    return ("约" if quantity.bound is Bound.ABOUT else "") + quantity.words

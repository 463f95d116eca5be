"""Shares and sums worked out again: 占, 合计, 其中, 分别."""

import re
from collections.abc import Iterator

from xcbulletin.model import Severity
from xcbulletin.proofing.findings import Family, Rule
from xcbulletin.proofing.numbers.numerals import DIGITS
from xcbulletin.proofing.numbers.quantities import Quantity
from xcbulletin.proofing.numbers.reckoning import percentage, total
from xcbulletin.proofing.numbers.sentences import NO_Q, SHORT, Q, Sentence, alike, is_amount
from xcbulletin.proofing.numbers.slips import Slip, wrong_figure
from xcbulletin.proofing.numbers.units import PERCENT

SHARE = Rule(
    id="share-wrong",
    family=Family.NUMBERS,
    name="占比算不对",
    severity=Severity.WARNING,
    why="文中写明了部分、总体和占比；按部分除以总体重算，结果与印出的不同。",
    basis="统计数字四舍五入的通例；GB/T 15835-2011《出版物上数字用法》",
    weight=1,
)
SUM = Rule(
    id="sum-wrong",
    family=Family.NUMBERS,
    name="合计与分项不符",
    severity=Severity.WARNING,
    why="句中写明了各分项和合计；各分项相加与合计不同，或者“其中”的一部分比总数还大。",
    basis="统计数字的通例",
    weight=1,
)
RESPECTIVELY = Rule(
    id="respectively-uneven",
    family=Family.NUMBERS,
    name="“分别”前后数目不等",
    severity=Severity.WARNING,
    why="“分别”前面列了几项，后面就应有几个数；数目不等，读者对不上号。",
    basis="《现代汉语词典》“分别”；GB/T 15834-2011《标点符号用法》顿号",
    weight=1,
)

_SHARE = re.compile(
    rf"(?P<part>{Q})[）)]?(?:[，,]?(?:同比|比上年|较上年)?(?:增长|下降|增加|减少){Q})?[，,、]?(?:合计|共|已|约|大约|仅|只|均)?(?:占比?)(?P<whole>{SHORT}{{0,18}}?)的?"
    rf"(?:比重|比例|份额|比)?(?:约?为|达到?|约)?(?P<share>{Q})"
)
_SHARE_OF_GIVEN = re.compile(
    rf"(?P<part>{Q})[）)]?[，,]?(?:约|仅|只)?占(?P<name>{SHORT}{{1,12}}?)(?P<whole>{Q})的(?P<share>{Q})"
)
_OUT_OF = re.compile(rf"在(?P<whole>{Q}){SHORT}{{0,8}}?[中里]")
_ANY_WHOLE = re.compile(r"(?:全部|总数|总量|总额|总计|其|总体|总)?的?\Z")
_SUM = re.compile(
    rf"(?P<count>[两二三四五六七八九十2-9]){SHORT}{{1,6}}?"
    rf"(?:合计|共计|总计|之和|加起来|相加)(?:为|达到?|约为|有|共)?{SHORT}{{0,6}}?(?P<sum>{Q})"
)
_SUM_OF_TWO = re.compile(rf"{Q}[）)]?[，,；;]?(?:合计|共计|总计)(?:为|达到?|约为)?(?P<sum>{Q})")
_NOT_TWO_PARTS = re.compile("其中|比|同期|上年|去年|由|从|计划|目标|累计完成")
_SHARE_OF_SUM = re.compile(
    rf"(?P<count>[两二三四五六七八九十2-9]){SHORT}{{1,6}}?(?:合计|共|一共)约?占(?P<share>{Q})"
)
_SUM_OF_LIST = re.compile(
    rf"分别(?:为|是|有|达到?)?(?P<list>{Q}(?:[、，,和及与]{Q})+)[，,]?(?:合计|共计|总计|总共)(?:为|达到?|约为|有)?{SHORT}{{0,6}}?(?P<sum>{Q})"
)
_AMONG = re.compile(rf"(?P<whole>{Q}){NO_Q}{{0,24}}?[，,（(；;。]?其中[，,]?{SHORT}{{0,16}}?(?P<part>{Q})")
_NO_TOTAL = re.compile("均|每|率|价|比|增|降|密度|强度|指数|最高|最低|得分")
_EVENLY = re.compile(
    rf"(?P<names>[^，,；;。：:{Q[1:-1]}]+)(?:分别)(?:{SHORT}{{0,6}}?)(?P<list>{Q}(?:[、，,和及与以]{{1,2}}{Q})+)(?![、和及与])"
)
_MANY = 20
"""Figures of a sentence that a sum may be of."""
_COUNTED = re.compile(
    rf"(?P<count>[三四五六七八九])[家大](?:(?![、第前季月年期])[\u4e00-\u9fff]){{0,6}}?分别{SHORT}{{0,6}}?"
    rf"(?P<list>{Q}(?:[、，,和及与以]{{1,2}}{Q})+)(?![、和与及]|以及)"
)
_NO_NAMES = re.compile(r"[的\d]|[一二三四五六七八九十]、")
_NAMES = re.compile("[、和与及]|以及")


def shares(sentence: Sentence, before: Sentence | None) -> Iterator[Slip]:
    """Yield where a part is another share of its whole than is printed."""
    for match in _SHARE.finditer(sentence.masked):
        part, share = sentence.quantity(match["part"]), sentence.quantity(match["share"])
        if share.unit != PERCENT or not is_amount(part):
            continue
        whole = _whole(sentence, before, match, part)
        reckoned = whole and percentage(part, whole)
        if (
            whole
            and reckoned
            and not reckoned.agrees(share)
            and not _explained(share, part, sentence, before)
        ):
            yield wrong_figure(SHARE, share, reckoned, f"{part.words}占{whole.words}", certain=True)
    for match in _SHARE_OF_GIVEN.finditer(sentence.masked):
        part, whole, share = (sentence.quantity(match[name]) for name in ("part", "whole", "share"))
        reckoned = percentage(part, whole)
        if (
            share.unit == PERCENT
            and is_amount(part)
            and part.unit == whole.unit
            and reckoned
            and not reckoned.agrees(share)
        ):
            yield wrong_figure(SHARE, share, reckoned, f"{part.words}占{whole.words}", certain=True)


def _whole(
    sentence: Sentence, before: Sentence | None, match: re.Match[str], part: Quantity
) -> Quantity | None:
    """Return what the part is a share of, where the words leave no doubt."""
    masked, at = sentence.masked, match.start()
    name = match["whole"]
    among = masked.rfind("其中", 0, at)
    if among >= 0 and _ANY_WHOLE.fullmatch(name):
        found = alike(part, sentence.inside(0, among)) or (before and alike(part, before.quantities)) or []
        return found[-1] if found and found[-1].value >= part.value else None
    out_of = _OUT_OF.search(masked[:at])
    if out_of and _ANY_WHOLE.fullmatch(name):
        everything = sentence.quantity(out_of["whole"])
        return everything if everything.unit == part.unit and everything.value >= part.value else None
    if not name and before and "合计" in masked[:at]:
        found = alike(part, before.quantities)
        return found[0] if len(found) == 1 and found[0].value >= part.value else None
    if len(name) < 2:
        return None
    for place, end in ((sentence, at), (before, len(before.masked) if before else 0)):
        if place and (whole := _named(place, name, part, end)):
            return whole
    return None


def _named(sentence: Sentence, name: str, part: Quantity, end: int) -> Quantity | None:
    """Return the quantity of a clause that speaks of `name`, as 全国 or 新能源汽车销量."""
    key = re.sub(r"\A(?:全部|总|当月|同期|当年|其)|(?:总量|总数|总额|的|量|总计)\Z", "", name)
    pattern = rf"(?<![，。；]其中){re.escape(key)}{SHORT}{{0,12}}?({Q})" if len(key) >= 2 else r"(?!)"
    found = [sentence.quantity(mark) for mark in re.findall(pattern, sentence.masked[:end])]
    found = [whole for whole in found if whole.unit == part.unit and whole is not part]
    return found[0] if len(found) == 1 and found[0].value >= part.value else None


def _explained(share: Quantity, part: Quantity, sentence: Sentence, before: Sentence | None) -> bool:
    """Tell whether the share is that of another whole nearby."""
    near = (*(before.quantities if before else ()), *sentence.quantities)
    wholes = [reckoned for whole in alike(part, near) if (reckoned := percentage(part, whole))]
    return any(reckoned.agrees(share) for reckoned in wholes)


def sums(sentence: Sentence, _before: Sentence | None) -> Iterator[Slip]:
    """Yield where parts that are said to be counted together give another sum."""
    masked = sentence.masked
    for match in _SUM.finditer(masked):
        printed = sentence.quantity(match["sum"])
        count = _count(match["count"])
        parts = alike(printed, sentence.inside(0, match.start()))[-count:]
        if len(parts) == count:
            yield from _check_sum(printed, parts, sentence)
    for match in _SUM_OF_LIST.finditer(masked):
        printed = sentence.quantity(match["sum"])
        listed = sentence.inside(*match.span("list"))
        if all(part.unit == printed.unit for part in listed):
            yield from _check_sum(printed, list(listed), sentence)
    for match in _SUM_OF_TWO.finditer(masked):
        printed = sentence.quantity(match["sum"])
        pair = alike(printed, sentence.inside(0, match.start() + 1))
        if len(pair) == 2 and is_amount(printed) and not _NOT_TWO_PARTS.search(masked[: match.start()]):
            yield from _check_sum(printed, pair, sentence)


def _check_sum(printed: Quantity, parts: list[Quantity], sentence: Sentence) -> Iterator[Slip]:
    reckoned = total(parts)
    near = alike(printed, sentence.quantities)[:_MANY]
    others = [near[start:end] for start in range(len(near)) for end in range(start + 2, len(near) + 1)]
    if not reckoned.agrees(printed) and not any(total(other).agrees(printed) for other in others):
        yield wrong_figure(SUM, printed, reckoned, f"{'＋'.join(part.words for part in parts)}", certain=True)


def shares_of_sums(sentence: Sentence, before: Sentence | None) -> Iterator[Slip]:
    """Yield where “两国合计占” is another share of the whole that the sentence before names."""
    for match in _SHARE_OF_SUM.finditer(sentence.masked):
        share, count = sentence.quantity(match["share"]), _count(match["count"])
        amounts = [one for one in sentence.inside(0, match.start()) if is_amount(one)]
        wholes = alike(amounts[-1], before.quantities) if before and amounts else []
        added = [one for one in amounts if one.unit == amounts[-1].unit]
        if share.unit == PERCENT and len(wholes) == 1 and len(added) == count:
            reckoned = total(added).share_of(wholes[0])
            if reckoned and not reckoned.agrees(share):
                how = f"（{'＋'.join(one.words for one in added)}）占{wholes[0].words}"
                yield wrong_figure(SHARE, share, reckoned, how, certain=True)


def _count(numeral: str) -> int:
    return 10 if numeral == "十" else DIGITS.get(numeral) or int(numeral)


def parts(sentence: Sentence, _before: Sentence | None) -> Iterator[Slip]:
    """Yield where a part is larger than what it is a part of."""
    for match in _AMONG.finditer(sentence.masked):
        whole, part = sentence.quantity(match["whole"]), sentence.quantity(match["part"])
        if not is_amount(whole) or whole.unit != part.unit or "/" in whole.unit:
            continue
        words = sentence.masked[max(0, match.start() - 16) : match.end()]
        if part.interval[0] > whole.interval[1] and not _NO_TOTAL.search(words):
            yield Slip(
                rule=SUM,
                start=part.start,
                end=part.end,
                message=f"“其中”的{part.words}比总数{whole.words}还大",
                suggestion="核对两个数和单位",
            )


def respectively(sentence: Sentence, _before: Sentence | None) -> Iterator[Slip]:
    """Yield where 分别 joins three things or more with another number of figures."""
    for match in _EVENLY.finditer(sentence.masked):
        names = [name for name in _NAMES.split(match["names"]) if name]
        listed = sentence.inside(*match.span("list"))
        plain = (
            len(names) >= 3
            and not _NO_NAMES.search(match["names"])
            and all(len(name) <= 8 for name in names[:-1])
        )
        if plain and len({quantity.unit for quantity in listed}) == 1 and len(listed) != len(names):
            yield Slip(
                rule=RESPECTIVELY,
                start=listed[0].start,
                end=listed[-1].end,
                message=f"“分别”前面有 {len(names)} 项（{'、'.join(names)}），后面有 {len(listed)} 个数，对不上",
                suggestion="补上缺的，或删去多的",
            )
    for match in _COUNTED.finditer(sentence.masked):
        listed = sentence.inside(*match.span("list"))
        count = _count(match["count"])
        if len({quantity.unit for quantity in listed}) == 1 and len(listed) != count:
            yield Slip(
                rule=RESPECTIVELY,
                start=listed[0].start,
                end=listed[-1].end,
                message=f"“分别”前面说有{match['count']}个，后面有 {len(listed)} 个数，对不上",
                suggestion="补上缺的，或删去多的",
            )

"""What quantities are about, as far as the words before them say it for sure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xcbulletin.proofing.numbers.quantities import Bound, Quantity
from xcbulletin.proofing.numbers.sentences import SHORT, Q, Sentence, is_amount
from xcbulletin.proofing.numbers.units import PERCENT

_CLAUSE = re.compile(r"[，,；;。！？：:（(、\n]")
_VERB = re.compile(
    r"(?:已?(?:共有|达到|达|为|是|有|共|计|至|到|约|超|破|以|仅|只|就|的|了|已|实现|完成|突破|接近|增至|升至|降至|增加到|增长到|合计|总计|"
    r"高达|多达|获得|拥有|申请|吸纳|入驻|建成|开通|覆盖|大约|大概|目前|累计达|规模达|首次|再次|也|均|将|能|可))+\Z"
)
_CHANGE = re.compile(
    r"(?:增加|减少|增长|下降|提高|降低|多|少|多出|新增加?了?|上升|下滑|回落|净增|扩大|缩短|退坡|降价|高|低|差|相差|相当于|比|较)了?\Z"
)
_TIME = re.compile(
    r"\A(?:截至|截止到?|到|自|从|在|于|近|过去|目前|当前|今年|去年|上年|同期|当月|全年|本月)?"
    r"(?:(?:19|20)\d\d\s?年)?(?:\d{1,2}(?:[—–\-～~至]\d{1,2})?\s?月)?(?:\d{1,2}\s?日)?"
    r"(?:上半年|下半年|[一二三四]季度|年末|年底|月末|底|末|初|全年|期间|以来|中|前|时)?[，,]?"
)
_TIME_LAST = re.compile(r"(?:在|于|到)?(?:(?:19|20)\d\d\s?年|今年|去年|上年)(?:底|末|全年)?\Z")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?年|(去年|上年|前年|今年|明年)")
_SEASON = re.compile(
    r"(?<!\d)(\d{1,2}(?:\s?[—–\-～~至]\s?\d{1,2})?)\s?月|(上半年|下半年|[一二三四]季度|年末|年底|月末|当月|同期|全年)"
)
_PLANNED = re.compile(
    "预计|预测|预期|目标|计划|力争|规划|将(?!近)|有望|到20[2-9]\\d年|拟|设想|估算|推算|不少于|如果|若|假设|门槛|上限|标准|每"
)
_EXPLAINED = re.compile(
    "口径|统计范围|不同机构|另一|修订|不一致|出入|误|更正|原为|有的|媒体报道|不能直接|不宜|未计"
)
_QUALIFIERS = re.compile(
    "新增|累计|人均|户均|平均|日均|月均|出口|进口|规模以上|规上|首批|第[一二三四五六七八九]批|在用|新装|存量|单月|当月|国内|海外|境外|"
    "其他|其中|有效|发明|实用新型|授权|申请|民用|公共|城镇|农村|装车|出货|产量|销量|产值|收入|利润|投资|装机|发电|用电|毛利|净"
)
_SCOPES = {
    "中国": ("中国", "我国", "全国", "国内", "本国"),
    "全球": ("全球", "世界", "国际市场"),
    **{
        name: (name,)
        for name in [
            "美国",
            "日本",
            "韩国",
            "德国",
            "英国",
            "法国",
            "俄罗斯",
            "印度",
            "欧盟",
            "欧洲",
            "北美",
            "亚洲",
            "加拿大",
            "以色列",
            "新加坡",
            "澳大利亚",
            "巴西",
            "荷兰",
            "瑞典",
            "北京",
            "上海",
            "天津",
            "重庆",
            "广东",
            "江苏",
            "浙江",
            "山东",
            "河南",
            "河北",
            "四川",
            "湖北",
            "湖南",
            "安徽",
            "福建",
            "江西",
            "陕西",
            "山西",
            "辽宁",
            "吉林",
            "黑龙江",
            "广西",
            "云南",
            "贵州",
            "甘肃",
            "青海",
            "宁夏",
            "新疆",
            "西藏",
            "海南",
            "内蒙古",
            "台湾",
            "香港",
            "澳门",
            "深圳",
            "广州",
            "杭州",
            "苏州",
            "南京",
            "武汉",
            "成都",
            "西安",
            "郑州",
            "洛阳",
            "长三角",
            "珠三角",
            "京津冀",
        ]
    },
    "全省": ("全省", "我省", "本省"),
    "许昌": ("许昌", "我市", "全市", "本市"),
}
_SCOPE_OF = {word: scope for scope, words in _SCOPES.items() for word in words}
_PLACES = "|".join(sorted(_SCOPE_OF, key=len, reverse=True))
_SCOPE = re.compile(_PLACES)
_SCOPE_FIRST = re.compile(rf"\A(?:其中|而|在|从|据|以)?(?P<place>{_PLACES})(?:市场|范围内|省|市|地区)?")
_SCOPE_LAST = re.compile(rf"(?P<place>{_PLACES})(?:省|市)?\Z")
_TOTALS = re.compile(r"(?:总数量|总数|总量|总额|总计|数量|总规模|件数|总)\Z")
_SHARE = re.compile(rf"\A[）)]?[，,]?{SHORT}{{0,4}}?占(?P<whole>{SHORT}{{2,16}}?)的?(?P<share>{Q})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """That something is so many."""

    quantity: Quantity
    subject: str
    """Without place and time: 人工智能专利申请; never empty."""
    qualifiers: frozenset[str]
    scope: str | None
    """The place that it is about."""
    years: frozenset[str]
    seasons: frozenset[str]
    share: tuple[str, Quantity] | None
    """Of which place's whole it is how much."""
    context: str
    """Text in which its subject may be completed."""


def claims(sentences: Sequence[Sentence], context: str) -> Iterator[Claim]:
    """Yield what a passage's sentences say of things that can be told; `context` holds its title and its text."""
    for sentence in sentences:
        words = sentence.words()
        if not _PLANNED.search(words) and not _EXPLAINED.search(words):
            yield from _claims(sentence, context)


def _claims(sentence: Sentence, context: str) -> Iterator[Claim]:
    for index, quantity in enumerate(sentence.quantities):
        if (
            not is_amount(quantity)
            or quantity.in_words
            or quantity.bound is Bound.UNDER
            or quantity.low != quantity.high
        ):
            continue
        before = sentence.text[sentence.start : quantity.outer[0]]
        clause = _CLAUSE.split(before)[-1]
        if index:
            clause = clause[
                -max(0, quantity.outer[0] - sentence.quantities[index - 1].outer[1]) or len(clause) :
            ]
        subject = _subject(clause)
        if len(subject) >= 4:
            yield _claim(sentence, index, subject, clause, context)


def _claim(sentence: Sentence, index: int, subject: str, clause: str, context: str) -> Claim:
    quantity = sentence.quantities[index]
    before = sentence.text[sentence.start : quantity.outer[0]]
    return Claim(
        quantity=quantity,
        subject=subject,
        qualifiers=frozenset(_QUALIFIERS.findall(clause)),
        scope=_scope(before),
        years=frozenset(_last(_YEAR, before)),
        seasons=frozenset(_last(_SEASON, before)),
        share=_share(sentence, index),
        context=context,
    )


def _subject(clause: str) -> str:
    """Return what a clause speaks of; empty where its figure is a change, or nothing is left."""
    bare = clause.strip(" “”‘’")
    if _CHANGE.search(bare):
        return ""
    bare = _VERB.sub("", bare)
    if _CHANGE.search(bare) or "占" in bare or "比" in bare:
        return ""
    bare = _TIME.sub("", _SCOPE_FIRST.sub("", _TIME.sub("", bare))).replace("的", "")
    bare = _TOTALS.sub("", _TIME_LAST.sub("", bare))
    return re.sub(r"量\Z", "", bare)


def _scope(before: str) -> str | None:
    """Return the place that the nearest clause to name one begins or ends with."""
    for clause in reversed(_CLAUSE.split(before)):
        bare = _TIME.sub("", clause.strip())
        if match := _SCOPE_FIRST.match(bare) or _SCOPE_LAST.search(bare):
            return _SCOPE_OF[match["place"]]
    return None


def _last(pattern: re.Pattern[str], before: str) -> Iterator[str]:
    found = pattern.findall(before)
    if found:
        yield next(part for part in found[-1] if part)


def _share(sentence: Sentence, index: int) -> tuple[str, Quantity] | None:
    masked = sentence.masked
    at = next(place for place, mark in enumerate(masked) if mark == chr(0xE000 + index))
    match = _SHARE.match(masked[at + 1 :])
    if match is None:
        return None
    share, place = sentence.quantity(match["share"]), _SCOPE.search(match["whole"])
    return (_SCOPE_OF[place[0]], share) if place and share.unit == PERCENT else None

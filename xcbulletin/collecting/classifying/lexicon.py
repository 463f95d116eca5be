"""Which industries a text speaks of, by the words and companies of `sources/industries.yaml`."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from hashlib import sha256
from itertools import takewhile

from xcbulletin.model import Industry


class Tier(StrEnum):
    """What a term is to its industry."""

    SUB_SECTOR = "sub_sector"
    COMPANY = "company"
    WORD = "word"
    STOP = "stop"


class Place(IntEnum):
    """Where in an item a term stands; the foremost counts."""

    SUBJECT = 0
    """At the head of the title: whom or what the item is about."""
    TITLE = 1
    LEAD = 2
    REST = 3


POINTS: Mapping[Tier, tuple[float, float, float, float]] = {
    Tier.SUB_SECTOR: (3.0, 3.0, 1.6, 0.6),
    Tier.COMPANY: (3.0, 1.8, 1.4, 0.3),
    Tier.WORD: (0.9, 0.9, 0.5, 0.2),
    Tier.STOP: (-3.0, -3.0, -1.5, -0.4),
}
"""What a term is worth, by where it stands: subject, title, lead, rest."""

CEILING: Mapping[Tier, float] = {Tier.SUB_SECTOR: 9.0, Tier.COMPANY: 3.5, Tier.WORD: 1.8, Tier.STOP: 0.0}
"""What all terms of a tier together are worth at most: a list of gainers is no news of each of them."""

_SUBJECT = 8
_LEAD = 70
_LONGEST = 320
"""Characters of a title and of a summary that are looked at: what an item is about stands in front."""
_AGENCY = re.compile(r"^[^。,;]{0,24}?(?:电|讯|消息)(?:\([^)]{0,12}\))?[,::]\s*")
_TITLE_TAG = re.compile(r"^(?:【[^】]{0,12}】|\[[^\]]{0,12}\]|[①-⑳]|快讯[::])\s*")
_ASCII_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")

_ROUND_UP = re.compile(
    r"etf|三大指数|三大股指|沪指|股指|公告(?:精选|全知道|速递|汇总)|龙虎榜|早报|早餐|午报|晚报|收评|午评|盘前|涨停复盘|"
    r"重仓|基金经理|主动权益|概念股?普涨|期货|国际联播快讯|纪要库|一周要闻|要闻(?:速递|汇总)|指数(?:收|涨|跌|高开|低开)"
)
_DIGEST = re.compile(
    r"公告(?:精选|全知道|速递|汇总)|早报|午报|晚报|财经早餐|收评|午评|投资日历|投资避雷针|国际联播快讯|"
    r"要闻(?:速递|汇总)|新闻精选|大事提醒|舆情热点|(?:机构|家公司.{0,8})调研(?:榜|热情)|\d股获(?!批)|"
    r"资金(?:流[入出]榜|净流)|三大(?:股指|指数)|沪指|深成指|(?:创业板指|科创50|北证50)(?!数?etf)|北交所个股|"
    r"恒生(?:科技)?指数|(?:恒|道|纳)指(?:期|[开收涨跌高低突创盘午,、 ])|标普500|中概股|[南北]向资金|"
    r"沪深京?[两三]市|两市(?:成交|融资|早盘|午后|高开|低开|收)"
)
_DENIED = re.compile(
    r"(?:未(?:曾|有|能)?(?:涉及|涉足|进入|开展|从事|参与|布局|签署|签订|接触|应用|用于|与)|"
    r"不(?:直接|能|会)?(?:涉及|从事|生产|应用|用于|参与|属于|包含)|"
    r"没有(?:涉及|开展|从事|参与|与|和)|[暂尚并均]无(?:涉及|相关|任何|与|在))[^,。;!?\n]{0,40}"
)
"""What a company says that it does not do: it names what the market took it for."""
_MINISTRY = re.compile(
    "工信部|工业和信息化部|国家能源局|(?:国家)?发改委|生态环境部|国家卫生健康委(?:员会)?|(?:国家)?卫健委|"
    "国家药品监督管理局|国家药监局|国家医疗保障局|国家医保局"
)
"""Who issues what is about many things: the name says nothing of which."""
_DAILY_LIFE = re.compile(
    # Crime and accidents
    "[酒醉]驾|男子|女子|抓获|刑拘|逮捕|盗窃|诈骗|命案|获刑|服刑|刑满|凶杀|斗殴|走失|车祸|交通事故|坠楼|溺水|"
    # Weather
    "(?:大雾|大风(?!险)|寒潮|暴雨|暴雪|高温|雷电|霾|冰雹|霜冻|沙尘)[^,。]{0,8}预警|[红橙黄蓝]色预警|气象台|天气预报|降雨|降雪|"
    # Deaths
    "讣告|逝世|去世|病逝|追悼|遗体|离休|吊唁|"
    # Fairs and leisure
    "庙会|元宵灯会|花展|花会(?!展)|赏花|游园(?!区)|相亲|联谊|联欢|歌咏|书画展|摄影展|演唱会|"
    "(?:乒乓|羽毛|篮|足|排|台|网)球[^,。]{0,4}[赛队]|球赛|运动会|健步走|健身跑|登山[活比赛]|拔河|徒步|跑步(?![进入])|太极拳|广场舞|趣味赛"
)
"""What newspapers tell of a town besides its economy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A word of the lexicon, for one industry."""

    text: str
    """As written in `industries.yaml`."""
    code: str
    tier: Tier


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A term found in an item, at its foremost place."""

    term: Term
    place: Place

    @property
    def points(self) -> float:
        """What it is worth for its industry; below zero it speaks against it."""
        return POINTS[self.term.tier][self.place]


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """An item made ready for the lexicon: one width, one case, without agency tags and repetition."""

    content: str
    title_end: int
    subject_end: int
    lead_end: int
    is_round_up: bool
    """Whether it goes through the whole market, or denies something: what it names, it names in passing."""
    is_digest: bool
    """Whether it tells of the market as a whole, or of many things one after another: it is about no industry."""
    is_daily_life: bool
    """Whether it tells of crime, weather, deaths or leisure: whose staff it names, it says nothing of their trade."""

    def place(self, start: int) -> Place:
        """Return the place at the offset `start`."""
        if start < self.subject_end:
            return Place.SUBJECT
        if start < self.title_end:
            return Place.TITLE
        return Place.LEAD if start < self.lead_end else Place.REST

    @property
    def title(self) -> str:
        """Return the title, in one width and case."""
        return self.content[: self.title_end]

    @property
    def body(self) -> str:
        """Return what follows the title, in one width and case."""
        return self.content[self.title_end :].lstrip("。\n ")


def fold(text: str) -> str:
    """Return `text` in one width and case."""
    return unicodedata.normalize("NFKC", text).lower()


def read_text(title: str, summary: str) -> Text:
    """Make an item ready: what stands before “讯，” goes, and the title at the start of the summary."""
    whole, summary = fold(title[:_LONGEST]), fold(summary[:_LONGEST])
    title = _TITLE_TAG.sub("", whole)
    summary = summary.removeprefix(title)
    summary = _AGENCY.sub("", summary, count=1).removeprefix(title)
    headline, _, _ = title.partition("。")
    announced, _, _ = whole.partition("。")
    return Text(
        content=f"{title}\n{summary}",
        title_end=len(headline),
        subject_end=min(len(headline), _SUBJECT),
        lead_end=len(headline) + _LEAD,
        is_round_up=any(wording.search(announced) for wording in (_ROUND_UP, _DENIED)),
        is_digest=bool(_DIGEST.search(announced)),
        is_daily_life=is_daily_life(announced),
    )


def is_daily_life(title: str) -> bool:
    """Tell whether a title is of crime, weather, deaths or leisure."""
    return bool(_DAILY_LIFE.search(fold(title)))


_Span = tuple[int, int, Term]


class Lexicon:
    """The terms of all industries, made ready for finding."""

    def __init__(self, industries: Sequence[Industry]) -> None:
        self.industries = tuple(industries)
        self.short_names = {one.code: one.short_name for one in industries}
        self._terms: dict[str, list[Term]] = defaultdict(list)
        for term in _terms(industries):
            self._terms[fold(term.text)].append(term)
        self._lengths = _lengths_by_head(self._terms)

    @property
    def version(self) -> str:
        """Return a digest that changes with any term."""
        written = "\n".join(f"{term.code} {term.tier} {term.text}" for term in _terms(self.industries))
        return sha256(written.encode()).hexdigest()[:12]

    def find(self, text: Text) -> dict[str, tuple[Evidence, ...]]:
        """Return by industry what speaks for it and against it in `text`, weightiest first."""
        foremost: dict[Term, int] = {}
        for start, term in self._standing(text.content):
            foremost.setdefault(term, start)
        found: dict[str, list[Evidence]] = defaultdict(list)
        for term, start in foremost.items():
            found[term.code].append(Evidence(term=term, place=text.place(start)))
        return {code: tuple(sorted(some, key=lambda one: -abs(one.points))) for code, some in found.items()}

    def _standing(self, content: str) -> Iterator[tuple[int, Term]]:
        """Yield each term where it stands: the longest of its industry, none in a stop context and none denied."""
        spans = _uncrossed(list(self._spans(content)))
        stops = [span for span in spans if span[2].tier is Tier.STOP]
        terms = [span for span in spans if span[2].tier is not Tier.STOP]
        masks = [stop for stop in stops if any(_covers(stop, term) for term in terms)]
        unsaid = [match.span() for some in (_DENIED, _MINISTRY) for match in some.finditer(content)]
        yield from ((start, term) for start, end, term in stops if (start, end, term) not in masks)
        last_end: dict[str, int] = defaultdict(int)
        for span in terms:
            start, end, term = span
            hidden = any(_covers(mask, span) for mask in masks) or _is_within(unsaid, start, end)
            if start >= last_end[term.code] and not hidden:
                last_end[term.code] = end
                yield start, term

    def _spans(self, content: str) -> Iterator[_Span]:
        heads = self._lengths
        for start in [at for at in range(len(content) - 1) if content[at : at + 2] in heads]:
            for length in heads[content[start : start + 2]]:
                end = start + length
                terms = self._terms.get(content[start:end])
                if terms and end <= len(content) and _is_whole(content, start, end):
                    for term in terms:
                        yield start, end, term


def _terms(industries: Iterable[Industry]) -> Iterator[Term]:
    for one in industries:
        by_tier = {
            Tier.SUB_SECTOR: (one.name, one.short_name, *one.aliases, *one.sub_sectors),
            Tier.COMPANY: one.companies,
            Tier.WORD: one.words,
            Tier.STOP: one.stop_contexts,
        }
        seen: set[str] = set()
        for tier, texts in by_tier.items():
            for text in texts:
                if len(text) > 1 and (tier is Tier.STOP or fold(text) not in seen):
                    seen.add(fold(text))
                    yield Term(text=text, code=one.code, tier=tier)


def _lengths_by_head(terms: Iterable[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = defaultdict(set)
    for term in terms:
        lengths[term[:2]].add(len(term))
    return {head: tuple(sorted(some, reverse=True)) for head, some in lengths.items()}


_CROSSED_BY: Mapping[Tier, frozenset[Tier]] = {
    Tier.WORD: frozenset({Tier.WORD, Tier.COMPANY, Tier.SUB_SECTOR}),
    Tier.COMPANY: frozenset({Tier.SUB_SECTOR}),
}
"""Which terms say that one only seems to stand where they begin within it: 电｜芯片, 许昌｜智能电网."""


def _uncrossed(spans: Sequence[_Span]) -> list[_Span]:
    """Return the spans, by their starts, without those whose last characters begin another word."""
    return [span for at, span in enumerate(spans) if not _is_crossed(span, spans[at + 1 :])]


def _is_crossed(span: _Span, later: Iterable[_Span]) -> bool:
    start, end, term = span
    for other_start, other_end, other in takewhile(lambda one: one[0] < end, later):
        is_across = start < other_start and end < other_end and end - start <= other_end - other_start
        if is_across and other.tier in _CROSSED_BY.get(term.tier, ()):
            return True
    return False


def _covers(stop: _Span, other: _Span) -> bool:
    """Tell whether a stop context holds a term of its industry, which then does not count."""
    return stop[2].code == other[2].code and stop[0] <= other[0] and other[1] <= stop[1]


def _is_within(spans: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    return any(left <= start and end <= right for left, right in spans)


def _is_whole(content: str, start: int, end: int) -> bool:
    """Tell whether no Latin word or number is cut at either end: “ai” does not stand in “main”."""
    return not (
        (content[start] in _ASCII_WORD and start and content[start - 1] in _ASCII_WORD)
        or (content[end - 1] in _ASCII_WORD and end < len(content) and content[end] in _ASCII_WORD)
    )


def total(evidence: Iterable[Evidence]) -> float:
    """Return the points of one industry's evidence together, each tier up to its ceiling."""
    by_tier: dict[Tier, float] = defaultdict(float)
    for one in evidence:
        by_tier[one.term.tier] += one.points
    return sum(
        points if tier is Tier.STOP else min(points, CEILING[tier]) for tier, points in by_tier.items()
    )

"""Which stories an editor should see first, and why: values in, a ranked list with its reasons out."""

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from xcbulletin.collecting.following.sources import Authority
from xcbulletin.collecting.items import Label, Status
from xcbulletin.zone import SHANGHAI

_AUTHORITY = {
    Authority.GOVERNMENT: 12.0,
    Authority.COMPANY: 8.0,
    Authority.ASSOCIATION: 8.0,
    Authority.MEDIA: 4.0,
    Authority.PORTAL: 0.0,
}
_SPEAKS_FOR_ITSELF = frozenset({Authority.GOVERNMENT, Authority.COMPANY, Authority.ASSOCIATION})
_SURE, _UNSURE, _SECOND = 40.0, 18.0, 5.0
_LOCAL_MOST = 35.0
_FRESH, _FRESH_DAYS = 12.0, 30.0
_OLD = 25.0
_OUTLETS, _OUTLETS_MOST = 5.0, 14.0
_TASTE = 8.0
_PRINTED, _SAME_EVENT_PRINTED = 80.0, 15.0
_DISMISSED = 30.0
_CROWD = 4.0
"""What a story loses for each story of its industry that stands above it."""
_EVENT = 15.0
"""What it loses when one of the same event does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """What of the city an item names."""

    kind: str
    """company, place or leader (链主企业)."""
    name: str
    in_title: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What is known of an item before anything else is: its labels, its column, what of the city it names."""

    labels: tuple[Label, ...] = ()
    column: str | None = None
    column_reason: str = ""
    mentions: tuple[Mention, ...] = ()
    bears: bool = True
    """Whether it speaks of industry, policy, projects, technology or the economy at all."""

    @property
    def is_relevant(self) -> bool:
        """Tell whether an editor of this bulletin could want it at all."""
        return bool(self.labels or (self.mentions and self.bears))


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlet:
    """An item that tells the same as another."""

    title: str
    url: str | None
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """An article that tells the same as a story, or of the same event."""

    issue: str
    title: str
    draft: bool
    same: bool

    def __str__(self) -> str:
        where = f"{self.issue}《{self.title}》{'（草稿）' if self.draft else ''}"
        if not self.same:
            return f"同一件事有过：{where}"
        return f"{'已在写' if self.draft else '已登过'}：{where}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How often editors took what came from a source or an industry."""

    taken: int = 0
    dismissed: int = 0

    @property
    def leaning(self) -> float:
        """From -1, never taken, to 1, always taken; near 0 while little is known."""
        return (self.taken - self.dismissed) / (self.taken + self.dismissed + 4)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taste:
    """What editors took before."""

    sources: Mapping[str, Tally] = field(default_factory=dict)
    """By the key of the source."""
    industries: Mapping[str, Tally] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A story by its leading item, with what ranks it."""

    id: int
    title: str
    url: str | None
    source: str
    source_key: str
    authority: Authority
    at: datetime
    """UTC; when it was published, or else first seen."""
    published: datetime | None
    judgement: Judgement
    status: Status = Status.NEW
    lead: int = 0
    """The item that leads its story; itself in what is suggested."""
    fold_reason: str | None = None
    article: str | None = None
    """The file that its story became."""
    event: int | None = None
    also: tuple[Outlet, ...] = ()
    earlier: Earlier | None = None
    dismissed: int | None = None
    """The dismissed item that it may tell again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """The time whose news is looked for; UTC, `until` not included."""

    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A candidate with its place in the list, and why it has it."""

    candidate: Candidate
    score: float
    reasons: tuple[str, ...]


def relevance(judgement: Judgement) -> float:
    """Return what an item is worth by what it says alone; 0 where it says nothing of our industries or city."""
    if not judgement.is_relevant:
        return 0.0
    return sum(points for points, _reason in _industry_points(judgement, {})) + _local_points(judgement)


def mentions(title: str, text: str, places: Sequence[str], companies: Sequence[str]) -> tuple[Mention, ...]:
    """Return which of the city's companies and places are named, and whether a 链主企业 is."""
    found = [_mention("company", name, title, text) for name in companies]
    found += [_mention("place", name, title, text) for name in places]
    found.append(_mention("leader", "链主", title, text))
    return tuple(one for one in found if one is not None)


def _mention(kind: str, name: str, title: str, text: str) -> Mention | None:
    if _names(name, title):
        return Mention(kind=kind, name=name, in_title=True)
    return Mention(kind=kind, name=name, in_title=False) if _names(name, text) else None


def _names(name: str, text: str) -> bool:
    if name not in text:
        return False
    return any(_is_ours(match) for match in re.finditer(re.escape(name), text))


def _is_ours(match: re.Match[str]) -> bool:
    """Tell whether a name is not that of a street or a person, of a district of another city, or two halves of words."""
    if _OTHER_NAME.match(match.string, match.end()) or _ORDINARY.match(match.string, match.end() - 2):
        return False
    before = match.string[max(0, match.start() - 4) : match.start()]
    if _WORD_ACROSS.fullmatch(before[-1:] + match[0][0]):
        return False
    return match[0].startswith("许") or not _ELSEWHERE.search(before)


_OTHER_NAME = re.compile("路|街|·|大[道街]|小区|家属院|大?酒店")
"""What makes a name that of a street, of a person or of a house."""
_ORDINARY = re.compile(
    "智能(?:电网|电[力表]|制造|装备|网联|汽车|家[居电]|交通|建造|化|产业|工厂|机器人|终端|驾驶|算力|计算|手[机表]|传感|停车|"
    "农机|物流|体|园区|技术|经济|城市|社区|时代)"
)
"""Words in which a company's name ends that are no name: 许昌｜智能电网."""
_WORD_ACROSS = re.compile(
    "[允准容默特期赞嘉不或也些少几兴]许|[大公观听民群受出]众|[部局院校会科所组行厂事社队团署司书厅]长|大禹"
)
"""Words that end where a name seems to begin: 允许｜继续, 大众｜品牌, 院长｜葛某."""
_ELSEWHERE = re.compile(r"(?:北京|上海|天津|重庆|东莞|(?<!许昌)市)$")


def rank(
    candidates: Iterable[Candidate],
    period: Period,
    now: datetime,
    names: Mapping[str, str],
    taste: Taste | None = None,
    limit: int | None = None,
) -> tuple[Suggestion, ...]:
    """Return the best candidates, best first, spread over industries and events.

    `names` are the industries' short names by code. Scores fall from one to the next.
    """
    judged = [_judge(one, period, now, names, taste or Taste()) for one in candidates]
    return _spread(judged, len(judged) if limit is None else limit)


def set_aside(candidate: Candidate, names: Mapping[str, str]) -> Suggestion:
    """Return a candidate that is in no list, with the reason why."""
    why = {
        Status.PICKED: f"已选用：{candidate.article}",
        Status.DISMISSED: "已搁置",
        Status.FOLDED: f"与 {candidate.lead} 是同一篇"
        + (f"（{candidate.fold_reason}）" if candidate.fold_reason else ""),
    }
    labels = [reason for _value, reason in _industry_points(candidate.judgement, names)]
    local = _local_reason(candidate.judgement)
    idle = (
        [] if candidate.judgement.is_relevant or not local else ["看不出与产业、政策、项目、技术或经济有关"]
    )
    said = [*labels, *([local] if local else []), *idle] or ["看不出与哪个产业有关，也没有提到本市"]
    return Suggestion(
        candidate=candidate,
        score=0.0,
        reasons=tuple([why[candidate.status]] if candidate.status in why else []) + tuple(said),
    )


def _judge(
    candidate: Candidate, period: Period, now: datetime, names: Mapping[str, str], taste: Taste
) -> Suggestion:
    """Add up what speaks for a candidate and against it."""
    points = [
        *_industry_points(candidate.judgement, names),
        (_local_points(candidate.judgement), _local_reason(candidate.judgement)),
        _outlet_points(candidate),
        _authority_points(candidate),
        _freshness_points(candidate, period, now),
        *_taste_points(candidate, taste),
        _novelty_points(candidate),
        _dismissed_points(candidate),
    ]
    return Suggestion(
        candidate=candidate,
        score=sum(value for value, _reason in points),
        reasons=tuple(reason for _value, reason in points if reason),
    )


def _industry_points(judgement: Judgement, names: Mapping[str, str]) -> list[tuple[float, str]]:
    points, best = [], 0.0
    for label in sorted(judgement.labels, key=lambda one: (not one.sure, -one.score)):
        worth = (_SURE if label.sure else _UNSURE) * label.score
        value = worth if not best else min(_SECOND, worth) if label.sure else 0.0
        best = best or worth
        why = f"（{label.reason}）" if label.reason else ""
        points.append(
            (value, f"{'产业' if label.sure else '可能'}：{names.get(label.code, label.code)}{why}")
        )
    return points


def _local_points(judgement: Judgement) -> float:
    worth = {("company", True): 30, ("company", False): 22, ("place", True): 24, ("place", False): 12}
    total = sum(worth.get((one.kind, one.in_title), 8) for one in judgement.mentions)
    return min(float(total), _LOCAL_MOST)


def _local_reason(judgement: Judgement) -> str:
    words = {"company": "许昌企业", "place": "许昌地方"}
    by_kind: dict[str, list[str]] = {}
    for one in judgement.mentions:
        by_kind.setdefault(one.kind, []).append(one.name)
    parts = [f"{words[kind]}：{'、'.join(some)}" for kind, some in by_kind.items() if kind in words]
    return "；".join([*parts, *(["提到链主企业"] if "leader" in by_kind else [])])


def _outlet_points(candidate: Candidate) -> tuple[float, str]:
    outlets = len({one.source for one in candidate.also} - {candidate.source})
    return min(_OUTLETS_MOST, _OUTLETS * math.log2(1 + outlets)), f"{outlets} 家转载" if outlets else ""


def _authority_points(candidate: Candidate) -> tuple[float, str]:
    speaks = candidate.authority in _SPEAKS_FOR_ITSELF
    return _AUTHORITY[candidate.authority], f"{candidate.source}发布" if speaks else ""


def _freshness_points(candidate: Candidate, period: Period, now: datetime) -> tuple[float, str]:
    if candidate.published is None:
        return 0.0, f"日期不明，{day_words(candidate.at, now)}收到"
    if candidate.published < period.since:
        return -_OLD, f"旧闻：{candidate.published.astimezone(SHANGHAI):%Y-%m-%d}"
    age = (min(now, period.until) - candidate.published) / timedelta(days=1)
    return _FRESH * max(0.0, 1 - age / _FRESH_DAYS), day_words(candidate.published, now)


def day_words(moment: datetime, now: datetime) -> str:
    """Return the day of a moment as one says it in Xuchang: 今天, 昨天, 3 天前, 11月3日."""
    day, today = moment.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    days = (today - day).days
    if days in _NEAR_DAYS:
        return _NEAR_DAYS[days]
    if 0 < days <= 7:
        return f"{days} 天前"
    return f"{day.month}月{day.day}日" if day.year == today.year else f"{day.year}年{day.month}月{day.day}日"


_NEAR_DAYS = {0: "今天", 1: "昨天", 2: "前天"}


def _taste_points(candidate: Candidate, taste: Taste) -> list[tuple[float, str]]:
    source = taste.sources.get(candidate.source_key, Tally())
    labels = [label.code for label in candidate.judgement.labels]
    industry = max((taste.industries.get(code, Tally()).leaning for code in labels), default=0.0)
    return [(_TASTE * source.leaning, _taste_reason(source)), (_TASTE / 2 * industry, "")]


def _taste_reason(tally: Tally) -> str:
    if tally.taken >= 2 and tally.leaning > 0:
        return f"这个来源采用过 {tally.taken} 次"
    if tally.dismissed >= 3 and tally.leaning < -0.3:
        return f"这个来源多半没有采用（{tally.taken + tally.dismissed} 条里 {tally.taken} 条）"
    return ""


def _novelty_points(candidate: Candidate) -> tuple[float, str]:
    if candidate.earlier is None:
        return 0.0, ""
    return -(_PRINTED if candidate.earlier.same else _SAME_EVENT_PRINTED), str(candidate.earlier)


def _dismissed_points(candidate: Candidate) -> tuple[float, str]:
    if candidate.dismissed is None:
        return 0.0, ""
    return -_DISMISSED, f"与已搁置的 {candidate.dismissed} 像同一件事"


def _spread(judged: Sequence[Suggestion], limit: int) -> tuple[Suggestion, ...]:
    """Take the best again and again; each taken makes its industry and its event weigh less for the rest.

    What is lost only grows, so a value on the heap is never too low: the first that is still true is the best.
    """
    heap = [(-one.score, one.candidate.id, place) for place, one in enumerate(judged)]
    heapq.heapify(heap)
    crowd: Counter[str] = Counter()
    events: dict[int, int] = {}
    taken: list[Suggestion] = []
    while heap and len(taken) < limit:
        negative, identity, place = heapq.heappop(heap)
        one = judged[place]
        value = one.score - _crowding(one.candidate, crowd, events)
        if value < -negative:
            heapq.heappush(heap, (-value, identity, place))
            continue
        taken.append(_taken(one, value, events))
        crowd.update(_primary(one.candidate))
        if one.candidate.event is not None:
            events.setdefault(one.candidate.event, one.candidate.id)
    return tuple(taken)


def _crowding(candidate: Candidate, crowd: Counter[str], events: Mapping[int, int]) -> float:
    crowding = sum(_CROWD * crowd[code] for code in _primary(candidate))
    return crowding + (_EVENT if candidate.event in events else 0.0)


def _primary(candidate: Candidate) -> tuple[str, ...]:
    sure = [label for label in candidate.judgement.labels if label.sure]
    return (max(sure, key=lambda one: one.score).code,) if sure else ()


def _taken(suggestion: Suggestion, value: float, events: Mapping[int, int]) -> Suggestion:
    event, reasons = suggestion.candidate.event, suggestion.reasons
    if event is not None and event in events:
        reasons = (*reasons, f"与 {events[event]} 说的是同一件事")
    return replace(suggestion, score=round(value, 1), reasons=reasons)

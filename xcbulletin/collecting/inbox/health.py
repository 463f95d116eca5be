"""What somebody has to know about a source: gone silent, outrun, blocked, moved, dead; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from xcbulletin.collecting.following.sources import Source
from xcbulletin.collecting.inbox.standing import Rhythm, Standing
from xcbulletin.collecting.items import HEALTHY, Outcome
from xcbulletin.zone import SHANGHAI

RECENT = 60
"""How many arrivals of a source its rhythm is told from."""
_SILENT_FLOOR = timedelta(days=7)
"""The long holidays are not much longer."""
_SILENT_UNKNOWN = timedelta(days=90)
_USUAL_SHARE = 0.8
"""Of the gaps of a source, which one is called usual: a weekend is."""
_FEWEST_GAPS = 4
_SETTLED = timedelta(days=1)
_DEAD = timedelta(days=14)
_GAPS_A_WEEK = 3
_UNREACHABLE = frozenset({Outcome.DNS, Outcome.CONNECTION, Outcome.TIMEOUT})


class Ailment(StrEnum):
    """What is the matter with a source."""

    GAP = "gap"
    SILENT = "silent"
    FAILING = "failing"
    BLOCKED = "blocked"
    MOVED = "moved"
    DEAD = "dead"
    UNDATED = "undated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """How a source is."""

    said: str
    """What came of it last and since when, in a few words."""
    ailment: Ailment | None = None
    advice: str = ""
    """One line for a person: what is the matter, and what to do."""
    needs_person: bool = False


WORDS = {
    Outcome.OK: "正常",
    Outcome.UNCHANGED: "正常",
    Outcome.GAP: "正常",
    Outcome.UNDATED: "正常",
    Outcome.NOT_A_FEED: "不是订阅源",
    Outcome.NO_MATCH: "选择器没有选中内容",
    Outcome.UNREADABLE: "读不懂",
    Outcome.BLOCKED: "被拦截",
    Outcome.LOGIN: "要登录",
    Outcome.EMPTY: "没有内容",
    Outcome.TOO_LARGE: "太大",
    Outcome.DNS: "找不到主机",
    Outcome.TLS: "证书或加密不对",
    Outcome.TIMEOUT: "超时",
    Outcome.CONNECTION: "连不上",
    Outcome.PRIVATE_ADDRESS: "内网地址",
    Outcome.REDIRECTS: "跳转不对",
    Outcome.HTTP: "服务器报错",
    Outcome.LATER: "要求稍后再来",
    Outcome.GONE: "已撤销",
}
"""The outcomes in Chinese."""

_REMEDIES = {
    Outcome.NOT_A_FEED: "请用 xcbulletin sources test 看看，换成新的订阅地址",
    Outcome.NO_MATCH: "网页多半改版了，请改选择器（xcbulletin sources test 可以试）",
    Outcome.UNREADABLE: "请用 xcbulletin sources test 看看",
    Outcome.BLOCKED: "网站不让程序读，请换一个来源，或经自建的 RSSHub 采集",
    Outcome.LOGIN: "网站要求登录，请换一个来源",
    Outcome.EMPTY: "请在浏览器里看看它是否还在更新",
    Outcome.TOO_LARGE: "请换一个只列新条目的地址",
    Outcome.DNS: "请核对网址",
    Outcome.PRIVATE_ADDRESS: "",  # the detail says it
    Outcome.REDIRECTS: "请在浏览器里打开，换成最后到达的网址",
    Outcome.GONE: "网站说它不再提供，请换一个来源或删去",
}
_AT_ONCE = timedelta(0)
_PATIENCE = {
    Outcome.GONE: _AT_ONCE,
    Outcome.PRIVATE_ADDRESS: _AT_ONCE,
    **dict.fromkeys((Outcome.TIMEOUT, Outcome.CONNECTION, Outcome.DNS, Outcome.HTTP), timedelta(days=3)),
    **dict.fromkeys((Outcome.LATER, Outcome.TLS), timedelta(days=3)),
}
"""How long a failure may last before somebody is told; a day where nothing stands."""


def examine(source: Source, standing: Standing | None, gaps: int, now: datetime) -> Health:
    """Return how a source is at `now`; `gaps` is how often within the last week its window was outrun."""
    if standing is None or standing.outcome is None:
        return Health(said="还没有采集过")
    if standing.outcome not in HEALTHY:
        return _failing(standing, standing.outcome, now)
    said = f"正常（{_day(standing.last_ok, now)}）"
    if standing.taken_over is not None:
        advice = f"已搬到 {standing.taken_over}，程序已改用；请把 {_place(source)} 的网址改成它"
        return Health(said=f"{said}；已搬家", ailment=Ailment.MOVED, advice=advice, needs_person=True)
    if standing.outcome is Outcome.UNDATED:
        advice = f"{standing.detail}，各条都没有日期；请改日期的选择器（xcbulletin sources test 可以试）"
        return Health(said=f"{said}；没有日期", ailment=Ailment.UNDATED, advice=advice, needs_person=True)
    if silence := _silence(standing, now):
        quiet, usual = silence
        known = f"（平常{_length(usual)}就有）" if usual else ""
        advice = f"{_day(quiet, now)}以来没有新条目{known}；请在浏览器里看看它是否停更或搬家"
        return Health(said=f"{said}；沉寂", ailment=Ailment.SILENT, advice=advice, needs_person=True)
    if gaps:
        advice = f"一周内有 {gaps} 次整页都是没见过的条目，中间可能漏了；已自动缩短间隔，请让采集运行得更勤"
        needed = gaps >= _GAPS_A_WEEK or standing.outcome is Outcome.GAP
        return Health(said=f"{said}；有漏", ailment=Ailment.GAP, advice=advice, needs_person=needed)
    if standing.move.to is not None:
        advice = f"转到了 {standing.move.to}（见到 {standing.move.seen} 次），几天后仍然如此就改用它"
        return Health(said=f"{said}；正在搬家", ailment=Ailment.MOVED, advice=advice)
    return Health(said=said)


def _failing(standing: Standing, outcome: Outcome, now: datetime) -> Health:
    began = standing.last_ok or standing.first_asked or now
    since = standing.outcome_since or now
    what = standing.detail or WORDS[outcome]
    remedy = _REMEDIES.get(outcome, "请在浏览器里打开它的网址看看")
    trouble = f"{what}；{remedy}" if remedy else what
    said = f"{WORDS[outcome]}（{_day(since, now)}起）"
    if now - began > _DEAD or (standing.last_ok is None and outcome not in _UNREACHABLE | {Outcome.LATER}):
        never = "从来没有读成" if standing.last_ok is None else f"{_day(began, now)}以来一直读不到"
        advice = f"{never}：{trouble}"
        return Health(said=said, ailment=Ailment.DEAD, advice=advice, needs_person=True)
    blocked = outcome in (Outcome.BLOCKED, Outcome.LOGIN)
    return Health(
        said=said,
        ailment=Ailment.BLOCKED if blocked else Ailment.FAILING,
        advice=f"{_day(began, now)}以来读不到：{trouble}",
        needs_person=now - began >= _PATIENCE.get(outcome, _SETTLED),
    )


def _silence(standing: Standing, now: datetime) -> tuple[datetime, timedelta | None] | None:
    """Return since when a source is silent, and its usual gap: longer than three of those, and than a week.

    One of which too little is known is silent after a quarter of a year. None where a source is not silent.
    """
    if standing.rhythm is None:
        return None
    last, usual = _last_news(standing, standing.rhythm.newest), standing.rhythm.usual_gap
    limit = _SILENT_UNKNOWN if usual is None else max(3 * usual, _SILENT_FLOOR)
    return (last, usual) if now - last > limit else None


def _last_news(standing: Standing, newest_item: datetime) -> datetime:
    """Return when there was news: seen by us, or, where all came with the first reading, as the items are dated."""
    new, first = standing.last_new, standing.first_asked
    came_later = new is not None and first is not None and new - first > _SETTLED
    return new if new is not None and came_later else newest_item


def rhythm(arrivals: Sequence[datetime]) -> Rhythm | None:
    """Return how a source's items come, by the times of the newest `RECENT`, newest first; None without any."""
    return Rhythm(newest=arrivals[0], usual_gap=usual_gap(arrivals)) if arrivals else None


def usual_gap(arrivals: Iterable[datetime]) -> timedelta | None:
    """Return how long a source usually leaves between two days with something new; None if too little is known."""
    days = sorted({one.astimezone(SHANGHAI).date() for one in arrivals})
    gaps = sorted(later - earlier for earlier, later in pairwise(days))
    return gaps[int(_USUAL_SHARE * (len(gaps) - 1))] if len(gaps) >= _FEWEST_GAPS else None


def all_unreachable(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether it is rather our own network that is down."""
    return len(outcomes) > 1 and all(one in _UNREACHABLE for one in outcomes)


def _place(source: Source) -> str:
    return "sources/feeds.yaml" + (f":{source.line}" if source.line else "")


def _day(when: datetime | None, now: datetime) -> str:
    if when is None:
        return "从未"
    local, today = when.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    if local.date() == today.date():
        return f"今天 {local:%H:%M}"
    day = f"{local.month}月{local.day}日"
    return day if local.year == today.year else f"{local.year}年{day}"


def _length(gap: timedelta) -> str:
    days = max(1, gap.days)
    return "每天" if days == 1 else f"隔 {days} 天"

"""What somebody has to know about a source, in one Chinese line."""

from datetime import timedelta
from typing import Any

import pytest
from newsstand import DAY, HOUR, NOW, make_source

from xcbulletin.collecting.fetching.schedule import Move
from xcbulletin.collecting.inbox.health import Ailment, Health, all_unreachable, examine, rhythm, usual_gap
from xcbulletin.collecting.inbox.standing import Standing
from xcbulletin.collecting.items import HEALTHY, Outcome

SOURCE = make_source("甲", line=12)


def health(arrivals: tuple[Any, ...] = (), gaps: int = 0, **fields: Any) -> Health:
    own = {
        "id": 1,
        "key": SOURCE.key,
        "outcome": Outcome.OK,
        "outcome_since": NOW - DAY,
        "first_asked": NOW - 90 * DAY,
        "last_ok": NOW,
        "last_new": NOW - HOUR,
        "rhythm": rhythm(arrivals),
    }
    return examine(SOURCE, Standing(**{**own, **fields}), gaps, NOW)


def every(days: int, last: timedelta, count: int = 12) -> tuple[Any, ...]:
    return tuple(NOW - last - number * days * DAY for number in range(count))


def test_a_source_never_asked_needs_nobody() -> None:
    assert examine(SOURCE, None, 0, NOW) == Health(said="还没有采集过")


@pytest.mark.parametrize("outcome", sorted(HEALTHY - {Outcome.GAP, Outcome.UNDATED}))
def test_a_source_that_is_well_needs_nobody(outcome: Outcome) -> None:
    assert health(every(1, DAY), outcome=outcome) == Health(said="正常（今天 10:00）")


# Silent


@pytest.mark.parametrize(
    ("gap", "quiet", "silent"),
    [
        (1, 7, False),  # the floor: long holidays
        (1, 8, True),
        (5, 15, False),
        (5, 16, True),
        (30, 90, False),
        (30, 91, True),
    ],
)
def test_silent_is_longer_than_three_of_its_own_gaps(gap: int, quiet: int, silent: bool) -> None:
    found = health(every(gap, quiet * DAY), last_new=NOW - quiet * DAY, first_asked=NOW - 400 * DAY)
    assert (found.ailment is Ailment.SILENT) is silent
    assert found.needs_person is silent


def test_a_silent_source_is_told_with_its_habit() -> None:
    found = health(every(2, 20 * DAY), last_new=NOW - 20 * DAY)
    assert found == Health(
        said="正常（今天 10:00）；沉寂",
        ailment=Ailment.SILENT,
        advice="7月14日以来没有新条目（平常隔 2 天就有）；请在浏览器里看看它是否停更或搬家",
        needs_person=True,
    )


def test_a_source_that_was_dead_when_it_was_added_is_silent() -> None:
    found = health(every(1, 700 * DAY), first_asked=NOW, last_new=NOW)
    assert found.ailment is Ailment.SILENT
    assert found.advice.startswith("2024年9月2日以来没有新条目（平常每天就有）")


def test_news_that_came_with_an_old_date_is_news() -> None:
    assert health(every(1, 700 * DAY), last_new=NOW - DAY).ailment is None


def test_a_source_little_known_is_silent_after_a_quarter_of_a_year() -> None:
    assert health(every(1, 90 * DAY, count=4), last_new=NOW - 90 * DAY).ailment is None
    found = health(every(1, 91 * DAY, count=1), last_new=NOW - 91 * DAY)
    assert found.ailment is Ailment.SILENT
    assert found.advice == "5月4日以来没有新条目；请在浏览器里看看它是否停更或搬家"


def test_a_source_that_gave_nothing_yet_is_not_called_silent() -> None:
    assert health((), last_new=None).ailment is None


def test_several_items_a_day_are_one_arrival() -> None:
    busy = tuple(NOW - DAY * (number // 10) - number % 10 * HOUR / 10 for number in range(60))
    assert usual_gap(busy) == DAY


def test_weekends_are_usual() -> None:
    weekdays = [NOW - number * DAY for number in range(30) if (NOW - number * DAY).weekday() < 5]
    assert usual_gap(weekdays) == 3 * DAY or usual_gap(weekdays) == DAY


# Outrun, moved


def test_a_window_outrun_is_told() -> None:
    assert health(outcome=Outcome.GAP, gaps=1) == Health(
        said="正常（今天 10:00）；有漏",
        ailment=Ailment.GAP,
        advice="一周内有 1 次整页都是没见过的条目，中间可能漏了；已自动缩短间隔，请让采集运行得更勤",
        needs_person=True,
    )
    assert not health(gaps=2).needs_person
    assert health(gaps=3).needs_person


def test_a_page_without_dates_is_told_until_it_is_mended() -> None:
    found = health(every(1, DAY), outcome=Outcome.UNDATED, detail="date“em”都没有找到")
    assert (found.said, found.ailment, found.needs_person) == (
        "正常（今天 10:00）；没有日期",
        Ailment.UNDATED,
        True,
    )
    assert found.advice == (
        "date“em”都没有找到，各条都没有日期；请改日期的选择器（xcbulletin sources test 可以试）"
    )


def test_a_move_is_told_when_it_is_taken_over() -> None:
    assert health(taken_over="https://b.example/feed") == Health(
        said="正常（今天 10:00）；已搬家",
        ailment=Ailment.MOVED,
        advice="已搬到 https://b.example/feed，程序已改用；请把 sources/feeds.yaml:12 的网址改成它",
        needs_person=True,
    )


def test_a_move_that_is_not_confirmed_needs_nobody() -> None:
    found = health(move=Move(to="https://b.example/feed", seen=2, since=NOW))
    assert found == Health(
        said="正常（今天 10:00）；正在搬家",
        ailment=Ailment.MOVED,
        advice="转到了 https://b.example/feed（见到 2 次），几天后仍然如此就改用它",
    )


# Failing


def failing(outcome: Outcome, lasts: timedelta, **fields: Any) -> Health:
    own = {"outcome": outcome, "outcome_since": NOW - lasts, "last_ok": NOW - lasts, "detail": "说明"}
    return health(**{**own, **fields})


@pytest.mark.parametrize(
    ("outcome", "lasts", "needed"),
    [
        (Outcome.GONE, HOUR, True),
        (Outcome.PRIVATE_ADDRESS, HOUR, True),
        (Outcome.NO_MATCH, HOUR, False),
        (Outcome.NO_MATCH, DAY, True),
        (Outcome.TIMEOUT, 2 * DAY, False),
        (Outcome.TIMEOUT, 3 * DAY, True),
        (Outcome.LATER, DAY, False),
    ],
)
def test_a_failure_is_told_once_it_lasts(outcome: Outcome, lasts: timedelta, needed: bool) -> None:
    found = failing(outcome, lasts)
    assert (found.ailment, found.needs_person) == (Ailment.FAILING, needed)


def test_a_wall_against_robots_is_told() -> None:
    assert failing(Outcome.BLOCKED, 2 * DAY, detail="雷池拦截页") == Health(
        said="被拦截（8月1日起）",
        ailment=Ailment.BLOCKED,
        advice="8月1日以来读不到：雷池拦截页；网站不让程序读，请换一个来源，或经自建的 RSSHub 采集",
        needs_person=True,
    )


def test_what_has_failed_for_a_fortnight_is_dead() -> None:
    assert failing(Outcome.TIMEOUT, 14 * DAY).ailment is Ailment.FAILING
    assert failing(Outcome.TIMEOUT, 15 * DAY) == Health(
        said="超时（7月19日起）",
        ailment=Ailment.DEAD,
        advice="7月19日以来一直读不到：说明；请在浏览器里打开它的网址看看",
        needs_person=True,
    )


def test_what_has_never_worked_is_told_at_once() -> None:
    found = failing(Outcome.NOT_A_FEED, HOUR, last_ok=None, first_asked=NOW)
    assert (found.ailment, found.needs_person) == (Ailment.DEAD, True)
    assert found.advice == "从来没有读成：说明；请用 xcbulletin sources test 看看，换成新的订阅地址"


def test_what_could_not_be_reached_the_first_time_is_given_time() -> None:
    assert not failing(Outcome.TIMEOUT, HOUR, last_ok=None, first_asked=NOW).needs_person


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - HEALTHY))
def test_every_failure_has_its_words(outcome: Outcome) -> None:
    found = failing(outcome, 20 * DAY, detail="")
    assert found.advice
    assert outcome not in found.said + found.advice


def test_a_network_that_is_down_is_told_from_sources_that_are() -> None:
    assert all_unreachable([Outcome.DNS, Outcome.TIMEOUT])
    assert not all_unreachable([Outcome.DNS])
    assert not all_unreachable([Outcome.DNS, Outcome.BLOCKED])
    assert not all_unreachable([])

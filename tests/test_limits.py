import datetime
from bisect import bisect_left

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from letters import START

from xcbulletin.delivery.sending.limits import Limits

SECONDS = datetime.timedelta(seconds=1)


def sent(limits: Limits, domain: str, until: float, *, start: float = 0) -> list[float]:
    """Return when letters go to a domain that has no end of them."""
    now, times = start, []
    while (now := now + limits.wait(domain, START + now * SECONDS)) < until:
        limits.take(domain, START + now * SECONDS)
        times.append(now)
    return times


def busiest(times: list[float]) -> int:
    return max(bisect_left(times, one + 60) - number for number, one in enumerate(times))


@settings(max_examples=20)
@given(per_minute=st.integers(1, 200), idle=st.floats(0, 200))
def test_no_minute_sees_more_than_the_limit(per_minute: int, idle: float) -> None:
    limits = Limits("relay", per_minute, {})
    times = sent(limits, "example.org", 150)
    times += sent(limits, "example.org", 300 + idle, start=150 + idle)
    assert busiest(times) <= per_minute
    assert len(times) >= per_minute * 0.8 * 4


def test_a_limit_of_a_domain_holds_for_it_alone() -> None:
    limits = Limits("relay", 600, {"QQ.com": 30})
    assert len(sent(limits, "qq.com", 60)) == 30
    assert limits.wait("qq.com", START + 60 * SECONDS) > 0
    assert limits.wait("163.com", START + 60 * SECONDS) == 0


def test_the_relays_limit_holds_for_all() -> None:
    limits = Limits("relay", 6, {})
    limits.take("qq.com", START)
    assert limits.wait("163.com", START) == pytest.approx(12)
    assert limits.wait(None, START) == pytest.approx(12)


def test_a_pause_is_as_long_as_the_longest() -> None:
    limits = Limits("relay", 600, {})
    limits.pause("qq.com", START, START + 120 * SECONDS)
    limits.pause("qq.com", START, START + 60 * SECONDS)
    assert limits.wait("qq.com", START) == 120
    assert limits.wait("163.com", START) == 0
    assert limits.wait("qq.com", START + 120 * SECONDS) == 0


def test_limits_are_gone_on_from() -> None:
    first = Limits("relay", 60, {"qq.com": 12})
    first.take("qq.com", START)
    first.take("qq.com", START)
    first.pause("qq.com", START, START + 5 * SECONDS)
    kept = first.levels("qq.com", START)
    assert sorted(kept) == ["@qq.com", "relay"]
    second = Limits("relay", 60, {"qq.com": 12}, kept)
    assert second.wait("qq.com", START) == pytest.approx(first.wait("qq.com", START))
    assert second.wait("qq.com", START) == pytest.approx(6)


def test_levels_are_kept_anew_only_where_they_fell() -> None:
    limits = Limits("relay", 60_000, {"qq.com": 12})
    limits.take("qq.com", START)
    assert sorted(limits.levels("qq.com", START)) == ["@qq.com"]
    assert limits.levels("qq.com", START) == {}
    for _ in range(50):
        limits.take("163.com", START)
    assert sorted(limits.levels("163.com", START)) == ["relay"]
    assert limits.levels("163.com", START + SECONDS) == {}


def test_a_pause_is_kept_once() -> None:
    limits = Limits("relay", 60, {})
    limits.pause("qq.com", START, START + 60 * SECONDS)
    assert sorted(limits.levels("qq.com", START)) == ["@qq.com"]
    assert limits.levels("qq.com", START + SECONDS) == {}


def test_a_limit_that_was_lowered_is_the_lower() -> None:
    high = Limits("relay", 600, {})
    high.take("qq.com", START)
    kept = high.levels("qq.com", START)
    assert sorted(kept) == ["relay"]
    assert busiest(sent(Limits("relay", 6, {}, kept), "qq.com", 120)) <= 6


def test_the_time_that_letters_take_goes_by_the_slowest() -> None:
    limits = Limits("relay", 600, {"qq.com": 12})
    assert limits.seconds({"qq.com": 10, "163.com": 10}) == pytest.approx(60)
    assert limits.seconds({"163.com": 100}) == pytest.approx(12)

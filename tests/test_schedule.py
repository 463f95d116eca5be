from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.fetching.schedule import (
    Move,
    address,
    failures_after,
    move_after,
    next_due,
    wants_whole,
)
from xcbulletin.collecting.items import HEALTHY, Outcome

NOW = datetime(2021, 1, 29, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OLD, NEW = "https://old.example/feed", "https://new.example/feed"


def wait(outcome: Outcome, key: str = "https://a.example/feed", **options: Any) -> timedelta:
    return next_due(key, outcome, NOW, **{"min_interval": 60, "failures": 1, **options}) - NOW


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.UNCHANGED])
def test_a_source_is_due_again_a_little_before_the_interval_is_over(outcome: Outcome) -> None:
    assert wait(outcome, failures=0) == timedelta(minutes=57)
    assert wait(outcome, failures=0, min_interval=720) == timedelta(minutes=715)
    assert wait(outcome, failures=0, min_interval=0) == timedelta(0)


def test_an_hourly_run_that_starts_a_moment_early_finds_its_sources_due() -> None:
    assert NOW + HOUR - timedelta(seconds=1) >= next_due("x", Outcome.OK, NOW, min_interval=60, failures=0)


def test_a_gap_shortens_the_interval_and_several_do_so_further() -> None:
    halves = [wait(Outcome.GAP, failures=0, min_interval=640, gaps=gaps) for gaps in (0, 1, 2, 3, 50)]
    assert halves == [timedelta(minutes=m) for m in (315, 315, 155, 76, 9.5)]
    assert wait(Outcome.OK, failures=0, min_interval=640, gaps=1) == timedelta(minutes=315)
    assert wait(Outcome.GAP, failures=0, min_interval=4, gaps=9) == timedelta(minutes=3.8)


@pytest.mark.parametrize(
    ("failures", "hours"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (7, 24), (100_000, 24)]
)
def test_failures_double_the_pause_up_to_a_day(failures: int, hours: int) -> None:
    for outcome in (Outcome.TIMEOUT, Outcome.BLOCKED, Outcome.NOT_A_FEED, Outcome.EMPTY):
        assert 0.9 * hours * HOUR <= wait(outcome, failures=failures) <= hours * HOUR


def test_sources_that_failed_together_part_but_each_keeps_its_time() -> None:
    keys = [f"https://{number}.example/" for number in range(50)]
    waits = [wait(Outcome.DNS, key, failures=3) for key in keys]
    assert len(set(waits)) > 30
    assert waits == [wait(Outcome.DNS, key, failures=3) for key in keys]


def test_a_failing_source_is_not_asked_more_often_than_a_good_one() -> None:
    assert wait(Outcome.HTTP, min_interval=300) == wait(Outcome.OK, min_interval=300)


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        (7200, 2 * HOUR),
        (0, timedelta(minutes=57)),
        (10, timedelta(minutes=57)),
        (86400, DAY),
        (86401, DAY),
        (1e9, DAY),
    ],
)
def test_a_server_that_names_a_time_is_heeded_up_to_a_day(retry_after: float, expected: timedelta) -> None:
    assert wait(Outcome.LATER, retry_after=retry_after) == expected
    assert wait(Outcome.LATER, retry_after=retry_after, failures=9) == expected


@pytest.mark.parametrize(("failures", "minutes"), [(1, 30), (2, 60), (3, 120), (50, 1440)])
def test_a_server_that_names_none_is_left_half_an_hour_and_then_longer(failures: int, minutes: int) -> None:
    assert wait(Outcome.LATER, failures=failures, min_interval=10) == timedelta(minutes=minutes)


def test_what_is_gone_is_looked_for_once_a_day() -> None:
    assert 0.9 * DAY <= wait(Outcome.GONE) <= DAY
    assert wait(Outcome.GONE, failures=80) == wait(Outcome.GONE)


@given(
    st.sampled_from(Outcome),
    st.integers(0, 10**6),
    st.integers(0, 10**5),
    st.none() | st.floats(0, 1e12),
    st.integers(0, 10**6),
)
def test_no_source_is_ever_given_up(
    outcome: Outcome, failures: int, min_interval: int, retry_after: float | None, gaps: int
) -> None:
    waited = wait(outcome, failures=failures, min_interval=min_interval, retry_after=retry_after, gaps=gaps)
    assert timedelta(0) <= waited <= max(DAY, timedelta(minutes=min_interval))


def test_failures_are_counted_until_something_is_read() -> None:
    assert failures_after(3, Outcome.TIMEOUT) == failures_after(3, Outcome.LATER) == 4
    assert {failures_after(3, outcome) for outcome in HEALTHY} == {0}


def test_once_a_week_the_whole_is_asked_for() -> None:
    assert wants_whole(None, NOW)
    assert wants_whole(NOW - timedelta(days=7), NOW)
    assert not wants_whole(NOW - timedelta(days=6, hours=23), NOW)


def test_what_a_wrong_clock_noted_puts_off_nothing() -> None:
    assert wants_whole(NOW + timedelta(days=365), NOW)


# A source that has moved


def moves(*seen: tuple[str | None, Outcome], every: timedelta = DAY, asked: str = OLD) -> Move:
    move = Move()
    for number, (moved_to, outcome) in enumerate(seen):
        move = move_after(move, asked, moved_to, outcome, NOW + number * every)
    return move


def test_a_move_is_taken_over_after_five_good_readings_over_three_days() -> None:
    five = [
        (NEW, Outcome.OK),
        (NEW, Outcome.UNCHANGED),
        (NEW, Outcome.GAP),
        (NEW, Outcome.OK),
        (NEW, Outcome.OK),
    ]
    assert moves(*five) == Move(to=NEW, seen=5, since=NOW)
    assert moves(*five).confirmed(NOW + 4 * DAY)
    assert not moves(*five[:4]).confirmed(NOW + 40 * DAY)
    assert not moves(*five, every=HOUR).confirmed(NOW + 4 * HOUR)
    assert moves(*five * 15, every=HOUR).confirmed(NOW + 75 * HOUR)


@pytest.mark.parametrize("outcome", [Outcome.NOT_A_FEED, Outcome.EMPTY, Outcome.LOGIN, Outcome.NO_MATCH])
def test_a_new_body_that_is_no_feed_refutes_a_move(outcome: Outcome) -> None:
    good = [(NEW, Outcome.OK)] * 4
    assert moves(*good, (NEW, outcome)) == Move()
    assert moves(*good, (NEW, outcome), (NEW, Outcome.OK)).seen == 1


@pytest.mark.parametrize(
    "outcome", [Outcome.TIMEOUT, Outcome.DNS, Outcome.HTTP, Outcome.LATER, Outcome.BLOCKED]
)
def test_a_failure_to_reach_it_neither_confirms_nor_refutes_a_move(outcome: Outcome) -> None:
    assert moves((NEW, Outcome.OK), (NEW, Outcome.OK), (None, outcome)).seen == 2


def test_another_place_begins_anew_and_none_ends_it() -> None:
    third = "https://third.example/feed"
    assert moves((NEW, Outcome.OK), (NEW, Outcome.OK), (third, Outcome.OK)) == Move(
        to=third, seen=1, since=NOW + 2 * DAY
    )
    assert moves((NEW, Outcome.OK), (None, Outcome.OK)) == Move()


def test_a_way_out_of_https_is_never_taken_over() -> None:
    plain = "http://new.example/feed"
    assert moves(*[(plain, Outcome.OK)] * 9) == Move()
    assert moves(*[(plain, Outcome.OK)] * 9, asked="http://old.example/feed").confirmed(NOW + 8 * DAY)


def test_once_the_new_place_fails_the_old_one_is_asked_every_other_time() -> None:
    assert address(OLD, None, 1) == OLD
    assert [address(OLD, NEW, failures) for failures in range(4)] == [NEW, OLD, NEW, OLD]

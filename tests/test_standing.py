"""How a source stands after it was asked."""

from dataclasses import replace
from typing import Any

import pytest
from newsstand import DAY, HOUR, NOW, make_entry, make_source

from xcbulletin.collecting.fetching.schedule import Move
from xcbulletin.collecting.following.sources import Fields, SourceKind
from xcbulletin.collecting.inbox.standing import (
    Asked,
    Rhythm,
    Standing,
    Stored,
    after,
    outruns,
    reads_as,
    top_date,
)
from xcbulletin.collecting.items import HEALTHY, Outcome

SOURCE = make_source(url="https://a.example/feed")
READ = {"digest": "d" * 64, "etag": '"1"', "last_modified": "Mon", "whole": True}


def make_standing(**fields: Any) -> Standing:
    return Standing(**{"id": 1, "key": SOURCE.key, **fields})


def make_asked(outcome: Outcome = Outcome.OK, **fields: Any) -> Asked:
    return Asked(**{"outcome": outcome, "at": NOW, "address": SOURCE.url, **fields})


def then(standing: Standing, asked: Asked, stored: Stored | None = None, **options: Any) -> Standing:
    own = {"source": SOURCE, "now": NOW, "min_interval": 60}
    return after(standing, asked=asked, stored=stored or Stored(), **{**own, **options})


def test_a_good_reading_is_remembered() -> None:
    found = then(make_standing(failures=3), make_asked(**READ, detail="提醒"), Stored(new=2, known=18))
    assert found == make_standing(
        etag='"1"',
        last_modified="Mon",
        asked_whole=NOW,
        body_digest="d" * 64,
        read_as=reads_as(SOURCE),
        window=20,
        next_due=found.next_due,
        failures=0,
        outcome=Outcome.OK,
        outcome_since=NOW,
        detail="提醒",
        first_asked=NOW,
        last_ok=NOW,
        last_new=NOW,
    )
    assert found.next_due is not None
    assert NOW + 0.9 * HOUR < found.next_due <= NOW + HOUR


def test_a_failure_leaves_the_marks_of_the_last_good_reading() -> None:
    good = then(make_standing(), make_asked(**READ), Stored(new=20))
    for outcome in (Outcome.TIMEOUT, Outcome.NOT_A_FEED):
        bad = then(good, make_asked(outcome, digest="e" * 64, etag='"2"'), now=NOW + DAY)
        names = (
            "etag",
            "last_modified",
            "asked_whole",
            "body_digest",
            "read_as",
            "window",
            "last_ok",
            "last_new",
        )
        assert [getattr(bad, name) for name in names] == [getattr(good, name) for name in names]
        assert (bad.failures, bad.outcome, bad.outcome_since) == (1, outcome, NOW + DAY)


def test_an_answer_of_unchanged_leaves_the_marks() -> None:
    good = then(make_standing(), make_asked(**READ), Stored(new=20))
    same = then(good, make_asked(Outcome.UNCHANGED), now=NOW + DAY)
    assert same == replace(good, outcome=Outcome.UNCHANGED, last_ok=NOW + DAY, next_due=same.next_due)


def test_the_rhythm_is_known_until_something_is_read() -> None:
    rhythm = Rhythm(newest=NOW, usual_gap=DAY)
    same = then(make_standing(rhythm=rhythm), make_asked(Outcome.UNCHANGED, digest="d" * 64))
    assert same.rhythm == rhythm
    assert then(same, make_asked(Outcome.TIMEOUT)).rhythm == rhythm
    assert then(same, make_asked(entries=(make_entry(),))).rhythm is None


def test_since_when_is_not_reset_while_all_is_well() -> None:
    standing = make_standing()
    for number, outcome in enumerate(sorted(HEALTHY)):
        standing = then(standing, make_asked(outcome), now=NOW + number * DAY)
    assert standing.outcome_since == NOW
    failed = then(standing, make_asked(Outcome.DNS), now=NOW + 9 * DAY)
    assert failed.outcome_since == NOW + 9 * DAY
    assert then(failed, make_asked(Outcome.DNS), now=NOW + 10 * DAY).outcome_since == NOW + 9 * DAY


def test_what_the_server_asked_for_is_heeded() -> None:
    found = then(make_standing(), make_asked(Outcome.LATER, retry_after=7200.0))
    assert found.next_due == NOW + 2 * HOUR


def test_gaps_shorten_the_interval() -> None:
    calm, hurried = (then(make_standing(), make_asked(), gaps=gaps).next_due for gaps in (0, 2))
    assert calm is not None
    assert hurried is not None
    assert hurried - NOW < (calm - NOW) / 2


# Moves


def test_a_move_is_taken_over_once_it_is_confirmed() -> None:
    standing, moved = make_standing(), make_asked(moved_to="https://b.example/feed")
    for number in range(4):
        standing = then(standing, moved, now=NOW + number * DAY)
    assert (standing.taken_over, standing.move.seen) == (None, 4)
    standing = then(standing, moved, now=NOW + 4 * DAY)
    assert (standing.taken_over, standing.move) == ("https://b.example/feed", Move())


def test_a_source_that_answers_at_its_own_address_again_has_not_moved() -> None:
    standing = make_standing(taken_over="https://b.example/feed")
    assert then(standing, make_asked()).taken_over is None
    assert then(standing, make_asked(address="https://b.example/feed")).taken_over == "https://b.example/feed"
    assert then(standing, make_asked(Outcome.TIMEOUT)).taken_over == "https://b.example/feed"
    redirected = make_asked(moved_to="https://b.example/feed")
    assert then(standing, redirected).taken_over == "https://b.example/feed"


def test_a_route_of_an_rsshub_does_not_move() -> None:
    source = replace(SOURCE, kind=SourceKind.RSSHUB)
    standing = make_standing(move=Move(to="https://b.example/", seen=9, since=NOW - 9 * DAY))
    found = then(standing, make_asked(moved_to="https://b.example/"), source=source)
    assert found.taken_over is None


# Windows


@pytest.mark.parametrize(
    ("window", "new", "known", "lost"),
    [
        (20, 20, 0, True),
        (20, 16, 0, True),
        (20, 15, 0, False),  # it has been emptied since, or is being filled
        (20, 19, 1, False),
        (0, 20, 0, False),  # the first reading
        (2, 2, 0, False),
        (20, 0, 0, False),
    ],
)
def test_a_full_window_without_a_known_item_has_lost_some(
    window: int, new: int, known: int, lost: bool
) -> None:
    assert outruns(make_standing(window=window), Stored(new=new, known=known)) is lost


@pytest.mark.parametrize(
    ("known", "newest", "lost"),
    [
        ({0: 300}, 2, True),  # pinned to the top
        ({0: 300, 1: 200}, 2, True),
        ({0: 300, 19: 2}, 2, False),
        ({0: 2}, 2, False),  # where the last window ended: the oldest stands first
        ({19: 300}, 2, False),
    ],
)
def test_what_is_pinned_to_the_top_is_not_where_the_last_window_ended(
    known: dict[int, int], newest: int, lost: bool
) -> None:
    entries = [(NOW - known.get(place, 1) * DAY, place in known) for place in range(20)]
    standing = make_standing(window=20, rhythm=Rhythm(newest=NOW - newest * DAY, usual_gap=None))
    stored = Stored(new=20 - len(known), known=len(known), top_date=top_date(entries))
    assert outruns(standing, stored) is lost


def test_what_is_unchanged_has_no_more_dates_than_it_had() -> None:
    undated = then(make_standing(), make_asked(Outcome.UNDATED, detail="date“em”都没有找到", **READ))
    later = then(undated, make_asked(Outcome.UNCHANGED))
    assert (later.outcome, later.detail) == (Outcome.UNDATED, "date“em”都没有找到")
    mended = then(later, make_asked(Outcome.OK, **READ))
    assert (mended.outcome, mended.detail) == (Outcome.OK, "")


def test_a_source_read_otherwise_is_told_apart() -> None:
    ways = [
        SOURCE,
        replace(SOURCE, kind=SourceKind.PAGE),
        replace(SOURCE, fields=Fields(items="li")),
        replace(SOURCE, fields=Fields(items="dl")),
    ]
    assert len({reads_as(one) for one in ways}) == len(ways)
    assert reads_as(replace(SOURCE, name="乙", line=9, industries=("ai",))) == reads_as(SOURCE)

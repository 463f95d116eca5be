"""The database gives the stories that nobody has decided on, and keeps what was decided."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from newsdesk import NOW, add_item, label_all, make_labeller
from sqlalchemy import Engine

from xcbulletin import database
from xcbulletin.collecting.following.sources import Authority, Source, SourceKind
from xcbulletin.collecting.suggesting import suggestions
from xcbulletin.collecting.suggesting.ranking import Candidate, Outlet, Period, Tally
from xcbulletin.collecting.suggesting.suggestions import (
    Wanted,
    all_items,
    best_stories,
    coverage,
    find_items,
    mark_dismissed,
    mark_picked,
    parse_number,
    taste,
    texts,
)
from xcbulletin.errors import BulletinError

PERIOD = Period(since=NOW - timedelta(days=45), until=NOW + timedelta(days=2))
NEA = Source(
    name="国家能源局",
    kind=SourceKind.FEED,
    url="https://nea.example/feed",
    key="nea",
    zone=ZoneInfo("Asia/Shanghai"),
    authority=Authority.GOVERNMENT,
)


def best(engine: Engine, **fields: Any) -> list[Candidate]:
    label_all(engine, make_labeller(companies=("许继",)))
    with engine.connect() as connection:
        return list(best_stories(connection, Wanted(**{"period": PERIOD, **fields}), {"nea": NEA}))


def titles(engine: Engine, **fields: Any) -> set[str]:
    return {one.title for one in best(engine, **fields)}


def test_a_story_stands_once_with_where_else_it_was_told(engine: Engine) -> None:
    lead = add_item(engine, "特高压开工", key="nea")
    add_item(engine, "特高压开工了", key="乙报", into=lead)
    (one,) = best(engine)
    assert (one.id, one.source, one.authority) == (lead, "国家能源局", Authority.GOVERNMENT)
    assert [(other.title, other.source) for other in one.also] == [("特高压开工了", "乙报")]
    assert isinstance(one.also[0], Outlet)


def test_what_says_nothing_of_industries_or_the_citys_economy_is_no_suggestion(engine: Engine) -> None:
    add_item(engine, "天气预报")
    add_item(engine, "许继集团门前")
    add_item(engine, "许继集团乒乓球赛", text="多个项目的赛场")
    add_item(engine, "许继集团签约", text="")
    add_item(engine, "机器人大会", text="")
    assert titles(engine) == {"许继集团签约", "机器人大会"}


def test_the_period_is_that_of_publishing_or_else_of_arrival(engine: Engine) -> None:
    add_item(engine, "特高压一", published=NOW - timedelta(days=50), first_seen=NOW - timedelta(days=50))
    add_item(engine, "特高压二", published=None, first_seen=NOW - timedelta(days=3))
    add_item(engine, "特高压三", published=None, first_seen=NOW - timedelta(days=50))
    add_item(engine, "特高压四", published=NOW - timedelta(days=500))
    assert titles(engine) == {"特高压二"}


def test_industries_and_columns_can_be_chosen(engine: Engine) -> None:
    add_item(engine, "特高压开工")
    add_item(engine, "动态", text="储能也有")
    add_item(engine, "机器人大会")
    add_item(engine, "许继集团招聘")
    assert titles(engine, industries=("power",)) == {"特高压开工", "动态"}
    assert titles(engine, industries=("power", "robot")) == {"特高压开工", "动态", "机器人大会"}
    assert titles(engine, column="news") == {"特高压开工", "动态", "机器人大会"}
    assert titles(engine, industries=("powe",)) == set()


def test_of_very_many_the_most_relevant_are_looked_at(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "_AT_LEAST", 2)
    for number in range(5):
        add_item(engine, f"动态{number}", text="储能")
    add_item(engine, "特高压开工")
    assert len(found := titles(engine, limit=0)) == 2
    assert "特高压开工" in found


def test_what_was_decided_is_not_suggested_again_nor_is_what_joins_it(engine: Engine) -> None:
    picked, dismissed = add_item(engine, "特高压一"), add_item(engine, "特高压二")
    with engine.begin() as connection:
        mark_picked(connection, picked, "2026-11", "issues/2026-11/news/01-x.md", NOW)
        mark_dismissed(connection, dismissed, NOW)
    add_item(engine, "特高压二", into=dismissed)
    assert titles(engine) == set()


def test_everything_is_listed_with_its_status(engine: Engine) -> None:
    picked, dismissed, lead = (add_item(engine, f"特高压{number}") for number in range(3))
    add_item(engine, "特高压2", into=lead, fold_reason="标题相同")
    add_item(engine, "特高压1", into=dismissed)
    add_item(engine, "天气预报", published=NOW - timedelta(days=900))
    with engine.begin() as connection:
        mark_picked(connection, picked, "2026-11", "issues/2026-11/news/01-x.md", NOW)
        mark_dismissed(connection, dismissed, NOW)
    label_all(engine)
    with engine.connect() as connection:
        found = all_items(connection, None, {})
        inside = all_items(connection, PERIOD, {})
    assert sorted((one.title, one.status) for one in found) == [
        ("天气预报", "new"),
        ("特高压0", "picked"),
        ("特高压1", "dismissed"),
        ("特高压1", "dismissed"),
        ("特高压2", "folded"),
        ("特高压2", "new"),
    ]
    assert len(inside) == 5
    (folded,) = (one for one in found if one.status == "folded")
    assert (folded.lead, folded.fold_reason) == (lead, "标题相同")


def test_coverage_counts_what_is_shown_under_an_industry(engine: Engine) -> None:
    add_item(engine, "特高压与机器人")
    add_item(engine, "特高压", text="大模型")
    add_item(engine, "动态", text="储能")
    add_item(engine, "大模型", published=NOW - timedelta(days=60))
    label_all(engine)
    with engine.connect() as connection:
        assert coverage(connection, PERIOD) == {"power": 3, "robot": 1, "ai": 1}


def test_taste_is_what_was_taken_and_put_away(engine: Engine) -> None:
    picked, dismissed = add_item(engine, "特高压", key="nea"), add_item(engine, "机器人", key="nea")
    add_item(engine, "大模型", key="nea")
    label_all(engine)
    with engine.begin() as connection:
        mark_picked(connection, picked, "2026-11", "x.md", NOW)
        mark_dismissed(connection, dismissed, NOW)
        liked = taste(connection)
    assert liked.sources == {"nea": Tally(taken=1, dismissed=1)}
    assert liked.industries == {"power": Tally(taken=1), "robot": Tally(dismissed=1)}


def test_an_item_is_found_by_its_number_with_its_story(engine: Engine) -> None:
    lead = add_item(engine, "特高压")
    other = add_item(engine, "特高压", into=lead)
    with engine.connect() as connection:
        found, missing = find_items(connection, [other, 999_999])
    assert missing == (999_999,)
    assert (found[0].id, found[0].lead, found[0].others, len(found[0].url_keys)) == (other, lead, (lead,), 2)


def test_a_front_page_is_no_address_of_a_story(engine: Engine) -> None:
    number = add_item(engine, "特高压", url="https://site.cn/", url_key="https://site.cn/")
    with engine.connect() as connection:
        ((found,), _) = find_items(connection, [number])
    assert (found.url, found.url_keys) == ("https://site.cn/", frozenset())


def test_more_items_are_asked_for_than_a_statement_takes(engine: Engine) -> None:
    number = add_item(engine, "特高压", text="正文")
    many = range(number, number + 70_000)
    with engine.connect() as connection:
        found, missing = find_items(connection, many)
        assert ([one.id for one in found], len(missing)) == ([number], 69_999)
        assert [*texts(connection, many)] == [number]


def test_stories_are_newest_first_in_however_many_pieces(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [add_item(engine, f"特高压{number}") for number in range(5)]
    monkeypatch.setattr(database, "_PIECE", 2)
    assert [one.id for one in best(engine)] == numbers[::-1]


@pytest.mark.parametrize(("text", "number"), [("128", 128), (" #128", 128), ("１２８", 128)])
def test_a_number_is_read_as_it_was_meant(text: str, number: int) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "9" * 16, "①"])
def test_what_is_no_number_is_a_mistake(text: str) -> None:
    with pytest.raises(BulletinError) as caught:
        parse_number(text)
    assert str(caught.value) == (
        f"“{text}”不是线索的编号；编号是 xcbulletin suggest 每条最前面的数字，如 128"
    )


def test_moments_come_back_in_utc(engine: Engine) -> None:
    add_item(engine, "特高压", published=datetime(2026, 11, 24, 8, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert best(engine)[0].published == datetime(2026, 11, 24, tzinfo=UTC)

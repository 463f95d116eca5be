"""What is new is added once, what has changed is kept beside what it was; on SQLite and PostgreSQL alike."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from newsstand import DAY, HOUR, NOW, make_entry, make_source
from sqlalchemy import Engine, func, select, update

from xcbulletin.collecting import tables
from xcbulletin.collecting.fetching.schedule import Move
from xcbulletin.collecting.inbox import inbox
from xcbulletin.collecting.inbox.standing import Asked, Rhythm, Standing, Stored
from xcbulletin.collecting.items import Outcome
from xcbulletin.database import reading


class Box:
    """The inbox of one source."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with engine.begin() as connection:
            inbox.register(connection, [make_source()])
            (self.standing,) = inbox.standings(connection, [make_source()]).values()

    def store(self, *entries: Any, now: Any = NOW) -> Stored:
        with self.engine.begin() as connection:
            return inbox.store(connection, self.standing.id, entries, now)

    def all(self, *columns: str, table: Any = tables.item) -> list[tuple[Any, ...]]:
        with reading(self.engine) as connection:
            query = select(*(table.c[name] for name in columns)).order_by(table.c.id)
            return list(map(tuple, connection.execute(query)))


@pytest.fixture
def box(engine: Engine) -> Box:
    return Box(engine)


# Items


def test_new_entries_are_added_and_known_ones_are_not(box: Box) -> None:
    assert box.store(make_entry("1"), make_entry("2")) == Stored(new=2)
    later = NOW + HOUR
    assert box.store(make_entry("2"), make_entry("3"), now=later) == Stored(new=1, known=1)
    assert box.all("ident", "first_seen") == [("1", NOW), ("2", NOW), ("3", later)]


def test_an_item_is_kept_whole(box: Box) -> None:
    entry = make_entry(
        "1",
        title="【快讯】 许昌硅碳负极项目开工",
        url="http://A.example/1.html?utm_source=x",
        summary="<p>摘要</p>",
        text="正文",
        published=NOW - DAY,
    )
    box.store(entry)
    columns = (
        "title",
        "title_core",
        "url",
        "url_key",
        "summary",
        "text",
        "published",
        "changes",
    )
    assert box.all(*columns) == [
        (
            "【快讯】 许昌硅碳负极项目开工",
            "许昌硅碳负极项目开工",
            "http://A.example/1.html?utm_source=x",
            "https://a.example/1.html",
            "<p>摘要</p>",
            "正文",
            NOW - DAY,
            0,
        )
    ]


def test_a_changed_item_is_updated_and_what_it_said_is_kept(box: Box) -> None:
    box.store(make_entry(title="原题", summary="原摘要"))
    with box.engine.begin() as connection:
        connection.execute(update(tables.item).values(labelled_by="x"))
    assert box.store(make_entry(title="改题", summary="原摘要"), now=NOW + HOUR) == Stored(updated=1, known=1)
    assert box.store(make_entry(title="改题", summary="原摘要"), now=NOW + DAY) == Stored(known=1)
    assert box.all("title", "title_core", "changes", "labelled_by") == [("改题", "改题", 1, None)]
    assert box.all("title", "summary", "at", table=tables.item_version) == [("原题", "原摘要", NOW + HOUR)]


def test_a_text_that_changes_at_every_reading_does_not_fill_the_database(box: Box) -> None:
    for views in range(40):
        box.store(make_entry(summary=f"阅读 {views}"))
    assert box.all("summary", "changes") == [("阅读 39", 39)]
    assert len(box.all("id", table=tables.item_version)) == 24


def test_the_first_date_stands_but_a_missing_one_is_filled_in(box: Box) -> None:
    box.store(make_entry("1", published=NOW - DAY), make_entry("2"))
    box.store(make_entry("1", published=NOW), make_entry("2", published=NOW))
    assert box.all("published") == [(NOW - DAY,), (NOW,)]


def test_an_item_that_vanishes_and_comes_back_is_not_new(box: Box) -> None:
    box.store(make_entry("1"))
    box.store(make_entry("2"))
    assert box.store(make_entry("1")) == Stored(known=1)


def test_another_guid_at_the_same_address_is_the_same_item(box: Box) -> None:
    box.store(make_entry("old", url="https://a.example/x.html"))
    again = make_entry("new", url="http://a.example/x.html?utm_source=feed", title="第 old 条")
    assert box.store(again) == Stored(known=1)
    assert box.store(again) == Stored(known=1)
    assert box.all("ident", "url") == [("old", "http://a.example/x.html?utm_source=feed")]


@pytest.mark.parametrize("url", ["https://a.example/", "https://a.example", None])
def test_the_address_of_a_whole_site_tells_no_item(box: Box, url: str | None) -> None:
    assert box.store(make_entry("1", url=url)) == Stored(new=1)
    assert box.store(make_entry("2", url=url)) == Stored(new=1)


def test_an_address_that_several_entries_share_tells_no_item(box: Box) -> None:
    url = "https://a.example/list.html"
    assert box.store(make_entry("1", url=url), make_entry("2", url=url)) == Stored(new=2)
    assert box.store(make_entry("3", url=url), make_entry("4", url=url)) == Stored(new=2)
    assert box.store(make_entry("5", url=url)) == Stored(new=1)


def test_an_item_still_given_under_its_guid_is_not_another(box: Box) -> None:
    one, other = "https://a.example/x.html", "https://a.example/y.html"
    box.store(make_entry("1", url=one))
    assert box.store(make_entry("1", url=other), make_entry("2", url=one)) == Stored(new=1, known=1)


TITLES = ("新型储能项目并网", "再生铝产量公布", "疫苗获批上市", "减速器企业上市")


def numbered(*pages: int) -> list[Any]:
    """Return entries numbered from the top, as some feeds do with each edition anew."""
    return [
        make_entry(str(place), url=f"https://a.example/{page}.html", title=TITLES[page])
        for place, page in enumerate(pages)
    ]


def test_a_guid_given_to_another_article_makes_a_new_item(box: Box) -> None:
    assert box.store(*numbered(0, 1)) == Stored(new=2)
    assert box.store(*numbered(2, 0)) == Stored(new=1, known=1)
    assert box.store(*numbered(2, 0)) == Stored(known=2)
    assert box.store(*numbered(3, 2)) == Stored(new=1, known=1)
    assert sorted(box.all("title")) == sorted((title,) for title in TITLES)


def test_a_guid_given_to_the_next_of_a_series_makes_a_new_item(box: Box) -> None:
    for day in (24, 25):
        url = f"https://a.example/{day}.html"
        assert box.store(make_entry("1", url=url, title=f"铜价日报 11月{day}日")) == Stored(new=1)


PRICES = "https://a.example/price.html"
LATEST = ("再生铜价格快报：报73000元/吨", "再生铝创三年新高", "再生铅价格持稳")


def at_prices(day: int, title: str, guid: str | None = None) -> Any:
    """Return what stands at one address on a day, known by its address unless it has a guid."""
    kind = "guid" if guid else "url"
    return make_entry(guid or PRICES, ident_kind=kind, url=PRICES, title=title, published=NOW + day * DAY)


@pytest.mark.parametrize("guid", [None, PRICES, "{}"])
def test_another_article_at_a_known_address_is_a_new_item(box: Box, guid: str | None) -> None:
    for day, title in enumerate(LATEST):
        entry = at_prices(day, title, guid and guid.format(day))
        assert box.store(entry) == Stored(new=1)
        assert box.store(entry) == Stored(known=1)
    assert box.all("title", "published") == [(title, NOW + day * DAY) for day, title in enumerate(LATEST)]


def test_the_next_of_a_series_at_a_known_address_is_a_new_item(box: Box) -> None:
    for day in (1, 2, 3):
        assert box.store(at_prices(day, f"再生铜价格快报 11月{day}日")) == Stored(new=1)


@pytest.mark.parametrize(
    ("title", "day"), [("再生铜价格快报：报73000元每吨", 1), (LATEST[1], 0), (LATEST[0], 1)]
)
def test_a_corrected_title_or_date_at_a_known_address_makes_no_new_item(
    box: Box, title: str, day: int
) -> None:
    box.store(at_prices(-1, "许昌再生金属产业园开工"))
    box.store(at_prices(0, LATEST[0]))
    assert box.store(at_prices(day, title)).new == 0
    assert box.all("title")[1:] == [(title,)]


def test_an_undated_article_at_a_known_address_is_a_change(box: Box) -> None:
    box.store(at_prices(0, LATEST[0]))
    assert box.store(replace(at_prices(0, LATEST[1]), published=None)).updated == 1


def test_an_article_that_moves_or_is_renamed_keeps_its_guid(box: Box) -> None:
    box.store(make_entry("1", title=TITLES[0]))
    assert box.store(make_entry("1", title=TITLES[0], url="https://b.example/9.html")) == Stored(known=1)
    assert box.store(make_entry("1", title=TITLES[1], url="https://b.example/9.html")).updated == 1
    assert len(box.all("id")) == 1


def test_an_article_with_another_guid_and_address_is_known_by_title_and_time(box: Box) -> None:
    when = NOW - 2.5 * HOUR
    one = [
        make_entry(f"a{n}", url=f"https://a.example/{n}?t=1", published=when, title=TITLES[n]) for n in (0, 1)
    ]
    two = [
        make_entry(f"b{n}", url=f"https://a.example/{n}?t=2", published=when, title=TITLES[n]) for n in (0, 1)
    ]
    assert box.store(*one) == Stored(new=2)
    assert box.store(*two) == Stored(known=2)
    same_title = make_entry("c", url="https://a.example/c", published=when + HOUR, title=TITLES[0])
    assert box.store(same_title) == Stored(new=1)


def test_a_day_that_many_share_tells_no_item(box: Box) -> None:
    midnight = NOW.replace(hour=16)
    assert box.store(make_entry("1", published=midnight, title="处罚公告")) == Stored(new=1)
    assert box.store(make_entry("2", published=midnight, title="处罚公告")) == Stored(new=1)


def test_sources_do_not_share_items(box: Box) -> None:
    box.store(make_entry("1"))
    with box.engine.begin() as connection:
        inbox.register(connection, [make_source("乙")])
        (other,) = inbox.standings(connection, [make_source("乙")]).values()
        assert inbox.store(connection, other.id, [make_entry("1")], NOW) == Stored(new=1)


def test_the_same_ident_twice_in_one_reading_is_one_item(box: Box) -> None:
    assert box.store(make_entry("1"), make_entry("1", title="另题")) == Stored(new=1)


def test_what_a_database_refuses_is_taken_out(box: Box) -> None:
    entry = make_entry("a\0b", title="半个\ud83d字\0符", text="\0", url="https://a.example/\0\udc00")
    assert box.store(entry) == Stored(new=1)
    assert box.store(entry) == Stored(known=1)
    assert box.all("ident", "title", "text") == [("ab", "半个?字符", "")]


@pytest.mark.parametrize("field", ["ident", "title", "summary", "text", "url"])
@pytest.mark.parametrize(("written", "kept"), [("甲\0乙", "甲乙"), ("甲\ud83d乙", "甲?乙")])
def test_what_a_database_refuses_is_taken_out_wherever_it_stands(
    box: Box, field: str, written: str, kept: str
) -> None:
    assert box.store(replace(make_entry("1"), **{field: written})) == Stored(new=1)
    assert box.all(field) == [(kept,)]


def test_an_endless_address_can_be_kept(box: Box) -> None:
    url = "https://a.example/" + "x" * 9000
    assert box.store(make_entry("1", url=url, title="题")) == Stored(new=1)
    assert box.store(make_entry("2", url=url, title="题")) == Stored(known=1)


def test_a_reading_of_many_thousands_can_be_kept(box: Box) -> None:
    entries = [make_entry(str(number)) for number in range(17_000)]
    assert box.store(*entries) == Stored(new=17_000)
    assert box.store(*entries) == Stored(known=17_000)


def test_nothing_read_is_nothing_stored(box: Box) -> None:
    assert box.store() == Stored()


def test_two_that_store_the_same_at_once_add_it_once(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [make_entry(str(number)) for number in range(30)]
    outcomes: list[Stored] = []
    known = inbox._known

    def slowly(*given: Any) -> Any:
        found = known(*given)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(inbox, "_known", slowly)
    threads = [threading.Thread(target=lambda: outcomes.append(box.store(*entries))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.new for one in outcomes) == [0, 0, 0, 30]
    assert len(box.all("id")) == 30


# Sources


@pytest.fixture
def names(engine: Engine) -> Callable[[], list[tuple[Any, ...]]]:
    def names() -> list[tuple[Any, ...]]:
        rows = select(tables.source.c.name, tables.source.c.key).order_by(tables.source.c.id)
        with reading(engine) as connection:
            return list(map(tuple, connection.execute(rows)))

    return names


def register(engine: Engine, *sources: Any) -> None:
    with engine.begin() as connection:
        inbox.register(connection, sources)


def test_a_source_is_known_by_its_key_however_it_is_named(engine: Engine, names: Any) -> None:
    register(engine, make_source("甲", key="k"))
    register(engine, make_source("乙", key="k"), make_source("丙", key="l"))
    register(engine, make_source("乙", key="k"))
    assert sorted(names()) == [("丙", "l"), ("乙", "k")]


def test_a_source_without_an_entry_keeps_its_row_but_is_not_given(engine: Engine, names: Any) -> None:
    register(engine, make_source("甲", key="k"))
    register(engine)
    with reading(engine) as connection:
        assert inbox.standings(connection, []) == {}
    assert names() == [("甲", "k")]


def test_an_entry_that_takes_over_where_its_source_moved_keeps_the_items(engine: Engine, names: Any) -> None:
    register(engine, make_source("甲", key="old"))
    with engine.begin() as connection:
        connection.execute(update(tables.source).values(taken_over="https://new.example/feed"))
    register(engine, make_source("甲", key="new", url="https://new.example/feed"))
    assert names() == [("甲", "new")]


def test_two_entries_of_which_one_moved_to_the_other_stay_two(engine: Engine, names: Any) -> None:
    register(engine, make_source("甲", key="old"))
    with engine.begin() as connection:
        connection.execute(update(tables.source).values(taken_over="https://new.example/feed"))
    register(
        engine, make_source("甲", key="old"), make_source("乙", key="new", url="https://new.example/feed")
    )
    assert names() == [("甲", "old"), ("乙", "new")]


def test_a_standing_comes_back_as_it_was_kept(box: Box) -> None:
    kept = replace(
        box.standing,
        taken_over="https://b.example/",
        move=Move(to="https://c.example/", seen=3, since=NOW),
        etag='"1"',
        last_modified="Mon",
        asked_whole=NOW,
        body_digest="0" * 64,
        read_as="1" * 64,
        window=20,
        next_due=NOW + HOUR,
        failures=2,
        outcome=Outcome.TIMEOUT,
        outcome_since=NOW - DAY,
        detail="超时",
        first_asked=NOW,
        last_ok=NOW,
        last_new=NOW,
        rhythm=Rhythm(newest=NOW - HOUR, usual_gap=3 * DAY),
    )
    assert not [name for name in Standing.__dataclass_fields__ if getattr(kept, name) is None]
    with box.engine.begin() as connection:
        inbox.keep_standings(connection, [kept])
        assert inbox.standings(connection, [make_source()]) == {kept.key: kept}


# The log


def logged(box: Box, outcome: Outcome, age: Any) -> None:
    with box.engine.begin() as connection:
        asked = Asked(outcome=outcome, at=NOW - age, address="x", detail="说明\0")
        inbox.log(connection, [(box.standing.id, asked, Stored(new=1, updated=2))])


def test_gaps_of_the_last_week_are_counted(box: Box) -> None:
    for outcome, age in (
        (Outcome.GAP, HOUR),
        (Outcome.GAP, 6 * DAY),
        (Outcome.GAP, 8 * DAY),
        (Outcome.OK, HOUR),
    ):
        logged(box, outcome, age)
    with reading(box.engine) as connection:
        assert inbox.count_gaps(connection, [box.standing.id], NOW) == {box.standing.id: 2}


def test_the_log_is_kept_for_half_a_year(box: Box) -> None:
    logged(box, Outcome.OK, 179 * DAY)
    logged(box, Outcome.OK, 181 * DAY)
    with box.engine.begin() as connection:
        inbox.forget_old_log(connection, NOW)
        assert connection.scalar(select(func.count()).select_from(tables.fetch)) == 1
    assert box.all("outcome", "new", "updated", "detail", table=tables.fetch) == [("ok", 1, 2, "说明")]


def test_the_newest_arrivals_are_given_newest_first(box: Box) -> None:
    box.store(*(make_entry(str(n), published=NOW - n * DAY) for n in range(1, 6)), make_entry("undated"))
    with reading(box.engine) as connection:
        found = inbox.arrivals(connection, [box.standing.id], 3)
    assert found == {box.standing.id: (NOW, NOW - DAY, NOW - 2 * DAY)}

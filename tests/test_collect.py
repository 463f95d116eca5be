"""Sources asked, read and kept, each by itself; on SQLite and PostgreSQL alike."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from conftest import CORPUS
from newsstand import DAY, HOUR, NOW, Stand, feed, make_source
from sqlalchemy import Engine, text, update

from xcbulletin.collecting import tables
from xcbulletin.collecting.collect import SourceReport, _Run, _take, _weight, examine
from xcbulletin.collecting.fetching.politeness import Done
from xcbulletin.collecting.following.sources import DataStep, Fields, SourceKind
from xcbulletin.collecting.inbox import claims, health, inbox
from xcbulletin.collecting.items import Document, FetchError, Outcome, Request
from xcbulletin.database import DatabaseError
from xcbulletin.errors import BulletinError, UsageMistakeError
from xcbulletin.settings import CollectorSettings

A, B, C = make_source("甲"), make_source("乙"), make_source("丙")
TIMEOUT = FetchError(Outcome.TIMEOUT, "15 秒没有回答")


@pytest.fixture
def stand(engine: Engine) -> Stand:
    return Stand(engine, A, B, C)


@pytest.fixture
def alone(engine: Engine) -> Stand:
    return Stand(engine, A)


def with_marks(content: bytes, etag: str) -> Callable[[Request], Document]:
    """Answer 304 to whoever has the mark."""

    def answer(request: Request) -> Document:
        known = request.etag == etag
        return Document(
            url=request.url,
            content=b"" if known else content,
            fetched=NOW,
            status=304 if known else 200,
            etag=etag,
        )

    return answer


def moved(content: bytes, to: str) -> Callable[[Request], Document]:
    return lambda _request: Document(url=to, content=content, fetched=NOW, moved_to=to)


# What is collected


def test_new_items_are_collected_and_reported(stand: Stand) -> None:
    stand.net.answers = {A.url: feed(1, 2), B.url: feed(3), C.url: feed(4, 5, 6)}
    report = stand.collect()
    assert report.sources == (
        SourceReport(name="甲", outcome=Outcome.OK, new=2),
        SourceReport(name="乙", outcome=Outcome.OK, new=1),
        SourceReport(name="丙", outcome=Outcome.OK, new=3),
    )
    assert stand.count(tables.item) == 6
    assert (report.needs_person, report.listed, report.elsewhere) == ((), 3, ())


def test_a_source_is_asked_again_when_it_is_due(alone: Stand) -> None:
    alone.net.answers = {A.url: feed(1)}
    alone.collect()
    report = alone.after(timedelta(minutes=30))
    assert report.sources == ()
    assert report.next_due is not None
    assert NOW + HOUR * 0.9 <= report.next_due <= NOW + HOUR
    assert len(alone.after(timedelta(minutes=30)).sources) == 1
    assert len(alone.net.asked) == 2


def test_a_source_is_asked_though_not_due_if_it_is_named(stand: Stand) -> None:
    stand.collect()
    stand.net.answers = {B.url: feed(1)}
    assert stand.collect(" 乙 ", "乙").sources == (SourceReport(name="乙", outcome=Outcome.OK, new=1),)


def test_one_source_after_another_is_told_once_it_is_kept(stand: Stand) -> None:
    stand.net.answers = {A.url: feed(1), B.url: feed(1), C.url: feed(1)}
    heard = []

    def tell(report: SourceReport, done: int, total: int) -> None:
        assert stand.count(tables.item) >= done
        heard.append((report.name, done, total))

    stand.collect(tell=tell)
    assert sorted(name for name, _, _ in heard) == ["丙", "乙", "甲"]
    assert [(done, total) for _, done, total in heard] == [(1, 3), (2, 3), (3, 3)]


def test_a_paused_source_is_not_asked(engine: Engine) -> None:
    stand = Stand(engine, replace(A, paused=True, line=7), B)
    assert [one.name for one in stand.collect().sources] == ["乙"]
    with pytest.raises(BulletinError) as caught:
        stand.collect("甲")
    assert str(caught.value) == "sources/feeds.yaml:7: “甲”已暂停，没有采集；要采集请删去它的 paused"


def test_a_route_without_an_rsshub_cannot_be_asked(engine: Engine) -> None:
    stand = Stand(engine, replace(A, kind=SourceKind.RSSHUB, url="/gov/x", paused=True))
    with pytest.raises(BulletinError) as caught:
        stand.collect("甲")
    assert str(caught.value) == "甲: 要经过 RSSHub 采集，请先在 bulletin.yaml 里设置 collector.rsshub"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("工信部", "，是否想写 工信部 政策文件？"),
        ("工信部政策", "，是否想写 工信部 政策文件？"),
        ("xyz", "；名称见 xcbulletin sources list"),
    ],
)
def test_a_name_that_is_not_listed_is_told_with_the_nearest(engine: Engine, name: str, hint: str) -> None:
    stand = Stand(engine, make_source("工信部 政策文件"), B)
    with pytest.raises(UsageMistakeError) as caught:
        stand.collect(name)
    assert str(caught.value) == f"没有“{name}”这个信息源{hint}"
    assert stand.net.asked == []


# What is not read again


def test_the_marks_of_the_last_reading_are_sent(alone: Stand) -> None:
    alone.net.answers = {A.url: with_marks(feed(1), '"1"')}
    alone.collect()
    assert alone.after(DAY).sources == (SourceReport(name="甲", outcome=Outcome.UNCHANGED),)
    assert [request.etag for request in alone.net.asked] == [None, '"1"']
    assert alone.all(tables.fetch, "outcome", "status", "new") == [("ok", 200, 1), ("unchanged", 304, 0)]


def test_once_a_week_a_source_is_asked_without_marks(alone: Stand) -> None:
    alone.net.answers = {A.url: with_marks(feed(1), '"1"')}
    alone.collect()
    alone.after(6 * DAY)
    alone.after(2 * DAY)
    alone.after(2 * DAY)
    assert [request.etag for request in alone.net.asked] == [None, '"1"', None, '"1"']


def test_the_same_bytes_are_not_parsed_again(alone: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.net.answers = {A.url: feed(1)}
    alone.collect()
    monkeypatch.setattr("xcbulletin.collecting.collect.read", lambda *_: pytest.fail("read again"))
    assert alone.after(DAY).sources == (SourceReport(name="甲", outcome=Outcome.UNCHANGED),)


def test_a_source_s_rhythm_is_kept_and_its_items_are_not_asked_again(
    alone: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.net.answers = {A.url: feed(1)}
    alone.collect()
    assert alone.one(tables.source, "newest_item", "usual_gap") == (NOW, None)
    monkeypatch.setattr(health, "rhythm", lambda _arrivals: pytest.fail("asked again"))
    (concern,) = alone.after(91 * DAY).needs_person
    assert concern.advice.startswith("8月3日以来没有新条目")


def test_a_rhythm_that_an_older_program_did_not_keep_is_worked_out(alone: Stand) -> None:
    alone.net.answers = {A.url: feed(1)}
    alone.collect()
    with alone.engine.begin() as connection:
        connection.execute(update(tables.source).values(newest_item=None))
    later = alone.clock.now + 91 * DAY
    assert "沉寂" in examine(alone.engine, [A], later)[A.key].said
    alone.collect("甲")
    assert alone.one(tables.source, "newest_item") == NOW


def test_documents_are_kept_few_at_a_time_and_what_is_unchanged_before_them(engine: Engine) -> None:
    """What was read is lost if we are killed; what was not costs one more question."""
    sources = [make_source(f"源{number}") for number in range(9)]
    stand = Stand(engine, *sources)
    stand.settings = CollectorSettings(host_gap=0, min_interval=60, concurrency=1)
    run = _Run(engine, stand.net, stand.clock, stand.settings, "a 1 b")
    jobs, _ = _take(engine, sources, sources, "a 1 b", NOW, due_only=True)
    stand.net.answers = {one.url: feed(one.name) for one in sources[:2]}
    kept = run.keep([Done(job=job, result=run.ask(job)) for job in jobs])
    told = [next(kept)[1].name for _ in range(8)]
    assert (told, stand.count(tables.item)) == (["源2", "源3", "源4", "源5", "源6", "源7", "源8", "源0"], 1)
    assert [report.name for _, report in kept] == ["源1"]


def test_what_has_a_document_weighs_more_than_what_has_none(alone: Stand) -> None:
    run = _Run(alone.engine, alone.net, alone.clock, alone.settings, "a 1 b")
    (job,), _ = _take(alone.engine, [A], [A], "a 1 b", NOW, due_only=True)
    alone.net.answers = {A.url: TIMEOUT}
    failed = run.ask(job)
    alone.net.answers = {A.url: feed(1)}
    done = [Done(job=job, result=run.ask(job)), Done(job=job, result=failed), Done(job=job, error=OSError())]
    assert list(map(_weight, done)) == [1, 1 / 16, 1 / 16]


def test_what_is_not_asked_may_be_due_first(stand: Stand) -> None:
    stand.net.answers = {A.url: feed(1), B.url: feed(1), C.url: feed(1)}
    first = stand.collect("甲").next_due
    assert first is not None
    stand.clock.now += HOUR / 2
    assert stand.collect("乙", "丙").next_due != first
    assert stand.collect().next_due == first


def test_a_source_that_is_to_be_read_otherwise_is_read_again(engine: Engine) -> None:
    page = make_source("甲", kind=SourceKind.PAGE, fields=Fields(items="li.x"))
    stand = Stand(engine, page)
    stand.net.answers = {
        page.url: with_marks(b"<ul><li class=y><a href=/1.html>\xe9\xa2\x98\xe7\x9b\xae</a></ul>", '"1"')
    }
    assert stand.collect().sources[0].outcome is Outcome.NO_MATCH
    stand.sources = (replace(page, fields=Fields(items="li.y")),)
    assert stand.after(DAY).sources[0].new == 1
    stand.sources = (replace(page, fields=Fields(items="li.z")),)
    assert stand.after(DAY).sources[0].outcome is Outcome.NO_MATCH


def test_of_two_steps_the_second_is_compared(engine: Engine) -> None:
    source = make_source(
        "甲",
        kind=SourceKind.PAGE,
        url="https://a.example/list",
        fields=Fields(items="items", title="t", link="u"),
        data=DataStep(find="#x", url="/data?id={data-id}"),
    )
    stand = Stand(engine, source)
    data = "https://a.example/data?id=7"
    stand.net.answers = {
        source.url: b"<p id=x data-id=7>",
        data: with_marks(b'{"items": [{"t": "\xe9\xa2\x98\xe7\x9b\xae", "u": "/1.html"}]}', '"1"'),
    }
    assert stand.collect().sources[0].new == 1
    assert stand.after(DAY).sources == (SourceReport(name="甲", outcome=Outcome.UNCHANGED),)
    assert [(request.url, request.etag) for request in stand.net.asked] == [
        (source.url, None),
        (data, None),
        (source.url, None),
        (data, '"1"'),
    ]


# What goes wrong


def test_a_source_that_fails_does_not_stop_the_rest(stand: Stand) -> None:
    stand.net.answers = {A.url: feed(1), B.url: TIMEOUT, C.url: feed(2)}
    assert stand.collect().sources == (
        SourceReport(name="甲", outcome=Outcome.OK, new=1),
        SourceReport(name="乙", outcome=Outcome.TIMEOUT, detail="15 秒没有回答"),
        SourceReport(name="丙", outcome=Outcome.OK, new=1),
    )


@pytest.mark.parametrize("place", ["reading.reading.parse_feed", "inbox.inbox.store"])
def test_a_fault_of_ours_with_one_source_does_not_stop_the_rest(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, place: str
) -> None:
    module, _, name = f"xcbulletin.collecting.{place}".rpartition(".")
    own = {"parse_feed": lambda one, *_: b"boom" in one.content, "store": lambda *given: len(given[2]) == 3}[
        name
    ]
    from importlib import import_module

    target = inbox if name == "store" else import_module(module)
    real = getattr(target, name)

    def fails(*given: Any) -> Any:
        if own(*given):
            raise ZeroDivisionError("boom")
        return real(*given)

    monkeypatch.setattr(target, name, fails)
    stand.net.answers = {A.url: feed(1), B.url: feed("boom", 2, 3), C.url: feed(4)}
    with caplog.at_level(logging.ERROR):
        report = stand.collect()
    assert [one.outcome for one in report.sources] == [Outcome.OK, Outcome.UNREADABLE, Outcome.OK]
    assert (
        report.sources[1].detail
        == "程序在这里出错（ZeroDivisionError: boom），请把 build/faults.log 交给开发者"
    )
    assert "ZeroDivisionError" in caplog.text
    assert stand.count(tables.item) == 2


def test_a_database_that_fails_stops_all(stand: Stand) -> None:
    stand.net.answers = {A.url: feed(1), B.url: feed(2), C.url: feed(3)}
    with pytest.raises(DatabaseError):
        stand.collect(tell=lambda *_: (_ for _ in ()).throw(DatabaseError("磁盘已满")))
    assert stand.all(tables.source, "claimed_by") == [None, None, None]


def test_a_failing_source_is_asked_less_and_less_often(alone: Stand) -> None:
    alone.net.answers = {A.url: TIMEOUT}
    asked = []
    for hour in range(24 * 7):
        if alone.collect().sources:
            asked.append(hour)
        alone.clock.pass_(HOUR)
    assert asked[:5] == [0, 1, 3, 7, 15]
    assert 21 < asked[-1] - asked[-2] <= 24
    assert alone.one(tables.source, "failures") == len(asked)


def test_what_one_source_needs_is_said_in_one_line(stand: Stand) -> None:
    stand.net.answers = {
        A.url: feed(1),
        B.url: FetchError(Outcome.GONE, "服务器说这一页不再提供（410）"),
        C.url: b"<html>x",
    }
    lines = list(map(str, stand.collect().needs_person))
    assert [line.split(":")[0] for line in lines] == ["乙", "丙"]
    assert lines[0] == "乙: 从来没有读成：服务器说这一页不再提供（410）；网站说它不再提供，请换一个来源或删去"


def test_a_machine_without_a_network_is_one_line(stand: Stand) -> None:
    stand.net.answers = {one.url: FetchError(Outcome.DNS, "找不到主机") for one in stand.sources}
    assert list(map(str, stand.collect().needs_person)) == ["一个信息源也连不上；请先检查这台机器的网络"]


# Moved, outrun


def test_a_permanent_redirect_is_taken_over_after_some_days(alone: Stand) -> None:
    new = "https://new.example/feed"
    alone.net.answers = {A.url: moved(feed(1), new), new: feed(1)}
    alone.collect()
    for _ in range(4):
        alone.after(DAY)
    report = alone.after(DAY)
    assert [request.url for request in alone.net.asked] == [A.url] * 5 + [new]
    (line,) = report.needs_person
    assert str(line).startswith(f"甲: 已搬到 {new}，程序已改用")
    assert alone.count(tables.item) == 1


def test_an_entry_corrected_after_a_move_brings_nothing_twice(alone: Stand) -> None:
    new = make_source("甲", url="https://new.example/feed")
    alone.net.answers = {A.url: moved(feed(1, 2), new.url), new.url: feed(1, 2, 3)}
    alone.collect()
    for _ in range(4):
        alone.after(DAY)
    alone.sources = (new,)
    assert alone.after(DAY).sources == (SourceReport(name="甲", outcome=Outcome.OK, new=1),)
    assert alone.count(tables.source) == 1


def dated_feed(*items: tuple[str, int]) -> bytes:
    """Return a feed of items by title and age in days."""
    rows = "".join(
        f"<item><title>{title}</title><link>https://a.example/{title}</link>"
        f"<pubDate>{(NOW - age * DAY).isoformat()}</pubDate></item>"
        for title, age in items
    )
    return f"<rss version='2.0'><channel><title>甲</title>{rows}</channel></rss>".encode()


def test_a_window_that_is_outrun_is_a_gap_in_spite_of_what_is_pinned(alone: Stand) -> None:
    pinned = ("置顶", 300)
    alone.net.answers = {A.url: dated_feed(pinned, *((f"甲{n}", 9) for n in range(19)))}
    alone.collect()
    alone.net.answers = {A.url: dated_feed(pinned, *((f"乙{n}", 1) for n in range(19)))}
    (one,) = alone.after(DAY).sources
    assert (one.outcome, one.new) == (Outcome.GAP, 19)
    assert one.detail == "除置顶外，整页 19 条都没有见过，上次采集以来可能漏了一些；已缩短间隔"


def test_a_window_that_is_outrun_is_a_gap_and_shortens_the_interval(alone: Stand) -> None:
    alone.net.answers = {A.url: feed(*range(20))}
    alone.collect()
    alone.net.answers = {A.url: feed(*range(20, 40))}
    report = alone.after(DAY)
    (one,) = report.sources
    assert (one.outcome, one.new) == (Outcome.GAP, 20)
    assert one.detail == "整页 20 条都没有见过，上次采集以来可能漏了一些；已缩短间隔"
    assert report.next_due is not None
    assert report.next_due - alone.clock.now <= HOUR / 2
    assert list(map(str, report.needs_person)) == [
        "甲: 一周内有 1 次整页都是没见过的条目，中间可能漏了；已自动缩短间隔，请让采集运行得更勤"
    ]


def test_a_feed_that_gives_all_its_items_another_guid_brings_nothing_new(alone: Stand) -> None:
    alone.net.answers = {A.url: feed(*range(20))}
    alone.collect()
    alone.net.answers = {A.url: feed(*range(20), guid="new-{}")}
    assert alone.after(DAY).sources == (SourceReport(name="甲", outcome=Outcome.OK),)


# In other hands


def test_what_another_collector_has_in_hand_is_left_to_it(stand: Stand) -> None:
    stand.net.answers = {A.url: feed(1), B.url: feed(2), C.url: feed(3)}
    with stand.engine.begin() as connection:
        inbox.register(connection, stand.sources)
        number = inbox.standings(connection, [B])[B.key].id
        claims.claim(connection, [number], claims.new_claimant(), NOW)
    report = stand.collect()
    assert [one.name for one in report.sources] == ["甲", "丙"]
    assert report.elsewhere == ("乙",)
    assert stand.collect("乙").elsewhere == ("乙",)
    assert [one.name for one in stand.after(claims.LEASE).sources] == ["乙"]


def test_who_is_interrupted_lets_go_of_what_was_not_asked(stand: Stand) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    stand.net.answers = {A.url: feed(1), B.url: feed(2), C.url: feed(3)}
    with pytest.raises(KeyboardInterrupt):
        stand.collect(tell=interrupted)
    assert stand.all(tables.source, "claimed_by") == [None, None, None]
    assert stand.count(tables.item) == stand.count(tables.fetch) > 0
    stand.collect()
    assert stand.count(tables.item) == 3


def test_a_long_collection_holds_on_to_what_it_has_not_asked_yet(engine: Engine) -> None:
    same_host = [make_source(str(n), url=f"https://a.example/{n}", key=str(n)) for n in range(6)]
    stand = Stand(engine, *same_host)
    other = Stand(engine, *same_host)
    other.clock = stand.clock

    def tell(*_: object) -> None:
        stand.clock.pass_(claims.LEASE * 0.6)
        assert other.collect().sources == ()

    stand.net.answers = {one.url: feed(1) for one in same_host}
    stand.settings = stand.settings.model_copy(update={"concurrency": 1, "min_interval": 10_000})
    other.settings = stand.settings
    stand.collect(tell=tell)
    assert len(stand.net.asked) == 6


def test_what_is_kept_of_a_source_is_kept_whole_or_not_at_all(
    alone: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.net.answers = {A.url: feed(1, 2)}

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "keep_standings", killed)
        with pytest.raises(SystemExit):
            alone.collect()
    assert (alone.count(tables.item), alone.count(tables.fetch)) == (0, 0)
    assert alone.collect().sources == (SourceReport(name="甲", outcome=Outcome.OK, new=2),)


# Real feeds


def real_feeds() -> list[Any]:
    return sorted(path for path in CORPUS.glob("feeds/*/*") if path.suffix in (".xml", ".rss"))


@pytest.mark.skipif(not real_feeds(), reason="the corpus is not here")
def test_every_real_feed_is_read_and_the_same_bytes_bring_nothing_more(engine: Engine) -> None:
    sources = [make_source(f"{path.parent.name}/{path.stem}") for path in real_feeds()]
    stand = Stand(engine, *sources)
    stand.net.answers = {one.url: path.read_bytes() for one, path in zip(sources, real_feeds(), strict=True)}
    first = {one.name: one for one in stand.collect().sources}
    assert first.pop("portal-2026/douyin").outcome is Outcome.EMPTY
    assert {one.outcome for one in first.values()} == {Outcome.OK}
    assert all(one.new for one in first.values())
    items = stand.count(tables.item)
    assert items == sum(one.new for one in first.values())
    with engine.begin() as connection:
        connection.execute(update(tables.source).values(body_digest=None))
    second = stand.after(DAY).sources
    assert {(one.new, one.updated) for one in second} == {(0, 0)}
    assert stand.count(tables.item) == items


@pytest.mark.skipif(not real_feeds(), reason="the corpus is not here")
@pytest.mark.parametrize(("name", "stories", "gaps"), [("qbitai", 96, 0), ("huxiu", 112, 4)])
def test_versions_of_a_feed_give_each_story_once(alone: Stand, name: str, stories: int, gaps: int) -> None:
    outcomes = []
    for path in sorted((CORPUS / "feeds" / "sequence" / name).glob("*.xml")):
        alone.net.answers = {A.url: path.read_bytes()}
        outcomes.append(alone.after(DAY).sources[0].outcome)
    assert alone.count(tables.item) == stories
    assert outcomes.count(Outcome.GAP) == gaps


def test_nothing_is_asked_of_an_empty_list(engine: Engine) -> None:
    report = Stand(engine).collect()
    assert (report.sources, report.listed, report.next_due) == ((), 0, None)


def test_the_database_holds_what_a_person_may_want_to_look_up(alone: Stand) -> None:
    alone.net.answers = {A.url: FetchError(Outcome.HTTP, "服务器报错（500）", status=500)}
    alone.collect()
    assert alone.one(tables.fetch, "at", "outcome", "status", "detail") == (
        NOW,
        "http",
        500,
        "服务器报错（500）",
    )
    with alone.engine.connect() as connection:
        assert connection.execute(text("SELECT outcome FROM source")).scalar() == "http"

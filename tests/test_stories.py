import multiprocessing
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count, permutations
from pathlib import Path
from typing import Any

import pytest
from newsdesk import item_row
from sqlalchemy import Engine, func, insert, select, update

from xcbulletin.collecting.following.sources import Authority
from xcbulletin.collecting.stories import stories
from xcbulletin.collecting.stories.stories import fold_new, merge, split
from xcbulletin.collecting.tables import boilerplate, gram, item, source, story, verdict
from xcbulletin.database import open_engine

NOW = datetime(2026, 8, 23, 8, tzinfo=UTC)
TITLE = "某市发布新型储能发展实施方案，明确装机目标"
OTHER_TITLE = "院士团队刷新钙钛矿电池效率纪录"


def add(engine: Engine, *titles: str, source_id: int = 1, **fields: Any) -> list[int]:
    """Store items as the inbox would; return their ids."""
    with engine.begin() as connection:
        if connection.execute(select(source.c.id).where(source.c.id == source_id)).first() is None:
            connection.execute(insert(source), {"id": source_id, "key": f"s{source_id}", "name": "信息源"})
        rows = [item_row(title, source_id, **{"first_seen": NOW, **fields}) for title in titles]
        return list(connection.execute(insert(item).returning(item.c.id), rows).scalars())


def fold(engine: Engine, now: datetime = NOW, **authority: Authority) -> int:
    by_id = {int(name.removeprefix("s")): value for name, value in authority.items()}
    with engine.connect() as connection:
        return fold_new(connection, now, by_id)


def told(engine: Engine, *columns: str) -> list[tuple[Any, ...]]:
    """Return columns of all items, in the order of their ids."""
    with engine.connect() as connection:
        rows = connection.execute(select(*(item.c[name] for name in columns)).order_by(item.c.id))
        return [tuple(row) for row in rows]


def groups(engine: Engine) -> set[frozenset[int]]:
    """Return which items stand together."""
    found: dict[int, set[int]] = {}
    for id_, story_id in told(engine, "id", "story_id"):
        found.setdefault(story_id, set()).add(id_)
    return {frozenset(members) for members in found.values()}


def leads(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(select(story.c.lead_id).order_by(story.c.id)).scalars())


def sets(*members: Iterable[int]) -> set[frozenset[int]]:
    return {frozenset(some) for some in members}


def test_reprints_are_one_story_with_the_reason(engine: Engine) -> None:
    first, other = add(engine, TITLE, OTHER_TITLE)
    (reprint,) = add(engine, f"【观察】{TITLE}（附全文）", source_id=2)
    assert fold(engine) == 3
    assert groups(engine) == sets([first, reprint], [other])
    assert told(engine, "fold_reason") == [(None,), (None,), ("标题相同",)]


def test_what_came_later_joins_what_was_folded(engine: Engine) -> None:
    (first,) = add(engine, TITLE)
    fold(engine)
    (reprint,) = add(engine, f"重磅！{TITLE}", source_id=2)
    assert fold(engine, NOW + timedelta(days=stories.DAYS_SEARCHED)) == 1
    assert groups(engine) == sets([first, reprint])


def test_folding_again_changes_nothing(engine: Engine) -> None:
    add(engine, TITLE, OTHER_TITLE, f"【观察】{TITLE}")
    fold(engine)
    before = told(engine, "id", "story_id", "event_id", "fold_reason")
    assert fold(engine) == 0
    assert told(engine, "id", "story_id", "event_id", "fold_reason") == before


def test_a_text_with_a_new_title_is_found_by_its_opening(engine: Engine) -> None:
    text = (
        "某市发展改革委印发新型储能发展实施方案，提出到2026年全市新型储能装机达到350万千瓦，建成12个独立共享储能电站。"
        * 2
    )
    (first,) = add(engine, TITLE, text=text)
    (reprint,) = add(engine, "三百五十万千瓦！储能实施方案定了", text=text, source_id=2)
    fold(engine)
    assert groups(engine) == sets([first, reprint])


def test_the_same_address_is_the_same_story_however_old(engine: Engine) -> None:
    (first,) = add(engine, TITLE, url_key="https://example.org/a")
    fold(engine)
    (other,) = add(engine, "某市发布新型储能发展方案了", url_key="https://example.org/a", source_id=2)
    fold(engine, NOW + timedelta(days=400))
    assert groups(engine) == sets([first, other])
    assert told(engine, "fold_reason")[1] == ("网址相同",)


def test_the_front_page_of_a_site_is_no_address(engine: Engine) -> None:
    add(engine, "周一早报：某市储能", "周二早报：某市储能观察", url_key="https://example.org/")
    fold(engine)
    assert len(groups(engine)) == 2


def test_templates_stay_apart(engine: Engine) -> None:
    add(
        engine,
        "某某汽车5月新能源车销量公布",
        "某某汽车6月新能源车销量公布",
        "【财经早餐】6.16",
        "【财经早餐】6.17",
    )
    fold(engine)
    assert len(groups(engine)) == 4


def test_one_event_is_grouped_and_not_folded(engine: Engine) -> None:
    notice, comment, other = add(
        engine, "新型储能发展实施方案发布", "《新型储能发展实施方案》发布解读", OTHER_TITLE
    )
    fold(engine)
    assert len(groups(engine)) == 3
    assert told(engine, "id", "event_id") == [(notice, notice), (comment, notice), (other, None)]


def test_what_a_source_always_says_makes_no_story(engine: Engine) -> None:
    common = "点击上方蓝字关注我们，获取产业一手资讯，转载请联系后台授权，商务合作请拨打热线电话，本号长期招募作者与编辑。"
    titles = [
        "钙钛矿电池效率刷新",
        "液流电池项目开工",
        "海上风电平价上网",
        "虚拟电厂聚合响应",
        "氢能重卡批量交付",
    ]
    add(engine, *titles, text=common * 2)
    add(engine, "换流变压器国产突破", text=common * 2, source_id=2)
    fold(engine)
    assert len(groups(engine)) == 6
    with engine.connect() as connection:
        times = func.max(boilerplate.c["items"])
        kept = connection.execute(select(boilerplate.c.source_id, times).group_by(boilerplate.c.source_id))
        assert kept.all() == [(1, 5)]


def test_the_most_original_leads(engine: Engine) -> None:
    (portal,) = add(engine, TITLE, source_id=1, published=NOW - timedelta(hours=5))
    (late,) = add(engine, TITLE, source_id=2, published=NOW - timedelta(hours=1))
    (early,) = add(engine, TITLE, source_id=2, published=NOW - timedelta(hours=2))
    authority = {"s1": Authority.PORTAL, "s2": Authority.MEDIA, "s3": Authority.GOVERNMENT}
    fold(engine, **authority)
    assert leads(engine) == [early]
    (office,) = add(engine, TITLE, source_id=3, published=NOW)
    fold(engine, **authority)
    assert leads(engine) == [office]
    assert groups(engine) == sets([portal, late, early, office])


@pytest.mark.parametrize("status", ["picked", "dismissed"])
def test_a_decision_outlives_a_reprint(engine: Engine, status: str) -> None:
    (first,) = add(engine, TITLE)
    fold(engine)
    decide(engine, first, status)
    add(engine, TITLE, source_id=2, published=NOW - timedelta(days=9))
    fold(engine, s2=Authority.GOVERNMENT)
    with engine.connect() as connection:
        assert connection.execute(select(story.c.status, story.c.lead_id)).all() == [(status, first)]


def decide(engine: Engine, item_id: int, status: str) -> None:
    with engine.begin() as connection:
        chosen = select(item.c.story_id).where(item.c.id == item_id).scalar_subquery()
        connection.execute(update(story).where(story.c.id == chosen).values(status=status))


def test_a_changed_title_does_not_move_an_item(engine: Engine) -> None:
    first, _ = add(engine, TITLE, f"重磅！{TITLE}")
    fold(engine)
    before = groups(engine)
    with engine.begin() as connection:
        connection.execute(update(item).where(item.c.id == first).values(title=OTHER_TITLE, changes=1))
    assert fold(engine) == 0
    assert groups(engine) == before


def test_grams_are_dropped_in_time(engine: Engine) -> None:
    add(engine, TITLE)
    fold(engine)
    fold(engine, NOW + timedelta(days=stories.DAYS_SEARCHED + 1))
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(gram)).scalar() == 0


# An editor's word


def judge(engine: Engine, *ids: int, **authority: Authority) -> int:
    by_id = {int(name.removeprefix("s")): value for name, value in authority.items()}
    with engine.begin() as connection:
        return merge(connection, ids, NOW, by_id)


def part(engine: Engine, item_id: int) -> int:
    with engine.begin() as connection:
        return split(connection, item_id, NOW)


def verdicts(engine: Engine) -> set[tuple[int, int, bool]]:
    with engine.connect() as connection:
        rows = connection.execute(select(verdict.c.one_id, verdict.c.other_id, verdict.c.same))
        return {(row.one_id, row.other_id, row.same) for row in rows}


def test_merged_stories_are_one_for_good(engine: Engine) -> None:
    one, twin, other = add(engine, TITLE, f"【观察】{TITLE}", OTHER_TITLE)
    assert judge(engine, one, other) == 1
    assert groups(engine) == sets([one, twin, other])
    assert verdicts(engine) == {(one, other, True), (twin, other, True)}
    assert told(engine, "fold_reason")[2] == ("编辑合并",)
    assert leads(engine) == [one]
    (late,) = add(engine, f"重磅！{OTHER_TITLE}")
    fold(engine)
    assert groups(engine) == sets([one, twin, other, late])


def test_a_merged_story_is_led_by_the_most_original(engine: Engine) -> None:
    (one,), (other,) = add(engine, TITLE), add(engine, OTHER_TITLE, source_id=2)
    judge(engine, one, other, s2=Authority.GOVERNMENT)
    assert leads(engine) == [other]


def test_a_merged_story_keeps_the_article_that_came_of_it(engine: Engine) -> None:
    one, other = add(engine, TITLE, OTHER_TITLE)
    fold(engine)
    decide(engine, other, "picked")
    judge(engine, one, other)
    assert decisions(engine) == {one: "picked", other: "picked"}
    assert leads(engine) == [other]


def decisions(engine: Engine) -> dict[int, str]:
    """Return how the stories stand of the items."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(item.c.id, story.c.status).join(story, story.c.id == item.c.story_id)
        )
        return {row.id: row.status for row in rows}


@pytest.mark.parametrize("dismissed", [0, 1])
def test_a_dismissed_story_hides_nothing_that_is_merged_with_it(engine: Engine, dismissed: int) -> None:
    both = add(engine, TITLE, OTHER_TITLE)
    fold(engine)
    decide(engine, both[dismissed], "dismissed")
    judge(engine, *both)
    assert set(decisions(engine).values()) == {"new"}


def test_all_dismissed_stay_dismissed_when_merged(engine: Engine) -> None:
    one, other = add(engine, TITLE, OTHER_TITLE)
    fold(engine)
    decide(engine, one, "dismissed")
    decide(engine, other, "dismissed")
    judge(engine, one, other)
    assert decisions(engine) == {one: "dismissed", other: "dismissed"}


@pytest.mark.parametrize("statuses", list(permutations(("new", "dismissed", "picked"), 2)))
@pytest.mark.parametrize("parted", [0, 1])
def test_merged_and_split_again_items_keep_their_decisions(
    engine: Engine, statuses: tuple[str, str], parted: int
) -> None:
    both = add(engine, TITLE, OTHER_TITLE)
    fold(engine)
    for id_, status in zip(both, statuses, strict=True):
        decide(engine, id_, status)
    judge(engine, *both)
    part(engine, both[parted])
    assert decisions(engine) == dict(zip(both, statuses, strict=True))
    judge(engine, *both)
    part(engine, both[1 - parted])
    assert decisions(engine) == dict(zip(both, statuses, strict=True))


@pytest.mark.parametrize("status", ["picked", "dismissed"])
def test_a_decision_stays_with_its_item_when_its_reprints_are_split(engine: Engine, status: str) -> None:
    one, twin = add(engine, TITLE, f"【观察】{TITLE}")
    fold(engine)
    decide(engine, one, status)
    with engine.connect() as connection:
        before = connection.scalar(select(item.c.story_id).where(item.c.id == one))
    part(engine, one)
    assert decisions(engine) == {one: status, twin: "new"}
    assert told(engine, "story_id")[0] == (before,)
    assert leads(engine) == [one, twin]


def test_a_dismissal_comes_back_with_its_reprints_but_not_over_what_was_put_beside_it(engine: Engine) -> None:
    one, twin, other, third = add(engine, TITLE, f"【观察】{TITLE}", OTHER_TITLE, "许昌储能产业园投产")
    fold(engine)
    decide(engine, one, "dismissed")
    judge(engine, one, other)
    part(engine, other)
    assert decisions(engine) == {one: "dismissed", twin: "dismissed", other: "new", third: "new"}
    judge(engine, one, other, third)
    part(engine, other)
    assert set(decisions(engine).values()) == {"new"}


def test_an_article_waits_while_its_item_is_part_of_another(engine: Engine) -> None:
    one, other = add(engine, TITLE, OTHER_TITLE)
    fold(engine)
    decide(engine, one, "picked")
    decide(engine, other, "picked")
    before = told(engine, "story_id")
    judge(engine, one, other)
    assert len(groups(engine)) == 1
    part(engine, other)
    assert told(engine, "story_id") == before


def test_a_split_item_stays_apart(engine: Engine) -> None:
    one, twin, third = add(engine, TITLE, f"【观察】{TITLE}", f"重磅！{TITLE}")
    assert fold(engine) == 3
    assert part(engine, one) == 2
    assert groups(engine) == sets([one], [twin, third])
    assert verdicts(engine) == {(one, twin, False), (one, third, False)}
    assert told(engine, "fold_reason")[0] == ("编辑拆分",)
    assert leads(engine) == [twin, one]
    assert fold(engine) == 0
    assert groups(engine) == sets([one], [twin, third])


def test_its_reprints_go_with_a_split_item(engine: Engine) -> None:
    one, other = add(engine, TITLE, OTHER_TITLE)
    judge(engine, one, other)
    twin, reprint = add(engine, f"【观察】{TITLE}", f"重磅！{OTHER_TITLE}")
    fold(engine)
    assert groups(engine) == sets([one, other, twin, reprint])
    part(engine, other)
    assert groups(engine) == sets([one, twin], [other, reprint])
    assert leads(engine) == [one, other]
    assert (twin, reprint, False) in verdicts(engine)
    assert told(engine, "fold_reason")[3] == ("标题相同",)
    (late,) = add(engine, f"快讯：{OTHER_TITLE}")
    fold(engine)
    assert groups(engine) == sets([one, twin], [other, reprint, late])


def test_an_item_alone_cannot_be_split(engine: Engine) -> None:
    (one,) = add(engine, TITLE)
    assert part(engine, one) == 1
    assert verdicts(engine) == set()


def test_an_item_may_be_split_and_merged_again(engine: Engine) -> None:
    one, twin, third = add(engine, TITLE, f"【观察】{TITLE}", f"重磅！{TITLE}")
    fold(engine)
    part(engine, one)
    judge(engine, one, twin)
    assert groups(engine) == sets([one, twin, third])
    assert {same for _, _, same in verdicts(engine)} == {True}


def test_of_two_words_that_clash_the_split_wins(engine: Engine) -> None:
    """A split from B; C is with A, D with B; C and D merged: A, whom nobody named, stays apart from B."""
    a, b = add(engine, TITLE, f"【观察】{TITLE}")
    fold(engine)
    part(engine, a)
    c, d = add(engine, "许昌储能产业园投产", "电缆企业新建超高压产线")
    judge(engine, a, c)
    judge(engine, b, d)
    judge(engine, c, d)
    assert groups(engine) == sets([b, c, d], [a]) or groups(engine) == sets([a, c, d], [b])
    with engine.connect() as connection:
        apart = connection.execute(select(item.c.story_id).where(item.c.id.in_((a, b)))).scalars().all()
    assert len(set(apart)) == 2


# Several at once, and killed


def test_a_batch_that_fails_leaves_nothing_behind(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    add(engine, TITLE, f"【观察】{TITLE}", OTHER_TITLE)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(stories, "_write", fail)
        with pytest.raises(KeyboardInterrupt):
            fold(engine)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(gram)).scalar() == 0
    assert fold(engine) == 3
    assert len(groups(engine)) == 2


def test_batches_that_were_done_stay_done(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    add(engine, TITLE, OTHER_TITLE, f"【观察】{TITLE}", f"重磅！{OTHER_TITLE}")
    monkeypatch.setattr(stories, "_BATCH", 1)
    real, done = stories._write, count()

    def fail_later(*values: Any) -> None:
        if next(done) == 2:
            raise KeyboardInterrupt
        real(*values)

    with monkeypatch.context() as patched:
        patched.setattr(stories, "_write", fail_later)
        with pytest.raises(KeyboardInterrupt):
            fold(engine)
    assert [row is not None for (row,) in told(engine, "story_id")] == [True, True, False, False]
    assert fold(engine) == 2
    assert len(groups(engine)) == 2


def test_folding_within_the_callers_transaction_is_undone_with_it(engine: Engine) -> None:
    add(engine, TITLE)
    with engine.connect() as connection, connection.begin() as transaction:
        assert fold_new(connection, NOW) == 1
        transaction.rollback()
    assert told(engine, "story_id") == [(None,)]


def _fold_elsewhere(url: str, root: Path) -> None:
    stories._BATCH = 5
    engine = open_engine(url, root)
    fold(engine)
    engine.dispose()


def test_two_collectors_fold_each_item_once(engine: Engine, database_url: str, tmp_path: Path) -> None:
    words = ("储能", "风电", "光伏", "氢能", "电缆", "机器人", "新药", "传感器", "硅片", "再生铝")
    for number, word in enumerate(words):
        titles = (f"许昌{word}产业园一期项目建成投产", f"重磅！许昌{word}产业园一期项目建成投产")
        add(engine, *titles, f"{word}企业与高校共建联合实验室", source_id=number + 1)
    spawned = multiprocessing.get_context("spawn")
    others = [spawned.Process(target=_fold_elsewhere, args=(database_url, tmp_path)) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert [other.exitcode for other in others] == [0, 0]
    assert fold(engine) == 0
    assert sorted(len(members) for members in groups(engine)) == [1] * 10 + [2] * 10
    assert len(leads(engine)) == 20

"""What an editor should see first stands first, each with its reasons; no industry crowds the others out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from xcbulletin.collecting.following.sources import Authority
from xcbulletin.collecting.items import Label
from xcbulletin.collecting.suggesting.ranking import (
    Candidate,
    Earlier,
    Judgement,
    Mention,
    Outlet,
    Period,
    Suggestion,
    Tally,
    Taste,
    day_words,
    mentions,
    rank,
    relevance,
    set_aside,
)

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
PERIOD = Period(since=NOW - timedelta(days=45), until=NOW + timedelta(days=2))
NAMES = {"power": "智能电力", "ai": "人工智能", "metal": "再生金属"}
UHV = Label(code="power", score=0.9, reason="标题里有“特高压”", sure=True)
MAYBE_AI = Label(code="ai", score=0.6, reason="摘要里有“算力”", sure=False)


def label(code: str, score: float = 0.9) -> Label:
    return Label(code=code, score=score, reason="", sure=True)


def make_candidate(number: int = 1, *labels: Label, **fields: Any) -> Candidate:
    own: dict[str, Any] = {
        "title": f"标题{number}",
        "url": None,
        "source": "甲报",
        "source_key": "a",
        "authority": Authority.MEDIA,
        "published": NOW - timedelta(days=1),
    }
    given = {**own, **fields}
    given.setdefault("at", given["published"] or NOW)
    given.setdefault("judgement", Judgement(labels=labels or (UHV,)))
    return Candidate(id=number, **given)


def ranked(*candidates: Candidate, **options: Any) -> tuple[Suggestion, ...]:
    return rank(candidates, PERIOD, NOW, NAMES, **options)


def numbers(*candidates: Candidate, **options: Any) -> list[int]:
    return [one.candidate.id for one in ranked(*candidates, **options)]


def test_every_line_says_why_it_is_there() -> None:
    one = make_candidate(
        source="国家能源局",
        authority=Authority.GOVERNMENT,
        judgement=Judgement(
            labels=(UHV, MAYBE_AI), mentions=(Mention(kind="company", name="许继", in_title=True),)
        ),
        also=tuple(Outlet(title="同题", url=None, source=f"转载{number}") for number in range(5)),
    )
    assert ranked(one, taste=Taste(sources={"a": Tally(taken=3)}))[0].reasons == (
        "产业：智能电力（标题里有“特高压”）",
        "可能：人工智能（摘要里有“算力”）",
        "许昌企业：许继",
        "5 家转载",
        "国家能源局发布",
        "昨天",
        "这个来源采用过 3 次",
    )


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"judgement": Judgement(labels=(UHV,))}, {"judgement": Judgement(labels=(MAYBE_AI,))}),
        ({"judgement": Judgement(labels=(UHV, label("ai")))}, {}),
        (
            {
                "judgement": Judgement(
                    labels=(UHV,), mentions=(Mention(kind="place", name="长葛", in_title=False),)
                )
            },
            {},
        ),
        ({"authority": Authority.GOVERNMENT}, {"authority": Authority.PORTAL}),
        ({"also": (Outlet(title="同题", url=None, source="乙报"),)}, {}),
        ({}, {"published": NOW - timedelta(days=20)}),
        ({}, {"published": NOW - timedelta(days=200)}),
        ({}, {"earlier": Earlier(issue="2021-02", title="旧文", draft=False, same=False)}),
        ({"source_key": "liked"}, {}),
        ({}, {"source_key": "disliked"}),
    ],
)
def test_what_counts_for_a_story(better: dict[str, Any], worse: dict[str, Any]) -> None:
    taste = Taste(sources={"liked": Tally(taken=5), "disliked": Tally(dismissed=5)})
    first, second = make_candidate(1, **better), make_candidate(2, **worse)
    assert numbers(second, first, taste=taste)[0] == 1


def test_what_editors_took_of_an_industry_counts() -> None:
    taste = Taste(industries={"ai": Tally(taken=9), "metal": Tally(dismissed=9)})
    assert numbers(make_candidate(1, label("metal")), make_candidate(2, label("ai")), taste=taste) == [2, 1]


def test_a_source_whose_items_were_put_away_is_named() -> None:
    (one,) = ranked(make_candidate(), taste=Taste(sources={"a": Tally(taken=1, dismissed=9)}))
    assert one.reasons[-1] == "这个来源多半没有采用（10 条里 1 条）"


def test_a_story_printed_before_goes_to_the_end_and_says_where() -> None:
    printed = make_candidate(1, earlier=Earlier(issue="2021-02", title="旧文", draft=False, same=True))
    dull = make_candidate(2, judgement=Judgement(labels=(MAYBE_AI,)), published=NOW - timedelta(days=40))
    first, last = ranked(printed, dull)
    assert (first.candidate.id, last.candidate.id) == (2, 1)
    assert last.reasons[-1] == "已登过：2021-02《旧文》"


def test_what_is_being_written_is_no_news_either() -> None:
    assert str(Earlier(issue="2026-11", title="文", draft=True, same=True)) == "已在写：2026-11《文》（草稿）"
    assert str(Earlier(issue="2026-10", title="文", draft=False, same=False)) == "同一件事有过：2026-10《文》"


def test_no_industry_crowds_the_others_out() -> None:
    power = [make_candidate(number, label("power", 0.95)) for number in range(1, 11)]
    others = [make_candidate(11, label("ai", 0.8)), make_candidate(12, label("metal", 0.7))]
    assert {11, 12} <= set(numbers(*power, *others, limit=6))


def test_scores_fall_down_the_list() -> None:
    some = [
        make_candidate(number, label(code, score))
        for number, (code, score) in enumerate((code, score / 10) for code in NAMES for score in range(1, 10))
    ]
    scores = [one.score for one in ranked(*some)]
    assert scores == sorted(scores, reverse=True)


def test_a_second_story_of_one_event_comes_later_and_names_the_first() -> None:
    first, second = (
        make_candidate(1, label("ai", 0.95), event=7),
        make_candidate(2, label("ai", 0.94), event=7),
    )
    other = make_candidate(3, label("ai", 0.8))
    found = ranked(first, second, other)
    assert [one.candidate.id for one in found] == [1, 3, 2]
    assert found[2].reasons[-1] == "与 1 说的是同一件事"


def test_the_limit_holds() -> None:
    assert len(numbers(*(make_candidate(number) for number in range(9)), limit=3)) == 3


def test_an_old_story_that_has_just_come_says_how_old_it_is() -> None:
    assert "旧闻：2025-11-23" in ranked(make_candidate(published=NOW - timedelta(days=366)))[0].reasons


def test_a_story_without_a_date_says_when_it_came() -> None:
    assert "日期不明，今天收到" in ranked(make_candidate(published=None))[0].reasons


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "今天"),
        (1, "昨天"),
        (2, "前天"),
        (3, "3 天前"),
        (8, "11月16日"),
        (400, "2025年10月20日"),
        (-1, "11月25日"),
    ],
)
def test_days_are_said_as_one_says_them(days: int, words: str) -> None:
    assert day_words(NOW - timedelta(days=days), NOW) == words


def test_a_day_is_a_day_in_xuchang() -> None:
    assert day_words(datetime(2026, 11, 23, 17, tzinfo=UTC), NOW) == "今天"


# The city


def named(title: str, text: str = "") -> list[tuple[str, str, bool]]:
    found = mentions(title, text, ["许昌", "长葛", "东城区"], ["许继"])
    return [(one.kind, one.name, one.in_title) for one in found]


def test_companies_and_places_of_the_city_are_found() -> None:
    assert named("许继电气中标", "在长葛投产，链主企业带动") == [
        ("company", "许继", True),
        ("place", "长葛", False),
        ("leader", "链主", False),
    ]


@pytest.mark.parametrize("title", ["上海许昌路改造", "北京东城区试点", "东莞市东城区试点"])
def test_a_street_and_a_district_elsewhere_are_not_the_city(title: str) -> None:
    assert named(title) == []


@pytest.mark.parametrize("title", ["允许继续教育学分互认", "也许继续上涨", "院长葛某出席", "许继·某某新片"])
def test_halves_of_words_and_names_of_people_are_not_the_city(title: str) -> None:
    assert named(title) == []


@pytest.mark.parametrize("title", ["许昌智能电网产业园", "许继大道通车", "许继大酒店", "许昌智能化改造"])
def test_a_companys_name_in_front_of_other_words_is_not_the_company(title: str) -> None:
    found = mentions(title, "", ["许昌"], ["许继", "许昌智能"])
    assert [one.kind for one in found] == (["place"] if "许昌" in title else [])


@pytest.mark.parametrize("title", ["许昌智能中标", "许昌智能继电器公司", "许继产业园投产"])
def test_a_companys_name_in_front_of_what_it_does_is(title: str) -> None:
    assert "company" in [one.kind for one in mentions(title, "", [], ["许继", "许昌智能"])]


@pytest.mark.parametrize("title", ["与许继集团签约", "许昌市长葛市试点", "地处长葛"])
def test_a_name_beside_other_words_is_found(title: str) -> None:
    assert named(title) != []


@pytest.mark.parametrize("title", ["许昌市东城区试点", "东城区试点", "北京东城区与许昌"])
def test_a_district_of_the_city_is(title: str) -> None:
    assert named(title) != []


# Relevance, which is kept with the labels


def test_an_item_that_says_nothing_is_worth_nothing() -> None:
    assert relevance(Judgement()) == 0
    assert relevance(Judgement(labels=(MAYBE_AI,))) > 0
    assert relevance(Judgement(mentions=(Mention(kind="leader", name="链主", in_title=True),))) > 0


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        (
            {"status": "picked", "article": "issues/2026-11/news/01-x.md"},
            ["已选用：issues/2026-11/news/01-x.md"],
        ),
        ({"status": "dismissed"}, ["已搁置"]),
        ({"status": "folded", "lead": 3, "fold_reason": "标题相同"}, ["与 3 是同一篇（标题相同）"]),
    ],
)
def test_what_is_not_suggested_says_why(fields: dict[str, Any], reasons: list[str]) -> None:
    set_by = set_aside(make_candidate(**fields), NAMES)
    assert list(set_by.reasons) == [*reasons, "产业：智能电力（标题里有“特高压”）"]
    assert set_by.score == 0


def test_a_name_of_the_city_alone_is_no_suggestion_and_says_so() -> None:
    named = Judgement(mentions=(Mention(kind="place", name="许昌", in_title=True),), bears=False)
    assert relevance(named) == 0
    assert not named.is_relevant
    assert set_aside(make_candidate(judgement=named), NAMES).reasons == (
        "许昌地方：许昌",
        "看不出与产业、政策、项目、技术或经济有关",
    )


def test_what_nobody_could_want_says_so() -> None:
    assert set_aside(make_candidate(judgement=Judgement()), NAMES).reasons == (
        "看不出与哪个产业有关，也没有提到本市",
    )

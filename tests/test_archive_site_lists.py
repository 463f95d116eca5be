"""Lists of articles: their pages stay as they are when something is added."""

import datetime
from dataclasses import replace

import pytest
from archivesite import SITE, archive, links, page, print_issue, texts
from conftest import make_article
from hypothesis import given, settings
from hypothesis import strategies as st

from xcbulletin.archive.addresses import industry_page
from xcbulletin.archive.site.listing import (
    A_PAGE,
    Listed,
    gist,
    in_turn,
    is_latin,
    list_articles,
    newest_first,
    shelve,
)

FILED = print_issue(make_article(title="题")).filed


def listed(*counts: int) -> list[Listed]:
    """Return entries of issues a month apart, from January 2020 on, with so many articles each."""
    issues = [
        replace(
            FILED,
            id=f"{2020 + month // 12}-{month % 12 + 1:02}",
            date=datetime.date(2020 + month // 12, month % 12 + 1, 25),
            articles=tuple(
                replace(FILED.articles[0], title=f"{month}.{index}", slug=f"s{index}")
                for index in range(count)
            ),
        )
        for month, count in enumerate(counts)
    ]
    return list_articles(issues, SITE)


def test_the_newest_come_first_by_issue_and_in_printing_order_within() -> None:
    assert [one.title for one in newest_first(listed(2, 0, 3), 4)] == ["2.0", "2.1", "2.2", "0.0"]
    assert newest_first([], 4) == []


def test_a_year_of_many_articles_is_parted_from_its_beginning() -> None:
    shelf = shelve("ai", "人工智能", listed(60, 60, *(0,) * 10, 5), industry_page)
    assert [(part.page, len(part.entries)) for part in shelf.parts] == [
        ("industries/ai/2020.html", 100),
        ("industries/ai/2020-2.html", 20),
        ("industries/ai/2021.html", 5),
    ]
    assert [(year, total) for year, total, _parts in shelf.years] == [(2021, 5), (2020, 120)]
    assert (shelf.total, len(shelf.newest)) == (125, 50)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 130), max_size=4), st.integers(0, 130))
def test_what_is_printed_later_changes_no_page_that_is_full(counts: list[int], more: int) -> None:
    from_november = (0,) * 10
    before = shelve("ai", "", listed(*from_november, *counts), industry_page).parts
    entries = listed(*from_november, *counts, more)
    after = shelve("ai", "", entries, industry_page).parts
    assert [one for part in after for one in part.entries] == entries
    for old, new in zip(before, after, strict=False):
        assert old.page == new.page
        assert new.entries[: len(old.entries)] == old.entries
        assert new == old or len(old.entries) < A_PAGE


def test_old_pages_of_a_list_keep_their_bytes() -> None:
    months = [
        print_issue(
            *(make_article(title=f"{month}之{index}") for index in range(40)), month=f"2021-{month:02}"
        )
        for month in range(1, 8)
    ]
    before, after = archive(*months[:6]), archive(*months)
    assert before["columns/news/2021.html"] == after["columns/news/2021.html"]
    assert before["columns/news/2021-2.html"] == after["columns/news/2021-2.html"]
    assert before["columns/news/index.html"] != after["columns/news/index.html"]


def test_the_pages_of_a_list_lead_from_the_first_to_the_last_and_back() -> None:
    many = [make_article(title=f"题{index}") for index in range(120)]
    files = archive(print_issue(*many), print_issue(make_article(), month="2022-01"))
    chain = ["columns/news/2021.html", "columns/news/2021-2.html", "columns/news/2022.html"]
    for before, path, after in in_turn(chain):
        found = {one.get("rel"): one.get("href") for one in page(files, path).cssselect(".turn a")}
        wanted = {"prev": before, "next": after}
        assert found == {rel: f"../../{to}" for rel, to in wanted.items() if to}
    first = page(files, "columns/news/index.html")
    assert links(first, ".years a") == [f"../../{path}" for path in (chain[2], chain[0], chain[1])]
    assert texts(first, ".years li") == ["2022年 1 篇", "2021年 第2页 120 篇"]
    assert texts(first, "#newest") == ["最新 50 篇"]


def test_a_page_of_a_year_has_its_articles_by_month() -> None:
    article = make_article(title="甲", industries=("ai", "robot"))
    files = archive(print_issue(article), print_issue(article, month="2021-03"))
    tree = page(files, "industries/ai/2021.html")
    assert texts(tree, "h1") == ["新一代人工智能产业 2021年"]
    assert texts(tree, "main h2") == ["1月", "3月"]
    assert texts(tree, ".entries li") == [
        "甲 2021年第1期 2021年1月25日 行业动态 人工智能 工业机器人",
        "甲 2021年第3期 2021年3月25日 行业动态 人工智能 工业机器人",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("小标题\n第一句。第二句！\n第三句。", "第一句。第二句！"),
        (f"短句。{'很长的一句话' * 30}。", "短句。"),
        (f"{'长' * 200}。", f"{'长' * 180}…"),
        (f"{'长' * 100}。短句。", f"{'长' * 100}。"),
        ("没有句号", "没有句号"),
        ("他说：“可以。”然后走了。", "他说：“可以。”然后走了。"),
        ("", ""),
    ],
)
def test_the_first_sentences_stand_for_an_article_without_a_summary(text: str, shown: str) -> None:
    article = FILED.articles[0]
    assert gist(replace(article, text=text)) == shown
    assert gist(replace(article, text=text, summary="一句\n话。")) == "一句 话。"


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Robots 2021", True),
        ("5G 应用", False),
        ("2021", False),
        ("", False),
        ("𠮷 AI", False),
        ("AI、", False),
    ],
)
def test_a_language_is_told_by_its_letters(text: str, latin: bool) -> None:
    assert is_latin(text) is latin

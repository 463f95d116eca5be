"""Links and pictures of an edition in the archive."""

from typing import Any

import pytest
from conftest import make_article, make_issue

from xcbulletin.archive.links import link, without_pictures
from xcbulletin.publishing.edition import Edition, compose
from xcbulletin.publishing.nodes import Link, plain, walk

PAGE = "issues/2021-01/index.html"
PAGES = {
    "issues/2020-12": "issues/2020-12/index.html",
    "issues/2020-12/news/chips.md": "issues/2020-12/news-chips.html",
    "issues/2021-01/news/b 二.md": "issues/2021-01/news-x.html",
}


def linked(body: str) -> Any:
    article = make_article(column="news", file="issues/2021-01/news/a.md", body=body, body_line=5)
    edition, _problems = compose(make_issue(article), ())
    return link(edition, (article,), PAGE, PAGES.get)


def hrefs(edition: Edition) -> list[str]:
    return [node.href for node in walk(edition.entries[0].body) if isinstance(node, Link)]


def text(edition: Edition) -> str:
    return plain(edition.entries[0].body)


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("../../2020-12/news/chips.md", "../2020-12/news-chips.html"),
        ("../../2020-12/", "../2020-12/index.html"),
        ("b%20二.md", "news-x.html"),
        ("../news/b%20%E4%BA%8C.md#news-2-h1", "news-x.html#news-2-h1"),
        ("b%20二.md#", "news-x.html"),
        ("../../2020-12/#news-1", "../2020-12/index.html#news-1"),
        ("https://example.org/a.md", "https://example.org/a.md"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("//example.org/x", "//example.org/x"),
        ("#news-1-h1", "#news-1-h1"),
    ],
)
def test_a_link_leads_to_what_its_target_has_become(href: str, found: str) -> None:
    outcome = linked(f"## 标题\n\n见[上期]({href})。\n")
    assert hrefs(outcome.edition) == [found]
    assert outcome.problems == ()


@pytest.mark.parametrize(
    "href", ["note-f-5", "../../../../etc/passwd", "assets/x.xlsx", "#nowhere", "../b.md", "%00"]
)
def test_a_broken_link_is_reported_with_its_line_and_its_words_stay(href: str) -> None:
    outcome = linked(f"第一段。\n\n第二段\n见**[这里]({href})**。\n")
    assert hrefs(outcome.edition) == []
    assert "见这里。" in text(outcome.edition)
    (problem,) = outcome.problems
    assert str(problem.place) == "issues/2021-01/news/a.md:8"


def test_a_link_in_a_note_leads_there_too() -> None:
    edition = linked("见[^1]。\n\n[^1]: 见[上期](../../2020-12/news/chips.md)和[无](nix.md)。\n").edition
    (note,) = edition.entries[0].notes
    assert [node.href for node in walk((note,)) if isinstance(node, Link)] == ["../2020-12/news-chips.html"]


def test_what_is_wrong_with_a_link_is_said_in_full() -> None:
    (problem,) = linked("见[注](note-f-5)。\n").problems
    assert str(problem) == (
        "issues/2021-01/news/a.md:5: 链接“注”指向“note-f-5”，归档里没有这一页，只留下了文字；"
        "网址请以 http:// 或 https:// 开头；要链到另一篇文章，请写它的文件，如 ../../2021-01/news/01-x.md"
    )


def test_an_edition_without_links_stays_as_it_is() -> None:
    article = make_article(column="news", body="没有链接。")
    edition, _problems = compose(make_issue(article), ())
    assert link(edition, (article,), PAGE, PAGES.get).edition == edition


def test_a_picture_that_cannot_be_read_is_shown_as_one_to_come() -> None:
    article = make_article(column="news", body="![图](assets/no.png)\n\n![二](assets/yes.png)\n")
    edition, _problems = compose(make_issue(article), ())
    shown = without_pictures(edition, {"assets/yes.png"})
    assert [node.src for node in shown.entries[0].pictures] == ["待补", "assets/yes.png"]

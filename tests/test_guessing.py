"""A list page without selectors shows where its list may be."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.items import Document
from xcbulletin.collecting.reading.guessing import Guess, guess_lists

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def guess(content: str) -> tuple[Guess, ...]:
    return guess_lists(Document(url="https://a.cn/", content=content.encode("utf-8", "replace"), fetched=NOW))


def rows(row: str, count: int = 12) -> str:
    return "".join(row.replace("N", str(number)) for number in range(count))


MENU = '<ul class="nav">' + rows('<li><a href="/N">政务公开</a></li>') + "</ul>"
TITLE = '<a href="/N.html">关于申报第N批重点项目的通知</a>'


@pytest.mark.parametrize(
    ("page", "items", "date"),
    [
        (
            f'<ul class="news big">{rows(f"<li>{TITLE}<span>2026-11-20</span></li>")}</ul>',
            "ul.news li",
            "span",
        ),
        (
            f'<div id="list"><ul>{rows(f"<li><i class=d>[11-20]</i>{TITLE}</li>")}</ul></div>',
            "div#list li",
            "i.d",
        ),
        (
            f'<table class="t">{rows(f"<tr><td>{TITLE}</td><td>2026年11月20日</td></tr>")}</table>',
            "table.t tr",
            "td",
        ),
        (f'<div class="box">{rows(f"<p>{TITLE}</p>")}</div>', "div.box a", None),
        (f"<ul>{rows(f'<li>{TITLE}</li>')}</ul>", "li", None),
    ],
)
def test_the_list_of_a_page_is_found(page: str, items: str, date: str | None) -> None:
    found = guess(page if items == "li" else MENU + page)
    assert found[0] == Guess(items=items, date=date, count=12, example="关于申报第0批重点项目的通知")


def test_a_menu_is_no_list() -> None:
    assert guess(MENU) == ()


def test_a_selector_that_finds_much_else_is_not_offered() -> None:
    menu = "<ul>" + rows('<li><a href="/N">公开</a></li>', 30) + "</ul>"
    assert guess(f"{menu}<ul>{rows(f'<li>{TITLE}</li>')}</ul>") == ()


def test_a_few_links_are_no_list() -> None:
    assert guess(f'<ul class="a">{rows(f"<li>{TITLE}</li>", 4)}</ul>') == ()


@given(st.text(max_size=200))
def test_any_page_can_be_looked_at(text: str) -> None:
    guess(text)
    guess(f'<div class="{text}" id="{text}">{rows(f"<li>{TITLE}{text}</li>")}')

"""CSS selectors with attributes, and dotted paths into JSON."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fromstring

from xcbulletin.collecting.following.selectors import SelectorError, filled, parse_path, parse_selector

ITEM = fromstring(
    '<li class="it" data-id="7"><a href="/1" title="全  名">全…</a> <a href="/2"></a><span> 05-06\n</span></li>'
)


@pytest.mark.parametrize(
    ("selector", "value"),
    [
        ("a", "全…"),
        ("a@href", "/1"),
        ("a @title", "全 名"),
        ("a:last-of-type@href", "/2"),
        ("@data-id", "7"),
        ("li.it@data-id", "7"),
        ("LI A@HREF", "/1"),
        ('a[href="/2"]@href', "/2"),
        ("li:has(a) > span", "05-06"),
        ("b, span", "05-06"),
        ("b", ""),
        ("a@rel", ""),
    ],
)
def test_a_selector_gives_text_or_attribute(selector: str, value: str) -> None:
    assert parse_selector(selector).value(ITEM) == value


@pytest.mark.parametrize("selector", ["", " ", "li >> a", "a[", "::", "li:nosuch", "a@", "@", "//li"])
def test_what_is_no_selector_is_refused(selector: str) -> None:
    with pytest.raises(SelectorError, match="读不懂；请写 CSS 选择器"):
        parse_selector(selector)


DATA = {
    "data": {"list": [{"t": "甲", "id": 1}, {"t": "乙", "id": 2}], "中文": "值"},
    "groups": [{"items": [1, 2]}, {"items": [3]}],
    "by_id": {"9": "九", "10": "十"},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("data.list", [DATA["data"]["list"]]),  # type: ignore[index]
        ("data.list[0].t", ["甲"]),
        ("data.list.1.t", ["乙"]),
        ("data.list[].t", ["甲", "乙"]),
        ("$.data.中文", ["值"]),
        ("groups[].items[]", [1, 2, 3]),
        ("by_id[]", ["九", "十"]),
        ("by_id.9", ["九"]),
        ("by_id[9]", ["九"]),
        ("data.list[5].t", []),
        ("data.nothing.t", []),
        ("data.list.t", []),
    ],
)
def test_a_path_leads_to_values(path: str, found: list[Any]) -> None:
    assert parse_path(path).find(DATA) == found


def test_the_whole_may_be_a_list() -> None:
    assert parse_path("[]").find([1, 2]) == [1, 2]
    assert parse_path("[1]").find([1, 2]) == [2]


@pytest.mark.parametrize("path", ["", "$", "a..b", "a.", "a b", "a[x]", "a[", "{a}"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(SelectorError, match="读不懂；请用点隔开各层"):
        parse_path(path)


def test_an_address_is_filled_in_or_nothing() -> None:
    assert filled("/a/{id}/{day}", {"id": "7", "day": "x{id}"}.get) == "/a/7/x{id}"
    assert filled("/a/{id}", {}.get) is None
    assert filled("/a", {}.get) == "/a"


@given(st.text(max_size=40))
def test_any_text_is_a_selector_or_refused(text: str) -> None:
    for parse in (parse_selector, parse_path):
        try:
            parsed: Any = parse(text)
        except SelectorError:
            continue
        parsed.find(ITEM if parse is parse_selector else DATA)

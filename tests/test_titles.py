import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.publishing.titles import Words, ems, title_lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("人工智能观察", ["人工智能观察"]),
        ("全球人工智能战略与政策观察（2020）", ["全球人工智能战略", "与政策观察（2020）"]),
        ("全球人工智能治理与产业合作观察", ["全球人工智能治理", "与产业合作观察"]),
        ("战略已成普遍安排，规则刚刚起步", ["战略已成普遍安排，", "规则刚刚起步"]),
        ("三家基础电信企业的业绩和投资：2020年", ["三家基础电信企业的", "业绩和投资：2020年"]),
        ("一二三四五六七八九十一二三四五六七八九十", ["一二三四五六七八九十", "一二三四五六七八九十"]),
        (
            "Artificial Intelligence Index Report 2021",
            ["Artificial Intelligence ", "Index Report 2021"],
        ),
    ],
)
def test_a_title_is_broken_where_its_sense_allows(title: str, lines: list[str]) -> None:
    assert title_lines(title, 14) == lines


@pytest.mark.parametrize(
    "title", ["甲乙丙丁戊己庚辛2021年的第3期《快递》", "一二三四五（六七八）九十，甲乙丙"]
)
def test_a_title_parts_no_number_from_its_unit_and_no_mark_from_its_word(title: str) -> None:
    for longest in range(6, 14):
        for line in title_lines(title, longest):
            assert line[0] not in "，）》年期"
            assert line[-1] not in "（《第"


def test_a_word_of_the_text_is_not_parted() -> None:
    title = "许昌本市开放场景推动装备产业链协同创新"
    assert title_lines(title, 10) == ["许昌本市开放场景推", "动装备产业链协同创新"]
    text = "装备企业多，装备好，推动创新。开放场景，推动创新；协同得好，装备产业链才长。"
    assert title_lines(title, 10, Words([text])) == ["许昌本市开放场景推动", "装备产业链协同创新"]


def test_what_stands_together_once_is_no_word() -> None:
    assert Words(["甲乙"]).bond("甲乙") == 0
    assert Words(["甲乙", "甲乙"]).bond("甲乙") == 1
    assert Words(["甲乙甲乙甲丙甲丁"]).bond("甲乙") == 0.5
    assert Words().bond("甲乙") == 0


@given(st.text(min_size=1, max_size=80))
def test_a_title_in_lines_is_the_whole_title(title: str) -> None:
    lines = title_lines(title, 14)
    assert "".join(lines) == title
    assert all(line and ems(line) <= 14 for line in lines)


def test_latin_is_half_as_wide_as_han() -> None:
    assert ems("2020年10月") == 5
    assert ems("“以人为本”") == 6


def test_a_title_without_end_takes_no_time_without_end() -> None:
    assert "".join(title_lines("甲乙丙，丁" * 4000, 14)) == "甲乙丙，丁" * 4000

"""`collecting.titles`; tests/test_titles.py is of the printed ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.titles import core_title, letters, numbers, ordinals, take_apart, weight

CORE = "某市发布新型储能实施方案"


@pytest.mark.parametrize(
    "title",
    [
        CORE,
        f"【行业观察】{CORE}",
        f"行业观察 | {CORE}",
        f"行业观察丨{CORE}",
        f"重磅！{CORE}",
        f"【快讯】重磅！{CORE}（附全文）",
        f"{CORE}（附名单）",
        f"{CORE} | 产业周刊",
        f"{CORE}_中国某某网",
        f"{CORE} - 某某日报",
        f"李明：{CORE}",
        f"王小明院士：{CORE}",
        f"　{CORE}　 8小时前",
    ],
)
def test_the_wrapping_comes_off(title: str) -> None:
    assert core_title(title) == CORE


@pytest.mark.parametrize(
    ("title", "core"),
    [
        ("【财经早餐】6.16", "【财经早餐】6.16"),
        ("重磅！定了", "重磅!定了"),
        ("江苏：储能装机翻番", "江苏:储能装机翻番"),
        ("某某股份：上半年净利润增长", "某某股份:上半年净利润增长"),
        ("《某某》杂志发表重要文章", "《某某》杂志发表重要文章"),
        ("关于办法的通知（能源管理中心）", "关于办法的通知(能源管理中心)"),
        ("", ""),
    ],
)
def test_what_belongs_to_the_title_stays(title: str, core: str) -> None:
    assert core_title(title) == core


def test_what_came_off_is_kept() -> None:
    assert take_apart(f"【观察】重磅！{CORE} | 周刊").asides == ("观察", "重磅", "周刊")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5月销量3.5万辆，同比增长12.5%", {"5", "35000", "12.5%"}),
        ("投资35000万元", {"350000000"}),
        ("投资3.5亿元", {"350000000"}),
        ("6月16日早报", {"6-16"}),
        ("早报 6.16", {"6-16"}),
        ("2026年6月16日", {"2026", "6-16"}),
        ("2026-06-16", {"2026", "6-16"}),
        ("亏损2.5亿元", {"250000000"}),
        ("收益率2.5%", {"2.5%"}),
        ("营收1,234.5万元", {"12345000"}),
        ("iPhone15与5G", {"15", "5"}),
        ("第3期（二）", set()),
        ("没有数字", set()),
    ],
)
def test_numbers_are_read_however_they_are_written(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("周报第三期", {"3期"}),
        ("周报第3期", {"3期"}),
        ("周报第十二期", {"12期"}),
        ("周报第一百零五期", {"105期"}),
        ("学习体会（一）", {"1"}),
        ("学习体会(2)", {"2"}),
        ("学习体会（下）", {"下"}),
        ("学习体会 下篇", {"下"}),
        ("解读之二", {"2"}),
        ("Report, Part 2", {"2"}),
        ("先进封装技术(Packaging) - 46 现状", {"46"}),
        ("第一", {"1"}),
        ("没有期次", set()),
    ],
)
def test_ordinals_are_read_however_they_are_written(text: str, found: set[str]) -> None:
    assert ordinals(text) == found


@pytest.mark.parametrize(
    ("core", "content"),
    [("财经早餐 6.16", 0), ("6月16日早间要闻", 0), ("行情动态——及时 准确", 4), (CORE, len(CORE))],
)
def test_dates_and_columns_weigh_nothing(core: str, content: int) -> None:
    assert weight(core) == content


def test_letters_are_the_same_in_every_width_and_case() -> None:
    assert letters("ＡＩ：大模型，“5G”！") == letters("ai 大模型 5g") == "ai大模型5g"


@given(st.text())
def test_any_title_can_be_taken_apart(title: str) -> None:
    title_apart = take_apart(title)
    assert take_apart(title_apart.core).core == title_apart.core
    numbers(title)
    ordinals(title)
    assert 0 <= weight(title) <= len(letters(title))


@given(st.lists(st.sampled_from("【】()|!:,·第期一二十百3.5亿月日 某市发布方案附全文李明")).map("".join))
def test_titles_of_titles_can_be_taken_apart(title: str) -> None:
    core = core_title(title)
    assert core_title(core) == core
    ordinals(title)
    numbers(title)

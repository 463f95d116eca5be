"""How a table is set follows from what stands in it."""

import pytest
from conftest import make_article
from hypothesis import example, given
from hypothesis import strategies as st

from xcbulletin.model import Kind
from xcbulletin.publishing.layout import Layout, lay_out_page
from xcbulletin.publishing.markup import parse
from xcbulletin.publishing.nodes import Note, Table, walk
from xcbulletin.publishing.tabular import (
    SMALLEST,
    TALLEST_UNBROKEN,
    Setting,
    is_tall,
    notes_below,
    set_table,
    width_of,
    with_notes_below,
)
from xcbulletin.settings import PageSettings


def page(size: str = "A4", columns: int = 1, *, large: bool = False) -> Layout:
    settings = PageSettings.model_validate({"size": size, "columns": columns})
    return lay_out_page(settings, Kind.BULLETIN, large=large)


def table(head: list[str], *rows: list[str]) -> Table:
    lines = (head, ["---"] * len(head), *rows)
    nodes, _problems = parse(make_article("\n".join(f"|{'|'.join(cells)}|" for cells in lines)))
    assert isinstance(nodes[0], Table)
    return nodes[0]


def of_numbers(columns: int, number: str = "1234.5") -> Table:
    return table(["地区", *["同比增长"] * (columns - 1)], ["许昌市", *[number] * (columns - 1)])


def names(node: Table, layout: Layout | None = None) -> set[str]:
    return set(set_table(node, layout).names)


@pytest.mark.parametrize("size", ["A4", "16K"])
def test_a_table_is_turned_when_its_columns_do_not_fit(size: str) -> None:
    turned = [columns for columns in range(1, 20) if "turned" in names(of_numbers(columns), page(size))]
    assert turned == list(range(turned[0], 20))
    assert 10 <= turned[0] <= 14


def test_long_words_turn_a_table_earlier() -> None:
    assert "turned" not in names(of_numbers(8), page())
    assert "turned" in names(of_numbers(8, "123,456,789.12"), page())


def test_large_print_turns_a_table_earlier() -> None:
    assert "turned" in names(of_numbers(10), page(large=True))
    assert "turned" not in names(of_numbers(10), page())


def test_running_text_turns_no_table() -> None:
    text = "很长的说明" * 60
    assert "turned" not in names(table(["项目"] * 5, [text] * 5), page())


def test_few_short_columns_make_a_narrow_table() -> None:
    assert "narrow" in names(table(["年份", "产值"], ["2019", "1"]))
    assert "narrow" not in names(table(["年份", "说明"], ["2019", "说明" * 30]))
    assert "narrow" not in names(table(["甲"] * 4, ["乙"] * 4))


def test_a_short_table_is_not_broken_unless_much_stands_in_it() -> None:
    rows = [["甲", "乙"]] * 6
    assert "whole" in names(table(["一", "二"], *rows[:5]))
    assert "whole" not in names(table(["一", "二"], *rows))
    assert "whole" not in names(table(["一", "二"], ["甲", "长" * 700]))


@pytest.mark.parametrize(("columns", "name"), [(5, None), (6, "six"), (7, "wide")])
def test_many_columns_make_smaller_type(columns: int, name: str | None) -> None:
    assert (names(of_numbers(columns, "1")) & {"six", "wide"}) == ({name} if name else set())


def test_columns_that_have_room_are_left_to_the_browser() -> None:
    assert set_table(table(["项目", "数"], ["甲", "1"])).widths == ()


def test_a_short_column_beside_long_ones_stands_in_one_line() -> None:
    setting = set_table(table(["国家", "时间", "内容"], ["美国", "2019年6月", "内容" * 60]), page())
    room = page().characters / 0.833
    assert setting.widths[1] * room / 100 >= width_of("2019年6月") + 0.99
    assert setting.widths[2] > 60
    assert sum(setting.widths) == pytest.approx(100, abs=2)


def room_of(setting: Setting, column: int, layout: Layout, font: float, padding: float) -> float:
    """Return how many ems the text of a column has."""
    width = layout.text_height / layout.body if "turned" in setting.names else layout.characters
    return (setting.widths[column] / 100 * width - padding) / font


@pytest.mark.parametrize("large", [False, True])
def test_dates_numbers_and_units_are_whole(large: bool) -> None:
    layout = page(large=large)
    head = ["企业名称", "注册地", "成立日期", "注册资本（万元）", "增长"]
    row = ["河南森源电气股份有限公司" * 3, "许昌市魏都区", "1996年12月27日", "319,039.50", "12.5%"]
    setting = set_table(table(head, row), layout)
    font, padding = {"six": (0.75, 0.833), "wide": (0.708, 0.5)}.get(setting.names[0], (0.833, 0.833))
    for column, longest in ((2, "1996 年 12 月 27 日"), (3, "319,039.50"), (3, "（万元）"), (4, "12.5%")):
        assert room_of(setting, column, layout, font, padding) >= width_of(longest)
    assert not setting.torn


def test_columns_with_widths_never_ask_for_more_than_all() -> None:
    for columns in range(2, 40):
        widths = set_table(table(["营业收入（亿元）"] * columns, ["长" * 30] * columns), page()).widths
        assert 99 < sum(widths) <= 100


def test_like_columns_are_alike() -> None:
    numbers = (["营业收入（亿元）", "12.5"], ["利润总额（亿元）", "3.20"], ["研发投入（亿元）", "12,345.6"])
    heads, cells = zip(*numbers, strict=True)
    setting = set_table(table(["企业名称", *heads], ["河南森源电气股份有限公司" * 2, *cells]), page())
    assert max(setting.widths[1:]) - min(setting.widths[1:]) < 0.1


@pytest.mark.parametrize(("columns", "torn"), [(20, False), (30, True)])
def test_a_table_is_torn_when_its_numbers_do_not_fit(columns: int, torn: bool) -> None:
    assert set_table(of_numbers(columns, "1,234.5"), page()).torn == torn


def test_type_gets_smaller_before_a_table_is_turned() -> None:
    heads = ["序号", "政策名称", "日期", "内容", "文号", "机构"]
    row = [
        "1",
        "《办法（2021—2025年）》",
        "2021年3月31日",
        "很长的内容" * 12,
        "许政办〔2021〕12号",
        "人民政府办公室",
    ]
    layouts = (page(), page(large=True), page("16K", large=True))
    settings = [set_table(table(heads, row), layout) for layout in layouts]
    assert ["turned" in setting.names for setting in settings] == [False, False, True]
    assert [setting.names[0] for setting in settings] == ["six", "wide", "six"]


@given(st.lists(st.lists(st.text("中文ab1 ", max_size=60), min_size=3, max_size=3), min_size=1, max_size=8))
def test_every_column_gets_a_share(rows: list[list[str]]) -> None:
    setting: Setting = set_table(table(["甲", "乙", "丙"], *rows), page())
    assert all(width > 0 for width in setting.widths)
    assert not setting.widths or 97 <= sum(setting.widths) <= 103


def test_a_turned_table_that_does_not_fit_is_set_in_smaller_type() -> None:
    sizes = [set_table(of_numbers(columns), page("16K", large=True)).font for columns in range(12, 40)]
    fonts = [16 * (size or 0.708) for size in sizes]
    assert fonts == sorted(fonts, reverse=True)
    assert fonts[0] > 10
    assert fonts[-1] == pytest.approx(SMALLEST, abs=0.01)


def test_in_smaller_type_every_column_is_as_wide_as_its_numbers() -> None:
    layout = page("16K", large=True)
    setting = set_table(of_numbers(16), layout)
    assert {"turned", "reduced", "fixed"} <= set(setting.names)
    assert setting.font
    text = layout.text_height / layout.body / setting.font
    assert setting.widths[1] * text / 100 - 0.706 >= width_of("1234.5")


@pytest.mark.parametrize("word", ["A1" * 45, "A1" * 100, "https://www.example.org/" + "abcdefghij/" * 10])
@pytest.mark.parametrize("columns", range(2, 7))
def test_a_word_without_end_widens_no_column(columns: int, word: str) -> None:
    setting = set_table(table(["项目"] * columns, [*["甲"] * (columns - 1), word]), page())
    assert "fixed" in setting.names
    assert len(setting.widths) == columns


def test_short_texts_that_do_not_fit_in_one_line_are_broken() -> None:
    node = table(["列名"] * 6, ["六字以内的字字"] * 6)
    assert "fixed" in names(node, page("16K", large=True))
    assert "fixed" not in names(node, page())


def test_a_short_table_that_is_higher_than_a_page_is_not_whole() -> None:
    node = table(["项目"] * 5, ["长" * 100, *["甲"] * 4], ["长" * 20, *["https://example.org/" * 9] * 4])
    assert "whole" in names(table(["项目"] * 5, ["甲"] * 5), page("16K", large=True))
    assert "whole" not in names(node, page("16K", large=True))
    assert "loose" in names(node, page("16K", large=True))


@given(
    st.lists(
        st.lists(st.text("中文ab1 ", max_size=40), min_size=45, max_size=45),
        min_size=1,
        max_size=3,
    )
)
def test_of_however_many_columns_each_gets_a_share(rows: list[list[str]]) -> None:
    setting = set_table(table(["甲"] * 45, *rows), page("16K", large=True))
    assert all(width > 0 for width in setting.widths)
    assert not setting.widths or 97 <= sum(setting.widths) <= 103


@pytest.mark.parametrize(("length", "below"), [(50, []), (700, ["注一", "注二"])])
def test_notes_stand_below_a_table_of_tall_rows(length: int, below: list[str]) -> None:
    text = f"|甲|乙|\n|---|---|\n|{'长' * length}|数[^1]|\n|丙|数[^2]|\n\n[^1]: 注一\n\n[^2]: 注二"
    nodes, _problems = parse(make_article(text))
    node = with_notes_below(nodes[0])
    assert isinstance(node, Table)
    assert ["".join(one.text for one in walk(note.children)) for note in notes_below(node)] == below
    assert len([one for one in walk([node]) if isinstance(one, Note)]) == 2


@given(st.lists(st.text("国a—“ ", max_size=9), min_size=1, max_size=3), st.integers(1, 150))
@example(texts=["国a"], times=292)
def test_a_row_is_tall_if_its_texts_are_wide(texts: list[str], times: int) -> None:
    cells = [text.strip() * times for text in texts]
    row = table(["题"] * len(cells), cells).children[1]
    assert is_tall(row) == (sum(map(width_of, cells)) > TALLEST_UNBROKEN)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.publishing.titles import ems, shortened, title_lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("人工智能观察", ["人工智能观察"]),
        ("全球人工智能战略与政策观察（2020）", ["全球人工智能战略", "与政策观察（2020）"]),
        ("全球人工智能治理与产业合作观察", ["全球人工智能治理", "与产业合作观察"]),
        ("战略已成普遍安排，规则刚刚起步", ["战略已成普遍安排，", "规则刚刚起步"]),
        ("三家基础电信企业的业绩和投资：2020年", ["三家基础电信企业的", "业绩和投资：2020年"]),
        ("甲乙丙丁戊己庚辛壬癸甲乙丙丁戊己庚辛壬癸", ["甲乙丙丁戊己庚辛壬癸", "甲乙丙丁戊己庚辛壬癸"]),
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


EVERYDAY = {
    "河南省工业和信息化厅关于组织开展2021年度省级智能制造标杆企业申报工作的通知": [
        "河南省工业和信息化厅关于组织开展2021年度",
        "省级智能制造标杆企业申报工作的通知",
    ],
    "国家发展改革委等部门关于印发《“十四五”新型储能发展实施方案》的通知": [
        "国家发展改革委等部门关于印发《“十四五”",
        "新型储能发展实施方案》的通知",
    ],
    "我国首台自主研发的百万千瓦级超超临界二次再热燃煤发电机组投入商业运行": [
        "我国首台自主研发的百万千瓦级超超临界",
        "二次再热燃煤发电机组投入商业运行",
    ],
    "中国科学院半导体研究所研制出高性能硅基氮化镓垂直结构功率器件": [
        "中国科学院半导体研究所研制出",
        "高性能硅基氮化镓垂直结构功率器件",
    ],
    "中国工业机器人产业研究院发布二〇二〇年度中国工业机器人产业发展研究报告": [
        "中国工业机器人产业研究院发布二〇二〇年度",
        "中国工业机器人产业发展研究报告",
    ],
    "高纯石英砂价格持续上涨对许昌市高纯硅材料产业链企业生产经营的影响分析": [
        "高纯石英砂价格持续上涨对许昌市高纯硅",
        "材料产业链企业生产经营的影响分析",
    ],
    "国务院关税税则委员会办公室公布对美加征关税商品第二次排除延期清单公告": [
        "国务院关税税则委员会办公室公布",
        "对美加征关税商品第二次排除延期清单公告",
    ],
    "许昌市工业机器人与智能电力装备产业高质量发展研究报告（2021）": [
        "许昌市工业机器人与智能电力装备",
        "产业高质量发展研究报告（2021）",
    ],
}


@pytest.mark.parametrize("title", EVERYDAY)
def test_titles_of_every_day_are_broken_between_words(title: str) -> None:
    assert title_lines(title, 21.6) == EVERYDAY[title]


@pytest.mark.parametrize("longest", range(9, 29))
def test_no_line_of_a_long_title_is_left_with_a_word_or_two(longest: int) -> None:
    title = "关于印发许昌市新一代人工智能产业与工业机器人产业融合发展三年行动计划的通知公告全文"
    assert min(map(ems, title_lines(title, longest))) >= 5


def test_a_line_is_measured_with_the_space_between_han_and_latin() -> None:
    # 12 ems without it, and 13.0 as it is printed
    assert title_lines("抢抓机遇2021年5G投资计划", 12.2) == ["抢抓机遇2021年", "5G投资计划"]


def test_a_blank_between_han_is_wide_or_a_line_ends_there() -> None:
    title = "居世界第一 是美国的8.2倍"
    assert title_lines(title, 20) == ["居世界第一　是美国的8.2倍"]
    assert title_lines(title, 10) == ["居世界第一 ", "是美国的8.2倍"]
    assert title_lines("新建 5G 基站", 20) == ["新建 5G 基站"]


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        (40, "许昌市工业机器人与智能电力装备产业高质量发展研究报告（2021）"),
        (25, "许昌市工业机器人与智能电力装备产业高质量发展研究…"),
        (22, "许昌市工业机器人与智能电力装备产业高质量…"),
        (9, "许昌市工业机器人…"),
        (2, "许…"),
    ],
)
def test_a_title_that_is_shortened_ends_with_a_whole_word(longest: float, expected: str) -> None:
    assert shortened("许昌市工业机器人与智能电力装备产业高质量发展研究报告（2021）", longest) == expected


@given(st.text(min_size=1, max_size=80))
def test_a_title_in_lines_is_the_whole_title(title: str) -> None:
    lines = title_lines(title, 14)
    assert "".join(lines).replace("　", " ") == title.replace("　", " ")
    assert all(line and ems(line.strip()) <= 14 for line in lines)


def test_latin_is_half_as_wide_as_han() -> None:
    assert ems("2020年10月") == 5
    assert ems("“以人为本”") == 6


def test_a_title_without_end_takes_no_time_without_end() -> None:
    assert "".join(title_lines("甲乙丙，丁" * 4000, 14)) == "甲乙丙，丁" * 4000


def test_per_cent_signs_take_their_room():
    assert title_lines("增长6%～7%，下降8%～9%", 13) == ["增长6%～7%，", "下降8%～9%"]

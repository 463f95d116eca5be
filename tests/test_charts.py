"""A chart block is drawn, read aloud and tabled as its data say, and every slip in it is named at its line."""

import itertools
import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from conftest import Outcome, make_article, make_issue, write, write_article, write_issue
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from xcbulletin.publishing.charts import palette
from xcbulletin.publishing.charts.bars import lies
from xcbulletin.publishing.charts.block import ChartBlock, read_block
from xcbulletin.publishing.charts.chart import Chart, ChartKind, Series, Value
from xcbulletin.publishing.charts.data import parse_csv
from xcbulletin.publishing.charts.drawing import draw
from xcbulletin.publishing.charts.frame import NARROW, WIDE
from xcbulletin.publishing.charts.lettering import LINE, spaced, spread, ticks, width, wrapped
from xcbulletin.publishing.charts.numbers import format_number, is_missing, parse_number
from xcbulletin.publishing.charts.spec import chart_spec
from xcbulletin.publishing.charts.words import alt_text
from xcbulletin.publishing.edition import compose, texts
from xcbulletin.publishing.figures import data_reader, draw_charts
from xcbulletin.publishing.nodes import ChartFigure
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.settings import Workspace

FILE = "issues/2021-03/news/01.md"
INVESTMENT = """\
kind: bar
title: 三家企业5G投资
unit: 亿元
rows:
  - [企业, 2019年, 2020年]
  - [中国移动, 240, 1025]
  - [中国电信, 93, 392]
"""


def read(text: str, files: Callable[[str], bytes] | None = None) -> tuple[ChartBlock, list[str]]:
    """Read a block whose first line is line 10 of its article."""
    block, problems = read_block(text, FILE, 10, files or data_reader(Path("/nonexistent")))
    assert all(problem.rule == "chart" for problem in problems)
    return block, [str(problem) for problem in problems]


def chart(text: str) -> Chart:
    block, _remarks = read(text)
    assert block.chart is not None, _remarks
    return block.chart


def rows(*lines: str) -> str:
    return "rows:\n" + "".join(f"  - [{line}]\n" for line in lines)


def of(kind: str, *lines: str, more: str = "") -> str:
    return f"kind: {kind}\ntitle: 题\n{more}{rows(*lines)}"


# The block


def test_a_block_becomes_a_chart() -> None:
    assert chart(INVESTMENT) == Chart(
        kind=ChartKind.BAR,
        title="三家企业5G投资",
        unit="亿元",
        categories_name="企业",
        categories=("中国移动", "中国电信"),
        series=(
            Series(name="2019年", values=(Value(number=240, text="240"), Value(number=93, text="93"))),
            Series(name="2020年", values=(Value(number=1025, text="1025"), Value(number=392, text="392"))),
        ),
    )


@pytest.mark.parametrize("written", ["折线图", "line", "Line"])
def test_a_kind_may_be_written_in_chinese(written: str) -> None:
    assert chart(of(written, "年, 数", "2019年, 1", "2020年, 2")).kind is ChartKind.LINE


def test_text_needs_no_quotes_whatever_stands_in_it() -> None:
    block, problems = read(
        'kind: bar\ntitle: 题: 副题 # 说明\nunit: %\nsource: *甲\nnote: "[乙]"\n'
        "rows:\n  - [名: 称, 数]\n  - [ '甲, 乙', 5 ]\n  - ［丙，—］\n  - [丁, ]\n  - [#戊, -3] # 说明\n"
    )
    assert problems == []
    assert block.title == "题: 副题"
    assert block.source == "注：[乙]。数据来源：*甲"
    assert block.chart is not None
    assert block.chart.unit == "%"
    assert block.chart.rows == (
        ("名: 称", "数"),
        ("甲, 乙", "5"),
        ("丙", "—"),
        ("丁", "—"),
        ("#戊", "−3"),
    )


def test_a_source_that_says_so_itself_is_printed_as_it_is() -> None:
    assert (
        read(INVESTMENT + "source: 资料来源：年报\nnote: 注：预计。")[0].source == "注：预计。资料来源：年报"
    )


def test_a_unit_that_all_columns_name_is_the_unit() -> None:
    made = chart(of("bar", "企业, 2019年（亿元）, 2020年（亿元）", "甲, 1, 2"))
    assert (made.unit, made.rows[0]) == ("亿元", ("企业", "2019年", "2020年"))
    made = chart(of("bar", "企业, 指数（2019年=100）", "甲, 1"))
    assert (made.unit, made.rows[0]) == (None, ("企业", "指数（2019年=100）"))


def test_columns_are_drawn_in_the_order_asked_for() -> None:
    made = chart(of("bar", "企业, 甲, 乙, 丙", "子, 1, 2, 3", more="columns: [丙, 甲]\n"))
    assert made.rows == (("企业", "丙", "甲"), ("子", "3", "1"))


# What is wrong with it


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("", ["10: 缺少“kind”；请加一行“kind: bar”（柱状图）", "10: 缺少“title”；请加一行“title: ……”"]),
        (
            "kind: colum\ntitle: 题\n" + rows("年, 数", "甲, 1"),
            [
                "10: “kind”应为图的种类，现为“colum”；是否想写“bar”？能写的有 bar（柱状图）、"
                "stacked（堆积柱状图）、line（折线图）、area（面积图）、pie（饼图）、donut（环形图）、scatter（散点图）"
            ],
        ),
        (INVESTMENT.replace("unit", "unti"), ["12: 不认识的项目“unti”；是否想写“unit”？"]),
        (
            "kind: bar\ntitle: 题\n",
            ["10: 没有数据；请写 data: assets/文件名.csv，或在 rows: 下面逐行写 - [名称, 数字]"],
        ),
        (
            INVESTMENT + "data: assets/a.csv",
            ["13: data 和 rows 只能写一个；数据在文件里写 data，直接写在这里用 rows"],
        ),
        (of("bar", "年, 数"), ["12: 没有数据；第一行写列名，下面每行写一项，如 [中国移动, 240]"]),
        (of("bar", "年", "甲"), ["13: 第一行只有一格，至少要有两列：名称和数字；如 [企业, 2020年]"]),
        (
            of("bar", "年, 数", "甲, 240家"),
            [
                "14: “甲”一行的“数”不是数字：“240家”；这一格只写数字，如 1025、3.5、约1100；"
                "没有数的写“—”；单位写在 unit 里"
            ],
        ),
        (
            of("bar", "年, 数", "甲, 1,025", "乙", "丙, 5"),
            [
                "14: 这一行有 3 格，列名有 2 格；数字里不要写千分位逗号；列名也要逐格写全",
                "15: 这一行有 1 格，列名有 2 格；没有数的格请写“—”",
            ],
        ),
        (
            "kind: bar\ntitle: 题\nrows:\n  - [年, 数]\n  - 甲 5\n  - {乙: 5}\n  - [丙, 5]\n",
            [
                "14: 这一行应写成 [名称, 数字, …]；例如 - [中国移动, 240, 1025]",
                "15: 这一行应写成 [名称, 数字, …]；例如 - [中国移动, 240, 1025]",
            ],
        ),
        (
            of("bar", "年, 数, 数, ", "甲, 1, 2", "甲, 3, 4", ", 5, 6"),
            [
                "13: 列名“数”写了两次；请改掉一处",
                "15: “甲”写了两行（第 14 行已有）；请删去一行，或改名",
                "16: 这一行的第一格没有名称；请补上，如企业名或年份",
            ],
        ),
        (
            of("bar", "年, 数", "甲, 1", more="columns: [数值]\n"),
            ["12: 数据里没有“数值”这一列；是否想写“数”？"],
        ),
        (
            of("bar", "年, 一, 二", "甲, 1, 5%"),
            ["14: 有的数带“%”，有的不带；请统一：数字都不带“%”，单位写在 unit 里"],
        ),
        (
            of("bar", "年, 数", "甲, 5%", more="unit: 元\n"),
            ["15: 数字带“%”，单位却写“元”；请统一：数字都不带“%”，单位写在 unit 里"],
        ),
        (
            of("bar", "年, 数", "甲, 1", more="highlight: 乙\n"),
            ["12: 数据里没有要突出的“乙”；能突出的有：甲"],
        ),
        (
            of("bar", "年, 数, 空", "甲, 1, —"),
            ["13: “空”一列没有一个数；请补上，或删去这一列"],
        ),
        (
            of("pie", "国, 数", "甲, 5", "乙, -1", "丙, —"),
            [
                "15: “乙”是负数（−1），饼图画不出；请改用 bar（柱状图）",
                "16: “丙”没有数，饼图画不出这一块；请补上，或删去这一行",
            ],
        ),
        (
            of("pie", "国, 数", *(f"国{number}, 1" for number in range(9))),
            ["13: 饼图有 9 块，多于 8 块就看不清了；请改用 bar（柱状图），或把小的并为“其他”"],
        ),
        (of("donut", "国, 数", "甲, 0"), ["13: 各项合计为零，环形图画不出；请核对数据"]),
        (
            of("pie", "国, 占比", "甲, 30%", "乙, 20.5%"),
            ["13: 各项合计 50.5%，不是 100%，饼图会把每一块画大或画小；请补上“其他”，或改用 bar（柱状图）"],
        ),
        (
            of("pie", "国, 一, 二", "甲, 5, 6"),
            ["13: 饼图只能画一列数，这里有 2 列；请用 columns 指明一列，或改用 stacked"],
        ),
        (
            of(
                "line", "年, 一, 二, 三, 四, 五, 六, 七", "甲, 1, 2, 3, 4, 5, 6, 7", "乙, 1, 2, 3, 4, 5, 6, 7"
            ),
            ["13: 一张图里有 7 个系列，多于 6 个就分不清了；请用 columns 选出要画的列，或分成两张图"],
        ),
        (of("line", "年, 数", "甲, 1"), ["13: 折线图至少要有两个点；只有一行数据时，请用 bar"]),
        (
            of("bar", "年, 数", *(f"第{number}, 1" for number in range(41))),
            ["13: 要画 41 根柱子，多于 40 根就看不清了；请只留主要的，或改用 line（折线图）"],
        ),
        (
            of("stacked", "年, 一, 二", "甲, -1, 2", "乙, 0, 0", more="percent: true\n"),
            [
                "15: “甲”的“一”是负数（−1），堆积柱状图画不出；请改用 bar（柱状图）或 line（折线图）",
                "16: “乙”各项合计为零，算不出比重；请核对数据，或删去这一行",
            ],
        ),
        (
            of("area", "年, 数", "甲, 1", "乙, 2", more="percent: true\n"),
            ["12: 只有一列数，按占比画都是 100%；请删去 percent 一行，或补上其他列"],
        ),
        (
            of("area", "年, 数", "甲, 1", "乙, —"),
            ["15: “乙”的“数”没有数，面积图画不出缺口；请补上，或改用 line（折线图）"],
        ),
        (
            of("scatter", "市, 甲（%）", "许昌, 1", more="unit: 元\n"),
            [
                "12: 散点图用不上“unit”；散点图两轴单位不同，请写在列名里，如 研发强度（%）；请删去这一行",
                "14: 散点图要两列数（先横轴、后纵轴），这里有 1 列；请用 columns 指明两列",
            ],
        ),
        (
            of("scatter", "市, 甲, 乙", "许昌, 1, —", "郑州, —, 2"),
            ["13: 没有一行的两列都有数，散点图画不出一个点；请核对数据"],
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_remedy(text: str, complaints: list[str]) -> None:
    block, found = read(text)
    assert found == [f"{FILE}:{complaint}" for complaint in complaints]
    assert block.chart is None


def test_mistakes_in_options_and_in_data_are_found_together() -> None:
    block, found = read(
        of("line", "年, 数", "甲, x", more="id: 图 1\ndirection: left\nheight: 500\npercent: maybe\n")
    )
    assert [complaint.split("；")[0].removeprefix(FILE) for complaint in found] == [
        ":12: “id”只能用字母、汉字、数字和连字符，如 fig-5g",
        ":13: “direction”应为 vertical（竖）或 horizontal（横）",
        ":14: “height”应为 40 到 200（毫米），现为“500”",
        ":15: “percent”应为 true（是）或 false（否），现为“maybe”",
        ":18: “甲”一行的“数”不是数字：“x”",
    ]
    assert block.title == "题"


def test_a_wrong_option_leaves_the_id_to_be_referred_to() -> None:
    assert read(INVESTMENT + "id: fig-5g\nheight: 5")[0].id == "fig-5g"


# CSV


def csv_read(content: bytes, options: str = "") -> tuple[ChartBlock, list[str]]:
    block, problems = read(f"kind: bar\ntitle: 题\ndata: assets/a.csv\n{options}", lambda _address: content)
    return block, [one.replace(f"（图在 {FILE}:12）", "") for one in problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_as_excel_saves_it(encoding: str, delimiter: str) -> None:
    text = '企业,2019年,"2020\n年",\r\n中国移动,"1,240",１０２５．５,\r\n,,,\r\n"甲,乙",…,约３００,\r\n'
    if delimiter != ",":
        text = text.replace('"1,240"', "1240").replace('"甲,乙"', "甲").replace(",", delimiter)
    block, problems = csv_read(text.encode(encoding))
    assert problems == []
    assert block.chart is not None
    name = "甲,乙" if delimiter == "," else "甲"
    assert block.chart.rows == (
        ("企业", "2019年", "2020年"),
        ("中国移动", "1240", "1025.5"),
        (name, "—", "约300"),
    )


def test_a_mistake_in_csv_has_the_line_of_the_csv() -> None:
    content = '企业,"一\n季度",二\n\n甲,1,2\n乙,3\n丙,x,5\n'.encode("gbk")
    assert csv_read(content)[1] == [
        "issues/2021-03/assets/a.csv:5: 这一行有 2 格，列名有 3 格；没有数的格请写“—”",
        "issues/2021-03/assets/a.csv:6: “丙”一行的“一季度”不是数字：“x”；"
        "这一格只写数字，如 1025、3.5、约1100；没有数的写“—”",
    ]


def test_a_cell_that_is_too_long_hides_no_other_mistake() -> None:
    content = f"企业,{'数' * 201}\n{'甲' * 201},1\n乙,x\n丙\n".encode()
    complaints = [one.removeprefix("issues/2021-03/assets/a.csv:")[:12] for one in csv_read(content)[1]]
    assert complaints == [
        "1: “数数数数数数数数",
        "2: “甲甲甲甲甲甲甲甲",
        "3: “乙”一行的“数数",
        "4: 这一行有 1 格，",
    ]


def test_a_mistake_in_csv_names_the_line_of_the_article_that_draws_it() -> None:
    _block, problems = read("kind: bar\ntitle: 题\ndata: assets/a.csv\n", lambda _address: b"a,b\nc,x\n")
    assert problems[0].startswith(
        f"issues/2021-03/assets/a.csv:2: “c”一行的“b”不是数字：“x”（图在 {FILE}:12）；"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("assets/表.xlsx", b"PK\x03\x04\x14\x00"),
        ("assets/表.csv", b"PK\x03\x04\x14\x00"),  # renamed
        ("assets/表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1"),
        ("assets/表.et", b""),  # damaged
    ],
)
def test_a_spreadsheet_is_to_be_saved_as_csv_and_not_opened_in_notepad(name: str, content: bytes) -> None:
    _block, problems = read(f"kind: bar\ntitle: 题\ndata: {name}\n", lambda _address: content)
    assert problems == [
        f"{FILE}:12: {name} 是电子表格，不是 CSV；"
        "请在 Excel 或 WPS 里打开它，另存为“CSV UTF-8（逗号分隔）”，这里改写为 data: assets/表.csv"
    ]


@pytest.mark.parametrize(
    ("cell", "printed"),
    [
        ("50.300000000000004", "50.3"),
        ("1234.56789012345", "1234.57"),
        ("-0.000123456789", "−0.000123"),
        ("约0.33333333333333331", "约0.333"),
        ("3.141593", "3.141593"),  # an editor's own
        ("0.00000000000000001", "0"),
    ],
)
def test_the_decimals_of_a_program_are_rounded(cell: str, printed: str) -> None:
    block, problems = csv_read(f"a,b\nc,{cell}\nd,1\n".encode())
    assert problems == []
    assert block.chart is not None
    assert block.chart.rows[1][1] == printed


# What is drawn all the same


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (
            of("bar", "企业, 营收", "甲, 123456789012", "乙, 9", more="unit: 万元\n"),
            ":14: 最大的数有 12 位，图上不好认；请把数换算成以“亿元”为单位的，再写明 unit: 亿元",
        ),
        (
            of("line", "年, 产值", "2021年, 1", "2019年, 3", "2020年, 2"),
            ":15: “2019年”排在“2021年”后面，线的走向会叫人看错；请按时间先后排各行",
        ),
        (
            of(
                "scatter", "市, 甲, 乙", *(f"城市{n}, {n}, {n}" for n in range(31)), more="highlight: 城市7\n"
            ),
            ":14: 图上放不下“城市0”等 30 个名称，只画了点；请只留主要的点，或用 highlight 突出要看的一个",
        ),
    ],
)
def test_what_readers_would_miss_is_remarked_and_the_chart_drawn(text: str, remark: str) -> None:
    block, problems = read(text)
    assert block.chart is not None
    assert [problem.removeprefix(FILE) for problem in problems] == [remark]


def test_years_that_go_back_evenly_are_no_disorder() -> None:
    assert read(of("line", "年, 产值", "2021年, 1", "2020年, 3", "2019年, 2"))[1] == []


def test_mistakes_in_a_block_stand_before_those_in_its_csv() -> None:
    assert csv_read(b"a,b\nc,x\n", "height: 5")[1][0].startswith(f"{FILE}:13: “height”")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", ": 没有数据；第一行写列名，下面每行写一项，如 [中国移动, 240]"),
        (
            b"a,b\n\xff\xff,1",
            ":2: 有无法辨认的字节，既不是 UTF-8 也不是 GBK 编码；请用记事本打开，另存为 UTF-8 编码",
        ),
        (b'a,b\n"c,1\nd,2', ":2: 这里的引号不成对，读不下去；请用 Excel 打开，另存为 CSV"),
        (b"a,b\n" + b"c,1\n" * 401, ":402: 数据超过 400 行，一张图画不清楚；请先汇总，或只留要画的行"),
        (b"a" + b",b" * 41 + b"\nc,1", ":1: 数据超过 41 列；请只留要画的列"),
        (b"a,b\n" + b"c" * 201 + b",1", ":2: “cccccccccc……”一格有 201 个字，图上放不下；请缩短到 200 字以内"),
        (b"a" * 1_000_001, ": 数据文件超过 1 MB；请只留画图要用的行和列"),
        ("企业，数\n甲，5".encode(), ":1: 第一行只有一格，至少要有两列：名称和数字；各格请用英文逗号隔开"),
    ],
)
def test_hostile_csv_is_refused(content: bytes, complaint: str) -> None:
    assert csv_read(content)[1] == [f"issues/2021-03/assets/a.csv{complaint}"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "secret.csv", "a,b\nc,1\n")
    write(tmp_path / "issue" / "top.csv", "a,b\nc,1\n")
    write(tmp_path / "issue" / "assets" / "数.csv", "年,数\n甲,1\n")
    write(tmp_path / "issue" / "assets" / ".a.csv", "年,数\n甲,1\n")
    (tmp_path / "issue" / "assets" / "out.csv").symlink_to(tmp_path / "secret.csv")
    return tmp_path / "issue"


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("assets/数.CSV", "找不到数据文件 assets/数.CSV；是否想写 assets/数.csv？（大小写和扩展名也要一致）"),
        (
            "assets/x.csv",
            "找不到数据文件 assets/x.csv；请把数据文件放到这个位置，或改正文件名；那里现有：out.csv、数.csv",
        ),
        ("../secret.csv", "数据文件在这一期的文件夹之外：../secret.csv；请把数据文件复制进 assets 文件夹"),
        ("assets/out.csv", "数据文件在这一期的文件夹之外：assets/out.csv；请把数据文件复制进 assets 文件夹"),
        ("top.csv", "数据文件不在 assets 文件夹里：top.csv；数据文件请放进 assets 文件夹，写 assets/文件名"),
        (
            "assets/.a.csv",
            "数据文件 assets/.a.csv 的名字是隐藏文件的，签审时看不到；请改名，不要以“.”或“~$”开头",
        ),
        (
            "http://example.org/a.csv",
            "数据文件不能用网址或绝对路径：http://example.org/a.csv；请把数据文件存进 assets 文件夹，写 assets/文件名",
        ),
    ],
)
def test_data_come_from_the_issues_own_assets(folder: Path, address: str, complaint: str) -> None:
    found = read(f"kind: bar\ntitle: 题\ndata: {address}", data_reader(folder))[1]
    assert found == [f"{FILE}:12: {complaint}"]


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_a_grid_or_a_problem(content: bytes) -> None:
    grid, problems = parse_csv(content, "a.csv")
    assert grid or problems
    if grid:
        assert {len(row.cells) for row in grid.rows} == {len(grid.head.cells)}


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_a_chart_or_a_problem(text: str) -> None:
    block, problems = read(f"kind: bar\n{text}")
    assert (block.chart is None) == bool(problems)


# Numbers


@given(st.integers(-(10**14), 10**14), st.integers(0, 4))
def test_a_number_is_read_as_it_was_printed(digits: int, decimals: int) -> None:
    number = digits / 10**decimals
    text = format_number(number, decimals)
    read_again = parse_number(text)
    assert read_again is not None
    assert read_again[0].text == text
    assert math.isclose(read_again[0].number, round(number, decimals), rel_tol=1e-12, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("1025", "1025"),
        ("14655", "14,655"),
        ("14,655", "14,655"),
        ("１４，６５５．０", "14,655.0"),
        ("1 234 567", "1,234,567"),
        ("-3.50", "−3.50"),
        ("－3", "−3"),
        ("约1100", "约1100"),
        ("-0", "0"),
        ("007", "7"),
    ],
)
def test_numbers_are_printed_alike_however_they_are_written(written: str, printed: str) -> None:
    found = parse_number(written)
    assert found is not None
    assert found[0].text == printed


@pytest.mark.parametrize("cell", ["1,02", "1.2.3", "12万", "1e5", "", "—", "++1", "1" * 16, "½"])
def test_what_is_no_number_is_not_taken_for_one(cell: str) -> None:
    assert parse_number(cell) is None


@pytest.mark.parametrize("cell", ["", " ", "-", "—", "——", "…", "/", "N/A", "无"])
def test_a_gap_may_be_written_in_many_ways(cell: str) -> None:
    assert is_missing(cell)


# Lettering


@given(st.text("许昌市5G投资、与和（）% abc", min_size=1, max_size=40), st.integers(30, 300))
def test_a_wrapped_text_keeps_every_character_and_fits(text: str, limit: int) -> None:
    lines = wrapped(text, limit)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= limit or len(line) == 1 for line in lines)


def test_a_text_is_broken_where_its_sense_allows() -> None:
    assert wrapped("节能环保装备和服务产业", 100) == ("节能环保装备", "和服务产业")
    assert wrapped("再生金属（不含铝）", 80) == ("再生金属", "（不含铝）")
    assert wrapped("新一代GDP核算", 60)[0] in ("新一代", "新一代GDP")


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_an_axis_holds_its_numbers(one: float, other: float) -> None:
    low, high = sorted((round(one, 3), round(other, 3)))
    values = ticks(low, high)
    assert 2 <= len(values) <= 9
    unseen = 1e-6 + 1e-9 * (high - low)
    assert values[0] <= low + unseen
    assert values[-1] >= high - unseen


@given(st.lists(st.floats(0, 200), max_size=8))
def test_names_are_spread_apart_in_order(wanted: list[float]) -> None:
    places = spread(wanted, LINE, 0, 200)
    assert all(b - a >= LINE - 1e-6 for a, b in itertools.pairwise(sorted(places)))
    assert all(0 <= place <= 200 for place in places)


# Colours

_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_EYES = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    # Machado, Oliveira and Fernandes 2009, severity 1.
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def lab(colour: str, eye: str = "usual") -> tuple[float, float, float]:
    """Return CIE L*a*b* (D65) of a colour as an eye sees it."""
    coded = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in coded]
    seen = [min(1, max(0, sum(map(math.prod, zip(row, linear, strict=True))))) for row in _EYES[eye]]
    x, y, z = (sum(map(math.prod, zip(row, seen, strict=True))) for row in _XYZ)
    a, b, c = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x / 0.9505, y, z / 1.089))
    return 116 * b - 16, 500 * (a - b), 200 * (b - c)


SERIES = [tuple("甲乙丙丁戊己"[:count]) for count in range(2, 7)]


@pytest.mark.parametrize("eye", _EYES)
@pytest.mark.parametrize("names", SERIES)
@pytest.mark.parametrize("highlight", [None, "乙"])
def test_fills_differ_for_every_eye(names: tuple[str, ...], highlight: str | None, eye: str) -> None:
    colours = [lab(colour, eye) for colour in palette.fills(names, highlight)]
    assert min(math.dist(a, b) for a, b in itertools.combinations(colours, 2)) >= 14


@pytest.mark.parametrize("names", SERIES)
@pytest.mark.parametrize("highlight", [None, "乙"])
def test_fills_differ_on_grey_paper(names: tuple[str, ...], highlight: str | None) -> None:
    lightness = sorted(lab(colour)[0] for colour in palette.fills(names, highlight))
    assert min(b - a for a, b in itertools.pairwise(lightness)) >= 8


def test_one_series_at_most_is_red() -> None:
    assert palette.fills(("甲", "乙", "丙"), "乙").count(palette.RED) == 1
    assert palette.RED not in palette.fills(("甲", "乙", "丙"))


@pytest.mark.parametrize("names", SERIES)
def test_lines_differ_in_dash_and_point_as_well(names: tuple[str, ...]) -> None:
    for highlight in (None, "乙"):
        strokes = palette.strokes(names, highlight)
        assert len({(stroke.dash, stroke.point) for stroke in strokes}) == len(names)


@pytest.mark.parametrize("highlight", [None, "1", "8"])
@pytest.mark.parametrize("count", range(2, 9))
def test_a_slice_is_unlike_both_that_it_touches(count: int, highlight: str | None) -> None:
    colours = palette.slice_fills([str(number) for number in range(1, count + 1)], highlight)
    around = zip(colours, (*colours[1:], colours[0]), strict=True)
    assert all(abs(lab(a)[0] - lab(b)[0]) >= 8 or count == 7 for a, b in around)


@pytest.mark.parametrize("colour", [palette.SLATE, palette.TEAL, palette.OCHRE, palette.RED, palette.SKY])
def test_lettering_stands_out_from_its_fill(colour: str) -> None:
    assert abs(lab(colour)[0] - lab(palette.lettering_on(colour))[0]) >= 42


# What is drawn

KINDS = {
    "bar": INVESTMENT,
    "lying": of(
        "bar", "行业, 增速", "计算机、通信和其他电子设备制造业, 48.5", *(f"第{n}行业, {n}" for n in range(16))
    ),
    "stacked": of("stacked", "年, 火电, 水电", "2019年, 52202, 13044", "2020年, 53303, 13552"),
    "shares": of("stacked", "年, 火电, 水电", "2019年, 3, 1", "2020年, 1, 1", more="percent: true\n"),
    "line": of("line", "年, 产量", "2018年, 14.8", "2019年, —", "2020年, 23.7"),
    "area": of("area", "年, 纯电, 插电", "2019年, 310, 71", "2020年, 400, 91"),
    "pie": of("pie", "国, 数", "美国, 2257", "中国, 1454", more="highlight: 中国\n"),
    "donut": of("donut", "类, 占比", "甲, 61.5%", "乙, 38.5%"),
    "scatter": of("scatter", "市, 强度（%）, 人均（万元）", "许昌, 1.62, 7.9", "郑州, 2.31, 9.5"),
}


def drawn(text: str, fonts: FontSet, cache: Path, full_width: float = WIDE) -> etree._Element:
    return etree.fromstring(draw(chart_spec(chart(text), full_width), fonts.directory, fonts.digest, cache))


def words_of(svg: etree._Element) -> list[str]:
    return ["".join(map(str, text.itertext())) for text in svg.iter("{*}text")]


def texts_of(spec: dict[str, Any]) -> list[str]:
    layers = (one for one in spec["layer"] if one["mark"]["type"] == "text")
    return [row["text"] for layer in layers for row in layer["data"]["values"]]


@pytest.mark.parametrize("full_width", [WIDE, NARROW])
@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_is_as_wide_as_the_text_and_written_in_our_hei(
    kind: str, full_width: int, fonts: FontSet, tmp_path: Path
) -> None:
    svg = drawn(KINDS[kind], fonts, tmp_path, full_width)
    assert float(svg.get("width", "")) == pytest.approx(full_width, abs=1)
    families = {text.get("font-family") for text in svg.iter("{*}text")}
    assert families == {"XC Hei"}
    assert not any("rotate(-" in (text.get("transform") or "") for text in svg.iter("{*}text"))


WIDTHS = [WIDE, 448, NARROW, 269, 205]
"""Of a page, in large print, of a telephone, of a list in a column, and of a list in a list in one of 16K."""
CROWDED = {
    "months": of(
        "line", "月, 一, 二", *(f"{2018 + n // 12}年{n % 12 + 1}月, {n}, {n * 3 % 17}" for n in range(36))
    ),
    "lines": of(
        "line", "年, 许昌市, 洛阳市, 南阳市, 周口市", *(f"{y}年, 5, 5, 5, {y}" for y in range(2015, 2021))
    ),
    "climb": of("line", "年, 产量", *(f"{2014 + n}年, {n**3 + 0.5}" for n in range(7))),
    "areas": of(
        "area", "年, 纯电动汽车, 插电式, 燃料电池", "2018年, 9, 1, 0", "2019年, 9, 1, 0", "2020年, 9, 1, 1"
    ),
    "slices": of("pie", "国, 数", *(f"国家{n}, {2**n}" for n in range(8)), more="unit: 家\n"),
    "losses": of("bar", "行业, 利润", "电气机械和器材制造业, -30.5", "通用设备制造业, 12", "其他, -0.1"),
    "groups": of("bar", "年, 进口, 出口", *(f"{y}年, {y * 7}, {-y * 5}" for y in range(2016, 2021))),
    "billions": of("line", "年, 数", "2018年, 408466967890123", "2019年, 408870667890123"),
    "thousands": of("line", "年, 数", *(f"{y}年, {y * y * y}" for y in range(2018, 2021))),
    "dates": of("line", "日, 数", "2020年12月1日至15日, 1000000", "2020年12月16日至31日, 2500000"),
    "points": of(
        "scatter", "市, 甲, 乙", *(f"城市{n}, {n % 4}, {n % 3}" for n in range(14)), more="highlight: 城市7\n"
    ),
}


def boxes_of(svg: etree._Element) -> list[tuple[str, float, float, float, float]]:
    """Return each line of text with its left, top, right and bottom, in pixels of the picture."""
    boxes = []
    for text in svg.iter("{*}text"):
        x = y = 0.0
        for element in (text, *text.iterancestors()):
            if match := re.match(r"translate\(([-\d.]+),([-\d.]+)\)", element.get("transform") or ""):
                x, y = x + float(match[1]), y + float(match[2])
        share = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.get("text-anchor", "start")]
        for line in list(text) or [text]:
            y += float(line.get("dy") or 0)
            left = x - share * width(line.text or "")
            boxes.append((line.text or "", left, y - 10, left + width(line.text or ""), y + 1))
    return [box for box in boxes if box[0]]


@pytest.mark.parametrize("full_width", WIDTHS)
@pytest.mark.parametrize("kind", [*KINDS, *CROWDED])
def test_no_words_of_a_chart_cover_others_or_leave_it(
    kind: str, full_width: int, fonts: FontSet, tmp_path: Path
) -> None:
    svg = drawn({**KINDS, **CROWDED}[kind], fonts, tmp_path, full_width)
    boxes = boxes_of(svg)
    for word, left, top, right, bottom in boxes:
        assert -2 <= left < right <= full_width + 2, word
        assert 0 <= top < bottom <= float(svg.get("height", "")), word
    for (a, *one), (b, *other) in itertools.combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, f"{a} covers {b}"


def test_a_bar_is_labelled_and_its_unit_stands_above(fonts: FontSet, tmp_path: Path) -> None:
    words = words_of(drawn(INVESTMENT, fonts, tmp_path))
    assert {"单位：亿元", "2019 年", "2020 年", "中国移动", "240", "1025", "0"} <= set(words)
    assert "三家企业5G投资" not in words


def test_a_missing_bar_is_marked(fonts: FontSet, tmp_path: Path) -> None:
    assert "—" in words_of(drawn(of("bar", "年, 数", "2019年, 5", "2020年, —"), fonts, tmp_path))


def test_of_two_bars_the_second_is_the_dark_one() -> None:
    bars = next(layer for layer in chart_spec(chart(INVESTMENT))["layer"] if layer["mark"]["type"] == "bar")
    assert [row["fill"] for row in bars["data"]["values"]] == [palette.SKY] * 2 + [palette.SLATE] * 2


def test_long_names_let_the_bars_lie(fonts: FontSet, tmp_path: Path) -> None:
    words = words_of(drawn(KINDS["lying"], fonts, tmp_path))
    assert "计算机、通信和其他电子设备制造业" in words
    assert "50" not in words  # what is labelled needs no axis of numbers


def test_no_number_is_torn_to_fit_under_its_point(fonts: FontSet, tmp_path: Path) -> None:
    for kind in ("line", "bar", "area"):
        years = of(kind, "年, 数", *(f"{year}年, {year}" for year in range(2010, 2021)))
        words = words_of(drawn(years, fonts, tmp_path, NARROW))
        assert all(word == "" or word[:4].isdigit() for word in words if "年" in word)


def test_where_lying_bars_would_pass_the_page_they_and_the_lines_of_their_names_are_fewer() -> None:
    text = of("bar", "企业, 数", *(f"名称很长的第{n}家有限责任公司的下属单位, {n}" for n in range(30)))
    usual, fitted = (chart_spec(chart(text), 448, tallest) for tallest in (math.inf, 591))
    assert usual["height"] > 900
    assert fitted["height"] <= 591
    assert len(texts_of(fitted)) == len({*texts_of(fitted)}) == 60


def test_a_height_that_was_asked_for_leaves_the_letters_their_room() -> None:
    text = of(
        "bar", "企业, 数", *(f"第{n}家企业, {n}" for n in range(30)), more="height: 40\ndirection: 横\n"
    )
    assert chart_spec(chart(text))["height"] == 30 * 14


def test_direction_is_obeyed() -> None:
    lying = chart_spec(chart(INVESTMENT + "direction: 横"))
    assert lying["layer"][0]["encoding"]["x"]["axis"] is None
    long_names = of("bar", "行业, 增速", *(f"第{n}电气机械和器材制造业, {n}" for n in range(10)))
    assert lies(chart(long_names))
    standing = chart_spec(chart(long_names + "direction: vertical"))
    bars = next(layer for layer in standing["layer"] if layer["mark"]["type"] == "bar")
    assert bars["encoding"]["y"]["axis"] is not None


@pytest.mark.parametrize("full_width", [WIDE, NARROW])
def test_bars_whose_names_cannot_stand_lie_whatever_was_asked_for(
    full_width: int, fonts: FontSet, tmp_path: Path
) -> None:
    months = [f"{2018 + n // 12}年{n % 12 + 1}月" for n in range(30)]
    text = of("bar", "月, 产量", *(f"{month}, {n}" for n, month in enumerate(months)))
    words = words_of(drawn(text + "direction: vertical", fonts, tmp_path, full_width))
    assert set(map(spaced, months)) <= set(words)


def test_bars_of_nothing_have_an_axis_from_nought_to_one(fonts: FontSet, tmp_path: Path) -> None:
    words = words_of(drawn(of("bar", "年, 数", "2019年, 0", "2020年, 0"), fonts, tmp_path))
    assert sorted(words) == ["0", "0", "0", "1", "2019 年", "2020 年"]


def test_a_lone_point_stands_in_the_middle_and_is_named(fonts: FontSet, tmp_path: Path) -> None:
    for points in (["许昌, 1.62, 0"], ["许昌, -3, 7", "郑州, -3, 7"]):
        text = of("scatter", "市, 甲, 乙", *points)
        marks = next(one for one in chart_spec(chart(text))["layer"] if one["mark"]["type"] == "point")
        (point, *_others) = marks["data"]["values"]
        for channel in ("x", "y"):
            low, high = marks["encoding"][channel]["scale"]["domain"]
            assert 0.3 < (point[channel] - low) / (high - low) < 0.7
            assert len(marks["encoding"][channel]["axis"]["values"]) > 2
        assert {point.split(",")[0] for point in points} <= set(words_of(drawn(text, fonts, tmp_path)))


def test_a_share_that_is_the_number_is_printed_once(fonts: FontSet, tmp_path: Path) -> None:
    listed = of("pie", "项, 数", "甲, 94", *(f"第{n}项, 1" for n in range(1, 7)), more="unit: %\n")
    around = of("pie", "项, 数", "甲, 50", "乙, 50", more="unit: %\n")
    assert sorted(words_of(drawn(listed, fonts, tmp_path)))[:7] == ["1%"] * 6 + ["94%"]
    assert sorted(words_of(drawn(around, fonts, tmp_path)))[:3] == ["50%", "50%", "乙"]


def test_a_stack_is_topped_by_its_sum(fonts: FontSet, tmp_path: Path) -> None:
    words = words_of(drawn(KINDS["stacked"], fonts, tmp_path))
    assert {"65,246", "66,855", "52,202", "13,552"} <= set(words)
    assert {"75.0", "25.0", "50.0", "单位：%"} <= set(words_of(drawn(KINDS["shares"], fonts, tmp_path)))


def test_a_line_is_broken_where_a_number_is_missing(fonts: FontSet, tmp_path: Path) -> None:
    spec = chart_spec(chart(KINDS["line"]))
    line = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "line")
    assert [row["run"] for row in line["data"]["values"]] == [0, 1]
    assert "—" in words_of(drawn(KINDS["line"], fonts, tmp_path))


def test_an_axis_that_does_not_begin_at_zero_says_so(fonts: FontSet, tmp_path: Path) -> None:
    far = of("line", "月, 指数", "1月, 51.3", "2月, 50.6")
    assert "纵轴不从零开始" in words_of(drawn(far, fonts, tmp_path))
    assert "纵轴不从零开始" not in words_of(drawn(KINDS["line"], fonts, tmp_path))


@pytest.mark.parametrize(
    ("names", "steps"),
    [
        (["2018", "2020", "2021"], [2, 1]),
        (["1949年", "1978年", "2020年"], [29, 42]),
        (["2020年11月", "2021年1月", "2021年2月"], [2, 1]),
        (["2020年第一季度", "2020年三季度", "2020年第四季度"], []),
        (["2020年一季度", "2020年三季度", "2020年四季度"], [2, 1]),
        (["2021年", "2020年", "2018年"], [1, 2]),
        (["2018", "一月", "2021"], [1, 1]),
    ],
)
@pytest.mark.parametrize("kind", ["line", "area"])
def test_years_and_months_stand_to_scale(kind: str, names: list[str], steps: list[int]) -> None:
    spec = chart_spec(chart(of(kind, "年, 产值", *(f"{name}, {n + 1}" for n, name in enumerate(names)))))
    rows = next(one["data"]["values"] for one in spec["layer"] if "at" in one["data"]["values"][0])
    first, *others = itertools.pairwise(row["at"] for row in rows)
    unit = (first[1] - first[0]) / (steps or [2])[0]
    assert [(b - a) / unit for a, b in others] == pytest.approx((steps or [2, 1])[1:], abs=0.01)


ZIGZAGS = {
    "steep": of("line", "年, 数", "2018, 0.00012", "2019, 0.00015"),
    "valleys": of("line", "年, 数", *(f"{2018 + n}, {90 - n if n % 2 else n}" for n in range(8))),
    "peaks": of("line", "年, 数", *(f"{2018 + n}, {n if n % 2 else 90 - 7 * n}.25" for n in range(8))),
    "mountain": of("area", "年, 数", "2018年, 1", "2019年, 999", "2020年, 3", "2021年, 700"),
    "uneven": of("line", "年, 数", "2010, 5", "2015, 90", "2016, 1", "2017, 90", "2021, 2"),
}


@pytest.mark.parametrize("full_width", WIDTHS)
@pytest.mark.parametrize("kind", ZIGZAGS)
def test_no_number_is_struck_by_its_line(kind: str, full_width: int) -> None:
    spec = chart_spec(chart(ZIGZAGS[kind]), full_width)
    line = next(one for one in spec["layer"] if one["mark"]["type"] == "line")
    low, high = line["encoding"]["y"]["scale"]["domain"]
    points = [
        (row["at"], spec["height"] * (high - row["number"]) / (high - low)) for row in line["data"]["values"]
    ]
    numbers = [
        row
        for layer in spec["layer"]
        if layer["mark"]["type"] == "text"
        for row in layer["data"]["values"]
        if 0 <= row["y"] <= spec["height"]
    ]
    for row in numbers:
        half = width(row["text"]) / 2
        for (x, y), (x2, y2) in itertools.pairwise(points):
            for at in (x + (x2 - x) * step / 400 for step in range(401)):
                strikes = abs(at - row["x"]) < half and abs(y + (y2 - y) * (at - x) / (x2 - x) - row["y"]) < 5
                assert not strikes, row["text"]


def test_numbers_over_bars_side_by_side_are_apart(fonts: FontSet, tmp_path: Path) -> None:
    groups = of("bar", "年, 甲, 乙, 丙, 丁, 戊", *(f"{n}年, 10, 20, 30, 40, 50" for n in range(2000, 2006)))
    boxes = sorted(box for box in boxes_of(drawn(groups, fonts, tmp_path)) if box[0].endswith("0"))
    numbers = sorted((left, right) for word, left, _, right, _ in boxes if left > 30)
    assert len(numbers) == 30
    assert all(b[0] - a[1] > 2 for a, b in itertools.pairwise(numbers))


def test_each_of_many_points_is_named_some_by_a_leader(fonts: FontSet, tmp_path: Path) -> None:
    points = of("scatter", "市, 投入, 产出", *(f"城市{n}, {n * 1.3}, {n * 7 % 17}" for n in range(25)))
    for full_width in (WIDE, 448, NARROW):
        words = words_of(drawn(points, fonts, tmp_path, full_width))
        assert {f"城市 {n}" for n in range(25)} <= set(words)


def test_the_numbers_of_two_axes_do_not_meet_in_the_corner(fonts: FontSet, tmp_path: Path) -> None:
    near = of("scatter", "市, 甲, 乙", "甲市, 1, 1", "乙市, 1.01, 1.01")
    (beside,) = (box for box in boxes_of(drawn(near, fonts, tmp_path)) if box[0] == "0.9975")
    (below,) = (box for box in boxes_of(drawn(near, fonts, tmp_path)) if box[0] == "0.998")
    assert below[2] - beside[4] >= 3


def test_words_are_spaced_as_in_the_text(fonts: FontSet, tmp_path: Path) -> None:
    words = words_of(
        drawn(of("bar", "市, 数", "第0个5G基站, 1", "占20%的A+级, 2", "已有 空格, 3"), fonts, tmp_path)
    )
    assert {"第 0 个 5G 基站", "占 20% 的 A+ 级", "已有 空格"} <= {" ".join(words), *words}


def test_the_last_date_ends_with_the_plot_it_would_overhang(fonts: FontSet, tmp_path: Path) -> None:
    days = of("line", "日, 数", *(f"2020年12月{n}日, {n * 900000}" for n in range(20, 26)))
    boxes = {
        word: (left, right) for word, left, _, right, _ in boxes_of(drawn(days, fonts, tmp_path, NARROW))
    }
    assert boxes["2020 年 12 月 25 日"][1] <= NARROW - 8
    halves = of("line", "日, 数", "2020年12月1日至15日, 1000000", "2020年12月16日至31日, 2500000")
    words = words_of(drawn(halves, fonts, tmp_path, NARROW))
    assert {"2020 年 12 月 1 日至 15 日", "2020 年 12 月 16 日至 31 日"} <= {
        spaced(a + b) for a in words for b in words
    }


def test_lines_are_named_at_their_ends_or_else_in_a_legend(fonts: FontSet, tmp_path: Path) -> None:
    apart = of("line", "年, 移动, 电信", "2019年, 9, 3", "2020年, 10, 4")
    together = of("line", "年, 移, 电, 联, 广", "2019年, 9, 9, 9, 1", "2020年, 10, 10, 10, 10")
    assert {"移动 10", "电信 4"} <= set(words_of(drawn(apart, fonts, tmp_path)))
    assert {"移", "电", "联", "广"} <= set(words_of(drawn(together, fonts, tmp_path)))


def test_months_name_their_year_once(fonts: FontSet, tmp_path: Path) -> None:
    months = [f"{2019 + (n >= 2)}年{(n + 10) % 12 + 1}月, {n}" for n in range(6)]
    words = words_of(drawn(of("line", "月, 数", *months), fonts, tmp_path))
    assert [word for word in words if word[-1] in "年月"] == [
        *("11 月", "2019 年", "12 月", "1 月", "2020 年", "2 月", "3 月", "4 月")
    ]


def test_names_of_slices_that_would_crowd_stand_in_a_list() -> None:
    crowded = of("pie", "项, 数", "甲, 9000", *(f"第{n}项, {n}" for n in range(1, 7)))
    spec = chart_spec(chart(crowded))
    arcs = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "arc")
    assert arcs["encoding"]["x"]["value"] < WIDE / 2 - 50


def test_the_red_one_is_red(fonts: FontSet, tmp_path: Path) -> None:
    for text in (KINDS["pie"], KINDS["scatter"] + "highlight: 许昌", KINDS["area"] + "highlight: 插电"):
        svg = drawn(text, fonts, tmp_path)
        fills = [shape.get("fill") for shape in svg.iter("{*}path")]
        assert fills.count(palette.RED) == 1


numbers = st.integers(-(10**9), 10**9).map(lambda n: Value(number=n / 100, text=format_number(n / 100, 2)))
positive = st.integers(1, 10**9).map(lambda n: Value(number=n / 100, text=format_number(n / 100, 2)))
name = st.text("许昌市企业增加值（）5G、 abc", min_size=1, max_size=30)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    kind = draw(st.sampled_from(ChartKind))
    values = numbers if kind in (ChartKind.BAR, ChartKind.LINE, ChartKind.SCATTER) else positive
    count = draw(st.integers(2, 8))
    single = kind in (ChartKind.PIE, ChartKind.DONUT)
    columns = 1 if single else 2 if kind is ChartKind.SCATTER else draw(st.integers(1, 6))
    column = st.lists(values, min_size=count, max_size=count).map(tuple)
    return Chart(
        kind=kind,
        title="题",
        categories_name="名",
        categories=tuple(draw(st.lists(name, min_size=count, max_size=count, unique=True))),
        series=tuple(Series(name=draw(name), values=draw(column)) for _ in range(columns)),
        unit=draw(st.none() | name),
        horizontal=draw(st.sampled_from([None, True, False])),
        percent=columns > 1 and kind in (ChartKind.STACKED, ChartKind.AREA) and draw(st.booleans()),
        height=draw(st.none() | st.integers(40, 200)),
    )


@settings(max_examples=200)
@given(charts(), st.sampled_from([WIDE, NARROW, 192]))
def test_any_chart_has_a_spec_of_finite_numbers_and_words(made: Chart, full_width: int) -> None:
    spec = chart_spec(made, full_width)
    json.dumps(spec, allow_nan=False)
    assert spec["width"] > 0
    assert spec["height"] > 0
    assert alt_text(made).startswith(
        ("柱状图", "条形图", "堆积", "折线图", "面积图", "饼图", "环形图", "散点图")
    )


# Drawing


def test_the_same_chart_is_the_same_bytes_in_another_process(fonts: FontSet, tmp_path: Path) -> None:
    spec = chart_spec(chart(INVESTMENT))
    here = draw(spec, fonts.directory, fonts.digest, tmp_path / "here")
    code = (
        "import json, sys; from pathlib import Path; from xcbulletin.publishing.charts.drawing import draw;"
        "sys.stdout.buffer.write(draw(json.loads(sys.argv[1]), Path(sys.argv[2]), '', Path(sys.argv[3])))"
    )
    arguments = [json.dumps(spec), str(fonts.directory), str(tmp_path / "there")]
    there = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=True).stdout
    assert here == there


def test_a_drawing_is_kept_and_one_that_was_damaged_is_drawn_again(fonts: FontSet, tmp_path: Path) -> None:
    spec = chart_spec(chart(INVESTMENT))
    first = draw(spec, fonts.directory, fonts.digest, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-40])
    assert draw(spec, fonts.directory, fonts.digest, tmp_path) == first
    written = kept.stat().st_mtime_ns
    assert draw(spec, fonts.directory, fonts.digest, tmp_path) == first
    assert kept.stat().st_mtime_ns == written
    draw(spec, fonts.directory, "other fonts", tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("obstacle", ["file", "directory"])
def test_a_drawing_that_cannot_be_kept_is_drawn(obstacle: str, fonts: FontSet, tmp_path: Path) -> None:
    spec, cache = chart_spec(chart(INVESTMENT)), tmp_path / "charts"
    svg = draw(spec, fonts.directory, fonts.digest, cache)
    (kept,) = cache.iterdir()
    kept.unlink()
    if obstacle == "file":
        cache.rmdir()
        cache.write_bytes(b"")
    else:
        kept.mkdir()
    assert draw(spec, fonts.directory, fonts.digest, cache) == svg


def test_what_is_not_drawn_does_not_load_the_library() -> None:
    code = (
        "import sys; import xcbulletin.publishing.documents; from xcbulletin.publishing.charts import block, spec;"
        "sys.exit('vl_convert' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Words


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            "bar",
            "柱状图：三家企业5G投资。2019年：中国移动为240亿元，中国电信为93亿元。2020年：中国移动为1025亿元，"
            "中国电信为392亿元。最高是中国移动2020年的1025亿元，最低是中国电信2019年的93亿元。",
        ),
        (
            "shares",
            "堆积柱状图：题。火电：2019年为75.0%，2020年为50.0%。水电：2019年为25.0%，2020年为50.0%。"
            "最高是2019年火电的75.0%，最低是2019年水电的25.0%。",
        ),
        (
            "line",
            "折线图：题。2018年为14.8，2020年为23.7。从2018年的14.8到2020年的23.7，上升。缺2019年的产量。",
        ),
        (
            "pie",
            "饼图：题。合计3711：美国为2257、占60.8%，中国为1454、占39.2%。图中突出的是中国。",
        ),
        ("donut", "环形图：题。甲为61.5%，乙为38.5%。"),
        (
            "scatter",
            "散点图：题。共2个点；横轴是强度（%），从1.62到2.31；纵轴是人均（万元），从7.9到9.5。"
            "依次为横轴、纵轴：许昌为1.62、7.9；郑州为2.31、9.5。",
        ),
    ],
)
def test_a_chart_is_read_aloud(kind: str, said: str) -> None:
    assert alt_text(chart(KINDS[kind])) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            of("bar", "年, 甲", "2019, 1", "2020, 5", more="unit: 亿元\n"),
            "柱状图：题。2019为1亿元，2020为5亿元。",
        ),
        (
            of("line", "季, 指数", "2019Q1, 100.1", "2019Q2, 98"),
            "折线图：题。2019Q1为100.1，2019Q2为98。从2019Q1的100.1到2019Q2的98，下降。",
        ),
        (
            of("stacked", "年, 4G, 5G", "2019, 2, 1", "2020, 1, 1", more="percent: true\n"),
            "堆积柱状图：题。4G：2019为66.7%，2020为50.0%。5G：2019为33.3%，2020为50.0%。"
            "最高是2019、4G的66.7%，最低是2019、5G的33.3%。",
        ),
        (
            of("scatter", "市, 甲, 乙", "城市1, 5, 6", "城市2, 5, 7"),
            "散点图：题。共2个点；横轴是甲，都是5；纵轴是乙，从6到7。依次为横轴、纵轴：城市1为5、6；城市2为5、7。",
        ),
        (of("scatter", "市, 甲, 乙", "许昌, 5, 6"), "横轴是甲，是5；纵轴是乙，是6。"),
        (of("pie", "企, 数", "华为, 3", "A5, 1"), "饼图：题。合计4：华为3、占75.0%，A5为1、占25.0%。"),
    ],
)
def test_a_name_and_its_number_are_parted(text: str, said: str) -> None:
    assert said in alt_text(chart(text))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (KINDS["lying"], "条形图：题"),
        (KINDS["lying"].replace("kind: bar", "kind: stacked"), "堆积条形图：题"),
        (KINDS["stacked"] + "direction: horizontal", "堆积条形图：题"),
        (INVESTMENT, "柱状图：三家"),
        (INVESTMENT + "direction: horizontal", "条形图：三家"),
    ],
)
def test_bars_that_lie_are_called_so(text: str, kind: str) -> None:
    assert alt_text(chart(text)).startswith(kind)


def test_of_many_numbers_what_stands_out_is_said() -> None:
    many = of(
        "line",
        "月, 一, 二",
        *(f"{n}月, {n * n - 8 * n}, {20 - n}" for n in range(1, 13)),
        more="unit: 万台\n",
    )
    assert alt_text(chart(many)) == (
        "折线图：题。一：从1月的负7万台到12月的48万台，有起伏，总的上升；最高是12月的48万台，最低是4月的负16万台。"
        "二：从1月的19万台到12月的8万台，持续下降。"
    )


def test_where_no_table_gives_the_data_all_numbers_are_said() -> None:
    thirty = of("bar", "市, 数", *(f"第{n}市, {n}" for n in range(30)), more="unit: 家\n")
    assert "第17市" not in alt_text(chart(thirty))
    said = alt_text(chart(thirty), in_full=True)
    assert all(f"第{n}市为{n}家" in said for n in range(30))
    assert said.endswith("最高是第29市的29家，最低是第0市的0家。")
    points = of("scatter", "市, 甲, 乙", *(f"城市{n}, {n}, {n}" for n in range(80)))
    assert alt_text(chart(points), in_full=True).endswith("城市79为79、79。")


def test_of_numbers_too_many_to_say_the_reader_is_told_where_they_are() -> None:
    days = of("line", "日, 数", *(f"{n}日, {n}" for n in range(100)))
    assert alt_text(chart(days), in_full=True) == (
        "折线图：题。从0日的0到99日的99，持续上升。全部100个数据在网页版这张图下面的表里。"
    )


# In an edition


def figure_of(body: str, files: Callable[[str], bytes] | None = None) -> tuple[ChartFigure, list[str]]:
    issue = make_issue(make_article(body))
    edition, problems = compose(issue, (), (), files or data_reader(Path("/nonexistent")))
    (node,) = (node for node in edition.entries[0].pictures if isinstance(node, ChartFigure))
    return node, [str(problem) for problem in problems]


@pytest.mark.parametrize("word", ["chart", "图表"])
def test_a_chart_is_a_figure_with_number_caption_and_source(word: str) -> None:
    node, problems = figure_of(f"见[@fig-5g]。\n\n```{word}\n{INVESTMENT}id: fig-5g\nsource: 年报\n```\n")
    assert problems == []
    assert (node.label, node.id, node.source) == ("图1", "fig-1", "数据来源：年报")


def test_a_wrong_chart_has_the_line_of_its_article_and_keeps_its_number() -> None:
    node, problems = figure_of("见[@fig-5g]。\n\n> ```chart\n> kind: bar\n> id: fig-5g\n> titel: 题\n> ```\n")
    assert node.label == "图1"
    assert problems == [
        "issues/2021-01/news/01.md:7: 缺少“title”；请加一行“title: ……”",
        "issues/2021-01/news/01.md:7: 没有数据；请写 data: assets/文件名.csv，或在 rows: 下面逐行写 - [名称, 数字]",
        "issues/2021-01/news/01.md:9: 不认识的项目“titel”；是否想写“title”？",
    ]


def test_the_words_of_a_chart_are_among_the_texts_of_its_edition() -> None:
    issue = make_issue(make_article(f"```chart\n{INVESTMENT}source: 年报\n```\n"))
    edition, _problems = compose(issue, ())
    printed = "".join(text for _place, text in texts(edition))
    assert all(word in printed for word in ("三家企业5G投资", "亿元", "中国电信", "1025", "数据来源：年报"))


def test_charts_are_drawn_as_wide_as_they_are_shown(fonts: FontSet, tmp_path: Path) -> None:
    edition, _problems = compose(make_issue(make_article(f"```chart\n{INVESTMENT}```\n")), ())
    (wide,) = draw_charts(edition, WIDE, fonts, tmp_path).values()
    (narrow,) = draw_charts(edition, NARROW, fonts, tmp_path, "-narrow").values()
    assert (wide.width, narrow.width) == (WIDE, NARROW)
    assert wide.name.startswith("assets/chart-")
    assert narrow.name == wide.name.replace(".svg", "-narrow.svg")


@pytest.fixture
def issue_with_charts(workspace: object) -> Path:
    folder = write_issue(workspace)  # type: ignore[arg-type]
    write(
        folder / "assets" / "5g.csv", "企业,2019年,2020年\n中国移动,240,1025\n中国电信,93,—\n".encode("gbk")
    )
    block = "```chart\nkind: bar\ntitle: 5G投资\nid: fig-5g\nunit: 亿元\ndata: assets/5g.csv\n```\n"
    write_article(folder, "news/01.md", f"见[@fig-5g]。\n\n{block}", industries=["5g"])
    return folder


def test_a_built_page_shows_a_chart_its_words_and_its_data(
    issue_with_charts: Path, run: Callable[..., Outcome]
) -> None:
    assert run("build", "2021-01", "--format", "html").code == 0
    folder = issue_with_charts.parent.parent / "build" / issue_with_charts.name
    page = etree.HTML((folder / "index.html").read_text(encoding="utf-8"))
    (figure,) = page.iterfind(".//figure[@class='chart']")
    image, source = figure.find(".//img"), figure.find(".//source")
    assert (folder / image.get("src")).is_file()
    assert (folder / source.get("srcset")).is_file()
    assert image.get("alt") == (
        "柱状图：5G投资。2019年：中国移动为240亿元，中国电信为93亿元。2020年：中国移动为1025亿元。"
        "最高是中国移动2020年的1025亿元，最低是中国电信2019年的93亿元。缺中国电信的2020年。"
    )
    cells = [[cell.text for cell in row] for row in figure.iterfind(".//tr")]
    assert cells == [["企业", "2019年", "2020年"], ["中国移动", "240", "1025"], ["中国电信", "93", "—"]]
    assert [cell.get("scope") for cell in figure.iterfind(".//th")] == ["col", "col", "col", "row", "row"]
    assert figure.find(".//caption").text == "5G投资（单位：亿元）"


CHART_PLACES = """\
正文一段。

```chart
kind: bar
title: 正文里的图
rows:
  - [市, 数]
  - [甲在正文里, 2]
  - [乙在正文里, 3]
```

- - - - - - - - ```chart
                kind: bar
                title: 很深的图
                rows:
                  - [市, 数]
                  - [深处的, 2]
                ```

- 一项：

  ```chart
  kind: line
  title: 列表里的图
  rows:
    - [市, 数]
    - [丙在列表里, 2]
    - [丁, 3]
  ```

  - 又一项：

    ```chart
    kind: pie
    title: 列表的列表里的图
    rows:
      - [市, 数]
      - [戊在里面的列表里, 2]
      - [己, 3]
    ```

> ```chart
> kind: scatter
> title: 引文里的图
> rows:
>   - [市, 甲, 乙]
>   - [庚在引文里, 2, 3]
>   - [辛, 3, 4]
> ```

```chart
kind: bar
title: 三十四项的图
rows:
  - [市, 数]
"""
CHART_PLACES += "".join(f"  - [很多家里的第{n}家企业, {n * 7 % 23 - 4}]\n" for n in range(34)) + "```\n"


@pytest.mark.parametrize(
    ("page", "edition", "size"),
    [
        ({}, "standard", 9),
        ({}, "large", 12),
        ({"SIZE": "16K"}, "standard", 9),
        ({"SIZE": "16K"}, "large", 12),
        ({"COLUMNS": "2"}, "standard", 7.875),
        ({"COLUMNS": "2", "SIZE": "16K"}, "standard", 7.875),
    ],
)
@pytest.mark.usefixtures("fonts")
def test_letters_in_charts_are_three_quarters_of_the_body_wherever_they_stand(
    page: dict[str, str],
    edition: str,
    size: float,
    workspace: Workspace,
    run: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in page.items():
        monkeypatch.setenv(f"XCBULLETIN_PAGE__{name}", value)
    write_article(write_issue(workspace), "news/01.md", CHART_PLACES)
    assert run("build", "2021-01", "--format", "pdf", "--edition", edition).code == 0
    (pdf,) = (workspace.root / "build").rglob("bulletin.pdf")
    with pdfplumber.open(pdf) as printed:
        letters = [one for page in printed.pages for one in page.chars if one["text"] in "丙戊庚企"]
    assert len(letters) == 37
    assert {round(one["size"], 1) for one in letters} <= {round(size, 1), round(size - 0.1, 1)}


@pytest.mark.usefixtures("fonts")
def test_a_printed_chart_tells_its_numbers_to_who_does_not_see_it(
    workspace: Workspace, run: Callable[..., Outcome]
) -> None:
    write_article(write_issue(workspace), "news/01.md", CHART_PLACES)
    assert run("build", "2021-01", "--format", "pdf").code == 0
    with pikepdf.open(workspace.root / "build" / "2021-01" / "bulletin.pdf") as pdf:
        said = [str(one.Alt) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
    (many,) = (one for one in said if "三十四项" in one)
    assert all(f"很多家里的第{n}家企业为" in many for n in range(34))


def test_a_check_names_a_slip_in_the_data_and_draws_nothing(
    issue_with_charts: Path, run: Callable[..., Outcome]
) -> None:
    assert run("check", "2021-01").code == 0
    write(issue_with_charts / "assets" / "5g.csv", "企业,2019年\n中国移动,x\n")
    said = run("check", "2021-01")
    assert said.code == 1
    assert "issues/2021-01/assets/5g.csv:2: “中国移动”一行的“2019年”不是数字：“x”" in said.out + said.err
    assert not (issue_with_charts.parent.parent / "build" / ".cache" / "charts").exists()


def test_every_option_stands_in_the_manual() -> None:
    from xcbulletin.publishing.charts.block import ChartFields

    root = Path(__file__).parent.parent
    for manual in ("README.md", "README.zh-CN.md"):
        text = (root / manual).read_text(encoding="utf-8")
        assert [option for option in ChartFields.model_fields if f"`{option}`" not in text] == []
        assert [kind for kind in ChartKind if f"`{kind}`" not in text] == []

"""Quantities in running Chinese text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.proofing.numbers.numerals import DIGITS, parse_numeral
from xcbulletin.proofing.numbers.quantities import Bound, cell_quantity, quantities
from xcbulletin.proofing.numbers.units import MAGNITUDES, UNITS


def told(text: str) -> list[str]:
    """Return each quantity as its range, unit, step and bound, as far as they say something."""
    return [
        " ".join(
            [
                f"{one.low:f}" if one.low == one.high else f"{one.low:f}～{one.high:f}",
                *([one.unit] if one.unit else []),
                f"±{one.step:f}",
                *([one.bound.value] if one.bound is not Bound.EXACT else []),
            ]
        )
        for one in quantities(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("申请389571件，占74.7%", ["389571 件 ±1", "74.7 % ±0.1"]),
        ("总量达30.1万件", ["301000.0 件 ±1000.0"]),
        ("收入1,234.5亿元", ["123450000000.0 元 ±10000000.0"]),
        ("业务收入1.36万亿元", ["1360000000000.00 元 ±10000000000.00"]),
        ("快2.9个百分点", ["2.9 个百分点 ±0.1"]),
        ("是美国的8.2倍", ["8.2 倍 ±0.1"]),
        ("两倍以上", ["2 倍 ±1 超过"]),
        ("近1.5倍", ["1.5 倍 ±0.1 近"]),
        ("形成3～5个平台", ["3～5 个 ±1"]),
        ("增长6%～7%", ["6～7 % ±1"]),
        ("净利润56亿元-58亿元", ["5600000000～5800000000 元 ±100000000"]),
        ("约200亿美元", ["20000000000 美元 ±100000000 约"]),
        ("约占全部的5.4%", ["5.4 % ±0.1 约"]),
        ("40余家，9000多支，2万多名", ["40 家 ±1 超过", "9000 支 ±1 超过", "20000 人 ±10000 超过"]),
        ("超过71.8万个，不到2%，20%左右", ["718000.0 个 ±1000.0 超过", "2 % ±1 不到", "20 % ±1 约"]),
        (
            "装机161.3吉瓦，用电22.0亿千瓦时",
            ["161300000000.0 瓦 ±100000000.0", "2200000000000.0 瓦时 ±10000000000.0"],
        ),
        ("均价48752元/吨", ["48752 元/吨 ±1"]),
        ("产量237068台（套）", ["237068 台 ±1"]),
        ("１，２３４家，９０．５％", ["1234 家 ±1", "90.5 % ±0.1"]),
        ("全球共有 28 个国家的 398 家企业", ["28 个 ±1", "398 家 ±1"]),
        ("三成、四分之三、百分之十二点五", ["30 % ±10", "75 % ±5", "12.5 % ±0.1"]),
        ("三万五千家，一半以上，翻了一番", ["35000 家 ±1000", "50 % ±10 超过", "2 倍 ±1"]),
        ("下降−3.9%", ["-3.9 % ±0.1"]),
        ("其中甲国 2257，乙国 1454", ["2257 ±1", "1454 ±1"]),
    ],
)
def test_quantities_are_read_with_unit_step_and_bound(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2020年12月31日，2018-2020年，1—2月，2030年前，截至3月底",
        "第3项，第 41 条，第五代，第一次",
        "〔2021〕13号，第739号，GB/T 39733—2020，ISO/IEC 20546:2019",
        "5G、A100、G20、GPT-3、P7000、SC 42、3D打印、10G-PON",
        "“十四五”规划，第十四个五年，2021财年，一带一路，长三角一体化",
        "010-62301901，1:10，电话0374-0000000",
        "10部门印发，五部门联合公告，百家争鸣，数百家，几十台",
        "成功，三成立，十分重要，万分感谢",
    ],
)
def test_years_ordinals_documents_and_names_are_none(text: str) -> None:
    assert told(text) == []


def test_from_one_to_another_are_two() -> None:
    assert told("由5.4%至20%，从3.2%到1.9%") == ["5.4 % ±0.1", "20 % ±1", "3.2 % ±0.1", "1.9 % ±0.1"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("75110", "75110"),
        ("−6.2", "-6.2"),
        ("约15", "15"),
        ("1,806", "1806"),
        ("2018", "2018"),
        ("39.2万吨", "392000000000.0"),
    ],
)
def test_a_cell_holds_a_number_without_a_unit(cell: str, expected: str) -> None:
    figure = cell_quantity(cell)
    assert figure is not None
    assert f"{figure.value:f}" == expected


@pytest.mark.parametrize("cell", ["—", "", "2020年12月", "研发投入、人才", "汽车1.2万辆、客车300辆"])
def test_a_cell_of_words_holds_none(cell: str) -> None:
    assert cell_quantity(cell) is None


def written(number: int) -> str:
    """Write a number below 100 million as people say it."""
    if number >= 10_000:
        rest = number % 10_000
        return (
            f"{written(number // 10_000)}万{'零' if 0 < rest < 1000 else ''}{written(rest) if rest else ''}"
        )
    text, pending = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if pending and text else "") + "零一二三四五六七八九"[digit] + name
            pending = False
        else:
            pending = True
    return text


@given(st.integers(1, 99_999_999))
def test_numerals_are_read_as_they_are_said(number: int) -> None:
    value = parse_numeral(written(number))
    assert value is not None
    assert value[0] == number


@given(st.text(alphabet=[*DIGITS, *"十百千万亿点第个"]))
def test_any_numerals_are_read_or_refused(text: str) -> None:
    value = parse_numeral(text)
    assert value is None or value[0] >= 0


numbers = st.decimals(min_value=0, max_value=99999, places=2).filter(lambda value: value >= 1)
plain_units = st.sampled_from(
    [alias for alias, (name, factor) in UNITS.items() if factor == 1 and name == alias]
)


@given(numbers, st.sampled_from(["", "万", "亿", "万亿"]), plain_units)
def test_what_is_written_is_read(number: Decimal, magnitude: str, unit: str) -> None:
    text = f"全市共有{number}{magnitude}{unit}，"
    [figure] = quantities(text)
    assert figure.value == number * MAGNITUDES.get(magnitude, 1)
    assert (figure.unit, figure.text) == (unit, f"{number}{magnitude}{unit}")


@given(
    st.text(
        alphabet=st.characters(codec="utf-8")
        | st.sampled_from("0123456789.,%％万亿千百倍个家至～—约近超第年月")
    )
)
def test_any_text_is_read_and_places_are_right(text: str) -> None:
    end = 0
    for one in quantities(text):
        assert one.start >= end
        assert one.text == text[one.start : one.end] != ""
        assert one.outer[0] <= one.start < one.end <= one.outer[1]
        assert one.low <= one.high
        assert one.interval[0] <= one.interval[1]
        assert one.step > 0
        end = one.end


@given(st.lists(st.tuples(numbers, plain_units), min_size=1, max_size=6))
def test_quantities_in_a_row_are_told_apart(parts: list[tuple[Decimal, str]]) -> None:
    text = "，".join(f"其中有{number}{unit}" for number, unit in parts)
    assert [(one.value, one.unit) for one in quantities(text)] == parts

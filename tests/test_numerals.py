"""Figures as GB/T 15835 has them written."""

import pytest
from proofed import mended, said


@pytest.mark.parametrize(
    ("body", "expected", "right"),
    [
        (
            "计划（2018-2020年）",
            "numbers-range: “2018-2020年”的起止之间用了“-”；请改为“2018—2020年”",
            "计划（2018—2020年）",
        ),
        ("1-2月", "numbers-range: “1-2月”的起止之间用了“-”；请改为“1—2月”", "1—2月"),
        ("约3-5年", "numbers-range: “3-5年”的起止之间用了“-”；请改为“3～5年”", "约3～5年"),
        ("26-27年电价", "numbers-range: “26-27年”的起止之间用了“-”；请改为“26～27年”", "26-27年电价"),
        ("63-68%", "numbers-range: “63-68%”的起止之间用了“-”；请改为“63%～68%”", "63%～68%"),
        ("63%-68%", "numbers-range: “63%-68%”的起止之间用了“-”；请改为“63%～68%”", "63%～68%"),
        ("9～16亿元", "numbers-range: “9～16亿”前一个数少了“亿”；请改为“9亿～16亿”", "9亿～16亿元"),
        ("自20年3月起", "numbers-year: “自20年3月起”里的年份只写了两位；请改为“2020年”", "自2020年3月起"),
        ("二零二一年", "numbers-year: “二零二一年”里的“零”应为“〇”；请改为“二〇二一年”", "二〇二一年"),
        ("投资3千万元", "numbers-large: “3千万”里阿拉伯数字后面跟了“千万”；请改为“3000万”", "投资3000万元"),
        ("三、四天", "numbers-estimate: “三、四天”里的概数用了顿号；请改为“三四”", "三四天"),
        ("装机50kw", "numbers-unit: 单位“kw”应为“kW”；请改为“kW”", "装机50kW"),
        (
            "占20%。上升百分之三。",
            "numbers-mixed: “百分之三”与本篇别处的“%”写法不一；请统一用一种写法",
            "占20%。上升百分之三。",
        ),
    ],
)
def test_a_slip_is_told_and_put_right(body: str, expected: str, right: str) -> None:
    assert said(body) == [expected]
    assert mended(body) == right


@pytest.mark.parametrize(
    "body",
    [
        "2015—2020年，1—2月，63%～68%，100～150kg，9亿～16亿元，3～5年。",
        "GB/T 7714-2015，电话010-62301901，2020-12-30，COVID-19，第3-1号。",
        "一、二、三产业，二、三季度，第一、二章。",
        "百分之百完成，占20%。",
        "5G、3500万千瓦、40千瓦、2000万元，50 kW·h。",
        "建厂已20年，二〇二一年。",
    ],
)
def test_what_is_right_stays_without_a_word(body: str) -> None:
    assert said(body) == []

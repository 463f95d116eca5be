"""Marks: pairs, doubles, width; what is right stays without a word."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from proofed import found, mended, said


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "提高产品的竞争力。”。见附录。",
            "marks-doubled: “提高产品的竞争力。”。见附录。”里标点重复：。”。；前面没有 “，请核对原文；不是引文的，只留 。",
        ),
        ("他说：“完成了。”。然后", "marks-doubled: “他说：“完成了。”。然后”里标点重复：。”。；请改为 。”"),
        ("形成“工业大脑””支撑", "marks-doubled: “形成“工业大脑””支撑”里标点重复：””；请改为 ”"),
        ("增长，，下降", "marks-doubled: “增长，，下降”里标点重复：，，；请改为 ，"),
        ("增长，。下降", "marks-doubled: “增长，。下降”里标点重复：，。；请改为 。"),
        ("计划（2018年)公布", "brackets-mixed: “（2018年)”的括号前半是全角的，后半是半角的；请把 ) 改为 ）"),
        ("计划(2018年）公布", "brackets-mixed: “(2018年）”的括号后半是全角的，前半是半角的；请把 ( 改为 （"),
        (
            "所谓“先导区的建设。",
            "marks-unpaired: “所谓“先导区的建设。”里的 “ 没有与它成对的 ”；请补上 ”，或删去 “",
        ),
        ("先导区”的建设。", "marks-unpaired: “先导区”的建设。”里的 ” 没有与它成对的 “；请补上 “，或删去 ”"),
        (
            "公布《规划（2021—2035年）。",
            "marks-unpaired: “公布《规划（2021—”里的 《 没有与它成对的 》；请补上 》，或删去 《",
        ),
        ("政体的“制度“和别的", "marks-unpaired: “政体的“制度“和别的”里的 “ 写反了；请改为 ”"),
        ("说的”知道分子”，还是", "marks-unpaired: “说的”知道分子”，还是”里的 ” 写反了；请改为 “"),
        ("增长很快,但质量不高", "marks-half: “增长很快,但质量不高”里用了半角的 ,；请改为 ，"),
        ("应用AI,提高效率", "marks-half: “应用AI,提高效率”里用了半角的 ,；请改为 ，"),
        ("增长很快.", "marks-half: “增长很快.”里用了半角的 .；请改为 。"),
        ("工作组(WG1)成立", "marks-half: “(WG1)”用了半角括号；请改为“（WG1）”"),
        ('所谓"先导区"的建设', 'marks-half: “"先导区"”用了英文的直引号；请改为“先导区”'),
        ("占５０％的企业", "letters-wide: “占５０％的企业”里的“５０％”是全角的；请改为“50%”"),
        (
            "形成优势．园区集聚",
            "letters-wide: “形成优势．园区集聚”里用“．”作点号；句末请改为“。”；人名中间请改为“·”",
        ),
        ("目标--到2025年", "marks-broken: “目标--到2025年”里的破折号写成了 --；请改为 ——"),
        ("硬件、软件...都有", "marks-broken: “硬件、软件...都有”里的省略号写成了 ...；请改为 ……"),
        (
            "《甲》《乙》、《丙》公布",
            "list-marks: “《甲》《乙》、《丙》公布”并列的《》之间有的用顿号，有的不用；请都不用顿号",
        ),
    ],
)
def test_a_slip_is_told(body: str, expected: str) -> None:
    assert said(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "他说：“完成了‘十三五’的目标。”然后离开。",
        "包括：1)硬件；2)软件；a）芯片；（3）应用。",
        "国际标准化组织（ISO）、（一）和（2）都成对。",
        "《〈规划〉的说明》和（甲（乙）丙）。",
        "Rock ’n’ roll of the ’90s，许昌’s。",
        "[清单](file:///D:/清单.xlsx)",
        "It’s John’s book, and the companies’ plan (draft).",
        "Partnership on AI（伙伴）f(x)与10:30、3:2，见http://a.cn/b,c。",
        "2015—2020年，郑州—许昌，约1.5倍，IEEE 802.11。",
        "真的吗？！好……是——不是。",
        "“第一段。\n\n“第二段。”",
        "《甲》《乙》《丙》与“丁”“戊”。",
        "《甲》、《乙》公布。",
        "1,234家，GB/T 7714，C++，1．总则",
        "`(代码)`和[链接](http://a.cn/(甲))",
    ],
)
def test_what_is_right_stays_without_a_word(body: str) -> None:
    assert said(body) == []


@pytest.mark.parametrize(
    ("body", "right"),
    [
        ("形成“工业大脑””支撑(2018年）,“甲“等", "形成“工业大脑”支撑（2018年），“甲”等"),
        ("**增长很快**,但(不)高.", "**增长很快**，但（不）高。"),
        ("| 占比(%) |\n|---|\n| ５０ |", "| 占比（%） |\n|---|\n| 50 |"),
    ],
)
def test_safe_slips_are_put_right_in_the_file(body: str, right: str) -> None:
    assert mended(body) == right


marks = st.sampled_from([*'甲乙丙A1，。、；：“”‘’（）()《》,.;:!?"．％…—- 　'])


@given(st.lists(marks, min_size=1, max_size=30).map("".join))
@example("。”，。”")
@example("”“”“")
def test_marks_in_any_order_are_read_and_mended(body: str) -> None:
    for finding in found(body):
        assert finding.excerpt
        assert finding.place.line
    for _round in range(6):
        body, before = mended(body), body
        if body == before:
            return
    raise AssertionError(body)

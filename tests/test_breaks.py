import re
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from weasyprint.text.line_break import get_log_attrs

from xcbulletin.publishing.typesetting import breaks

Z, W, N = breaks.BREAK, breaks.GLUE, breaks.NARROW


TEXT = st.text(st.sampled_from("中文字年月AIx’s59 %℃²㎡①＋+/@“”‘’，。、：《》（）—…～·-–.'\n"), max_size=25)


def prepared(text, **options):
    return breaks.prepare_text(text, **{"end_of_paragraph": False, **options})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("体系、 跟踪 全球", "体系、跟踪 全球"),
        ("在 ，中 。", "在，中。"),
        ("推动AI研发", "推动 AI 研发"),
        ("推动 AI 研发", "推动 AI 研发"),
        ("占74.7%的", "占 74.7% 的"),
        ("《AI》（OpenAI）：GPT，", "《AI》（OpenAI）：GPT，"),
        ("2020年12月", f"2020 {W}年 12 {W}月"),
        ("速度100 Mbps", f"速度 100 {W}Mbps"),
        ("设“智”字", f"设{Z}“智”{Z}字"),
        ("，“智”《书》", f"，{Z}“智”{Z}《书》"),
        ("（“智”）。”、", "（“智”）。”、"),
        ("使用 “智” 能", f"使用{Z}“智”{Z}能"),
        ("2014～2020", f"2014{W}～2020"),
        ("2018—2020", f"2018{W}—2020"),
        ("2018—2020年", f"2018{W}—2020 {W}年"),
        ("史蒂夫·乔布斯", f"史蒂夫{W}·乔布斯"),
        ("如此——说……", "如此——说……"),
        ("麦当劳McDonald’s公司", f"麦当劳 McDonald’{N}s 公司"),
        ("He said “don’t” and left", f"He said “{N}don’{N}t”{N} and left"),
        ("占120m²的CO₂和10⁻³个", "占 120m² 的 CO₂ 和 10⁻³ 个"),
        ("25 ℃和10 kg/m³", f"25 {W}℃和 10 {W}kg/{W}m³"),
        ("3.5亿元、50㎡", f"3.5 {W}亿{W}元、50{W}㎡"),
        ("5G＋工业、A/B、C++", f"5G{W}＋工业、A/{W}B、C+{W}+"),
        ("①甲", f"①{W}甲"),
        (
            "见http://a-b.cn/x1?id=2。",
            f"见 http://{Z}a{Z}-{W}b{Z}.cn/{Z}x1{Z}?id={Z}2。",
        ),
        ("", ""),
    ],
)
def test_text_is_prepared(text, expected):
    assert prepared(text) == expected


def test_a_range_stays_whole_in_a_title():
    assert prepared("2021—2023年", keep_blanks=True) == f"2021{W}—{W}2023 {W}年"


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        (f"达 1000 {W}万元", 1, [(f"达 1000 {W}", "")]),
        (
            "用Internationalization。",
            1,
            [
                (f"用{part}", "-")
                for part in ("Inter", "Interna", "Internation", "International", "Internationaliza")
            ],
        ),
        ("（FANG+BAT）", 0, [("（FANG+", "")]),
        ("见13800000000000", 1, []),
        ("见" + "1234" * 5, 1, [("见" + ("1234" * 5)[:end], "") for end in range(2, 19)]),
        ("（2018-2020 \u2060年）", 0, [("（2018-", ""), ("（2018-2020 \u2060", "")]),
        ("见OpenAI", 1, []),
        (f"见 http://{Z}a.cn/{Z}abcdefghij", 13, []),
        ("见TensorFlow", 1, [("见Tensor", "-")]),
        ("见Elektrizität", 1, [("见Elek", "-"), ("见Elektri", "-"), ("见Elektrizi", "-")]),
    ],
)
def test_what_belongs_together_is_broken_last(text, start, expected):
    assert [(text[:place], hyphen) for place, hyphen in breaks.last_resorts(text, start)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中，文（中）文", [("中，", "，"), ("中，文", "（"), ("中，文（中）", "）")]),
        ("中》（中", []),
        ("中 5 文", [("中 ", " "), ("中 5 ", " ")]),
        ("中，", []),
    ],
)
def test_marks_and_blanks_give_room(text, expected):
    found = [(text.encode()[:offset].decode(), letter) for offset, letter in breaks.givers(text)]
    assert found == expected


def test_a_blank_between_han_is_wide_in_a_title():
    assert prepared("居第一 是美国的8.2倍", keep_blanks=True) == f"居第一　是美国的 8.2 {W}倍"


def test_words_of_a_title_are_glued_once():
    title = prepared("推动“十四五”规划2021年", keep_blanks=True)
    glued = f"推{W}动{Z}“{W}十{W}四{W}五{W}”{Z}规{W}划 2021 {W}年"
    assert breaks.keep_words(title) == glued
    assert breaks.keep_words(glued) == glued


@pytest.mark.parametrize("text", ["-15.20", "（-3.5%）", "同比 -3.5", "\n-3", "1，-2"])
def test_a_hyphen_that_means_minus_is_printed_as_one(text):
    assert prepared(text).replace(W, "") == text.replace("-", "−")


@pytest.mark.parametrize("text", ["表-1", "2020-2021", "2020 -2021", "A -1", "0374-123", "- 3", "COVID-19"])
def test_any_other_hyphen_stays(text):
    assert "−" not in prepared(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("工作提质。", f"工作提{W}质。"),
        ("他说“智能”化。”", f"他说{Z}“智能”{W}化。”"),
        ("见表1。", f"见表 {W}1。"),
        ("共5所", f"共 5 {W}所"),
        ("校", "校"),
    ],
)
def test_the_last_two_characters_of_a_paragraph_stay_together(text, expected):
    assert prepared(text, end_of_paragraph=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("出口交货值（万美元）", ["出", "口", "交", "货", "值", "（万美元）"]),
        ("1996年12月27日", ["1996 年 ", "12 月 ", "27 日"]),
        ("约1,234.5亿元", ["约 ", "1,234.5 亿元"]),
        ("《办法（试行）》", ["《办", "法", "（试行）》"]),
        ("增长12.5%", ["增", "长 ", "12.5%"]),
        ("许政办〔2021〕12号", ["许", "政", "办", "〔2021〕", "12 号"]),
        ("用OpenAI（美国）", ["用 ", "OpenAI", "（美国）"]),
        ("https://a.cn/b", ["https://", "a", ".cn/", "b"]),
        ("", [""]),
    ],
)
def test_the_pieces_of_a_cell_are_told(text, expected):
    assert list(breaks.pieces(text)) == expected


@given(TEXT)
def test_a_line_may_end_between_pieces(text):
    whole = prepared(text.replace("\n", ""), end_of_paragraph=True, keep_blanks=True)
    attributes = get_log_attrs(whole, "zh-CN")
    ends = {
        len(whole[:place].translate(breaks.NO_MARKS))
        for place in range(1, len(whole))
        if attributes[place].is_line_break
    }
    parts = breaks.pieces(text.replace("\n", ""))
    assert "".join(parts) == whole.translate(breaks.NO_MARKS)
    assert set(accumulate(map(len, parts[:-1]))) <= ends


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("见 https://www.example.org/a", True),
        ("abcdefghij/abcdefghij/", True),
        ("editor@example.org", True),
        ("example-industry.gov.cn", True),
        ("INTERNATIONAL-STANDARD", False),
        ("A/B测试，2021.12.31", False),
    ],
)
def test_parts_of_addresses_are_known(text, expected):
    assert breaks.has_part_of_address(text) == expected


@pytest.mark.parametrize(
    ("texts", "depths", "expected"),
    [
        (["推动", "AI", "研发"], [0, 1, 0], ["推动 ", "AI", " 研发"]),
        (["推动", "AI", "研发"], [1, 0, 1], ["推动", " AI ", "研发"]),
        (["中 ", "国"], [0, 1], ["中 ", "国"]),
        (["设", "“智”", "字"], [0, 1, 0], [f"设{Z}", "“智”", f"{Z}字"]),
        (["甲", " ", "，乙"], [1, 0, 1], ["甲", "", "，乙"]),
    ],
)
def test_markup_does_not_hide_a_neighbour(texts, depths, expected):
    assert breaks.prepare_texts(texts, end_of_paragraph=False, depths=depths) == expected


@given(TEXT, st.booleans(), st.booleans())
@example("中 “ 文", True, False)
def test_preparing_twice_changes_nothing_more(text, end, keep):
    once = breaks.prepare_text(text, end_of_paragraph=end, keep_blanks=keep)
    assert breaks.prepare_text(once, end_of_paragraph=end, keep_blanks=keep) == once


@given(TEXT, st.booleans(), st.booleans())
def test_only_blanks_and_marks_change(text, end, keep):
    changed = breaks.prepare_text(text, end_of_paragraph=end, keep_blanks=keep)
    assert re.sub(f"[ \u3000{breaks.MARKS}]", "", changed).replace("−", "-") == re.sub("[ \u3000]", "", text)


@given(TEXT)
def test_no_blank_is_added_beside_full_width_marks(text):
    text = text.replace(" ", "")
    changed = breaks.prepare_text(text, end_of_paragraph=True)
    beside = re.findall("[，。、：《》（）“”‘’] |[^%℃A-Za-z0-9年-鿿] [，。、：《》（）]", changed)
    assert not beside


@given(st.lists(TEXT, min_size=1, max_size=6), st.booleans())
def test_pieces_are_prepared_as_their_whole(texts, end):
    pieces = breaks.prepare_texts(texts, end_of_paragraph=end)
    assert "".join(pieces) == breaks.prepare_text("".join(texts), end_of_paragraph=end)
    bare = [re.sub(f"[ {breaks.MARKS}]", "", piece) for piece in pieces]
    assert bare == [text.replace(" ", "") for text in texts]

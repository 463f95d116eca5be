"""Words against the text of an output: what typesetting may do is no difference, whatever else is done is one."""

import pytest
from conftest import make_article
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.proofing.passages import passages
from xcbulletin.proofing.sameness.comparing import compare
from xcbulletin.proofing.sameness.differences import Verdict
from xcbulletin.proofing.sameness.words import Words, words_of

FRONT = "---\ntitle: 一个标题\n---\n"
MISSING, CHANGED, MOVED, REPEATED = Verdict


def words(body: str, file: str = "issues/2021-01/news/01.md", title: str = "一个标题") -> tuple[Words, ...]:
    text = FRONT.replace("一个标题", title) + body
    article = make_article(body, title=title, file=file)
    return words_of(passages(article, text), text)


def differences(
    body: str, *blocks: str, names: tuple[str, ...] = ()
) -> list[tuple[Verdict, str, str | None]]:
    found = compare(words(body), ("一个标题", *blocks), names)
    return [(one.verdict, one.sentence, one.instead) for one in found.differences]


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("一共3家企业。\n", ["一共 3 家\n企业。"]),
        ("一共3家企业。\n", ["一共\u00a03\u3000家\u2060企\u200b业。"]),
        ("同比 -3.5%\n", ["同比 −3.5%"]),
        ("machine learning\n", ["machine\nlearning"]),
        ("machine learning\n", ["ma-\nchine lear-\nning"]),
        ("state-of-the-art\n", ["state-\nof-the-art"]),
        ("- 甲项。\n- 乙项。\n", ["-", "甲项。", "• 乙项。"]),
        ("![图题](a.svg '来源：统计局')\n", ["图1 图题", "来源：统计局"]),
        ("![装机](a.svg)\n\n![装机容量](b.svg)\n", ["图2 装机容量", "图1 装机"]),
        ("表：一张表\n\n| 甲 | 乙 |\n|--|--|\n| 1 | 2 |\n", ["表 1　一张表", "甲", "乙", "1", "2"]),
        ("见[@tbl-1]和`make`，<https://a.cn/>。\n", ["见表1和make，https://a.cn/。"]),
        ("一句[^1]话。\n\n[^1]: 注释。\n", ["一句话。", "1", "注释。↩"]),
        (
            "一句[^1]话[^1]。\n\n[^1]: 一条注释的文字。\n",
            ["一句话。", "一条注释的文字。", "一条注释的文字。"],
        ),
        ("一段。\n\n|甲|\n|--|\n|1|\n\n又一段。\n", ["一段。", "又一段。", "甲", "1"]),
        ("一行\\\n另一行\n", ["一行\n另一行"]),
        ("一段。\n", ["5G", "一段。", "来源：网，2021年1月5日", "第 3 页"]),
        ("**粗**体\n", ["粗体"]),
    ],
)
def test_what_typesetting_does_is_no_difference(body, blocks):
    assert differences(body, *blocks) == []


@pytest.mark.parametrize(
    ("body", "blocks", "expected"),
    [
        ("一句话。另一句话。\n", ["一句话。"], (MISSING, "另一句话。", None)),
        ("一句话。另一句话。\n", ["一句话。另一句语。"], (CHANGED, "另一句话。", "另一句语。")),
        ("一句话，说完了。\n", ["一句话,说完了。"], (CHANGED, "一句话，说完了。", "一句话,说完了。")),
        (
            "他说“好的，可以”。\n",
            ['他说"好的，可以"。'],
            (CHANGED, "他说“好的，可以”。", '他说"好的，可以"。'),
        ),
        ("增长１２％的产值\n", ["增长12%的产值"], (CHANGED, "增长１２％的产值", "增长12%的产值")),
        ("machine learning\n", ["machinelearning"], (CHANGED, "machine learning", "machinelearning")),
        ("居第一 是八倍\n", ["居第一是八倍"], (CHANGED, "居第一 是八倍", "居第一是八倍")),
        ("state-of-the-art\n", ["stateofthe-art"], (CHANGED, "state-of-the-art", "stateofthe-art")),
        ("数值是15\n", ["数值是157"], (CHANGED, "数值是15", "数值是157")),
        ("这是真的。\n", ["这不是真的。"], (CHANGED, "这是真的。", "这不是真的。")),
        ("是真的。\n", ["不是真的。"], (CHANGED, "是真的。", "不是真的。")),
        ("是真的。\n", ["是真的。。"], (CHANGED, "是真的。", "是真的。。")),
        ("|甲|\n|--|\n|5|\n|7|\n", ["甲", "15", "7"], (CHANGED, "5", "15")),
        ("|甲|\n|--|\n|5|\n|7|\n", ["甲", "7", "5"], (MISSING, "7", None)),
        ("|甲|\n|--|\n|某单位|\n", ["甲", "某单位", "某单位"], (REPEATED, "某单位", "某单位")),
        (
            "一整句说的话。\n",
            ["一整句说的话。", "一整句说的话。"],
            (REPEATED, "一整句说的话。", "一整句说的话。"),
        ),
        (
            "先说的一句话在前面。\n\n后说的一句话在后面。\n",
            ["后说的一句话在后面。", "先说的一句话在前面。"],
            (MOVED, "先说的一句话在前面。", "后说的一句话在后面。"),
        ),
        ("一句[^1]话。\n\n[^1]: 一条注释。\n", ["一句话。"], (MISSING, "一条注释。", None)),
        ("## 小标题\n\n一句话。\n", ["一句话。"], (MISSING, "小标题", None)),
        ("请运行`make all`。\n", ["请运行。"], (CHANGED, "请运行make all。", "请运行。")),
        (
            "请看<https://a.cn/b>。\n",
            ["请看https://a.cn/。"],
            (CHANGED, "请看https://a.cn/b。", "请看https://a.cn/。"),
        ),
        ("`make`\n", [""], (MISSING, "make", None)),
    ],
)
def test_whatever_else_is_done_is_told(body, blocks, expected):
    assert expected in differences(body, *blocks)


def test_names_that_an_output_says_by_itself_are_no_repeats():
    body = "|甲|\n|--|\n|机器人|\n"
    assert differences(body, "甲", "机器人", "机器人", names=("机器人",)) == []
    assert differences(body, "甲", "机器人", "机器人") == [(REPEATED, "机器人", "机器人")]


def test_a_sentence_printed_twice_in_its_block_is_told_once():
    sentence = "这一整句说的是一件事情。"
    assert differences(f"{sentence}\n", sentence * 2) == [(REPEATED, sentence, sentence)]


def test_a_sentence_is_told_with_its_line():
    (found,) = compare(
        words("一段。\n\n第二段里的话。又一句没有了。\n"), ["一个标题", "一段。", "第二段里的话。"]
    ).differences
    assert (found.verdict, found.sentence) == (MISSING, "又一句没有了。")
    assert (str(found.place), found.place.column) == ("issues/2021-01/news/01.md:6", 8)


def test_titles_before_the_text_are_contents():
    both = (
        *words("甲文说的是一件事情。\n", "a.md", "甲文"),
        *words("乙文说的是另一件事情。\n", "b.md", "乙文"),
    )
    contents, texts = ["- 甲文", "- 乙文"], ["甲文说的是一件事情。", "乙文", "乙文说的是另一件事情。"]
    assert compare(both, [*contents, "甲文", *texts]).differences == ()
    (found,) = compare(both, [*contents, *texts]).differences
    assert (found.verdict, found.sentence) == (MISSING, "甲文")


# Texts at random

CLAUSES = st.text("政策产业发展技术企业项目资金标准", min_size=4, max_size=12)
SENTENCES = st.builds("{}{}，{}。".format, CLAUSES, st.sampled_from(["", "5G", "AI 3.0", "71.8"]), CLAUSES)
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=4)
BODIES = st.lists(PARAGRAPHS, min_size=1, max_size=6)


def as_body(paragraphs: list[list[str]]) -> str:
    return "\n\n".join("".join(one) for one in paragraphs) + "\n"


@given(BODIES, st.randoms())
def test_text_set_in_lines_with_furniture_between_is_the_same(paragraphs, random):
    def set_in_lines(text: str) -> str:
        return "".join(
            letter + random.choice(["", "", " ", "\n", "\u200b"]) if ord(letter) > 255 else letter
            for letter in text
        )

    blocks = ["本期要目", "一个标题"]
    for one in paragraphs:
        blocks += [
            set_in_lines("".join(one)),
            *random.choices(["5G", "— 3 —", "图1"], k=random.randint(0, 2)),
        ]
    assert compare(words(as_body(paragraphs)), blocks).differences == ()


@given(BODIES, st.data())
def test_a_character_that_is_lost_changed_or_added_is_always_told(paragraphs, data):
    blocks = ["一个标题", *("".join(one) for one in paragraphs)]
    index = data.draw(st.integers(1, len(blocks) - 1))
    at = data.draw(st.integers(0, len(blocks[index]) - 1))
    new = data.draw(st.sampled_from(["", "的", "。", "9"]))
    keep = data.draw(st.integers(0, 1))
    before = blocks[index]
    blocks[index] = before[:at] + new + before[at + 1 - keep :]
    if "".join(blocks[index].split()) != "".join(before.split()):
        assert compare(words(as_body(paragraphs)), blocks).differences


@given(BODIES, st.data())
def test_a_paragraph_that_is_lost_or_repeated_is_always_told(paragraphs, data):
    blocks = ["一个标题", *("".join(one) for one in paragraphs)]
    index = data.draw(st.integers(1, len(blocks) - 1))
    again = data.draw(st.booleans())
    blocks[index : index + 1] = [blocks[index]] * 2 if again else []
    assert compare(words(as_body(paragraphs)), blocks).differences


@given(st.lists(st.text(max_size=30), max_size=8), st.text(max_size=40))
def test_no_text_is_too_strange(blocks, body):
    compare(words("一段。\n\n" + body.replace("\r", "") + "\n"), blocks)

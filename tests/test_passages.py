"""Passages: the words a reader sees, each character with its place in the file."""

from collections import Counter

import pytest
from conftest import ROOT, make_article
from hypothesis import example, given
from hypothesis import strategies as st

from xcbulletin.manuscript.read import read_issue
from xcbulletin.model import Place, Source
from xcbulletin.proofing.findings import Edit
from xcbulletin.proofing.passages import OBJECT, Cell, Passage, passages
from xcbulletin.publishing.markup import parse
from xcbulletin.publishing.nodes import walk
from xcbulletin.settings import open_workspace
from xcbulletin.workspace import parse_issue_id

HERE = "issues/2021-01/news/01.md"
FRONT = "---\ntitle: 标题\n---\n\n"


def read(body: str) -> list[Passage]:
    article = make_article(body, title="标题", file=HERE, body_line=5)
    return [passage for passage in passages(article, FRONT + body) if passage.kind != "title"]


def shown(body: str) -> list[tuple[str, str]]:
    return [(str(passage.kind), passage.text) for passage in read(body)]


def only(body: str) -> Passage:
    (passage,) = read(body)
    return passage


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("一段**粗**体。", [("paragraph", "一段粗体。")]),
        ("见[公告](http://a.cn/公告 '题')公告。", [("paragraph", "见公告公告。")]),
        ("网址<http://a.cn/>和`码`。", [("paragraph", f"网址{OBJECT}和{OBJECT}。")]),
        ("见[@fig-a]。", [("paragraph", f"见{OBJECT}。")]),
        ("有注[^1]。\n\n[^1]: 注文。", [("paragraph", "有注。"), ("note", "注文。")]),
        ("## 一、小标题\n\n- 甲\n- 乙", [("heading", "一、小标题"), ("item", "甲"), ("item", "乙")]),
        ("换\n行 AI\nB", [("paragraph", "换行 AI B")]),
        ("硬换行  \n下一行", [("paragraph", "硬换行\n下一行")]),
        (r"甲\*乙&amp;丙", [("paragraph", "甲*乙&丙")]),
        (
            "![图题](assets/a.png '数据来源：某局'){#fig-a}",
            [("caption", "图题"), ("source", "数据来源：某局")],
        ),
        ("表：产量 {#tbl-a}", [("caption", "表：产量")]),
        ("> 引文", [("paragraph", "引文")]),
        ("```\n代码\n```", []),
        (
            "```chart\nkind: bar\ntitle: 销量\ndata: assets/a.csv\nsource: 数据来源：某协会\n```",
            [("caption", "销量"), ("source", "数据来源：某协会")],
        ),
        (
            "```keyfigures\nfigures:\n  - {value: 136.7, unit: 万辆, label: 销量}\n  - value: 12\n    label: 家数\n```",
            [("keyfigure", "销量136.7万辆"), ("keyfigure", "家数12")],
        ),
        ("甲。 <!-- 不检查: numbers-range -->", [("paragraph", "甲。")]),
        ("甲。\n<!-- 不检查: numbers-range -->\n乙。", [("paragraph", "甲。乙。")]),
    ],
)
def test_a_passage_holds_what_a_reader_sees(body: str, expected: list[tuple[str, str]]) -> None:
    assert shown(body) == expected


def test_cells_know_their_row_and_column() -> None:
    body = "| 国家 | 数 |\n|---|---|\n| 甲\\|乙 | 1 |\n| 1 | 1 |"
    cells = [(passage.cell, passage.text, passage.spots[0]) for passage in read(body)]
    assert cells == [
        (Cell(table=0, row=0, column=0), "国家", (5, 3)),
        (Cell(table=0, row=0, column=1), "数", (5, 8)),
        (Cell(table=0, row=1, column=0), "甲|乙", (7, 3)),
        (Cell(table=0, row=1, column=1), "1", (7, 10)),
        (Cell(table=0, row=2, column=0), "1", (8, 3)),
        (Cell(table=0, row=2, column=1), "1", (8, 7)),
    ]


def test_a_place_has_line_and_column() -> None:
    passage = only("> 一段**粗**体。")
    assert passage.place(3) == Place(file=HERE, line=5, column=10)
    assert passage.place(len(passage.text)) == Place(file=HERE, line=5, column=12)


def test_an_edit_is_one_piece_of_one_line() -> None:
    passage = only("截止**到**今\n天")
    assert passage.edit(0, 2, "截至") == Edit(file=HERE, line=5, column=1, old="截止", new="截至")
    assert passage.edit(1, 3, "至") is None
    assert passage.edit(3, 5, "今日") is None
    assert passage.edit(4, 4, "，") == Edit(file=HERE, line=6, column=1, old="", new="，")


def test_what_is_written_otherwise_is_not_edited() -> None:
    assert only("甲&amp;乙").edit(1, 2, "与") is None


def test_front_matter_is_found_in_its_lines() -> None:
    article = make_article("正文", title="标题", summary="摘要。", source=Source(name="某局"), body_line=8)
    text = (
        '---\ntitle: "标题"\nsource: {name: 某局, url: "http://a.cn/"}\nsummary: >-\n  摘\n  要。\n---\n正文'
    )
    found = {str(passage.kind): passage for passage in passages(article, text)}
    assert found["title"].spots == ((2, 9), (2, 10))
    assert found["source"].spots == ((3, 16), (3, 17))
    assert found["summary"].spots == ((5, 3), (6, 3), (6, 4))
    assert found["summary"].edit(0, 1, "") is None


def test_sentences_end_behind_their_quotes() -> None:
    passage = only("他说：“好。”再见！ 尾巴")
    assert [passage.text[start:end] for start, end in passage.sentences()] == [
        "他说：“好。”",
        "再见！",
        "尾巴",
    ]


pieces = st.sampled_from(
    [
        *"甲乙。，“”（）*_[]()`|>#-! \n\\<&;A1",
        "**",
        "](a)",
        "![",
        "[^1]",
        "\n\n",
        "- ",
        "&amp;",
        "[@a]",
        "\n|-|-|\n",
    ]
)


@given(st.lists(pieces, max_size=40).map("".join))
@example("[甲](甲乙)乙")
@example("甲\n 甲 ")
@example("甲*乙*\n| a |\n|-|\n| 甲 | 乙 |")
def test_every_character_stands_where_it_is_said_to(body: str) -> None:
    article = make_article(body, body_line=5)
    text = FRONT + body
    lines = text.split("\n")
    for passage in passages(article, text):
        for offset, (line, column) in enumerate(passage.spots):
            if offset not in passage.made:
                assert lines[line - 1][column - 1] == passage.text[offset]


@pytest.mark.parametrize("name", ["2021-01", "2021-02", "2021-03", "ai-governance-2021"])
def test_passages_hold_what_is_printed_and_nothing_else(name: str) -> None:
    issue, _problems = read_issue(open_workspace(ROOT, {}), parse_issue_id(name))
    for article in issue.articles:
        text = (ROOT / article.file).read_text("utf-8")
        shown = _characters(
            "".join(one.text for one in passages(article, text) if one.spots[0][0] >= article.body_line)
        )
        nodes = tuple(walk(parse(article)[0]))
        printed = _characters(
            "".join(node.text for node in nodes if node.kind == "text")
            + "".join(
                str(getattr(node, name, None) or "") for node in nodes for name in ("caption", "source")
            )
        )
        # A table is numbered by the program, and “来源” is printed in full.
        assert set(shown - printed) <= set("附表：")
        assert set(printed - shown) <= set("数据来源")


def _characters(text: str) -> Counter[str]:
    return Counter("".join(text.replace(OBJECT, "").split()))

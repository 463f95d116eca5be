"""Markdown becomes nodes; what would not be printed as its editor thinks is reported with its line."""

import itertools
import re

import pytest
from conftest import make_article
from hypothesis import example, given
from hypothesis import strategies as st

from xcbulletin.model import Severity
from xcbulletin.publishing.markup import Node, parse, plain, walk

HERE = "issues/2021-01/news/01.md"


def nodes(body: str) -> tuple[Node, ...]:
    return parse(make_article(body))[0]


def only(body: str) -> Node:
    (node,) = nodes(body)
    return node


def find(body: str, kind: str) -> list[Node]:
    return [node for node in walk(nodes(body)) if node.kind == kind]


def complaints(body: str) -> list[str]:
    return [str(problem) for problem in parse(make_article(body))[1]]


def outline(node: Node) -> str:
    """Show a node as kind(children) or as its text."""
    if node.kind == "text":
        return node.text
    return f"{node.kind}({''.join(map(outline, node.children))}{node.text})"


# Running text


def test_bold_ends_at_chinese_punctuation() -> None:
    assert outline(only("**重视人工智能的影响。**2020年")) == "paragraph(strong(重视人工智能的影响。)2020年)"


def test_bold_begins_inside_quotation_marks() -> None:
    assert outline(only("他说**“要点”**和*其次*、~~不要~~、`A<B`")) == (
        "paragraph(他说strong(“要点”)和emphasis(其次)、struck(不要)、literal(A<B))"
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("人工\n智能", "人工智能"),
        ("人工。\n智能", "人工。智能"),
        ("人工智能\nAI", "人工智能AI"),
        ("AI\n人工智能", "AI人工智能"),
        ("artificial\nintelligence", "artificial intelligence"),
        ("**人工**\n智能", "人工智能"),
        ("人工  \n智能", "人工 智能"),
        ("增长\n5%", "增长5%"),
    ],
)
def test_a_line_break_beside_han_is_nothing(body: str, text: str) -> None:
    assert plain(only(body).children) == text


def test_what_looks_like_a_links_definition_is_text() -> None:
    assert plain(nodes("[注]: 本表数据为快报数\n\n[注]: http://example.org")) == (
        "[注]: 本表数据为快报数[注]: http://example.org"
    )


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "file:///etc/passwd", "&#106;avascript:x"],
)
def test_a_link_that_would_do_harm_is_dead(address: str) -> None:
    assert find(f"[点这里]({address}) <{address}>", "link") == []


def test_a_link_is_one() -> None:
    (link,) = find("见[公报](https://example.org/a?b=1&c=2)。", "link")
    assert (link.href, plain(link.children)) == ("https://example.org/a?b=1&c=2", "公报")


def test_raw_html_is_text_and_is_reported() -> None:
    body = "正文\n\n<b>粗</b>和<script>x</script>"
    assert plain(nodes(body)) == "正文<b>粗</b>和<script>x</script>"
    assert complaints(body) == [f"{HERE}:6: 正文里的 HTML 代码会按原样印成文字；请改用 Markdown 写法，或删去"]
    assert complaints("<!-- 说明 -->") != []


@pytest.mark.parametrize("body", ["3 < 5 且 7 > 5", "`<b>`", "```\n<b>\n```", "<https://example.org>"])
def test_what_is_no_html_is_not_reported(body: str) -> None:
    assert complaints(body) == []


# Blocks


def test_blocks_know_their_kind_and_line() -> None:
    body = "段落\n\n- 甲\n- 乙\n\n3. 丙\n\n> 引文\n\n```python\n代码\n```\n\n---\n\n## 题\n"
    blocks = nodes(body)
    assert [(node.kind, node.line) for node in blocks] == [
        ("paragraph", 4),
        ("bullets", 6),
        ("numbers", 9),
        ("quote", 11),
        ("code", 13),
        ("rule", 17),
        ("heading", 19),
    ]
    assert blocks[2].start == 3
    assert (blocks[4].text, blocks[4].info) == ("代码", "python")


def test_a_tight_list_has_bare_text_and_a_loose_one_paragraphs() -> None:
    assert outline(only("- 甲\n- 乙")) == "bullets(item(甲)item(乙))"
    assert outline(only("- 甲\n\n- 乙")) == "bullets(item(paragraph(甲))item(paragraph(乙)))"
    assert outline(only("- 甲\n  - 乙")) == "bullets(item(甲bullets(item(乙))))"


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        ("# 一\n\n## 二\n\n# 三", [1, 2, 1]),
        ("### 一\n\n##### 二\n\n### 三", [1, 2, 1]),
        ("# 一\n\n### 三\n\n## 二\n\n### 三", [1, 2, 2, 3]),
        ("### 三\n\n# 一\n\n### 三", [1, 1, 2]),
    ],
)
def test_heading_levels_have_no_jumps(body: str, levels: list[int]) -> None:
    assert [node.level for node in find(body, "heading")] == levels


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_no_heading_is_more_than_one_level_below_the_last(written: list[int]) -> None:
    body = "\n\n".join(f"{'#' * level} 题" for level in written)
    levels = [node.level for node in find(body, "heading")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


# Figures and tables


def test_a_picture_alone_is_a_figure_with_caption_source_and_id() -> None:
    figure = only('![专利*申请量*](assets/%E5%9B%BE%201.svg "数据来源：国家知识产权局"){#fig-patents}')
    assert (figure.kind, figure.src, figure.id) == ("figure", "assets/图 1.svg", "fig-patents")
    assert figure.source == "数据来源：国家知识产权局"
    assert outline(figure) == "figure(专利emphasis(申请量))"


def test_a_picture_in_a_line_is_an_image() -> None:
    (image,) = find("标志![徽](assets/a.png)如图", "image")
    assert (image.src, image.alt, image.line) == ("assets/a.png", "徽", 4)


def test_a_figure_without_a_caption_is_reported() -> None:
    assert complaints("段落\n\n![](assets/a.png)") == [
        f"{HERE}:6: 图片没有图题；请写成 ![图题](assets/文件名)"
    ]


TABLE = "| 指标 | 增速 |\n|:--|--:|\n| 产值 | 5% |\n"


@pytest.mark.parametrize(
    ("line", "label", "caption"),
    [
        ("表：主要指标", "表", "主要指标"),
        ("表 3：主要指标", "表", "主要指标"),
        ("附表：主要 指标", "附表", "主要 指标"),
        ("表:主要指标", "表", "主要指标"),
    ],
)
def test_a_table_takes_its_caption_from_the_line_above(line: str, label: str, caption: str) -> None:
    table = only(f"{line}\n\n{TABLE}")
    assert (table.kind, table.label, table.caption, table.id) == ("table", label, caption, None)
    assert [cell.align for cell in table.children[1].children] == ["left", "right"]
    assert [row.head for row in table.children] == [True, False]


def test_a_caption_may_name_its_table() -> None:
    assert only(f"表：主要指标 {{#tbl-main}}\n\n{TABLE}").id == "tbl-main"


@pytest.mark.parametrize("line", ["数据来源：市统计局", "来源: 市统计局", "资料来源：市统计局"])
def test_a_line_below_a_table_is_its_source(line: str) -> None:
    assert only(f"{TABLE}\n{line}").source == line


def test_only_the_next_line_is_a_tables_source() -> None:
    assert [node.kind for node in nodes(f"{TABLE}\n来源：甲\n\n来源：乙")] == ["table", "paragraph"]


def test_a_caption_without_a_table_is_reported() -> None:
    assert complaints("表：主要指标\n\n段落") == [
        f"{HERE}:4: 表题下面没有表格；表题请紧接在表格上方；不是表题的，请改写开头"
    ]


@pytest.mark.parametrize("caption", ["表：见[@fig-1]", "表：快报数[^1]"])
def test_a_caption_that_would_lose_a_call_is_none(caption: str) -> None:
    body = f"{caption}\n\n{TABLE}\n\n[^1]: 注"
    assert [node.kind for node in nodes(body)] == ["paragraph", "table"]
    assert f"{HERE}:4: 表题里有脚注或引用，不能作表题；请把脚注标在正文里，表题只写文字" in complaints(body)


def test_a_row_with_more_cells_than_the_head_is_an_error() -> None:
    assert complaints(f"段落\n\n{TABLE}| 利润 | 3% | 快报 | |\n| 就业 |\n") == [
        f"{HERE}:9: 这一行比表头多出 2 格，多出的不会印出来；请给表头补上空格，或把内容里的“|”写成“\\|”"
    ]


@pytest.mark.parametrize("row", ["| 甲 | `a\\|b` |", "甲 | 乙", "| 甲 | 乙 ", "甲 | 乙 |", "| 甲 |"])
def test_a_row_that_fits_is_not_reported(row: str) -> None:
    assert complaints(TABLE + row) == []
    assert complaints("".join(f"> {line}\n" for line in [*TABLE.splitlines(), row])) == []


# References and notes


def test_a_reference_knows_its_target_and_line() -> None:
    (reference,) = find("段落\n\n如[@fig-patents]所示", "reference")
    assert (reference.target, reference.line) == ("fig-patents", 6)


def test_a_note_stands_where_it_is_called() -> None:
    body = "甲[^1]乙[^b]。\n\n[^1]: 注一\n    续行\n\n[^b]: **注二**\n"
    assert outline(only(body)) == "paragraph(甲note(注一续行)乙note(strong(注二))。)"
    assert complaints(body) == []


def test_all_of_a_note_is_kept() -> None:
    body = "甲[^1]\n\n[^1]: 一\n\n    二\n\n    - 三\n    - 四\n\n    ```\n    五\n    ```\n"
    (note,) = find(body, "note")
    assert plain(note.children) == "一 二 三 四 五"


def test_a_note_called_twice_stands_twice() -> None:
    assert [plain(note.children) for note in find("甲[^1]乙[^1]\n\n[^1]: 注", "note")] == ["注", "注"]


def test_a_note_that_is_called_nowhere_is_an_error() -> None:
    body = "正文\n\n[^1]: 注"
    assert complaints(body) == [f"{HERE}:6: 脚注“[^1]”在正文里没有标出位置，不会印出来；请在正文该处写“[^1]”"]
    assert parse(make_article(body))[1][0].severity is Severity.ERROR


def test_a_call_without_a_note_is_reported() -> None:
    assert complaints("段落\n\n正文[^9]") == [
        f"{HERE}:6: 脚注“[^9]”没有内容；请另起一段写“[^9]: 脚注内容”，或删去标记"
    ]


def test_a_note_written_twice_is_an_error() -> None:
    assert complaints("正文[^1]\n\n[^1]: 甲\n\n[^1]: 乙") == [
        f"{HERE}:8: 脚注“[^1]”写了两次，只会印出一次；请换一个编号"
    ]


@pytest.mark.parametrize("notes", ["[^1]: 见[^1]", "[^1]: 见[^2]\n\n[^2]: 见[^1]"])
def test_a_note_in_a_note_is_an_error_and_ends(notes: str) -> None:
    body = f"正文[^1]\n\n{notes}"
    assert f"{HERE}:6: 脚注里又标了脚注“[^{notes[9]}]”；请把内容并在一条脚注里" in complaints(body)


def test_a_note_written_inside_another_is_an_error() -> None:
    body = "甲[^1]乙[^2]\n\n[^1]: 注一\n    [^2]: 注二\n\n    [^2]: 注二"
    assert complaints(body)[0] == f"{HERE}:7: 脚注“[^2]”写在另一条脚注里面，不会单独印出来；请顶格另起一段写"


def test_a_reference_in_a_note_knows_its_own_line() -> None:
    (reference,) = find("正文[^1]\n\n下一段\n\n[^1]: 见[@fig-1]", "reference")
    assert reference.line == 8


# Whatever is typed


@pytest.mark.parametrize("body", [f"{'>' * 60}深", f"{'- ' * 60}深", f"{'*' * 200}深{'*' * 200}"])
def test_what_is_nested_too_deep_is_an_error_and_kept(body: str) -> None:
    assert complaints(f"段落\n\n{body}") == [f"{HERE}:6: 引用、列表或粗体套得太深；请减少层次"]
    assert "深" in plain(nodes(body))


MARKDOWN = st.lists(
    st.sampled_from(
        [
            "人工智能",
            "AI",
            "。",
            "*",
            "**",
            "_",
            "~~",
            "`",
            "```",
            "[",
            "]",
            "(",
            ")",
            "!",
            "[^1]",
            "[^1]: ",
            "[^a]:",
            "[@fig-1]",
            "{#id}",
            "{",
            "}",
            "<b>",
            "<",
            ">",
            "> ",
            "- ",
            "1. ",
            "# ",
            "## ",
            "|",
            "|-|-|",
            "---",
            "===",
            "表：",
            "来源：",
            "![",
            "](",
            "assets/a.png",
            "&amp;",
            "&#0;",
            "\\",
            " ",
            "  ",
            "\n",
            "\n\n",
            "    ",
            "\t",
            "\x00",
        ]
    ),
    max_size=40,
).map("".join)


@given(st.one_of(MARKDOWN, st.text()))
@example("[^1]: a\n\n[^1]")
@example("[^1]: >[^1]: ")
@example("[^1]: [^2]: [^1]\n\n[^2]")
@example("- [^1]: a\n- [^1]")
@example("> [^1]: a\n\n[^1]")
def test_any_text_is_parsed(body: str) -> None:
    found, problems = parse(make_article(body))
    assert all(problem.place.line is not None and problem.place.line >= 4 for problem in problems)
    assert all(isinstance(node.text, str) for node in walk(found))


WORDS = st.lists(
    st.sampled_from(["甲骨", "乙醇", "丙烷", "丁香", "戊烯", "己酸", "庚醛", "辛烷"]), max_size=8, unique=True
)
MARKS = st.sampled_from(
    [
        "",
        "*",
        "**",
        "~~",
        "\n",
        "\n\n",
        "> ",
        "\n- ",
        "\n1. ",
        "\n# ",
        "|",
        "\n|-|\n",
        "：",
        "。",
        "[",
        "]",
        "<br>",
        "表：",
        "\n\n来源：",
        "\n    ",
        "（",
        "）",
        "“",
        "”",
        "&",
        "\n***\n",
        "[注]: ",
        " {#",
        "}",
        "\n[^1]: ",
        "[^1]",
    ]
)


@given(WORDS, st.data())
def test_no_word_is_lost_unless_it_is_reported(words: list[str], data: st.DataObject) -> None:
    body = "".join(f"{data.draw(MARKS)}{data.draw(MARKS)}{word}" for word in words) + data.draw(MARKS)
    found, problems = parse(make_article(body))
    shown = re.sub(r"\s", "", _shown(found))
    lost = [word for word in words if word not in shown]
    is_told = any(
        problem.severity is Severity.ERROR and problem.rule in ("note", "depth", "table-row")
        for problem in problems
    )
    assert not lost or is_told


def _shown(found: tuple[Node, ...]) -> str:
    kept = ("caption", "source", "alt", "id", "info")
    return "".join(
        node.text + "".join(part for key in kept if isinstance(part := node.attrs.get(key), str))
        for node in walk(found)
    )

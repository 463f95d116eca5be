"""Markdown becomes nodes; what would not be printed as its editor thinks is reported with its line."""

import itertools
import re

import pytest
from conftest import make_article
from hypothesis import example, given
from hypothesis import strategies as st

from xcbulletin.model import Severity
from xcbulletin.publishing.markup import parse
from xcbulletin.publishing.nodes import Cell, Item, Node, Note, Table, own_text, plain, walk

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
    assert complaints(body) == [
        f"{HERE}:6: 正文里的 HTML 代码会按原样印成文字；请改用本程序的写法（如粗体写成 **文字**），或删去"
    ]
    assert complaints("<!-- 说明 -->") != []


@pytest.mark.parametrize("body", ["3 < 5 且 7 > 5", "`<b>`", "```\n<b>\n```", "<https://example.org>"])
def test_what_is_no_html_is_not_reported(body: str) -> None:
    assert complaints(body) == []


# Lines that Markdown joins, and what it does not see

BREAK = "这一行会与上一行连成一段；如要另起一段，请在中间空一行"


@pytest.mark.parametrize(
    "body",
    [
        "第一段。\n第二段",
        "他问：“好吗？”\n他答",
        "**加粗的一段。**\n第二段",
        "带注的一段。[^1]\n第二段",
        "第一段\n　　第二段",
        "第一段  \n　　第二段",
        "第一段\n    第二段",
        "引言\n一、总体情况",
        "引言\n（一）总体情况",
        "引言\n2、第二",
        "引言\n2. 第二",
        "引言\n2.第二",
        "引言\n(1)第一",
        "引言\n①第一",
        "引言\n——作者",
        "引言\n**一、总体情况**",
        "联系人：张三\n电　话：123",
        "文字\n![图](assets/a.png)",
        "![图](assets/a.png)\n文字",
        "- 条目\n列表后的文字",
        "> 引文\n引文后的文字",
        "> - 条目\n> 列表后的文字",
        "正文[^1]\n\n[^1]: 注\n注后的文字",
    ],
)
def test_a_line_that_was_meant_as_a_paragraph_is_reported(body: str) -> None:
    notes = "" if "[^1]:" in body or "[^1]" not in body else "\n\n[^1]: 注"
    row = body.count("\n")
    assert complaints(f"段落\n\n{body}{notes}") == [f"{HERE}:{6 + row}: {BREAK}"]


@pytest.mark.parametrize(
    "body",
    [
        "人工，\n智能",
        "增长了\n1.5倍",
        "artificial.\nintelligence",
        "第一行。  \n第二行",
        "第一行。\\\n第二行",
        "- 条目\n  续行",
        "> 引文\n> 续行",
        "第一段。\n\n　　第二段",
        "段落。\n- 条目。\n- 条目",
        "段落。\n| 甲 |\n|--|\n| 乙 |",
        "# 题\n段落",
    ],
)
def test_a_line_that_goes_on_is_not_reported(body: str) -> None:
    assert complaints(body) == []


@pytest.mark.parametrize("body", ["　　甲\n　　**乙**", "    甲\n　　　**乙**", "　 　甲\n \u3000**乙**"])
def test_indents_of_blanks_are_stripped(body: str) -> None:
    assert outline(only(body)) == "paragraph(甲strong(乙))"


def test_four_blanks_make_a_paragraph_and_no_code() -> None:
    assert outline(only("    甲\n    *乙*")) == "paragraph(甲emphasis(乙))"
    assert [node.kind for node in nodes("- 甲\n\n      乙\n\n    丙")] == ["bullets"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("###没空格", "#号后面少一个空格，会按正文印出；请写成“### 没空格”"),
        ("#　全角空格", "#号后面少一个空格，会按正文印出；请写成“# 全角空格”"),
        ("＃＃ 全角", "“＃”是全角的，会按正文印出；请写成“## 全角”"),
        ("##" + "长" * 30, f"#号后面少一个空格，会按正文印出；请写成“## {'长' * 20}……”"),
    ],
)
def test_a_heading_that_is_none_is_reported(line: str, complaint: str) -> None:
    assert complaints(f"段落\n\n{line}\n\n段落") == [f"{HERE}:6: {complaint}"]


@pytest.mark.parametrize("line", ["## 题", "\\##题", "#人工智能# 话题", "#1机组投产", "C#语言", "`#题`", "#"])
def test_what_is_no_heading_is_not_reported(line: str) -> None:
    assert complaints(line) == []


def test_a_paragraph_that_a_rule_makes_a_heading_is_reported() -> None:
    assert complaints("段落\n\n这是一段话。\n---") == [
        f"{HERE}:6: 这一段紧接着“---”，会印成标题；如不是标题，请在“---”前面空一行"
    ]
    assert complaints("标题\n---") == []


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


def test_a_number_that_will_not_be_printed_is_reported() -> None:
    assert complaints("3. 甲\n4. 乙\n6. 丙\n7. 丁") == [
        f"{HERE}:6: 这一条写的是“6.”，会印成“5.”；请改正编号；如要照印，请写成“6、”，各条之间空一行"
    ]
    assert complaints("1. 甲\n1. 乙\n\n段落\n\n3. 丙\n4. 丁") == []


def test_code_without_an_end_is_an_error() -> None:
    assert complaints("段落\n\n```\n代码\n\n正文") == [
        f"{HERE}:6: 代码块没有结尾，后面的内容都会按代码印出；请在代码后面另起一行写“```”"
    ]
    assert complaints("> ```\n> 代码\n> ```\n\n- ~~~\n  代码\n  ~~~") == []


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


def test_a_figure_may_take_its_caption_from_the_line_below() -> None:
    figure = only("![](assets/a.png)\n\n图1　专利*申请量*")
    assert outline(figure) == "figure(专利emphasis(申请量))"
    assert complaints("![](assets/a.png)\n\n图 2：专利申请量") == []


@pytest.mark.parametrize(
    "line", ["图1所示为专利申请量", "图1　是专利申请量。", "图1　" + "长" * 40, "**图1**　专利"]
)
def test_not_every_line_below_a_figure_is_its_caption(line: str) -> None:
    assert [node.kind for node in nodes(f"![](assets/a.png)\n\n{line}")] == ["figure", "paragraph"]
    assert [node.kind for node in nodes(f"![题](assets/a.png)\n\n{line}")] == ["figure", "paragraph"]


def test_a_figure_that_has_a_caption_takes_no_other() -> None:
    assert [node.kind for node in nodes("![题](a.png)\n\n图1　题")] == ["figure", "paragraph"]


@pytest.mark.parametrize(
    ("settings", "name", "width"),
    [
        ("{width=50%}", None, 50),
        ("{width=50}", None, 50),
        ('{width="100%"}', None, 100),
        ("{#fig-a width=10%}", "fig-a", 10),
        (" {#fig-a}", "fig-a", None),
        ("", None, None),
    ],
)
def test_a_figure_has_the_id_and_width_that_are_set(
    settings: str, name: str | None, width: int | None
) -> None:
    figure = only(f"![题](a.png){settings}")
    assert (figure.id, figure.width) == (name, width)
    assert complaints(f"![题](a.png){settings}") == []


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ("{width=5}", "图片宽度“5”用不上；请写 10 到 100，即版心宽度的百分之几，如 {width=50%}"),
        ("{width=8cm}", "图片宽度“8cm”用不上；请写 10 到 100，即版心宽度的百分之几，如 {width=50%}"),
        ("{height=3}", "图片后面的“height=3”不认得，不起作用；能写的是编号和宽度，如 {#fig-1 width=50%}"),
        ("{居中}", "图片后面的“居中”不认得，不起作用；能写的是编号和宽度，如 {#fig-1 width=50%}"),
    ],
)
def test_a_setting_that_does_nothing_is_reported(settings: str, complaint: str) -> None:
    assert complaints(f"段落\n\n![题](a.png){settings}") == [f"{HERE}:6: {complaint}"]


def test_settings_of_a_picture_in_a_sentence_are_reported() -> None:
    assert complaints("段落\n\n文字![徽](a.png){width=50%}。") == [
        f"{HERE}:6: 句子里的图片不能设编号或宽度，“{{width=50%}}”会印成文字；请让图片单独成段，或删去"
    ]


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        (
            "![x](assets/有 空格.jpg)",
            "图片地址里有空格，图片认不出来；请写成 ![x](<assets/有 空格.jpg>)，或改文件名",
        ),
        (
            '![x](assets/图 (1).PNG "来源：甲"){#fig-a}',
            '图片地址里有空格，图片认不出来；请写成 ![x](<assets/图 (1).PNG> "来源：甲")，或改文件名',
        ),
        (
            "![图题]（assets/x.svg）",
            "图片写法里用了全角的标点，图片认不出来；请写成 ![图题](assets/x.svg)",
        ),
        ("！[图题](assets/x.svg)", "图片写法里用了全角的标点，图片认不出来；请写成 ![图题](assets/x.svg)"),
        ("!【图题】(assets/x.svg)", "图片写法里用了全角的标点，图片认不出来；请写成 ![图题](assets/x.svg)"),
        (
            "![图题](assets/x.svg “来源：甲”)",
            '图片写法里用了全角的标点，图片认不出来；请写成 ![图题](assets/x.svg "来源：甲")',
        ),
        ("![图题] (assets/x.svg)", "图片的“]”与“(”之间有空格，图片认不出来；请写成 ![图题](assets/x.svg)"),
    ],
)
def test_a_picture_that_is_not_seen_is_an_error(written: str, complaint: str) -> None:
    assert complaints(f"段落\n\n{written}") == [f"{HERE}:6: {complaint}"]
    assert parse(make_article(written))[1][0].severity is Severity.ERROR


@pytest.mark.parametrize(
    "written",
    [
        "![图（一）](assets/图（1）.png)",
        "![图题](<assets/有 空格.jpg>)",
        "![图题](assets/a.png '来源 甲')",
        '![图题](assets/a.png "来源：“甲”（乙）")',
        "`![x](assets/有 空格.jpg)`",
        "快看！[公报](https://example.org/a)（图略）",
        r"\![x](assets/a.png)",
    ],
)
def test_a_picture_that_is_seen_is_not_reported(written: str) -> None:
    assert complaints(written) == []


TABLE = "| 指标 | 增速 |\n|:--|--:|\n| 产值 | 5% |\n"


@pytest.mark.parametrize(
    ("line", "label", "caption"),
    [
        ("表：主要指标", "表", "主要指标"),
        ("表 3：主要指标", "表", "主要指标"),
        ("附表：主要 指标", "附表", "主要 指标"),
        ("表:主要指标", "表", "主要指标"),
        ("表2-1：主要指标", "表", "主要指标"),
        ("表1 主要指标", "表", "主要指标"),
        ("表 1　主要指标（亿元）", "表", "主要指标（亿元）"),
        ("附表2　主要指标", "附表", "主要指标"),
    ],
)
def test_a_table_takes_its_caption_from_the_line_above(line: str, label: str, caption: str) -> None:
    table = only(f"{line}\n\n{TABLE}")
    assert (table.kind, table.label, table.caption, table.id) == ("table", label, caption, None)
    assert [cell.align for cell in table.children[1].children] == ["left", "right"]
    assert [row.head for row in table.children] == [True, False]


@pytest.mark.parametrize(
    "line",
    ["表1 是主要指标。", "表1 " + "长" * 40, "表1列出主要指标", "如表1 主要指标", "表1　指标见[@tbl-x]"],
)
def test_not_every_line_above_a_table_is_its_caption(line: str) -> None:
    assert [node.kind for node in nodes(f"{line}\n\n{TABLE}")] == ["paragraph", "table"]


def test_a_caption_without_a_colon_needs_its_table_below() -> None:
    assert (outline(only("表1　主要指标")), complaints("表1　主要指标")) == ("paragraph(表1　主要指标)", [])


def test_a_caption_may_name_its_table() -> None:
    assert only(f"表：主要指标 {{#tbl-main}}\n\n{TABLE}").id == "tbl-main"


@pytest.mark.parametrize("line", ["数据来源：市统计局", "来源: 市统计局", "资料来源：市统计局"])
def test_a_line_below_a_table_is_its_source(line: str) -> None:
    assert only(f"{TABLE}\n{line}").source == line


def test_only_the_next_line_is_a_tables_source() -> None:
    assert [node.kind for node in nodes(f"{TABLE}\n来源：甲\n\n来源：乙")] == ["table", "paragraph"]


@pytest.mark.parametrize("row", ["来源：市统计局", "| 数据来源：市统计局 | |", "| | 资料来源：市统计局 |"])
def test_a_source_line_without_a_blank_line_is_no_row(row: str) -> None:
    table = only(f"{TABLE}{row}\n")
    assert (table.source, len(table.children)) == (row.strip("| "), 2)
    assert complaints(f"{TABLE}{row}\n") == []


def test_text_without_a_blank_line_below_a_table_is_reported() -> None:
    told = "这一行紧接着表格，会印成表格的一行；如是表格后面的文字，请在中间空一行"
    assert complaints(f"{TABLE}从表中可以看出……") == [f"{HERE}:7: {told}"]
    assert complaints(f"正文[^1]\n\n{TABLE}来源：甲[^1]\n\n[^1]: 注") == [f"{HERE}:9: {told}"]


def test_a_caption_without_a_table_is_reported() -> None:
    assert complaints("表：主要指标\n\n段落") == [
        f"{HERE}:4: 表题下面没有表格；表题请紧接在表格上方；不是表题的，请改写开头"
    ]


def test_a_caption_that_something_parts_from_its_table_is_reported() -> None:
    assert (
        f"{HERE}:4: 表题与表格之间隔着别的内容，认不出是表题；"
        "表题请紧接在表格上方；单位可写进表题，如“表：产量（单位：台）”"
    ) in complaints(f"表：主要指标\n\n单位：亿元\n\n{TABLE}")


@pytest.mark.parametrize(
    ("rows", "line", "told"),
    [
        ("| a | b | c |\n|---|---|\n| 1 | 2 | 3 |", 7, "表头有 3 格，下面的横线有 2 格"),
        ("a | b | c\n---|---|---|---\n1 | 2 | 3", 7, "表头有 3 格，下面的横线有 4 格"),
        ("| a | b | c |\n| 1 | 2 | 3 |", 6, "表头下面少一行横线"),
        ("| a | b | c |\n|——|——|——|\n| 1 | 2 | 3 |", 7, "表头下面的横线不是英文减号和冒号"),
        ("| a | b | c |\n|:--|：--|--:|\n| 1 | 2 | 3 |", 7, "表头下面的横线不是英文减号和冒号"),
        ("| a | b | c |\n|- -|---|---|\n| 1 | 2 | 3 |", 7, "表头下面的横线写法不对"),
        ("｜ a ｜ b ｜ c ｜\n｜---｜---｜---｜\n｜ 1 ｜ 2 ｜ 3 ｜", 7, "表格的竖线“｜”是全角的"),
    ],
)
def test_rows_with_bars_that_are_no_table_are_an_error_with_its_cause(
    rows: str, line: int, told: str
) -> None:
    assert complaints(f"表：主要指标\n\n{rows}\n") == [
        f"{HERE}:{line}: {told}，认不出是表格，会按正文印出；请在表头下面写一行“|---|---|---|”"
    ]


@pytest.mark.parametrize(
    "text", ["甲|乙\n丙|丁", "|x| 大于零，\n取 |y| 即可", "| 单独一行 |", "```\n| a |\n| b |\n```"]
)
def test_bars_in_a_text_are_not_reported(text: str) -> None:
    assert complaints(text) == []


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


def test_a_call_without_a_note_is_an_error() -> None:
    assert parse(make_article("正文[^9]"))[1][0].severity is Severity.ERROR
    assert complaints("段落\n\n正文[^9]") == [
        f"{HERE}:6: 脚注“[^9]”没有内容；请另起一段写“[^9]: 脚注内容”，或删去标记"
    ]


def test_a_note_with_a_full_width_colon_is_an_error() -> None:
    assert complaints("正文[^9]\n\n[^9]：注") == [
        f"{HERE}:4: 脚注“[^9]”没有内容；请另起一段写“[^9]: 脚注内容”，或删去标记",
        f"{HERE}:6: 脚注“[^9]”后面的冒号是全角的，认不出来；请写成“[^9]: 脚注内容”",
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
        problem.severity is Severity.ERROR and problem.rule in ("note", "depth", "table-row", "code")
        for problem in problems
    )
    assert not lost or is_told


def _shown(found: tuple[Node, ...]) -> str:
    kept = ("alt", "id", "info")
    return "".join(
        own_text(node) + "".join(getattr(node, key, None) or "" for key in kept) for node in walk(found)
    )


def test_a_source_with_a_note_in_it_stays_a_line_of_its_own() -> None:
    body = "表：产量\n\n| 甲 |\n|---|\n| 1 |\n\n资料来源：统计局[^1]。\n\n[^1]: 初步数。\n"
    nodes, problems = parse(make_article(body))
    assert [node.kind for node in nodes] == ["table", "source_line"]
    assert [node.kind for node in walk(nodes) if node.kind == "note"] == ["note"]
    assert problems == ()


def test_what_is_amiss_in_a_cell_is_reported_on_its_own_line() -> None:
    _nodes, problems = parse(make_article("| 甲 |\n|---|\n| 1 |\n| <b> |"))
    assert [str(problem.place) for problem in problems] == ["issues/2021-01/news/01.md:7"]


def test_cells_and_items_know_where_they_stand() -> None:
    cells = [node for node in walk(nodes(TABLE)) if isinstance(node, Cell)]
    assert {(cell.column, cell.columns) for cell in cells} == {(0, 2), (1, 2)}
    items = [node for node in walk(nodes("- 甲\n\n3. 乙\n4. 丙")) if isinstance(node, Item)]
    assert [item.marker for item in items] == ["-", "3.", "4."]


# What a review found passed over in silence


def test_captions_and_sources_are_read_in_lists_and_quotes_too() -> None:
    table = "表：甲\n\n|a|b|\n|-|-|\n|1|2|\n\n来源：乙"
    (quote,) = nodes("\n".join(f"> {line}" for line in table.split("\n")))
    assert [(node.kind, node.caption, node.source) for node in quote.children if isinstance(node, Table)] == [
        ("table", "甲", "来源：乙")
    ]
    (bullets,) = nodes("- 条\n\n" + "\n".join(f"  {line}" for line in table.split("\n")))
    assert [node.kind for node in bullets.children[0].children] == ["paragraph", "table"]


def test_a_word_behind_a_fence_that_is_nearly_one_of_ours_is_a_remark() -> None:
    assert complaints("```keyfigure\na\n```") == [
        "issues/2021-01/news/01.md:4: “keyfigure”不认得，会按代码印出；是否想写“```keyfigures”？"
    ]
    assert complaints("```Chart\na\n```") == [
        "issues/2021-01/news/01.md:4: “Chart”不认得，会按代码印出；是否想写“```chart”？"
    ]
    assert complaints("```python\na\n```") == []


def test_an_article_without_a_body_and_a_table_without_rows_are_remarks() -> None:
    assert complaints("\n") == [
        "issues/2021-01/news/01.md:4: 正文是空的，只会印出标题；请补上正文，或在开头写一行 draft: true"
    ]
    assert complaints("|a|b|\n|-|-|") == [
        "issues/2021-01/news/01.md:4: 表格只有表头，没有内容；请补上内容，或删去"
    ]


@pytest.mark.parametrize(
    ("formula", "shown"), [("$E=mc^2$", "$E=mc^2$"), ("10^3^", "^3^"), ("H~2~", "~2~"), ("x^2", "^2")]
)
def test_formulas_that_are_printed_as_written_are_remarks(formula: str, shown: str) -> None:
    assert complaints(f"按{formula}计算。") == [
        f"issues/2021-01/news/01.md:4: “{shown}”这样的公式写法会照原样印出；"
        "上下标请用 ²、³、₂ 这类字符，复杂的公式请做成图片"
    ]


def test_money_and_ranges_are_no_formulas() -> None:
    assert complaints("从$100到$200，3~5年，A~B，约~20%。") == []


def test_notes_in_one_place_are_parted() -> None:
    paragraph = only("甲[^a][^b]，乙[^c]。\n\n[^a]: 一\n\n[^b]: 二\n\n[^c]: 三")
    notes = [node for node in paragraph.children if isinstance(node, Note)]
    assert [note.follows for note in notes] == [False, True, False]

"""Bodies of plain lines and tables are read without markdown-it, and come out as if they were not."""

import pytest
from conftest import make_article
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xcbulletin.publishing.markup import parse
from xcbulletin.publishing.markup.running import running_text
from xcbulletin.publishing.nodes import (
    Bullets,
    Cell,
    Heading,
    Item,
    Node,
    Numbers,
    Paragraph,
    Row,
    Table,
    Text,
)

PROSE = ("电网", "增长3.5%。", "（一）", "“引”", "表1：题", "附表：某", "图1　题", "来源：某", "2021年")
WHITE = (*" \t　\xa0\x0b\x0c\x1c\x85\u2028\0\n", "    ", "\n\n", "\n \n", "\n\n\n")
MARKS = (*"!#$%&*+-:<=>@[\\]^_`{}~|.\"'()1！【（＃", "1. ", "2) ", "- ", "<b>", "&amp;", "www.example.org")
BLOCKS = ("＃a", "+ a", "  + a", "> a", "1) a", "1.", "---", "a\nb", "a\n===", "|a|", ":-")
HEADINGS = ("#a", "#", "# ", " # a", "# a #", "## - a", "####### a", "# a|\n:-")
BULLETS = (" - a", "-", "- ", "- - a", "- 1. a", "- # a", "- a\n---", "- a\n1. b")
NUMBERS = ("1. a\n- b", "1. a\n\n3. b", "1. a\n3. b", "1. a\n1. b", "a\n2. b", "0. a", "01. a", "100. a")
BELOW = ("- a\nb", "- a\n  b", "- a\n\n  b", "1. a\n2) b")
ALONE = ("|a|\n|-|", "|a|", "|-|\n|-|\n|a|", "a|b\n|-|-|\n|-|-|\n|c|d|", "|a|\n|:|\n|b|", "|a|\n|-\xa0|\n|b|")
RAGGED = (
    "|a|b|\n|-|\n|c|",
    "|a|\n|-|\n|b|c|",
    "|a|b|\n|-|-|\n|c|",
    "|a|\n|-|\nb",
    "a\n|-|\n|b|",
    "|a|\n|-|\n|b",
)
SOURCED = ("|a|\n|-|\n|来源：某|", "- a\n|b|\n|-|\n|c|", "|a|\n|-|\n|b|\n# c", " |a|\n|-|\n|b|")
UNREAD = (*BLOCKS, *HEADINGS, *BULLETS, *NUMBERS, *BELOW, *ALONE, *RAGGED, *SOURCED)
BEGINNINGS = ("", "", "  ", "　　", "# ", "## ", "###  ", "- ", "-  ", "1. ", "2. ", "3. ", "9. ", "10. ")
TEXTS = ("", "甲", "甲 ", "a", "a|b", "（一）产量", "表：题", "来源：某", "　")
SPANS = ("**a**", "a[^1]", "a_b", "`a`", "~~a~~", "<b>", "&amp;", "a\\", "！【a】（b.png）", "x^2", "a\tb")

PIECES = st.sampled_from(PROSE + WHITE) | st.sampled_from(PROSE + MARKS + WHITE)
ROWS = st.builds("{}{}".format, st.sampled_from(BEGINNINGS), st.sampled_from(TEXTS))
CELLS = (
    "甲",
    "a b",
    "1.5",
    "30%",
    "-",
    "",
    " ",
    "　",
    "\xa0",
    "表：题",
    "来源：某",
    "# a",
    "!",
    "\x0b",
    "\\|",
    "**b**",
    "`a|b`",
    "\t",
)
RULES = ("-", "---", ":-", "-:", " :-: ", "", ":", "--:--", "-\xa0")
ENDS = ("|", "| ", "|　", "||", "|\t", "", "|\n", "|\n\n")
BESIDE = (
    "\n表1：产量\n",
    "\n附表：产量",
    "表1　产量 {#t}\n",
    "\n来源：某局\n",
    "\n甲\n",
    "甲|乙",
    "# 题",
    "- a\n",
    "\n  \n",
)
MARKED = "\n\n[方括号]"
"""A last paragraph that sends the whole body through markdown-it."""


@settings(max_examples=300)
@given(body=st.lists(PIECES, max_size=12).map("".join))
@example(body="　　智能电网\n\n  2021年")
@example(body="智能电网  \n\n    电网 \n \n\n")
@example(body="2021.5年\n\n1)某\n\n12345678901. 某")
@example(body="表1：题\n\n附表：题{#t}")
@example(body="智能\x0b电网\x85\n\n\u2028电网")
def test_running_text_is_read_as_markdown_would_read_it(body: str) -> None:
    assert_read_as_by_markdown(body)


@settings(max_examples=300)
@given(body=st.lists(ROWS | ROWS | st.sampled_from(UNREAD), max_size=8).map("\n".join))
@example(body="甲\n## a\n- 甲\n- b\n# c\n1. 甲\n2. 乙\n\n甲\n- a\n\n　　甲\n1. 甲\n2. b")
@example(body="#### 表：题\n## a\n#### b\n表：题\n- 表：题")
@example(body="- 甲\n- 表：题\n\n- b\n\n# c\n1. 表：题\n\n \n2. 乙\n\n甲")
def test_headings_and_lists_are_read_as_markdown_would_read_them(body: str) -> None:
    assert_read_as_by_markdown(body)


def rows_of(cells: tuple[str, ...], columns: int) -> st.SearchStrategy[str]:
    """Rows that mostly have so many plain cells, of which the first few are the most frequent."""
    texts = st.sampled_from(cells[:5]) | st.sampled_from(cells[:5]) | st.sampled_from(cells)
    count = st.sampled_from([columns] * 12 + [columns + 1, columns - 1])
    lists = count.flatmap(lambda length: st.lists(texts, min_size=length, max_size=length))
    ends = st.sampled_from(ENDS[:2]) | st.sampled_from(ENDS[:2]) | st.sampled_from(ENDS)
    return st.builds(lambda texts, end: f"|{'|'.join(texts)}{end}", lists, ends)


TABLES = st.integers(1, 4).flatmap(
    lambda columns: st.tuples(
        rows_of(CELLS, columns), rows_of(RULES, columns), st.lists(rows_of(CELLS, columns), max_size=3)
    ).map(lambda parts: "\n".join((parts[0], parts[1], *parts[2])))
)


@settings(max_examples=500)
@given(body=st.lists(TABLES | st.sampled_from(BESIDE), max_size=5).map("\n".join))
@example(body="甲\n|甲|乙|\n|-|:-:|\n|  | 1 |　\n||2|\n\n来源：某局")
@example(body="表1：题\n\n|甲||\n|-:|:-|\n|a|b|\n\n数据来源：某局\n\n表：题")
@example(body="甲|乙\n|-|-|\n|-|-|\n|a|b|")
@example(body="|甲|\n|-|\n|a|\n　\n- 甲\n\n|甲|\n|-|\n|a|")
def test_tables_are_read_as_markdown_would_read_them(body: str) -> None:
    assert_read_as_by_markdown(body)


@settings(max_examples=200)
@given(body=st.text())
def test_whatever_is_taken_for_running_text_is_read_as_markdown_would_read_it(body: str) -> None:
    assert_read_as_by_markdown(body)


def assert_read_as_by_markdown(body: str) -> None:
    if running_text(body, 1):
        nodes, problems = parse(make_article(body + MARKED))
        assert parse(make_article(body)) == (nodes[:-1], problems)


def test_a_paragraph_knows_its_line() -> None:
    assert running_text("\n　　智能电网\n \n\n增长3.5%，—— - + = | 2021年 \n", 7) == (
        Paragraph(children=(Text(text="智能电网"),), line=8),
        Paragraph(children=(Text(text="增长3.5%，—— - + = | 2021年"),), line=11),
    )


def test_a_heading_has_the_level_that_it_is_written_with() -> None:
    assert running_text("甲\n###   总体情况 \n\n## （一）产量\n乙", 1) == (
        Paragraph(children=(Text(text="甲"),), line=1),
        Heading(children=(Text(text="总体情况"),), level=3, line=2),
        Heading(children=(Text(text="（一）产量"),), level=2, line=4),
        Paragraph(children=(Text(text="乙"),), line=5),
    )


def test_items_without_blank_lines_between_them_are_a_list() -> None:
    assert running_text("如下：\n- 甲\n-  乙\n## 题\n9. 丙\n10. 丁\n\n　　戊", 1) == (
        Paragraph(children=(Text(text="如下："),), line=1),
        Bullets(children=(item("-", Text(text="甲"), 2), item("-", Text(text="乙"), 3)), line=2),
        Heading(children=(Text(text="题"),), level=2, line=4),
        Numbers(children=(item("9.", Text(text="丙"), 5), item("10.", Text(text="丁"), 6)), start=9, line=5),
        Paragraph(children=(Text(text="戊"),), line=8),
    )


def test_items_with_a_blank_line_between_any_two_are_paragraphs() -> None:
    def paragraph(text: str, line: int) -> Paragraph:
        return Paragraph(children=(Text(text=text),), line=line)

    items = (
        item("1.", paragraph("甲", 1), 1),
        item("2.", paragraph("乙", 2), 2),
        item("3.", paragraph("丙", 5), 5),
    )
    assert running_text("1. 甲\n2. 乙\n\n\n3. 丙\n", 1) == (Numbers(children=items, start=1, line=1),)


def test_rows_between_pipes_are_a_table() -> None:
    def cell(text: str, column: int, align: str | None, *, head: bool = False, names: bool = False) -> Cell:
        children = (Text(text=text),) if text else ()
        return Cell(children=children, head=head, align=align, names_row=names, column=column, columns=3)

    head = (
        cell("项目", 0, None, head=True),
        cell("", 1, "center", head=True),
        cell("同比", 2, "right", head=True),
    )
    body = (cell("产量", 0, None, names=True), cell("a b", 1, "center"), cell("30%", 2, "right"))
    assert running_text("甲\n| 项目 || 同比|\n|---|:-:| - |\n|产量| a b |30%|  \n\n乙", 7) == (
        Paragraph(children=(Text(text="甲"),), line=7),
        Table(
            children=(Row(children=head, head=True, line=8), Row(children=body, head=False, line=10)), line=8
        ),
        Paragraph(children=(Text(text="乙"),), line=12),
    )


def item(marker: str, child: Node, line: int) -> Item:
    return Item(children=(child,), marker=marker, line=line)


@pytest.mark.parametrize("block", [*UNREAD, *SPANS, "　", "\x0b"])
def test_what_may_mean_something_to_markdown_is_no_running_text(block: str) -> None:
    assert running_text(f"甲\n\n{block}\n\n乙", 1) == ()


def test_an_empty_body_is_no_running_text() -> None:
    assert running_text("\n  \n", 1) == ()

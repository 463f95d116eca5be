"""Bodies of running text are read without markdown-it, and come out as if they were not."""

import pytest
from conftest import make_article
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xcbulletin.publishing.markup import parse
from xcbulletin.publishing.markup.running import running_text
from xcbulletin.publishing.nodes import Paragraph, Text

PROSE = ("电网", "增长3.5%。", "（一）", "“引”", "表1：题", "附表：某", "图1　题", "来源：某", "2021年")
WHITE = (*" \t　\xa0\x0b\x0c\x1c\x85\u2028\0\n", "    ", "\n\n", "\n \n", "\n\n\n")
MARKS = (*"!#$%&*+-:<=>@[\\]^_`{}~|.\"'()1！【（＃", "1. ", "2) ", "- ", "<b>", "&amp;", "www.example.org")
BLOCKS = ("# a", "＃a", "- a", "+ a", "  + a", "> a", "1. a", "1) a", "1.", "---", "a\nb", "a\n===")
SPANS = ("**a**", "a[^1]", "a_b", "`a`", "~~a~~", "<b>", "&amp;", "a\\", "！【a】（b.png）", "x^2", "a\tb")

PIECES = st.sampled_from(PROSE + WHITE) | st.sampled_from(PROSE + MARKS + WHITE)
MARKED = "\n\n[方括号]"
"""A last paragraph that sends the whole body through markdown-it."""


@settings(max_examples=400)
@given(body=st.lists(PIECES, max_size=12).map("".join))
@example(body="　　智能电网\n\n  2021年")
@example(body="智能电网  \n\n    电网 \n \n\n")
@example(body="2021.5年\n\n1)某\n\n12345678901. 某")
@example(body="表1：题\n\n附表：题{#t}")
@example(body="智能\x0b电网\x85\n\n\u2028电网")
def test_running_text_is_read_as_markdown_would_read_it(body: str) -> None:
    if running_text(body, 1):
        nodes, problems = parse(make_article(body + MARKED))
        assert parse(make_article(body)) == (nodes[:-1], problems)


@settings(max_examples=400)
@given(body=st.text())
def test_whatever_is_taken_for_running_text_is_read_as_markdown_would_read_it(body: str) -> None:
    if running_text(body, 1):
        nodes, problems = parse(make_article(body + MARKED))
        assert parse(make_article(body)) == (nodes[:-1], problems)


def test_a_paragraph_knows_its_line() -> None:
    assert running_text("\n　　智能电网\n \n\n增长3.5%，—— - + = | 2021年 \n", 7) == (
        Paragraph(children=(Text(text="智能电网"),), line=8),
        Paragraph(children=(Text(text="增长3.5%，—— - + = | 2021年"),), line=11),
    )


@pytest.mark.parametrize("block", [*BLOCKS, *SPANS, "　", "\x0b"])
def test_what_may_mean_something_to_markdown_is_no_running_text(block: str) -> None:
    assert running_text(f"甲\n\n{block}\n\n乙", 1) == ()


def test_an_empty_body_is_no_running_text() -> None:
    assert running_text("\n  \n", 1) == ()

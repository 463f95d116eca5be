"""markdown-it with our loops reads as it does with its own."""

from collections.abc import MutableMapping
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_cjk_friendly import cjk_friendly
from mdit_py_plugins.footnote import footnote_plugin

from xcbulletin.publishing.markup.scanning import quick_scanning

MARKS = (
    *"!#$%&*+-:<=>@[\\]^_`{}~|.\"'()1ab中。！【 \t　\x0b\n",
    "**",
    "~~",
    "```",
    "![",
    "](",
    "[^1]",
    "&amp;",
)
LINES = ("\n\n", "\n    ", "  \n", "\n- ", "\n1. ", "\n> ", "\n---\n", "\n[^1]: ", "\n| a | b |\n|-|-|\n")


def markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable(["table", "strikethrough"])
    return made.disable(["reference", "code"]).use(cjk_friendly).use(footnote_plugin, inline=False)


OURS, ITS_OWN = markdown().use(quick_scanning), markdown()


def tokens(reader: MarkdownIt, text: str) -> list[MutableMapping[str, Any]]:
    return [token.as_dict() for token in reader.parse(text)]


@settings(max_examples=400)
@given(text=st.lists(st.sampled_from(MARKS + LINES), max_size=30).map("".join))
@example(text="")
@example(text=" ")
@example(text="甲\n \t")
@example(text="甲 \n\n \n\t乙\n")
@example(text="```\n甲\n  ")
@example(text="\t```\n\t\t甲\n\t```")
@example(text="- 甲\n\n \t 乙\n>\t丙")
@example(text="[甲*乙](丙) ![甲`]`](丁)")
def test_the_tokens_are_the_same(text: str) -> None:
    assert tokens(OURS, text) == tokens(ITS_OWN, text)


@settings(max_examples=400)
@given(text=st.text())
def test_the_tokens_of_any_text_are_the_same(text: str) -> None:
    assert tokens(OURS, text) == tokens(ITS_OWN, text)

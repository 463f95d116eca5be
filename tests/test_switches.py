"""A rule is switched off on one line by a remark that no reader ever sees."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pdfplumber
import pytest
from conftest import Outcome, make_article, write_article, write_issue

from xcbulletin.publishing.markup import parse
from xcbulletin.publishing.nodes import plain
from xcbulletin.settings import Workspace
from xcbulletin.switches import line_switches, without_switches

REMARK = "<!-- 不检查: numbers-range -->"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"甲。 {REMARK}\n乙。", {1: {"numbers-range"}}),
        ("甲。<!-- 不检查 numbers-range -->", {1: {"numbers-range"}}),
        (f"{REMARK}\n甲。\n乙。", {2: {"numbers-range"}}),
        ("<!--不检查：marks-half、word-confused-->\n甲", {2: {"marks-half", "word-confused"}}),
        (f"{REMARK}\n<!-- 不检查: marks-half -->\n甲", {3: {"numbers-range", "marks-half"}}),
        (
            "---\ntitle: 甲 # 不检查: marks-half\n# 不检查: numbers-range\nsummary: 乙\n---\n丙",
            {2: {"marks-half"}, 4: {"numbers-range"}},
        ),
        ("正文 # 不检查: marks-half", {}),
        ("<!-- 草稿 -->", {}),
        (f"甲 {REMARK} 乙", {}),
    ],
)
def test_a_switch_holds_for_its_line_or_the_next(text: str, expected: dict[int, set[str]]) -> None:
    assert line_switches(text) == expected


def test_a_line_with_nothing_but_a_switch_goes_whole() -> None:
    assert without_switches(f"甲\n{REMARK}\n乙 {REMARK}") == ("甲\n乙", (0, 2))


@pytest.mark.parametrize(
    ("body", "same_as"),
    [
        (f"甲。 {REMARK}\n", "甲。\n"),
        (f"- 甲\n{REMARK}\n- 乙\n", "- 甲\n- 乙\n"),
        (
            f"| 甲 | 乙 | {REMARK}\n|---|---|\n{REMARK}\n| 1 | 2 | {REMARK}\n",
            "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n",
        ),
        (
            f"## 标题 {REMARK}\n\n{REMARK}\n正文[^1]。\n\n[^1]: 注 {REMARK}\n",
            "## 标题\n\n正文[^1]。\n\n[^1]: 注\n",
        ),
    ],
)
def test_a_switch_changes_nothing_that_is_printed(body: str, same_as: str) -> None:
    nodes, problems = parse(make_article(body))
    expected, _ = parse(make_article(same_as))
    assert (plain(nodes), [node.kind for node in nodes], problems) == (
        plain(expected),
        [node.kind for node in expected],
        (),
    )


def test_lines_are_told_as_they_stand_in_the_file() -> None:
    _nodes, problems = parse(make_article(f"{REMARK}\n甲\n\n{REMARK}\n<b>乙</b>"))
    assert [str(problem.place) for problem in problems] == ["issues/2021-01/news/01.md:8"]


@pytest.mark.usefixtures("fonts")
def test_no_output_shows_a_switch(run: Callable[..., Outcome], workspace: Workspace) -> None:
    folder = write_issue(workspace)
    write_article(folder, "news/01.md", f"有3-5家。 {REMARK}\n\n{REMARK}\n\n- 甲\n{REMARK}\n- 乙\n")
    assert run("build", "2021-01").code == 0
    shown = {path.suffix: _text_of(path) for path in (workspace.root / "build").rglob("*") if path.is_file()}
    assert {".pdf", ".html", ".eml"} <= set(shown)
    for text in (shown[suffix] for suffix in (".pdf", ".html", ".eml")):
        assert "3-5家" in re.sub(r"[\s\u2060\ufeff]", "", text)
    assert not [suffix for suffix, text in shown.items() if "不检查" in text]


def _text_of(path: Path) -> str:
    if path.suffix == ".pdf":
        with pdfplumber.open(path) as document:
            return "".join(page.extract_text() for page in document.pages)
    if path.suffix == ".eml":
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        return "".join(part.get_content() for part in letter.walk() if part.get_content_maintype() == "text")
    return path.read_bytes().decode(errors="replace")

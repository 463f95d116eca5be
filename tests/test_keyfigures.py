"""Boxes of key figures: read with every mistake told at once, and rendered for every reader."""

import io
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
import yaml
from conftest import make_article, make_issue
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from xcbulletin.model import Severity
from xcbulletin.publishing.documents import Material, missing_glyphs
from xcbulletin.publishing.edition import Edition, compose, texts
from xcbulletin.publishing.layout import lay_out_page
from xcbulletin.publishing.letter import Letter, render_letter
from xcbulletin.publishing.markup import parse
from xcbulletin.publishing.nodes import Code, KeyFigures, plain
from xcbulletin.publishing.pages import Templates
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting.press import Job, Press
from xcbulletin.settings import Workspace
from xcbulletin.starter import template_folders

HERE = "issues/2021-01/news/01.md"
BOX = """\
```keyfigures
title: 三个数<一>
figures:
  - {value: "1200", unit: 台, label: 机器人产量, note: 样例}
  - {value: 8.2倍, label: 与上年之比}
  - value: +3.5
    unit: %
    label: 增速
source: 数据来源：样例
```
"""


def box(body: str) -> KeyFigures:
    (node,), problems = parse(make_article(body))
    assert problems == ()
    assert isinstance(node, KeyFigures)
    return node


def figures(*rows: str) -> str:
    return "\n".join(["```keyfigures", "figures:", *(f"  - {row}" for row in rows), "```"])


def shown(body: str) -> list[tuple[str, str, str, str | None]]:
    return [(one.value, one.unit, one.label, one.note) for one in box(body).children]


def complaints(body: str) -> list[str]:
    nodes, problems = parse(make_article(body))
    assert [type(node) for node in nodes] == [Code]
    assert {(problem.rule, problem.severity) for problem in problems} <= {("keyfigures", Severity.ERROR)}
    return [str(problem) for problem in problems]


# Reading


def test_a_box_has_figures_a_title_and_a_source() -> None:
    assert shown(BOX) == [
        ("1200", "台", "机器人产量", "样例"),
        ("8.2", "倍", "与上年之比", None),
        ("+3.5", "%", "增速", None),
    ]
    assert (box(BOX).title, box(BOX).source) == ("三个数<一>", "数据来源：样例")
    assert [one.line for one in box(BOX).children] == [7, 8, 9]


def test_the_fence_may_be_named_in_chinese_and_other_words_stay_code() -> None:
    assert box(figures("{value: 1, label: 甲}").replace("keyfigures", "数字")).title is None
    (node,), problems = parse(make_article(figures("{value: 1, label: 甲}").replace("keyfigures", "yaml")))
    assert (type(node), problems) == (Code, ())


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("4636", ("4636", "")),
        ("4,636家", ("4,636", "家")),
        ("近4000亿元", ("近4000", "亿元")),
        ("99.9%", ("99.9", "%")),
        ("5G", ("5G", "")),
        ("2018年12月", ("2018年12月", "")),
        ("1/4强", ("1/4强", "")),
        ("世界第一", ("世界第一", "")),
    ],
)
def test_a_unit_behind_a_number_is_set_apart(value: str, parts: tuple[str, str]) -> None:
    assert shown(figures(f"{{value: '{value}', label: 甲}}")) == [(*parts, "甲", None)]


def test_numbers_may_be_typed_without_quotes() -> None:
    rows = ("{value: 4,636, unit: %, label: 甲}", "{value: >5, label: 乙}", "{label: 丙, value: 1,234.5}")
    assert shown(figures(*rows)) == [
        ("4,636", "%", "甲", None),
        (">5", "", "乙", None),
        ("1,234.5", "", "丙", None),
    ]


def test_marks_of_a_sentence_stay_in_it() -> None:
    assert shown(figures("{value: 1, label: 全球：甲, note: 去年，年底}")) == [
        ("1", "", "全球：甲", "去年，年底")
    ]


LABEL = st.text("甲乙丙a1%，：（）“”-+.#,' ", min_size=1).map(str.strip).filter(bool)


@given(st.lists(st.tuples(st.integers(0, 99999), LABEL), min_size=1, max_size=6))
def test_what_yaml_says_is_what_is_printed(rows: list[tuple[int, str]]) -> None:
    data = {"figures": [{"value": str(value), "label": label} for value, label in rows]}
    dumped = yaml.safe_dump(data, allow_unicode=True, default_style='"', width=10**6)
    body = "```keyfigures\n" + re.sub(r'"(\w+)":', r"\1:", dumped) + "```"
    assert [(one.value, one.label) for one in box(body).children] == [
        (str(value), label) for value, label in rows
    ]


@given(st.text("figures:valuabt1，, {}[]-\n'\"%&*>|：", max_size=80))
def test_no_text_breaks_the_reader_and_none_is_lost(text: str) -> None:
    nodes, problems = parse(make_article(f"```keyfigures\n{text}\n```"))
    assert any(isinstance(node, KeyFigures) for node in nodes) or problems


# Mistakes


def test_every_mistake_is_told_at_once_on_its_line() -> None:
    body = "段落\n\n" + figures("{valu: 1, label: 甲}", "{value: 2}", "{value: 12345678901, label: 乙}")
    _nodes, problems = parse(make_article(body))
    assert [str(problem) for problem in problems] == [
        f"{HERE}:8: 缺少“figures.1.value”；请加一行“value: ……”",
        f"{HERE}:8: 不认识的项目“figures.1.valu”；是否想写“value”？",
        f"{HERE}:9: 缺少“figures.2.label”；请加一行“label: ……”",
        f"{HERE}:10: “figures.3.value”太长（11 个字符，最多 10 个）；请换大一级的单位，如万、亿",
    ]


def test_a_box_has_one_to_six_figures() -> None:
    assert complaints(figures(*["{value: 1, label: 甲}"] * 7)) == [
        f"{HERE}:5: “figures”应有 1 到 6 项，现有 7 项"
    ]
    assert complaints("```keyfigures\nfigures: []\n```") == [f"{HERE}:5: “figures”应有 1 到 6 项，现有 0 项"]
    assert complaints("```keyfigures\n```") == [f"{HERE}:5: 缺少“figures”；请加一行“figures: ……”"]
    assert complaints("```keyfigures\nfigures: 三\n```") == [
        f"{HERE}:5: “figures”应为若干行，每行一个数字；例如“  - {{value: 12, unit: 家, label: 说明}}”"
    ]


def test_marks_of_a_chinese_keyboard_are_named() -> None:
    assert complaints(figures("{value：1，unit: 家，label: 甲}")) == [
        f"{HERE}:6: 各项之间用了中文逗号“，”；请改为英文逗号加一个空格“, ”",
        f"{HERE}:6: “value”后面用了中文冒号“：”；请改为英文冒号加一个空格“value: ”",
    ]


def test_a_long_unit_is_a_label() -> None:
    assert complaints(figures("{value: 1, unit: 家规模以上工业, label: 甲}")) == [
        f"{HERE}:6: “figures.1.unit”太长（7 个字符，最多 6 个）；请把说明写进 label 或 note"
    ]


def test_a_broken_row_is_one_mistake() -> None:
    (complaint,) = complaints(figures("{value: 1, label: 甲"))
    assert complaint.startswith(f"{HERE}:6: 这里不合 YAML 写法，读不下去；")


def test_a_box_without_an_end_is_code_without_an_end() -> None:
    _nodes, problems = parse(make_article("```keyfigures\nfigures:\n\n正文"))
    assert [problem.rule for problem in problems] == ["code"]


# Rendering


def made(body: str) -> Edition:
    return compose(make_issue(make_article(body)), ())[0]


def page(workspace: Workspace, body: str, template: str) -> str:
    edition = made(body)
    return Templates(template_folders(workspace.root), workspace.settings, ()).render(
        template,
        edition,
        blocks="shared/blocks.html",
        picture=lambda node: node.src,
        heading_base=3,
        notes_at_end=True,
        faces=(),
        page=lay_out_page(workspace.settings.page, edition.kind),
    )


def box_on_page(workspace: Workspace, body: str, template: str) -> lxml_html.HtmlElement:
    (found,) = lxml_html.fromstring(page(workspace, body, template)).find_class("keyfigures")
    return found


def letter(workspace: Workspace, body: str) -> Letter:
    templates = Templates(template_folders(workspace.root), workspace.settings, ())
    return render_letter(templates, made(body), {}, unsubscribe="mailto:bulletin@example.org")


@pytest.mark.parametrize("template", ["bulletin/print.html", "bulletin/web.html", "report/web.html"])
def test_a_page_lists_what_each_figure_counts(workspace: Workspace, template: str) -> None:
    found = box_on_page(workspace, BOX, template)
    assert [element.text_content() for element in found.find_class("keyfigures-title")] == ["三个数<一>"]
    assert [[part.text_content() for part in group] for group in found.find("dl")] == [
        ["机器人产量", "1200台", "样例"],
        ["与上年之比", "8.2倍"],
        ["增速", "+3.5%"],
    ]
    assert [unit.text for unit in found.find_class("unit")] == ["台", "倍", "%"]
    assert [element.text for element in found.find_class("figure-source")] == ["数据来源：样例"]


@pytest.mark.parametrize(("count", "in_row"), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 3), (6, 3)])
def test_their_number_tells_how_many_stand_side_by_side(
    workspace: Workspace, count: int, in_row: int
) -> None:
    found = box_on_page(workspace, figures(*["{value: 1, label: 甲}"] * count), "bulletin/web.html")
    assert found.find("dl").get("class") == f"of-{in_row}"
    assert found.findall("p") == []


@pytest.mark.parametrize(
    ("count", "cells"), [(1, [1]), (2, [2]), (3, [3]), (4, [2, 2]), (5, [3, 2]), (6, [3, 3])]
)
def test_a_letter_has_no_more_than_three_in_a_row(workspace: Workspace, count: int, cells: list[int]) -> None:
    html = letter(workspace, figures(*["{value: 77, unit: 家, label: 甲}"] * count)).html
    rows = lxml_html.fromstring(html).xpath("//tr[td/span[text()='77']]")
    assert [len(row.xpath("td[span]")) for row in rows] == cells


def test_the_text_of_a_letter_has_a_line_for_each(workspace: Workspace) -> None:
    text = letter(workspace, f"前\n\n{BOX}\n后").text
    assert (
        "前\n\n三个数<一>\n机器人产量：1200台（样例）\n与上年之比：8.2倍\n增速：+3.5%\n数据来源：样例\n\n后"
        in text
    )


def test_their_words_are_printed_words(workspace: Workspace, fonts: FontSet) -> None:
    edition = made(figures("{value: 1, unit: 䶮, label: 甲}", "{value: 2, label: 🙂}"))
    assert "甲：1䶮" in [text for _place, text in texts(edition)]
    assert plain(edition.entries[0].body) == "甲：1䶮🙂：2"
    templates = Templates(template_folders(workspace.root), workspace.settings, ())
    layout = lay_out_page(workspace.settings.page, edition.kind)
    mail, drawings = workspace.settings.mail, workspace.root
    material = Material(templates=templates, fonts=fonts, mail=mail, layout=layout, drawings=drawings)
    assert ("🙂", f"{HERE}:7") in [(one, str(place)) for one, place in missing_glyphs(edition, material)]


@pytest.mark.parametrize("width", ["auto", "20rem"])
@pytest.mark.parametrize("count", [3, 4])
def test_on_paper_a_box_is_whole_and_nothing_in_it_overlaps(
    workspace: Workspace, fonts: FontSet, tmp_path: Path, width: str, count: int
) -> None:
    label = "一个长到要折成两行甚至三行才能放下的说明文字"
    rows = [
        f"{{value: 7{number}, unit: 亿千瓦, label: {label}, note: 补充{number}}}" for number in range(count)
    ]
    body = "\n\n".join(["正文。" * 40, figures(*rows)] * 5)
    style = f"<style>.keyfigures {{ width: {width} }}</style></head>"
    html = page(workspace, body, "bulletin/print.html").replace("</head>", style)
    with Press(fonts, tmp_path) as press:
        pdf = press.result(press.submit(Job(html=html)))
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        pages = [
            Counter(re.findall(r"7\d|补充\d", re.sub(r"\s", "", one.extract_text()))) for one in opened.pages
        ]
        assert all(not _overlapping(one.chars) for one in opened.pages)
    assert sum(pages, Counter()) == Counter(
        [word for number in range(count) for word in (f"7{number}", f"补充{number}")] * 5
    )
    assert all(len(set(found.values())) <= 1 for found in pages)


def _overlapping(characters: list[dict[str, Any]]) -> list[str]:
    """Return the characters whose middles lie in one another."""
    boxes = [(one["x0"], one["x1"], one["top"], one["bottom"], one["text"]) for one in characters]
    return [
        one[4] + other[4]
        for one, other in combinations(boxes, 2)
        if one[0] < (other[0] + other[1]) / 2 < one[1]
        and one[2] < (other[2] + other[3]) / 2 < one[3]
        and one[4].strip()
        and other[4].strip()
    ]

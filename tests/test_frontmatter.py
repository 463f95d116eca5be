"""Front matter is taken off, dated, and changed field by field; no other character moves."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.manuscript.frontmatter import ArticleFields, IssueFields, changed, field_line, split
from xcbulletin.yamltext import parse_yaml, validate


def front_of(text: str) -> dict[str, Any]:
    parts = split(text.replace("\r\n", "\n"))
    assert parts is not None
    parsed = parse_yaml(parts[0], "a.md", first_line=2)
    assert parsed.problems == ()
    return parsed.data or {}


# Splitting


def test_an_article_is_front_matter_and_body() -> None:
    assert split("---\ntitle: 标题\n---\n正文\n") == ("title: 标题\n", "正文\n", 4)


def test_blank_lines_around_the_fences_count() -> None:
    assert split("---\n\n\ntitle: 标题\n---  \n\n正文") == ("\n\ntitle: 标题\n", "\n正文", 6)


def test_a_rule_in_the_body_is_no_fence() -> None:
    assert split("---\ntitle: 标题\n---\n甲\n\n---\n\n乙") == ("title: 标题\n", "甲\n\n---\n\n乙", 4)


@pytest.mark.parametrize(
    "text", ["", "正文", "---\ntitle: 标题\n", "\n---\ntitle: 标题\n---\n", "----\na: b\n----\n"]
)
def test_a_text_without_front_matter_has_none(text: str) -> None:
    assert split(text) is None


def test_an_empty_front_matter_is_one() -> None:
    assert split("---\n---\n正文") == ("", "正文", 3)


@given(st.lists(st.sampled_from(["---", "--- ", "title: a", "", "正文"]), max_size=8).map("\n".join))
def test_nothing_is_lost_in_splitting(text: str) -> None:
    parts = split(text)
    if parts is None:
        return
    front, body, line = parts
    rows = text.split("\n")
    assert "\n".join(rows[line - 1 :]) == body
    assert "".join(f"{row}\n" for row in rows[1 : line - 2]) == front


# Dates and sources, as people write them


@pytest.mark.parametrize(
    "text",
    ["2021-01-05", "2021-1-5", "2021/1/5", "2021.1.5", "2021年1月5日", "2021 年 1 月 5 日", "'2021-01-05'"],
)
def test_a_date_may_be_written_as_usual(text: str) -> None:
    value, problems = validate(IssueFields, parse_yaml(f"date: {text}", "issue.yaml"))
    assert (value and value.date, problems) == (datetime.date(2021, 1, 5), ())


@pytest.mark.parametrize(
    "text", ["2021-02-30", "2021-13-01", "2021-01", "昨天", "2021-01-05 08:00", "20210105"]
)
def test_a_date_that_does_not_exist_is_reported(text: str) -> None:
    _value, problems = validate(IssueFields, parse_yaml(f"date: {text}", "issue.yaml"))
    assert list(map(str, problems)) == [
        f"issue.yaml:1: “date”应为真实存在的日期（如 2021-01-31），现为“{text}”"
    ]


@pytest.mark.parametrize("written", ["中国人工智能学会", "{name: 中国人工智能学会}"])
def test_a_source_may_be_a_name_alone(written: str) -> None:
    value, _ = validate(ArticleFields, parse_yaml(f"title: 标题\nsource: {written}", "a.md"))
    assert value is not None
    assert value.source is not None
    assert (value.source.name, value.source.url) == ("中国人工智能学会", None)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org", "https://", "www.example.org"])
def test_a_source_is_on_the_web_or_nowhere(url: str) -> None:
    _value, problems = validate(
        ArticleFields, parse_yaml(f"title: 标题\nsource: {{name: 甲, url: '{url}'}}", "a.md")
    )
    assert list(map(str, problems)) == [
        f"a.md:2: “source.url”应为网址（http:// 或 https:// 开头），现为“{url}”"
    ]


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "https://a]b/"])
def test_an_address_that_cannot_be_read_is_reported(url: str) -> None:
    value, problems = validate(
        ArticleFields, parse_yaml(f"title: 标题\nsource: {{name: 甲, url: '{url}'}}", "a.md")
    )
    assert value is None
    assert problems[0].message == (f"“source.url”应为网址（http:// 或 https:// 开头），现为“{url}”")


# Changing


def test_one_field_changes_and_nothing_else_does() -> None:
    text = "---\n# 编者按\ntitle:   旧标题   # 待定\nindustries:\n  - ai   # 主\n  - robot\n\ndraft: true\n---\n\n正文 draft: true\n"
    assert changed(text, {"draft": False}) == text.replace("\ndraft: true\n---", "\ndraft: false\n---")
    assert changed(text, {"title": "新标题"}) == text.replace("旧标题", "新标题")
    assert changed(text, {"industries": ["5g"]}) == text.replace("- ai   # 主\n  - robot", "[5g]")


def test_a_new_field_is_added_at_the_end() -> None:
    assert (
        changed("---\ntitle: 甲\n---\n正文", {"author": "张三"}) == "---\ntitle: 甲\nauthor: 张三\n---\n正文"
    )


def test_a_field_set_to_none_is_taken_out() -> None:
    text = "---\ntitle: 甲\nsummary: |\n  一\n  二\nauthor: 张三\n---\n正文"
    assert changed(text, {"summary": None, "source": None}) == "---\ntitle: 甲\nauthor: 张三\n---\n正文"


def test_an_empty_field_is_filled() -> None:
    assert (
        changed("---\ntitle:\nauthor: 张三\n---\n", {"title": "甲"}) == "---\ntitle: 甲\nauthor: 张三\n---\n"
    )


def test_a_list_in_its_keys_own_column_is_replaced() -> None:
    text = "---\nindustries:\n- ai\n- robot\ntitle: 甲\n---\n"
    assert front_of(changed(text, {"industries": ["5g"]})) == {"industries": ["5g"], "title": "甲"}


def test_several_fields_change_together() -> None:
    text = "---\ntitle: 甲\nauthor: 乙\ndraft: true\n---\n"
    result = changed(text, {"draft": None, "title": "丙", "summary": "丁", "author": "戊"})
    assert result == "---\ntitle: 丙\nauthor: 戊\nsummary: 丁\n---\n"


def test_windows_line_ends_stay_and_are_used() -> None:
    text = "---\r\ntitle: 甲\r\n---\r\n正文\n混用\r\n"
    assert changed(text, {"author": "张三"}) == "---\r\ntitle: 甲\r\nauthor: 张三\r\n---\r\n正文\n混用\r\n"


NASTY = [
    "a: b",
    "# x",
    "- x",
    "[x]",
    "'",
    '"',
    "甲\n乙",
    "甲\nkey:value\n---\n",
    "",
    " x ",
    "5",
    "no",
    "null",
    "2021-01-05",
]
VALUES = st.one_of(st.sampled_from(NASTY), st.text(max_size=20).filter(lambda text: "\r" not in text))
FRONTS = st.lists(
    st.sampled_from(
        [
            "title: 甲\n",
            "title: '甲'   # 说明\n",
            "title:\n",
            "title: >-\n  甲\n  乙\n",
            "industries: [ai, robot]\n",
            "industries:\n  - ai # 主\n  - robot\n",
            "industries:\n- ai\n",
            "industries: [ai,\n  robot]\n",
            "source: {name: 甲, url: 'https://example.org/a#b'}\n",
            "source:\n  name: 甲\n\n  date: 2021-01-05\n",
            "summary: |\n  一\n\n  二\n",
            "author: 张三\n",
            "# 只有说明\n",
            "\n",
        ]
    ),
    max_size=6,
    unique_by=lambda row: row.partition(":")[0],
)
BODIES = st.sampled_from(["", "正文\n", "\n---\ntitle: 假\n---\n", "a\r\nb\n"])
NEWLINES = st.sampled_from(["\n", "\r\n"])


def article(pieces: list[str], newline: str, body: str) -> str:
    return f"---\n{''.join(pieces)}---\n".replace("\n", newline) + body


@given(FRONTS, NEWLINES, BODIES)
def test_no_change_is_the_identity(pieces: list[str], newline: str, body: str) -> None:
    text = article(pieces, newline, body)
    assert changed(text, {}) == text


@given(
    FRONTS,
    NEWLINES,
    BODIES,
    st.sampled_from(["title", "author", "summary", "industries", "draft"]),
    st.data(),
)
def test_a_change_reads_back_and_touches_its_own_lines_only(
    pieces: list[str], newline: str, body: str, key: str, data: st.DataObject
) -> None:
    value = data.draw(st.one_of(st.none(), VALUES, st.lists(VALUES, max_size=3)), label="value")
    text = article(pieces, newline, body)
    before, result = front_of(text), changed(text, {key: value})
    after = front_of(result)
    assert after.get(key) == value
    assert {name: one for name, one in after.items() if name != key} == {
        name: one for name, one in before.items() if name != key
    }
    own = next((index for index, one in enumerate(pieces) if one.startswith(f"{key}:")), len(pieces))
    above, below = "".join(pieces[:own]), "".join(pieces[own + 1 :])
    assert result.startswith(f"---\n{above}".replace("\n", newline))
    assert result.endswith(f"{below}---\n".replace("\n", newline) + body)


@given(VALUES)
def test_a_field_reads_back(value: str) -> None:
    parsed = parse_yaml(field_line("title", value), "a.md")
    assert (parsed.data, parsed.problems) == ({"title": value}, ())

"""Whatever bytes and letters come, the answer is a value or a problem with its line, never a traceback."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.errors import ProblemsError
from xcbulletin.manuscript.frontmatter import ArticleFields, IssueFields
from xcbulletin.model import Problem
from xcbulletin.settings import Settings
from xcbulletin.yamltext import _ORDINARY, _mend, decode, encoding_of, parse_yaml, validate

FILE = "issues/2021-01/news/a.md"
SYNTAX = (
    "这里不合 YAML 写法，读不下去；"
    "请检查引号、方括号是否成对，同级各行缩进是否一样；内容里有“: ”或以符号开头时，给整段内容加英文引号"
)


def complaints(text: str) -> list[str]:
    return [str(problem) for problem in validate(ArticleFields, parse_yaml(text, FILE))[1]]


# Bytes


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("gbk", b""),
        ("gb18030", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
def test_what_windows_and_wps_write_is_read(encoding: str, mark: bytes) -> None:
    assert decode(mark + "标题：人工智能\r\n正文".encode(encoding), FILE) == "标题：人工智能\n正文"


def test_old_mac_line_ends_are_read() -> None:
    assert decode(b"a\rb\r\nc\n", FILE) == "a\nb\nc\n"


def test_bytes_that_are_no_text_are_reported_with_their_line() -> None:
    with pytest.raises(ProblemsError) as caught:
        decode("第一行\n第二行".encode() + b"\xff\xff", FILE)
    assert str(caught.value) == (
        f"{FILE}:2: 有无法辨认的字节，既不是 UTF-8 也不是 GBK 编码；请用记事本打开，另存为 UTF-8 编码"
    )


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + "标题".encode() + b"\xff",
        codecs.BOM_UTF16_LE + "标题".encode("utf-16-le") + b"\x00",
        codecs.BOM_UTF16_BE + b"\xd8\x00",
    ],
)
def test_a_marked_file_with_a_broken_character_is_not_guessed_at(content: bytes) -> None:
    with pytest.raises(ProblemsError):
        decode(content, FILE)


@pytest.mark.parametrize("first", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_file_of_word_or_excel_is_told_as_one(first: bytes) -> None:
    with pytest.raises(ProblemsError) as caught:
        decode(first, FILE)
    assert str(caught.value) == (
        f"{FILE}: 这是 Word、Excel 一类的文件，不是纯文本，改了扩展名也读不了；"
        "请用原来的程序打开：文稿把文字复制进 .md 文件，表格另存为 CSV"
    )


@given(st.binary())
def test_any_bytes_are_text_or_a_problem(content: bytes) -> None:
    try:
        text = decode(content, FILE)
    except ProblemsError as error:
        files = {problem.place.file for problem in error.problems}
    else:
        assert "\r" not in text
        assert content.decode(encoding_of(content, FILE)) is not None
        return
    assert files == {FILE}


# Text that is read as meant


def test_scalars_stay_what_was_typed() -> None:
    text = "a: 2021-01\nb: no\nc: 5g\nd: 1.50\ne: 0123\nf: 12:30\ng: on"
    data = {"a": "2021-01", "b": "no", "c": "5g", "d": "1.50", "e": "0123", "f": "12:30", "g": "on"}
    assert parse_yaml(text, FILE).data == data


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_nothing_is_none(nothing: str) -> None:
    assert parse_yaml(f"a: {nothing}", FILE).data == {"a": None}


def test_a_quoted_nothing_is_text() -> None:
    assert parse_yaml("a: ''\nb: 'null'", FILE).data == {"a": "", "b": "null"}


def test_places_are_known_deep_inside() -> None:
    parsed = parse_yaml("a:\n  - x\n  - b: 1\n    c: 2", FILE, first_line=2)
    assert parsed.place(("a", 1, "c")).line == 5
    assert parsed.place(("a", 1, "missing")).line == 4


@pytest.mark.parametrize("title", ["2020", "no", "on", "3.10", "2021-01-31", "5G", "0x10", "1e3", "~x"])
def test_a_title_may_look_like_something_else(title: str) -> None:
    value, problems = validate(ArticleFields, parse_yaml(f"title: {title}", FILE))
    assert value is not None
    assert (value.title, problems) == (title, ())


def test_a_full_width_colon_in_the_content_is_content() -> None:
    value, _ = validate(ArticleFields, parse_yaml("title: 展望：2021年", FILE))
    assert value is not None
    assert value.title == "展望：2021年"


def test_what_stands_in_a_block_of_text_is_left_alone() -> None:
    text = "title: 标题\nsummary: |\n  key：value\n  url:x\n\n  \t制表\ndraft: true"
    value, problems = validate(ArticleFields, parse_yaml(text, FILE))
    assert value is not None
    assert (value.summary, value.draft, problems) == ("key：value\nurl:x\n\n\t制表", True, ())


# Slips of the keyboard, each reported with what would be right


def test_a_full_width_colon_after_a_key_is_reported() -> None:
    assert complaints("title：人工智能") == [
        f"{FILE}:1: “title”后面用了中文冒号“：”；请改为英文冒号加一个空格“title: ”"
    ]


def test_a_full_width_colon_inside_braces_is_reported() -> None:
    assert complaints("title: 标题\nsource: {name：学会}") == [
        f"{FILE}:2: “name”后面用了中文冒号“：”；请改为英文冒号加一个空格“name: ”"
    ]


def test_no_blank_after_the_colon_is_reported() -> None:
    assert complaints("title:人工智能\ndraft:true") == [
        f"{FILE}:1: “title:”后面少一个空格；请写成“title: ”再接内容",
        f"{FILE}:2: “draft:”后面少一个空格；请写成“draft: ”再接内容",
    ]


def test_a_web_address_is_no_key_without_a_blank() -> None:
    assert complaints("title: 标题\nsource:\n  name: 学会\n  url: https://example.org/a") == []


def test_a_tab_is_reported() -> None:
    assert complaints("title: 标题\nsource:\n\tname: 学会") == [
        f"{FILE}:3: 行首用了制表符（Tab）；请改为两个空格"
    ]


def test_a_key_written_twice_is_reported() -> None:
    assert complaints("title: 甲\ndraft: true\ntitle: 乙") == [
        f"{FILE}:3: “title”写了两次（第 1 行已有）；请删去一处"
    ]


def test_an_open_bracket_is_reported_and_the_rest_is_read() -> None:
    found = complaints("title: 标题\nindustries: [ai\nunknown: x\n")
    assert f"{FILE}:2: {SYNTAX}" in found
    assert any("不认识的项目“unknown”" in one for one in found)


def test_a_row_with_a_wrong_indent_is_reported_and_no_other() -> None:
    text = "title: 标题\nauthor: 甲\nsource:\n    name: 学会\n  date: 2021-01-02\nsummary: 乙\n"
    assert complaints(text) == [f"{FILE}:5: {SYNTAX}"]


def test_what_an_unreadable_line_may_have_held_is_not_called_missing() -> None:
    assert complaints("title: '标题\n") == [f"{FILE}:1: {SYNTAX}"]


def test_a_colon_in_the_title_is_reported() -> None:
    assert complaints("title: 要点: 其一\n") == [f"{FILE}:1: {SYNTAX}"]


def test_an_alias_is_refused() -> None:
    assert complaints("title: &t 标题\nauthor: *t") == [
        f"{FILE}:1: 不支持 YAML 的引用写法（& 与 *）；请把内容再写一遍，或给整段内容加英文引号"
    ]


def test_a_billion_laughs_are_not_laughed() -> None:
    levels = [f"k{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    parsed = parse_yaml("\n".join(["k0: &a0 [x]", *levels]), FILE)
    assert {problem.rule for problem in parsed.problems} == {"yaml-alias"}
    assert len(str(parsed.data)) < 10_000


@pytest.mark.parametrize("depth", [51, 1_000, 100_000])
def test_what_is_nested_too_deep_is_reported(depth: int) -> None:
    assert complaints(f"title: 标题\nindustries: {'[' * depth}{']' * depth}") == [
        f"{FILE}:2: 嵌套太深（超过 50 层）；请检查方括号，或给整段内容加英文引号"
    ]


def test_indentation_that_goes_deeper_and_deeper_is_reported() -> None:
    text = "\n".join(f"{' ' * depth}a:" for depth in range(2_000))
    assert complaints(text) == [f"{FILE}:51: 嵌套太深（超过 50 层）；请检查方括号，或给整段内容加英文引号"]


def test_many_marks_are_not_taken_for_depth() -> None:
    assert complaints(f"title: 标题\nindustries: [{', '.join(['2021-01'] * 60)}]") == []


def test_aliases_that_mean_nothing_do_not_hide_what_cannot_be_read() -> None:
    aliases = "".join(f"k{number}: *t\n" for number in range(10))
    assert f"{FILE}:12: {SYNTAX}" in complaints(f"title: 标题\n{aliases}summary: 'x")


@pytest.mark.parametrize("written", ["!!int 5", "!own 5", "=", "<<", "~x", "2021-01-02T00:00:00Z"])
def test_a_scalar_is_text_whatever_yaml_takes_it_for(written: str) -> None:
    assert parse_yaml(f"title: {written}", FILE).data == {"title": written.split()[-1]}


def test_a_text_that_is_no_mapping_is_reported() -> None:
    assert complaints("只有一句话") == [f"{FILE}:1: 这里应是“名称: 内容”的若干行；例如 title: 标题"]


def test_a_control_character_is_reported() -> None:
    assert complaints("title: a\0b") == [f"{FILE}:1: {SYNTAX}"]


# What a model asks for


def test_a_correction_in_words_alone_is_told_how_one_is_written() -> None:
    assert complaints("title: 甲\ncorrections: 数字有误") == [
        f"{FILE}:2: “corrections”应写成 {{date: 2021-02-01, note: 更正了什么}}，现为“数字有误”"
    ]


def test_every_mistake_is_reported_at_once_in_order_of_lines() -> None:
    text = "titel: 标题\ndraft: 是\nindustries: {ai: 1}\nsource: {url: example.org, date: 2021-02-30}\n"
    assert complaints(text) == [
        f"{FILE}:1: 缺少“title”；请加一行“title: ……”",
        f"{FILE}:1: 不认识的项目“titel”；是否想写“title”？",
        f"{FILE}:2: “draft”应为 true（是）或 false（否），现为“是”",
        f"{FILE}:3: “industries”应为一列内容（如 [ai, robot]），现为“ai: 1”",
        f"{FILE}:4: 缺少“source.name”；请加一行“name: ……”",
        f"{FILE}:4: “source.url”应为网址（http:// 或 https:// 开头），现为“example.org”",
        f"{FILE}:4: “source.date”应为真实存在的日期（如 2021-01-31），现为“2021-02-30”",
    ]


def test_a_key_like_no_other_is_answered_with_those_there_are() -> None:
    assert complaints("title: 标题\nsource: {name: 学会, 栏目: x}") == [
        f"{FILE}:2: 不认识的项目“source.栏目”；这里可用：name、url、date"
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("number: 1.5", "“number”应为整数（如 12），现为“1.5”"),
        ("number: 第一期", "“number”应为整数（如 12），现为“第一期”"),
        ("number: 0", "“number”不能小于 1，现为“0”"),
        ("numbered:", "“numbered”后面没有内容，应为 true（是）或 false（否）"),
        ("kind: journal", "“kind”应为 bulletin 或 report，现为“journal”"),
        ("title: ''", "“title”不能为空，现为“”"),
        ("title: [a]", "“title”应为一段文字，现为“a”"),
        ("imprint: 无", "“imprint”应为下面缩进的若干项，现为“无”"),
        ("imprint: {copies: 很多}", "“imprint.copies”应为整数（如 12），现为“很多”"),
        ("imprint: {copy: 200}", "不认识的项目“imprint.copy”；是否想写“copies”？"),
    ],
)
def test_a_wrong_value_is_reported_with_what_would_be_right(line: str, complaint: str) -> None:
    _value, problems = validate(IssueFields, parse_yaml(f"date: 2021-01-29\n{line}", "issue.yaml"))
    assert list(map(str, problems)) == [f"issue.yaml:2: {complaint}"]


def test_a_long_value_is_shown_shortened() -> None:
    (found,) = complaints(f"title: 标题\ndraft: {'很' * 40}")
    assert found.endswith(f"现为“{'很' * 29}…”")


YAML_LIKE = st.lists(
    st.sampled_from(
        [
            "title",
            "industries",
            "source",
            "mail",
            "columns",
            "date",
            "：",
            ": ",
            ":",
            " ",
            "\n",
            "\n  ",
            "\t",
            "- ",
            "[",
            "]",
            "{",
            "}",
            "'",
            '"',
            "|",
            ">",
            "&a ",
            "*a",
            "!!x ",
            "#",
            "---",
            "? ",
            "%",
            "人工",
            "1",
        ]
    ),
    max_size=40,
).map("".join)


LIST_OF_BLOCKS = """- code: power
  name: 智能电力
  words: >-
    电网、电力、
    供电、输电
  companies: >-
    许继
- code: nev
  name: 新能源
  words: >-
    整车、
    电池
"""


@pytest.mark.parametrize(
    ("line", "slip"),
    [
        (1, " - code: power"),
        (1, "- code: [power"),
        (1, "- code: 'power"),
        (1, "- code power"),
        (2, "   name: 智能电力"),
        (2, " name: 智能电力"),
        (3, "   words: >-"),
        (3, "  words >-"),
        (4, "- 电网、电力、"),
        (4, "电网、电力、"),
        (5, "  供电、输电"),
        (8, " - code: nev"),
        (10, '  words: "整车'),
    ],
)
def test_one_slip_is_told_once_where_it_is(line: int, slip: str) -> None:
    rows = LIST_OF_BLOCKS.split("\n")
    parsed = parse_yaml("\n".join([*rows[: line - 1], slip, *rows[line:]]), FILE)
    assert [(problem.place.line, problem.rule) for problem in parsed.problems] == [(line, "yaml-syntax")]
    assert len(parsed.data) == 2


def test_words_after_a_number_sign_are_not_lost_in_silence() -> None:
    parsed = parse_yaml("title: 华为 #鸿蒙 发布\nauthor: 张三  # 说明\nsummary: '甲 #乙'\n", FILE)
    assert list(map(str, parsed.problems)) == [
        f"{FILE}:1: “title”从“#”起会被当作说明，不会印出来；"
        "请给整段内容加英文引号：title: '华为 #鸿蒙 发布'；如果真是说明，“#”后面请空一格"
    ]


@given(st.one_of(YAML_LIKE, st.text()), st.sampled_from([ArticleFields, IssueFields, Settings]))
def test_any_text_is_a_value_or_problems(text: str, model: type) -> None:
    value, problems = validate(model, parse_yaml(text, FILE))
    assert (value is None) == bool(problems)
    last = text.count("\n") + 1 + sum(map(text.count, "\r\x85\u2028\u2029"))
    assert all(1 <= (problem.place.line or 0) <= last for problem in problems)


@given(st.from_regex(_ORDINARY, fullmatch=True))
def test_nothing_is_mended_in_rows_taken_for_ordinary(text: str) -> None:
    problems: list[Problem] = []
    assert list(_mend(text.split("\n"), FILE, 1, problems)) == text.split("\n")
    assert problems == []


def test_marks_that_nobody_sees_are_left_out() -> None:
    assert decode("许\u200b昌\u2060竞\u00ad争\ufeff".encode(), "a.md") == "许昌竞争"

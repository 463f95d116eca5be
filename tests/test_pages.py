"""Templates get the edition and nothing else; whatever an editor wrote comes out as text."""

import datetime
import io
import re
from pathlib import Path

import pdfplumber
import pytest
from conftest import AI, ROBOT, make_article, make_issue, write
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from xcbulletin.model import Article, Imprint, Kind, Source
from xcbulletin.publishing.edition import compose
from xcbulletin.publishing.layout import lay_out_page
from xcbulletin.publishing.pages import (
    _COMPILING,
    TemplateFailedError,
    Templates,
    _environment,
    chinese_date,
    chinese_month,
    issue_label,
    render_alone,
)
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting.press import Job, Press
from xcbulletin.settings import Workspace
from xcbulletin.starter import template_folders

INDUSTRIES = (ROBOT, AI)


def page(
    workspace: Workspace,
    *articles: Article,
    template: str = "bulletin/web.html",
    notes_at_end: bool = True,
    **fields: object,
) -> str:
    made, _problems = compose(make_issue(*articles, **fields), INDUSTRIES)
    templates = Templates(template_folders(workspace.root), workspace.settings, INDUSTRIES)
    return templates.render(
        template,
        made,
        blocks="shared/blocks.html",
        picture=lambda node: f"p/{node.src}",
        heading_base=3,
        notes_at_end=notes_at_end,
        faces=(),
        page=lay_out_page(workspace.settings.page, made.kind),
    )


def body_of(workspace: Workspace, body: str) -> str:
    html = page(workspace, make_article(body))
    return html.partition('<div class="text">')[2].partition("</article>")[0]


def test_what_an_editor_wrote_is_text_and_no_markup(workspace: Workspace) -> None:
    evil = "<script>alert('x')</script>&\"{{ 7 * 7 }}"
    article = make_article(
        f"{evil}\n\n`{evil}`\n\n![{evil}](assets/a.png '{evil.replace(chr(39), '')}')",
        title=evil,
        author=evil,
        source=Source(name=evil, url='https://example.org/?a=1&b="><script>'),
        industries=("ai",),
    )
    html = page(workspace, article, title=evil, publishers=(evil,), imprint=Imprint(contact=evil))
    assert "<script" not in html
    assert "{{ 7 * 7 }}" in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    "template", ["bulletin/web.html", "bulletin/print.html", "report/web.html", "report/print.html"]
)
def test_every_template_renders_the_least_there_can_be(workspace: Workspace, template: str) -> None:
    kind = Kind.REPORT if template.startswith("report") else Kind.BULLETIN
    column = "body" if kind is Kind.REPORT else "news"
    html = page(workspace, make_article("正文", column=column, title="要闻"), template=template, kind=kind)
    assert html.startswith("<!doctype html>")
    assert "要闻" in html
    assert "None" not in html
    assert "url(http" not in html


def test_blocks_become_html(workspace: Workspace) -> None:
    html = body_of(
        workspace,
        "# 题\n\n**重**与*斜*[^1]\n\n3. 甲\n\n> 引\n\n|a|b|\n|:-|-:|\n|1|2|\n\n![图题](assets/a.png)\n\n见[@f]\n\n![乙](b.png){#f}\n\n[^1]: 注",
    )
    for part in (
        '<h4 id="news-1-h1" class="level-1">题</h4>',
        "<strong>重</strong>与<em>斜</em>",
        '<ol start="3" style="counter-reset: list-item 2">',
        "<blockquote>\n<p>引</p>",
        '<th scope="col" class="left short">a</th>',
        '<td class="right short">2</td>',
        '<img src="p/assets/a.png" alt="图题">',
        '<figcaption><span class="label">图1</span>',
        '<a class="reference" href="#fig-2">图2</a>',
        '<sup class="note"><a id="note-1-call" href="#note-1" aria-label="注1">1</a></sup>',
        '<ol class="notes" start="1" aria-label="注释">\n<li id="note-1">注&nbsp;<a href="#note-1-call"',
    ):
        assert part in html


def test_a_cell_says_how_it_is_aligned_and_whether_it_is_short(workspace: Workspace) -> None:
    long = "超过七个字的一段文字"
    html = body_of(workspace, f"|甲|乙|丙|\n|-|-|-:|\n|短|短|短|\n|{long}|{long}|{long}|")
    for part in (
        '<th scope="row" class="short">短</th><td class="short">短</td><td class="right short">短</td>',
        f'<th scope="row">{long}</th><td>{long}</td><td class="right">{long}</td>',
    ):
        assert part in html


def test_the_imprint_follows_the_profile(workspace: Workspace) -> None:
    imprint = Imprint(
        permit_number="豫001", recipients="市领导", copies=200, print_date=datetime.date(2021, 1, 30)
    )
    html = page(workspace, make_article(), imprint=imprint, number=1, publishers=("情报所",))
    for part in (
        "准印证号</dt><dd>豫001",
        "印刷日期</dt><dd>2021年1月30日",
        "印数</dt><dd>200册",
        "期号</dt><dd>2021年第1期",
    ):
        assert part in html


def test_a_reports_page_is_dated_and_lists_what_the_cover_and_contents_do(workspace: Workspace) -> None:
    articles = [
        make_article("## 小节", column=column, title=title)
        for column, title in (
            ("copyright", "版权声明"),
            ("foreword", "前言"),
            ("body", "一、总体"),
            ("contributors", "编写组"),
        )
    ]
    date = datetime.date(2020, 12, 31)
    html = page(workspace, *articles, template="report/web.html", kind=Kind.REPORT, date=date)
    listed = re.findall('<a href="[^"]*">(.*?)</a>', html.partition("<nav")[2].partition("</nav>")[0])
    assert listed == ["一、总体", "小节", "编写组"]
    assert "<span>2020年12月</span>" in html


def test_notes_go_on_counting_in_the_next_article(workspace: Workspace) -> None:
    html = page(workspace, make_article("甲[^1]\n\n[^1]: 注"), make_article("乙[^1]\n\n[^1]: 注"))
    assert '<ol class="notes" start="2" aria-label="注释">\n<li id="note-2">' in html


def test_on_paper_notes_and_lists_have_the_same_numbers(
    workspace: Workspace, fonts: FontSet, tmp_path: Path
) -> None:
    first = make_article("甲[^1]\n\n3. 丙\n4. 丁\n\n[^1]: 注甲")
    second = make_article("乙[^1]\n\n[^1]: 注乙")
    html = page(workspace, first, second, template="bulletin/print.html", notes_at_end=False)
    with Press(fonts, tmp_path) as press:
        pdf = press.result(press.submit(Job(html=html)))
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        lines = opened.pages[0].extract_text().splitlines()
    assert {"3. 丙", "4. 丁", "1 注甲", "2 注乙"} <= set(lines)


def on_paper(workspace: Workspace, fonts: FontSet, folder: Path, kind: Kind, **fields: object) -> bytes:
    """Return the PDF of an issue of several pages."""
    column = "body" if kind is Kind.REPORT else "news"
    article = make_article("\n\n".join(["正文。" * 60] * 12), column=column, title="要闻")
    html = page(
        workspace, article, template=f"{kind}/print.html", notes_at_end=False, kind=kind, number=1, **fields
    )
    with Press(fonts, folder) as press:
        return press.result(press.submit(Job(html=html)))


def lines_of(pdf: bytes) -> list[list[str]]:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return [one.extract_text().splitlines() for one in opened.pages]


TABLE = "表：题\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n来源：样例"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("正文", "正文"),
        ("正文\n\n![图题](待补)", "图题"),
        ('正文\n\n![图题](待补 "来源：甲")', "来源：甲"),
        (TABLE, "来源：样例"),
        ("三点：\n\n- 其一\n- 其二", "其二"),
    ],
)
def test_the_end_of_an_article_has_its_mark_whatever_it_ends_with(
    workspace: Workspace, fonts: FontSet, tmp_path: Path, body: str, words: str
) -> None:
    html = page(workspace, make_article(body), template="bulletin/print.html", notes_at_end=False)
    with Press(fonts, tmp_path) as press:
        pdf = press.result(press.submit(Job(html=html)))
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        (first,) = opened.pages
        (mark,) = [rect for rect in first.rects if 3 < rect["width"] < 9 and 3 < rect["height"] < 9]
        last = first.search(words)[-1]
    assert last["top"] < (mark["top"] + mark["bottom"]) / 2 < last["bottom"]
    assert 0 < mark["x0"] - last["x1"] < 12


def test_what_leads_into_a_list_is_not_the_last_of_its_page(
    workspace: Workspace, fonts: FontSet, tmp_path: Path
) -> None:
    filled = [["正文。"] * count + ["请留意三点：", "- 其一\n- 其二"] for count in range(12, 24)]
    pages = [
        page(workspace, make_article("\n\n".join(body)), template="bulletin/print.html") for body in filled
    ]
    with Press(fonts, tmp_path) as press:
        tickets = [press.submit(Job(html=html)) for html in pages]
        printed = [lines_of(press.result(ticket)) for ticket in tickets]
    assert {len(lines) for lines in printed} == {1, 2}
    assert not [lines for lines in printed for one in lines if one[-2] == "请留意三点："]


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    "title",
    [
        "许昌竞争情报快递",
        '说"一"不二',
        "甲\\乙\\",
        "甲</style><b>乙",
        '"} * { display: none } /*',
        "甲\\A 乙",
    ],
)
def test_a_title_of_any_characters_stands_above_every_page_but_the_covers(
    workspace: Workspace, fonts: FontSet, tmp_path: Path, kind: Kind, title: str
) -> None:
    first, second, *others = lines_of(on_paper(workspace, fonts, tmp_path, kind, title=title))
    others = others[:-1] if kind is Kind.REPORT else others
    assert title.replace(" ", "") in "".join(first).replace(" ", "")
    assert not first[0].startswith(title)
    assert others
    assert all(one[0].startswith(title) for one in (second, *others))


def test_the_head_says_which_issue_and_which_column(
    workspace: Workspace, fonts: FontSet, tmp_path: Path
) -> None:
    second = lines_of(on_paper(workspace, fonts, tmp_path, Kind.BULLETIN))[1]
    assert second[0] == "许昌竞争情报快递 2021 年第 1 期 行业动态"


@pytest.mark.parametrize("kind", list(Kind))
def test_a_title_longer_than_the_head_is_shortened(
    workspace: Workspace, fonts: FontSet, tmp_path: Path, kind: Kind
) -> None:
    pdf = on_paper(workspace, fonts, tmp_path, kind, title="甲乙丙丁戊己庚辛" * 8)
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        second = opened.pages[1]
        glyphs = [
            char for char in second.chars if char["top"] < 80 and char["text"][0] in "甲乙丙丁戊己庚辛…"
        ]
    assert [char["text"] for char in glyphs[:8]] == list("甲乙丙丁戊己庚辛")
    assert 16 < len(glyphs) < 32
    assert glyphs[-1]["text"] == "…"
    assert glyphs[-1]["x1"] < second.width / 2


LONG = "河南省工业和信息化厅关于组织开展2021年度省级智能制造标杆企业申报工作的通知"
BROKEN = ["河南省工业和信息化厅关于组织开展 2021 年度", "省级智能制造标杆企业申报工作的通知"]


def test_titles_of_a_report_are_broken_between_words_wherever_they_stand(
    workspace: Workspace, fonts: FontSet, tmp_path: Path
) -> None:
    body = f"## {LONG}\n\n![{LONG}](待补)\n\n" + "正文。" * 1200
    article = make_article(body, column="body", title=LONG)
    html = page(
        workspace, article, template="report/print.html", notes_at_end=False, kind=Kind.REPORT, title=LONG
    )
    with Press(fonts, tmp_path) as press:
        lines = lines_of(press.result(press.submit(Job(html=html))))
    text = "\n".join(line for one in lines for line in one)
    # In the contents twice and in 图目录, above the chapter and its section; the cover and 图1 are narrower or wider.
    assert len(re.findall(rf"{BROKEN[0]}\n{BROKEN[1]}", text)) == 5
    assert lines[1][0] == f"{BROKEN[0]}… 目录"
    assert lines[-2][0] == f"{BROKEN[0]}… {BROKEN[0]}…"


def test_contributors_stand_in_columns(workspace: Workspace) -> None:
    article = make_article("何 伟 所长\n\n王爱华 研究员\n", column="contributors", title="编写组名单")
    html = page(workspace, article, template="report/print.html", kind=Kind.REPORT)
    assert "<p>何　伟　所长</p>" in html
    assert "<p>王爱华　研究员</p>" in html


def test_an_article_about_all_industries_has_one_mark(workspace: Workspace) -> None:
    marked = [page(workspace, make_article(industries=codes)) for codes in (("ai",), ("robot", "ai"))]
    found = [re.findall('<span class="tag">(.*?)</span>', html) for html in marked]
    assert found == [["人工智能"], ["全部产业"]]


def test_a_figure_may_say_how_wide_it_is(workspace: Workspace) -> None:
    assert '<figure id="fig-1" style="--width: 50%">' in body_of(workspace, "![题](a.png){width=50%}")
    assert '<figure id="fig-1">' in body_of(workspace, "![题](a.png)")


def test_a_picture_still_to_come_may_stand_in_a_sentence(workspace: Workspace) -> None:
    assert "文字<span" in (html := body_of(workspace, "文字![图标](待补)。"))
    assert "［图片待补］" in html


def test_the_deepest_heading_is_still_one(workspace: Workspace) -> None:
    html = body_of(workspace, "\n\n".join(f"{'#' * level} 题" for level in range(1, 7)))
    assert '<h6 id="news-1-h6" class="level-6">题</h6>' in html
    assert "<h7" not in html


# A workspace's own templates


def test_a_workspaces_template_stands_before_the_programs(workspace: Workspace) -> None:
    write(workspace.root / "templates" / "bulletin" / "web.html", "<p>{{ edition.title }}</p>")
    assert page(workspace, title="<快递>") == "<p>&lt;快递&gt;</p>"


def test_a_template_that_was_deleted_is_the_programs(workspace: Workspace) -> None:
    (workspace.root / "templates" / "bulletin" / "web.html").unlink()
    assert "许昌竞争情报快递" in page(workspace)


@pytest.mark.parametrize(
    ("text", "line"),
    [("行\n{{ edition.titel }}", 2), ("{% if %}", 1), ("行\n行\n{{ missing }}", 3), ("{% for %", 1)],
)
def test_a_mistake_in_a_template_is_reported_with_its_line(
    workspace: Workspace, text: str, line: int
) -> None:
    write(workspace.root / "templates" / "bulletin" / "web.html", text)
    with pytest.raises(TemplateFailedError) as caught:
        page(workspace)
    message = str(caught.value)
    assert message.startswith(f"templates/bulletin/web.html:{line}: 模板有误（")
    assert message.endswith("）；请改正，或删去这个文件以改用程序自带的模板")


@pytest.mark.parametrize(
    "text", ["{{ 1 / 0 }}", "{{ edition.columns[9].name }}", "{{ edition.title + 1 }}", "{{ 'x'|nope }}"]
)
def test_whatever_fails_in_a_template_is_a_message(workspace: Workspace, text: str) -> None:
    write(workspace.root / "templates" / "bulletin" / "web.html", text)
    with pytest.raises(TemplateFailedError, match=r"^templates/bulletin/web.html:1: 模板有误（"):
        page(workspace)


def test_a_mistake_in_a_macro_is_reported_where_it_stands(workspace: Workspace) -> None:
    write(
        workspace.root / "templates" / "shared" / "blocks.html",
        "\n{% macro paragraph(node, content) %}\n{{ node.nothing }}\n{% endmacro %}",
    )
    with pytest.raises(TemplateFailedError, match=r"^templates/shared/blocks.html:3: 模板有误（"):
        page(workspace, make_article("正文"))


def test_a_template_in_gbk_is_a_message(workspace: Workspace) -> None:
    write(workspace.root / "templates" / "bulletin" / "web.html", "许昌".encode("gbk"))
    with pytest.raises(TemplateFailedError, match=r"^templates/bulletin/web.html: 模板有误（"):
        page(workspace)


def test_a_template_that_asks_for_a_file_outside_is_refused(workspace: Workspace) -> None:
    write(workspace.root / "secret.txt", "secret")
    write(workspace.root / "templates" / "bulletin" / "web.html", '{% include "../secret.txt" %}')
    with pytest.raises(TemplateFailedError):
        page(workspace)


def test_a_macro_of_its_own_sets_a_paragraph_of_text_alone(workspace: Workspace) -> None:
    write(
        workspace.root / "templates" / "shared" / "blocks.html",
        '{% macro paragraph(node, content) %}<p class="own" title="{{ node.line }}">{{ content }}</p>{% endmacro %}',
    )
    assert '<p class="own" title="4">A &amp; B &lt;i</p>' in page(workspace, make_article("A & B <i"))


@pytest.mark.parametrize(
    ("macro", "shown"),
    [
        (
            '{% macro paragraph(node, content, mark="§") %}<p>{{ mark }}{{ content }}</p>{% endmacro %}',
            "<p>§{}</p>",
        ),
        ("{% macro paragraph(node) %}<p>{{ varargs[0] }}</p>{% endmacro %}", "<p>{}</p>"),
        (
            "{% macro paragraph(node, content) %}<p>{{ content }}{{ varargs|length }}</p>{% endmacro %}",
            "<p>{}0</p>",
        ),
        (
            "{% macro paragraph(node, content) %}<p>{{ content }}{{ kwargs|length }}</p>{% endmacro %}",
            "<p>{}0</p>",
        ),
        ("{% macro other(one, two) %}<b>{{ two }}</b>{% endmacro %}{% set paragraph = other %}", "<b>{}</b>"),
    ],
)
def test_a_macro_may_take_its_arguments_as_it_likes(workspace: Workspace, macro: str, shown: str) -> None:
    write(workspace.root / "templates" / "shared" / "blocks.html", macro)
    assert shown.format("A &amp; B &lt;i") in page(workspace, make_article("A & B <i"))


def test_what_no_macro_made_is_text(workspace: Workspace) -> None:
    write(
        workspace.root / "templates" / "shared" / "blocks.html",
        '{% set paragraph = "<p>{1}".replace("1", "1").format %}',
    )
    assert "&lt;p&gt;A &amp;amp; B" in page(workspace, make_article("A & B"))


def test_a_macro_that_does_not_take_the_content_is_a_message(workspace: Workspace) -> None:
    write(
        workspace.root / "templates" / "shared" / "blocks.html",
        "{% macro paragraph(node) %}<p></p>{% endmacro %}",
    )
    with pytest.raises(TemplateFailedError, match=r"模板有误"):
        page(workspace, make_article("正文"))


def test_a_macro_that_is_missing_is_a_message(workspace: Workspace) -> None:
    write(
        workspace.root / "templates" / "shared" / "blocks.html",
        "{% macro heading(node, content) %}{% endmacro %}",
    )
    with pytest.raises(TemplateFailedError, match=r"paragraph"):
        page(workspace, make_article("正文"))


def test_a_page_of_its_own_needs_no_edition(tmp_path: Path) -> None:
    write(tmp_path / "a.html", "{{ text }}")
    assert render_alone([tmp_path], "a.html", text="<b>") == "&lt;b&gt;"


class Marked:
    """Has markup of its own."""

    def __html__(self) -> str:
        return "<b>&</b>"


@pytest.fixture(scope="module")
def printing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of templates that print a value: by itself, in a macro, in a block."""
    folder = tmp_path_factory.mktemp("printing")
    write(
        folder / "page.html",
        "{% macro own(value) %}[{{ value }}]{% endmacro %}"
        "{% set kept %}{{ value }}{% endset %}{{ value }}{{ own(value) }}{{ kept }}",
    )
    write(folder / "page.txt", "{{ value }}")
    return folder


@given(
    st.one_of(
        st.text("<>&\"'a许\u0130\U00020000 ;#3", max_size=20),
        st.text("<>&\"'a", max_size=5).map(Markup),
        st.one_of(st.integers(), st.floats(), st.dates(), st.none(), st.booleans()),
        st.lists(st.text("<&'", max_size=2), max_size=2),
        st.sampled_from([Marked(), Kind.REPORT]),
    )
)
def test_what_is_printed_is_escaped_as_markupsafe_does(printing: Path, value: object) -> None:
    shown = escape(value)
    assert render_alone([printing], "page.html", value=value) == f"{shown}[{shown}]{shown}"
    assert render_alone([printing], "page.txt", value=value) == str(value)


# Words


def test_dates_and_numbers_are_printed_as_usual() -> None:
    made, _problems = compose(make_issue(number=1, total_number=37), ())
    assert chinese_date(made.date) == "2021年1月29日"
    assert chinese_month(made.date) == "2021年1月"
    assert issue_label(made) == "2021年第1期（总第37期）"
    assert issue_label(compose(make_issue(number=1), ())[0]) == "2021年第1期"
    assert issue_label(compose(make_issue(), ())[0]) == ""


def test_compiled_templates_serve_every_workspace_and_never_an_older_text(
    workspace: Workspace, tmp_path: Path
) -> None:
    def shown(folder: str, text: str) -> str:
        write(tmp_path / folder / "page.html", text)
        templates = Templates((tmp_path / folder,), workspace.settings, (), tmp_path / "compiled")
        return templates.render_page("page.html", city="许昌")

    assert shown("one", "{{ city }}") == "许昌"
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "compiled").iterdir()}
    assert shown("two", "{{ city }}") == "许昌"
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "compiled").iterdir()} == kept
    assert shown("two", "{{ city }}市") == "许昌市"
    assert shown("one", "{{ city }}") == "许昌"


def test_a_compiled_template_that_is_damaged_is_compiled_again(workspace: Workspace, tmp_path: Path) -> None:
    write(tmp_path / "page.html", "许昌")

    def shown() -> str:
        return Templates((tmp_path,), workspace.settings, (), tmp_path / "compiled").render_page("page.html")

    shown()
    (kept,) = (tmp_path / "compiled").iterdir()
    whole = kept.read_bytes()
    text = whole.index("许".encode())
    other_words = bytes((*whole[:text], *"徐".encode(), *whole[text + 3 :]))
    for damage in (b"", whole[:5], whole[:-1], whole[: len(whole) // 2], bytes(len(whole)), other_words):
        kept.write_bytes(damage)
        assert shown() == "许昌"
        assert kept.read_bytes() == whole


def test_compiled_templates_depend_on_all_that_may_be_worked_out_in_them() -> None:
    own = {one for one in _environment(()).filters.values() if one.__module__.startswith("xcbulletin.")}
    assert {f"{one.__module__.rpartition('.')[2]}.py" for one in own} <= set(_COMPILING)


def test_templates_work_where_nothing_can_be_kept(workspace: Workspace, tmp_path: Path) -> None:
    write(tmp_path / "page.html", "许昌")
    blocked = write(tmp_path / "file", b"") / "compiled"
    assert Templates((tmp_path,), workspace.settings, (), blocked).render_page("page.html") == "许昌"


def test_templates_as_they_are_are_not_looked_at_again(workspace: Workspace, tmp_path: Path) -> None:
    write(tmp_path / "page.html", "旧")
    templates = Templates((tmp_path,), workspace.settings, ())
    settled = templates.as_they_are()
    assert settled.render_page("page.html") == "旧"
    write(tmp_path / "page.html", "新的")
    assert settled.render_page("page.html") == "旧"
    assert templates.render_page("page.html") == templates.as_they_are().render_page("page.html") == "新的"

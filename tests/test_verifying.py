"""Outputs that carry the words of their issue, and outputs made by templates broken on purpose."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from conftest import ROOT, Outcome, make_workspace, write, write_article, write_issue

from xcbulletin.errors import WorkspaceError
from xcbulletin.model import Audience, IssueId
from xcbulletin.proofing.sameness.differences import Verdict
from xcbulletin.proofroom.verifying import Verification, verify
from xcbulletin.publishing.outputs import Format
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.workshop import Workshop

ISSUE = IssueId("2021-01")
ALL = tuple(Format)
OUTPUTS = (
    "bulletin.pdf",
    "email.eml#text",
    "email.eml#html",
    "email.eml#pdf",
    "email.html",
    "email.txt",
    "index.html",
)
BODY = """\
## 主要进展

第一句说的是产业规模[^1]。第二句说的是 5G 基站 71.8 万个，见[@tbl-1]；第三句引用了“machine learning in
industry”的说法。

- 第一条是政策；
- 第二条是资金。

表：全国主要指标 {#tbl-1}

| 指标 | 2019年 | 2020年 |
|---|--:|--:|
| 装机容量 | 20.1 | 22.0 |
| 发电量 | 7.5 | 7.6 |

数据来源：样例统计局

```keyfigures
title: 三个数字
figures:
  - {value: 12.5, unit: 亿元, label: 全年的投资额}
  - {value: 8.2倍, label: 与五年前相比}
```

> 引文里说，标准要先行。

最后一段只有一句话，[链接](https://example.org/a)写在中间。

[^1]: 注释说明口径是规模以上企业。
"""


@pytest.fixture(scope="module")
def workshop(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:  # noqa: ARG001
    """An issue of two articles, and one press for all its builds."""
    workspace = make_workspace(tmp_path_factory.mktemp("核对") / "快递")
    folder = write_issue(workspace)
    write_article(folder, "news/01.md", BODY, title="第一篇的标题", industries=["5g"], author="样例编辑")
    source = {"name": "样例来源网", "date": "2021-01-05"}
    write_article(folder, "news/02.md", "第二篇只有这一句正文。\n", title="第二篇的标题", source=source)
    with Workshop(workspace.root, {}) as running:
        yield running


@pytest.fixture
def damaged(workshop: Workshop) -> Iterator[Callable[[str, str, str], Verification]]:
    """Build with a template in which something is replaced, and verify."""
    kept: dict[Path, bytes] = {}

    def damaged(template: str, old: str, new: str) -> Verification:
        path = workshop.root / "templates" / template
        kept.setdefault(path, path.read_bytes())
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        workshop.build(ISSUE, ALL)
        return verify(workshop, ISSUE)

    yield damaged
    for path, content in kept.items():
        path.write_bytes(content)


def wrong(found: Verification) -> dict[str, list[tuple[Verdict, str]]]:
    return {
        one.file.removeprefix("build/2021-01/"): [(it.verdict, it.sentence) for it in one.differences]
        for one in found.outputs
        if one.differences
    }


def test_every_output_carries_every_sentence(workshop: Workshop) -> None:
    workshop.build(ISSUE, ALL)
    found = verify(workshop, ISSUE)
    assert found.problems == ()
    assert [one.file for one in found.outputs] == [f"build/2021-01/{name}" for name in OUTPUTS]
    assert len({one.sentences for one in found.outputs}) == 1
    assert found.is_signed is None


PAGES = ("bulletin.pdf", "email.eml#pdf", "index.html")
LETTERS = ("email.eml#html", "email.html")
TEXTS = ("email.eml#text", "email.txt")
MISSING, CHANGED, MOVED, REPEATED = Verdict

SHARED, LETTER, TEXT = "shared/blocks.html", "email/blocks.html", "email/blocks.txt"
P = '<p{% if content.endswith("：") %} class="lead-in"{% endif %}>'
KINDS = ((SHARED, PAGES), (LETTER, LETTERS), (TEXT, TEXTS))


def item(template: str) -> str:
    return {
        SHARED: "<li>{{ content }}</li>",
        LETTER: '<li style="margin:0 0 4px">{{ content }}</li>',
        TEXT: "{{ node.marker }} {{ content|trim|indent(node.marker|length + 1) }}",
    }[template]


def paragraph(template: str) -> str:
    return {
        SHARED: f"{P}{{{{ content }}}}</p>",
        LETTER: '<p style="margin:0 0 12px">{{ content }}</p>',
        TEXT: "{% macro paragraph(node, content) %}{{ content }}",
    }[template]


@pytest.mark.parametrize(("template", "outputs"), KINDS)
def test_list_items_that_are_dropped_are_missed(damaged, template, outputs):
    found = wrong(damaged(template, item(template), ""))
    items = [(MISSING, "第一条是政策；"), (MISSING, "第二条是资金。")]
    assert found == dict.fromkeys(outputs, items)


@pytest.mark.parametrize(("template", "outputs"), KINDS)
def test_a_mark_that_a_filter_changes_is_told(damaged, template, outputs):
    old = paragraph(template)
    found = wrong(damaged(template, old, old.replace("{{ content", "{{ content|replace('。', '．')")))
    assert set(found) == set(outputs)
    for differences in found.values():
        assert (CHANGED, "第二篇只有这一句正文。") in differences
        assert (CHANGED, "引文里说，标准要先行。") in differences


@pytest.mark.parametrize(("template", "outputs"), KINDS)
def test_a_cell_that_is_lost_is_missed(damaged, template, outputs):
    find = {
        SHARED: '{% macro cell(node, content) %}{% set tag = "th"',
        LETTER: "{% macro cell(node, content) %}<",
        TEXT: '{% macro cell(node, content) %}{{ " | "',
    }[template]
    head, rest = find.split(" %}", 1)
    guard = f"{head} %}}{{% set content = '' if content == '7.5' else content %}}{rest}"
    assert wrong(damaged(template, find, guard)) == {name: [(MISSING, "7.5")] for name in outputs}


@pytest.mark.parametrize(("template", "outputs"), KINDS)
def test_a_sentence_printed_twice_is_told(damaged, template, outputs):
    old = paragraph(template)
    found = wrong(damaged(template, old, old.replace("{{ content }}", "{{ content }}{{ content }}")))
    assert set(found) == set(outputs)
    for differences in found.values():
        assert (REPEATED, "第二篇只有这一句正文。") in differences


@pytest.mark.parametrize(("template", "outputs"), KINDS)
def test_a_word_put_before_a_sentence_is_told(damaged, template, outputs):
    old = paragraph(template)
    found = wrong(damaged(template, old, old.replace("{{ content }}", "不{{ content }}")))
    assert set(found) == set(outputs)
    for differences in found.values():
        assert (CHANGED, "第二篇只有这一句正文。") in differences


@pytest.mark.parametrize(
    ("template", "old", "outputs"),
    [
        ("shared/article.html", "{{ line }}</span>{% endfor %}</h3>", ("bulletin.pdf", "email.eml#pdf")),
        ("bulletin/web.html", "<h3>{{ entry.title }}</h3>", ("index.html",)),
        ("email/letter.html", "{{ entry.title }}</h3>", LETTERS),
        ("email/letter.txt", "■ {{ entry.title }}", TEXTS),
    ],
)
def test_titles_that_stand_in_the_contents_only_are_missed(damaged, template, old, outputs):
    found = wrong(damaged(template, old, old.replace("{{ line }}", "").replace("{{ entry.title }}", "")))
    assert found == {name: [(MISSING, "第一篇的标题"), (MISSING, "第二篇的标题")] for name in outputs}


@pytest.mark.parametrize(
    ("template", "old", "new", "outputs"),
    [
        ("email/letter.txt", "[{{ note.number }}] {{ marked(note.children) }}", "", TEXTS),
        ("email/letter.html", "[{{ note.number }}] {{ marked(note.children) }}", "", LETTERS),
        ("bulletin/web.html", "{{ marked(note.children) }}", "", ("index.html",)),
        (
            "shared/blocks.html",
            '"{{ "," if node.follows }}{{ node.number }}">{{ content }}',
            '"1">',
            PAGES[:2],
        ),
    ],
)
def test_notes_that_are_dropped_are_missed(damaged, template, old, new, outputs):
    assert wrong(damaged(template, old, new)) == {
        name: [(MISSING, "注释说明口径是规模以上企业。")] for name in outputs
    }


@pytest.mark.parametrize(("template", "outputs"), KINDS)
def test_a_caption_a_source_and_a_key_figure_that_are_dropped_are_missed(damaged, template, outputs):
    damaged(template, "{{ node.caption }}", "")
    source = "{{ node.source }}" if template != LETTER else '{{ node.source or "" }}'
    damaged(template, source, "")
    found = wrong(damaged(template, "{{ node.value }}", ""))
    lost = [
        (MISSING, "全国主要指标"),
        (MISSING, "数据来源：样例统计局"),
        (MISSING, "12.5"),
        (MISSING, "8.2倍"),
    ]
    assert set(found) == set(outputs)
    assert all(lost[:2] == differences[:2] for differences in found.values())
    assert all("12.5" in str(differences) and "8.2" in str(differences) for differences in found.values())


@pytest.mark.parametrize(
    ("template", "outputs"),
    [("bulletin/print.html", PAGES[:2]), ("bulletin/web.html", PAGES[2:]), ("email/letter.txt", TEXTS)],
)
def test_articles_in_another_order_are_told(damaged, template, outputs):
    old = "{% for entry in column.entries %}<article"
    old = old if template.endswith("html") else "{% for entry in column.entries %}\n{% if is_report %}"
    found = wrong(damaged(template, old, old.replace("column.entries", "column.entries|reverse")))
    assert set(found) == set(outputs)
    assert all(MOVED in dict(differences) for differences in found.values())


def test_a_blank_that_a_filter_eats_is_told(damaged):
    found = wrong(
        damaged(
            SHARED, f"{P}{{{{ content }}}}", "<p>{{ content|replace('machine learning', 'machinelearning') }}"
        )
    )
    assert set(found) == set(PAGES)


def test_words_of_a_link_are_words(damaged):
    found = wrong(damaged(LETTER, 'style="color:#27496d">{{ content }}</a>', 'style="color:#27496d"></a>'))
    assert found == {name: [(CHANGED, "最后一段只有一句话，链接写在中间。")] for name in LETTERS}


# What is told


def test_an_editor_is_told_the_output_the_line_the_sentence_and_what_stands_instead(damaged):
    found = damaged(SHARED, f"{P}{{{{ content }}}}", "<p>{{ content|replace('这一句', '那一句') }}")
    (told,) = [str(one) for one in found.problems if "index.html" in one.message]
    assert told == (
        "issues/2021-01/news/02.md:5: build/2021-01/index.html 里的“第二篇只有这一句正文。”变成了"
        "“第二篇只有那一句正文。”；请检查编印它的模板；如果没有改过模板，请把这一处报给程序的维护人"
    )


def test_what_was_built_of_older_words_is_stale(workshop: Workshop) -> None:
    workshop.build(ISSUE, ALL)
    article = workshop.root / "issues" / ISSUE / "news" / "02.md"
    before = article.read_bytes()
    article.write_bytes(before + "又写了一句。\n".encode())
    try:
        found = verify(workshop, ISSUE)
    finally:
        article.write_bytes(before)
    assert found.outputs == ()
    assert [str(one) for one in found.problems] == [
        "build/2021-01: 编印之后，文稿、设置、模板或程序又有改动，编出来的不是现在的文字；"
        "请重新运行 xcbulletin build，再核对"
    ]


def test_a_pdf_swapped_by_hand_is_named(workshop: Workshop) -> None:
    workshop.build(ISSUE, ALL)
    folder = workshop.root / "build" / ISSUE
    pdf = folder / "bulletin.pdf"
    before = pdf.read_bytes()
    for content in (b"%PDF-1.7 nothing", _empty_pdf(folder)):
        pdf.write_bytes(content)
        found = verify(workshop, ISSUE)
        assert "build/2021-01/bulletin.pdf: 与编印出来时不一样，被换过或改过；请删去它，重新编印" in map(
            str, found.problems
        )
        assert "output-unreadable" in {one.rule for one in found.problems}
    pdf.unlink()
    assert [one.rule for one in verify(workshop, ISSUE).problems] == ["output-lost"]
    pdf.write_bytes(before)
    assert verify(workshop, ISSUE).problems == ()


def _empty_pdf(folder: Path) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(folder.parent / "empty.pdf")
    return (folder.parent / "empty.pdf").read_bytes()


def test_nothing_built_is_nothing_to_verify(workshop: Workshop) -> None:
    (workshop.root / "issues" / "2021-02").mkdir(exist_ok=True)
    write(workshop.root / "issues" / "2021-02" / "issue.yaml", "date: 2021-02-28\n")
    with pytest.raises(
        WorkspaceError, match="还没有编印，没有东西可以核对；请先运行 xcbulletin build 2021-02"
    ):
        verify(workshop, IssueId("2021-02"))


def test_editions_for_others_are_verified_by_what_they_hold(workshop: Workshop) -> None:
    for audience in (Audience(industries=("5g",)), Audience(large_print=True)):
        workshop.build(ISSUE, ALL, audience)
    try:
        found = verify(workshop, ISSUE)
        assert found.problems == ()
        files = {one.file: one.sentences for one in found.outputs}
        whole = files["build/2021-01/large/bulletin.pdf"]
        assert whole == files["build/2021-01/bulletin.pdf"]
        assert files["build/2021-01/industry-5g/bulletin.pdf"] == whole - 3
    finally:
        for name in ("large", "industry-5g"):
            shutil.rmtree(workshop.root / "build" / ISSUE / name)


@pytest.mark.parametrize(
    ("repeats", "lines", "form"), [(9, 300, "摘要"), (130, 18, "摘要"), (260, 8, "标题")]
)
def test_a_shortened_letter_is_asked_for_what_it_should_hold(
    workshop: Workshop, repeats, lines, form
) -> None:
    root, issue = workshop.root, IssueId(f"letter-{repeats}")
    folder = write(root / "issues" / issue / "issue.yaml", "date: 2021-03-31\n").parent
    for number in range(repeats):
        long = "".join(f"第{number}篇的第{line}句话说的是同一件事情。" for line in range(lines))
        summary = {"summary": f"第{number}篇的摘要写在开头。"} if number % 2 else {}
        title = f"第{number}篇的标题写得长一些" * (1 if repeats < 10 else 12)
        write_article(folder, f"news/{number:03}.md", f"{long}\n", title=title[:200], **summary)
    built = workshop.build(issue, [Format.EMAIL])
    assert f"邮件里只放了{form}" in built.problems[-1].message
    found = verify(workshop, issue)
    assert found.problems == ()
    sentences = {one.file.rpartition("/")[2]: one.sentences for one in found.outputs}
    assert sentences["email.html"] < sentences["email.txt"] / 5


# The command


def test_verify_says_of_each_output_how_it_went(run: Callable[..., Outcome], workspace) -> None:
    folder = write_issue(workspace)
    write_article(folder, "news/01.md", "只有一句。\n")
    assert run("build", "2021-01", "--format", "html").code == 0
    said = run("verify", "2021-01")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "build/2021-01/index.html: 2 句，都与文稿一样\n2021-01: 核对的是现在的文稿，还没有人签过\n"
    )
    document = json.loads(run("verify", "2021-01", "--json").out)
    output = {"file": "build/2021-01/index.html", "sentences": 2}
    counts = {"missing": 0, "changed": 0, "moved": 0, "repeated": 0}
    assert document == {
        "issue": "2021-01",
        "signed": None,
        "outputs": [{**output, **counts}],
        "problems": [],
    }


def test_verify_fails_on_what_it_finds(run: Callable[..., Outcome], workspace) -> None:
    folder = write_issue(workspace)
    write_article(folder, "news/01.md", "只有一句。\n\n- 一条。\n")
    template = workspace.root / "templates" / "shared" / "blocks.html"
    template.write_text(template.read_text("utf-8").replace("<li>{{ content }}</li>", ""), "utf-8")
    run("build", "2021-01", "--format", "html")
    said = run("verify", "2021-01", "--json")
    assert said.code == 1
    (problem,) = json.loads(said.out)["problems"]
    assert (problem["file"], problem["line"], problem["rule"]) == (
        "issues/2021-01/news/01.md",
        6,
        "verify-missing",
    )
    assert run("verify", "2021-01").code == 1
    assert run("verify", "2021-09").code == 1


def test_verify_says_whether_the_words_are_those_signed(run: Callable[..., Outcome], workspace) -> None:
    folder = write_issue(workspace)
    article = write_article(folder, "news/01.md", "只有一句。\n")
    run("build", "2021-01", "--format", "html")
    for stage, name in zip(("一审", "二审", "三审", "一校", "二校", "三校"), "甲乙丙丁戊己", strict=True):
        assert run("sign", "2021-01", "--stage", stage, "--by", name).code == 0
    run("build", "2021-01", "--format", "html")
    assert run("verify", "2021-01").out.endswith("2021-01: 核对的就是各级都签过的文字\n")
    article.write_text(article.read_text("utf-8") + "又一句。\n", "utf-8")
    run("build", "2021-01", "--format", "html")
    said = run("verify", "2021-01")
    assert said.code == 0
    assert said.out.endswith(
        "2021-01: 核对的是现在的文稿，还不是各级都签过的文字；详情请看 xcbulletin review 2021-01\n"
    )


# Real issues


def test_sample_issues_and_real_texts_verify_without_a_finding(printed: Path) -> None:
    issues = [IssueId(path.name) for path in printed.iterdir() if (path / "email.eml").exists()]
    assert {path.name for path in (ROOT / "issues").iterdir()} <= set(issues)
    with Workshop(printed.parent, {}) as workshop:
        for issue in issues:
            expect_no_finding(workshop, issue)


def test_the_gallery_verifies_without_a_finding(workshop: Workshop) -> None:
    for folder in (ROOT / "tests" / "gallery" / "issues").iterdir():
        shutil.copytree(folder, workshop.root / "issues" / folder.name)
        workshop.build(IssueId(folder.name), ALL)
        expect_no_finding(workshop, IssueId(folder.name))


def expect_no_finding(workshop: Workshop, issue: IssueId) -> None:
    found = verify(workshop, issue)
    assert [str(one) for one in found.problems] == []
    assert len(found.outputs) == len(OUTPUTS)

"""From a folder of manuscripts to what readers get, on real files."""

import email
import email.policy
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pdfplumber
import pytest
from conftest import Outcome, make_workspace, write, write_article, write_issue
from lxml import html as lxml_html

from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200">'
    '<rect width="400" height="200" fill="#eee"/><text x="20" y="100" font-size="40">申请量</text></svg>'
)
TREND = """
见[@fig-patents]和[@tbl-output]。**重视人工智能的影响。**2020年增长5%[^1]。

![专利申请量](assets/patents.svg "数据来源：样例"){#fig-patents}

表：主要指标 {#tbl-output}

| 指标 | 增速 |
|:--|--:|
| 产值 | 5% |

来源：样例

[^1]: 快报数，脚注在此。
"""


def write_bulletin(workspace: Workspace, issue: str = "2021-01") -> Path:
    text = (
        "number: 1\ntotal_number: 37\ndate: 2021-01-29\nimprint: {permit_number: 样例第001号, copies: 200}\n"
    )
    folder = write_issue(workspace, issue, text)
    write_article(folder, "editorial.md", "\n编者的话在此。\n", title="编者的话")
    write_article(folder, "news/10-last.md", "\n第十条。\n", title="机器人动态", industries=["robot"])
    write_article(folder, "news/2-first.md", "\n第二条。\n", title="人工智能动态", industries=["人工智能"])
    write_article(folder, "news/3-draft.md", "\n还没写完。\n", title="草稿标题", draft=True)
    write_article(folder, "trends/01.md", TREND, title="趋势", industries=["ai"], source="样例学会")
    write(folder / "assets" / "patents.svg", SVG)
    return folder


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Where, and under what circumstances, a build is made."""

    folder: str
    environment: dict[str, str]


HERE = Elsewhere(
    folder="a", environment={"TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8", "PYTHONHASHSEED": "1"}
)
THERE = Elsewhere(
    folder="另一个 地方/深/b",
    environment={
        "TZ": "America/New_York",
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "2",
        "HOME": "/nonexistent",
    },
)


DRAFT = "提醒：issues/2021-01/news/3-draft.md: 是草稿（draft: true），没有编入；写好后请删去 draft 一行\n"


@pytest.fixture(scope="session")
def built(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the same issue at two places at once; return the two output folders."""
    running = []
    for place in (HERE, THERE):
        workspace = make_workspace(tmp_path_factory.mktemp("built") / place.folder)
        write_bulletin(workspace)
        own = {"XCBULLETIN_FONTS": str(fonts.directory), "HOME": str(workspace.root), **place.environment}
        process = subprocess.Popen(
            [sys.executable, "-m", "xcbulletin", "build"],
            cwd=workspace.root,
            env={"PATH": os.environ["PATH"], **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append((workspace.root / "build" / "2021-01", process))
    for _folder, process in running:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, DRAFT), out
        assert out == "build/2021-01: index.html、email.html、email.txt、bulletin.pdf、email.eml\n"
    return running[0][0], running[1][0]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def words_of(pdf: Path) -> str:
    """Return the text of a PDF without blanks: between Han and figures the layout puts some of its own."""
    found = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True
    ).stdout.decode()
    return re.sub(r"\s+", "", found)


# What comes out


def test_the_same_issue_gives_the_same_bytes_wherever_it_is_built(built: tuple[Path, Path]) -> None:
    here, there = map(snapshot, built)
    sums = [
        {name: hashlib.sha256(content).hexdigest() for name, content in one.items()} for one in (here, there)
    ]
    assert sums[0] == sums[1]
    assert {"bulletin.pdf", "index.html", "email.eml", "email.html", "email.txt", "manifest.json"} <= set(
        here
    )


def test_the_manifest_has_the_sum_of_every_file(built: tuple[Path, Path]) -> None:
    files = snapshot(built[0])
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["files"] == {name: hashlib.sha256(one).hexdigest() for name, one in files.items()}
    assert (manifest["issue"], manifest["selection"]) == ("2021-01", [])
    assert manifest["formats"] == ["email", "html", "pdf"]
    assert re.fullmatch(r"[0-9a-f]{64}", manifest["digest"])
    assert "weasyprint" in manifest["versions"]


def test_no_file_tells_where_it_was_made(built: tuple[Path, Path]) -> None:
    for name, content in snapshot(built[0]).items():
        assert str(built[0].parent.parent).encode() not in content, name


def test_the_pdf_has_what_editors_wrote_in_printing_order(built: tuple[Path, Path]) -> None:
    words = words_of(built[0] / "bulletin.pdf")
    assert "2021年第1期（总第37期）" in words
    text = words[words.index("编者的话在此") :]
    order = ["第二条", "第十条", "重视人工智能的影响。2020年增长5%", "专利申请量", "主要指标", "200册"]
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)
    for part in ("见图1和表1", "快报数，脚注在此。", "数据来源：样例", "样例学会", "样例第001号"):
        assert part in text
    assert "草稿标题" not in words
    assert "还没写完" not in words


def test_the_pdf_has_our_fonts_only_and_all_of_them_inside(built: tuple[Path, Path]) -> None:
    listed = subprocess.run(
        ["pdffonts", built[0] / "bulletin.pdf"], capture_output=True, check=True, text=True
    )
    rows = listed.stdout.splitlines()[2:]
    assert rows
    for row in rows:
        assert re.match(r"[A-Z]{6}\+XC-?(Song|Hei|Kai)", row), row
        assert row.split()[-5] == "yes", row  # embedded


def test_the_page_shows_nothing_from_elsewhere(built: tuple[Path, Path]) -> None:
    page = lxml_html.fromstring((built[0] / "index.html").read_bytes())
    assert page.xpath("//script | //iframe | //link[@rel='stylesheet'] | //base") == []
    shown = page.xpath("//img/@src") + re.findall(
        r"url\(['\"]?([^'\")]+)", "".join(page.xpath("//style/text()"))
    )
    assert shown
    for address in shown:
        assert (built[0] / address).is_file(), address


def test_every_link_inside_the_page_leads_somewhere(built: tuple[Path, Path]) -> None:
    page = lxml_html.fromstring((built[0] / "index.html").read_bytes())
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    inner = [address[1:] for address in page.xpath("//a/@href") if address.startswith("#")]
    assert inner
    assert set(inner) <= set(ids)


def test_the_page_has_what_editors_wrote(built: tuple[Path, Path]) -> None:
    page = lxml_html.fromstring((built[0] / "index.html").read_bytes())
    words = re.sub(r"\s+", "", page.find("body").text_content())
    for part in (
        "编者的话在此。",
        "见图1和表1。",
        "快报数，脚注在此。",
        "图1专利申请量",
        "表1主要指标",
        "来源：样例学会",
    ):
        assert part in words
    assert "草稿" not in words
    assert [one.get("lang") for one in page.xpath("/html")] == ["zh-CN"]


def test_the_letter_carries_the_pdf_and_both_texts(built: tuple[Path, Path]) -> None:
    parsed = email.message_from_bytes((built[0] / "email.eml").read_bytes(), policy=email.policy.default)
    letter = cast(EmailMessage, parsed)
    (attached,) = [part for part in letter.walk() if part.get_content_type() == "application/pdf"]
    assert attached.get_payload(decode=True) == (built[0] / "bulletin.pdf").read_bytes()
    plain, rich = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert "第二条。" in plain.get_content()
    assert "第二条。" in rich.get_content()
    assert "草稿" not in plain.get_content() + rich.get_content()
    assert "第二条。" in (built[0] / "email.txt").read_text()


def test_a_build_touches_nothing_but_its_folder(built: tuple[Path, Path]) -> None:
    root = built[0].parent.parent
    status = {path.name for path in root.iterdir()}
    assert status - {".cache"} == {
        ".gitignore",
        "build",
        "bulletin.yaml",
        "issues",
        "recipients.example.csv",
        "sources",
        "templates",
    }
    assert (root / "issues" / "2021-01" / "assets" / "patents.svg").read_text() == SVG
    assert {path.name for path in (root / "build").iterdir()} == {".cache", "2021-01"}
    assert not list(built[0].parent.glob(".2021-01~*"))


@pytest.mark.usefixtures("fonts")
def test_a_report_is_built(run: Run, workspace: Workspace) -> None:
    folder = write_issue(
        workspace,
        "ai-2021",
        "kind: report\ntitle: 人工智能报告\nsubtitle: 副标题\ndate: 2021-03-31\nindustries: [ai]\n",
    )
    write_article(folder, "foreword.md", "前言在此。\n", title="前言")
    write_article(folder, "body/01.md", f"## 一节\n{TREND}", title="一、概况")
    write_article(folder, "appendix.md", "附录在此。\n", title="附录")
    write(folder / "assets" / "patents.svg", SVG)
    outcome = run("build", "ai-2021", "--format", "pdf")
    assert outcome == Outcome(code=0, out="build/ai-2021: bulletin.pdf\n", err="")
    words = words_of(workspace.root / "build" / "ai-2021" / "bulletin.pdf")
    for part in (
        "人工智能报告",
        "副标题",
        "目录",
        "图目录",
        "表目录",
        "一、概况",
        "一节",
        "附录在此",
        "见图1和表1",
    ):
        assert part in words


# Again


@pytest.fixture
def page(run: Run, workspace: Workspace) -> Path:
    """Build the web page of an issue; return the output folder."""
    write_bulletin(workspace)
    assert run("build", "2021-01", "--format", "html").code == 0
    return workspace.root / "build" / "2021-01"


def test_what_is_up_to_date_is_not_built_again(run: Run, page: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in page.rglob("*")}
    assert run("build", "--format", "html") == Outcome(
        code=0, out="build/2021-01: 没有变化，不必重印\n", err=DRAFT
    )
    assert {path: path.stat().st_mtime_ns for path in page.rglob("*")} == before


def test_one_changed_byte_in_an_output_is_put_right(run: Run, page: Path) -> None:
    before = snapshot(page)
    target = page / "index.html"
    target.write_bytes(target.read_bytes().replace("第二条".encode(), "第三条".encode()))
    assert run("build", "--format", "html").out == "build/2021-01: index.html\n"
    assert snapshot(page) == before


def test_a_deleted_output_is_made_again(run: Run, page: Path) -> None:
    before = snapshot(page)
    shutil.rmtree(page / "assets")
    assert run("build", "--format", "html").code == 0
    assert snapshot(page) == before


@pytest.mark.parametrize(
    "name",
    [
        "issues/2021-01/news/2-first.md",
        "bulletin.yaml",
        "sources/industries.yaml",
        "templates/shared/web.css",
    ],
)
def test_a_changed_source_is_built_again(run: Run, page: Path, workspace: Workspace, name: str) -> None:
    path = workspace.root / name
    path.write_text(path.read_text() + ("\n另加一段。\n" if name.endswith(".md") else "\n"))
    assert run("build", "--format", "html").out == "build/2021-01: index.html\n"
    assert ("另加一段" in (page / "index.html").read_text()) == name.endswith(".md")


def test_a_setting_from_the_environment_is_built_again(
    run: Run, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XCBULLETIN_MASTHEAD__TITLE", "试刊")
    assert run("build", "--format", "html").code == 0
    assert "<h1>试刊</h1>" in (page / "index.html").read_text()


def test_a_picture_that_is_shown_no_more_is_gone(run: Run, page: Path, workspace: Workspace) -> None:
    assert (page / "assets" / "patents.svg").is_file()
    (workspace.root / "issues" / "2021-01" / "trends" / "01.md").unlink()
    assert run("build", "--format", "html").code == 0
    assert not (page / "assets" / "patents.svg").exists()


def test_a_failed_build_leaves_the_old_outputs(run: Run, page: Path, workspace: Workspace) -> None:
    before = snapshot(page)
    write_article(workspace.root / "issues" / "2021-01", "news/4.md", "见[@nothing]\n")
    assert run("build", "--format", "html") == Outcome(
        code=1,
        out="",
        err=DRAFT
        + "issues/2021-01/news/4.md:4: “[@nothing]”没有对应的图或表；可引用的编号：fig-patents、tbl-output\n"
        "2021-01: 没有编印；请先改正以上问题\n",
    )
    assert snapshot(page) == before
    assert list(page.parent.glob(".2021-01~*")) == []


def test_a_failed_template_leaves_the_old_outputs(run: Run, page: Path, workspace: Workspace) -> None:
    before = snapshot(page)
    write(workspace.root / "templates" / "bulletin" / "web.html", "{{ edition.titel }}")
    outcome = run("build", "--format", "html")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("templates/bulletin/web.html:1: 模板有误（")
    assert snapshot(page) == before


def test_formats_built_one_after_another_are_never_stale(run: Run, page: Path, workspace: Workspace) -> None:
    assert run("build", "--format", "pdf").code == 0
    assert {"index.html", "bulletin.pdf"} <= set(snapshot(page))
    assert run("build", "--format", "pdf,html").out == "build/2021-01: 没有变化，不必重印\n"
    write_article(workspace.root / "issues" / "2021-01", "news/4.md", "新加的一条。\n")
    assert run("build", "--format", "html").code == 0
    assert not (page / "bulletin.pdf").exists()
    assert run("build", "--format", "pdf").out == "build/2021-01: bulletin.pdf\n"
    assert "新加的一条" in words_of(page / "bulletin.pdf")


@pytest.mark.usefixtures("fonts")
def test_a_remark_is_made_again_when_nothing_is_built(run: Run, workspace: Workspace) -> None:
    folder = write_bulletin(workspace)
    write(folder / "说明.txt", "")
    first = run("build", "--format", "html")
    assert "提醒：issues/2021-01/说明.txt: 不是文稿（.md），不会被印出来；" in first.err
    assert run("build", "--format", "html").err == first.err


# Choosing


def test_a_selection_of_industries_has_a_folder_of_its_own(run: Run, page: Path) -> None:
    before = snapshot(page)
    assert (
        run("build", "--format", "html", "--industry", "人工智能").out
        == "build/2021-01/industry-ai: index.html\n"
    )
    words = (page / "industry-ai" / "index.html").read_text()
    assert "人工智能动态" in words
    assert "选编：新一代人工智能产业" in words
    assert "机器人动态" not in words
    assert {name: one for name, one in snapshot(page).items() if not name.startswith("industry-")} == before
    assert run("build", "--format", "html").out == "build/2021-01: 没有变化，不必重印\n"


def test_the_order_of_industries_asked_for_does_not_matter(run: Run, page: Path) -> None:
    assert run("build", "--format", "html", "--industry", "ai,robot").code == 0
    assert run("build", "--format", "html", "--industry", "机器人", "--industry", "AI").out == (
        "build/2021-01/industry-robot+ai: 没有变化，不必重印\n"
    )
    assert (page / "industry-robot+ai").is_dir()


def test_large_print_is_an_edition_beside_the_usual_one(run: Run, page: Path) -> None:
    before = snapshot(page)
    assert run("build", "--edition", "large").out == (
        "build/2021-01/large: index.html、email.html、email.txt、bulletin.pdf、email.eml\n"
    )
    with pdfplumber.open(page / "large" / "bulletin.pdf") as pdf:
        sizes = Counter(round(char["size"], 1) for one in pdf.pages for char in one.chars)
    assert sizes[16.0] > 20
    assert "font: 400 24px/1.8" in (page / "large" / "index.html").read_text()
    assert "font-size:21px;line-height:37px" in (page / "large" / "email.html").read_text()
    assert json.loads((page / "large" / "manifest.json").read_text())["large_print"] is True
    assert {name: one for name, one in snapshot(page).items() if not name.startswith("large")} == before
    assert run("build", "--format", "html").out == "build/2021-01: 没有变化，不必重印\n"


def test_an_edition_that_there_is_not_is_wrong_usage(run: Run, page: Path) -> None:
    assert page.is_dir()
    outcome = run("build", "--edition", "huge")
    assert outcome.code == 2
    assert outcome.err == "--edition 只能是 standard（通常的版本）或 large（大字版），现为“huge”\n"


@pytest.mark.usefixtures("fonts")
def test_the_newest_month_is_built_unless_another_is_named(run: Run, workspace: Workspace) -> None:
    for issue in ("2021-01", "2020-12", "special"):
        write_article(write_issue(workspace, issue), "news/01.md")
    assert run("build", "--format", "html").out == "build/2021-01: index.html\n"
    assert run("build", "special", "--format", "html").out == "build/special: index.html\n"
    assert run("build", "--all", "--format", "html").out == (
        "build/2020-12: index.html\nbuild/2021-01: 没有变化，不必重印\nbuild/special: 没有变化，不必重印\n"
    )


@pytest.mark.usefixtures("fonts")
def test_one_issue_that_fails_does_not_stop_the_rest(run: Run, workspace: Workspace) -> None:
    write_issue(workspace, "2021-01", "date: 昨天\n")
    write_article(write_issue(workspace, "2021-02"), "news/01.md")
    outcome = run("build", "--all", "--format", "html")
    assert (outcome.code, outcome.out) == (1, "build/2021-02: index.html\n")
    assert outcome.err == (
        "issues/2021-01/issue.yaml:1: “date”应为真实存在的日期（如 2021-01-31），现为“昨天”\n"
        "2021-01: 没有编印；请先改正以上问题\n"
    )


# What cannot be printed


@pytest.mark.parametrize("where", ["text", "title", "picture", "imprint"])
def test_a_character_without_a_glyph_is_a_problem_and_no_pdf(
    run: Run, workspace: Workspace, fonts: FontSet, where: str
) -> None:
    character = "🀄"
    assert fonts.missing(character) == (character,)
    folder = write_bulletin(workspace)
    match where:
        case "text":
            write_article(folder, "news/4.md", f"第一段\n\n第二段{character}\n")
        case "title":
            write_article(folder, "news/4.md", title=f"题{character}")
        case "picture":
            write(folder / "assets" / "patents.svg", SVG.replace("申请量", character))
        case _:
            write(folder / "issue.yaml", f"date: 2021-01-29\nimprint: {{editor: 张{character}}}\n")
    place = {
        "text": "issues/2021-01/news/4.md:6",
        "title": "issues/2021-01/news/4.md:2",
        "picture": "issues/2021-01/assets/patents.svg:1",
        "imprint": "issues/2021-01/issue.yaml:2",
    }[where]
    outcome = run("build", "--format", "pdf")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.replace(DRAFT, "") == (
        f"{place}: 印刷字体里没有“🀄”（U+1F004），印出来会是空框；请改用通行的字或符号，或做成图片\n"
        "2021-01: 没有编印；请先改正以上问题\n"
    )
    assert not (workspace.root / "build" / "2021-01").exists()


@pytest.mark.usefixtures("fonts")
def test_a_character_without_a_glyph_is_told_with_every_line_on_which_it_stands(
    run: Run, workspace: Workspace
) -> None:
    folder = write_bulletin(workspace)
    write_article(folder, "news/4.md", "甲🀄\n\n乙\n\n- 丙🀄🀄\n", title="题🀄")
    write_article(folder, "news/5.md", "\n\n".join(["丁🀄"] * 12))
    told = "印刷字体里没有“🀄”（U+1F004），印出来会是空框"
    assert [line for line in run("build", "--format", "pdf").err.splitlines() if "🀄" in line] == [
        f"issues/2021-01/news/4.md:2: {told}（第 4、8 行也有）；请改用通行的字或符号，或做成图片",
        f"issues/2021-01/news/5.md:4: {told}（第 6、8、10、12、14、16、18、20、22 等 11 行也有）；"
        "请改用通行的字或符号，或做成图片",
    ]


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize(
    ("character", "told"),
    [
        (
            "\ue000",
            "印刷字体里没有这个自造字（U+E000），印出来会是空框；"
            "它是旧字库里的生僻字，多半是人名，请不要删去：对照原稿换成标准的字，打不出的做成图片",
        ),
        (
            "\x07",
            "印刷字体里没有 U+0007 这个控制字符，印出来会是空框；请删去它，多半是复制时带来的",
        ),
        (
            "\U000323b0",
            "印刷字体里没有“\U000323b0”（U+323B0），印出来会是空框；请改用通行的字或符号，或做成图片",
        ),
    ],
)
def test_only_a_control_character_is_to_be_deleted(
    run: Run, workspace: Workspace, character: str, told: str
) -> None:
    write_article(write_bulletin(workspace), "news/4.md", f"张{character}\n")
    assert f"issues/2021-01/news/4.md:4: {told}\n" in run("build", "--format", "pdf").err


@pytest.mark.usefixtures("fonts")
def test_a_picture_still_to_come_is_a_remark_and_a_box(run: Run, workspace: Workspace) -> None:
    folder = write_bulletin(workspace)
    write_article(folder, "news/4.md", "![设备](待补)\n")
    outcome = run("build", "--format", "pdf")
    assert outcome.code == 0
    assert "提醒：issues/2021-01/news/4.md:4: 图1还没有图片，印出来是空框；" in outcome.err
    assert "图片待补" in words_of(workspace.root / "build" / "2021-01" / "bulletin.pdf")


@pytest.mark.usefixtures("fonts")
def test_an_empty_issue_is_not_printed(run: Run, workspace: Workspace) -> None:
    write_issue(workspace)
    assert run("build") == Outcome(
        code=1,
        out="",
        err="issues/2021-01: 没有可印的文章；请先写文章，或删去草稿的 draft 一行\n"
        "2021-01: 没有编印；请先改正以上问题\n",
    )


@pytest.mark.usefixtures("fonts")
def test_an_issue_without_an_article_for_its_readers_is_not_printed(run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace)
    write_article(folder, "news/01.md", industries=["ai"])
    write_article(folder, "news/02.md", draft=True)
    outcome = run("build", "2021-01", "--industry", "bio", "--format", "html")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "issues/2021-01: 没有标为现代生物和生命健康产业的文章可印；请核对各篇的 industries\n"
        "提醒：issues/2021-01/news/02.md: 是草稿（draft: true），没有编入；写好后请删去 draft 一行\n"
        "2021-01: 没有编印；请先改正以上问题\n"
    )


@pytest.mark.usefixtures("fonts")
def test_the_pdf_of_an_issue_that_fails_is_not_taken_for_the_next_ones(
    run: Run, workspace: Workspace
) -> None:
    report = write_issue(workspace, "a-report", "kind: report\ntitle: 报告\ndate: 2021-01-29\n")
    write_article(report, "body/01.md", "报告的话。\n", title="一、章")
    write_article(write_issue(workspace, "b-bulletin"), "news/01.md", "快递的话。\n")
    write(workspace.root / "templates/report/web.html", "{{ nothing }}")
    outcome = run("build", "--all", "--format", "pdf,html")
    assert outcome.code == 1
    assert "templates/report/web.html:1: 模板有误" in outcome.err
    assert not (workspace.root / "build" / "a-report").exists()
    assert "快递的话" in words_of(workspace.root / "build" / "b-bulletin" / "bulletin.pdf")


@pytest.mark.usefixtures("fonts")
def test_every_mistake_is_told_in_one_run(run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace, text="date: 2021-02-30\n")
    write(
        folder / "news/01.md", "---\ntitle: 甲\nindustries:\n  - ai\n  - robt\n---\n\n![图](assets/无.png)\n"
    )
    write(folder / "trends/01.md", "---\ntitle: 乙\nsummary: 🀄\n---\n\n见[@tbl-x]\n")
    assert run("check").err.splitlines() == [
        "issues/2021-01/issue.yaml:1: “date”应为真实存在的日期（如 2021-01-31），现为“2021-02-30”",
        "issues/2021-01/news/01.md:5: 没有“robt”这个产业；最接近的是 robot（工业机器人产业）",
        "issues/2021-01/news/01.md:8: 找不到图片 assets/无.png；请把图片放到这个位置，或改正文件名",
        "issues/2021-01/trends/01.md:3: 印刷字体里没有“🀄”（U+1F004），印出来会是空框；请改用通行的字或符号，或做成图片",
        "issues/2021-01/trends/01.md:6: “[@tbl-x]”没有对应的图或表；请在图或表题后面写上编号，如 {#fig-1}",
    ]

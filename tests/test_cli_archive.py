"""`archive build` from end to end: what is in the archive, what is not, and what is written."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Outcome, write, write_article, write_issue

from xcbulletin.readingroom.indexing import Indexing
from xcbulletin.settings import Workspace
from xcbulletin.usage import run as run_command

Run = Callable[..., Outcome]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"><rect width="4" height="3"/></svg>'


def site(workspace: Workspace) -> Path:
    return workspace.root / "build" / "archive"


def files(workspace: Workspace) -> dict[str, bytes]:
    folder = site(workspace)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def text(workspace: Workspace, page: str) -> str:
    return re.sub(r"<[^>]+>", "", (site(workspace) / page).read_text(encoding="utf-8"))


@pytest.fixture
def two_issues(workspace: Workspace) -> Workspace:
    first = write_issue(workspace, "2021-01")
    write_article(first, "news/01-pv.md", "光伏装机增长。\n", title="光伏", industries=["power"])
    write_article(first, "trends/01-ai.md", "大模型的趋势。\n", title="大模型", industries=["ai"])
    second = write_issue(workspace, "2021-02", "date: 2021-02-26\n")
    write_article(second, "news/01-chips.md", "芯片产能。\n", title="芯片", industries=["silicon"])
    return workspace


def test_everything_that_is_out_has_its_page(two_issues: Workspace, run: Run) -> None:
    outcome = run("archive", "build")
    assert outcome.code == 0
    assert outcome.err == ""
    made = files(two_issues)
    assert {
        *("index.html", "issues/index.html", "issues/2021-01/index.html", "issues/2021-01/news-01-pv.html"),
        *(
            "industries/ai/index.html",
            "industries/ai/2021.html",
            "columns/news/index.html",
            "months/2021-02.html",
        ),
        *(
            "reports/index.html",
            "feeds/silicon.xml",
            "feeds/silicon.json",
            "search.html",
            "accessibility.html",
        ),
    } <= set(made)
    assert "2 期 3 篇" in outcome.out
    assert "2021-01、2021-02 没有现成的 PDF，归档里没有它们的 PDF 链接；要有，请加 --pdf" in outcome.out


def test_only_what_changed_is_written(two_issues: Workspace, run: Run) -> None:
    run("archive", "build")
    before = {path: path.stat().st_mtime_ns for path in site(two_issues).rglob("*") if path.is_file()}
    assert f"写了 0 个文件，删去 0 个，{len(before)} 个没有变化" in run("archive", "build").out
    write_article(
        two_issues.root / "issues/2021-02",
        "news/01-chips.md",
        "芯片产能翻番。\n",
        title="芯片",
        industries=["silicon"],
    )
    run("archive", "build")
    changed = {
        path.relative_to(site(two_issues)).as_posix()
        for path, time in before.items()
        if path.stat().st_mtime_ns != time
    }
    assert "issues/2021-02/news-01-chips.html" in changed
    assert not any(
        name.startswith(("issues/2021-01/", "industries/ai/", "months/2021-01")) for name in changed
    )


def test_what_is_built_bit_by_bit_is_what_is_built_at_once(two_issues: Workspace, run: Run) -> None:
    run("archive", "build")
    write_article(two_issues.root / "issues/2021-01", "news/02-new.md", "新增一篇。\n", title="新")
    (two_issues.root / "issues/2021-02/news/01-chips.md").unlink()
    write_article(two_issues.root / "issues/2021-02", "news/09-late.md", "换成这篇。\n", title="迟")
    run("archive", "build")
    step_by_step = files(two_issues)
    shutil.rmtree(two_issues.root / "build")
    run("archive", "build")
    assert files(two_issues) == step_by_step
    assert "issues/2021-02/news-01-chips.html" not in step_by_step


def test_pages_do_not_depend_on_where_and_when_they_are_built(
    two_issues: Workspace, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xcbulletin.cli import app

    run("archive", "build")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(two_issues.root, elsewhere, ignore=shutil.ignore_patterns("build"))
    for path in elsewhere.rglob("*.md"):
        os.utime(path, (1, 1))
    monkeypatch.setenv("TZ", "America/New_York")
    assert run_command(app, ("--workspace", str(elsewhere), "archive", "build")) == 0
    there = {
        path.relative_to(elsewhere / "build/archive").as_posix(): path.read_bytes()
        for path in (elsewhere / "build/archive").rglob("*")
        if path.is_file()
    }
    assert there == files(two_issues)


def test_an_issue_that_cannot_be_read_is_named_and_the_rest_is_built(two_issues: Workspace, run: Run) -> None:
    write(two_issues.root / "issues/2021-02/news/02-broken.md", "没有开头的信息\n")
    outcome = run("archive", "build")
    assert outcome.code == 1
    assert outcome.err.splitlines()[0].startswith("issues/2021-02/news/02-broken.md:1: ")
    assert outcome.err.splitlines()[-1] == "2021-02: 没有收进归档；请先改正以上问题"
    made = files(two_issues)
    assert "issues/2021-01/index.html" in made
    assert not any("2021-02" in path for path in made)


def test_an_issue_that_the_machine_does_not_give_is_named_and_the_rest_is_built(
    two_issues: Workspace, run: Run
) -> None:
    run("archive", "build")
    settings = two_issues.root / "issues/2021-02/issue.yaml"
    settings.unlink()
    settings.symlink_to("/proc/self/mem")  # not even root can read it
    outcome = run("archive", "build")
    assert outcome.code == 1
    assert re.fullmatch(
        "issues/2021-02: 读不了这一期（.*）；请检查文件和文件夹的权限", outcome.err.splitlines()[0]
    )
    assert outcome.err.splitlines()[1:] == ["2021-02: 没有收进归档；请先改正以上问题"]
    assert "1 期 2 篇" in outcome.out


def test_the_mark_that_an_editor_leaves_beside_an_open_file_does_no_harm(
    two_issues: Workspace, run: Run
) -> None:
    (two_issues.root / "issues/2021-02/news/.#01-chips.md").symlink_to("somebody@somewhere.4711")
    outcome = run("archive", "build")
    assert (outcome.code, outcome.err) == (0, "")
    assert run("search", "芯片").out.endswith("共 1 篇\n")


def test_links_that_lead_back_into_an_issue_do_no_harm(two_issues: Workspace, run: Run) -> None:
    assets = two_issues.root / "issues/2021-02/assets"
    assets.mkdir()
    for number in range(1, 30):  # each doubles the paths of a walk that follows them
        (assets / f"link{number}").symlink_to(assets.parent if number % 2 else ".")
    assert run("archive", "build").code == 0
    assert run("search", "芯片").out.endswith("共 1 篇\n")


def test_what_is_still_being_written_never_appears(two_issues: Workspace, run: Run) -> None:
    write_article(
        two_issues.root / "issues/2021-01", "news/02-draft.md", "绝密草稿。\n", title="绝密", draft=True
    )
    write_article(
        write_issue(two_issues, "2021-03", "date: 2021-03-26\ndraft: true\n"), "news.md", "绝密整期。\n"
    )
    write_article(write_issue(two_issues, "2999-01", "date: 2999-01-29\n"), "news.md", "绝密未来。\n")
    outcome = run("archive", "build")
    assert outcome.code == 0
    assert "2021-03: 没有收进归档，是草稿（issue.yaml 里写着 draft: true）\n" in outcome.out
    assert "2999-01: 没有收进归档，还没有到出刊的日期（2999-01-29）\n" in outcome.out
    assert not any("绝密".encode() in content for content in files(two_issues).values())
    everything = "".join(str(path) for path in (two_issues.root / "build").rglob("*"))
    assert "2999" not in everything.replace("2999-01.json", "")


def test_unsigned_issues_stay_out_where_signatures_are_required(
    two_issues: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(two_issues.root / "issues/2021-01/issue.yaml", "date: 2021-01-29\ndraft: false\n")
    monkeypatch.setenv("XCBULLETIN_REVIEW__MODE", "required")
    outcome = run("archive", "build")
    assert (
        "2021-02: 没有收进归档，没有签完（要求三审三校）；补录的旧刊请在 issue.yaml 写 draft: false\n"
        in outcome.out
    )
    assert "issues/2021-01/index.html" in files(two_issues)
    for stage, name in zip(
        ("一审", "二审", "三审", "一校", "二校", "三校"),
        ("甲某", "乙某", "丙某", "丁某", "戊某", "己某"),
        strict=True,
    ):
        assert run("sign", "2021-02", "--stage", stage, "--by", name).code == 0
    run("archive", "build")
    assert "issues/2021-02/index.html" in files(two_issues)


def test_a_link_to_another_manuscript_leads_to_its_page(two_issues: Workspace, run: Run) -> None:
    body = "见[上期](../../2021-01/news/01-pv.md)，[草稿](../../2021-01/news/03-x.md)，[注](note-f-5)。\n"
    write_article(two_issues.root / "issues/2021-02", "news/01-chips.md", body, title="芯片")
    write_article(two_issues.root / "issues/2021-01", "news/03-x.md", "稿。\n", title="稿", draft=True)
    for _ in range(2):
        outcome = run("archive", "build")
        assert outcome.code == 0
        assert [line.partition("；")[0] for line in outcome.err.splitlines()] == [
            "提醒：issues/2021-02/news/01-chips.md:4: 链接“草稿”指向“../../2021-01/news/03-x.md”，"
            "归档里没有这一页，只留下了文字",
            "提醒：issues/2021-02/news/01-chips.md:4: 链接“注”指向“note-f-5”，归档里没有这一页，只留下了文字",
        ]
        page = files(two_issues)["issues/2021-02/news-01-chips.html"].decode()
        assert 'href="../2021-01/news-01-pv.html"' in page
        assert "note-f-5" not in page
    write_article(two_issues.root / "issues/2021-01", "news/03-x.md", "稿。\n", title="稿")
    assert "草稿" not in run("archive", "build").err
    assert b'href="../2021-01/news-03-x.html"' in files(two_issues)["issues/2021-02/news-01-chips.html"]


def test_a_picture_that_is_missing_is_reported_and_the_article_stays(two_issues: Workspace, run: Run) -> None:
    body = "前文。\n\n![产量](assets/no.png)\n\n![构成](assets/yes.svg)\n"
    write_article(two_issues.root / "issues/2021-02", "news/01-chips.md", body, title="芯片")
    write(two_issues.root / "issues/2021-02/assets/yes.svg", SVG)
    outcome = run("archive", "build")
    assert outcome.code == 1
    assert outcome.err.startswith("issues/2021-02/news/01-chips.md:6: 找不到图片 assets/no.png")
    assert "图片待补" in text(two_issues, "issues/2021-02/news-01-chips.html")
    assert "issues/2021-02/assets/yes.svg" in files(two_issues)


def test_a_corrected_article_says_so_and_when(two_issues: Workspace, run: Run) -> None:
    article = two_issues.root / "issues/2021-01/news/01-pv.md"
    head = "---\ntitle: 光伏\ncorrections: {date: 2021-03-05, note: 第一段的“增长”原误作“下降”}\n---\n光伏装机增长。\n"
    article.write_text(head, encoding="utf-8")
    run("archive", "build")
    page = text(two_issues, "issues/2021-01/news-01-pv.html")
    assert "2021年3月5日" in page
    assert "第一段的“增长”原误作“下降”" in page
    assert "2021-03-05T00:00:00+08:00" in files(two_issues)["feeds/all.xml"].decode()


def test_an_empty_archive_is_one(workspace: Workspace, run: Run) -> None:
    shutil.rmtree(workspace.root / "issues", ignore_errors=True)
    outcome = run("archive", "build")
    assert outcome.code == 0
    assert "0 期 0 篇" in outcome.out
    assert "index.html" in files(workspace)


def test_two_issues_that_differ_in_case_only_are_not_mixed(two_issues: Workspace, run: Run) -> None:
    for name in ("AI", "ai"):
        write_article(write_issue(two_issues, name), "news.md", title=f"题{name}")
    outcome = run("archive", "build")
    assert outcome.code == 1
    assert outcome.err.splitlines()[0] == (
        "issues/ai: 与 issues/AI 只差大小写，共享盘和 U 盘分不开这两期，没有收进归档；请把其中一期的文件夹改名"
    )
    assert "题AI" in text(two_issues, "issues/ai/index.html")


def test_an_issue_that_no_stick_can_hold_is_named_and_the_rest_is_built(
    two_issues: Workspace, run: Run
) -> None:
    """A folder `index.html` kept the whole archive from being written."""
    for name in ("index.html", "Con.x"):
        write_article(write_issue(two_issues, name), "news.md", title="题")
    outcome = run("archive", "build")
    assert outcome.code == 1
    assert outcome.err.splitlines()[:2] == [
        "issues/Con.x: 这个名字 Windows 或归档另有用处，没有收进归档；请把文件夹改名",
        "issues/index.html: 这个名字 Windows 或归档另有用处，没有收进归档；请把文件夹改名",
    ]
    assert "芯片" in text(two_issues, "issues/2021-02/index.html")


TITLES = ("《“引号”》与'单引'", "a/b\\c:d?*", "🚗 出海", "</title><script>alert(1)</script>", "长" * 300)


def test_any_title_has_a_page_even_if_another_has_it_too(workspace: Workspace, run: Run) -> None:
    folder = write_issue(workspace, "2021-01")
    for number, title in enumerate(TITLES * 2):
        write_article(folder, f"news/{number:02}.md", title=title, industries=["ai"])
    assert run("archive", "build").code == 0
    made = files(workspace)
    for page in (
        *(f"issues/2021-01/news-{number:02}.html" for number in range(10)),
        "industries/ai/index.html",
    ):
        assert b"<script>alert" not in made[page]
    assert "写了 0 个文件" in run("archive", "build").out


def test_the_cache_may_be_deleted_or_damaged(two_issues: Workspace, run: Run) -> None:
    run("archive", "build")
    for path in (two_issues.root / "build/.cache/archive").iterdir():
        path.write_bytes(b"\xff{")
    assert "写了 0 个文件，删去 0 个" in run("archive", "build").out
    shutil.rmtree(two_issues.root / "build/.cache")
    assert "写了 0 个文件，删去 0 个" in run("archive", "build").out


def test_pieces_of_the_index_that_a_disk_spoilt_are_cut_again(two_issues: Workspace, run: Run) -> None:
    run("archive", "build")
    before = files(two_issues)
    for piece in (two_issues.root / "build/.cache/archive").glob("*.piece"):
        piece.write_bytes(piece.read_bytes()[:-9])
    (two_issues.root / "build/.cache/archive/index.state").unlink()
    assert run("archive", "build").code == 0
    assert files(two_issues) == before


def test_pdfs_are_printed_where_asked_for_and_linked(two_issues: Workspace, run: Run, fonts: object) -> None:  # noqa: ARG001
    outcome = run("archive", "build", "--pdf")
    assert outcome.code == 0
    made = files(two_issues)
    assert made["issues/2021-01/2021-01.pdf"].startswith(b"%PDF")
    assert b'2021-01/2021-01.pdf"' in made["issues/2021-01/news-01-pv.html"]
    assert "没有现成的 PDF" not in outcome.out
    write_article(two_issues.root / "issues/2021-01", "news/01-pv.md", "改了。\n", title="光伏")
    assert "2021-01 没有现成的 PDF" in run("archive", "build").out
    assert "issues/2021-01/2021-01.pdf" not in files(two_issues)


def test_a_pdf_that_cannot_be_printed_is_told(two_issues: Workspace, run: Run, fonts: object) -> None:  # noqa: ARG001
    write_article(two_issues.root / "issues/2021-01", "news/01-pv.md", title="🚗 出海")
    outcome = run("archive", "build", "--pdf")
    assert outcome.code == 1
    assert outcome.err.startswith("issues/2021-01/news/01-pv.md:2: 印刷字体里没有“🚗”（U+1F697）")
    assert "2021-01 没有现成的 PDF，归档里没有它们的 PDF 链接；请先改正以上问题\n" in outcome.out
    assert "issues/2021-02/2021-02.pdf" in files(two_issues)


def test_a_build_that_was_stopped_at_its_very_end_leaves_no_wrong_index(
    two_issues: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = two_issues.root / "issues/2021-02/news/01-chips.md"
    text, times = article.read_bytes(), article.stat()
    run("archive", "build")
    before = files(two_issues)
    article.write_bytes(text + "半导体。\n".encode())
    with monkeypatch.context() as stopped:
        stopped.setattr(Indexing, "keep", lambda _self: None)
        run("archive", "build")
    assert files(two_issues) != before
    article.write_bytes(text)
    os.utime(article, ns=(times.st_atime_ns, times.st_mtime_ns))
    run("archive", "build")
    assert files(two_issues) == before


def test_two_builds_at_once_do_no_harm(two_issues: Workspace) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "xcbulletin", "--workspace", str(two_issues.root), "archive", "build"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    for process in running:
        _out, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, b"")
    assert "issues/2021-02/news-01-chips.html" in files(two_issues)


def test_without_search_there_is_no_index(two_issues: Workspace, run: Run) -> None:
    run("archive", "build", "--without-search")
    assert not any(path.startswith("search/") for path in files(two_issues))
    run("archive", "build")
    assert any(path.startswith("search/") for path in files(two_issues))


def test_the_index_is_whole_again_after_builds_without_search(two_issues: Workspace, run: Run) -> None:
    run("archive", "build")
    before = files(two_issues)
    for _ in range(2):
        run("archive", "build", "--without-search")
    run("archive", "build")
    assert files(two_issues) == before


@pytest.mark.parametrize("name", ["search.html", "search.js"])
def test_a_template_that_cannot_read_the_index_is_told(two_issues: Workspace, run: Run, name: str) -> None:
    own = two_issues.root / "templates/archive" / name
    write(own, (ROOT / "templates/archive" / name).read_text("utf-8") + "<!-- -->")
    assert run("archive", "build").err == ""
    write(own, "<script src='search/meta.js'></script>")
    outcome = run("archive", "build")
    assert (outcome.code, outcome.err.partition("；")[0]) == (
        0,
        f"提醒：templates/archive/{name}: 这个模板是旧的，读不了现在的索引，检索页会用不了",
    )
    assert run("archive", "build", "--without-search").err == ""


def test_what_a_build_that_was_killed_left_half_written_is_deleted(two_issues: Workspace, run: Run) -> None:
    left = write(two_issues.root / "build/.cache/archive/.cut-off.tmp", b"half")
    run("archive", "build")
    assert not left.exists()


@pytest.mark.parametrize("year", ["21", "二〇二一", "20211"])
def test_a_year_has_four_digits(run: Run, year: str) -> None:
    outcome = run("archive", "volume", year)
    assert (outcome.code, outcome.err) == (2, f"年份应为四位数字，如 2021，现为“{year}”\n")


def test_a_year_without_issues_cannot_be_bound(run: Run) -> None:
    outcome = run("archive", "volume", "9999")
    assert (outcome.code, outcome.err.partition("；")[0]) == (1, "9999 年没有可以合订的快递")


def test_a_volume_that_was_bound_before_a_change_is_said_to_be_old(two_issues: Workspace, run: Run) -> None:
    volume = write(site(two_issues) / "volumes/2021.pdf", b"%PDF")
    assert "合订本" not in run("archive", "build").out
    os.utime(volume, (1, 1))
    assert (
        "2021 年的合订本订好以后，这一年的文稿又有改动；要更新，请运行 xcbulletin archive volume 2021\n"
        in run("archive", "build").out
    )

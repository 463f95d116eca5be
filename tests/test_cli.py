"""Commands end with 0, 1 or 2, and say in Chinese what they did or what is wrong."""

import datetime
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Outcome, make_workspace, write, write_article, write_issue

from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


# Where the workspace is


def test_outside_a_workspace_a_command_fails(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("check")
    assert outcome == Outcome(
        code=1,
        out="",
        err=f"{tmp_path}: 这里不是工作区（没有 bulletin.yaml）；请到工作区里运行、用 --workspace 指明，"
        "或用 xcbulletin init 新建一个\n",
    )


@pytest.mark.parametrize("before", [True, False])
def test_the_workspace_is_named_before_or_after_the_command(
    run: Run, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    place = ("--workspace", str(workspace.root))
    assert run(*place, "new", "2021-01").code == 0 if before else run("new", "2021-01", *place).code == 0
    assert (workspace.root / "issues" / "2021-01" / "issue.yaml").is_file()


def test_the_workspace_is_named_by_the_environment(
    run: Run, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_workspace(tmp_path / "other")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XCBULLETIN_WORKSPACE", str(workspace.root))
    assert run("new", "2021-01").code == 0
    assert run("new", "2021-02", "--workspace", str(other.root)).code == 0
    assert (workspace.root / "issues" / "2021-01").is_dir()
    assert (other.root / "issues" / "2021-02").is_dir()


def test_a_command_works_from_a_folder_inside(
    run: Run, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_issue(workspace))
    assert run("new", "2021-02").code == 0


# init


@pytest.mark.usefixtures("fonts")
def test_a_new_workspace_can_be_checked_at_once(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "新 区"
    issue = f"{datetime.date.today():%Y-%m}"
    outcome = run("init", str(root))
    assert outcome == Outcome(
        code=0,
        out=f"新工作区：{root}\n第一期在 {root / 'issues' / issue}；写好后在工作区里运行 xcbulletin build {issue}\n",
        err="",
    )
    assert run("check", "--workspace", str(root)).out == (
        f"{issue}: 0 处错误，7 处提醒；差错率约 0.0/万，合格线 2/万\n"
    )


def test_a_workspace_is_not_made_over_another(run: Run, workspace: Workspace) -> None:
    before = snapshot(workspace.root)
    outcome = run("init", ".")
    assert (outcome.code, outcome.err) == (
        1,
        ".: 这里已经是工作区（有 bulletin.yaml），没有改动它；请换一个文件夹\n",
    )
    assert snapshot(workspace.root) == before


def test_a_workspace_is_not_made_over_files_of_the_same_name(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "x" / "recipients.example.csv", "我的")
    outcome = run("init", str(tmp_path / "x"))
    assert outcome.code == 1
    assert "已有同名文件（recipients.example.csv），没有改动它" in outcome.err
    assert snapshot(tmp_path / "x") == {"recipients.example.csv": "我的".encode()}


# new and import


def test_a_new_issue_is_laid_out(run: Run) -> None:
    assert run("new", "2021-01") == Outcome(
        code=0,
        out="新建了 issues/2021-01：issue.yaml、editorial.md、news/01.md、trends/01.md、reports/01.md、finance/01.md\n",
        err="",
    )


def test_a_new_report_is_laid_out(run: Run) -> None:
    assert "body/01.md" in run("new", "ai-2021", "--kind", "report").out


@pytest.mark.parametrize("command", [("new", "2021-01"), ("import", "a.txt", "2021-01")])
def test_an_issue_is_never_overwritten(run: Run, workspace: Workspace, command: tuple[str, ...]) -> None:
    write_article(write_issue(workspace), "news/01.md", "我写的")
    write(workspace.root / "a.txt", "行业动态\n\n标题\n\n正文正文正文。\n")
    before = snapshot(workspace.root)
    assert run(*command) == Outcome(
        code=1,
        out="",
        err="issues/2021-01: 已有这一期的文稿，没有改动它；请换一个期号，或先把原来的文件夹改名\n",
    )
    assert snapshot(workspace.root) == before


def test_a_name_that_leads_elsewhere_makes_nothing(run: Run, workspace: Workspace) -> None:
    before = snapshot(workspace.root.parent)
    for name in ("../x", "..", "/tmp/x", "a/b"):
        outcome = run("new", name)
        assert (outcome.code, outcome.err) == (
            1,
            f"“{name}”不能作为期号：只用英文字母、数字、连字符、下划线和点，如 2021-01、ai-report-2021\n",
        )
    assert snapshot(workspace.root.parent) == before


def test_a_file_that_is_not_there_cannot_be_imported(run: Run) -> None:
    assert run("import", "没有.txt", "2021-01").err == (
        "没有.txt: 读不到这个文件（没有这个文件）；请检查文件名和所在文件夹\n"
    )


# check

WHOLE_ISSUE = """date: 2021-01-29
number: 1
imprint: {permit_number: 样例, recipients: 有关部门, printer: 样例, print_date: 2021-01-29, copies: 200}
"""
SOURCE = {"name": "某局", "url": "https://example.org/a.html", "date": "2021-01-20"}


@pytest.fixture
def faulty(workspace: Workspace) -> Workspace:
    folder = write_issue(workspace, text=WHOLE_ISSUE)
    write(folder / "news/01.md", "---\ntitle: 甲\nindustries: [人工智慧]\n---\n正文\n")
    write(folder / "news/稿.docx", b"")
    return workspace


@pytest.mark.usefixtures("faulty")
def test_check_lists_every_problem_and_counts_them(run: Run) -> None:
    assert run("check") == Outcome(
        code=1,
        out="2021-01: 1 处错误，1 处提醒；差错率约 0.0/万，合格线 2/万\n",
        err="issues/2021-01/news/01.md:3: 没有“人工智慧”这个产业；最接近的是 ai（新一代人工智能产业）\n"
        "提醒：issues/2021-01/news/稿.docx: 不是文稿（.md），不会被印出来；"
        "文稿请把文字复制进 .md 文件；图片和数据请放进 assets 文件夹；没有用的请删去\n",
    )


@pytest.mark.usefixtures("faulty")
def test_check_prints_one_json_document_and_nothing_else(run: Run) -> None:
    outcome = run("check", "2021-01", "--json")
    assert (outcome.code, outcome.err) == (1, "")
    assert json.loads(outcome.out) == {
        "issue": "2021-01",
        "errors": 1,
        "warnings": 1,
        "problems": [
            {
                "file": "issues/2021-01/news/01.md",
                "line": 3,
                "column": None,
                "rule": "unknown-industry",
                "severity": "error",
                "message": "没有“人工智慧”这个产业",
                "suggestion": "最接近的是 ai（新一代人工智能产业）",
            },
            {
                "file": "issues/2021-01/news/稿.docx",
                "line": None,
                "column": None,
                "rule": "unused-file",
                "severity": "warning",
                "message": "不是文稿（.md），不会被印出来",
                "suggestion": "文稿请把文字复制进 .md 文件；图片和数据请放进 assets 文件夹；没有用的请删去",
            },
        ],
        "errorrate": {"slips": 0, "characters": 3, "per_10000": 0.0, "yardstick": 2, "passes": True},
    }


@pytest.mark.usefixtures("fonts")
def test_check_of_a_sound_issue_ends_well(run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace, text=WHOLE_ISSUE)
    write_article(folder, "news/01.md", industries=["ai"], source=SOURCE)
    assert run("check") == Outcome(
        code=0, out="2021-01: 没有发现问题；差错率约 0.0/万，合格线 2/万\n", err=""
    )
    assert json.loads(run("check", "--json").out) == {
        "issue": "2021-01",
        "errors": 0,
        "warnings": 0,
        "problems": [],
        "errorrate": {"slips": 0, "characters": 7, "per_10000": 0.0, "yardstick": 2, "passes": True},
    }


@pytest.mark.usefixtures("fonts")
def test_check_of_several_issues_is_one_document_too(run: Run, workspace: Workspace) -> None:
    write_article(write_issue(workspace), "news/01.md")
    write_issue(workspace, "2021-02", "date: x\n")
    outcome = run("check", "--json")
    assert outcome.code == 1
    assert [(one["issue"], one["errors"]) for one in json.loads(outcome.out)] == [
        ("2021-01", 0),
        ("2021-02", 1),
    ]


def test_mistakes_in_the_settings_are_part_of_the_document(run: Run, faulty: Workspace) -> None:
    write(faulty.root / "bulletin.yaml", "masthead: {title: 快递}\n")
    document = json.loads(run("check", "2021-01", "--json").out)
    assert [problem["file"] for problem in document["problems"]] == ["bulletin.yaml"]


@pytest.mark.usefixtures("fonts")
def test_mistakes_of_every_stage_are_listed_together(run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace)
    write_article(folder, "news/01.md", "见[@fig-x]和𠀀[^2]\n\n![图](assets/none.png)\n\n[^1]: 注\n")
    write(folder / "old.txt", "")
    rules = [one["rule"] for one in json.loads(run("check", "--json").out)["problems"]]
    assert {"unused-file", "note", "reference", "picture"} <= set(rules)


def test_an_issue_that_is_not_there_cannot_be_checked(run: Run, workspace: Workspace) -> None:
    write_issue(workspace)
    assert run("check", "2021-03") == Outcome(
        code=1, out="", err="issues/2021-03: 没有这一期；已有：2021-01；可用 xcbulletin new 2021-03 新建\n"
    )


def test_without_an_issue_there_is_nothing_to_check(run: Run) -> None:
    assert run("check").err == "issues: 还没有任何一期；可用 xcbulletin new 2021-01 新建\n"


def test_without_fonts_the_message_says_what_to_run(
    run: Run, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(write_issue(workspace), "news/01.md")
    monkeypatch.setenv("XCBULLETIN_FONTS", str(tmp_path / "none"))
    message = f"没有找到排版用的字体（{tmp_path / 'none'}）。请先运行 xcbulletin fonts"
    assert run("check") == Outcome(code=1, out="", err=f"{message}\n")
    assert message in run("build").err


# build, as far as words go


def test_an_unknown_industry_is_wrong_usage(run: Run, workspace: Workspace) -> None:
    write_issue(workspace)
    assert run("build", "--industry", "ai,人工智慧") == Outcome(
        code=2, out="", err="--industry 没有“人工智慧”这个产业；最接近的是 ai（新一代人工智能产业）\n"
    )


def test_the_process_ends_with_the_same_code(workspace: Workspace) -> None:
    for words, code in ((["check"], 1), (["chekc"], 2), (["new", "2021-01"], 0)):
        done = subprocess.run(
            [sys.executable, "-m", "xcbulletin", *words], cwd=workspace.root, capture_output=True, check=False
        )
        assert done.returncode == code
        assert b"Traceback" not in done.stderr

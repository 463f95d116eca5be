"""Many issues built side by side come out as each would alone, and are told of in order."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Outcome, make_workspace, write, write_article, write_issue

from xcbulletin.errors import PrintError
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting.press import Job, Press, Ticket
from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]
ISSUES = ("2020-11", "2020-12", "2021-01", "a-report")
MADE = "index.html、email.html、email.txt、bulletin.pdf、email.eml"

pytestmark = pytest.mark.usefixtures("fonts")


@pytest.fixture
def issues(workspace: Workspace) -> Path:
    """Write four issues of different lengths; return the folder of what is built."""
    for number, issue in enumerate(ISSUES):
        kind = "report" if issue == "a-report" else "bulletin"
        folder = write_issue(workspace, issue, f"kind: {kind}\ntitle: 第{number}本\ndate: 2021-01-29\n")
        column = "body" if kind == "report" else "news"
        write_article(folder, f"{column}/01.md", f"第{number}本的话。\n\n" * (60 if number == 1 else 1))
    return workspace.root / "build"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_issues_are_built_and_told_in_order(run: Run, issues: Path) -> None:
    assert run("build", "--all") == Outcome(
        code=0, out="".join(f"build/{issue}: {MADE}\n" for issue in ISSUES), err=""
    )
    assert {path.name for path in issues.iterdir()} == {".cache", *ISSUES}


def test_in_the_order_in_which_they_are_named(run: Run, issues: Path) -> None:  # noqa: ARG001
    named = ("a-report", "2020-12", "2020-11")
    outcome = run("build", *named, "--format", "html,pdf")
    assert outcome.out == "".join(f"build/{issue}: index.html、bulletin.pdf\n" for issue in named)


def test_an_issue_named_twice_is_built_once(run: Run, issues: Path) -> None:  # noqa: ARG001
    outcome = run("build", "2021-01", "2020-12", "2021-01", "--format", "html")
    assert outcome.out == "build/2021-01: index.html\nbuild/2020-12: index.html\n"


def test_together_they_are_the_same_bytes_as_alone(run: Run, issues: Path) -> None:
    assert run("build", "--all").code == 0
    together = {issue: snapshot(issues / issue) for issue in ISSUES}
    for issue in ISSUES:
        (issues / issue / "manifest.json").unlink()
        assert run("build", issue).code == 0
        assert snapshot(issues / issue) == together[issue]


def test_what_is_true_already_starts_no_press(
    run: Run, issues: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("build", "--all").code == 0
    before = snapshot(issues)
    monkeypatch.setattr(Press, "__enter__", None)
    outcome = run("build", "--all")
    assert outcome.out == "".join(f"build/{issue}: 没有变化，不必重印\n" for issue in ISSUES)
    assert snapshot(issues) == before


def test_problems_of_one_stand_in_its_place_and_stop_no_other(
    run: Run, issues: Path, workspace: Workspace
) -> None:
    write_article(workspace.root / "issues" / "2020-12", "news/02.md", draft=True)
    write_article(workspace.root / "issues" / "2020-12", "news/03.md", "见[@nothing]\n")
    write(workspace.root / "templates/report/web.html", "{{ nothing }}")
    outcome = run("build", "--all")
    assert (outcome.code, outcome.out) == (1, f"build/2020-11: {MADE}\nbuild/2021-01: {MADE}\n")
    lines = outcome.err.splitlines()
    assert [lines[0], lines[2], lines[4]] == [
        "提醒：issues/2020-12/news/02.md: 是草稿（draft: true），没有编入；写好后请删去 draft 一行",
        "2020-12: 没有编印；请先改正以上问题",
        "a-report: 没有编印；请先改正以上问题",
    ]
    assert lines[1].startswith("issues/2020-12/news/03.md:4: “[@nothing]”没有对应的图或表")
    assert lines[3].startswith("templates/report/web.html:1: 模板有误（")
    assert {path.name for path in issues.iterdir()} == {".cache", "2020-11", "2021-01"}


def test_a_page_that_cannot_be_printed_is_told_of_its_issue_only(
    run: Run, issues: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, result = Press.submit, Press.result
    torn: list[Ticket] = []

    def submitted(press: Press, job: Job) -> Ticket:
        ticket = submit(press, job)
        torn.extend([ticket] if "第1本的话" in job.html else [])
        return ticket

    def fetched(press: Press, ticket: Ticket) -> bytes:
        pdf = result(press, ticket)
        if ticket in torn:
            raise PrintError("纸卡住了")
        return pdf

    monkeypatch.setattr(Press, "submit", submitted)
    monkeypatch.setattr(Press, "result", fetched)
    outcome = run("build", "--all")
    assert outcome.code == 1
    assert outcome.err == "纸卡住了\n2020-12: 没有编印；请先改正以上问题\n"
    assert {path.name for path in issues.iterdir()} == {".cache", *ISSUES} - {"2020-12"}


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_it_leaves_nothing_half_made(
    fonts: FontSet, tmp_path: Path, end: signal.Signals
) -> None:
    workspace = make_workspace(tmp_path / "快递")
    for month in range(1, 10):
        folder = write_issue(workspace, f"2020-{month:02}", "date: 2021-01-29\n")
        write_article(folder, "news/01.md", "正文。\n\n" * 20 * month)
    process = subprocess.Popen(
        [sys.executable, "-m", "xcbulletin", "build", "--all"],
        cwd=workspace.root,
        env={**os.environ, "XCBULLETIN_FONTS": str(fonts.directory)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"build/2020-01: {MADE}\n"
    descendants = below(process.pid)
    assert descendants
    process.send_signal(end)
    _out, err = process.communicate(timeout=20)
    if end is signal.SIGINT:
        assert (process.returncode, err) == (130, "已中止\n")
        assert list((workspace.root / "build").glob(".2020*")) == []
    for folder in (workspace.root / "build").glob("2020-*"):
        manifest = json.loads((folder / "manifest.json").read_bytes())
        assert set(manifest["files"]) | {"manifest.json"} == set(snapshot(folder))
    assert not (workspace.root / "build" / "2020-09").exists()
    for _ in range(500):
        if not any(Path(f"/proc/{pid}").exists() for pid in descendants):
            break
        time.sleep(0.01)
    else:
        pytest.fail("something is still printing")


def below(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    children = [
        int(word)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for word in (task / "children").read_text().split()
    ]
    return [one for child in children for one in (child, *below(child))]

"""Whatever is wrong with a command line is said in Chinese, with what would be right, and ends with 2."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from conftest import Outcome, write, write_article, write_issue

from xcbulletin import usage
from xcbulletin.cli import app
from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["biuld"], "没有 biuld 这个命令，是否想写 build？；用法见 xcbulletin --help"),
        (["new"], "缺少“期号”；用法见 xcbulletin new --help"),
        (["import", "a.txt"], "缺少“期号”；用法见 xcbulletin import --help"),
        (["sources", "lst"], "没有 lst 这个命令，是否想写 list？；用法见 xcbulletin sources --help"),
        (["sources", "export"], "缺少“文件.opml”；用法见 xcbulletin sources export --help"),
        (["sources"], "请写一个命令：list、add、test、import、export；用法见 xcbulletin sources --help"),
        (
            ["build", "--fromat", "pdf"],
            "没有 --fromat 这个选项，是否想写 --format？；用法见 xcbulletin build --help",
        ),
        (["check", "--xml"], "没有 --xml 这个选项；用法见 xcbulletin check --help"),
        (["build", "--format"], "选项 --format 后面要写内容；用法见 xcbulletin --help"),
        (["check", "--json=x"], "选项 --json 后面不用写内容；用法见 xcbulletin --help"),
        (["new", "2021-01", "2021-02"], "写多了：2021-02；用法见 xcbulletin new --help"),
        (
            ["new", "2021-01", "--kind", "journal"],
            "“journal”不能用在 --kind 后面，这里要的是 bulletin|report；用法见 xcbulletin new --help",
        ),
        (
            ["build", "--format", "docx"],
            "--format 只能是 pdf、html、email，可用逗号连写，如 --format pdf,html",
        ),
    ],
)
def test_a_wrong_command_line_is_explained(
    run: Run, workspace: Workspace, words: list[str], message: str
) -> None:
    write_issue(workspace)
    assert run(*words) == Outcome(code=2, out="", err=message + "\n")


def test_a_command_like_no_other_is_answered_with_all(run: Run) -> None:
    outcome = run("排版")
    assert outcome.code == 2
    assert outcome.err.startswith("没有 排版 这个命令；可用：init、new、import、check、build、")


def test_no_command_at_all_is_answered_with_all(run: Run) -> None:
    outcome = run()
    assert outcome.code == 2
    assert outcome.err.startswith("请写一个命令：init、new、import、check、build、")


@pytest.mark.parametrize(
    "words",
    [
        (),
        *((one.name or one.callback.__name__,) for one in app.registered_commands),  # type: ignore[union-attr]
        *(
            (group.name, *words)
            for group in app.registered_groups
            for words in (
                (),
                *((one.name or one.callback.__name__,) for one in group.typer_instance.registered_commands),
            )  # type: ignore[union-attr]
        ),
    ],
)
def test_every_help_text_is_chinese(run: Run, words: tuple[str, ...]) -> None:
    outcome = run(*words, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith("用法：xcbulletin")
    prose = re.sub(r"xcbulletin|XCBULLETIN_\w+|--\w+|\b[\w.-]+\.(yaml|md|txt|opml)\b", "", outcome.out)
    assert not re.search(r"\b(Usage|Options|Arguments|Commands|Show|required|default|exit|str|path)\b", prose)


@pytest.mark.parametrize(
    ("words", "moved"),
    [
        (["check", "--workspace", "w", "2021-01"], ["--workspace", "w", "check", "2021-01"]),
        (["check", "--workspace=w"], ["--workspace=w", "check"]),
        (["--workspace", "w", "check"], ["--workspace", "w", "check"]),
        (["check", "--", "--workspace", "w"], ["check", "--", "--workspace", "w"]),
        (["check", "--workspace"], ["check", "--workspace"]),
    ],
)
def test_the_workspace_may_stand_anywhere(words: list[str], moved: list[str]) -> None:
    assert usage._workspace_first(words) == moved


def one_command(action: Callable[[], None]) -> typer.Typer:
    made = typer.Typer(add_completion=False)
    made.callback()(lambda: None)
    made.command("go")(action)
    return made


def raising(error: BaseException) -> typer.Typer:
    def action() -> None:
        raise error

    return one_command(action)


def test_a_stop_from_the_keyboard_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert usage.run(raising(KeyboardInterrupt()), ["go"]) == 130
    assert capsys.readouterr().err.strip() == "已中止"


def test_a_file_that_cannot_be_written_is_a_message(run: Run, workspace: Workspace) -> None:
    write_article(write_issue(workspace), "news/01.md")
    write(workspace.root / "build", "a file")
    outcome = run("build", "--format", "html")
    assert outcome.code == 1
    assert re.search(r"build(/2021-01)?: 读写失败（.+）；请检查磁盘空间和权限", outcome.err)


def test_a_developers_mistake_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        usage.run(raising(ZeroDivisionError()), ["go"])


def test_a_reader_that_stops_reading_is_no_mistake(workspace: Workspace) -> None:
    write_issue(workspace, text="".join(f"bad{n}: x\n" for n in range(2_000)))
    command = f"{sys.executable} -m xcbulletin check --json | head -c 10"
    done = subprocess.run(
        ["bash", "-c", command], cwd=workspace.root, capture_output=True, text=True, check=False
    )
    assert done.stdout == '{\n  "issue'
    assert "Traceback" not in done.stderr


def test_help_answers_at_once(tmp_path: Path) -> None:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "xcbulletin", "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert time.monotonic() - started < 2
    for heavy in ("weasyprint", "pydantic", "jinja2", "lxml", "PIL", "markdown_it", "yaml"):
        assert not re.search(rf"\| +{heavy}$", done.stderr, re.MULTILINE)


def test_a_number_too_small_is_told_with_the_smallest(run: Run, workspace: Workspace) -> None:  # noqa: ARG001
    outcome = run("suggest", "--limit", "0")
    assert outcome.code == 2
    assert outcome.err == "--limit 后面应为 1 或更大的整数；用法见 xcbulletin suggest --help\n"

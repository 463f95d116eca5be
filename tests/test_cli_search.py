"""`search` from end to end: what is asked, what is answered, and what is refused."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Outcome, write, write_article, write_issue

import xcbulletin.cli.search  # noqa: F401
from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def january(workspace: Workspace) -> Path:
    folder = write_issue(workspace)
    write_article(
        folder, "news/01.md", "今年光伏装机增长。电网投资也在增长。\n", title="光伏", industries=["power"]
    )
    write_article(
        folder, "reports/01.md", "芯片里说到光伏。\n", title="芯片报告", industries=["silicon", "ai"]
    )
    february = write_issue(workspace, "2021-02", "date: 2021-02-26\n")
    write_article(february, "news/01.md", "储能与光伏。\n", title="储能")
    return folder


def titles(run: Run, *words: str) -> list[str]:
    outcome = run("search", *words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    return [hit["title"] for hit in json.loads(outcome.out)["hits"]]


def refused(run: Run, *words: str) -> str:
    outcome = run("search", *words)
    assert (outcome.code, outcome.out) == (2, "")
    return outcome.err.removesuffix("\n")


def test_what_is_found_is_told_to_people(run: Run) -> None:
    assert run("search", "光伏", "增长") == Outcome(
        code=0,
        err="",
        out="光伏\n"
        "  2021-01 · 2021-01-29 · 行业动态 · 智能电力 · issues/2021-01/news/01.md\n"
        "  今年光伏装机增长。电网投资也在增长。\n"
        "共 1 篇\n",
    )


def test_what_is_found_is_told_to_programs(run: Run) -> None:
    document: dict[str, Any] = json.loads(run("search", "芯片", "--json").out)
    assert document == {
        "total": 1,
        "hits": [
            {
                "issue": "2021-01",
                "article": "issues/2021-01/reports/01.md",
                "title": "芯片报告",
                "column": "reports",
                "industries": ["silicon", "ai"],
                "date": "2021-01-29",
                "snippet": "芯片里说到光伏。",
                "url": "build/archive/issues/2021-01/reports-01.html",
            }
        ],
    }


def test_the_address_is_that_of_the_page_in_the_archive(run: Run, workspace: Workspace) -> None:
    assert run("archive", "build", "--without-search").code == 0
    for hit in json.loads(run("search", "光伏", "--json").out)["hits"]:
        assert (workspace.root / hit["url"]).is_file()
        assert (workspace.root / hit["article"]).is_file()


def test_the_newest_come_first_or_those_with_words_in_the_title(run: Run) -> None:
    assert titles(run, "光伏") == ["储能", "光伏", "芯片报告"]
    assert titles(run, "光伏", "--sort", "relevance") == ["光伏", "储能", "芯片报告"]


def test_filters_are_taken_by_code_and_by_name(run: Run) -> None:
    assert titles(run, "光伏", "--industry", "ai") == ["芯片报告"]
    assert titles(run, "--industry", "人工智能,power") == ["光伏", "芯片报告"]
    assert titles(run, "--column", "行业动态") == titles(run, "--column", "news") == ["储能", "光伏"]
    assert titles(run, "--column", "reports、专题报告") == ["芯片报告"]
    assert titles(run, "--column", "report") == []
    assert titles(run, "--since", "2021-02") == ["储能"]
    assert titles(run, "光伏", "--until", "2021-01", "--column", "news") == ["光伏"]


def test_quotation_marks_keep_a_phrase_together(run: Run) -> None:
    assert titles(run, "“增长。电网”") == ["光伏"]
    assert titles(run, "光伏　增长") == titles(run, "光伏 增长") == ["光伏"]
    assert titles(run, "说到", "“芯片里说”") == ["芯片报告"]


def test_no_more_are_listed_than_wanted(run: Run) -> None:
    lines = run("search", "光伏", "--limit", "2").out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "储能",
        "光伏",
        "共 3 篇，列出前 2 篇；要多列，请加 --limit 3，要少一些，请再写一个词，或限定产业、栏目、月份",
    ]
    assert json.loads(run("search", "光伏", "--limit", "2", "--json").out)["total"] == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("氢能",), "没有找到有“氢能”的文章；请把词写短一些、换个说法"),
        (
            ("光伏", "氢能", "--since", "2021-01"),
            "没有找到同时有“光伏”“氢能”的文章；请少写几个词、把词写短一些、换个说法，或放宽产业、栏目、月份",
        ),
        (("--industry", "bio"), "没有找到：这样的产业、栏目、月份里没有文章；请放宽条件"),
    ],
)
def test_where_nothing_is_found_it_says_what_to_try(run: Run, words: tuple[str, ...], said: str) -> None:
    assert run("search", *words) == Outcome(code=0, out=f"{said}\n", err="")


def test_words_are_bold_on_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _self: True, raising=False)
    lines = run("search", "光", "长。", "--column", "news").out.splitlines()
    assert lines[0] == "\x1b[1m光\x1b[0m伏"
    assert lines[2] == "  今年\x1b[1m光\x1b[0m伏装机增\x1b[1m长。\x1b[0m电网投资也在增\x1b[1m长。\x1b[0m"


def test_what_changed_is_found_as_it_is_now(run: Run, january: Path, workspace: Workspace) -> None:
    assert titles(run, "电网") == ["光伏"]
    write_article(january, "news/01.md", "装机下降。\n", title="光伏", industries=["power"])
    assert titles(run, "电网") == []
    assert titles(run, "下降") == ["光伏"]
    (workspace.root / "issues" / "2021-02").rename(workspace.root / "gone")
    assert titles(run, "储能") == []


def test_drafts_are_not_found(run: Run, january: Path) -> None:
    write_article(january, "news/02.md", "还没有写完。\n", title="草稿", draft=True)
    assert titles(run, "写完") == []


def test_an_issue_that_cannot_be_read_is_told_and_the_others_are_searched(run: Run, january: Path) -> None:
    write(january / "news" / "02.md", "---\ntitle: [\n---\n正文\n")
    outcome = run("search", "光伏", "--json")
    assert outcome.code == 1
    assert [hit["title"] for hit in json.loads(outcome.out)["hits"]] == ["储能"]
    assert outcome.err == (
        "issues/2021-01: 读不了（稿子有错误，或不让读），没有在里面找；请运行 xcbulletin check 2021-01 查看\n"
    )


def test_an_issue_that_the_machine_does_not_give_is_told_and_the_others_are_searched(
    run: Run, january: Path
) -> None:
    titles(run, "光伏")
    (january / "issue.yaml").unlink()
    (january / "issue.yaml").symlink_to("/proc/self/mem")  # not even root can read it
    outcome = run("search", "光伏", "--json")
    assert outcome.code == 1
    assert [hit["title"] for hit in json.loads(outcome.out)["hits"]] == ["储能"]


COLUMNS = "editorial（编者的话）、news（行业动态）、trends（行业趋势）、reports（行业报告）、finance（财经数据）、report（专题报告）"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            (),
            "要找什么？请写上词，如 xcbulletin search 光伏；或写上 --industry、--column、--since、--until 当中的条件",
        ),
        (
            ("“”",),
            "要找什么？请写上词，如 xcbulletin search 光伏；或写上 --industry、--column、--since、--until 当中的条件",
        ),
        (("光伏", "--since", "2021"), "--since 应为月份，如 2021-01，现为“2021”"),
        (("光伏", "--until", "2021-13"), "--until 应为月份，如 2021-01，现为“2021-13”"),
        (("光伏", "--until", "0000-01"), "--until 应为月份，如 2021-01，现为“0000-01”"),
        (
            ("--since", "2021-03", "--until", "2021-01"),
            "--since 2021-03 比 --until 2021-01 还晚，这中间没有月份；是否写反了？",
        ),
        (("光伏", "--column", "动态"), f"--column 没有“动态”这个栏目；可用：{COLUMNS}"),
        (("光伏", "--column", ","), "--column 后面要写栏目的代码或名称，如 --column news,reports"),
        (
            ("光伏", "--sort", "old"),
            "--sort 应为 newest（新的在前）或 relevance（标题里有词的在前），现为“old”",
        ),
        (("光伏", "--limit", "0"), "--limit 后面应为 1 或更大的整数；用法见 xcbulletin search --help"),
    ],
)
def test_what_cannot_be_asked_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    assert refused(run, *words) == said


def test_all_that_cannot_be_asked_is_told_at_once(run: Run) -> None:
    options = ("--since", "2021", "--until", "x", "--column", "动态", "--sort", "old", "--limit", "0")
    assert refused(run, *options, "--industry", ",").splitlines() == [
        "--since 应为月份，如 2021-01，现为“2021”",
        "--until 应为月份，如 2021-01，现为“x”",
        "--industry 后面要写产业的代码或名称，如 --industry ai,robot",
        f"--column 没有“动态”这个栏目；可用：{COLUMNS}",
        "--sort 应为 newest（新的在前）或 relevance（标题里有词的在前），现为“old”",
        "--limit 后面应为 1 或更大的整数；用法见 xcbulletin search --help",
    ]
    assert refused(run, "--sort", "old").splitlines()[1].startswith("要找什么？")


def test_however_many_may_be_listed(run: Run) -> None:
    assert titles(run, "光伏", "--limit", "9" * 30) == ["储能", "光伏", "芯片报告"]


def test_an_unknown_industry_is_refused(run: Run) -> None:
    assert refused(run, "光伏", "--industry", "猪肉").startswith("--industry 没有“猪肉”这个产业；")


def test_an_archive_that_has_nothing_is_searched_too(run: Run, workspace: Workspace) -> None:
    (workspace.root / "issues").rename(workspace.root / "gone")
    assert titles(run, "光伏") == []


def test_a_copy_of_the_workspace_with_the_same_database_finds_all_put_already(
    workspace: Workspace, run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xcbulletin.readingroom import finding

    monkeypatch.setenv("XCBULLETIN_DATABASE", f"sqlite:///{tmp_path}/shared.db")
    assert run("search", "光伏").out.endswith("共 3 篇\n")
    copy = tmp_path / "copy"
    shutil.copytree(workspace.root, copy, ignore=shutil.ignore_patterns("build"))
    for path in copy.rglob("*.md"):
        os.utime(path, (1, 1))
    monkeypatch.setattr(finding, "put", None)
    assert run("--workspace", str(copy), "search", "光伏").out.endswith("共 3 篇\n")
    assert run("search", "光伏").out.endswith("共 3 篇\n")


@pytest.fixture
def colleague(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the workspace that has the same database, but not yet the newest issue."""
    monkeypatch.setenv("XCBULLETIN_DATABASE", f"sqlite:///{tmp_path}/shared.db")
    copy = tmp_path / "copy"
    shutil.copytree(workspace.root, copy, ignore=shutil.ignore_patterns("build"))
    shutil.rmtree(copy / "issues/2021-02")
    return copy


def test_what_is_not_here_is_not_found_and_stays_for_others(
    run: Run, colleague: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xcbulletin.readingroom import finding

    assert titles(run, "光伏") == ["储能", "光伏", "芯片报告"]
    assert titles(run, "光伏", "--workspace", str(colleague)) == ["光伏", "芯片报告"]
    monkeypatch.setattr(finding, "put", None)
    assert titles(run, "光伏") == ["储能", "光伏", "芯片报告"]


def test_what_one_takes_away_is_found_by_who_still_has_it(run: Run, colleague: Path, january: Path) -> None:
    elsewhere = ("--workspace", str(colleague))
    assert titles(run, "光伏") == ["储能", "光伏", "芯片报告"]
    assert titles(run, "光伏", *elsewhere) == ["光伏", "芯片报告"]
    shutil.rmtree(january)
    assert titles(run, "光伏") == ["储能"]
    assert titles(run, "光伏", *elsewhere) == ["光伏", "芯片报告"]
    assert titles(run, "光伏") == ["储能"]

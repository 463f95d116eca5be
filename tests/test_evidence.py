"""The text that an article draws on is kept, can be checked by anybody, and is never printed by accident."""

import hashlib
import subprocess
import threading
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import write, write_article, write_issue

from xcbulletin.manuscript.evidence import format_evidence
from xcbulletin.manuscript.read import read_issue
from xcbulletin.manuscript.write import add_draft
from xcbulletin.model import IssueId, Severity
from xcbulletin.settings import Workspace

ID = IssueId("2021-01")
FETCHED = datetime(2026, 11, 24, 10, 3, 4, tzinfo=ZoneInfo("Asia/Shanghai"))
PAGE = format_evidence(
    "第一行\n第二行", url="https://example.org/a", title="标题", source="国家能源局", fetched=FETCHED
)


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    return write_issue(workspace)


def add(folder: Path, evidence: bytes = PAGE, column: str = "news", **fields: Any) -> Path:
    return add_draft(
        folder,
        column,
        "储能",
        fields={"title": "标题", **fields},
        quotation="原文。",
        evidence=evidence,
        fetched=FETCHED,
    )


def complaints(workspace: Workspace) -> list[str]:
    return [str(problem) for problem in read_issue(workspace, ID)[1]]


def test_a_file_of_evidence_says_where_it_is_from() -> None:
    digest = hashlib.sha256("第一行\n第二行".encode()).hexdigest()
    assert PAGE.decode() == (
        "网址：https://example.org/a\n标题：标题\n信息源：国家能源局\n抓取时间：2026-11-24T10:03:04+08:00\n"
        f"正文 SHA-256（空行以下；整个文件的在稿件的 evidence.sha256）：{digest}\n\n第一行\n第二行"
    )


def test_it_says_what_else_it_is_where_the_page_could_not_be_had() -> None:
    kept = format_evidence("文字", url=None, title="标\n题", source="甲", fetched=FETCHED, remark="没有取到")
    assert "网址：（没有）\n标题：标 题\n" in kept.decode()
    assert "\n说明：没有取到\n\n文字" in kept.decode()


def test_front_matter_names_it_with_its_digest(workspace: Workspace, folder: Path) -> None:
    add(folder)
    (article,) = read_issue(workspace, ID)[0].articles
    assert article.evidence is not None
    assert article.evidence.file == "evidence/news-储能.txt"
    assert article.evidence.fetched == FETCHED
    path = folder / article.evidence.file
    assert path.read_bytes() == PAGE
    said = subprocess.run(["sha256sum", path], check=True, capture_output=True, text=True).stdout
    assert said.startswith(article.evidence.sha256)


def test_a_draft_stands_after_the_articles_that_are_there(folder: Path) -> None:
    write_article(folder, "news/01.md")
    write_article(folder, "news/12-x.md")
    write(folder / "news" / "样稿.md", "")
    assert add(folder).name == "13-储能.md"
    assert add(folder).name == "14-储能.md"
    assert sorted(path.name for path in (folder / "evidence").iterdir()) == [
        "news-储能-2.txt",
        "news-储能.txt",
    ]


def test_a_column_of_one_file_keeps_it_and_gets_a_folder(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "news.md", "我写的")
    add(folder)
    assert [article.file for article in read_issue(workspace, ID)[0].articles] == [
        "issues/2021-01/news.md",
        "issues/2021-01/news/01-储能.md",
    ]
    assert complaints(workspace) == []


def test_two_editors_at_once_overwrite_nothing(folder: Path) -> None:
    threads = [threading.Thread(target=add, args=(folder,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list((folder / "news").iterdir())) == len(list((folder / "evidence").iterdir())) == 8


def test_evidence_that_is_gone_or_changed_is_reported(workspace: Workspace, folder: Path) -> None:
    write(folder / "evidence" / "news-储能.txt", add(folder).read_bytes())
    assert complaints(workspace) == [
        "issues/2021-01/news/01-储能.md: 证据 evidence/news-储能.txt 已不是抓取时的样子（SHA-256 对不上）；"
        "证据不要改动；请从备份里找回"
    ]
    (folder / "evidence" / "news-储能.txt").unlink()
    assert complaints(workspace) == [
        "issues/2021-01/news/01-储能.md: 找不到证据 evidence/news-储能.txt；请从备份里找回，或删去 evidence 一行"
    ]


def test_a_draft_with_others_words_is_no_problem_until_it_is_to_be_printed(
    workspace: Workspace, folder: Path
) -> None:
    path = add(folder)
    assert complaints(workspace) == []
    path.write_text(path.read_text(encoding="utf-8").replace("draft: true", "draft: false"), encoding="utf-8")
    (problem,) = read_issue(workspace, ID)[1]
    assert (problem.severity, problem.place.line) == (Severity.ERROR, 7)
    assert str(problem) == (
        "issues/2021-01/news/01-储能.md:7: 这里还是别人的原文，不能就这样印出来；"
        "请用自己的话改写，再删去“（待改写……”这一行；没写好以前请写 draft: true"
    )


@pytest.mark.parametrize(
    ("evidence", "complaint"),
    [
        (
            {"file": "../x.txt", "sha256": "a" * 64, "fetched": "2021-01-31T09:30:00+08:00"},
            "“evidence.file”应为 evidence 文件夹里的文件（如 evidence/01.txt），现为“../x.txt”",
        ),
        (
            {"file": "evidence/x.txt", "sha256": "abc", "fetched": "2021-01-31T09:30:00+08:00"},
            "“evidence.sha256”应为 SHA-256（64 个小写的十六进制数字）",
        ),
        (
            {"file": "evidence/x.txt", "sha256": "a" * 64, "fetched": "2021-01-31"},
            "“evidence.fetched”应为带时区的时刻（如 2021-01-31T09:30:00+08:00），现为“2021-01-31”",
        ),
    ],
)
def test_a_wrong_word_on_evidence_is_reported(
    workspace: Workspace, folder: Path, evidence: dict[str, str], complaint: str
) -> None:
    write_article(folder, "news/01.md", evidence=evidence)
    assert complaints(workspace)[0] == f"issues/2021-01/news/01.md:3: {complaint}"


def test_evidence_is_no_column(workspace: Workspace, folder: Path) -> None:
    write(folder / "evidence" / "x.txt", "文字")
    assert complaints(workspace) == []

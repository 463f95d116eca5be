"""A manuscript is never overwritten, never half written, and changed only where asked."""

import codecs
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import write

from xcbulletin.errors import ManuscriptExistsError
from xcbulletin.manuscript.write import add_draft, add_issue, format_article, update_article


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_new_issue_is_a_folder_of_its_files(tmp_path: Path) -> None:
    add_issue(tmp_path / "issues" / "2021-01", {"issue.yaml": b"a", "news/01.md": b"b"})
    assert names(tmp_path / "issues") == [
        "2021-01",
        "2021-01/issue.yaml",
        "2021-01/news",
        "2021-01/news/01.md",
    ]
    assert (tmp_path / "issues" / "2021-01").stat().st_mode & 0o777 == 0o755


def test_an_issue_that_is_there_is_not_touched(tmp_path: Path) -> None:
    old = write(tmp_path / "2021-01" / "issue.yaml", "旧")
    with pytest.raises(ManuscriptExistsError) as caught:
        add_issue(tmp_path / "2021-01", {"issue.yaml": b"new", "news/01.md": b"new"})
    assert str(caught.value) == (
        "issues/2021-01: 已有这一期的文稿，没有改动它；请换一个期号，或先把原来的文件夹改名"
    )
    assert old.read_text() == "旧"
    assert names(tmp_path) == ["2021-01", "2021-01/issue.yaml"]


def test_a_file_in_the_issues_place_is_not_touched(tmp_path: Path) -> None:
    write(tmp_path / "2021-01", "旧")
    with pytest.raises(ManuscriptExistsError):
        add_issue(tmp_path / "2021-01", {"issue.yaml": b"new"})
    assert (tmp_path / "2021-01").read_text() == "旧"


def test_of_two_at_once_one_wins_whole(tmp_path: Path) -> None:
    def add(author: int) -> bool:
        try:
            add_issue(tmp_path / "2021-01", {f"news/{n}.md": b"%d" % author for n in range(20)})
        except ManuscriptExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(8))) == 1
    assert len({path.read_bytes() for path in tmp_path.rglob("*.md")}) == 1
    assert len(names(tmp_path)) == 22


def test_a_failure_midway_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="news"):
        add_issue(tmp_path / "issues" / "2021-01", {"news": b"a file", "news/01.md": b"in it"})
    assert names(tmp_path) == ["issues"]


@pytest.mark.parametrize("name", ["evidence", "news"])
def test_a_file_in_the_place_of_a_folder_ends_a_draft(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "")
    with pytest.raises(FileExistsError):
        add_draft(
            tmp_path,
            "news",
            "a",
            fields={"title": "甲"},
            quotation="",
            evidence=b"",
            fetched=datetime(2026, 11, 24, tzinfo=UTC),
        )
    assert not list(tmp_path.rglob("*.txt"))


def test_an_article_is_formatted_with_what_it_has() -> None:
    text = format_article(
        {"title": "要点: 其一", "industries": ["ai"], "summary": None, "draft": True}, "正文\n"
    )
    assert text == "---\ntitle: '要点: 其一'\nindustries: [ai]\ndraft: true\n---\n正文\n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("gbk", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_update_keeps_every_other_byte(tmp_path: Path, encoding: str, mark: bytes, newline: str) -> None:
    text = "---\n# 编者按\ntitle: 旧   # 待定\ndraft: true\n---\n\n正文，没有换行结尾".replace("\n", newline)
    path = write(tmp_path / "a.md", mark + text.encode(encoding))
    update_article(path, {"draft": False})
    assert path.read_bytes() == mark + text.replace("true", "false").encode(encoding)


def test_an_update_leaves_mixed_line_ends_as_they_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", b"---\r\ntitle: a\r\n---\r\nb\nc\rd\r\n")
    update_article(path, {"title": "z"})
    assert path.read_bytes() == b"---\r\ntitle: z\r\n---\r\nb\nc\rd\r\n"


def test_an_update_of_nothing_is_the_same_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", "---\n\ntitle: 甲\n---\n正文")
    update_article(path, {})
    assert path.read_text() == "---\n\ntitle: 甲\n---\n正文"
    assert names(tmp_path) == ["a.md"]

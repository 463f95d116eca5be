"""What the issues hold is known at once, and what has changed since is read anew."""

import os
from pathlib import Path

import pytest
from conftest import write, write_article, write_issue

from xcbulletin.manuscript import printed
from xcbulletin.manuscript.printed import read_printed
from xcbulletin.model import Printed
from xcbulletin.settings import Workspace

SOURCE = {"name": "新华社", "url": "https://example.org/a"}


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    return write_issue(workspace)


def titles(workspace: Workspace) -> list[str]:
    return [one.title for one in read_printed(workspace.root)]


def test_articles_of_all_issues_are_read(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "editorial.md", title="编者的话")
    write_article(folder, "news/01.md", title="甲", industries=["人工智能"], source=SOURCE, summary="摘要。")
    write_article(write_issue(workspace, "2021-02"), "news/01.md", title="乙", draft=True)
    assert read_printed(workspace.root) == (
        Printed(
            issue="2021-01",
            file="issues/2021-01/editorial.md",
            column="editorial",
            title="编者的话",
            text="正文。",
        ),
        Printed(
            issue="2021-01",
            file="issues/2021-01/news/01.md",
            column="news",
            title="甲",
            text="摘要。\n正文。",
            url="https://example.org/a",
            industries=("人工智能",),
        ),
        Printed(
            issue="2021-02",
            file="issues/2021-02/news/01.md",
            column="news",
            title="乙",
            text="正文。",
            draft=True,
        ),
    )


@pytest.mark.parametrize(
    "content", ["没有开头", "---\nindustries: [ai]\n---\n", b"\xff\xff", "---\ntitle: [\n---\n"]
)
def test_a_file_that_cannot_be_read_is_left_out(
    workspace: Workspace, folder: Path, content: str | bytes
) -> None:
    write(folder / "news" / "01.md", content)
    assert titles(workspace) == []


def test_what_changed_is_read_anew(workspace: Workspace, folder: Path) -> None:
    path = write_article(folder, "news/01.md", title="甲")
    assert titles(workspace) == ["甲"]
    write_article(folder, "news/01.md", title="乙乙")
    assert titles(workspace) == ["乙乙"]
    path.unlink()
    assert titles(workspace) == []


def test_what_did_not_change_is_not_read_again(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(folder, "news/01.md", title="甲")
    first = read_printed(workspace.root)
    monkeypatch.setattr(printed, "_read", None)
    assert read_printed(workspace.root) == first


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"form": 0}',
        "{",
        '{"form": 1}',
        '{"form": 1, "files": [1]}',
        '{"form": 1, "files": {"issues/2021-01/news/01.md": 1}}',
        '{"form": 1, "files": {"issues/2021-01/news/01.md": {"stamp": [1, 2], "article": {"x": 1}}}}',
    ],
)
def test_a_cache_that_is_none_does_no_harm(workspace: Workspace, folder: Path, content: str) -> None:
    write_article(folder, "news/01.md", title="甲")
    write(workspace.root / "build/.cache/printed.json", content)
    assert titles(workspace) == ["甲"]


def test_a_link_to_nothing_and_a_folder_are_left_out(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "news/01.md", title="甲")
    (folder / "news" / "02.md").symlink_to("nowhere.md")
    (folder / "news" / "03.md").mkdir()
    assert titles(workspace) == ["甲"]


def test_what_cannot_be_kept_is_read_all_the_same(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "news/01.md", title="甲")
    write(workspace.root / "build", "")
    assert titles(workspace) == ["甲"]


def test_a_workspace_without_issues_has_printed_nothing(workspace: Workspace) -> None:
    assert read_printed(workspace.root) == ()


def test_a_file_may_have_a_name_of_another_system(workspace: Workspace, folder: Path) -> None:
    write_article(folder, os.fsdecode(b"news/" + "许昌.md".encode("gbk")), title="甲")
    assert titles(workspace) == titles(workspace) == ["甲"]

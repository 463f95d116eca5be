"""Where things are, and names that cannot lead anywhere else."""

import errno
import os
from pathlib import Path

import pytest
from conftest import write
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.errors import WorkspaceError
from xcbulletin.settings import Workspace
from xcbulletin.starter import starter_files
from xcbulletin.workspace import (
    find_root,
    issue_folder,
    issue_ids,
    keep,
    leads_back,
    parse_issue_id,
    read_kept,
    setting_overrides,
    user_cache,
    write_new,
    write_whole,
)

ID_LIKE = st.text(alphabet="ab01-_./\\ :\0\n期", max_size=70)


def test_the_workspace_is_found_from_a_folder_inside(workspace: Workspace) -> None:
    inside = workspace.root / "issues" / "2021-01" / "news"
    inside.mkdir(parents=True)
    assert find_root(inside) == workspace.root


def test_outside_a_workspace_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        find_root(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: 这里不是工作区（没有 bulletin.yaml）；请到工作区里运行、用 --workspace 指明，"
        "或用 xcbulletin init 新建一个"
    )


@pytest.mark.parametrize("text", ["2021-01", "ai-report-2021", "a", "2021.01_x", "A" * 64])
def test_a_plain_name_is_an_issue(text: str) -> None:
    assert parse_issue_id(text) == text


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "../x", "a/b", "a\\b", "-x", ".x", "x.", "a..b", "2021年1月", "x\n", "A" * 65, " a"],
)
def test_a_name_that_could_lead_elsewhere_is_none(text: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        parse_issue_id(text)
    assert str(caught.value) == (
        f"“{text}”不能作为期号：只用英文字母、数字、连字符、下划线和点，如 2021-01、ai-report-2021"
    )


@given(st.one_of(st.text(), ID_LIKE))
def test_no_issue_id_leaves_its_folder(text: str) -> None:
    try:
        issue = parse_issue_id(text)
    except WorkspaceError:
        return
    assert Path("issues", issue).parts == ("issues", issue)
    assert os.path.normpath(f"issues/{issue}") == f"issues/{issue}"
    assert not {"/", "\\", "\0", ":"} & set(issue)


def test_issues_are_folders_with_a_good_name_in_order(workspace: Workspace) -> None:
    for name in ("2021-02", "2021-01", ".2021-03-x", "旧稿", "ai-report"):
        (workspace.root / "issues" / name).mkdir(parents=True)
    write(workspace.root / "issues" / "2021-09", "")
    assert issue_ids(workspace.root) == ("2021-01", "2021-02", "ai-report")


def test_a_workspace_without_issues_has_none(workspace: Workspace) -> None:
    assert issue_ids(workspace.root) == ()


@pytest.mark.parametrize("text", ["2021-1", "2021-13", "2021-00"])
def test_a_name_like_a_month_has_to_be_one(text: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        parse_issue_id(text)
    assert str(caught.value) == f"“{text}”不是月份：月份写成两位，从 01 到 12，如 2021-04"


def test_an_issue_that_is_not_there_is_answered_with_the_nearest(workspace: Workspace) -> None:
    for name in ("2021-01", "2021-02"):
        (workspace.root / "issues" / name).mkdir(parents=True)
    with pytest.raises(WorkspaceError) as caught:
        issue_folder(workspace.root, parse_issue_id("2021-03"))
    assert str(caught.value) == (
        "issues/2021-03: 没有这一期；已有：2021-01、2021-02；可用 xcbulletin new 2021-03 新建"
    )


@pytest.mark.parametrize(
    ("link", "target", "expected"),
    [
        ("self", ".", True),
        ("above/below/up", "../..", True),
        ("above/up", "below", False),
        ("above/here", "../elsewhere", False),
        ("out", "..", False),
        ("elsewhere/there", "../above", False),
        ("above/below/round", "../../elsewhere/back/below", True),
    ],
)
def test_a_link_leads_back_to_a_folder_that_it_stands_in(
    tmp_path: Path, link: str, target: str, expected: bool
) -> None:
    top = tmp_path / "top"
    for name in ("above/below", "elsewhere"):
        (top / name).mkdir(parents=True)
    (top / "elsewhere/back").symlink_to("../above")
    (top / link).symlink_to(target)
    assert leads_back(str(top / link), str(top)) is expected


def test_only_our_variables_override_settings() -> None:
    environment = {
        "XCBULLETIN_MAIL__HOST": "x",
        "XCBULLETIN_WORKSPACE": "/",
        "XCBULLETIN_FONTS": "/",
        "HOME": "/",
    }
    assert setting_overrides(environment) == {"XCBULLETIN_MAIL__HOST": "x"}


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b.txt", b"new")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]
    assert (tmp_path / "a" / "b.txt").stat().st_mode & 0o777 == 0o644


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full") as caught:
        write_whole(tmp_path / "feeds.yaml", b"")
    assert caught.value.filename == str(tmp_path / "feeds.yaml")


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_new_workspace_is_made_of_what_a_workspace_needs() -> None:
    files = starter_files()
    assert {"bulletin.yaml", "recipients.example.csv", "sources/industries.yaml", ".gitignore"} <= set(files)
    assert "templates/bulletin/print.html" in files
    assert not [name for name in files if "desk.db" in name or name.endswith("recipients.csv")]


@pytest.mark.parametrize("links", [True, False])
def test_a_new_file_is_never_written_over_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(
            "os.link", lambda *_: (_ for _ in ()).throw(OSError(errno.EPERM, "no links here"))
        )
    write_new(tmp_path / "a.md", "甲".encode())
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a.md", "乙".encode())
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {"a.md": "甲"}


@pytest.mark.parametrize("name", ["con", "AUX.2021", "lpt1", "Index.html"])
def test_a_name_that_no_folder_on_a_stick_can_have_is_none(name: str) -> None:
    with pytest.raises(WorkspaceError, match=f"“{name}”不能作为期号：Windows 或归档另有用处；请换一个名字"):
        parse_issue_id(name)


@pytest.mark.parametrize("name", ["archive", "Mailing"])
def test_a_name_that_build_needs_for_itself_is_none(name: str) -> None:
    with pytest.raises(
        WorkspaceError, match=f"“{name}”不能作为期号：build/{name.lower()} 另有用处；请换一个名字"
    ):
        parse_issue_id(name)


# What is kept for all workspaces of a user


def test_a_user_without_a_home_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_user: int) -> None:
        raise KeyError

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", nobody)
    assert user_cache() == Path("/.cache/xcbulletin")


@given(content=st.binary(max_size=99), place=st.integers(0, 130), bit=st.integers(0, 7))
def test_what_was_kept_is_there_whole_or_not_at_all(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, place: int, bit: int
) -> None:
    path = tmp_path_factory.mktemp("cache") / "folder" / "kept"
    assert read_kept(path) is None
    keep(path, content)
    assert read_kept(path) == content
    kept = path.read_bytes()
    path.write_bytes(kept[:place])
    assert read_kept(path) == (content if place >= len(kept) else None)
    place %= len(kept)
    path.write_bytes(bytes((*kept[:place], kept[place] ^ 1 << bit, *kept[place + 1 :])))
    assert read_kept(path) is None


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    path = write(tmp_path / "file", b"") / "folder" / "kept"
    keep(path, b"content")
    assert read_kept(path) is None

"""build/ is whole, never stale, and recognised when it is still true."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import write

from xcbulletin.model import Audience, IssueId, Place, Problem, Severity
from xcbulletin.publishing import outputs
from xcbulletin.publishing.outputs import (
    MANIFEST,
    Format,
    Manifest,
    output_folder,
    read_current,
    source_digest,
    versions,
    write_outputs,
)

WHOLE = Audience()
ID = IssueId("2021-01")
REMARK = Problem(place=Place(file="a.md", line=3), rule="x", message="提醒", severity=Severity.WARNING)


def manifest(digest: str = "d1", *formats: Format, remarks: tuple[Problem, ...] = ()) -> Manifest:
    return Manifest(
        issue=ID, selection=(), digest=digest, versions={}, formats=formats, files={}, problems=remarks
    )


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_each_audience_has_a_folder_of_its_own() -> None:
    some = ("robot", "ai")
    assert output_folder(Path("w"), ID, WHOLE) == Path("w/build/2021-01")
    assert output_folder(Path("w"), ID, Audience(industries=some)) == Path(
        "w/build/2021-01/industry-robot+ai"
    )
    assert output_folder(Path("w"), ID, Audience(large_print=True)) == Path("w/build/2021-01/large")
    both = Audience(industries=some, large_print=True)
    assert output_folder(Path("w"), ID, both) == Path("w/build/2021-01/large-industry-robot+ai")


# Recognising


def test_what_was_written_is_recognised(tmp_path: Path) -> None:
    written = write_outputs(
        tmp_path, {"a.pdf": b"1", "assets/b.png": b"2"}, manifest("d1", Format.PDF, remarks=(REMARK,))
    )
    assert read_current(tmp_path, "d1", [Format.PDF]) == written
    assert written.problems == (REMARK,)
    assert names(tmp_path) == ["a.pdf", "assets/b.png", MANIFEST]


def test_a_format_that_was_not_made_is_not_there(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    assert read_current(tmp_path, "d1", [Format.PDF, Format.HTML]) is None


@pytest.mark.parametrize("files", ["null", "5", "[]", '["a"]'])
def test_a_manifest_that_was_tampered_with_is_none(tmp_path: Path, files: str) -> None:
    write_outputs(tmp_path, {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    text = (tmp_path / MANIFEST).read_text()
    data = {**json.loads(text), "files": json.loads(files)}
    write(tmp_path / MANIFEST, json.dumps(data))
    assert read_current(tmp_path, "d1", [Format.PDF]) is None


def test_other_sources_are_other_outputs(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    assert read_current(tmp_path, "d2", [Format.PDF]) is None


def test_one_changed_byte_is_noticed(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    write(tmp_path / "a.pdf", b"2")
    assert read_current(tmp_path, "d1", [Format.PDF]) is None


def test_a_missing_file_is_noticed(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    (tmp_path / "a.pdf").unlink()
    assert read_current(tmp_path, "d1", [Format.PDF]) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"problems": [1]}', '{"problems": [], "x": 1}', "\xff"]
)
def test_a_manifest_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    write(tmp_path / MANIFEST, text.encode("latin-1"))
    assert read_current(tmp_path, "d1", []) is None


# Writing


def test_formats_made_from_the_same_sources_stay(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"a.pdf": b"1"}, manifest("d1", Format.PDF, remarks=(REMARK,)))
    written = write_outputs(tmp_path, {"b.html": b"2"}, manifest("d1", Format.HTML))
    assert written.formats == (Format.HTML, Format.PDF)
    assert written.problems == (REMARK,)
    assert read_current(tmp_path, "d1", [Format.PDF, Format.HTML]) == written


def test_formats_made_from_other_sources_go(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"a.pdf": b"1", "assets/a.png": b"1"}, manifest("d1", Format.PDF))
    written = write_outputs(tmp_path, {"b.html": b"2"}, manifest("d2", Format.HTML))
    assert written.formats == (Format.HTML,)
    assert names(tmp_path) == ["b.html", MANIFEST]


def test_a_format_whose_file_was_changed_is_not_believed(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    write(tmp_path / "a.pdf", b"changed")
    written = write_outputs(tmp_path, {"b.html": b"2"}, manifest("d1", Format.HTML))
    assert written.formats == (Format.HTML,)
    assert names(tmp_path) == ["b.html", MANIFEST]


def test_a_build_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    with pytest.raises(OSError, match="b"):
        write_outputs(tmp_path, {"a.pdf": b"2", "b": b"a file", "b/c": b"in it"}, manifest("d2", Format.PDF))
    assert read_current(tmp_path, "d1", [Format.PDF]) is not None
    assert names(tmp_path) == ["a.pdf", MANIFEST]


def test_what_a_crash_left_behind_is_swept_away(tmp_path: Path) -> None:
    write(tmp_path.parent / f".{tmp_path.name}~x1" / "a.pdf", b"half")
    write_outputs(tmp_path, {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    assert names(tmp_path) == ["a.pdf", MANIFEST]


def test_after_a_crash_between_files_and_manifest_nothing_is_believed(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"a.pdf": b"1", "b.html": b"1"}, manifest("d1", Format.PDF, Format.HTML))
    write(tmp_path / "a.pdf", b"2")  # moved in by a build that then lost its power
    assert read_current(tmp_path, "d1", [Format.HTML]) is None
    assert read_current(tmp_path, "d2", [Format.PDF]) is None


def test_the_manifest_is_json_with_a_sum_of_every_file(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"b": b"", "a": b"x"}, manifest("d1", Format.PDF))
    data = json.loads((tmp_path / MANIFEST).read_text())
    assert data["files"] == {
        "a": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
        "b": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
    assert (data["issue"], data["digest"], data["formats"]) == ("2021-01", "d1", ["pdf"])


# What outputs depend on


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    write(tmp_path / "issue" / "news" / "01.md", "a")
    write(tmp_path / "bulletin.yaml", "b")
    return [tmp_path / "issue", tmp_path / "bulletin.yaml"]


def test_the_digest_is_of_what_is_in_the_files(sources: list[Path], tmp_path: Path) -> None:
    before = source_digest(sources, WHOLE, {})
    assert len(before) == 64
    (tmp_path / "issue" / "news" / "01.md").touch()
    write(tmp_path / "issue" / ".01.md.swp", "x")
    write(tmp_path / "issue" / "~$a.docx", "x")
    assert source_digest(sources, WHOLE, {}) == before


@pytest.mark.parametrize("change", ["edited", "added", "renamed", "deleted", "settings"])
def test_every_change_of_a_source_changes_the_digest(
    sources: list[Path], tmp_path: Path, change: str
) -> None:
    before = source_digest(sources, WHOLE, {})
    article = tmp_path / "issue" / "news" / "01.md"
    match change:
        case "edited":
            write(article, "A")
        case "added":
            write(article.with_name("02.md"), "")
        case "renamed":
            article.rename(article.with_name("02.md"))
        case "deleted":
            article.unlink()
        case _:
            write(tmp_path / "bulletin.yaml", "c")
    assert source_digest(sources, WHOLE, {}) != before


def test_a_folder_kept_elsewhere_counts_as_if_it_were_here(sources: list[Path], tmp_path: Path) -> None:
    shared = write(tmp_path / "shared" / "01.md", "a")
    (tmp_path / "issue" / "trends").symlink_to(shared.parent)
    before = source_digest(sources, WHOLE, {})
    write(shared, "b")
    assert source_digest(sources, WHOLE, {}) != before


def test_links_that_lead_back_are_not_followed(sources: list[Path], tmp_path: Path) -> None:
    before = source_digest(sources, WHOLE, {})
    folder = tmp_path / "issue" / "news"
    for number in range(1, 30):  # each doubles the paths of a walk that follows them
        (folder / f"link{number}").symlink_to(folder.parent if number % 2 else ".")
    assert source_digest(sources, WHOLE, {}) == before


def test_a_file_may_have_a_name_of_another_system(sources: list[Path], tmp_path: Path) -> None:
    before = source_digest(sources, WHOLE, {})
    write(tmp_path / "issue" / os.fsdecode("许昌.png".encode("gbk")), b"")
    assert source_digest(sources, WHOLE, {}) != before


def test_audience_and_environment_change_the_digest(sources: list[Path]) -> None:
    digests = {
        source_digest(sources, WHOLE, {}),
        source_digest(sources, Audience(industries=("ai",)), {}),
        source_digest(sources, Audience(large_print=True), {}),
        source_digest(sources, WHOLE, {"XCBULLETIN_PROFILE": "brief"}),
        source_digest(sources, WHOLE, {"XCBULLETIN_PROFILE": "permit"}),
    }
    assert len(digests) == 5


def test_the_same_workspace_elsewhere_has_the_same_digest(tmp_path: Path) -> None:
    for place in ("a", "b"):
        write(tmp_path / place / "issue" / "01.md", "x")
    assert source_digest([tmp_path / "a" / "issue"], WHOLE, {}) == source_digest(
        [tmp_path / "b" / "issue"], WHOLE, {}
    )


def test_versions_name_what_decides_the_look() -> None:
    assert {"xcbulletin", "weasyprint", "jinja2", "markdown-it-py"} <= set(versions())


def test_outputs_whose_manifest_is_lost_make_way(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"email.eml": b"1", "assets/a.png": b"2"}, manifest("d1", Format.EMAIL))
    write_outputs(tmp_path / "industry-ai", {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    write(tmp_path / MANIFEST, b"{")
    write_outputs(tmp_path, {"a.pdf": b"3"}, manifest("d2", Format.PDF))
    assert names(tmp_path) == ["a.pdf", "industry-ai/a.pdf", f"industry-ai/{MANIFEST}", MANIFEST]
    assert not (tmp_path / "assets").exists()


def test_two_builds_at_once_leave_one_of_them_whole(tmp_path: Path) -> None:
    def build(number: int) -> Manifest:
        content = {f"{name}.pdf": str(number).encode() for name in range(20)}
        return write_outputs(tmp_path, content, manifest(f"d{number}", Format.PDF))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(build, range(12)))
    digest = json.loads((tmp_path / MANIFEST).read_bytes())["digest"]
    assert read_current(tmp_path, digest, [Format.PDF]) is not None
    assert not list(tmp_path.glob(".*"))


def test_a_manifest_that_names_files_elsewhere_is_none(tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "文稿.md", b"1")
    folder = tmp_path / "build"
    write_outputs(folder, {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    data = json.loads((folder / MANIFEST).read_bytes())
    write(folder / MANIFEST, json.dumps({**data, "files": {"../文稿.md": "x"}}))
    assert read_current(folder, "d1", [Format.PDF]) is None
    write_outputs(folder, {"b.pdf": b"2"}, manifest("d2", Format.PDF))
    assert elsewhere.exists()


def test_an_interrupted_build_leaves_all_of_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "2021-01"
    write_outputs(folder, {"a.pdf": b"1", "index.html": b"1"}, manifest("d1", Format.PDF))
    write_outputs(folder / "industry-ai", {"a.pdf": b"1"}, manifest("d1", Format.PDF))
    before = {name: (folder / name).read_bytes() for name in names(folder)}

    def pull_the_plug(*_folders: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(outputs, "_exchange", pull_the_plug)
        with pytest.raises(KeyboardInterrupt):
            write_outputs(folder, {"a.pdf": b"2"}, manifest("d2", Format.PDF))
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before
    write_outputs(folder, {"a.pdf": b"2"}, manifest("d2", Format.PDF))
    assert names(folder) == ["a.pdf", "industry-ai/a.pdf", f"industry-ai/{MANIFEST}", MANIFEST]
    assert [path.name for path in tmp_path.iterdir()] == ["2021-01"]


def test_where_folders_cannot_be_exchanged_they_change_places_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "_renameat2", lambda *_: -1)
    folder = tmp_path / "2021-01"
    for digest in ("d1", "d2"):
        write_outputs(folder, {"a.pdf": digest.encode()}, manifest(digest, Format.PDF))
    assert (folder / "a.pdf").read_bytes() == b"d2"
    assert [path.name for path in tmp_path.iterdir()] == ["2021-01"]

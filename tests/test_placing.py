"""The files of the archive put in place."""

import os
from pathlib import Path

import pytest

from xcbulletin.archive.placing import Placed, Placing


def place(tmp_path: Path, files: dict[str, bytes]) -> Placed:
    placing = Placing(tmp_path / "archive", tmp_path / "cache" / "state")
    placing.begin()
    return placing.commit({path: placing.offer(path, content) for path, content in files.items()})


def found(tmp_path: Path) -> dict[str, bytes]:
    folder = tmp_path / "archive"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


FILES = {"index.html": b"1", "issues/2021-01/index.html": b"2", "issues/2021-01/a.html": b"3"}


def test_what_is_offered_is_in_place(tmp_path: Path) -> None:
    assert place(tmp_path, FILES) == Placed(written=3, removed=0, kept=0)
    assert found(tmp_path) == FILES


@pytest.mark.parametrize("forgetting", [False, True])
def test_only_what_changed_is_written(tmp_path: Path, forgetting: bool) -> None:
    place(tmp_path, FILES)
    before = {path: (tmp_path / "archive" / path).stat().st_mtime_ns for path in FILES}
    if forgetting:
        (tmp_path / "cache" / "state").unlink()
    assert place(tmp_path, {**FILES, "index.html": b"4"}) == Placed(written=1, removed=0, kept=2)
    after = {path: (tmp_path / "archive" / path).stat().st_mtime_ns for path in FILES}
    assert [path for path in FILES if before[path] != after[path]] == ["index.html"]


@pytest.mark.parametrize("forgetting", [False, True])
def test_what_is_no_more_is_removed_with_its_folder(tmp_path: Path, forgetting: bool) -> None:
    place(tmp_path, FILES)
    if forgetting:
        (tmp_path / "cache" / "state").unlink()
    assert place(tmp_path, {"index.html": b"1"}) == Placed(written=0, removed=2, kept=1)
    assert [path.name for path in (tmp_path / "archive").iterdir()] == ["index.html"]


def test_what_others_put_beside_the_archive_stays(tmp_path: Path) -> None:
    place(tmp_path, FILES)
    for name in ("web.config", "volumes/2021.pdf"):
        (tmp_path / "archive" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "archive" / name).write_bytes(b"!")
    place(tmp_path, {"index.html": b"1"})
    assert sorted(found(tmp_path)) == ["index.html", "volumes/2021.pdf", "web.config"]


def test_a_page_that_was_damaged_or_deleted_is_put_back(tmp_path: Path) -> None:
    place(tmp_path, FILES)
    (tmp_path / "archive/index.html").write_bytes(b"damaged")
    (tmp_path / "archive/issues/2021-01/a.html").unlink()
    assert place(tmp_path, FILES).written == 2
    assert found(tmp_path) == FILES


def test_what_was_offered_last_counts(tmp_path: Path) -> None:
    place(tmp_path, FILES)
    placing = Placing(tmp_path / "archive", tmp_path / "cache" / "state")
    placing.begin()
    placing.offer("index.html", b"a guess")
    assert (
        placing.commit({path: placing.offer(path, content) for path, content in FILES.items()}).written == 0
    )
    assert found(tmp_path) == FILES


def test_a_copy_that_is_offered_twice_leaves_its_source_alone(tmp_path: Path) -> None:
    source = tmp_path / "bulletin.pdf"
    source.write_bytes(b"%PDF")
    before = source.stat().st_mtime_ns
    placing = Placing(tmp_path / "archive", tmp_path / "cache" / "state")
    placing.begin()
    for _ in range(2):
        digest = placing.offer_copy("issues/2021-01/2021-01.pdf", source)
    placing.commit({"issues/2021-01/2021-01.pdf": digest})
    assert source.stat().st_mtime_ns == before


def test_what_is_abandoned_leaves_nothing(tmp_path: Path) -> None:
    place(tmp_path, FILES)
    placing = Placing(tmp_path / "archive", tmp_path / "cache" / "state")
    placing.begin()
    placing.offer("index.html", b"new")
    placing.abandon()
    assert found(tmp_path) == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "cache"]


@pytest.mark.parametrize(
    "state", [b"", b"{", b"[]", b'{"form": 1, "files": {"a": 3}}', b'{"form": 1, "files": 3}']
)
def test_a_state_that_cannot_be_read_is_as_none(tmp_path: Path, state: bytes) -> None:
    place(tmp_path, FILES)
    (tmp_path / "cache" / "state").write_bytes(state)
    assert place(tmp_path, FILES) == Placed(written=0, removed=0, kept=3)


def test_a_copy_is_the_same_as_what_it_was_copied_from(tmp_path: Path) -> None:
    source = tmp_path / "bulletin.pdf"
    source.write_bytes(b"%PDF")
    for written in (1, 0):
        placing = Placing(tmp_path / "archive", tmp_path / "cache" / "state")
        placing.begin()
        digest = placing.offer_copy("issues/2021-01/2021-01.pdf", source)
        assert placing.commit({"issues/2021-01/2021-01.pdf": digest}).written == written
    os.replace(_new(tmp_path, b"%PDF new"), source)
    assert found(tmp_path) == {"issues/2021-01/2021-01.pdf": b"%PDF"}


def _new(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "new"
    path.write_bytes(content)
    return path

"""What WeasyPrint declares to cffi is parsed once; what is kept of it serves as well, and is not believed if damaged."""

from collections.abc import Iterator
from pathlib import Path

import cffi  # type: ignore[import-untyped]
import pytest
from conftest import write

from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting.declarations import Declared, kept_in
from xcbulletin.publishing.typesetting.press import Job, Press

JOB = Job(
    html="<!doctype html><html lang=zh-CN><title>题</title><body style='font-family:\"XC Song\"'>文 Text"
)


def parse_nothing(*_arguments: object) -> None:
    raise AssertionError("parsed again")


def declare(folder: Path) -> Declared:
    declared = Declared(folder)
    declared.cdef("typedef struct { int first; int second; } pair;")
    declared.cdef("int abs(int);")
    return declared


def kept(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_what_was_kept_knows_the_same_and_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    parsed = declare(tmp_path)
    assert parsed.dlopen(None).abs(-3) == 3
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr("xcbulletin.publishing.typesetting.declarations.FFI", parse_nothing)
    found = declare(tmp_path)
    assert found.dlopen(None).abs(-3) == 3
    assert found.new("pair *", {"second": 2}).second == 2
    assert found.new("int[]", [1, 2])[1] == 2


def test_other_declarations_are_parsed(tmp_path: Path) -> None:
    assert declare(tmp_path).NULL is not None
    other = Declared(tmp_path)
    other.cdef("long labs(long);")
    assert other.dlopen(None).labs(-3) == 3
    assert len(list(tmp_path.iterdir())) == 2


def damaged(whole: bytes) -> Iterator[bytes]:
    yield from (b"", b"ffi = None", whole[:-1], bytes(len(whole)))
    for place in (0, len(whole) // 2, whole.index(b"abs")):
        yield bytes((*whole[:place], whole[place] ^ 1, *whole[place + 1 :]))


def test_what_is_damaged_is_parsed_and_kept_anew(tmp_path: Path) -> None:
    assert declare(tmp_path).NULL is not None
    file = kept(tmp_path)
    whole = file.read_bytes()
    for damage in damaged(whole):
        file.write_bytes(damage)
        assert declare(tmp_path).dlopen(None).abs(-3) == 3
        assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_it_is_parsed(tmp_path: Path) -> None:
    assert declare(write(tmp_path / "file", b"") / "folder").dlopen(None).abs(-3) == 3


def test_cffi_is_itself_again_afterwards(tmp_path: Path) -> None:
    before = cffi.FFI
    with kept_in(tmp_path):
        assert isinstance(cffi.FFI(), Declared)
    assert cffi.FFI is before


def test_pages_are_the_same_bytes_whether_it_was_parsed_or_kept(
    fonts: FontSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    pages = set()
    for _ in range(2):
        with Press(fonts, tmp_path / "cache") as press:
            pages.add(press.result(press.submit(JOB)))
        assert kept(tmp_path / "user" / "xcbulletin" / "declared").stat().st_size
    assert len(pages) == 1

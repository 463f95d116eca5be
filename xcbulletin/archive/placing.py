"""The files of the archive put in place: only those that changed, each whole or not at all.

Paths are strings here: there are tens of thousands, and pathlib takes as long for one as the disk.
"""

import ctypes
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xcbulletin.workspace import write_whole

_OWN = ("issues", "industries", "columns", "months", "reports", "feeds", "search")
"""Folders in which everything is ours; what else lies in the archive is never removed."""
_FORM = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """What became of the files of the archive."""

    written: int
    removed: int
    kept: int


class Placing:
    """One build's files. `offer` may be called from several processes; `commit` comes last, once."""

    def __init__(self, folder: Path, state: Path) -> None:
        """Put files into `folder`; what was put there before is known from the file `state`."""
        self._folder, self._state = str(folder), state
        self._staging = str(folder.with_name(f".{folder.name}~"))
        self._known = _read_state(state)
        self._made: set[str] = set()

    def begin(self) -> None:
        """Make room for what will be offered."""
        shutil.rmtree(self._staging, ignore_errors=True)
        os.makedirs(self._staging)

    def abandon(self) -> None:
        """Forget what was offered."""
        shutil.rmtree(self._staging, ignore_errors=True)

    def is_there(self, path: str, digest: str) -> bool:
        """Tell whether a file is in place as it was put there."""
        return self.in_place(path) == digest

    def in_place(self, path: str) -> str | None:
        """Return the SHA-256 of a file that is in place as it was put there."""
        return self._known[path][0] if path in self._known and self._is_untouched(path) else None

    def read(self, path: str) -> bytes:
        """Return what is in place."""
        with open(f"{self._folder}/{path}", "rb") as file:
            return file.read()

    def offer(self, path: str, content: bytes) -> str:
        """Take a file, unless the same is in place; return its SHA-256. What was offered before counts no more."""
        self._withdraw(path)
        digest = hashlib.sha256(content).hexdigest()
        if not self.is_there(path, digest) and not self._has(path, content):
            self._stage(path, content)
        return digest

    def offer_copy(self, path: str, source: Path) -> str:
        """Take a copy of a file; on the same disk it takes no room."""
        self._withdraw(path)
        content = source.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if not self.is_there(path, digest) and not self._has(path, content):
            try:
                os.link(source, self._staged(path))
            except OSError:
                self._stage(path, content)
        return digest

    def commit(self, files: Mapping[str, str]) -> Placed:
        """Let the archive consist of `files`, SHA-256 by path: move what was taken into place, remove what is no more."""
        staged = sum(1 for _path in _files_below(self._staging))
        if staged:
            _sync(self._staging)
            _move_into(self._staging, self._folder)
        removed = self._remove_others(files)
        state = {path: [digest, *_stamp(f"{self._folder}/{path}")] for path, digest in sorted(files.items())}
        if state != self._known:
            write_whole(self._state, json.dumps({"form": _FORM, "files": state}).encode())
        self.abandon()
        return Placed(written=staged, removed=removed, kept=len(files) - staged)

    def _withdraw(self, path: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(f"{self._staging}/{path}")

    def _staged(self, path: str) -> str:
        staged = f"{self._staging}/{path}"
        _make_folder(staged, self._made)
        return staged

    def _stage(self, path: str, content: bytes) -> None:
        with open(self._staged(path), "wb") as file:
            file.write(content)

    def _is_untouched(self, path: str) -> bool:
        try:
            return _stamp(f"{self._folder}/{path}") == self._known[path][1:]
        except OSError:
            return False

    def _has(self, path: str, content: bytes) -> bool:
        """Tell whether the same file is there though nothing is known of it: the cache may be deleted at any time."""
        file = f"{self._folder}/{path}"
        try:
            if os.stat(file).st_size != len(content):
                return False
            with open(file, "rb") as there:
                return there.read() == content
        except OSError:
            return False

    def _remove_others(self, files: Collection[str]) -> int:
        found = [f"{name}/{path}" for name in _OWN for path in _files_below(f"{self._folder}/{name}")]
        gone = [path for path in {*found, *self._known} if path not in files]
        removed = 0
        for path in gone:
            with suppress(FileNotFoundError):
                os.unlink(f"{self._folder}/{path}")
                removed += 1
        top = Path(self._folder)
        for folder in sorted({(top / path).parent for path in gone}, reverse=True):
            _remove_empty(folder, top)
        return removed


def _sync(folder: str) -> None:
    """Have all that was written on the disk of a folder kept there: Linux's syncfs(2), which Python has no name for.

    One for all: thousands of files, each with its own fsync, take minutes.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(handle) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), folder)
    finally:
        os.close(handle)


def _move_into(source: str, target: str) -> None:
    """Move all that is in one folder into another: file by file, but whole folders where there is none yet."""
    os.makedirs(target, exist_ok=True)
    with os.scandir(source) as entries:
        for entry in entries:
            place = f"{target}/{entry.name}"
            if entry.is_dir() and os.path.lexists(place):
                _move_into(entry.path, place)
            else:
                os.replace(entry.path, place)


def _make_folder(path: str, made: set[str]) -> None:
    """Make the folder that a file is to be in, unless it is among those that were made."""
    folder = path.rpartition("/")[0]
    if folder not in made:
        os.makedirs(folder, exist_ok=True)
        made.add(folder)


def _remove_empty(folder: Path, top: Path) -> None:
    with suppress(OSError):  # it holds something
        while folder != top:
            folder.rmdir()
            folder = folder.parent


def _files_below(folder: str) -> Iterator[str]:
    for place, _folders, names in os.walk(folder):
        base = os.path.relpath(place, folder)
        yield from (name if base == "." else f"{base}/{name}".replace(os.sep, "/") for name in names)


def _stamp(path: str) -> list[int]:
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns]


def _read_state(state: Path) -> dict[str, list[Any]]:
    try:
        data = json.loads(state.read_bytes())
        known = dict(data["files"]) if data["form"] == _FORM else {}
        return {
            str(path): [str(digest), int(size), int(time)] for path, (digest, size, time) in known.items()
        }
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}

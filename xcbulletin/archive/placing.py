"""The files of the archive put in place: only those that changed, each whole or not at all."""

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
        self._folder, self._state = folder, state
        self._staging = folder.with_name(f".{folder.name}~")
        self._known = _read_state(state)

    def begin(self) -> None:
        """Make room for what will be offered."""
        shutil.rmtree(self._staging, ignore_errors=True)
        self._staging.mkdir(parents=True)

    def abandon(self) -> None:
        """Forget what was offered."""
        shutil.rmtree(self._staging, ignore_errors=True)

    def is_there(self, path: str, digest: str) -> bool:
        """Tell whether a file is in place as it was put there."""
        return path in self._known and self._known[path][0] == digest and self._is_untouched(path)

    def offer(self, path: str, content: bytes) -> str:
        """Take a file, unless the same is in place; return its SHA-256."""
        digest = hashlib.sha256(content).hexdigest()
        if not self.is_there(path, digest) and not self._has(path, content):
            staged = self._staged(path)
            staged.write_bytes(content)
        return digest

    def offer_copy(self, path: str, source: Path) -> str:
        """Take a copy of a file; on the same disk it takes no room."""
        content = source.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if not self.is_there(path, digest) and not self._has(path, content):
            try:
                os.link(source, self._staged(path))
            except OSError:
                self._staged(path).write_bytes(content)
        return digest

    def commit(self, files: Mapping[str, str]) -> Placed:
        """Let the archive consist of `files`, SHA-256 by path: move what was taken into place, remove what is no more."""
        staged = sorted(_files_below(self._staging))
        if staged:
            os.sync()  # one for all: thousands of files, each with its own fsync, take minutes on a disk
        for path in staged:
            target = self._folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._staging / path, target)
        removed = self._remove_others(files)
        state = {path: [digest, *_stamp(self._folder / path)] for path, digest in sorted(files.items())}
        if state != self._known:
            write_whole(self._state, json.dumps({"form": _FORM, "files": state}).encode())
        self.abandon()
        return Placed(written=len(staged), removed=removed, kept=len(files) - len(staged))

    def _staged(self, path: str) -> Path:
        staged = self._staging / path
        staged.parent.mkdir(parents=True, exist_ok=True)
        return staged

    def _is_untouched(self, path: str) -> bool:
        try:
            return _stamp(self._folder / path) == self._known[path][1:]
        except OSError:
            return False

    def _has(self, path: str, content: bytes) -> bool:
        """Tell whether the same file is there though nothing is known of it: the cache may be deleted at any time."""
        try:
            file = self._folder / path
            return file.stat().st_size == len(content) and file.read_bytes() == content
        except OSError:
            return False

    def _remove_others(self, files: Collection[str]) -> int:
        found = [f"{name}/{path}" for name in _OWN for path in _files_below(self._folder / name)]
        gone = [path for path in {*found, *self._known} if path not in files]
        removed = 0
        for path in gone:
            with suppress(FileNotFoundError):
                (self._folder / path).unlink()
                removed += 1
        for folder in sorted({(self._folder / path).parent for path in gone}, reverse=True):
            _remove_empty(folder, self._folder)
        return removed


def _remove_empty(folder: Path, top: Path) -> None:
    with suppress(OSError):  # it holds something
        while folder != top:
            folder.rmdir()
            folder = folder.parent


def _files_below(folder: Path) -> Iterator[str]:
    for place, _folders, names in os.walk(folder):
        base = os.path.relpath(place, folder)
        yield from (name if base == "." else f"{base}/{name}".replace(os.sep, "/") for name in names)


def _stamp(path: Path) -> list[int]:
    status = path.stat()
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

"""Letters that lie in files: .eml, .mbox, and Maildir folders, however deep."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from xcbulletin.delivery.returns.received import LIMIT
from xcbulletin.errors import MailboxError, reason

logger = logging.getLogger(__name__)

_BOXES = (".mbox", ".mbx")
_LINE_LIMIT = 2**20


def folder(path: Path) -> Iterator[bytes]:
    """Give the letters in a folder, or in one file, of each as much as is read; in the order of file names.

    A file that cannot be read is logged and passed over. Raises MailboxError where there is nothing at `path`.
    """
    if not path.exists():
        raise MailboxError(f"{path}：没有这个文件或文件夹")
    for file in _files(path):
        try:
            yield from _letters(file, is_named=path.is_file())
        except OSError as error:
            logger.warning("%s：读不了，跳过：%s", file, reason(error))


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for where, folders, names in os.walk(path):
        folders.sort()
        if {"cur", "new", "tmp"} <= set(folders):
            folders.remove("tmp")  # of Maildir: what is only just being written
        files = (Path(where, name) for name in sorted(names) if not name.startswith("."))
        yield from filter(Path.is_file, files)  # a pipe would be waited for


def _letters(file: Path, *, is_named: bool) -> Iterator[bytes]:
    with file.open("rb") as stream:
        start = stream.read(5)
        stream.seek(0)
        if start == b"From " and (file.suffix.lower() in ("", *_BOXES) or is_named):
            yield from _divided(stream)
        elif file.suffix.lower() == ".eml" or file.parent.name in ("cur", "new") or is_named:
            yield stream.read(LIMIT)


def _divided(box: BinaryIO) -> Iterator[bytes]:
    """Give the letters of an mbox: each begins with a line `From ` after an empty line (RFC 4155)."""
    letter: list[bytes] = []
    size, is_after_empty = 0, True
    while line := box.readline(_LINE_LIMIT):
        if is_after_empty and line.startswith(b"From "):
            if letter:
                yield b"".join(letter)
            letter, size = [], 0
        elif size < LIMIT:
            letter.append(line.removeprefix(b">") if line.startswith(b">From ") else line)
            size += len(line)
        is_after_empty = line in (b"\n", b"\r\n")
    if letter:
        yield b"".join(letter)

"""What the archive knows of each issue, kept in build/.cache until the issue changes."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from unicodedata import unidata_version

from pydantic import TypeAdapter, ValidationError

from xcbulletin.archive.filed import FiledIssue
from xcbulletin.model import Audience, IssueId, Problem
from xcbulletin.publishing.outputs import MANIFEST, output_folder, source_digest
from xcbulletin.starter import template_folders
from xcbulletin.workspace import (
    INDUSTRIES_FILE,
    SETTINGS_FILE,
    issue_folder,
    leads_back,
    setting_overrides,
    write_whole,
)

CACHE = "build/.cache/archive"
_UNARCHIVED = ("CHECK", "COLLECTOR", "DATABASE", "LOCALITY", "MAIL", "MAILBOX")
"""Settings that leave no mark on the archive."""
_FORM = 1
"""To be counted up when what is kept changes its form."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """An issue as it was when it was last looked at."""

    issue: IssueId
    stamp: str
    """Changes with everything that it depends on."""
    filed: FiledIssue | None = None
    """None where it is not in the archive."""
    left_out: str | None = None
    """Why it is not, in Chinese, where nothing is wrong with it."""
    problems: tuple[Problem, ...] = ()
    files: dict[str, str] | None = None
    """SHA-256 of its own files by their path in the archive; None where they were not made."""
    links: dict[str, str | None] = field(default_factory=dict)
    """The pages that its links into the workspace were taken to lead to."""
    pdf: bool = False
    """Whether its PDF is in the archive."""


class Records:
    """The records of a workspace's issues."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._root, self._environment = root, environment
        self._adapter = TypeAdapter(Record)

    def read(self, issue: IssueId) -> Record | None:
        """Return the record of an issue if it still holds."""
        try:
            record: Record = self._adapter.validate_json(self._file(issue).read_bytes())
        except (OSError, ValidationError, RecursionError):
            return None
        return record if record.stamp == self.stamp(issue) else None

    def write(self, record: Record) -> None:
        """Keep a record."""
        with suppress(OSError):  # it is made again next time
            write_whole(self._file(record.issue), self._adapter.dump_json(record))

    def read_digests(self) -> dict[IssueId, tuple[str, str]]:
        """Return the stamps of issues, each with the digest of what was filed of it then."""
        try:
            digests: dict[IssueId, tuple[str, str]] = _DIGESTS.validate_json(self._digests.read_bytes())
        except (OSError, ValidationError, RecursionError):
            return {}
        return digests

    def write_digests(self, digests: Mapping[IssueId, tuple[str, str]]) -> None:
        """Keep stamps and digests, where they are others than those kept."""
        if digests != self.read_digests():
            with suppress(OSError):  # the issues are read again next time
                write_whole(self._digests, _DIGESTS.dump_json(dict(sorted(digests.items()))))

    @property
    def _digests(self) -> Path:
        return self._root / CACHE / "filed.state"

    def piece(self, record: Record) -> Path:
        """Return where the piece of the search index that is cut from an issue is kept."""
        return self._root / CACHE / f"{record.issue}.{record.stamp[:16]}.piece"

    def clear(self, records: Mapping[IssueId, Record]) -> None:
        """Delete what is kept of issues, or of states of issues, that are no more, and what was never written whole."""
        wanted = {self._file(issue) for issue in records} | {self.piece(one) for one in records.values()}
        for path in (self._root / CACHE).glob("*.*"):
            if path not in wanted and path.suffix in (".json", ".piece", ".tmp"):
                path.unlink(missing_ok=True)

    @property
    def state(self) -> Path:
        """The file that tells what is in place."""
        return self._root / CACHE / "place.state"

    @property
    def index(self) -> Path:
        """The file that tells of what the search index in place was joined."""
        return self._root / CACHE / "index.state"

    def stamp(self, issue: IssueId) -> str:
        """Return what changes when an issue, its PDF, or anything that all pages are made of changes."""
        folder = issue_folder(self._root, issue)
        manifest = output_folder(self._root, issue, Audience()) / MANIFEST
        stats = [*_stats(str(folder)), *_stat(manifest, MANIFEST)]
        told = [_FORM, self._shared, unidata_version, sorted(stats)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def newest(self, issue: IssueId) -> int:
        """Return when a file of an issue was changed last, in nanoseconds."""
        stats = _stats(str(issue_folder(self._root, issue)))
        return max((time for _name, _size, time in stats), default=0)

    @cached_property
    def _shared(self) -> str:
        sources = (self._root / SETTINGS_FILE, self._root / INDUSTRIES_FILE, *template_folders(self._root))
        return source_digest(sources, Audience(), setting_overrides(self._environment, _UNARCHIVED))

    def _file(self, issue: IssueId) -> Path:
        return self._root / CACHE / f"{issue}.json"


_DIGESTS = TypeAdapter(dict[IssueId, tuple[str, str]])
_FILED = TypeAdapter(FiledIssue)


def filed_digest(filed: FiledIssue) -> str:
    """Return the SHA-256 of what is filed of an issue, the same wherever it is read."""
    return hashlib.sha256(_FILED.dump_json(filed)).hexdigest()


def _stats(top: str, base: str = "") -> Iterator[tuple[str, int, int]]:
    """Yield what changes with each file; of what cannot be looked at, that it cannot: whoever reads it says why."""
    try:
        with os.scandir(f"{top}/{base}") as entries:
            for entry in entries:
                yield from _stats_of(entry, top, base)
    except OSError:
        yield base, *_UNSEEN


def _stats_of(entry: os.DirEntry[str], top: str, base: str) -> Iterator[tuple[str, int, int]]:
    try:
        if entry.is_dir():
            if not (entry.is_symlink() and leads_back(entry.path, top)):
                yield from _stats(top, f"{base}{entry.name}/")
        else:
            status = entry.stat()
            yield f"{base}{entry.name}", status.st_size, status.st_mtime_ns
    except OSError:  # a link that leads nowhere, as editors leave beside an open file
        yield f"{base}{entry.name}", *_UNSEEN


_UNSEEN = (-1, -1)


def _stat(path: Path, name: str) -> Iterator[tuple[str, int, int]]:
    with suppress(OSError):
        status = path.stat()
        yield name, status.st_size, status.st_mtime_ns

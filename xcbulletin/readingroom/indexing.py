"""The search index of the site: joined of the pieces of all issues, or only changed where few of them changed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from xcbulletin.archive.filed import FiledIssue
from xcbulletin.archive.placing import Placing
from xcbulletin.archive.siteindex.files import articles_file, meta_file
from xcbulletin.archive.siteindex.pieces import NOTHING, changed_grams
from xcbulletin.archive.siteindex.shards import by_shard, change_shard, shard_count, shard_files, shard_path
from xcbulletin.workspace import read_kept, write_whole

_FEW = 12
"""Changed issues up to which changing shards is sooner done than joining them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexedIssue:
    """An issue to be found."""

    issue: FiledIssue
    stamp: str
    piece: Path
    """The file, by `write_kept`, with what `cut` made of it; another stamp has another beside it."""


class Indexing:
    """Makes the index of these issues, oldest first, in parts that may be made side by side."""

    def __init__(
        self,
        filed: Sequence[IndexedIssue],
        placing: Placing,
        state: Path,
        *,
        industries: Sequence[str],
        columns: Sequence[str],
    ) -> None:
        """Know from the file `state` of what the shards that are in place were joined."""
        self._filed, self._placing, self._state = filed, placing, state
        self._industries, self._columns = industries, columns
        self._pieces = [_read(one.piece) for one in filed]
        self._shards = shard_count(self._pieces)

    def make(self, share: int, shares: int) -> dict[str, str]:
        """Offer the files of a share; return their SHA-256 by path."""
        return dict(self._made(share, shares))

    def _made(self, share: int, shares: int) -> Iterator[tuple[str, str]]:
        if share == 0:
            parts = [(one.issue, piece) for one, piece in zip(self._filed, self._pieces, strict=True)]
            for make in (meta_file, articles_file):
                path, content = make(parts, self._industries, self._columns)
                yield path, self._placing.offer(path, content)
        in_place = self._in_place(share, shares)
        if self._changed is None or in_place is None:
            for path, content in shard_files(self._pieces, share, shares):
                yield path, self._placing.offer(path, content)
        else:
            yield from self._change(in_place, self._changed)

    def forget(self) -> None:
        """Let the shards be joined anew if this ends before `keep`: then nobody knows which of them are in place."""
        if self._told != self._before:
            self._state.unlink(missing_ok=True)

    def keep(self) -> None:
        """Write down of what the shards are joined, once they are in place."""
        if self._told != self._before:
            with suppress(OSError):  # they are joined anew next time
                write_whole(self._state, json.dumps(self._told).encode())

    def _change(self, in_place: Mapping[int, str], changed: Mapping[int, bytes]) -> Iterator[tuple[str, str]]:
        grams = {order: changed_grams(piece, self._pieces[order]) for order, piece in changed.items()}
        changes = by_shard(grams, self._shards)
        for shard, digest in in_place.items():
            path = shard_path(shard)
            if shard in changes:
                content = change_shard(self._placing.read(path), shard, changes[shard])
                digest = self._placing.offer(path, content)
            yield path, digest

    @cached_property
    def _told(self) -> list[object]:
        return [self._shards, [_told_of(one) for one in self._filed]]

    @cached_property
    def _before(self) -> Any:
        try:
            return json.loads(self._state.read_bytes())
        except (OSError, ValueError, RecursionError):
            return None

    @cached_property
    def _changed(self) -> dict[int, bytes] | None:
        """By number the pieces that the shards have of issues that changed or came behind the others.

        None where more has changed, or many, or what they have is not known any more.
        """
        match self._before:
            case [self._shards, [*before]] if len(before) <= len(self._filed):
                told = [before[order : order + 1] for order in range(len(self._filed))]
                changed = [n for n, one in enumerate(self._filed) if told[n] != [_told_of(one)]]
                if len(changed) <= _FEW:
                    with suppress(ValueError):
                        return {n: _old_piece(self._filed[n], told[n]) for n in changed}
        return None

    def _in_place(self, share: int, shares: int) -> dict[int, str] | None:
        """Return the SHA-256 of each shard of a share; None where one is not there as it was put there."""
        wanted = range(share, self._shards, shares)
        found = {shard: digest for shard in wanted if (digest := self._placing.in_place(shard_path(shard)))}
        return found if len(found) == len(wanted) else None


def _told_of(one: IndexedIssue) -> list[str]:
    return [one.issue.id, one.stamp, one.piece.name]


def _old_piece(one: IndexedIssue, told: Sequence[object]) -> bytes:
    """Return the piece that was told of in the stead of an issue's; raises ValueError if there is none."""
    match told:
        case []:
            return NOTHING
        case [[one.issue.id, str(), str(name)]]:
            return _read(one.piece.with_name(name))
    raise ValueError(told)


def _read(piece: Path) -> bytes:
    content = read_kept(piece)
    if content is None:
        raise ValueError(piece)
    return content

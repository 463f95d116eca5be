"""A host asked by one collector of a workspace at a time, with a gap between any two of them."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from xcbulletin.collecting import urls
from xcbulletin.collecting.items import Document, Fetch, Request


class TurnFetch:
    """A `Fetch` that waits for its turn with a host, among all collectors that take turns by the same folder.

    Gateways are not waited for. Where the disk lets us keep nothing, nobody waits.
    """

    def __init__(self, fetch: Fetch, folder: Path, host_gap: float) -> None:
        self._fetch, self._folder, self._gap = fetch, folder, host_gap
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, request: Request) -> Document:
        """Fetch when it is our turn. Raises FetchError."""
        handle = None if request.gateway else self._open(urls.host(request.url))
        if handle is None:
            return self._fetch(request)
        with _turn(handle, self._gap):
            return self._fetch(request)

    def _open(self, host: str) -> int | None:
        name = hashlib.sha256(host.encode()).hexdigest()[:16]
        try:
            return os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:
            return None


@contextmanager
def _turn(handle: int, gap: float) -> Iterator[None]:
    """Hold a host's file locked, which was changed when the host was asked last; the lock goes with its holder."""
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        _rest(os.fstat(handle), gap)
        _touch(handle)  # killed while we ask, we have asked nevertheless
        yield
    finally:
        _touch(handle)
        os.close(handle)


def _touch(handle: int) -> None:
    with suppress(OSError):
        os.pwrite(handle, b".", 0)


def _rest(last: os.stat_result, gap: float) -> None:
    if last.st_size:  # empty, it was made just now, and its host was never asked
        time.sleep(min(max(0.0, last.st_mtime + gap - time.time()), gap))

"""The body of an answer unpacked as it arrives, within limits; pure."""

import zlib
from dataclasses import dataclass

from xcbulletin.collecting.items import FetchError, Outcome

MEGABYTE = 1024 * 1024
ACCEPTED = "gzip, deflate"
_UNKNOWN = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz"})
_STEP = 64 * 1024
_GZIP, _GZIP_WINDOW = b"\x1f\x8b\x08", zlib.MAX_WBITS | 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How large a body may become."""

    unpacked: int = 15 * MEGABYTE
    """Bytes."""
    ratio: int = 200
    """How many times what was received; first looked at when a megabyte has been unpacked."""


class Body:
    """A body that grows by `feed` and is complete with `finish`; both raise FetchError."""

    def __init__(self, coding: str, bounds: Bounds) -> None:
        coding = coding.strip().lower()
        if coding in _UNKNOWN:
            raise FetchError(Outcome.UNREADABLE, f"内容用没有请求过的方式压缩（{coding}），解不开")
        self._deflated = coding == "deflate"
        self._bounds = bounds
        self._head = b""
        """What has not gone to the unpacker yet: it takes three bytes to tell which one is needed."""
        self._unpacker: _Unpacker | None = None
        self._received = 0
        self._content = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take what has arrived."""
        self._received += len(chunk)
        self._head += chunk
        if len(self._head) >= len(_GZIP):
            self._unpack_head()

    def finish(self) -> bytes:
        """Return the whole body."""
        if self._head:
            self._unpack_head()
        if self._unpacker and not self._unpacker.complete:
            raise FetchError(Outcome.UNREADABLE, "压缩的内容不完整")
        return bytes(self._content)

    def _unpack_head(self) -> None:
        if self._unpacker is None:
            self._unpacker = _unpacker(self._head, self._deflated)
        chunk, self._head = self._head, b""
        self._unpack(self._unpacker, chunk)

    def _unpack(self, unpacker: "_Unpacker", chunk: bytes) -> None:
        piece = b""
        # zlib may hold back output although it has taken all input.
        while chunk or len(piece) == _STEP:
            try:
                piece, chunk = unpacker.step(chunk)
            except zlib.error as error:
                raise FetchError(Outcome.UNREADABLE, "压缩的内容已损坏，解不开") from error
            self._content += piece
            self._check()

    def _check(self) -> None:
        size = len(self._content)
        if size > self._bounds.unpacked:
            raise FetchError(Outcome.TOO_LARGE, f"内容解压后超过 {megabytes(self._bounds.unpacked)}")
        if size > max(MEGABYTE, self._received * self._bounds.ratio):
            raise FetchError(
                Outcome.TOO_LARGE,
                f"压缩比超过 {self._bounds.ratio}（{kilobytes(self._received)} 已解出 {kilobytes(size)}），疑为压缩炸弹",
            )


def _unpacker(head: bytes, deflated: bool) -> "_Unpacker":
    """Return what unpacks a body that begins so. Some servers do not say that they packed it, some say it falsely."""
    if head.startswith(_GZIP):
        return _Unpacker(_GZIP_WINDOW)
    if deflated:
        has_header = head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0
        return _Unpacker(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
    return _Unpacker(None)


class _Unpacker:
    """zlib by steps of limited size; without a window size, what comes in goes out."""

    def __init__(self, window: int | None) -> None:
        self._window = window
        self._zlib = None if window is None else zlib.decompressobj(window)

    def step(self, chunk: bytes) -> tuple[bytes, bytes]:
        """Return the next piece, and what is left of the chunk."""
        if self._zlib is None or self._window is None:
            return chunk, b""
        if self._zlib.eof:
            # Several gzip members may follow one another; padding after the last is passed over.
            if self._window != _GZIP_WINDOW or not chunk.startswith(_GZIP[:1]):
                return b"", b""
            self._zlib = zlib.decompressobj(self._window)
        piece = self._zlib.decompress(chunk, _STEP)
        return piece, self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail

    @property
    def complete(self) -> bool:
        """Tell whether the packed data has come to its end."""
        return self._zlib is None or self._zlib.eof


def kilobytes(size: int) -> str:
    """Return a size as people read it."""
    return f"{size} 字节" if size < 1024 else f"{size / 1024:.0f} KB" if size < MEGABYTE else megabytes(size)


def megabytes(size: int) -> str:
    """Return a size in MB."""
    return f"{size / MEGABYTE:.3g} MB"

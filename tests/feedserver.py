"""A real HTTP server on loopback that does what it is told, also what no server should.

    with FeedServer() as server:
        server.on("/feed", answer(FEED, etag='"1"'))
        server.on("/slow", drip(FEED))
        fetch(Request(url=server.url("/feed")))
        server.received[0].headers["user-agent"]

A behaviour is a function of the exchange; several behaviours of one path are taken in turn, the last again and again.
"""

import gzip
import socket
import ssl
import struct
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

MEGABYTE = 1024 * 1024


@dataclass
class Received:
    """A request that came, and when; times are time.monotonic()."""

    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    started: float
    ended: float | None = None


@dataclass
class Exchange:
    """A request, and the socket to answer it on."""

    request: Received
    connection: socket.socket
    stopping: threading.Event = field(repr=False)

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def wait(self, seconds: float) -> None:
        """Do nothing, until the time is over, the server stops or the other side hangs up."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.stopping.wait(0.02) and not self._hung_up():
            pass

    def _hung_up(self) -> bool:
        self.connection.settimeout(0)
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, ssl.SSLError, ValueError):
            return False
        finally:
            self.connection.settimeout(30)


Behaviour = Callable[[Exchange], None]


class FeedServer:
    """Listens on a free port of `host` until the block is left."""

    def __init__(self, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        self.host, self._tls = host, tls
        self.received: list[Received] = []
        self._behaviours: dict[str, list[Behaviour]] = {}
        self._turns: dict[str, int] = defaultdict(int)
        self._stopping, self._lock = threading.Event(), threading.Lock()

    def __enter__(self) -> Self:
        self._socket = socket.create_server(
            (self.host, 0), family=socket.AF_INET6 if ":" in self.host else socket.AF_INET, backlog=512
        )
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with socket.socket(self._socket.family) as last:  # wakes accept()
            last.connect_ex((self.host, self.port))
        self._socket.close()

    def url(self, path: str = "/", host: str | None = None) -> str:
        name = host or self.host
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{f'[{name}]' if ':' in name else name}:{self.port}{path}"

    def on(self, path: str, *behaviours: Behaviour) -> str:
        """Tell what to do when this path (without its query) is asked for; return its URL."""
        self._behaviours[path], self._turns[path] = list(behaviours), 0
        return self.url(path)

    def asked(self, path: str) -> list[Received]:
        return [one for one in self.received if one.path.partition("?")[0] == path]

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(30)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self._answer(connection)
        except OSError:
            connection.close()  # the other side has had enough

    def _answer(self, connection: socket.socket) -> None:
        head = _read_head(connection)
        if not head:
            return
        request = _received(head)
        with self._lock:
            self.received.append(request)
            behaviour = self._next(request.path.partition("?")[0])
        try:
            behaviour(Exchange(request, connection, self._stopping))
        finally:
            request.ended = time.monotonic()

    def _next(self, path: str) -> Behaviour:
        behaviours = self._behaviours.get(path, [answer(b"not here", status=404)])
        turn = min(self._turns[path], len(behaviours) - 1)
        self._turns[path] += 1
        return behaviours[turn]


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        if not (data := connection.recv(65536)):
            return b""
        head += data
        if head[0] == 0x16:  # a TLS handshake
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return b""
    return head


def _received(head: bytes) -> Received:
    line, *fields = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in fields)}
    return Received(path=line.split(" ")[1], headers=headers, started=time.monotonic())


def head(status: int, headers: Mapping[str, str | int] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return ("\r\n".join(lines) + "\r\nConnection: close\r\n\r\n").encode("utf-8")


def raw(data: bytes) -> Behaviour:
    """Send these bytes, whatever they are."""
    return lambda exchange: exchange.send(data)


def answer(
    body: bytes = b"",
    *,
    status: int = 200,
    content_type: str = "application/rss+xml",
    etag: str | None = None,
    last_modified: str | None = None,
    coding: str | None = None,
    **headers: str,
) -> Behaviour:
    """Send a body, packed as `coding` says (gzip, deflate, raw-deflate); 304 when ETag or date are known.

    Other headers are given as names with underscores: retry_after="120".
    """
    validators = {"ETag": etag, "Last-Modified": last_modified}
    packed = _pack(body, coding)
    shown = {
        "Content-Type": content_type,
        "Content-Length": len(packed),
        "Content-Encoding": coding and coding.removeprefix("raw-"),
        **validators,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    whole = head(status, {name: value for name, value in shown.items() if value is not None}) + packed
    unchanged = head(304, {name: value for name, value in validators.items() if value is not None})

    def respond(exchange: Exchange) -> None:
        asked = exchange.request.headers
        known = (etag is not None and asked.get("if-none-match") == etag) or (
            last_modified is not None and asked.get("if-modified-since") == last_modified
        )
        exchange.send(unchanged if known else whole)

    return respond


def _pack(body: bytes, coding: str | None) -> bytes:
    if coding == "raw-deflate":
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return packer.compress(body) + packer.flush()
    return {"gzip": gzip.compress, "deflate": zlib.compress}.get(coding or "", bytes)(body)


def redirect(to: str, status: int = 302, **headers: str) -> Behaviour:
    return answer(status=status, Location=to, **headers)


def hang() -> Behaviour:
    """Take the request and say nothing."""
    return lambda exchange: exchange.wait(60)


def hang_in_body(body: bytes) -> Behaviour:
    """Send half a body, then nothing more."""

    def respond(exchange: Exchange) -> None:
        exchange.send(head(200, {"Content-Length": len(body)}) + body[: len(body) // 2])
        exchange.wait(60)

    return respond


def drip(body: bytes, pause: float = 1.0) -> Behaviour:
    """Send a body byte by byte, so that no reading ever times out."""

    def respond(exchange: Exchange) -> None:
        exchange.send(head(200, {"Content-Length": len(body)}))
        for byte in body:
            exchange.send(bytes([byte]))
            exchange.wait(pause)

    return respond


def reset(before: bytes = b"") -> Behaviour:
    """Break the connection off with RST, after some bytes."""

    def respond(exchange: Exchange) -> None:
        if before:
            exchange.send(before)
            time.sleep(0.05)  # an RST would overtake what is still under way
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        exchange.connection.close()

    return respond


def bomb(megabytes: int = 200, *, coding: str | None = "gzip") -> Behaviour:
    """Send so many megabytes of zeros, packed to a thousandth; with or without saying that they are packed."""
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    packed = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + packer.flush()
    headers = {"Content-Length": len(packed), **({"Content-Encoding": coding} if coding else {})}
    return raw(head(200, headers) + packed)


def endless(block: bytes = b"x" * 65536) -> Behaviour:
    """Send a body that has no end."""

    def respond(exchange: Exchange) -> None:
        exchange.send(head(200))
        while not exchange.stopping.is_set():
            exchange.send(block)

    return respond


def wrong_length(body: bytes, said: int) -> Behaviour:
    """Say another length than the body has, then close."""
    return raw(head(200, {"Content-Length": said}) + body)


def huge_headers(kilobytes: int = 1024) -> Behaviour:
    return raw(head(200, {f"X-{number}": "y" * 1000 for number in range(kilobytes)}) + b"body")

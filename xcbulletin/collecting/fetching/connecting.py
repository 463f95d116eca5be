"""Connections that keep to a budget of time and bytes, and go to checked addresses only."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

import certifi
import h11

from xcbulletin.collecting.fetching.addresses import is_address, is_public
from xcbulletin.collecting.fetching.compression import MEGABYTE, kilobytes, megabytes
from xcbulletin.collecting.items import FetchError, Outcome

Resolve = Callable[..., Iterable[tuple[Any, ...]]]
"""Like socket.getaddrinfo(host, port, type=…)."""
_AT_ONCE = 64 * 1024
"""Bytes that are read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How long one document may take, in seconds by the clock on the wall, and how many bytes."""

    resolve: float = 10
    connect: float = 5
    """For each address, and once more for TLS."""
    read: float = 15
    """Between two signs of life."""
    total: float = 30
    """Names, redirects and all."""
    wire: int = 5 * MEGABYTE
    """As they come over the wire, headers and redirects counted."""


class Budget:
    """What is left of the limits for one document."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._end = time.monotonic() + limits.total
        self.received = 0

    def seconds(self, limit: float) -> float:
        """Return how long the next step may take. Raises FetchError when all time is spent."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self._spent()
        return min(limit, left)

    def receive(self, data: bytes) -> bytes:
        """Count what has arrived. Raises FetchError when it is too much."""
        self.received += len(data)
        if self.received > self._limits.wire:
            raise FetchError(Outcome.TOO_LARGE, f"内容超过 {megabytes(self._limits.wire)}")
        return data

    def timeout(self, words: str) -> FetchError:
        """Return the error for a step that took too long: the total's, if that is what ran out."""
        if time.monotonic() >= self._end:
            return self._spent()
        return FetchError(Outcome.TIMEOUT, f"{words}（已收到 {kilobytes(self.received)}）")

    def _spent(self) -> FetchError:
        seconds = self._limits.total
        return FetchError(Outcome.TIMEOUT, f"{seconds:g} 秒内没有收完（已收到 {kilobytes(self.received)}）")


class Connector:
    """Connects for one document: resolves, checks, and goes to the very address that was checked."""

    def __init__(
        self, budget: Budget, limits: Limits, resolve: Resolve, *, allow_private_networks: bool
    ) -> None:
        self._budget, self._limits, self._resolve = budget, limits, resolve
        self._allow_private = allow_private_networks

    def connect(self, host: str, port: int) -> "BudgetedWire":
        """Connect to the first address that answers. Raises FetchError."""
        error: FetchError | None = None
        for address in self._addresses(host, port):
            seconds = self._budget.seconds(self._limits.connect)
            try:
                return BudgetedWire(_connected(address, port, seconds), self._budget, self._limits)
            except TimeoutError:
                error = self._budget.timeout(f"{self._limits.connect:g} 秒内连不上 {address}")
            except OSError as failed:
                error = FetchError(Outcome.CONNECTION, f"连不上 {address}（{_reason(failed)}）")
        assert error is not None
        raise error

    def _addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host that may be gone to, IPv6 and IPv4 by turns."""
        found = [host] if is_address(host) else self._resolved(host, port)
        if not found:
            raise FetchError(Outcome.DNS, "域名没有地址")
        allowed = [one for one in found if self._allow_private or is_public(one)]
        if not allowed:
            raise FetchError(
                Outcome.PRIVATE_ADDRESS,
                f"地址 {found[0]} 不是公网地址，不去读取"
                "（确是本单位内网的信息源，可在 bulletin.yaml 里设 collector: {allow_private_networks: true}）",
            )
        turns = {True: count(), False: count()}
        return sorted(allowed, key=lambda one: next(turns[":" in one]))

    def _resolved(self, host: str, port: int) -> list[str]:
        """Ask the resolver, which knows no time limit, in a thread that can be left behind."""
        answers: list[Iterable[tuple[Any, ...]] | Exception] = []

        def ask() -> None:
            try:
                answers.append(self._resolve(host, port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:
                answers.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(self._budget.seconds(self._limits.resolve))
        if not answers:
            raise self._budget.timeout(f"{self._limits.resolve:g} 秒内解析不出域名")
        if isinstance(answer := answers[0], Exception):
            raise FetchError(Outcome.DNS, f"域名解析不了（{_dns_reason(answer)}）") from answer
        return list(dict.fromkeys(str(entry[4][0]) for entry in answer))


def _connected(address: str, port: int, seconds: float) -> socket.socket:
    """Return a socket connected to an address, which is not looked up like a name."""
    if "%" in address:  # an interface, for which the resolver has the number
        return socket.create_connection((address, port), seconds)
    connected = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        connected.settimeout(seconds)
        connected.connect((address, port))
    except BaseException:
        connected.close()
        raise
    return connected


class BudgetedWire:
    """A connection whose every step keeps to the budget. Raises FetchError where one does not, OSError where it breaks."""

    def __init__(self, connected: socket.socket, budget: Budget, limits: Limits) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket, self._budget, self._limits = connected, budget, limits

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS."""
        context.set_alpn_protocols(["http/1.1"])
        self._wait(self._limits.connect)
        try:
            self._socket = context.wrap_socket(self._socket, server_hostname=host)
        except TimeoutError as error:
            raise self._budget.timeout(f"{self._limits.connect:g} 秒内没有谈妥加密") from error

    def read(self) -> bytes:
        """Return what comes next, b"" at the end."""
        self._wait(self._limits.read)
        try:
            data = self._socket.recv(_AT_ONCE)
        except TimeoutError as error:
            raise self._budget.timeout(f"{self._limits.read:g} 秒没有动静") from error
        return self._budget.receive(data)

    def write(self, data: bytes) -> None:
        """Send all of it."""
        self._wait(self._limits.read)
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise self._budget.timeout(f"{self._limits.read:g} 秒没有收下请求") from error

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _wait(self, limit: float) -> None:
        """Let the next step take so long; the kernel is told only of what is new."""
        seconds = self._budget.seconds(limit)
        if seconds != self._socket.gettimeout():
            self._socket.settimeout(seconds)


def tls_context() -> ssl.SSLContext:
    """Return a context that verifies, by the machine's authorities and Mozilla's.

    Servers without secure renegotiation (RFC 5746), of which government hosts still have many, are talked to: the
    context never renegotiates.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


def connection_failure(error: OSError | h11.ProtocolError, budget: Budget) -> FetchError:
    """Return what a broken connection, or a broken rule, means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATES.get(error.verify_code, error.verify_message)
        return FetchError(Outcome.TLS, f"证书不可信（{why}）")
    if isinstance(error, ssl.SSLError) and error.reason in _NOT_TLS:
        return FetchError(Outcome.TLS, "那里答的不是加密连接，请试试把 https:// 改成 http://")
    if isinstance(error, ssl.SSLError):
        return FetchError(Outcome.TLS, f"加密连接谈不拢（{error.reason or error}）")
    if "buffer too long" in str(error):
        return FetchError(Outcome.TOO_LARGE, "答复的头部太长")
    return FetchError(
        Outcome.CONNECTION, f"{_what_broke(error, budget.received)}（已收到 {kilobytes(budget.received)}）"
    )


def _what_broke(error: OSError | h11.ProtocolError, received: int) -> str:
    if isinstance(error, h11.LocalProtocolError):
        return "请求的头部不合规定"
    if isinstance(error, OSError):
        return f"连接中断，{_reason(error)}"
    if "without sending a response" in str(error) and not received:
        return "没有答复就断开了连接"
    if "complete message body" in str(error):
        return "没有传完就断开了连接"
    return "答复不合 HTTP 的规矩"


_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})
_CERTIFICATES = {
    9: "还没有生效",
    10: "已经过期",
    18: "自己签发的",
    19: "签发机构不明",
    20: "签发机构不明",
    62: "不是发给这个域名的",
    64: "不是发给这个地址的",
}


def _reason(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "对方拒绝连接"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "对方断开连接"
    return error.strerror or str(error)


def _dns_reason(error: Exception) -> str:
    code = error.errno if isinstance(error, socket.gaierror) else None
    if isinstance(error, UnicodeError) or code in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
        return "没有这个域名"
    return "域名服务器没有答复" if code == socket.EAI_AGAIN else str(error)

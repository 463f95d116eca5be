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
import httpcore

from xcbulletin.collecting.fetching.addresses import is_address, is_public
from xcbulletin.collecting.fetching.compression import MEGABYTE, kilobytes, megabytes
from xcbulletin.collecting.items import FetchError, Outcome

Resolve = Callable[..., Iterable[tuple[Any, ...]]]
"""Like socket.getaddrinfo(host, port, type=…)."""


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


class CheckedBackend(httpcore.SyncBackend):
    """Connects for one document: resolves, checks, and goes to the very address that was checked."""

    def __init__(
        self, budget: Budget, limits: Limits, resolve: Resolve, *, allow_private_networks: bool
    ) -> None:
        self._budget, self._limits, self._resolve = budget, limits, resolve
        self._allow_private = allow_private_networks

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  the budget's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. Raises FetchError."""
        error: FetchError | None = None
        for address in self._addresses(host, port):
            seconds = self._budget.seconds(self._limits.connect)
            try:
                stream = super().connect_tcp(address, port, seconds, local_address, socket_options)
                return _BudgetedStream(stream, self._budget, self._limits)
            except httpcore.ConnectTimeout:
                error = self._budget.timeout(f"{self._limits.connect:g} 秒内连不上 {address}")
            except httpcore.ConnectError as failed:
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


class _BudgetedStream(httpcore.NetworkStream):
    """A stream whose every step keeps to the budget, whatever time limit httpcore hands down."""

    def __init__(self, stream: httpcore.NetworkStream, budget: Budget, limits: Limits) -> None:
        self._stream, self._budget, self._limits = stream, budget, limits

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        try:
            data = self._stream.read(max_bytes, self._budget.seconds(self._limits.read))
        except httpcore.ReadTimeout as error:
            raise self._budget.timeout(f"{self._limits.read:g} 秒没有动静") from error
        return self._budget.receive(data)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        try:
            self._stream.write(buffer, self._budget.seconds(self._limits.read))
        except httpcore.WriteTimeout as error:
            raise self._budget.timeout(f"{self._limits.read:g} 秒没有收下请求") from error

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        try:
            stream = self._stream.start_tls(
                ssl_context, server_hostname, self._budget.seconds(self._limits.connect)
            )
        except httpcore.ConnectTimeout as error:
            raise self._budget.timeout(f"{self._limits.connect:g} 秒内没有谈妥加密") from error
        return _BudgetedStream(stream, self._budget, self._limits)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def tls_context() -> ssl.SSLContext:
    """Return a context that verifies, by the machine's authorities and Mozilla's.

    Servers without secure renegotiation (RFC 5746), of which government hosts still have many, are talked to: the
    context never renegotiates.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


def connection_failure(error: Exception, budget: Budget) -> FetchError:
    """Return what an error of httpcore means."""
    cause, words = error.__cause__ or error.__context__, str(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = _CERTIFICATES.get(cause.verify_code, cause.verify_message)
        return FetchError(Outcome.TLS, f"证书不可信（{why}）")
    if isinstance(cause, ssl.SSLError) and cause.reason in _NOT_TLS:
        return FetchError(Outcome.TLS, "那里答的不是加密连接，请试试把 https:// 改成 http://")
    if isinstance(cause, ssl.SSLError):
        return FetchError(Outcome.TLS, f"加密连接谈不拢（{cause.reason or cause}）")
    if "buffer too long" in words:
        return FetchError(Outcome.TOO_LARGE, "答复的头部太长")
    return FetchError(
        Outcome.CONNECTION, f"{_what_broke(error, budget.received)}（已收到 {kilobytes(budget.received)}）"
    )


def _what_broke(error: Exception, received: int) -> str:
    if isinstance(error, httpcore.LocalProtocolError):
        return "请求的头部不合规定"
    if isinstance(error, httpcore.NetworkError):
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


def _reason(error: BaseException) -> str:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ConnectionRefusedError):
        return "对方拒绝连接"
    if isinstance(cause, ConnectionResetError | BrokenPipeError):
        return "对方断开连接"
    return getattr(cause, "strerror", None) or str(error)


def _dns_reason(error: Exception) -> str:
    code = error.errno if isinstance(error, socket.gaierror) else None
    if isinstance(error, UnicodeError) or code in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
        return "没有这个域名"
    return "域名服务器没有答复" if code == socket.EAI_AGAIN else str(error)

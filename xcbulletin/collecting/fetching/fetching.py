"""The network: documents had over HTTP, with limits to everything that a server could overdo."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote_from_bytes

import h11
import httpx

from xcbulletin import __version__
from xcbulletin.collecting.fetching.answers import PERMANENT, REDIRECTS, failure
from xcbulletin.collecting.fetching.compression import ACCEPTED, Body, Bounds, megabytes
from xcbulletin.collecting.fetching.connecting import (
    Budget,
    Connector,
    Limits,
    Resolve,
    connection_failure,
    tls_context,
)
from xcbulletin.collecting.fetching.exchange import Exchange
from xcbulletin.collecting.items import Document, FetchError, Outcome, Request

USER_AGENT = f"xcbulletin/{__version__} (feed reader)"
MAX_REDIRECTS = 5
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    " application/json;q=0.9, text/html;q=0.8, */*;q=0.5"
)
_ASCII = bytes(range(33, 127))


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    content: bytes


class Fetcher:
    """A `Fetch` over real sockets; safe in several threads, for no document shares anything with another.

    No proxy, netrc file or other word of the environment is heeded: a proxy would connect in our place, to addresses
    that nobody has checked. Every request has a connection of its own; the gap between two of them to one host would
    outlive a kept one.
    """

    def __init__(
        self,
        *,
        allow_private_networks: bool = False,
        user_agent: str = USER_AGENT,
        limits: Limits | None = None,
        bounds: Bounds | None = None,
        resolve: Resolve = socket.getaddrinfo,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._allow_private, self._user_agent = allow_private_networks, user_agent
        self._limits, self._bounds = limits or Limits(), bounds or Bounds()
        self._resolve, self._tls, self._clock = resolve, tls or tls_context(), clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close nothing: nothing is kept open between documents."""

    def __call__(self, request: Request) -> Document:
        """Return the document at an address, redirects followed. Raises FetchError, and nothing else."""
        first = url = _address(request.url)
        budget, cookies = Budget(self._limits), _Cookies(request, first)
        moved_to, permanent = None, True
        for _ in range(MAX_REDIRECTS + 1):
            with _naming(url, first):
                answer = self._ask(url, self._headers(request, url, first, cookies), budget)
                cookies.keep(url, answer)
                if answer.status not in REDIRECTS:
                    return self._document(
                        request, url, answer, moved_to=_other(moved_to, first), cookies=cookies.sent_to(url)
                    )
                url = _next_address(url, answer)
            permanent = permanent and answer.status in PERMANENT
            moved_to = url if permanent else moved_to
        raise FetchError(Outcome.REDIRECTS, f"{_name(first)}：转向超过 {MAX_REDIRECTS} 次，最后要转到 {url}")

    def _headers(
        self, request: Request, url: httpx.URL, first: httpx.URL, cookies: "_Cookies"
    ) -> list[tuple[bytes, bytes]]:
        """Return what is sent: ours, over those what the request brings, over those what cannot be otherwise."""
        brought = {name.lower(): value for name, value in request.headers.items()}
        if url.host != first.host:
            brought.pop("authorization", None)
        headers = {
            "host": _name(url),
            "user-agent": self._user_agent,
            "accept": _ACCEPT,
            "accept-language": "zh-CN, zh;q=0.9, *;q=0.5",
            "if-none-match": request.etag,
            "if-modified-since": request.last_modified,
            **brought,
            "cookie": cookies.sent_to(url),
            "accept-encoding": ACCEPTED,
            "connection": "close",
        }
        return [(name.encode(), _header_bytes(value)) for name, value in headers.items() if value]

    def _ask(self, url: httpx.URL, headers: list[tuple[bytes, bytes]], budget: Budget) -> _Answer:
        """Send one request. Raises FetchError."""
        host, encrypted = url.raw_host.decode("ascii"), url.scheme == "https"
        connector = Connector(budget, self._limits, self._resolve, allow_private_networks=self._allow_private)
        try:
            with closing(connector.connect(host, url.port or (443 if encrypted else 80))) as wire:
                if encrypted:
                    wire.encrypt(self._tls, host)
                return self._answer(Exchange(wire), url.raw_path, headers)
        except (h11.ProtocolError, OSError) as error:
            raise connection_failure(error, budget) from error

    def _answer(self, exchange: Exchange, target: bytes, sent: list[tuple[bytes, bytes]]) -> _Answer:
        """Read an answer; the body only if it is what we came for."""
        head = exchange.ask(target, sent)
        headers = httpx.Headers(head.headers.raw_items(), encoding="latin-1")
        content = self._body(exchange.body(), headers) if 200 <= head.status_code < 300 else b""
        return _Answer(status=head.status_code, headers=headers, content=content)

    def _body(self, chunks: Iterable[bytes], headers: httpx.Headers) -> bytes:
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._limits.wire:
            raise FetchError(
                Outcome.TOO_LARGE, f"内容有 {megabytes(int(length))}，超过 {megabytes(self._limits.wire)}"
            )
        body = Body(headers.get("content-encoding", ""), self._bounds)
        for chunk in chunks:
            body.feed(chunk)
        return body.finish()

    def _document(
        self, request: Request, url: httpx.URL, answer: _Answer, *, moved_to: str | None, cookies: str
    ) -> Document:
        """Return what an answer gives. Raises FetchError for a status of failure."""
        now = self._clock()
        if answer.status == 304 and not (request.etag or request.last_modified):
            raise FetchError(Outcome.HTTP, "没有问有无变化，却答没有变化（304）", status=304)
        if answer.status != 304 and (error := failure(answer.status, answer.headers, now)):
            raise error
        return Document(
            url=str(url),
            content=answer.content,
            fetched=now,
            status=answer.status,
            content_type=answer.headers.get("content-type", ""),
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            moved_to=moved_to,
            cookies=cookies,
        )


class _Cookies:
    """The cookies of one reading: those that the request brings, for its own host, and over them those set on the way."""

    def __init__(self, request: Request, first: httpx.URL) -> None:
        self._jar, self._own_host = httpx.Cookies(), first.host
        brought = {name.lower(): value for name, value in request.headers.items()}
        self._brought = brought.get("cookie", "")

    def keep(self, url: httpx.URL, answer: _Answer) -> None:
        """Keep what an answer from `url` sets."""
        if "set-cookie" not in answer.headers:
            return
        response = httpx.Response(answer.status, headers=answer.headers, request=httpx.Request("GET", url))
        response.headers.encoding = "latin-1"
        self._jar.extract_cookies(response)

    def sent_to(self, url: httpx.URL) -> str:
        """Return the Cookie header for an address, "" without any."""
        own = self._brought if url.host == self._own_host else ""
        if not self._jar:
            return own
        sent = httpx.Request("GET", url)
        sent.headers.encoding = "latin-1"
        self._jar.set_cookie_header(sent)
        pairs = f"{own}; {sent.headers.get('cookie', '')}".split(";")
        return "; ".join({pair.partition("=")[0]: pair for pair in map(str.strip, pairs) if pair}.values())


@contextmanager
def _naming(url: httpx.URL, first: httpx.URL) -> Iterator[None]:
    """Put the host before what an error says, and where we came from before a host that we were sent to."""
    try:
        yield
    except FetchError as error:
        name = _name(url) if url.host == first.host else f"{_name(first)} 转到 {_name(url)}"
        raise FetchError(
            error.outcome, f"{name}：{error.detail}", status=error.status, retry_after=error.retry_after
        ) from error


def _name(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def _address(text: str) -> httpx.URL:
    """Return an address that may be asked. Raises FetchError."""
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL as error:
        raise FetchError(Outcome.REDIRECTS, f"{text}：不是网址") from error
    if url.scheme not in ("http", "https") or not url.host or (url.port or 0) > 65535:
        raise FetchError(Outcome.REDIRECTS, f"{text}：只读 http:// 和 https:// 开头的网址")
    if url.userinfo:
        raise FetchError(Outcome.REDIRECTS, f"{_name(url)}：网址里不能写用户名和密码")
    return url.copy_with(fragment=None) if url.fragment else url


def _next_address(url: httpx.URL, answer: _Answer) -> httpx.URL:
    """Return where a redirect leads. Raises FetchError."""
    place = next((value for name, value in answer.headers.raw if name.lower() == b"location"), b"")
    if not place:
        raise FetchError(Outcome.REDIRECTS, f"要转向（{answer.status}），却没有说转到哪里")
    try:
        return _address(str(url.join(_text(place))))
    except httpx.InvalidURL as error:
        raise FetchError(Outcome.REDIRECTS, f"要转到的不是网址（{_text(place)}）") from error


def _text(location: bytes) -> str:
    """Return a Location, which may hold raw bytes in whatever encoding the server keeps its file names in."""
    try:
        return location.decode()
    except UnicodeDecodeError:
        return quote_from_bytes(location, safe=_ASCII)


def _other(url: httpx.URL | None, first: httpx.URL) -> str | None:
    return None if url is None or url == first else str(url)


def _header_bytes(value: str) -> bytes:
    """Return a header's value as it came (etags are handed back byte by byte), or as an editor wrote it."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()

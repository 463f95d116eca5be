"""The fetcher against a real server on loopback, which also does what no server should."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import feedserver
import pytest
import trustme
from conftest import CORPUS
from feedserver import FeedServer, answer, redirect
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xcbulletin.collecting.fetching import connecting
from xcbulletin.collecting.fetching.connecting import Limits
from xcbulletin.collecting.fetching.fetching import Fetcher
from xcbulletin.collecting.items import Document, FetchError, Outcome, Request

FEED = b"<rss><channel><title>t</title></channel></rss>"
NOW = datetime(2021, 1, 29, 8, 0, tzinfo=UTC)
TLS = connecting.tls_context()
FAST = Limits(resolve=0.5, connect=0.5, read=0.4, total=1.2)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def fetcher(**options: Any) -> Fetcher:
    return Fetcher(
        **{"allow_private_networks": True, "clock": lambda: NOW, "limits": FAST, "tls": TLS, **options}
    )


def fetch(url: str, **request: Any) -> Document:
    return fetcher()(Request(url=url, **request))


def failing(url: str, fetch: Callable[[Request], Document] | None = None, **request: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        (fetch or fetcher())(Request(url=url, **request))
    assert "\n" not in caught.value.detail
    return caught.value


# What is asked and answered


def test_a_document_comes_with_what_the_server_said_of_it(server: FeedServer) -> None:
    date = "Fri, 29 Jan 2021 07:00:00 GMT"
    url = server.on("/feed", answer(FEED, etag='W/"a,b"', last_modified=date, content_type="text/xml"))
    assert fetch(url) == Document(
        url=url,
        content=FEED,
        fetched=NOW,
        content_type="text/xml",
        etag='W/"a,b"',
        last_modified=date,
    )


def test_a_server_that_has_nothing_new_says_304(server: FeedServer) -> None:
    url = server.on("/feed", answer(FEED, etag='"1"'))
    document = fetch(url, etag='"1"')
    assert document.unmodified
    assert document.content == b""
    assert document.etag == '"1"'


def test_etag_and_date_are_handed_back_byte_by_byte(server: FeedServer) -> None:
    url = server.on("/feed", feedserver.raw(b'HTTP/1.1 200 OK\r\nETag: "\xd0\xc2"\r\n\r\n'))
    etag = fetch(url).etag
    fetch(url, etag=etag, last_modified="yesterday, more or less")
    again = server.received[1].headers
    assert again["if-none-match"].encode("latin-1") == b'"\xd0\xc2"'
    assert again["if-modified-since"] == "yesterday, more or less"


def test_304_to_a_question_that_was_not_asked_is_a_failure(server: FeedServer) -> None:
    error = failing(server.on("/feed", answer(status=304)))
    assert error.outcome is Outcome.HTTP
    assert error.detail == f"127.0.0.1:{server.port}：没有问有无变化，却答没有变化（304）"


def test_we_say_who_we_are_unless_a_source_needs_other_words(server: FeedServer) -> None:
    url = server.on("/feed", answer(FEED))
    fetch(url)
    fetch(url, headers={"User-Agent": "Mozilla/5.0", "Referer": "https://例/", "Accept-Encoding": "br"})
    ours, other = (one.headers for one in server.received)
    assert ours["user-agent"].startswith("xcbulletin/")
    assert ours["accept-encoding"] == other["accept-encoding"] == "gzip, deflate"
    assert other["user-agent"] == "Mozilla/5.0"
    assert other["host"] == f"127.0.0.1:{server.port}"


def test_no_proxy_of_the_environment_is_used(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(server.on("/feed", answer(FEED))).content == FEED


def test_nothing_is_logged_above_debug(server: FeedServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    fetch(server.on("/feed", answer(FEED)))
    assert caplog.records == []


def test_ipv6_is_spoken() -> None:
    try:
        with FeedServer("::1") as server:
            assert fetch(server.on("/feed", answer(FEED))).content == FEED
            assert server.received[0].headers["host"] == f"[::1]:{server.port}"
    except OSError:
        pytest.skip("no IPv6 here")


# Packing


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw-deflate"])
def test_what_is_packed_is_unpacked(server: FeedServer, coding: str) -> None:
    assert fetch(server.on("/feed", answer(FEED * 1000, coding=coding))).content == FEED * 1000


@pytest.mark.parametrize("coding", ["gzip", None])
def test_a_bomb_is_put_away_early(server: FeedServer, coding: str | None) -> None:
    url = server.on("/bomb", feedserver.bomb(200, coding=coding))
    started = time.perf_counter()
    error = failing(url, fetcher(limits=Limits()))
    assert error.outcome is Outcome.TOO_LARGE
    assert "压缩比超过 200" in error.detail
    assert time.perf_counter() - started < 1


def test_br_which_nobody_asked_for_is_named(server: FeedServer) -> None:
    error = failing(server.on("/feed", answer(b"\x0b\x02", Content_Encoding="br")))
    assert error.outcome is Outcome.UNREADABLE
    assert error.detail == f"127.0.0.1:{server.port}：内容用没有请求过的方式压缩（br），解不开"


# Redirects and cookies


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_up_to_five(server: FeedServer, status: int) -> None:
    server.on("/5", answer(FEED))
    for number in range(5):
        server.on(f"/{number}", redirect(f"/{number + 1}", status))
    assert fetch(server.url("/0")).url == server.url("/5")
    server.on("/5", redirect("/6"))
    error = failing(server.url("/0"))
    assert error.outcome is Outcome.REDIRECTS
    assert error.detail == f"127.0.0.1:{server.port}：转向超过 5 次，最后要转到 {server.url('/6')}"
    assert not server.asked("/6")


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ([301], "/1"),
        ([308, 301], "/2"),
        ([301, 302], "/1"),
        ([301, 302, 301], "/1"),
        ([302, 301], None),
        ([], None),
    ],
)
def test_a_source_has_moved_to_where_the_first_permanent_redirects_lead(
    server: FeedServer, statuses: list[int], moved_to: str | None
) -> None:
    for number, status in enumerate(statuses):
        server.on(f"/{number}", redirect(f"/{number + 1}", status))
    server.on(f"/{len(statuses)}", answer(FEED, etag='"1"'))
    expected = moved_to and server.url(moved_to)
    assert fetch(server.url("/0")).moved_to == expected
    assert fetch(server.url("/0"), etag='"1"').moved_to == expected


def test_a_redirect_to_itself_that_sets_a_cookie_is_no_move(server: FeedServer) -> None:
    url = server.on("/feed", redirect("/feed#top", 301, Set_Cookie="pass=1; Path=/"), answer(FEED))
    document = fetch(url)
    assert (document.url, document.moved_to, document.cookies) == (url, None, "pass=1")
    assert server.received[1].headers["cookie"] == "pass=1"


def test_cookies_go_to_later_hops_of_the_same_host_only(server: FeedServer) -> None:
    with FeedServer("127.0.0.2") as other:
        url = server.on("/feed", redirect(other.url("/wall"), Set_Cookie="a=1"))
        other.on("/wall", redirect(server.url("/again"), Set_Cookie="b=2"))
        server.on("/again", answer(FEED))
        document = fetch(url, headers={"Cookie": "mine=0; a=0", "authorization": "Basic x"})
        assert other.received[0].headers.keys().isdisjoint({"cookie", "authorization"})
        assert server.received[0].headers["cookie"] == "mine=0; a=0"
        assert server.received[1].headers["cookie"] == document.cookies == "mine=0; a=1"
    again = fetch(server.on("/plain", answer(FEED)))
    assert "cookie" not in server.received[-1].headers
    assert again.cookies == ""


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("/中文?q=许昌".encode(), "/%E4%B8%AD%E6%96%87?q=%E8%AE%B8%E6%98%8C"),
        ("/中文".encode("gbk"), "/%D6%D0%CE%C4"),
        (b"/a b%20c", "/a%20b%20c"),
        (b"?page=2", "/feed?page=2"),
    ],
)
def test_a_location_may_be_sloppy(server: FeedServer, place: bytes, path: str) -> None:
    url = server.on(
        "/feed", feedserver.raw(b"HTTP/1.1 302 Found\r\nLocation: " + place + b"\r\n\r\n"), answer(FEED)
    )
    server.on(path.partition("?")[0], *([answer(FEED)] if not path.startswith("/feed") else []))
    if path.startswith("/feed"):
        server.on(
            "/feed", feedserver.raw(b"HTTP/1.1 302 Found\r\nLocation: " + place + b"\r\n\r\n"), answer(FEED)
        )
    fetch(url)
    assert server.received[-1].path == path


@pytest.mark.parametrize(
    ("place", "detail"),
    [
        ("file:///etc/passwd", "file:/etc/passwd：只读 http:// 和 https:// 开头的网址"),
        ("gopher://x/", "gopher://x/：只读 http:// 和 https:// 开头的网址"),
        ("javascript:alert(1)", "javascript:alert(1)：只读 http:// 和 https:// 开头的网址"),
        ("http://user:secret@example.com/", "example.com：网址里不能写用户名和密码"),
        ("http://[::1", "要转到的不是网址（http://[::1）"),
        ("", "要转向（302），却没有说转到哪里"),
    ],
)
def test_a_redirect_may_not_lead_anywhere(server: FeedServer, place: str, detail: str) -> None:
    error = failing(server.on("/feed", redirect(place)))
    assert error.outcome is Outcome.REDIRECTS
    assert error.detail == f"127.0.0.1:{server.port}：{detail}"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "/feed",
        "",
        "http://",
        "http:///x",
        "http://a:b@example.com/",
        "http://x:99999/",
        "http://a\x00b/",
    ],
)
def test_only_addresses_of_the_web_are_asked(url: str) -> None:
    assert failing(url).outcome is Outcome.REDIRECTS


# Statuses of failure


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "words"),
    [
        (400, {}, Outcome.HTTP, "服务器看不懂这个请求（400）"),
        (401, {}, Outcome.LOGIN, "要登录才给看（401）"),
        (403, {}, Outcome.HTTP, "服务器拒绝访问，可能不许程序读取（403）"),
        (403, {"cf_mitigated": "challenge"}, Outcome.BLOCKED, "被 Cloudflare 的人机验证挡住（403）"),
        (503, {"cf_mitigated": "challenge"}, Outcome.BLOCKED, "被 Cloudflare 的人机验证挡住（503）"),
        (404, {}, Outcome.HTTP, "服务器没有这个页面（404）"),
        (407, {}, Outcome.LOGIN, "要登录才给看（407）"),
        (410, {}, Outcome.GONE, "说这个地址已经永久撤掉（410）"),
        (412, {}, Outcome.BLOCKED, "被防爬虫的墙挡住（412）"),
        (418, {}, Outcome.HTTP, "服务器不给内容（418）"),
        (500, {}, Outcome.HTTP, "服务器内部出错（500）"),
        (521, {}, Outcome.BLOCKED, "被防爬虫的墙挡住（521）"),
        (567, {}, Outcome.BLOCKED, "被防爬虫的墙挡住（567）"),
        (599, {}, Outcome.HTTP, "服务器内部出错（599）"),
        (300, {}, Outcome.HTTP, "服务器不给内容（300）"),
    ],
)
def test_a_status_of_failure_has_a_name(
    server: FeedServer, status: int, headers: dict[str, str], outcome: Outcome, words: str
) -> None:
    error = failing(server.on("/feed", answer(b"<html>", status=status, **headers)))
    assert (error.outcome, error.status, error.retry_after) == (outcome, status, None)
    assert error.detail == f"127.0.0.1:{server.port}：{words}"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "seconds", "words"),
    [
        ("120", 120, "，要求 2 分钟后再来"),
        ("0", 0, ""),
        ("99999999999999", 999999999, "，要求 11574 天后再来；程序一天后就会再试"),
        (format_datetime(NOW + timedelta(hours=3), usegmt=True), 10800, "，要求 3 小时后再来"),
        (format_datetime(NOW - timedelta(hours=3), usegmt=True), 0, ""),
        ("soon", None, ""),
        ("-1", None, ""),
        ("", None, ""),
    ],
)
def test_a_server_that_asks_for_patience_says_how_long(
    server: FeedServer, status: int, value: str, seconds: float | None, words: str
) -> None:
    error = failing(server.on("/feed", answer(status=status, Retry_After=value)))
    assert (error.outcome, error.retry_after) == (Outcome.LATER, seconds)
    assert error.detail.endswith(f"（{status}）{words}")


def test_a_failure_after_a_redirect_names_both_hosts(server: FeedServer) -> None:
    with FeedServer("127.0.0.2") as other:
        error = failing(server.on("/feed", redirect(other.url("/gone"), 301)))
        assert error.detail == (
            f"127.0.0.1:{server.port} 转到 127.0.0.2:{other.port}：服务器没有这个页面（404）"
        )


# Time and size


@pytest.mark.parametrize(
    ("behaviour", "words", "least", "most"),
    [
        (feedserver.hang(), "0.4 秒没有动静（已收到 0 字节）", 0.4, 0.9),
        (feedserver.hang_in_body(FEED), "0.4 秒没有动静", 0.4, 0.9),
        (feedserver.drip(FEED * 10, pause=0.1), "1.2 秒内没有收完", 1.2, 1.7),
    ],
    ids=["silent", "half a body", "drip"],
)
def test_nothing_takes_longer_than_allowed(
    server: FeedServer, behaviour: feedserver.Behaviour, words: str, least: float, most: float
) -> None:
    url = server.on("/slow", behaviour)
    started = time.perf_counter()
    error = failing(url)
    assert least <= time.perf_counter() - started < most
    assert error.outcome is Outcome.TIMEOUT
    assert error.detail.startswith(f"127.0.0.1:{server.port}：{words}")


def test_the_total_ends_a_silence_that_the_reading_would_allow(server: FeedServer) -> None:
    url = server.on("/slow", feedserver.hang())
    started = time.perf_counter()
    error = failing(url, fetcher(limits=Limits(read=5, total=0.5)))
    assert time.perf_counter() - started < 2
    assert error.detail == f"127.0.0.1:{server.port}：0.5 秒内没有收完（已收到 0 字节）"


def test_redirects_share_one_total(server: FeedServer) -> None:
    def late(exchange: feedserver.Exchange) -> None:
        exchange.wait(0.35)
        exchange.send(feedserver.head(302, {"Location": "/slow"}))

    started = time.perf_counter()
    error = failing(server.on("/slow", late))
    assert error.detail.startswith(f"127.0.0.1:{server.port}：1.2 秒内没有收完")
    assert time.perf_counter() - started < 1.7


def test_a_resolver_that_hangs_is_left_behind() -> None:
    release = threading.Event()

    def resolve(*_: object, **__: object) -> list[tuple[Any, ...]]:
        release.wait(10)
        return []

    started = time.perf_counter()
    error = failing("http://slow.example/", fetcher(resolve=resolve))
    release.set()
    assert error.outcome is Outcome.TIMEOUT
    assert error.detail == "slow.example：0.5 秒内解析不出域名（已收到 0 字节）"
    assert time.perf_counter() - started < 1


def test_a_host_that_takes_no_connection_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        error = failing(f"http://127.0.0.1:{port}/")
        for one in waiting:
            one.close()
    assert error.outcome is Outcome.TIMEOUT
    assert error.detail == f"127.0.0.1:{port}：0.5 秒内连不上 127.0.0.1（已收到 0 字节）"


def test_a_body_without_end_is_cut_off_at_five_megabytes(server: FeedServer) -> None:
    error = failing(server.on("/endless", feedserver.endless()), fetcher(limits=Limits()))
    assert error.outcome is Outcome.TOO_LARGE
    assert error.detail == f"127.0.0.1:{server.port}：内容超过 5 MB"


def test_a_body_said_to_be_too_long_is_not_even_begun(server: FeedServer) -> None:
    error = failing(server.on("/feed", feedserver.wrong_length(FEED, 12 * 1024 * 1024)))
    assert error.outcome is Outcome.TOO_LARGE
    assert error.detail == f"127.0.0.1:{server.port}：内容有 12 MB，超过 5 MB"


def test_headers_without_end_are_cut_off(server: FeedServer) -> None:
    error = failing(server.on("/feed", feedserver.huge_headers()))
    assert error.outcome is Outcome.TOO_LARGE
    assert error.detail == f"127.0.0.1:{server.port}：答复的头部太长"


def test_hints_without_end_are_cut_off(server: FeedServer) -> None:
    url = server.on("/feed", feedserver.raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 400_000))
    assert failing(url, fetcher(limits=Limits())).outcome is Outcome.TOO_LARGE


# Broken connections


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (feedserver.reset(), "连接中断，对方断开连接（已收到 0 字节）"),
        (feedserver.raw(b""), "没有答复就断开了连接（已收到 0 字节）"),
        (feedserver.raw(b"220 smtp.example.org ESMTP\r\n"), "答复不合 HTTP 的规矩（已收到 28 字节）"),
        (feedserver.raw(bytes(range(256)) * 40), "答复不合 HTTP 的规矩"),
        (feedserver.wrong_length(FEED, 5000), "没有传完就断开了连接"),
    ],
    ids=["reset", "empty", "smtp", "bytes", "too short"],
)
def test_a_broken_connection_says_how_it_broke(
    server: FeedServer, behaviour: feedserver.Behaviour, words: str
) -> None:
    error = failing(server.on("/feed", behaviour))
    assert error.outcome is Outcome.CONNECTION
    assert error.detail.startswith(f"127.0.0.1:{server.port}：{words}")


def test_a_connection_may_break_within_the_body(server: FeedServer) -> None:
    begun = feedserver.head(200, {"Content-Length": 5000}) + FEED
    error = failing(server.on("/feed", feedserver.reset(begun)))
    assert error.outcome is Outcome.CONNECTION
    assert error.detail.startswith(f"127.0.0.1:{server.port}：连接中断，对方断开连接（已收到 ")


def test_what_comes_after_the_length_said_is_not_read(server: FeedServer) -> None:
    assert fetch(server.on("/feed", feedserver.wrong_length(FEED + b"more", len(FEED)))).content == FEED


def test_a_header_that_cannot_be_sent_is_a_fetch_error(server: FeedServer) -> None:
    error = failing(server.on("/feed", answer(FEED)), headers={"X-A": "b\r\nX-B: c"})
    assert error.outcome is Outcome.CONNECTION
    assert error.detail == f"127.0.0.1:{server.port}：请求的头部不合规定（已收到 0 字节）"


def test_a_port_where_nobody_listens_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = failing(f"http://127.0.0.1:{port}/")
    assert error.outcome is Outcome.CONNECTION
    assert error.detail == f"127.0.0.1:{port}：连不上 127.0.0.1（对方拒绝连接）"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 302 Found\r\nLocation: ",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nSet-Cookie: ",
        ]
    ),
)
def test_whatever_a_server_sends_gives_a_document_or_a_fetch_error(
    server: FeedServer, data: bytes, start: bytes
) -> None:
    url = server.on("/fuzz", feedserver.raw(start + data + b"\r\n\r\n"), answer(FEED))
    try:
        assert fetch(url, headers={"X": "y"}).url
    except FetchError as error:
        assert "\n" not in error.detail  # noqa: PT017


# Addresses


def resolving(**names: str | list[str]) -> Callable[..., list[tuple[Any, ...]]]:
    """Play DNS: a name (its dots as underscores) has an address, or another each time it is asked for."""
    turns = {name: iter([one] if isinstance(one, str) else one) for name, one in names.items()}
    last: dict[str, str] = {}

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        key = host.replace(".", "_")
        if key not in turns:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        last[key] = next(turns[key], last.get(key, ""))
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in last[key].split()
        ]

    return resolve


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 127.0.0.2 be the public internet."""
    monkeypatch.setattr(connecting, "is_public", lambda address: address == "127.0.0.2")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "0x7f000001",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ],
)
def test_no_spelling_of_a_private_address_is_asked(server: FeedServer, host: str) -> None:
    server.on("/feed", answer(FEED))
    error = failing(f"http://{host}:{server.port}/feed", fetcher(allow_private_networks=False))
    assert error.outcome is Outcome.PRIVATE_ADDRESS
    assert not server.received


def test_the_message_says_which_setting_allows_an_address() -> None:
    error = failing(
        "http://rsshub.example/route",
        fetcher(allow_private_networks=False, resolve=resolving(rsshub_example="192.168.1.5")),
    )
    assert error.detail == (
        "rsshub.example：地址 192.168.1.5 不是公网地址，不去读取"
        "（确是本单位内网的信息源，可在 bulletin.yaml 里设 collector: {allow_private_networks: true}）"
    )


@pytest.mark.usefixtures("internet")
def test_a_redirect_to_a_private_address_is_not_followed(server: FeedServer) -> None:
    server.on("/secret", answer(b"secret"))
    with FeedServer("127.0.0.2") as public:
        url = public.on("/feed", redirect(server.url("/secret")))
        error = failing(url, fetcher(allow_private_networks=False))
    assert error.outcome is Outcome.PRIVATE_ADDRESS
    assert not server.received


@pytest.mark.usefixtures("internet")
def test_a_name_that_turns_private_between_two_hops_is_not_followed() -> None:
    with FeedServer("127.0.0.2") as public:
        name = public.url("/feed", "rebind.example")
        public.on("/feed", redirect(name))
        resolve = resolving(rebind_example=["127.0.0.2", "127.0.0.1"])
        error = failing(name, fetcher(allow_private_networks=False, resolve=resolve))
    assert error.outcome is Outcome.PRIVATE_ADDRESS
    assert len(public.received) == 1


@pytest.mark.usefixtures("internet")
def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """A second look-up by whoever connects would be told another address."""
    asked: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        address = "127.0.0.2" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with FeedServer("127.0.0.2") as public:
        public.on("/feed", answer(FEED))
        fetch = fetcher(allow_private_networks=False, resolve=resolve)
        assert fetch(Request(url=public.url("/feed", "rebind.example"))).content == FEED
        assert public.received[0].headers["host"] == f"rebind.example:{public.port}"
    assert asked == ["rebind.example"]


@pytest.mark.usefixtures("internet")
def test_of_several_addresses_only_public_ones_are_tried(server: FeedServer) -> None:
    server.on("/feed", answer(b"secret"))
    resolve = resolving(both_example="127.0.0.1 127.0.0.2")
    error = failing(
        server.url("/feed", "both.example"), fetcher(allow_private_networks=False, resolve=resolve)
    )
    assert error.outcome is Outcome.CONNECTION
    assert not server.received


def test_the_next_address_is_tried_when_one_does_not_answer(server: FeedServer) -> None:
    server.on("/feed", answer(FEED))
    resolve = resolving(two_example="127.0.0.9 ::1 127.0.0.1")
    assert fetcher(resolve=resolve)(Request(url=server.url("/feed", "two.example"))).content == FEED


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (socket.EAI_NONAME, "没有这个域名"),
        (socket.EAI_AGAIN, "域名服务器没有答复"),
        (socket.EAI_FAIL, "[Errno -4] x"),
    ],
)
def test_a_name_that_cannot_be_resolved_says_why(code: int, why: str) -> None:
    def resolve(*_: object, **__: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(code, "x")

    error = failing("http://no.example/", fetcher(resolve=resolve))
    assert error.outcome is Outcome.DNS
    assert error.detail == f"no.example：域名解析不了（{why}）"


@pytest.mark.parametrize("host", ["a..b", ".example.com", "exa mple.com", "x" * 300, "-", "%00"])
def test_a_host_that_cannot_be_a_name_is_a_fetch_error(host: str) -> None:
    assert failing(f"http://{host}/").outcome in (Outcome.DNS, Outcome.REDIRECTS)


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls_server(authority: trustme.CA, *names: str, **options: Any) -> FeedServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **options).configure_cert(context)
    return FeedServer(tls=context)


def trusting(authority: trustme.CA) -> Fetcher:
    context = connecting.tls_context()
    authority.configure_trust(context)
    return fetcher(tls=context, limits=Limits())


def test_tls_is_spoken_and_verified(authority: trustme.CA) -> None:
    with tls_server(authority, "127.0.0.1") as server:
        url = server.on("/feed", answer(FEED, coding="gzip"))
        assert trusting(authority)(Request(url=url)).content == FEED
        error = failing(url)
    assert error.outcome is Outcome.TLS
    assert error.detail == f"127.0.0.1:{server.port}：证书不可信（签发机构不明）"


@pytest.mark.parametrize(
    ("names", "options", "why"),
    [
        (("example.com",), {}, "不是发给这个地址的"),
        (("127.0.0.1",), {"not_after": datetime(2020, 1, 1)}, "已经过期"),
    ],
)
def test_a_certificate_that_does_not_hold_says_why(
    authority: trustme.CA, names: tuple[str, ...], options: dict[str, Any], why: str
) -> None:
    with tls_server(authority, *names, **options) as server:
        error = failing(server.on("/feed", answer(FEED)), trusting(authority))
    assert error.outcome is Outcome.TLS
    assert error.detail == f"127.0.0.1:{server.port}：证书不可信（{why}）"


def test_plain_http_where_tls_is_expected_is_a_tls_failure(server: FeedServer) -> None:
    error = failing(server.url("/feed").replace("http:", "https:"))
    assert error.outcome is Outcome.TLS
    assert error.detail.endswith("：那里答的不是加密连接，请试试把 https:// 改成 http://")


def test_a_handshake_that_hangs_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        error = failing(f"https://127.0.0.1:{port}/")
    assert error.outcome is Outcome.TIMEOUT
    assert error.detail == f"127.0.0.1:{port}：0.5 秒内没有谈妥加密（已收到 0 字节）"


def test_many_threads_may_use_one_fetcher(server: FeedServer) -> None:
    for number in range(40):
        server.on(f"/{number}", answer(b"%d" % number, Set_Cookie=f"n={number}"))
    shared, got = fetcher(limits=Limits()), {}

    def work(number: int) -> None:
        document = shared(Request(url=server.url(f"/{number}")))
        got[number] = (document.content, document.cookies)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {number: (b"%d" % number, f"n={number}") for number in range(40)}


def test_real_feeds_come_whole(server: FeedServer) -> None:
    files = [
        path for path in (CORPUS / "feeds").rglob("*") if path.is_file() and path.stat().st_size < 5_000_000
    ][:60]
    if not files:
        pytest.skip("the corpus is not here")
    for number, path in enumerate(files):
        coding = (None, "gzip", "deflate", "raw-deflate")[number % 4]
        url = server.on("/feed", answer(path.read_bytes(), coding=coding))
        assert fetcher(limits=Limits())(Request(url=url)).content == path.read_bytes()


def test_the_kernel_is_told_how_long_to_wait_when_that_is_another_time() -> None:
    told = [5.0]

    class Socket:
        def settimeout(self, seconds: float) -> None:
            told.append(seconds)

        def gettimeout(self) -> float:
            return told[-1]

        def __getattr__(self, _name: str) -> Callable[..., bytes]:
            return lambda *_: b"data"

    limits = Limits(connect=5, read=15, total=60)
    connected: Any = Socket()
    wire = connecting.BudgetedWire(connected, connecting.Budget(limits), limits)
    wire.write(b"request")
    assert wire.read() + wire.read() == b"datadata"
    assert told == [5, 15]

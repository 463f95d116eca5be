"""One request and its answer, over a wire that is a list of what arrives."""

import h11
import pytest

from xcbulletin.collecting.fetching.exchange import Exchange

HEADERS = [(b"host", b"a.example"), (b"connection", b"close")]


class Wire:
    """Gives what it was made of, piece by piece, and then ends; breaks at what is sent, if it is to."""

    def __init__(self, *arriving: bytes, broken: bool = False) -> None:
        self.arriving, self.broken, self.sent = list(arriving), broken, b""

    def write(self, data: bytes) -> None:
        if self.broken:
            raise BrokenPipeError
        self.sent += data

    def read(self) -> bytes:
        return self.arriving.pop(0) if self.arriving else b""


def get(wire: Wire) -> tuple[int, bytes]:
    exchange = Exchange(wire)
    head = exchange.ask(b"/feed?a=1", HEADERS)
    return head.status_code, b"".join(exchange.body())


def test_a_request_is_sent_and_its_answer_read_as_it_comes() -> None:
    wire = Wire(b"HTTP/1.1 200 O", b"K\r\ncontent-length: 6\r\n\r\nab", b"cd", b"ef")
    assert get(wire) == (200, b"abcdef")
    assert wire.sent == b"GET /feed?a=1 HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n"


def test_what_a_server_says_on_the_way_is_not_its_answer() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n"
    assert get(Wire(early + b"HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n")) == (404, b"")


def test_a_server_that_answers_before_it_has_taken_the_request_is_heard() -> None:
    assert get(Wire(b"HTTP/1.0 503 Busy\r\n\r\n", broken=True)) == (503, b"")


def test_a_body_of_no_told_length_goes_on_to_the_end() -> None:
    assert get(Wire(b"HTTP/1.1 200 OK\r\n\r\n", b"abc", b"def")) == (200, b"abcdef")


@pytest.mark.parametrize(
    ("arriving", "words"),
    [
        (b"", "without sending a response"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", "complete message body"),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000, "buffer too long"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "illegal"),
    ],
)
def test_an_answer_against_the_rules_is_an_error(arriving: bytes, words: str) -> None:
    with pytest.raises(h11.RemoteProtocolError, match=words):
        get(Wire(arriving))


def test_a_header_that_would_be_two_is_not_sent() -> None:
    wire = Wire()
    with pytest.raises(h11.LocalProtocolError):
        Exchange(wire).ask(b"/", [*HEADERS, (b"cookie", b"a\r\nx: b")])
    assert wire.sent == b""

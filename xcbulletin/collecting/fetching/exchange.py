"""One request and its answer in HTTP/1.1, over a wire of their own.

h11 knows the protocol. A client on top of it (httpcore, httpx) would add pools, retries and traces, none of which is
wanted here, for more time than protocol and sockets take together.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Protocol

import h11

_LONGEST_HEAD = 100 * 1024
"""Bytes of status and headers, of which hosts send a few hundred."""


class Wire(Protocol):
    """A connection; what breaks it is an OSError."""

    def write(self, data: bytes) -> None:
        """Send all of it."""

    def read(self) -> bytes:
        """Return what comes next, b"" at the end."""


class Exchange:
    """A GET; both steps raise h11.ProtocolError for what is against the rules, and whatever the wire raises."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._state = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)

    def ask(self, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> h11.Response:
        """Send the request, and return the head of the answer."""
        sent = self._state.send(h11.Request(method=b"GET", target=target, headers=list(headers)))
        self._state.send(h11.EndOfMessage())
        assert sent is not None
        # A server may answer, and close, before it has taken the whole request: what it said counts.
        with suppress(OSError):
            self._wire.write(sent)
        while not isinstance(event := self._next(), h11.Response):
            pass
        return event

    def body(self) -> Iterator[bytes]:
        """Yield the body, after `ask`, in pieces."""
        while isinstance(event := self._next(), h11.Data):
            yield bytes(event.data)

    def _next(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._state.next_event()) is h11.NEED_DATA:
            data = self._wire.read()
            if not data and self._state.their_state is h11.SEND_RESPONSE:
                raise h11.RemoteProtocolError("closed without sending a response")
            self._state.receive_data(data)
        assert not isinstance(event, type) or event is h11.PAUSED
        return event

"""One thread's connection to the relay, renewed when the relay has had enough of it."""

from collections.abc import Callable

from xcbulletin.delivery.mailing import LostError, RefusedError, Reply, Transport
from xcbulletin.delivery.sending.replies import DATA


class Line:
    """A connection made when it is needed, and anew after so many letters."""

    def __init__(self, connect: Callable[[], Transport], per_connection: int, sender: str) -> None:
        self._connect, self._per_connection, self._sender = connect, per_connection, sender
        self._transport: Transport | None = None
        self._given = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._transport is not None

    def open(self) -> None:
        """Have a connection that takes another letter. Raises RelayError."""
        if self._given >= self._per_connection:
            self.close()
        if self._transport is None:
            self._transport = self._connect()

    def offer(self, address: str, content: bytes) -> None:
        """Offer a letter, on a new connection where the relay is done with this one.

        Raises RefusedError and LostError, the connection then being as good as it can be, and RelayError.
        """
        try:
            self._offer(address, content)
        except (RefusedError, LostError) as error:
            is_worn = self._given > 1 and _is_about_connection(error)
            if isinstance(error, LostError) or _is_closing(error.reply) or is_worn:
                self.close()
            if not is_worn:
                raise
            self.open()
            self._offer(address, content)

    def finish(self) -> Reply:
        """Give the last line of the letter offered, and return what the relay says. Raises UnansweredError."""
        assert self._transport is not None
        reply = self._transport.finish()
        if _is_closing(reply):
            self.close()
        return reply

    def close(self) -> None:
        """Hang up; a letter that was offered and not finished is not delivered."""
        if self._transport is not None:
            self._transport.close()
        self._transport, self._given = None, 0

    def _offer(self, address: str, content: bytes) -> None:
        assert self._transport is not None
        self._given += 1
        self._transport.offer(self._sender, address, content)


def _is_closing(reply: Reply) -> bool:
    return reply.code == 421


def _is_about_connection(error: RefusedError | LostError) -> bool:
    """Tell whether a connection that has carried letters comes to its end as relays end them: between letters."""
    if isinstance(error, LostError):
        return error.at != DATA
    return (
        _is_closing(error.reply) or "MI:DMC" in error.reply.text
    )  # NetEase: too many letters on a connection

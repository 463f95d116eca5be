"""From letters as they came to what they mean, and to the letters of ours that they are about."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from xcbulletin.delivery.mailing import Delivery, State, key_of
from xcbulletin.delivery.returns.bounces import Bounce, read_return
from xcbulletin.delivery.returns.unsubscribing import Unsubscribe


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """A letter that came back or asks for something."""

    digest: str
    """SHA-256 of its bytes, in hexadecimal; a letter read twice has the same."""
    what: Bounce | Unsubscribe


def read_returns(letters: Iterable[bytes]) -> Iterator[Returned]:
    """Give what letters say; those that say nothing of the kind are left out."""
    for content in letters:
        if what := read_return(content):
            yield Returned(digest=hashlib.sha256(content).hexdigest(), what=what)


class Sent:
    """Letters that were sent, to be found by what comes back. Of one address the last given is meant."""

    def __init__(self, deliveries: Iterable[Delivery], subjects: Collection[str] = ()) -> None:
        """`subjects` are how those of our letters begin; where given, a bounce of a letter with another is not ours."""
        self._by_id: dict[str, Delivery] = {}
        self._by_token: dict[str, Delivery] = {}
        self._by_address: dict[str, Delivery] = {}
        for delivery in deliveries:
            self._by_id[delivery.message_id] = delivery
            self._by_token[_token(delivery.message_id)] = delivery
            self._by_address[key_of(delivery.address)] = delivery
        self._subjects = tuple(filter(None, map(_bare, subjects)))

    def find(self, what: Bounce | Unsubscribe) -> Delivery | None:
        """Return the letter that came back, or that was unsubscribed from; none if it was none of ours."""
        return self._bounced(what) if isinstance(what, Bounce) else self._unsubscribed(what)

    def _bounced(self, bounce: Bounce) -> Delivery | None:
        """Go by Message-ID, else by address.

        Editors write from the same mailbox, so a letter with another subject was one of theirs. One with
        another Message-ID is ours only if its subject is: some relays, QQ's among them, give letters ids anew.
        """
        if found := self._by_id.get(bounce.message_id or ""):
            return found
        is_ours = self._is_ours(_bare(bounce.subject)) if bounce.subject and self._subjects else None
        if is_ours is False or (bounce.message_id and not is_ours):
            return None
        named = filter(None, (self._by_address.get(key_of(address)) for address in bounce.addresses))
        return next((delivery for delivery in named if delivery.state in _ON_ITS_WAY), None)

    def _unsubscribed(self, request: Unsubscribe) -> Delivery | None:
        if request.token and (found := self._by_token.get(request.token)):
            return found
        return self._by_id.get(request.message_id or "") or self._by_address.get(key_of(request.address))

    def _is_ours(self, subject: str) -> bool:
        """Compare what both have: reports shorten subjects."""
        return any(
            subject.startswith(ours) or (len(subject) >= _TELLING and ours.startswith(subject))
            for ours in self._subjects
        )


_ON_ITS_WAY = (State.ACCEPTED, State.UNCERTAIN, State.DOT, State.BOUNCED)


_TELLING = 4
"""Characters of a subject that tell it from others."""


def _token(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0].lower()


def _bare(subject: str) -> str:
    """Return the letters and digits of a subject: reports lose blanks, and add dots."""
    return re.sub(r"[\W_]", "", subject)

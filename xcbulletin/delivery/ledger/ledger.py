"""The ledger of letters: what became of each, written before it can be forgotten.

A letter goes `prepared → claimed → dot → accepted` (facts and names of the states: `mailing.State`). That its last
line is about to be sent is on the disk before it is sent: so after a crash whatever may have been delivered is
known, and nothing else is sent again.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Connection, Engine

from xcbulletin.database import lasting
from xcbulletin.database import reading as reader
from xcbulletin.delivery.ledger import buckets, marking, preparing, reading, writing
from xcbulletin.delivery.ledger.marking import Marked
from xcbulletin.delivery.ledger.transitions import Mark
from xcbulletin.delivery.ledger.writer import Writer
from xcbulletin.delivery.mailing import (
    Delivery,
    Level,
    Mailing,
    Planned,
    Settlement,
    State,
    Variant,
)
from xcbulletin.model import IssueId


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """What a run that was cut short left in hand."""

    put_back: int
    """Letters of which nothing was delivered: they are sent anew."""
    uncertain: int
    """Letters that may have been delivered."""


class Ledger:
    """What is known of every letter. Thread-safe; a context manager, open for `claim`, `dot` and `settle`.

    Whatever the database refuses is a DatabaseError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = Writer(engine)
        self._run = uuid.uuid4().hex

    def __enter__(self) -> Self:
        self._writer.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._writer.__exit__(*raised)

    # Before and after

    def mailing(self, issue: IssueId) -> Mailing | None:
        """Return the mailing of an issue; None where it was never prepared."""
        with reader(self._engine) as connection:
            return reading.read_mailing(connection, issue)

    def mailings(self, since: datetime) -> tuple[Mailing, ...]:
        """Return the mailings prepared since a time, the oldest first."""
        with reader(self._engine) as connection:
            return reading.read_mailings(connection, since)

    def prepare(
        self,
        issue: IssueId,
        planned: Sequence[Planned],
        digests: Mapping[Variant, str],
        message_id: Callable[[str], str],
        now: datetime,
    ) -> Mailing:
        """Freeze the letters of an issue, or add to them those that are not there; return the mailing.

        Who is suppressed gets a letter that stands so, and who would get nothing one that is cancelled. Raises
        FrozenError where a digest is not the one that was frozen.
        """
        with lasting(self._engine) as connection:
            return preparing.prepare(connection, issue, planned, digests, message_id, now)

    def revise(self, mailing: Mailing, digests: Mapping[Variant, str], now: datetime) -> Mailing:
        """Let who has nothing yet get the text that has these digests; return the mailing as it is now."""
        with lasting(self._engine) as connection:
            return preparing.revise(connection, mailing, digests, now)

    def recover(self, mailing: Mailing, now: datetime) -> Recovered:
        """Settle what a run that was cut short left in hand. Only for who has the lock of sending."""
        with lasting(self._engine) as connection:
            return Recovered(
                put_back=writing.put_back(connection, mailing, now),
                uncertain=writing.doubt(connection, mailing, now),
            )

    # Sending

    def due(
        self, mailing: Mailing, now: datetime, limit: int, spared: Collection[str] = ()
    ) -> tuple[Delivery, ...]:
        """Return letters that may be sent now, none to the domains spared."""
        with reader(self._engine) as connection:
            return reading.read_due(connection, mailing, now, limit, spared)

    def next_due(self, mailing: Mailing) -> datetime | None:
        """Return when a letter may next be sent, a time gone by where at once; None where none is left."""
        with reader(self._engine) as connection:
            return reading.read_next_due(connection, mailing)

    def claim(self, delivery: Delivery, now: datetime) -> bool:
        """Take a letter in hand. False where it is not to be sent after all, which its row then tells."""
        return self._writer.write(lambda connection: writing.claim(connection, delivery, self._run, now))

    def dot(self, delivery: Delivery) -> None:
        """Keep that the last line of a letter is about to be sent; it is on the disk when this returns.

        Raises DatabaseError: then it must not be sent.
        """
        self._writer.write(lambda connection: writing.dot(connection, delivery, self._run), lasts=True)

    def settle(
        self,
        delivery: Delivery,
        settlement: Settlement,
        levels: Mapping[str, Level] | None = None,
        following: Delivery | None = None,
    ) -> bool:
        """Keep what a try led to, and how much may be sent now; and claim the letter that follows, if any.

        `prepared` puts a letter back as if it had not been tried. For an unknown user, suppression is proposed.
        Returns whether the letter that follows is claimed.
        """

        def work(connection: Connection) -> bool:
            writing.settle(connection, delivery, settlement, self._run)
            buckets.keep(connection, levels or {})
            return following is not None and writing.claim(connection, following, self._run, settlement.at)

        return self._writer.write(work)

    # Looking

    def deliveries(self, mailing: Mailing) -> Iterator[Delivery]:
        """Yield all letters, in the order in which they were prepared."""
        after = 0
        while page := self._page(mailing, after):
            yield from page
            after = page[-1].id

    def counts(self, mailing: Mailing) -> dict[State, int]:
        """Return how many letters stand in each state that there is."""
        with reader(self._engine) as connection:
            return reading.read_counts(connection, mailing)

    # What is heard later

    def mark(self, mailing: Mailing, addresses: Collection[str], mark: str, by: str, now: datetime) -> Marked:
        """Take a person's word: `delivered`, or `resend`. `by` says whose it is, for who reads the list.

        A letter that the relay accepted is never sent again. Where one address is refused or unknown, nothing changes.
        """
        with lasting(self._engine) as connection:
            return marking.mark(connection, mailing, addresses, Mark(mark), by, now)

    def resolve(self, mailing: Mailing, known: Mapping[str, Settlement]) -> tuple[Delivery, ...]:
        """Keep what a relay's log or an archive knows of letters, by Message-ID; return those of which it is news.

        A settlement is `accepted`, of uncertain letters, or `bounced`. The letters are returned as they stood before.
        """
        with lasting(self._engine) as connection:
            return tuple(
                one
                for one in reading.read_identified(connection, mailing, known)
                if writing.hear(connection, one, known[one.message_id])
            )

    def bounced(self, delivery: Delivery, settlement: Settlement) -> bool:
        """Keep that a letter came back; False where that is no news. For an unknown user, suppression is proposed."""
        assert settlement.state is State.BOUNCED
        with lasting(self._engine) as connection:
            return writing.hear(connection, delivery, settlement)

    # Limits

    def buckets(self) -> dict[str, Level]:
        """Return how much may be sent, by host, and by `@` and domain."""
        with reader(self._engine) as connection:
            return buckets.read(connection)

    def _page(self, mailing: Mailing, after: int) -> tuple[Delivery, ...]:
        with reader(self._engine) as connection:
            return reading.read_page(connection, mailing, after)

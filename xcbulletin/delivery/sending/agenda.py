"""Which letter is next: what the ledger has due, under the limits, the domains in turn.

It holds some hundred letters at a time, however many there are. The caller lets one thread at a time in.
"""

import datetime
from collections import Counter

from xcbulletin.delivery.ledger.ledger import Ledger
from xcbulletin.delivery.ledger.transitions import WAITING
from xcbulletin.delivery.mailing import Delivery, Level, Mailing, Settlement, State, domain_of
from xcbulletin.delivery.sending.limits import Limits
from xcbulletin.delivery.sending.waiting import Waiting

PATIENCE = datetime.timedelta(minutes=15)
"""How long letters that may be sent later are waited for."""
_WINDOW = 500
"""Letters read from the ledger at once."""
_LOOK_AGAIN = datetime.timedelta(seconds=30)
"""How often it is looked whether other letters have become due, while some are held."""


class Agenda:
    """The letters of a mailing that are to be sent."""

    def __init__(self, ledger: Ledger, mailing: Mailing, limits: Limits, now: datetime.datetime) -> None:
        self._ledger, self._mailing, self._limits = ledger, mailing, limits
        self._open = Counter(
            domain_of(one.address) for one in ledger.deliveries(mailing) if one.state in WAITING
        )
        self.total = self._open.total()
        """How many there were."""
        self._waiting, self._held = Waiting(), set[int]()
        self._spared: tuple[str, ...] = ()
        self._started = self._look_at = now

    def take(self, now: datetime.datetime) -> Delivery | None:
        """Return the next letter, counted by the limits; None where none may go now."""
        letter = self._take(now)
        if letter is None and self._is_worth_a_look(now):
            self._look(now)
            letter = self._take(now)
        if letter is not None:
            self._limits.take(domain_of(letter.address), now)
        return letter

    def put_back(self, letter: Delivery) -> None:
        """Let a letter that was taken wait again."""
        self._waiting.add([letter])

    def settled(self, letter: Delivery, settlement: Settlement) -> None:
        """Note what became of a letter that was taken."""
        if settlement.state is State.PREPARED:
            self.put_back(letter)
            return
        self._held.discard(letter.id)
        if settlement.next_at is None:
            self._open[domain_of(letter.address)] -= 1
        else:
            self._look_at = min(self._look_at, settlement.next_at)

    def barred(self, letter: Delivery) -> None:
        """Note that a letter that was taken is not to be sent after all."""
        self._held.discard(letter.id)
        self._open[domain_of(letter.address)] -= 1

    def pause(self, domain: str | None, now: datetime.datetime, until: datetime.datetime) -> None:
        """Let no letter go to a domain, or none at all, before a moment."""
        self._limits.pause(domain, now, until)

    def levels(self, letter: Delivery, now: datetime.datetime) -> dict[str, Level]:
        """Return the levels that a letter has to do with, to be kept for the next run."""
        return self._limits.levels(domain_of(letter.address), now)

    def wait(self, now: datetime.datetime) -> float | None:
        """Return in how many seconds a letter may go, none being in hand; None where that is too long to wait for."""
        held = self.wait_for_held(now)
        if held is not None and held <= _LOOK_AGAIN.total_seconds():
            return held
        seconds = [] if held is None else [held]
        for one in self._ledger.due(self._mailing, now + PATIENCE, 1, tuple(self._waiting.domains)):
            seconds.append(max(0.0, (one.next_at - now).total_seconds()) if one.next_at else 0.0)
            self._look_at = min(self._look_at, one.next_at or now)
        nearest = min(seconds, default=None)
        return None if nearest is None or nearest > PATIENCE.total_seconds() else nearest

    def wait_for_held(self, now: datetime.datetime) -> float | None:
        """Return in how many seconds a letter that is held may go; None where none is."""
        return min((self._limits.wait(domain, now) for domain in self._waiting.domains), default=None)

    def next_at(self, now: datetime.datetime) -> datetime.datetime | None:
        """Return when a letter may go, none being in hand; None where none is left."""
        held = self.wait_for_held(now)
        if held is None:
            return self._ledger.next_due(self._mailing)
        return now + datetime.timedelta(seconds=held)

    def progress(self, now: datetime.datetime) -> tuple[int, int, float]:
        """Return how many letters are done with, of how many, and about how many seconds the rest takes."""
        left = self._open.total()
        done = self.total - left
        pace = (now - self._started).total_seconds() / done if done else 0.0
        return done, self.total, max(left * pace, self._limits.seconds(self._open))

    def _take(self, now: datetime.datetime) -> Delivery | None:
        return self._waiting.take(lambda domain: not self._limits.wait(domain, now))

    def _is_worth_a_look(self, now: datetime.datetime) -> bool:
        if self._limits.wait(None, now):
            return False
        return now >= self._look_at or any(domain not in self._waiting.domains for domain in self._spared)

    def _look(self, now: datetime.datetime) -> None:
        self._spared = tuple(self._waiting.domains)  # of which none may go now, and some are held
        limit = _WINDOW + len(self._held)
        found = self._ledger.due(self._mailing, now, limit, self._spared)
        new = [one for one in found if one.id not in self._held]
        self._waiting.add(new)
        self._held.update(one.id for one in new)
        self._look_at = now if len(found) == limit else now + _LOOK_AGAIN

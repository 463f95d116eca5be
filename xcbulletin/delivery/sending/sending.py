"""A mailing's letters sent: one to four connections, none twice, and stopped in a way that can be gone on from.

A connection's thread takes a letter, claims it in the ledger, offers it to the relay, has the ledger keep on disk that
its last line is about to go, gives that line, and settles what came of it. The thread that called keeps the time: it
sleeps until a letter may go, tells how far the work is, and stops it.
"""

import datetime
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from types import FrameType

from xcbulletin.delivery.ledger.ledger import Ledger
from xcbulletin.delivery.ledger.transitions import WAITING
from xcbulletin.delivery.mailing import (
    Delivery,
    LostError,
    Mailing,
    Reason,
    RefusedError,
    Settlement,
    State,
    Transport,
    UnansweredError,
    domain_of,
)
from xcbulletin.delivery.sending.agenda import Agenda
from xcbulletin.delivery.sending.limits import Limits
from xcbulletin.delivery.sending.line import Line
from xcbulletin.delivery.sending.replies import DOT, MAIL
from xcbulletin.delivery.sending.settling import Try
from xcbulletin.delivery.sending.smtp import RelayError
from xcbulletin.settings import MailSettings

Compose = Callable[[Delivery], bytes]
Tell = Callable[[int, int, float | None], None]
"""Told how many letters are done with, of how many, and about how many seconds are left; none where it is stopped."""

CONNECTION_ERRORS = 5
"""In a row; then the relay is left alone."""
CONTENT_REFUSALS = 3
"""In a row; then the letter is the problem, not whom it is for."""
_BACK_OFF = 1.0
"""Seconds to wait after a connection was refused; twice as long each time."""
_TICK = 0.25
"""Seconds after which the keeper of time looks up."""
_STOPPING = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
_REST = 2.0
"""Seconds after which it looks whether letters have become due."""


class Why(StrEnum):
    """Why a run stopped before all letters were done with."""

    WAITING = "waiting"
    """The rest may be sent later only."""
    RELAY = "relay"
    CONTENT = "content"
    """Refused as spam again and again."""
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a run came to."""

    counts: Mapping[State, int]
    """Of all letters of the mailing, also those that earlier runs sent."""
    accepted: int
    """In this run."""
    stopped: Why | None = None
    detail: str = ""
    """Why, in Chinese."""
    next_at: datetime.datetime | None = None
    """When the next letter may be sent, where letters wait."""


def send(
    mailing: Mailing,
    ledger: Ledger,
    compose: Compose,
    connect: Callable[[], Transport],
    mail: MailSettings,
    clock: Callable[[], datetime.datetime],
    sleep: Callable[[float], None],
    tell: Tell,
) -> Outcome:
    """Send the letters of a mailing that may be sent, and those that may within a quarter of an hour.

    Only for who has the lock of sending, and has recovered what an earlier run left in hand. SIGINT, SIGHUP and SIGTERM
    stop the run once the letters in flight are done with. Raises RelayError where no connection can be made at all, and
    DatabaseError: a letter whose state could not be kept is not finished.
    """
    run = _Run(mailing, ledger, compose, connect, mail, clock)
    with _stopped_by_signals(run):
        run.go(sleep, tell)
    return run.outcome()


@contextmanager
def _stopped_by_signals(run: "_Run") -> Iterator[None]:
    """Let the first Ctrl+C, closed window or SIGTERM stop the run, the second whatever they stopped before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    found = {number: signal.getsignal(number) for number in _STOPPING}
    usual = {number: handler for number, handler in found.items() if handler is not signal.SIG_IGN}  # nohup

    def restore() -> None:
        for number, handler in usual.items():
            signal.signal(number, handler)

    def stop(_number: int, _frame: FrameType | None) -> None:
        run.is_interrupted = True
        restore()

    for number in usual:
        signal.signal(number, stop)
    try:
        yield
    finally:
        restore()


class _Run:
    """What the threads of a run share."""

    def __init__(
        self,
        mailing: Mailing,
        ledger: Ledger,
        compose: Compose,
        connect: Callable[[], Transport],
        mail: MailSettings,
        clock: Callable[[], datetime.datetime],
    ) -> None:
        self._mailing, self._ledger, self._mail = mailing, ledger, mail
        self._compose, self._connect, self._clock = compose, connect, clock
        limits = Limits(mail.host, mail.per_minute, mail.domains, ledger.buckets())
        self._agenda = Agenda(ledger, mailing, limits, clock())
        sender = parseaddr(mail.sender)[1]
        self._lines = [
            Line(self._connect_in_turn, mail.per_connection, sender)
            for _ in range(min(mail.connections, self._agenda.total))
        ]
        self._spare: set[Line] = set()
        """Those that the relay does not want."""
        self._connecting, self._lock = threading.Lock(), threading.Lock()
        self._may_go, self._has_paused = threading.Condition(self._lock), threading.Condition(self._lock)
        self._busy = self._accepted = self._errors = self._refusals = 0
        self._was_connected = self._is_stopping = False
        self._stopped: Why | None = None
        self._detail = ""
        self._resting_until = clock()
        self._raised: BaseException | None = None
        self.is_interrupted = False
        """Set from a signal's handler, which may take no lock."""

    def go(self, sleep: Callable[[float], None], tell: Tell) -> None:
        """Send until there is nothing to send, or a reason to stop."""
        threads = [threading.Thread(target=self._serve, args=(line,), daemon=True) for line in self._lines]
        for thread in threads:
            thread.start()
        try:
            while threads and not self._is_over(threads):
                tell(*self._progress())
                self._rest(sleep)
            done, total, left = self._progress()
            tell(done, total, None if self.is_interrupted else left)
        finally:
            with self._lock:
                self._stop(None)
            for thread in threads:
                while thread.is_alive():
                    thread.join(_TICK)
        if self._raised is not None:
            raise self._raised

    def outcome(self) -> Outcome:
        """Return what the run came to."""
        counts = self._ledger.counts(self._mailing)
        is_left = any(counts.get(state) for state in WAITING)
        return Outcome(
            counts=counts,
            accepted=self._accepted,
            stopped=self._stopped if is_left else None,
            detail=self._detail if is_left else "",
            next_at=self._agenda.next_at(self._clock()) if is_left else None,
        )

    # What the thread does that keeps the time

    def _is_over(self, threads: list[threading.Thread]) -> bool:
        with self._lock:
            if self.is_interrupted:
                self._stop(Why.INTERRUPTED, "发送被中断")
            return self._is_stopping or not any(thread.is_alive() for thread in threads)

    def _progress(self) -> tuple[int, int, float]:
        with self._lock:
            now = self._clock()
            done, total, seconds = self._agenda.progress(now)
            return done, total, max(seconds, (self._resting_until - now).total_seconds())

    def _rest(self, sleep: Callable[[float], None]) -> None:
        """Sleep until a letter may go, or for a moment; stop where none may for long."""
        with self._lock:
            now = self._clock()
            seconds = self._agenda.wait_for_held(now) if self._busy else self._agenda.wait(now)
            if seconds is None and not self._busy:
                self._stop(Why.WAITING, "其余的信要过些时候才能再发")
                return
            if self._busy or not seconds:
                self._may_go.notify_all()
                self._has_paused.wait(min(seconds or _TICK, _TICK))
                return
            self._resting_until = now + datetime.timedelta(seconds=seconds)
        end = min(seconds, _REST)
        while end > 0 and not self.is_interrupted:
            sleep(min(end, _TICK))
            end -= _TICK

    # What a connection's thread does

    def _serve(self, line: Line) -> None:
        try:
            letter, is_claimed = self._next(line), False
            while letter is not None:
                following = self._handle(line, letter, is_claimed=is_claimed)
                letter, is_claimed = following or self._next(line), following is not None
        except BaseException as error:  # raised again by the thread that called
            with self._lock:
                self._raised = self._raised or error
                self._stop(None)
        finally:
            line.close()

    def _next(self, line: Line) -> Delivery | None:
        """Return a letter as soon as one may go; None at the end."""
        with self._lock:
            while not self._is_ending and line not in self._spare:
                letter = self._take()
                if letter is not None:
                    return letter
                self._has_paused.notify()
                self._may_go.wait()
        return None

    def _take(self) -> Delivery | None:
        letter = None if self._is_ending else self._agenda.take(self._clock())
        self._busy += letter is not None
        return letter

    @property
    def _is_ending(self) -> bool:
        return self._is_stopping or self.is_interrupted

    def _handle(self, line: Line, letter: Delivery, *, is_claimed: bool) -> Delivery | None:
        """Send a letter as far as it goes; return the next, where it is claimed already."""
        try:
            if is_claimed and self._is_ending:
                return self._settle(letter, self._try(letter).untried())
            try:
                line.open()
            except RelayError as error:
                self._unconnected(line, letter, error, is_claimed=is_claimed)
                return None
            content = self._compose(letter)
            if is_claimed or self._ledger.claim(letter, self._clock()):
                return self._give(line, letter, content)
            with self._lock:
                self._agenda.barred(letter)
            return None
        finally:
            with self._lock:
                self._busy -= 1

    def _give(self, line: Line, letter: Delivery, content: bytes) -> Delivery | None:
        try:
            line.offer(letter.address, content)
        except RefusedError as error:
            settlement, pauses = self._try(letter).answered(error.reply, error.at)
            return self._settle(letter, settlement, pauses=pauses, everywhere=error.at == MAIL)
        except LostError:
            return self._settle(letter, self._try(letter).lost())
        except RelayError as error:
            self._unconnected(line, letter, error, is_claimed=True)
            return None
        if self._is_ending:
            line.close()
            return self._settle(letter, self._try(letter).untried())
        self._ledger.dot(letter)
        try:
            reply = line.finish()
        except UnansweredError:
            line.close()
            return self._settle(letter, self._try(letter).unanswered())
        settlement, pauses = self._try(letter).answered(reply, DOT)
        return self._settle(letter, settlement, pauses=pauses)

    def _try(self, letter: Delivery) -> Try:
        mail = self._mail
        return Try(
            letter=letter,
            retry_minutes=mail.retry_minutes,
            relay=f"{mail.host}:{mail.port}",
            now=self._clock(),
        )

    def _settle(
        self, letter: Delivery, settlement: Settlement, *, pauses: bool = False, everywhere: bool = False
    ) -> Delivery | None:
        """Keep what became of a letter, and claim the next in the same transaction; return that."""
        with self._lock:
            now = settlement.at
            if pauses and settlement.next_at:
                self._agenda.pause(None if everywhere else domain_of(letter.address), now, settlement.next_at)
            levels = self._agenda.levels(letter, now)
            following = self._take()
        is_claimed = self._ledger.settle(letter, settlement, levels, following)
        with self._lock:
            self._agenda.settled(letter, settlement)
            self._count(settlement)
            if following is None or is_claimed:
                return following
            self._agenda.barred(following)
            self._busy -= 1
        return None

    def _count(self, settlement: Settlement) -> None:
        """Stop where too much goes wrong in a row."""
        state, reason = settlement.state, settlement.reason
        is_accepted = state is State.ACCEPTED
        self._accepted += is_accepted
        self._errors = self._errors + 1 if reason is Reason.LOST else 0
        if state is State.REJECTED and reason is Reason.CONTENT:
            self._refusals += 1
        elif is_accepted:
            self._refusals = 0
        if state is State.PREPARED and reason is not None:
            self._stop(Why.RELAY, settlement.detail)
        elif self._errors >= CONNECTION_ERRORS:
            self._stop(Why.RELAY, f"与发信服务器的连接一连断了 {self._errors} 次")
        elif self._refusals >= CONTENT_REFUSALS:
            self._stop(Why.CONTENT, f"一连 {self._refusals} 封被当作垃圾邮件：{settlement.detail}")

    def _connect_in_turn(self) -> Transport:
        with self._connecting:
            if self._is_stopping:
                raise RelayError("stopping")
            transport = self._connect()
            self._was_connected = True
            return transport

    def _unconnected(self, line: Line, letter: Delivery, error: RelayError, *, is_claimed: bool) -> None:
        """Put a letter back, and let the relay rest before another connection is tried."""
        code = error.reply.code if error.reply else 0
        if is_claimed:
            self._ledger.settle(letter, self._try(letter).untried())
        with self._lock:
            self._agenda.put_back(letter)
            if self._is_ending:
                return
            if 400 <= code < 500 and any(other.is_open for other in self._lines if other is not line):
                self._spare.add(line)  # the relay wants fewer connections
                return
            self._errors += 1
            if not self._was_connected:
                self._raised = self._raised or error
            if not self._was_connected or code >= 500 or self._errors >= CONNECTION_ERRORS:
                self._stop(Why.RELAY, str(error))
            else:
                now = self._clock()
                rest = datetime.timedelta(seconds=_BACK_OFF * 2 ** (self._errors - 1))
                self._agenda.pause(None, now, now + rest)

    def _stop(self, why: Why | None, detail: str = "") -> None:
        if not self._is_stopping:
            self._is_stopping, self._stopped, self._detail = True, why, detail
        self._may_go.notify_all()
        self._has_paused.notify_all()

"""One writes for all while letters are sent: what several threads ask for at once is one commit."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine

from xcbulletin.database import DatabaseError, beginning

T = TypeVar("T")


@dataclass(kw_only=True, slots=True)
class _Job:
    """Something to be written, and what came of it."""

    work: Callable[[Connection], Any]
    lasts: bool
    done: bool = False
    value: Any = None
    error: BaseException | None = None


class Writer:
    """Does what several threads hand in. Whoever comes first writes all that waits, in one transaction.

    A context manager: it keeps one connection, for to get one anew for each letter takes as long as to write it.

    SQLite has one writer at a time, and a commit that is to outlast a power cut waits for the disk: so the
    letters of four connections cost one wait, not four (group commit). There is no thread of its own: to
    hand over to one and back takes longer than writing does.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._turn = threading.Condition()
        self._waiting: list[_Job] = []
        self._is_writing = False

    def __enter__(self) -> Self:
        self._connection = self._engine.connect()
        return self

    def __exit__(self, *raised: object) -> None:
        assert self._connection is not None
        self._connection.close()
        self._connection = None

    def write(self, work: Callable[[Connection], T], *, lasts: bool = False) -> T:
        """Return what `work` gives, once it is committed; on the disk, if it is to last.

        Raises the AssertionError that `work` raises, which undoes nothing; and a DatabaseError, with nothing of its
        transaction written.
        """
        job = _Job(work=work, lasts=lasts)
        if batch := self._batch_of(job):
            try:
                self._commit(batch)
            finally:
                self._end(batch)
        if job.error is not None:
            raise job.error
        done: T = job.value
        return done

    def _batch_of(self, job: _Job) -> list[_Job]:
        """Wait until a job is done, and return nothing; or until it is to be done now, with those that wait."""
        with self._turn:
            self._waiting.append(job)
            self._turn.wait_for(lambda: job.done or not self._is_writing)
            if job.done:
                return []
            self._is_writing = True
            batch, self._waiting = self._waiting, []
            return batch

    def _end(self, batch: list[_Job]) -> None:
        with self._turn:
            for job in batch:
                job.done = True
            self._is_writing = False
            self._turn.notify_all()

    def _commit(self, batch: list[_Job]) -> None:
        assert self._connection is not None, "the ledger is not open"
        try:
            with beginning(self._connection, lasts=any(job.lasts for job in batch)) as connection:
                for job in batch:
                    _do(job, connection)
        except BaseException as error:
            for job in batch:
                job.error = _own(error)


def _do(job: _Job, connection: Connection) -> None:
    try:
        job.value = job.work(connection)
    except AssertionError as mistake:  # of its caller, which is no other's
        job.error = mistake


def _own(error: BaseException) -> BaseException:
    """Return an exception for one of several threads: each adds its own traceback."""
    if not isinstance(error, DatabaseError):
        return error
    own = DatabaseError(str(error))
    own.__cause__ = error
    return own

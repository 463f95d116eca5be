"""Many hosts side by side, each of them one request at a time with a pause between."""

import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, TypeVar

from xcbulletin.collecting import urls
from xcbulletin.collecting.fetching import schedule
from xcbulletin.collecting.items import Document, Fetch, FetchError, Outcome, Request

_TOGETHER = 0.05
"""Seconds in which what is done is done at the same time."""
_PROMPT = 0.005
"""Seconds in which no host was asked though one waited, after which another thread is started."""

J = TypeVar("J")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True, slots=True)
class Done(Generic[J, R]):
    """A job, with what its work returned or the exception that it raised."""

    job: J
    result: R | None = None
    error: Exception | None = None


def each(
    jobs: Iterable[J],
    work: Callable[[J], R],
    *,
    concurrency: int,
    host_gap: float,
    host_of: Callable[[J], str | None],
) -> Generator[Done[J, R], None, None]:
    """Yield every job as its work is done, in threads, up to `concurrency` jobs at a time.

    Jobs of one host come one after another, `host_gap` seconds between the end of one and the start of the next; a job
    whose host is None waits for no other. The host with most left to do goes first, for it decides when all is done.
    An exception is handed on with its job. Closing the iterator (or Ctrl-C) starts nothing more and does
    not wait for what is under way; nor does the end of the process, for the threads are daemons.
    """
    several = in_batches(jobs, work, concurrency=concurrency, host_gap=host_gap, host_of=host_of)
    with closing(several):
        for some in several:
            yield from some


def in_batches(
    jobs: Iterable[J],
    work: Callable[[J], R],
    *,
    concurrency: int,
    host_gap: float,
    host_of: Callable[[J], str | None],
    weight: Callable[[Done[J, R]], float] = lambda _done: 1,
) -> Generator[tuple[Done[J, R], ...], None, None]:
    """Yield the same as `each`, together what is done at about the same time, up to a weight of twice `concurrency`."""
    queue = _Queue(jobs, host_of, host_gap, weight, enough=2 * concurrency)
    threading.Thread(target=_hire, args=(queue, work, concurrency), daemon=True).start()
    try:
        yield from queue.batches()
    finally:
        queue.stop()


def _hire(queue: "_Queue[J, R]", work: Callable[[J], R], most: int) -> None:
    """Start threads, one after another as they are needed."""
    # Servers that answer at once are sooner done with by few: many would wake each other to wait for the interpreter.
    for _ in range(min(most, queue.left)):
        threading.Thread(target=_serve, args=(queue, work), daemon=True).start()
        if not queue.wants_another():
            return


def _serve(queue: "_Queue[J, R]", work: Callable[[J], R]) -> None:
    while (turn := queue.take()) is not None:
        host, job = turn
        queue.give_back(host, _done(job, work))


def _done(job: J, work: Callable[[J], R]) -> Done[J, R]:
    try:
        return Done(job=job, result=work(job))
    except Exception as error:
        return Done(job=job, error=error)


class PoliteFetch:
    """A `Fetch` that leaves a host the gap also within one job, and alone when it has asked for that.

    To be used by the jobs of one `each`, which keeps two of them from the same host. Gateways are not waited for.
    """

    def __init__(self, fetch: Fetch, host_gap: float) -> None:
        self._fetch, self._gap = fetch, host_gap
        self._free_at: dict[str, float] = {}
        self._closed_until: dict[str, float] = {}

    def __call__(self, request: Request) -> Document:
        """Fetch, after a pause where one is due. Raises FetchError."""
        if request.gateway:
            return self._fetch(request)
        host = urls.host(request.url)
        self._wait_for(host)
        try:
            return self._fetch(request)
        except FetchError as error:
            self._heed(host, error)
            raise
        finally:
            self._free_at[host] = time.monotonic() + self._gap

    def _wait_for(self, host: str) -> None:
        now = time.monotonic()
        if (closed := self._closed_until.get(host, now) - now) > 0:
            raise FetchError(
                Outcome.LATER, f"{host}：这台服务器刚才要求稍后再来，这次不再去", retry_after=closed
            )
        if (resting := self._free_at.get(host, now) - now) > 0:
            time.sleep(resting)

    def _heed(self, host: str, error: FetchError) -> None:
        """Note that the whole host wants to be left alone; a 503 that names no time is one page's trouble."""
        if error.outcome is Outcome.LATER and (error.retry_after is not None or error.status == 429):
            pause = schedule.LATER.total_seconds() if error.retry_after is None else error.retry_after
            self._closed_until[host] = time.monotonic() + pause


class _Queue(Generic[J, R]):
    """The jobs by host, and the results that wait to be taken; safe between threads."""

    def __init__(
        self,
        jobs: Iterable[J],
        host_of: Callable[[J], str | None],
        gap: float,
        weight: Callable[[Done[J, R]], float],
        enough: float,
    ) -> None:
        self._gap, self._weight, self._enough = gap, weight, enough
        self._jobs: dict[Hashable, deque[J]] = {}
        for job in jobs:
            self._jobs.setdefault(host_of(job) or object(), deque()).append(job)
        self.left = sum(map(len, self._jobs.values()))
        self._counter = itertools.count()
        self._ready: list[tuple[int, int, Hashable]] = []
        self._resting: list[tuple[float, int, Hashable]] = []
        self._results: deque[Done[J, R]] = deque()
        self._waiting = 0.0
        """What the results weigh."""
        self._taken = 0
        """How many jobs were handed out."""
        self._stopped = False
        lock = threading.Lock()
        # Two, for whoever is woken in vain takes the interpreter from those at work.
        self._changed, self._arrived = threading.Condition(lock), threading.Condition(lock)
        for host in self._jobs:
            self._make_ready(host)

    def take(self) -> tuple[Hashable, J] | None:
        """Wait for a host whose turn it is; return it with a job of it. None when there is nothing left to do."""
        with self._changed:
            while not self._stopped and self._jobs:
                self._wake_rested()
                if self._ready and self._waiting < self._enough:
                    host = heapq.heappop(self._ready)[2]
                    self._taken += 1
                    return host, self._jobs[host].popleft()
                self._changed.wait(self._until_rested())
            return None

    def wants_another(self) -> bool:
        """Wait until a host whose turn it is has waited too long; False when there is nothing left to do."""
        with self._changed:
            while not self._stopped and self._jobs:
                self._wake_rested()
                taken = self._taken
                may_go = self._ready and self._waiting < self._enough
                self._changed.wait(_PROMPT if may_go else self._until_rested())
                if may_go and self._ready and self._taken == taken:
                    return True
            return False

    def give_back(self, host: Hashable, done: Done[J, R]) -> None:
        """Hand over what was done, and let the host rest."""
        with self._changed:
            self._results.append(done)
            self._waiting += self._weight(done)
            if len(self._results) == 1 or self._has_enough():
                self._arrived.notify()
            if self._jobs[host]:
                entry = (time.monotonic() + self._gap, next(self._counter), host)
                heapq.heappush(self._resting, entry)
            else:
                del self._jobs[host]
            if self._resting or not self._jobs:
                self._changed.notify_all()

    def batches(self) -> Iterator[tuple[Done[J, R], ...]]:
        """Yield what is done, until all is."""
        while self.left:
            with self._changed:
                self._arrived.wait_for(lambda: self._results)
                self._arrived.wait_for(self._has_enough, _TOGETHER)
                some = tuple(self._some())
                self.left -= len(some)
                self._changed.notify_all()
            yield some

    def _has_enough(self) -> bool:
        return self._waiting >= self._enough or len(self._results) >= self.left

    def _some(self) -> Iterator[Done[J, R]]:
        rest = self._waiting - self._enough
        while self._results and self._waiting > rest:
            done = self._results.popleft()
            self._waiting -= self._weight(done)
            yield done

    def stop(self) -> None:
        """Hand out nothing more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _until_rested(self) -> float | None:
        return self._resting[0][0] - time.monotonic() if self._resting else None

    def _wake_rested(self) -> None:
        while self._resting and self._resting[0][0] <= time.monotonic():
            self._make_ready(heapq.heappop(self._resting)[2])

    def _make_ready(self, host: Hashable) -> None:
        heapq.heappush(self._ready, (-len(self._jobs[host]), next(self._counter), host))

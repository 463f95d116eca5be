"""Hosts side by side, each of them one at a time; times are generous, for machines are busy."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from xcbulletin.collecting.fetching.politeness import Done, PoliteFetch, _Queue, each, in_batches
from xcbulletin.collecting.items import Document, FetchError, Outcome, Request

GAP = 0.1
WORK = 0.02


class Workplace:
    """Does jobs that are named host/number, and notes when."""

    def __init__(self, seconds: float = WORK) -> None:
        self.seconds = seconds
        self.spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.order: list[str] = []
        self.running = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, job: str) -> str:
        with self._lock:
            self.order.append(job)
            self.running += 1
            self.most = max(self.most, self.running)
        started = time.monotonic()
        time.sleep(self.seconds)
        with self._lock:
            self.running -= 1
            self.spans[host_of(job)].append((started, time.monotonic()))
        return job.upper()

    def gaps(self, host: str) -> list[float]:
        spans = sorted(self.spans[host])
        return [start - end for (_, end), (start, _) in pairwise(spans)]


def host_of(job: str) -> str:
    return job.partition("/")[0]


def jobs(**hosts: int) -> list[str]:
    return [f"{host}/{number}" for host, many in hosts.items() for number in range(many)]


def until(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not claim() and time.monotonic() < end:
        time.sleep(0.01)


def run(jobs: list[str], work: Callable[[str], Any], **options: Any) -> list[Done[str, Any]]:
    return list(each(jobs, work, **{"concurrency": 4, "host_gap": GAP, "host_of": host_of, **options}))


def test_every_job_is_done_once_and_comes_with_its_result() -> None:
    done = run(jobs(a=3, b=2, c=1), Workplace(), host_gap=0)
    assert sorted((one.job, one.result, one.error) for one in done) == [
        (job, job.upper(), None) for job in jobs(a=3, b=2, c=1)
    ]
    assert run([], Workplace()) == []


def test_one_host_is_asked_one_at_a_time_with_a_gap_from_end_to_start() -> None:
    place = Workplace()
    run(jobs(a=4, b=4), place)
    assert min(place.gaps("a") + place.gaps("b")) >= GAP
    assert place.most == 2


def test_hosts_go_side_by_side_up_to_the_limit() -> None:
    place = Workplace(0.2)
    started = time.monotonic()
    run([f"host{number}/0" for number in range(20)], place, concurrency=5, host_gap=10)
    assert place.most == 5
    assert time.monotonic() - started < 2


def test_a_worker_does_not_wait_at_a_busy_host_while_others_are_free() -> None:
    place = Workplace()
    started = time.monotonic()
    run(jobs(a=1, b=1, c=1, d=1, slow=4), place, concurrency=1, host_gap=0.3)
    # The others are done in the pauses of the one that has most to do, which also goes first.
    assert place.order[0] == "slow/0"
    assert {host_of(job) for job in place.order[1:5]} == {"a", "b", "c", "d"}
    assert time.monotonic() - started < 3 * 0.3 + 8 * WORK + 0.4


def test_jobs_of_a_gateway_wait_for_none() -> None:
    place = Workplace(0.3)
    started = time.monotonic()
    done = run(jobs(rsshub=8), place, concurrency=8, host_gap=10, host_of=lambda _: None)
    assert len(done) == place.most == 8
    assert time.monotonic() - started < 2


def test_a_job_that_fails_stops_no_other() -> None:
    def work(job: str) -> str:
        if job == "a/1":
            raise ZeroDivisionError
        return job

    done = {one.job: one for one in run(jobs(a=3, b=2), work, host_gap=0)}
    assert len(done) == 5
    assert isinstance(done["a/1"].error, ZeroDivisionError)
    assert [one.result for job, one in done.items() if job != "a/1"].count(None) == 0


def test_results_come_as_they_are_done() -> None:
    started = time.monotonic()
    results = each(jobs(a=1, b=2), Workplace(), concurrency=2, host_gap=0.5, host_of=host_of)
    next(results)
    next(results)
    assert time.monotonic() - started < 0.4
    results.close()


def test_what_is_done_at_about_the_same_time_comes_together() -> None:
    together = threading.Barrier(4)
    options: dict[str, Any] = {"concurrency": 4, "host_gap": 0, "host_of": host_of}
    several = list(in_batches(jobs(a=1, b=1, c=1, d=1), lambda _: together.wait(), **options))
    assert sum(map(len, several)) == 4
    assert len(several) < 4
    several = list(
        in_batches(jobs(rsshub=9), Workplace(0), concurrency=2, host_gap=0, host_of=lambda _: None)
    )
    assert sum(map(len, several)) == 9
    assert max(map(len, several)) <= 4  # twice as many as are done side by side


def test_of_what_weighs_little_more_comes_together() -> None:
    place = Workplace(0)
    several = in_batches(
        jobs(rsshub=99), place, concurrency=2, host_gap=0, host_of=lambda _: None, weight=lambda _: 1 / 8
    )
    first = len(next(several))
    until(lambda: len(place.order) >= first + 32)
    assert [len(next(several)), first <= 32] == [32, True]
    assert first + 32 + sum(map(len, several)) == 99


def test_another_thread_is_wanted_while_a_host_waits_and_none_once_all_is_done() -> None:
    queue = _Queue(jobs(a=1, b=1), host_of, 0, lambda _done: 1, enough=4)
    assert queue.wants_another()
    for turn in (queue.take(), queue.take()):
        assert turn
        host, job = turn
        queue.give_back(host, Done(job=job, result=job))
    assert not queue.wants_another()


def test_another_thread_is_not_wanted_once_nobody_listens() -> None:
    queue = _Queue(jobs(a=1), host_of, 0, lambda _done: 1, enough=4)
    queue.stop()
    assert not queue.wants_another()


def test_what_is_done_does_not_wait_for_one_that_is_slow() -> None:
    released = threading.Event()

    def work(job: str) -> None:
        assert job != "slow/0" or released.wait(20)

    several = in_batches(jobs(slow=1, a=1), work, concurrency=2, host_gap=0, host_of=host_of)
    assert [one.job for one in next(several)] == ["a/0"]
    released.set()
    assert [one.job for one in next(several)] == ["slow/0"]


def test_nothing_more_is_started_once_nobody_listens() -> None:
    place = Workplace()
    results = each(jobs(**{f"h{n}": 1 for n in range(50)}), place, concurrency=2, host_gap=0, host_of=host_of)
    next(results)
    results.close()
    time.sleep(4 * WORK)
    assert len(place.order) <= 8
    assert not [thread for thread in threading.enumerate() if "_serve" in thread.name]


def test_results_that_nobody_takes_do_not_pile_up() -> None:
    place = Workplace(0)
    results = each(jobs(**{f"h{n}": 1 for n in range(50)}), place, concurrency=2, host_gap=0, host_of=host_of)
    next(results)
    time.sleep(0.2)
    assert len(place.order) <= 12
    assert len(list(results)) == 49


INTERRUPTED = """
import sys, time
from xcbulletin.collecting.fetching.politeness import each
print("ready", flush=True)
for done in each(range(9), lambda job: time.sleep(60), concurrency=3, host_gap=0, host_of=str):
    pass
"""


def test_ctrl_c_ends_at_once_though_servers_hang() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    process.stdout.readline()
    time.sleep(0.3)
    started = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert time.monotonic() - started < 5
    assert err.rstrip().endswith("KeyboardInterrupt")


# Within one job


def document(request: Request) -> Document:
    return Document(url=request.url, content=b"", fetched=None)  # type: ignore[arg-type]


def test_two_steps_of_one_reading_keep_the_gap_too() -> None:
    fetch = PoliteFetch(document, GAP)
    started = time.monotonic()
    fetch(Request(url="https://a.example/page"))
    fetch(Request(url="https://b.example/data"))
    assert time.monotonic() - started < GAP
    fetch(Request(url="https://a.example/data"))
    assert time.monotonic() - started >= GAP


def test_a_gateway_is_not_waited_for() -> None:
    fetch = PoliteFetch(document, 5)
    started = time.monotonic()
    for number in range(3):
        fetch(Request(url=f"https://rsshub.example/{number}", gateway=True))
    assert time.monotonic() - started < 1


def refusing(status: int, retry_after: float | None) -> tuple[Callable[[Request], Document], list[str]]:
    asked: list[str] = []

    def fetch(request: Request) -> Document:
        asked.append(request.url)
        raise FetchError(Outcome.LATER, "later", status=status, retry_after=retry_after)

    return fetch, asked


@pytest.mark.parametrize(
    ("status", "retry_after", "gateway", "left_alone"),
    [
        (429, 60, False, True),
        (503, 60, False, True),
        (429, None, False, True),
        (503, None, False, False),
        (429, 60, True, False),
    ],
)
def test_a_host_that_asked_for_patience_is_left_alone(
    status: int, retry_after: float | None, gateway: bool, left_alone: bool
) -> None:
    refuse, asked = refusing(status, retry_after)
    fetch = PoliteFetch(refuse, 0)
    errors = []
    for path in ("one", "two"):
        with pytest.raises(FetchError) as caught:
            fetch(Request(url=f"https://a.example/{path}", gateway=gateway))
        errors.append(caught.value)
    assert len(asked) == (1 if left_alone else 2)
    assert errors[1].outcome is Outcome.LATER
    if left_alone:
        assert errors[1].detail == "a.example：这台服务器刚才要求稍后再来，这次不再去"
        assert 0 < (errors[1].retry_after or 0) <= (retry_after or 1800)

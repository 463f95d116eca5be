"""A host asked by one collector at a time, also when they are processes of their own."""

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from xcbulletin.collecting.fetching.turns import TurnFetch
from xcbulletin.collecting.items import Document, FetchError, Outcome, Request

GAP = 0.2
ASKED = Request(url="https://a.example/1")

ANOTHER = """
import sys, time
from pathlib import Path
from xcbulletin.collecting.fetching.turns import TurnFetch
from xcbulletin.collecting.items import Request

def forever(request):
    print("asked", flush=True)
    time.sleep(60)

TurnFetch(forever, Path(sys.argv[1]), 0)(Request(url="https://a.example/2"))
"""


def answered(request: Request) -> Document:
    return Document(url=request.url, content=b"", fetched=datetime.now(UTC))


def seconds(fetch: TurnFetch, request: Request = ASKED) -> float:
    began = time.monotonic()
    fetch(request)
    return time.monotonic() - began


def test_another_collector_leaves_the_host_its_gap(tmp_path: Path) -> None:
    one, other = (TurnFetch(answered, tmp_path / "hosts", GAP) for _ in range(2))
    assert seconds(one) < GAP / 2
    assert GAP / 2 < seconds(other) < 3 * GAP
    assert seconds(other, Request(url="https://b.example/")) < GAP / 2


def test_a_host_is_asked_by_one_at_a_time(tmp_path: Path) -> None:
    at_work: list[int] = []
    together: list[int] = []

    def slow(request: Request) -> Document:
        at_work.append(1)
        together.append(len(at_work))
        time.sleep(0.05)
        at_work.pop()
        return answered(request)

    threads = [threading.Thread(target=TurnFetch(slow, tmp_path, 0), args=(ASKED,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [1] * 5


def test_a_collector_that_was_killed_keeps_nobody_waiting_for_more_than_the_gap(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ANOTHER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        threading.Timer(0.3, process.kill).start()
        assert 0.2 < seconds(TurnFetch(answered, tmp_path, 0)) < 5


def test_a_host_that_failed_has_its_gap_too(tmp_path: Path) -> None:
    def refused(_request: Request) -> Document:
        raise FetchError(Outcome.HTTP, "服务器内部出错（500）")

    with pytest.raises(FetchError):
        TurnFetch(refused, tmp_path, GAP)(ASKED)
    assert seconds(TurnFetch(answered, tmp_path, GAP)) > GAP / 2


def test_a_gateway_is_not_waited_for(tmp_path: Path) -> None:
    fetch = TurnFetch(answered, tmp_path, 5)
    assert sum(seconds(fetch, Request(url="https://rsshub.example/", gateway=True)) for _ in range(3)) < 1


def test_where_nothing_can_be_kept_nobody_waits(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_bytes(b"a file")
    fetch = TurnFetch(answered, tmp_path / "hosts", 5)
    assert seconds(fetch) + seconds(fetch) < 1

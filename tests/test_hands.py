"""Work is done side by side in processes, once for each item, and a mistake in it is told."""

import gc
import multiprocessing
import os
import select
import signal
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from xcbulletin.readingroom import hands
from xcbulletin.readingroom.hands import KilledError, side_by_side


@pytest.fixture(autouse=True)
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes be made whatever threads other tests have left here: what is done to them is not for this one."""
    monkeypatch.setattr(hands, "_has_threads", lambda: False)


def test_each_item_is_worked_on_once() -> None:
    assert sorted(side_by_side(lambda item: item * item, range(40))) == [item * item for item in range(40)]


def test_nothing_to_do_comes_to_nothing() -> None:
    assert list(side_by_side(str, [])) == []


def test_even_one_item_is_worked_on_in_another_process() -> None:
    assert list(side_by_side(lambda _item: os.getpid(), [1])) != [os.getpid()]


def test_processes_are_forked_anew_for_the_next_list() -> None:
    first, second = (set(side_by_side(lambda _item: os.getpid(), range(4))) for _ in range(2))
    assert not first & second
    assert os.getpid() not in first | second


def test_a_mistake_in_the_work_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(side_by_side(lambda item: 1 / item, [1, 0, 2]))


def test_a_mistake_that_cannot_be_handed_over_is_told() -> None:
    class MistakeError(Exception):
        def __init__(self, what: str, how: str) -> None:
            super().__init__(f"{what}, {how}")

    def work(_item: int) -> None:
        raise MistakeError("cut", "badly")

    with pytest.raises(RuntimeError, match="MistakeError: cut, badly"):
        list(side_by_side(work, [1, 2]))


def test_a_process_that_is_killed_is_told() -> None:
    with pytest.raises(KilledError, match="内存"):
        list(side_by_side(lambda _item: os.kill(os.getpid(), signal.SIGKILL), [1, 2]))


def test_a_process_that_is_killed_while_it_hands_over_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def begin(pipe: Connection, _made: object) -> None:
        os.write(pipe.fileno(), b"\0\0\1\0begun")
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(Connection, "send", begin)
    with pytest.raises(KilledError):
        list(side_by_side(str, [1]))


def test_processes_end_with_the_one_that_asked_for_them(capfd: pytest.CaptureFixture[str]) -> None:
    def is_killed_amid_work() -> None:
        for _made in side_by_side(lambda _item: b"more than a pipe holds" * 100_000, range(10)):
            os.kill(os.getpid(), signal.SIGKILL)

    reader, writer = os.pipe()  # which ends when nobody holds its other end any more
    asking = multiprocessing.get_context("fork").Process(target=is_killed_amid_work)
    asking.start()
    os.close(writer)
    asking.join()
    assert select.select([reader], [], [], 20)[0] == [reader]
    os.close(reader)
    assert capfd.readouterr().err == ""


def test_where_not_all_processes_can_be_had_the_others_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork(*arguments: object) -> BaseProcess:
        if multiprocessing.active_children():
            raise BlockingIOError
        return hire(*arguments)  # type: ignore[arg-type]

    hire = hands._hire
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: range(2))
    monkeypatch.setattr(hands, "_hire", fork)
    with pytest.raises(BlockingIOError):
        list(side_by_side(time.sleep, [20, 20]))
    assert multiprocessing.active_children() == []


def test_who_stops_early_does_not_have_the_rest_done(tmp_path: Path) -> None:
    def work(item: int) -> None:
        (tmp_path / str(item)).touch()
        time.sleep(0.05)

    for _made in side_by_side(work, range(100)):
        break
    assert len(list(tmp_path.iterdir())) < 50


def test_what_is_left_about_is_collected_before_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(_item: int) -> int:
        left = gc.get_count()[0]
        for _ in range(1000):
            circle: list[object] = []
            circle.append(circle)
        return left

    monkeypatch.setattr(hands, "_MOST_LEFT", 1500)
    assert max(side_by_side(work, range(40))) < 1500

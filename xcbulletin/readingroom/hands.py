"""Work done side by side, in processes that know all that this one knows."""

import gc
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_MOST_LEFT = 300_000
"""Objects, some 30 MB, that a process may leave about: some end before they come to so many."""


def side_by_side(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """Yield what `work` makes of each item, in no order, each in one of as many forked processes as there are cores.

    A fork has everything at hand without a copy; only what `work` returns, or raises, is handed over. It is made for
    one item, too: what draws charts leaves threads behind, and a process with threads is better not forked any more.
    In such a one the work is done here.
    """
    hands = min(len(os.sched_getaffinity(0)), len(items))
    if not hands or _has_threads():
        yield from map(work, items)
        return
    begun = _FORK.Value("q")
    pipes: list[Connection] = []
    hired = [_hire(work, items, begun, pipes) for _hand in range(hands)]
    try:
        yield from _handed_over(pipes)
    finally:  # where it ends early, by Ctrl+C or a mistake, nobody waits for the rest
        for hand in hired:
            hand.terminate()
            hand.join()


# multiprocessing.Pool has three threads, one of which asks without a pause while a long result comes in.
_FORK = multiprocessing.get_context("fork")


def _hire(
    work: Callable[[T], R], items: Sequence[T], begun: "Synchronized[int]", pipes: list[Connection]
) -> BaseProcess:
    """Start a process; what it hands over comes out of another of the `pipes`."""
    ours, theirs = _FORK.Pipe(duplex=False)
    pipes.append(ours)
    hand = _FORK.Process(target=_work_off, args=(work, items, begun, pipes, theirs), daemon=True)
    hand.start()
    # A pipe breaks when one side is killed only if nobody else holds that side's end.
    theirs.close()
    return hand


def _handed_over(pipes: list[Connection]) -> Iterator[Any]:
    while pipes:
        for pipe in wait(pipes):
            assert isinstance(pipe, Connection)
            match pipe.recv():
                case None:
                    pipes.remove(pipe)
                case Exception() as error:
                    raise error
                case (made,):
                    yield made


def _has_threads() -> bool:
    """Tell whether a lock that another thread holds would stay shut in a fork: of native threads, too."""
    return len(os.listdir("/proc/self/task")) > 1  # noqa: PTH208


def _work_off(
    work: Callable[[T], R],
    items: Sequence[T],
    begun: "Synchronized[int]",
    parents: Sequence[Connection],
    pipe: Connection,
) -> None:
    """Work on one item after another that nobody began, and hand over a tuple of each; at the end, None."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to answer
    # The collector would look through all that was inherited again and again; here it is called between two items.
    gc.disable()
    gc.freeze()
    for one in parents:
        one.close()
    try:
        while (index := _next(begun)) < len(items):
            pipe.send((work(items[index]),))
            if gc.get_count()[0] > _MOST_LEFT:
                gc.collect()
        pipe.send(None)
    except Exception as error:
        error.add_note(traceback.format_exc())
        pipe.send(error)


def _next(begun: "Synchronized[int]") -> int:
    with begun.get_lock():
        begun.value += 1
        return begun.value - 1

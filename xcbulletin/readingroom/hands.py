"""Work done side by side, in processes that know all that this one knows."""

import gc
import multiprocessing
import os
import pickle
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from typing import Any, TypeVar

from xcbulletin.errors import BulletinError

T = TypeVar("T")
R = TypeVar("R")

_MOST_LEFT = 300_000
"""Objects, some 30 MB, that a process may leave about: some end before they come to so many."""


class KilledError(BulletinError):
    """A process was killed amid its work."""


def side_by_side(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """Yield what `work` makes of each item, in no order, each in one of as many forked processes as there are cores.

    A fork has everything at hand without a copy; only what `work` returns, or raises, is handed over. It is made for
    one item, too: what draws charts leaves threads behind, and a process with threads is better not forked any more.
    In such a one the work is done here. Raises KilledError.
    """
    hands = min(len(os.sched_getaffinity(0)), len(items))
    if not hands or _has_threads():
        yield from map(work, items)
        return
    begun = _FORK.Value("q")
    pipes: list[Connection] = []
    hired: list[BaseProcess] = []
    try:
        hired.extend(_hire(work, items, begun, pipes) for _hand in range(hands))
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
            match _received(pipe):
                case None:
                    pipes.remove(pipe)
                case Exception() as error:
                    raise error
                case (made,):
                    yield made


def _received(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except (EOFError, OSError) as error:  # OSError where it is cut off
        message = "有一个进程没有做完就被系统停掉了，多半是内存不够；请关掉别的程序，再运行一次"
        raise KilledError(message) from error


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
        with suppress(BrokenPipeError):  # nobody waits for it any more
            pipe.send(_portable(error))


def _portable(error: Exception) -> Exception:
    """Return a mistake with where it was made; where it does not survive a pipe, another that tells of it."""
    told = traceback.format_exc()
    error.add_note(told)
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(told)
    return error


def _next(begun: "Synchronized[int]") -> int:
    with begun.get_lock():
        begun.value += 1
        return begun.value - 1

"""Work done side by side, in processes that know all that this one knows."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_work: Callable[[Any], Any]
_items: Sequence[Any]


def side_by_side(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """Yield what `work` makes of each item, in no order, each in one of as many forked processes as there are cores.

    A fork has everything at hand without a copy; only what `work` returns, or raises, is handed over. It is made for
    one item, too: what draws charts leaves threads behind, and a process with threads is better not forked any more.
    In such a one the work is done here.
    """
    global _work, _items
    hands = min(len(os.sched_getaffinity(0)), len(items))
    if not hands or _has_threads():
        yield from map(work, items)
        return
    _work, _items = work, items
    with multiprocessing.get_context("fork").Pool(hands, _begin) as pool:
        yield from pool.imap_unordered(_call, range(len(items)))


def _has_threads() -> bool:
    """Tell whether a lock that another thread holds would stay shut in a fork: of native threads, too."""
    return len(os.listdir("/proc/self/task")) > 1  # noqa: PTH208


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to answer
    # The collector would look through all that was inherited again and again; here it is called between two items.
    gc.disable()
    gc.freeze()


def _call(index: int) -> Any:
    made = _work(_items[index])
    gc.collect()
    return made

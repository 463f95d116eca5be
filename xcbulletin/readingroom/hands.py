"""Work done side by side, in processes that know all that this one knows."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_work: Callable[[Any], Any]
_items: Sequence[Any]


def side_by_side(work: Callable[[T], R], items: Sequence[T], *, least: int = 2) -> Iterator[R]:
    """Yield what `work` makes of each item, in no order; in forked processes where there are `least` items.

    A fork has everything at hand without a copy; only what `work` returns, or raises, is handed over.
    """
    global _work, _items
    hands = min(len(os.sched_getaffinity(0)), len(items))
    if hands < 2 or len(items) < least:
        yield from map(work, items)
        return
    _work, _items = work, items
    with multiprocessing.get_context("fork").Pool(hands, _leave_ctrl_c_to_the_parent) as pool:
        yield from pool.imap_unordered(_call, range(len(items)))


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _call(index: int) -> Any:
    return _work(_items[index])

"""Commands run in turn, their time and their memory."""

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """A command that is measured."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], object] = lambda: None
    """Done before each time, and not measured."""
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured:
    """What one run took."""

    seconds: float
    cpu_seconds: float
    largest: float
    """Peak of the largest process, in MB."""
    tree: float
    """Peak of all its processes together, what they share counted once (PSS), in MB; sampled."""


def measure(runs: Iterable[Run | str], rounds: int) -> dict[str, list[Measured]]:
    """Run each command `rounds` times, in turn; the one round before those warms the caches.

    A run that is only words is a peer that is not here; they are printed.
    """
    for missing in (run for run in runs if isinstance(run, str)):
        print(missing)
    present = [run for run in runs if isinstance(run, Run)]
    measured = [{run.name: _measure(run) for run in present} for _ in range(rounds + 1)]
    return {run.name: [one[run.name] for one in measured[1:]] for run in present}


def put_aside(folder: Path) -> None:
    """Take a folder that a run made out of the way of the next.

    It is not deleted: for some seconds after thousands of files were, ext4 takes ten times as long to make one.
    """
    if folder.exists():
        folder.rename(Path(tempfile.mkdtemp(prefix="aside", dir=folder.parent), folder.name))


def _measure(run: Run) -> Measured:
    run.prepare()
    os.sync()  # what the run before left to be written is not this one's
    started = time.perf_counter()
    process = subprocess.Popen(
        run.command,
        env={**os.environ, **run.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    memory = _Memory(process.pid)
    complaints = process.stderr.read() if process.stderr else b""
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (run.name, complaints.decode())
    return Measured(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        largest=usage.ru_maxrss / 1024,
        tree=memory.stop(),
    )


class _Memory:
    """Watches the memory of a process and of all below it."""

    def __init__(self, pid: int) -> None:
        self._peak, self._stopped = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(pid,), daemon=True)
        self._thread.start()

    def _watch(self, pid: int) -> None:
        # Summing up costs the kernel some milliseconds, which the measured processes should not feel.
        while not self._stopped.wait(0.1):
            self._peak = max(self._peak, sum(map(_pss, _tree(pid))))

    def stop(self) -> float:
        self._stopped.set()
        self._thread.join()
        return self._peak / 1024


def _tree(pid: int) -> list[int]:
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []
    return [pid, *(one for child in children for one in _tree(child))]


def _pss(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)


def report(
    title: str,
    measured: dict[str, list[Measured]],
    goals: Iterable[tuple[str, str, float | None]],
) -> None:
    """Print the medians, and the ratios of those that were measured."""
    seconds = {name: statistics.median(one.seconds for one in some) for name, some in measured.items()}
    print(f"\n{title}\n{'':28}  seconds      CPU   largest process     all together")
    for name, some in measured.items():
        cpu = statistics.median(one.cpu_seconds for one in some)
        largest, tree = max(one.largest for one in some), max(one.tree for one in some)
        print(f"{name:28} {seconds[name]:8.3f} {cpu:8.3f} {largest:14.0f} MB {tree:13.0f} MB")
    for name, peer, goal in goals:
        if name in seconds and peer in seconds:
            told = f"  (goal ≤ {goal})" if goal else ""
            print(f"{name} / {peer}: {seconds[name] / seconds[peer]:.3f}{told}")

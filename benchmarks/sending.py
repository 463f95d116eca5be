"""Letters sent to a sink on loopback, by us with the ledger on disk and by plain smtplib without one.

The sink is a process of its own: aiosmtpd, which reads letters as a server does, and postfix's smtp-sink, which throws
them away as fast as they come (only root may start it). What is timed is the
sending itself, in a fresh process, from the open ledger to the last reply; both give the same bytes over as many
connections. Nothing limits the rate, and the relay does not end a connection.
"""

import datetime
import json
import resource
import shutil
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
SMALL, WITH_PDF = 40_000, 650_000
PASSES = ((2000, SMALL, 1), (2000, SMALL, 4), (200, WITH_PDF, 1), (200, WITH_PDF, 4))
"""Letters, bytes of each, connections."""
GOAL = 1.3


def sending(folder: Path, rounds: int) -> None:
    """Measure letters without and with a PDF over one and four connections, and memory by recipients."""
    for sink in (_aiosmtpd, _smtp_sink):
        with sink(folder) as port:
            if port is None:
                print("smtp-sink is not here: apt-get install postfix")
                continue
            for letters, size, connections in PASSES:
                _compare(sink.__name__[1:], folder, port, rounds, letters, size, connections)
            print("\nmemory")
            for letters in (200, 5000):
                measured = _run("ours", folder, port, letters, SMALL, 4)
                print(f"{letters:6} recipients {measured['memory']:8.0f} MB")


def _compare(
    sink: str, folder: Path, port: int, rounds: int, letters: int, size: int, connections: int
) -> None:
    runs = [_both(folder, port, letters, size, connections) for _ in range(rounds)]
    print(f"\n{letters} letters of {size // 1000} kB to {sink}, {connections} connections")
    for name in ("ours", "plain"):
        seconds, cpu = (median(run[name][key] for run in runs) for key in ("seconds", "cpu"))
        print(f"{name:22} {seconds:8.3f} s {cpu:8.3f} s CPU {letters / seconds:8.0f} letters/s")
    ratio = median(run["ours"]["seconds"] / run["plain"]["seconds"] for run in runs)
    cost = median(run["ours"]["seconds"] - run["plain"]["seconds"] for run in runs) / letters
    goal = f"  (goal ≤ {GOAL})" if connections == 4 else ""
    print(f"ours / plain smtplib: {ratio:.3f}{goal}; the ledger costs {cost * 1000:.2f} ms a letter")


def _both(folder: Path, port: int, *sizes: int) -> dict[str, dict[str, float]]:
    return {name: _run(name, folder, port, *sizes) for name in ("plain", "ours")}


def _run(name: str, folder: Path, port: int, *sizes: int) -> dict[str, float]:
    place = folder / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    words = [sys.executable, __file__, name, str(place), str(port), *map(str, sizes)]
    measured: dict[str, float] = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    return measured


@contextmanager
def _aiosmtpd(folder: Path) -> Iterator[int | None]:
    sys.path.append(str(ROOT / "tests"))
    from mailserver import MailServer

    with MailServer(folder / "relay", sync=False) as relay:
        yield relay.port


@contextmanager
def _smtp_sink(_folder: Path) -> Iterator[int | None]:
    program = shutil.which("smtp-sink", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        yield None
        return
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with subprocess.Popen([program, "-u", "postfix", f"127.0.0.1:{port}", "100"]) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)


# What the processes do


def ours(folder: Path, port: int, letters: int, size: int, connections: int) -> None:
    from xcbulletin.database import open_engine
    from xcbulletin.delivery.ledger.ledger import Ledger
    from xcbulletin.delivery.mailing import PdfChoice, Planned, State, Variant
    from xcbulletin.delivery.sending.sending import send
    from xcbulletin.delivery.sending.smtp import connect
    from xcbulletin.model import IssueId
    from xcbulletin.settings import MailSettings

    variant, body = Variant((), PdfChoice.NONE), _body(size)
    planned = [Planned(address=_address(number), name="", variant=variant) for number in range(letters)]
    mail = MailSettings(
        port=port,
        connections=connections,
        per_connection=letters,
        per_minute=10_000_000,
        **{"from": "a@x.org"},
    )

    def now() -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)

    with Ledger(open_engine("sqlite:///desk.db", folder)) as ledger:
        mailing = ledger.prepare(
            IssueId("2021-03"), planned, {variant: "0" * 64}, lambda address: f"<{address}>", now()
        )
        with _timed():
            outcome = send(
                mailing,
                ledger,
                lambda one: _letter(one.address, body),
                partial(connect, mail),
                mail,
                now,
                time.sleep,
                lambda _done, _total, _left: None,
            )
    assert outcome.counts == {State.ACCEPTED: letters}, outcome


def plain(_folder: Path, port: int, letters: int, size: int, connections: int) -> None:
    body = _body(size)
    waiting: SimpleQueue[str] = SimpleQueue()
    for number in range(letters):
        waiting.put(_address(number))

    def work() -> None:
        with smtplib.SMTP("127.0.0.1", port, "localhost") as client, suppress(Empty):
            while True:
                address = waiting.get_nowait()
                client.sendmail("a@x.org", [address], _letter(address, body))

    with _timed():
        threads = [threading.Thread(target=work) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _address(number: int) -> str:
    return f"reader{number}@{number % 40}.example.org"


def _body(size: int) -> bytes:
    return (b"x" * 76 + b"\r\n") * (size // 78)


def _letter(address: str, body: bytes) -> bytes:
    return f"Message-ID: <{address}>\r\nTo: {address}\r\n\r\n".encode() + body


@contextmanager
def _timed() -> Iterator[None]:
    """Print what something took."""
    started, cpu = time.perf_counter(), time.process_time()
    yield
    measured = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**measured, "memory": memory}))


if __name__ == "__main__":
    {"ours": ours, "plain": plain}[sys.argv[1]](Path(sys.argv[2]), *map(int, sys.argv[3:]))  # type: ignore[arg-type]

"""HTML to PDF: WeasyPrint in processes of its own, with our fonts and nothing else of the machine.

Started early, the press warms up (half a second of imports) while the issue is still being read. Then it forks
for every page: as many are printed side by side as were submitted, each from the same warm start, so that a page
is the same bytes in whatever company it is printed, and one that kills its process kills no other.
"""

import ctypes.util
import gc
import io
import logging
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, Any, NoReturn, Self

from xcbulletin.errors import PrintError
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.workspace import user_cache

DEADLINE = 300
"""Seconds after which a page is given up."""
PICTURE_SCHEME = "picture:"
"""Pages name their pictures `picture:assets/x.svg`; the press knows no other address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A page to be printed."""

    html: str
    pictures: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    """Media type and content of each picture, by name."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Ticket:
    """What `result` gives the PDF of a page for."""

    sheet: IO[bytes]
    """Holds the job, and when it is done the answer."""
    bell: socket.socket
    """Tells, when the job is done, how its process ended."""

    def close(self) -> None:
        """Forget the page."""
        self.sheet.close()
        self.bell.close()


class Press:
    """Prints pages side by side; threads may share it. Use as a context manager."""

    def __init__(self, fonts: FontSet, cache: Path, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        self._tickets: set[Ticket] = set()
        self._environment = {
            **{name: value for name, value in os.environ.items() if name in _KEPT},
            "FONTCONFIG_FILE": str(fonts.write_fontconfig(cache)),
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }

    def __enter__(self) -> Self:
        self._slot, end = socket.socketpair()
        with end:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "xcbulletin.publishing.typesetting.press"),
                    *(str(self._deadline), str(user_cache() / "declared")),
                ],
                stdin=end.fileno(),
                stdout=subprocess.DEVNULL,
                env=self._environment,
                process_group=0,  # Ctrl+C is this process's to answer; the group is what `__exit__` ends
            )
        return self

    def __exit__(self, *_raised: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._slot.close()
        for ticket in self._tickets:
            ticket.close()

    def submit(self, job: Job) -> Ticket:
        """Begin to print a page; return the ticket that `result` wants."""
        bell, end = socket.socketpair()
        ticket = Ticket(sheet=tempfile.TemporaryFile(), bell=bell)  # noqa: SIM115  `result` closes it
        self._tickets.add(ticket)
        pickle.dump(job, ticket.sheet)
        ticket.sheet.flush()
        with end, suppress(BrokenPipeError):  # where the press is gone, the bell will not ring
            socket.send_fds(self._slot, [b"+"], [ticket.sheet.fileno(), end.fileno()])
        return ticket

    def result(self, ticket: Ticket) -> bytes:
        """Return the PDF of a page. Raises PrintError."""
        with closing(ticket):
            self._tickets.remove(ticket)
            rung = ticket.bell.recv(16)
            code = int(rung) if rung else self._process.wait()
            if code:
                raise PrintError(self._what_became_of(code))
            ticket.sheet.seek(0)
            pdf, complaint = pickle.load(ticket.sheet)
        if complaint is not None:
            raise PrintError(complaint)
        assert isinstance(pdf, bytes)
        return pdf

    def _what_became_of(self, code: int) -> str:
        if code == -signal.SIGALRM:
            return (
                f"排版过了 {self._deadline:g} 秒还没有结果，已停止；多半是某张图或某个表太复杂，请简化后再试"
            )
        if code == -signal.SIGKILL:
            return _OUT_OF_MEMORY
        return f"排版程序中途退出（代码 {code}）；请再试一次，仍不行请把这句话转告维护的人"


_OUT_OF_MEMORY = "排版程序被系统中止，多半是内存不够；请关掉别的程序再试，或把太大的图缩小"
_ADVICE = "改过模板的，请先换回程序自带的再试；没有改过的，请把这句话转告维护的人"
_EMBEDDED = ("data:image/png", "data:image/jpeg")
"""What a drawing may carry inside itself."""
_KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")


def main() -> None:
    """Print what comes through the socket on standard input, each job in a process of its own, until it closes."""
    sys.stdout = sys.stderr
    # Layout makes millions of small objects and hardly any garbage: looking for it costs a tenth of the time.
    gc.set_threshold(200_000, 50, 100)
    # WeasyPrint tries names of other systems before ours; for each, ctypes would run gcc and ld: 0.2 s in all.
    ctypes.util.find_library = _no_library
    for name in _LATE:
        sys.modules[name] = _Late(name)
    printer: _Printer = _print
    try:
        _warm_up(Path(sys.argv[2]))
    except Exception as error:  # whatever it is, it is told to the editor of every page
        printer = partial(_refuse, _not_started(error))
    gc.freeze()
    with socket.socket(fileno=sys.stdin.fileno()) as slot:
        _serve(slot, float(sys.argv[1]), printer)


def _warm_up(declared: Path) -> None:
    """Import everything: every page finds WeasyPrint loaded and able to set Chinese lines."""
    from xcbulletin.publishing.typesetting.declarations import kept_in

    with kept_in(declared):
        from xcbulletin.publishing.typesetting import (
            contents,
            fitting,
            floats,
            grid,
            leaders,
            lines,
            notes,
            painting,
            shortcuts,
            standards,
            tables,
            turning,
        )

    lines.install()
    tables.install()
    floats.install()
    fitting.install()
    turning.install()
    contents.install()
    grid.install()
    leaders.install()
    notes.install()
    painting.install()
    standards.install()
    shortcuts.install()


_Printer = Callable[[Job], tuple[bytes | None, str | None]]
"""Returns the PDF of a page, or None and why there is none."""


def _refuse(complaint: str, _job: Job) -> tuple[None, str]:
    return None, complaint


def _not_started(error: Exception) -> str:
    if re.search("cannot load library|shared object file", str(error)):
        return (
            f"缺少排版用的系统软件包（{error}）；请运行 make demo，"
            "或安装 libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0"
        )
    return f"排版程序没有开动：{_described(error)}；这是程序的错误，请把这句话转告维护的人"


def _described(error: Exception) -> str:
    """Return what an error is and where it happened, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    last = next(frame for frame in reversed(frames) if not frame.filename.startswith("<"))
    what = " ".join(str(error).split())
    return f"{type(error).__name__}: {what}（{Path(last.filename).name}:{last.lineno}）"


def _no_library(name: str) -> None:
    """Stand for `ctypes.util.find_library`."""


_LATE = ("fontTools.subset", "fontTools.ttLib", "fontTools.varLib.instancer", "PIL.ImageCms")
"""What WeasyPrint imports for fonts that HarfBuzz cannot cut and colours of other devices, of which we have none.

That is a fourth of all its imports.
"""


class _Late(ModuleType):
    """A module of functions that is imported when one of them is called."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def late(*arguments: Any, **options: Any) -> Any:
            sys.modules.pop(self.__name__, None)
            return getattr(import_module(self.__name__), name)(*arguments, **options)

        return late


def _serve(slot: socket.socket, deadline: float, printer: _Printer) -> None:
    bells: dict[int, socket.socket] = {}
    """By the process of each page that is being printed."""

    def ring(*_signal: object) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
                with bells.pop(ended[0]) as bell, suppress(OSError):
                    bell.sendall(str(os.waitstatus_to_exitcode(ended[1])).encode())

    signal.signal(signal.SIGCHLD, ring)
    while fds := socket.recv_fds(slot, 1, 2)[1]:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # until the new process is known
        sheet, bell = os.fdopen(fds[0], "r+b"), socket.socket(fileno=fds[1])
        pid = os.fork()
        if pid == 0:
            _print_and_exit(sheet, deadline, printer)
        sheet.close()
        bells[pid] = bell
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    # Nobody wants the pages any more: this ends those that are being printed as well.
    os.killpg(0, signal.SIGKILL)


def _print_and_exit(sheet: IO[bytes], deadline: float, printer: _Printer) -> NoReturn:
    """Print the job that is on the sheet, and leave the answer there; the bell is for others to ring."""
    signal.setitimer(signal.ITIMER_REAL, deadline)  # its signal ends this process
    try:
        sheet.seek(0)
        answer = printer(pickle.load(sheet))
        sheet.seek(0)
        pickle.dump(answer, sheet)
        sheet.flush()
    finally:
        # Taking half a million objects down in order would take a tenth of a second.
        os._exit(sys.exc_info()[0] is not None)


def _print(job: Job) -> tuple[bytes | None, str | None]:
    complaints = _Complaints()
    logger = logging.getLogger("weasyprint")
    logger.handlers = [complaints]
    try:
        pdf = print_page(job)
    except MemoryError:
        return None, _OUT_OF_MEMORY
    except Exception as error:  # whatever WeasyPrint raises is told to the editor by the parent
        return None, f"排版失败：{_described(error)}；{_ADVICE}"
    return (None, "；".join(complaints.serious)) if complaints.serious else (pdf, None)


class _Complaints(logging.Handler):
    """Keeps what WeasyPrint only logs but readers would see."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.serious: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if ".notdef" in message:
            self.serious.append(f"有的字在印刷字体里没有字形（{message}）")
        elif "Failed to load" in message:
            self.serious.append(f"有图片或样式没有取到（{message}）")


def print_page(job: Job) -> bytes:
    """Return the PDF of a page: PDF/A-2a and PDF/UA-1 in one, the same bytes for the same page."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    from xcbulletin.publishing.typesetting import standards

    document = weasyprint.HTML(string=job.html, base_url=PICTURE_SCHEME, url_fetcher=_fetcher(job))
    stream = io.BytesIO()
    document.write_pdf(
        stream,
        font_config=FontConfiguration(),
        pdf_variant=standards.VARIANT,
        finisher=standards.finish,
        dpi=300,
    )
    return stream.getvalue()


def _fetcher(job: Job) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnPicturesOnly(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(_EMBEDDED):
                return super().fetch(url, headers)
            name = url.removeprefix(PICTURE_SCHEME)
            if not url.startswith(PICTURE_SCHEME) or name not in job.pictures:
                raise ValueError(f"not a picture of this issue: {url[:100]}")
            media_type, content = job.pictures[name]
            return URLFetcherResponse(url, body=content, headers={"Content-Type": media_type})

    return OwnPicturesOnly(allowed_protocols={"picture", "data"})


if __name__ == "__main__":
    main()

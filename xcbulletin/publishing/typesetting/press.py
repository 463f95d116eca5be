"""HTML to PDF: WeasyPrint in a process of its own, with our fonts and nothing else of the machine.

Started early, the press warms up (half a second of imports) while the issue is still being read. As a
process of its own it has FontConfig's environment to itself, and a page that kills it kills only it.
"""

import gc
import io
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from xcbulletin.errors import PrintError
from xcbulletin.publishing.typefaces.fonts import FontSet

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


class Press:
    """Prints pages, in the order in which they were submitted. Use as a context manager."""

    def __init__(self, fonts: FontSet, cache: Path, deadline: float = DEADLINE) -> None:
        self._deadline, self._gave_up = deadline, False
        self._environment = {
            **{name: value for name, value in os.environ.items() if name in _KEPT},
            "FONTCONFIG_FILE": str(fonts.write_fontconfig(cache)),
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "xcbulletin.publishing.typesetting.press"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._environment,
        )
        self._submitted = self._answered = 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is not None or self._answered < self._submitted:
            self._process.kill()
        # A process that died leaves a job in the pipe; what it died of has been told.
        with suppress(BrokenPipeError), self._process:
            pass

    def submit(self, job: Job) -> int:
        """Begin to print a page; return the ticket that `result` wants."""
        assert self._process.stdin is not None
        try:
            pickle.dump(job, self._process.stdin)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._broken() from error
        self._submitted += 1
        return self._submitted

    def result(self, ticket: int) -> bytes:
        """Return the PDF of a page; those of earlier pages that nobody fetched are lost. Raises PrintError."""
        assert self._answered < ticket <= self._submitted
        while self._answered < ticket:
            pdf, complaint = self._receive()
            self._answered += 1
        if complaint is not None:
            raise PrintError(complaint)
        assert isinstance(pdf, bytes)
        return pdf

    def _receive(self) -> tuple[bytes | None, str | None]:
        assert self._process.stdout is not None
        watch = threading.Timer(self._deadline, self._give_up)
        watch.start()
        try:
            answer: tuple[bytes | None, str | None] = pickle.load(self._process.stdout)
        except (EOFError, pickle.UnpicklingError) as error:
            raise self._broken() from error
        finally:
            watch.cancel()
        return answer

    def _give_up(self) -> None:
        self._gave_up = True
        self._process.kill()

    def _broken(self) -> PrintError:
        if self._gave_up:
            return PrintError(
                f"排版过了 {self._deadline:g} 秒还没有结果，已停止；多半是某张图或某个表太复杂，请简化后再试"
            )
        return PrintError(
            f"排版程序中途退出（代码 {self._process.wait()}）；"
            "多半是缺少系统软件包：请运行 make demo，或安装 libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0"
        )


_EMBEDDED = ("data:image/png", "data:image/jpeg")
"""What a drawing may carry inside itself."""
_KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")


def main() -> None:
    """Serve print jobs from standard input until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to answer
    jobs, results = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    # Layout makes millions of small objects and hardly any garbage: looking for it costs a tenth of the time.
    gc.set_threshold(200_000, 50, 100)
    # Importing is warming up: the first job finds WeasyPrint loaded and able to set Chinese lines.
    from xcbulletin.publishing.typesetting import lines

    lines.install()
    gc.freeze()
    while True:
        try:
            job = pickle.load(jobs)
        except EOFError:
            # Nothing is left to do, and taking half a million objects down in order takes a tenth of a second.
            os._exit(0)
        pickle.dump(_print(job), results)
        results.flush()


def _print(job: Job) -> tuple[bytes | None, str | None]:
    complaints = _Complaints()
    logger = logging.getLogger("weasyprint")
    logger.handlers = [complaints]
    try:
        pdf = print_page(job)
    except Exception as error:  # whatever WeasyPrint raises is told to the editor by the parent
        return None, f"排版失败：{type(error).__name__}: {error}；多半是模板里的样式有误"
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
    """Return the PDF of a page: PDF/UA-1 tags, the same bytes for the same page."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    document = weasyprint.HTML(string=job.html, base_url=PICTURE_SCHEME, url_fetcher=_fetcher(job))
    stream = io.BytesIO()
    document.write_pdf(stream, font_config=FontConfiguration(), pdf_variant="pdf/ua-1", dpi=300)
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

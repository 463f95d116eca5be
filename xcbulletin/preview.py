"""The web edition at an address of this machine, made again whenever one of the files that it comes from changes.

Files are watched by looking at them five times a second: that needs nothing installed, works on a network share,
and does not care how an editor saves. Pages learn of a new version over server-sent events
(https://html.spec.whatwg.org/multipage/server-sent-events.html); a version is a digest of what is shown, so that a
page which was open while the program was restarted is loaded anew only if it looks different.
"""

import errno
import hashlib
import logging
import os
import re
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from xcbulletin.errors import BulletinError, ProblemsError, reason
from xcbulletin.model import Problem, Severity

PORT = 8000
HOST = "127.0.0.1"
EVENTS = "/preview-events"
_PAGE = "index.html"

_INTERVAL = 0.2
"""Seconds between two looks at the files."""
_SETTLING = 0.05
"""Seconds for which nothing may move before a change is taken for a finished save ..."""
_LONGEST_SETTLING = 0.5
"""... and seconds after which it is taken for one although things still move."""
_ATTEMPTS = 3
_HEARTBEAT = 10.0
"""Seconds after which a silent stream says something, to find out whether anybody still listens."""

_OWN_HOSTS = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)
_PLAIN = "text/plain; charset=utf-8"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".ttf": "font/ttf",
}

logger = logging.getLogger(__name__)

Render = Callable[..., str]
"""Makes a page of a template's name and the values for it; raises BulletinError."""
Snapshot = Mapping[str, tuple[int, ...]]


class PortError(BulletinError):
    """The preview cannot be served at this port."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A web edition, and what is worth a remark in it."""

    files: Mapping[str, bytes]
    """`index.html` and what it shows, by path."""
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What is shown in the browser: an edition, or what is wrong with it."""

    version: str
    files: Mapping[str, bytes]
    is_plain: bool = False
    """Whether the page is plain text, for want of a template."""


class Preview:
    """Serves what `make` makes, and makes it again when something in `watched` (files, folders) changes.

    Use as a context manager: it serves from entering to leaving. `render` makes the pages that are not part of
    the edition. Of `ports` the first free one is taken; raises PortError where none is.
    """

    def __init__(
        self,
        make: Callable[[], Made],
        watched: Sequence[Path],
        render: Render,
        ports: Sequence[int] = (PORT,),
    ) -> None:
        self._make, self._watched, self._render = make, watched, render
        self._server = _listen(self, ports)
        self._seen = snapshot(watched)
        self._view = view_of(make, render)
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True),
            threading.Thread(target=self._watch, daemon=True),
        ]

    @property
    def port(self) -> int:
        """The port that was free."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """Where to look at it."""
        return f"http://{HOST}:{self.port}/"

    @property
    def view(self) -> View:
        """The latest that was made."""
        with self._changed:
            return self._view

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(timeout=2)

    def wait(self) -> None:
        """Return when the preview is over."""
        self._closing.wait()

    def next_version(self, known: str | None) -> str | None:
        """Return the version shown once it is another than `known`, or `known` after a silent while.

        Returns None when the preview is over.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing.is_set() or self._view.version != known, timeout=_HEARTBEAT
            )
            return None if self._closing.is_set() else self._view.version

    def _watch(self) -> None:
        while not self._closing.wait(_INTERVAL):
            now = self._settled()
            if now != self._seen:
                # What changes from here on is seen at the next look.
                self._seen = now
                self._show(view_of(self._make, self._render))

    def _settled(self) -> Snapshot:
        """Return the files as they are now, or when whoever is writing them has finished."""
        now, waited = snapshot(self._watched), 0.0
        while now != self._seen and waited < _LONGEST_SETTLING:
            self._closing.wait(_SETTLING)
            waited += _SETTLING
            now, before = snapshot(self._watched), now
            if now == before:
                break
        return now

    def _show(self, view: View) -> None:
        with self._changed:
            self._view = view
            self._changed.notify_all()


def snapshot(places: Iterable[Path]) -> Snapshot:
    """Return what tells whether anything at or below `places` was changed, by path; what is not there is left out."""
    return {path: mark for place in places for path in _paths(place) if (mark := _mark(path))}


def _paths(place: Path) -> Iterator[str]:
    yield str(place)
    for folder, folders, files in os.walk(place):
        yield from (os.path.join(folder, name) for name in (*folders, *files))  # noqa: PTH118  five times a second


def _mark(path: str) -> tuple[int, ...]:
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return ()
    if os.path.isdir(path):  # noqa: PTH112
        # A folder's times change with every temporary file in it.
        return (status.st_ino,)
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def view_of(make: Callable[[], Made], render: Render) -> View:
    """Return what to show: the edition that `make` makes or, whatever happens, a page that says what is wrong."""
    try:
        return _edition_view(_patiently(make), render)
    except Exception as error:  # an editor goes on writing; the next save may mend it
        return _problems_view(_explained(error), render)


def _patiently(make: Callable[[], Made]) -> Made:
    """Try again where a file was renamed or deleted between being listed and being read."""
    for _attempt in range(_ATTEMPTS - 1):
        with suppress(OSError):
            return make()
        threading.Event().wait(_SETTLING)
    return make()


def _edition_view(made: Made, render: Render) -> View:
    version = _version(made.files, made.remarks)
    # HTML takes whatever follows </html> into the body, so nothing has to be found in the page.
    more = _with_script(render, version, remarks=made.remarks, edition=True)
    files = {name: content + more if name == _PAGE else content for name, content in made.files.items()}
    return View(version=version, files=files)


def _problems_view(problems: Sequence[Problem | str], render: Render) -> View:
    version = _version({}, problems)
    warnings = [one for one in problems if isinstance(one, Problem) and one.severity is Severity.WARNING]
    errors = [one for one in problems if one not in warnings]
    try:
        page = render("shared/problems.html", errors=errors, warnings=warnings, faces=()).encode()
        return View(version=version, files={_PAGE: page + _with_script(render, version, edition=False)})
    except Exception as error:  # then the template is one of the problems
        said = dict.fromkeys(map(str, (*problems, *_explained(error))))
        return View(version=version, files={_PAGE: "\n\n".join(said).encode()}, is_plain=True)


def _with_script(render: Render, version: str, *, edition: bool, remarks: Sequence[Problem] = ()) -> bytes:
    page = render("shared/preview.html", version=version, events=EVENTS, remarks=remarks, edition=edition)
    return page.encode()


def _explained(error: Exception) -> Sequence[Problem | str]:
    match error:
        case ProblemsError():
            return error.problems
        case BulletinError():
            return str(error).splitlines()
        case OSError(filename=str(name)):
            return [f"{name}: 读不到这个文件（{reason(error)}）；请检查它是否还在、能不能打开"]
    logger.debug("making the page failed", exc_info=error)
    what = f"{type(error).__name__}: {error}"
    place = _place_in_template(error)
    if place is not None:
        return [f"{place}: 模板有误（{what}）；请改正，或删去这个文件以改用程序自带的模板"]
    return [f"程序没有料到的错误（{what}）；请把这句话转告维护的人，并说明刚才改了哪个文件"]


def _place_in_template(error: Exception) -> str | None:
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{one.filename}:{one.lineno}" for one in frames if one.filename.endswith((".html", ".css"))]
    return places[-1] if places else None


def _version(files: Mapping[str, bytes], problems: Sequence[Problem | str]) -> str:
    digest = hashlib.sha256(repr(problems).encode())
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, preview: Preview) -> None:
        self.preview = preview
        super().__init__((HOST, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  as socketserver calls it
        # A browser that went away, mostly; nothing that an editor should see.
        logger.debug("a request of %s failed", client_address, exc_info=True)


def _listen(preview: Preview, ports: Sequence[int]) -> _Server:
    for port in ports:
        try:
            return _Server(port, preview)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            reason = error
    if reason.errno == errno.EACCES:
        raise PortError(f"端口 {port} 不许普通用户使用；请用 --port 换一个 1024 以上的") from reason
    span = str(ports[0]) if len(ports) == 1 else f"{ports[0]}–{ports[-1]}"
    raise PortError(
        f"端口 {span} 已被别的程序占用（也许另一个预览还开着）；请先结束它，或用 --port 换一个"
    ) from reason


class _Handler(BaseHTTPRequestHandler):
    """Answers from what was made, never from the disk."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        if not self._is_for_us():
            self.send_error(HTTPStatus.FORBIDDEN)
        elif (path := unquote(urlsplit(self.path).path)) == EVENTS:
            self._send_events()
        else:
            self._send_file(path.removeprefix("/") or _PAGE)

    do_HEAD = do_GET  # noqa: N815  as http.server calls it

    def _is_for_us(self) -> bool:
        """Tell whether the browser asked for this machine by name: a foreign name may be made to point here."""
        hosts = self.headers.get_all("Host", [])
        is_own = len(hosts) == 1 and _OWN_HOSTS.fullmatch(hosts[0].strip()) is not None
        return is_own and self.path.startswith("/")

    def _send_file(self, name: str) -> None:
        view = self.server.preview.view
        content = view.files.get(name)
        if content is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif name == _PAGE and view.is_plain:
            # Text has no script; the browser is asked to look again by itself.
            self._send(HTTPStatus.OK, _PLAIN, content, Refresh="1")
        else:
            self._send(HTTPStatus.OK, _TYPES.get(Path(name).suffix, "application/octet-stream"), content)

    def _send_events(self) -> None:
        self.close_connection = True
        self._send_head(HTTPStatus.OK, "text/event-stream", Connection="close")
        if self.command == "HEAD":
            return
        self.wfile.write(b"retry: 500\n\n")
        known = None
        while (version := self.server.preview.next_version(known)) is not None:
            self.wfile.write(b":\n\n" if version == known else f"data: {version}\n\n".encode())
            known = version

    def send_error(self, code: int, *_reasons: str | None) -> None:
        """Say in plain Chinese why there is nothing; http.server calls this too."""
        self.close_connection = True
        # What http.server says where there is no do_POST.
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
        self._send(status, _PLAIN, f"{_REFUSALS.get(status, '看不懂这个请求')}\n".encode(), Allow="GET, HEAD")

    def _send(self, status: HTTPStatus, media_type: str, content: bytes, **headers: str) -> None:
        self._send_head(status, media_type, **{"Content-Length": str(len(content)), **headers})
        if self.command != "HEAD":
            self.wfile.write(content)

    def _send_head(self, status: HTTPStatus, media_type: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media_type, **_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep requests from the editor's screen."""
        logger.debug(format, *args)


_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_REFUSALS = {
    HTTPStatus.FORBIDDEN: "只能从这台机器上看，请用 http://127.0.0.1 开头的地址",
    HTTPStatus.NOT_FOUND: "这一期里没有这个文件",
    HTTPStatus.METHOD_NOT_ALLOWED: "这里只能看，不能改",
}

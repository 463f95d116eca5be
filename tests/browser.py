"""Debian's Chromium for tests, driven by Playwright; folders on loopback; the slow telephone of facts/web.md §1.1."""

import gzip
import mimetypes
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


# Playwright keeps an event loop running in the thread as long as it lives, and asyncio.run() refuses to work beside
# it: other test modules need it, so a browser lives no longer than the module that asked for it.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium (playwright.sync_api.Browser); skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=list(_OPTIONS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of its own (playwright.sync_api.Page), 1280 × 800, that shares nothing with other tests."""
    with browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN") as context:
        yield context.new_page()


@dataclass(kw_only=True, slots=True)
class Seen:
    """What went on in a page since `watch`; cleared when the lists are."""

    errors: list[str] = field(default_factory=list)
    """Messages of the console at level error, exceptions that nobody caught, answers from 400 up, files not there."""
    addresses: list[str] = field(default_factory=list)
    """What was asked for, the page itself included; data: addresses are not."""


def watch(page: Any) -> Seen:
    """Note from now on what goes wrong in a page and what it asks for."""
    seen = Seen()
    page.on("console", lambda said: seen.errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("requestfailed", lambda request: seen.errors.append(f"{request.failure}: {request.url}"))
    page.on(
        "response", lambda got: seen.errors.append(f"{got.status}: {got.url}") if got.status >= 400 else None
    )
    page.on(
        "request", lambda one: seen.addresses.append(one.url) if not one.url.startswith("data:") else None
    )
    return seen


def slow_down(page: Any, *, megabits: float = 4, latency: int = 100, processor: float = 4) -> None:
    """Give a page a slow line (Mbit/s, milliseconds a request) and a processor that many times slower.

    Only what comes by http is slowed down: serve the folder.
    """
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    line = {"downloadThroughput": megabits * 125_000, "uploadThroughput": megabits * 125_000}
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": latency, **line})
    session.send("Emulation.setCPUThrottlingRate", {"rate": processor})


@contextmanager
def serving(folder: Path, *, compressed: bool = False) -> Iterator[str]:
    """Serve the files of a folder on loopback; yield the address, which ends in a slash. Folders list nothing."""
    server = _Server(folder, compressed=compressed)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    request_queue_size = 64
    block_on_close = False

    def __init__(self, folder: Path, *, compressed: bool) -> None:
        self.folder, self.compressed = folder.resolve(), compressed
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that is closed lets go of what it had asked for."""

    def read(self, address: str) -> tuple[Path, bytes] | None:
        """Return the file that an address asks for."""
        path = (self.folder / unquote(urlsplit(address).path).lstrip("/")).resolve()
        path = path / "index.html" if path.is_dir() else path
        if not path.is_relative_to(self.folder) or not path.is_file():
            return None
        content = path.read_bytes()
        return path, gzip.compress(content, 6, mtime=0) if self.compressed else content


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        found = self.server.read(self.path)
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        path, content = found
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(content)))
        if self.server.compressed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

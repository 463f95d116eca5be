"""The preview: a real server on loopback, real files, and what a browser would see of them."""

import datetime
import html
import http.client
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from xcbulletin.errors import BulletinError, FontError, ProblemsError
from xcbulletin.manuscript.new import PLACEHOLDER, TO_BE_WRITTEN, lay_out
from xcbulletin.manuscript.write import add_issue
from xcbulletin.model import IssueId, Kind, Place, Problem, Severity
from xcbulletin.preview import EVENTS, Made, PortError, Preview, snapshot
from xcbulletin.publishing.pages import render_alone
from xcbulletin.publishing.typefaces.fonts import load_fonts
from xcbulletin.settings import open_workspace
from xcbulletin.starter import starter_files, starter_folder
from xcbulletin.workshop import Workshop

ISSUE = IssueId("2021-01")
DEADLINE = 3.0
PROMISE = 1.0
"""Seconds from a saved file to the new page."""
CHROMIUM = shutil.which("chromium")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace as `xcbulletin init` lays it out, with words in it."""
    for name, content in starter_files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    columns = open_workspace(tmp_path, {}).columns
    laid_out = lay_out(ISSUE, Kind.BULLETIN, columns, datetime.date(2021, 1, 31))
    written = {
        name: text.replace(PLACEHOLDER.encode(), "写好的正文。".encode()).replace(TO_BE_WRITTEN.encode(), b"")
        for name, text in laid_out.items()
    }
    add_issue(tmp_path / "issues" / ISSUE, written)
    return tmp_path


@pytest.fixture
def preview(root: Path) -> Iterator[Preview]:
    try:
        load_fonts()
    except FontError as error:
        pytest.skip(str(error))
    with Workshop(root, {}).preview(IssueId(ISSUE), [0]) as served:
        yield served


class Maker:
    """Makes a page of one word, or fails as it is told to."""

    def __init__(self) -> None:
        self.word: str | Exception = "原稿"
        self.remarks: tuple[Problem, ...] = ()
        self.made = 0

    def __call__(self) -> Made:
        self.made += 1
        if isinstance(self.word, Exception):
            raise self.word
        page = f"<!doctype html><html lang='zh-CN'><body><p>{self.word}</p></body></html>"
        return Made(files={"index.html": page.encode(), "assets/图 1.svg": b"<svg/>"}, remarks=self.remarks)


def render(name: str, **context: Any) -> str:
    return render_alone([starter_folder() / "templates"], name, **context)


@contextmanager
def serve(maker: Maker, folder: Path, port: int = 0) -> Iterator[Preview]:
    with Preview(maker, [folder], render, [port]) as served:
        yield served


@pytest.fixture(scope="module")
def unchanging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview for tests that only ask."""
    folder = tmp_path_factory.mktemp("unchanging")
    (folder / "bulletin.yaml").write_text("secret")
    with serve(Maker(), folder) as served:
        yield served


def ask(preview: Preview, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, str]:
    answer, body = ask_closely(preview, path, method, **headers)
    return answer.status, body.decode()


def ask_closely(
    preview: Preview, path: str = "/", method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=DEADLINE)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def words(page: str) -> str:
    """Return what a page says, without its markup."""
    body = re.sub(r"(?s)<(style|script)\b.*?</\1>", "", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def until(is_so: Callable[[], bool], deadline: float = DEADLINE) -> None:
    start = time.monotonic()
    while not is_so():
        assert time.monotonic() - start < deadline, "not so in time"
        time.sleep(0.01)


def shows(preview: Preview, text: str) -> None:
    until(lambda: text in words(ask(preview)[1]))


def save_in_place(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def save_by_renaming(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.swp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


@contextmanager
def listening(preview: Preview) -> Iterator[Callable[[], str]]:
    """Give a function that returns the next version announced."""
    connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=DEADLINE)
    connection.request("GET", EVENTS)
    answer = connection.getresponse()
    assert answer.getheader("Content-Type") == "text/event-stream"

    def next_version() -> str:
        while True:
            line = answer.readline()
            assert line, "the stream has ended"
            if line.startswith(b"data: "):
                return line[6:].strip().decode()

    try:
        yield next_version
    finally:
        answer.close()
        connection.close()


# From a saved file to the page


@pytest.mark.parametrize("save", [save_in_place, save_by_renaming])
def test_a_saved_file_is_announced_and_shown_within_a_second(
    preview: Preview, root: Path, save: Callable[[Path, str], None]
) -> None:
    article = root / "issues/2021-01/news/01.md"
    with listening(preview) as next_version:
        first = next_version()
        assert f'data-version="{first}"' in ask(preview)[1]
        save(article, "---\ntitle: 机器人密度升至113台\n---\n\n正文改过了。\n")
        start = time.monotonic()
        second = next_version()
        assert time.monotonic() - start < PROMISE
        page = ask(preview)[1]
        assert f'data-version="{second}"' in page
        assert "机器人密度升至113台" in words(page)


def test_settings_templates_and_new_files_are_watched_too(preview: Preview, root: Path) -> None:
    settings = root / "bulletin.yaml"
    save_in_place(settings, settings.read_text(encoding="utf-8").replace("许昌竞争情报快递", "许昌快报"))
    shows(preview, "许昌快报")
    imprint = root / "templates/shared/imprint.html"
    save_in_place(imprint, imprint.read_text(encoding="utf-8") + "<p>模板改过了</p>\n")
    shows(preview, "模板改过了")
    save_in_place(root / "issues/2021-01/news/02.md", "---\ntitle: 第二篇\n---\n\n正文\n")
    shows(preview, "第二篇")


def test_a_mistake_is_shown_word_for_word_until_it_is_mended(preview: Preview, root: Path) -> None:
    article = root / "issues/2021-01/news/01.md"
    right = "---\ntitle: 密度升至113台\nindustries: [robot]\n---\n\n正文\n"
    save_in_place(article, right.replace("robot", "robto"))
    shows(preview, "没有“robto”这个产业")
    assert words(ask(preview)[1]) == (
        "1 处需要改正 有 1 处需要改正，才能看到这一期 改好并保存文件后，这一页会自动换成新的一期。 "
        "issues/2021-01/news/01.md:3 没有“robto”这个产业 最接近的是 robot（工业机器人产业）"
    )
    save_in_place(article, right)
    shows(preview, "密度升至113台")
    assert "需要改正" not in ask(preview)[1]


@pytest.mark.parametrize("file", ["bulletin.yaml", "sources/industries.yaml", "issues/2021-01/issue.yaml"])
def test_a_file_that_is_gone_or_cut_short_is_a_page_and_nothing_worse(
    preview: Preview, root: Path, file: str
) -> None:
    whole = (root / file).read_bytes()
    (root / file).write_bytes(b"a: [")
    shows(preview, file)
    (root / file).unlink()
    until(lambda: "缺少这个文件" in ask(preview)[1] or "读不到这个文件" in ask(preview)[1])
    (root / file).write_bytes(whole)
    shows(preview, "本期要目")


def test_an_issue_that_is_moved_away_and_back_is_shown_again(preview: Preview, root: Path) -> None:
    folder = root / "issues/2021-01"
    folder.rename(root / "elsewhere")
    shows(preview, "issues/2021-01: 没有这一期")
    (root / "elsewhere").rename(folder)
    shows(preview, "本期要目")


def test_a_stray_folder_is_a_mistake_the_moment_it_is_made(preview: Preview, root: Path) -> None:
    (root / "issues/2021-01/newz").mkdir()
    shows(preview, "不属于任何栏目，不会被印出来")
    (root / "issues/2021-01/newz").rmdir()
    shows(preview, "本期要目")


def test_drafts_stay_out_as_in_the_build(preview: Preview, root: Path) -> None:
    save_in_place(root / "issues/2021-01/news/02.md", "---\ntitle: 还没写好\ndraft: true\n---\n\n正文\n")
    save_in_place(root / "issues/2021-01/news/03.md", "---\ntitle: 写好了\n---\n\n正文\n")
    shows(preview, "写好了")
    assert "还没写好" not in ask(preview)[1]


def test_remarks_stand_above_a_good_page_and_nothing_of_the_preview_gets_into_build(
    preview: Preview, root: Path
) -> None:
    plain = ask(preview)[1]
    assert "preview-remarks" not in re.sub(r"(?s)<(style|script)\b.*?</\1>", "", plain)
    with listening(preview) as next_version:
        next_version()
        (root / "issues/2021-01/news/旧稿.docx").touch()
        next_version()
    assert "1 处提醒" in words(ask(preview)[1])
    assert "issues/2021-01/news/旧稿.docx 不是文稿（.md），不会被印出来" in words(ask(preview)[1])
    assert {path.name for path in (root / "build").glob("*")} <= {".cache"}


def test_a_broken_template_of_the_preview_itself_is_told_in_plain_text(preview: Preview, root: Path) -> None:
    template = root / "templates/shared/preview.html"
    right = template.read_text(encoding="utf-8")
    save_in_place(template, "{% if %}")
    until(lambda: ask_closely(preview)[0].getheader("Refresh") == "1")
    answer, body = ask_closely(preview)
    assert (answer.status, answer.getheader("Content-Type")) == (200, "text/plain; charset=utf-8")
    assert body.decode() == (
        "templates/shared/preview.html:1: 模板有误（Expected an expression, got 'end of statement block'）；"
        "请改正，或删去这个文件以改用程序自带的模板"
    )
    save_in_place(template, right)
    shows(preview, "本期要目")


# Whatever making may raise


def test_what_nobody_expected_is_a_page_too_and_the_next_save_mends_it(tmp_path: Path) -> None:
    maker = Maker()
    with serve(maker, tmp_path) as preview:
        maker.word = ZeroDivisionError("division by zero")
        save_in_place(tmp_path / "x.md", "一")
        shows(preview, "程序没有料到的错误（ZeroDivisionError: division by zero）")
        assert "Traceback" not in ask(preview)[1]
        maker.word = "改好了"
        save_in_place(tmp_path / "x.md", "二二")
        shows(preview, "改好了")


def test_a_file_that_goes_while_it_is_read_is_tried_again(tmp_path: Path) -> None:
    failures = [FileNotFoundError(2, "No such file or directory", "x.md")]

    def make() -> Made:
        if failures:
            raise failures.pop()
        return Made(files={"index.html": "读到了".encode()})

    with Preview(make, [tmp_path], render, [0]) as preview:
        assert "读到了" in ask(preview)[1]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    maker = Maker()
    maker.word = PermissionError(13, "Permission denied", "issues/x.md")
    with serve(maker, tmp_path) as preview:
        expected = "issues/x.md: 读不到这个文件（没有权限）；请检查它是否还在、能不能打开"
        assert expected in words(ask(preview)[1])


def test_errors_stand_apart_from_warnings(tmp_path: Path) -> None:
    error = Problem(place=Place(file="a.md", line=3), rule="x", message="错了", suggestion="改为 <b>")
    warning = Problem(place=Place(file="b.md", line=5), rule="y", message="可疑", severity=Severity.WARNING)
    maker = Maker()
    maker.word = ProblemsError([warning, error])
    with serve(maker, tmp_path) as preview:
        assert words(ask(preview)[1]) == (
            "1 处需要改正 有 1 处需要改正，才能看到这一期 改好并保存文件后，这一页会自动换成新的一期。 "
            "需要改正 a.md:3 错了 改为 <b> 另有 1 处提醒，可以以后再看 b.md:5 可疑"
        )


def test_the_same_mistake_again_is_not_announced_again(tmp_path: Path) -> None:
    maker = Maker()
    maker.word = BulletinError("哪里错了")
    with serve(maker, tmp_path) as preview:
        version, made = preview.view.version, maker.made
        save_in_place(tmp_path / "x.md", "一")
        until(lambda: maker.made > made)
        assert preview.next_version(None) == version


def test_a_page_open_over_a_restart_finds_out_whether_it_is_still_true(tmp_path: Path) -> None:
    maker = Maker()
    with serve(maker, tmp_path) as preview:
        port, version = preview.port, preview.view.version
    with serve(maker, tmp_path, port) as again, listening(again) as next_version:
        assert next_version() == version
    maker.word = "隔夜改的"
    with serve(maker, tmp_path, port) as changed, listening(changed) as next_version:
        assert next_version() != version


# Who may ask, and for what


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:9000", 200),
        ("LOCALHOST", 200),
        ("[::1]:8000", 200),
        ("evil.example", 403),
        ("evil.example:8000", 403),
        ("127.0.0.1.evil.example", 403),
        ("127.0.0.1@evil.example", 403),
        ("localhost:8000 evil.example", 403),
        ("192.168.1.5:8000", 403),
        ("", 403),
    ],
)
@pytest.mark.parametrize("path", ["/", EVENTS])
def test_only_a_name_of_this_machine_is_answered(
    unchanging: Preview, host: str, status: int, path: str
) -> None:
    method = "GET" if path == "/" else "HEAD"
    assert ask(unchanging, path, method, Host=host)[0] == status


def raw(preview: Preview, request: str) -> str:
    with socket.create_connection(("127.0.0.1", preview.port), timeout=DEADLINE) as connection:
        connection.sendall(request.encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


@pytest.mark.parametrize(
    ("request_text", "first_line"),
    [
        ("GET / HTTP/1.1\r\n\r\n", "403"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", "403"),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "403"),
        ("NONSENSE\r\n\r\n", "看不懂这个请求"),
        ("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", "看不懂这个请求"),
        (f"GET /{'a' * 70000} HTTP/1.1\r\nHost: localhost\r\n\r\n", "414"),
    ],
)
def test_odd_requests_are_answered_without_a_word_of_markup(
    unchanging: Preview, capfd: pytest.CaptureFixture[str], request_text: str, first_line: str
) -> None:
    answer = raw(unchanging, request_text)
    assert first_line in answer.partition("\n")[0]
    assert "<" not in answer
    assert ask(unchanging)[0] == 200
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "path",
    [
        "/../bulletin.yaml",
        "/..%2f..%2fetc/passwd",
        "/assets/../../bulletin.yaml",
        "/assets/",
        "/assets",
        "//etc/passwd",
        "/%00",
        "/index.html/",
        "/assets/%ff.svg",
    ],
)
def test_nothing_is_found_but_what_was_made(unchanging: Preview, path: str) -> None:
    assert ask(unchanging, path) == (404, "这一期里没有这个文件\n")


def test_pictures_are_found_under_their_chinese_names(unchanging: Preview) -> None:
    answer, body = ask_closely(unchanging, "/assets/%E5%9B%BE%201.svg?again")
    assert (answer.status, body) == (200, b"<svg/>")
    assert answer.getheader("Content-Type") == "image/svg+xml"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_nothing_can_be_sent(unchanging: Preview, method: str) -> None:
    assert ask(unchanging, "/", method) == (405, "这里只能看，不能改\n")


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/nowhere", 404), (EVENTS, 200)])
def test_a_head_has_no_body_and_nothing_is_kept(unchanging: Preview, path: str, status: int) -> None:
    answer, body = ask_closely(unchanging, path, "HEAD")
    assert (answer.status, body) == (status, b"")
    assert answer.getheader("Cache-Control") == "no-store"


def test_a_reader_who_goes_away_leaves_no_trace_on_the_screen(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    maker = Maker()
    with serve(maker, tmp_path) as preview:
        with listening(preview) as next_version:
            next_version()
        maker.word = "新稿"
        save_in_place(tmp_path / "x.md", "一")
        shows(preview, "新稿")
        maker.word = "又一稿"
        save_in_place(tmp_path / "x.md", "二二")
        shows(preview, "又一稿")
    assert capfd.readouterr() == ("", "")


# Ports


def test_a_port_that_is_taken_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with serve(Maker(), tmp_path) as preview:
        with pytest.raises(PortError) as caught:
            Preview(Maker(), [tmp_path], render, [preview.port])
        assert str(caught.value) == (
            f"端口 {preview.port} 已被别的程序占用（也许另一个预览还开着）；请先结束它，或用 --port 换一个"
        )


def test_of_several_ports_the_first_free_one_is_taken(tmp_path: Path) -> None:
    with (
        serve(Maker(), tmp_path) as first,
        Preview(Maker(), [tmp_path], render, [first.port, 0]) as second,
    ):
        assert second.port != first.port
        assert ask(second)[0] == 200


# Watching


def test_a_snapshot_sees_every_way_to_save_and_no_reading(tmp_path: Path) -> None:
    file = tmp_path / "issues/x.md"
    seen = [snapshot([tmp_path, tmp_path / "nowhere"])]

    def is_new() -> bool:
        seen.append(snapshot([tmp_path, tmp_path / "nowhere"]))
        return seen[-1] != seen[-2]

    file.parent.mkdir()
    assert is_new()
    file.write_text("一")
    assert is_new()
    file.read_text()
    assert not is_new()
    save_by_renaming(file, "二")
    os.utime(file, (1, 1))
    assert is_new()
    save_by_renaming(file, "三")
    os.utime(file, (1, 1))
    assert is_new()
    file.unlink()
    assert is_new()
    (tmp_path / "issues/dangling").symlink_to("nowhere")
    assert not is_new()


# From end to end


def test_the_command_says_where_to_look_and_ends_quietly(root: Path) -> None:
    try:
        load_fonts()
    except FontError as error:
        pytest.skip(str(error))
    command = [sys.executable, "-m", "xcbulletin", "preview", "--port", "0"]
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.readline()
        hint = process.stdout.readline()
        match = re.fullmatch(r"2021-01 的网页版：http://127\.0\.0\.1:(\d+)/\n", said)
        assert match, said
        assert hint == "文件一保存，网页就会更新；看完了按 Ctrl+C 结束\n"
        connection = http.client.HTTPConnection("127.0.0.1", int(match[1]), timeout=DEADLINE)
        connection.request("GET", EVENTS)
        connection.getresponse().readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 0
        assert (process.stdout.read(), process.stderr.read()) == ("", "")
        connection.close()


# In a browser


@contextmanager
def browsing(address: str, profile: Path) -> Iterator[None]:
    assert CHROMIUM is not None
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    browser = subprocess.Popen(
        [*command, f"--user-data-dir={profile}", address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(browser.pid, signal.SIGTERM)
        browser.wait(10)


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_an_open_page_loads_itself_anew_through_mistakes_and_restarts(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "xcbulletin.preview")

    def asked(what: str, times: int) -> None:
        until(lambda: sum(what in message for message in caplog.messages) >= times, deadline=20)

    def is_open(times: int) -> None:
        asked("GET / ", times)
        asked(EVENTS, times)

    maker = Maker()
    profile = tmp_path_factory.mktemp("chromium")
    with serve(maker, tmp_path) as preview, browsing(preview.address, profile):
        port = preview.port
        is_open(1)
        maker.word = BulletinError("哪里错了")
        save_in_place(tmp_path / "x.md", "一")
        is_open(2)
        maker.word = "改好了"
        save_in_place(tmp_path / "x.md", "二二")
        is_open(3)
        preview.__exit__()
        maker.word = "重新开始"
        with serve(maker, tmp_path, port):
            is_open(4)

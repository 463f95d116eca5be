"""The press prints with our fonts and the issue's own pictures; whatever happens in it is a message."""

import importlib
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import write
from PIL import Image

from xcbulletin.errors import PrintError
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting.press import Job, Press, Ticket, _Late

PAGE = "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>题</title><body style='font-family:\"XC Song\"'>{}"


@pytest.fixture(scope="module")
def press(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    with Press(fonts, tmp_path_factory.mktemp("cache")) as running:
        yield running


def printed(press: Press, body: str, **pictures: tuple[str, bytes]) -> bytes:
    return press.result(press.submit(Job(html=PAGE.format(body), pictures=pictures)))


def words_of(pdf: bytes, folder: Path) -> str:
    path = write(folder / "a.pdf", pdf)
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()


def pages_of(press: Press) -> list[int]:
    """Return the processes that print pages."""
    pid = press._process.pid
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def stopped(press: Press, ticket: Ticket) -> bytes:
    """Kill the only page that is being printed, and ask for it."""
    while not pages_of(press):
        time.sleep(0.01)
    (page,) = pages_of(press)
    os.kill(page, signal.SIGKILL)
    return press.result(ticket)


def is_running(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def red_png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "PNG")
    return stream.getvalue()


def test_a_page_is_printed(press: Press, tmp_path: Path) -> None:
    pdf = printed(press, "<p>人工智能 2021")
    assert pdf.startswith(b"%PDF-")
    assert "人工智能 2021" in words_of(pdf, tmp_path)


def test_the_same_page_is_the_same_bytes(press: Press) -> None:
    assert printed(press, "<p>人工智能") == printed(press, "<p>人工智能")


def test_pages_come_in_the_order_in_which_they_went(press: Press, tmp_path: Path) -> None:
    tickets = [press.submit(Job(html=PAGE.format(f"<p>{word}"))) for word in "甲乙"]
    assert "甲" in words_of(press.result(tickets[0]), tmp_path)
    assert "乙" in words_of(press.result(tickets[1]), tmp_path)


def test_pages_may_be_asked_for_in_any_order(press: Press, tmp_path: Path) -> None:
    tickets = [press.submit(Job(html=PAGE.format(f"<p>{word}"))) for word in "甲乙"]
    assert "乙" in words_of(press.result(tickets[1]), tmp_path)
    assert "甲" in words_of(press.result(tickets[0]), tmp_path)


def test_a_page_is_the_same_bytes_in_any_company(press: Press) -> None:
    alone = printed(press, "<p>人工智能")
    tickets = [press.submit(Job(html=PAGE.format(f"<p>{word}"))) for word in ("甲" * 5000, "人工智能", "乙")]
    assert [press.result(ticket) for ticket in tickets][1] == alone


def test_pages_are_printed_side_by_side(press: Press) -> None:
    long, short = (press.submit(Job(html=PAGE.format("<p>甲" * number))) for number in (20_000, 1))
    press.result(short)
    assert len(pages_of(press)) == 1
    with pytest.raises(PrintError):
        stopped(press, long)


def test_a_page_that_nobody_fetched_is_not_taken_for_the_next(press: Press, tmp_path: Path) -> None:
    press.submit(Job(html=PAGE.format("<p>甲")))
    ticket = press.submit(Job(html=PAGE.format("<p>乙")))
    assert "乙" in words_of(press.result(ticket), tmp_path)


def test_a_picture_of_the_issue_is_printed(press: Press, tmp_path: Path) -> None:
    pdf = printed(press, '<img src="picture:0" alt="红">', **{"0": ("image/png", red_png())})
    listed = subprocess.run(
        ["pdfimages", "-list", write(tmp_path / "a.pdf", pdf)], capture_output=True, check=True
    )
    assert len(listed.stdout.splitlines()) == 3  # a head of two lines


ELSEWHERE = [
    "file:///etc/passwd",
    "http://127.0.0.1:9/a.png",
    "https://example.org/a.png",
    "ftp://example.org/a.png",
    "//example.org/a.png",
    "/etc/passwd",
    "picture:1",
    "picture:../../etc/passwd",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_other_address_is_fetched(press: Press, address: str) -> None:
    with pytest.raises(PrintError) as caught:
        printed(press, f'<img src="{address}" alt="图">', **{"0": ("image/png", red_png())})
    assert str(caught.value).startswith("有图片或样式没有取到（Failed to load image at ")


def test_a_real_picture_beside_the_issue_is_not_fetched(press: Press, tmp_path: Path) -> None:
    address = write(tmp_path / "secret.png", red_png()).as_uri()
    with pytest.raises(PrintError, match="没有取到"):
        printed(press, f'<img src="{address}" alt="图">')


def test_no_one_on_the_network_is_asked(press: Press) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        with pytest.raises(PrintError, match="没有取到"):
            printed(press, f'<style>@import url({address});</style><img src="{address}" alt="图">')
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "body",
    [
        '<link rel="stylesheet" href="file:///etc/passwd">',
        "<style>@import url(file:///etc/passwd);</style>",
        "<p style='background:url(file:///etc/passwd)'>甲",
        "<style>@font-face{font-family:x;src:url(file:///etc/passwd)} p{font-family:x}</style><p>甲",
        '<link rel="attachment" href="file:///etc/passwd"><p>甲',
        '<a rel="attachment" href="file:///etc/passwd">甲</a>',
        '<object data="file:///etc/passwd">甲</object>',
        '<embed src="file:///etc/passwd">',
    ],
)
def test_nothing_on_the_page_reads_a_file_of_the_machine(press: Press, tmp_path: Path, body: str) -> None:
    try:
        pdf = printed(press, body)
    except PrintError as error:
        told = str(error)
    else:
        listed = ["pdfdetach", "-list", write(tmp_path / "b.pdf", pdf)]
        attached = subprocess.run(listed, capture_output=True, check=True).stdout
        assert attached.startswith(b"0 ")
        told = words_of(pdf, tmp_path)
    assert "root:" not in told


def test_a_picture_inside_a_picture_reads_no_file_either(press: Press) -> None:
    picture = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        b'<image href="file:///etc/passwd" width="9" height="9"/></svg>'
    )
    with pytest.raises(PrintError, match="没有取到"):
        printed(press, '<img src="picture:0" alt="图">', **{"0": ("image/svg+xml", picture)})


def test_a_broken_picture_is_a_message(press: Press) -> None:
    with pytest.raises(PrintError, match="没有取到"):
        printed(press, '<img src="picture:0" alt="图">', **{"0": ("image/png", b"no picture")})


def test_a_glyph_that_is_missing_is_a_message(press: Press) -> None:
    with pytest.raises(PrintError, match=r"有的字在印刷字体里没有字形"):
        printed(press, "<p>🀄")


def test_after_a_message_the_press_prints_on(press: Press) -> None:
    with pytest.raises(PrintError):
        printed(press, '<img src="file:///etc/passwd" alt="图">')
    assert printed(press, "<p>甲").startswith(b"%PDF-")


def test_a_page_that_breaks_the_layout_is_a_message(press: Press) -> None:
    deep = "<div>" * 3000
    with pytest.raises(PrintError) as caught:
        printed(press, deep)
    assert re.fullmatch(
        r"排版失败：RecursionError: [^\n]*（\w+\.py:\d+）；"
        "改过模板的，请先换回程序自带的再试；没有改过的，请把这句话转告维护的人",
        str(caught.value),
    )


BROKEN = "排版程序被系统中止，多半是内存不够；请关掉别的程序再试，或把太大的图缩小"


def test_a_press_that_dies_is_a_message(fonts: FontSet, tmp_path: Path) -> None:
    with Press(fonts, tmp_path) as press:
        press._process.kill()
        press._process.wait()
        with pytest.raises(PrintError) as caught:
            printed(press, "<p>甲")
    assert str(caught.value) == BROKEN


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            "OSError(\"cannot load library 'libpango-1.0-0'\")",
            "缺少排版用的系统软件包（cannot load library 'libpango-1.0-0'）；"
            "请运行 make demo，或安装 libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0",
        ),
        (
            "TypeError('no such\\nlayout')",
            "排版程序没有开动：TypeError: no such layout（weasyprint.py:1）；"
            "这是程序的错误，请把这句话转告维护的人",
        ),
    ],
)
def test_a_press_that_cannot_start_tells_why_to_every_page_and_nothing_on_the_screen(
    fonts: FontSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    error: str,
    told: str,
) -> None:
    write(tmp_path / "weasyprint.py", f"raise {error}\n")
    monkeypatch.syspath_prepend(tmp_path)
    with Press(fonts, tmp_path / "cache") as press:
        for _page in range(2):
            with pytest.raises(PrintError) as caught:
                printed(press, "<p>甲")
            assert str(caught.value) == told
    assert capfd.readouterr().err == ""


def test_a_press_that_dies_over_a_page_is_a_message(fonts: FontSet, tmp_path: Path) -> None:
    with Press(fonts, tmp_path) as press:
        ticket = press.submit(Job(html=PAGE.format("<p>甲" * 20_000)))
        press._process.kill()
        with pytest.raises(PrintError) as caught:
            press.result(ticket)
    assert str(caught.value) == BROKEN


def test_a_page_that_kills_its_process_kills_no_other(press: Press) -> None:
    with pytest.raises(PrintError) as caught:
        stopped(press, press.submit(Job(html=PAGE.format("<p>甲" * 20_000))))
    assert str(caught.value) == BROKEN
    assert printed(press, "<p>甲").startswith(b"%PDF-")


def test_a_page_without_end_is_given_up_and_no_other(fonts: FontSet, tmp_path: Path) -> None:
    with Press(fonts, tmp_path, deadline=0.5) as press:
        with pytest.raises(PrintError) as caught:
            printed(press, "<p>甲" * 200_000)
        assert printed(press, "<p>甲").startswith(b"%PDF-")
    assert str(caught.value) == (
        "排版过了 0.5 秒还没有结果，已停止；多半是某张图或某个表太复杂，请简化后再试"
    )


def test_a_press_that_is_not_needed_any_more_is_gone_with_its_pages(fonts: FontSet, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Press(fonts, tmp_path) as press:  # noqa: PT012
        press.submit(Job(html=PAGE.format("<p>甲" * 20_000)))
        while not pages_of(press):
            time.sleep(0.01)
        raise KeyboardInterrupt
    assert press._process.returncode == -9
    wait_until_gone(press._process.pid)


USER = """
import sys
from pathlib import Path
from xcbulletin.publishing.typefaces.fonts import load_fonts
from xcbulletin.publishing.typesetting.press import Job, Press
with Press(load_fonts(), Path(sys.argv[1])) as press:
    ticket = press.submit(Job(html="<p>甲" * 20_000))
    print(press._process.pid, flush=True)
    press.result(ticket)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_press_goes_with_its_user_however_that_ends(fonts: FontSet, tmp_path: Path, end: int) -> None:
    environment = {**os.environ, "XCBULLETIN_FONTS": str(fonts.directory)}
    command = [sys.executable, "-c", USER, str(tmp_path)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as user:
        assert user.stdout is not None
        group = int(user.stdout.readline())
        assert is_running(group)
        user.send_signal(end)
    wait_until_gone(group)


def wait_until_gone(group: int) -> None:
    for _ in range(500):
        if not is_running(group):
            return
        time.sleep(0.01)
    pytest.fail("something is still printing")


def test_what_is_hardly_ever_needed_is_imported_when_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "colorsys", _Late("colorsys"))
    colours = importlib.import_module("colorsys")
    assert isinstance(colours, _Late)
    assert colours.rgb_to_hsv(1, 1, 1) == (0, 0, 1)
    assert not isinstance(sys.modules["colorsys"], _Late)

"""Text is drawn, and so copied, in the order in which it is read."""

import logging
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import weasyprint
from conftest import write

from xcbulletin.publishing.typesetting import painting
from xcbulletin.publishing.typesetting.press import Job, Press

CSS = """
html { font: 12pt/20pt "XC Song" } body, p { margin: 0 }
.half { float: left; width: 50% } dt { float: left; clear: left } dd { margin-left: 5em }
"""


@pytest.fixture
def copied(press: Press, tmp_path: Path) -> Callable[[str], str]:
    """Print a text; return what comes out where it is copied, in the order in which it was drawn."""

    def copied(body: str) -> str:
        html = f"<!doctype html><html lang=zh-CN><title>题</title><style>{CSS}</style><body>{body}"
        path = write(tmp_path / "page.pdf", press.result(press.submit(Job(html=html))))
        command = ["pdftotext", "-raw", str(path), "-"]
        return "".join(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())

    return copied


TEXTS = {
    "numbers": ("<ol><li>甲<li>乙</ol><p>丙", "1.甲2.乙丙"),
    "lists in lists": ("<ol><li>甲<ul><li>乙<li>丙</ul><li>丁</ol>", "1.甲◦乙◦丙2.丁"),
    "items of paragraphs": ("<ol><li><p>甲<p>乙<li><p>丙</ol>", "1.甲乙2.丙"),
    "a list in a quotation": ("<blockquote><ul><li>甲</ul></blockquote><p>乙", "•甲乙"),
    "names beside values": ("<dl><dt>甲<dd>1<dt>乙<dd>2</dl>", "甲1乙2"),
    "halves of a line": (
        "<div class=half>甲</div><div class=half>乙</div><p style='clear: left'>丙",
        "甲乙丙",
    ),
    "what cuts off": ("<p>甲<div style='overflow: hidden'>乙</div><p>丙", "甲乙丙"),
    "what is placed": ("<p>甲<div style='position: relative'>乙</div><p>丙", "甲乙丙"),
    "columns": ("<div style='columns: 2'><ol><li>甲<li>乙<li>丙<li>丁</ol></div>", "1.甲2.乙3.丙4.丁"),
}


@pytest.mark.parametrize(("body", "expected"), TEXTS.values(), ids=TEXTS)
def test_what_is_copied_is_what_is_read(copied: Callable[[str], str], body: str, expected: str) -> None:
    assert copied(body) == expected


def test_another_weasyprint_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with caplog.at_level(logging.WARNING):
        assert not painting.install()
    assert caplog.messages == [
        "WeasyPrint 71.0 is not 70.*: numbers of lists are copied apart from their items"
    ]

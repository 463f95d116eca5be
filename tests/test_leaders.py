"""A row of dots is one text, and stands where WeasyPrint puts its dots."""

import io
import pickle
import subprocess
import sys
from pathlib import Path

import pdfplumber
import pytest
import weasyprint

from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting import leaders
from xcbulletin.publishing.typesetting.press import Job, Press

PRINT = """
import pickle, sys
from xcbulletin.publishing.typesetting import leaders, press
if sys.argv[1] == "joined":
    assert leaders.install()
sys.stdout.buffer.write(press.print_page(pickle.load(sys.stdin.buffer)))
"""
PAGE = """<!doctype html><html lang=zh-CN><title>题</title><style>
html { font: 12pt "XC Song" } a { display: block } a::after { content: leader(%s) " " target-counter(attr(href), page) }
</style><body><a href=#a>短</a><a href=#a>长一些的题名</a><p id=a>甲"""
DRIFT = 0.05
"""Points: the advances of glyphs are whole thousandths of an em."""


def dots(fonts: FontSet, folder: Path, leader: str, how: str) -> tuple[list[float], int]:
    """Return where the dots of a page stand, and in how many texts."""
    made = subprocess.run(
        [sys.executable, "-c", PRINT, how],
        input=pickle.dumps(Job(html=PAGE % leader)),
        env=Press(fonts, folder)._environment,
        capture_output=True,
        check=True,
    ).stdout
    with pdfplumber.open(io.BytesIO(made)) as pdf:
        found = [char for char in pdf.pages[0].chars if char["text"] in "·."]
    places = sorted((round(char["top"]), char["x0"]) for char in found)
    return [left for _, left in places], len({char["mcid"] for char in found})


@pytest.mark.parametrize("leader", ['"·"', "dotted", '" · "'])
def test_dots_stand_where_they_stood_in_one_text_a_line(fonts: FontSet, tmp_path: Path, leader: str) -> None:
    apart, texts = dots(fonts, tmp_path, leader, "apart")
    joined, joined_texts = dots(fonts, tmp_path, leader, "joined")
    assert joined == pytest.approx(apart, abs=DRIFT)
    assert (texts, joined_texts) == (len(apart), 2)


def test_another_weasyprint_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    assert not leaders.install()

"""Lines of columns side by side, as they stand in produced PDFs."""

import logging
import shutil
from collections.abc import Callable
from itertools import groupby, pairwise
from pathlib import Path

import pdfplumber
import pytest
import weasyprint
from conftest import ROOT, write
from pagecheck import running_text

from xcbulletin import usage
from xcbulletin.cli import app
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting import grid
from xcbulletin.publishing.typesetting.press import Job, Press

CSS = """
@page { size: 272pt 400pt; margin: 20pt }
html { font: 12pt/20pt "XC Song"; orphans: 2; widows: 2 }
body, p { margin: 0 }
.columns { columns: 2; column-gap: 16pt }
h4 { font: 12pt/20pt "XC Song"; margin: 7pt 0 4pt; break-after: avoid }
h5 { font: 13pt/20pt "XC Song"; margin: 5pt 0 0 }
ul, blockquote { margin: 6pt 0 }
pre { font: 9pt/15pt "XC Song"; margin: 5pt 0; padding: 4pt; border: 1pt solid }
"""
PITCH = 20
LINE = "一二三四五六七八九"
"""Of a column."""
Baselines = dict[tuple[int, str], list[float]]
"""From the top, by page and column."""


@pytest.fixture
def print_columns(press: Press, tmp_path: Path) -> Callable[..., Baselines]:
    """Print a text in two columns; return the baselines of what has the size of its text."""

    def print_columns(body: str, css: str = "") -> Baselines:
        html = f"<!doctype html><html lang=zh-CN><title>题</title><style>{CSS}{css}</style><body>"
        job = Job(html=f"{html}<div class=columns>{body}</div>")
        return baselines(write(tmp_path / "page.pdf", press.result(press.submit(job))), 12, 136)

    return print_columns


def baselines(path: Path, size: float, middle: float) -> Baselines:
    found: Baselines = {}
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            for char in page.chars:
                if abs(char["size"] - size) < 0.01 and char["tag"] != "Artifact" and char["text"].strip():
                    column = page.page_number, "left" if char["x0"] < middle else "right"
                    found.setdefault(column, []).append(float(page.height - char["matrix"][5]))
    return {
        column: [min(group) for _, group in groupby(sorted(places), lambda place: round(place))]
        for column, places in found.items()
    }


def paragraph(lines: int) -> str:
    return f"<p>{LINE * lines}"


BETWEEN = {
    "a heading": "<h4>题</h4>",
    "two headings": "<h4>题</h4><h5>题</h5>",
    "a list": "<ul><li>甲<li>乙<ul><li>丙</ul><li>丁</ul>",
    "a quotation": f"<blockquote><p>{LINE}<p>乙</blockquote>",
    "code": "<pre>一\n二</pre>",
    "a rule": "<hr>",
    "code in a list": "<ul><li>甲<pre>一</pre><p>乙</p><li>丙</ul>",
    "a small line": "<p style='font-size: 9pt; line-height: 13pt'>小",
}


@pytest.mark.parametrize("between", BETWEEN.values(), ids=BETWEEN)
@pytest.mark.parametrize("lines", [2, 5, 20, 33])
def test_lines_of_two_columns_stand_side_by_side(
    print_columns: Callable[..., Baselines], between: str, lines: int
) -> None:
    found = print_columns(f"{paragraph(lines)}{between}{paragraph(9)}{between}{paragraph(lines)}")
    assert off_lines(found, PITCH) == []


@pytest.mark.parametrize("opening", ["<h4>题</h4>", "<ul><li>甲</ul>", "<blockquote><p>甲</blockquote>"])
def test_columns_begin_with_their_first_line(print_columns: Callable[..., Baselines], opening: str) -> None:
    found = print_columns(f"{opening}{paragraph(6)}")
    plain = print_columns(paragraph(7))
    assert {places[0] for places in found.values()} == {plain[1, "left"][0]}


def test_what_goes_on_in_the_next_column_begins_with_its_first_line(
    print_columns: Callable[..., Baselines],
) -> None:
    found = print_columns(f"<ul><li>{LINE * 20}</ul>")
    assert found[1, "left"][0] == found[1, "right"][0]


def test_what_is_no_text_stands_in_the_middle_of_its_space(print_columns: Callable[..., Baselines]) -> None:
    small = "<div style='line-height: 12pt; margin: 5pt 0'>小</div>"
    places = print_columns(f"{paragraph(2)}{small}{paragraph(11)}")[1, "left"]
    assert [below - above for above, below in pairwise(places[:5])] == pytest.approx([20, 30, 30, 20])


def test_columns_that_fill_the_page_to_its_last_line_are_made_even(
    print_columns: Callable[..., Baselines],
) -> None:
    """Added up, these lengths miss the height of the page by a rounding error."""
    css = """@page { size: 272pt 729.285pt; margin: 29.41pt 20pt 20pt }
        html, h4 { line-height: 18.375pt } h4 { margin: 18.375pt 0 0 }"""
    text = f"{paragraph(3) * 5}{paragraph(5) * 2}<h4>题</h4>{paragraph(5) * 5}"
    found = print_columns(text, css)
    assert {column: len(places) for column, places in found.items()} == {(1, "left"): 25, (1, "right"): 26}


def off_lines(found: Baselines, pitch: float) -> list[tuple[tuple[int, str], float]]:
    """Return the lines of each page that are not a whole number of lines below the first one of its left column."""
    return [
        (column, place)
        for column, places in found.items()
        for place in places
        if abs((place - found[column[0], "left"][0] + pitch / 2) % pitch - pitch / 2) > 0.1
    ]


@pytest.mark.parametrize("issue", ["2021-01", "2021-02", "2021-03"])
def test_columns_of_an_issue_have_common_lines(two_columns: Path, issue: str) -> None:
    lines = running_text(two_columns / issue / "bulletin.pdf")
    middle = min(line.x0 for line in lines) / 2 + max(line.x1 for line in lines) / 2
    left = [(line.page, line.baseline) for line in lines if line.x1 < middle]
    right = [(line.page, line.baseline) for line in lines if line.x0 > middle]
    pitch = 1.75 * lines[0].em
    distances = [abs(one - other) for page, one in right for number, other in left if number == page]
    beside = [distance for distance in distances if distance < 0.8 * pitch]
    assert len(beside) > 50
    assert max(beside) < 0.1


@pytest.fixture(scope="module")
def two_columns(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001  skipped without
    """The sample issues, printed in two columns."""
    root = tmp_path_factory.mktemp("两栏")
    for name in ("sources", "issues"):
        shutil.copytree(ROOT / name, root / name)
    settings = (ROOT / "bulletin.yaml").read_text(encoding="utf-8")
    write(root / "bulletin.yaml", settings.replace("columns: 1 ", "columns: 2 "))
    issues = ("2021-01", "2021-02", "2021-03")
    assert usage.run(app, ("--workspace", str(root), "build", *issues, "--format", "pdf")) == 0
    return root / "build"


def test_another_weasyprint_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with caplog.at_level(logging.WARNING):
        assert not grid.install()
    assert caplog.messages == ["WeasyPrint 71.0 is not 70.*: columns have lines of their own"]

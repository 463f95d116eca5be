"""Lines as they stand in produced PDFs: the checks of CLREQ on whole issues, and each rule on a small page."""

import logging
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pagecheck
import pytest
import weasyprint
from pagecheck import Column

from xcbulletin import usage
from xcbulletin.cli import app
from xcbulletin.publishing.typesetting import lines
from xcbulletin.publishing.typesetting.press import Job, Press

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
MM = 72 / 25.4
PAGE = Column(left=24 * MM, right=186 * MM, top=26 * MM - 5, bottom=272 * MM + 5)
REPORT = Column(left=28 * MM, right=184 * MM, top=32 * MM - 5, bottom=269 * MM + 5)
CSS = """
@page { size: A4; margin: 26mm 24mm 25mm }
html { font: 11.5pt/1.7 "XC Song"; font-feature-settings: "chws" 1 }
body { margin: 0 }
p { margin: 0; text-indent: 2em; text-align: justify }
li, td { text-align: justify }
"""


@pytest.fixture(scope="session")
def press(fonts, tmp_path_factory) -> Iterator[Press]:
    with Press(fonts, tmp_path_factory.mktemp("press")) as running:
        yield running


@pytest.fixture
def read(press, tmp_path):
    """Print a body and read the lines of its text."""

    def read(body, css="", columns=(PAGE,)):
        path = tmp_path / "page.pdf"
        html = f'<!doctype html><html lang="zh-CN"><title>t</title><style>{CSS}{css}</style><body>{body}'
        path.write_bytes(press.result(press.submit(Job(html=html))))
        return pagecheck.read_page_lines(path, columns, size=11.5, fonts="Song")

    return read


@pytest.fixture(scope="session")
def printed(press, tmp_path_factory) -> Path:  # noqa: ARG001  skipped where there are no fonts
    """A workspace with the sample issues and, where they are at hand, the two real texts, all printed."""
    root = tmp_path_factory.mktemp("快递")
    for name in ("bulletin.yaml", "sources", "issues"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    for file, issue, kind in REAL_TEXTS:
        if (CORPUS / file).exists():
            words = ("import", str(CORPUS / file), issue, "--kind", kind)
            assert usage.run(app, ("--workspace", str(root), *words)) == 0
    assert usage.run(app, ("--workspace", str(root), "build", "--all", "--format", "pdf")) == 0
    return root / "build"


REAL_TEXTS = (
    ("001_ce03aee5babbea04.txt", "real-bulletin", "bulletin"),
    ("000_f1bac5af8bc0680e.txt", "real-report", "report"),
)
ISSUES = (
    ("2021-01", PAGE),
    ("2021-02", PAGE),
    ("2021-03", PAGE),
    ("ai-governance-2021", REPORT),
    ("real-bulletin", PAGE),
    ("real-report", REPORT),
)
NOT_OF_LINES = {"8 indent", "10 page edges", "11 headings"}
"""Checks that take the lines of lists, tables and covers for paragraphs."""


@pytest.mark.parametrize(("issue", "column"), ISSUES)
def test_lines_are_as_clreq_asks(printed, issue, column):
    found = pagecheck.read_page_lines(pdf_of(printed, issue), [column], size=11.5, fonts="Song")
    last = found[-1].page - (2 if column is REPORT else 0)  # names and addresses are not justified
    faults = pagecheck.check_all([line for line in found if line.page <= last])
    assert {name: some for name, some in faults.items() if some and name not in NOT_OF_LINES} == {}


def test_paragraphs_are_as_clreq_asks(printed):
    found = pagecheck.read_page_lines(pdf_of(printed, "real-bulletin"), [PAGE], size=11.5, fonts="Song")
    assert {name: some for name, some in pagecheck.check_all(found).items() if some} == {}


@pytest.mark.parametrize("issue", [issue for issue, _column in ISSUES])
def test_pages_have_our_fonts_and_real_characters(printed, issue):
    path = pdf_of(printed, issue)
    assert pagecheck.check_fonts(path, families="XC-(Song|Hei|Kai)") == []
    assert pagecheck.check_tofu(path) == []


def pdf_of(printed: Path, issue: str) -> Path:
    path = printed / issue / "bulletin.pdf"
    if not path.exists():
        pytest.skip("the corpus is not here")
    return path


SENTENCE = (
    "人工智能在语音识别、文本识别、视频识别等感知领域取得了新突破，而它的应用也陆续出现在越来越多的场景中；"
)


def test_inline_markup_does_not_matter(read):
    body = (
        "<p>截至<strong>2020年12月</strong>，全球已有<strong>39</strong>个国家制定了<em>战略政策</em>、规划文件，"
        "<a href='https://example.org'>OpenAI</a>发布了<a href='https://example.org'>GPT-3</a>模型。<strong>重视人工智能的影响。</strong>（2020年6月，"
        "国会提出“三个两党”法案。）其中，在<strong>《军队人工智能法案》</strong>、《国家安全》<strong>（重要）</strong>中，"
        "进一步提高其重要性<span style='float:footnote'>来源：2020年第3期。</span>。<em>“自主意识”</em>，"
        f"{SENTENCE}{SENTENCE}最后<strong>一</strong><em>校</em>。</p>"
    )
    css = "strong,em{font-family:inherit} ::footnote-call{font-size:7pt;vertical-align:super;line-height:0}"
    found = pagecheck.check_all(read(body, css))
    assert {name: violations for name, violations in found.items() if violations} == {}


def test_columns_and_lists_are_justified(read):
    gap = 8 * MM
    width = (PAGE.right - PAGE.left - gap) / 2
    columns = [
        Column(left=left, right=left + width, top=PAGE.top) for left in (PAGE.left, PAGE.left + width + gap)
    ]
    body = f"<div style='columns:2;column-gap:8mm'>{f'<p>{SENTENCE}2020年达5亿元，{SENTENCE}</p>' * 4}</div>"
    found = read(body, columns=columns)
    assert (
        pagecheck.check_flush(found) == pagecheck.check_halved(found) == pagecheck.check_indent(found) == []
    )
    assert pagecheck.check_gaps(found, usual=0.1) == []
    body = f"<ul><li>{SENTENCE}{SENTENCE}</li><li><p>{SENTENCE}{SENTENCE}</p></li></ul>"
    column = Column(left=PAGE.left + 30, right=PAGE.right, top=PAGE.top)
    found = read(body, "p{text-indent:0}", columns=[column])
    assert len(found) > 4
    assert all(pagecheck.raggedness(line) < 0.02 for line in found if len(line.text) > 35)


def test_a_table_cell_is_justified_and_keeps_its_blanks(read):
    body = (
        f"<table><tr><td style='font-size:11.5pt;width:20em'>中国 美国{SENTENCE}</td><td></td></tr></table>"
    )
    found = read(body)
    assert found[0].text.startswith("中国 美国")
    assert max(line.x1 for line in found[:-1]) - min(line.x1 for line in found[:-1]) < 0.6 * 11.5


def test_a_heading_is_left_alone(read):
    body = f"<h2 style='font:11.5pt/1.7 XC Song'>{SENTENCE}</h2>"
    assert max(gap for gap, _ in pagecheck.gaps(read(body))) < 0.001


def test_a_line_that_fits_exactly_also_has_its_last_mark_halved(read):
    body = "<p style='text-indent:0;width:20em'>" + "一二三四五六七八九十一二三四五六七八九，" * 3 + "</p>"
    found = read(body, columns=[Column(left=PAGE.left, right=PAGE.left + 230)])
    assert [line.text[-1] for line in found[:2]] == ["，", "，"]
    assert found[0].x1 - found[0].column.right == pytest.approx(0.5 * 11.5, abs=0.1)


def test_a_halved_mark_lets_one_more_character_onto_the_line(read):
    body = (
        "<p style='text-indent:0;width:19.6em'>"
        + "一二三四五六七八九十一二三四五六七八九，" * 3
        + "一二三</p>"
    )
    found = read(body, columns=[Column(left=PAGE.left, right=PAGE.left + 225.4)])
    assert [line.text[-1] for line in found] == ["，", "，", "，", "三"]
    assert pagecheck.check_flush(found) == pagecheck.check_halved(found) == []


def test_a_number_parts_from_its_unit_rather_than_leave_a_hole(read):
    body = "<p style='text-indent:0;width:12em'>一二三四五六七八九1000万元一二三四五六七八九十</p>"
    found = read(body)
    assert [line.text for line in found][:2] == ["一二三四五六七八九 1000", "万元一二三四五六七八九十"]


def test_a_line_is_not_opened_too_far(read):
    body = "<p style='text-indent:0;width:10em'>标准化工作与Internationalization</p>"
    found = read(body)
    assert max(gap for gap, _ in pagecheck.gaps(found)) < 0.001


def test_the_last_line_is_spread_when_asked(read):
    body = "<p style='text-indent:0;width:10em;text-align-last:justify'>编者的话</p>"
    (line,) = read(body)
    assert line.x1 - PAGE.left == pytest.approx(115, abs=0.1)


def test_latin_quotes_are_narrow(read):
    (line,) = read("<p>We don’t know “it”.</p>")
    assert line.text.endswith("We don’t know “it”.")
    assert all(glyph.x1 - glyph.x0 < 0.6 * glyph.size for glyph in line.glyphs if glyph.text in "“”’")


def test_a_spaced_title_keeps_its_spacing_even(read):
    (line,) = read("<p style='text-indent:0;letter-spacing:1em'>本期要目</p>")
    starts = [glyph.x0 for glyph in line.glyphs]
    assert {round(after - before) for before, after in pairwise(starts)} == {23}


def test_another_weasyprint_is_left_alone(monkeypatch, caplog):
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    monkeypatch.setattr(lines.inline, "justify_line", "untouched")
    with caplog.at_level(logging.WARNING):
        assert not lines.install()
    assert lines.inline.justify_line == "untouched"
    assert "71.0" in caplog.text

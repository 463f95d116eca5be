"""What belongs to a table on a turned page stands there with it."""

import io
import logging
import re
from collections.abc import Callable, Iterator

import pdfplumber
import pytest
import weasyprint

from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting import turning
from xcbulletin.publishing.typesetting.press import Job, Press

CSS = """
@page { size: A4; margin: 20mm; @bottom-center { content: counter(page) } } @page turned { size: A4 landscape }
@page :nth(1 of main) { counter-reset: page 1 } main { page: main; break-before: page }
html { font: 12pt/20pt "XC Song" } body, p, h2, h3, h4 { margin: 0; font-size: 12pt }
h2, h3, h4, .meta { break-after: avoid } .source { break-before: avoid } .turned { page: turned } body { page: text }
"""
TABLE = '<div class="turned"><table><tr><td>表1</td></tr></table></div>'
Print = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def press(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    with Press(fonts, tmp_path_factory.mktemp("press")) as running:
        yield running


@pytest.fixture
def pages(press: Press) -> Print:
    """Print a text, and return what stands on each page, its number last, after T where it is turned."""

    def pages(body: str) -> list[str]:
        html = f'<!doctype html><html lang="zh-CN"><title>t</title><style>{CSS}</style><body>{body}'
        with pdfplumber.open(io.BytesIO(press.result(press.submit(Job(html=html))))) as pdf:
            return [
                ("T " if page.width > page.height else "") + re.sub(r"\s", "", page.extract_text())
                for page in pdf.pages
            ]

    return pages


def test_all_headings_above_a_turned_table_are_on_its_page(pages: Print) -> None:
    assert pages(f"<p>正文<h2>一</h2><h3>二</h3>{TABLE}<p>后文") == ["正文1", "T 一二表12", "后文3"]


def test_titles_go_along_from_outside_the_text(pages: Print) -> None:
    article = f"<article><p class=meta>产业<h3><span>题</span></h3><div><h4>一</h4>{TABLE}</div></article>"
    body = f"<p>正文<section><h2>栏</h2>{article}</section><p>后文"
    assert pages(body) == ["正文1", "T 栏产业题一表12", "后文3"]


def test_a_heading_with_a_text_below_it_stays(pages: Print) -> None:
    assert pages(f"<h2>一</h2><p>正文{TABLE}<h2>二</h2><p>后文") == ["一正文1", "T 表12", "二后文3"]


def test_the_source_of_what_ends_with_a_turned_table_stands_below_it(pages: Print) -> None:
    body = f"<article><h2>一</h2><div>{TABLE}</div><p class=source>来源</article><article><h2>二</h2><p>后文"
    assert pages(body) == ["T 一表1来源1", "二后文2"]


def test_what_goes_along_leaves_its_like_where_it_is(pages: Print) -> None:
    """Elements of one look share a style, and with it the name of their page."""
    section = "<section><h2><span>{}</span></h2>{}</section>"
    body = section.format("一", "<p>正文") + section.format("二", TABLE) + section.format("三", "<p>后文")
    assert pages(body) == ["一正文1", "T 二表12", "三后文3"]


def test_the_first_page_of_a_body_is_page_1_though_it_is_turned(pages: Print) -> None:
    body = f"<p>前言<main><section><h2>一</h2>{TABLE}<p>正文</section><section><h2>二</h2>{TABLE}</section></main>"
    assert pages(body) == ["前言1", "T 一表11", "正文2", "T 二表13"]


def test_another_weasyprint_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with caplog.at_level(logging.WARNING):
        assert not turning.install()
    assert caplog.messages == ["WeasyPrint 71.0 is not 70.*: headings may be parted from turned tables"]

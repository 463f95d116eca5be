"""Pages are filled before figures that do not fit, and what belongs together stays so."""

import io
import logging
from collections.abc import Callable, Iterator

import pdfplumber
import pytest
import weasyprint

from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting import floats
from xcbulletin.publishing.typesetting.press import Job, Press

CSS = """
@page { size: A4; margin: 20mm } @page wide { size: A4 landscape }
html { font: 12pt/20pt "XC Song" } body, p, h2 { margin: 0; font-size: 12pt } h2 { break-after: avoid }
figure { margin: 0; break-inside: avoid } figure div { height: 150mm } .turned { page: wide } body { page: text }
.source { break-before: avoid } ::footnote-marker { content: "" }
"""
Print = Callable[..., list[list[str]]]


@pytest.fixture(scope="module")
def press(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    with Press(fonts, tmp_path_factory.mktemp("press")) as running:
        yield running


@pytest.fixture
def order(press: Press) -> Print:
    """Print blocks, and return what begins on each page, in order: “甲1”, “图1”."""

    def order(*blocks: str, css: str = "") -> list[list[str]]:
        html = f'<!doctype html><html lang="zh-CN"><title>t</title><style>{CSS}{css}</style><body>{"".join(blocks)}'
        pdf = press.result(press.submit(Job(html=html)))
        with pdfplumber.open(io.BytesIO(pdf)) as opened:
            texts = [page.extract_text().replace(" ", "").splitlines() for page in opened.pages]
        return [[line[:2] for line in page if line[1:2].isdigit()] for page in texts]

    return order


def text(name: str, lines: int = 8, end: str = "。") -> str:
    return f"<p>{name}{'的' * (40 * lines - 10)}{end}</p>"


def figure(name: str) -> str:
    return f"<figure><div></div><figcaption>{name}</figcaption></figure>"


def turned(name: str) -> str:
    return f'<div class="turned"><table><tr><td>{name}</td></tr></table></div>'


def test_text_moves_up_before_a_figure_that_does_not_fit(order: Print) -> None:
    blocks = (text("甲1", 20), figure("图1"), text("甲2"), text("甲3"), text("甲4"))
    assert order(*blocks) == [["甲1", "甲2", "甲3"], ["图1", "甲4"]]


def test_a_paragraph_may_run_on_after_the_figure_was_left_for_later(order: Print) -> None:
    blocks = (text("甲1", 20), figure("图1"), text("甲2", 20), text("甲3", 4))
    assert order(*blocks) == [["甲1", "甲2"], ["图1", "甲3"]]


def test_nothing_moves_where_the_figure_fits(order: Print) -> None:
    assert order(text("甲1"), figure("图1"), text("甲2", 4)) == [["甲1", "图1", "甲2"]]


def test_figures_keep_their_order(order: Print) -> None:
    blocks = (text("甲1", 20), figure("图1"), figure("图2"), text("甲2"), text("甲3"))
    assert order(*blocks) == [["甲1", "甲2"], ["图1"], ["图2", "甲3"]]


def test_a_paragraph_passes_no_more_than_two_figures(order: Print) -> None:
    blocks = (text("甲1", 20), figure("图1"), figure("图2"), figure("图3"), text("甲2"), text("甲3"))
    assert order(*blocks) == [["甲1"], ["图1", "甲2"], ["图2"], ["图3", "甲3"]]


def test_the_last_paragraph_ends_the_text(order: Print) -> None:
    assert order(text("甲1", 20), figure("图1"), text("甲2")) == [["甲1"], ["图1", "甲2"]]


@pytest.mark.parametrize(
    "barrier",
    [
        "<h2>甲2</h2>",
        "<p>注：甲2</p>",
        "<p>由上图可见</p>",
        "<p>见下表</p>",
        "<p>如下所示</p>",
        "<p>甲2有三点：</p>",
        '<p class="source">来源</p>',
        "<ul><li>甲2</li></ul>",
    ],
)
def test_what_belongs_to_a_figure_does_not_pass_it(order: Print, barrier: str) -> None:
    first, *_ = order(text("甲1", 20), figure("图1"), barrier, text("甲3"))
    assert first == ["甲1"]


def test_a_figure_that_was_announced_is_not_passed(order: Print) -> None:
    first, *_ = order(text("甲1", 20, end="如下："), figure("图1"), text("甲2"))
    assert first == ["甲1"]


def test_a_heading_takes_text_where_its_figure_does_not_fit(order: Print) -> None:
    blocks = (text("甲1", 20), "<h2>甲2</h2>", figure("图1"), text("甲3"), text("甲4"))
    assert order(*blocks) == [["甲1", "甲2", "甲3"], ["图1", "甲4"]]


def test_a_page_is_filled_before_a_turned_one(order: Print) -> None:
    blocks = (text("甲1", 20), turned("表1"), turned("表2"), text("甲2"), text("甲3", 20), text("甲4"))
    assert order(*blocks) == [["甲1", "甲2"], ["表1", "表2"], ["甲3", "甲4"]]


def test_notes_stay_with_their_calls(order: Print) -> None:
    note = '<span style="float: footnote">注{}</span>'
    blocks = (text("甲1", 20), figure("图1"), *(text(f"甲{n}", 7, note.format(n)) for n in range(2, 5)))
    pages = order(*blocks)
    assert pages == [["甲1", "甲2", "甲3", "注2"], ["图1", "甲4", "注3", "注4"]]


def test_columns_are_left_alone(order: Print) -> None:
    blocks = ("<div style='columns: 2'>", text("甲1", 60), figure("图1"), text("甲2"), "</div>")
    assert [name for page in order(*blocks) for name in page].index("图1") < 3


def test_another_weasyprint_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with caplog.at_level(logging.WARNING):
        assert not floats.install()
    assert caplog.messages == ["WeasyPrint 71.0 is not 70.*: pages may end early before figures"]

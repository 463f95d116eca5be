"""Pictures and tables leave room for what may not be parted from them."""

import io
import logging
from collections.abc import Callable, Iterator

import pdfplumber
import pytest
import weasyprint

from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting import fitting
from xcbulletin.publishing.typesetting.press import Job, Press

HEIGHT = 400  # points, the text of a page: twenty lines
CSS = """
@page { size: 400pt 500pt; margin: 50pt }
html { font: 12pt/20pt "XC Song"; orphans: 2; widows: 2 } body, p, h2, h3, h4 { margin: 0; font-size: 12pt }
h2, h3, h4, caption { break-after: avoid } .source { break-before: avoid } .imprint { break-before: avoid-page }
figure { margin: 0; break-inside: avoid } img { max-height: 320pt; max-width: 100% } figcaption { line-height: 20pt }
table { border-collapse: collapse; width: 100% } td { padding: 0; height: 90pt; vertical-align: top }
tr, .whole { break-inside: avoid }
tr:first-child { break-after: avoid } tr:last-child { break-before: avoid }
"""
TALL = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="900"><rect width="100" height="900"/></svg>'
)
FIGURE = '<figure><img src="picture:t" alt="图"><figcaption>图1</figcaption></figure>'
HEADS = "<section><h2>栏</h2><article><h3>题</h3><div><h4>一</h4>{}</div>{}</article></section>"
Print = Callable[[str], list[tuple[str, int]]]


@pytest.fixture(scope="module")
def press(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    with Press(fonts, tmp_path_factory.mktemp("press")) as running:
        yield running


@pytest.fixture
def pages(press: Press) -> Print:
    """Print a text, and return what stands on each page, and how high the picture there is."""

    def pages(body: str) -> list[tuple[str, int]]:
        html = f'<!doctype html><html lang="zh-CN"><title>t</title><style>{CSS}</style><body>{body}'
        job = Job(html=html, pictures={"t": ("image/svg+xml", TALL.encode())})
        with pdfplumber.open(io.BytesIO(press.result(press.submit(job)))) as pdf:
            return [
                ("".join(page.extract_text().split()), round(sum(one["height"] for one in page.rects)))
                for page in pdf.pages
            ]

    return pages


def table(rows: int) -> str:
    return f"<div class=whole><table><caption>表</caption>{''.join(f'<tr><td>{n}' for n in range(rows))}</table></div>"


def texts(found: list[tuple[str, int]]) -> list[str]:
    return [text for text, _ in found]


def test_a_picture_is_as_high_as_its_headings_let_it_be(pages: Print) -> None:
    ((text, height), (rest, _)) = pages(HEADS.format(f"{FIGURE}<p>后文", ""))
    assert (text, rest) == ("栏题一图1", "后文")
    assert HEIGHT - 80 - 0.06 * HEIGHT < height <= HEIGHT - 80


def test_a_picture_that_has_room_keeps_its_size(pages: Print) -> None:
    assert pages(f"<h2>一</h2>{FIGURE}<p>后文") == [("一图1后文", 320)]


def test_only_the_picture_that_has_no_room_is_made_smaller(pages: Print) -> None:
    first, second = pages(HEADS.format(FIGURE, "") + f"<h2>二</h2>{FIGURE}")
    assert first[1] < 320 == second[1]


def test_a_picture_makes_room_for_the_source_of_its_article(pages: Print) -> None:
    source = "<p class=source>来源"
    (text, height), (rest, _) = pages(HEADS.format(FIGURE, source) + "<p>后文")
    assert (text, rest, height < 300) == ("栏题一图1来源", "后文", True)


def test_a_picture_is_not_made_smaller_for_the_imprint(pages: Print) -> None:
    assert pages(f"<h2>题</h2>{FIGURE}<p class=imprint>版记<br>二<br>三") == [("题图1", 320), ("版记二三", 0)]


def test_a_table_begins_below_its_headings(pages: Print) -> None:
    assert texts(pages(HEADS.format(table(4), ""))) == ["栏题一表012", "3"]


def test_a_table_whose_first_rows_do_not_fit_begins_with_one(pages: Print) -> None:
    assert texts(pages(HEADS.format(table(9).replace("><td>0", "><td>0<br><br>" + "零<br>" * 11), ""))) == [
        "栏题一表0" + "零" * 11,
        "1234",
        "5678",
    ]


def test_a_table_that_has_room_is_not_broken(pages: Print) -> None:
    assert texts(pages(f"<p>正文{'的' * 60}<h2>一</h2>{table(4)}"))[1] == "一表0123"


def test_a_source_takes_a_row_along_from_a_page_that_is_full(pages: Print) -> None:
    assert texts(pages(f"<article><h2>题</h2><div>{table(4)}</div><p class=source>来源</article>")) == [
        "题表012",
        "3来源",
    ]


def test_another_weasyprint_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with caplog.at_level(logging.WARNING):
        assert not fitting.install()
    assert caplog.messages == ["WeasyPrint 71.0 is not 70.*: headings may be parted from tall pictures"]

import pytest

from xcbulletin.model import Kind
from xcbulletin.publishing.layout import lay_out_page
from xcbulletin.settings import PageSettings

MILLIMETRE = 72 / 25.4


@pytest.mark.parametrize("size", ["A4", "16K"])
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("large", [False, True])
def test_lines_and_pages_are_filled_by_whole_characters_and_lines(
    size: str, columns: int, large: bool
) -> None:
    page = lay_out_page(PageSettings(size=size, columns=columns), Kind.BULLETIN, large=large)
    assert page.characters % page.columns == 0
    assert page.side * 2 + page.characters * page.body == pytest.approx(page.width)
    assert page.text_height / (1.75 * page.body) == pytest.approx(
        round(page.text_height / (1.75 * page.body))
    )
    assert page.top + page.text_height + page.bottom == pytest.approx(page.height)
    assert min(page.side, page.bottom) > 18 * MILLIMETRE
    assert page.top > page.bottom


def test_body_text_is_of_the_sizes_that_chinese_printing_knows() -> None:
    one, two = PageSettings(), PageSettings(columns=2)
    assert lay_out_page(one, Kind.BULLETIN).body == 12
    assert lay_out_page(one, Kind.BULLETIN, large=True).body == 16
    assert lay_out_page(two, Kind.BULLETIN).body == 10.5


def test_large_print_and_reports_have_one_column() -> None:
    two = PageSettings(columns=2)
    assert lay_out_page(two, Kind.BULLETIN).columns == 2
    assert lay_out_page(two, Kind.BULLETIN, large=True).columns == 1
    assert lay_out_page(two, Kind.REPORT).columns == 1

"""Lists of contents that take several pages, wherever the pages end."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import weasyprint
from bound import Bound, Element, read_bound
from conftest import make_article, make_issue, make_workspace, write

from xcbulletin.model import Article, Issue, Kind
from xcbulletin.publishing.documents import Material, print_job
from xcbulletin.publishing.edition import compose
from xcbulletin.publishing.layout import lay_out_page
from xcbulletin.publishing.pages import Templates
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting import contents
from xcbulletin.publishing.typesetting.press import Press
from xcbulletin.settings import PageSettings
from xcbulletin.starter import template_folders

LONG = 10
"""So many lists, each an entry longer than the one before: the page ends after each of its last entries once."""


@pytest.fixture(scope="module")
def press(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    with Press(fonts, tmp_path_factory.mktemp("press")) as running:
        yield running


def print_all(issues: list[Issue], fonts: FontSet, press: Press, folder: Path) -> list[Bound]:
    settings = make_workspace(folder / "快递").settings
    tickets = []
    for issue in issues:
        material = Material(
            templates=Templates(template_folders(folder / "快递"), settings, ()),
            fonts=fonts,
            mail=settings.mail,
            layout=lay_out_page(PageSettings(), issue.kind),
            drawings=folder,
        )
        tickets.append(press.submit(print_job(compose(issue, ())[0], material)))
    return [
        read_bound(write(folder / f"{number}.pdf", press.result(ticket)))
        for number, ticket in enumerate(tickets)
    ]


def bulletin(entries: int) -> Issue:
    columns = ("news", "trends") if entries % 2 else ("news",)
    articles = [make_article(title=f"标题{n}") for n in range(entries - len(columns) + 1)]
    return make_issue(*articles, *(make_article(title="另一栏", column=name) for name in columns[1:]))


@pytest.fixture(scope="module")
def bulletins(fonts: FontSet, press: Press, tmp_path_factory: pytest.TempPathFactory) -> list[Bound]:
    folder = tmp_path_factory.mktemp("bulletins")
    return print_all([bulletin(entries) for entries in range(25, 25 + LONG)], fonts, press, folder)


@pytest.fixture(scope="module")
def reports(fonts: FontSet, press: Press, tmp_path_factory: pytest.TempPathFactory) -> list[Bound]:
    """Reports of two chapters: the second begins on each of the last lines of the first page of contents."""
    folder = tmp_path_factory.mktemp("reports")

    def chapter(sections: int) -> Article:
        return make_article(
            "\n\n".join(f"# 第{n}节\n\n正文。" for n in range(sections)), title="章", column="body"
        )

    issues = [make_issue(chapter(n), chapter(3), kind=Kind.REPORT) for n in range(23, 23 + LONG)]
    return print_all(issues, fonts, press, folder)


def entries_by_page(bound: Bound) -> list[list[Element]]:
    """Return the entries of the contents, page by page."""
    lists = (
        one
        for one in bound.root.of("Sect")
        if one.of("H2") and one.of("H2")[0].text.endswith(("目录", "要目"))
    )
    entries = next(lists).of("Link")
    pages = sorted({one.first.page for one in entries})
    return [[one for one in entries if one.first.page == page] for page in pages]


@pytest.mark.parametrize("kind", ["bulletins", "reports"])
def test_no_page_has_a_single_entry(kind: str, request: pytest.FixtureRequest) -> None:
    found = [entries_by_page(bound) for bound in request.getfixturevalue(kind)]
    assert {len(pages) for pages in found} == {1, 2}
    assert min(len(page) for pages in found for page in pages[1:]) >= 2


def test_a_chapter_stands_on_the_page_of_its_first_section(reports: list[Bound]) -> None:
    found = [page for bound in reports for page in entries_by_page(bound)]
    assert [page[-1].text for page in found if page[-1].text.startswith("章")] == []


def test_a_column_is_named_again_where_its_entries_go_on(bulletins: list[Bound]) -> None:
    for bound in bulletins:
        for entries in entries_by_page(bound)[1:]:
            page = bound.pages[entries[0].first.page - 1]
            beside = [one for one in page.chars if abs(one.bottom - entries[0].first.bottom) < 5]
            names = "".join(one.text for one in beside if one.x1 < entries[0].first.x0)
            assert names.strip() == "行业动态"


def test_a_column_is_told_once_to_those_who_listen(bulletins: list[Bound]) -> None:
    assert {"".join(one.text for one in bound.root.of("Lbl")).count("行业动态") for bound in bulletins} == {1}


def test_another_weasyprint_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with caplog.at_level(logging.WARNING):
        assert not contents.install()
    assert caplog.messages == ["WeasyPrint 71.0 is not 70.*: columns of the contents are named once"]

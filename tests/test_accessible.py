"""Every kind of page for everybody: axe-core has nothing to say, by WCAG 2.2 AA and its best practices."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from web.archive import kinds
from web.checks import axe, expect_none

WIDE, NARROW = 1280, 320
SOME = (
    "index.html",
    "search.html",
    "issues/2022-01/index.html",
    "issues/gallery/reports-01-tables.html",
    "issues/2021-01/reports-01-global-ai-landscape.html",
    "industries/ai/2021.html",
)
"""Pages that have between them everything that has a colour or a size."""
EMPTY = ("index.html", "issues/index.html", "reports/index.html", "industries/ai/index.html")


def faults(page: Any, files: Sequence[Path], width: int, *without: str) -> Iterator[str]:
    page.set_viewport_size({"width": width, "height": 800})
    for file in files:
        page.goto(file.as_uri())
        yield from (f"{file.parent.name}/{file.name} at {width}: {fault}" for fault in axe(page, *without))


def test_web_editions_and_pages_of_checks_are_accessible(page: Any, house_pages: tuple[Path, ...]) -> None:
    expect_none([*faults(page, house_pages, WIDE), *faults(page, house_pages[:2], NARROW)])


def test_what_the_preview_shows_is_accessible(page: Any, preview_pages: tuple[Path, ...]) -> None:
    expect_none(faults(page, preview_pages, NARROW))


def test_every_kind_of_page_of_the_archive_is_accessible(page: Any, archive_site: Path) -> None:
    expect_none(faults(page, [archive_site / name for name in kinds(archive_site)], WIDE))


def test_the_archive_is_accessible_on_a_narrow_screen(page: Any, archive_site: Path) -> None:
    expect_none(faults(page, [archive_site / name for name in SOME], NARROW))


def test_an_empty_archive_is_accessible(page: Any, empty_archive_site: Path) -> None:
    expect_none(faults(page, [empty_archive_site / name for name in EMPTY], WIDE))


@pytest.mark.parametrize(("switch", "value"), [("size", "largest"), ("contrast", "high")])
def test_the_archive_is_accessible_as_a_reader_has_set_it(
    page: Any, archive_site: Path, switch: str, value: str
) -> None:
    page.goto((archive_site / "index.html").as_uri())
    page.click(f'button[data-set="{switch}"][data-value="{value}"]')
    expect_none(faults(page, [archive_site / name for name in SOME], WIDE))


def test_the_archive_is_accessible_in_the_colours_of_the_system(page: Any, archive_site: Path) -> None:
    page.emulate_media(forced_colors="active", color_scheme="dark")
    # The browser puts the system's colours in place of ours; axe-core compares ours with the system's ground.
    expect_none(faults(page, [archive_site / name for name in SOME], WIDE, "color-contrast"))


def test_what_is_not_accessible_is_found(page: Any) -> None:
    page.set_content('<html lang="zh-CN"><title>题</title><main><h1>题</h1><img src="data:,"></main></html>')
    assert [fault.partition(":")[0] for fault in axe(page)] == ["image-alt"]

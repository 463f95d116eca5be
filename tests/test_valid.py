"""Every page is valid HTML: html-validate and the Nu checker have nothing to say."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from web.checks import expect_none, html_validate, nu

each_checker = pytest.mark.parametrize("check", [html_validate, nu])
Check = Callable[[Sequence[Path]], list[str]]


@each_checker
def test_web_editions_and_pages_of_checks_are_valid(check: Check, house_pages: tuple[Path, ...]) -> None:
    expect_none(check(house_pages))


@each_checker
def test_every_page_of_the_archive_is_valid(
    check: Check, archive_site: Path, empty_archive_site: Path
) -> None:
    expect_none(check([*archive_site.rglob("*.html"), *empty_archive_site.rglob("*.html")]))


@each_checker
def test_what_is_not_valid_is_found(check: Check, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<!doctype html>\n<html lang="zh-CN">\n<head><meta charset="utf-8"><title>题</title></head>\n'
        "<body><ul><p>段</p></ul></body>\n</html>\n",
        encoding="utf-8",
    )
    assert any(fault.startswith("page.html:4:") for fault in check([page]))

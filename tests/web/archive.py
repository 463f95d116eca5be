"""The archive as tests of its pages want it, and a page of each kind in it."""

import subprocess
import sys
from pathlib import Path

from conftest import make_workspace

from xcbulletin import usage
from xcbulletin.cli import app

_WITH_PDF = "2021-02"

ARTICLES = (
    "issues/2021-01/reports-01-global-ai-landscape.html",
    "issues/gallery/editorial.html",
    "issues/gallery/news-02-long-title.html",
    "issues/gallery/news-03-figures.html",
    "issues/gallery/reports-01-tables.html",
    "issues/gallery/reports-02-charts.html",
    "issues/gallery/trends-01-text.html",
    "issues/gallery-report/body-01-levels.html",
    "issues/ai-governance-2021/body-02-market.html",
)
LISTS = (
    "index.html",
    "issues/index.html",
    "issues/2021-02/index.html",
    "issues/2022-01/index.html",
    "issues/2022-01-extra/index.html",
    "issues/ai-governance-2021/index.html",
    "industries/ai/index.html",
    "industries/ai/2021.html",
    "industries/bio/index.html",
    "columns/news/index.html",
    "columns/news/2021.html",
    "months/2022-01.html",
    "reports/index.html",
)
OTHERS = ("search.html", "accessibility.html")


def make_archive(root: Path) -> Path:
    """Make the archive of a workspace; return its folder."""
    assert usage.run(app, ("--workspace", str(root), "build", "--format", "pdf", _WITH_PDF)) == 0
    return _build(root)


def make_empty_archive(root: Path) -> Path:
    """Make the archive of a workspace without issues; return its folder."""
    make_workspace(root)
    return _build(root)


def _build(root: Path) -> Path:
    # A process of its own: it forks, which a process that has drawn charts in threads had better not do.
    command = [sys.executable, "-m", "xcbulletin", "--workspace", str(root), "archive", "build"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=120)
    return root / "build" / "archive"


def hostile_articles(site: Path) -> tuple[str, ...]:
    """Return the pages of articles whose titles want to do harm."""
    pages = sorted((site / "issues" / "2022-01").glob("news-*.html"))
    return tuple(page.relative_to(site).as_posix() for page in pages)


def kinds(site: Path) -> tuple[str, ...]:
    """Return a page of each kind, and those that are hard: paths in the site."""
    return (*LISTS, *ARTICLES, *OTHERS, *hostile_articles(site))

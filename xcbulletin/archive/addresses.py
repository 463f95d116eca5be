"""Where each page of the archive is: paths relative to its first page, with forward slashes."""

import datetime
import os.path

from xcbulletin.model import IssueId

ARCHIVE_FOLDER = "build/archive"
"""Path relative to the workspace."""
FRONT, ISSUES, REPORTS, SEARCH = "index.html", "issues/index.html", "reports/index.html", "search.html"
STATEMENT = "accessibility.html"


def issue_folder(issue: IssueId) -> str:
    """Return the folder of an issue; small letters, for shares take ISSUE and issue for the same."""
    return f"issues/{issue.lower()}"


def issue_page(issue: IssueId) -> str:
    """Return the page of an issue."""
    return f"{issue_folder(issue)}/index.html"


def issue_pdf(issue: IssueId) -> str:
    """Return the PDF of an issue, under a name that tells what it is when it lies elsewhere."""
    return f"{issue_folder(issue)}/{issue.lower()}.pdf"


def article_page(issue: IssueId, slug: str) -> str:
    """Return the page of an article."""
    return f"{issue_folder(issue)}/{slug}.html"


def industry_page(code: str, year: int | None = None, part: int = 1) -> str:
    """Return the page of the newest articles of an industry, or of all of one year, which may be in several parts."""
    return f"industries/{code}/{_year_page(year, part)}"


def column_page(code: str, year: int | None = None, part: int = 1) -> str:
    """Return the page of the newest articles of a column, or of all of one year, likewise."""
    return f"columns/{code}/{_year_page(year, part)}"


def month_page(date: datetime.date) -> str:
    """Return the page of what was printed in the month of a date."""
    return f"months/{date:%Y-%m}.html"


def volume_pdf(year: int) -> str:
    """Return the annual volume of a year."""
    return f"volumes/{year}.pdf"


def feed(code: str, ending: str) -> str:
    """Return the feed of an industry, or of `all`; `ending` is xml for Atom, json for JSON Feed."""
    return f"feeds/{code}.{ending}"


def _year_page(year: int | None, part: int) -> str:
    if year is None:
        return "index.html"
    return f"{year}.html" if part == 1 else f"{year}-{part}.html"


def relative(target: str, page: str) -> str:
    """Return `target` as a link from `page` has it; it always names a file, for file:// serves no folders."""
    return os.path.relpath(target, os.path.dirname(page) or ".").replace(os.sep, "/")  # noqa: PTH120

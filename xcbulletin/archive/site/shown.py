"""Issues as pages show them: what they are called, and where they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from xcbulletin.archive.addresses import issue_page, issue_pdf
from xcbulletin.archive.filed import FiledIssue
from xcbulletin.archive.site.listing import is_latin
from xcbulletin.model import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownIssue:
    """An issue as pages name it and lead to it."""

    issue: FiledIssue
    name: str
    """Its number, where it is one of the bulletin; else its title."""
    page: str
    """Path relative to the front page."""
    pdf: str | None
    """Likewise; None where it has none."""
    is_report: bool
    is_latin: bool


def show_issue(issue: FiledIssue, *, pdf: bool) -> ShownIssue:
    """Return an issue as pages show it."""
    return ShownIssue(
        issue=issue,
        name=issue.name,
        page=issue_page(issue.id),
        pdf=issue_pdf(issue.id) if pdf else None,
        is_report=issue.kind is Kind.REPORT,
        is_latin=is_latin(issue.name),
    )


def by_year(issues: Iterable[ShownIssue]) -> list[tuple[int, list[ShownIssue]]]:
    """Return issues that come oldest first by year, the newest first."""
    newest = reversed(list(issues))
    return [(year, list(group)) for year, group in groupby(newest, lambda one: one.issue.date.year)]

"""All that an archive holds, in the orders in which pages show it."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from xcbulletin.archive.addresses import column_page, industry_page
from xcbulletin.archive.filed import FiledIssue
from xcbulletin.archive.site.listing import Listed, Shelf, by_code, list_articles, month_of, shelve
from xcbulletin.archive.site.shown import ShownIssue, show_issue
from xcbulletin.archive.site.site import Site
from xcbulletin.model import IssueId


@dataclass(frozen=True, kw_only=True, slots=True)
class Holdings:
    """What there is in an archive; the oldest comes first everywhere."""

    issues: tuple[ShownIssue, ...]
    articles: tuple[Listed, ...]
    """All of them."""
    entries: tuple[Listed, ...]
    """Those that lists have: without the parts of reports that say nothing."""
    industries: tuple[Shelf, ...]
    """All industries of the site, in its order."""
    columns: tuple[Shelf, ...]
    """Likewise."""
    months: tuple[datetime.date, ...]
    """The first day of each month in which something was printed."""

    @property
    def bulletins(self) -> tuple[ShownIssue, ...]:
        """The issues that are no reports."""
        return tuple(one for one in self.issues if not one.is_report)

    @property
    def reports(self) -> tuple[ShownIssue, ...]:
        """The issues that are reports."""
        return tuple(one for one in self.issues if one.is_report)

    @property
    def newest(self) -> ShownIssue | None:
        """The newest issue of the bulletin, or report where there is none."""
        return next(iter((*reversed(self.bulletins), *reversed(self.reports))), None)


def hold(issues: Sequence[FiledIssue], pdfs: Collection[IssueId], site: Site) -> Holdings:
    """Return what an archive of `issues`, which come oldest first, holds; `pdfs` names those that have a PDF."""
    articles = tuple(list_articles(issues, site))
    entries = tuple(one for one in articles if not one.is_furniture)
    by_industry = by_code(entries, lambda article: article.industries)
    in_column = by_code(entries, lambda article: (article.column,))
    return Holdings(
        issues=tuple(show_issue(issue, pdf=issue.id in pdfs) for issue in issues),
        articles=articles,
        entries=entries,
        industries=tuple(
            shelve(one.code, one.name, by_industry.get(one.code, ()), industry_page)
            for one in site.industries
        ),
        columns=tuple(
            shelve(one.code, one.name, in_column.get(one.code, ()), column_page) for one in site.columns
        ),
        months=tuple(dict.fromkeys(month_of(issue.date) for issue in issues)),
    )

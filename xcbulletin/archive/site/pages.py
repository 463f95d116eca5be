"""The pages of the archive, made of its templates: those of an issue's articles, and all others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from xcbulletin.archive.addresses import (
    FRONT,
    ISSUES,
    REPORTS,
    SEARCH,
    STATEMENT,
    article_page,
    feed,
    month_page,
)
from xcbulletin.archive.filed import FiledIssue
from xcbulletin.archive.site.citing import cite_article, cite_report
from xcbulletin.archive.site.feeds import ALL, MOST, format_json_feed, make_feed
from xcbulletin.archive.site.holdings import Holdings
from xcbulletin.archive.site.listing import (
    Shelf,
    by_column,
    by_month,
    by_printing,
    in_turn,
    list_article,
    month_of,
    newest_first,
)
from xcbulletin.archive.site.references import leading_out
from xcbulletin.archive.site.shown import ShownIssue, by_year, show_issue
from xcbulletin.archive.site.site import Site
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.nodes import Pictured
from xcbulletin.publishing.pages import Templates

File = tuple[str, bytes]
"""Path relative to the front page, with forward slashes, and content."""
_REPORTS_IN_FRONT = 8


class Pages:
    """Makes the pages of one archive."""

    def __init__(self, templates: Templates, site: Site) -> None:
        self._templates = templates
        self._site = site
        self._industries = {one.code: one for one in site.industries}
        self._columns = {one.code: one for one in site.columns}

    def article_pages(
        self,
        edition: Edition,
        filed: FiledIssue,
        *,
        picture: Callable[[Pictured], str],
        narrow: Callable[[Pictured], str],
        pdf: bool,
        sizes: Mapping[str, tuple[float, float]] | None = None,
    ) -> Iterator[File]:
        """Yield the pages of an issue's articles, which depend on nothing but the issue and the site.

        `picture` and `narrow` give the address of a picture beside the pages, and of a chart for narrow
        screens; `sizes` the width and height of what is at an address, in CSS pixels, where they are known.
        `pdf` tells whether the issue has one. Raises TemplateFailedError.
        """
        render = self._templates.renderer(
            edition,
            blocks="archive/blocks.html",
            picture=picture,
            narrow=narrow,
            sizes=sizes or {},
            heading_base=1,
            notes_at_end=True,
        )
        issue = show_issue(filed, pdf=pdf)
        names = {article.file: f"{article.slug}.html" for article in filed.articles}
        entries = leading_out(edition, names)
        for (previous, article, following), entry in zip(in_turn(filed.articles), entries, strict=True):
            page = article_page(filed.id, article.slug)
            context = self._context(
                page,
                "reports" if issue.is_report else "issues",
                issue=issue,
                shown=list_article(filed, article, self._industries, self._columns),
                entry=entry,
                citation=cite_article(filed, article, self._site),
                previous=previous,
                following=following,
            )
            yield page, render("archive/article.html", **context).encode()

    def other_pages(self, held: Holdings, share: int = 0, shares: int = 1) -> Iterator[File]:
        """Yield all other pages, the feeds and what pages need; of `shares`, that with a number from 0.

        Raises TemplateFailedError.
        """
        kinds = (
            partial(self._front, held),
            partial(self._issue_lists, held),
            partial(self._issue_pages, held, held.bulletins, "issues"),
            partial(self._issue_pages, held, held.reports, "reports"),
            *(partial(self._shelf, "industries", shelf) for shelf in held.industries),
            *(partial(self._shelf, "columns", shelf) for shelf in held.columns),
            partial(self._months, held),
            partial(self._feeds, held),
            partial(self._single_files, held),
        )
        for pages in kinds[share::shares]:
            yield from pages()

    def _context(self, page: str, section: str, **own: Any) -> dict[str, Any]:
        """Return what every page gets: `root` leads from it to the front page's folder."""
        root = "../" * page.count("/")
        return {
            "site": self._site,
            "page": page,
            "root": root,
            "section": section,
            **own,
        }

    def _page(self, template: str, page: str, section: str, **own: Any) -> File:
        context = self._context(page, section, **own)
        return page, self._templates.render_page(f"archive/{template}", **context).encode()

    def _front(self, held: Holdings) -> Iterator[File]:
        newest = held.newest
        printed = [one for one in held.entries if newest and one.issue is newest.issue]
        years = groupby(reversed(held.months), lambda month: month.year)
        yield self._page(
            "front.html",
            FRONT,
            "front",
            newest=newest,
            newest_columns=by_column(printed, self._site.columns),
            totals={"issues": len(held.issues), "articles": len(held.entries)},
            industries=held.industries,
            columns=held.columns,
            months=[(year, list(months)) for year, months in years],
            reports=held.reports[: -_REPORTS_IN_FRONT - 1 : -1],
            more_reports=len(held.reports) > _REPORTS_IN_FRONT,
        )

    def _issue_lists(self, held: Holdings) -> Iterator[File]:
        for page, section, heading, issues, volumes in (
            (ISSUES, "issues", "期刊", held.bulletins, self._site.volumes),
            (REPORTS, "reports", "专题报告", held.reports, ()),
        ):
            yield self._page(
                "issues.html", page, section, heading=heading, years=by_year(issues), volumes=volumes
            )

    def _issue_pages(self, held: Holdings, issues: Sequence[ShownIssue], section: str) -> Iterator[File]:
        printed = {id_: list(group) for id_, group in groupby(held.articles, lambda one: one.issue.id)}
        for previous, one, following in in_turn(issues):
            yield self._page(
                "issue.html",
                one.page,
                section,
                shown=one,
                columns=by_printing(printed.get(one.issue.id, ())),
                citation=cite_report(one.issue, self._site) if one.is_report else None,
                previous=previous,
                following=following,
            )

    def _shelf(self, section: str, shelf: Shelf) -> Iterator[File]:
        yield self._page("shelf.html", shelf.page, section, shelf=shelf)
        for previous, part, following in in_turn(shelf.parts):
            yield self._page(
                "part.html",
                part.page,
                section,
                shelf=shelf,
                part=part,
                months=by_month(part.entries),
                previous=previous,
                following=following,
            )

    def _months(self, held: Holdings) -> Iterator[File]:
        entries = dict(by_month(held.entries))
        issues = {
            month: list(group) for month, group in groupby(held.issues, lambda one: month_of(one.issue.date))
        }
        for previous, month, following in in_turn(held.months):
            yield self._page(
                "month.html",
                month_page(month),
                "",
                month=month,
                issues=issues[month],
                columns=by_column(entries.get(month, ()), self._site.columns),
                previous=previous and (previous, month_page(previous)),
                following=following and (following, month_page(following)),
            )

    def _feeds(self, held: Holdings) -> Iterator[File]:
        title = self._site.title
        wanted = [(ALL, title, FRONT, newest_first(held.entries, MOST))]
        wanted += [
            (one.code, f"{title}：{one.name}", one.page, list(one.newest[:MOST])) for one in held.industries
        ]
        for code, name, page, newest in wanted:
            made = make_feed(code, name, page, newest, self._site)
            yield feed(code, "xml"), self._templates.render_page("archive/atom.xml", feed=made).encode()
            yield feed(code, "json"), format_json_feed(made)

    def _single_files(self, held: Holdings) -> Iterator[File]:
        months = [f"{month:%Y-%m}" for month in held.months]
        yield self._page("search.html", SEARCH, "search", months=months)
        yield self._page("accessibility.html", STATEMENT, "")
        for name in ("robots.txt", "site.css", "site.js", "search.js"):
            rendered = self._templates.render_page(f"archive/{name}", site=self._site, faces=())
            yield name, rendered.encode()

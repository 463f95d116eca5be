"""How an article or a report is cited: GB/T 7714—2015, sections 4.2 and 4.4, without page numbers.

The day on which it was read is for the reader to fill in; pages do it by script.
"""

import re

from xcbulletin.archive.addresses import article_page, issue_page
from xcbulletin.archive.filed import FiledArticle, FiledIssue
from xcbulletin.archive.site.site import Site
from xcbulletin.model import Kind

READ_ON = "[引用日期]"
"""Stands where the day of reading does."""
_MOST_AUTHORS = 3
_BETWEEN_AUTHORS = re.compile(r"\s*[、，,；;　]\s*")


def cite_article(issue: FiledIssue, article: FiledArticle, site: Site) -> str:
    """Return the reference for an article of the bulletin, or for a part of a report."""
    makers = _named(_authors(article.author)) or _named(issue.publishers)
    address = site.address(article_page(issue.id, article.slug))
    if issue.kind is Kind.REPORT:
        return f"{makers}{_one_line(article.title)}[{_mark('R', address)}]//{_report(issue, address)}"
    printed = f"{issue.date.year}({issue.number})" if issue.number else f"{issue.date.year}"
    online = f"{READ_ON}. {address}." if address else "."
    return f"{makers}{_one_line(article.title)}[{_mark('J', address)}]. {_one_line(issue.title)}, {printed}{online}"


def cite_report(issue: FiledIssue, site: Site) -> str:
    """Return the reference for a report as a whole."""
    address = site.address(issue_page(issue.id))
    return _report(issue, address, f"[{_mark('R', address)}]")


def _report(issue: FiledIssue, address: str | None, mark: str = "") -> str:
    title = ": ".join(filter(None, (_one_line(issue.title), _one_line(issue.subtitle or "").lstrip("—-－ "))))
    if address:  # place and publisher may be left out of what is read on a net
        made = f"({issue.date.isoformat()}){READ_ON}. {address}"
    else:
        made = f"[出版地不详]: {next(iter(issue.publishers), '[出版者不详]')}, {issue.date.year}"
    return f"{_named(issue.publishers)}{title}{mark}. {made}."


def _authors(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, _BETWEEN_AUTHORS.split((text or "").strip())))


def _named(makers: tuple[str, ...]) -> str:
    """Return up to three names and 等, with the full stop behind them; nothing where there is none."""
    shown = ", ".join((*makers[:_MOST_AUTHORS], *(("等",) if len(makers) > _MOST_AUTHORS else ())))
    return f"{shown}. " if shown else ""


def _mark(kind: str, address: str | None) -> str:
    return f"{kind}/OL" if address else kind


def _one_line(text: str) -> str:
    return " ".join(text.split())

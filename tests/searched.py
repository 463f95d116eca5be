"""Issues to be searched, and what reading all of them finds: what an index must find as well."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from xcbulletin.archive.filed import FiledArticle, FiledIssue
from xcbulletin.archive.folding import fold
from xcbulletin.archive.siteindex.files import articles_file, meta_file, text_files
from xcbulletin.archive.siteindex.pieces import cut
from xcbulletin.archive.siteindex.shards import shard_files
from xcbulletin.model import IssueId, Kind

INDUSTRIES = ("power", "nev", "env", "ai")
SHELVES = ("editorial", "news", "report")

Hit = tuple[str, str]
"""Month of the issue and name of the page."""


def make_filed_article(number: int, text: str, title: str = "标题", **fields: Any) -> FiledArticle:
    own: Mapping[str, Any] = {
        "file": f"issues/x/news/{number:03}.md",
        "slug": f"news-{number:03}",
        "anchor": f"a{number}",
        "column": "news",
        "industries": (),
        "source": None,
        "author": None,
        "summary": None,
        "corrections": (),
    }
    return FiledArticle(**{**own, **fields, "title": title, "text": text})


def make_filed_issue(month: str, *articles: FiledArticle, **fields: Any) -> FiledIssue:
    own: Mapping[str, Any] = {
        "id": IssueId(month),
        "kind": Kind.BULLETIN,
        "title": "快递",
        "subtitle": None,
        "label": f"{month[:4]}年第{int(month[5:7])}期",
        "publishers": (),
        "number": 1,
        "date": datetime.date.fromisoformat(f"{month[:7]}-25"),
    }
    return FiledIssue(**{**own, **fields, "articles": articles})


def files_of(*issues: FiledIssue, share: int = 0, shares: int = 1) -> dict[str, bytes]:
    parts = [(one, cut(one)) for one in issues]
    files = dict(shard_files([piece for _issue, piece in parts], share, shares))
    if share == 0:
        texts = (file for one in issues for file in text_files(one))
        told = (make(parts, INDUSTRIES, SHELVES) for make in (meta_file, articles_file))
        files |= dict((*told, *texts))
    return files


def read_all(
    issues: Sequence[FiledIssue],
    words: Sequence[str],
    *,
    industry: str = "",
    column: str = "",
    since: str = "",
    until: str = "9999-12",
    relevance: bool = False,
) -> list[Hit]:
    """Return what reading every title and text finds, in the order in which it is to be shown."""
    found: list[tuple[int, Hit]] = []
    for issue in sorted(issues, key=lambda one: one.order, reverse=True):
        for article in issue.articles:
            title = fold(article.title)
            lines = (title, *fold(article.text).split("\n"))
            if (
                all(any(word in line for line in lines) for word in words)
                and (not industry or industry in article.industries)
                and (not column or column == article.column)
                and since <= f"{issue.date:%Y-%m}" <= until
            ):
                found.append((-sum(word in title for word in words), (issue.id, article.slug)))
    if relevance:
        found.sort(key=lambda one: one[0])
    return [hit for _titled, hit in found]

"""The files of the search beside the shards: what there is, and what is shown of each article."""

from collections.abc import Iterator, Sequence

from xcbulletin.archive.addresses import article_page
from xcbulletin.archive.filed import FiledArticle, FiledIssue
from xcbulletin.archive.siteindex.numbers import numbers
from xcbulletin.archive.siteindex.pieces import Lengths, lengths
from xcbulletin.archive.siteindex.shards import call, shard_count

SEARCH_FOLDER = "search/"
"""Where everything is that search.js reads."""
READERS = {"archive/search.html": b"search/articles.js", "archive/search.js": b"takeArticles"}
"""The templates of the search page, each with words that it lacks where it was made for an earlier form of the index.

Workspaces have copies of their own, so that another form needs other words; test_siteindex holds both together.
"""
_BYTES = 8 * 1024
"""What texts in one file should not pass together."""


def meta_file(
    parts: Sequence[tuple[FiledIssue, bytes]], industries: Sequence[str], columns: Sequence[str]
) -> tuple[str, bytes]:
    """Return path and content of what search.js must know before it looks anything up: small, for it comes first.

    `parts` are the issues, oldest first, each with what `cut` made of it; `industries` and `columns` the codes that
    articles may have.
    """
    return f"{SEARCH_FOLDER}meta.js", call(
        "meta",
        {
            "shards": shard_count([piece for _issue, piece in parts]),
            "industries": list(industries),
            "columns": list(columns),
            "issues": [
                (issue.id.lower(), issue.date.isoformat(), issue.label or issue.title, len(issue.articles))
                for issue, _piece in parts
            ],
        },
    )


def articles_file(
    parts: Sequence[tuple[FiledIssue, bytes]], industries: Sequence[str], columns: Sequence[str]
) -> tuple[str, bytes]:
    """Return path and content of what search.js must know of articles: strings of one number each."""
    articles = [article for issue, _piece in parts for article in issue.articles]
    known: list[Lengths] = [lengths(piece) for _issue, piece in parts]
    bits = {code: 1 << place for place, code in enumerate(industries)}
    return f"{SEARCH_FOLDER}articles.js", call(
        "articles",
        {
            "column": numbers(columns.index(article.column) for article in articles),
            "industry": numbers(sum(bits[code] for code in article.industries) for article in articles),
            "title": numbers(length for one in known for length in one.titles),
            "rooms": numbers(count for one in known for count in one.rooms),
            "file": numbers(
                number
                for issue, _piece in parts
                for number, articles in enumerate(_together(issue))
                for _article in articles
            ),
        },
    )


def text_files(issue: FiledIssue) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files with what is shown of an issue's articles."""
    for number, articles in enumerate(_together(issue)):
        shown = [(article.title, article_page(issue.id, article.slug), article.text) for article in articles]
        name = f"{issue.id.lower()}-{number}"
        yield f"{SEARCH_FOLDER}t/{name}.js", call("text", name, shown)


def _together(issue: FiledIssue) -> Iterator[tuple[FiledArticle, ...]]:
    """Yield the articles of an issue by the files in which their texts stand."""
    together: list[FiledArticle] = []
    size = 0
    for article in issue.articles:
        own = len(article.text.encode())
        if together and size + own > _BYTES:
            yield tuple(together)
            together, size = [], 0
        together.append(article)
        size += own
    if together:
        yield tuple(together)

"""All files of the search: shards, what is shown of each article, and what there is."""

from collections.abc import Iterator, Sequence

from xcbulletin.archive.addresses import article_page
from xcbulletin.archive.filed import FiledArticle, FiledIssue
from xcbulletin.archive.searching.numbers import numbers
from xcbulletin.archive.searching.pieces import Lengths, lengths
from xcbulletin.archive.searching.shards import call, shard_count, shard_files

_BYTES = 16 * 1024
"""What texts in one file should not pass together."""


def search_files(
    parts: Sequence[tuple[FiledIssue, bytes]],
    industries: Sequence[str],
    columns: Sequence[str],
    share: int = 0,
    shares: int = 1,
) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files that search.js reads.

    `parts` are the issues, oldest first, each with what `cut` made of it; `industries` and `columns` the codes that
    articles may have. Processes that work side by side take a share each, from 0; share 0 has also what is not parted.
    """
    pieces = [piece for _issue, piece in parts]
    if share == 0:
        texts = [tuple(_text_files(issue)) for issue, _piece in parts]
        for issue, files in zip((issue for issue, _piece in parts), texts, strict=True):
            for number, articles in enumerate(files):
                yield _text_file(issue, number, articles)
        yield "search/meta.js", _meta(parts, texts, industries, columns)
    yield from shard_files(pieces, share, shares)


def _text_files(issue: FiledIssue) -> Iterator[tuple[FiledArticle, ...]]:
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


def _text_file(issue: FiledIssue, number: int, articles: Sequence[FiledArticle]) -> tuple[str, bytes]:
    name = f"{issue.id.lower()}-{number}"
    shown = [(article.title, article_page(issue, article), article.text) for article in articles]
    return f"search/t/{name}.js", call("text", name, shown)


def _meta(
    parts: Sequence[tuple[FiledIssue, bytes]],
    texts: Sequence[Sequence[Sequence[FiledArticle]]],
    industries: Sequence[str],
    columns: Sequence[str],
) -> bytes:
    """Return what search.js must know before it looks anything up; of articles in strings of one number each."""
    articles = [article for issue, _piece in parts for article in issue.articles]
    known: list[Lengths] = [lengths(piece) for _issue, piece in parts]
    bits = {code: 1 << place for place, code in enumerate(industries)}
    return call(
        "meta",
        {
            "shards": shard_count([piece for _issue, piece in parts]),
            "industries": list(industries),
            "columns": list(columns),
            "issues": [
                (issue.id.lower(), issue.date.isoformat(), issue.label or issue.title, len(issue.articles))
                for issue, _piece in parts
            ],
            "column": numbers(columns.index(article.column) for article in articles),
            "industry": numbers(sum(bits[code] for code in article.industries) for article in articles),
            "title": numbers(length for one in known for length in one.titles),
            "length": numbers(length for one in known for length in one.documents),
            "file": numbers(
                number for files in texts for number, articles in enumerate(files) for _article in articles
            ),
        },
    )

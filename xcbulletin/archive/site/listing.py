"""Articles in lists: what an entry shows, and on which page of a list it stands."""

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from xcbulletin.archive.addresses import article_page
from xcbulletin.archive.filed import FiledArticle, FiledIssue
from xcbulletin.archive.site.site import Site
from xcbulletin.model import Column, Industry

NEWEST = 50
"""Articles on the first page of a list."""
A_PAGE = 100
"""Articles of a year on one page."""
One = TypeVar("One")
_GIST = 90
"""Characters, about, of the words that stand for an article without a summary."""
_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]+[”’」』）)]*")
_HAN = re.compile(r"[⺀-鿿豈-﫿\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An article as lists show it."""

    issue: FiledIssue
    article: FiledArticle
    title: str
    page: str
    """Path relative to the front page."""
    label: str
    """The number of its issue, or the title of its report."""
    date: datetime.date
    column: Column
    industries: tuple[Industry, ...]
    is_latin: bool
    """Whether its title has letters and no Chinese."""
    is_furniture: bool
    """Whether it is a part of a report that says nothing, which only the report's own page lists."""

    @property
    def gist(self) -> str:
        """What it says, in one or two sentences."""
        return gist(self.article)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One page of a list: the articles of a year, or a hundred of them, oldest first.

    It is counted from the beginning of the year, so that what is printed later leaves it as it is.
    """

    year: int
    number: int
    """From 1."""
    page: str
    entries: tuple[Listed, ...]

    @property
    def name(self) -> str:
        """Its year, and which page of the year it is: 2021年, 2021年第2页."""
        return f"{self.year}年" if self.number == 1 else f"{self.year}年第{self.number}页"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """All articles of an industry or a column."""

    code: str
    name: str
    page: str
    newest: tuple[Listed, ...]
    """The newest first."""
    parts: tuple[Part, ...]
    """Oldest first."""
    total: int

    @property
    def years(self) -> tuple[tuple[int, int, tuple[Part, ...]], ...]:
        """Each year, how many articles it has, and its pages; the newest first."""
        by_year = [(year, tuple(parts)) for year, parts in groupby(self.parts, lambda part: part.year)]
        return tuple(
            (year, sum(len(part.entries) for part in parts), parts) for year, parts in reversed(by_year)
        )


def list_articles(issues: Iterable[FiledIssue], site: Site) -> list[Listed]:
    """Return the articles of the issues in the order given."""
    industries = {one.code: one for one in site.industries}
    columns = {one.code: one for one in site.columns}
    return [
        list_article(issue, article, industries, columns) for issue in issues for article in issue.articles
    ]


def list_article(
    issue: FiledIssue,
    article: FiledArticle,
    industries: Mapping[str, Industry],
    columns: Mapping[str, Column],
) -> Listed:
    """Return an article as lists show it."""
    return Listed(
        issue=issue,
        article=article,
        title=article.title,
        page=article_page(issue.id, article.slug),
        label=issue.name,
        date=issue.date,
        column=columns[article.column],
        industries=tuple(industries[code] for code in article.industries),
        is_latin=is_latin(article.title),
        is_furniture=article.is_furniture,
    )


def shelve(
    code: str, name: str, entries: Sequence[Listed], page_of: Callable[[str, int | None, int], str]
) -> Shelf:
    """Return a shelf of `entries`, which come oldest issue first."""
    return Shelf(
        code=code,
        name=name,
        page=page_of(code, None, 1),
        newest=tuple(newest_first(entries, NEWEST)),
        parts=tuple(_parts(code, entries, page_of)),
        total=len(entries),
    )


def _parts(
    code: str, entries: Sequence[Listed], page_of: Callable[[str, int | None, int], str]
) -> Iterator[Part]:
    for year, printed in groupby(entries, lambda one: one.date.year):
        of_year = tuple(printed)
        for number, start in enumerate(range(0, len(of_year), A_PAGE), start=1):
            yield Part(
                year=year,
                number=number,
                page=page_of(code, year, number),
                entries=of_year[start : start + A_PAGE],
            )


def by_code(
    entries: Iterable[Listed], codes: Callable[[FiledArticle], Iterable[str]]
) -> Mapping[str, list[Listed]]:
    """Return the entries by each of the codes that `codes` gives of their articles."""
    found: dict[str, list[Listed]] = defaultdict(list)
    for one in entries:
        for code in codes(one.article):
            found[code].append(one)
    return found


def newest_first(entries: Sequence[Listed], most: int) -> list[Listed]:
    """Return up to `most` entries, the newest issue first, each issue in printing order."""
    found: list[Listed] = []
    end = len(entries)
    while end and len(found) < most:
        start = end - 1
        while start and entries[start - 1].issue is entries[end - 1].issue:
            start -= 1
        found += entries[start:end]
        end = start
    return found[:most]


def month_of(date: datetime.date) -> datetime.date:
    """Return the first day of a date's month."""
    return date.replace(day=1)


def by_month(entries: Iterable[Listed]) -> list[tuple[datetime.date, list[Listed]]]:
    """Return entries that come in the order of their dates by month, each with its first day."""
    return [(month, list(group)) for month, group in groupby(entries, lambda one: month_of(one.date))]


def by_printing(entries: Iterable[Listed]) -> list[tuple[Column, list[Listed]]]:
    """Return the entries of one issue by column, in printing order."""
    return [(column, list(group)) for column, group in groupby(entries, lambda one: one.column)]


def in_turn(items: Sequence[One]) -> Iterator[tuple[One | None, One, One | None]]:
    """Yield each item between the one before it and the one that follows."""
    return zip((None, *items), items, (*items[1:], None), strict=False)


def by_column(entries: Iterable[Listed], columns: Iterable[Column]) -> list[tuple[Column, list[Listed]]]:
    """Return the entries of each column that has one."""
    found = by_code(entries, lambda article: (article.column,))
    return [(column, found[column.code]) for column in columns if column.code in found]


def gist(article: FiledArticle) -> str:
    """Return an article's summary, or how it begins: whole sentences, if they are not too long."""
    if article.summary:
        return " ".join(article.summary.split())
    lines = article.text[: 4 * _GIST].split("\n")
    line = next((line for line in lines if _SENTENCE.match(line)), lines[0])
    shown = ""
    for sentence in _SENTENCE.finditer(line):
        if shown and len(shown) + len(sentence[0]) > _GIST:
            break
        shown += sentence[0]
    shown = shown or line
    return shown if len(shown) <= 2 * _GIST else f"{shown[: 2 * _GIST]}…"


def is_latin(text: str) -> bool:
    """Tell whether a text is in a language of Latin letters: it has some, and no Chinese character."""
    return _HAN.search(text) is None and _LATIN.search(text) is not None

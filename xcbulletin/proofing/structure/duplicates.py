"""Articles that were printed before, or stand twice in one issue: the same page, or all but the same title."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from xcbulletin.model import Article, Issue, Kind, Place, Printed, Severity
from xcbulletin.proofing.findings import Family, Finding, Rule

DUPLICATE = Rule(
    id="article-duplicate",
    family=Family.STRUCTURE,
    name="已经登过",
    severity=Severity.WARNING,
    why="同一条消息登两次，读者会以为是新的。",
    basis="本快递的编辑约定",
)
RULES = (DUPLICATE,)

LIKENESS = 0.85
"""Of the pairs of characters that two titles have, how many have to be the same (Dice)."""
_SHORTEST = 8
"""Characters of a title that says what an article is about; 前言 does not."""
_MONTH = re.compile(r"\d{4}-\d{2}")
_WORDLESS = re.compile(r"[\W_]+")


def find(issue: Issue, printed: Sequence[Printed]) -> Iterator[Finding]:
    """Yield the articles that repeat one of an issue before, or one that stands earlier in this issue."""
    if issue.kind is not Kind.BULLETIN:
        return
    before = [_of_printed(one) for one in printed if not one.draft and _is_before(one.issue, issue.id)]
    for article in issue.articles:
        if article.draft or article.column == "editorial":
            continue
        own = _of_article(article)
        if earlier := next((other for other in before if own.is_like(other)), None):
            yield _finding(article, own, earlier)
        before.append(own)


def _is_before(other: str, issue: str) -> bool:
    """Tell whether what stands in `other` may be older; months can be told apart, other names cannot."""
    if _MONTH.fullmatch(other) and _MONTH.fullmatch(issue):
        return other < issue
    return other != issue


class _Print:
    """An article as far as likeness goes."""

    def __init__(self, file: str, title: str, url: str | None) -> None:
        self.file, self.title, self.page = file, title, _page(url)
        plain = _WORDLESS.sub("", unicodedata.normalize("NFKC", title).lower())
        self._is_telling = len(plain) >= _SHORTEST
        self._figures = tuple(re.findall(r"\d+", unicodedata.normalize("NFKC", title)))
        self._pairs = frozenset(map("".join, pairwise(plain)))

    def is_like(self, other: "_Print") -> bool:
        """Tell whether both are of one page, or bear one title; figures make a series, not a double."""
        if self.page and self.page == other.page:
            return True
        if not (self._is_telling and other._is_telling) or self._figures != other._figures:
            return False
        shared = len(self._pairs & other._pairs)
        return 2 * shared >= LIKENESS * (len(self._pairs) + len(other._pairs))


def _of_article(article: Article) -> _Print:
    return _Print(article.file, article.title, article.source.url if article.source else None)


def _of_printed(printed: Printed) -> _Print:
    return _Print(printed.file, printed.title, printed.url)


def _page(url: str | None) -> str | None:
    """Return an address without scheme and anchor; None for the front page of a site, which is no article."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    is_front = re.fullmatch(r"|/(?:index|default|main)?(?:\.\w+)?", path) and not parts.query
    return None if is_front else f"{parts.netloc.lower().removeprefix('www.')}{path}?{parts.query}"


def _finding(article: Article, own: _Print, earlier: _Print) -> Finding:
    is_page = bool(own.page) and own.page == earlier.page
    what = "来源是同一个网页" if is_page else "标题几乎一样"
    return Finding(
        rule=DUPLICATE,
        place=Place(file=article.file, line=1),
        excerpt=article.title,
        message=f"与 {earlier.file}《{earlier.title}》{what}",
        suggestion="请确认不是重复；有新进展的，请在标题里说出来",
    )

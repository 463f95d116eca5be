"""What is asked of the catalogue, and what it answers."""

import datetime
import re
from dataclasses import dataclass
from enum import StrEnum

from xcbulletin.archive.addresses import article_page
from xcbulletin.archive.folding import fold
from xcbulletin.model import IssueId


class Order(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    """The newest issue; its articles as printed."""
    RELEVANCE = "relevance"
    """Articles that have more of the words in their title; among these the newest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What is asked: articles that have all of the words, in title or text, and pass all filters."""

    words: tuple[str, ...] = ()
    """Folded, as `parse_words` gives them. None: all that pass the filters."""
    industries: tuple[str, ...] = ()
    """Codes, any of which an article must have; none: it may have any."""
    columns: tuple[str, ...] = ()
    since: str | None = None
    """YYYY-MM, the first month; articles have the date of their issue."""
    until: str | None = None
    """The last month, itself included."""
    order: Order = Order.NEWEST
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """An article that was found."""

    issue: IssueId
    file: str
    """Path of the manuscript relative to the workspace."""
    slug: str
    title: str
    column: str
    industries: tuple[str, ...]
    date: datetime.date
    """The issue's."""
    snippet: str
    """Of the text, on one line."""

    @property
    def page(self) -> str:
        """Its page, relative to the archive's first page."""
        return article_page(self.issue, self.slug)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What was found: how much in all, and the hits that were asked for."""

    total: int
    hits: tuple[Hit, ...]


_WORDS = re.compile(r"“([^”]*)”|\"([^\"]*)\"|([^\s“”\"]+)")


def parse_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that was typed: blanks of any width part them, quotation marks keep some together."""
    told = (" ".join("".join(groups).split()) for groups in _WORDS.findall(fold(storable(text))))
    return tuple(dict.fromkeys(word for word in told if word))


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """Return a text as every database takes it; what none takes becomes U+FFFD, as CommonMark has it for NUL."""
    return _UNSTORABLE.sub("\ufffd", text)

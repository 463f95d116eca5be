"""Where a page may hold a list of articles: a start for whoever has to write its selectors."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from xcbulletin.collecting.decoding import decode_document
from xcbulletin.collecting.following.selectors import SelectorError, parse_selector
from xcbulletin.collecting.items import Document
from xcbulletin.collecting.reading.pages import UnreadableError, parse_html

_ROWS = ("li", "tr", "dd", "dl", "article")
_SHORTEST_TITLE = 8
"""Characters; names of columns and pages are shorter."""
_FEWEST_ROWS = 5
_MOST_GUESSES = 3
_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_DATE = re.compile(
    r"\W*(?:\d{4}\s*[-./年]\s*)?\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?\W*"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guess:
    """Selectors that find something like a list."""

    items: str
    date: str | None
    count: int
    example: str
    """The first title."""


def guess_lists(document: Document) -> tuple[Guess, ...]:
    """Return what in a page looks like lists of articles, the likeliest first, at most three."""
    try:
        root = parse_html(decode_document(document).text)
    except UnreadableError:
        return ()
    rows: dict[str, list[tuple[HtmlElement, str]]] = defaultdict(list)
    for link in root.iter("a"):
        title = " ".join(link.text_content().split())
        if link.get("href") and len(title) >= _SHORTEST_TITLE:
            row = _row_of(link)
            rows[_selector(row)].append((row, title))
    best = sorted(rows.items(), key=lambda one: -sum(min(len(title), 30) for _, title in one[1]))
    guesses = (_guess(root, selector, found) for selector, found in best)
    return tuple(guess for guess in guesses if guess)[:_MOST_GUESSES]


def _row_of(link: HtmlElement) -> HtmlElement:
    return next(link.iterancestors(*_ROWS), link)


def _selector(row: HtmlElement) -> str:
    """Return a selector of rows like this one: its tag below the nearest element with a name."""
    for above in row.iterancestors():
        if name := _named(above):
            return f"{name} {row.tag}"
    return str(row.tag)


def _named(element: HtmlElement) -> str | None:
    """Return a selector by the element's id or first class, where it has one that can be written plainly."""
    identity = str(element.get("id", ""))
    if _NAME.fullmatch(identity):
        return f"{element.tag}#{identity}"
    classes = str(element.get("class", "")).split()
    return f"{element.tag}.{classes[0]}" if classes and _NAME.fullmatch(classes[0]) else None


def _guess(root: HtmlElement, selector: str, rows: list[tuple[HtmlElement, str]]) -> Guess | None:
    try:
        count = len(parse_selector(selector).find(root))
    except SelectorError:
        return None
    # A selector that finds far more than the rows it was made of is that of a menu, or of the whole page.
    if len(rows) < _FEWEST_ROWS or count > 2 * len(rows):
        return None
    dates = next((list(_dates(row)) for row, _ in rows), [])
    return Guess(items=selector, date=dates[0] if dates else None, count=count, example=rows[0][1][:40])


def _dates(row: HtmlElement) -> Iterator[str]:
    for element in row.iterdescendants():
        if (
            isinstance(element.tag, str)
            and element.tag != "a"
            and _DATE.fullmatch(element.text_content().strip())
        ):
            classes = str(element.get("class", "")).split()
            named = classes and _NAME.fullmatch(classes[0])
            yield f"{element.tag}.{classes[0]}" if named else str(element.tag)

"""A document to the entries in it, whatever kind of source it comes from."""

from xcbulletin.collecting.following.sources import Source, SourceKind
from xcbulletin.collecting.items import Document, Fetch, Reading, Request
from xcbulletin.collecting.reading.feeds import parse_feed
from xcbulletin.collecting.reading.pages import data_request, read_page


def first_request(source: Source) -> Request:
    """Return what asks for a source's document, or for the page that names it."""
    return Request(url=source.url, gateway=source.kind is SourceKind.RSSHUB)


def next_request(document: Document, source: Source) -> Request | None:
    """Return what asks for the data that the page of a two-step source names; None where there is no second step.

    Where the page names none, `read` of the page says so.
    """
    return data_request(document, source)


def read(document: Document, source: Source) -> Reading:
    """Return what stands in a document: the last one, for a source of two steps. Never raises."""
    if source.kind in (SourceKind.PAGE, SourceKind.JSON):
        return read_page(document, source)
    return parse_feed(document, source)


def fetch_and_read(source: Source, fetch: Fetch) -> tuple[Document, Reading]:
    """Return a source's document, the last one of two, and what stands in it. Raises FetchError."""
    document = fetch(first_request(source))
    second = next_request(document, source)
    if second is not None:
        document = fetch(second)
    return document, read(document, source)

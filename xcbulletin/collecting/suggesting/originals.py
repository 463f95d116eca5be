"""The pages that items are about, fetched so that they can be checked after they are gone."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from xcbulletin.collecting.decoding import decode_document
from xcbulletin.collecting.fetching.politeness import each
from xcbulletin.collecting.items import Document, Fetch, FetchError, Request
from xcbulletin.collecting.reading.barriers import barrier, file_kind
from xcbulletin.collecting.reading.cleaning import page_text
from xcbulletin.collecting.suggesting.drafting import Page
from xcbulletin.collecting.urls import host

_LEAST = 20
"""Characters below which a page is made by scripts, or says nothing."""
_CONCURRENCY = 4
_READ_FOR_SIGNS = 5000
_MOST_SIGNS = 0.02
"""Share of characters that no text has, beyond which a document is none."""
_SIGNS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")


def fetch_pages(
    urls: Mapping[int, str | None], fetch: Fetch, clock: Callable[[], datetime], host_gap: float
) -> dict[int, Page]:
    """Return the page of each address, by number; several hosts side by side, one at a time of each."""
    jobs = [(number, url) for number, url in urls.items() if url]
    pages = {number: _none(clock(), "这一条没有网址") for number, url in urls.items() if not url}
    for done in each(
        jobs,
        lambda job: _fetch_page(job[1], fetch, clock),
        concurrency=_CONCURRENCY,
        host_gap=host_gap,
        host_of=lambda job: host(job[1]),
    ):
        assert done.result is not None, done.error
        pages[done.job[0]] = done.result
    return pages


def _fetch_page(url: str, fetch: Fetch, clock: Callable[[], datetime]) -> Page:
    try:
        return read_page(fetch(Request(url=url)))
    except FetchError as error:
        return _none(clock(), f"网页没有取到（{error.detail}）")


def read_page(document: Document) -> Page:
    """Return the text of a page, or why there is none worth keeping."""
    if kind := file_kind(document.content):
        return _none(document.fetched, f"网页没有取到（是{kind}）")
    html = decode_document(document).text
    if len(_SIGNS.findall(html[:_READ_FOR_SIGNS])) > _MOST_SIGNS * len(html[:_READ_FOR_SIGNS]):
        return _none(document.fetched, "网页没有取到（不是文字）")
    wall = barrier(html, document.content_type)
    if wall is not None:
        return _none(document.fetched, f"网页没有取到（{wall[1]}）")
    text = page_text(html)
    if len(text) < _LEAST:
        return _none(document.fetched, "网页没有取到（里面没有文字，可能要用浏览器看）")
    return Page(text=text, at=document.fetched)


def _none(at: datetime, failure: str) -> Page:
    return Page(text="", at=at, failure=failure)

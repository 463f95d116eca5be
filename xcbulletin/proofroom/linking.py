"""The addresses in an issue asked for on the web, as politely as the collector does: which are not there any more."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from xcbulletin.collecting.fetching.fetching import Fetcher
from xcbulletin.collecting.fetching.politeness import each
from xcbulletin.collecting.items import FetchError, Outcome, Request
from xcbulletin.collecting.urls import host
from xcbulletin.manuscript.read import read_issue
from xcbulletin.model import Article, Place
from xcbulletin.proofing.findings import Finding
from xcbulletin.proofing.structure.links import dead, public
from xcbulletin.proofroom.checking import Checked, with_findings

if TYPE_CHECKING:
    from xcbulletin.workshop import Workshop

_NOT_THERE = (404, 410)
"""Statuses of a page that is gone; walls, time-outs and broken lines may be otherwise tomorrow."""


def with_links(workshop: "Workshop", checked: Checked) -> Checked:
    """Return what is wrong with an issue with the addresses in its articles at which there is nothing."""
    workspace = workshop.workspace
    places: dict[str, list[tuple[Article, Place]]] = {}
    for article in read_issue(workspace, checked.issue)[0].articles:
        for place, address in public(article, checked.texts.get(article.file, "")):
            places.setdefault(address, []).append((article, place))
    collector = workspace.settings.collector
    with Fetcher(allow_private_networks=collector.allow_private_networks) as fetch:
        asked = each(
            places,
            lambda address: fetch(Request(url=address)),
            concurrency=collector.concurrency,
            host_gap=collector.host_gap,
            host_of=host,
        )
        failures = {done.job: done.error for done in asked if done.error is not None}
    return with_findings(checked, _dead(places, failures), workspace.settings.check.off)


def _dead(
    places: dict[str, list[tuple[Article, Place]]], failures: dict[str, Exception]
) -> Iterator[Finding]:
    for address, error in failures.items():
        if not isinstance(error, FetchError):
            raise error
        if error.outcome is Outcome.DNS or error.status in _NOT_THERE:
            yield from (dead(article, place, address, error.detail) for article, place in places[address])

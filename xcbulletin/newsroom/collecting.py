"""A round of collecting, and what follows it."""

from collections.abc import Sequence

from xcbulletin.collecting import collect as rounds
from xcbulletin.collecting.fetching.turns import TurnFetch
from xcbulletin.newsroom import Newsroom, silent
from xcbulletin.newsroom.learning import learn_if_due
from xcbulletin.newsroom.refreshing import classify, fold
from xcbulletin.room import Tell

_TURNS = "build/.cache/hosts"


def collect(
    newsroom: Newsroom,
    names: Sequence[str] = (),
    tell: Tell = silent,
    heard: rounds.Tell = lambda _report, _done, _total: None,
) -> rounds.CollectReport:
    """Ask the sources that are due, or those named; then fold, learn and classify what is new."""
    collector = newsroom.workspace.settings.collector
    fetch = TurnFetch(newsroom.fetch, newsroom.root / _TURNS, collector.host_gap)
    report = rounds.collect(newsroom.engine, newsroom.sources, fetch, newsroom.clock, collector, names, heard)
    fold(newsroom)
    learn_if_due(newsroom, tell)
    classify(newsroom, tell)
    return report

"""The rooms of the collector joined for the doors: here what its jobs need, beside it a module for each job.

`collecting`, `suggesting`, `deciding` and `learning` hold the jobs; `refreshing` is what comes before them.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from xcbulletin.model import Printed, Problem
from xcbulletin.room import Room, now

if TYPE_CHECKING:
    from xcbulletin.collecting.following.sources import Authority, Source
    from xcbulletin.collecting.items import Fetch
    from xcbulletin.collecting.suggesting.labelling import Locality
    from xcbulletin.collecting.suggesting.learning import Learner

# Heavy imports stand inside the methods that need them, so that each command loads no more than its own work.


def silent(_message: str) -> None:
    """Be a `Tell` that tells nobody."""


class Newsroom(Room):
    """The collector of one workspace."""

    def __init__(
        self,
        root: Path,
        environment: Mapping[str, str],
        *,
        fetch: "Fetch | None" = None,
        clock: Callable[[], datetime.datetime] = now,
    ) -> None:
        super().__init__(root, environment, clock=clock)
        self._given_fetch = fetch

    @cached_property
    def fetch(self) -> "Fetch":
        """The network, as far as the settings let it."""
        if self._given_fetch is not None:
            return self._given_fetch
        from xcbulletin.collecting.fetching.fetching import Fetcher

        collector = self.workspace.settings.collector
        return self._stack.enter_context(Fetcher(allow_private_networks=collector.allow_private_networks))

    @property
    def sources(self) -> tuple["Source", ...]:
        """The sources whose entries in `sources/feeds.yaml` are right."""
        return self._read_sources[0]

    @property
    def source_problems(self) -> tuple[Problem, ...]:
        """What is wrong with the others."""
        return self._read_sources[1]

    @cached_property
    def _read_sources(self) -> tuple[tuple["Source", ...], tuple[Problem, ...]]:
        from xcbulletin.collecting.following.sources import sources_of

        return sources_of(self.workspace)

    @cached_property
    def by_key(self) -> dict[str, "Source"]:
        """The sources by what they are known by in the database."""
        return {source.key: source for source in self.sources}

    @cached_property
    def authorities(self) -> dict[int, "Authority"]:
        """How near each source of the database stands to what it tells of."""
        from xcbulletin.collecting.suggesting.suggestions import authorities
        from xcbulletin.database import reading

        with reading(self.engine) as connection:
            return authorities(connection, self.by_key)

    @cached_property
    def learner(self) -> "Learner":
        """The classifier, with what was learnt last."""
        from xcbulletin.collecting.suggesting.learning import Learner

        return Learner(self.engine, self.workspace.industries)

    @property
    def locality(self) -> "Locality":
        """What belongs to the city."""
        from xcbulletin.collecting.suggesting.labelling import Locality

        settings = self.workspace.settings.locality
        return Locality(places=settings.places, companies=settings.companies)

    @property
    def short_names(self) -> dict[str, str]:
        """The short names of the industries by code."""
        return {one.code: one.short_name for one in self.workspace.industries}

    @property
    def printed(self) -> tuple[Printed, ...]:
        """The articles of all issues as they are now, industries by code."""
        from xcbulletin.manuscript.printed import read_printed
        from xcbulletin.settings import resolve_industries

        known = self.workspace.industries
        return tuple(
            replace(one, industries=resolve_industries(one.industries, known)[0])
            for one in read_printed(self.root)
        )

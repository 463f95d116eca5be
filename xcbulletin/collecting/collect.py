"""The loop: the sources that are due are asked, read and kept, each by itself; one that fails stops no other."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from textwrap import shorten

from sqlalchemy import Connection, Engine

from xcbulletin.collecting.fetching import schedule
from xcbulletin.collecting.fetching.politeness import Done, PoliteFetch, in_batches
from xcbulletin.collecting.following.sources import Source, SourceKind
from xcbulletin.collecting.inbox import claims, health, inbox
from xcbulletin.collecting.inbox.standing import Asked, Standing, Stored, after, outruns, reads_as
from xcbulletin.collecting.items import HEALTHY, Document, Fetch, FetchError, Outcome, Request
from xcbulletin.collecting.reading.reading import first_request, next_request, read
from xcbulletin.collecting.urls import host
from xcbulletin.database import pieces, reading
from xcbulletin.errors import BulletinError, UsageMistakeError
from xcbulletin.settings import CollectorSettings

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceReport:
    """What came of one source."""

    name: str
    outcome: Outcome
    new: int = 0
    updated: int = 0
    detail: str = ""

    @property
    def failed(self) -> bool:
        """Tell whether nothing could be read."""
        return self.outcome not in HEALTHY


@dataclass(frozen=True, kw_only=True, slots=True)
class Concern:
    """A source that somebody has to see to, and why; or the network, and then `name` is empty."""

    name: str
    advice: str

    def __str__(self) -> str:
        return f"{self.name}: {self.advice}" if self.name else self.advice


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectReport:
    """What came of a collection."""

    sources: tuple[SourceReport, ...]
    """Those asked, in the order of the list."""
    needs_person: tuple[Concern, ...] = ()
    listed: int = 0
    """Sources that could have been asked."""
    next_due: datetime | None = None
    """When the first of those is due."""
    elsewhere: tuple[str, ...] = ()
    """Names of those that another collector has in hand."""


Tell = Callable[[SourceReport, int, int], None]
"""Told of each source as it is done: what came of it, how many are done, and of how many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Job:
    source: Source
    standing: Standing
    gaps: int
    """How often its window was outrun in the last week."""


def collect(
    engine: Engine,
    sources: Sequence[Source],
    fetch: Fetch,
    clock: Callable[[], datetime],
    settings: CollectorSettings,
    names: Sequence[str] = (),
    tell: Tell = lambda _report, _done, _total: None,
) -> CollectReport:
    """Ask the sources that are due, or those named, due or not; keep what they gave.

    What a source gave is in the database, with how it stands, before `tell` hears of it. Raises UsageMistakeError for
    a name that is not listed, BulletinError where the database fails.
    """
    wanted = _wanted(sources, names)
    claimant = claims.new_claimant()
    jobs, elsewhere = _take(engine, sources, wanted, claimant, clock(), due_only=not names)
    run = _Run(engine, PoliteFetch(fetch, settings.host_gap), clock, settings, claimant)
    reports: dict[str, SourceReport] = {}
    host_gap, concurrency = settings.host_gap, settings.concurrency
    answers = in_batches(
        jobs, run.ask, concurrency=concurrency, host_gap=host_gap, host_of=_host_of, weight=_weight
    )
    try:
        with closing(answers):
            for some in answers:
                for source, report in run.keep(some):
                    reports[source.key] = report
                    tell(report, len(reports), len(jobs))
    finally:
        with engine.begin() as connection:
            claims.release(connection, claimant)
    asked = [job.source for job in jobs]
    with reading(engine) as connection:
        needs_person = _needs_person(connection, asked, run.standings, reports, clock())
        next_due = inbox.next_due(connection, wanted)
    return CollectReport(
        sources=tuple(reports[source.key] for source in asked),
        needs_person=needs_person,
        listed=len(wanted),
        next_due=next_due,
        elsewhere=elsewhere,
    )


def _wanted(sources: Sequence[Source], names: Sequence[str]) -> tuple[Source, ...]:
    """Return the sources to ask: those named, or all that are not paused."""
    if not names:
        return tuple(source for source in sources if not source.paused)
    by_name = {source.name: source for source in sources}
    unknown = [name for name in names if name.strip() not in by_name]
    if unknown:
        raise UsageMistakeError("\n".join(_unknown(name, list(by_name)) for name in unknown))
    chosen = tuple(by_name[name] for name in dict.fromkeys(map(str.strip, names)))
    if paused := [source for source in chosen if source.paused]:
        raise BulletinError("\n".join(map(_paused, paused)))
    return chosen


def _unknown(name: str, known: Sequence[str]) -> str:
    holding = [one for one in known if name.strip() and name.strip() in one]
    near = holding[:3] or get_close_matches(name, known, n=3, cutoff=0.4)
    hint = f"，是否想写 {'、'.join(near)}？" if near else "；名称见 xcbulletin sources list"
    return f"没有“{name}”这个信息源{hint}"


def _paused(source: Source) -> str:
    if source.needs_rsshub:
        return f"{source.name}: 要经过 RSSHub 采集，请先在 bulletin.yaml 里设置 collector.rsshub"
    line = f":{source.line}" if source.line else ""
    return f"sources/feeds.yaml{line}: “{source.name}”已暂停，没有采集；要采集请删去它的 paused"


def _take(
    engine: Engine,
    sources: Sequence[Source],
    wanted: Sequence[Source],
    claimant: str,
    now: datetime,
    *,
    due_only: bool,
) -> tuple[tuple[_Job, ...], tuple[str, ...]]:
    """Return the sources taken in hand, and the names of those that another collector has."""
    with engine.begin() as connection:
        inbox.register(connection, sources)
        inbox.forget_old_log(connection, now)
        ids = inbox.numbers(connection, wanted)
        mine = claims.claim(connection, ids, claimant, now, due_only=due_only)
        # Read after the claim: whoever had a source in hand until now may have changed how it stands.
        standings = inbox.standings(connection, wanted)
        taken = claims.held(connection, ids, now)
        gaps = inbox.count_gaps(connection, ids, now)
    jobs = tuple(
        _Job(source=source, standing=standing, gaps=gaps.get(standing.id, 0))
        for source in wanted
        if (standing := standings[source.key]).id in mine
    )
    others = taken - mine
    return jobs, tuple(source.name for source in wanted if standings[source.key].id in others)


def _host_of(job: _Job) -> str | None:
    """Return who is asked, one at a time; an RSSHub answers for many hosts, and may be asked by many at once."""
    return None if job.source.kind is SourceKind.RSSHUB else host(_address(job))


def _address(job: _Job) -> str:
    return schedule.address(job.source.url, job.standing.taken_over, job.standing.failures)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a source answered."""

    asked: Asked
    document: Document | None = None
    """What is still to be read; None where there is nothing new in it, or none."""


_WITHOUT_DOCUMENT = 1 / 16
"""What an answer weighs of which nothing has to be read; lost with us, it is had again for the asking."""


def _weight(done: "Done[_Job, Answer]") -> float:
    return 1 if _has_document(done) else _WITHOUT_DOCUMENT


def _has_document(done: "Done[_Job, Answer]") -> bool:
    return done.result is not None and done.result.document is not None


class _Run:
    """One collection at work."""

    def __init__(
        self,
        engine: Engine,
        fetch: Fetch,
        clock: Callable[[], datetime],
        settings: CollectorSettings,
        claimant: str,
    ) -> None:
        self._engine, self._fetch, self._clock = engine, fetch, clock
        self._settings, self._claimant = settings, claimant
        self._renewed = clock()
        self.standings: dict[str, Standing] = {}
        """How the sources stand, by key, that were asked and kept."""

    def ask(self, job: _Job) -> Answer:
        """Ask a source; touches no database, for it runs in several threads."""
        began = time.monotonic()
        try:
            answer = ask(job.source, job.standing, self._fetch, self._clock())
        except FetchError as error:
            asked = Asked(
                outcome=error.outcome,
                at=self._clock(),
                address=_address(job),
                detail=error.detail,
                status=error.status,
                retry_after=error.retry_after,
            )
            answer = Answer(asked=asked)
        asked = replace(answer.asked, milliseconds=round((time.monotonic() - began) * 1000))
        return replace(answer, asked=asked)

    def keep(self, some: "Sequence[Done[_Job, Answer]]") -> Iterator[tuple[Source, SourceReport]]:
        """Read what sources gave, and keep it with how they stand now; what is yielded is kept."""
        # Documents few at a time, for what is read is lost if we are killed; without one, to ask again costs nothing.
        full = [done for done in some if _has_document(done)]
        empty = [done for done in some if not _has_document(done)]
        for few in (empty, *pieces(full, self._settings.concurrency)):
            yield from self._kept_together(few)

    def _kept_together(self, some: "Sequence[Done[_Job, Answer]]") -> list[tuple[Source, SourceReport]]:
        # By their numbers, so that two collectors never wait for each other's rows crosswise.
        read = sorted(((done.job, self._read(done)) for done in some), key=lambda one: one[0].standing.id)
        try:
            return self._kept(read)
        except BulletinError:
            raise
        except Exception:
            # A fault of ours with the items of one source; the others have none of it.
            return [one for job, asked in read for one in self._kept_alone(job, asked)]

    def _read(self, done: "Done[_Job, Answer]") -> Asked:
        # Here, not where it was fetched: what computes in several threads only keeps them waiting for each other.
        if done.result is None:
            return self._broken(done.job, done.error)
        try:
            return read_answer(done.result, done.job.source)
        except Exception as error:
            return self._broken(done.job, error)

    def _kept_alone(self, job: _Job, asked: Asked) -> list[tuple[Source, SourceReport]]:
        try:
            return self._kept([(job, asked)])
        except BulletinError:
            raise
        except Exception as error:
            return self._kept([(job, self._broken(job, error))])

    def _broken(self, job: _Job, error: Exception | None) -> Asked:
        _log.error("%s cannot be read", job.source.url, exc_info=error)
        said = shorten(f"{type(error).__name__}: {error}", 100, placeholder="…")
        detail = f"程序在这里出错（{said}），请把 build/faults.log 交给开发者"
        return Asked(outcome=Outcome.UNREADABLE, at=self._clock(), address=_address(job), detail=detail)

    def _kept(self, read: Sequence[tuple[_Job, Asked]]) -> list[tuple[Source, SourceReport]]:
        if not read:
            return []
        now = self._clock()
        with self._engine.begin() as connection:
            self._hold_on(connection, now)
            kept = [self._store(connection, job, asked, now) for job, asked in read]
            inbox.log(connection, [(job.standing.id, asked, stored) for job, asked, stored in kept])
            standings = _with_rhythm(connection, [self._standing(*one, now) for one in kept])
            inbox.keep_standings(connection, standings)
        self.standings.update((one.key, one) for one in standings)
        return [(job.source, _report(job, asked, stored)) for job, asked, stored in kept]

    def _store(
        self, connection: Connection, job: _Job, asked: Asked, now: datetime
    ) -> tuple[_Job, Asked, Stored]:
        stored = inbox.store(connection, job.standing.id, asked.entries, now)
        if asked.outcome is Outcome.OK and outruns(job.standing, stored):
            asked = replace(asked, outcome=Outcome.GAP, detail=_lost(stored))
        return job, asked, stored

    def _standing(self, job: _Job, asked: Asked, stored: Stored, now: datetime) -> Standing:
        gaps = job.gaps + (asked.outcome is Outcome.GAP)
        minutes = self._settings.min_interval
        return after(job.standing, job.source, asked, stored, now, min_interval=minutes, gaps=gaps)

    def _hold_on(self, connection: Connection, now: datetime) -> None:
        if now - self._renewed > claims.LEASE / 5:
            claims.renew(connection, self._claimant, now)
            self._renewed = now


def _report(job: _Job, asked: Asked, stored: Stored) -> SourceReport:
    return SourceReport(
        name=job.source.name,
        outcome=asked.outcome,
        new=stored.new,
        updated=stored.updated,
        detail=asked.detail,
    )


def _lost(stored: Stored) -> str:
    page = "除置顶外，整页" if stored.known else "整页"
    return f"{page} {stored.new} 条都没有见过，上次采集以来可能漏了一些；已缩短间隔"


def ask(source: Source, standing: Standing, fetch: Fetch, now: datetime) -> Answer:
    """Fetch a source's document, to be read unless it is what was read before. Raises FetchError."""
    address = schedule.address(source.url, standing.taken_over, standing.failures)
    known = standing.read_as == reads_as(source)
    whole = not known or schedule.wants_whole(standing.asked_whole, now)
    marks = Standing(id=standing.id, key=standing.key) if whole else standing
    document, moved_to = _fetch_last(source, replace(first_request(source), url=address), marks, fetch)
    asked = Asked(
        outcome=Outcome.UNCHANGED,
        at=document.fetched,
        address=address,
        status=document.status,
        size=len(document.content),
        whole=whole,
        etag=document.etag,
        last_modified=document.last_modified,
        moved_to=moved_to,
    )
    if document.unmodified:
        return Answer(asked=asked)
    asked = replace(asked, digest=hashlib.sha256(document.content).hexdigest())
    unchanged = known and asked.digest == standing.body_digest
    return Answer(asked=asked, document=None if unchanged else document)


def read_answer(answer: Answer, source: Source) -> Asked:
    """Return what came of asking, with what stands in the document."""
    if answer.document is None:
        return answer.asked
    found = read(answer.document, source)
    return replace(answer.asked, outcome=found.outcome, detail=found.detail, entries=found.entries)


def _fetch_last(
    source: Source, request: Request, marks: Standing, fetch: Fetch
) -> tuple[Document, str | None]:
    """Return the document with the entries, and where permanent redirects have led."""
    if source.data is None:
        document = fetch(_marked(request, marks))
        return document, document.moved_to
    # The page may stand unchanged while its data does not: the marks are the data's.
    page = fetch(request)
    second = next_request(page, source)
    return page if second is None else fetch(_marked(second, marks)), page.moved_to


def _marked(request: Request, standing: Standing) -> Request:
    return replace(request, etag=standing.etag, last_modified=standing.last_modified)


def _needs_person(
    connection: Connection,
    asked: Sequence[Source],
    standings: Mapping[str, Standing],
    reports: Mapping[str, SourceReport],
    now: datetime,
) -> tuple[Concern, ...]:
    if health.all_unreachable([report.outcome for report in reports.values()]):
        return (Concern(name="", advice="一个信息源也连不上；请先检查这台机器的网络"),)
    found = _examined(connection, asked, standings, now)
    return tuple(
        Concern(name=source.name, advice=found[source.key].advice)
        for source in asked
        if found[source.key].needs_person
    )


def examine(engine: Engine, sources: Sequence[Source], now: datetime) -> dict[str, health.Health]:
    """Return how each source is, by key."""
    with reading(engine) as connection:
        return _examined(connection, sources, inbox.standings(connection, sources), now)


def _examined(
    connection: Connection, sources: Sequence[Source], standings: Mapping[str, Standing], now: datetime
) -> dict[str, health.Health]:
    known = _with_rhythm(connection, [standings[one.key] for one in sources if one.key in standings])
    gaps = inbox.count_gaps(connection, [standing.id for standing in known], now)
    by_key = {standing.key: standing for standing in known}
    found = {}
    for source in sources:
        standing = by_key.get(source.key)
        found[source.key] = health.examine(source, standing, gaps.get(standing.id, 0) if standing else 0, now)
    return found


def _with_rhythm(connection: Connection, standings: Sequence[Standing]) -> list[Standing]:
    """Return the standings, where none is known with the rhythm of the items that the database has now."""
    unknown = [standing.id for standing in standings if standing.rhythm is None]
    arrivals = inbox.arrivals(connection, unknown, health.RECENT)
    rhythms = {number: health.rhythm(times) for number, times in arrivals.items()}
    return [replace(one, rhythm=rhythms[one.id]) if one.id in rhythms else one for one in standings]

"""The rooms joined for the doors: sources asked, stories suggested, picked into an issue or put away."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from xcbulletin.errors import BulletinError, UsageMistakeError, reason
from xcbulletin.model import IssueId, Problem
from xcbulletin.workspace import issue_folder

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from xcbulletin.collecting.collect import CollectReport, SourceReport
    from xcbulletin.collecting.following.sources import Authority, Source
    from xcbulletin.collecting.items import Fetch
    from xcbulletin.collecting.suggesting.drafting import Draft, Page
    from xcbulletin.collecting.suggesting.labelling import Locality
    from xcbulletin.collecting.suggesting.learning import Article as TaggedArticle
    from xcbulletin.collecting.suggesting.learning import Learner, Lesson
    from xcbulletin.collecting.suggesting.novelty import Archive
    from xcbulletin.collecting.suggesting.ranking import Candidate, Period, Suggestion
    from xcbulletin.collecting.suggesting.suggestions import Stored
    from xcbulletin.manuscript.printed import Printed
    from xcbulletin.settings import Workspace

RECENT = datetime.timedelta(days=45)
"""What is news where no month is named."""
_TAIL = datetime.timedelta(days=15)
"""How far an issue reaches back into the month before its own."""
_AHEAD = datetime.timedelta(days=2)
"""Sources in other zones, and clocks that are fast."""
_MANY = 1000
"""Items that take so long to classify that an editor should be told."""
_RELABELLED = datetime.timedelta(days=75)
"""How long ago items may have been collected that are judged again when the classifier has changed."""

# Heavy imports stand inside the methods that need them, so that each command loads no more than its own work.

Tell = Callable[[str], None]
"""Says how long work goes on."""


def _silent(_message: str) -> None:
    return


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggested:
    """A list for an editor."""

    period: "Period"
    suggestions: tuple["Suggestion", ...]
    coverage: Mapping[str, int]
    """Items of the period by industry, all industries of the workspace, none left out."""
    stored: int
    """Items ever collected."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picked:
    """What came of picking an item."""

    item: int
    title: str
    file: str
    """The article, relative to the workspace."""
    new: bool
    """Whether the article was written now."""
    remark: str = ""
    """Why the evidence is not the page itself, where it is not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """What came of learning."""

    read: int
    """Examples in the file."""
    new: int
    """Those of them that were not known."""
    problems: tuple[Problem, ...]
    """Of the file."""
    lesson: "Lesson"
    relabelled: int


class Newsroom:
    """The collector of one workspace. A context manager, for its database and its network are to be let go."""

    def __init__(
        self,
        root: Path,
        environment: Mapping[str, str],
        *,
        fetch: "Fetch | None" = None,
        clock: Callable[[], datetime.datetime] = _now,
    ) -> None:
        self.root, self._environment = root, environment
        self._given_fetch, self.clock = fetch, clock
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stack.__exit__(*raised)

    @cached_property
    def workspace(self) -> "Workspace":
        """The settings and industries. Raises ProblemsError, WorkspaceError."""
        from xcbulletin.settings import open_workspace

        return open_workspace(self.root, self._environment)

    @cached_property
    def engine(self) -> "Engine":
        """The workspace's database, migrated. Raises BulletinError."""
        from xcbulletin.database import open_engine

        engine = open_engine(self.workspace.settings.database, self.root)
        self._stack.callback(engine.dispose)
        return engine

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
    def _by_key(self) -> dict[str, "Source"]:
        return {source.key: source for source in self.sources}

    # Collecting

    def collect(
        self,
        names: Sequence[str] = (),
        tell: Tell = _silent,
        heard: "Callable[[SourceReport, int, int], None]" = lambda _report, _done, _total: None,
    ) -> "CollectReport":
        """Ask the sources that are due, or those named; then fold, learn and classify what is new.

        `heard` is told of each source as it is done: what came of it, how many are done, and of how many.
        """
        from xcbulletin.collecting.collect import collect

        collector = self.workspace.settings.collector
        report = collect(self.engine, self.sources, self.fetch, self.clock, collector, names, heard)
        self._fold()
        self._learn_if_due(tell)
        self._label(tell)
        return report

    def _fold(self) -> None:
        """Put items that tell the same together."""
        from xcbulletin.collecting.suggesting.suggestions import is_folded
        from xcbulletin.database import reading

        with reading(self.engine) as connection:
            if is_folded(connection):
                return
        from xcbulletin.collecting.stories.stories import fold_new

        with self.engine.connect() as connection:
            fold_new(connection, self.clock(), self._authorities)

    @cached_property
    def _authorities(self) -> "dict[int, Authority]":
        from xcbulletin.collecting.suggesting.suggestions import authorities
        from xcbulletin.database import reading

        with reading(self.engine) as connection:
            return authorities(connection, self._by_key)

    @cached_property
    def _learner(self) -> "Learner":
        from xcbulletin.collecting.suggesting.learning import Learner

        return Learner(self.engine, self.workspace.industries)

    @cached_property
    def _locality(self) -> "Locality":
        from xcbulletin.collecting.suggesting.labelling import Locality

        settings = self.workspace.settings.locality
        return Locality(places=settings.places, companies=settings.companies)

    def _label(self, tell: Tell) -> int:
        """Classify what is new, and what is recent if the classifier has changed; return how many items."""
        from xcbulletin.collecting.suggesting.labelling import count_pending, label_pending

        since = self.clock() - _RELABELLED
        pending = count_pending(self.engine, self._learner.version(self._locality), since)
        if pending:
            if pending > _MANY:
                tell(f"正在给 {pending} 条线索分产业")
            hints = {source.key: source.industries for source in self.sources}
            label_pending(self.engine, self._learner.labeller(self._locality), hints, since)
        return pending

    # Suggesting

    def suggest(
        self,
        *,
        issue: IssueId | None = None,
        industries: tuple[str, ...] = (),
        column: str | None = None,
        limit: int = 20,
        tell: Tell = _silent,
    ) -> Suggested:
        """Return the best stories that nobody has decided on, best first; `industries` are codes."""
        from xcbulletin.collecting.suggesting.novelty import rank_new
        from xcbulletin.collecting.suggesting.ranking import rank
        from xcbulletin.collecting.suggesting.suggestions import Wanted, best_stories, coverage, taste, texts
        from xcbulletin.database import reading

        self._refresh(tell)
        now = self.clock()
        period = period_of(issue, now)
        wanted = Wanted(
            period=period, industries=industries, column=column, limit=limit, with_old=issue is None
        )
        with reading(self.engine) as connection:
            candidates = best_stories(connection, wanted, self._by_key)
            liked = taste(connection)
            ranked = rank_new(
                candidates,
                self._archive(),
                lambda ids: texts(connection, ids),
                lambda some: rank(some, period, now, self._names, liked, limit),
            )
            return self._suggested(connection, period, ranked, coverage(connection, period))

    def everything(
        self,
        *,
        issue: IssueId | None = None,
        industries: tuple[str, ...] = (),
        column: str | None = None,
        tell: Tell = _silent,
    ) -> Suggested:
        """Return every item, of an issue's period or ever collected: first what would be suggested, then the rest."""
        from xcbulletin.collecting.suggesting.ranking import rank, set_aside
        from xcbulletin.collecting.suggesting.suggestions import all_items, coverage, taste
        from xcbulletin.database import reading

        self._refresh(tell)
        now = self.clock()
        period = period_of(issue, now)
        with reading(self.engine) as connection:
            items = all_items(connection, None if issue is None else period, self._by_key)
            chosen = [one for one in items if _is_wanted(one, industries, column)]
            ranked = rank(filter(_is_open, chosen), period, now, self._names, taste(connection))
            rest = (set_aside(one, self._names) for one in chosen if not _is_open(one))
            return self._suggested(connection, period, (*ranked, *rest), coverage(connection, period))

    def _suggested(
        self,
        connection: "Connection",
        period: "Period",
        suggestions: tuple["Suggestion", ...],
        counts: Mapping[str, int],
    ) -> Suggested:
        from xcbulletin.collecting.suggesting.suggestions import count_items

        return Suggested(
            period=period,
            suggestions=suggestions,
            coverage={code: counts.get(code, 0) for code in self._names},
            stored=count_items(connection),
        )

    @property
    def _names(self) -> dict[str, str]:
        return {one.code: one.short_name for one in self.workspace.industries}

    @property
    def _printed(self) -> tuple["Printed", ...]:
        from xcbulletin.manuscript.printed import read_printed

        return read_printed(self.root)

    def _archive(self) -> "Archive":
        from xcbulletin.collecting.suggesting.novelty import Archive, Article

        return Archive(
            Article(issue=one.issue, title=one.title, text=one.text, url=one.url, draft=one.draft)
            for one in self._printed
        )

    # Deciding

    def pick(
        self, items: Sequence[str], issue: IssueId, column: str | None = None, tell: Tell = _silent
    ) -> tuple[Picked, ...]:
        """Make draft articles of items, each with its page as evidence; say where those are that have one.

        All mistakes are raised at once, before anything is fetched or written. Files come before the word in the
        database: whoever is stopped in between has the article found again by its address.
        """
        from xcbulletin.collecting.suggesting.originals import fetch_pages
        from xcbulletin.collecting.suggesting.suggestions import mark_picked

        self._refresh(tell)
        columns = self._columns_of(issue)
        chosen = self._find(items, _column_mistakes(column, columns, issue))
        files = {one.story: file for one in chosen if (file := self._article_of(one, issue))}
        new = {one.story: one for one in chosen if one.story not in files}
        if new:
            tell(f"正在取 {len(new)} 条的原文")
        gap = self.workspace.settings.collector.host_gap
        pages = fetch_pages({one.id: one.url for one in new.values()}, self.fetch, self.clock, gap)
        for one in new.values():
            files[one.story] = self._write(self._draft(one, pages[one.id], column, columns), issue, one.url)
        with self.engine.begin() as connection:
            for one in chosen:
                mark_picked(connection, one.id, _issue_of(files[one.story]), files[one.story], self.clock())
        return tuple(
            Picked(
                item=one.id,
                title=one.title,
                file=files[one.story],
                new=new.get(one.story) is one,
                remark=pages[one.id].failure if one.id in pages else "",
            )
            for one in chosen
        )

    def _refresh(self, tell: Tell) -> None:
        self._fold()
        self._label(tell)

    def _columns_of(self, issue: IssueId) -> tuple[str, ...]:
        from xcbulletin.manuscript.read import read_issue

        return tuple(column.code for column in read_issue(self.workspace, issue)[0].columns)

    def _find(self, items: Sequence[str], mistakes: Sequence[str] = ()) -> tuple["Stored", ...]:
        """Return the items that an editor named, each once. Raises BulletinError with every mistake."""
        from xcbulletin.collecting.suggesting.suggestions import find_items, parse_number
        from xcbulletin.database import reading

        numbers, wrong = [], list(mistakes)
        for text in items:
            try:
                numbers.append(parse_number(text))
            except BulletinError as error:
                wrong.append(str(error))
        with reading(self.engine) as connection:
            found, missing = find_items(connection, tuple(dict.fromkeys(numbers)))
        wrong += [
            f"没有编号为 {number} 的线索；请看 xcbulletin suggest --all 列出的编号" for number in missing
        ]
        if wrong:
            raise BulletinError("\n".join(wrong))
        return found

    def _article_of(self, one: "Stored", issue: IssueId) -> str | None:
        """Return the article that an item's story has become, even if it was renamed or never noted down."""
        from xcbulletin.collecting.suggesting.suggestions import PICKED
        from xcbulletin.collecting.urls import url_key

        if one.status == PICKED and one.article and (self.root / one.article).is_file():
            return one.article
        for article in self._printed:
            its_issue = article.issue == issue or (one.status == PICKED and article.evidence)
            same = url_key(article.url) in one.url_keys if article.url else article.title == one.title
            if its_issue and same:
                return article.file
        return None

    def _draft(self, one: "Stored", page: "Page", column: str | None, columns: Sequence[str]) -> "Draft":
        from xcbulletin.collecting.following.sources import SHANGHAI
        from xcbulletin.collecting.suggesting.drafting import default_column, draft
        from xcbulletin.collecting.suggesting.suggestions import judgement_of
        from xcbulletin.database import reading

        with reading(self.engine) as connection:
            judgement = judgement_of(connection, one.id)
        source = self._by_key.get(one.source_key)
        return draft(
            title=one.title,
            url=one.url,
            text=one.text,
            published=one.published,
            source=source.name if source else one.source,
            judgement=judgement,
            column=column or default_column(judgement, columns),
            page=page,
            zone=source.zone if source else SHANGHAI,
        )

    def _write(self, draft: "Draft", issue: IssueId, url: str | None) -> str:
        """Write a draft and its evidence; return the draft's file."""
        from xcbulletin.manuscript.evidence import format_evidence
        from xcbulletin.manuscript.write import add_draft

        evidence = format_evidence(
            draft.evidence,
            url=url,
            title=draft.fields["title"],
            source=draft.fields["source"]["name"],
            fetched=draft.fetched,
            remark=draft.remark,
        )
        path = add_draft(
            issue_folder(self.root, issue),
            draft.column,
            draft.slug,
            fields=draft.fields,
            quotation=draft.quotation,
            evidence=evidence,
            fetched=draft.fetched,
        )
        return path.relative_to(self.root).as_posix()

    def dismiss(self, items: Sequence[str]) -> tuple["Stored", ...]:
        """Put the stories of items away for good; return the items. Raises BulletinError with every mistake."""
        from xcbulletin.collecting.suggesting.suggestions import PICKED, mark_dismissed

        self._fold()
        chosen = self._find(items)
        written = [
            f"{one.id}: 已写成 {one.article}；不要了，请先删去这个文件"
            for one in chosen
            if one.status == PICKED and one.article and (self.root / one.article).is_file()
        ]
        if written:
            raise BulletinError("\n".join(written))
        with self.engine.begin() as connection:
            for one in chosen:
                mark_dismissed(connection, one.id, self.clock())
        return chosen

    def merge(self, items: Sequence[str]) -> tuple["Stored", ...]:
        """Fold the stories of items into one, for good; return the items."""
        from xcbulletin.collecting.stories.stories import merge

        self._fold()
        chosen = self._find(items)
        if len(chosen) < 2:
            raise UsageMistakeError("merge 后面至少要写两条线索的编号，如 xcbulletin merge 12 34")
        with self.engine.begin() as connection:
            merge(connection, [one.id for one in chosen], self.clock(), self._authorities)
        return chosen

    def split(self, item: str) -> "Stored":
        """Take an item out of its story, for good; return it."""
        from xcbulletin.collecting.stories.stories import split

        self._fold()
        (chosen,) = self._find([item])
        if len(chosen.others) == 0:
            raise BulletinError(f"{chosen.id}: 这一条没有与别的合在一起，不用拆")
        with self.engine.begin() as connection:
            split(connection, chosen.id, self.clock(), self._authorities)
        return chosen

    # Learning

    def learn(self, file: Path | None = None, tell: Tell = _silent) -> Learnt:
        """Learn from labelled examples, decisions and past issues; label what is recent anew.

        Lines of the file that are wrong are left out, and told of. Raises BulletinError, ProblemsError.
        """
        from xcbulletin.collecting.classifying.classifier import read_examples
        from xcbulletin.collecting.suggesting.learning import add_examples
        from xcbulletin.yamltext import decode

        codes = [one.code for one in self.workspace.industries]
        text = "" if file is None else decode(_content(file), str(file))
        examples, problems = read_examples(text, str(file), codes)
        with self.engine.begin() as connection:
            new = add_examples(connection, examples, self.clock())
        tell("正在学习")
        self._refresh(tell)
        lesson = self._learner.learn(self._articles(), self.clock())
        relabelled = self._label(tell) if lesson.adopted else 0
        return Learnt(read=len(examples), new=new, problems=problems, lesson=lesson, relabelled=relabelled)

    def _learn_if_due(self, tell: Tell) -> None:
        if self._learner.is_due():
            tell("编辑的取舍又多了一些，正在学习")
            self._learner.learn(self._articles(), self.clock(), if_better=True)

    def _articles(self) -> tuple["TaggedArticle", ...]:
        from xcbulletin.collecting.suggesting.learning import Article
        from xcbulletin.settings import resolve_industries

        return tuple(
            Article(
                file=one.file,
                title=one.title,
                text=one.text,
                industries=resolve_industries(one.industries, self.workspace.industries)[0],
                column=one.column,
                draft=one.draft,
            )
            for one in self._printed
        )


def period_of(issue: IssueId | None, now: datetime.datetime) -> "Period":
    """Return the time whose news an issue brings: its month, and the end of the month before."""
    from xcbulletin.collecting.following.sources import SHANGHAI
    from xcbulletin.collecting.suggesting.ranking import Period
    from xcbulletin.manuscript.new import last_day

    last = None if issue is None else last_day(issue)
    if last is None:
        return Period(since=now - RECENT, until=now + _AHEAD)
    first = datetime.datetime.combine(last.replace(day=1), datetime.time(), SHANGHAI)
    end = datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time(), SHANGHAI)
    return Period(since=(first - _TAIL).astimezone(datetime.UTC), until=end.astimezone(datetime.UTC))


def _is_open(candidate: "Candidate") -> bool:
    return candidate.status == "new" and candidate.judgement.is_relevant


def _is_wanted(candidate: "Candidate", industries: Sequence[str], column: str | None) -> bool:
    codes = {label.code for label in candidate.judgement.labels}
    return (not industries or bool(codes & set(industries))) and column in (None, candidate.judgement.column)


def _column_mistakes(column: str | None, columns: Sequence[str], issue: IssueId) -> list[str]:
    if column is None or column in columns:
        return []
    return [f"--column 没有“{column}”这个栏目；{issue} 的栏目有：{'、'.join(columns)}"]


def _issue_of(file: str) -> str:
    return file.split("/")[1]


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BulletinError(f"{file}: 读不到这个文件（{reason(error)}）；请检查文件名和所在文件夹") from error

"""An Issue for an audience: what readers get, numbered and with every reference resolved."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count

from xcbulletin.model import (
    Article,
    Correction,
    Imprint,
    Industry,
    Issue,
    IssueId,
    Kind,
    Place,
    Problem,
    Severity,
    Source,
)
from xcbulletin.publishing.charts.block import ReadData, no_data
from xcbulletin.publishing.headings import Parsed, number_headings
from xcbulletin.publishing.markup import parse
from xcbulletin.publishing.nodes import (
    Figure,
    Heading,
    Node,
    Note,
    Numbered,
    Pictured,
    Reference,
    Table,
    kinds_in,
    own_text,
    plain,
    rewrite,
    walk,
)

APPENDED = "附表"
"""What an editor writes before the caption of a table that is counted apart."""
_COUNTED = (Heading, Note, Figure, Table)


@dataclass(frozen=True, kw_only=True, slots=True)
class Subheading:
    """A heading inside an article, for contents and bookmarks."""

    anchor: str
    level: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A figure or table, as it stands in the lists of figures and tables."""

    anchor: str
    label: str
    caption: str
    column: str
    """The column or part that it stands in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An article as it is printed."""

    anchor: str
    file: str
    title: str
    industries: tuple[Industry, ...]
    source: Source | None
    author: str | None
    summary: str | None
    corrections: tuple[Correction, ...] = ()
    body: tuple[Node, ...]
    headings: tuple[Subheading, ...]
    notes: tuple[Note, ...]

    @property
    def pictures(self) -> tuple[Pictured, ...]:
        """Every node that shows a picture, in reading order."""
        return tuple(node for node in walk(self.body) if isinstance(node, Pictured))


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedColumn:
    """A column and its articles."""

    code: str
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """An issue resolved for an audience."""

    id: IssueId
    kind: Kind
    title: str
    subtitle: str | None
    publishers: tuple[str, ...]
    number: int | None
    total_number: int | None
    date: datetime.date
    imprint: Imprint
    selection: tuple[Industry, ...]
    """The industries asked for; empty for the whole issue."""
    columns: tuple[PrintedColumn, ...]
    figures: tuple[Listed, ...]
    tables: tuple[Listed, ...]
    file: str = field(default="")
    """The issue's own file, for problems that belong to no article."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All articles, in printing order."""
        return tuple(entry for column in self.columns for entry in column.entries)

    @property
    def industries(self) -> tuple[Industry, ...]:
        """The industries that its articles are tagged with, each once, in the order of the first."""
        return tuple(dict.fromkeys(one for entry in self.entries for one in entry.industries))


def compose(
    issue: Issue,
    industries: Sequence[Industry],
    selection: Sequence[str] = (),
    read_data: ReadData = no_data,
) -> tuple[Edition, tuple[Problem, ...]]:
    """Return the edition of `issue` for readers of the `selection` of industries, and what is wrong in it.

    Drafts stay out. With a selection, so does every article that is not tagged with one of its codes.
    `read_data` gives the files that charts are made from.
    """
    by_code = {one.code: one for one in industries}
    chosen = [article for article in issue.articles if is_wanted(article, issue, selection)]
    read = [(article, *parse(article, read_data)) for article in chosen]
    problems = [problem for _article, _nodes, found in read for problem in found]
    parsed = [(article, nodes) for article, nodes, _found in read]
    if issue.numbered:
        parsed, written = number_headings(parsed, issue.kind)
        problems += written
    numbering = _Numbering([nodes for _article, nodes in parsed])
    columns = tuple(_columns(issue, parsed, by_code, numbering))
    others = [
        article
        for article in issue.articles
        if not article.draft and not is_wanted(article, issue, selection)
    ]
    elsewhere = {id_ for article in others for id_ in _ids(parse(article)[0])}
    edition = Edition(
        id=issue.id,
        kind=issue.kind,
        title=issue.title,
        subtitle=issue.subtitle,
        publishers=issue.publishers,
        number=issue.number,
        total_number=issue.total_number,
        date=issue.date,
        imprint=issue.imprint,
        selection=tuple(by_code[code] for code in selection),
        columns=columns,
        figures=tuple(numbering.figures),
        tables=tuple(numbering.tables),
        file=f"issues/{issue.id}",
    )
    resolved, dangling = _with_references(edition, numbering, elsewhere)
    left_out = _left_out(issue, chosen, edition.selection)
    return resolved, (*problems, *numbering.problems, *dangling, *left_out)


def _columns(
    issue: Issue, parsed: Iterable[Parsed], industries: Mapping[str, Industry], numbering: "_Numbering"
) -> Iterator[PrintedColumn]:
    """Yield the columns that have an article, everything in them numbered in printing order."""
    by_column = defaultdict(list)
    for article, nodes in parsed:
        by_column[article.column].append((article, nodes))
    for column in issue.columns:
        entries = tuple(
            _entry(article, nodes, f"{column.code}-{index}", industries, numbering)
            for index, (article, nodes) in enumerate(by_column[column.code], start=1)
        )
        if entries:
            yield PrintedColumn(code=column.code, name=column.name, entries=entries)


def _is_appended(node: Node) -> bool:
    return isinstance(node, Table) and node.label == APPENDED


def _ids(body: Iterable[Node]) -> Iterator[str]:
    return (node.id for node in walk(body) if isinstance(node, Numbered) and node.id)


def _left_out(issue: Issue, chosen: Sequence[Article], selection: Sequence[Industry]) -> Iterator[Problem]:
    """Yield a remark for each draft, and a problem where nothing is left to print."""
    for article in issue.articles:
        if article.draft:
            yield Problem(
                place=Place(file=article.file),
                rule="draft",
                severity=Severity.WARNING,
                message="是草稿（draft: true），没有编入",
                suggestion="写好后请删去 draft 一行",
            )
    if not chosen:
        names = "、".join(one.name for one in selection)
        yield Problem(
            place=Place(file=f"issues/{issue.id}"),
            rule="empty",
            message=f"没有标为{names}的文章可印" if names else "没有可印的文章",
            suggestion="请核对各篇的 industries" if names else "请先写文章，或删去草稿的 draft 一行",
        )


def is_wanted(article: Article, issue: Issue, selection: Sequence[str]) -> bool:
    """Tell whether an article is printed for readers of a selection of industries."""
    tagged = article.industries or (issue.industries if issue.kind is Kind.REPORT else ())
    return not article.draft and (not selection or any(code in selection for code in tagged))


def with_entries(edition: Edition, change: Callable[[Entry], Entry]) -> Edition:
    """Return the edition with `change` applied to each entry, in printing order."""
    columns = tuple(replace(column, entries=tuple(map(change, column.entries))) for column in edition.columns)
    return replace(edition, columns=columns)


def with_body(entry: Entry, body: tuple[Node, ...]) -> Entry:
    """Return the entry with another body, and the notes of that."""
    return replace(entry, body=body, notes=_notes(body))


def _entry(
    article: Article,
    nodes: tuple[Node, ...],
    anchor: str,
    industries: Mapping[str, Industry],
    numbering: "_Numbering",
) -> Entry:
    kinds = kinds_in(nodes)
    is_counted = any(issubclass(kind, _COUNTED) for kind in kinds)
    body = numbering.number(article, nodes, anchor) if is_counted else nodes
    return Entry(
        anchor=anchor,
        file=article.file,
        title=article.title,
        industries=tuple(industries[code] for code in article.industries),
        source=article.source,
        author=article.author,
        summary=article.summary,
        corrections=article.corrections,
        body=body,
        headings=_headings(body) if Heading in kinds else (),
        notes=_notes(body) if Note in kinds else (),
    )


def _headings(body: Iterable[Node]) -> tuple[Subheading, ...]:
    return tuple(
        Subheading(anchor=node.id, level=node.level, text=plain(node.children))
        for node in walk(body)
        if isinstance(node, Heading) and node.id
    )


def _notes(body: Iterable[Node]) -> tuple[Note, ...]:
    return tuple(node for node in walk(body) if isinstance(node, Note))


class _Numbering:
    """Counts figures, tables and notes through the edition, and headings through an article."""

    def __init__(self, bodies: Iterable[Sequence[Node]]) -> None:
        self._bodies = bodies
        self._tables: dict[str, Iterator[int]] = defaultdict(lambda: count(1))
        self.figures: list[Listed] = []
        self.tables: list[Listed] = []
        self.targets: dict[str, Listed] = {}
        self.problems: list[Problem] = []
        self._notes = count(1)

    def number(self, article: Article, nodes: Iterable[Node], anchor: str) -> tuple[Node, ...]:
        headings = count(1)

        def numbered(node: Node) -> Node:
            match node:
                case Heading():
                    return replace(node, id=f"{anchor}-h{next(headings)}")
                case Note():
                    number = next(self._notes)
                    return replace(node, number=number, id=f"note-{number}")
                case Figure():
                    label = f"图{len(self.figures) + 1}"
                    return self._listed(node, label, plain(node.children), self.figures, "fig", article)
                case Table() if node.label:
                    label = self._label_of(node.label)
                    return self._listed(node, label, node.caption, self.tables, "tbl", article)
            return node

        return rewrite(nodes, numbered)

    def _label_of(self, name: str) -> str:
        """Return 表1, 表2 and so on; 附表 is counted for itself, and has no number where it is the only one."""
        number = next(self._tables[name])
        return name if name == APPENDED and self._appended == 1 else f"{name}{number}"

    @cached_property
    def _appended(self) -> int:
        return sum(_is_appended(node) for body in self._bodies for node in walk(body))

    def _listed(
        self, node: Numbered, label: str, caption: str, into: list[Listed], prefix: str, article: Article
    ) -> Numbered:
        listed = Listed(
            anchor=f"{prefix}-{len(into) + 1}", label=label, caption=caption, column=article.column
        )
        into.append(listed)
        if node.id in self.targets:
            place = Place(file=article.file, line=node.line)
            message = f"编号“{node.id}”已经用在{self.targets[node.id].label}上"
            self.problems.append(
                Problem(place=place, rule="duplicate-id", message=message, suggestion="请换一个编号")
            )
        elif node.id:
            self.targets[node.id] = listed
        return replace(node, id=listed.anchor, label=label)


def _with_references(
    edition: Edition, numbering: _Numbering, elsewhere: Set[str]
) -> tuple[Edition, list[Problem]]:
    problems: list[Problem] = []

    def resolved(entry: Entry) -> Entry:
        if Reference not in kinds_in(entry.body):
            return entry

        def resolve(node: Node) -> Node:
            if not isinstance(node, Reference):
                return node
            listed = numbering.targets.get(node.target)
            if listed is None and node.target in elsewhere:
                return replace(node, label="（见全刊）")
            if listed is None:
                problems.append(_dangling(entry.file, node, (*numbering.targets, *sorted(elsewhere))))
                return replace(node, label=f"［{node.target}］")
            return replace(node, label=listed.label, id=listed.anchor)

        return with_body(entry, rewrite(entry.body, resolve))

    return with_entries(edition, resolved), problems


def _dangling(file: str, node: Reference, targets: Iterable[str]) -> Problem:
    known = "、".join(targets)
    return Problem(
        place=Place(file=file, line=node.line),
        rule="reference",
        message=f"“[@{node.target}]”没有对应的图或表",
        suggestion=f"可引用的编号：{known}" if known else "请在图或表题后面写上编号，如 {#fig-1}",
        severity=Severity.ERROR,
    )


def texts(edition: Edition) -> Iterator[tuple[Place, str]]:
    """Yield all that is printed of what editors wrote, piece by piece, with its place."""
    own = edition.imprint
    head = [edition.title, edition.subtitle, *edition.publishers, own.permit_number, own.recipients]
    head += [own.printer, own.editor, own.reviewer, own.contact]
    yield Place(file=f"{edition.file}/issue.yaml"), "".join(filter(None, head))
    names = [name for one in (*edition.industries, *edition.selection) for name in (one.short_name, one.name)]
    yield Place(file="sources/industries.yaml"), "".join(names)
    for column in edition.columns:
        yield Place(file="bulletin.yaml"), column.name
        for entry in column.entries:
            source = entry.source.name if entry.source else ""
            fields = (entry.title, entry.author, entry.summary, source, *_corrected(entry))
            yield Place(file=entry.file, line=2), "".join(filter(None, fields))
            yield from _body_texts(entry)


def _corrected(entry: Entry) -> Iterator[str]:
    return (f"更正{one.note}" for one in entry.corrections)


def _body_texts(entry: Entry) -> Iterator[tuple[Place, str]]:
    line: int | None = None
    for node in walk(entry.body):
        line = node.line or line
        if text := own_text(node):
            yield Place(file=entry.file, line=line), text

"""What the archive keeps of an issue: what lists, feeds and search need to know of it."""

import datetime
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from xcbulletin.model import Column, Correction, Issue, IssueId, Kind, Source
from xcbulletin.publishing.edition import Edition, Entry
from xcbulletin.publishing.nodes import (
    Cell,
    ChartFigure,
    Code,
    Figure,
    Heading,
    Item,
    KeyFigures,
    Node,
    Note,
    Paragraph,
    SourceLine,
    Table,
    Text,
    own_text,
    plain,
    walk,
)
from xcbulletin.publishing.pages import issue_label

REPORT = Column(code="report", name="专题报告")
"""What parts of reports are shelved under."""
_FURNITURE = frozenset(("copyright", "contributors", "contact"))
"""Codes of the parts of a report that say nothing of its matter."""
_SLUG = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledArticle:
    """An article in the archive."""

    file: str
    """Path relative to the workspace, with forward slashes."""
    slug: str
    """Names its page in its issue's folder: small letters, digits, and ._- between them."""
    anchor: str
    """Its entry's in the edition."""
    title: str
    column: str
    """Code of its column, or REPORT's."""
    industries: tuple[str, ...]
    """Codes; a part of a report that has none of its own has the report's, if it says something of its matter."""
    source: Source | None
    author: str | None
    summary: str | None
    corrections: tuple[Correction, ...]
    text: str
    """What can be read of its body: paragraphs, headings, cells, captions and notes, each on a line."""
    is_furniture: bool = False
    """Whether it is a part of a report that says nothing of its matter: neither listed nor searched."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledIssue:
    """An issue in the archive."""

    id: IssueId
    kind: Kind
    title: str
    subtitle: str | None
    label: str
    """2021年第1期（总第37期）; empty where it has no number."""
    publishers: tuple[str, ...]
    number: int | None
    date: datetime.date
    articles: tuple[FiledArticle, ...]
    """Those that are printed, in printing order."""

    @property
    def order(self) -> tuple[datetime.date, str]:
        """A key by which issues stand in the archive, oldest first."""
        return self.date, self.id

    @property
    def name(self) -> str:
        """What it is called: by its number, where it is one of the bulletin that has one; else by its title."""
        return self.label if self.label and self.kind is Kind.BULLETIN else self.title

    @property
    def matter(self) -> "FiledIssue":
        """The issue as it is listed, counted and searched: without furniture."""
        return replace(self, articles=tuple(one for one in self.articles if not one.is_furniture))


def file_issue(issue: Issue, edition: Edition) -> FiledIssue:
    """Return what is kept of an issue; `edition` is the whole of it, composed."""
    is_report = issue.kind is Kind.REPORT
    slugs = _slugs(entry.file for entry in edition.entries)
    return FiledIssue(
        id=edition.id,
        kind=edition.kind,
        title=edition.title,
        subtitle=edition.subtitle,
        label=issue_label(edition),
        publishers=edition.publishers,
        number=edition.number,
        date=edition.date,
        articles=tuple(
            FiledArticle(
                file=entry.file,
                slug=slugs[entry.file],
                anchor=entry.anchor,
                title=" ".join(entry.title.split()),
                column=REPORT.code if is_report else column.code,
                industries=tuple(one.code for one in entry.industries)
                or (issue.industries if is_report and column.code not in _FURNITURE else ()),
                source=entry.source,
                author=entry.author,
                summary=entry.summary,
                corrections=entry.corrections,
                text=_text(entry),
                is_furniture=is_report and column.code in _FURNITURE,
            )
            for column in edition.columns
            for entry in column.entries
        ),
    )


def shelves(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return what the archive shelves articles under: the bulletin's `columns`, and REPORT."""
    return (*columns, REPORT)


def slug_of(file: str) -> str:
    """Return the name of the page of an article: its file's, or where not every disk takes that, one made of it.

    It does not change with what is beside it, so that what was cited is found again.
    """
    own = _own_name(file)
    return own if _SLUG.fullmatch(own) and own != "index" else _made_slug(file)


def _slugs(files: Iterable[str]) -> dict[str, str]:
    """Return the names of the pages of an issue; a second of the same name has another."""
    found: dict[str, str] = {}
    for file in files:
        slug = slug_of(file)
        found[file] = _made_slug(file) if slug in found.values() else slug
    return found


def _own_name(file: str) -> str:
    _issues, _issue, *folders, name = file.split("/")
    return "-".join((*folders, name.rpartition(".")[0]))


def _made_slug(file: str) -> str:
    column = _own_name(file).partition("-")[0].lower()
    prefix = column if _SLUG.fullmatch(column) else "article"
    return f"{prefix}-{hashlib.sha256(file.partition('/')[2].encode()).hexdigest()[:10]}"


def _text(entry: Entry) -> str:
    lines = (" ".join(line.split()) for line in _lines(entry.body))
    return "\n".join(line for line in lines if line)


def _lines(nodes: Sequence[Node]) -> Iterator[str]:
    """Yield what is read, block by block; the notes behind the block that calls them."""
    if not any(map(_is_block, nodes)):
        yield plain(nodes)
        yield from _notes(nodes)
        return
    for node in nodes:
        match node:
            case Paragraph(children=(Text(text=text),)):  # nearly all are, and a text calls no notes
                yield text
            case Paragraph() | Heading() | SourceLine() | Cell():
                yield plain(node.children)
                yield from _notes(node.children)
            case Code():
                yield from node.text.split("\n")
            case Figure():
                yield plain(node.children)
                yield node.source or ""
                yield from _data(node)
                yield from _notes(node.children)
            case Table():
                yield node.caption
                yield from _lines(node.children)
                yield node.source or ""
            case KeyFigures():
                yield node.title or ""
                yield from (own_text(one) for one in node.children)
                yield node.source or ""
            case _:
                yield from _lines(node.children)


def _data(figure: Figure) -> Iterator[str]:
    if isinstance(figure, ChartFigure) and figure.chart:
        yield from (" ".join(row) for row in figure.chart.rows)


def _is_block(node: Node) -> bool:
    return isinstance(node, _BLOCKS) or any(map(_is_block, node.children))


_BLOCKS = Paragraph | Heading | SourceLine | Item | Cell | Code | Figure | Table | KeyFigures


def _notes(nodes: Iterable[Node]) -> Iterator[str]:
    for node in walk(nodes):
        if isinstance(node, Note):
            yield from _lines(node.children)

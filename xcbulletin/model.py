"""The words of the product as values: what editors wrote, and what is wrong with it."""

import datetime
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

IssueId = NewType("IssueId", str)
"""A name that passed `workspace.parse_issue_id`: safe as a folder name."""


class Kind(StrEnum):
    """What an issue is printed as."""

    BULLETIN = "bulletin"
    REPORT = "report"


class Severity(StrEnum):
    """Whether a problem stops the build."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where in the workspace something stands."""

    file: str
    """Path relative to the workspace, with forward slashes."""
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something an editor should put right."""

    place: Place
    rule: str
    message: str
    suggestion: str | None = None
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """Whether nothing is printed before it is put right."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        remedy = "" if self.suggestion is None else f"；{self.suggestion}"
        return f"{self.place}: {self.message}{remedy}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Industry:
    """One of the industries that articles are tagged with."""

    code: str
    name: str
    short_name: str
    aliases: tuple[str, ...] = ()
    sub_sectors: tuple[str, ...] = field(default=(), repr=False)
    """Fields and products: one in a title makes it the subject."""
    companies: tuple[str, ...] = field(default=(), repr=False)
    """Those whose main business it is."""
    words: tuple[str, ...] = field(default=(), repr=False)
    """What supports, but does not decide."""
    stop_contexts: tuple[str, ...] = field(default=(), repr=False)
    """Wording in which such a term does not count, or which speaks against the industry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A section of an issue: a column of the bulletin, or a part of a report."""

    code: str
    name: str


REPORT_PARTS = (
    Column(code="copyright", name="版权声明"),
    Column(code="foreword", name="前言"),
    Column(code="body", name="正文"),
    Column(code="appendix", name="附录"),
    Column(code="contributors", name="编写组"),
    Column(code="contact", name="联系方式"),
)
"""The parts of a report in the order in which they are bound."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where an article's facts come from."""

    name: str
    url: str | None = None
    date: datetime.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The text of the page that an article draws on, kept as it was fetched."""

    file: str
    """Path relative to the issue's folder, with forward slashes."""
    sha256: str
    """Of the file, in hexadecimal."""
    fetched: datetime.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What was put right in an article after it was printed, and when."""

    date: datetime.date
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """One Markdown file."""

    file: str
    """Path relative to the workspace, with forward slashes."""
    title: str
    column: str
    body: str
    """Markdown, as written."""
    body_line: int
    """The line of the file on which the body begins, from 1."""
    industries: tuple[str, ...] = ()
    source: Source | None = None
    author: str | None = None
    summary: str | None = None
    draft: bool = False
    evidence: Evidence | None = None
    corrections: tuple[Correction, ...] = ()
    """In the order of their dates."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Imprint:
    """What the law or the custom of 简报 wants printed of an issue's making."""

    permit_number: str | None = None
    recipients: str | None = None
    printer: str | None = None
    print_date: datetime.date | None = None
    copies: int | None = None
    editor: str | None = None
    reviewer: str | None = None
    contact: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """What editors wrote: a folder, read and found whole."""

    id: IssueId
    kind: Kind
    title: str
    date: datetime.date
    columns: tuple[Column, ...]
    articles: tuple[Article, ...]
    """In printing order: by column, then by file name."""
    subtitle: str | None = None
    publishers: tuple[str, ...] = ()
    number: int | None = None
    total_number: int | None = None
    industries: tuple[str, ...] = ()
    numbered: bool = False
    """Whether numbers are put before its headings."""
    draft: bool | None = None
    """Whether it is still being written; None where its editors do not say."""
    imprint: Imprint = field(default_factory=Imprint)


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Whom an edition is made for."""

    industries: tuple[str, ...] = ()
    """Codes of those it is confined to; empty for the whole issue."""
    large_print: bool = False
    """Whether it is for readers who want large letters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """An article in one of the issues, as far as it matters to what else is printed."""

    issue: str
    file: str
    """Path relative to the workspace, with forward slashes."""
    column: str
    title: str
    text: str
    """How it begins."""
    url: str | None = None
    industries: tuple[str, ...] = ()
    """Codes, or as `manuscript.printed` reads them: codes and names as written."""
    draft: bool = False
    evidence: bool = False
    """Whether it was made of an item picked."""

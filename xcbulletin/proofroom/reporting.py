"""What a check found as a page of its own, each place marked in its line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from xcbulletin.model import Problem, Severity
from xcbulletin.proofing.catalogue import CATALOGUE
from xcbulletin.proofing.findings import Finding, Rule
from xcbulletin.proofroom.checking import Checked
from xcbulletin.workspace import write_whole

if TYPE_CHECKING:
    from xcbulletin.workshop import Workshop

_MOST_SHOWN = 90
"""Characters of a line before and after what is marked in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A part of a line; where it is at fault, with the number of its note."""

    text: str
    note: int | None = None
    is_error: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What is wrong at one place."""

    number: int
    problem: Problem
    rule: Rule | None
    """None for what reading and composing find."""

    @property
    def is_error(self) -> bool:
        """Tell whether it has to be put right."""
        return self.problem.is_error


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of a file with something wrong in it; number 0 is the file as a whole."""

    number: int
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedFile:
    """A file and its lines that have to be looked at."""

    file: str
    lines: tuple[Line, ...]


def marked_files(checked: Checked) -> tuple[MarkedFile, ...]:
    """Return the files with something wrong in them, and the lines as they stand, marked."""
    findings = {one.problem: one for one in checked.findings}
    notes = [
        Note(number=number, problem=problem, rule=CATALOGUE.get(problem.rule))
        for number, problem in enumerate(checked.problems, start=1)
    ]
    return tuple(
        MarkedFile(file=file, lines=tuple(_lines(list(inside), checked.texts.get(file, ""), findings)))
        for file, inside in groupby(notes, key=lambda note: note.problem.place.file)
    )


def _lines(notes: Sequence[Note], text: str, findings: Mapping[Problem, Finding]) -> Iterator[Line]:
    rows = text.split("\n")
    for number, inside in groupby(notes, key=lambda note: note.problem.place.line or 0):
        here = tuple(inside)
        row = rows[number - 1] if 0 < number <= len(rows) else ""
        row = "" if row.rstrip() == "---" else row
        yield Line(number=number, pieces=tuple(_pieces(row, here, findings)), notes=here)


def _pieces(row: str, notes: Iterable[Note], findings: Mapping[Problem, Finding]) -> Iterator[Piece]:
    marks = [(*_span(row, note, findings), note) for note in notes]
    at = 0
    for start, end, note in marks:
        if start < at or end <= start:
            continue
        yield Piece(text=_shortened(row[at:start], before=at > 0, after=True))
        yield Piece(text=row[start:end], note=note.number, is_error=note.is_error)
        at = end
    yield Piece(text=_shortened(row[at:], before=at > 0, after=False))


def _span(row: str, note: Note, findings: Mapping[Problem, Finding]) -> tuple[int, int]:
    """Return what to mark: the words at fault as far as they stand in the row as they read."""
    column = note.problem.place.column
    finding = findings.get(note.problem)
    if column is None or finding is None:
        return 0, 0
    excerpt = finding.excerpt
    length = len(excerpt) if excerpt and row.startswith(excerpt, column - 1) else 1
    return column - 1, min(column - 1 + length, len(row))


def _shortened(text: str, *, before: bool, after: bool) -> str:
    """Leave out of a long stretch what is far from a mark: one may stand before it, and one after."""
    kept = _MOST_SHOWN * (before + after)
    if not kept or len(text) <= kept + 20:
        return text if kept else text[: 2 * _MOST_SHOWN]
    head = text[:_MOST_SHOWN] if before else ""
    tail = text[-_MOST_SHOWN:] if after else ""
    return f"{head}……{tail}"


def write_page(workshop: "Workshop", checked: Checked) -> Path:
    """Write `build/check/ISSUE.html`; return its path. Raises TemplateFailedError."""
    from xcbulletin.publishing.pages import render_alone
    from xcbulletin.starter import template_folders

    html = render_alone(
        template_folders(workshop.root),
        "review/check.html",
        checked=checked,
        files=marked_files(checked),
        errors=sum(one.is_error for one in checked.problems),
        warnings=sum(one.severity is Severity.WARNING for one in checked.problems),
        faces=(),
    )
    path = workshop.root / "build" / "check" / f"{checked.issue}.html"
    write_whole(path, html.encode())
    return path

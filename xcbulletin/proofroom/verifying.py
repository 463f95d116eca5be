"""Outputs compared with the words of their issue: what readers get is what was signed."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xcbulletin.errors import WorkspaceError
from xcbulletin.model import Audience, Issue, IssueId, Place, Problem, Severity
from xcbulletin.proofing.passages import OBJECT
from xcbulletin.proofing.sameness.comparing import compare
from xcbulletin.proofing.sameness.differences import Comparison, Difference, Verdict
from xcbulletin.proofing.sameness.words import Words
from xcbulletin.proofroom.expected import Manuscript, read_manuscripts, titles
from xcbulletin.publishing import documents
from xcbulletin.publishing.edition import is_wanted
from xcbulletin.publishing.extracting import (
    Blocks,
    ExtractionError,
    Message,
    html_blocks,
    pdf_blocks,
    text_blocks,
)
from xcbulletin.publishing.letter import SUMMARY_LENGTH, TERSE_LENGTH, Shortened
from xcbulletin.publishing.outputs import MANIFEST, Manifest, read_manifest
from xcbulletin.workspace import issue_folder

if TYPE_CHECKING:
    from xcbulletin.workshop import Workshop


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """An output that was read, and what in it is not as it was signed."""

    file: str
    """Path relative to the workspace; of a part of a message with #text, #html or #pdf."""
    sentences: int
    """How many it should carry."""
    differences: tuple[Difference, ...]

    def count(self, *verdicts: Verdict) -> int:
        """Return how many sentences have come to this."""
        return sum(one.verdict in verdicts for one in self.differences)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What an editor is told."""
        return tuple(_problem(self.file, one) for one in self.differences)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What came of verifying an issue."""

    issue: IssueId
    outputs: tuple[Output, ...]
    build_problems: tuple[Problem, ...]
    """Outputs that are stale, lost, altered or not to be read."""
    is_signed: bool | None
    """Whether every stage is signed over the words compared; None where nobody has signed anything."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong."""
        return (*self.build_problems, *(problem for one in self.outputs for problem in one.problems))


def verify(workshop: "Workshop", issue: IssueId) -> Verification:
    """Compare every output of an issue with the words of its files as they are now.

    Raises WorkspaceError where there is no such issue or nothing has been built of it, and ProblemsError where its
    files cannot be read.
    """
    from xcbulletin.manuscript.read import read_issue

    issue_folder(workshop.root, issue)
    folders = _folders(workshop.root, issue)
    if not folders:
        raise WorkspaceError(
            f"build/{issue}: 还没有编印，没有东西可以核对；请先运行 xcbulletin build {issue}"
        )
    outputs: list[Output] = []
    problems: list[Problem] = []
    written, _remarks = read_issue(workshop.workspace, issue)
    manuscripts, names = read_manuscripts(workshop.root, written), _names(workshop, written)
    for folder in folders:
        place = folder.relative_to(workshop.root).as_posix()
        manifest = read_manifest(folder)
        stale = _stale(workshop, issue, place, manifest)
        if manifest is None or stale:
            problems += stale
            continue
        wanted = [one for one in manuscripts if is_wanted(one.article, written, manifest.selection)]
        here = _Folder(folder=folder, place=place, manifest=manifest, manuscripts=wanted, names=names)
        outputs += here.outputs()
        problems += here.problems
    return Verification(
        issue=issue,
        outputs=tuple(outputs),
        build_problems=tuple(problems),
        is_signed=_is_signed(workshop, issue),
    )


def _folders(root: Path, issue: IssueId) -> list[Path]:
    folder = root / "build" / issue
    return [
        path.parent for path in (folder / MANIFEST, *sorted(folder.glob(f"*/{MANIFEST}"))) if path.is_file()
    ]


def _stale(workshop: "Workshop", issue: IssueId, place: str, manifest: Manifest | None) -> list[Problem]:
    if manifest is None:
        return [
            _build_problem(
                f"{place}/{MANIFEST}", "build-manifest", "读不懂这份清单，可能已经损坏", "请重新编印"
            )
        ]
    audience = Audience(industries=manifest.selection, large_print=manifest.large_print)
    if manifest.issue == issue and workshop.digest(issue, audience) == manifest.digest:
        return []
    message = "编印之后，文稿、设置、模板或程序又有改动，编出来的不是现在的文字"
    return [_build_problem(place, "build-stale", message, "请重新运行 xcbulletin build，再核对")]


def _build_problem(file: str, rule: str, message: str, suggestion: str) -> Problem:
    return Problem(place=Place(file=file), rule=rule, message=message, suggestion=suggestion)


def _is_signed(workshop: "Workshop", issue: IssueId) -> bool | None:
    from xcbulletin.proofroom.signing import review

    now = review(workshop, issue)
    return now.complete if now.record.signoffs else None


def _names(workshop: "Workshop", issue: Issue) -> frozenset[str]:
    """Return what outputs say beside the articles: masthead and imprint, names of columns and industries."""
    imprint = (value for value in asdict(issue.imprint).values() if isinstance(value, str))
    industries = (name for one in workshop.workspace.industries for name in (one.name, one.short_name))
    columns = (column.name for column in issue.columns)
    publishers = (*issue.publishers, "、".join(issue.publishers), "　".join(issue.publishers))
    return frozenset((issue.title, issue.subtitle or "", *publishers, *imprint, *columns, *industries))


# What is there


@dataclass(kw_only=True)
class _Folder:
    """A folder of outputs."""

    folder: Path
    place: str
    manifest: Manifest
    manuscripts: Sequence[Manuscript]
    names: frozenset[str]
    problems: list[Problem] = field(default_factory=list)
    _printed: dict[bytes, Blocks] = field(default_factory=dict)
    _compared: dict[Any, Comparison] = field(default_factory=dict)

    def outputs(self) -> Iterator[Output]:
        """Yield what came of each output; what cannot be compared is in `problems`."""
        for name, sha256 in self.manifest.files.items():
            content = self._content(name, sha256)
            if content is not None:
                yield from self._output(name, content)

    def _content(self, name: str, sha256: str) -> bytes | None:
        """Return what stands in a file, after telling what is wrong with it."""
        place = f"{self.place}/{name}"
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            self._report(place, "output-lost", "编印出来的这个文件不见了或读不到", "请重新编印")
            return None
        if hashlib.sha256(content).hexdigest() != sha256:
            self._report(place, "output-altered", "与编印出来时不一样，被换过或改过", "请删去它，重新编印")
        return content

    def _report(self, place: str, rule: str, message: str, suggestion: str) -> None:
        self.problems.append(_build_problem(place, rule, message, suggestion))

    def _output(self, name: str, content: bytes) -> Iterator[Output]:
        text = content.decode(errors="replace") if name.endswith((".html", ".txt")) else ""
        match name:
            case documents.PDF_FILE:
                yield from self._pdf(name, content)
            case documents.PAGE_FILE:
                yield self._text(name, html_blocks(text), self._words)
            case "email.html":
                yield self._letter(name, text)
            case "email.txt":
                yield self._text_part(name, text)
            case "email.eml":
                message = Message(content)
                yield self._text_part(f"{name}#text", message.text)
                yield self._letter(f"{name}#html", message.html)
                if message.pdf is not None:
                    yield from self._pdf(f"{name}#pdf", message.pdf)

    def _pdf(self, name: str, content: bytes) -> Iterator[Output]:
        try:
            if content not in self._printed:
                self._printed[content] = pdf_blocks(content)
            yield self._text(name, self._printed[content], self._words)
        except ExtractionError as error:
            self._report(f"{self.place}/{name}", "output-unreadable", str(error), "请重新编印")

    def _letter(self, name: str, page: str) -> Output:
        blocks = html_blocks(page)
        match self._shortened:
            case "summaries":
                tried = (
                    self._text(name, blocks, self._summaries(one)) for one in (SUMMARY_LENGTH, TERSE_LENGTH)
                )
                return min(tried, key=lambda output: len(output.differences))
            case "titles":
                words = tuple(titles(self.manuscripts, blocks))
            case _:
                words = self._words
        return self._text(name, blocks, words)

    def _summaries(self, length: int) -> tuple[Words, ...]:
        return tuple(words for one in self.manuscripts for words in one.summary(length))

    def _text_part(self, name: str, text: str) -> Output:
        words = tuple(replace(one, text=_without_calls(one.text)) for one in self._words)
        return self._text(name, tuple(map(_without_calls, text_blocks(text))), words)

    def _text(self, name: str, blocks: Blocks, words: tuple[Words, ...]) -> Output:
        key = (blocks, tuple(one.text for one in words))
        if key not in self._compared:
            self._compared[key] = compare(words, blocks, self.names)
        found = self._compared[key]
        return Output(file=f"{self.place}/{name}", sentences=found.sentences, differences=found.differences)

    @property
    def _words(self) -> tuple[Words, ...]:
        return tuple(words for one in self.manuscripts for words in one.words)

    @property
    def _shortened(self) -> Shortened | None:
        """What the letter holds instead of full texts, as the build has told its editor."""
        return documents.shortened(self.manifest.problems)


def _without_calls(text: str) -> str:
    """Return a text with blanks for the calls of notes, which a letter's text part writes as [1]."""
    return re.sub(r"\[\d+\]", lambda call: " " * len(call[0]), text)


# What is told


def _problem(output: str, one: Difference) -> Problem:
    told = _TOLD[one.verdict].format(sentence=_cut(one.sentence), instead=_cut(one.instead or ""))
    return Problem(
        place=one.place,
        rule=f"verify-{one.verdict}",
        message=f"{output} {told}",
        suggestion="请检查编印它的模板；如果没有改过模板，请把这一处报给程序的维护人",
        severity=Severity.ERROR,
    )


_TOLD: Mapping[Verdict, str] = {
    Verdict.MISSING: "里没有“{sentence}”",
    Verdict.CHANGED: "里的“{sentence}”变成了“{instead}”",
    Verdict.MOVED: "里的“{sentence}”换了位置，现在在“{instead}”后面",
    Verdict.REPEATED: "里的“{sentence}”又印了一次，在“{instead}”后面",
}


def _cut(text: str) -> str:
    text = text.replace(OBJECT, "〔〕")
    return text if len(text) <= 80 else f"{text[:50]}……{text[-25:]}"


def verification_document(found: Verification) -> dict[str, Any]:
    """Return what came of it as programs read it, but for the problems."""
    return {
        "issue": found.issue,
        "signed": found.is_signed,
        "outputs": [
            {
                "file": one.file,
                "sentences": one.sentences,
                "missing": one.count(Verdict.MISSING),
                "changed": one.count(Verdict.CHANGED),
                "moved": one.count(Verdict.MOVED),
                "repeated": one.count(Verdict.REPEATED),
            }
            for one in found.outputs
        ],
    }

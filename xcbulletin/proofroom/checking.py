"""An issue proofed from its folder: the rules of proofing beside what reading and composing find, and what to mend."""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xcbulletin.errors import ProblemsError, has_errors
from xcbulletin.manuscript.printed import read_printed
from xcbulletin.manuscript.read import ISSUE_FILE, read_issue
from xcbulletin.model import Issue, IssueId, Place, Problem, Severity
from xcbulletin.proofing.catalogue import CATALOGUE, nearest
from xcbulletin.proofing.checking import check as proof
from xcbulletin.proofing.checking import switched_off
from xcbulletin.proofing.chinese.wordlist import PROOFING_FILE, WordList, parse_words
from xcbulletin.proofing.context import Context, PictureFacts
from xcbulletin.proofing.errorrate import ErrorRate, error_rate
from xcbulletin.proofing.findings import Edit, Finding
from xcbulletin.proofing.fixing import FixError, difference, fixed, safe_edits
from xcbulletin.proofing.structure import sources
from xcbulletin.starter import starter_folder
from xcbulletin.switches import line_switches
from xcbulletin.workspace import SETTINGS_FILE, write_whole
from xcbulletin.yamltext import decode

if TYPE_CHECKING:
    from xcbulletin.settings import Workspace
    from xcbulletin.workshop import Composed, Workshop

_CENTIMETRE = 72 / 2.54
_PIXEL = 0.75
"""Points that a pixel of a picture is wide where nothing says how wide the picture is (CSS)."""
_UNWRITTEN = ("placeholder", "not-rewritten")
"""Rules that say of an article that it is not written yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """All that is wrong with an issue."""

    issue: IssueId
    title: str
    problems: tuple[Problem, ...]
    """By file and line: what reading and composing find, and what the rules find."""
    findings: tuple[Finding, ...]
    error_rate: ErrorRate
    texts: Mapping[str, str]
    """The files that were read, by their path in the workspace."""

    @property
    def has_errors(self) -> bool:
        """Tell whether the issue may not go out."""
        return has_errors(self.problems)


def check(workshop: "Workshop", issue_id: IssueId, today: datetime.date) -> Checked:
    """Return everything that is wrong with an issue today; of settings that cannot be read, only that. Raises FontError."""
    try:
        workspace = workshop.workspace
    except ProblemsError as error:
        return _unread(issue_id, error.problems)
    pictures: dict[str, PictureFacts] = {}
    try:
        composed = workshop.compose(issue_id)
        problems, pictures = composed.problems, _pictures(composed)
    except ProblemsError as error:
        problems = error.problems
    issue, _ = read_issue(workspace, issue_id)
    texts = _texts(workspace.root, issue)
    word_list, more = _word_list(workspace.root)
    result = proof(issue, texts, _context(workspace, issue, texts, pictures, word_list, today))
    findings = tuple(_without_the_unread(result.findings, problems))
    everything = (*problems, *more, *_unknown(workspace, texts), *(one.problem for one in findings))
    return Checked(
        issue=issue_id,
        title=issue.title,
        problems=tuple(sorted(everything, key=_by_place)),
        findings=findings,
        error_rate=error_rate(findings, result.passages, workspace.settings.check.yardstick),
        texts=texts,
    )


def with_findings(checked: Checked, more: Iterable[Finding], off: Iterable[str]) -> Checked:
    """Return what is wrong with what was found besides; what somebody switched off stays off."""
    switched = switched_off(checked.texts, frozenset(off))
    told = tuple(one for one in more if not switched.silences(one))
    problems = sorted((*checked.problems, *(one.problem for one in told)), key=_by_place)
    return replace(checked, findings=(*checked.findings, *told), problems=tuple(problems))


def _unread(issue_id: IssueId, problems: tuple[Problem, ...]) -> Checked:
    nothing = ErrorRate(slips=0, characters=0)
    return Checked(issue=issue_id, title="", problems=problems, findings=(), error_rate=nothing, texts={})


def _by_place(problem: Problem) -> tuple[str, int, int]:
    return problem.place.file, problem.place.line or 0, problem.place.column or 0


def _context(
    workspace: "Workspace",
    issue: Issue,
    texts: Mapping[str, str],
    pictures: Mapping[str, PictureFacts],
    word_list: WordList,
    today: datetime.date,
) -> Context:
    folder = workspace.root / "issues" / issue.id
    return Context(
        profile=workspace.settings.profile,
        notice=workspace.settings.masthead.notice,
        today=today,
        printed=read_printed(workspace.root),
        evidence={
            article.file: text
            for article in issue.articles
            if article.evidence and (text := _read(folder / article.evidence.file, article.evidence.file))
        },
        data={
            article.file: data
            for article in issue.articles
            if (data := "\n".join(_chart_data(folder, texts.get(article.file, ""))))
        },
        pictures=pictures,
        word_list=word_list,
        off=frozenset(workspace.settings.check.off),
    )


def _texts(root: Path, issue: Issue) -> dict[str, str]:
    files = (SETTINGS_FILE, f"issues/{issue.id}/{ISSUE_FILE}", *(article.file for article in issue.articles))
    return {file: text for file in files if (text := _read(root / file, file)) is not None}


def _read(path: Path, file: str) -> str | None:
    with suppress(OSError, ProblemsError):  # reported by who reads it in earnest
        return decode(path.read_bytes(), file)
    return None


_CHART = re.compile(r"^```\s*(?:chart|图表|图)\b.*?^```", re.MULTILINE | re.DOTALL)
_DATA = re.compile(r"^data:\s*[\"']?(assets/[^\s\"']+)", re.MULTILINE)


def _chart_data(folder: Path, text: str) -> Iterator[str]:
    """Yield what the charts of an article are drawn from: their blocks, and the files that these name."""
    for chart in _CHART.finditer(text):
        yield chart[0]
        for named in _DATA.finditer(chart[0]):
            path = (folder / named[1]).resolve()
            if path.is_relative_to((folder / "assets").resolve()):
                yield _read(path, named[1]) or ""


def _word_list(root: Path) -> tuple[WordList, tuple[Problem, ...]]:
    """Return the workspace's own list, or that of the program where it has none."""
    own = root / PROOFING_FILE
    path = own if own.is_file() else starter_folder() / PROOFING_FILE
    try:
        return parse_words(decode(path.read_bytes(), PROOFING_FILE)), ()
    except ProblemsError as error:
        return WordList(), error.problems


def _unknown(workspace: "Workspace", texts: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the rules that the settings or lines of manuscripts switch off and that do not exist."""
    lines = texts.get(SETTINGS_FILE, "").split("\n")
    for id_ in workspace.settings.check.off:
        if id_ not in CATALOGUE:
            line = next((number for number, row in enumerate(lines, 1) if _names(row, id_)), None)
            yield Problem(
                place=Place(file=SETTINGS_FILE, line=line),
                rule="unknown-rule",
                message=f"check.off 里没有“{id_}”这条校对规则",
                suggestion=_nearest(id_),
            )
    for file, text in texts.items():
        for number, ids in line_switches(text).items():
            yield from (_unknown_on_line(file, number, id_) for id_ in sorted(ids) if id_ not in CATALOGUE)


def _unknown_on_line(file: str, line: int, id_: str) -> Problem:
    return Problem(
        place=Place(file=file, line=line),
        rule="unknown-rule",
        severity=Severity.WARNING,
        message=f"这一行写明不检查“{id_}”，没有这条校对规则",
        suggestion=_nearest(id_),
    )


def _nearest(id_: str) -> str:
    meant = nearest(id_)
    if meant is None:
        return "规则号见 xcbulletin check --json 里的 rule"
    return f"最接近的是 {meant}（{CATALOGUE[meant].name}）"


def _names(row: str, id_: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(id_)}(?![\w-])", row.partition("#")[0]) is not None


def _without_the_unread(findings: Iterable[Finding], problems: Sequence[Problem]) -> Iterator[Finding]:
    """Yield the findings, but for the missing fields of articles whose fields could not be read or are not written."""
    unread = {one.place.file for one in problems if one.is_error or one.rule in _UNWRITTEN}
    for finding in findings:
        if finding.rule not in sources.RULES or finding.place.file not in unread:
            yield finding


def _pictures(composed: "Composed") -> dict[str, PictureFacts]:
    """Return how the pictures of pixels are printed, by their address in the text."""
    from xcbulletin.publishing.figures import SVG
    from xcbulletin.publishing.nodes import ChartFigure, Figure

    layout = composed.material.layout
    line = layout.characters * layout.body / layout.columns
    found: dict[str, PictureFacts] = {}
    for node in (node for entry in composed.edition.entries for node in entry.pictures):
        picture = composed.material.pictures.get(node.src)
        if isinstance(node, ChartFigure) or not isinstance(node, Figure) or picture is None:
            continue
        if picture.media_type != SVG:
            given = line * node.width / 100 if node.width else None
            found[node.src] = PictureFacts(
                width=round(picture.width),
                height=round(picture.height),
                printed_width=(given or min(line, picture.width * _PIXEL)) / _CENTIMETRE,
                widest=(given or line) / _CENTIMETRE,
            )
    return found


# Mending


@dataclass(frozen=True, kw_only=True, slots=True)
class Mended:
    """Files with the safe corrections made."""

    differences: tuple[str, ...]
    """A unified diff for each file."""
    files: Mapping[str, bytes]
    corrections: int


def mend(root: Path, checked: Checked) -> Mended:
    """Return the files of an issue with every safe correction made; nothing is written yet. Raises FixError."""
    edits: dict[str, list[Edit]] = defaultdict(list)
    for edit in safe_edits(checked.findings):
        edits[edit.file].append(edit)
    before = {file: _unchanged(root, file, checked) for file in edits}
    after = {file: fixed(before[file], edits[file], file) for file in edits}
    return Mended(
        differences=tuple(difference(before[file], after[file], file) for file in edits),
        files=after,
        corrections=sum(map(len, edits.values())),
    )


def _unchanged(root: Path, file: str, checked: Checked) -> bytes:
    content = (root / file).read_bytes()
    if decode(content, file) != checked.texts[file]:
        raise FixError(f"{file}: 文件在检查以后改动过，没有写入；请重新检查")
    return content


def write_mended(root: Path, mended: Mended) -> None:
    """Write the files, each whole or not at all."""
    for file, content in mended.files.items():
        write_whole(root / file, content)


def require_sound(workshop: "Workshop", issue: IssueId, today: datetime.date) -> None:
    """Raise ProblemsError with all that is wrong where something is that may not go out."""
    checked = check(workshop, issue, today)
    if checked.has_errors:
        raise ProblemsError(checked.problems)

"""The rooms joined for the doors: an issue read, composed, checked, built or shown, from its folder on disk."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from xcbulletin.errors import BulletinError, ProblemsError, WorkspaceError, has_errors, reason
from xcbulletin.model import Audience, IssueId, Place, Problem
from xcbulletin.starter import template_folders
from xcbulletin.workspace import (
    INDUSTRIES_FILE,
    SETTINGS_FILE,
    issue_folder,
    setting_overrides,
    user_cache,
)

if TYPE_CHECKING:
    from xcbulletin.preview import Preview
    from xcbulletin.publishing.documents import Material
    from xcbulletin.publishing.edition import Edition
    from xcbulletin.publishing.outputs import Format
    from xcbulletin.publishing.pages import Templates
    from xcbulletin.publishing.typefaces.fonts import FontSet
    from xcbulletin.publishing.typesetting.press import Press
    from xcbulletin.settings import Workspace

WHOLE = Audience()
"""Readers of the whole issue."""

_UNPRINTED = (
    "ARCHIVE",
    "REVIEW",
    "CHECK",
    "COLLECTOR",
    "LOCALITY",
    "MAILBOX",
    "DATABASE",
    "MAIL__PASSWORD",
    "MAIL__PORT",
)
"""Settings that leave no mark on any output: whoever overrides them has the same edition."""

# Heavy imports stand inside the methods that need them: a build with nothing to do is over before they are.


@dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """An edition, what its documents are made of, and what its editor should look at."""

    edition: "Edition"
    material: "Material"
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """What a build left in `folder`."""

    folder: Path
    files: tuple[str, ...]
    """Those made now; none where what was there is still true."""
    problems: tuple[Problem, ...]


class Workshop:
    """One workspace at work. A context manager, for its press is a process.

    Fonts, settings and press are got when they are first needed, and kept.
    """

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.root, self._environment = root, environment
        self._stack = ExitStack()
        self._press_lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stack.__exit__(*raised)

    @cached_property
    def fonts(self) -> "FontSet":
        """The printing fonts. Raises FontError."""
        from xcbulletin.publishing.typefaces.fonts import load_fonts

        return load_fonts()

    @cached_property
    def workspace(self) -> "Workspace":
        """The settings and industries. Raises ProblemsError, WorkspaceError."""
        return self._open()

    @cached_property
    def templates(self) -> "Templates":
        """The workspace's templates."""
        return _templates_of(self.workspace)

    def _open(self) -> "Workspace":
        from xcbulletin.settings import open_workspace

        return open_workspace(self.root, self._environment)

    @property
    def press(self) -> "Press":
        """The press; it warms up while this process goes on."""
        with self._press_lock:
            return self._the_press

    @cached_property
    def _the_press(self) -> "Press":
        from xcbulletin.publishing.typesetting.press import Press

        return self._stack.enter_context(Press(self.fonts, self.root / "build" / ".cache"))

    def compose(self, issue: IssueId, audience: Audience = WHOLE) -> Composed:
        """Read an issue and compose its edition. Raises ProblemsError with every mistake where there is one."""
        return _compose(self.workspace, self.templates, self.fonts, issue, audience)

    def check(self, issue: IssueId) -> tuple[Problem, ...]:
        """Return everything that is wrong: settings, files, marked-up text, pictures, glyphs."""
        try:
            return self.compose(issue).problems
        except ProblemsError as error:
            return error.problems

    def build_each(
        self, issues: Sequence[IssueId], formats: Sequence["Format"], audience: Audience = WHOLE
    ) -> Iterator[Built | BulletinError]:
        """Build several issues side by side; yield in their order what came of each, as `build` has it."""

        def attempt(issue: IssueId) -> Built | BulletinError:
            try:
                return self.build(issue, formats, audience)
            except BulletinError as error:
                return error
            except OSError as error:
                return WorkspaceError(
                    f"{error.filename or f'build/{issue}'}: 读写失败（{reason(error)}）；请检查磁盘空间和权限"
                )

        if len(issues) == 1:
            return map(attempt, issues)
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(_hands())
        # Whoever stops early waits for no more than what is being written; the press has stopped by then.
        self._stack.callback(pool.shutdown, cancel_futures=True)
        return pool.map(attempt, issues)

    def build(self, issue: IssueId, formats: Sequence["Format"], audience: Audience = WHOLE) -> Built:
        """Make the outputs of an edition, unless those that are there are still true.

        Raises BulletinError; the outputs of an earlier build are then as they were.
        """
        from xcbulletin.publishing.outputs import (
            MANIFEST,
            Format,
            Manifest,
            output_folder,
            read_current,
            versions,
            write_outputs,
        )

        folder = output_folder(self.root, issue, audience)
        prints = bool({Format.PDF, Format.EMAIL} & set(formats))
        if prints and not (folder / MANIFEST).is_file():
            _ = self.press
        digest = self.digest(issue, audience)
        current = read_current(folder, digest, formats)
        if current is not None:
            return Built(folder=folder, files=(), problems=current.problems)
        press = self.press if prints else None
        from xcbulletin.publishing.documents import make_documents

        composed = self.compose(issue, audience)
        files, remarks = make_documents(composed.edition, formats, composed.material, press)
        manifest = Manifest(
            issue=issue,
            selection=audience.industries,
            large_print=audience.large_print,
            digest=digest,
            versions=versions(),
            formats=tuple(sorted(formats)),
            files={},
            problems=(*composed.problems, *remarks),
        )
        write_outputs(folder, files, manifest)
        return Built(folder=folder, files=tuple(files), problems=manifest.problems)

    def digest(self, issue: IssueId, audience: Audience) -> str:
        """Return the SHA-256 of everything that the outputs of an edition depend on, as it is now."""
        from xcbulletin.publishing.outputs import source_digest

        overrides = setting_overrides(self._environment, without=_UNPRINTED)
        return source_digest(self._sources(issue), audience, overrides)

    def preview(self, issue: IssueId, ports: Sequence[int]) -> "Preview":
        """Return the preview of an issue, ready to be entered. Raises FontError, PortError."""
        from xcbulletin.preview import Made, Preview
        from xcbulletin.publishing.documents import make_page
        from xcbulletin.publishing.pages import render_alone

        fonts = self.fonts

        def make() -> Made:
            workspace = self._open()
            composed = _compose(workspace, _templates_of(workspace), fonts, issue, WHOLE)
            return Made(files=make_page(composed.edition, composed.material), remarks=composed.problems)

        render: Callable[..., str] = partial(render_alone, template_folders(self.root))
        return Preview(make, self._sources(issue), render, ports)

    def _sources(self, issue: IssueId) -> tuple[Path, ...]:
        """Return the files and folders that an edition depends on."""
        own = (issue_folder(self.root, issue), self.root / SETTINGS_FILE, self.root / INDUSTRIES_FILE)
        return (*own, *template_folders(self.root))


def _hands() -> int:
    """Return how many issues to work on at once: as many as there are cores to print them, and one to write up.

    One process writes up what about eight can print.
    """
    return min(len(os.sched_getaffinity(0)), 8) + 1


def _templates_of(workspace: "Workspace") -> "Templates":
    from xcbulletin.publishing.pages import Templates

    folders, compiled = template_folders(workspace.root), user_cache() / "templates"
    return Templates(folders, workspace.settings, workspace.industries, compiled)


def _compose(
    workspace: "Workspace",
    templates: "Templates",
    fonts: "FontSet",
    issue_id: IssueId,
    audience: Audience,
) -> Composed:
    from xcbulletin.manuscript.read import read_issue
    from xcbulletin.publishing.documents import Material, glyph_problem, missing_glyphs
    from xcbulletin.publishing.edition import compose
    from xcbulletin.publishing.figures import data_reader, read_pictures
    from xcbulletin.publishing.layout import lay_out_page

    issue, found = read_issue(workspace, issue_id)
    folder = issue_folder(workspace.root, issue_id)
    edition, more = compose(issue, workspace.industries, audience.industries, data_reader(folder))
    pictures, unusable = read_pictures(folder, edition)
    settings = workspace.settings
    layout = lay_out_page(settings.page, issue.kind, large=audience.large_print)
    material = Material(
        templates=templates,
        fonts=fonts,
        mail=settings.mail,
        layout=layout,
        pictures=pictures,
        drawings=workspace.root / "build" / ".cache" / "charts",
    )
    glyphs = [
        glyph_problem(character, *_where(workspace.root, character, place))
        for character, place in missing_glyphs(edition, material)
    ]
    if has_errors(found):
        # Articles that could not be read are not missing.
        more = tuple(problem for problem in more if problem.rule != "empty")
    everything = (*found, *more, *unusable, *glyphs)
    problems = tuple(sorted(everything, key=lambda one: (one.place.file, one.place.line or 0)))
    if has_errors(problems):
        raise ProblemsError(problems)
    return Composed(edition=edition, material=material, problems=problems)


def _where(root: Path, character: str, place: Place) -> tuple[Place, tuple[int, ...]]:
    """Return the first line on which a character stands, and the others of its file.

    They are in the file of its text, or else in the settings.
    """
    for file, first in ((place.file, place.line or 1), (SETTINGS_FILE, 1), (INDUSTRIES_FILE, 1)):
        lines = _lines_with(root / file, character, first)
        if lines:
            return Place(file=file, line=lines[0]), lines[1:]
    return place, ()


def _lines_with(path: Path, character: str, first: int) -> tuple[int, ...]:
    from xcbulletin.yamltext import decode

    try:
        lines = decode(path.read_bytes(), path.name).split("\n")
    except (OSError, ProblemsError):
        return ()
    return tuple(number for number, line in enumerate(lines, 1) if number >= first and character in line)

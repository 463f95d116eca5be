"""The annual volume made: the issues of a year read, composed, bound and written."""

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xcbulletin.archive.addresses import ARCHIVE_FOLDER, volume_pdf
from xcbulletin.errors import ProblemsError, WorkspaceError
from xcbulletin.model import Issue, IssueId, Kind, Problem
from xcbulletin.workspace import write_whole

if TYPE_CHECKING:
    from xcbulletin.workshop import Composed, Workshop


def bind_volume(
    workshop: "Workshop", year: int, issues: Sequence[IssueId]
) -> tuple[Path, tuple[Problem, ...]]:
    """Bind the bulletins of a year among the issues, its reports listed; return the PDF, and why issues are missing.

    Raises WorkspaceError where the year has none, ProblemsError where all of them are wrong, BulletinError.
    """
    from xcbulletin.archive.volume.names import companies_of
    from xcbulletin.archive.volume.printing import Volume, make_chapter, print_volume

    press = workshop.press  # it warms up meanwhile
    found, problems = _of_year(workshop, year, issues)
    composed, more = _composed(workshop, (issue.id for issue in found if issue.kind is Kind.BULLETIN))
    problems = (*problems, *more)
    if not composed:
        raise ProblemsError(problems) if problems else _nothing(year)
    workspace = workshop.workspace
    settings = workspace.settings
    companies = companies_of(
        workspace.industries, (*settings.locality.companies, *settings.archive.companies)
    )
    volume = Volume(
        title=settings.masthead.title,
        year=year,
        chapters=tuple(make_chapter(one.edition, one.material, companies) for one in composed),
        reports=tuple(issue for issue in found if issue.kind is Kind.REPORT),
        industries=workspace.industries,
    )
    path = workshop.root / ARCHIVE_FOLDER / volume_pdf(year)
    write_whole(path, print_volume(volume, composed[-1].material, press))
    return path, problems


def _of_year(
    workshop: "Workshop", year: int, issues: Sequence[IssueId]
) -> tuple[tuple[Issue, ...], tuple[Problem, ...]]:
    """Return the issues of the year in the order of their dates, and what is wrong with those that cannot be read."""
    from xcbulletin.manuscript.read import read_issue
    from xcbulletin.readingroom.reading import unreadable

    found: list[Issue] = []
    problems: list[Problem] = []
    for id_ in issues:
        try:
            issue, wrong = read_issue(workshop.workspace, id_)
        except OSError as error:
            problems += [unreadable(id_, error)] if id_.startswith(str(year)) else []
            continue
        if not _may_be_of(year, issue):
            continue
        errors = [problem for problem in wrong if problem.is_error]
        problems += errors
        found += [] if errors else [issue]
    return tuple(sorted(found, key=lambda issue: (issue.date, issue.id))), tuple(problems)


def _may_be_of(year: int, issue: Issue) -> bool:
    """Tell whether an issue is of the year; of one whose date cannot be read its name tells."""
    return issue.id.startswith(str(year)) if issue.date == datetime.date.min else issue.date.year == year


def _composed(
    workshop: "Workshop", issues: Iterable[IssueId]
) -> tuple[list["Composed"], tuple[Problem, ...]]:
    from xcbulletin.readingroom.reading import unreadable

    composed: list[Composed] = []
    problems: list[Problem] = []
    for id_ in issues:
        try:
            composed.append(workshop.compose(id_))
        except ProblemsError as error:
            problems += (problem for problem in error.problems if problem.is_error)
        except OSError as error:
            problems.append(unreadable(id_, error))
    return composed, tuple(problems)


def _nothing(year: int) -> WorkspaceError:
    return WorkspaceError(f"{year} 年没有可以合订的快递；请核对年份（写四位，如 2021），或先把该年的各期定稿")

"""An issue read for the archive: composed and filed, left out, or found wanting."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xcbulletin.archive.filed import FiledIssue, file_issue
from xcbulletin.archive.links import without_pictures
from xcbulletin.errors import ProblemsError, has_errors, reason
from xcbulletin.manuscript.read import read_issue
from xcbulletin.model import Issue, IssueId, Place, Problem
from xcbulletin.publishing.edition import Edition, compose
from xcbulletin.publishing.figures import Picture, data_reader, read_pictures
from xcbulletin.workspace import issue_folder, issue_ids

if TYPE_CHECKING:
    from xcbulletin.workshop import Workshop


@dataclass(frozen=True, kw_only=True, slots=True)
class Archived:
    """An issue that belongs into the archive."""

    issue: Issue
    edition: Edition
    filed: FiledIssue
    pictures: Mapping[str, Picture]
    problems: tuple[Problem, ...]
    """Pictures that cannot be shown."""


def read_for_archive(workshop: "Workshop", issue_id: IssueId, today: datetime.date) -> Archived | str:
    """Return an issue as it goes into the archive, or why it does not yet, in Chinese.

    Raises ProblemsError where it cannot be read.
    """
    workspace = workshop.workspace
    issue, found = read_issue(workspace, issue_id)
    folder = issue_folder(workspace.root, issue_id)
    _refuse(found)
    if why := _not_out(workshop, issue, today):
        return why
    edition, more = compose(issue, workspace.industries, (), data_reader(folder))
    if all(problem.rule == "empty" for problem in more if problem.is_error) and not edition.entries:
        return "没有可印的文章"
    _refuse(more)
    pictures, unusable = read_pictures(folder, edition)
    missing = tuple(one for one in unusable if one.is_error)
    if missing:
        edition = without_pictures(edition, pictures)
    return Archived(
        issue=issue,
        edition=edition,
        filed=file_issue(issue, edition),
        pictures=pictures,
        problems=missing,
    )


def unreadable(issue_id: IssueId, error: OSError) -> Problem:
    """Return that the machine refuses to read an issue."""
    return Problem(
        place=Place(file=f"issues/{issue_id}"),
        rule="unreadable",
        message=f"读不了这一期（{reason(error)}）",
        suggestion="请检查文件和文件夹的权限",
    )


def issues_out(workshop: "Workshop", today: datetime.date) -> list[IssueId]:
    """Return the issues that readers have, and those of which that cannot be told for the mistakes in them."""
    found = []
    for issue_id in issue_ids(workshop.root):
        try:
            issue, problems = read_issue(workshop.workspace, issue_id)
            is_out = has_errors(problems) or _not_out(workshop, issue, today) is None
        except OSError:
            is_out = True
        if is_out:
            found.append(issue_id)
    return found


def _refuse(problems: tuple[Problem, ...]) -> None:
    if has_errors(problems):
        raise ProblemsError([problem for problem in problems if problem.is_error])


def _not_out(workshop: "Workshop", issue: Issue, today: datetime.date) -> str | None:
    """Return why readers do not have an issue yet; None where they have."""
    if issue.draft:
        return "是草稿（issue.yaml 里写着 draft: true）"
    if issue.date > today:
        return f"还没有到出刊的日期（{issue.date.isoformat()}）"
    if issue.draft is None and workshop.workspace.settings.review.mode == "required":
        from xcbulletin.proofroom.signing import review

        return None if review(workshop, issue.id).complete else _UNSIGNED
    return None


_UNSIGNED = "没有签完（要求三审三校）；补录的旧刊请在 issue.yaml 写 draft: false"

"""Which issues can have a folder in the archive: one that every disk and stick can hold beside the others."""

from collections.abc import Iterable

from xcbulletin.model import IssueId, Place, Problem
from xcbulletin.workspace import is_unfit


def each_once(ids: Iterable[IssueId]) -> tuple[list[IssueId], dict[IssueId, Problem]]:
    """Return the issues that can stand beside one another, and what is wrong with each of the others."""
    found: dict[str, IssueId] = {}
    refused: dict[IssueId, Problem] = {}
    for issue in ids:
        if is_unfit(issue):
            refused[issue] = _unfit_name(issue)
        elif (other := found.setdefault(issue.lower(), issue)) != issue:
            refused[issue] = _same_name(issue, other)
    return list(found.values()), refused


def _unfit_name(issue: IssueId) -> Problem:
    return Problem(
        place=Place(file=f"issues/{issue}"),
        rule="issue-name",
        message="这个名字 Windows 或归档另有用处，没有收进归档",
        suggestion="请把文件夹改名",
    )


def _same_name(issue: IssueId, other: IssueId) -> Problem:
    return Problem(
        place=Place(file=f"issues/{issue}"),
        rule="issue-name",
        message=f"与 issues/{other} 只差大小写，共享盘和 U 盘分不开这两期，没有收进归档",
        suggestion="请把其中一期的文件夹改名",
    )

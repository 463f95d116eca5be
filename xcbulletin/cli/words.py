"""What commands share: the words they take, and how they speak."""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xcbulletin.errors import UsageMistakeError, WorkspaceError
from xcbulletin.model import Industry, IssueId, Problem, Severity

if TYPE_CHECKING:
    from xcbulletin.newsroom import Newsroom
    from xcbulletin.postroom import Postroom
    from xcbulletin.readingroom import Readingroom
    from xcbulletin.workshop import Workshop

IssueArgument = Annotated[str, typer.Argument(metavar="期号", help="如 2021-01", show_default=False)]
IssuesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="期号...", help="如 2021-01", show_default=False)
]


def open_workshop(context: typer.Context) -> "Workshop":
    """Return the workshop of the workspace that the command works in. Raises WorkspaceError."""
    from xcbulletin.workshop import Workshop
    from xcbulletin.workspace import find_root

    return Workshop(find_root(context.obj), os.environ)


def open_newsroom(context: typer.Context) -> "Newsroom":
    """Return the newsroom of the workspace that the command works in. Raises WorkspaceError."""
    from xcbulletin.newsroom import Newsroom
    from xcbulletin.workspace import find_root

    return Newsroom(find_root(context.obj), os.environ)


def open_postroom(context: typer.Context) -> "Postroom":
    """Return the postroom of the workspace that the command works in. Raises WorkspaceError."""
    from xcbulletin.postroom import Postroom
    from xcbulletin.workspace import find_root

    return Postroom(find_root(context.obj), os.environ)


def open_readingroom(context: typer.Context) -> "Readingroom":
    """Return the reading room of the workspace that the command works in. Raises WorkspaceError."""
    from xcbulletin.readingroom import Readingroom
    from xcbulletin.workspace import find_root

    return Readingroom(find_root(context.obj), os.environ)


def chosen_issues(root: Path, issues: Sequence[str] | None, *, every: bool) -> tuple[IssueId, ...]:
    """Return the issues meant: those named, or all, or the newest."""
    from xcbulletin.workspace import issue_folder, issue_ids, parse_issue_id

    if issues:
        chosen = tuple(dict.fromkeys(map(parse_issue_id, issues)))
        for issue in chosen:
            issue_folder(root, issue)
        return chosen
    known = issue_ids(root)
    if not known:
        raise WorkspaceError("issues: 还没有任何一期；可用 xcbulletin new 2021-01 新建")
    monthly = [issue for issue in known if re.fullmatch(r"\d{4}-\d{2}", issue)]
    return known if every else ((monthly or known)[-1],)


def selected_industries(industries: Sequence[Industry], names: Sequence[str]) -> tuple[str, ...]:
    """Return the codes that `--industry` means, in the order of `industries`. Raises UsageMistakeError."""
    from xcbulletin.settings import resolve_industries

    if not names:
        raise UsageMistakeError("--industry 后面要写产业的代码或名称，如 --industry ai,robot")
    codes, unknown = resolve_industries(names, industries)
    if unknown:
        raise UsageMistakeError(
            "\n".join(f"--industry 没有“{name}”这个产业；{advice}" for name, advice in unknown)
        )
    return codes


def split(values: Sequence[str] | None) -> list[str]:
    """Return the parts of an option that may be repeated or hold a list."""
    return [part for value in values or () for part in re.split(r"[,，、;；\s]+", value) if part]


def list_problems(problems: Iterable[Problem]) -> None:
    """Tell each problem with its place; a warning says that it is one."""
    for problem in problems:
        complain(("" if problem.is_error else "提醒：") + str(problem))


def problems_document(issue: str | None, problems: Sequence[Problem]) -> dict[str, Any]:
    """Return what is wrong as programs read it."""
    counts = Counter(problem.severity for problem in problems)
    return {
        "issue": issue,
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "problems": [
            {
                "file": problem.place.file,
                "line": problem.place.line,
                "column": problem.place.column,
                "rule": problem.rule,
                "severity": problem.severity,
                "message": problem.message,
                "suggestion": problem.suggestion,
            }
            for problem in problems
        ],
    }


def counted(problems: Sequence[Problem]) -> str:
    """Say how many errors and warnings there are."""
    counts = Counter(problem.severity for problem in problems)
    if not problems:
        return "没有发现问题"
    return f"{counts[Severity.ERROR]} 处错误，{counts[Severity.WARNING]} 处提醒"


def say_json(document: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Tell programs how the work went, on standard output."""
    import json

    say(json.dumps(document, ensure_ascii=False, indent=2))


def say(message: str) -> None:
    """Tell how the work went, on standard output."""
    print(message, flush=True)


def complain(message: str) -> None:
    """Tell what is wrong, on standard error."""
    print(message, file=sys.stderr, flush=True)

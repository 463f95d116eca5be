"""The command that compares outputs with the words of their issue."""

from typing import TYPE_CHECKING, Annotated

import typer

from xcbulletin.cli.app import app
from xcbulletin.cli.words import (
    IssueArgument,
    complain,
    list_problems,
    open_workshop,
    problems_document,
    say,
    say_json,
)

if TYPE_CHECKING:
    from xcbulletin.proofroom.verifying import Output, Verification

_MOST_TOLD = 20
"""Differences of one output; a broken template can lose every sentence."""


@app.command()
def verify(
    context: typer.Context,
    issue: IssueArgument,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """逐句核对编印出来的 PDF、网页和邮件：文稿里的每一句都在、没有改、没有重复、次序没有乱。"""
    from xcbulletin.proofroom.verifying import verification_document
    from xcbulletin.proofroom.verifying import verify as verify_issue
    from xcbulletin.workspace import parse_issue_id

    with open_workshop(context) as workshop:
        found = verify_issue(workshop, parse_issue_id(issue))
    if as_json:
        problems = problems_document(found.issue, found.problems)
        say_json({**verification_document(found), "problems": problems["problems"]})
    else:
        _tell(found)
    if found.problems:
        raise typer.Exit(1)


def _tell(found: "Verification") -> None:
    list_problems(found.build_problems)
    for output in found.outputs:
        list_problems(output.problems[:_MOST_TOLD])
        if (more := len(output.problems) - _MOST_TOLD) > 0:
            complain(f"{output.file}: 另有 {more} 处，用 --json 全部列出")
    for output in found.outputs:
        say(f"{output.file}: {_summary(output)}")
    if found.outputs:
        say(f"{found.issue}: {_signed(found)}")


def _summary(output: "Output") -> str:
    wrong = len(output.differences)
    return f"{output.sentences} 句，{f'{wrong} 处与文稿不一样' if wrong else '都与文稿一样'}"


def _signed(found: "Verification") -> str:
    if found.is_signed is None:
        return "核对的是现在的文稿，还没有人签过"
    if found.is_signed:
        return "核对的就是各级都签过的文字"
    return f"核对的是现在的文稿，还不是各级都签过的文字；详情请看 xcbulletin review {found.issue}"

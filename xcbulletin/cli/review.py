"""The commands of 三审三校: an issue signed or sent back, and where it stands."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

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
from xcbulletin.errors import UsageMistakeError

if TYPE_CHECKING:
    from xcbulletin.proofing.signoffs.standing import StageStanding, Standing
    from xcbulletin.proofroom.signing import Review

# Heavy imports stand inside the commands that need them, so that --help answers at once.


@app.command()
def review(
    context: typer.Context,
    issue: IssueArgument,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="印审稿单：build/review/期号/form.pdf")] = False,
) -> None:
    """看三审三校签到哪一级、签后改过什么；--pdf 印审稿单。签审记录被动过时结束码为 1。"""
    from xcbulletin.proofroom import signing
    from xcbulletin.workspace import parse_issue_id

    with open_workshop(context) as workshop:
        now = signing.review(workshop, parse_issue_id(issue))
        printed = signing.print_form(workshop, now) if pdf else None
        mode, root = workshop.workspace.settings.review.mode, workshop.root
    if as_json:
        say_json(_document(now, mode))
    else:
        _show(now, mode)
    if printed is not None:
        (complain if as_json else say)(f"审稿单：{printed.relative_to(root).as_posix()}")
    if now.record.errors:
        raise typer.Exit(1)


@app.command()
def sign(
    context: typer.Context,
    issue: IssueArgument,
    stage: Annotated[str, typer.Option("--stage", metavar="级", help="如 一审、三校", show_default=False)],
    by: Annotated[str, typer.Option("--by", metavar="姓名", help="签审人", show_default=False)],
    reject: Annotated[bool, typer.Option("--reject", help="退回，不通过；要用 --why 写明理由")] = False,
    why: Annotated[
        str | None, typer.Option("--why", metavar="理由", help="退回的理由；签的时候是意见，可以不写")
    ] = None,
    correction: Annotated[
        bool, typer.Option("--correction", help="校对时只改了错字（字数有限，不动数字）：前面各级不必重签")
    ] = False,
) -> None:
    """签一级，或退回：记下谁、何时、看过的是哪一份文字。签后文字再改，看过它的各级作废。"""
    from xcbulletin.proofing.signoffs.entries import Decision
    from xcbulletin.proofing.signoffs.standing import Signing
    from xcbulletin.proofroom.signing import sign_issue
    from xcbulletin.workspace import parse_issue_id

    if reject and correction:
        raise UsageMistakeError("--reject 和 --correction 只能用一个")
    asked = Signing(
        stage=stage.strip(),
        by=by,
        decision=Decision.REJECTED if reject else Decision.SIGNED,
        why=why,
        correction=correction,
    )
    with open_workshop(context) as workshop:
        signoff, now = sign_issue(workshop, parse_issue_id(issue), asked, _clock)
    say(
        f"issues/{issue}: {signoff.by}{'退回' if reject else '签了'}{signoff.stage}；{_next_step(now.standing)}"
    )


def _clock() -> Any:
    import datetime

    from xcbulletin.zone import SHANGHAI

    return datetime.datetime.now(SHANGHAI)


def _next_step(standing: "Standing") -> str:
    return f"下一级：{standing.next_stage}" if standing.next_stage else "各级都已签完"


def _show(now: "Review", mode: str) -> None:
    from xcbulletin.proofing.signoffs.entries import text_digest

    list_problems(now.record.problems)
    summary = "签审记录有问题，各级的签字都不算数" if now.record.errors else _next_step(now.standing)
    required = "" if mode == "required" else "（bulletin.yaml 没有要求三审三校：review.mode 为 off）"
    say(f"issues/{now.issue}: {summary}{required}")
    for one in now.standing.stages:
        say(_line(one))
    for line in _differences(now):
        say(line)
    say(f"  现在的文字：{text_digest(now.covered.files)[:12]}（{len(now.covered.files)} 个文件）")


def _line(one: "StageStanding") -> str:
    from xcbulletin.proofing.signoffs.entries import day
    from xcbulletin.proofing.signoffs.form import STATE_NAMES

    name = f"{one.stage}（{one.role}）" if one.role else one.stage
    signed = f"{one.signoff.by}　{day(one.signoff.at)}" if one.signoff else ""
    return "　".join(filter(None, (f"  {name}", STATE_NAMES[one.state], signed, one.why)))


def _differences(now: "Review") -> Iterator[str]:
    """Yield what was changed since it was signed, once for each text that was."""
    shown = []
    for one in now.standing.stages:
        if one.signoff is None or not one.changes or one.signoff.files in shown:
            continue
        shown.append(one.signoff.files)
        yield f"  {one.stage}签后的改动："
        yield from (f"    {line}" for line in now.difference(one))


def _document(now: "Review", mode: str) -> dict[str, Any]:
    """Return where the sign-offs stand as programs read it."""
    return {
        "issue": now.issue,
        "mode": mode,
        "complete": now.complete,
        "next": now.standing.next_stage,
        "stages": [_stage_document(now, one) for one in now.standing.stages],
        "problems": problems_document(now.issue, now.record.problems)["problems"],
    }


def _stage_document(now: "Review", one: "StageStanding") -> dict[str, Any]:
    signoff = one.signoff
    return {
        "stage": one.stage,
        "role": one.role,
        "state": one.state,
        "by": signoff and signoff.by,
        "at": signoff and signoff.at.isoformat(),
        "why": one.why,
        "changes": [
            {"change": str(change.kind), "file": change.file, "was": change.was} for change in one.changes
        ],
        "difference": list(now.difference(one)),
    }

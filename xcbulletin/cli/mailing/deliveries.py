"""The commands of what became of letters: who has an issue, what is not known, what came back."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xcbulletin.cli.app import app
from xcbulletin.cli.words import IssueArgument, open_postroom, say, say_json
from xcbulletin.errors import BulletinError, UsageMistakeError
from xcbulletin.model import IssueId

if TYPE_CHECKING:
    import datetime

    from xcbulletin.delivery.mailing import Delivery, Mailing
    from xcbulletin.postroom import Postroom
    from xcbulletin.postroom.resolving import Resolved
    from xcbulletin.postroom.returning import Heard

# Heavy imports stand inside the commands that need them, so that --help answers at once.


@app.command()
def deliveries(
    context: typer.Context,
    issue: IssueArgument,
    everything: Annotated[bool, typer.Option("--all", help="连已送出的也逐封列出")] = False,
    file: Annotated[
        Path | None, typer.Option("--csv", metavar="文件", help="把每一封写进这个文件，用 Excel 打开")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """一期的邮件谁收到了，谁没有，为什么。"""
    from xcbulletin.cli.mailing.words import counted, shown
    from xcbulletin.delivery.mailing import State
    from xcbulletin.workspace import parse_issue_id

    chosen = parse_issue_id(issue)
    with open_postroom(context) as postroom:
        mailing = postroom.mailing(chosen)
        letters = tuple(postroom.ledger.deliveries(mailing)) if mailing else ()
        counts = postroom.ledger.counts(mailing) if mailing else {}
    if file is not None:
        _write_csv(file, letters)
    if as_json:
        say_json({"issue": chosen, "counts": counts, "rows": [_as_row(one) for one in letters]})
        return
    for one in letters:
        if everything or one.state is not State.ACCEPTED:
            say(shown(one))
    say(f"{chosen}: {counted(counts)}" if mailing else _never_sent(chosen))


def _never_sent(issue: IssueId) -> str:
    return f"{issue}: 还没有发送过；请运行 xcbulletin send {issue}"


def _as_row(letter: "Delivery") -> dict[str, object]:
    return {
        "address": letter.address,
        "state": letter.state,
        "attempts": letter.attempts,
        "detail": letter.detail,
        "name": letter.name,
        "reason": letter.reason,
        "message_id": letter.message_id,
        "queue_id": letter.queue_id,
        "updated": _moment(letter.updated),
        "next_at": _moment(letter.next_at),
    }


def _moment(at: "datetime.datetime | None") -> str | None:
    from xcbulletin.zone import SHANGHAI

    return at.astimezone(SHANGHAI).isoformat(timespec="seconds") if at else None


def _write_csv(file: Path, letters: Sequence["Delivery"]) -> None:
    from xcbulletin.cli.mailing.words import REASONS, STATES
    from xcbulletin.postroom.excel import csv_file
    from xcbulletin.workspace import write_whole
    from xcbulletin.zone import SHANGHAI

    head = ("姓名", "邮箱", "状态", "原因", "说明", "次数", "时间", "份号")
    rows = (
        (
            one.name,
            one.address,
            STATES[one.state],
            REASONS[one.reason] if one.reason else "",
            one.detail,
            one.attempts,
            f"{one.updated.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
            one.copy_number or "",
        )
        for one in letters
    )
    write_whole(file, csv_file((head, *rows)))


@app.command()
def resolve(
    context: typer.Context,
    issue: IssueArgument,
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="邮箱...", help="与 --mark 合用", show_default=False)
    ] = None,
    mark: Annotated[
        str | None,
        typer.Option("--mark", metavar="delivered|resend", help="经人核实已送到，或决定重发"),
    ] = None,
    who: Annotated[
        str | None, typer.Option("--by", metavar="姓名", help="与 --mark 合用：谁核实、谁决定的")
    ] = None,
    relay_log: Annotated[
        list[Path] | None,
        typer.Option("--relay-log", metavar="文件", help="发信服务器（postfix）的日志，可以是 .gz，可重复"),
    ] = None,
    archive: Annotated[
        str | None,
        typer.Option(
            "--archive", metavar="文件夹|imap", help="归档的副本：存 .eml 的文件夹，或写 imap 去看邮箱"
        ),
    ] = None,
) -> None:
    """弄清不知送到没有的信：看发信服务器的日志、归档的副本，或由人说了算。什么都不写就列出来。

    结束码：0 都清楚了；4 还有不清楚的。
    """
    from xcbulletin.postroom import resolving
    from xcbulletin.workspace import parse_issue_id

    chosen = parse_issue_id(issue)
    if bool(mark) != bool(addresses):
        raise UsageMistakeError("--mark 和邮箱要一起写，如 --mark delivered zhang@example.org")
    if who is not None and mark is None:
        raise UsageMistakeError("--by 要与 --mark 合用")
    if mark not in (None, "delivered", "resend"):
        raise UsageMistakeError(f"--mark 只能是 delivered（已送到）或 resend（重发），现为“{mark}”")
    with open_postroom(context) as postroom:
        mailing = _require_mailing(postroom, chosen)
        if relay_log:
            _tell_resolved(resolving.by_relay_log(postroom, mailing, relay_log))
        if archive:
            place = None if archive == "imap" else Path(archive)
            _tell_resolved(resolving.by_archive(postroom, mailing, place))
        if mark and addresses:
            _mark(postroom, mailing, addresses, mark, who)
        code = _list_uncertain(postroom, mailing)
    raise typer.Exit(code)


def _require_mailing(postroom: "Postroom", issue: IssueId) -> "Mailing":
    mailing = postroom.mailing(issue)
    if mailing is None:
        raise BulletinError(_never_sent(issue))
    return mailing


def _tell_resolved(found: "Resolved") -> None:
    from xcbulletin.cli.mailing.words import STATES

    for address, state in found.settled.items():
        say(f"{address}: {STATES[state]}")
    say(f"弄清了 {len(found.settled)} 封")


def _mark(
    postroom: "Postroom", mailing: "Mailing", addresses: Sequence[str], mark: str, who: str | None
) -> None:
    from xcbulletin.postroom.resolving import by_word

    marked = by_word(postroom, mailing, addresses, mark, who)
    if marked.problems:
        raise BulletinError("\n".join((*marked.problems, "没有改动任何一封")))
    what = {"delivered": "记为已送到", "resend": "将重发"}[mark]
    for address in marked.done:
        say(f"{address}: {what}")
    for address in marked.already:
        say(f"{address}: 早已如此，没有变化")
    if mark == "resend" and marked.done:
        say(f"请运行 xcbulletin send {mailing.issue}，把它们发出去")


def _list_uncertain(postroom: "Postroom", mailing: "Mailing") -> int:
    from xcbulletin.cli.mailing.sending import UNCERTAIN
    from xcbulletin.cli.mailing.words import shown
    from xcbulletin.postroom.resolving import uncertain

    letters = uncertain(postroom, mailing)
    for one in letters:
        say(f"{shown(one)}；Message-ID {one.message_id}")
    if not letters:
        say(f"{mailing.issue}: 没有不清楚的信")
        return 0
    say(
        f"{mailing.issue}: {len(letters)} 封不知送到没有。请看发信服务器的日志（--relay-log）、归档的副本（--archive），"
        "或问一问收件人，再用 --mark delivered 或 --mark resend 写明"
    )
    return UNCERTAIN


@app.command()
def bounces(
    context: typer.Context,
    place: Annotated[
        Path | None,
        typer.Argument(metavar="文件夹", help="存退信（.eml）的文件夹；不写就看 bulletin.yaml 里的邮箱"),
    ] = None,
) -> None:
    """读退信和退订信：记下谁没有收到，来信退订的不再发，查无此人的提请停发。读过的不会再算。"""
    from xcbulletin.delivery.ledger.suppressions import proposed
    from xcbulletin.postroom.returning import take_in

    with open_postroom(context) as postroom:
        heard = take_in(postroom, place)
        waiting = len(proposed(postroom.engine)) if heard else 0
    for one in heard:
        say(_heard(one))
    say(f"读到 {len(heard)} 封新的退信和退订信" if heard else "没有新的退信和退订信")
    if waiting:
        say(f"有 {waiting} 个邮箱停发还是照发，等您决定；请看 xcbulletin recipients suppressed")


_SAID = 200
"""Characters that are shown of what a server said."""


def _heard(one: "Heard") -> str:
    from xcbulletin.cli.mailing.words import REASONS
    from xcbulletin.delivery.recipients.addresses import shown
    from xcbulletin.delivery.returns.bounces import Bounce
    from xcbulletin.postroom.returning import Consequence

    who = one.address or "没有写明收件人"
    where = f"{who}（{one.issue}）" if one.issue else who
    if isinstance(one.what, Bounce):
        said = f"；{shown(one.what.diagnostic, _SAID)}" if one.what.diagnostic else ""
        what = f"退信：{REASONS[one.what.reason]}{said}"
    else:
        what = "点了退订链接" if one.what.token else f"来信退订：{one.what.words}"
    then = {
        Consequence.BOUNCED: "",
        Consequence.SUPPRESSED: "；已停发",
        Consequence.PROPOSED: "；不是本人的邮箱来的，请用 xcbulletin recipients suppress 或 restore 决定",
        Consequence.KNOWN: "；早已知道",
        Consequence.STRANGE: "；找不到对应的信，没有记",
    }[one.consequence]
    return f"{where}: {what}{then}"

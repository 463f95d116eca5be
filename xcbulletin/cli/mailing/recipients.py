"""The commands of the list of recipients: checked, printed for copies on paper, addresses that get nothing more."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xcbulletin.cli.app import app
from xcbulletin.cli.words import (
    IssueArgument,
    counted,
    list_problems,
    open_postroom,
    problems_document,
    say,
    say_json,
)
from xcbulletin.errors import UsageMistakeError, has_errors
from xcbulletin.model import Imprint, IssueId

if TYPE_CHECKING:
    from xcbulletin.delivery.ledger.suppressions import Suppression
    from xcbulletin.delivery.mailing import Recipient
    from xcbulletin.postroom import Postroom

# Heavy imports stand inside the commands that need them, so that --help answers at once.

group = typer.Typer(help="收件人：检查名单，停发和恢复，印发放清单和信封标签。", rich_markup_mode=None)
app.add_typer(group, name="recipients")

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]
AddressesArgument = Annotated[
    list[str], typer.Argument(metavar="邮箱...", help="如 zhangsan@example.org", show_default=False)
]


@group.command()
def check(
    context: typer.Context,
    issue: Annotated[
        str | None,
        typer.Option(
            "--issue",
            metavar="期号",
            help="对照这一期的印数；不写就对照 bulletin.yaml 里的，没有就对照最近一期",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """检查收件人名单 recipients.csv，逐条列出问题所在的行和改法；合计纸质份数，对照印数。"""
    from xcbulletin.delivery.recipients.checking import check_recipients
    from xcbulletin.workspace import parse_issue_id

    chosen = None if issue is None else parse_issue_id(issue)
    with open_postroom(context) as postroom:
        settings = postroom.workspace.settings
        chosen, imprint = _imprint(postroom, chosen)
        recipients, found = postroom.read_recipients
    more = check_recipients(recipients, profile=settings.profile, imprint=imprint, mail=settings.mail)
    problems = sorted((*found, *more), key=lambda problem: problem.place.line or 0)
    if as_json:
        say_json({**problems_document(chosen, problems), **_counts(recipients, imprint)})
    else:
        list_problems(problems)
        say(f"recipients.csv: {_summary(recipients, imprint, chosen)}；{counted(problems)}")
    if has_errors(problems):
        raise typer.Exit(1)


def _imprint(postroom: "Postroom", issue: IssueId | None) -> tuple[IssueId | None, Imprint]:
    """Return the imprint that copies are counted against, and whose it is: of no issue, that of the settings.

    Where neither says how many copies there are, it is that of the latest month that does. Raises WorkspaceError
    where there is no such issue.
    """
    from xcbulletin.manuscript.read import read_issue
    from xcbulletin.workspace import issue_ids

    workspace = postroom.workspace
    general = workspace.settings.imprint
    if issue is not None:
        return issue, read_issue(workspace, issue)[0].imprint
    if general.copies is None:
        for month in reversed([one for one in issue_ids(postroom.root) if one[0].isdigit()]):
            if (found := read_issue(workspace, month)[0].imprint).copies is not None:
                return month, found
    return None, general.over(general)


def _counts(recipients: "Sequence[Recipient]", imprint: Imprint) -> dict[str, Any]:
    copies = sum(one.copies for one in recipients)
    return {"recipients": len(recipients), "copies": copies, "printed": imprint.copies}


def _summary(recipients: "Sequence[Recipient]", imprint: Imprint, issue: IssueId | None) -> str:
    from xcbulletin.delivery.recipients.merging import by_address

    copies = sum(one.copies for one in recipients)
    of = f"{issue} " if issue else ""
    printed = "没有写印数" if imprint.copies is None else f"{of}印数 {imprint.copies} 份"
    left = "" if imprint.copies is None or imprint.copies < copies else f"，留存 {imprint.copies - copies} 份"
    return f"{len(recipients)} 位，{len(by_address(recipients))} 个邮箱，纸质 {copies} 份（{printed}{left}）"


@group.command()
def paper(
    context: typer.Context,
    issue: IssueArgument,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", metavar="70x36|70x37", help="标签纸每张的宽和高（毫米），默认 70x36"),
    ] = None,
    numbered: Annotated[bool, typer.Option("--numbered", help="连份号一起印")] = False,
) -> None:
    """印纸质的发放清单和信封标签：build/mailing/期号/ 里的 PDF；发出和留存的合计为印数。"""
    from xcbulletin.delivery.paper.labels import USUAL
    from xcbulletin.postroom.printing import LABELS_FILE, LIST_FILE, print_paper
    from xcbulletin.workspace import parse_issue_id

    chosen = parse_issue_id(issue)
    with open_postroom(context) as postroom:
        allotment, folder = print_paper(postroom, chosen, sheet=sheet or USUAL, numbered=numbered)
        where = folder.relative_to(postroom.root).as_posix()
    kept = (
        "没有写印数"
        if allotment.kept is None
        else f"印数 {allotment.printed} 份，留存 {len(allotment.kept)} 份"
    )
    say(
        f"{where}: {LIST_FILE}、{LABELS_FILE}；{len(allotment.shares)} 处，纸质 {allotment.given} 份（{kept}）"
    )


@group.command()
def suppress(
    context: typer.Context,
    addresses: AddressesArgument,
    why: Annotated[str, typer.Option("--why", metavar="原因", help="为什么停发，如“来电退订”")] = "",
) -> None:
    """不再给这些邮箱发信，哪一期都不发；已经在发的那一封除外。"""
    from xcbulletin.delivery.ledger import suppressions

    wanted = _checked(addresses)
    with open_postroom(context) as postroom:
        proposals = {one.address: one for one in suppressions.proposed(postroom.engine)}
        new: set[str] = set()
        for address in wanted:
            reason, detail = _grounds(proposals.get(address), why)
            new |= set(suppressions.suppress(postroom.engine, [address], reason, detail, postroom.clock()))
    for address in wanted:
        say(f"{address}: {'停发' if address in new else '早已停发，没有变化'}")


def _grounds(proposal: "Suppression | None", why: str) -> tuple[Any, str]:
    """Return reason and detail of a suppression: what a relay said, where it was proposed, or else a person's word."""
    from xcbulletin.delivery.mailing import Reason

    return (proposal.reason, why or proposal.detail) if proposal else (Reason.UNSUBSCRIBED, why)


@group.command()
def restore(context: typer.Context, addresses: AddressesArgument) -> None:
    """恢复给这些邮箱发信，也用来否决停发的建议；已经发完的各期不补发。"""
    from xcbulletin.delivery.ledger import suppressions

    wanted = _checked(addresses)
    with open_postroom(context) as postroom:
        lifted = suppressions.lift(postroom.engine, wanted, "", postroom.clock())
    for address in wanted:
        say(f"{address}: {'恢复发送' if address in lifted else '本来就没有停发，没有变化'}")


@group.command()
def suppressed(context: typer.Context, as_json: JsonOption = False) -> None:
    """列出停发的邮箱，和建议停发、等人决定的邮箱，各有原因。"""
    from xcbulletin.delivery.ledger import suppressions

    with open_postroom(context) as postroom:
        proposed = suppressions.proposed(postroom.engine)
        decided = suppressions.suppressed(postroom.engine)
    if as_json:
        say_json({"proposed": list(map(_as_json, proposed)), "suppressed": list(map(_as_json, decided))})
        return
    _list(
        "建议停发，请决定（停发：xcbulletin recipients suppress 邮箱；照发：xcbulletin recipients restore 邮箱）：",
        proposed,
    )
    _list("已停发：", decided)
    say(f"{len(decided)} 个邮箱停发，{len(proposed)} 个等您决定")


def _list(heading: str, found: "Iterable[Suppression]") -> None:
    rows = [_row(one) for one in found]
    for row in [heading, *rows] if rows else []:
        say(row)


def _row(one: "Suppression") -> str:
    from xcbulletin.cli.mailing.words import REASONS
    from xcbulletin.zone import SHANGHAI

    detail = f"（{one.detail}）" if one.detail else ""
    return f"  {one.address}  {one.since.astimezone(SHANGHAI):%Y-%m-%d}  {REASONS[one.reason]}{detail}"


def _as_json(one: "Suppression") -> dict[str, Any]:
    from xcbulletin.zone import SHANGHAI

    return {
        "address": one.address,
        "reason": one.reason,
        "since": one.since.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "detail": one.detail,
    }


def _checked(addresses: Sequence[str]) -> tuple[str, ...]:
    """Return addresses in small letters, each once. Raises UsageMistakeError with all that are none."""
    from xcbulletin.delivery.mailing import key_of
    from xcbulletin.delivery.recipients.addresses import AddressError, parse_address

    keys, wrong = [], []
    for written in addresses:
        try:
            keys.append(key_of(parse_address(written)))
        except AddressError as error:
            wrong.append(str(error))
    if wrong:
        raise UsageMistakeError("\n".join(wrong))
    return tuple(dict.fromkeys(keys))

"""The command that sends an issue."""

import datetime
import sys
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from xcbulletin.cli.app import app
from xcbulletin.cli.terminal import MovingLine
from xcbulletin.cli.words import IssueArgument, complain, list_problems, open_postroom, say
from xcbulletin.errors import BulletinError, UsageMistakeError
from xcbulletin.model import IssueId

if TYPE_CHECKING:
    from xcbulletin.delivery.sending.sending import Outcome
    from xcbulletin.postroom import Postroom
    from xcbulletin.postroom.sending import Order

# Heavy imports stand inside the commands that need them, so that --help answers at once.

PAUSED, UNCERTAIN, REJECTED = 75, 4, 3
"""Exit codes: go on later (sysexits' EX_TEMPFAIL); a person has to find out; somebody refused."""


@app.command()
def send(
    context: typer.Context,
    issue: IssueArgument,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，直接发送")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只把要发的信（.eml）和清单写进 build/mailing/，不连发信服务器")
    ] = False,
    test: Annotated[
        str | None, typer.Option("--test", metavar="邮箱", help="只发一封【测试】到这个邮箱，不记入投递")
    ] = None,
    like: Annotated[
        str | None, typer.Option("--as", metavar="邮箱", help="与 --test 合用：发这位收件人会收到的那一种")
    ] = None,
    list_name: Annotated[
        str | None, typer.Option("--list", metavar="名单", help="只发给收件人名单里属于这个名单的")
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="准备发送之后才加进收件人名单的，也发")] = False,
    revise: Annotated[
        bool, typer.Option("--revise", help="准备发送之后文稿改过：把改后的发给还没有收到的人")
    ] = False,
) -> None:
    """发送一期的邮件，每位收件人一封；中断了再运行一次就接着发，发过的不会再发。

    结束码：0 都已送出；3 有人被拒收；4 有的不知送到没有；75 没有发完，稍后再运行。
    """
    from xcbulletin.workspace import parse_issue_id

    chosen = parse_issue_id(issue)
    _expect_together(test=test, like=like, dry_run=dry_run, list_name=list_name, joins=add or revise)
    with open_postroom(context) as postroom:
        if test is not None:
            _test(postroom, chosen, test, like)
        elif dry_run:
            _dry_run(postroom, chosen, list_name)
        else:
            raise typer.Exit(_send(postroom, chosen, list_name, yes=yes, add=add, revise=revise))


def _expect_together(
    *, test: str | None, like: str | None, dry_run: bool, list_name: str | None, joins: bool
) -> None:
    """Raise UsageMistakeError for options of which one would be passed over."""
    if like is not None and test is None:
        raise UsageMistakeError("--as 要与 --test 合用，如 --test me@example.org --as zhang@example.org")
    if test is not None and (dry_run or list_name is not None or joins):
        raise UsageMistakeError("--test 只发一封，不能与 --dry-run、--list、--add、--revise 合用")
    if dry_run and joins:
        raise UsageMistakeError("--dry-run 不能与 --add、--revise 合用")


def _test(postroom: "Postroom", issue: IssueId, address: str, like: str | None) -> None:
    from xcbulletin.delivery.sending.smtp import RelayError
    from xcbulletin.postroom.trying import send_test

    try:
        send_test(postroom, issue, address, like, complain)
    except RelayError as error:
        complain(str(error))
        raise typer.Exit(PAUSED) from error
    say(f"已发到 {address}，标题前有【测试】；没有记入投递")


def _dry_run(postroom: "Postroom", issue: IssueId, list_name: str | None) -> None:
    from xcbulletin.postroom.trying import PLAN_FILE, dry_run

    written = dry_run(postroom, issue, list_name, complain)
    list_problems(written.problems)
    fewer = (
        f"，全写出来太大，每种只写 1 封，共 {written.letters} 封" if written.letters < written.planned else ""
    )
    say(f"没有发送。要发 {written.planned} 封{fewer}")
    say(f"信和清单（{PLAN_FILE}）在 {written.folder.relative_to(postroom.root).as_posix()}")


def _send(
    postroom: "Postroom", issue: IssueId, list_name: str | None, *, yes: bool, add: bool, revise: bool
) -> int:
    from xcbulletin.database import DatabaseError
    from xcbulletin.delivery.ledger.locking import LockedError
    from xcbulletin.delivery.sending.smtp import RelayError
    from xcbulletin.postroom.sending import carry_out, order

    progress = _Progress()
    try:
        with order(postroom, issue, complain, list_name=list_name, add=add, revise=revise) as what:
            _announce(postroom, issue, what)
            if what.letters and not yes:
                _ask(what.letters)
            outcome = carry_out(postroom, issue, what, progress.show)
    except LockedError as error:
        complain(str(error))
        return PAUSED
    except (RelayError, DatabaseError) as error:
        complain(f"{error}；没有发完的，再运行 xcbulletin send {issue} 接着发")
        return PAUSED
    finally:
        progress.clear()
    return _close(issue, outcome, postroom.clock())


def _announce(postroom: "Postroom", issue: IssueId, what: "Order") -> None:
    from xcbulletin.cli.mailing.words import kind_of, named

    list_problems((*what.recipient_problems, *what.bodies.remarks))
    if what.uncertain:
        complain(
            f"上次中断时有 {what.uncertain} 封不知送到没有，不会自动重发；请看 xcbulletin resolve {issue}"
        )
    if empty := [one.address for one in what.fresh if one.is_empty]:
        complain(f"本期没有这 {len(empty)} 位收件人所选产业的文章，不发：{named(empty)}")
    if what.late:
        complain(f"收件人名单里另有 {what.late} 位没有列入这一期的发送，这次不发；要发给他们，请加上 --add")
    kinds = Counter(one.variant for one in what.sent)
    for variant, number in kinds.items():
        size = what.bodies.by_variant[variant].size
        say(f"  {number} 封 {kind_of(variant, postroom.workspace.industries)}，每封 {_megabytes(size)}")
    pace = postroom.mail.per_minute
    lasting = _lasting(what.letters / pace * 60)
    say(
        f"{issue}: "
        + (f"要发 {what.letters} 封，每分钟至多 {pace} 封，要用{lasting}" if what.letters else "没有要发的信")
    )


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.0f} KB"


def _ask(letters: int) -> None:
    if not sys.stdin.isatty():
        raise UsageMistakeError(f"要发 {letters} 封信，没有人确认；确定要发，请加上 --yes")
    answer = input(f"确定发送这 {letters} 封信吗？输入 y 发送，其他键放弃：")
    if answer.strip().lower() not in ("y", "yes", "是"):
        raise BulletinError("没有发送")


_STOPPING = "正在停下：等手上的信有了答复就结束；再按一次 Ctrl+C 立刻停，那几封就不知送到没有了"


class _Progress:
    """How far the sending is."""

    def __init__(self) -> None:
        self._line = MovingLine()

    def show(self, done: int, total: int, left: float | None) -> None:
        """Show that so many letters are done with, and how many seconds the others may take; none: it is stopped."""
        if left is None:
            self.clear()
            complain(_STOPPING)
        else:
            self._line.show(f"发送 {done}/{total}，还要{_lasting(left)}")

    def clear(self) -> None:
        """Wipe the line that changes."""
        self._line.clear()


def _lasting(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "不到 1 分钟"
    return f"约 {minutes} 分钟" if minutes < 120 else f"约 {minutes // 60} 小时 {minutes % 60} 分钟"


def _close(issue: IssueId, outcome: "Outcome", now: datetime.datetime) -> int:
    from xcbulletin.cli.mailing.words import counted
    from xcbulletin.delivery.ledger.transitions import OPEN
    from xcbulletin.delivery.mailing import State

    counts = outcome.counts
    say(f"{issue}: {counted(counts)}（这次送出 {outcome.accepted} 封）")
    open_ = sum(counts.get(state, 0) for state in OPEN)
    if open_:
        complain(_stopped(issue, open_, outcome, now))
    if uncertain := counts.get(State.UNCERTAIN):
        complain(f"{uncertain} 封不知送到没有，不会自动重发；请看 xcbulletin resolve {issue}")
    if counts.get(State.REJECTED):
        complain(f"有人没有收到；请看 xcbulletin deliveries {issue}")
    if open_:
        return PAUSED
    if uncertain:
        return UNCERTAIN
    return REJECTED if counts.get(State.REJECTED) else 0


def _stopped(issue: IssueId, letters: int, outcome: "Outcome", now: datetime.datetime) -> str:
    from xcbulletin.delivery.sending.sending import Why
    from xcbulletin.zone import SHANGHAI

    why = f"（{outcome.detail}）" if outcome.detail else ""
    if outcome.stopped is Why.CONTENT:
        when = "先弄清信里的什么被当作垃圾邮件，改了文稿的加上 --revise，"
    elif outcome.next_at and outcome.next_at > now:
        when = f"在 {outcome.next_at.astimezone(SHANGHAI):%m-%d %H:%M} 以后"
    else:
        when = ""
    return f"还有 {letters} 封没有发完{why}；请{when}再运行 xcbulletin send {issue}，接着发"

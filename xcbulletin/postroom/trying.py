"""Letters looked at before they go: written to a folder, or one sent to a colleague. The ledger does not change."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from xcbulletin.delivery.composing import message_id
from xcbulletin.delivery.mailing import (
    LostError,
    PdfChoice,
    Planned,
    RefusedError,
    UnansweredError,
    Variant,
    key_of,
)
from xcbulletin.delivery.recipients.addresses import AddressError, parse_address
from xcbulletin.delivery.sending.replies import shown
from xcbulletin.delivery.sending.smtp import connect
from xcbulletin.errors import BulletinError, UsageMistakeError
from xcbulletin.model import IssueId, Problem
from xcbulletin.postroom import Postroom
from xcbulletin.postroom.excel import csv_file
from xcbulletin.postroom.freezing import Bodies, audience, barred, look_over, make_bodies
from xcbulletin.publishing.head import sender_of
from xcbulletin.room import Tell
from xcbulletin.workspace import write_whole

PLAN_FILE = "plan.csv"
_MOST_BYTES = 500_000_000
"""Of letters written out; where there would be more, one of each kind is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What a dry run left."""

    folder: Path
    letters: int
    problems: tuple[Problem, ...]
    """What a person should know of the list and of the letters."""
    planned: int
    """Letters that would be sent: where they would fill the disk, one of each kind is written."""


def dry_run(postroom: Postroom, issue: IssueId, list_name: str | None, tell: Tell) -> Written:
    """Write the letters that an issue's recipients would get, and who gets which, into `build/mailing/ISSUE/letters/`."""
    problems = look_over(postroom, issue)
    planned, unwanted = audience(postroom, issue, list_name), barred(postroom)
    sent = tuple(one for one in planned if not one.is_empty and key_of(one.address) not in unwanted)
    bodies = make_bodies(postroom, issue, {one.variant for one in sent}, tell)
    written = _written(sent, bodies)
    folder = postroom.root / "build" / "mailing" / issue / "letters"
    shutil.rmtree(folder, ignore_errors=True)
    now = postroom.clock()
    for one in written:
        own_id = message_id(issue, one.address, postroom.mail.sender)
        write_whole(folder / _file(one), bodies.letter(one, own_id, now))
    write_whole(folder / PLAN_FILE, _plan(planned, sent, written, bodies))
    return Written(
        folder=folder, letters=len(written), planned=len(sent), problems=(*problems, *bodies.remarks)
    )


def _written(sent: Sequence[Planned], bodies: Bodies) -> tuple[Planned, ...]:
    if sum(bodies.by_variant[one.variant].size for one in sent) <= _MOST_BYTES:
        return tuple(sent)
    return tuple({one.variant: one for one in reversed(sent)}.values())


def _file(one: Planned) -> str:
    return f"{quote(one.address, safe='@+')}.eml"


def _plan(
    planned: Iterable[Planned], sent: Iterable[Planned], written: Iterable[Planned], bodies: Bodies
) -> bytes:
    """Return who gets what, as Excel opens it."""
    head = ("邮箱", "姓名", "产业", "PDF", "份号", "字节", "信")
    going, files = set(sent), {one: _file(one) for one in written}
    rows = (
        (
            one.address,
            one.name,
            ";".join(one.variant.selection) or "全部",
            one.variant.pdf,
            one.copy_number or "",
            bodies.by_variant[one.variant].size if one in going else "",
            files.get(one, "") if one in going else _why_not(one),
        )
        for one in planned
    )
    return csv_file((head, *rows))


def _why_not(one: Planned) -> str:
    return "本期没有他订的产业的文章，不发" if one.is_empty else "在停发名单里，不发"


def send_test(postroom: Postroom, issue: IssueId, address: str, like: str | None, tell: Tell) -> None:
    """Send one letter, marked 【测试】, to an address: the one that recipient `like` gets, or the whole issue.

    Raises UsageMistakeError, RelayError, BulletinError.
    """
    try:
        target = parse_address(address)
    except AddressError as error:
        raise UsageMistakeError(f"--test: {error}") from error
    one = (
        _planned_for(postroom, issue, like)
        if like
        else Planned(address=target, name="", variant=Variant((), PdfChoice.ATTACH))
    )
    bodies = make_bodies(postroom, issue, [one.variant], tell)
    own_id = message_id(issue, one.address, postroom.mail.sender)
    content = bodies.letter(one, own_id, postroom.clock(), test=True)
    relay = connect(postroom.mail)
    try:
        relay.offer(sender_of(postroom.mail)[1], target, content)
        reply = relay.finish()
    except RefusedError as error:
        reply = error.reply
    except LostError as error:
        raise BulletinError(f"{target}: 发到一半连接断了，没有送出；请稍后再试") from error
    except UnansweredError as error:
        raise BulletinError(
            f"{target}: 信已全部发出，发信服务器没有答复；请看这个邮箱收到没有，没有就再试一次"
        ) from error
    finally:
        relay.close()
    if reply.code >= 300:
        raise BulletinError(f"{target}: 发信服务器没有收下这封信：{shown(reply)}")


def _planned_for(postroom: Postroom, issue: IssueId, like: str) -> Planned:
    planned = audience(postroom, issue)
    for one in planned:
        if key_of(one.address) == key_of(like.strip()) and not one.is_empty:
            return one
    raise UsageMistakeError(f"--as: 收件人名单里没有“{like}”，或本期没有他订的产业的文章")

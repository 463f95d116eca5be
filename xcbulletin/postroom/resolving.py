"""Letters of which nobody knows whether they arrived: settled by the relay's log, an archive, or a person's word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xcbulletin.delivery.ledger.marking import Marked
from xcbulletin.delivery.mailing import Delivery, Mailing, Reason, Reply, Settlement, State
from xcbulletin.delivery.reasons import code_in, reason_of
from xcbulletin.delivery.returns import mailbox
from xcbulletin.delivery.returns.folder import folder
from xcbulletin.delivery.returns.proof import seen
from xcbulletin.delivery.returns.relaylog import LogFiles, LogLine, Status, delivered
from xcbulletin.postroom import Postroom


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """What was found out."""

    settled: Mapping[str, State]
    """Addresses of letters that were uncertain, and what they are now."""
    open: tuple[str, ...]
    """Addresses of letters that nothing was found of."""


def uncertain(postroom: Postroom, mailing: Mailing) -> tuple[Delivery, ...]:
    """Return the letters of which nobody knows whether they arrived."""
    return tuple(one for one in postroom.ledger.deliveries(mailing) if one.state is State.UNCERTAIN)


def by_relay_log(postroom: Postroom, mailing: Mailing, files: Sequence[Path]) -> Resolved:
    """Settle letters by what the relay wrote of them. Raises RelayLogError."""
    letters = {one.message_id: one.address for one in uncertain(postroom, mailing)}
    lines = delivered(LogFiles(files), letters)
    return _resolve(postroom, mailing, {key: _as_settlement(postroom, line) for key, line in lines.items()})


def _as_settlement(postroom: Postroom, line: LogLine) -> Settlement:
    if line.status in (Status.SENT, Status.DEFERRED):
        words = "已投递" if line.status is Status.SENT else "已收下，仍在投递"
        return Settlement(
            state=State.ACCEPTED,
            at=postroom.clock(),
            queue_id=line.queue_id,
            detail=f"据发信服务器日志：{words}（{line.at}）",
        )
    if line.status is Status.EXPIRED:
        return Settlement(
            state=State.BOUNCED,
            at=postroom.clock(),
            reason=Reason.TEMPORARY,
            queue_id=line.queue_id,
            detail=f"据发信服务器日志：过期没有送出，退回（{line.at}）",
        )
    code = code_in(line.detail)
    return Settlement(
        state=State.BOUNCED,
        at=postroom.clock(),
        reason=reason_of(line.detail, code, line.dsn),
        queue_id=line.queue_id,
        reply=Reply(code=code, text=line.detail, enhanced=line.dsn) if code else None,
        detail=f"据发信服务器日志：退信（{line.at}）{line.detail}",
    )


def by_archive(postroom: Postroom, mailing: Mailing, place: Path | None) -> Resolved:
    """Settle letters whose copies lie in an archive: a folder, or else the mailbox. Raises MailboxError."""
    letters = [one.message_id for one in uncertain(postroom, mailing)]
    since = mailing.prepared.date()
    copies = folder(place) if place else mailbox.headers(postroom.mailbox, since=since)
    found = Settlement(state=State.ACCEPTED, at=postroom.clock(), detail="归档邮箱里有它的副本")
    return _resolve(postroom, mailing, dict.fromkeys(seen(copies, letters), found))


def _resolve(postroom: Postroom, mailing: Mailing, known: Mapping[str, Settlement]) -> Resolved:
    settled = postroom.ledger.resolve(mailing, known)
    return Resolved(
        settled={one.address: known[one.message_id].state for one in settled},
        open=tuple(one.address for one in uncertain(postroom, mailing)),
    )


def by_word(
    postroom: Postroom, mailing: Mailing, addresses: Sequence[str], mark: str, who: str | None
) -> Marked:
    """Take a person's word on letters: `delivered`, or `resend`."""
    words = {"delivered": "核实，已送到", "resend": "决定，重发"}[mark]
    words = f"经 {who} {words}" if who else f"经人{words}"
    return postroom.ledger.mark(mailing, addresses, mark, words, postroom.clock())

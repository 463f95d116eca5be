"""What the commands of delivery have words for: states, reasons, kinds of letters."""

from collections.abc import Iterable, Mapping, Sequence

from xcbulletin.delivery.mailing import Delivery, Reason, State, Variant
from xcbulletin.delivery.recipients.checking import PDF_NAMES
from xcbulletin.model import Industry

STATES = {
    State.PREPARED: "待发",
    State.CLAIMED: "正在发",
    State.DOT: "正在发",
    State.ACCEPTED: "已送出",
    State.DEFERRED: "等待重试",
    State.REJECTED: "被拒收",
    State.UNCERTAIN: "不知送到没有",
    State.SUPPRESSED: "停发",
    State.CANCELLED: "没有可发的内容",
    State.BOUNCED: "退信",
}
REASONS = {
    Reason.UNKNOWN_USER: "查无此人",
    Reason.FREQUENCY: "发得太快",
    Reason.MAILBOX_FULL: "信箱满了",
    Reason.CONTENT: "当成了垃圾邮件",
    Reason.SIZE: "信太大",
    Reason.TEMPORARY: "暂时收不下",
    Reason.POLICY: "被拒收",
    Reason.EMPTY: "本期没有相关内容",
    Reason.UNSUBSCRIBED: "退订",
    Reason.LOST: "连接中断",
}
NAMED = 10
"""Letters named in a list of many."""


def counted(counts: Mapping[State, int]) -> str:
    """Return how many letters stand how, in one line."""
    return "，".join(f"{STATES[state]} {number}" for state, number in counts.items()) or "没有信"


def kind_of(variant: Variant, industries: Sequence[Industry]) -> str:
    """Return what recipients of one kind get."""
    names = [one.short_name for one in industries if one.code in variant.selection]
    return f"{'、'.join(names) or '全部产业'}，{PDF_NAMES[variant.pdf]}"


def shown(letter: Delivery) -> str:
    """Return a letter, how it stands and why, in one line."""
    who = f"{letter.name} <{letter.address}>" if letter.name else letter.address
    why = letter.detail or (REASONS[letter.reason] if letter.reason else "")
    return f"{who}: {STATES[letter.state]}{f'；{why}' if why else ''}"


def named(addresses: Iterable[str]) -> str:
    """Return addresses, of many the first."""
    found = tuple(addresses)
    more = f" 等 {len(found)} 个" if len(found) > NAMED else ""
    return "、".join(found[:NAMED]) + more

"""What may become of a letter, and what a person may say became of it; pure."""

from collections.abc import Iterable
from enum import StrEnum

from xcbulletin.delivery.mailing import Reason, State

_NEXT = {
    State.PREPARED: {State.CLAIMED, State.SUPPRESSED},
    State.CLAIMED: {State.PREPARED, State.DOT, State.DEFERRED, State.REJECTED},
    State.DOT: {State.ACCEPTED, State.DEFERRED, State.REJECTED, State.UNCERTAIN},
    State.DEFERRED: {State.CLAIMED, State.SUPPRESSED},
    State.UNCERTAIN: {State.ACCEPTED, State.BOUNCED, State.PREPARED},
    State.ACCEPTED: {State.BOUNCED},
    State.REJECTED: {State.PREPARED},
    State.BOUNCED: {State.PREPARED},
    State.SUPPRESSED: {State.PREPARED},
    State.CANCELLED: {State.PREPARED},
}
"""From `dot` nothing leads back to `prepared` but by way of `uncertain`, and a person."""

IN_HAND = frozenset({State.CLAIMED, State.DOT})
"""States of letters that a running program is at work on."""
WAITING = frozenset({State.PREPARED, State.DEFERRED})
"""States of letters that are still to be sent."""
OPEN = WAITING | IN_HAND
"""States of letters that are not done with."""


class Mark(StrEnum):
    """What a person says of a letter."""

    DELIVERED = "delivered"
    RESEND = "resend"

    @property
    def state(self) -> State:
        """The state it leads to."""
        return State.ACCEPTED if self is Mark.DELIVERED else State.PREPARED


def may_become(state: State, new: State) -> bool:
    """Tell whether a letter may go from one state to another."""
    return new in _NEXT[state]


def sources_of(new: State, within: Iterable[State] = State) -> tuple[State, ...]:
    """Return the states, of those given, that lead to another."""
    return tuple(state for state in State if state in frozenset(within) and may_become(state, new))


def is_done(mark: Mark, state: State) -> bool:
    """Tell whether a letter stands already as a person says."""
    return state in WAITING if mark is Mark.RESEND else state is State.ACCEPTED


def refusal(
    mark: Mark, state: State, reason: Reason | None = None, *, suppressed: bool = False
) -> str | None:
    """Return why a person's word cannot be taken, in Chinese; None where it can, or nothing is to do."""
    if is_done(mark, state):
        return None
    if state in IN_HAND:
        return "正在发送，还没有结果；请等这次发送结束"
    if mark is Mark.DELIVERED:
        return None if state is State.UNCERTAIN else f"{_STANDS[state]}，只有不知送到没有的才能记为已送到"
    if state is State.ACCEPTED:
        return f"{_STANDS[state]}，不能重发"
    if reason is Reason.EMPTY:
        return "这一期没有这位收件人所选产业的内容，没有可发的"
    return "在停发名单里；请先运行 xcbulletin recipients restore" if suppressed else None


_STANDS = {
    State.PREPARED: "还没有发",
    State.DEFERRED: "等待重试",
    State.ACCEPTED: "发信服务器已经收下",
    State.REJECTED: "被拒收",
    State.SUPPRESSED: "在停发名单里，没有发",
    State.CANCELLED: "没有可发的内容",
    State.BOUNCED: "已经退信",
}

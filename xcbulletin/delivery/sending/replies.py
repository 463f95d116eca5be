"""What a relay's reply means for a letter: its code and its text together, for a 5xx is not always for ever.

The texts are those of the mailbox companies of China: QQ answers limits with 550, NetEase puts a key such as DT:SPM
into every reply. Only who surely does not exist is held unknown; anything in doubt is tried again.
"""

import re
from dataclasses import dataclass

from xcbulletin.delivery.mailing import Reason, Reply, State
from xcbulletin.delivery.reasons import DETAILS, reason_of

MAIL, RCPT, DATA, DOT = "MAIL", "RCPT", "DATA", "dot"
"""Where in the giving of a letter a relay answers (RFC 5321 §3.3)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a reply means."""

    state: State
    """Accepted, deferred or rejected; prepared where the relay refuses the sender, whoever the letter is for."""
    reason: Reason | None = None
    minutes: float = 0
    """How long to wait at least before the next try."""
    pauses: bool = False
    """Whether letters to the same domain should wait too."""
    detail: str = ""
    """For people, in Chinese, with what the relay said."""


_NEEDS_LOGIN = frozenset({530, 534, 535, 538})
_OURSELVES = re.compile(
    r"relay(?:ing)? (?:access )?(?:denied|not)|(?:permitted|unable|allowed) to relay|local user only|匿名转发"
    r"|auth\w* (?:is )?required|must (?:issue|be) (?:a )?(?:starttls|auth)|not authenticated"
    r"|(?:must|should) (?:equal|be (?:the )?same)",  # exmail, NetEase: the sender is not who logged in
    re.IGNORECASE,
)
"""What is said to who may not send at all."""
_KEY = re.compile(r"\b(MI:SFQ|DT:SPM)\b")
_MINUTES = {"MI:SFQ": 15, "DT:SPM": 2}
"""How long NetEase wants a sender to wait."""
_PASSING = frozenset({Reason.FREQUENCY, Reason.MAILBOX_FULL, Reason.TEMPORARY})
"""What passes, whatever the code: QQ answers limits with 550, and a full mailbox is not a dead one."""


def judge(reply: Reply, phase: str) -> Verdict:
    """Return what a reply to `phase` of a letter means: a refusal, or after the dot its acceptance."""
    if reply.code < 300:
        return Verdict(state=State.ACCEPTED)
    reason = reason_of(reply.text, reply.code, reply.enhanced)
    is_passing = reply.code < 500 or reason in _PASSING
    if not is_passing and _is_about_us(reply, phase, reason):
        return Verdict(
            state=State.PREPARED,
            reason=Reason.POLICY,
            detail=f"发信服务器不让这个发件人发信（{shown(reply)}）",
        )
    key = _KEY.search(reply.text)
    return Verdict(
        state=State.DEFERRED if is_passing else State.REJECTED,
        reason=reason,
        minutes=_MINUTES[key[1]] if key and is_passing else 0,
        pauses=is_passing and (reason is Reason.FREQUENCY or reply.code == 421),
        detail=f"{DETAILS[reason]}（{shown(reply)}）",
    )


def _is_about_us(reply: Reply, phase: str, reason: Reason) -> bool:
    """Tell whether a lasting refusal is of the sender, and so would come to every letter."""
    if reason is Reason.SIZE:
        return False
    return phase == MAIL or reply.code in _NEEDS_LOGIN or _OURSELVES.search(reply.text) is not None


def shown(reply: Reply) -> str:
    """Return a reply as people are shown it, on one line."""
    text = f"{reply.code} {reply.enhanced or ''} {reply.text.removeprefix(reply.enhanced or '')}"
    return " ".join(text.split())[:200]


_QUEUED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"queued as[:\s]+(?P<id>[^\s;()]+)",  # postfix, Coremail (NetEase), QQ
        r"\bid[=:]\s*(?P<id>[\w.-]{6,})",  # exim
        r"^(?:\d\.\d\.\d:? )?(?P<id>\w{8,}) message accepted",  # sendmail, OpenSMTPD
        r"\[InternalId=(?P<id>\d+)",  # Exchange
    )
)


def queue_id(reply: Reply) -> str | None:
    """Return under what name the relay keeps a letter it took, where it says so: its log is asked by it."""
    found = next(filter(None, (pattern.search(reply.text) for pattern in _QUEUED)), None)
    return found["id"].rstrip(".,") or None if found else None


def make_reply(code: int, text: bytes | str) -> Reply:
    """Return a reply as it was read from the wire: UTF-8, or GBK as older relays write."""
    words = " ".join((text if isinstance(text, str) else _decoded(text)).split())
    enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)", words)
    return Reply(code=code, text=words, enhanced=enhanced[0] if enhanced else None)


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("gb18030", "replace")

"""What a try comes to: when a letter is tried again, and when it is given up; pure."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from xcbulletin.delivery.mailing import Delivery, Reason, Reply, Settlement, State
from xcbulletin.delivery.sending.replies import judge, queue_id, shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Try:
    """A letter that was tried."""

    letter: Delivery
    retry_minutes: Sequence[float]
    """How long to wait before the second try, the third and so on; after the last the letter is given up."""
    relay: str
    now: datetime.datetime

    def answered(self, reply: Reply, phase: str) -> tuple[Settlement, bool]:
        """Return what a reply comes to, and whether letters to the same domain should wait too."""
        verdict = judge(reply, phase)
        if verdict.state is State.DEFERRED:
            settled = self._later(verdict.reason, verdict.minutes, verdict.detail, reply)
            return settled, verdict.pauses
        is_accepted = verdict.state is State.ACCEPTED
        settled = Settlement(
            state=verdict.state,
            at=self.now,
            reason=verdict.reason,
            reply=reply,
            relay=self.relay,
            queue_id=queue_id(reply) if is_accepted else None,
            detail=f"发信服务器已收下（{shown(reply)}）" if is_accepted else verdict.detail,
        )
        return settled, False

    def lost(self) -> Settlement:
        """Return what a connection that broke before the last line comes to: nothing was delivered."""
        return self._later(Reason.LOST, 0, "发到一半连接断了，没有送出", None)

    def unanswered(self) -> Settlement:
        """Return what no word on a whole letter comes to."""
        return Settlement(
            state=State.UNCERTAIN,
            at=self.now,
            reason=Reason.LOST,
            relay=self.relay,
            detail="信已全部发出，发信服务器没有答复，不知送到没有",
        )

    def untried(self) -> Settlement:
        """Return what puts a letter back as if it had not been tried."""
        return Settlement(state=State.PREPARED, at=self.now)

    def _later(self, reason: Reason | None, minutes: float, detail: str, reply: Reply | None) -> Settlement:
        tries = self.letter.attempts
        if tries >= len(self.retry_minutes):
            told = f"试了 {tries + 1} 次都没有送出；最后一次：{detail}"
            state, reason, next_at = State.REJECTED, Reason.TEMPORARY, None
        else:
            told, state = detail, State.DEFERRED
            next_at = self.now + datetime.timedelta(minutes=max(self.retry_minutes[tries], minutes))
        return Settlement(
            state=state,
            at=self.now,
            reason=reason,
            next_at=next_at,
            reply=reply,
            relay=self.relay,
            detail=told,
        )

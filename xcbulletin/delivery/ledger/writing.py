"""Letters' states written, each in one statement that does nothing where it is not allowed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    bindparam,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from xcbulletin.database import pieces, run_ready
from xcbulletin.delivery.ledger.preparing import point_to_newest
from xcbulletin.delivery.ledger.suppressions import Status, propose, suppressed_among
from xcbulletin.delivery.ledger.tables import attempt, delivery, suppression
from xcbulletin.delivery.ledger.transitions import IN_HAND, WAITING, Mark, sources_of
from xcbulletin.delivery.mailing import Delivery, Mailing, Reason, Settlement, State, key_of

# What is written for every letter is made once, and compiled once: either takes longer than running it.


def _leads_to(new: State, within: Iterable[State] = State) -> ColumnElement[bool]:
    # No IN, whose values SQLAlchemy writes out each time that it is run.
    return or_(*(delivery.c.state == state for state in sources_of(new, within)))


_BARRED = exists().where(suppression.c.key == delivery.c.key, suppression.c.status == Status.SUPPRESSED)
_CLAIM = (
    update(delivery)
    .where(
        delivery.c.id == bindparam("letter"),
        _leads_to(State.CLAIMED),
        ~_BARRED,
    )
    .values(
        state=State.CLAIMED,
        run=bindparam("by"),
        first_at=func.coalesce(delivery.c.first_at, bindparam("now", type_=delivery.c.first_at.type)),
        updated=bindparam("now", type_=delivery.c.updated.type),
    )
)
_DOT = (
    update(delivery)
    .where(
        delivery.c.id == bindparam("letter"),
        delivery.c.run == bindparam("by"),
        _leads_to(State.DOT),
    )
    .values(state=State.DOT)
)


def _settling(new: State) -> Update:
    return (
        update(delivery)
        .where(
            delivery.c.id == bindparam("letter"),
            delivery.c.run == bindparam("by"),
            _leads_to(new, IN_HAND),
        )
        .values(
            state=new,
            run=null(),
            attempts=delivery.c.attempts + int(new is not State.PREPARED),
        )
    )


_SETTLE = {state: _settling(state) for state in State if sources_of(state, IN_HAND)}
_TRY = insert(attempt).inline()


def claim(connection: Connection, one: Delivery, run: str, now: datetime) -> bool:
    """Take a letter in hand, if it waits and its address is not suppressed."""
    if run_ready(connection, _CLAIM, {"letter": one.id, "by": run, "now": now}) == 1:
        return True
    return _suppress(connection, one, now)


def _suppress(connection: Connection, one: Delivery, now: datetime) -> bool:
    barred = suppressed_among(connection, [key_of(one.address)]).get(key_of(one.address))
    state = connection.scalar(select(delivery.c.state).where(delivery.c.id == one.id))
    if state in WAITING and barred is not None:
        values = {"state": State.SUPPRESSED, "reason": barred.reason, "detail": barred.detail}
        connection.execute(
            update(delivery).where(delivery.c.id == one.id).values(**values, next_at=None, updated=now)
        )
    elif state not in (State.SUPPRESSED, State.CANCELLED):
        raise _forbidden(one, state, State.CLAIMED)
    return False


def dot(connection: Connection, one: Delivery, run: str) -> None:
    """Keep that the last line of a letter is about to be sent."""
    if run_ready(connection, _DOT, {"letter": one.id, "by": run}) != 1:
        raise _forbidden(one, _state(connection, one), State.DOT)


def settle(connection: Connection, one: Delivery, settlement: Settlement, run: str) -> None:
    """Keep what a try led to."""
    new = settlement.state
    assert new in _SETTLE, f"a try does not lead to {new}"
    if new is State.PREPARED:  # for a reason that is the relay's, and no letter's
        settlement = Settlement(state=new, at=settlement.at)
    values = {"letter": one.id, "by": run, **_outcome(settlement)}
    if run_ready(connection, _SETTLE[new], values) != 1:
        raise _forbidden(one, _state(connection, one), new)
    if new is not State.PREPARED:
        _keep_attempt(connection, one, settlement)


def put_back(connection: Connection, mailing: Mailing, now: datetime) -> int:
    """Prepare the claimed letters anew: nothing of them can have been delivered (RFC 5321 §4.1.1.4)."""
    return connection.execute(
        _in_state(mailing, State.CLAIMED).values(state=State.PREPARED, next_at=None, run=None, updated=now)
    ).rowcount


def doubt(connection: Connection, mailing: Mailing, now: datetime) -> int:
    """Let the letters whose last line may have been sent be uncertain: that gap cannot be closed (RFC 1047)."""
    uncertain = State.UNCERTAIN
    tried = select(
        delivery.c.id, literal(now, attempt.c.at.type), literal(str(uncertain)), literal(str(Reason.LOST))
    ).where(delivery.c.mailing_id == mailing.id, delivery.c.state == State.DOT)
    connection.execute(insert(attempt).from_select(["delivery_id", "at", "outcome", "reason"], tried))
    return connection.execute(
        _in_state(mailing, State.DOT).values(
            state=uncertain,
            attempts=delivery.c.attempts + 1,
            reason=Reason.LOST,
            detail="发到最后一行时程序中断，不知送到没有",
            next_at=None,
            run=None,
            updated=now,
        )
    ).rowcount


def mark(
    connection: Connection, mailing: Mailing, letters: Sequence[Delivery], word: Mark, by: str, now: datetime
) -> None:
    """Keep a person's word of letters of which it may be taken."""
    if not letters:
        return
    for piece in pieces([one.id for one in letters]):
        chosen = delivery.c.id.in_(piece)
        connection.execute(
            update(delivery)
            .where(chosen)
            .values(state=word.state, reason=None, detail=by, next_at=None, updated=now)
        )
        if word is Mark.RESEND:
            point_to_newest(connection, mailing.id, now, chosen)
    rows = [{"delivery_id": one.id, "at": now, "outcome": word.state, "reply": by} for one in letters]
    connection.execute(_TRY, rows)


def hear(connection: Connection, one: Delivery, settlement: Settlement) -> bool:
    """Keep what was heard of a letter after it was sent; False where that is no news."""
    values = _outcome(settlement)
    if settlement.queue_id is None:
        del values["queue_id"]
    changed = connection.execute(
        update(delivery)
        .where(delivery.c.id == one.id, delivery.c.state.in_(sources_of(settlement.state, _SENT)))
        .values(state=settlement.state, **values)
    ).rowcount
    if changed:
        _keep_attempt(connection, one, settlement)
    return changed == 1


_SENT = (State.ACCEPTED, State.UNCERTAIN)


def _in_state(mailing: Mailing, state: State) -> Update:
    return update(delivery).where(delivery.c.mailing_id == mailing.id, delivery.c.state == state)


def _outcome(settlement: Settlement) -> dict[str, Any]:
    return {
        "next_at": settlement.next_at,
        "reason": settlement.reason,
        "detail": _storable(settlement.detail),
        "queue_id": _storable(settlement.queue_id or "") or None,
        "updated": settlement.at,
    }


def _keep_attempt(connection: Connection, one: Delivery, settlement: Settlement) -> None:
    reply = settlement.reply
    said = _storable(reply.text if reply else settlement.detail)
    row = {
        "delivery_id": one.id,
        "at": settlement.at,
        "outcome": settlement.state,
        "reason": settlement.reason,
        "relay": settlement.relay,
        "code": reply.code if reply else None,
        "enhanced": reply.enhanced if reply else None,
        "reply": said,
        "queue_id": _storable(settlement.queue_id or "") or None,
    }
    run_ready(connection, _TRY, row)
    if settlement.reason is Reason.UNKNOWN_USER:
        propose(connection, one.address, Reason.UNKNOWN_USER, said, settlement.at)


def _storable(text: str) -> str:
    """Return `text` without what a database refuses: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _state(connection: Connection, one: Delivery) -> str | None:
    found: str | None = connection.scalar(select(delivery.c.state).where(delivery.c.id == one.id))
    return found


def _forbidden(one: Delivery, state: str | None, new: State) -> AssertionError:
    return AssertionError(f"{one.address}: {state} may not become {new}, or another run has it in hand")

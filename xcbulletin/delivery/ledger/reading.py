"""Letters and mailings read from the ledger, also while it is written."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, or_, select

from xcbulletin.database import pieces
from xcbulletin.delivery.ledger.tables import delivery, mailing, variant
from xcbulletin.delivery.ledger.transitions import WAITING
from xcbulletin.delivery.mailing import Delivery, Mailing, PdfChoice, Reason, State, Variant
from xcbulletin.model import IssueId

_PAGE = 1000
"""Letters read at once."""


def read_mailing(connection: Connection, issue: str) -> Mailing | None:
    """Return the mailing of an issue, with the digest of the newest revision of each variant."""
    row = connection.execute(select(mailing).where(mailing.c.issue == issue)).one_or_none()
    if row is None:
        return None
    variants = select(variant).where(variant.c.mailing_id == row.id).order_by(variant.c.revision)
    return Mailing(
        id=row.id,
        issue=IssueId(row.issue),
        revision=row.revision,
        prepared=row.prepared,
        digests={as_variant(one): one.digest for one in connection.execute(variants) if one.digest},
    )


def read_mailings(connection: Connection, since: datetime) -> tuple[Mailing, ...]:
    """Return the mailings prepared since a time, the oldest first."""
    issues = select(mailing.c.issue).where(mailing.c.prepared >= since).order_by(mailing.c.prepared)
    found = [read_mailing(connection, issue) for issue in connection.scalars(issues)]
    return tuple(filter(None, found))


def read_due(
    connection: Connection, one: Mailing, now: datetime, limit: int, spared: Collection[str]
) -> tuple[Delivery, ...]:
    """Return letters that may be sent now, those longest due first, none of the domains spared."""
    wanted = (
        _letters()
        .where(
            delivery.c.mailing_id == one.id,
            or_(
                delivery.c.state == State.PREPARED,
                and_(delivery.c.state == State.DEFERRED, delivery.c.next_at <= now),
            ),
            *(~delivery.c.key.endswith(f"@{domain.lower()}", autoescape=True) for domain in spared),
        )
        .order_by(func.coalesce(delivery.c.next_at, delivery.c.updated), delivery.c.id)
        .limit(limit)
    )
    return tuple(map(as_delivery, connection.execute(wanted)))


def read_next_due(connection: Connection, one: Mailing) -> datetime | None:
    """Return when the next letter may be sent: the time it was prepared, if that is at once."""
    when = func.coalesce(delivery.c.next_at, mailing.c.prepared)
    found: datetime | None = connection.scalar(
        select(when)
        .join_from(delivery, mailing)
        .where(delivery.c.mailing_id == one.id, delivery.c.state.in_(WAITING))
        .order_by(when)
        .limit(1)
    )
    return found


def read_counts(connection: Connection, one: Mailing) -> dict[State, int]:
    """Return how many letters stand in each state that there is."""
    counted = select(delivery.c.state, func.count()).where(delivery.c.mailing_id == one.id)
    found = {State(state): number for state, number in connection.execute(counted.group_by(delivery.c.state))}
    return {state: found[state] for state in State if state in found}


def read_page(connection: Connection, one: Mailing, after: int) -> tuple[Delivery, ...]:
    """Return the letters whose number is next above `after`; none at the end."""
    wanted = _letters().where(delivery.c.mailing_id == one.id, delivery.c.id > after)
    return tuple(map(as_delivery, connection.execute(wanted.order_by(delivery.c.id).limit(_PAGE))))


def read_addressed(connection: Connection, one: Mailing, keys: Collection[str]) -> dict[str, Delivery]:
    """Return the letters to addresses, which are in small letters, by the address and in their order."""
    wanted = _letters().where(delivery.c.mailing_id == one.id)
    found = {
        row.key: as_delivery(row)
        for piece in pieces(keys)
        for row in connection.execute(wanted.where(delivery.c.key.in_(piece)))
    }
    return {key: found[key] for key in keys if key in found}


def read_identified(
    connection: Connection, one: Mailing, message_ids: Collection[str]
) -> tuple[Delivery, ...]:
    """Return the letters that have one of the Message-IDs."""
    wanted = _letters().where(delivery.c.mailing_id == one.id)
    return tuple(
        as_delivery(row)
        for piece in pieces(message_ids)
        for row in connection.execute(wanted.where(delivery.c.message_id.in_(piece)))
    )


def read_keys(connection: Connection, one: Mailing) -> tuple[str, ...]:
    """Return all addresses of a mailing, in small letters."""
    return tuple(connection.scalars(select(delivery.c.key).where(delivery.c.mailing_id == one.id)))


def as_variant(row: Row[Any]) -> Variant:
    """Return what a row of `variant`, or of letters with theirs, says."""
    return Variant(tuple(filter(None, row.selection.split("|"))), PdfChoice(row.pdf))


def as_delivery(row: Row[Any]) -> Delivery:
    """Return a row of letters as a value."""
    return Delivery(
        id=row.id,
        address=row.address,
        name=row.name,
        variant=as_variant(row),
        message_id=row.message_id,
        state=State(row.state),
        attempts=row.attempts,
        first_at=row.first_at,
        next_at=row.next_at,
        reason=None if row.reason is None else Reason(row.reason),
        detail=row.detail,
        queue_id=row.queue_id,
        copy_number=row.copy_number,
        revision=row.revision,
        updated=row.updated,
    )


def _letters() -> Select[Any]:
    return select(delivery, variant.c.selection, variant.c.pdf, variant.c.revision).join_from(
        delivery, variant
    )

"""Addresses that get nothing: proposed by what relays say, decided by people."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from xcbulletin.database import lasting, pieces, reading
from xcbulletin.delivery.ledger.tables import suppression
from xcbulletin.delivery.mailing import Reason, key_of


class Status(StrEnum):
    """How an address stands."""

    PROPOSED = "proposed"
    """It seems to be no one's; a person decides, and until then it gets letters."""
    SUPPRESSED = "suppressed"
    LIFTED = "lifted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppression:
    """An address that gets nothing, or may come to."""

    address: str
    """In small letters."""
    status: Status
    reason: Reason
    since: datetime
    detail: str


def proposed(engine: Engine) -> tuple[Suppression, ...]:
    """Return the addresses on which a person is to decide, by address."""
    return _of_status(engine, Status.PROPOSED)


def suppressed(engine: Engine) -> tuple[Suppression, ...]:
    """Return the addresses that get nothing, by address."""
    return _of_status(engine, Status.SUPPRESSED)


def suppressed_among(connection: Connection, keys: Collection[str]) -> dict[str, Suppression]:
    """Return those of the addresses, in small letters, that get nothing."""
    wanted = select(suppression).where(suppression.c.status == Status.SUPPRESSED)
    return {
        row.key: Suppression(**_fields(row._mapping))
        for piece in pieces(keys)
        for row in connection.execute(wanted.where(suppression.c.key.in_(piece)))
    }


def propose(connection: Connection, address: str, reason: Reason, detail: str, now: datetime) -> None:
    """Propose that an address gets nothing more; where somebody lifted that before, anew."""
    _set(connection, [address], Status.PROPOSED, (reason, detail, now), over=(Status.LIFTED,))


def suppress(
    engine: Engine, addresses: Iterable[str], reason: Reason, detail: str, now: datetime
) -> tuple[str, ...]:
    """Let addresses get nothing from now on; return those that did until now. A letter in hand is still sent."""
    with lasting(engine) as connection:
        keys = dict.fromkeys(map(key_of, addresses))
        before = suppressed_among(connection, keys)
        new = tuple(key for key in keys if key not in before)
        _set(connection, new, Status.SUPPRESSED, (reason, detail, now), over=(Status.PROPOSED, Status.LIFTED))
    return new


def lift(engine: Engine, addresses: Iterable[str], detail: str, now: datetime) -> tuple[str, ...]:
    """Let addresses get letters again, or turn a proposal down; return those that were listed."""
    wanted = (suppression.c.status != Status.LIFTED,)
    with lasting(engine) as connection:
        keys = tuple(dict.fromkeys(map(key_of, addresses)))
        listed = {
            key
            for piece in pieces(keys)
            for key in connection.scalars(
                select(suppression.c.key).where(suppression.c.key.in_(piece), *wanted)
            )
        }
        for piece in pieces(listed):
            connection.execute(
                update(suppression)
                .where(suppression.c.key.in_(piece))
                .values(status=Status.LIFTED, since=now, detail=detail)
            )
    return tuple(key for key in keys if key in listed)


def _of_status(engine: Engine, status: Status) -> tuple[Suppression, ...]:
    wanted = select(suppression).where(suppression.c.status == status).order_by(suppression.c.key)
    with reading(engine) as connection:
        return tuple(Suppression(**_fields(row._mapping)) for row in connection.execute(wanted))


def _fields(row: RowMapping) -> dict[str, Any]:
    return {
        "address": row["key"],
        "status": Status(row["status"]),
        "reason": Reason(row["reason"]),
        "since": row["since"],
        "detail": row["detail"],
    }


def _set(
    connection: Connection,
    keys: Iterable[str],
    status: Status,
    why: tuple[Reason, str, datetime],
    *,
    over: tuple[Status, ...],
) -> None:
    """Set the status of addresses that are new, or stand at one of `over`."""
    names = ("status", "reason", "detail", "since")
    rows = [{"key": key_of(key), **dict(zip(names, (status, *why), strict=True))} for key in keys]
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        new = dialect.insert(suppression)
        connection.execute(
            new.on_conflict_do_update(
                index_elements=["key"],
                set_={name: new.excluded[name] for name in names},
                where=or_(*(suppression.c.status == status for status in over)),
            ),
            rows,
        )

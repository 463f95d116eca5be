"""Which collector has which source in hand, so that two at once do not ask for the same."""

import os
import platform
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, or_, select, update

from xcbulletin.collecting.tables import source
from xcbulletin.database import pieces

LEASE = timedelta(minutes=10)
"""How long a claim holds that is not renewed: longer than any document may take, with patience for a slow disk."""

_FURTHEST = timedelta(days=32)
"""How far ahead a source may be due."""


def new_claimant() -> str:
    """Return a name for one run of this process, by which others of this machine see whether it still lives."""
    return f"{platform.node()} {os.getpid()} {uuid.uuid4().hex[:8]}"


def claim(
    connection: Connection, ids: Sequence[int], claimant: str, now: datetime, *, due_only: bool = True
) -> frozenset[int]:
    """Take sources in hand: of `ids`, those due that nobody else has. Returns which."""
    free = [source.c.claimed_by.is_(None), source.c.claimed_until <= now]
    gone = source.c.claimed_by.in_(_gone(connection))
    wanted = [or_(*free, gone), *([is_due(now)] if due_only else [])]
    taken = update(source).where(*wanted).values(claimed_by=claimant, claimed_until=now + LEASE)
    for piece in pieces(ids):
        connection.execute(taken.where(source.c.id.in_(piece)))
    return frozenset(connection.scalars(select(source.c.id).where(source.c.claimed_by == claimant)))


def held(connection: Connection, ids: Sequence[int], now: datetime) -> frozenset[int]:
    """Return which of `ids` somebody has in hand."""
    in_hand = select(source.c.id).where(source.c.claimed_until > now)
    return frozenset(ids).intersection(connection.scalars(in_hand))


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a source is to be asked again.

    What is due in months was put off by a clock that went wrong.
    """
    due = source.c.next_due
    return or_(due.is_(None), due <= now, due > now + _FURTHEST)


def renew(connection: Connection, claimant: str, now: datetime) -> None:
    """Hold on to the sources that are still in hand."""
    mine = source.c.claimed_by == claimant
    connection.execute(update(source).where(mine).values(claimed_until=now + LEASE))


def release(connection: Connection, claimant: str) -> None:
    """Let go of the sources that were not asked."""
    mine = source.c.claimed_by == claimant
    connection.execute(update(source).where(mine).values(claimed_by=None, claimed_until=None))


def _gone(connection: Connection) -> list[str]:
    """Return the claimants whose process was killed: theirs need not be waited for."""
    claimants = connection.scalars(select(source.c.claimed_by).distinct())
    return [one for one in claimants if one is not None and not lives(one)]


def lives(claimant: str) -> bool:
    """Tell whether a claimant may still be at work; of another machine that cannot be told."""
    machine, process, _ = claimant.rsplit(" ", 2)
    if machine != platform.node():
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

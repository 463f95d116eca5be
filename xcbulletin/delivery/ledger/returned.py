"""Which letters that came back were read already."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Engine, select

from xcbulletin.database import insert_new, pieces, reading
from xcbulletin.delivery.ledger.tables import returned


def read_before(engine: Engine, digests: Collection[str]) -> frozenset[str]:
    """Return those of the letters that were read before, by the SHA-256 of their bytes."""
    with reading(engine) as connection:
        return frozenset(
            digest
            for piece in pieces(digests)
            for digest in connection.scalars(select(returned.c.digest).where(returned.c.digest.in_(piece)))
        )


def note_read(engine: Engine, digests: Collection[str], now: datetime) -> None:
    """Keep that letters were read."""
    with engine.begin() as connection:
        insert_new(connection, returned, [{"digest": digest, "at": now} for digest in digests])

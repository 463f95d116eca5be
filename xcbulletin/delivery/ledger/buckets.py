"""How much may be sent, kept over runs: a relay does not forget what it was sent before."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Insert, select
from sqlalchemy.dialects import postgresql, sqlite

from xcbulletin.delivery.ledger.tables import bucket
from xcbulletin.delivery.mailing import Level

_FIELDS = ("tokens", "at", "paused_until")


def read(connection: Connection) -> dict[str, Level]:
    """Return all levels by the names they were kept under."""
    return {
        row.name: Level(tokens=row.tokens, at=row.at, paused_until=row.paused_until)
        for row in connection.execute(select(bucket))
    }


def keep(connection: Connection, levels: Mapping[str, Level]) -> None:
    """Keep levels, in place of those that were kept under their names."""
    if levels:
        rows = [
            {"name": name, **{field: getattr(level, field) for field in _FIELDS}}
            for name, level in levels.items()
        ]
        connection.execute(_KEEP[connection.dialect.name], rows)


def _keeping(dialect: Any) -> Insert:
    new = dialect.insert(bucket)
    made: Insert = new.on_conflict_do_update(
        index_elements=["name"], set_={name: new.excluded[name] for name in _FIELDS}
    )
    return made


_KEEP = {"postgresql": _keeping(postgresql), "sqlite": _keeping(sqlite)}

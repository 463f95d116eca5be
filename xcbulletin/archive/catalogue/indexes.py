"""Which index a database has."""

from sqlalchemy import Connection

from xcbulletin.archive.catalogue import fts, gin
from xcbulletin.archive.catalogue.shelved import Index

_INDEXES: dict[str, Index] = {"sqlite": fts, "postgresql": gin}


def index_of(connection: Connection) -> Index:
    """Return the index of the kind of database that is connected to."""
    return _INDEXES[connection.dialect.name]

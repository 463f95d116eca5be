"""What is looked up of an article, and what an index of one database does with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from xcbulletin.archive.catalogue.queries import Query


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelved:
    """An article at its place."""

    place: int
    title: str
    text: str
    column: str
    industries: tuple[str, ...]


class Index(Protocol):
    """How words are found in one kind of database; the modules `fts` and `gin` are two of these."""

    def make(self, connection: Connection) -> None:
        """Make the index where it is not there. Raises DatabaseError where the database has no means for it."""

    def discard(self, connection: Connection) -> None:
        """Drop the index with all that is in it."""

    def add(self, connection: Connection, articles: Sequence[Shelved]) -> None:
        """Let articles be found."""

    def remove(self, connection: Connection, articles: Sequence[Shelved]) -> None:
        """Let articles be found no more; they are as they were when they were added."""

    def search(
        self, connection: Connection, query: Query, closed: Sequence[int]
    ) -> tuple[int, Sequence[int]]:
        """Return how many articles are found, and the places of those that the query wants to see, in order.

        What stands on the shelves `closed` (`places.shelf`) is not found.
        """

"""What the rooms that are joined for the doors have in common: a workspace at work, its database, its clock."""

import datetime
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from xcbulletin.workshop import Workshop
from xcbulletin.zone import SHANGHAI

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from xcbulletin.settings import Workspace

Tell = Callable[[str], None]
"""Says how far work has come."""


def now() -> datetime.datetime:
    """Return the time it is."""
    return datetime.datetime.now(datetime.UTC)


class Room:
    """A workspace at work. A context manager, for what it holds is to be let go.

    What it holds is got when it is first needed, and kept; heavy imports stand inside the methods that need them, so
    that each command loads no more than its own work.
    """

    def __init__(
        self, root: Path, environment: Mapping[str, str], *, clock: Callable[[], datetime.datetime] = now
    ) -> None:
        self.root, self.environment, self.clock = root, environment, clock
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stack.__exit__(*raised)

    @property
    def today(self) -> datetime.date:
        """The day it is in Shanghai: an issue of a later date is not out yet."""
        return self.clock().astimezone(SHANGHAI).date()

    @cached_property
    def workshop(self) -> Workshop:
        """Where issues are composed and printed."""
        return self._stack.enter_context(Workshop(self.root, self.environment))

    @property
    def workspace(self) -> "Workspace":
        """The settings and industries. Raises ProblemsError, WorkspaceError."""
        return self.workshop.workspace

    @cached_property
    def engine(self) -> "Engine":
        """The workspace's database, migrated. Raises BulletinError."""
        from xcbulletin.database import open_engine

        engine = open_engine(self.workspace.settings.database, self.root)
        self._stack.callback(engine.dispose)
        return engine

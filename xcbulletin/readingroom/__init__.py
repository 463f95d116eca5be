"""The archive joined for the doors: here what its jobs need, beside it a module for each job.

`building` makes the site, `finding` searches, `binding` binds annual volumes; `records` is what they know of each
issue, `reading` how they come to know it.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from xcbulletin.errors import BulletinError
from xcbulletin.zone import SHANGHAI

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from xcbulletin.model import IssueId
    from xcbulletin.settings import Workspace
    from xcbulletin.workshop import Workshop

Tell = Callable[[str], None]
"""Says how far work has come."""

# Heavy imports stand inside the methods that need them, so that each command loads no more than its own work.


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Readingroom:
    """The archive of one workspace. A context manager, for its database and its press are to be let go.

    What it holds is got when it is first needed, and kept.
    """

    def __init__(
        self,
        root: Path,
        environment: Mapping[str, str],
        *,
        clock: Callable[[], datetime.datetime] = _now,
    ) -> None:
        self.root, self.environment = root, environment
        self._clock = clock
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stack.__exit__(*raised)

    @cached_property
    def workshop(self) -> "Workshop":
        """Where issues are composed and printed."""
        from xcbulletin.workshop import Workshop

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

    def print_pdfs(self, issues: "Sequence[IssueId]") -> tuple[str, ...]:
        """Print issues as `build` does; return why some of them could not be printed."""
        from xcbulletin.publishing.outputs import Format
        from xcbulletin.workshop import Workshop

        # A workshop of its own: it works in threads, and they are gone when the archive forks.
        with Workshop(self.root, self.environment) as workshop:
            built = tuple(workshop.build_each(issues, (Format.PDF,)))
        return tuple(dict.fromkeys(str(one) for one in built if isinstance(one, BulletinError)))

    @property
    def today(self) -> datetime.date:
        """The day it is in Shanghai: an issue of a later date is not out yet."""
        return self._clock().astimezone(SHANGHAI).date()

"""The archive joined for the doors: here what its jobs need, beside it a module for each job.

`building` makes the site, `finding` searches, `binding` binds annual volumes; `records` is what they know of each
issue, `reading` how they come to know it.
"""

from collections.abc import Sequence

from xcbulletin.errors import BulletinError
from xcbulletin.model import IssueId
from xcbulletin.room import Room
from xcbulletin.workshop import Workshop


class Readingroom(Room):
    """The archive of one workspace."""

    def print_pdfs(self, issues: Sequence[IssueId]) -> tuple[str, ...]:
        """Print issues as `build` does; return why some of them could not be printed."""
        from xcbulletin.publishing.outputs import Format

        # A workshop of its own: it works in threads, and they are gone when the archive forks.
        with Workshop(self.root, self.environment) as workshop:
            built = tuple(workshop.build_each(issues, (Format.PDF,)))
        return tuple(dict.fromkeys(str(one) for one in built if isinstance(one, BulletinError)))

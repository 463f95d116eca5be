"""One tree of exceptions: `BulletinError` is above everything that an editor can put right."""

from collections.abc import Sequence

from xcbulletin.model import Problem


class BulletinError(Exception):
    """Something an editor can put right; its text is a Chinese message with place and remedy."""


class ProblemsError(BulletinError):
    """Several mistakes found together, each with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class WorkspaceError(BulletinError):
    """There is no workspace here, or no such issue in it."""


class UsageMistakeError(BulletinError):
    """A word on the command line is not one that it can take."""


class ManuscriptExistsError(BulletinError):
    """A manuscript would have been overwritten."""


class ImportFailedError(BulletinError):
    """A file cannot be imported at all."""


class FontError(BulletinError):
    """The printing fonts are not there, damaged, or cannot be prepared."""


class PrintError(BulletinError):
    """The pages could not be printed."""

"""One tree of exceptions: `BulletinError` is above everything that an editor can put right."""

import errno
from collections.abc import Iterable, Sequence

from xcbulletin.model import Problem


def reason(error: OSError) -> str:
    """Return why the machine refused to read or write, in Chinese."""
    return _REASONS.get(error.errno or 0, error.strerror or str(error))


_REASONS = {
    errno.ENOENT: "没有这个文件",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EEXIST: "已有同名的文件或文件夹",
    errno.EISDIR: "这是文件夹",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "磁盘只能读，不能写",
    errno.ENAMETOOLONG: "文件名太长",
}


class BulletinError(Exception):
    """Something an editor can put right; its text is a Chinese message with place and remedy."""


class ProblemsError(BulletinError):
    """Several mistakes found together, each with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(_told, self.problems)))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Tell whether any problem is more than a warning."""
    return any(problem.is_error for problem in problems)


def _told(problem: Problem) -> str:
    return ("" if problem.is_error else "提醒：") + str(problem)


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


class MailboxError(BulletinError):
    """A mailbox, or a folder of letters, cannot be read."""


class RelayLogError(BulletinError):
    """A relay's log cannot be read."""

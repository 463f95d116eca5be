"""Where things are in a workspace and beside it, and writing files whole or not at all."""

import errno
import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path

from xcbulletin.errors import WorkspaceError
from xcbulletin.model import IssueId

SETTINGS_FILE = "bulletin.yaml"
INDUSTRIES_FILE = "sources/industries.yaml"
SIGNOFFS_FILE, SIGNED_FOLDER = "signoffs.yaml", "signed"
"""In an issue's folder: who has signed it, and the texts as they were signed. Neither is ever printed."""
ENVIRONMENT_PREFIX = "XCBULLETIN_"
_NOT_SETTINGS = {"XCBULLETIN_WORKSPACE", "XCBULLETIN_FONTS", "XCBULLETIN_SYSTEM_READY"}
_ISSUE_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


def find_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that is a workspace. Raises WorkspaceError."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise WorkspaceError(
        f"{start}: 这里不是工作区（没有 {SETTINGS_FILE}）；请到工作区里运行、用 --workspace 指明，"
        "或用 xcbulletin init 新建一个"
    )


def setting_overrides(environment: Mapping[str, str], without: Iterable[str] = ()) -> dict[str, str]:
    """Return the variables of the environment that override settings, but for those of some sections or keys."""
    others = tuple(f"{ENVIRONMENT_PREFIX}{section}" for section in without)
    return {
        name: value
        for name, value in sorted(environment.items())
        if name.startswith(ENVIRONMENT_PREFIX) and name not in _NOT_SETTINGS and not name.startswith(others)
    }


def user_cache() -> Path:
    """Return the folder of what is kept for all workspaces of a user (XDG Base Directory Specification)."""
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # A relative path is to be ignored, says the specification.
    home = configured if configured.is_absolute() else _home() / ".cache"
    return home / "xcbulletin"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # in a container, of a user whom it does not know: nothing will be kept
        return Path("/")


def keep(path: Path, content: bytes) -> None:
    """Keep what saves time and can be made again, if the disk lets us."""
    with suppress(OSError):
        write_kept(path, content)


def write_kept(path: Path, content: bytes) -> None:
    """Write a file for `read_kept`. Raises OSError."""
    write_whole(path, hashlib.sha256(content).digest() + content)


def read_kept(path: Path) -> bytes | None:
    """Return what was kept if it is there to the last byte: damaged, it might do or say anything."""
    try:
        kept = path.read_bytes()
    except OSError:
        return None
    digest, content = kept[:32], kept[32:]
    return content if hashlib.sha256(content).digest() == digest else None


_RESERVED = ("archive", "check", "mailing", "review")
"""Folders of build/ that are no issue's."""
_UNFIT = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?|index\.html", re.IGNORECASE)
"""Names that Windows keeps for devices, and that of the first page of a folder in the archive."""
_MONTH_LIKE = re.compile(r"\d{4}-\d{1,2}")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


def parse_issue_id(text: str) -> IssueId:
    """Return `text` as the name of an issue. Raises WorkspaceError where it could not be a folder of its own."""
    if not _ISSUE_ID.fullmatch(text) or ".." in text:
        raise WorkspaceError(
            f"“{text}”不能作为期号：只用英文字母、数字、连字符、下划线和点，如 2021-01、ai-report-2021"
        )
    if text.lower() in _RESERVED:
        raise WorkspaceError(f"“{text}”不能作为期号：build/{text.lower()} 另有用处；请换一个名字")
    if is_unfit(text):
        raise WorkspaceError(f"“{text}”不能作为期号：Windows 或归档另有用处；请换一个名字")
    if _MONTH_LIKE.fullmatch(text) and not _MONTH.fullmatch(text):
        raise WorkspaceError(f"“{text}”不是月份：月份写成两位，从 01 到 12，如 2021-04")
    return IssueId(text)


def is_unfit(name: str) -> bool:
    """Tell whether no folder that is taken to other machines should have this name."""
    return _UNFIT.fullmatch(name) is not None


def issue_ids(root: Path) -> tuple[IssueId, ...]:
    """Return the issues of the workspace by name, which is by month."""
    folder = root / "issues"
    names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return tuple(IssueId(name) for name in names if _ISSUE_ID.fullmatch(name))


def issue_folder(root: Path, issue: IssueId) -> Path:
    """Return the folder of an issue that exists. Raises WorkspaceError with the nearest names."""
    folder = root / "issues" / issue
    if folder.is_dir():
        return folder
    known = issue_ids(root)
    near = get_close_matches(issue, known, n=3, cutoff=0.5) or known[-3:]
    hint = f"；已有：{'、'.join(sorted(near))}" if near else ""
    raise WorkspaceError(f"issues/{issue}: 没有这一期{hint}；可用 xcbulletin new {issue} 新建")


def leads_back(link: str, top: str) -> bool:
    """Tell whether a link, somewhere below `top`, leads to a folder that it stands in: who follows it gets nowhere."""
    above = (link[:end] for end in range(len(top), len(link)) if link[end] == os.sep)
    return any(Path(link).samefile(folder) for folder in above)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Let one at a time write to a folder; the lock goes with its holder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    _write(path, content, os.replace)


def write_new(path: Path, content: bytes) -> None:
    """Write a file as `write_whole` does, but never over another. Raises FileExistsError."""
    _write(path, content, _move_unless_there)


def _move_unless_there(temporary: str, path: Path) -> None:
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in _LINKLESS:
            raise
        path.touch(exist_ok=False)
        os.replace(temporary, path)
    else:
        os.unlink(temporary)


_LINKLESS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP}
"""What disks say that know no links: memory sticks, some shares."""


def _write(path: Path, content: bytes, move: Callable[[str, Path], None]) -> None:
    try:
        _write_beside(path, content, move)
    except OSError as error:
        error.filename = str(path)  # nobody knows the other one, which stands for it until it is whole
        raise


def _write_beside(path: Path, content: bytes, move: Callable[[str, Path], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        move(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise

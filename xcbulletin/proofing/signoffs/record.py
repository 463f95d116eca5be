"""What an issue's folder keeps of its sign-offs: `signoffs.yaml`, and in `signed/` the texts as they were signed.

A second copy of `signoffs.yaml` stands in `signed/`: a chain cannot tell that its end was cut off.
"""

import datetime
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from xcbulletin.errors import ProblemsError
from xcbulletin.model import Place, Problem, Severity
from xcbulletin.proofing.signoffs.entries import Signoff, day, fingerprint, format_signoffs
from xcbulletin.proofing.signoffs.reading import parse_signoffs
from xcbulletin.proofing.signoffs.standing import Signing, SigningError, expect_may_sign, standing
from xcbulletin.settings import ReviewSettings
from xcbulletin.workspace import SIGNED_FOLDER, SIGNOFFS_FILE, alone_in, write_whole
from xcbulletin.yamltext import decode

_TEXTS = (".md", ".yaml", ".csv")
_ASSETS = "assets"
_NOT_OURS = ("Thumbs.db", "desktop.ini")


@dataclass(frozen=True, kw_only=True, slots=True)
class Covered:
    """What whoever signs now has before him."""

    files: Mapping[str, str]
    """SHA-256 of each file, by its path in the issue's folder."""
    texts: Mapping[str, bytes] = field(repr=False)
    """Those that are text, by SHA-256 and ending."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """The sign-offs of an issue as they are kept."""

    folder: Path
    signoffs: tuple[Signoff, ...]
    problems: tuple[Problem, ...]
    """With an error among them nobody should go by the sign-offs."""

    def text_of(self, covered: Covered) -> Callable[[str], str | None]:
        """Return what gives a text by its SHA-256: as it is now, or as it was signed."""
        now = {PurePosixPath(name).stem: content for name, content in covered.texts.items()}

        def text_of(digest: str) -> str | None:
            content = now.get(digest) or _kept(self.folder, digest)
            return None if content is None else _decoded(content)

        return text_of

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What shows that somebody has been at it."""
        return tuple(one for one in self.problems if one.is_error)


def _decoded(content: bytes) -> str | None:
    try:
        return decode(content, "")
    except ProblemsError:
        return None


def _kept(folder: Path, digest: str) -> bytes | None:
    for ending in _TEXTS:
        path = folder / SIGNED_FOLDER / f"{digest}{ending}"
        if path.is_file() and _sha256(content := path.read_bytes()) == digest:
            return content
    return None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_covered(
    folder: Path, articles: Mapping[str, bool], more: Mapping[str, bytes] | None = None
) -> Covered:
    """Return what of an issue is signed: issue.yaml, articles, pictures and data.

    `articles` says of those that were read, by their paths in the folder, whether they are drafts: these stay
    out, for they are not printed. `more` is what is printed and stands elsewhere, by a name.
    """
    contents = {file: content for file, content in _contents(folder) if not articles.get(file)}
    contents |= {
        file: (folder / file).read_bytes() for file in articles.keys() - contents.keys() if not articles[file]
    }
    contents |= more or {}
    files = {file: _sha256(content) for file, content in contents.items()}
    texts = {
        f"{files[file]}{_ending(file)}": content
        for file, content in contents.items()
        if _ending(file) in _TEXTS
    }
    return Covered(files=files, texts=texts)


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if _is_covered(name) and path.is_file():
            yield _readable(name.as_posix()), path.read_bytes()


def _readable(name: str) -> str:
    """Return a file's name. Raises SigningError where it is no text, so that no sign-off could name it."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        shown = name.encode(errors="surrogateescape").decode(errors="replace")
        raise SigningError(f"{shown}: 文件名不是 UTF-8 编码，签审记录写不进去；请改名") from error
    return name


def _ending(file: str) -> str:
    return PurePosixPath(file).suffix.lower()


def _is_covered(path: Path) -> bool:
    if any(part.startswith((".", "~$")) for part in path.parts) or path.name in _NOT_OURS:
        return False
    if path.parts[0] in (SIGNED_FOLDER, "evidence"):
        return False
    return path.as_posix() == "issue.yaml" or path.parts[0] == _ASSETS or path.suffix.lower() == ".md"


def read(folder: Path, stages: Collection[str]) -> Record:
    """Return what is kept of an issue's sign-offs, with everything that is wrong with it."""
    content = _content(folder / SIGNOFFS_FILE)
    signoffs, problems = parse_signoffs(content, _file(folder), tuple(stages)) if content else ((), ())
    return Record(
        folder=folder,
        signoffs=signoffs,
        problems=(
            *problems,
            *_foreign(folder, signoffs),
            *_cut_off(folder, content, signoffs, tuple(stages)),
            *_lost_texts(folder, signoffs),
        ),
    )


def _file(folder: Path) -> str:
    return f"issues/{folder.name}/{SIGNOFFS_FILE}"


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _foreign(folder: Path, signoffs: tuple[Signoff, ...]) -> Iterator[Problem]:
    """Yield a problem where the folder, or the file, is a copy of another issue's."""
    for number, one in enumerate(signoffs, start=1):
        if one.issue != folder.name:
            yield Problem(
                place=Place(file=_file(folder)),
                rule="signoff-issue",
                message=f"第 {number} 条（{one.stage} {one.by}）签的是 {one.issue}，不是这一期",
                suggestion=f"从那一期复制来的，请删去这里的 {SIGNOFFS_FILE} 和 {SIGNED_FOLDER} 文件夹，从头签；"
                f"是改了名的，请改回 {one.issue}",
            )
            return


def _cut_off(
    folder: Path, content: bytes, signoffs: tuple[Signoff, ...], stages: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield a problem where the copy knows of sign-offs that the file does not."""
    copy = _content(folder / SIGNED_FOLDER / SIGNOFFS_FILE)
    if _same_ends(content).startswith(_same_ends(copy)):
        return  # one more where whoever wrote it was stopped before the copy
    where = f"issues/{folder.name}/{SIGNED_FOLDER}/{SIGNOFFS_FILE}"
    kept, wrong = parse_signoffs(copy, where, stages)
    here = {one.sha256 for one in signoffs}
    lost = "、".join(f"{one.stage}（{one.by} {day(one.at)}）" for one in kept if one.sha256 not in here)
    lost = "" if wrong or (content and not signoffs) else lost
    yield Problem(
        place=Place(file=_file(folder)),
        rule="signoff-missing",
        message=f"与存底 {where} 不一样{f'，少了 {lost}' if lost else ''}",
        suggestion="存底也被动过；请从备份里找回两份原来的"
        if wrong
        else "存底本身是连贯的；查明原因后，可以把它复制回来",
    )


def _same_ends(content: bytes) -> bytes:
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _lost_texts(folder: Path, signoffs: tuple[Signoff, ...]) -> Iterator[Problem]:
    """Yield a remark for each text that was signed and is not kept any more as it was."""
    texts = {f"{digest}{_ending(file)}": file for one in signoffs for file, digest in one.files.items()}
    for name, file in texts.items():
        if _ending(file) in _TEXTS and _kept(folder, PurePosixPath(name).stem) is None:
            altered = (folder / SIGNED_FOLDER / name).is_file()
            yield Problem(
                place=Place(file=f"issues/{folder.name}/{SIGNED_FOLDER}/{name}"),
                rule="signed-text",
                severity=Severity.WARNING,
                message=f"签过的 {file} 的存底{'被改过' if altered else '不见了'}，看不出签后改了哪里",
                suggestion="请从备份里找回",
            )


def sign(
    folder: Path,
    asked: Signing,
    settings: ReviewSettings,
    read_now: Callable[[], Covered],
    clock: Callable[[], datetime.datetime],
) -> Signoff:
    """Write down what is asked, over what `read_now` gives; nobody else signs meanwhile. Return the sign-off.

    Raises SigningError where it may not be, ProblemsError where somebody has been at the sign-offs.
    """
    with alone_in(folder):
        record, covered = read(folder, settings.stages), read_now()
        if record.errors:
            raise ProblemsError(record.errors)
        now = standing(record.signoffs, covered.files, settings, record.text_of(covered))
        expect_may_sign(asked, now, settings)
        signoff = _next(folder.name, record.signoffs, asked, covered.files, clock().replace(microsecond=0))
        _write(folder, (*record.signoffs, signoff), covered)
    return signoff


def _next(
    issue: str,
    signoffs: tuple[Signoff, ...],
    asked: Signing,
    files: Mapping[str, str],
    now: datetime.datetime,
) -> Signoff:
    last = signoffs[-1] if signoffs else None
    if last is not None and now < last.at:
        raise SigningError(
            f"这台电脑的时钟是 {now.isoformat(sep=' ')}，比上一条签审（{last.stage} {last.at.isoformat(sep=' ')}）还早；"
            f"请先校准时钟；如果是上一条签的时候时钟快了，请从备份里找回那以前的 {SIGNOFFS_FILE} 和 {SIGNED_FOLDER} 文件夹"
        )
    signoff = Signoff(
        issue=issue,
        stage=asked.stage,
        by=" ".join(asked.by.split()),
        at=now,
        decision=asked.decision,
        why=" ".join((asked.why or "").split()) or None,
        correction=asked.correction,
        files=dict(sorted(files.items())),
        previous=last.sha256 if last else None,
    )
    return replace(signoff, sha256=fingerprint(signoff))


def _write(folder: Path, signoffs: tuple[Signoff, ...], covered: Covered) -> None:
    """Write the texts first, then what says that they were signed, then its copy: each is right without the next."""
    for name, content in covered.texts.items():
        if not (folder / SIGNED_FOLDER / name).is_file() or _kept(folder, PurePosixPath(name).stem) is None:
            write_whole(folder / SIGNED_FOLDER / name, content)
    content = format_signoffs(signoffs).encode()
    write_whole(folder / SIGNOFFS_FILE, content)
    write_whole(folder / SIGNED_FOLDER / SIGNOFFS_FILE, content)

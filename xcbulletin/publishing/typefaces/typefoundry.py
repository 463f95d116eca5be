"""The type foundry: makes the printing fonts from pinned Debian packages, once a machine, the same bytes everywhere."""

import hashlib
import json
import tempfile
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from xcbulletin.errors import FontError
from xcbulletin.publishing.typefaces.cutting import make_face
from xcbulletin.publishing.typefaces.faces import FACES, PACKAGES, files_wanted
from xcbulletin.publishing.typefaces.fonts import RECIPE_FILE, made_by, recipe_digest
from xcbulletin.publishing.typefaces.licences import licence_name, licence_text
from xcbulletin.publishing.typefaces.packages import REMEDY, Report, fetch

_LISTS = (RECIPE_FILE, "coverage.json", "sizes.json", "SHA256SUMS")


def prepare(destination: Path, report: Report) -> None:
    """Make the fonts in `destination`, all of them or none; what is there and sound is left alone.

    Needs Debian's apt-get and dpkg-deb and about 160 MB from its archive; raises FontError with a remedy.
    """
    if _is_sound(destination):
        report(f"字体已经就绪：{destination}")
        return
    started = time.monotonic()
    try:
        _refuse_foreign(destination)
        destination.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".xcbulletin-fonts-", dir=destination.parent) as folder:
            _prepare_in(Path(folder), destination, report)
    except OSError as error:
        raise FontError(f"无法准备字体（{destination}）：{error}。{REMEDY}") from error
    report(f"字体做好了，用时 {time.monotonic() - started:.0f} 秒：{destination}")


def _prepare_in(folder: Path, destination: Path, report: Report) -> None:
    sources, made = folder / "sources", folder / "fonts"
    sources.mkdir()
    made.mkdir(mode=0o755)
    fetch({package: files_wanted(package) for package in PACKAGES}, sources, report)
    _make_faces(sources, made, report)
    _write_licences(sources, made)
    _write_lists(made)
    _install(made, destination, folder)


# Making the faces ----------------------------------------------------------------------------------


def _make_faces(sources: Path, made: Path, report: Report) -> None:
    with _two_processes() as pool:
        futures = {pool.submit(make_face, face, sources, made): face for face in FACES}
        for future in as_completed(futures):
            face = futures[future]
            report(f"做好 {face.family} {face.weight}（{future.result():.1f} 秒）")


def _two_processes() -> Executor:
    try:
        # Fresh processes, not forked ones: whoever calls may have threads (a progress display).
        return ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    except OSError:  # no shared semaphores, as in a container without /dev/shm
        return ThreadPoolExecutor(1)


# What goes with them -------------------------------------------------------------------------------


def _write_licences(sources: Path, made: Path) -> None:
    for package in PACKAGES:
        (made / licence_name(package)).write_text(licence_text(package, sources), encoding="utf-8")


def _write_lists(made: Path) -> None:
    recipe, coverage, sizes, sums = (made / name for name in _LISTS)
    recipe.write_text(f"{recipe_digest()}\n", encoding="utf-8")
    _write_json(coverage, {family: _coverage(family, made) for family in _families()})
    _write_json(sizes, {path.name: path.stat().st_size for path in sorted(made.iterdir())})
    lines = [f"{_sha256(path)}  {path.name}\n" for path in sorted(made.iterdir())]
    sums.write_text("".join(lines), encoding="utf-8")


def _families() -> tuple[str, ...]:
    return tuple(sorted({face.family for face in FACES}))


def _coverage(family: str, made: Path) -> list[list[int]]:
    """Return the ranges of code points that every weight of a family can draw."""
    import uharfbuzz as hb

    files = [made / face.file_name for face in FACES if face.family == family]
    sets = [set(hb.Face(hb.Blob.from_file_path(str(file))).unicodes) for file in files]
    ranges: list[list[int]] = []
    for code in sorted(set.intersection(*sets)):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, sort_keys=True) + "\n", encoding="utf-8")


# Putting them in place -----------------------------------------------------------------------------


def _install(made: Path, destination: Path, folder: Path) -> None:
    """Move the folder to its place; if another process was there first with sound fonts, leave those."""
    if destination.exists() and not _is_sound(destination):
        destination.rename(folder / "damaged")
    try:
        made.rename(destination)
    except OSError:
        if not _is_sound(destination):
            raise


def _refuse_foreign(destination: Path) -> None:
    """Damaged and outdated fonts are replaced, but never a folder that holds something else."""
    if not destination.exists():
        return
    ours = {face.file_name for face in FACES} | {licence_name(package) for package in PACKAGES} | set(_LISTS)
    ours |= {name for _, name in _checksums(destination)}
    foreign = sorted(path.name for path in destination.iterdir() if path.name not in ours)
    if foreign:
        raise FontError(f"{destination} 里有别的文件（如 {foreign[0]}），不能放字体。请换一个新的文件夹。")


def _is_sound(folder: Path) -> bool:
    """Tell whether these are fonts of today's recipe, every file of their list with the right content."""
    sums = _checksums(folder)
    try:
        return (
            bool(sums)
            and made_by(folder) == recipe_digest()
            and all(_sha256(folder / name) == digest for digest, name in sums)
        )
    except OSError:
        return False


def _checksums(folder: Path) -> list[tuple[str, str]]:
    """Return the digests and names of a folder's list; none where it cannot be read."""
    try:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        return [(digest, name) for digest, name in map(str.split, lines)]
    except (OSError, ValueError):
        return []


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

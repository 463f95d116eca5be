"""build/: written whole or not at all, never stale, and recognised when still true."""

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from xcbulletin import __version__
from xcbulletin.model import Audience, IssueId, Place, Problem, Severity
from xcbulletin.publishing.typefaces.fonts import fonts_digest
from xcbulletin.workspace import SIGNED_FOLDER, SIGNOFFS_FILE, alone_in, leads_back

MANIFEST = "manifest.json"
_STARTER = Path(__file__).parent.parent / "starter"
_LIBRARIES = (
    "weasyprint",
    "pydyf",
    "markdown-it-py",
    "mdit-py-cjk-friendly",
    "mdit-py-plugins",
    "pyphen",
    "jinja2",
    "pillow",
    "resvg-py",
    "vl-convert-python",
    "uharfbuzz",
    "lxml",
)


class Format(StrEnum):
    """An output of `build`."""

    PDF = "pdf"
    HTML = "html"
    EMAIL = "email"


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a folder of outputs was made from, and what it holds."""

    issue: IssueId
    selection: tuple[str, ...]
    large_print: bool = False
    digest: str
    """SHA-256 over everything that the outputs depend on."""
    versions: Mapping[str, str]
    formats: tuple[str, ...] = ()
    files: Mapping[str, str]
    """SHA-256 of each file, by name."""
    problems: tuple[Problem, ...] = ()
    """Remarks made when they were built."""


def output_folder(root: Path, issue: IssueId, audience: Audience) -> Path:
    """Return where an edition's outputs are: large print, and each selection of industries, have folders of their own."""
    parts = ["large"] if audience.large_print else []
    parts += [f"industry-{'+'.join(audience.industries)}"] if audience.industries else []
    return root / "build" / issue / "-".join(parts)


def versions() -> dict[str, str]:
    """Return the versions that decide what a build looks like.

    Read off the names of the installed distributions (PEP 376), which takes a tenth of importlib.metadata's time.
    """
    found = {"xcbulletin": __version__}
    for folder in filter(os.path.isdir, sys.path):
        for name in os.listdir(folder):  # noqa: PTH208  names are all we need
            library, _, version = name.removesuffix(".dist-info").partition("-")
            library = library.lower().replace("_", "-")
            if name.endswith(".dist-info") and library in _LIBRARIES:
                found.setdefault(library, version)
    return found


def source_digest(sources: Iterable[Path], audience: Audience, overrides: Mapping[str, str]) -> str:
    """Return the SHA-256 of everything that outputs depend on.

    That is the files in `sources` (of folders, all below them), the audience, the settings that the
    environment overrides, the fonts, the libraries, and the program itself.
    """
    digest = hashlib.sha256()
    facts = {
        "audience": asdict(audience),
        "overrides": overrides,
        "versions": versions(),
        "fonts": fonts_digest(),
    }
    digest.update(json.dumps(facts, sort_keys=True).encode())
    for place in sources:
        digest.update(_listed(place))
    digest.update(_program())
    return digest.hexdigest()


@cache
def _program() -> bytes:
    """Return the SHA-256 of each file of this program as it was when the process first asked: so it runs on."""
    return _listed(Path(__file__).parent.parent)


def _listed(place: Path) -> bytes:
    """Return the SHA-256 of each file at or below a place, by its name from there on."""
    above = len(str(place)) - len(place.name)
    lines = [
        f"{path[above:].replace(os.sep, '/')}\0{hashlib.sha256(Path(path).read_bytes()).hexdigest()}\n"
        for path in sorted(_files(place))
    ]
    return os.fsencode("".join(lines))  # a name that another system wrote need not be UTF-8


def _files(place: Path) -> Iterator[str]:
    """Yield the files that count, as text: to tell hundreds of Paths apart takes longer than to read them."""
    if place.is_file():
        yield str(place)
    apart = {str(place / SIGNED_FOLDER), str(place / SIGNOFFS_FILE)}  # which change nothing that is printed
    apart.add(str(_STARTER))  # a copy in the wheel of what is in `sources` already
    for folder, folders, names in os.walk(place, followlinks=True):
        within = ((name, f"{folder}{os.sep}{name}") for name in folders)
        folders[:] = [name for name, path in within if path not in apart and not _leads_back(path, place)]
        for name in names:
            path = f"{folder}{os.sep}{name}"
            hidden = name.startswith((".", "~$")) or name.endswith(".pyc")
            if not hidden and path not in apart and os.path.isfile(path):  # noqa: PTH113  as said above
                yield path


def _leads_back(folder: str, place: Path) -> bool:
    return os.path.islink(folder) and leads_back(folder, str(place))  # noqa: PTH114  as said above


def read_current(folder: Path, digest: str, formats: Iterable[Format]) -> Manifest | None:
    """Return the manifest if `folder` holds all `formats`, made from `digest`, every byte as it was written."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.digest != digest or not set(formats) <= set(manifest.formats):
        return None
    return manifest if all(_is_whole(folder / name, sha) for name, sha in manifest.files.items()) else None


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a folder of outputs, or None where there is none that can be read."""
    try:
        data = json.loads((folder / MANIFEST).read_bytes())
        problems = tuple(
            Problem(**{**one, "place": Place(**one["place"]), "severity": Severity(one["severity"])})
            for one in data.pop("problems")
        )
        lists = {name: tuple(data[name]) for name in ("selection", "formats")}
        manifest = Manifest(**{**data, **lists, "problems": problems})
        is_inside = isinstance(manifest.files, dict) and all(map(_is_inside, manifest.files))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        # Whatever is wrong with it, a new build puts it right.
        return None
    return manifest if is_inside else None


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def write_outputs(folder: Path, files: Mapping[str, bytes], manifest: Manifest) -> Manifest:
    """Put `files` into `folder`, and return the manifest that was written with them.

    A whole folder is made beside the old one and takes its place in one step: at any moment there is all of
    one build or all of the other. Files of an earlier build that are no longer true are not in it; those of
    other formats made from the same digest are.
    """
    assert all(map(_is_inside, files)), "an output would land outside its folder"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone_in(folder.parent):
        _clear_up(folder)
        before = read_manifest(folder)
        manifest = _joined(folder, before, files, manifest)
        staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}~"))
        try:
            for name, content in {**files, MANIFEST: _format_manifest(manifest)}.items():
                _write(staging / name, content)
            for name in set(manifest.files) - set(files):
                (staging / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / name, staging / name)
            staging.chmod(0o755)
            _put_in_place(staging, folder)
        finally:
            _clear_up(folder)
    return manifest


def _put_in_place(staging: Path, folder: Path) -> None:
    """Let `staging` be `folder` in one step; what was there is then in `staging`."""
    if folder.exists():
        _exchange(staging, folder)
    else:
        os.rename(staging, folder)


def _exchange(one: Path, other: Path) -> None:
    """Exchange two folders at once (Linux renameat2); where the file system cannot, one after the other."""
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if _renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0:
        return
    aside = one.with_name(f"{one.name}-old")
    os.rename(other, aside)
    os.rename(one, other)


def _renameat2(*arguments: Any) -> int:
    """Call Linux's renameat2(2), which Python has no name for."""
    import ctypes

    return int(ctypes.CDLL(None).renameat2(*arguments))


def _clear_up(folder: Path) -> None:
    """Remove what builds leave beside `folder`; editions for others that were in it go back into it."""
    for left_over in folder.parent.glob(f".{folder.name}~*"):
        for other in [manifest.parent for manifest in left_over.glob(f"*/{MANIFEST}")]:
            if folder.is_dir() and not (folder / other.name).exists():
                os.rename(other, folder / other.name)
        shutil.rmtree(left_over, ignore_errors=True)


def _joined(
    folder: Path, before: Manifest | None, files: Mapping[str, bytes], manifest: Manifest
) -> Manifest:
    """Return the manifest with the hashes of the new files, and with what stays of a build of the same digest."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    if before is None or before.digest != manifest.digest:
        return replace(manifest, files=dict(sorted(hashes.items())))
    kept = {name: sha for name, sha in before.files.items() if _is_whole(folder / name, sha)}
    kept_formats = before.formats if len(kept) == len(before.files) else ()
    return replace(
        manifest,
        formats=tuple(sorted({*manifest.formats, *kept_formats})),
        files=dict(sorted({**kept, **hashes}.items())),
        problems=tuple(dict.fromkeys((*before.problems, *manifest.problems))),
    )


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _format_manifest(manifest: Manifest) -> bytes:
    return (json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())

"""Debian packages: downloaded in a pinned version, checked against their SHA-256, and opened for the files we want."""

import hashlib
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from xcbulletin.errors import FontError

Report = Callable[[str], None]

REMEDY = "也可以在一台 Debian 12 机器上运行 xcbulletin fonts，把做好的文件夹复制过来，并让环境变量 XCBULLETIN_FONTS 指向它。"


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """A Debian package, exactly this version with exactly these bytes, and where its fonts' licence stands."""

    name: str
    version: str
    sha256: str
    megabytes: int
    licence: str
    licence_files: tuple[str, ...]

    @property
    def pinned(self) -> str:
        """The package as apt-get wants it named."""
        return f"{self.name}={self.version}"


def fetch(wanted: Mapping[Package, Collection[str]], folder: Path, report: Report) -> None:
    """Download the packages and unpack into `folder` the files wanted of each. Raises FontError with a remedy."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise FontError(f"这台机器没有 apt-get 和 dpkg-deb，取不到字体软件包。{REMEDY}")
    total = sum(package.megabytes for package in wanted)
    report(f"下载字体软件包（共 {total} MB）：{'，'.join(package.pinned for package in wanted)}")
    _download(tuple(wanted), folder)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda package: _open(package, wanted[package], folder), wanted))


def _download(packages: Sequence[Package], folder: Path) -> None:
    download = ["apt-get", "download", "-q", *(package.pinned for package in packages)]
    try:
        _run(download, folder)
    except FontError:
        if os.geteuid() != 0:
            raise
        _run(["apt-get", "update", "-q"], folder)
        _run(download, folder)


def _run(command: Sequence[str], folder: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (
            " ".join(line for line in done.stderr.splitlines() if line.startswith("E:"))
            or done.stderr.strip()
        )
        raise FontError(
            f"“{' '.join(command)}” 没有成功：{said}\n"
            f"请检查网络和软件源（需要 Debian 12 的 main），以 root 运行 apt-get update 后再试。{REMEDY}"
        )


def _open(package: Package, wanted: Collection[str], folder: Path) -> None:
    archive = _archive(package, folder)
    _check(package, archive)
    _unpack(package, archive, wanted, folder)
    archive.unlink()


def _archive(package: Package, folder: Path) -> Path:
    found = sorted(folder.glob(f"{package.name}_*.deb"))
    if len(found) != 1:
        raise FontError(f"apt-get 没有留下软件包 {package.pinned}。{REMEDY}")
    return found[0]


def _check(package: Package, archive: Path) -> None:
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != package.sha256:
        raise FontError(
            f"软件包 {package.pinned} 与登记的不符：SHA-256 应为 {package.sha256}，实为 {digest}。"
            f"请换一个软件源再试。{REMEDY}"
        )


def _unpack(package: Package, archive: Path, wanted: Collection[str], folder: Path) -> None:
    """Write the wanted files as they come by; what follows the last of them is never decompressed."""
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        try:
            missing = _pick(process.stdout, wanted, folder)
        except tarfile.TarError as error:
            raise FontError(f"软件包 {package.pinned} 打不开：{error}。{REMEDY}") from error
    if missing:
        raise FontError(f"软件包 {package.pinned} 里没有 {'，'.join(sorted(missing))}。{REMEDY}")


def _pick(stream: IO[bytes], wanted: Collection[str], folder: Path) -> set[str]:
    """Write the wanted files of a tar stream; return the names that did not come."""
    missing = set(wanted)
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for entry in archive:
            name = entry.name.removeprefix("./")
            content = archive.extractfile(entry) if name in missing else None
            if content:
                _write(content, folder / name)
                missing.discard(name)
            if not missing:
                break
    return missing


def _write(content: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)

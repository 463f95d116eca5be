"""Workspaces to be built, made from the sample issues."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ("2021-01", "2021-02", "2021-03")


def make(folder: Path) -> Path:
    """Copy this repository's workspace."""
    folder.mkdir()
    for name in ("bulletin.yaml", "sources", "templates", "issues"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


def make_many(folder: Path, number: int) -> Path:
    """Make a workspace of so many issues, which are the sample issues again and again."""
    make(folder)
    shutil.rmtree(folder / "issues")
    for index in range(number):
        name = f"{2020 + index // 12}-{index % 12 + 1:02}"
        shutil.copytree(ROOT / "issues" / SAMPLES[index % len(SAMPLES)], folder / "issues" / name)
    return folder


def make_report(folder: Path, pages: int) -> Path:
    """Make a workspace with a report of at least so many pages: the sample report's chapters again and again."""
    make(folder)
    report = (folder / "issues" / "ai-governance-2021").rename(folder / "issues" / "report")
    chapters = sorted((report / "body").glob("*.md"))
    first = _printed_pages(folder)
    _add_chapters(chapters, range(1, 2))
    more = _printed_pages(folder) - first
    _add_chapters(chapters, range(2, -(-(pages - first) // more) + 1))
    return folder


def _add_chapters(chapters: Iterable[Path], numbers: Iterable[int]) -> None:
    for number in numbers:
        for chapter in chapters:
            text = chapter.read_text(encoding="utf-8")
            text = re.sub(r"((?:[#@]|^id: )(?:fig|tbl)-[\w-]+)", rf"\g<1>-{number}", text, flags=re.M)
            chapter.with_name(f"{number:02}-{chapter.name}").write_text(text, encoding="utf-8")


def _printed_pages(folder: Path) -> int:
    words = ("--workspace", str(folder), "build", "report", "--format", "pdf")
    subprocess.run([sys.executable, "-m", "xcbulletin", *words], check=True, stdout=subprocess.DEVNULL)
    return count_pages(folder / "build" / "report" / "bulletin.pdf")


def count_pages(pdf: Path) -> int:
    shown = subprocess.run(["pdfinfo", pdf], capture_output=True, check=True, text=True).stdout
    return int(re.findall(r"Pages:\s+(\d+)", shown)[0])


def issues(workspace: Path) -> list[str]:
    return sorted(path.name for path in (workspace / "issues").iterdir())


def forget(workspace: Path, *names: str) -> None:
    """Delete what has been built of these issues, or of all."""
    for name in names or issues(workspace):
        shutil.rmtree(workspace / "build" / name, ignore_errors=True)


def touch(article: Path) -> None:
    article.write_text(article.read_text(encoding="utf-8") + "\n", encoding="utf-8")

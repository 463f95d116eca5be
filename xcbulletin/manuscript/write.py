"""Writing manuscripts: new ones never over old ones, old ones never more than was asked."""

import codecs
import datetime
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xcbulletin.errors import ManuscriptExistsError
from xcbulletin.manuscript.evidence import EVIDENCE_FOLDER, TO_BE_REWRITTEN, make_evidence
from xcbulletin.manuscript.frontmatter import changed, field_line
from xcbulletin.workspace import write_new, write_whole
from xcbulletin.yamltext import encoding_of


def format_article(fields: Mapping[str, Any], body: str) -> str:
    """Return the text of a new article."""
    front = "".join(field_line(key, value) for key, value in fields.items() if value is not None)
    return f"---\n{front}---\n{body}"


def add_draft(
    folder: Path,
    column: str,
    slug: str,
    *,
    fields: Mapping[str, Any],
    quotation: str,
    evidence: bytes,
    fetched: datetime.datetime,
) -> Path:
    """Add a draft after the articles of a column, with the evidence that it draws on; return its file.

    `folder` is the issue's, `slug` a word of the file's name; `quotation` is for the editor to start from. The
    evidence is written first: whoever is stopped in between leaves a file that no article names.
    """
    for name in (column, EVIDENCE_FOLDER):
        # Where a file stands in its place, no name in it would ever be free.
        (folder / name).mkdir(parents=True, exist_ok=True)
    kept = make_evidence(_add_evidence(folder, f"{column}-{slug}", evidence), evidence, fetched)
    word = {"file": kept.file, "sha256": kept.sha256, "fetched": fetched.isoformat(timespec="seconds")}
    body = _to_be_rewritten(quotation, kept.file)
    text = format_article({**fields, "draft": True, "evidence": word}, body)
    while True:
        path = folder / column / f"{_next_number(folder / column):02}-{slug}.md"
        try:
            write_new(path, text.encode())
        except FileExistsError:  # another editor was quicker
            continue
        else:
            return path


def _to_be_rewritten(quotation: str, evidence: str) -> str:
    quoted = "\n>\n".join(f"> {line}" for line in quotation.splitlines())
    return (
        f"\n{TO_BE_REWRITTEN}：下面的引文摘自原文，全文在 {evidence}；请用自己的话写成文章，"
        f"再删去这一行和引文，把上面的 draft 改为 false）\n\n{quoted or '> （没有摘要）'}\n"
    )


def _add_evidence(folder: Path, stem: str, content: bytes) -> str:
    number = 1
    while True:
        name = f"{stem}.txt" if number == 1 else f"{stem}-{number}.txt"
        try:
            write_new(folder / EVIDENCE_FOLDER / name, content)
        except FileExistsError:
            number += 1
        else:
            return name


def _next_number(folder: Path) -> int:
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return max((int(match[0]) for match in map(_NUMBER.match, names) if match), default=0) + 1


_NUMBER = re.compile(r"\d{1,6}")


def add_issue(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make an issue's folder with `files` in it, whole or not at all.

    Raises ManuscriptExistsError where there is such a folder already, and leaves that as it is.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        for name, content in files.items():
            write_whole(staging / name, content)
        staging.chmod(0o755)
        _claim(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _claim(staging: Path, folder: Path) -> None:
    try:
        # rename() replaces an empty folder and refuses any other.
        os.rename(staging, folder)
    except OSError as error:
        if not folder.exists():
            raise
        raise ManuscriptExistsError(
            f"issues/{folder.name}: 已有这一期的文稿，没有改动它；请换一个期号，或先把原来的文件夹改名"
        ) from error


def update_article(path: Path, changes: Mapping[str, Any]) -> None:
    """Set fields of an article's front matter; every other byte stays: encoding, mark, line ends, remarks."""
    content = path.read_bytes()
    encoding = encoding_of(content, path.name)
    result = changed(content.decode(encoding), changes)
    write_whole(path, _encoded(result, encoding, content))


def _encoded(text: str, encoding: str, like: bytes) -> bytes:
    if encoding == "utf-16" and like.startswith(codecs.BOM_UTF16_BE):
        return codecs.BOM_UTF16_BE + text.encode("utf-16-be")
    return text.encode(encoding)

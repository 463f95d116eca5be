"""Writing manuscripts: new ones never over old ones, old ones never more than was asked."""

import codecs
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xcbulletin.errors import ManuscriptExistsError
from xcbulletin.manuscript.frontmatter import changed, field_line
from xcbulletin.workspace import write_whole
from xcbulletin.yamltext import encoding_of


def format_article(fields: Mapping[str, Any], body: str) -> str:
    """Return the text of a new article."""
    front = "".join(field_line(key, value) for key, value in fields.items() if value is not None)
    return f"---\n{front}---\n{body}"


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

"""What all issues have printed, or are about to: read at once, so that nothing is suggested twice.

What was read is kept in build/.cache by each file's size and time; that may be deleted like all of build.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from stat import S_ISREG
from typing import Any

from xcbulletin.errors import ProblemsError
from xcbulletin.manuscript.evidence import EVIDENCE_FOLDER
from xcbulletin.manuscript.frontmatter import ArticleFields, split
from xcbulletin.model import Printed
from xcbulletin.workspace import SIGNED_FOLDER, issue_ids, write_whole
from xcbulletin.yamltext import decode, parse_yaml, validate

_CACHE = "build/.cache/printed.json"
_FORM = 1
"""To be counted up when what is kept changes its form."""
_TEXT = 600
"""Characters kept of a text: enough to tell whether two tell the same."""


def read_printed(root: Path) -> tuple[Printed, ...]:
    """Return the articles of all issues by issue and file, industries as written; files that cannot be read are left out."""
    cache = root / _CACHE
    known = _read_cache(cache)
    now = {file: stamp for file in _article_files(root) if (stamp := _stamp(root / file))}
    kept = {
        file: known[file] if file in known and known[file]["stamp"] == stamp else _read(root, file, stamp)
        for file, stamp in now.items()
    }
    if kept != known:
        content = json.dumps({"form": _FORM, "files": kept}, ensure_ascii=False)
        with suppress(OSError):  # it is read again next time
            write_whole(cache, content.encode(errors="surrogatepass"))  # as json reads names of other systems
    return tuple(_printed(entry["article"]) for entry in kept.values() if entry["article"])


def _read_cache(cache: Path) -> dict[str, Any]:
    try:
        content = json.loads(cache.read_bytes())
        known = dict(content["files"]) if content["form"] == _FORM else {}
        for entry in known.values():
            if entry["stamp"] and entry["article"]:
                _printed(entry["article"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}
    return known


def _article_files(root: Path) -> Iterator[str]:
    for issue in issue_ids(root):
        folder = root / "issues" / issue
        for path in sorted((*folder.glob("*.md"), *folder.glob("*/*.md"))):
            if not path.name.startswith(".") and path.parent.name not in (EVIDENCE_FOLDER, SIGNED_FOLDER):
                yield path.relative_to(root).as_posix()


def _stamp(path: Path) -> list[int]:
    """Return what changes with a file; nothing where there is none any more, or none behind a link."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size] if S_ISREG(status.st_mode) else []


def _printed(article: dict[str, Any]) -> Printed:
    return Printed(**{**article, "industries": tuple(article["industries"])})


def _read(root: Path, file: str, stamp: list[int]) -> dict[str, Any]:
    article = _read_article(root, file)
    plain = None if article is None else {**asdict(article), "industries": list(article.industries)}
    return {"stamp": stamp, "article": plain}


def _read_article(root: Path, file: str) -> Printed | None:
    try:
        parts = split(decode((root / file).read_bytes(), file))
    except (ProblemsError, OSError):
        return None
    if parts is None:
        return None
    front, body, _line = parts
    fields, _problems = validate(ArticleFields, parse_yaml(front, file))
    if fields is None:
        return None
    _issues, issue, *folders, name = file.split("/")
    return Printed(
        issue=issue,
        file=file,
        column=folders[0] if folders else name.removesuffix(".md"),
        title=fields.title,
        text=f"{fields.summary or ''}\n{body}".strip()[:_TEXT],
        url=fields.source.url if fields.source else None,
        industries=fields.industries,
        draft=fields.draft,
        evidence=fields.evidence is not None,
    )

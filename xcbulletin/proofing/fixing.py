"""Safe corrections made in a file's bytes, every other byte of it kept: its mark, line ends, encoding, unseen signs."""

import difflib
import re
from collections.abc import Iterable, Sequence

from xcbulletin.errors import BulletinError
from xcbulletin.proofing.findings import Edit, Finding
from xcbulletin.yamltext import decode, encoding_of

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


class FixError(BulletinError):
    """A file is not, or is no longer, what its corrections were made for."""


def safe_edits(findings: Iterable[Finding]) -> tuple[Edit, ...]:
    """Return the corrections that can be made together, in the order of their places.

    Of two that touch the same words the first is made; the other is found again by the next check.
    """
    offered = {finding.fix for finding in findings if finding.fix is not None}
    kept: list[Edit] = []
    for edit in sorted(offered, key=lambda one: (one.file, one.line, one.column, -len(one.old), one.new)):
        if not (kept and _touch(kept[-1], edit)):
            kept.append(edit)
    return tuple(kept)


def _touch(before: Edit, after: Edit) -> bool:
    is_same_line = (before.file, before.line) == (after.file, after.line)
    end = before.column + len(before.old)
    return is_same_line and (after.column < end or after.column == before.column)


def fixed(content: bytes, edits: Sequence[Edit], file: str) -> bytes:
    """Return a file's bytes with the corrections made that `safe_edits` gives for it.

    Raises FixError where other words stand there by now, or the bytes cannot be written back as they were.
    """
    text, encode = _opened(content, file)
    starts, seen = _seen(text)
    for edit in sorted(edits, key=lambda one: (one.line, one.column), reverse=True):
        if not 1 <= edit.line <= len(starts):
            raise _changed(edit)
        begin = starts[edit.line - 1] + edit.column - 1
        places = seen[begin : begin + len(edit.old)]
        if "".join(text[at] for at in places) != edit.old or "\n" in edit.old:
            raise _changed(edit)
        at = places[0] if places else _end(text, seen, begin)
        text = text[:at] + edit.new + text[places[-1] + 1 if places else at :]
    return encode(text)


def _opened(content: bytes, file: str) -> tuple[str, "_Encode"]:
    encoding = encoding_of(content, file)
    mark = b""
    if encoding == "utf-16":
        mark, encoding = content[:2], "utf-16-le" if content.startswith(b"\xff\xfe") else "utf-16-be"
    text = content[len(mark) :].decode(encoding)
    encode = _Encode(encoding, mark, file)
    if encode(text) != content:
        raise FixError(f"{file}: 这个文件的编码无法原样写回，没有改动它；请用记事本另存为 UTF-8 再改")
    return text, encode


class _Encode:
    """Writes a text as its file was written."""

    def __init__(self, encoding: str, mark: bytes, file: str) -> None:
        self._encoding, self._mark, self._file = encoding, mark, file

    def __call__(self, text: str) -> bytes:
        return self._mark + text.encode(self._encoding)


def _seen(text: str) -> tuple[list[int], list[int]]:
    """Return where each line begins among the characters that `decode` shows, and where in `text` those stand."""
    starts: list[int] = []
    seen: list[int] = []
    for match in _LINE.finditer(text):
        starts.append(len(seen))
        seen += [at for at in range(match.start(1), match.end(1)) if text[at] not in _UNSEEN]
        if not match[2]:
            break
        seen.append(match.start(2))
    return starts, seen


_UNSEEN = frozenset(
    character for character in "\u00ad\u200b\u200e\u200f\u2060\ufeff" if not decode(character.encode(), "")
)


def _end(text: str, seen: Sequence[int], at: int) -> int:
    return seen[at] if at < len(seen) else len(text)


def _changed(edit: Edit) -> FixError:
    return FixError(
        f"{edit.file}:{edit.line}: 这里已经不是“{edit.old}”，文件在检查以后改动过，没有写入；请重新检查"
    )


def difference(before: bytes, after: bytes, file: str) -> str:
    """Return what changes between two versions of a file, as a unified diff."""
    old, new = (decode(content, file).split("\n") for content in (before, after))
    return "\n".join(difflib.unified_diff(old, new, f"a/{file}", f"b/{file}", lineterm="", n=1))

"""What became of a text since it was signed: which files, how many characters, and whether that is a small correction."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from enum import StrEnum
from functools import lru_cache

from xcbulletin.settings import MOST_CORRECTED

TextOf = Callable[[str], str | None]
"""Gives a text by its SHA-256; None where it is not kept, as a picture is not."""


class ChangeKind(StrEnum):
    """What happened to a file; the value is its word for editors."""

    CHANGED = "改过"
    ADDED = "新加"
    REMOVED = "删去"
    RENAMED = "改名"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One file that is no longer as it was signed."""

    kind: ChangeKind
    file: str
    """As it is named now; a file removed, as it was."""
    was: str | None = None
    """The name before; None where it is the same."""
    before: str | None = None
    after: str | None = None
    """SHA-256."""

    def __str__(self) -> str:
        if self.kind is ChangeKind.RENAMED:
            return f"{self.was} 改名为 {self.file}（内容没变）"
        what = f"{self.file} {self.kind}"
        return (
            f"{what}（图片或数据换过）"
            if self.kind is ChangeKind.CHANGED and not _is_text(self.file)
            else what
        )


def _is_text(file: str) -> bool:
    return file.lower().endswith((".md", ".yaml", ".csv"))


def differences(signed: Mapping[str, str], now: Mapping[str, str]) -> tuple[Change, ...]:
    """Return what is not as it was signed, by file. A file of the same bytes under another name is renamed."""
    gone = {file: digest for file, digest in signed.items() if file not in now}
    new = {file: digest for file, digest in now.items() if file not in signed}
    changes = [
        Change(kind=ChangeKind.CHANGED, file=file, before=signed[file], after=now[file])
        for file in signed.keys() & now.keys()
        if signed[file] != now[file]
    ]
    for file, digest in sorted(new.items()):
        was = next((old for old, before in sorted(gone.items()) if before == digest), None)
        if was is not None:
            del gone[was]
        kind = ChangeKind.ADDED if was is None else ChangeKind.RENAMED
        changes.append(
            Change(kind=kind, file=file, was=was, before=None if was is None else digest, after=digest)
        )
    changes += [Change(kind=ChangeKind.REMOVED, file=file, before=digest) for file, digest in gone.items()]
    return tuple(sorted(changes, key=lambda one: one.file))


def corrected_characters(changes: tuple[Change, ...], text_of: TextOf) -> int | None:
    """Return how many characters were changed, or None where that is more than slips put right.

    Slips are in the wording of articles, their titles and summaries. A figure is never one: with 30万 become
    30亿 the text says something else; nor is another picture, link or chart.
    """
    counts = [_corrected(change, text_of) for change in changes]
    return None if None in counts else sum(count or 0 for count in counts)


def _corrected(change: Change, text_of: TextOf) -> int | None:
    if change.kind is not ChangeKind.CHANGED or not change.file.lower().endswith(".md"):
        return None
    before, after = text_of(change.before or ""), text_of(change.after or "")
    if before is None or after is None:
        return None
    return _slips(before, after)


@lru_cache(maxsize=256)
def _slips(before: str, after: str) -> int | None:
    if any(fixed(before) != fixed(after) for fixed in (_figures, _targets, _fixed_lines)):
        return None
    return sum(_distance(old, new) for old, new in _hunks(before.splitlines(), after.splitlines()))


_FIGURE = re.compile(
    r"[+\-−]?\d+(?:[.,．，:：]\d+)*\s*[%％‰十百千万亿倍]*"
    r"|[〇零一二三四五六七八九十百千万亿两]{2,}|[〇零一二三四五六七八九十两百千万亿]+(?:倍|成|分之)"
    r"|(?<=第)[一二三四五六七八九十]|[一二三四五六七八九十百千万亿两](?=[家个项件条种位名次年月日天台辆亩吨元届期级批类])"
)
_TARGET = re.compile(r"\]\(\s*(?:<[^>\n]*>|[^\s)]*)|\[@[^\]\n]*\]|\{[#.][^}\n]*\}|https?://[\w./?=&%#~+-]*")
"""Where a link or picture leads, what a reference means, and how it is marked."""
_FENCED = re.compile(r"^(```+|~~~+).*?^\1", re.MULTILINE | re.DOTALL)


def _figures(text: str) -> list[str]:
    return _FIGURE.findall(text)


def _targets(text: str) -> list[str]:
    return _TARGET.findall(text)


def _fixed_lines(text: str) -> list[str]:
    """Return the lines of the front matter and of charts that are no wording: where a text is from, what is drawn."""
    front = text.partition("\n---")[0] if text.startswith("---") else ""
    blocks = (front, *(match[0] for match in _FENCED.finditer(text)))
    lines = (line for block in blocks for line in block.splitlines())
    return [line for line in lines if not re.match(r"(title|summary)\s*:", line)]


def _hunks(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    for tag, start, end, other_start, other_end in SequenceMatcher(None, before, after, False).get_opcodes():
        if tag != "equal":
            yield "\n".join(before[start:end]), "\n".join(after[other_start:other_end])


def _distance(before: str, after: str) -> int:
    """Return how many characters are other; a character put for another counts once."""
    other = Counter(before) - Counter(after), Counter(after) - Counter(before)
    at_least = max(one.total() for one in other)
    if at_least > MOST_CORRECTED or len(before) * len(after) > _COMPARED:
        return max(at_least, MOST_CORRECTED + 1)
    codes = SequenceMatcher(None, before, after, False).get_opcodes()
    return sum(max(b - a, d - c) for tag, a, b, c, d in codes if tag != "equal")


_COMPARED = 4_000_000
"""Pairs of characters that are compared at most: two pages wholly rewritten are no slips."""


def shown_difference(changes: tuple[Change, ...], text_of: TextOf, signed: str) -> tuple[str, ...]:
    """Return the changes as lines: texts as a unified diff with Chinese heads, other files by a word each.

    `signed` says who signed what stands before, such as `一审 张三 2021-01-29`.
    """
    return tuple(line for change in changes for line in _shown(change, text_of, signed))


def _shown(change: Change, text_of: TextOf, signed: str) -> Iterator[str]:
    yield str(change)
    texts = [None if digest is None else text_of(digest) for digest in (change.before, change.after)]
    missing = [
        digest
        for digest, text in zip((change.before, change.after), texts, strict=True)
        if digest and text is None
    ]
    if change.kind is ChangeKind.RENAMED or not _is_text(change.file):
        return
    if missing:
        yield "  （签过的文字没有留存，看不出改了哪里）"
        return
    old, new = ((text or "").splitlines() for text in texts)
    heads = (f"{change.file}（{signed} 签过的）", f"{change.file}（现在的）")
    rows = list(unified_diff(old, new, *heads, lineterm="", n=1))
    yield from map(_chinese, rows)
    if not rows:
        yield "  （文字一样，只是换行或编码变了）"


_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def _chinese(row: str) -> str:
    match = _HUNK.fullmatch(row)
    return f"@@ 原第 {match[1]} 行起，现第 {match[2]} 行起 @@" if match else row

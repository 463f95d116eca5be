"""Drafts of articles to the files of an issue's folder."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from xcbulletin.manuscript.frontmatter import field_line
from xcbulletin.manuscript.importing.blocks import (
    Block,
    Document,
    Figure,
    Footnote,
    Heading,
    Item,
    Origin,
    Paragraph,
    Table,
)
from xcbulletin.manuscript.importing.inline import Inline, notes_in, plain
from xcbulletin.manuscript.importing.markdown import ASSETS_FOLDER, format_blocks
from xcbulletin.manuscript.importing.numbering import numbering
from xcbulletin.manuscript.write import format_article
from xcbulletin.model import Industry, Problem

_LONGEST_NAME = 12
_ALWAYS_FOLDERS = frozenset(("body",))


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An article before it is a file; `levels` holds the level of each block that is a heading."""

    column: str
    title: Inline
    line: int
    blocks: tuple[Block, ...]
    levels: tuple[int | None, ...]
    is_named: bool = True
    """Whether the title stood in the file, and was not made up from the name of the column."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Laid:
    """The files of an issue's folder, by their path in it."""

    files: Mapping[str, bytes]
    remarks: tuple[Problem, ...]


def lay_out(
    issue: Mapping[str, Any], drafts: Sequence[Draft], document: Document, industries: Sequence[Industry]
) -> Laid:
    """Return the issue's file, one file an article, and the pictures."""
    files = {"issue.yaml": "".join(field_line(key, value) for key, value in issue.items() if value)}
    assets: dict[str, bytes] = {}
    remarks: list[Problem] = []
    bodies, loose = _with_notes(drafts, document)
    for (path, draft), notes in zip(_paths(drafts), bodies, strict=True):
        codes, more = tag(plain(draft.title), draft.line, industries, document.origin)
        remarks += more if draft.is_named else ()
        files[path] = _article(draft, codes if draft.is_named else (), notes)
        assets |= _assets(draft.blocks)
    contents = {path: text.encode() for path, text in files.items()}
    return Laid(files={**contents, **assets}, remarks=(*remarks, *_loose_notes(loose, document.origin)))


def _article(draft: Draft, codes: tuple[str, ...], notes: Sequence[Footnote]) -> str:
    fields = {"title": plain(draft.title) or "（无标题）", "industries": list(codes) or None}
    body = format_blocks(draft.blocks, draft.levels, notes)
    return format_article(fields, f"\n{body}\n" if body else "")


def _assets(blocks: Sequence[Block]) -> dict[str, bytes]:
    found = (block.asset for block in blocks if isinstance(block, Figure))
    return {f"{ASSETS_FOLDER}/{asset.name}": asset.content for asset in found if asset is not None}


def _paths(drafts: Sequence[Draft]) -> Iterator[tuple[str, Draft]]:
    for column, group in groupby(drafts, key=lambda draft: draft.column):
        members = list(group)
        if len(members) == 1 and column not in _ALWAYS_FOLDERS:
            yield f"{column}.md", members[0]
            continue
        for number, draft in enumerate(members, start=1):
            yield f"{column}/{number:02}{_name(plain(draft.title))}.md", draft


def _name(title: str) -> str:
    """Return what follows the number in a file's name: letters and Han of the title, its own number left out."""
    number = numbering(title)
    bare = title if number is None else title[number[1] :]
    letters = "".join(char for char in unicodedata.normalize("NFC", bare) if _is_safe(char))
    return f"-{letters[:_LONGEST_NAME]}" if letters else ""


def _is_safe(char: str) -> bool:
    return re.fullmatch(r"[0-9A-Za-z\u3400-\u9fff]", char) is not None


def tag(
    title: str, line: int, industries: Sequence[Industry], origin: Origin
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Return the industries that a title names, with a remark for each."""
    found = [(industry, name) for industry in industries if (name := _name_in(title, industry)) is not None]
    remarks = tuple(
        origin.remark(
            line,
            "industry",
            f"按标题中的“{name}”标为{industry.name}（{industry.code}）",
            "请核对文稿开头的 industries",
        )
        for industry, name in found
    )
    return tuple(industry.code for industry, _ in found), remarks


def _name_in(title: str, industry: Industry) -> str | None:
    """Return the longest of an industry's names that stands in a title; Latin ones as whole words."""
    names = sorted(
        {industry.name, industry.short_name, *industry.aliases} - {""}, key=lambda name: (-len(name), name)
    )
    return next((name for name in names if re.search(_whole(name), title, re.IGNORECASE)), None)


def _whole(name: str) -> str:
    before = r"(?<![0-9A-Za-z])" if re.match(r"[0-9A-Za-z]", name) else ""
    after = r"(?![0-9A-Za-z])" if re.search(r"[0-9A-Za-z]$", name) else ""
    return before + re.escape(name) + after


def _with_notes(drafts: Sequence[Draft], document: Document) -> tuple[list[list[Footnote]], list[Footnote]]:
    """Return the footnotes of each article, and those that no article refers to."""
    labels = {note.label for note in document.notes}
    used = [set(_labels(draft)) & labels for draft in drafts]
    bodies = [[note for note in document.notes if note.label in wanted] for wanted in used]
    return bodies, [note for note in document.notes if not any(note.label in wanted for wanted in used)]


def _labels(draft: Draft) -> Iterator[str]:
    for block in draft.blocks:
        if isinstance(block, Heading | Paragraph | Item):
            yield from notes_in(block.text)
        elif isinstance(block, Table):
            yield from (label for row in block.rows for cell in row for label in notes_in(cell))
            yield from notes_in(block.caption)


def _loose_notes(notes: Sequence[Footnote], origin: Origin) -> Iterator[Problem]:
    for note in notes:
        message = f"脚注没有找到引用它的正文，没有导入：“{plain(note.text)}”"
        yield origin.remark(note.line, "note", message, "如需要，请在文稿里补 [^n] 和注文")

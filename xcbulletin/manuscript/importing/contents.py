"""The printed table of contents: taken out, and used to check what was found."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from xcbulletin.manuscript.importing.blocks import Block, Origin, Table, text_of
from xcbulletin.manuscript.importing.inline import plain
from xcbulletin.manuscript.importing.numbering import squeezed
from xcbulletin.model import Problem

_TITLE = re.compile(r"(?:本期|插|附)?(?:目录|目次|导读|图目录|表目录|图表目录|图录|表格目录|附表目录)")
_LEADER = re.compile(r"\s*(?:[.．·…‥⋯_\-]\s*){2,}(\d{1,4}|[ivxIVX]{1,5})?\s*$|[\s\u3000]+(\d{1,4})\s*$")
_LONGEST_ENTRY = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of the printed contents, without its page number."""

    line: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """The blocks without the printed contents, its entries, and the lines that it stood on."""

    blocks: tuple[Block, ...]
    entries: tuple[Entry, ...]
    lines: tuple[int, ...]


def is_contents_title(block: Block) -> bool:
    """Say whether a block is the title of a printed table of contents."""
    text = text_of(block)
    return len(text) <= _LONGEST_ENTRY and _TITLE.fullmatch(squeezed(text)) is not None


def take_contents(blocks: Sequence[Block]) -> Taken:
    """Take out every printed table of contents: its title, and all entries that follow."""
    later = Counter(normalised(text_of(block)) for block in blocks)
    kept: list[Block] = []
    entries: list[Entry] = []
    lines: list[int] = []
    within = False
    for block in blocks:
        later[normalised(text_of(block))] -= 1
        is_title = is_contents_title(block)
        found = _entries(block, later) if within and not is_title else []
        within = is_title or bool(found)
        if within:
            entries += found
            lines += _lines(block)
        else:
            kept.append(block)
    return Taken(blocks=tuple(kept), entries=tuple(entries), lines=tuple(lines))


def _lines(block: Block) -> range:
    return range(block.line, block.line + (len(block.rows) if isinstance(block, Table) else 1))


def _entries(block: Block, later: Counter[str]) -> list[Entry]:
    """Return the entries that a block holds: lines with a page number, or that stand again further on."""
    if isinstance(block, Table):
        rows = [" ".join(plain(cell) for cell in row if cell) for row in block.rows]
        fits = all(len(row) <= _LONGEST_ENTRY and _LEADER.search(row) for row in rows)
        return [Entry(line=block.line, text=_without_page(row)) for row in rows] if fits else []
    text = text_of(block)
    if not 0 < len(text) <= _LONGEST_ENTRY:
        return []
    bare = _without_page(text)
    fits = bare != text or later[normalised(text)] > 0
    return [Entry(line=block.line, text=bare)] if fits else []


def _without_page(text: str) -> str:
    return _LEADER.sub("", text)


def normalised(text: str) -> str:
    """Return the letters, digits and Han of a line, the same for full and half width."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def check_contents(entries: Iterable[Entry], headings: Iterable[str], origin: Origin) -> tuple[Problem, ...]:
    """Return a remark for each entry that is no heading and no caption of the text."""
    known = {normalised(heading): heading for heading in headings}
    return tuple(_missing(entry, known, origin) for entry in entries if normalised(entry.text) not in known)


def _missing(entry: Entry, known: dict[str, str], origin: Origin) -> Problem:
    near = get_close_matches(normalised(entry.text), known, n=1, cutoff=0.6)
    remedy = f"最接近的是“{known[near[0]]}”，请核对" if near else "请核对是否漏了这一节，或没有认出这个标题"
    message = f"原目录里的“{entry.text}”在正文里没有找到"
    return origin.remark(entry.line, "contents-missing", message, remedy)


def contents_remark(taken: Taken, origin: Origin) -> tuple[Problem, ...]:
    """Return the remark that the printed contents were left out."""
    if not taken.lines:
        return ()
    message = f"原目录没有导入（{origin.where(taken.lines)}），程序会自动生成目录"
    return (origin.remark(taken.lines[0], "contents", message),)

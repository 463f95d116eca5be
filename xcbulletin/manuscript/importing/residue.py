"""What printing and text recognition leave between the pages: running footers, page numbers, broken paragraphs."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from xcbulletin.manuscript.importing.blocks import Block, Heading, Origin, Paragraph, Rule, text_of
from xcbulletin.manuscript.importing.captions import caption_length, is_source_line
from xcbulletin.manuscript.importing.headings import heading_class
from xcbulletin.manuscript.importing.inline import joined
from xcbulletin.manuscript.importing.numbering import is_broken_off, is_closed, numbering
from xcbulletin.model import Problem

_PAGE_NUMBER = re.compile(r"[-—–·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／共]\s*\d{1,4}\s*页?)?[-—–·\s]*")
_LABELLED = re.compile(r"[^：:]{1,8}[：:]")
_LONGEST_FOOTER = 30
_SHORTEST_BROKEN = 20
_SHORTEST_LINE = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    """The blocks that are text, and the remark on those that were dropped or joined."""

    blocks: tuple[Block, ...]
    remarks: tuple[Problem, ...]


def drop_residue(blocks: Sequence[Block], origin: Origin) -> Cleaned:
    """Drop page numbers, and short lines that come back from page to page."""
    counts = Counter(text_of(block) for block in blocks if _may_be_footer(block))
    dropped = [block for block in blocks if _is_residue(block, counts)]
    kept = tuple(block for block in blocks if not _is_residue(block, counts))
    return Cleaned(blocks=kept, remarks=_dropped_remark(dropped, origin))


def _may_be_footer(block: Block) -> bool:
    text = text_of(block)
    if not isinstance(block, Paragraph) or not 0 < len(text) <= _LONGEST_FOOTER or is_closed(text):
        return False
    return not (numbering(text) or _LABELLED.match(text) or caption_length(text))


def _is_residue(block: Block, counts: Counter[str]) -> bool:
    if not isinstance(block, Paragraph):
        return False
    text = text_of(block)
    if len(text) > _LONGEST_FOOTER:
        return False
    return _PAGE_NUMBER.fullmatch(text) is not None or (_may_be_footer(block) and counts[text] > 1)


def drop_rules(blocks: Sequence[Block], origin: Origin) -> Cleaned:
    """Drop the lines that were drawn across the page."""
    rules = [block for block in blocks if isinstance(block, Rule)]
    kept = tuple(block for block in blocks if not isinstance(block, Rule))
    if not rules:
        return Cleaned(blocks=kept, remarks=())
    lines = [rule.line for rule in rules]
    remark = origin.remark(lines[0], "rule", f"分隔线没有导入（{origin.where(lines)}）")
    return Cleaned(blocks=kept, remarks=(remark,))


def _dropped_remark(dropped: Sequence[Block], origin: Origin) -> tuple[Problem, ...]:
    if not dropped:
        return ()
    texts = "、".join(f"“{text}”" for text in dict.fromkeys(map(text_of, dropped)))
    lines = [block.line for block in dropped]
    message = f"像是页眉、页脚或页码，没有导入（{origin.where(lines)}）：{texts}"
    return (origin.remark(lines[0], "residue", message, "如是正文，请补进文稿"),)


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """The blocks with broken paragraphs whole again, and the lines on which two halves stood."""

    blocks: tuple[Block, ...]
    pairs: tuple[tuple[int, int], ...]


def join_broken(blocks: Sequence[Block]) -> Joined:
    """Join paragraphs that were broken at the turn of a page."""
    whole: list[Block] = []
    pairs: list[tuple[int, int]] = []
    last_line = 0
    for block in blocks:
        last = whole[-1] if whole else None
        if isinstance(block, Paragraph) and isinstance(last, Paragraph) and _goes_on(last, block):
            whole[-1] = replace(last, text=joined(last.text, block.text))
            pairs.append((last_line, block.line))
        else:
            whole.append(block)
        last_line = block.line
    return Joined(blocks=tuple(whole), pairs=tuple(pairs))


def _goes_on(first: Paragraph, second: Paragraph) -> bool:
    if first.quoted != second.quoted or _is_line(first) or _is_line(second) or numbering(text_of(second)):
        return False
    text = text_of(first)
    if is_broken_off(text):
        return len(text) >= _SHORTEST_BROKEN
    return len(text) >= _SHORTEST_LINE and not is_closed(text)


def _is_line(block: Paragraph) -> bool:
    """Say whether a paragraph is a line of its own kind: a heading, a caption, a source."""
    text = text_of(block)
    return heading_class(block) is not None or caption_length(text) is not None or is_source_line(text)


def joined_remark(pairs: Sequence[tuple[int, int]], origin: Origin) -> tuple[Problem, ...]:
    """Return the remark that says which paragraphs were joined."""
    if not pairs:
        return ()
    shown = "、".join(f"{first}+{second}" for first, second in pairs)
    message = f"{len(pairs)} 处段落像是因换页断开，已接上：第 {shown} {origin.unit}"
    return (origin.remark(pairs[0][0], "joined-paragraphs", message, "请核对接口处"),)


def open_remarks(blocks: Sequence[Block], origin: Origin) -> list[Problem]:
    """Return a remark for each paragraph that still ends in the middle, or stands there as a mere line."""
    found = [block for block in blocks if isinstance(block, Paragraph) and _is_open(block)]
    return [_open_remark(block, origin) for block in found]


def _is_open(block: Paragraph) -> bool:
    text = text_of(block)
    return not is_closed(text) and heading_class(block) is None and not is_source_line(text)


def _open_remark(block: Paragraph, origin: Origin) -> Problem:
    text = text_of(block)
    if is_broken_off(text):
        message = f"这一段没有句末标点，可能缺了下文：“……{text[-12:]}”"
        return origin.remark(block.line, "open-paragraph", message, "请对照原件")
    message = f"单独的一行“{text[:40]}”不知道属于哪里，按一段正文保留"
    return origin.remark(block.line, "short-line", message, "可能是图中的文字或漏认的标题，请对照原件")


def is_heading_block(block: Block) -> bool:
    """Say whether a block is a heading, marked as one or not."""
    return isinstance(block, Heading) or heading_class(block) is not None

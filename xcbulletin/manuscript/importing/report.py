"""Blocks to a report: cover, declarations, chapters, appendix, the people and their address."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xcbulletin.manuscript.importing.blocks import (
    Block,
    Document,
    Figure,
    Heading,
    Origin,
    Paragraph,
    Table,
    text_of,
)
from xcbulletin.manuscript.importing.captions import bind, is_table_caption
from xcbulletin.manuscript.importing.contents import (
    check_contents,
    contents_remark,
    is_contents_title,
    take_contents,
)
from xcbulletin.manuscript.importing.cover import Cover, cover_length, cover_remarks, read_cover
from xcbulletin.manuscript.importing.files import Draft, Laid, lay_out, tag
from xcbulletin.manuscript.importing.headings import heading_classes, level_headings
from xcbulletin.manuscript.importing.inline import Inline, literal, undressed
from xcbulletin.manuscript.importing.numbering import NumberingClass, is_closed, squeezed
from xcbulletin.manuscript.importing.residue import (
    drop_residue,
    drop_rules,
    is_heading_block,
    join_broken,
    joined_remark,
    open_remarks,
)
from xcbulletin.model import REPORT_PARTS, Industry, Kind, Problem

_NAMES = {part.code: part.name for part in REPORT_PARTS}
_ORDER = [part.code for part in REPORT_PARTS]
_TITLES = {
    "copyright": re.compile("版权声明|版权说明|版权所有|声明|免责声明"),
    "foreword": re.compile("前言|序|序言|卷首语|致读者|编写说明"),
    "contributors": re.compile(
        "(?:报告|本报告)?(?:编写组|编写人员|编委会|编写委员会|课题组|编写团队|研究团队|编制组|撰写组)(?:成员|名单|人员)*"
    ),
    "contact": re.compile("联系方式|联系我们|联系地址"),
}
_APPENDIX = re.compile(r"附\s*[录件]")
_STANDS_ALONE = re.compile("引言|导言|导论|绪论|摘要|执行摘要|结语|结束语|结论|总结|后记|参考文献|致谢")
_ADDRESS = re.compile(
    r"\s*(?:地\s*址|邮政编码|邮\s*编|联系电话|电\s*话|传\s*真|邮\s*[件箱]|电子邮[件箱]|网\s*址)\s*[：:]"
)
_AS_WRITTEN = frozenset(("contributors", "contact"))
"""The parts whose lines stand for themselves, and are never halves of a paragraph."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """A part of the report, or a chapter of its body."""

    code: str
    title: Inline
    line: int
    blocks: tuple[Block, ...] = ()


def arrange_report(
    document: Document, industries: Sequence[Industry], issue_date: date | None, today: date
) -> Laid:
    """Return the files of a report."""
    origin = document.origin
    ruled = drop_rules(document.blocks, origin)
    cover, inner = _split_cover(ruled.blocks, origin)
    cleaned = drop_residue(inner, origin)
    taken = take_contents(cleaned.blocks)
    parts, remarks = _finished(_parts(taken.blocks, cover), origin)
    codes, more = tag(cover.title, cover.line, industries, origin)
    laid = lay_out(_issue_fields(cover, codes, issue_date or today), _drafts(parts), document, ())
    checked = check_contents(taken.entries, _headings(parts), origin)
    found = (*cover_remarks(cover, issue_date, origin), *more, *ruled.remarks, *cleaned.remarks)
    return replace(laid, remarks=(*found, *contents_remark(taken, origin), *checked, *remarks, *laid.remarks))


def _split_cover(blocks: Sequence[Block], origin: Origin) -> tuple[Cover, Sequence[Block]]:
    """Return the cover, which ends where a part, the contents or a chapter begins, and the rest."""
    classes = heading_classes(blocks)
    end = cover_length(blocks)
    for index in range(end):
        if part_code(blocks, index) or is_contents_title(blocks[index]) or classes[index] is not None:
            end = index
            break
    if end == len(blocks):
        end = min(end, 1)
    return read_cover(blocks[:end], origin), blocks[end:]


def part_code(blocks: Sequence[Block], index: int) -> str | None:
    """Return the part that a block is the title of."""
    block = blocks[index]
    if not isinstance(block, Heading | Paragraph):
        return None
    text = squeezed(text_of(block)).rstrip("：:")
    found = next((code for code, title in _TITLES.items() if title.fullmatch(text)), None)
    if found is not None or not text:
        return found
    if _APPENDIX.match(text) and len(text) <= 40 and not is_closed(text):
        return "appendix"
    following = text_of(blocks[index + 1]) if index + 1 < len(blocks) else ""
    is_name = len(text) <= 40 and not is_closed(text) and not _ADDRESS.match(text_of(block))
    return "contact" if is_name and _ADDRESS.match(following) else None


def _parts(blocks: Sequence[Block], cover: Cover) -> list[_Part]:
    """Return the parts in the file's order, each chapter of the body for itself."""
    chapters = _chapter_indices(blocks)
    first = _Part(code="body", title=literal(cover.title), line=blocks[0].line if blocks else 1)
    found: list[tuple[_Part, list[Block]]] = [(first, [])]
    for index, block in enumerate(blocks):
        part, gathered = found[-1]
        code = _code_at(blocks, index, chapters, part.code)
        if code is None:
            gathered.append(block)
        elif code == "contact" and part.code == "contact":
            gathered.append(_as_heading(block))
        else:
            begun = _begun(code, block)
            found.append((begun, list(begun.blocks)))
    parts = [replace(part, blocks=tuple(gathered)) for part, gathered in found]
    return parts if parts[0].blocks else parts[1:]


def _code_at(blocks: Sequence[Block], index: int, chapters: frozenset[int], current: str) -> str | None:
    """Return the part that begins at a block, or None where the current one goes on."""
    code = part_code(blocks, index)
    if code is not None:
        return code
    if index in chapters and current not in ("appendix", "contributors", "contact"):
        return "body"
    text = text_of(blocks[index])
    is_attached = current == "body" and text.startswith("附表") and is_table_caption(text)
    return "appendix" if is_attached and index > max(chapters, default=index) else None


def _chapter_indices(blocks: Sequence[Block]) -> frozenset[int]:
    """Return where chapters begin: the highest class of numbers in use, and what stands beside them unnumbered."""
    classes = heading_classes(blocks)
    highest = min((kind for kind in classes if kind is not None), default=None)
    if highest is None:
        return _highest_headings(blocks)
    return frozenset(
        index
        for index, block in enumerate(blocks)
        if classes[index] is highest
        or (isinstance(block, Heading) and _STANDS_ALONE.fullmatch(squeezed(text_of(block))))
    )


def _highest_headings(blocks: Sequence[Block]) -> frozenset[int]:
    levels = {
        index: block.level
        for index, block in enumerate(blocks)
        if isinstance(block, Heading) and part_code(blocks, index) is None
    }
    highest = min(levels.values(), default=0)
    return frozenset(index for index, level in levels.items() if level == highest)


def _begun(code: str, block: Block) -> _Part:
    """Return a part that begins with a block: its title, or its first block where that is no title."""
    assert isinstance(block, Heading | Paragraph)
    name = literal(_NAMES[code])
    if code == "appendix" and is_table_caption(text_of(block)):
        return _Part(code=code, title=name, line=block.line, blocks=(block,))
    if code == "contact" and not _TITLES["contact"].fullmatch(squeezed(text_of(block))):
        return _Part(code=code, title=name, line=block.line, blocks=(_as_heading(block),))
    is_name = squeezed(text_of(block)) == _NAMES[code]
    return _Part(code=code, title=name if is_name else undressed(block.text), line=block.line)


def _as_heading(block: Block) -> Block:
    return Heading(line=block.line, text=block.text, level=2) if isinstance(block, Paragraph) else block


def _finished(parts: Sequence[_Part], origin: Origin) -> tuple[list[_Part], list[Problem]]:
    """Return the parts with captions bound and broken paragraphs joined, in binding order, and remarks."""
    finished: list[_Part] = []
    remarks: list[Problem] = []
    pairs: list[tuple[int, int]] = []
    for part in parts:
        bound = bind(part.blocks, origin)
        remarks += bound.remarks
        if part.code in _AS_WRITTEN:
            finished.append(replace(part, blocks=bound.blocks))
            continue
        joined = join_broken(bound.blocks)
        finished.append(replace(part, blocks=joined.blocks))
        pairs += joined.pairs
        remarks += open_remarks(joined.blocks, origin)
    in_order = sorted(finished, key=lambda part: _ORDER.index(part.code))
    return in_order, [*joined_remark(pairs, origin), *remarks]


def _drafts(parts: Sequence[_Part]) -> list[Draft]:
    ranks = _ranks(parts)
    return [
        Draft(
            column=part.code,
            title=part.title,
            line=part.line,
            blocks=part.blocks,
            levels=level_headings(part.blocks, ranks if part.code == "body" else None),
            is_named=False,
        )
        for part in parts
    ]


def _ranks(parts: Sequence[_Part]) -> list[NumberingClass]:
    """Return the classes of numbers within the chapters, highest first."""
    found = {kind for part in parts if part.code == "body" for kind in heading_classes(part.blocks) if kind}
    return sorted(found)


def _headings(parts: Sequence[_Part]) -> Iterator[str]:
    for part in parts:
        yield from ("".join(span.text for span in part.title), _NAMES[part.code])
        for block in part.blocks:
            if isinstance(block, Table | Figure):
                yield block.label
            elif is_heading_block(block):
                yield text_of(block)


def _issue_fields(cover: Cover, codes: tuple[str, ...], issue_date: date) -> dict[str, object]:
    return {
        "kind": Kind.REPORT.value,
        "title": cover.title,
        "subtitle": cover.subtitle,
        "date": cover.date or issue_date,
        "publisher": list(cover.publishers),
        "industries": list(codes),
    }

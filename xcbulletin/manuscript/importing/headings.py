"""Which line is a heading, and of what level: the class of its number decides, never the number of “#”."""

from collections.abc import Iterator, Sequence

from xcbulletin.manuscript.importing.blocks import Block, Heading, Paragraph, text_of
from xcbulletin.manuscript.importing.numbering import NumberingClass, is_heading_line, numbering

_TOP = 2
_DEEPEST = 6


def heading_class(block: Block) -> NumberingClass | None:
    """Return the class of a heading's number, or None for a heading without one and for every other block."""
    text = text_of(block)
    if not isinstance(block, Heading | Paragraph) or (isinstance(block, Paragraph) and block.quoted):
        return None
    number = numbering(text)
    if number is None or not (isinstance(block, Heading) or is_heading_line(text)):
        return None
    return number[0]


def heading_classes(blocks: Sequence[Block]) -> tuple[NumberingClass | None, ...]:
    """Return the class of each numbered heading; lines that enumerate, one right after the other, are none."""
    found = [heading_class(block) for block in blocks]
    return tuple(None if _is_enumerated(blocks, found, index) else kind for index, kind in enumerate(found))


def _is_enumerated(blocks: Sequence[Block], found: Sequence[NumberingClass | None], index: int) -> bool:
    """Say whether a line is an entry of a list: not marked as a heading, and beside its like."""
    if isinstance(blocks[index], Heading) or found[index] is None:
        return False
    neighbours = (index - 1, index + 1)
    return any(0 <= other < len(found) and found[other] is found[index] for other in neighbours)


def level_headings(
    blocks: Sequence[Block], ranks: Sequence[NumberingClass] | None = None
) -> tuple[int | None, ...]:
    """Return the level of each heading, from 2, without jumps.

    `ranks` are the classes in use, highest first; without them those of the blocks are taken.
    """
    classes = heading_classes(blocks)
    order = sorted({kind for kind in classes if kind is not None}) if ranks is None else list(ranks)
    pairs = zip(blocks, classes, strict=True)
    bare = sorted({block.level for block, kind in pairs if isinstance(block, Heading) and kind is None})
    leads = _bare_comes_first(blocks, classes)
    return tuple(_levels(blocks, classes, order, bare, leads))


def _bare_comes_first(blocks: Sequence[Block], classes: Sequence[NumberingClass | None]) -> bool:
    """Say whether a heading without a number stands above all that have one."""
    pairs = zip(blocks, classes, strict=True)
    return next((kind is None for block, kind in pairs if kind or isinstance(block, Heading)), False)


def _levels(
    blocks: Sequence[Block],
    classes: Sequence[NumberingClass | None],
    order: Sequence[NumberingClass],
    bare: Sequence[int],
    leads: bool,
) -> Iterator[int | None]:
    first = _TOP + (leads and bool(order))
    current = _TOP - 1
    for block, kind in zip(blocks, classes, strict=True):
        if kind is not None:
            current = min(first + order.index(kind), _DEEPEST)
            yield current
        elif isinstance(block, Heading):
            yield min(_bare_level(block.level, order, bare, leads, current), _DEEPEST)
        else:
            yield None


def _bare_level(
    level: int, order: Sequence[NumberingClass], bare: Sequence[int], leads: bool, current: int
) -> int:
    if not order:
        return _TOP + bare.index(level)
    return _TOP if leads else current + 1

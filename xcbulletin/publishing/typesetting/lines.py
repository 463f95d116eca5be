"""Chinese lines in WeasyPrint: Han and Latin set apart, marks compressed, both edges flush.

WeasyPrint breaks lines by UAX #14 and justifies by widening blanks, which leaves Chinese ragged. Here

- the texts of a line are prepared by `breaks` before layout;
- a line that is left short takes what comes next if its marks and blanks can give the room (推入, CLREQ 3.5), and
  rather than leave a hole parts a number from its unit or a word by syllables;
- `justify_line` halves the mark at the end and shares out what is free or lacking;
- the lines of a title are made about even.

Call `install()` once, before documents are rendered.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from weasyprint.formatting_structure import boxes, build
from weasyprint.layout import inline
from weasyprint.text import line_break

from xcbulletin.publishing.typesetting import glyphs
from xcbulletin.publishing.typesetting.breaks import (
    BREAK,
    CALL,
    CODE,
    GLUE,
    MARKS,
    OBJECT,
    gaps,
    has_han,
    has_part_of_address,
    is_end_of_sense,
    is_mark,
    keep_words,
    last_resorts,
    letters,
    prepare_texts,
    width_of,
)
from xcbulletin.publishing.typesetting.glyphs import HALF_MARK, Room, last_letter, room_of, slack, surplus
from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any
Split: TypeAlias = tuple[Any, ...]

WIDEST_GAP = 0.22  # em
GAP_BESIDE_ADDRESS = 0.1  # em: a line with an address is rather ragged
LETTERS_OPENED = 0.19, 0.06  # em, a gap and a letter, where that is too little
LETTERS_EASED = 0.03  # em, a letter: where no word is broken yet
WIDEST_BLANK = 0.5  # em, added to a blank where only blanks are widened
NARROWED = 0.1  # em: gaps opened so far look as bad as marks and blanks that give all they can
ABOUT = 0.5  # em: how far the width of a unit may be misjudged
SHORT_LINE = 0.4  # the last of a title, of its longest
WIDER_TITLE = 1.3  # than its narrowest setting, to end its lines where the sense allows

# Text boxes

BODY_TAGS = frozenset(("p", "li", "dd", "blockquote"))
TITLE_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "caption", "figcaption"))
BLANK_AND_GLUE = f" {GLUE}"
BLANK_AND_MARKS = f" {MARKS}"
EVEN_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "caption", "figcaption"))
CODE_TAGS = frozenset(("code", "kbd", "samp", "pre"))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    box: Box | None
    text: str
    depth: int


def create_anonymous_boxes(box: Box) -> Box:
    """Build lines as WeasyPrint does, then prepare their texts."""
    box = _create_anonymous_boxes(box)
    _prepare_boxes(box, keep_blanks=True)
    return box


def _prepare_boxes(box: Box, *, keep_blanks: bool, in_title: bool = False) -> None:
    in_title = in_title or box.element_tag in TITLE_TAGS
    keep_blanks = in_title or (keep_blanks and box.element_tag not in BODY_TAGS)
    if isinstance(box, boxes.LineBox) and box.style["letter_spacing"] in ("normal", 0):
        # Spaced titles stay as they are: an invisible mark would be given its space too.
        _prepare_line(box, keep_blanks=keep_blanks)
    for child in getattr(box, "children", ()):
        _prepare_boxes(child, keep_blanks=keep_blanks, in_title=in_title)


def _prepare_line(line: Box, *, keep_blanks: bool) -> None:
    pieces = list(_pieces(line))
    texts = prepare_texts(
        [piece.text for piece in pieces],
        end_of_paragraph=True,
        keep_blanks=keep_blanks,
        depths=[piece.depth for piece in pieces],
    )
    for piece, text, previous in zip(pieces, texts, ("", *texts), strict=False):
        if piece.box is not None:
            # Pango sees no place to break after a blank with which a text begins.
            piece.box.text = f"{BREAK}{text}" if previous and text.startswith(" ") else text
    if not all(texts):
        _drop_empty_texts(line)


def _pieces(box: Box, depth: int = 0) -> Iterator[_Piece]:
    for child in box.children:
        if not child.is_in_normal_flow():
            continue
        if placeholder := _placeholder(child):
            yield _Piece(box=None, text=placeholder, depth=1000)
        elif isinstance(child, boxes.TextBox):
            yield _Piece(box=child, text=child.text, depth=depth)
        else:
            yield from _pieces(child, depth + 1)


def _placeholder(box: Box) -> str:
    tag = box.element_tag or ""  # margin boxes have none
    if tag == "sup" or tag.endswith("::footnote-call"):
        return CALL
    if box.is_leader or not isinstance(box, boxes.TextBox | boxes.InlineBox):
        return OBJECT
    if tag in CODE_TAGS or box.style["white_space"] in ("pre", "pre-wrap"):
        return CODE
    return ""


def _drop_empty_texts(box: Box) -> None:
    for child in box.children:
        if isinstance(child, boxes.InlineBox):
            _drop_empty_texts(child)
    box.children = [
        child for child in box.children if not (isinstance(child, boxes.TextBox) and not child.text)
    ]


# Lines


class _Setting(NamedTuple):
    """What WeasyPrint was asked when it broke off a line, to ask it again."""

    context: Any
    box: Box
    position_x: float
    rest: tuple[Any, ...]

    @property
    def em(self) -> float:
        return float(self.box.style["font_size"])

    def split(self, width: float, *, start: Any = ...) -> Split:
        """Break off a line of another width, indent included; `start` is where it begins, if not at the same place."""
        bottom_space, skip_stack, *middle = self.rest[:7]
        position_x = self.position_x
        if start is not ...:
            skip_stack, position_x = start, self.position_x if start is None else self.box.position_x
        own_children: list[Any] = []
        rest = (bottom_space, skip_stack, *middle, own_children, *self.rest[8:])
        split: Split = _split_inline_box(
            self.context, self.box, position_x, self.box.position_x + width, *rest
        )
        return split


def split_inline_box(context: Any, box: Box, position_x: float, max_x: float, *rest: Any) -> Split:
    """Break off a line as WeasyPrint does; set it again if it is left short, or belongs to an uneven title."""
    split: Split = _split_inline_box(context, box, position_x, max_x, *rest)
    line, resume_at = split[:2]
    if resume_at is None or not isinstance(box, boxes.LineBox) or not _may_be_set_again(context, box):
        return split
    setting, width = _Setting(context, box, position_x, rest), max_x - box.position_x
    if box.element_tag in EVEN_TAGS:
        return setting.split(_even_width(setting, width))
    if width - line.width > setting.em and _is_justified(box):
        return _filled(setting, split, width)
    return split


def _filled(setting: _Setting, split: Split, width: float) -> Split:
    line, resume_at = split[:2]
    text, start = _rest(setting.box, resume_at)
    free = (width - line.width) / setting.em
    share = free / max(1, _count(_places(line, gaps)))
    following = text.text[len(text.text[:start].rstrip(" ")) :]
    is_hole = share > WIDEST_GAP and free > LETTERS_EASED * _count(_places(line, letters))
    return (
        _pushed_in(setting, line, following, width, share)
        or (_parted(setting, text, start, width) if is_hole else None)
        or split
    )


def _pushed_in(setting: _Setting, line: Box, following: str, width: float, share: float) -> Split | None:
    """Take one unit more onto a line (推入), if narrowing its marks looks no worse than opening its gaps."""
    worth = min(1, share / NARROWED)
    unit = _next_unit(following)
    lacking = line.width + width_of(unit) * setting.em - width
    if lacking > worth * (_total(_slack(line)) + HALF_MARK * setting.em):
        return None
    halved = HALF_MARK if is_mark(unit.strip(BLANK_AND_MARKS)[-1:]) else 0
    fuller = setting.split(width + lacking + (halved + ABOUT) * setting.em)
    lacking = fuller[0].width - surplus(list(_texts(fuller[0]))[-1]) - width
    return fuller if fuller[0].width > line.width and lacking <= worth * _total(_slack(fuller[0])) else None


def _next_unit(text: str) -> str:
    """Return what comes before the next place where a line may end."""
    blank = len(text) - len(text.lstrip())
    place = line_break.get_next_break_point_from_text(text[blank : blank + 80], "zh-CN")
    return text if place is None else text[: blank + place + 1]


def _slack(line: Box) -> dict[Box, Room]:
    texts = list(_texts(line))
    return {box: slack(box, text) for box, text in zip(texts, _contexts(texts), strict=True)}


def _total(rooms: dict[Box, Room]) -> float:
    return sum(sum(room.values()) for room in rooms.values())


def _parted(setting: _Setting, text: Box, start: int, width: float) -> Split | None:
    """Break what should stay together, as late as fits."""
    whole = text.text
    for place, hyphen in reversed(last_resorts(whole, start)):
        kept, left = whole[:place], whole[place:]
        head = f"{kept.rstrip(BLANK_AND_GLUE)}{hyphen}{BREAK}"
        text.text = head + left
        split = setting.split(width)
        text.text = whole
        if _offset(split[1]) == len(head.encode()):
            return (split[0], _with_offset(split[1], len(kept.encode())), *split[2:])
    return None


def _offset(resume_at: Any) -> int:
    offset = -1
    while resume_at:
        ((offset, resume_at),) = resume_at.items()
    return offset


def _with_offset(resume_at: Any, offset: int) -> Any:
    ((index, inner),) = resume_at.items()
    return {index: _with_offset(inner, offset)} if inner else {offset: None}


# Titles


def _even_width(setting: _Setting, width: float) -> float:
    """Return the width that makes the lines of a title about even, and lets them end where its sense allows."""
    if setting.rest[1] is None:
        _keep_words(setting.box)
        setting.box.even_width = _narrowest_width(setting, width)
    return float(getattr(setting.box, "even_width", width))


def _keep_words(title: Box) -> None:
    for box in _texts(title):
        box.text = keep_words(box.text)


def _narrowest_width(setting: _Setting, width: float) -> float:
    lines = _title_lines(setting, width)
    narrowest = 0.0
    trial = sum(length for length, _ in lines) / len(lines)
    while trial < width and (not narrowest or trial < WIDER_TITLE * narrowest):
        ends = _title_lines(setting, trial)
        if len(ends) == len(lines):
            narrowest = narrowest or trial
            lengths = [length for length, _ in ends]
            if all(makes_sense for _, makes_sense in ends) and lengths[-1] > SHORT_LINE * max(lengths):
                return trial
        trial += setting.em / 2
    return narrowest or width


def _title_lines(setting: _Setting, width: float) -> list[tuple[float, bool]]:
    """Return how long the lines of a title are in some width, and whether each ends where the sense allows it."""
    lines: list[tuple[float, bool]] = []
    start = None
    while not lines or start is not None:
        line, start = setting.split(width, start=start)[:2]
        text, place = _rest(setting.box, start) if start is not None else (None, 0)
        lines.append((float(line.width), text is None or is_end_of_sense(text.text, place)))
    return lines


def _may_be_set_again(context: Any, box: Box) -> bool:
    """Return whether a line may be split twice: it has text only, and marks that are placed beside it."""
    return not context.excluded_shapes and all(
        _is_text(child) or child.is_absolutely_positioned() for child in box.children
    )


def _is_justified(line: Box) -> bool:
    return line.style["text_align_all"] == "justify" and line.style["white_space"] in ("normal", "pre-line")


def _is_text(box: Box) -> bool:
    if isinstance(box, boxes.InlineBox):
        return box.is_in_normal_flow() and all(map(_is_text, box.children))
    return isinstance(box, boxes.TextBox)


def _rest(box: Box, resume_at: Any) -> tuple[Box, int]:
    """Return the text box where the next line begins, and the character."""
    while not isinstance(box, boxes.TextBox):
        index, resume_at = next(iter(resume_at.items())) if resume_at else (0, None)
        box = box.children[index]
    offset = next(iter(resume_at)) if resume_at else 0
    return box, len(box.text.encode()[:offset].decode())


def justify_line(context: Any, line: Box, extra_width: float) -> None:
    """Share out what is free on a line, or lacking, its last mark halved (CLREQ 3.5, 3.1.6).

    A line that would have to be opened too far stays ragged, or has only its blanks widened if they are many.
    """
    texts = list(_texts(line))
    halved = surplus(texts[-1]) if texts else 0
    free = extra_width + halved
    blanks = inline.count_expandable_spaces(line)
    is_latin = blanks and not any(has_han(box.text) for box in texts)
    if line.style["direction"] == "rtl" or not texts or (is_latin and free >= 0):
        _justify_line(context, line, extra_width)
    elif free < 0:
        _add(line, _narrowing(line, -free), halved)
    elif opening := _opening(line, free):
        _add(line, opening, halved)
    elif extra_width < blanks * WIDEST_BLANK * line.style["font_size"] and not _has_address(line):
        _justify_line(context, line, free)
        _add(line, {}, halved)


def _narrowing(line: Box, lacking: float) -> dict[Box, Room]:
    """Return what a line's marks and blanks give, each in proportion to what it has."""
    given = _slack(line)
    part = min(1, lacking / (_total(given) or lacking))
    return {box: {offset: -part * most for offset, most in room.items()} for box, room in given.items()}


def _opening(line: Box, free: float) -> dict[Box, Room]:
    """Return how a line is opened: at its gaps (CLREQ 3.5), at all its letters too, or (nothing) not at all."""
    em = line.style["font_size"]
    gap_places = _places(line, gaps)
    count = _count(gap_places)
    gap = free / max(1, count)
    if gap > GAP_BESIDE_ADDRESS * em and _has_address(line):
        return {}
    if count and (gap <= WIDEST_GAP * em or line.style["text_align_last"] == "justify"):
        return {box: dict.fromkeys(offsets, gap) for box, offsets in gap_places.items()}
    gap, widest = LETTERS_OPENED[0] * em, LETTERS_OPENED[1] * em
    letter_places = _places(line, letters)
    letter = (free - gap * count) / max(1, _count(letter_places))
    if letter > widest:
        return {}
    return {
        box: {
            offset: letter * (offset in offsets) + gap * (offset in gap_places[box])
            for offset in {*offsets, *gap_places[box]}
        }
        for box, offsets in letter_places.items()
    }


def _has_address(line: Box) -> bool:
    return any(has_part_of_address(box.text) for box in _texts(line))


def _places(line: Box, places_in: Callable[[str], tuple[int, ...]]) -> dict[Box, tuple[int, ...]]:
    texts = list(_texts(line))
    return {box: places_in(text) for box, text in zip(texts, _contexts(texts), strict=True)}


def _count(places: dict[Box, tuple[int, ...]]) -> int:
    return sum(map(len, places.values()))


def _add(line: Box, rooms: dict[Box, Room], halved: float) -> None:
    last = list(_texts(line))[-1]
    gains = {box: sum(room.values()) for box, room in rooms.items()}
    for box, room in rooms.items():
        own = room_of(box)
        for offset, more in room.items():
            own[offset] = own.get(offset, 0) + more
    _move(line, 0, gains | {last: gains.get(last, 0) - halved})


def text_align(context: Any, line: Box, available_width: float, last: bool) -> float:
    """Align a line as WeasyPrint does, its marks compressed, and fill also the one that has no width left."""
    _compress_joins(line)
    is_full = line.width >= available_width
    offset: float = _text_align(context, line, available_width, last)
    if is_full and _is_justified(line):
        justify_line(context, line, available_width - line.width)
    return offset


def _compress_joins(line: Box) -> None:
    """Halve a mark before another one in the next box, where `chws` does not see it (CLREQ 3.1.6)."""
    gains = {}
    for box, following in pairwise(_texts(line)):
        if is_mark(following.text) and (halved := surplus(box)):
            room_of(box)[last_letter(box)] = gains[box] = -halved
    if gains:
        _move(line, 0, gains)


def _texts(box: Box) -> Iterator[Box]:
    for child in box.children:
        if isinstance(child, boxes.TextBox):
            if child.text.strip(MARKS):
                yield child
        elif isinstance(child, boxes.InlineBox) and child.is_in_normal_flow():
            yield from _texts(child)


def _contexts(texts: Sequence[Box]) -> list[str]:
    """Return each text with the letter after it, be that in the next box of the line."""
    return [_context(box, following) for box, following in zip(texts, (*texts[1:], None), strict=False)]


def _context(box: Box, following: Box | None) -> str:
    if following is None or following.style["font_size"] < box.style["font_size"]:  # superscripts stay close
        return str(box.text)
    return f"{box.text}{following.text.lstrip(MARKS)[0]}"


def _move(box: Box, advance: float, gains: dict[Box, float]) -> float:
    """Move a box and widen it by what its texts gained; return how far the next one moves."""
    if isinstance(box, boxes.TextBox | boxes.LineBox | boxes.InlineBox):
        box.position_x += advance
        moved = advance + gains.get(box, 0)
        for child in getattr(box, "children", ()):
            if child.is_in_normal_flow():
                moved = _move(child, moved, gains)
            elif child.is_absolutely_positioned():
                child.translate(moved, 0)
        box.width += moved - advance
        return moved
    box.translate(advance, 0)
    return advance


# Where they are missing, WeasyPrint is another version, and `install` stops.
_create_anonymous_boxes: Any = getattr(build, "create_anonymous_boxes", None)
_split_inline_box: Any = getattr(inline, "split_inline_box", None)
_justify_line: Any = getattr(inline, "justify_line", None)
_text_align: Any = getattr(inline, "text_align", None)


def install() -> bool:
    """Teach WeasyPrint 70 Chinese lines; return whether it could be done.

    Any other version is left as it is: pages come out plain, but they come out.
    """
    if not is_known("Chinese lines are set plainly"):
        return False
    build.create_anonymous_boxes = create_anonymous_boxes
    inline.split_inline_box = split_inline_box
    inline.justify_line = justify_line
    inline.text_align = text_align
    line_break.Layout.set_text = glyphs.set_text
    return True

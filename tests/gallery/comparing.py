"""What has changed between two layouts, in sentences for whoever changed a template."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gallery.layout import EDGES, Piece

POSITION, SIZE = 1.0, 0.5
"""How far a piece may be from where it was, and its text from the size that it had: points."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A piece that is not what it was; without `before` it is new, without `after` it is gone."""

    before: Piece | None
    after: Piece | None

    @property
    def page(self) -> int:
        """The page on which to look."""
        piece = self.before or self.after
        assert piece is not None
        return piece.page

    @property
    def name(self) -> str:
        """What has changed."""
        piece = self.before or self.after
        assert piece is not None
        return f"“{piece.text}”" if piece.text else f"一个{piece.kind}"


def compare(approved: Iterable[Piece], present: Iterable[Piece]) -> list[str]:
    """Return a sentence for each group of pieces that have changed in the same way."""
    changes = sorted(_changes(approved, present), key=lambda change: change.page)
    return [_sentence(list(group)) for _, group in groupby(changes, key=lambda one: (one.page, _what(one)))]


def _changes(approved: Iterable[Piece], present: Iterable[Piece]) -> Iterator[Change]:
    before, after = _by_content(approved), _by_content(present)
    for content in {**before, **after}:
        yield from _matched(before[content], after[content])


def _by_content(pieces: Iterable[Piece]) -> dict[tuple[str, str], list[Piece]]:
    found = defaultdict(list)
    for piece in pieces:
        found[piece.kind, piece.text or piece.colour].append(piece)
    return found


def _matched(before: Sequence[Piece], after: Sequence[Piece]) -> Iterator[Change]:
    """Yield how pieces of the same content have changed: what stayed is out of the way of what moved."""
    rest = list(after)
    gone = [piece for piece in before if not _take(rest, piece)]
    for piece in gone:
        found = next((other for other in rest if other.page == piece.page), rest[0] if rest else None)
        if found is not None:
            rest.remove(found)
        yield Change(before=piece, after=found)
    for piece in rest:
        yield Change(before=None, after=piece)


def _take(rest: list[Piece], piece: Piece) -> bool:
    """Take what stayed as it was out of the rest."""
    found = next((other for other in rest if _is_same(piece, other)), None)
    if found is not None:
        rest.remove(found)
    return found is not None


def _is_same(one: Piece, other: Piece) -> bool:
    return (
        (one.page, one.face, one.colour) == (other.page, other.face, other.colour)
        and abs(one.size - other.size) <= SIZE
        and all(abs(getattr(one, edge) - getattr(other, edge)) <= POSITION for edge in EDGES)
    )


def _sentence(changes: Sequence[Change]) -> str:
    names = changes[0].name + (f"等 {len(changes)} 处" if len(changes) > 1 else "")
    return f"第 {changes[0].page} 页：{names}{_what(changes[0])}"


def _what(change: Change) -> str:
    before, after = change.before, change.after
    if before is None:
        return "是新有的"
    if after is None:
        return "没有了"
    if before.page != after.page:
        return f"移到了第 {after.page} 页"
    return "，".join(filter(None, (_restyled(before, after), _moved(before, after))))


def _restyled(before: Piece, after: Piece) -> str:
    was, now = ((piece.face, f"{piece.size:g} 磅", f"#{piece.colour}") for piece in (before, after))
    changed = [(old, new) for old, new in zip(was, now, strict=True) if old != new]
    return (
        f"由 {' '.join(old for old, _ in changed)} 变为 {' '.join(new for _, new in changed)}"
        if changed
        else ""
    )


def _moved(before: Piece, after: Piece) -> str:
    left, top, right, bottom = (getattr(after, edge) - getattr(before, edge) for edge in EDGES)
    ways = [_way(left, "右", "左"), _way(top, "下", "上")]
    if abs(right - left) > POSITION:
        ways.append(f"宽了 {right - left:.0f} 磅" if right > left else f"窄了 {left - right:.0f} 磅")
    if abs(bottom - top) > POSITION:
        ways.append(f"高了 {bottom - top:.0f} 磅" if bottom > top else f"矮了 {top - bottom:.0f} 磅")
    return "、".join(filter(None, ways))


def _way(distance: float, forward: str, back: str) -> str:
    if abs(distance) < 0.5:
        return ""
    return f"{forward if distance > 0 else back}移 {abs(distance):.0f} 磅"

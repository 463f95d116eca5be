"""The layout of a web page: its elements, how they are written down, and what has changed in them.

Lengths are in CSS pixels. An element's `x` is that of its left edge on the screen, its `gap` how far its top is below
the element before it (below the top of its parent, if it is the first or stands beside the one before it), so that
what grows moves nothing but itself. What stands in a line of text has only a height.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from gallery.layout import shorten

TOLERANCE = 4
"""By how much an element may have moved or grown."""
BOXES = ("x", "gap", "width", "height")
STYLES = {
    "size": "字号",
    "weight": "字重",
    "face": "字体",
    "leading": "行高",
    "indent": "缩进",
    "colour": "颜色",
    "ground": "底色",
    "border": "边线",
    "align": "对齐",
}
_SETTING = ("size", "weight", "face", "leading")
"""What makes everything inside another size."""
_LEGEND = """\
# {title}的版面。由 make gallery APPROVE=1 写出，请不要手改。单位是 CSS 像素。缩进表示从属；与上级相同的样式不写。
# 左 离上一个 宽 高 元素 样式=值 “文字；样式：size 字号、weight 字重、face 字体、leading 行高、indent 缩进、colour 颜色、ground 底色、border 边线、align 对齐
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """An element of a page."""

    depth: int
    """How many elements of the layout it is within."""
    name: str
    """Its tag and classes, as in p.meta."""
    text: str
    """Its own, shortened; of a picture the alternative."""
    x: int
    gap: int
    width: int
    height: int
    style: tuple[str, ...]
    """The values of STYLES."""

    @classmethod
    def measured(cls, *, depth: int, name: str, words: str, **values: Any) -> "Element":
        """Return an element as elements.js measures it."""
        boxes = {box: round(values[box]) for box in BOXES}
        values["size"] = f"{round(values['size'], 1):g}"
        style = tuple(str(values[key]) for key in STYLES)
        return cls(depth=depth, name=name, text=shorten(words), style=style, **boxes)


# On disk


def format_elements(title: str, elements: Iterable[Element]) -> str:
    """Return a layout as text, a line for each element."""
    return _LEGEND.format(title=title) + "".join(
        _format(element, parent) for element, parent in zip(elements, _parents(elements), strict=True)
    )


def _parents(elements: Iterable[Element]) -> list[Element | None]:
    above: list[Element] = []
    parents = []
    for element in elements:
        del above[element.depth :]
        parents.append(above[-1] if above else None)
        above.append(element)
    return parents


def _format(element: Element, parent: Element | None) -> str:
    inherited = parent.style if parent else ("",) * len(STYLES)
    own = [
        f"{key}={value}"
        for key, value, other in zip(STYLES, element.style, inherited, strict=True)
        if value != other
    ]
    words = [*(str(getattr(element, box)) for box in BOXES), element.name, *own]
    return " " * element.depth + " ".join(words) + (f" “{element.text}" if element.text else "") + "\n"


def parse_elements(text: str) -> list[Element]:
    """Return the elements that `format_elements` wrote."""
    above: list[Element] = []
    elements = []
    for line in text.splitlines()[_LEGEND.count("\n") :]:
        depth = len(line) - len(line.lstrip(" "))
        del above[depth:]
        above.append(_parse(line.strip(), depth, above[-1].style if above else ("",) * len(STYLES)))
        elements.append(above[-1])
    return elements


def _parse(line: str, depth: int, inherited: Sequence[str]) -> Element:
    line, _, text = line.partition(" “")
    words = line.split(" ")
    boxes = dict(zip(BOXES, map(int, words), strict=False))
    own = dict(word.split("=", 1) for word in words[5:])
    style = tuple(own.get(key, value) for key, value in zip(STYLES, inherited, strict=True))
    return Element(depth=depth, name=words[4], text=text, style=style, **boxes)


# What has changed


def compare_elements(approved: Sequence[Element], present: Sequence[Element]) -> list[str]:
    """Return a sentence for each group of elements that have changed in the same way.

    What follows from the change of an element above, or within, is not told.
    """
    groups: dict[str, list[Element]] = {}
    for element, what in _changes(approved, present):
        groups.setdefault(what, []).append(element)
    return [_sentence(elements, what) for what, elements in groups.items()]


def _sentence(elements: Sequence[Element], what: str) -> str:
    first = elements[0]
    name = f"{first.name} “{first.text}”" if first.text else f"{first.name} "
    return f"{name}{f'等 {len(elements)} 处' if len(elements) > 1 else ''}{what}"


def _changes(approved: Sequence[Element], present: Sequence[Element]) -> Iterator[tuple[Element, str]]:
    old, new = ([(one.depth, one.name, one.text) for one in elements] for elements in (approved, present))
    pairs: list[tuple[Element, Element]] = []
    for way, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if way == "equal":
            pairs += zip(approved[i:j], present[k:m], strict=True)
        else:
            yield from ((element, "没有了") for element in approved[i:j])
            yield from ((element, "是新有的") for element in present[k:m])
    yield from _changed_pairs(pairs)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Above:
    """What has changed in the elements around one."""

    styles: Mapping[str, str] = field(default_factory=dict)
    explains_boxes: bool = False


def _changed_pairs(pairs: Sequence[tuple[Element, Element]]) -> Iterator[tuple[Element, str]]:
    around: list[_Above] = []
    for number, (before, after) in enumerate(pairs):
        del around[before.depth :]
        above = around[-1] if around else _Above()
        styles = _restyled(before, after)
        is_explained = above.explains_boxes or any(key in styles for key in _SETTING)
        boxes = {} if is_explained else _resized(pairs, number)
        told = [text for key, text in styles.items() if above.styles.get(key) != text]
        if told or boxes:
            yield before, "，".join((*told, *boxes.values()))
        own = _Above(
            styles=styles, explains_boxes=is_explained or not boxes.keys().isdisjoint(("x", "width"))
        )
        around += [*[above] * (before.depth - len(around)), own]


def _resized(pairs: Sequence[tuple[Element, Element]], number: int) -> dict[str, str]:
    """Return how an element has moved and grown, unless its height follows from its width or what is within."""
    boxes = _moved(*pairs[number], "x", "width", "gap")
    if boxes.keys().isdisjoint(("x", "width")) and not _has_grown_within(pairs, number):
        boxes |= _moved(*pairs[number], "height")
    return boxes


def _has_grown_within(pairs: Sequence[tuple[Element, Element]], number: int) -> bool:
    depth = pairs[number][0].depth
    for before, after in pairs[number + 1 :]:
        if before.depth <= depth:
            return False
        if _moved(before, after, "gap", "height"):
            return True
    return False


def _restyled(before: Element, after: Element) -> dict[str, str]:
    return {
        key: f"{name}由 {old} 变为 {new}"
        for (key, name), old, new in zip(STYLES.items(), before.style, after.style, strict=True)
        if old != new
    }


_WAYS = {
    "x": ("右移", "左移"),
    "gap": ("离上面远了", "离上面近了"),
    "width": ("宽了", "窄了"),
    "height": ("高了", "矮了"),
}


def _moved(before: Element, after: Element, *boxes: str) -> dict[str, str]:
    distances = {box: getattr(after, box) - getattr(before, box) for box in boxes}
    return {
        box: f"{_WAYS[box][distance < 0]} {abs(distance)} 像素"
        for box, distance in distances.items()
        if abs(distance) > TOLERANCE
    }

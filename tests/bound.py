"""A produced PDF as a reader finds it: pages, what is marked on them, its structure, links and where they lead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf


@dataclass(frozen=True, slots=True)
class Char:
    """A character where it stands, in points from the top left of its page; pages count from 1."""

    text: str
    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    is_content: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A place that leads to a name inside the document."""

    page: int
    target: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A named place."""

    page: int
    top: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page; `drawn` are the boxes of rules, areas and pictures (x0, top, x1, bottom)."""

    number: int
    label: str
    width: float
    height: float
    chars: tuple[Char, ...]
    drawn: tuple[tuple[float, float, float, float], ...]

    @property
    def is_turned(self) -> bool:
        return self.width > self.height


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """A structure element: its characters and elements in reading order."""

    type: str
    kids: tuple["Element | Char", ...]
    links: tuple[Link, ...] = ()
    box: tuple[float, ...] = field(default=())
    """Of a picture: x0, top, x1, bottom."""

    def __iter__(self) -> Iterator["Element"]:
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid

    @property
    def chars(self) -> Iterator[Char]:
        for kid in self.kids:
            if isinstance(kid, Char):
                yield kid
            else:
                yield from kid.chars

    @property
    def text(self) -> str:
        """All of it, without blanks."""
        return unspaced("".join(char.text for char in self.chars))

    @property
    def first(self) -> Char:
        return next(char for char in self.chars if char.text.strip())

    @property
    def pages(self) -> list[int]:
        return list(dict.fromkeys(char.page for char in self.chars))

    def of(self, *types: str) -> list["Element"]:
        return [one for one in self if one.type in types]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """A PDF."""

    pages: tuple[Page, ...]
    root: Element
    targets: dict[str, Target]

    def label(self, page: int) -> str:
        return self.pages[page - 1].label


def unspaced(text: str) -> str:
    return re.sub(r"\s", "", text)


def read_bound(path: Path) -> Bound:
    with pdfplumber.open(path) as plumbed, pikepdf.open(path) as pdf:
        labels = [str(page.label) for page in pdf.pages]
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        marked: dict[tuple[int, int], list[Char]] = {}
        pages = tuple(_page(page, label, marked) for page, label in zip(plumbed.pages, labels, strict=True))
        return Bound(
            pages=pages,
            root=_Reader(numbers, marked, pages).element(pdf.Root.StructTreeRoot.K, 0),
            targets=dict(_targets(pdf, numbers, pages)),
        )


def _page(page: Any, label: str, marked: dict[tuple[int, int], list[Char]]) -> Page:
    chars = []
    for one in page.chars:
        place = (page.page_number, one["x0"], one["x1"], one["top"], one["bottom"])
        chars.append(Char(one["text"], *place, one["mcid"] is not None and one["tag"] != "Artifact"))
        if one["mcid"] is not None:
            marked.setdefault((page.page_number, one["mcid"]), []).append(chars[-1])
    shapes = (*page.lines, *page.rects, *page.curves, *page.images)
    drawn = tuple((one["x0"], one["top"], one["x1"], one["bottom"]) for one in shapes)
    size = {"width": float(page.width), "height": float(page.height)}
    return Page(number=page.page_number, label=label, chars=tuple(chars), drawn=drawn, **size)


def _targets(
    pdf: pikepdf.Pdf, numbers: dict[Any, int], pages: tuple[Page, ...]
) -> Iterator[tuple[str, Target]]:
    names = list(pdf.Root.Names.Dests.Names) if "/Names" in pdf.Root else []
    for name, place in zip(names[::2], names[1::2], strict=True):
        page = numbers[place[0].objgen]
        yield str(name), Target(page=page, top=pages[page - 1].height - float(place[3]))


@dataclass(frozen=True, slots=True)
class _Reader:
    numbers: dict[Any, int]
    marked: dict[tuple[int, int], list[Char]]
    pages: tuple[Page, ...]

    def element(self, node: Any, page: int) -> Element:
        page = self._page(node, page)
        kids: list[Element | Char] = []
        links = []
        for kid in node.get("/K", []):
            if isinstance(kid, int) or kid.get("/Type") == "/MCR":
                mark = kid if isinstance(kid, int) else int(kid.MCID)
                there = page if isinstance(kid, int) else self._page(kid, page)
                kids += self.marked.get((there, mark), [])
            elif kid.get("/Type") != "/OBJR":
                kids.append(self.element(kid, page))
            elif "/Dest" in kid.Obj:
                links.append(Link(page=self._page(kid, page), target=str(kid.Obj.Dest)))
        box = self._box(node, page)
        return Element(type=str(node.S)[1:], kids=tuple(kids), links=tuple(links), box=box)

    def _page(self, node: Any, page: int) -> int:
        return self.numbers[node.Pg.objgen] if "/Pg" in node else page

    def _box(self, node: Any, page: int) -> tuple[float, ...]:
        if "/A" not in node or "/BBox" not in node.A:
            return ()
        x0, bottom, x1, top = map(float, node.A.BBox)
        height = self.pages[page - 1].height
        return (x0, height - top, x1, height - bottom)

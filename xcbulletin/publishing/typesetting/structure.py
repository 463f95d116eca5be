"""The structure of a document, for those who hear it: its boxes as structure elements (ISO 32000-1, 14.8).

An HTML element is one structure element, however many boxes and pages it takes. Headings never skip a level; notes
follow their calls; running heads, page numbers, repeated table heads and leaders are no content.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pydyf
from weasyprint.formatting_structure import boxes

Box: TypeAlias = Any
Element: TypeAlias = Any
Dictionary: TypeAlias = Any

POINT = 0.75  # CSS pixels

TYPES = {
    **{"section": "Sect", "nav": "Sect", "article": "Art", "figure": "Div", "blockquote": "BlockQuote"},
    **{"p": "P", "pre": "P", "code": "Code", "caption": "Caption", "figcaption": "Caption"},
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "H"),
    **{"ul": "L", "ol": "L", "dl": "L", "li": "LI", "dt": "Lbl", "dd": "LBody"},
    **{"table": "Table", "thead": "THead", "tbody": "TBody", "tfoot": "TFoot"},
    **{"tr": "TR", "th": "TH", "td": "TD", "a": "Link"},
}
"""Structure types (ISO 32000-1, 14.8.4) of elements; other elements leave no trace."""
INSIDE: dict[tuple[str | None, str], str] = {("nav", "p"): "TOCI", ("dl", "div"): "LI"}
"""Structure types of elements in others."""
PSEUDO_TYPES = {"marker": "Lbl", "footnote-marker": "Lbl", "footnote-call": "Reference"}
GROUPING = frozenset(("Document", "Sect", "Art", "Div", "BlockQuote", "L", "LI"))
"""Types that hold no text of their own."""
NUMBERINGS = {"ol": "/Decimal", "ul": "/Disc", "dl": "/None"}

HEADER = {"Type": "/Pagination", "Subtype": "/Header"}
FOOTER = {"Type": "/Pagination", "Subtype": "/Footer"}
REPEATED = {"Type": "/Pagination"}
DECORATION = {"Type": "/Layout"}


@dataclass(frozen=True, slots=True)
class Text:
    """A marked-content sequence: text or a picture."""

    page: int
    mcid: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """A link's place on a page."""

    page: int
    dictionary: Dictionary


@dataclass(eq=False, slots=True)
class Node:
    """A structure element."""

    type: str
    element: Element = None
    parent: "Node | None" = None
    entries: dict[str, Any] = field(default_factory=dict)
    """What its dictionary holds besides its place in the tree."""
    kids: list["Node | Text | Annotation"] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it that could be heard; an empty cell has its place all the same."""
        if self.type in ("TH", "TD"):
            return False
        return all(isinstance(kid, Node) and kid.is_empty for kid in self.kids)


@dataclass(slots=True)
class Page:
    """A page that has been drawn; pages are numbered from 0."""

    number: int
    height: float
    """In points."""
    marks: dict[Box, dict[str, Any]]
    """Of boxes that have been drawn, and are not in the structure yet."""
    artifacts: dict[int, dict[str, str]] = field(default_factory=dict)
    """What kind of artifact a marked-content sequence is, by MCID."""


class Structure:
    """The structure elements of a document, made while its boxes are visited in reading order."""

    def __init__(self) -> None:
        self.root = Node("Document")
        self._nodes: dict[tuple[Element, str], Node] = {}
        self._levels: list[int] = []
        self._notes = 0

    def visit(self, box: Box, parent: Node, page: Page, link: Box = None) -> None:
        """Put a box into the structure; `link` is the box around it that is a link on this page."""
        box = getattr(box, "_box", box)  # what is positioned absolutely has left a placeholder
        if isinstance(box, boxes.MarginBox):
            _put_aside(box, page, HEADER if box.at_keyword.startswith(("@top", "@right")) else FOOTER)
        elif isinstance(box, boxes.FootnoteAreaBox):
            for note in box.children:
                self._visit_inside(note, self._note(note.element), page, None)
        elif self._is_repeated(box):
            _put_aside(box, page, REPEATED)
        else:
            node = self._node(box, parent, page)
            if box.link_annotation:
                _add_annotation(box, node, page, link)
                link = link or box
            if not _is_decoration(box):
                self._visit_inside(box, node, page, link)

    def _visit_inside(self, box: Box, node: Node, page: Page, link: Box) -> None:
        if mark := page.marks.pop(box, None):
            node.kids.append(Text(page.number, mark["mcid"]))
        for child in getattr(box, "children", ()):
            self.visit(child, node, page, link)

    def _is_repeated(self, box: Box) -> bool:
        """Return whether a table's head, or the name of a column of contents, has been on a page before."""
        kind = TYPES.get(getattr(box.element, "tag", ""), "")
        return getattr(box, "is_header", False) and (box.element, kind) in self._nodes

    def _node(self, box: Box, parent: Node, page: Page) -> Node:
        """Return the structure element of a box: its own, or that of what it is in."""
        if isinstance(box, boxes.LineBox):
            return self._paragraph(box, parent)
        kind = _type(box, parent)
        if kind is None:
            return parent
        if found := self._nodes.get((box.element, kind)):
            return found
        if kind == "H":
            return self._add(box.element, kind, parent, type=self._heading(box.element.tag))
        return self._add(box.element, kind, self._place(box, kind, parent), **_entries(box, kind, page))

    def _paragraph(self, line: Box, parent: Node) -> Node:
        """Return what may hold a line's text."""
        if parent.type == "LI":
            return self._inside(parent, "LBody")
        if parent.type not in GROUPING or all(map(_is_picture, line.children)):
            return parent
        return self._nodes.get((line.element, "P")) or self._add(line.element, "P", parent)

    def _heading(self, tag: str) -> str:
        """Return the type of a heading: one level below the one that it is under (ISO 14289-1, 7.4.2)."""
        level = int(tag[1])
        self._levels = [*(above for above in self._levels if above < level), level]
        return f"H{len(self._levels)}"

    def _place(self, box: Box, kind: str, parent: Node) -> Node:
        """Return the parent of a new structure element: in lists an item or its body, in contents an entry."""
        if box.element.tag == "dt" and parent.type == "L":
            return self._add(box.element, "LI", parent)
        if kind == "LBody" and parent.type == "L":
            items = [kid for kid in parent.kids if isinstance(kid, Node)]
            return items[-1] if items else self._add(box.element, "LI", parent)
        if parent.type == "LI" and kind not in ("Lbl", "LBody"):
            return self._inside(parent, "LBody")
        if kind == "TOCI":
            return self._inside(parent, "TOC")
        return self._inside(parent, "Reference") if parent.type == "TOCI" and kind == "Link" else parent

    def _inside(self, node: Node, kind: str) -> Node:
        """Return the structure element of a type that HTML does not have, inside the one that it has."""
        return self._nodes.get((node.element, kind)) or self._add(node.element, kind, node)

    def _note(self, element: Element) -> Node:
        """Return the note of an element, right after its call."""
        if found := self._nodes.get((element, "Note")):
            return found
        call = self._nodes.get((element, "Reference"))
        parent = call.parent if call is not None and call.parent is not None else self.root
        self._notes += 1
        note = self._add(element, "Note", parent, ID=pydyf.String(f"note-{self._notes:04}"))
        if call is not None:
            parent.kids.insert(parent.kids.index(call) + 1, parent.kids.pop())
        return note

    def _add(
        self, element: Element, kind: str, parent: Node, *, type: str | None = None, **entries: Any
    ) -> Node:
        node = self._nodes[element, kind] = Node(type or kind, element, parent, entries)
        # A label may be set below what it names.
        parent.kids.insert(0 if kind == "Lbl" else len(parent.kids), node)
        return node


def _type(box: Box, parent: Node) -> str | None:
    """Return the type of a box's structure element, or None where it has none of its own."""
    if box.element is None:
        return None
    _, _, pseudo = box.element_tag.partition("::")
    if pseudo:
        return PSEUDO_TYPES.get(pseudo)
    if box.element is parent.element:
        return None
    if isinstance(box, boxes.ReplacedBox) or box.element.get("role") == "img":
        return "Figure"
    outer = None if parent.element is None else parent.element.tag
    return INSIDE.get((outer, box.element.tag)) or TYPES.get(box.element.tag)


def _is_picture(box: Box) -> bool:
    return isinstance(box, boxes.ReplacedBox) or (isinstance(box, boxes.TextBox) and not box.text.strip())


def _is_decoration(box: Box) -> bool:
    return box.is_leader or (isinstance(box, boxes.ReplacedBox) and not _alternate(box.element))


def _alternate(element: Element) -> str:
    return element.get("alt") or element.get("aria-label") or ""


def _entries(box: Box, kind: str, page: Page) -> dict[str, Any]:
    """Return what a structure element says of itself: alternate text and place, numbering, scope and spans."""
    if kind == "Figure":
        alternate = pydyf.String(_alternate(box.element))
        return {"Alt": alternate, "A": _attributes("Layout", BBox=_rectangle(box, page.height))}
    if kind == "L":
        return {"A": _attributes("List", ListNumbering=NUMBERINGS[box.element.tag])}
    if kind not in ("TH", "TD"):
        return {}
    attributes = _attributes("Table")
    if kind == "TH":
        attributes["Scope"] = "/Row" if box.element.get("scope") == "row" else "/Column"
    spans = {"ColSpan": box.colspan, "RowSpan": box.rowspan}
    attributes.update({name: span for name, span in spans.items() if span != 1})
    return {"A": attributes} if len(attributes) > 1 else {}


def _attributes(owner: str, **attributes: Any) -> Dictionary:
    return pydyf.Dictionary({"O": f"/{owner}", **attributes})


def _rectangle(box: Box, page_height: float) -> Any:
    """Return where a box is as PDF says it: in points, from the bottom of the page."""
    left, top = box.content_box_x() * POINT, page_height - box.content_box_y() * POINT
    return pydyf.Array([left, top - box.height * POINT, left + box.width * POINT, top])


def _put_aside(box: Box, page: Page, artifact: dict[str, str]) -> None:
    if box.link_annotation:
        box.link_annotation.clear()  # a link is nested within its structure element, or is none (ISO 14289-1, 7.18.5)
    if mark := page.marks.pop(box, None):
        page.artifacts[mark["mcid"]] = artifact
    for child in getattr(box, "children", ()):
        _put_aside(getattr(child, "_box", child), page, artifact)


def _add_annotation(box: Box, node: Node, page: Page, link: Box) -> None:
    """Join a link on the page to its structure element, and describe it (ISO 14289-1, 7.18.5).

    WeasyPrint makes links of all boxes inside a link; those would be heard again and again, so they are taken back.
    """
    if link is not None:
        box.link_annotation.clear()
        return
    while node.type != "Link" and node.parent is not None:
        node = node.parent
    box.link_annotation["Contents"] = pydyf.String(_description(box.element, box.link_annotation))
    node.kids.append(Annotation(page.number, box.link_annotation))


def _description(element: Element, annotation: Dictionary) -> str:
    """Return where a link leads: its words, and the address if it is outside."""
    words = element.get("aria-label") or " ".join("".join(element.itertext()).split())
    if "A" not in annotation:
        return words or str(annotation["Dest"].string)
    address = str(annotation["A"]["URI"].string)
    return f"{words}（{address}）" if words and words != address else address

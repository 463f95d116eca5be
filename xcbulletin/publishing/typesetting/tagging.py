"""Tagged PDF: the structure elements of a document, written in place of WeasyPrint's (ISO 32000-1, 14.7).

WeasyPrint tags box by box: a paragraph over two pages is two, each line an element of its own, a running head lost
content. What is written here is `structure`.

Call `install()` once, before documents are printed.
"""

from typing import Any, TypeAlias

import pydyf
import weasyprint
import weasyprint.pdf

from xcbulletin.publishing.typesetting.structure import DECORATION, POINT, Annotation, Node, Page, Structure
from xcbulletin.publishing.typesetting.version import is_known

Dictionary: TypeAlias = Any
Pdf: TypeAlias = Any


def add_tags(pdf: Pdf, document: Any, _version: Any, streams: list[Any]) -> None:
    """Write the structure of a document whose pages have been drawn."""
    structure, writer = Structure(), _Writer(pdf)
    for number, (drawn, stream) in enumerate(zip(document.pages, streams, strict=True)):
        writer.expect(len(stream._tags))
        page = Page(number, drawn.height * POINT, stream._tags)
        structure.visit(drawn._page_box, structure.root, page)
        _mark_artifacts(stream, page)
    writer.write(structure.root)
    for number in pdf.pages["Kids"][::3]:
        _drop_empty_annotations(pdf, pdf.objects[number])
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})


def _mark_artifacts(stream: Any, page: Page) -> None:
    """Turn the marks of what is no content into artifacts (ISO 32000-1, 14.8.2.2)."""
    artifacts = {mark["mcid"]: DECORATION for mark in page.marks.values()} | page.artifacts
    page.marks.clear()
    operands = stream.stream
    for index, operand in enumerate(operands):
        if isinstance(operand, pydyf.Dictionary) and operand.get("MCID") in artifacts:
            operands[index - 1 : index + 1] = ["/Artifact", pydyf.Dictionary(artifacts[operand["MCID"]])]


def _drop_empty_annotations(pdf: Pdf, page: Dictionary) -> None:
    if "Annots" in page:
        kept = [reference for reference in page["Annots"] if pdf.objects[int(reference.split()[0])]]
        page["Annots"] = pydyf.Array(kept)


class _Writer:
    """Writes structure elements, and the way back to them from pages and links."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._pages = pdf.page_references
        self._parents: list[Any] = []
        """Structure elements by page and MCID; after the pages those of links."""
        self._names: list[Any] = []
        """Identifiers, each before its structure element."""

    def expect(self, count: int) -> None:
        """Make room for what is marked on the next page."""
        self._parents.append(pydyf.Array(["null"] * count))

    def write(self, document: Node) -> None:
        """Write the structure tree's root and all below it."""
        root = pydyf.Dictionary({"Type": "/StructTreeRoot"})
        self._pdf.add_object(root)
        self._pdf.catalog["StructTreeRoot"] = root.reference
        root["K"] = self._write(document, root.reference)
        numbers = pydyf.Array([item for pair in enumerate(self._parents) for item in pair])
        root["ParentTree"] = pydyf.Dictionary({"Nums": numbers})
        root["ParentTreeNextKey"] = len(self._parents)
        if self._names:
            root["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(self._names)})

    def _write(self, node: Node, parent: bytes) -> bytes:
        """Write a structure element and all below it; return its reference."""
        written = pydyf.Dictionary({"Type": "/StructElem", "S": f"/{node.type}", "P": parent, **node.entries})
        self._pdf.add_object(written)
        if "ID" in node.entries:
            self._names += [node.entries["ID"], written.reference]
        kids = [kid for kid in node.kids if not (isinstance(kid, Node) and kid.is_empty)]
        written["K"] = pydyf.Array([self._kid(kid, written) for kid in kids])
        return bytes(written.reference)

    def _kid(self, kid: Any, parent: Dictionary) -> Any:
        if isinstance(kid, Node):
            return self._write(kid, parent.reference)
        page = self._pages[kid.page]
        if isinstance(kid, Annotation):
            kid.dictionary["StructParent"] = len(self._parents)
            self._parents.append(parent.reference)
            return pydyf.Dictionary({"Type": "/OBJR", "Obj": kid.dictionary.reference, "Pg": page})
        self._parents[kid.page][kid.mcid] = parent.reference
        if parent.setdefault("Pg", page) == page:
            return kid.mcid
        return pydyf.Dictionary({"Type": "/MCR", "Pg": page, "MCID": kid.mcid})


# Where it is missing, WeasyPrint is another version, and `install` stops.
_add_tags: Any = getattr(weasyprint.pdf, "add_tags", None)


def install() -> bool:
    """Let WeasyPrint 70 write our tags; return whether it could be done.

    Any other version is left as it is: documents are tagged as WeasyPrint does it.
    """
    if not is_known("it tags by itself") or _add_tags is None:
        return False
    weasyprint.pdf.add_tags = add_tags
    return True

"""Footnotes on the pages of their calls.

WeasyPrint 70 sends the notes of a page to the next one where that makes room for the second line of a paragraph, though
their calls stay. Here the paragraph goes to the next page, and the notes stay.

Call `install()` once, before documents are rendered.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from weasyprint.formatting_structure import boxes
from weasyprint.layout import LayoutContext, block

from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any


@dataclass(kw_only=True, slots=True)
class _Paragraph:
    """A paragraph that is being laid out."""

    lines: list[Box]
    """Those that stand already."""
    earlier: list[Box]
    """Notes on the page from before it."""
    kept: list[Box] = field(default_factory=list)
    """Notes that WeasyPrint would have sent to the next page."""

    def has_called(self, note: Box) -> bool:
        """Tell whether a note is called before the line that is being laid out."""
        calls = (box.footnote for line in self.lines for box in line.descendants())
        return note in self.earlier or note in calls


def linebox_layout(context: Any, box: Box, index: int, child: Box, lines: list[Box], *rest: Any) -> Any:
    """Lay the lines of a paragraph out as WeasyPrint does, and put back the notes that it took away for them."""
    outer, reported = getattr(context, "paragraph", None), list(context.reported_footnotes)
    paragraph = _Paragraph(lines=lines, earlier=list(context.current_page_footnotes))
    context.paragraph = paragraph
    result = _linebox_layout(context, box, index, child, lines, *rest)
    context.paragraph = outer
    if paragraph.kept:
        # Those that wait again were called in lines that have been taken back.
        context.current_page_footnotes[:0] = [
            note for note in paragraph.kept if note not in context.footnotes
        ]
        context.reported_footnotes.sort(key=reported.index)
        context._update_footnote_area()
    return result


def report_footnote(context: Any, note: Box) -> None:
    """Send a note to the next page as WeasyPrint does, unless its call stays.

    To WeasyPrint a note that is kept has gone, but has left its room: it finds that nothing was won by it.
    """
    paragraph = getattr(context, "paragraph", None)
    if paragraph is not None and paragraph.has_called(note):
        context.current_page_footnotes.remove(note)
        paragraph.kept.insert(0, note)
    else:
        _report_footnote(context, note)


def without_calls(box: Box) -> Box:
    """Return a box without the marks of its notes: the head of a table, where it is repeated on the next page."""
    if not isinstance(box, boxes.ParentBox):
        return box
    return box.copy_with_children([without_calls(child) for child in box.children if not _is_call(child)])


def _is_call(box: Box) -> bool:
    tag = box.element_tag or ""
    return tag == "sup" or tag.endswith("::footnote-call")


# Where they are missing, WeasyPrint is another version, and `install` stops.
_linebox_layout: Any = getattr(block, "_linebox_layout", None)
_report_footnote: Any = getattr(LayoutContext, "report_footnote", None)


def install() -> bool:
    """Teach WeasyPrint 70 to keep notes with their calls; return whether it could be done.

    Any other version is left as it is: a note may stand a page later than its call.
    """
    if not is_known("notes may follow a page late"):
        return False
    block._linebox_layout = linebox_layout
    LayoutContext.report_footnote = report_footnote
    return True

"""Leaders in WeasyPrint: the dots between a title and its page number are one text.

WeasyPrint makes a box of every dot, lays it out, tags it and draws it: in a bulletin four texts of five are dots, and
a long report holds 60,000 of them.

Call `install()` once, before documents are rendered.
"""

import copy
from typing import Any, TypeAlias

from weasyprint.layout import inline, leader

from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any


def handle_leader(context: Any, line: Box, containing_block: Box) -> None:
    """Fill a leader as WeasyPrint does, then make one text of its dots."""
    _handle_leader(context, line, containing_block)
    _, box = leader.leader_index(line)
    if box is not None and len(box.children) > 1:
        box.children = (_joined(box.children),)


def _joined(dots: tuple[Box, ...]) -> Box:
    """Return one text in the place of many, which stand from right to left."""
    text = dots[-1].copy()
    text.text, text.width = text.text * len(dots), text.width * len(dots)
    text.pango_layout = copy.copy(text.pango_layout)
    text.pango_layout.text = text.text
    return text


# Where it is missing, WeasyPrint is another version, and `install` stops.
_handle_leader: Any = getattr(inline, "handle_leader", None)


def install() -> bool:
    """Teach WeasyPrint 70 to set leaders as one text; return whether it could be done.

    Any other version is left as it is: pages look the same, and take longer.
    """
    if not is_known("leaders take longer"):
        return False
    inline.handle_leader = handle_leader
    return True

"""Bodies of running text alone, which most articles are: read without a parser of Markdown, to the same nodes."""

import re

from xcbulletin.publishing.nodes import Paragraph, Text

_MARK = re.compile(r"[\0\t\r#＃&*<\[【［\\^_`~]")
"""What may begin any markup, or what `slips` takes for markup gone wrong; many stand in harmless texts, too."""
_BLOCK = re.compile(r" *(?:[-+>]|\d+[.)](?: |\Z))")
"""What may begin a list, a quote or a rule."""


def running_text(body: str, first_line: int) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a body in which nothing means anything to Markdown but blank lines.

    Nothing where it has, or may have, any markup, and where a paragraph has several lines.
    """
    if _MARK.search(body):
        return ()
    paragraphs: list[Paragraph] = []
    follows_text = False
    for line, row in enumerate(body.split("\n"), start=first_line):
        is_text = bool(row.strip(" "))
        if is_text:
            # What is white to Python is not to Markdown, for which it makes a paragraph of nothing.
            if follows_text or _BLOCK.match(row) or not (text := row.strip()):
                return ()
            paragraphs.append(Paragraph(children=(Text(text=text),), line=line))
        follows_text = is_text
    return tuple(paragraphs)

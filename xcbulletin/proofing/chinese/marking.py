"""Findings made of a passage and a stretch of it: what all rules on Chinese text share."""

from xcbulletin.proofing.findings import Finding, Rule
from xcbulletin.proofing.passages import Passage

HAN = r"[\u3400-\u4dbf\u4e00-\u9fff〇]"
_AROUND = 8


def mark(
    rule: Rule,
    passage: Passage,
    span: tuple[int, int],
    message: str,
    suggestion: str,
    *,
    change: tuple[int, int, str] | None = None,
) -> Finding:
    """Return what `rule` found in a passage; `change` is the stretch to be replaced, and by what, where that is safe."""
    start, end = span
    return Finding(
        rule=rule,
        place=passage.place(start),
        excerpt=passage.text[start:end],
        message=message,
        suggestion=suggestion,
        fix=None if change is None else passage.edit(*change),
    )


def around(passage: Passage, start: int, end: int) -> str:
    """Return a stretch with the words next to it, by which an editor knows it."""
    text = passage.text
    before = text[max(0, start - _AROUND) : start].rpartition("\n")[2]
    return before + text[start : end + _AROUND].partition("\n")[0]


def quoted(words: str) -> str:
    """Return words in quotes, unless they bring their own."""
    return words if words.startswith("“") and words.endswith("”") else f"“{words}”"

"""Blanks where none belongs. Between Han and Latin none is looked for: typesetting puts it there, or takes it."""

import re
from collections.abc import Iterator, Sequence

from xcbulletin.model import Severity
from xcbulletin.proofing.chinese.marking import HAN, around, mark
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.proofing.passages import Passage, PassageKind

STRAY = Rule(
    id="blank-stray",
    family=Family.TEXT,
    name="多余的空格",
    severity=Severity.WARNING,
    why="中文的字与字、字与标点之间不空格；多半是从网页或扫描件复制来的。",
    basis="《图书质量管理规定》附件（格式差错）；GB/T 15834—2011 5.1",
    weight=0.1,
)
RULES = (STRAY,)

_BY_MARK = re.compile(
    rf"(?<=[，。、；：！？])[ \u00a0]+(?=\S)|(?<=[”》）])[ \u00a0]+(?={HAN}|[“《（])|(?<=\S)[ \u00a0]+(?=[，。、；：！？”》）])"
)
_IN_NUMBER = re.compile(
    r"(?<=\d[:：])[ \u00a0]+(?=\d)|(?<=\d)[ \u00a0]+(?=[%％℃‰])|(?<=\d\.)[ ]+(?=\d[%％万亿])"
)
_IN_WORDS = re.compile(rf"(?<={HAN})[ \u00a0]+(?={HAN})")
_QUOTED = re.compile(r"“[^”]*”|《[^》]*》|（[^）]*）|【[^】]*】")
_RUNNING = (PassageKind.PARAGRAPH, PassageKind.ITEM, PassageKind.NOTE, PassageKind.SUMMARY)


def find(passages: Sequence[Passage]) -> Iterator[Finding]:
    """Yield stray blanks."""
    for passage in passages:
        for start, end in sorted({*_spans(passage)}):
            yield mark(
                STRAY,
                passage,
                (start, end),
                f"“{around(passage, start, end)}”里多了空格",
                "请删去空格",
                change=(start, end, ""),
            )


def _spans(passage: Passage) -> Iterator[tuple[int, int]]:
    patterns = [_BY_MARK, _IN_NUMBER] if passage.kind is not PassageKind.TITLE else [_IN_NUMBER]
    for pattern in patterns:
        yield from (
            match.span()
            for match in pattern.finditer(passage.text)
            if not _behind_bold(passage, match.start())
        )
    if passage.kind in _RUNNING and passage.text.rstrip().endswith(("。", "；", "！", "？", "”", "：")):
        # Names, slogans and verses keep their blanks; a sentence has none.
        bare = _QUOTED.sub(lambda match: "“" * len(match[0]), passage.text)
        yield from (match.span() for match in _IN_WORDS.finditer(bare))


def _behind_bold(passage: Passage, start: int) -> bool:
    """Tell whether a blank follows the marks of bold words, where Markdown's writers put one."""
    return start > 0 and passage.edit(start - 1, start + 1, "") is None

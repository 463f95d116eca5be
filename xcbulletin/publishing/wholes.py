"""What a title is not broken within: words, numbers with their units, dates, short quotations.

Chinese does not part its words, so they are looked up in `words.txt`, the more frequent the higher: the 12,000 most
frequent words of the dictionary of jieba 0.42.1 (MIT licence, © 2013 Sun Junyi) without names of persons, those that
the bulletins and news we know use, and words of the trade.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import log
from pathlib import Path

_LONGEST_WORD = 9
_WORD, _SINGLE = 5, 12
"""What a word and a character in none cost; a word costs more the rarer it is."""
_ALONE = frozenset(
    "的了与和及或并暨对将在从到等是为以把被向由于至自其该各每某本就也都又再不未已后前中上下内外间新大小多第"
)
"""What often stands for itself; other characters that are in no word are likely to make one together."""
_HAN = re.compile("[\u4e00-\u9fff]+")
_NUMERALS = "〇零一二三四五六七八九十百千两"
_UNIT = (
    r"[百千万亿]*(?:年度|月份|人次|平方米|公里|千瓦时?|兆瓦|百分点|个百分点"
    r"|[年月日号期时分秒点岁度天周倍次届个件项家所种类名位人篇款台套座条批级代元吨米克升万亿])"
)
_WHOLES = tuple(
    map(
        re.compile,
        (
            r"[!-~]+",
            rf"[0-9][0-9.,]*[+%‰℃]? ?{_UNIT}",
            r"[0-9]+年[0-9]+月(?:[0-9]+日)?|[0-9]+月[0-9]+日",
            rf"(?<![{_NUMERALS}])(?:第|百分之)?[{_NUMERALS}]{{1,7}}(?![{_NUMERALS}])(?:{_UNIT})?",
            rf"第[0-9{_NUMERALS}]+{_UNIT}",
            r"[0-9A-Za-z]\+[\u4e00-\u9fff]",
            r"[“《（「『〔][^“”《》（）「」『』〔〕]{1,6}[”》）」』〕]",
        ),
    )
)


def unbroken(text: str) -> set[int]:
    """Return before which characters of a text no line of a title should begin."""
    spans = [
        (run.start() + start, run.start() + end)
        for run in _HAN.finditer(text)
        for start, end in _words(run[0])
    ]
    spans += [match.span() for whole in _WHOLES for match in whole.finditer(text)]
    return {place for start, end in spans for place in range(start + 1, end)}


def _words(run: str) -> Iterator[tuple[int, int]]:
    """Yield the words of a run of Han, two or three characters in a row that are in none as one."""
    ends = _word_ends(run)
    alone: list[int] = []
    for start, end in pairwise(ends):
        if end - start == 1 and run[start] not in _ALONE:
            alone.append(start)
            continue
        yield start, end
        if 2 <= len(alone) <= 3:
            yield alone[0], alone[-1] + 1
        alone = []
    if 2 <= len(alone) <= 3:
        yield alone[0], alone[-1] + 1


def _word_ends(run: str) -> list[int]:
    """Return where the words of the likeliest reading of a run end, from 0."""
    ranks = _ranks()
    least, starts = [0.0], [0]
    for end in range(1, len(run) + 1):
        found = [(least[end - 1] + _SINGLE, end - 1)]
        for start in range(max(0, end - _LONGEST_WORD), end - 1):
            if rank := ranks.get(run[start:end]):
                found.append((least[start] + _WORD + log(rank), start))
        cost, start = min(found)
        least.append(cost)
        starts.append(start)
    ends = [len(run)]
    while ends[-1]:
        ends.append(starts[ends[-1]])
    return ends[::-1]


@cache
def _ranks() -> dict[str, int]:
    """Return the words and how many are more frequent, from 1."""
    words = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split()
    return {word: rank for rank, word in enumerate(words, start=1)}

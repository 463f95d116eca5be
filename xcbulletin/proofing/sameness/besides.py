"""What an output says besides the words, and what it makes of the blanks between them."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from xcbulletin.proofing.passages import OBJECT
from xcbulletin.proofing.sameness.differences import Difference, Verdict
from xcbulletin.proofing.sameness.finding import LEAST
from xcbulletin.proofing.sameness.text import NO_INVISIBLE, Span, Text, without_blanks
from xcbulletin.proofing.sameness.words import RUNNING, Words


def repeated(
    words: Sequence[Words], text: Text, regions: Mapping[str, Span], names: Collection[str]
) -> Iterator[Difference]:
    """Yield the sentences that stand there once more."""
    long = {
        part.bare: part
        for one in words
        if one.kind in RUNNING
        for part in (one.part(*span) for span in one.sentences())
        if len(part.bare) >= LEAST and OBJECT not in part.text
    }
    exact = {(one.file, one.bare): one for one in words}
    files = sorted((start, file) for file, (start, _end) in regions.items())
    for start, end in list(text.runs(0, len(text))):
        run = _without_names(text.letters[start:end], names)
        again = [part for bare, part in long.items() if bare in run] if len(run) >= LEAST else []
        if not again and len(run) > 1 and (start, end) == text.block(start):
            file = next((file for begin, file in reversed(files) if begin <= start), None)
            again = [exact[file, run]] if file and (file, run) in exact else []
        if again:
            text.take(start, end)
        for part in again:
            yield Difference(verdict=Verdict.REPEATED, words=part, instead=text.before(start))


def _without_names(run: str, names: Collection[str]) -> str:
    if run in names:
        return ""
    for name in names:
        run = run.replace(name, "") if len(name) >= LEAST else run
    return run


def added(
    words: Sequence[Words], text: Text, found: Mapping[int, Span], names: Collection[str]
) -> Iterator[Difference]:
    """Yield the words that have others among them, or before or behind them in their block."""
    owners = {
        text.block(span[0]): words[index] for index, span in found.items() if words[index].row is not None
    }
    for (start, end), owner in owners.items():
        for run in text.runs(start, end):
            letters = text.letters[slice(*run)]
            allowed = _BEFORE if run[0] == start else _BESIDE
            if not allowed.fullmatch(letters) and letters not in names:
                yield Difference(verdict=Verdict.CHANGED, words=owner, instead=text.shown(start, end))


_MARKS = r"[-–•◦▪■◆●>|\[\]【】〔〕（）()：:＊*═─↩①-⑳]"
_LABEL = r"续?附?[图表]\d*|（图片待补）|图片待补|（见附件）|（见PDF版）|（图略）|（全文.{0,16}）"
_NUMBER = r"附录\w|第?[一二三四五六七八九十百\d]+[、．.章节]"
_BESIDE = re.compile(rf"(?:{_MARKS}|\[\d+\]|{_LABEL})*")
"""What an output may put into a block of words, or behind them."""
_BEFORE = re.compile(rf"(?:{_MARKS}|{_LABEL}|{_NUMBER}|[一二三四五六七八九十百\d]+(?=[）)\]]))*")
"""What it may put before them."""


def run_together(words: Sequence[Words], text: Text, found: Mapping[int, Span]) -> Iterator[Difference]:
    """Yield the words that have lost a blank between two letters."""
    for index, (start, end) in found.items():
        one = words[index]
        if any(place not in text.edges for place in _blank_places(one, text, start, end)):
            yield Difference(verdict=Verdict.CHANGED, words=one, instead=text.shown(start, end))


def _blank_places(words: Words, text: Text, start: int, end: int) -> Iterator[int]:
    """Yield the places where there should be a blank or a line break."""
    for part in words.text.split(OBJECT):
        letters = without_blanks(part)
        at = text.letters.find(letters, start, end)
        if at >= 0:
            yield from (at + blank for blank in _inner_blanks(part))
            start = at + len(letters)


def _inner_blanks(text: str) -> Iterator[int]:
    """Yield where in a text without blanks there was one between letters or figures."""
    count, had_blank, before = 0, False, ""
    for letter in text.translate(NO_INVISIBLE):
        if letter.isspace():
            had_blank = True
            continue
        if had_blank and before.isalnum() and letter.isalnum():
            yield count
        count, had_blank, before = count + 1, False, letter

"""An output compared with the words."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property

from xcbulletin.proofing.passages import OBJECT, PassageKind
from xcbulletin.proofing.sameness.besides import added, repeated, run_together
from xcbulletin.proofing.sameness.differences import Comparison, Difference, Verdict
from xcbulletin.proofing.sameness.finding import LEAST, find, find_ordered
from xcbulletin.proofing.sameness.text import TAKEN, Span, Text, without_blanks
from xcbulletin.proofing.sameness.words import RUNNING, Words


def compare(words: Sequence[Words], blocks: Sequence[str], names: Collection[str] = ()) -> Comparison:
    """Return how the text of an output compares with the words of its articles, in their order.

    `names` are what an output says by itself, such as the names of columns and industries.
    """
    text, own = Text(blocks), frozenset(map(without_blanks, names))
    search = _Search(words, text)
    search.run()
    differences = [
        *search.differences,
        *repeated(words, text, search.regions, own),
        *added(words, text, search.found, own),
        *run_together(words, text, search.found),
    ]
    sentences = sum(1 for one in words for _ in one.sentences())
    return Comparison(sentences=sentences, differences=tuple(differences))


@dataclass
class _Search:
    """The search for the words in the text: in order what has one, then what stands anywhere in its article."""

    words: Sequence[Words]
    text: Text
    found: dict[int, Span] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    def run(self) -> None:
        self._find_ordered(self._main, self._front, len(self.text))
        self._search_sentences(self._main)
        for indices in self._tables:
            low, high = self.regions[self.words[indices[0]].file]
            self._find_ordered(indices, low, high)
            self._search_sentences(indices)
        self._find_unordered()

    @cached_property
    def _main(self) -> list[int]:
        return [index for index, one in enumerate(self.words) if one.row and one.row[1] < 0]

    @cached_property
    def _tables(self) -> list[list[int]]:
        tables: dict[tuple[str, int], list[int]] = defaultdict(list)
        for index, one in enumerate(self.words):
            if one.row and one.row[1] >= 0:
                tables[one.row].append(index)
        return list(tables.values())

    @cached_property
    def _front(self) -> int:
        """Where contents end that list all titles before the first article, and nothing tells as such."""
        titles = [one.bare for one in self.words if one.kind is PassageKind.TITLE]
        beginnings = (one.bare.split(OBJECT)[0][:LEAST] for one in self.words if one.kind in RUNNING)
        bodies = (self.text.letters.find(one) for one in beginnings if len(one) == LEAST)
        high = min((at for at in bodies if at >= 0), default=0)
        at = 0
        for title in titles:
            at = self.text.letters.find(title, at, high)
            if at < 0 or len(titles) < 2:
                return 0
            at += len(title)
        return at

    @cached_property
    def regions(self) -> Mapping[str, Span]:
        """From where to where the words of each article stand."""
        starts: dict[str, int] = {}
        for index in self._main:
            if index in self.found:
                starts.setdefault(self.words[index].file, self.found[index][0])
        files = list(dict.fromkeys(one.file for one in self.words))
        regions, high = {}, len(self.text)
        for file in reversed(files):
            start = starts.get(file, high)
            # Without any word of its own, an article may stand anywhere in the one before.
            before = [starts[one] for one in files[: files.index(file)] if one in starts]
            regions[file] = (start if file in starts else max(before, default=0), high)
            high = starts.get(file, high)
        return regions

    def _find_ordered(self, indices: Sequence[int], low: int, high: int) -> None:
        found = find_ordered(
            [self.words[index] for index in indices], self.text, low, high, self.text.untaken
        )
        for at, span in found.items():
            self._take(indices[at], span)

    def _take(self, index: int, span: Span) -> None:
        self.found[index] = span
        start, end = span
        bare = self.words[index].bare
        first, last = self.text.block(start)[0], self.text.block(end - 1)[1]
        # A picture, code or an address at an edge is not told from its words: it takes what is beside it.
        if bare.startswith(OBJECT):
            start = max(first, self.text.untaken.rfind(TAKEN, first, start) + 1)
        if bare.endswith(OBJECT):
            stop = self.text.untaken.find(TAKEN, end, last)
            end = last if stop < 0 else stop
        self.text.take(start, end)

    def _search_sentences(self, indices: Sequence[int]) -> None:
        """Look for the sentences of words that were not found whole."""
        for at, index in enumerate(indices):
            if index in self.found:
                continue
            before = (self.found[one][1] for one in reversed(indices[:at]) if one in self.found)
            after = (self.found[one][0] for one in indices[at + 1 :] if one in self.found)
            self._search(index, next(before, self._front), next(after, len(self.text)))

    def _search(self, index: int, low: int, high: int) -> None:
        whole, start = self.words[index], low
        lost: list[tuple[Words, int]] = []
        for begin, end in whole.sentences():
            sentence = whole.part(begin, end)
            span = find(sentence, self.text, self.text.untaken, start, high)
            if span is None:
                lost.append((sentence, start))
                continue
            self.text.take(*span)
            self.found.setdefault(index, span)
            self.found[index] = (self.found[index][0], span[1])
            start = span[1]
        for sentence, start in lost:
            self.differences.append(self._lost(sentence, start, high))

    def _lost(self, sentence: Words, low: int, high: int) -> Difference:
        span = self._likeliest(sentence, low, high)
        if span is not None:
            self.text.take(*span)
            return Difference(verdict=Verdict.CHANGED, words=sentence, instead=self.text.shown(*span))
        if len(sentence.bare) >= LEAST:
            elsewhere = find(sentence, self.text, self.text.untaken, self._front, len(self.text))
            if elsewhere is not None:
                self.text.take(*elsewhere)
                return Difference(
                    verdict=Verdict.MOVED, words=sentence, instead=self.text.before(elsewhere[0])
                )
        return Difference(verdict=Verdict.MISSING, words=sentence)

    def _likeliest(self, sentence: Words, low: int, high: int) -> Span | None:
        """Return what stands for a sentence: what was not found, and is most like it."""
        bare = sentence.bare
        matcher = SequenceMatcher(None, "", bare, autojunk=False)
        best, likeness = None, 0.5
        for run in self.text.runs(low, high):
            for span in self._sentences_in(run):
                matcher.set_seq1(self.text.letters[slice(*span)])
                if matcher.quick_ratio() > likeness and (ratio := matcher.ratio()) > likeness:
                    best, likeness = span, ratio
        return best

    def _sentences_in(self, run: Span) -> Iterator[Span]:
        """Yield a run, and the sentences in it."""
        yield run
        start, end = run
        cuts = [start + match.end() for match in re.finditer("[。！？]", self.text.letters[start:end])]
        for cut in cuts:
            if (start, cut) != run:
                yield start, cut
            start = cut
        if run[0] < start < end:
            yield start, end

    def _find_unordered(self) -> None:
        """Look for what may stand anywhere in its article, the longest first, that none is taken for a part."""
        loose = [index for index, one in enumerate(self.words) if one.row is None]
        lost: list[int] = []
        for index in sorted(loose, key=lambda index: -len(self.words[index].text)):
            one = self.words[index]
            span = self._whole_block(one) or find(one, self.text, self.text.untaken, *self.regions[one.file])
            if span is None:
                lost.append(index)
                continue
            self._take(index, span)
            for _more in range(one.calls - 1):
                if again := find(one, self.text, self.text.untaken, *self.regions[one.file]):
                    self.text.take(*again)
        for index in sorted(lost):
            self._search(index, *self.regions[self.words[index].file])

    def _whole_block(self, words: Words) -> Span | None:
        bare, untaken = words.bare, self.text.untaken
        blocks = self.text.blocks(*self.regions[words.file])
        return next((span for span in blocks if untaken[slice(*span)] == bare), None)

"""The words of an article as they should be printed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xcbulletin.model import Place
from xcbulletin.proofing.passages import OBJECT, Passage, PassageKind
from xcbulletin.proofing.sameness.text import without_blanks


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Words of an article that are printed in one piece and in one line."""

    kind: PassageKind
    text: str
    passage: Passage
    start: int
    """Where they begin in the passage."""
    row: tuple[str, int] | None
    """What they keep their order in: their article's text, or one of its tables, by number; None for what has none."""
    objects: Mapping[int, str] = field(default_factory=dict, repr=False)
    """What is printed for an OBJECT, by its place in the passage; none for pictures and references."""
    calls: int = 1
    """How often they may be printed: a note once for each call."""

    @property
    def file(self) -> str:
        """The article."""
        return self.passage.file

    def place(self, offset: int = 0) -> Place:
        """Return where the character at `offset` stands."""
        return self.passage.place(min(self.start + offset, len(self.passage.spots) - 1))

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Yield where each sentence begins and ends."""
        spans = [
            (max(start, self.start) - self.start, min(end, self.start + len(self.text)) - self.start)
            for start, end in self.passage.sentences()
        ]
        inside = [(start, end) for start, end in spans if start < end]
        return iter(inside or [(0, len(self.text))])

    @property
    def printed(self) -> str:
        """The text with code and addresses filled in."""
        return "".join(
            self.objects.get(self.start + at, letter) if letter == OBJECT else letter
            for at, letter in enumerate(self.text)
        )

    @property
    def bare(self) -> str:
        """What is printed, without blanks."""
        return without_blanks(self.printed if OBJECT in self.text else self.text)

    def part(self, start: int, end: int) -> "Words":
        """Return a part of these words."""
        return replace(self, text=self.text[start:end], start=self.start + start)


_PREFIX = re.compile(
    r"\s*(?:附?表|图)\s*(?:\d+(?:[-—–.]\d+)?)?\s*[：:]\s*|\s*(?:附?表|图)\s*\d+(?:[-—–.]\d+)?\s+"
)
"""The label that an editor writes before a caption; the program's own is printed."""
RUNNING = (PassageKind.PARAGRAPH, PassageKind.ITEM, PassageKind.NOTE)
"""What is text, of sentences."""
_UNORDERED = (PassageKind.CAPTION, PassageKind.SOURCE, PassageKind.NOTE, PassageKind.KEY_FIGURE)


def words_of(passages: Sequence[Passage], source_text: str) -> tuple[Words, ...]:
    """Return what is printed of an article whose file holds `source_text`, its title first.

    A summary is not printed where the article is.
    """
    printed = [one for one in passages if one.kind is not PassageKind.SUMMARY]
    ordered = sorted(printed, key=lambda one: one.kind is not PassageKind.TITLE)
    return tuple(words for passage in ordered for words in _lines(passage, source_text))


def _lines(passage: Passage, source_text: str) -> Iterator[Words]:
    row = None if passage.kind in _UNORDERED else (passage.file, passage.cell.table if passage.cell else -1)
    objects = _objects(passage, source_text) if OBJECT in passage.text else {}
    calls = _calls(passage, source_text) if passage.kind is PassageKind.NOTE else 1
    for start, end in _pieces(passage):
        words = Words(
            kind=passage.kind,
            text=passage.text[start:end],
            passage=passage,
            start=start,
            row=row,
            calls=calls,
            objects=objects,
        )
        if words.bare.strip(OBJECT):
            yield words


_ADDRESS = re.compile(r"<([!-;=?-~]+)>")


def _objects(passage: Passage, source_text: str) -> Mapping[int, str]:
    """Return the code and the addresses in a passage as they are written, by their places."""
    lines = source_text.split("\n")
    found = {}
    for match in re.finditer(OBJECT, passage.text):
        line, column = passage.spots[match.start()]
        written = _written(lines[line - 1], column - 1)
        # An address may be printed decoded, a call's number does not show in every output.
        if written and not re.search(r"[%|]|\[\d+\]", written):
            found[match.start()] = written
    return found


def _written(line: str, at: int) -> str | None:
    if match := _ADDRESS.match(line, at):
        return match[1]
    ticks = re.search(r"`*\Z", line[:at])
    end = line.find(ticks[0], at) if ticks and ticks[0] else -1
    return line[at:end] if end >= 0 else None


def _calls(note: Passage, source_text: str) -> int:
    """Return how often a note is called."""
    above = "\n".join(source_text.split("\n")[: note.spots[0][0]])
    labels = re.findall(r"^ {0,3}(\[\^[^\]]+\]):", above, re.MULTILINE)
    return max(1, source_text.count(labels[-1]) - 1) if labels else 1


def _pieces(passage: Passage) -> Iterator[tuple[int, int]]:
    """Yield the lines of a passage; of a key figure label, value and unit, which outputs put in an order of their own."""
    start = 0
    if passage.kind is PassageKind.CAPTION and (match := _PREFIX.match(passage.text)):
        start = match.end()
    for end in range(start, len(passage.text) + 1):
        is_end = end == len(passage.text)
        if is_end or passage.text[end] == "\n":
            yield start, end
            start = end + 1
        elif end > start and passage.kind is PassageKind.KEY_FIGURE and not _follows(passage, end):
            yield start, end
            start = end


def _follows(passage: Passage, at: int) -> bool:
    """Tell whether a character stands in the file right behind the one before it."""
    line, column = passage.spots[at - 1]
    return passage.spots[at] == (line, column + 1)

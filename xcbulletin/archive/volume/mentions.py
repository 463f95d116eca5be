"""Names marked where they stand, so that the printed pages tell on which of them each is."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, groupby, pairwise

from xcbulletin.archive.volume.names import Companies, Occurrence, Subject, find_names
from xcbulletin.publishing.edition import Edition, Entry, with_body, with_entries
from xcbulletin.publishing.nodes import (
    Emphasis,
    Figure,
    Image,
    KeyFigures,
    LineBreak,
    Link,
    Literal,
    Node,
    Note,
    Reference,
    SourceLine,
    Space,
    Strong,
    Struck,
    Table,
    Text,
    own_text,
    plain,
)

WordsIn = Callable[[Figure], str]
"""Gives the text that the picture of a figure shows."""
_INLINE = Text | Space | LineBreak | Strong | Emphasis | Struck | Literal | Link | Image | Reference | Note
_RUN = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention(Node):
    """The beginning of a name in a text, with an id of its own."""

    kind = "mention"
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MentioningKeyFigures(KeyFigures):
    """A box of key figures that names somebody."""

    kind = "mentioning_key_figures"
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Mentioned:
    """A name, and the place in the document where it stands."""

    subject: Subject
    name: str
    anchor: str


def with_mentions(
    edition: Edition, companies: Companies, words_in: WordsIn
) -> tuple[Edition, tuple[Mentioned, ...]]:
    """Return the edition with all names marked that its readers see in articles, and the list of them.

    Only what is set as code is not looked at, nor the small pictures within lines.
    """
    found: list[Mentioned] = []

    def mark(entry: Entry) -> Entry:
        marked, mentioned = _Marker(entry.anchor, companies, words_in).mark(entry)
        found.extend(mentioned)
        return marked

    return with_entries(edition, mark), tuple(found)


def source_anchor(anchor: str) -> str:
    """Return the name of the line below an article that has its author and source."""
    return f"{anchor}-source"


def correction_anchor(anchor: str, number: int) -> str:
    """Return the name of a correction below an article, counted from 1."""
    return f"{anchor}-correction-{number}"


class _Marker:
    """Marks the names in one article."""

    def __init__(self, anchor: str, companies: Companies, words_in: WordsIn) -> None:
        self._anchor, self._companies, self._words_in = anchor, companies, words_in
        self._ids = (f"{anchor}-m{number}" for number in count(1))
        self._mentioned: list[Mentioned] = []

    def mark(self, entry: Entry) -> tuple[Entry, tuple[Mentioned, ...]]:
        self._put_down(entry.title, self._anchor)
        body = self._marked(entry.body)
        for number, correction in enumerate(entry.corrections, 1):
            self._put_down(correction.note, correction_anchor(self._anchor, number))
        source = entry.source.name if entry.source else ""
        self._put_down(f"{entry.author or ''}\n{source}", source_anchor(self._anchor))
        return with_body(entry, body), tuple(self._mentioned)

    def _put_down(self, text: str, anchor: str) -> None:
        self._mentioned += (
            Mentioned(subject=one.subject, name=one.name, anchor=anchor)
            for one in find_names(text, self._companies)
        )

    def _marked(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        return tuple(self._pieces(nodes))

    def _pieces(self, nodes: Sequence[Node]) -> Iterator[Node]:
        for is_inline, group in groupby(nodes, lambda node: isinstance(node, _INLINE)):
            if is_inline:
                yield from self._line(tuple(group))
            else:
                for node in group:
                    yield from self._block(node)

    def _block(self, node: Node) -> Iterator[Node]:
        match node:
            case Figure(id=str(anchor)):
                self._put_down(f"{own_text(node)}\n{self._words_in(node)}", anchor)
            case Table(id=str(anchor)):
                self._put_down(node.caption, anchor)
            case KeyFigures():
                node = self._key_figures(node)
        marked = replace(node, children=self._marked(node.children)) if node.children else node
        if isinstance(marked, Table) and find_names(marked.source or "", self._companies):
            # It may stand a page later than the table begins, and has a place of its own as a block.
            yield replace(marked, source=None)
            yield SourceLine(children=self._line((Text(text=marked.source or ""),)))
        else:
            yield marked

    def _key_figures(self, box: KeyFigures) -> KeyFigures:
        text = "\n".join(map(own_text, (box, *box.children)))
        if not find_names(text, self._companies):
            return box
        anchor = next(self._ids)
        self._put_down(text, anchor)
        return MentioningKeyFigures(id=anchor, children=box.children, title=box.title, source=box.source)

    def _line(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        """Mark the names in what runs on in one line; a name may go on from plain text to bold."""
        marks: dict[int, _Mark] = {}
        for found in find_names(text := plain(nodes), self._companies):
            start, end = _beginning(text, found)
            mark = marks.setdefault(start, _Mark(id=next(self._ids), start=start, end=end))
            self._mentioned.append(Mentioned(subject=found.subject, name=found.name, anchor=mark.id))
        return tuple(_Cutter(marks, self._marked).cut(nodes))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mark:
    """Where in a text a mention begins and ends."""

    id: str
    start: int
    end: int


def _beginning(text: str, found: Occurrence) -> tuple[int, int]:
    """Return the first word of a name. Marks of punctuation stay with their neighbours, which they are set close to."""
    word = _RUN.search(text, found.start, found.end)
    return word.span() if word else (found.start, found.end)


class _Cutter:
    """Cuts the texts of a line into pieces, with a mention where a mark begins."""

    def __init__(self, marks: dict[int, _Mark], marked: Callable[[Sequence[Node]], tuple[Node, ...]]) -> None:
        self._marks, self._marked = marks, marked
        self._at = 0

    def cut(self, nodes: Sequence[Node]) -> Iterator[Node]:
        for node in nodes:
            match node:
                case Note():
                    yield replace(node, children=self._marked(node.children))
                case Text():
                    yield from self._text(node)
                case _ if node.children:
                    yield replace(node, children=tuple(self.cut(node.children)))
                case _:
                    yield self._whole(node)

    def _text(self, node: Text) -> Iterator[Node]:
        start, end = self._at, self._at + len(node.text)
        places = [place for place in sorted(self._marks) if start <= place < end]
        for place, following in pairwise((*places, end)):
            mark = self._marks[place]
            yield from self._up_to(place, node, start)
            inside = node.text[place - start : min(mark.end, following) - start]
            yield Mention(id=mark.id, children=(replace(node, text=inside),))
            self._at += len(inside)
        yield from self._up_to(end, node, start)

    def _up_to(self, place: int, node: Text, start: int) -> Iterator[Node]:
        if self._at < place:
            yield replace(node, text=node.text[self._at - start : place - start])
        self._at = place

    def _whole(self, node: Node) -> Node:
        """Return a node that cannot be cut, as a mention of every name that begins in it."""
        start, self._at = self._at, self._at + len(plain((node,)))
        for place in range(start, self._at):
            if place in self._marks:
                node = Mention(id=self._marks[place].id, children=(node,))
        return node

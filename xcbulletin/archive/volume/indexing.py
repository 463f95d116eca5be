"""What is mentioned, and the pages on which it was printed, to an index."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from xcbulletin.archive.volume.collation import collation_key, initial
from xcbulletin.archive.volume.mentions import Mentioned
from xcbulletin.archive.volume.names import Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A page, or several that follow one another."""

    first: int
    last: int
    anchor: str
    """The first place on them."""

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Indexed:
    """A name in an index."""

    name: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """The names in an index that begin alike."""

    initial: str
    names: tuple[Indexed, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """The index of a subject."""

    subject: Subject
    groups: tuple[Group, ...]

    @property
    def anchor(self) -> str:
        """The name of its place."""
        return f"index-{self.subject}"

    @property
    def title(self) -> str:
        """What stands above it."""
        return _TITLES[self.subject]

    @property
    def has_long_names(self) -> bool:
        """Whether its names take the width of the page."""
        return self.subject is Subject.POLICY


_TITLES = {Subject.COMPANY: "企业索引", Subject.POLICY: "政策文件索引"}


def make_index(subject: Subject, mentioned: Iterable[Mentioned], pages: Mapping[str, int]) -> Index:
    """Return the index of a subject: each name with the pages it stands on, each page once.

    `pages` has the page of every place by its anchor. While it is empty the names stand without pages.
    """
    anchors: dict[str, list[str]] = defaultdict(list)
    for one in mentioned:
        if one.subject is subject:
            anchors[one.name].append(one.anchor)
    names = sorted(anchors, key=collation_key)
    groups = (
        Group(
            initial=letter,
            names=tuple(Indexed(name=name, spans=spans_of(anchors[name], pages)) for name in group),
        )
        for letter, group in groupby(names, initial)
    )
    return Index(subject=subject, groups=tuple(groups))


def spans_of(anchors: Sequence[str], pages: Mapping[str, int]) -> tuple[Span, ...]:
    """Return the pages of places, those that follow one another joined."""
    first_places: dict[int, str] = {}
    for anchor in anchors if pages else ():
        first_places.setdefault(pages[anchor], anchor)
    spans: list[Span] = []
    for page in sorted(first_places):
        if spans and page == spans[-1].last + 1:
            spans[-1] = Span(first=spans[-1].first, last=page, anchor=spans[-1].anchor)
        else:
            spans.append(Span(first=page, last=page, anchor=first_places[page]))
    return tuple(spans)


def number_spans(numbers: Iterable[int]) -> str:
    """Return numbers of issues as they stand on a cover: 1—12, or 1—3、5."""
    ordered = sorted(set(numbers))
    spans = spans_of([str(number) for number in ordered], {str(number): number for number in ordered})
    return "、".join(str(one).replace("–", "—") for one in spans)

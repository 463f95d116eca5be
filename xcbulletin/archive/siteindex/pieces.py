"""The piece of the index that an issue gives; it depends on nothing else, so that it can be kept.

An article is read as its folded title, a line end, its folded text. A place is a position in it, in code points, or
rather in the issue, where each article has as many rooms of 1,024 places as it needs and the next begins behind them:
so what is changed in one seldom moves the others. A gram is two characters of a line, side by side, with the places of
the first. For words of one character there is also, for each character, the gram of it and a line end: with its first
place in each article.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import add, sub

from xcbulletin.archive.filed import FiledIssue
from xcbulletin.archive.folding import fold
from xcbulletin.archive.siteindex.numbers import number, numbers, read_numbers

ROOM = 1024
"""Places; search.js counts the same."""
SECTIONS = 64
"""In which the grams of a piece stand by their hash, so that shards can be made one section after the other."""
_PRIME = 65_521
_BETWEEN = b"\xff"  # does not come up in UTF-8
NOTHING = _BETWEEN * (2 * SECTIONS + 1)
"""The piece that an issue without articles gives."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lengths:
    """The lengths of an issue's articles as they are searched."""

    titles: tuple[int, ...]
    """In code points."""
    rooms: tuple[int, ...]
    """How many rooms title and text take."""


def gram_hash(gram: str) -> int:
    """Return a number below 65,521 that tells in which section and shard a gram is; search.js counts the same."""
    return (ord(gram[0]) * 8191 + ord(gram[1]) * 131) % _PRIME


def cut(issue: FiledIssue) -> bytes:
    """Return the piece of the index that an issue gives: what `lengths` and `section` read."""
    titles = [fold(article.title) for article in issue.articles]
    documents = [
        f"{title}\n{fold(article.text)}" for title, article in zip(titles, issue.articles, strict=True)
    ]
    sections: list[tuple[list[str], list[str]]] = [([], []) for _ in range(SECTIONS)]
    for gram, places in _grams(documents).items():
        grams, payloads = sections[gram_hash(gram) % SECTIONS]
        grams.append(gram)
        payloads.append(_payload(places))
    parts = [numbers(map(len, titles)), numbers(map(_rooms, documents))]
    for grams, payloads in sections:
        parts += ("".join(grams), "|".join(payloads))
    return _BETWEEN.join(part.encode() for part in parts)


def _rooms(document: str) -> int:
    """Return how many rooms a document takes; one place more than it has, so that it does not run into the next."""
    return len(document) // ROOM + 1


def _starts(documents: Sequence[str]) -> Iterator[int]:
    return accumulate((ROOM * _rooms(document) for document in documents), initial=0)


def _grams(documents: Sequence[str]) -> dict[str, list[int]]:
    """Return the places of each gram; a dictionary keeps the order of the text, so a piece is always the same."""
    found: dict[str, list[int]] = {}
    known = found.get
    for start, document in zip(_starts(documents), documents, strict=False):
        for place, gram in enumerate(map(add, document, document[1:]), start):
            places = known(gram)
            if places is None:
                found[gram] = [place]
            else:
                places.append(place)
    for gram in [one for one in found if "\n" in one]:
        del found[gram]
    return found | {f"{character}\n": places for character, places in _characters(documents).items()}


def _characters(documents: Sequence[str]) -> dict[str, list[int]]:
    """Return the first places of each character in the documents that have it."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for start, document in zip(_starts(documents), documents, strict=False):
        for character in dict.fromkeys(document):
            found[character].append(start + document.index(character))
    found.pop("\n", None)
    return found


def _payload(places: list[int]) -> str:
    first = number(places[0])
    return first if len(places) == 1 else first + numbers(map(sub, places[1:], places))


def lengths(piece: bytes) -> Lengths:
    """Return the lengths that a piece tells."""
    titles, rooms, _sections = piece.split(_BETWEEN, 2)
    return Lengths(titles=tuple(read_numbers(titles.decode())), rooms=tuple(read_numbers(rooms.decode())))


def changed_grams(old: bytes, new: bytes) -> dict[str, str]:
    """Return the grams that have other places in a new piece than in the old one, with those; `""` where it has none."""
    found: dict[str, str] = {}
    before, after = sections(old), sections(new)
    for section in range(SECTIONS):
        was, now = (dict(read_section(parts, section, "")) for parts in (before, after))
        found |= {gram: now.get(gram, "") for gram, _places in was.items() ^ now.items()}
    return found


def sections(piece: bytes) -> list[bytes]:
    """Return the sections of a piece for `read_section`, two of these each."""
    return piece.split(_BETWEEN)[2:]


def read_section(parts: Sequence[bytes], section: int, mark: str) -> Iterator[tuple[str, str]]:
    """Yield each gram of a section with its places, as `mark` and gaps in characters; `parts` come from `sections`."""
    if not parts[2 * section]:
        return iter(())
    grams = parts[2 * section].decode()
    # No gram has two line ends and no number has one, so that all marks are set at once.
    payloads = (mark + parts[2 * section + 1].decode().replace("|", f"\n{mark}")).split("\n")
    return zip(map(add, grams[::2], grams[1::2]), payloads, strict=True)

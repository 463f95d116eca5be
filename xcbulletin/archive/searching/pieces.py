"""The piece of the index that an issue gives; it depends on nothing else, so that it can be kept.

An issue is read as one text: for each article its folded title, a line end, its folded text, a line end. A place is
a position in it, in code points. A gram is two characters of a line, side by side, with the places of the first. For
words of one character there is also, for each character, the gram of it and a line end: with its first place in each
article.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add, sub

from xcbulletin.archive.filed import FiledIssue
from xcbulletin.archive.folding import fold
from xcbulletin.archive.searching.numbers import number, numbers, read_numbers

SECTIONS = 64
"""In which the grams of a piece stand by their hash, so that shards can be made one section after the other."""
_PRIME = 65_521
_BETWEEN = b"\xff"  # does not come up in UTF-8


@dataclass(frozen=True, kw_only=True, slots=True)
class Lengths:
    """The lengths of an issue's articles as they are searched, in code points."""

    titles: tuple[int, ...]
    documents: tuple[int, ...]
    """Title, line end and text."""


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
    parts = [numbers(map(len, titles)), numbers(map(len, documents))]
    for grams, payloads in sections:
        parts += ("".join(grams), "|".join(payloads))
    return _BETWEEN.join(part.encode() for part in parts)


def _grams(documents: Sequence[str]) -> dict[str, list[int]]:
    """Return the places of each gram; a dictionary keeps the order of the text, so a piece is always the same."""
    whole = "".join(f"{document}\n" for document in documents)
    found: dict[str, list[int]] = {}
    known = found.get
    for place, gram in enumerate(map(add, whole, whole[1:])):
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
    start = 0
    for document in documents:
        for character in dict.fromkeys(document):
            found[character].append(start + document.index(character))
        start += len(document) + 1
    found.pop("\n", None)
    return found


def _payload(places: list[int]) -> str:
    first = number(places[0])
    return first if len(places) == 1 else first + numbers(map(sub, places[1:], places))


def lengths(piece: bytes) -> Lengths:
    """Return the lengths that a piece tells."""
    titles, documents, _sections = piece.split(_BETWEEN, 2)
    return Lengths(
        titles=tuple(read_numbers(titles.decode())), documents=tuple(read_numbers(documents.decode()))
    )


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

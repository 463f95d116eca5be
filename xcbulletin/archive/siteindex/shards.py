"""The pieces of all issues joined to shards: small scripts, each with the grams of one hash.

A shard tells for each gram its places, issue by issue: `|`, the number of the issue (oldest 0), and the gaps between
the places.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from xcbulletin.archive.siteindex.numbers import first_number, number
from xcbulletin.archive.siteindex.pieces import SECTIONS, gram_hash, read_section, sections

_BYTES = 40 * 1024
"""What a shard should not pass: some 25 KB of it go over the line."""


def shard_count(pieces: Sequence[bytes]) -> int:
    """Return how many shards these pieces are joined to, a power of two."""
    shards = 1
    while sum(map(len, pieces)) > shards * _BYTES:
        shards *= 2
    return shards


def shard_files(pieces: Sequence[bytes], share: int, shares: int) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the shards whose number leaves `share` when divided by `shares`; oldest issue first."""
    shards = shard_count(pieces)
    parted = [sections(piece) for piece in pieces]
    for first in range(min(shards, SECTIONS)):
        wanted = {one for one in range(first, shards, SECTIONS) if one % shares == share}
        if wanted:
            yield from _shards_from(parted, first, shards, wanted)


def _shards_from(
    parted: Sequence[list[bytes]], first: int, shards: int, wanted: set[int]
) -> Iterator[tuple[str, bytes]]:
    """Yield those shards that are fed from the section `first` and, where there are few, from others."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for order, parts in enumerate(parted):
        for section in range(first, SECTIONS, shards):
            for gram, places in read_section(parts, section, f"|{number(order)}"):
                found[gram].append(places)
    by_shard: dict[int, list[str]] = {one: [] for one in sorted(wanted)}
    for gram in sorted(found):
        shard = gram_hash(gram) % shards
        if shard in by_shard:
            by_shard[shard].append(gram)
    for shard, grams in by_shard.items():
        yield shard_path(shard), call("shard", shard, {gram: "".join(found[gram]) for gram in grams})


def shard_path(shard: int) -> str:
    """Return the file of a shard."""
    return f"search/g/{shard}.js"


def by_shard(changes: Mapping[int, Mapping[str, str]], shards: int) -> dict[int, dict[int, dict[str, str]]]:
    """Return what `changed_grams` tells of some issues, by their numbers, parted by the shards that it belongs into."""
    found: defaultdict[int, dict[int, dict[str, str]]] = defaultdict(dict)
    for order, grams in changes.items():
        for gram, places in grams.items():
            found[gram_hash(gram) % shards].setdefault(order, {})[gram] = places
    return found


def change_shard(content: bytes, shard: int, changes: Mapping[int, Mapping[str, str]]) -> bytes:
    """Return a shard with other places of some grams in some issues: what `shard_files` would give.

    `changes` are by the numbers of the issues.
    """
    told = content[content.index(b",") + 1 : content.rindex(b")")]
    grams: dict[str, str] = json.loads(told)
    for order, places in changes.items():
        mark = f"|{number(order)}"
        for gram, own in places.items():
            block = mark + own if own else ""
            grams[gram] = _with_block(grams.get(gram, ""), mark, order, block)
    return call("shard", shard, {gram: grams[gram] for gram in sorted(grams) if grams[gram]})


def _with_block(postings: str, mark: str, order: int, block: str) -> str:
    """Return the places of a gram with `block` for those in one issue; no issue's mark begins another's."""
    start = postings.find(mark)
    if start < 0:
        start = end = _place_for(postings, order)
    else:
        end = postings.find("|", start + 1)
    return postings[:start] + block + (postings[end:] if end >= 0 else "")


def _place_for(postings: str, order: int) -> int:
    """Return where the places in an issue belong among those in others."""
    start = 0
    for block in postings.split("|")[1:]:
        if first_number(block) > order:
            return start
        start += len(block) + 1
    return len(postings)


def call(name: str, *values: object) -> bytes:
    """Return a script that hands values to a function of search.js."""
    written = ",".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values)
    # Older browsers take these two for line ends inside a string.
    written = written.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"archiveSearch.{name}({written});\n".encode()

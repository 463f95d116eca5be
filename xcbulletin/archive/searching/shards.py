"""The pieces of all issues joined to shards: small scripts, each with the grams of one hash.

A shard tells for each gram its places, issue by issue: `|`, the number of the issue (oldest 0), and the gaps between
the places.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from xcbulletin.archive.searching.numbers import number
from xcbulletin.archive.searching.pieces import SECTIONS, gram_hash, read_section, sections

_BYTES = 48 * 1024
"""What a shard should not pass: some 30 KB of it go over the line."""


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
        yield f"search/g/{shard}.js", call("shard", shard, {gram: "".join(found[gram]) for gram in grams})


def call(name: str, *values: object) -> bytes:
    """Return a script that hands values to a function of search.js."""
    written = ",".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values)
    # Older browsers take these two for line ends inside a string.
    written = written.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"archiveSearch.{name}({written});\n".encode()

"""How well what is the same is told from what looks the same, and how fast a pool is folded."""

import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from storypairs import (
    CORPUS,
    Pair,
    documents,
    labelled_pairs,
    pairs_with_text,
    read_document,
)

from xcbulletin.collecting.items import Entry
from xcbulletin.collecting.stories.samestory import Kind, compare, gist
from xcbulletin.collecting.titles import core_title, weight
from xcbulletin.collecting.urls import url_key

NOW = datetime(2026, 8, 23, tzinfo=UTC)


def samestory(folder: Path, rounds: int) -> None:
    """Measure labelled pairs, generated pairs, and folding. Thresholds were set on the first half of each."""
    if not CORPUS.exists():
        print("the corpus is not here")
        return
    for name, pairs in (("feeds", labelled_pairs()), ("same-story-pairs.jsonl", pairs_with_text())):
        for half, told in enumerate(("thresholds set on", "kept back, mended once")):
            _score(f"{name}, half {told}", [pair for pair in pairs if pair.half == half])
    _by_kind("labelled pairs from feeds", labelled_pairs())
    _by_kind("generated pairs", _generated(_entries()))
    for number in range(rounds):
        _time_folding(folder / f"{number}.db", pool=14_000, more=100)


def _score(name: str, pairs: Sequence[Pair]) -> None:
    found = Counter[tuple[bool, bool]]()
    for pair in pairs:
        found[pair.same, _same(pair)] += pair.weight
    right, wrong, missed = found[True, True], found[False, True], found[True, False]
    precision, recall = right / (right + wrong), right / (right + missed)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{name}: {len(pairs)} pairs, precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")


def _by_kind(name: str, pairs: Iterable[Pair]) -> None:
    kinds = defaultdict[tuple[bool, str], list[bool]](list)
    for pair in pairs:
        kinds[pair.same, pair.kind].append(_same(pair) == pair.same)
    print(f"\n{name}")
    for (same, kind), right in sorted(kinds.items()):
        print(f"  {'same' if same else 'different':10} {kind:24} {sum(right):5} of {len(right):5} right")


def _same(pair: Pair) -> bool:
    return compare(pair.one, pair.other).kind is Kind.SAME


def _entries() -> list[Entry]:
    """Return the distinct entries of all feeds of the corpus that have a telling title."""
    found = {
        core_title(entry.title): entry
        for some in documents().values()
        for document in some
        for entry in read_document(document)
    }
    return [entry for core, entry in sorted(found.items()) if weight(core) >= 10]


# Generated pairs: what reprints do to a title, and what templates do


def _prefixed(title: str) -> str:
    return f"【行业观察】{title}"


def _in_column(title: str) -> str:
    return f"要闻 | {title}"


def _cried(title: str) -> str:
    return f"重磅！{title}"


def _with_tail(title: str) -> str:
    return f"{title}（附全文）"


def _signed(title: str) -> str:
    return f"{title} | 产业周刊"


def _cut(title: str) -> str:
    return title[: len(title) * 7 // 10] if len(title) >= 20 else title


def _respaced(title: str) -> str:
    return re.sub("[，：！、。]", " ", title)


def _turned(title: str) -> str:
    clauses = re.split("[，：！？ ]", title)
    return "，".join([*clauses[1:], clauses[0]])


def _next_numbers(title: str) -> str:
    return re.sub(r"\d+", lambda match: str(int(match[0]) + 1), title)


_BODY = re.compile(r"[一-鿿]{2}(?=股份|科技|集团|大学|公司|银行|医院|研究院|汽车|[省市])")


def _other_body(title: str) -> str:
    return _BODY.sub("远航", title, count=1)


REPRINTS = (_prefixed, _in_column, _cried, _with_tail, _signed, _cut, _respaced, _turned)
TEMPLATES = (_next_numbers, _other_body)


def _generated(entries: Sequence[Entry]) -> Iterator[Pair]:
    for change in REPRINTS:
        yield from _changed(entries, change, same=True)
    for change in TEMPLATES:
        yield from _changed(entries, change, same=False)
    for entry in entries:
        for kind, (one, other) in {
            "parts": ("（上）", "（下）"),
            "numbered": ("第3期", "第4期"),
            "dated": ("（6.16）", "（6.17）"),
            "notice and comment": ("", "解读"),
        }.items():
            yield _pair(entry.title + one, "", entry.title + other, "", kind, same=False)


def _changed(entries: Sequence[Entry], change: Callable[[str], str], *, same: bool) -> Iterator[Pair]:
    name = change.__name__.strip("_").replace("_", " ")
    for place, entry in enumerate(entries):
        title = change(entry.title)
        if title == entry.title:
            continue
        yield _pair(entry.title, "", title, "", f"{name}, titles only", same=same)
        # Another body's or another month's news has another text.
        text = f"财联社6月16日电，{entry.text}" if same else entries[place - 1].text
        if len(entry.text) > 100:
            yield _pair(entry.title, entry.text, title, text, f"{name}, with texts", same=same)


def _pair(title: str, text: str, other: str, other_text: str, kind: str, *, same: bool) -> Pair:
    return Pair(one=gist(title, text), other=gist(other, other_text), same=same, kind=kind, half=1)


# Folding


def _time_folding(database: Path, *, pool: int, more: int) -> None:
    from sqlalchemy import insert

    from xcbulletin.collecting.stories.stories import fold_new
    from xcbulletin.collecting.tables import item, source
    from xcbulletin.database import open_engine

    engine = open_engine(f"sqlite:///{database}", database.parent)
    with engine.begin() as connection:
        sources = [{"id": number, "key": f"s{number}", "name": f"信息源{number}"} for number in range(1, 201)]
        connection.execute(insert(source), sources)
    items = _pool(pool + more)
    for some in (items[:pool], items[pool:]):
        with engine.begin() as connection:
            connection.execute(insert(item), some)
        started, computed = time.perf_counter(), time.process_time()
        with engine.connect() as connection:
            fold_new(connection, NOW)
        seconds, cpu = time.perf_counter() - started, time.process_time() - computed
        print(f"{len(some):,} items folded in {seconds:.1f} s ({cpu:.1f} s of CPU)")
    engine.dispose()


def _pool(number: int) -> list[dict[str, Any]]:
    """Return real items, and made-up ones: a fifth reprints of them, the others with a third of their letters changed."""
    entries, dice = _entries(), random.Random(1)
    letters = sorted({letter for entry in entries for letter in entry.text if "一" <= letter <= "鿿"})
    return [_row(place, *_made(place, entries, letters, dice), dice) for place in range(number)]


def _made(
    place: int, entries: Sequence[Entry], letters: Sequence[str], dice: random.Random
) -> tuple[str, str]:
    if place < len(entries):
        return entries[place].title, entries[place].text
    entry = dice.choice(entries)
    if dice.random() < 0.2:
        return dice.choice(REPRINTS)(entry.title), entry.text
    changed = {ord(letter): dice.choice(letters) for letter in set(entry.title) | set(entry.text[:1000])}
    kept = {code: to for code, to in changed.items() if chr(code) >= "一" and dice.random() < 1 / 3}
    return entry.title.translate(kept), entry.text.translate(kept)


def _row(place: int, title: str, text: str, dice: random.Random) -> dict[str, Any]:
    return {
        "source_id": dice.randint(1, 200),
        "ident": str(place),
        "url_key": url_key(f"https://example.org/{place}"),
        "title": title,
        "title_core": core_title(title),
        "summary": "",
        "text": text,
        "first_seen": NOW,
        "digest": "",
    }

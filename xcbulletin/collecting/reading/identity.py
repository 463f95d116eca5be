"""What an entry is known by, so that it is kept once however often its source gives it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from xcbulletin.collecting.items import Entry
from xcbulletin.collecting.titles import core_title
from xcbulletin.collecting.urls import bounded, is_front_page, url_key

BAD_GUIDS = 0.05
"""Share of missing or repeated guids above which none of a document's guids is believed."""
SHARED_URL = 3
"""So many different titles under one address: it is no article's address."""


def identified(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return `entries` with their ident: guid, else address, else title and day; repeats are dropped.

    A guid that is an address is compared as an address, so that it makes no difference which is taken.
    """
    guids_hold = _guids_hold(entries)
    shared = _shared_urls(entries)
    known: dict[str, Entry] = {}
    for entry in entries:
        ident, kind = _ident(entry, guids_hold=guids_hold, shared=shared)
        known.setdefault(ident, replace(entry, ident=ident, ident_kind=kind))
    return tuple(known.values())


def _ident(entry: Entry, *, guids_hold: bool, shared: frozenset[str]) -> tuple[str, str]:
    if guids_hold and (guid := _guid_key(entry)):
        return bounded(guid), "guid"
    key = url_key(entry.url) if entry.url else ""
    if key and key not in shared and not is_front_page(key):
        return bounded(key), "url"
    return title_ident(entry), "title"


def _guids_hold(entries: Sequence[Entry]) -> bool:
    """Tell whether guids may be believed: hardly any is missing or stands for several articles."""
    articles: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        articles[_guid_key(entry)].add(url_key(entry.url) if entry.url else entry.title)
    sound = sum(1 for entry in entries if (guid := _guid_key(entry)) and len(articles[guid]) == 1)
    return len(entries) - sound <= BAD_GUIDS * len(entries)


def _shared_urls(entries: Sequence[Entry]) -> frozenset[str]:
    repeated = Counter(url_key(entry.url) for entry in entries if entry.url)
    titles = {
        (key, core_title(entry.title))
        for entry in entries
        if entry.url and repeated[key := url_key(entry.url)] >= SHARED_URL
    }
    counts = Counter(key for key, _ in titles)
    return frozenset(key for key, count in counts.items() if count >= SHARED_URL)


def _guid_key(entry: Entry) -> str:
    guid = (entry.guid or "").strip()
    return url_key(guid) if guid.startswith(("http://", "https://")) else guid


def title_ident(entry: Entry) -> str:
    """Return what an entry is known by where its address tells nothing: its title and day."""
    day = f"{entry.published:%Y-%m-%d}" if entry.published else ""
    words = core_title(entry.title) or entry.title
    return f"title:{sha256(f'{words} {day}'.encode(errors='replace')).hexdigest()[:32]}"

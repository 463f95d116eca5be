"""What people say of letters: that one was delivered, or is to be sent again."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from xcbulletin.delivery.ledger import reading, writing
from xcbulletin.delivery.ledger.suppressions import suppressed_among
from xcbulletin.delivery.ledger.transitions import Mark, is_done, refusal
from xcbulletin.delivery.mailing import Delivery, Mailing, key_of

_ALIKE, _NEAREST = 0.8, 3
"""How near, and how many, are the addresses named instead of one that is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """What became of a person's word. Where it cannot be taken of one address, it is of none."""

    done: tuple[str, ...] = ()
    """Addresses whose letters stand otherwise now."""
    already: tuple[str, ...] = ()
    """Addresses whose letters stood so before."""
    refused: tuple[tuple[str, str], ...] = ()
    """Addresses, and why not, in Chinese."""
    unknown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Addresses that the mailing does not have, and those it has that are nearest."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, a line each, in Chinese."""
        return (
            *(f"{address}: {why}" for address, why in self.refused),
            *(f"{address}: 这一期没有给这个邮箱的信；{_meant(nearest)}" for address, nearest in self.unknown),
        )


def _meant(nearest: Sequence[str]) -> str:
    return f"相近的有 {'、'.join(nearest)}" if nearest else "请检查写得对不对"


def mark(
    connection: Connection, mailing: Mailing, addresses: Collection[str], word: Mark, by: str, now: datetime
) -> Marked:
    """Keep a person's word, if it can be taken of every address."""
    keys = {key_of(address): address for address in addresses}
    found = reading.read_addressed(connection, mailing, keys)
    refused = _refused(connection, found, word)
    unknown = _unknown(connection, mailing, keys, found)
    if refused or unknown:
        return Marked(refused=refused, unknown=unknown)
    changing = tuple(one for one in found.values() if not is_done(word, one.state))
    writing.mark(connection, mailing, changing, word, by, now)
    return Marked(
        done=tuple(one.address for one in changing),
        already=tuple(one.address for one in found.values() if is_done(word, one.state)),
    )


def _refused(
    connection: Connection, found: Mapping[str, Delivery], word: Mark
) -> tuple[tuple[str, str], ...]:
    barred = suppressed_among(connection, found)
    reasons = {
        one.address: refusal(word, one.state, one.reason, suppressed=key in barred)
        for key, one in found.items()
    }
    return tuple((address, why) for address, why in reasons.items() if why)


def _unknown(
    connection: Connection, mailing: Mailing, keys: Mapping[str, str], found: Collection[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    missing = [key for key in keys if key not in found]
    known = reading.read_keys(connection, mailing) if missing else ()
    return tuple(
        (keys[key], tuple(difflib.get_close_matches(key, known, n=_NEAREST, cutoff=_ALIKE)))
        for key in missing
    )

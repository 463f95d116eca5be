"""Addresses that stand in a text."""

import re
from collections.abc import Iterable

ADDRESS = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,255}\.[\w-]{2,63}"
_ANY_ADDRESS = re.compile(rf"(?<![\w.!#$%&'*+/=?^`{{|}}~-]){ADDRESS}", re.ASCII)
MOST = 10
"""Addresses of one letter that are kept."""


def addresses_in(text: str) -> tuple[str, ...]:
    """Return the addresses in a text, each once."""
    return unique(_ANY_ADDRESS.findall(text))


def unique(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return addresses without those that differ from an earlier one in capitals only."""
    found: dict[str, str] = {}
    for address in addresses:
        found.setdefault(address.lower(), address)
    return tuple(found.values())[:MOST]

"""All rules, by id: for the switches, the manual and the report."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from xcbulletin.proofing import chinese, imprint, numbers, structure
from xcbulletin.proofing.findings import Rule


def by_id(rules: Iterable[Rule]) -> Mapping[str, Rule]:
    """Return the rules by their ids, of which no two may be alike."""
    found: dict[str, Rule] = {}
    for rule in rules:
        assert rule.id not in found, rule.id
        found[rule.id] = rule
    return found


CATALOGUE = by_id((*imprint.RULES, *chinese.RULES, *numbers.RULES, *structure.RULES))
"""In the order of the families."""


def nearest(id_: str) -> str | None:
    """Return the id that somebody may have meant."""
    return next(iter(get_close_matches(id_.strip().lower(), CATALOGUE, n=1, cutoff=0.5)), None)

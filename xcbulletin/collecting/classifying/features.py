"""What a learner sees of an item: how strongly the lexicon speaks for each industry, and its wording."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import tanh

from xcbulletin.collecting.classifying.lexicon import Evidence, Lexicon, Place, Text, Tier, read_text, total

_NOT_WORDING = re.compile(r"[\s\d.%,:;!?()“”\"'‘’《》【】、\-/]+")
_LATIN = re.compile(r"[a-z]{2,}")

FIRST_POINTS = 2.5
"""Points of the lexicon that make an industry as likely as not."""
PER_POINT = 0.9
"""Of a logit."""
ROUND_UP = 0.45
"""What points are worth where an item goes through the whole market."""

_NOTHING = (0.0,) * 15
WIDTH = 21
"""Numbers that `row` returns."""
BY_LEXICON = (
    -2 * PER_POINT * FIRST_POINTS,
    PER_POINT * FIRST_POINTS,
    4 * PER_POINT,
    *(0.0,) * 14,
    -4 * PER_POINT * (1 - ROUND_UP),
    *(0.0,) * 3,
)
"""Weights of `row` by which a learner says what the lexicon says: where one starts who has seen no example."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Features:
    """An item for a learner."""

    text: Text
    evidence: Mapping[str, tuple[Evidence, ...]]
    """By the code of the industry, weightiest first."""
    points: Mapping[str, float]
    """Of the evidence together, by code."""


def describe(title: str, summary: str, lexicon: Lexicon) -> Features:
    """Return what a learner sees of an item."""
    text = read_text(title, summary)
    evidence = lexicon.find(text)
    return Features(
        text=text,
        evidence=evidence,
        points={code: total(some) for code, some in evidence.items()},
    )


def row(features: Features, code: str) -> tuple[float, ...]:
    """Return how the lexicon speaks for one industry, as `WIDTH` numbers of about 0 to 2."""
    if code not in features.evidence:
        return _silent(max(features.points.values(), default=0.0), features.text.is_round_up)
    points = features.points[code]
    best = max(features.points.values(), default=0.0)
    other = max((other for one, other in features.points.items() if one != code), default=0.0)
    capped = min(points, 8) / 4
    round_up = float(features.text.is_round_up)
    return (
        1.0,
        1.0,
        capped,
        tanh(points / 3),
        float(points >= 2),
        float(points >= 3),
        *_places(features.evidence.get(code, ())),
        round_up,
        round_up * capped,
        points / best if best > 0 and points > 0.5 else 0.0,
        float(points == best and points > 1),
        min(max(other - points, 0.0), 6) / 6,
    )


def _silent(best: float, round_up: bool) -> tuple[float, ...]:
    return (1.0, *_NOTHING, float(round_up), 0.0, 0.0, 0.0, min(max(best, 0.0), 6) / 6)


def _places(evidence: Sequence[Evidence]) -> tuple[float, ...]:
    found = Counter((one.term.tier, max(one.place, Place.TITLE)) for one in evidence)
    subject = any(one.term.tier is Tier.COMPANY and one.place is Place.SUBJECT for one in evidence)
    return (
        min(found[Tier.SUB_SECTOR, Place.TITLE], 2) / 2,
        min(found[Tier.SUB_SECTOR, Place.LEAD], 2) / 2,
        min(found[Tier.SUB_SECTOR, Place.REST], 3) / 3,
        float(subject),
        min(found[Tier.COMPANY, Place.TITLE] + found[Tier.COMPANY, Place.LEAD], 1),
        min(found[Tier.COMPANY, Place.REST], 2) / 2,
        min(found[Tier.WORD, Place.TITLE], 2) / 2,
        min(found[Tier.WORD, Place.LEAD] + found[Tier.WORD, Place.REST], 4) / 4,
        min(found[Tier.STOP, Place.TITLE], 1),
        min(found[Tier.STOP, Place.LEAD], 1),
    )


def wording(text: Text) -> frozenset[str]:
    """Return the pairs of characters in an item, those of the title also by themselves, and Latin words."""
    content = _NOT_WORDING.sub(" ", text.content)
    pairs = [content[at : at + 2] for at in range(len(content) - 1)]
    of_title = [f"^{pair}" for pair in pairs[: text.title_end - 1]]
    return frozenset(pairs + of_title + _LATIN.findall(content))

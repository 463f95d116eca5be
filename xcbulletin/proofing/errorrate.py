"""差错率: how many slips there are in ten thousand characters, counted as the quality rules for periodicals do.

《报纸期刊质量管理规定》（国新出发〔2020〕10号）, annex 《期刊编校差错率计算方法》. The annex counts the characters that
would fill the printed lines; here those that are there are counted, punctuation included and blanks not, which is
stricter. Slips in a title count once, for it is no cover; words that are missing are counted as one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from xcbulletin.proofing.findings import Finding
from xcbulletin.proofing.passages import OBJECT, Passage

YARDSTICK = 2.0
"""Slips in ten thousand characters that a periodical passes with (article 5)."""
MOST_OF_ONE = 3
"""Times that one slip counts in an issue, however often it is repeated (annex, part 3, no. 2)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorRate:
    """What an issue would be marked with, as far as the rules here see its slips."""

    slips: float
    """Their weights taken together."""
    characters: int
    yardstick: float = YARDSTICK
    """In ten thousand characters."""

    @property
    def rate(self) -> float:
        """Slips in ten thousand characters; 0 where nothing is printed."""
        return 10_000 * self.slips / self.characters if self.characters else 0.0

    @property
    def passes(self) -> bool:
        """Tell whether the issue would pass."""
        return self.rate <= self.yardstick

    def __str__(self) -> str:
        verdict = "" if self.passes else "，不合格"
        return f"差错率约 {self.rate:.1f}/万，合格线 {self.yardstick:g}/万{verdict}"


def error_rate(
    findings: Iterable[Finding], passages: Iterable[Passage], yardstick: float = YARDSTICK
) -> ErrorRate:
    """Return the error rate of the findings in all passages of an issue."""
    times: dict[tuple[str, str], int] = defaultdict(int)
    weights: dict[tuple[str, str], float] = {}
    for finding in findings:
        if finding.rule.weight:
            slip = (finding.rule.id, finding.excerpt)
            times[slip] += 1
            weights[slip] = finding.rule.weight
    return ErrorRate(
        slips=round(sum(min(count, MOST_OF_ONE) * weights[slip] for slip, count in times.items()), 2),
        characters=sum(map(_characters, passages)),
        yardstick=yardstick,
    )


def _characters(passage: Passage) -> int:
    return sum(not character.isspace() and character != OBJECT for character in passage.text)

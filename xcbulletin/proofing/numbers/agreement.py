"""The same quantity with two values: within an issue, or against what was printed before."""

import re
from collections import defaultdict
from collections.abc import Iterable

from xcbulletin.model import Severity
from xcbulletin.proofing.findings import Family, Rule
from xcbulletin.proofing.numbers.claims import Claim
from xcbulletin.proofing.numbers.quantities import Bound, Quantity, overlap

TWO_VALUES = Rule(
    id="two-values",
    family=Family.NUMBERS,
    name="同一个数前后不一",
    severity=Severity.WARNING,
    why="同一期里，同一件事、同一单位、同一时段的数有两个值，超出四舍五入可以解释的范围；或者是口径不同，应当写明。",
    basis="《报纸期刊质量管理规定》（国新出发〔2020〕10号）；编辑部核数的规矩：两个来源不一致的，讲清楚差在哪里",
    weight=1,
)
PRINTED_OTHERWISE = Rule(
    id="printed-otherwise",
    family=Family.NUMBERS,
    name="与往期所印的数不一",
    severity=Severity.WARNING,
    why="往期印过同一件事、同一单位、同一时段的数，值不同；数据修订过的，应当说明。",
    basis="编辑部核数的规矩：前后各期可以对照",
    weight=0,
)
_LONG = 6
_OF_ANY_COMPANY = re.compile("收入|利润|股东|补贴|价|金额|费用|现金|市值|资产|负债|人数|面积|注册资本")
_COMPLETED = 10
"""Characters by which one subject may be longer than the other."""


class Record:
    """What has been said of things, and where."""

    def __init__(self) -> None:
        self._said: dict[_Key, list[tuple[str, Claim]]] = defaultdict(list)

    def add(self, where: str, told: Iterable[Claim]) -> None:
        """Keep what is said at `where`, which is put into a message as it stands."""
        for claim in told:
            self._said[_key(claim)].append((where, claim))

    def objection(self, claim: Claim) -> str | None:
        """Return what to say of the first claim that speaks for sure of the same and says otherwise."""
        for where, earlier in self._said[_key(claim)]:
            if contradict(claim, earlier):
                return f"“{earlier.subject}”在 {where}是{describe(earlier)}，这里是{describe(claim)}"
        return None


_Key = tuple[str, str | None, frozenset[str]]


def _key(claim: Claim) -> _Key:
    """Return what two claims must have in common to speak of the same."""
    return claim.quantity.unit, claim.scope, claim.qualifiers


def may_speak_of(subjects: Iterable[str], text: str) -> bool:
    """Tell whether a text has a word with which one of the subjects ends."""
    return any(subject[-4:] in text for subject in subjects)


def contradict(first: Claim, second: Claim) -> bool:
    """Tell whether two claims, alike by their key, speak for sure of the same and say different things."""
    return (
        _same_subject(first, second)
        and not _may_be_one(first.quantity, second.quantity)
        and _same_time(first, second)
    )


def _same_time(first: Claim, second: Claim) -> bool:
    """Tell whether both name the same year, or nothing speaks against it and shares of one whole differ too."""
    if first.years and second.years:
        return first.years == second.years and first.seasons == second.seasons
    return first.scope is not None and _shares_differ(first, second)


def _shares_differ(first: Claim, second: Claim) -> bool:
    if first.share is None or second.share is None or first.share[0] != second.share[0]:
        return False
    return not _may_be_one(first.share[1], second.share[1])


def _may_be_one(first: Quantity, second: Quantity) -> bool:
    """Tell whether one may be the other rounded, cut or guessed."""
    coarse = max(first.step, second.step)
    if abs(first.value - second.value) <= coarse:
        return True
    rough = Bound.EXACT not in (first.bound, second.bound)
    return overlap(first.interval, second.interval) or (
        rough and abs(first.value - second.value) <= 2 * coarse
    )


def _same_subject(first: Claim, second: Claim) -> bool:
    """Tell whether the subjects are the same words, or the shorter is completed by the words around it."""
    longer, shorter = sorted((first, second), key=lambda claim: -len(claim.subject))
    if first.scope is None:
        return longer.subject == shorter.subject and _tells_by_itself(shorter.subject)
    if longer.subject == shorter.subject:
        return True
    rest = longer.subject.removesuffix(shorter.subject)
    return longer.subject.endswith(shorter.subject) and len(rest) <= _COMPLETED and rest in shorter.context


def _tells_by_itself(subject: str) -> bool:
    """Tell whether a subject without a place is one: 新能源汽车销量, not the 营业收入 of some company."""
    return len(subject) >= _LONG and not _OF_ANY_COMPANY.search(subject)


def describe(claim: Claim) -> str:
    """Return a claim as it is told to an editor: 389571件（占全球74.7%）."""
    share = f"（占{claim.share[0]}{claim.share[1].words}）" if claim.share else ""
    return f"{claim.quantity.words}{share}"

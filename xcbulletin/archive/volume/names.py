"""The names that an annual index lists, found in a text: companies and policy documents."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from xcbulletin.model import Industry

POLICY_ENDINGS = (
    *("规划", "纲要", "计划", "方案", "战略"),
    *("意见", "通知", "决定", "公告", "要点"),
    *("办法", "条例", "规定", "细则", "措施", "政策"),
    *("目录", "指南", "指引", "标准", "规范"),
    *("法典", "法案"),
)
"""How the names of policy documents end, besides 法; behind them a bracket may stand: （2021—2035年）, （试行）."""
_POLICY = re.compile(
    rf"《(?=[^《》]*(?:{'|'.join(POLICY_ENDINGS)}|(?<![方看说书算用想写手疗])法)(?:[（(][^（）()《》]*[）)])?》)[^《》]+》"
)
"""法 ends the names of laws, and those of ways (方法, 看法, 疗法) as well."""
_WORD = re.compile(r"[0-9A-Za-z]")
_KEY = 2
"""Characters by which a company is looked up; no name is shorter."""


class Subject(StrEnum):
    """What an index is about."""

    COMPANY = "company"
    POLICY = "policy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """A name where it stands in a text."""

    subject: Subject
    name: str
    """As the index lists it."""
    start: int
    end: int


class Companies:
    """The companies that are known, to be found in texts."""

    def __init__(self, names: Iterable[str], other: Iterable[str] = ()) -> None:
        """Take their names, and `other` terms in which such a name means no company: 河南网 is not 南网."""
        self._names = frozenset(name for name in names if len(name) >= _KEY)
        self._by_start: dict[str, list[str]] = {}
        for term in sorted(
            {*self._names, *(term for term in other if len(term) >= _KEY)}, key=_longest_first
        ):
            self._by_start.setdefault(term[:_KEY], []).append(term)

    def find(self, text: str) -> Iterator[Occurrence]:
        """Yield the companies in a text in their order: of names that overlap the first, of those the longest."""
        at = 0
        while at < len(text):
            term = next(
                (one for one in self._by_start.get(text[at : at + _KEY], ()) if _stands(one, text, at)), ""
            )
            if term in self._names:
                yield Occurrence(subject=Subject.COMPANY, name=term, start=at, end=at + len(term))
            at += len(term) or 1


def companies_of(industries: Iterable[Industry], local: Iterable[str]) -> Companies:
    """Return the companies of the industries and those of the city."""
    listed = tuple(industries)
    return Companies(
        (*local, *(name for one in listed for name in one.companies)),
        (term for one in listed for term in one.stop_contexts),
    )


def find_names(text: str, companies: Companies) -> tuple[Occurrence, ...]:
    """Return the names in a text, in their order; a company may stand within the name of a policy document."""
    policies = (
        Occurrence(subject=Subject.POLICY, name=" ".join(one[0].split()), start=one.start(), end=one.end())
        for one in _POLICY.finditer(text)
    )
    return tuple(sorted((*policies, *companies.find(text)), key=lambda one: (one.start, one.end)))


def _longest_first(term: str) -> tuple[int, str]:
    return -len(term), term


def _stands(term: str, text: str, at: int) -> bool:
    """Tell whether a term stands there, and not as a part of a longer word or number in Latin letters."""
    end = at + len(term)
    return (
        text.startswith(term, at)
        and not (_WORD.match(term[0]) and _WORD.match(text[at - 1 : at]))
        and not (_WORD.match(term[-1]) and _WORD.match(text[end : end + 1]))
    )

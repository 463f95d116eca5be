"""The words of proofing as values: rules, what they find, and how it would be put right."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from xcbulletin.model import Place, Problem, Severity


class Family(StrEnum):
    """What rules are about; the value is its name for editors."""

    IMPRINT = "版记与用语"
    TEXT = "文字标点"
    NUMBERS = "数字"
    STRUCTURE = "结构与来源"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One thing to look for."""

    id: str
    """What an editor switches it off by, such as `quotes-unpaired`."""
    family: Family
    name: str
    """In Chinese, a few words."""
    severity: Severity
    why: str
    """In Chinese, for an editor who asks."""
    basis: str
    """The standard, regulation or habit that it rests on, with its article."""
    weight: float = 0
    """Of one slip in the error rate (差错率): 1, 0.1, or 0 where it does not count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """One place of a file changed."""

    file: str
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    old: str
    """What stands there, within one line."""
    new: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a rule found."""

    rule: Rule
    place: Place
    """With line and column."""
    excerpt: str
    """The words at fault, as they stand."""
    message: str
    suggestion: str | None = None
    fix: Edit | None = None
    """Only where it is safe to make it without asking."""
    severity: Severity | None = None
    """Where this one weighs other than its rule."""

    @property
    def problem(self) -> Problem:
        """What an editor is told."""
        return Problem(
            place=self.place,
            rule=self.rule.id,
            message=self.message,
            suggestion=self.suggestion,
            severity=self.severity or self.rule.severity,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Switches:
    """Rules that an institute, or a line of an article, does without."""

    off: frozenset[str] = frozenset()
    lines: Mapping[tuple[str, int], frozenset[str]]
    """By file and line."""

    def silences(self, finding: Finding) -> bool:
        """Tell whether somebody has said that this is no mistake."""
        here = self.lines.get((finding.place.file, finding.place.line or 0), frozenset())
        return finding.rule.id in self.off | here

"""What became of the words in an output."""

from dataclasses import dataclass
from enum import StrEnum

from xcbulletin.model import Place
from xcbulletin.proofing.sameness.words import Words


class Verdict(StrEnum):
    """What became of a sentence."""

    MISSING = "missing"
    CHANGED = "changed"
    MOVED = "moved"
    REPEATED = "repeated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A sentence that an output does not carry as it was signed."""

    verdict: Verdict
    words: Words
    instead: str | None = None
    """What stands there; of what moved or came twice, what it stands behind."""

    @property
    def place(self) -> Place:
        """Where the sentence stands in the article."""
        return self.words.place()

    @property
    def sentence(self) -> str:
        """The sentence as it is printed."""
        return self.words.printed.strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """How an output compares with the words."""

    sentences: int
    """How many were looked for."""
    differences: tuple[Difference, ...]

"""What the rules are told beside the issue itself; nothing here is read from a disk."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from xcbulletin.model import Printed
from xcbulletin.proofing.chinese.wordlist import WordList


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureFacts:
    """A picture of pixels, as it is printed."""

    width: int
    height: int
    """In pixels."""
    printed_width: float
    """In centimetres."""
    widest: float
    """In centimetres: how wide a larger picture would be printed."""

    @property
    def dots_per_inch(self) -> int:
        """How finely it is printed."""
        return round(self.width / (self.printed_width / 2.54))


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The institute's settings, what else is printed, and facts about files."""

    profile: Literal["permit", "brief"] = "permit"
    notice: str | None = None
    """The words printed on cover and masthead, such as 内部资料，免费交流."""
    today: datetime.date = datetime.date.max
    """The day it is where editors are."""
    printed: Sequence[Printed] = ()
    """Articles of all issues."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """The kept text of an article's source, by the article's file."""
    data: Mapping[str, str] = field(default_factory=dict)
    """What its charts are drawn from, by the article's file."""
    pictures: Mapping[str, PictureFacts] = field(default_factory=dict)
    """Of those made of pixels, by their address in the text."""
    word_list: WordList = field(default_factory=WordList)
    off: frozenset[str] = frozenset()
    """Rules switched off for the whole workspace."""

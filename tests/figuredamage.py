"""Wrong sentences made of right ones by rule, for tests and for the benchmark of proofreading.

`data/proofing/right-figures.txt` has in each line a rule's id, a tab and a sentence in whose braces stands the figure
that follows from the others.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

RIGHT = Path(__file__).parent / "data" / "proofing" / "right-figures.txt"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A sentence and the figure in it that the others give."""

    rule: str
    before: str
    figure: str
    after: str

    @property
    def right(self) -> str:
        return self.before + self.figure + self.after

    def wrong(self, random: Random) -> str:
        """Return the sentence with another figure, as an editor's hand would slip."""
        if self.rule == "respectively-uneven":
            return self.before + _one_less(self.figure, random) + self.after
        if "其中" in self.before and "占" not in self.before:
            return (
                self.before + _NUMBER.sub(lambda number: f"{number[0]}0", self.figure, count=1) + self.after
            )
        slips = [slip for slip in SLIPS if slip(self.figure) != self.figure]
        return self.before + random.choice(slips)(self.figure) + self.after


def samples() -> Iterator[Sample]:
    for line in RIGHT.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            rule, sentence = line.split("\t")
            before, figure, after = re.split(r"[{}]", sentence)
            yield Sample(rule=rule, before=before, figure=figure, after=after)


def last_digit(figure: str) -> str:
    """42.9% → 42.4%: one digit struck wrong."""
    return _changed(figure, lambda number: number[:-1] + str((int(number[-1]) + 5) % 10))


def first_digit(figure: str) -> str:
    """42.9% → 62.9%."""
    return _changed(figure, lambda number: str(int(number[0]) % 8 + 2) + number[1:])


def turned(figure: str) -> str:
    """42.9% → 24.9%: two digits change places."""
    return _changed(
        figure, lambda number: number[1] + number[0] + number[2:] if number[1:2].isdigit() else number
    )


def point_moved(figure: str) -> str:
    """42.9% → 429%, 640 人 → 6400 人."""
    return _changed(figure, lambda number: number.replace(".", "") if "." in number else f"{number}0")


SLIPS = (last_digit, first_digit, turned, point_moved)


def _changed(figure: str, change: Callable[[str], str]) -> str:
    return _NUMBER.sub(lambda number: change(number[0]), figure, count=1)


def _one_less(figures: str, random: Random) -> str:
    """5%、3%和2% → 5%和2%."""
    listed = re.split("[、和]", figures)
    listed.pop(random.randrange(len(listed) - 1))
    return "、".join(listed[:-1]) + ("和" if len(listed) > 1 else "") + listed[-1]

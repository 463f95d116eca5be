"""An issue's copies on paper: who gets how many of them and which, how many are kept, and whether there are enough."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from xcbulletin.delivery.mailing import RECIPIENTS_FILE, Recipient
from xcbulletin.errors import ProblemsError
from xcbulletin.model import Place, Problem
from xcbulletin.publishing.documents import glyph_problem
from xcbulletin.publishing.typefaces.fonts import FontSet

OTHERS = "其他"
"""What those are headed who are on no list, where others are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one recipient gets on paper."""

    recipient: Recipient
    place: int
    """In the list, from 1."""
    numbers: range
    """Of the copies; from 1, those of all shares follow one another."""

    @property
    def copies(self) -> int:
        """How many there are."""
        return len(self.numbers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Recipients of one list, those of one organisation together."""

    name: str
    """Empty where no recipient is on any list."""
    shares: tuple[Share, ...]

    @property
    def copies(self) -> int:
        """How many they get together."""
        return sum(share.copies for share in self.shares)


@dataclass(frozen=True, kw_only=True, slots=True)
class Allotment:
    """The copies of an issue, all of them."""

    groups: tuple[Group, ...]
    printed: int | None
    """How many the imprint says there are (印数)."""

    @property
    def shares(self) -> tuple[Share, ...]:
        """What each recipient gets, in the order of the list."""
        return tuple(share for group in self.groups for share in group.shares)

    @property
    def given(self) -> int:
        """How many copies all recipients get together."""
        return sum(group.copies for group in self.groups)

    @property
    def kept(self) -> range | None:
        """The numbers of the copies that nobody gets (留存); None where the imprint does not say how many there are."""
        return None if self.printed is None else range(self.given + 1, self.printed + 1)

    @property
    def numbers_from(self) -> int:
        """The first number after those on paper: for the first PDF that is sent."""
        return (self.printed or self.given) + 1


def allot(recipients: Iterable[Recipient], printed: int | None) -> Allotment:
    """Return who gets which copies; who gets none is left out.

    Recipients stand together by the first of their lists, then by organisation, otherwise in the order of the file;
    numbers follow that order.
    """
    on_paper = [one for one in recipients if one.copies > 0]
    ordered = _together(on_paper)
    ends = accumulate(one.copies for one in ordered)
    shares = [
        Share(recipient=one, place=place, numbers=range(end - one.copies + 1, end + 1))
        for place, (one, end) in enumerate(zip(ordered, ends, strict=True), 1)
    ]
    are_listed = any(one.lists for one in on_paper)
    groups = groupby(shares, lambda share: _list_of(share.recipient))
    return Allotment(
        groups=tuple(
            Group(name=(name or OTHERS) if are_listed else "", shares=tuple(of_list))
            for name, of_list in groups
        ),
        printed=printed,
    )


def _together(recipients: Sequence[Recipient]) -> list[Recipient]:
    """Return the recipients by list and organisation, each where its first recipient stands."""
    lists: dict[str, dict[str, list[Recipient]]] = {}
    for one in recipients:
        own = one.organisation or f"\n{one.line}"  # who has none is with nobody
        lists.setdefault(_list_of(one), {}).setdefault(own, []).append(one)
    last = [lists.pop("")] if "" in lists else []
    return [one for by_name in (*lists.values(), *last) for group in by_name.values() for one in group]


def _list_of(recipient: Recipient) -> str:
    return recipient.lists[0] if recipient.lists else ""


def check(allotment: Allotment, issue_file: str, fonts: FontSet) -> tuple[Problem, ...]:
    """Return why the copies cannot be given out, and what of the recipients cannot be printed."""
    found = (*_shortage(allotment, issue_file), *_unprintable(allotment, fonts))
    if allotment.given:
        return found
    return (
        Problem(
            place=Place(file=RECIPIENTS_FILE),
            rule="no-copies",
            message="没有人要纸质的（copies 一列都是 0），没有可印的发放清单和标签",
            suggestion="请在 copies 一列写上每人几份",
        ),
    )


def expect_right(allotment: Allotment, issue_file: str, fonts: FontSet) -> None:
    """Raise ProblemsError with everything that `check` finds."""
    if problems := check(allotment, issue_file, fonts):
        raise ProblemsError(problems)


def _shortage(allotment: Allotment, issue_file: str) -> Iterator[Problem]:
    """Yield the recipient for whom the copies run out first, in the order of the file."""
    if allotment.printed is None or allotment.given <= allotment.printed:
        return
    total = 0
    for one in sorted((share.recipient for share in allotment.shares), key=lambda one: one.line):
        total += one.copies
        if total > allotment.printed:
            yield Problem(
                place=Place(file=RECIPIENTS_FILE, line=one.line),
                rule="copies",
                message=f"纸质份数合计 {allotment.given} 份，比印数 {allotment.printed}（{issue_file}）"
                f"多 {allotment.given - allotment.printed} 份，从这一行起不够发",
                suggestion=f"请减少 copies，或把印数改成不少于 {allotment.given}",
            )
            return


def _unprintable(allotment: Allotment, fonts: FontSet) -> Iterator[Problem]:
    for share in allotment.shares:
        one = share.recipient
        for character in fonts.missing(f"{one.name}{one.organisation}{one.role}{''.join(one.lists[:1])}"):
            yield glyph_problem(character, Place(file=RECIPIENTS_FILE, line=one.line))

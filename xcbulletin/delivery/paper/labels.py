"""Address labels (信封标签) for internal mail: one for each recipient of copies, on sheets of 24 as shops sell them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xcbulletin.delivery.mailing import RECIPIENTS_FILE, Recipient
from xcbulletin.delivery.paper.allotting import Allotment, Share, expect_right
from xcbulletin.delivery.paper.copynumbers import span_text
from xcbulletin.errors import ProblemsError
from xcbulletin.model import Place, Problem
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.pages import Templates
from xcbulletin.publishing.titles import ems, title_lines
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting.press import Job

_MILLIMETRE = 72 / 25.4


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A4 with labels that touch one another; lengths in millimetres."""

    width: float
    """Of a label."""
    height: float
    left: float = 0
    """Of the first label, from the edge of the sheet."""
    top: float
    columns: int = 3
    rows: int = 8

    @property
    def line(self) -> float:
        """How long a line of text may be, in points: what printers leave blank at the edge is kept free."""
        return (self.width - 2 * _SIDE) * _MILLIMETRE

    @property
    def above_name(self) -> float:
        """How high organisation and role may be, in points."""
        return (self.height - 2 * _EDGE) * _MILLIMETRE - _NAME - _FOOT


SHEETS = {
    "70x36": Sheet(width=70, height=36, top=4.5),
    "70x37": Sheet(width=70, height=37, top=0.5),
}
"""The sheets of 3 × 8 that are commonly sold, by their name on the package."""
USUAL = "70x36"
_SIDE, _EDGE = 5, 4.2
"""Millimetres that stay blank inside a label, at its sides and above and below."""
_NAME, _FOOT, _RECEIVES = 24, 13, 20
"""Points: how high name and foot are, and how wide 收 with its blank is."""
_LINE_HEIGHT = 1.28
_SIZES = (12, 11, 10.5, 10, 9, 8, 7, 6)
_SIZES_OF_NAMES = (18, 16, 14, 12, *_SIZES[2:])


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """A text in lines, and the size at which they fit."""

    size: float
    """In points."""
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What stands on one label."""

    share: Share
    whereto: Fitted
    """Organisation and role."""
    name: Fitted
    """Of who receives it; where no name is known, the role, the organisation or the address."""


def labels(
    edition: Edition,
    allotment: Allotment,
    templates: Templates,
    fonts: FontSet,
    *,
    sheet: Sheet = SHEETS[USUAL],
    numbered: bool = False,
) -> Job:
    """Return the labels for the press, in the order of the distribution list.

    Raises ProblemsError where copies do not suffice, characters cannot be printed or a text is too long for a
    label, TemplateFailedError.
    """
    expect_right(allotment, f"{edition.file}/issue.yaml", fonts)
    made = _labels(allotment.shares, sheet)
    on_sheet = sheet.columns * sheet.rows
    html = templates.render(
        "paper/labels.html",
        edition,
        blocks="shared/blocks.html",
        picture=lambda node: node.src,
        sheet=sheet,
        side=_SIDE,
        edge=_EDGE,
        line_height=_LINE_HEIGHT,
        sheets=[made[start : start + on_sheet] for start in range(0, len(made), on_sheet)],
        numbered=numbered,
        span_text=span_text,
    )
    return Job(html=html)


def _labels(shares: Sequence[Share], sheet: Sheet) -> list[Label]:
    made: list[Label] = []
    problems: list[Problem] = []
    for share in shares:
        one = share.recipient
        known = filter(None, (one.organisation, one.role, one.name))
        *above, receiver = tuple(known) or (one.address or "",)
        whereto = fit(above, sheet.line, sheet.above_name, _SIZES)
        name = fit((receiver,), sheet.line - _RECEIVES, _NAME, _SIZES_OF_NAMES)
        if whereto and name:
            made.append(Label(share=share, whereto=whereto, name=name))
        problems += _too_long(one, whereto, name)
    if problems:
        raise ProblemsError(problems)
    return made


def fit(texts: Sequence[str], line: float, height: float, sizes: Sequence[float]) -> Fitted | None:
    """Return texts, each in lines of its own, at the largest size at which they fit; None where they fit at none.

    Lengths are in points.
    """
    for size in sizes:
        longest = line / size
        lines = [part for text in texts if text for part in title_lines(text, longest * _share(text))]
        if len(lines) * size * _LINE_HEIGHT <= height and all(_ems(part) <= longest for part in lines):
            return Fitted(size=size, lines=tuple(lines))
    return None


def _share(text: str) -> float:
    """Return the part of a text's width that `title_lines` knows of: it takes capitals to be narrow."""
    return min(1, ems(text) / _ems(text))


def _ems(text: str) -> float:
    """Return how wide a text may be, in ems, in our Hei and in Song Bold."""
    return sum(map(_em, text))


def _em(character: str) -> float:
    if not character.isascii() or character in "MWmw@%&":
        return 1
    if character in " .,:;'()-/!il":
        return 0.4
    return 0.8 if character.isupper() else 0.65


def _too_long(recipient: Recipient, whereto: Fitted | None, name: Fitted | None) -> Iterator[Problem]:
    for fitted, what in ((whereto, "单位和职务"), (name, "姓名")):
        if fitted is None:
            yield Problem(
                place=Place(file=RECIPIENTS_FILE, line=recipient.line),
                rule="label-too-long",
                message=f"{what}太长，用最小的字也印不进一张标签",
                suggestion="请改用简称",
            )

"""What is to be sent, made ready: the audience of an issue, and the body that each kind of recipient gets."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from xcbulletin.delivery.composing import Body, compose, frozen_digest
from xcbulletin.delivery.ledger.suppressions import suppressed
from xcbulletin.delivery.mailing import Delivery, PdfChoice, Planned, Variant
from xcbulletin.delivery.paper.allotting import allot
from xcbulletin.delivery.paper.copynumbers import Stamp
from xcbulletin.delivery.recipients.audience import plan
from xcbulletin.delivery.recipients.checking import check_recipients
from xcbulletin.errors import ProblemsError
from xcbulletin.model import Audience, IssueId, Problem
from xcbulletin.postroom import Postroom
from xcbulletin.publishing.documents import PDF_FILE, letter_remarks, make_letter
from xcbulletin.publishing.head import web_address
from xcbulletin.publishing.letter import ATTACHED, LEFT_OUT, PdfOffer
from xcbulletin.publishing.outputs import Format
from xcbulletin.room import Tell
from xcbulletin.workshop import Composed


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """What each kind of recipient gets, and what its editor should know of it."""

    postroom: Postroom
    by_variant: Mapping[Variant, Body]
    pdfs: Mapping[Variant, tuple[Composed, bytes]] = field(repr=False)
    """What each attached PDF was printed from, and the PDF."""
    remarks: tuple[Problem, ...]

    @property
    def digests(self) -> dict[Variant, str]:
        """The SHA-256 of what each variant's letters have in common."""
        return {variant: frozen_digest(body, self.postroom.mail) for variant, body in self.by_variant.items()}

    def letter(
        self, one: Planned | Delivery, message_id: str, date: datetime.datetime, *, test: bool = False
    ) -> bytes:
        """Return a recipient's letter, whole."""
        number = one.copy_number
        return compose(
            self.by_variant[one.variant],
            self.postroom.mail,
            to=(one.name, one.address),
            message_id=message_id,
            date=date,
            test=test,
            pdf=None if number is None else self._stamps[one.variant].numbered(number),
        )

    @cached_property
    def _stamps(self) -> dict[Variant, Stamp]:
        fonts = self.postroom.workshop.fonts
        return {
            variant: Stamp(pdf, fonts, composed.material.layout)
            for variant, (composed, pdf) in self.pdfs.items()
        }


_HARMLESS = ("relation", "copies")
"""Rules about the list that a person may answer for: they do no harm to a letter."""


def look_over(postroom: Postroom, issue: IssueId) -> tuple[Problem, ...]:
    """Return what a person should know of the list. Raises ProblemsError where letters would go wrong."""
    recipients, found = postroom.read_recipients
    settings = postroom.workspace.settings
    imprint = postroom.workshop.compose(issue).edition.imprint
    more = check_recipients(recipients, profile=settings.profile, imprint=imprint, mail=settings.mail)
    problems = (*found, *more)
    if any(one.is_error and one.rule not in _HARMLESS for one in problems):
        raise ProblemsError(problems)
    return problems


def audience(postroom: Postroom, issue: IssueId, list_name: str | None = None) -> tuple[Planned, ...]:
    """Return the letters that an issue's recipients are to get. Raises ProblemsError, WorkspaceError."""
    recipients, _problems = postroom.read_recipients
    edition = postroom.workshop.compose(issue).edition
    on_paper = allot(recipients, edition.imprint.copies)
    return plan(
        recipients,
        {one.code for one in edition.industries},
        postroom.workspace.industries,
        list_name=list_name,
        copy_numbers_from=on_paper.numbers_from if postroom.mail.copy_numbers else None,
    )


def barred(postroom: Postroom) -> frozenset[str]:
    """Return the addresses, in small letters, that get nothing."""
    return frozenset(one.address for one in suppressed(postroom.engine))


def make_bodies(postroom: Postroom, issue: IssueId, variants: Iterable[Variant], tell: Tell) -> Bodies:
    """Return the bodies of the variants, each selection composed and printed once. Raises BulletinError."""
    wanted = sorted(set(variants))
    selections = list(dict.fromkeys(variant.selection for variant in wanted))
    bodies: dict[Variant, Body] = {}
    pdfs: dict[Variant, tuple[Composed, bytes]] = {}
    remarks: dict[Problem, None] = {}
    for number, selection in enumerate(selections, 1):
        if len(selections) > 1:
            tell(f"正在编印第 {number}/{len(selections)} 种：{_named(postroom, selection)}")
        composed = postroom.workshop.compose(issue, Audience(industries=selection))
        for variant in (one for one in wanted if one.selection == selection):
            pdf, offer = _pdf(postroom, issue, variant)
            letter = make_letter(composed.edition, composed.material, offer)
            bodies[variant] = Body(letter, composed.edition, pdf)
            remarks |= dict.fromkeys((*composed.problems, *letter_remarks(composed.edition, letter)))
            if pdf is not None:
                pdfs[variant] = composed, pdf
    return Bodies(postroom=postroom, by_variant=bodies, pdfs=pdfs, remarks=tuple(remarks))


def _pdf(postroom: Postroom, issue: IssueId, variant: Variant) -> tuple[bytes | None, PdfOffer]:
    """Return the PDF to attach, printed unless it was, and how the letter gives it."""
    if variant.pdf is PdfChoice.NONE:
        return None, LEFT_OUT
    folder = postroom.workshop.build(issue, (Format.PDF,), Audience(industries=variant.selection)).folder
    if variant.pdf is PdfChoice.ATTACH:
        return (folder / PDF_FILE).read_bytes(), ATTACHED
    file = (folder / PDF_FILE).relative_to(postroom.root / "build").as_posix()
    base = web_address(postroom.mail.pdf_base or "").rstrip("/")
    return None, PdfOffer(address=f"{base}/{quote(file)}")


def _named(postroom: Postroom, selection: Sequence[str]) -> str:
    names = [one.short_name for one in postroom.workspace.industries if one.code in selection]
    return "、".join(names) or "全部产业"

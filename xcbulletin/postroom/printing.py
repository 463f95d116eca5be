"""Copies on paper: who gets how many of an issue, and the labels for their envelopes, as PDF."""

from pathlib import Path

from xcbulletin.delivery.paper.allotting import Allotment, allot
from xcbulletin.delivery.paper.distribution import distribution
from xcbulletin.delivery.paper.labels import SHEETS, USUAL, labels
from xcbulletin.errors import ProblemsError, UsageMistakeError
from xcbulletin.model import IssueId
from xcbulletin.postroom import Postroom
from xcbulletin.workspace import write_whole

LIST_FILE, LABELS_FILE = "distribution.pdf", "labels.pdf"


def print_paper(
    postroom: Postroom, issue: IssueId, *, sheet: str = USUAL, numbered: bool = False
) -> tuple[Allotment, Path]:
    """Print the distribution list and the address labels into `build/mailing/ISSUE/`; return what is on them, and where.

    Raises ProblemsError where the list of recipients is wrong or there are too few copies, UsageMistakeError.
    """
    if sheet not in SHEETS:
        raise UsageMistakeError(f"--sheet 只能是 {'、'.join(SHEETS)}，现为“{sheet}”")
    recipients, problems = postroom.read_recipients
    if errors := [problem for problem in problems if problem.is_error]:
        raise ProblemsError(errors)
    workshop = postroom.workshop
    press = workshop.press
    composed = workshop.compose(issue)
    edition, templates, fonts = composed.edition, composed.material.templates, composed.material.fonts
    allotment = allot(recipients, edition.imprint.copies)
    jobs = {
        LIST_FILE: distribution(edition, allotment, templates, fonts, numbered=numbered),
        LABELS_FILE: labels(edition, allotment, templates, fonts, sheet=SHEETS[sheet], numbered=numbered),
    }
    tickets = {file: press.submit(job) for file, job in jobs.items()}
    folder = postroom.root / "build" / "mailing" / issue
    for file, ticket in tickets.items():
        write_whole(folder / file, press.result(ticket))
    return allotment, folder

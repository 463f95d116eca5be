"""An issue signed, sent back, looked over, and its 审稿单 printed."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xcbulletin.errors import BulletinError, ProblemsError
from xcbulletin.model import IssueId
from xcbulletin.proofing.signoffs.entries import Decision, Signoff
from xcbulletin.proofing.signoffs.form import form
from xcbulletin.proofing.signoffs.record import Covered, Record, read, read_covered, sign
from xcbulletin.proofing.signoffs.standing import Signing, StageStanding, Standing, standing
from xcbulletin.workspace import issue_folder, write_whole

if TYPE_CHECKING:
    from xcbulletin.settings import Workspace
    from xcbulletin.workshop import Workshop

FORM_FILE = "form.pdf"
PRINTED_SETTINGS = "刊头栏目版记.yaml"
"""Under this name is signed what bulletin.yaml and the industries give an issue to print."""
_SECTIONS = {"masthead", "profile", "columns", "imprint"}


class UnsignedError(BulletinError):
    """The issue is not signed, and the workspace requires it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """Where the sign-offs of an issue stand."""

    issue: IssueId
    record: Record
    covered: Covered
    standing: Standing

    @property
    def complete(self) -> bool:
        """Whether every stage is signed over what would be printed now, and nobody has been at the signatures."""
        return self.standing.complete and not self.record.errors

    def difference(self, stage: StageStanding) -> tuple[str, ...]:
        """Return what was changed since a stage was signed, as lines."""
        return stage.difference(self.record.text_of(self.covered))


def review(workshop: "Workshop", issue: IssueId) -> Review:
    """Return where the sign-offs of an issue stand. Raises WorkspaceError where there is no such issue."""
    folder, settings = issue_folder(workshop.root, issue), workshop.workspace.settings.review
    record, covered = read(folder, settings.stages), _covered(workshop, issue)
    now = standing(record.signoffs, covered.files, settings, record.text_of(covered))
    return Review(issue=issue, record=record, covered=covered, standing=now)


def _covered(workshop: "Workshop", issue: IssueId) -> Covered:
    """Return what would be printed of an issue: its folder without drafts, and what bulletin.yaml gives every issue."""
    folder = issue_folder(workshop.root, issue)
    read = _read(workshop, issue)[0]
    articles = {
        (workshop.root / article.file).relative_to(folder).as_posix(): article.draft
        for article in read.articles
    }
    return read_covered(folder, articles, {PRINTED_SETTINGS: _printed_settings(workshop.workspace, read)})


def _read(workshop: "Workshop", issue: IssueId) -> Any:
    from xcbulletin.manuscript.read import read_issue

    return read_issue(workshop.workspace, issue)


def _printed_settings(workspace: "Workspace", issue: Any) -> bytes:
    """Return what settings give an issue to print, with what the environment overrides; what is not set is left out."""
    import yaml

    printed = workspace.settings.model_dump(
        mode="json", include=_SECTIONS, exclude_none=True, exclude_defaults=True
    )
    tagged = {code for one in issue.articles if not one.draft for code in one.industries} | set(
        issue.industries
    )
    printed["industries"] = [
        {"code": one.code, "name": one.name, "short_name": one.short_name}
        for one in workspace.industries
        if one.code in tagged
    ]
    return f"# 设置里每期都印的\n{yaml.safe_dump(printed, allow_unicode=True)}".encode()


def sign_issue(
    workshop: "Workshop", issue: IssueId, asked: Signing, clock: Callable[[], datetime.datetime]
) -> tuple[Signoff, Review]:
    """Write down what is asked; return it, and where the issue stands then.

    Raises SigningError, and ProblemsError where the issue cannot be printed as it is, or somebody has been at
    its sign-offs.
    """
    if asked.decision is Decision.SIGNED:
        problems = [one for one in _read(workshop, issue)[1] if one.is_error]
        if problems:
            raise ProblemsError(problems)
    folder, settings = issue_folder(workshop.root, issue), workshop.workspace.settings.review
    signoff = sign(folder, asked, settings, lambda: _covered(workshop, issue), clock)
    return signoff, review(workshop, issue)


def require_signatures(workshop: "Workshop", issue: IssueId, what: str) -> None:
    """Raise UnsignedError where signatures are required and not all there; `what` cannot be done then, in Chinese."""
    if workshop.workspace.settings.review.mode != "required":
        return
    now = review(workshop, issue)
    if now.record.errors:
        found = "\n".join(map(str, now.record.errors))
        raise UnsignedError(f"{found}\nissues/{issue}: 签审记录有问题，不能{what}")
    if not now.complete:
        missing = "、".join(map(_missing, (now.standing.of(stage) for stage in now.standing.missing)))
        raise UnsignedError(
            f"issues/{issue}: 还没有完成三审三校，不能{what}；缺：{missing}；"
            f"详情请看 xcbulletin review {issue}"
        )


_STATE_NOTES: Mapping[str, str] = {"open": "", "voided": "（签后有改动，已作废）", "rejected": "（已退回）"}


def _missing(stage: StageStanding) -> str:
    if stage.sent_back:
        return f"{stage.stage}（{stage.sent_back.stage}退回）"
    if stage.named:
        return f"{stage.stage}（不是点名的人签的）"
    return f"{stage.stage}{_STATE_NOTES[stage.state]}"


def print_form(workshop: "Workshop", now: Review) -> Path:
    """Print the 审稿单 into `build/review/ISSUE/`; return its file. Raises ProblemsError, PrintError."""
    from xcbulletin.model import Kind
    from xcbulletin.publishing.layout import lay_out_page
    from xcbulletin.publishing.typesetting.press import Job
    from xcbulletin.settings import PageSettings

    composed = workshop.compose(now.issue)
    material = composed.material
    html = material.templates.render(
        "review/form.html",
        composed.edition,
        blocks="shared/blocks.html",
        picture=lambda node: node.src,
        page=lay_out_page(PageSettings(), Kind.BULLETIN),
        form=form(now.standing, now.record.signoffs, now.covered.files, now.record.errors),
    )
    # A name that is signed cannot be changed any more: what the fonts lack is left for a pen.
    html = html.translate({ord(one): "〓" for one in material.fonts.missing(html) if one.isprintable()})
    press = workshop.press
    path = workshop.root / "build" / "review" / now.issue / FORM_FILE
    write_whole(path, press.result(press.submit(Job(html=html))))
    return path

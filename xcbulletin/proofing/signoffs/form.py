"""What stands on the 审稿单: each stage with its signature, and how it came about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xcbulletin.model import Problem
from xcbulletin.proofing.signoffs.entries import Decision, Signoff, day, text_digest
from xcbulletin.proofing.signoffs.standing import StageStanding, Standing, State

STATE_NAMES: Mapping[State, str] = {
    State.OPEN: "未签",
    State.SIGNED: "已签",
    State.VOIDED: "作废",
    State.REJECTED: "退回",
}
_SHOWN = 12
"""Characters of a digest that are printed: enough to compare by eye."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One stage, or one sign-off; what is not known is empty."""

    stage: str
    role: str = ""
    state: str
    by: str = ""
    at: str = ""
    why: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """The values of `review/form.html`."""

    stages: tuple[Row, ...]
    history: tuple[Row, ...]
    """Every sign-off in its order; empty where the stages say as much."""
    digest: str
    """Of the text as it is now."""
    chain: str
    """The fingerprint of the last sign-off: written down on paper, it vouches for all before it."""
    complete: bool
    problems: tuple[str, ...]


def form(
    standing: Standing, signoffs: Sequence[Signoff], files: Mapping[str, str], problems: Sequence[Problem]
) -> Form:
    """Return what the form says."""
    plain = len(signoffs) == sum(one.state is State.SIGNED for one in standing.stages)
    return Form(
        stages=tuple(map(_stage, standing.stages)),
        history=() if plain else tuple(map(_word, signoffs)),
        digest=text_digest(files)[:_SHOWN],
        chain=signoffs[-1].sha256[:_SHOWN] if signoffs else "",
        complete=standing.complete and not problems,
        problems=tuple(map(str, problems)),
    )


def _stage(one: StageStanding) -> Row:
    row = Row(stage=one.stage, role=one.role or "", state=STATE_NAMES[one.state])
    if one.signoff is None:
        return row
    word = _word(one.signoff)
    return replace(row, by=word.by, at=word.at, why=one.why or "", digest=word.digest)


def _word(signoff: Signoff) -> Row:
    opinion = "；".join(filter(None, ("错字改正" if signoff.correction else "", signoff.why)))
    return Row(
        stage=signoff.stage,
        state="签" if signoff.decision is Decision.SIGNED else "退回",
        by=signoff.by,
        at=day(signoff.at),
        why=opinion,
        digest=text_digest(signoff.files)[:_SHOWN],
    )

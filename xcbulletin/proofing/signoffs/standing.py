"""Where 三审三校 stands, and who may sign next: decided of the sign-offs, the text as it is now, and the settings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xcbulletin.errors import BulletinError
from xcbulletin.proofing.signoffs.changes import (
    Change,
    TextOf,
    corrected_characters,
    differences,
    shown_difference,
)
from xcbulletin.proofing.signoffs.entries import Decision, Signoff, day, is_name, same_person
from xcbulletin.settings import ReviewSettings


class SigningError(BulletinError):
    """Somebody may not sign this, or not now."""


class State(StrEnum):
    """How a stage stands."""

    OPEN = "open"
    SIGNED = "signed"
    VOIDED = "voided"
    """It was signed, and does not count any more."""
    REJECTED = "rejected"
    """It sent the text back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StageStanding:
    """One stage, and what it rests on."""

    stage: str
    role: str | None = None
    state: State
    signoff: Signoff | None = None
    """The last word of this stage."""
    sent_back: Signoff | None = None
    """What voided it, where the text was sent back."""
    changes: tuple[Change, ...] = ()
    """What was changed since it was signed."""
    corrected: int | None = None
    """Characters put right since; None where it is more than that, or nothing."""
    named: tuple[str, ...] = ()
    """Who alone may sign it, where somebody else did."""

    @property
    def why(self) -> str | None:
        """Why it stands as it does, in Chinese; of a signature that counts, the opinion given with it."""
        signoff = self.signoff
        if self.state is State.VOIDED and self.sent_back is not None:
            return f"{self.sent_back.stage}（{self.sent_back.by}）退回：{self.sent_back.why}"
        if self.state is State.VOIDED and self.named:
            return f"现在点名只准{'、'.join(self.named)}签（bulletin.yaml 的 review.people）"
        if self.state is State.VOIDED:
            slips = "" if self.corrected is None else f"，改动 {self.corrected} 字"
            return f"签后有改动：{'；'.join(map(str, self.changes))}{slips}"
        if self.corrected is not None:
            note = f"其后错字改正 {self.corrected} 字"
            return f"{signoff.why}；{note}" if signoff and signoff.why else note
        return None if signoff is None else signoff.why

    def difference(self, text_of: TextOf) -> tuple[str, ...]:
        """Return what was changed since as lines, texts as a unified diff."""
        signoff = self.signoff
        signed = "" if signoff is None else f"{signoff.stage} {signoff.by} {day(signoff.at)}"
        return shown_difference(self.changes, text_of, signed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How all stages stand, in their order."""

    stages: tuple[StageStanding, ...]

    @property
    def complete(self) -> bool:
        """Whether every stage is signed."""
        return self.next_stage is None

    @property
    def next_stage(self) -> str | None:
        """The stage to be signed next."""
        return next((one.stage for one in self.stages if one.state is not State.SIGNED), None)

    @property
    def missing(self) -> tuple[str, ...]:
        """The stages that are not signed."""
        return tuple(one.stage for one in self.stages if one.state is not State.SIGNED)

    def of(self, stage: str) -> StageStanding:
        """Return how one stage stands."""
        return next(one for one in self.stages if one.stage == stage)


def is_proof(stage: str) -> bool:
    """Tell a proof (校) from a review (审)."""
    return "校" in stage


def standing(
    signoffs: Sequence[Signoff], files: Mapping[str, str], settings: ReviewSettings, text_of: TextOf
) -> Standing:
    """Return how the stages stand over `files` (SHA-256 by path) as they are now.

    A change voids each stage that was signed over what it changed; files added are changes too. A review that
    sends back voids everything before it, a proof that does so the proofs.
    """
    words = _last_words(signoffs, settings.stages)
    return Standing(
        stages=tuple(
            _stage_standing(stage, words, signoffs, files, settings, text_of) for stage in settings.stages
        )
    )


@dataclass(frozen=True, slots=True)
class _Word:
    position: int
    """In the chain."""
    signoff: Signoff
    sent_back: Signoff | None = None


def _last_words(signoffs: Sequence[Signoff], stages: Sequence[str]) -> dict[str, _Word]:
    words: dict[str, _Word] = {}
    for position, one in enumerate(signoffs):
        words[one.stage] = _Word(position, one)
        if one.decision is Decision.REJECTED:
            for stage in _sent_back_by(one.stage, stages):
                if stage in words and stage != one.stage:
                    words[stage] = _Word(words[stage].position, words[stage].signoff, one)
    return words


def _sent_back_by(stage: str, stages: Sequence[str]) -> Iterable[str]:
    return (one for one in stages if is_proof(one)) if is_proof(stage) else stages


def _stage_standing(
    stage: str,
    words: Mapping[str, _Word],
    signoffs: Sequence[Signoff],
    files: Mapping[str, str],
    settings: ReviewSettings,
    text_of: TextOf,
) -> StageStanding:
    word, role = words.get(stage), settings.roles.get(stage)
    if word is None:
        return StageStanding(stage=stage, role=role, state=State.OPEN)
    signoff = word.signoff
    if signoff.decision is Decision.REJECTED:
        return StageStanding(stage=stage, role=role, state=State.REJECTED, signoff=signoff)
    changes = differences(signoff.files, files)
    small = _small(changes, settings, text_of)
    stands = not changes or (
        small is not None and _is_forgiven(stage, word, words, signoffs, files, settings)
    )
    others = _named_others(stage, signoff.by, settings)
    return StageStanding(
        stage=stage,
        role=role,
        state=State.SIGNED if stands and word.sent_back is None and not others else State.VOIDED,
        signoff=signoff,
        sent_back=word.sent_back,
        changes=changes,
        corrected=small,
        named=others,
    )


def _named_others(stage: str, by: str, settings: ReviewSettings) -> tuple[str, ...]:
    """Return who may sign a stage where `by` may not; empty where he may."""
    named = settings.people.get(stage, ())
    return () if any(same_person(by, one) for one in named) else tuple(named)


def _small(changes: tuple[Change, ...], settings: ReviewSettings, text_of: TextOf) -> int | None:
    """Return how many characters were put right, or None where nothing was, or more than slips."""
    count = corrected_characters(changes, text_of) if changes else None
    return count if count is not None and count <= settings.small_correction else None


def _is_forgiven(
    stage: str,
    word: _Word,
    words: Mapping[str, _Word],
    signoffs: Sequence[Signoff],
    files: Mapping[str, str],
    settings: ReviewSettings,
) -> bool:
    """Tell whether slips put right leave a stage standing: a proof after it has seen, or is to see, the text.

    That is so once all stages were signed, when the last proof is to be signed again; and where a proof after
    it was signed as one that put slips right, over the very text that stands now.
    """
    last = settings.stages[-1]
    if stage == last or not is_proof(last):
        return False
    later = signoffs[word.position + 1 :]
    was_complete = any(one.stage == last and one.decision is Decision.SIGNED for one in later)
    return was_complete or any(
        one.signoff.correction and not one.sent_back and one.signoff.files == files
        for one in words.values()
        if one.position > word.position
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Signing:
    """What somebody asks to be written down."""

    stage: str
    by: str
    decision: Decision = Decision.SIGNED
    why: str | None = None
    correction: bool = False


def expect_may_sign(asked: Signing, now: Standing, settings: ReviewSettings) -> None:
    """Raise SigningError where what is asked for may not be."""
    stage = asked.stage
    if stage not in settings.stages:
        raise SigningError(f"没有“{stage}”这一级；现有：{'、'.join(settings.stages)}")
    if not is_name(asked.by):
        raise SigningError("--by 后面要写签审人的姓名")
    if not "".join(f"{asked.by}{asked.why or ''}".split()).isprintable():
        raise SigningError("姓名和理由里不能有看不见的控制字符")
    if asked.decision is Decision.REJECTED and not (asked.why or "").strip():
        raise SigningError("退回要写明理由，如 --reject --why 第二篇的数字与来源不符")
    if asked.correction and not is_proof(stage):
        raise SigningError(f"--correction（错字改正）只用于校对，{stage}是审，要看全文")
    _expect_named(asked, settings)
    _expect_turn(asked, now)
    _expect_other_person(asked, now)


def _expect_named(asked: Signing, settings: ReviewSettings) -> None:
    if named := _named_others(asked.stage, asked.by, settings):
        raise SigningError(
            f"{asked.stage}只能由{'、'.join(named)}签（bulletin.yaml 的 review.people），现为“{asked.by}”"
        )


def _expect_turn(asked: Signing, now: Standing) -> None:
    following, own = now.next_stage, now.of(asked.stage)
    if asked.stage == following or (asked.decision is Decision.REJECTED and own.state is State.SIGNED):
        return
    if own.state is State.SIGNED and own.signoff is not None:
        signed = f"{own.signoff.by}已在 {day(own.signoff.at)} 签了{asked.stage}"
        raise SigningError(
            f"{signed}，文字没有再改" + (f"；下一级是{following}" if following else "；各级都已签完")
        )
    assert following is not None
    if asked.correction and _only_slips(asked.stage, now):
        return
    raise SigningError(
        f"还没轮到{asked.stage}；下一级是{_with_reason(now.of(following))}{_advice(asked, now)}"
    )


def _only_slips(stage: str, now: Standing) -> bool:
    """Tell whether slips put right are all that keeps the stages before one from standing."""
    before = now.stages[: [one.stage for one in now.stages].index(stage)]
    return all(
        one.state is State.SIGNED
        or (one.state is State.VOIDED and not one.sent_back and not one.named and one.corrected is not None)
        for one in before
    )


def _with_reason(stage: StageStanding) -> str:
    return f"{stage.stage}（{stage.why}）" if stage.state in (State.VOIDED, State.REJECTED) else stage.stage


def _advice(asked: Signing, now: Standing) -> str:
    slips = is_proof(asked.stage) and asked.decision is Decision.SIGNED and _only_slips(asked.stage, now)
    return "；如果只是校对时改了错字，请加上 --correction" if slips else ""


def _expect_other_person(asked: Signing, now: Standing) -> None:
    """One person does not sign two reviews of one text."""
    if is_proof(asked.stage):
        return
    for one in now.stages:
        other = one.signoff
        if one.stage == asked.stage or is_proof(one.stage) or one.state is not State.SIGNED or other is None:
            continue
        if same_person(other.by, asked.by):
            raise SigningError(f"{other.by}已签了{one.stage}，不能再签{asked.stage}：一个人不能审两级")

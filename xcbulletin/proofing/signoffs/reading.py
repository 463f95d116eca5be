"""`signoffs.yaml` to sign-offs, with everything that shows that somebody has been at it."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from xcbulletin.errors import ProblemsError
from xcbulletin.model import Place, Problem
from xcbulletin.proofing.signoffs.entries import Decision, Signoff, fingerprint, format_signoffs
from xcbulletin.settings import Section, Text
from xcbulletin.yamltext import YamlText, decode, parse_yaml, validate

_RESTORE = "请从备份里找回原来的 signoffs.yaml，不要手改"


def _moment(text: str) -> str:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"应为带时区的时刻（如 2021-01-29T09:00:00+08:00），现为“{text}”")
    return text


_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Fields(Section):
    issue: Text
    stage: Text
    by: Text
    at: Annotated[str, AfterValidator(_moment)]
    decision: Literal["signed", "rejected"]
    why: Text | None = None
    correction: bool = False
    files: dict[str, _Sha256]
    previous: _Sha256 | None = None
    sha256: _Sha256


class _File(Section):
    signoffs: tuple[_Fields, ...] = Field(alias="签审")


def parse_signoffs(
    content: bytes, file: str, stages: Sequence[str]
) -> tuple[tuple[Signoff, ...], tuple[Problem, ...]]:
    """Return the sign-offs, and what is wrong with them; with a problem nobody should go by them."""
    try:
        text = decode(content, file)
    except ProblemsError as error:
        return (), error.problems
    parsed = parse_yaml(text, file)
    signoffs, problems = _validated(parsed)
    if problems:
        return (), problems
    starts = [parsed.lines[index,] for index in range(len(signoffs))]
    found = tuple(_tampering(signoffs, [Place(file=file, line=line) for line in starts], stages))
    return signoffs, found or tuple(_strange_writing(content, text, signoffs, file))


def _validated(parsed: YamlText) -> tuple[tuple[Signoff, ...], tuple[Problem, ...]]:
    data = [] if parsed.data is None else parsed.data
    if not isinstance(data, list):
        return (), (
            *parsed.problems,
            _problem(parsed.place(()), "signoffs", "这里应是一条条签审（“- stage: …”）"),
        )
    lines: Mapping[tuple[str | int, ...], int] = {
        ("签审", *path): line for path, line in parsed.lines.items()
    }
    wrapped = YamlText(file=parsed.file, data={"签审": data}, lines=lines, problems=parsed.problems)
    value, problems = validate(_File, wrapped)
    return () if value is None else tuple(map(_signoff, value.signoffs)), problems


def _signoff(fields: _Fields) -> Signoff:
    values: dict[str, Any] = dict(fields)
    values["at"] = datetime.datetime.fromisoformat(fields.at)
    values["decision"] = Decision(fields.decision)
    return Signoff(**values)


def _tampering(
    signoffs: Sequence[Signoff], places: Sequence[Place], stages: Sequence[str]
) -> Iterator[Problem]:
    """Yield what cannot have come of signing one after the other."""
    prints = [fingerprint(one) for one in signoffs]
    known = {one.sha256 for one in signoffs} | set(prints)
    for at, (one, place) in enumerate(zip(signoffs, places, strict=True)):
        name = f"第 {at + 1} 条（{one.stage} {one.by}）"
        before = {signoffs[at - 1].sha256, prints[at - 1]} if at else {None}
        if prints[at] != one.sha256:
            yield _problem(place, "signoff-edited", f"{name}被改过：内容与它的校验码对不上")
        if one.previous not in before:
            yield _problem(place, *_broken_link(name, one.previous, known, first=not at))
        elif at and one.at < signoffs[at - 1].at:
            yield _clock(place, name, one, signoffs[at - 1])
        if one.stage not in stages:
            yield _unknown(place, name, one.stage, stages)


def _broken_link(name: str, previous: str | None, known: set[str], *, first: bool) -> tuple[str, str]:
    if previous is None or previous in known:
        return "signoff-order", f"{name}不在原来的位置：次序被调换过，或多出了一条"
    return "signoff-missing", f"{name}前面缺了一条：它接着的那条{'不在了' if first else '被删去或改写了'}"


def _clock(place: Place, name: str, one: Signoff, before: Signoff) -> Problem:
    return _problem(
        place,
        "signoff-clock",
        f"{name}签于 {one.at.isoformat(sep=' ')}，比上一条（{before.at.isoformat(sep=' ')}）还早：时钟被拨回过",
    )


def _unknown(place: Place, name: str, stage: str, stages: Sequence[str]) -> Problem:
    return Problem(
        place=place,
        rule="signoff-stage",
        message=f"{name}：没有“{stage}”这一级",
        suggestion=f"bulletin.yaml 的 review.stages 现有：{'、'.join(stages)}；级的名称改过的，改回去，以前签的才算数",
    )


def _strange_writing(content: bytes, text: str, signoffs: Sequence[Signoff], file: str) -> Iterator[Problem]:
    """Yield a problem where the file says the right things, but not in the program's own writing."""
    right = format_signoffs(signoffs)
    windows = right.replace("\n", "\r\n")  # as a checkout there may have it
    if content.removeprefix(b"\xef\xbb\xbf") in (right.encode(), windows.encode()):
        return
    pairs = enumerate(zip(text.split("\n"), right.split("\n"), strict=False), start=1)
    line = next((number for number, (is_, should) in pairs if is_ != should), None)
    yield _problem(Place(file=file, line=line or 1), "signoff-edited", "这里被手改过：与程序写的不一样")


def _problem(place: Place, rule: str, message: str) -> Problem:
    return Problem(place=place, rule=rule, message=message, suggestion=_RESTORE)

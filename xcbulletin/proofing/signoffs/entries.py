"""A sign-off as a value, as text in `signoffs.yaml`, and the fingerprint that the next one holds on to."""

import datetime
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Decision(StrEnum):
    """What somebody said of the text."""

    SIGNED = "signed"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True, slots=True)
class Signoff:
    """One stage of 三审三校 decided by one person over one text."""

    issue: str
    """Whose text it was: a signature does not go along with a copy of the folder."""
    stage: str
    by: str
    at: datetime.datetime
    """With an offset, to the second."""
    decision: Decision
    why: str | None = None
    """The reason for sending back, or an opinion."""
    correction: bool = False
    """Whether whoever proofread says that what was changed before were slips put right (错字改正)."""
    files: Mapping[str, str]
    """SHA-256 of each file covered, by its path in the issue's folder."""
    previous: str | None
    """The fingerprint of the sign-off before; None for the first."""
    sha256: str = ""
    """The fingerprint of this one, as it stands in the file."""


HEAD = (
    "# 签审记录：由 xcbulletin sign 一条一条往后加，请不要手改。每条都带着上一条的校验码（previous），\n"
    "# 改动、删去、调换次序都会被看出来；签过的文字存在 signed 文件夹里。\n"
)


def fingerprint(signoff: Signoff) -> str:
    """Return the SHA-256 over everything in a sign-off: JSON with sorted keys, no blanks, in UTF-8."""
    canonical = json.dumps(_fields(signoff), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def text_digest(files: Mapping[str, str]) -> str:
    """Return one SHA-256 for all files of an issue together, as the 审稿单 shows it."""
    lines = "".join(f"{digest}  {file}\n" for file, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def day(moment: datetime.datetime) -> str:
    """Return a moment as editors read it: 2021-01-29 09:00."""
    return f"{moment:%Y-%m-%d %H:%M}"


def same_person(one: str, other: str) -> bool:
    """Tell whether two names are one person's: width, case, blanks and marks do not matter."""
    return _folded(one) == _folded(other)


def is_name(name: str) -> bool:
    """Tell whether a text has in it what names are made of."""
    return bool(_folded(name))


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name))).casefold()


def _fields(signoff: Signoff) -> dict[str, Any]:
    optional = {"why": signoff.why, "correction": signoff.correction or None, "previous": signoff.previous}
    return {
        "stage": signoff.stage,
        "by": signoff.by,
        "at": signoff.at.isoformat(timespec="seconds"),
        "decision": str(signoff.decision),
        "issue": signoff.issue,
        **{key: value for key, value in optional.items() if value is not None},
        "files": dict(signoff.files),
    }


def format_signoffs(signoffs: Iterable[Signoff]) -> str:
    """Return the whole of `signoffs.yaml`; what one more sign-off adds stands behind what was there."""
    return HEAD + "".join(map(_format, signoffs))


def _format(signoff: Signoff) -> str:
    fields = _fields(signoff)
    files = fields.pop("files")
    lines = [f"  {key}: {_scalar(value)}" for key, value in fields.items()]
    lines += [
        "  files:" if files else "  files: {}",
        *(f"    {_scalar(file)}: {digest}" for file, digest in sorted(files.items())),
    ]
    lines += [f"  sha256: {signoff.sha256}"]
    return "\n- " + "\n".join(lines).lstrip() + "\n"


_PLAIN = re.compile(r"[\w/+-]+(?:\.[\w/+-]+)*")


def _scalar(value: Any) -> str:
    """Return a value as YAML: bare where nobody could misread it, else between quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if _PLAIN.fullmatch(value) and value[0].isalpha() and value not in ("null", "~"):
        return str(value)
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(character: str) -> str:
    """Return a character as it stands between quotes; one that nobody sees is spelled out."""
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"

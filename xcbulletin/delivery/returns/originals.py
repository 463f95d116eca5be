"""What a letter that came back tells of the letter that it returns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xcbulletin.delivery.returns.addresses import addresses_in
from xcbulletin.delivery.returns.received import ReceivedLetter, read_headers

_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")
_QUOTED_ID = re.compile(
    r"^[ \t>]{0,20}message-id:[ \t]*\n?[ \t>]{0,20}(<[^<>\s@]{1,250}@[^<>\s@]{1,250}>)", re.I | re.M
)
_QUOTED_FIELD = r"^[ \t>]{{0,20}}{}:[ \t]{{0,20}}([^\n]{{1,300}})$"
_QUOTED_SUBJECT = re.compile(_QUOTED_FIELD.format("subject"), re.IGNORECASE | re.MULTILINE)
_QUOTED_TO = re.compile(_QUOTED_FIELD.format("to"), re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(
    r"(?:^|[ \t])(?:主[ \t]*题|标题)(?:[ \t]*[:：][ \t]*|[ \t]+)([^\n]{1,300})$", re.MULTILINE
)

_DIVIDES = re.compile(
    r"^[ \t>*]{0,6}(?:-{2,}[ \t]*(?:below this line|this is a copy|the following is|original message|body of|"
    r"the header|returned message|enclosed|undelivered|原始邮件|原邮件)[^\n]{0,100}|"
    r"received:[^\n]{0,500}|return-path:[^\n]{0,300}|原始邮件(?:头|标头|标题)[：:]?|original message headers:?|"
    r"message headers? follows?:?)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """What a report tells of the letter that it returns."""

    message_id: str | None
    recipients: tuple[str, ...]
    subject: str


def original(letter: ReceivedLetter, text: str) -> Original:
    """Return what a report tells of a letter: it encloses it, or its head, or quotes it in its `text`."""
    enclosed = next(
        (read_headers(part.content.lstrip()) for part in letter.of_type(*_ENCLOSED) if part.content.strip()),
        {},
    )
    return Original(
        message_id=_id_of(enclosed) or _quoted_id(text) or _answered_id(letter.headers),
        recipients=addresses_in(enclosed.get("to", "") or _first(_QUOTED_TO, text))[:1],
        subject=enclosed.get("subject", "") or _first(_SUBJECT, text) or _quoted_subject(text),
    )


_ENCLOSED = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "message/partial",
)


def _id_of(headers: Mapping[str, str]) -> str | None:
    return found[0] if (found := _MESSAGE_ID.search(headers.get("message-id", ""))) else None


def _quoted_id(text: str) -> str | None:
    return found[1] if (found := _QUOTED_ID.search(text)) else None


def _answered_id(headers: Mapping[str, str]) -> str | None:
    """Return what the report is an answer to; some have no other trace of the letter."""
    found = _MESSAGE_ID.search(headers.get("in-reply-to", "") or headers.get("references", ""))
    return found[0] if found else None


def _quoted_subject(text: str) -> str:
    below = text[len(above_original(text)) :]
    return _first(_QUOTED_SUBJECT, below)


def _first(pattern: re.Pattern[str], text: str) -> str:
    return found[1].strip() if (found := pattern.search(text)) else ""


def above_original(text: str) -> str:
    """Return what the mail system wrote: the returned letter below it names other things."""
    found = _DIVIDES.search(text)
    return text[: found.start()] if found and text[: found.start()].strip() else text

"""Letters that came back, and letters that ask to be left alone, told from all other letters.

Read are delivery status reports (RFC 3464), and the letters that qmail, exim, Exchange, QQ, NetEase, Coremail
and others write instead. Reports of delay or success are no bounces, answering machines and mailing lists
ask for nothing. Pure: bytes in, values out; never raises.
"""

from dataclasses import dataclass

from xcbulletin.delivery.mailing import Reason
from xcbulletin.delivery.reasons import code_in, enhanced_in, reason_of, says_why
from xcbulletin.delivery.returns.addresses import unique
from xcbulletin.delivery.returns.originals import above_original, original
from xcbulletin.delivery.returns.plaintext import readings, shown
from xcbulletin.delivery.returns.received import ReceivedLetter, open_letter
from xcbulletin.delivery.returns.reports import Report, read_reports
from xcbulletin.delivery.returns.unsubscribing import Unsubscribe, read_request
from xcbulletin.delivery.returns.wording import failed_addresses, is_from_daemon, says_returned, why

DIAGNOSTIC_LIMIT = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounce:
    """A letter that came back."""

    message_id: str | None
    """Of the letter that came back, with its angle brackets; none where the report does not tell."""
    addresses: tuple[str, ...]
    """Who it was not delivered to: as they were written to first, then as they were forwarded to."""
    reason: Reason
    status: str | None
    """Enhanced status (RFC 3463)."""
    diagnostic: str
    """What the refusing server said, or the report's own words for it; shortened."""
    subject: str
    """Of the letter that came back; empty where unknown."""


def read_return(content: bytes) -> Bounce | Unsubscribe | None:
    """Tell what a letter says that came to the mailbox for answers; most say nothing of the kind."""
    letter = open_letter(content)
    reports = read_reports(letter)
    if reports:
        return _from_reports(letter, [report for report in reports if report.is_failure])
    if is_from_daemon(letter):
        return _from_text(letter)
    return read_request(letter)


def _from_reports(letter: ReceivedLetter, failed: list[Report]) -> Bounce | None:
    if not failed:
        return None
    text = shown(letter)
    said = failed[0].diagnostic or why(above_original(text))
    addresses = unique(address for report in failed for address in report.addresses)
    return _bounce(letter, text, addresses, said, failed[0].status)


def _from_text(letter: ReceivedLetter) -> Bounce | None:
    text = _telling(letter)
    report = above_original(text)
    if not says_returned(letter, report):
        return None
    return _bounce(letter, text, failed_addresses(letter, report), why(report), None)


def _telling(letter: ReceivedLetter) -> str:
    """Return the first reading that names who was not reached: some only say “your program shows no HTML” in plain."""
    texts = readings(letter)
    first = next(texts, "")
    told = (text for text in (first, *texts) if failed_addresses(letter, above_original(text)))
    return next(told, first)


def _bounce(
    letter: ReceivedLetter, text: str, addresses: tuple[str, ...], said: str, status: str | None
) -> Bounce:
    """Judge by what the server said; where that tells nothing, by all that the mail system wrote."""
    returned = original(letter, text)
    judged = said if says_why(said) else f"{said}\n{why(above_original(text))}"
    return Bounce(
        message_id=returned.message_id,
        addresses=addresses or returned.recipients,
        reason=reason_of(judged, code_in(said), status or enhanced_in(said)),
        status=status or enhanced_in(said),
        diagnostic=_short(said),
        subject=returned.subject,
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= DIAGNOSTIC_LIMIT else text[: DIAGNOSTIC_LIMIT - 1] + "…"

"""Delivery status reports: what they say of each recipient (RFC 3464)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xcbulletin.delivery.returns.received import ReceivedLetter, read_headers

_MOST = 50
"""Recipients of one report that are read; a letter of ours has one."""
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_NO_FAILURE = ("delayed", "delivered", "relayed", "expanded")
_TYPES = ("message/delivery-status", "message/global-delivery-status")
_NOTHING = ("message/feedback-report", "message/disposition-notification")
_UNTYPED = re.compile(
    r"^final-recipient:[^\n]{1,400}\n(?:[^\n]{1,998}\n){0,8}?action:", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a report says of one recipient."""

    addresses: tuple[str, ...]
    """Original-Recipient, then Final-Recipient."""
    action: str
    status: str | None
    diagnostic: str

    @property
    def is_failure(self) -> bool:
        """Whether the letter was given up for this recipient."""
        if self.action in _NO_FAILURE:
            return False
        return self.action.startswith("fail") or (self.status or "").startswith("5.")


def read_reports(letter: ReceivedLetter) -> tuple[Report, ...]:
    """Return what the reports in a letter say; complaints and read receipts report as one that did not fail."""
    if next(letter.of_type(*_NOTHING), None):
        return (Report(addresses=(), action="delivered", status=None, diagnostic=""),)
    return tuple(report for text in _texts(letter) for report in _reports(text))[:_MOST]


def _texts(letter: ReceivedLetter) -> Iterator[str]:
    """Give the reports' texts: parts of their own, or one that lost its type on the way and stands in the text."""
    typed = [part.text for part in letter.of_type(*_TYPES)]
    yield from typed
    if not typed:
        for part in letter.of_type("text/plain", "text/html"):
            if found := _UNTYPED.search(part.text):
                yield part.text[found.start() :]


def _reports(text: str) -> Iterator[Report]:
    for group in re.split(r"\n[ \t]*\n+", text)[: 2 * _MOST]:
        fields = read_headers(group.strip().encode())
        if "final-recipient" in fields or "original-recipient" in fields:
            yield _report(fields)


def _report(fields: dict[str, str]) -> Report:
    found = _STATUS.search(fields.get("status", ""))
    return Report(
        addresses=tuple(filter(None, (_address(fields.get(name, "")) for name in _RECIPIENTS))),
        action=fields.get("action", "").partition(" ")[0].lower(),
        status=found[1] if found else None,
        diagnostic=_diagnostic(fields.get("diagnostic-code", "")),
    )


_RECIPIENTS = ("original-recipient", "final-recipient")


def _address(value: str) -> str | None:
    """Return the address of a typed value, such as `rfc822; li@example.com`."""
    address = value.rpartition(";")[2].strip().strip("<>").strip()
    return address if "@" in address and len(address) <= 320 and not re.search(r"\s", address) else None


def _diagnostic(value: str) -> str:
    kind, divided, text = value.partition(";")
    return " ".join((text if divided and len(kind) < 30 else value).split())

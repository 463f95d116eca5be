"""What came back: bounces and requests to unsubscribe, read from a mailbox or a folder, each taken in once."""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from xcbulletin.database import lasting
from xcbulletin.delivery.ledger.returned import note_read, read_before
from xcbulletin.delivery.ledger.suppressions import propose, suppress
from xcbulletin.delivery.mailing import Delivery, Reason, Reply, Settlement, State, key_of
from xcbulletin.delivery.reasons import DETAILS, code_in
from xcbulletin.delivery.returns import mailbox
from xcbulletin.delivery.returns.bounces import Bounce
from xcbulletin.delivery.returns.folder import folder
from xcbulletin.delivery.returns.reading import Returned, Sent, read_returns
from xcbulletin.delivery.returns.unsubscribing import Unsubscribe
from xcbulletin.model import IssueId
from xcbulletin.postroom import Postroom

_PERIOD = datetime.timedelta(days=90)
"""How old letters may be that something is heard of."""


class Consequence(StrEnum):
    """What followed from a letter that came back."""

    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    PROPOSED = "proposed"
    """A person is to decide whether the address gets anything more."""
    KNOWN = "known"
    """It was known already."""
    STRANGE = "strange"
    """It is about none of our letters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A letter that came back, and what followed."""

    what: Bounce | Unsubscribe
    address: str
    issue: IssueId | None
    consequence: Consequence


def take_in(postroom: Postroom, place: Path | None) -> tuple[Heard, ...]:
    """Read what came back, from a folder or else from the mailbox, and keep what is news.

    Raises MailboxError, BulletinError where no mailbox is set, DatabaseError.
    """
    since = postroom.clock() - _PERIOD
    letters = folder(place) if place else mailbox.letters(postroom.mailbox, since=since.date())
    returned = {one.digest: one for one in read_returns(letters)}
    before = read_before(postroom.engine, returned)
    sent = _Sent(postroom, since)
    heard = tuple(_follow(postroom, sent, one) for digest, one in returned.items() if digest not in before)
    note_read(postroom.engine, set(returned) - before, postroom.clock())
    return heard


class _Sent:
    """Letters of the last months, found by what comes back."""

    def __init__(self, postroom: Postroom, since: datetime.datetime) -> None:
        self._issues: dict[int, IssueId] = {}
        letters: list[Delivery] = []
        for mailing in postroom.ledger.mailings(since):
            for letter in postroom.ledger.deliveries(mailing):
                self._issues[letter.id] = mailing.issue
                letters.append(letter)
        self._sent = Sent(letters, (postroom.workspace.settings.masthead.title,))

    def find(self, what: Bounce | Unsubscribe) -> tuple[Delivery | None, IssueId | None]:
        """Return the letter that something is about, and its issue."""
        found = self._sent.find(what)
        return found, None if found is None else self._issues[found.id]


def _follow(postroom: Postroom, sent: _Sent, returned: Returned) -> Heard:
    what = returned.what
    letter, issue = sent.find(what)
    if isinstance(what, Bounce):
        address = letter.address if letter else "、".join(what.addresses)
        consequence = _take_bounce(postroom, letter, what) if letter else Consequence.STRANGE
    else:
        address = letter.address if letter else what.address
        consequence = _take_request(postroom, letter, what) if letter else Consequence.STRANGE
    return Heard(what=what, address=address, issue=issue, consequence=consequence)


def _take_bounce(postroom: Postroom, letter: Delivery, bounce: Bounce) -> Consequence:
    code = code_in(bounce.diagnostic)
    settlement = Settlement(
        state=State.BOUNCED,
        at=postroom.clock(),
        reason=bounce.reason,
        reply=Reply(code=code, text=bounce.diagnostic, enhanced=bounce.status) if code else None,
        detail=f"{DETAILS[bounce.reason]}（{bounce.diagnostic}）"
        if bounce.diagnostic
        else DETAILS[bounce.reason],
    )
    return Consequence.BOUNCED if postroom.ledger.bounced(letter, settlement) else Consequence.KNOWN


def _take_request(postroom: Postroom, letter: Delivery, request: Unsubscribe) -> Consequence:
    """Do at once what the reader's own mailbox asks; a link may have been forwarded: of others a person judges."""
    now, detail = postroom.clock(), f"来信退订（{request.address}）：{request.words}"
    if key_of(request.address) == key_of(letter.address):
        new = suppress(postroom.engine, [letter.address], Reason.UNSUBSCRIBED, detail, now)
        return Consequence.SUPPRESSED if new else Consequence.KNOWN
    with lasting(postroom.engine) as connection:
        propose(connection, letter.address, Reason.UNSUBSCRIBED, detail, now)
    return Consequence.PROPOSED

"""An issue's letters: prepared once, sent, and gone on with whenever a run was cut short."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from xcbulletin.delivery.composing import message_id
from xcbulletin.delivery.ledger.locking import sending_lock
from xcbulletin.delivery.ledger.transitions import OPEN
from xcbulletin.delivery.mailing import Delivery, Mailing, Planned, State, Variant, key_of
from xcbulletin.delivery.sending.sending import Outcome, send
from xcbulletin.delivery.sending.smtp import connect
from xcbulletin.errors import BulletinError, WorkspaceError
from xcbulletin.model import IssueId, Problem
from xcbulletin.postroom import Postroom
from xcbulletin.postroom.freezing import Bodies, audience, barred, look_over, make_bodies
from xcbulletin.proofroom.checking import require_sound
from xcbulletin.proofroom.signing import require_signatures
from xcbulletin.room import Tell
from xcbulletin.workspace import issue_folder


class ChangedError(BulletinError):
    """An edition is no longer what it was when its mailing was prepared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What a run of `send` has to do."""

    mailing: Mailing | None
    """None where the issue was never prepared."""
    fresh: tuple[Planned, ...]
    """Letters to be added."""
    waiting: tuple[Delivery, ...]
    """Letters of earlier runs that are not done with."""
    uncertain: int
    """Letters that the last run was stopped over: they may have been sent."""
    late: int
    """Recipients who came to the list after the mailing was prepared, and are not in it."""
    recipient_problems: tuple[Problem, ...]
    """What a person should know of the list before it is sent to."""
    barred: frozenset[str]
    """Addresses, in small letters, that get nothing."""
    bodies: Bodies
    revised: bool

    @property
    def sent(self) -> tuple[Planned | Delivery, ...]:
        """The letters to send."""
        letters: tuple[Planned | Delivery, ...] = (
            *self.waiting,
            *(one for one in self.fresh if not one.is_empty),
        )
        return tuple(one for one in letters if key_of(one.address) not in self.barred)

    @property
    def letters(self) -> int:
        """How many there are."""
        return len(self.sent)


@contextmanager
def order(
    postroom: Postroom,
    issue: IssueId,
    tell: Tell,
    *,
    list_name: str | None = None,
    add: bool = False,
    revise: bool = False,
) -> Iterator[Order]:
    """Give what there is to send of an issue; nobody else sends meanwhile.

    Raises LockedError, UnsignedError, ChangedError and what composing and printing raise.
    """
    issue_folder(postroom.root, issue)
    require_signatures(postroom.workshop, issue, "发送")
    with sending_lock(postroom.engine, issue):
        mailing = postroom.ledger.mailing(issue)
        if mailing is None or revise:  # what has begun to go out is finished
            require_sound(postroom.workshop, issue, postroom.today)
        uncertain = postroom.ledger.recover(mailing, postroom.clock()).uncertain if mailing else 0
        rows = tuple(postroom.ledger.deliveries(mailing)) if mailing else ()
        joins = mailing is None or add or list_name is not None
        problems = look_over(postroom, issue) if joins else ()
        others = _not_in(rows, audience(postroom, issue, list_name) if joins else _listed(postroom, issue))
        fresh, waiting = others if joins else (), tuple(row for row in rows if row.state in OPEN)
        variants = {one.variant for one in waiting} | {one.variant for one in fresh if not one.is_empty}
        bodies = make_bodies(postroom, issue, _with_frozen(variants, mailing, revise=revise), tell)
        require_signatures(postroom.workshop, issue, "发送")  # over what the bodies were made of
        if mailing and not revise:
            _require_unchanged(mailing, bodies)
        yield Order(
            mailing=mailing,
            fresh=fresh,
            waiting=waiting,
            uncertain=uncertain,
            late=0 if joins else len(others),
            recipient_problems=problems,
            barred=barred(postroom),
            bodies=bodies,
            revised=revise and mailing is not None,
        )


def _listed(postroom: Postroom, issue: IssueId) -> tuple[Planned, ...]:
    """Return who is on the list now, as far as it can be read: letters that are prepared go without it."""
    try:
        return audience(postroom, issue)
    except WorkspaceError:
        return ()


def _with_frozen(wanted: set[Variant], mailing: Mailing | None, *, revise: bool) -> set[Variant]:
    """Add to the variants wanted those frozen before: by these alone is it known that a new one is of the same text."""
    frozen = set(mailing.digests) if mailing else set()
    return wanted | frozen if revise or not wanted <= frozen else wanted


def _not_in(rows: Sequence[Delivery], planned: Sequence[Planned]) -> tuple[Planned, ...]:
    """Return the letters that are not in the ledger, or had nothing in them before.

    Their copy numbers follow those that are given.
    """
    cancelled = {key_of(row.address) for row in rows if row.state is State.CANCELLED}
    known = {key_of(row.address) for row in rows}
    others = [
        one for one in planned if key_of(one.address) not in (known if one.is_empty else known - cancelled)
    ]
    given = max((row.copy_number or 0 for row in rows), default=0)
    first = min((one.copy_number for one in planned if one.copy_number), default=1)
    numbers = count(max(first, given + 1))
    return tuple(
        replace(one, copy_number=next(numbers)) if rows and one.copy_number else one for one in others
    )


def _require_unchanged(mailing: Mailing, bodies: Bodies) -> None:
    changed = [
        variant
        for variant, digest in bodies.digests.items()
        if mailing.digests.get(variant, digest) != digest
    ]
    if changed:
        raise ChangedError(
            f"issues/{mailing.issue}: 准备发送之后，文稿、模板、设置或程序改动过，与已经发出的不一样，没有发送；"
            f"请改回原样，或运行 xcbulletin send {mailing.issue} --revise，把改后的发给还没有收到的人"
        )


def carry_out(
    postroom: Postroom, issue: IssueId, what: Order, progress: Callable[[int, int, float | None], None]
) -> Outcome:
    """Freeze what is new in an order, and send everything. Raises RelayError, DatabaseError."""
    ledger, mail = postroom.ledger, postroom.mail
    if what.mailing and what.revised:
        ledger.revise(what.mailing, what.bodies.digests, postroom.clock())
    mailing = ledger.prepare(
        issue,
        what.fresh,
        what.bodies.digests,
        lambda address: message_id(issue, address, mail.sender),
        postroom.clock(),
    )
    return send(
        mailing,
        ledger,
        lambda delivery: what.bodies.letter(delivery, delivery.message_id, mailing.prepared),
        partial(connect, mail),
        mail,
        postroom.clock,
        postroom.sleep,
        progress,
    )

"""A mailing prepared: who gets what is settled before the first letter is sent."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from xcbulletin.database import insert_new, pieces
from xcbulletin.delivery.ledger import reading
from xcbulletin.delivery.ledger.suppressions import Suppression, suppressed_among
from xcbulletin.delivery.ledger.tables import delivery, mailing, variant
from xcbulletin.delivery.ledger.transitions import WAITING
from xcbulletin.delivery.mailing import Mailing, Planned, Reason, State, Variant, key_of
from xcbulletin.errors import BulletinError
from xcbulletin.model import IssueId

_PIECE = 500
"""Letters prepared at once: their rows take more memory than the letters themselves."""


class FrozenError(BulletinError):
    """Another text than the mailing was prepared with is to be added to it."""


def prepare(
    connection: Connection,
    issue: IssueId,
    planned: Sequence[Planned],
    digests: Mapping[Variant, str],
    message_id: Callable[[str], str],
    now: datetime,
) -> Mailing:
    """Add the letters that are not there yet, and the mailing itself. Raises FrozenError."""
    insert_new(connection, mailing, [{"issue": issue, "revision": 1, "prepared": now}])
    known = _known(connection, issue)
    _require_frozen(known, digests)
    ids = _variants(connection, known, {one.variant for one in planned}, digests)
    assert len({key_of(one.address) for one in planned}) == len(planned), "an address is planned twice"
    for piece in pieces(planned, _PIECE):
        barred = suppressed_among(connection, [key_of(one.address) for one in piece])
        rows = [_row(known.id, one, ids[one.variant], barred, message_id, now) for one in piece]
        _reopen(connection, known, rows, now)
        insert_new(connection, delivery, rows)
    return _known(connection, issue)


def revise(connection: Connection, one: Mailing, digests: Mapping[Variant, str], now: datetime) -> Mailing:
    """Let those who have nothing yet get another text; who has the letter, or may have it, keeps what it was."""
    revision = one.revision + 1
    connection.execute(update(mailing).where(mailing.c.id == one.id).values(revision=revision))
    changed = {key: digest for key, digest in digests.items() if one.digests.get(key) != digest}
    if changed:
        rows = [_variant_row(one.id, key, revision, digest) for key, digest in changed.items()]
        connection.execute(insert(variant), rows)
        open_letters = delivery.c.state.in_((*WAITING, State.SUPPRESSED))
        point_to_newest(connection, one.id, now, open_letters)
    return _known(connection, one.issue)


def point_to_newest(connection: Connection, mailing_id: int, now: datetime, *wanted: Any) -> None:
    """Let letters get the newest revision of their variants."""
    own, newest = variant.alias("own"), variant.alias("newest")
    same = [newest.c[name] == own.c[name] for name in ("mailing_id", "selection", "pdf")]
    number = (
        select(newest.c.id)
        .where(own.c.id == delivery.c.variant_id, *same)
        .correlate(delivery)
        .order_by(newest.c.revision.desc())
        .limit(1)
    )
    connection.execute(
        update(delivery)
        .where(delivery.c.mailing_id == mailing_id, *wanted)
        .values(variant_id=number.scalar_subquery(), updated=now)
    )


def _known(connection: Connection, issue: IssueId) -> Mailing:
    found = reading.read_mailing(connection, issue)
    assert found is not None
    return found


def _require_frozen(known: Mailing, digests: Mapping[Variant, str]) -> None:
    if any(known.digests.get(key, digest) != digest for key, digest in digests.items()):
        raise FrozenError(
            f"issues/{known.issue}: 准备发送之后内容改动过，没有加入新的收件人；"
            f"请改回原样，或运行 xcbulletin send {known.issue} --revise"
        )


def _variants(
    connection: Connection, known: Mailing, wanted: Collection[Variant], digests: Mapping[Variant, str]
) -> dict[Variant, int]:
    """Return the numbers of the variants wanted, the newest of each, those added that are not there."""
    ids = _variant_ids(connection, known)
    for key in (ids.keys() & digests.keys()) - known.digests.keys():  # it had no content before
        connection.execute(update(variant).where(variant.c.id == ids[key]).values(digest=digests[key]))
    missing = sorted(set(wanted) - ids.keys())
    rows = [_variant_row(known.id, key, known.revision, digests.get(key, "")) for key in missing]
    insert_new(connection, variant, rows)
    return _variant_ids(connection, known) if rows else ids


def _variant_row(mailing_id: int, key: Variant, revision: int, digest: str) -> dict[str, Any]:
    return {
        "mailing_id": mailing_id,
        "selection": "|".join(key.selection),
        "pdf": key.pdf,
        "revision": revision,
        "digest": digest,
    }


def _variant_ids(connection: Connection, known: Mailing) -> dict[Variant, int]:
    rows = select(variant).where(variant.c.mailing_id == known.id).order_by(variant.c.revision)
    return {reading.as_variant(row): row.id for row in connection.execute(rows)}


def _row(
    mailing_id: int,
    one: Planned,
    variant_id: int,
    barred: Mapping[str, Suppression],
    message_id: Callable[[str], str],
    now: datetime,
) -> dict[str, Any]:
    key = key_of(one.address)
    return {
        "mailing_id": mailing_id,
        "key": key,
        "address": one.address,
        "name": one.name,
        "variant_id": variant_id,
        "message_id": message_id(one.address),
        "copy_number": one.copy_number,
        "updated": now,
        **_standing(one, barred.get(key)),
    }


def _standing(one: Planned, barred: Suppression | None) -> dict[str, Any]:
    if barred is not None:
        return {"state": State.SUPPRESSED, "reason": barred.reason, "detail": barred.detail}
    if one.is_empty:
        return {"state": State.CANCELLED, "reason": Reason.EMPTY, "detail": ""}
    return {"state": State.PREPARED, "reason": None, "detail": ""}


def _reopen(connection: Connection, known: Mailing, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Prepare the letters that were not to be sent for want of content, and now have some."""
    by_key = {row["key"]: row for row in rows if row["state"] is State.PREPARED}
    empty = (
        delivery.c.mailing_id == known.id,
        delivery.c.state == State.CANCELLED,
        delivery.c.reason == Reason.EMPTY,
    )
    found = [
        key
        for piece in pieces(by_key)
        for key in connection.scalars(select(delivery.c.key).where(delivery.c.key.in_(piece), *empty))
    ]
    for key in found:
        row = by_key[key]
        values = {name: row[name] for name in ("state", "reason", "detail", "variant_id", "copy_number")}
        connection.execute(
            update(delivery).where(delivery.c.key == key, *empty).values(**values, updated=now)
        )

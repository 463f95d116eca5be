"""Addresses that get nothing: proposed by relays, decided by people."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from xcbulletin.delivery.ledger.suppressions import (
    Status,
    Suppression,
    lift,
    propose,
    proposed,
    suppress,
    suppressed,
)
from xcbulletin.delivery.mailing import Reason

NOW = datetime(2026, 8, 1, 8, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def is_proposed(engine: Engine, address: str, detail: str = "550 no such user", at: datetime = NOW) -> None:
    with engine.begin() as connection:
        propose(connection, address, Reason.UNKNOWN_USER, detail, at)


def listed(engine: Engine) -> dict[str, str]:
    return {one.address: one.status for one in (*proposed(engine), *suppressed(engine))}


def test_an_address_is_proposed_once_with_what_was_said_first(engine: Engine) -> None:
    is_proposed(engine, "Wang@x.cn")
    is_proposed(engine, "wang@X.cn", "another word", LATER)
    assert proposed(engine) == (
        Suppression(
            address="wang@x.cn",
            status=Status.PROPOSED,
            reason=Reason.UNKNOWN_USER,
            since=NOW,
            detail="550 no such user",
        ),
    )
    assert suppressed(engine) == ()


def test_a_person_suppresses_what_was_proposed_and_what_was_not(engine: Engine) -> None:
    is_proposed(engine, "b@x.cn")
    assert suppress(engine, ["B@x.cn", "a@x.cn", "A@x.cn"], Reason.UNSUBSCRIBED, "来信退订", LATER) == (
        "b@x.cn",
        "a@x.cn",
    )
    assert [(one.address, one.reason, one.since, one.detail) for one in suppressed(engine)] == [
        ("a@x.cn", Reason.UNSUBSCRIBED, LATER, "来信退订"),
        ("b@x.cn", Reason.UNSUBSCRIBED, LATER, "来信退订"),
    ]
    assert proposed(engine) == ()


def test_who_is_suppressed_stays_so_with_the_first_reason(engine: Engine) -> None:
    suppress(engine, ["a@x.cn"], Reason.UNSUBSCRIBED, "来信退订", NOW)
    assert suppress(engine, ["a@x.cn"], Reason.UNKNOWN_USER, "退信", LATER) == ()
    is_proposed(engine, "a@x.cn", at=LATER)
    assert [(one.reason, one.since) for one in suppressed(engine)] == [(Reason.UNSUBSCRIBED, NOW)]


def test_a_proposal_may_be_turned_down_and_a_suppression_lifted(engine: Engine) -> None:
    is_proposed(engine, "a@x.cn")
    suppress(engine, ["b@x.cn"], Reason.UNSUBSCRIBED, "来信退订", NOW)
    assert lift(engine, ["A@x.cn", "b@x.cn", "c@x.cn"], "张编辑：打过电话", LATER) == ("a@x.cn", "b@x.cn")
    assert listed(engine) == {}
    assert lift(engine, ["a@x.cn"], "张编辑", LATER) == ()


def test_what_was_lifted_may_be_proposed_anew_or_suppressed_again(engine: Engine) -> None:
    for address in ("a@x.cn", "b@x.cn"):
        is_proposed(engine, address)
    lift(engine, ["a@x.cn", "b@x.cn"], "张编辑", NOW)
    is_proposed(engine, "a@x.cn", "550 again", LATER)
    suppress(engine, ["b@x.cn"], Reason.UNSUBSCRIBED, "来信退订", LATER)
    assert listed(engine) == {"a@x.cn": Status.PROPOSED, "b@x.cn": Status.SUPPRESSED}
    assert [(one.since, one.detail) for one in proposed(engine)] == [(LATER, "550 again")]


def test_nobody_is_suppressed_and_lifted_as_well(engine: Engine) -> None:
    assert suppress(engine, [], Reason.UNSUBSCRIBED, "", NOW) == ()
    assert lift(engine, [], "", NOW) == ()

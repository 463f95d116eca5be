"""The ledger of letters: each is prepared once, sent once, and told of as it is."""

import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from xcbulletin import database
from xcbulletin.database import DatabaseError, open_engine, reading
from xcbulletin.delivery.ledger import returned, suppressions
from xcbulletin.delivery.ledger import writing as ledger_writing
from xcbulletin.delivery.ledger.ledger import Ledger, Recovered
from xcbulletin.delivery.ledger.marking import Marked
from xcbulletin.delivery.ledger.preparing import FrozenError
from xcbulletin.delivery.ledger.tables import attempt, delivery
from xcbulletin.delivery.ledger.transitions import IN_HAND, may_become, sources_of
from xcbulletin.delivery.mailing import (
    Delivery,
    Level,
    Mailing,
    PdfChoice,
    Planned,
    Reason,
    Reply,
    Settlement,
    State,
    Variant,
)
from xcbulletin.model import IssueId

NOW = datetime(2026, 8, 1, 8, 30, 15, 123456, tzinfo=UTC)
ISSUE = IssueId("2021-01")
WHOLE = Variant((), PdfChoice.ATTACH)
SOME = Variant(("ai", "robot"), PdfChoice.LINK)
NOTHING = Variant(("5g",), PdfChoice.NONE)
DIGESTS = {WHOLE: "a" * 64, SOME: "b" * 64}


@pytest.fixture
def ledger(engine: Engine) -> Iterator[Ledger]:
    with Ledger(engine) as ledger:
        yield ledger


def plan(*addresses: str, variant: Variant = WHOLE, **fields: Any) -> tuple[Planned, ...]:
    return tuple(Planned(address=one, name="甲", variant=variant, **fields) for one in addresses)


def prepare(ledger: Ledger, *planned: Planned, issue: str = ISSUE, now: datetime = NOW) -> Mailing:
    digests = {one.variant: DIGESTS[one.variant] for one in planned if one.variant in DIGESTS}
    return ledger.prepare(IssueId(issue), planned, digests, lambda one: f"<{issue}-{one.lower()}>", now)


def rows(ledger: Ledger, one: Mailing) -> dict[str, Delivery]:
    return {row.address: row for row in ledger.deliveries(one)}


def states(ledger: Ledger, one: Mailing) -> dict[str, State]:
    return {row.address: row.state for row in ledger.deliveries(one)}


def settlement(state: State, **fields: Any) -> Settlement:
    return Settlement(**{"state": state, "at": NOW, **fields})


def bring_to(ledger: Ledger, one: Mailing, address: str, state: State, **fields: Any) -> Delivery:
    """Send a letter by the way it would go until it stands as named."""
    row = rows(ledger, one)[address]
    if state is State.PREPARED:
        return row
    assert ledger.claim(row, NOW)
    if state in (State.DOT, State.ACCEPTED, State.UNCERTAIN, State.BOUNCED):
        ledger.dot(row)
    if state is State.BOUNCED:
        ledger.settle(row, settlement(State.ACCEPTED))
        assert ledger.bounced(row, settlement(State.BOUNCED, **fields))
    elif state not in IN_HAND:
        ledger.settle(row, settlement(state, **fields))
    return rows(ledger, one)[address]


def attempts(engine: Engine) -> list[tuple[Any, ...]]:
    chosen = select(delivery.c.address, attempt.c.outcome, attempt.c.reason, attempt.c.code, attempt.c.reply)
    with reading(engine) as connection:
        return [
            tuple(row)
            for row in connection.execute(chosen.join_from(attempt, delivery).order_by(attempt.c.id))
        ]


# Prepared


def test_a_mailing_is_what_was_prepared(ledger: Ledger) -> None:
    assert ledger.mailing(ISSUE) is None
    made = prepare(ledger, *plan("Wang@qq.com", copy_number=7), *plan("li@163.com", variant=SOME))
    assert made == ledger.mailing(ISSUE)
    assert (made.issue, made.revision, made.prepared) == (ISSUE, 1, NOW)
    assert made.digests == DIGESTS
    wang, li = ledger.deliveries(made)
    assert wang == Delivery(
        id=wang.id,
        address="Wang@qq.com",
        name="甲",
        variant=WHOLE,
        message_id="<2021-01-wang@qq.com>",
        state=State.PREPARED,
        copy_number=7,
        updated=NOW,
    )
    assert (li.variant, li.copy_number) == (SOME, None)


def test_preparing_again_adds_who_is_not_there_yet_and_changes_nobody(ledger: Ledger) -> None:
    first = prepare(ledger, *plan("a@x.cn", "b@x.cn"))
    bring_to(ledger, first, "a@x.cn", State.ACCEPTED)
    later = NOW + timedelta(days=1)
    again = prepare(ledger, *plan("A@X.cn", "b@x.cn", variant=SOME), *plan("c@x.cn"), now=later)
    assert again.prepared == NOW
    assert {row.address: (row.state, row.variant) for row in ledger.deliveries(again)} == {
        "a@x.cn": (State.ACCEPTED, WHOLE),
        "b@x.cn": (State.PREPARED, WHOLE),
        "c@x.cn": (State.PREPARED, WHOLE),
    }


def test_an_address_planned_twice_is_a_mistake(ledger: Ledger) -> None:
    with pytest.raises(AssertionError, match="an address is planned twice"):
        prepare(ledger, *plan("a@x.cn", "A@x.cn"))
    assert ledger.mailing(ISSUE) is None


def test_who_is_suppressed_and_who_would_get_nothing_stand_so_from_the_start(
    ledger: Ledger, engine: Engine
) -> None:
    suppressions.suppress(engine, ["Gone@x.cn"], Reason.UNSUBSCRIBED, "来信退订", NOW)
    made = prepare(ledger, *plan("gone@X.cn", "a@x.cn"), *plan("b@x.cn", variant=NOTHING, is_empty=True))
    assert {row.address: (row.state, row.reason, row.detail) for row in ledger.deliveries(made)} == {
        "gone@X.cn": (State.SUPPRESSED, Reason.UNSUBSCRIBED, "来信退订"),
        "a@x.cn": (State.PREPARED, None, ""),
        "b@x.cn": (State.CANCELLED, Reason.EMPTY, ""),
    }
    assert made.digests == {WHOLE: "a" * 64}
    assert [row.address for row in ledger.due(made, NOW, 9)] == ["a@x.cn"]


def test_who_would_have_got_nothing_is_prepared_once_there_is_something(ledger: Ledger) -> None:
    prepare(ledger, *plan("b@x.cn", variant=NOTHING, is_empty=True))
    made = prepare(ledger, *plan("b@x.cn", variant=SOME))
    row = rows(ledger, made)["b@x.cn"]
    assert (row.state, row.reason, row.variant) == (State.PREPARED, None, SOME)


def test_a_kind_that_had_no_content_is_frozen_when_it_has_some(ledger: Ledger) -> None:
    empty = plan("b@x.cn", variant=SOME, is_empty=True)
    assert ledger.prepare(ISSUE, empty, {}, lambda one: f"<{one}>", NOW).digests == {}
    made = prepare(ledger, *plan("b@x.cn", "c@x.cn", variant=SOME))
    assert made.digests == {SOME: DIGESTS[SOME]}
    assert set(states(ledger, made).values()) == {State.PREPARED}


def test_another_text_than_was_frozen_is_not_added(ledger: Ledger) -> None:
    made = prepare(ledger, *plan("a@x.cn"))
    with pytest.raises(FrozenError) as caught:
        ledger.prepare(ISSUE, plan("b@x.cn"), {WHOLE: "c" * 64}, lambda one: one, NOW)
    assert str(caught.value) == (
        "issues/2021-01: 准备发送之后内容改动过，没有加入新的收件人；"
        "请改回原样，或运行 xcbulletin send 2021-01 --revise"
    )
    assert list(states(ledger, made)) == ["a@x.cn"]


def test_a_revision_is_for_those_who_have_nothing_yet(ledger: Ledger) -> None:
    names = {
        state: f"{state}@x.cn"
        for state in State
        if state not in (*IN_HAND, State.SUPPRESSED, State.CANCELLED)
    }
    made = prepare(ledger, *plan(*names.values()))
    for state, address in names.items():
        bring_to(ledger, made, address, state)
    later = NOW + timedelta(hours=3)
    revised = ledger.revise(made, {WHOLE: "c" * 64}, later)
    assert revised == ledger.mailing(ISSUE)
    assert (revised.revision, revised.prepared, revised.digests) == (2, NOW, {WHOLE: "c" * 64})
    told = {row.state: row.revision for row in ledger.deliveries(revised)}
    assert told == {
        State.PREPARED: 2,
        State.DEFERRED: 2,
        State.ACCEPTED: 1,
        State.REJECTED: 1,
        State.UNCERTAIN: 1,
        State.BOUNCED: 1,
    }
    ledger.mark(revised, [names[State.UNCERTAIN]], "resend", "张编辑", later)
    assert rows(ledger, revised)[names[State.UNCERTAIN]].revision == 2


def test_a_variant_that_a_revision_leaves_as_it_was_stays(ledger: Ledger) -> None:
    made = prepare(ledger, *plan("a@x.cn"), *plan("b@x.cn", variant=SOME))
    revised = ledger.revise(made, {WHOLE: "c" * 64, SOME: DIGESTS[SOME]}, NOW)
    assert revised.digests == {WHOLE: "c" * 64, SOME: DIGESTS[SOME]}
    assert [row.revision for row in ledger.deliveries(revised)] == [2, 1]


# Sent


def test_a_letter_goes_its_way(ledger: Ledger, engine: Engine) -> None:
    made = prepare(ledger, *plan("a@x.cn"))
    (row,) = ledger.due(made, NOW, 10)
    later = NOW + timedelta(minutes=1)
    assert ledger.claim(row, later)
    assert states(ledger, made) == {"a@x.cn": State.CLAIMED}
    ledger.dot(row)
    assert states(ledger, made) == {"a@x.cn": State.DOT}
    reply = Reply(code=250, text="ok queued as Q1", enhanced="2.0.0")
    ledger.settle(
        row, settlement(State.ACCEPTED, at=later, reply=reply, relay="mx", queue_id="Q1", detail="已收下")
    )
    (row,) = ledger.deliveries(made)
    assert (row.state, row.attempts, row.first_at, row.queue_id, row.detail) == (
        State.ACCEPTED,
        1,
        later,
        "Q1",
        "已收下",
    )
    with reading(engine) as connection:
        kept = connection.execute(select(attempt)).one()
    assert kept._mapping.items() >= {
        ("at", later),
        ("outcome", "accepted"),
        ("code", 250),
        ("enhanced", "2.0.0"),
        ("reply", "ok queued as Q1"),
        ("relay", "mx"),
        ("queue_id", "Q1"),
    }
    assert ledger.due(made, later, 10) == ()
    assert ledger.next_due(made) is None


def test_a_letter_deferred_is_due_when_its_time_comes(ledger: Ledger) -> None:
    made = prepare(ledger, *plan("a@x.cn", "b@x.cn"))
    soon = NOW + timedelta(minutes=2)
    bring_to(ledger, made, "a@x.cn", State.DEFERRED, next_at=soon, reason=Reason.FREQUENCY)
    assert [row.address for row in ledger.due(made, NOW, 10)] == ["b@x.cn"]
    bring_to(ledger, made, "b@x.cn", State.ACCEPTED)
    assert ledger.due(made, soon - timedelta(microseconds=1), 10) == ()
    assert ledger.next_due(made) == soon
    (row,) = ledger.due(made, soon, 10)
    assert (row.address, row.attempts, row.reason, row.next_at) == ("a@x.cn", 1, Reason.FREQUENCY, soon)


def test_what_was_never_tried_is_due_at_once(ledger: Ledger) -> None:
    made = prepare(ledger, *plan("a@x.cn"))
    assert ledger.next_due(made) == NOW


def test_domains_can_be_spared(ledger: Ledger) -> None:
    made = prepare(ledger, *plan("a@QQ.com", "b@x.cn", "c@q_.com", "d@sub.qq.com"))
    spared = ledger.due(made, NOW, 10, spared=["qq.com", "q%.com"])
    assert [row.address for row in spared] == ["b@x.cn", "c@q_.com", "d@sub.qq.com"]
    assert [row.address for row in ledger.due(made, NOW, 2)] == ["a@QQ.com", "b@x.cn"]


def test_a_letter_put_back_is_as_if_it_had_not_been_tried(ledger: Ledger, engine: Engine) -> None:
    made = prepare(ledger, *plan("a@x.cn"))
    row = bring_to(ledger, made, "a@x.cn", State.CLAIMED)
    relay = {"reason": Reason.POLICY, "detail": "530 Authentication required"}
    ledger.settle(row, settlement(State.PREPARED, **relay))
    (row,) = ledger.due(made, NOW, 10)
    assert (row.attempts, row.reason, row.detail) == (0, None, "")
    assert attempts(engine) == []


def test_the_letter_that_follows_is_claimed_with_what_became_of_the_last(
    ledger: Ledger, engine: Engine
) -> None:
    made = prepare(ledger, *plan("a@x.cn", "b@x.cn", "c@x.cn"))
    a, b, c = ledger.deliveries(made)
    suppressions.suppress(engine, ["b@x.cn"], Reason.UNSUBSCRIBED, "来信退订", NOW)
    assert ledger.claim(a, NOW)
    assert not ledger.settle(a, settlement(State.DEFERRED), following=b)
    assert ledger.claim(c, NOW)
    assert ledger.settle(c, settlement(State.REJECTED), following=a)
    assert list(states(ledger, made).values()) == [State.CLAIMED, State.SUPPRESSED, State.REJECTED]
    assert not ledger.settle(a, settlement(State.PREPARED))


def test_who_unsubscribed_in_the_meantime_is_not_sent_to(ledger: Ledger, engine: Engine) -> None:
    made = prepare(ledger, *plan("A@x.cn"))
    (row,) = ledger.due(made, NOW, 10)
    suppressions.suppress(engine, ["a@X.cn"], Reason.UNSUBSCRIBED, "来信退订", NOW)
    assert not ledger.claim(row, NOW)
    (row,) = ledger.deliveries(made)
    assert (row.state, row.reason, row.detail) == (State.SUPPRESSED, Reason.UNSUBSCRIBED, "来信退订")
    assert not ledger.claim(row, NOW)


@pytest.mark.parametrize("status", ["proposed", "lifted"])
def test_what_is_only_proposed_or_was_lifted_stops_no_letter(
    ledger: Ledger, engine: Engine, status: str
) -> None:
    made = prepare(ledger, *plan("a@x.cn"))
    with engine.begin() as connection:
        suppressions.propose(connection, "a@x.cn", Reason.UNKNOWN_USER, "550", NOW)
    if status == "lifted":
        suppressions.lift(engine, ["a@x.cn"], "张编辑", NOW)
    assert ledger.claim(rows(ledger, made)["a@x.cn"], NOW)


@pytest.mark.parametrize(
    ("state", "reason", "proposed"),
    [
        (State.REJECTED, Reason.UNKNOWN_USER, ["wang@x.cn"]),
        (State.REJECTED, Reason.FREQUENCY, []),
        (State.REJECTED, Reason.MAILBOX_FULL, []),
        (State.DEFERRED, Reason.TEMPORARY, []),
        (State.BOUNCED, Reason.UNKNOWN_USER, ["wang@x.cn"]),
        (State.BOUNCED, Reason.MAILBOX_FULL, []),
    ],
)
def test_suppression_is_proposed_for_unknown_users_only(
    ledger: Ledger, engine: Engine, state: State, reason: Reason, proposed: list[str]
) -> None:
    made = prepare(ledger, *plan("Wang@x.cn"))
    reply = Reply(code=550, text="no such user", enhanced="5.1.1")
    bring_to(ledger, made, "Wang@x.cn", state, reason=reason, reply=reply)
    assert [(one.address, one.detail) for one in suppressions.proposed(engine)] == [
        (address, "no such user") for address in proposed
    ]
    assert suppressions.suppressed(engine) == ()


def test_what_a_relay_says_is_kept_whatever_is_in_it(ledger: Ledger, engine: Engine) -> None:
    made = prepare(ledger, *plan("a@x.cn"))
    reply = Reply(code=550, text="no\0 such\ud800 user 无此用户")
    bring_to(
        ledger,
        made,
        "a@x.cn",
        State.REJECTED,
        reason=Reason.UNKNOWN_USER,
        reply=reply,
        detail="无此\0用户",
        queue_id="q\0",
    )
    assert attempts(engine) == [("a@x.cn", "rejected", "unknown-user", 550, "no such? user 无此用户")]


# What may become which

WAYS = [
    (state, new)
    for state, new in itertools.product(State, State)
    if new not in (State.CLAIMED, State.DOT, State.SUPPRESSED, State.CANCELLED, State.BOUNCED)
    and state not in (State.SUPPRESSED, State.CANCELLED)
]


def test_a_try_leads_only_where_it_may(ledger: Ledger, engine: Engine) -> None:
    addresses = [f"{state}.{new}@x.cn" for state, new in WAYS]
    made = prepare(ledger, *plan(*addresses))
    for (state, new), address in zip(WAYS, addresses, strict=True):
        row = bring_to(ledger, made, address, state)
        if state in IN_HAND and may_become(state, new):
            ledger.settle(row, settlement(new))
            assert rows(ledger, made)[address].state is new
            continue
        before = rows(ledger, made)[address], attempts(engine)
        with pytest.raises(AssertionError, match=f"{re.escape(address)}: {state} may not become {new}"):
            ledger.settle(row, settlement(new))
        assert (rows(ledger, made)[address], attempts(engine)) == before


def test_only_a_letter_that_waits_can_be_claimed_and_only_a_claimed_one_dotted(ledger: Ledger) -> None:
    wanted = [state for state in State if state not in (State.SUPPRESSED, State.CANCELLED)]
    made = prepare(ledger, *plan(*(f"{state}@x.cn" for state in wanted)))
    for state in wanted:
        row = bring_to(ledger, made, f"{state}@x.cn", state)
        if state is not State.CLAIMED:
            with pytest.raises(AssertionError, match=f"{state} may not become dot"):
                ledger.dot(row)
        if state in (State.PREPARED, State.DEFERRED):
            assert ledger.claim(row, NOW)
        else:
            with pytest.raises(AssertionError, match=f"{state} may not become claimed"):
                ledger.claim(row, NOW)


def test_nothing_leads_from_the_dot_back_to_be_sent_but_a_reply_or_a_person() -> None:
    back = {State.PREPARED, State.CLAIMED, State.DOT}
    assert not [new for new in back if may_become(State.DOT, new)]
    assert sources_of(State.DOT) == (State.CLAIMED,)
    assert not [new for new in (*back, State.DEFERRED) if may_become(State.ACCEPTED, new)]


def test_a_letter_that_another_run_has_in_hand_is_not_touched(engine: Engine) -> None:
    """Two runs at once should not be, for there is a lock; where it fails, no letter is sent twice all the same."""
    with Ledger(engine) as one, Ledger(engine) as other:
        made = prepare(one, *plan("a@x.cn"))
        (row,) = one.due(made, NOW, 1)
        assert one.claim(row, NOW)
        with pytest.raises(AssertionError):
            other.claim(row, NOW)
        other.recover(made, NOW)
        assert other.claim(row, NOW)
        with pytest.raises(AssertionError, match="or another run has it in hand"):
            one.dot(row)
        with pytest.raises(AssertionError):
            one.settle(row, settlement(State.PREPARED))
        other.dot(row)
        with pytest.raises(AssertionError):
            one.settle(row, settlement(State.ACCEPTED))
        other.settle(row, settlement(State.ACCEPTED))
    assert [outcome for _, outcome, *_ in attempts(engine)] == ["accepted"]


def test_a_ledger_that_is_not_open_writes_no_letter(engine: Engine) -> None:
    ledger = Ledger(engine)
    made = prepare(ledger, *plan("a@x.cn"))
    with pytest.raises(AssertionError, match="the ledger is not open"):
        ledger.claim(rows(ledger, made)["a@x.cn"], NOW)


# Recovered


def test_what_a_run_left_in_hand_is_put_back_or_uncertain(ledger: Ledger, engine: Engine) -> None:
    made = prepare(ledger, *plan("a@x.cn", "b@x.cn", "c@x.cn", "d@x.cn"))
    other = prepare(ledger, *plan("a@x.cn"), issue="2021-02")
    for address, state in zip("abc", (State.CLAIMED, State.DOT, State.ACCEPTED), strict=True):
        bring_to(ledger, made, f"{address}@x.cn", state)
    bring_to(ledger, other, "a@x.cn", State.DOT)
    later = NOW + timedelta(hours=1)
    assert ledger.recover(made, later) == Recovered(put_back=1, uncertain=1)
    assert list(states(ledger, made).values()) == [
        State.PREPARED,
        State.UNCERTAIN,
        State.ACCEPTED,
        State.PREPARED,
    ]
    row = rows(ledger, made)["b@x.cn"]
    assert (row.attempts, row.reason, row.detail, row.updated) == (
        1,
        Reason.LOST,
        "发到最后一行时程序中断，不知送到没有",
        later,
    )
    assert attempts(engine)[-1][:3] == ("b@x.cn", "uncertain", "lost")
    assert states(ledger, other) == {"a@x.cn": State.DOT}
    assert ledger.recover(made, later) == Recovered(put_back=0, uncertain=0)


# Together


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_what_threads_hand_in_at_once_is_one_commit(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    made = prepare(ledger, *plan(*(f"{number}@x.cn" for number in range(9))))
    letters = list(ledger.deliveries(made))
    for row in letters:
        assert ledger.claim(row, NOW)
    first_holds, may_go, begun = threading.Event(), threading.Event(), []
    beginning = database.beginning

    def slow_beginning(connection: Any, *, lasts: bool) -> Any:
        begun.append(lasts)
        if len(begun) == 1:
            first_holds.set()
            assert may_go.wait(10)
        return beginning(connection, lasts=lasts)

    monkeypatch.setattr("xcbulletin.delivery.ledger.writer.beginning", slow_beginning)
    threads = [threading.Thread(target=ledger.dot, args=(row,)) for row in letters[:8]]
    threads[0].start()
    assert first_holds.wait(10)
    for thread in threads[1:]:
        thread.start()
    waiting = ledger._writer._waiting
    wait_until(lambda: len(waiting) == 7)
    threads.append(threading.Thread(target=ledger.settle, args=(letters[8], settlement(State.DEFERRED))))
    threads[-1].start()
    wait_until(lambda: len(waiting) == 8)
    may_go.set()
    for thread in threads:
        thread.join(10)
    assert begun == [True, True]
    assert ledger.counts(made) == {State.DOT: 8, State.DEFERRED: 1}


def test_many_threads_send_every_letter_once(ledger: Ledger, engine: Engine) -> None:
    made = prepare(ledger, *plan(*(f"{number}@x.cn" for number in range(80))))
    letters = list(ledger.deliveries(made))

    def send(part: list[Delivery]) -> None:
        for row in part:
            assert ledger.claim(row, NOW)
            ledger.dot(row)
            ledger.settle(row, settlement(State.ACCEPTED))

    threads = [threading.Thread(target=send, args=(letters[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.counts(made) == {State.ACCEPTED: 80}
    assert len(attempts(engine)) == 80


def test_a_mistake_in_a_commit_of_several_is_its_own_thread_s(ledger: Ledger) -> None:
    made = prepare(ledger, *plan("a@x.cn", "b@x.cn"))
    a, b = ledger.deliveries(made)
    assert ledger.claim(b, NOW)
    raised: dict[str, BaseException] = {}

    def dot(row: Delivery) -> None:
        try:
            ledger.dot(row)
        except BaseException as error:
            raised[row.address] = error

    with ledger._writer._turn:
        ledger._writer._is_writing = True
    threads = [threading.Thread(target=dot, args=(row,)) for row in (a, b)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(ledger._writer._waiting) == 2)
    ledger._writer._end([])
    for thread in threads:
        thread.join(10)
    assert {address: type(error) for address, error in raised.items()} == {"a@x.cn": AssertionError}
    assert states(ledger, made) == {"a@x.cn": State.PREPARED, "b@x.cn": State.DOT}


def test_the_dot_is_kept_before_it_is_sent_and_other_steps_wait_for_no_disk(
    ledger: Ledger, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL waits for its disk by itself")
    made = prepare(ledger, *plan("a@x.cn"))
    (row,) = ledger.deliveries(made)
    seen = []
    for name in ("claim", "dot", "settle"):
        work = getattr(ledger_writing, name)

        def watched(connection: Any, *words: Any, _work: Any = work, _name: str = name) -> Any:
            seen.append((_name, connection.exec_driver_sql("PRAGMA synchronous").scalar()))
            return _work(connection, *words)

        monkeypatch.setattr(ledger_writing, name, watched)
    ledger.claim(row, NOW)
    ledger.dot(row)
    ledger.settle(row, settlement(State.ACCEPTED))
    assert seen == [("claim", 1), ("dot", 2), ("settle", 1)]


def test_a_server_that_forgets_the_last_transactions_in_a_power_cut_is_told_to_keep_the_dot(
    postgresql: str, tmp_path: Any
) -> None:
    url = postgresql.format("postgres") + "&options=-c%20synchronous_commit%3Doff"
    engine = open_engine(url, tmp_path)
    told = []
    for begun in (engine.begin(), database.lasting(engine)):
        with begun as connection:
            told.append(connection.scalar(text("SHOW synchronous_commit")))
    engine.dispose()
    assert told == ["off", "on"]


def test_a_full_disk_stops_the_dot(ledger: Ledger, engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("the disk is the server's")
    made = prepare(ledger, *plan("a@x.cn"))
    row = bring_to(ledger, made, "a@x.cn", State.CLAIMED)
    assert ledger._writer._connection is not None
    raw = ledger._writer._connection.connection
    raw.execute(f"PRAGMA max_page_count={raw.execute('PRAGMA page_count').fetchone()[0]}")
    reply = Reply(code=250, text="长" * 100_000)
    with pytest.raises(DatabaseError, match="磁盘已满，没有写入数据库；请清理磁盘后再试"):
        ledger.settle(row, settlement(State.DEFERRED, reply=reply))
    assert states(ledger, made) == {"a@x.cn": State.CLAIMED}
    assert attempts(engine) == []
    ledger.dot(row)


# Looked at


def test_a_list_is_read_while_letters_are_written(ledger: Ledger, engine: Engine) -> None:
    made = prepare(ledger, *plan("a@x.cn", "b@x.cn"))
    bring_to(ledger, made, "b@x.cn", State.ACCEPTED)
    with engine.begin() as connection:
        connection.execute(delivery.update().values(state=State.BOUNCED))
        assert ledger.counts(made) == {State.PREPARED: 1, State.ACCEPTED: 1}
        assert list(states(ledger, made).values()) == [State.PREPARED, State.ACCEPTED]
    assert ledger.counts(made) == {State.BOUNCED: 2}


def test_a_long_list_is_read_in_pieces_and_whole(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xcbulletin.delivery.ledger.reading._PAGE", 3)
    addresses = [f"{number}@x.cn" for number in range(7)]
    prepare(ledger, *plan("x@x.cn"), issue="2021-02")
    assert [row.address for row in ledger.deliveries(prepare(ledger, *plan(*addresses)))] == addresses


def test_mailings_are_listed_from_a_time_on(ledger: Ledger) -> None:
    made = [
        prepare(ledger, *plan("a@x.cn"), issue=issue, now=NOW + timedelta(days=days))
        for issue, days in (("2021-03", 60), ("2021-01", 0), ("2021-02", 30))
    ]
    assert ledger.mailings(NOW + timedelta(days=30)) == (made[2], made[0])
    assert ledger.mailings(NOW + timedelta(days=61)) == ()


# A person's word


def test_an_uncertain_letter_that_was_delivered_is_accepted(ledger: Ledger, engine: Engine) -> None:
    made = prepare(ledger, *plan("Wang@x.cn"))
    bring_to(ledger, made, "Wang@x.cn", State.UNCERTAIN)
    done = ledger.mark(made, ["wang@X.cn"], "delivered", "张编辑：电话问过", NOW)
    assert done == Marked(done=("Wang@x.cn",))
    (row,) = ledger.deliveries(made)
    assert (row.state, row.detail, row.attempts) == (State.ACCEPTED, "张编辑：电话问过", 1)
    assert attempts(engine)[-1] == ("Wang@x.cn", "accepted", None, None, "张编辑：电话问过")
    again = ledger.mark(made, ["wang@x.cn"], "delivered", "张编辑", NOW)
    assert again == Marked(already=("Wang@x.cn",))
    assert len(attempts(engine)) == 2


@pytest.mark.parametrize("state", [State.UNCERTAIN, State.REJECTED, State.BOUNCED])
def test_a_letter_that_did_not_arrive_is_sent_again_as_the_same(ledger: Ledger, state: State) -> None:
    made = prepare(ledger, *plan("a@x.cn"))
    before = bring_to(ledger, made, "a@x.cn", state, reason=Reason.POLICY)
    assert ledger.mark(made, ["a@x.cn"], "resend", "张编辑", NOW) == Marked(done=("a@x.cn",))
    (row,) = ledger.due(made, NOW, 10)
    assert (row.state, row.reason, row.detail) == (State.PREPARED, None, "张编辑")
    assert (row.message_id, row.attempts) == (before.message_id, before.attempts)
    assert ledger.mark(made, ["a@x.cn"], "resend", "张编辑", NOW) == Marked(already=("a@x.cn",))


def test_a_person_s_word_is_taken_whole_or_not_at_all(ledger: Ledger) -> None:
    made = prepare(ledger, *plan("zhang@qq.com", "wang@qq.com", "li@qq.com"))
    bring_to(ledger, made, "wang@qq.com", State.ACCEPTED)
    bring_to(ledger, made, "li@qq.com", State.UNCERTAIN)
    marked = ledger.mark(
        made, ["li@qq.com", "Wang@qq.com", "zhan@qq.com", "x@elsewhere.example"], "resend", "张编辑", NOW
    )
    assert (marked.done, marked.already) == ((), ())
    assert marked.problems == (
        "wang@qq.com: 发信服务器已经收下，不能重发",
        "zhan@qq.com: 这一期没有给这个邮箱的信；相近的有 zhang@qq.com、wang@qq.com",
        "x@elsewhere.example: 这一期没有给这个邮箱的信；请检查写得对不对",
    )
    assert rows(ledger, made)["li@qq.com"].state is State.UNCERTAIN


REFUSALS = [
    (State.ACCEPTED, "resend", "发信服务器已经收下，不能重发"),
    (State.CLAIMED, "resend", "正在发送，还没有结果；请等这次发送结束"),
    (State.DOT, "delivered", "正在发送，还没有结果；请等这次发送结束"),
    (State.PREPARED, "delivered", "还没有发，只有不知送到没有的才能记为已送到"),
    (State.DEFERRED, "delivered", "等待重试，只有不知送到没有的才能记为已送到"),
    (State.REJECTED, "delivered", "被拒收，只有不知送到没有的才能记为已送到"),
    (State.BOUNCED, "delivered", "已经退信，只有不知送到没有的才能记为已送到"),
]


def test_a_word_that_cannot_be_taken_is_refused(ledger: Ledger) -> None:
    made = prepare(ledger, *plan(*(f"{state}@x.cn" for state, *_ in REFUSALS)))
    for state, mark, said in REFUSALS:
        row = bring_to(ledger, made, f"{state}@x.cn", state)
        assert ledger.mark(made, [row.address], mark, "张编辑", NOW).refused == ((row.address, said),)
        assert rows(ledger, made)[row.address] == row


def test_who_is_suppressed_or_has_nothing_is_not_sent_again(ledger: Ledger, engine: Engine) -> None:
    suppressions.suppress(engine, ["a@x.cn"], Reason.UNSUBSCRIBED, "", NOW)
    made = prepare(ledger, *plan("a@x.cn"), *plan("b@x.cn", variant=NOTHING, is_empty=True))
    assert ledger.mark(made, ["a@x.cn", "b@x.cn"], "resend", "张编辑", NOW).problems == (
        "a@x.cn: 在停发名单里；请先运行 xcbulletin recipients restore",
        "b@x.cn: 这一期没有这位收件人所选产业的内容，没有可发的",
    )
    suppressions.lift(engine, ["a@x.cn"], "张编辑", NOW)
    assert ledger.mark(made, ["a@x.cn"], "resend", "张编辑", NOW).done == ("a@x.cn",)


# What is heard later


def test_a_relay_s_log_settles_what_is_uncertain_and_nothing_else(ledger: Ledger, engine: Engine) -> None:
    made = prepare(ledger, *plan("a@x.cn", "b@x.cn", "c@x.cn", "d@x.cn", "e@x.cn"))
    for letter in "abe":
        bring_to(ledger, made, f"{letter}@x.cn", State.UNCERTAIN)
    bring_to(ledger, made, "c@x.cn", State.ACCEPTED, queue_id="Q3")
    sent = settlement(State.ACCEPTED, queue_id="Q1", detail="发信服务器的记录")
    came_back = settlement(State.BOUNCED, reason=Reason.UNKNOWN_USER, detail="记录：退信")
    known = {f"<2021-01-{letter}@x.cn>": sent for letter in "acd"} | {
        "<2021-01-b@x.cn>": came_back,
        "<?>": sent,
    }
    assert [one.address for one in ledger.resolve(made, known)] == ["a@x.cn", "b@x.cn"]
    assert [(row.state, row.queue_id) for row in ledger.deliveries(made)] == [
        (State.ACCEPTED, "Q1"),
        (State.BOUNCED, None),
        (State.ACCEPTED, "Q3"),
        (State.PREPARED, None),
        (State.UNCERTAIN, None),
    ]
    assert [one.address for one in suppressions.proposed(engine)] == ["b@x.cn"]


def test_another_issue_s_letters_are_not_resolved(ledger: Ledger) -> None:
    made = prepare(ledger, *plan("a@x.cn"))
    other = prepare(ledger, *plan("a@x.cn"), issue="2021-02")
    bring_to(ledger, made, "a@x.cn", State.UNCERTAIN)
    assert ledger.resolve(other, {"<2021-01-a@x.cn>": settlement(State.ACCEPTED)}) == ()


def test_a_letter_that_came_back_keeps_what_is_known_of_it(ledger: Ledger, engine: Engine) -> None:
    made = prepare(ledger, *plan("a@x.cn"))
    row = bring_to(ledger, made, "a@x.cn", State.ACCEPTED, queue_id="Q1")
    later = NOW + timedelta(hours=2)
    back = settlement(State.BOUNCED, at=later, reason=Reason.MAILBOX_FULL, detail="邮箱已满")
    assert ledger.bounced(row, back)
    (row,) = ledger.deliveries(made)
    assert (row.state, row.reason, row.detail) == (State.BOUNCED, Reason.MAILBOX_FULL, "邮箱已满")
    assert (row.queue_id, row.attempts, row.updated) == ("Q1", 1, later)
    assert attempts(engine)[-1] == ("a@x.cn", "bounced", "mailbox-full", None, "邮箱已满")
    assert not ledger.bounced(row, back)
    assert len(attempts(engine)) == 2


def test_a_letter_that_was_not_sent_does_not_come_back(ledger: Ledger) -> None:
    unsent = (State.PREPARED, State.CLAIMED, State.DOT, State.DEFERRED, State.REJECTED)
    made = prepare(ledger, *plan(*(f"{state}@x.cn" for state in unsent)))
    for state in unsent:
        row = bring_to(ledger, made, f"{state}@x.cn", state)
        assert not ledger.bounced(row, settlement(State.BOUNCED))
        assert rows(ledger, made)[row.address] == row


def test_returned_letters_are_read_once(engine: Engine) -> None:
    assert returned.read_before(engine, ["a" * 64]) == frozenset()
    returned.note_read(engine, ["a" * 64, "b" * 64], NOW)
    returned.note_read(engine, ["a" * 64], NOW)
    assert returned.read_before(engine, ["a" * 64, "c" * 64]) == {"a" * 64}


# Limits


def test_how_much_may_be_sent_is_kept_with_what_became_of_a_letter(ledger: Ledger) -> None:
    assert ledger.buckets() == {}
    made = prepare(ledger, *plan("a@x.cn"))
    row = bring_to(ledger, made, "a@x.cn", State.CLAIMED)
    relay = Level(tokens=9.5, at=NOW)
    domain = Level(tokens=-1, at=NOW, paused_until=NOW + timedelta(minutes=2))
    ledger.settle(row, settlement(State.DEFERRED), {"smtp.x.cn": relay, "@x.cn": domain})
    assert ledger.buckets() == {"smtp.x.cn": relay, "@x.cn": domain}
    with pytest.raises(AssertionError):
        ledger.settle(row, settlement(State.ACCEPTED), {"@x.cn": relay})
    assert ledger.claim(row, NOW)
    ledger.settle(row, settlement(State.DEFERRED), {"@y.cn": relay, "smtp.x.cn": domain})
    assert ledger.buckets() == {"smtp.x.cn": domain, "@x.cn": domain, "@y.cn": relay}

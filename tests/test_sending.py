"""Every fault of a relay, with what the ledger then says and how many copies arrive."""

import datetime
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from letters import START, Clock, make_letter, make_mail, open_ledger, prepare, send_all, states
from mailserver import Faults, MailServer
from sqlalchemy import event

from xcbulletin.database import DatabaseError, open_engine
from xcbulletin.delivery.ledger import suppressions
from xcbulletin.delivery.ledger.ledger import Ledger
from xcbulletin.delivery.mailing import Delivery, Mailing, Reason, Reply, State, Transport
from xcbulletin.delivery.sending.sending import Outcome, Why
from xcbulletin.delivery.sending.smtp import Connection, RelayError, connect
from xcbulletin.settings import MailSettings

ZHANG, LI = "zhang@example.org", "li@example.com"
Relay = Callable[..., MailServer]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as ledger:
        yield ledger


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    """Starts a server that has faults."""
    started: list[MailServer] = []

    def start(faults: Faults | None = None, **options: Any) -> MailServer:
        started.append(MailServer(tmp_path / "relay", faults, **options).__enter__())
        return started[-1]

    yield start
    for server in started:
        server.__exit__()


def the(ledger: Ledger, mailing: Mailing, address: str = ZHANG) -> Delivery:
    return next(one for one in ledger.deliveries(mailing) if one.address == address)


def minutes(since: datetime.datetime, until: datetime.datetime | None) -> float:
    assert until is not None
    return (until - since).total_seconds() / 60


def test_a_letter_is_accepted_with_its_queue_id(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay(), prepare(ledger, [ZHANG])
    outcome = send_all(ledger, mailing, make_mail(server.port))
    assert (outcome.counts, outcome.accepted, outcome.stopped) == ({State.ACCEPTED: 1}, 1, None)
    letter = the(ledger, mailing)
    assert (letter.state, letter.queue_id, letter.attempts) == (State.ACCEPTED, "4Q00000001", 1)
    assert letter.detail == "发信服务器已收下（250 2.0.0 Ok: queued as 4Q00000001）"
    assert server.copies == {f"<{ZHANG}>": 1}


def test_what_arrives_is_what_was_given(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay(keep=True), prepare(ledger, [ZHANG])
    letter = b"Message-ID: <1@x>\r\n\r\n.\r\n..two\r\nend.\r\n.last\r\n"
    send_all(ledger, mailing, make_mail(server.port), compose=lambda _delivery: letter)
    assert server.letters == [letter]


def test_a_greylisted_letter_is_tried_again(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay({ZHANG: ["rcpt 450 4.2.0 Greylisted"]}), prepare(ledger, [ZHANG])
    clock = Clock()
    assert send_all(ledger, mailing, make_mail(server.port), clock).stopped is None
    letter = the(ledger, mailing)
    assert (letter.state, letter.attempts, server.addresses) == (State.ACCEPTED, 2, {ZHANG: 1})
    assert 2 <= minutes(START, clock.now) < 2.1


def test_an_unknown_user_is_rejected_and_proposed_for_suppression(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay({ZHANG: "rcpt 550 5.1.1 User unknown"}), prepare(ledger, [ZHANG, LI])
    send_all(ledger, mailing, make_mail(server.port))
    letter = the(ledger, mailing)
    assert (letter.state, letter.reason) == (State.REJECTED, Reason.UNKNOWN_USER)
    assert letter.detail == "没有这个邮箱（550 5.1.1 User unknown）"
    assert [one.address for one in suppressions.proposed(ledger._engine)] == [ZHANG]
    assert server.addresses == {LI: 1}


def test_a_limit_that_speaks_as_if_for_ever_pauses_the_domain(ledger: Ledger, relay: Relay) -> None:
    faults = {"#1": ["rcpt 550 Connection frequency limited"]}
    server = relay(faults)
    mailing = prepare(ledger, ["a@qq.com", "b@qq.com", LI])
    clock = Clock()
    send_all(ledger, mailing, make_mail(server.port), clock)
    assert server.order == [LI, "b@qq.com", "a@qq.com"]
    assert set(states(ledger, mailing).values()) == {State.ACCEPTED}
    assert 2 <= minutes(START, clock.now) < 2.1
    assert not suppressions.proposed(ledger._engine)
    assert server.addresses.total() == 3


def test_a_full_mailbox_is_given_up_after_the_last_try(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay({ZHANG: "rcpt 452 4.2.2 Mailbox full"}), prepare(ledger, [ZHANG])
    send_all(ledger, mailing, make_mail(server.port, retry_minutes=[1, 3]))
    letter = the(ledger, mailing)
    assert (letter.state, letter.reason, letter.attempts) == (State.REJECTED, Reason.TEMPORARY, 3)
    assert letter.detail == "试了 3 次都没有送出；最后一次：收件人的邮箱满了（452 4.2.2 Mailbox full）"
    assert not suppressions.proposed(ledger._engine)
    assert not server.copies


def test_netease_wants_two_minutes_after_the_dot(ledger: Ledger, relay: Relay) -> None:
    server = relay({ZHANG: ["dot 451 DT:SPM 163 smtp1,please try again"]})
    mailing, clock = prepare(ledger, [ZHANG]), Clock()
    send_all(ledger, mailing, make_mail(server.port, retry_minutes=[0, 0]), clock)
    assert (the(ledger, mailing).state, server.addresses) == (State.ACCEPTED, {ZHANG: 1})
    assert minutes(START, clock.now) >= 2


def test_three_refusals_of_the_content_stop_the_run(ledger: Ledger, relay: Relay) -> None:
    server = relay({"*": "dot 554 DT:SPM 163 smtp1"})
    mailing = prepare(ledger, [f"{number}@example.org" for number in range(6)])
    outcome = send_all(ledger, mailing, make_mail(server.port))
    assert (outcome.stopped, outcome.counts) == (Why.CONTENT, {State.PREPARED: 3, State.REJECTED: 3})
    assert outcome.detail == "一连 3 封被当作垃圾邮件：信的内容被当作垃圾邮件（554 DT:SPM 163 smtp1）"
    assert not server.copies
    assert not suppressions.proposed(ledger._engine)


def test_content_refused_now_and_then_does_not_stop_the_run(ledger: Ledger, relay: Relay) -> None:
    server = relay({f"#{number}": ["dot 554 DT:SPM"] for number in (1, 2, 4, 5)})
    mailing = prepare(ledger, [f"{number}@example.org" for number in range(6)])
    assert send_all(ledger, mailing, make_mail(server.port)).stopped is None
    assert server.addresses.total() == 2


def test_a_connection_lost_inside_a_big_letter_is_retried(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay({ZHANG: ["drop in data"]}), prepare(ledger, [ZHANG])
    send_all(ledger, mailing, make_mail(server.port), compose=partial(make_letter, size=16_000_000))
    letter = the(ledger, mailing)
    assert (letter.state, letter.attempts, server.addresses) == (State.ACCEPTED, 2, {ZHANG: 1})


def test_a_connection_lost_inside_a_small_letter_is_uncertain(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay({ZHANG: ["drop in data"]}), prepare(ledger, [ZHANG])
    send_all(ledger, mailing, make_mail(server.port))
    assert (the(ledger, mailing).state, server.copies) == (State.UNCERTAIN, {})


@pytest.mark.parametrize(("fault", "copies"), [("take and drop", 1), ("slow 3", 1), ("drop after dot", 0)])
def test_a_letter_without_an_answer_is_uncertain_and_not_sent_again(
    ledger: Ledger, relay: Relay, fault: str, copies: int
) -> None:
    server, mailing = relay({ZHANG: [fault]}), prepare(ledger, [ZHANG, LI])
    mail = make_mail(server.port, timeout_after_data=0.3)
    send_all(ledger, mailing, mail)
    send_all(ledger, mailing, mail)
    letter = the(ledger, mailing)
    assert (letter.state, letter.reason) == (State.UNCERTAIN, Reason.LOST)
    assert letter.detail == "信已全部发出，发信服务器没有答复，不知送到没有"
    assert server.addresses[ZHANG] == copies
    assert server.addresses[LI] == 1


def test_an_uncertain_letter_is_sent_again_when_a_person_says_so(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay({ZHANG: ["drop after dot"]}), prepare(ledger, [ZHANG])
    send_all(ledger, mailing, make_mail(server.port))
    ledger.mark(mailing, [ZHANG], "resend", "王编辑", START)
    send_all(ledger, mailing, make_mail(server.port))
    assert (the(ledger, mailing).state, server.addresses) == (State.ACCEPTED, {ZHANG: 1})


@pytest.mark.parametrize("connections", [1, 4])
def test_a_relay_that_ends_connections_loses_nothing(ledger: Ledger, relay: Relay, connections: int) -> None:
    server = relay(per_connection=5)
    mailing = prepare(ledger, [f"{number}@example.org" for number in range(23)])
    outcome = send_all(ledger, mailing, make_mail(server.port, connections=connections))
    assert outcome.counts == {State.ACCEPTED: 23}
    assert set(server.addresses.values()) == {1}
    assert server.addresses.total() == 23


def test_a_connection_carries_so_many_letters(ledger: Ledger, relay: Relay) -> None:
    server = relay()
    mailing = prepare(ledger, [f"{number}@example.org" for number in range(7)])
    send_all(ledger, mailing, make_mail(server.port, per_connection=3))
    assert (server.addresses.total(), server.connections) == (7, 3)


def test_sending_again_after_the_end_opens_no_connection(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay(), prepare(ledger, [ZHANG])
    send_all(ledger, mailing, make_mail(server.port))
    again = send_all(ledger, mailing, make_mail(server.port))
    assert (again.accepted, again.stopped) == (0, None)
    assert (server.connections, server.addresses) == (1, {ZHANG: 1})


def test_a_letter_over_the_relays_size_is_rejected_before_mail(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay({"*": "mail 550 this is never said"}, size=1000), prepare(ledger, [ZHANG])
    send_all(ledger, mailing, make_mail(server.port), compose=partial(make_letter, size=5000))
    letter = the(ledger, mailing)
    assert (letter.state, letter.reason) == (State.REJECTED, Reason.SIZE)
    assert letter.detail.startswith("信太大，超过服务器的上限（552 5.3.4 ")


def test_who_unsubscribes_after_prepare_gets_nothing(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay(), prepare(ledger, [ZHANG, LI])
    suppressions.suppress(ledger._engine, [ZHANG], Reason.UNSUBSCRIBED, "退订", START)
    outcome = send_all(ledger, mailing, make_mail(server.port))
    assert outcome.counts == {State.ACCEPTED: 1, State.SUPPRESSED: 1}
    assert server.addresses == {LI: 1}


def test_a_sender_who_may_not_send_stops_the_run_and_blames_no_letter(ledger: Ledger, relay: Relay) -> None:
    server = relay({"*": "rcpt 554 5.7.1 Relay access denied"})
    mailing = prepare(ledger, [ZHANG, LI])
    outcome = send_all(ledger, mailing, make_mail(server.port))
    assert (outcome.stopped, outcome.counts) == (Why.RELAY, {State.PREPARED: 2})
    assert outcome.detail == "发信服务器不让这个发件人发信（554 5.7.1 Relay access denied）"
    row = the(ledger, mailing)
    assert (row.attempts, row.reason, row.detail) == (0, None, "")


@pytest.mark.parametrize("connections", [1, 4])
def test_a_relay_that_is_down_changes_nothing(ledger: Ledger, relay: Relay, connections: int) -> None:
    server, mailing = relay(), prepare(ledger, [ZHANG, LI])
    server.__exit__()
    with pytest.raises(RelayError, match=r"^127\.0\.0\.1:[0-9]+: 发信服务器拒绝连接；"):
        send_all(ledger, mailing, make_mail(server.port, connections=connections))
    assert states(ledger, mailing) == {ZHANG: State.PREPARED, LI: State.PREPARED}
    assert the(ledger, mailing).attempts == 0


def test_a_relay_that_goes_away_stops_the_run_after_some_errors(ledger: Ledger, relay: Relay) -> None:
    server = relay({"@example.com": "drop after dot"})
    mailing = prepare(ledger, [ZHANG, *(f"{number}@example.com" for number in range(8))])
    outcome = send_all(ledger, mailing, make_mail(server.port))
    assert outcome.stopped is Why.RELAY
    assert outcome.counts == {State.ACCEPTED: 1, State.UNCERTAIN: 5, State.PREPARED: 3}
    assert outcome.detail == "与发信服务器的连接一连断了 5 次"


def test_a_relay_that_comes_back_is_waited_for(ledger: Ledger, relay: Relay) -> None:
    server, clock = relay(), Clock()
    mailing = prepare(ledger, [f"{number}@example.org" for number in range(6)])
    failures = iter([False, True, True, False])

    def unsteady(mail: MailSettings) -> Transport:
        if next(failures, False):
            raise RelayError("away")
        return connect(mail)

    outcome = send_all(ledger, mailing, make_mail(server.port, per_connection=2), clock, connect=unsteady)
    assert outcome.counts == {State.ACCEPTED: 6}
    assert (clock.now - START).total_seconds() >= 3


def test_a_relay_that_takes_one_connection_gets_one(ledger: Ledger, relay: Relay) -> None:
    server = relay(delay=0.01)
    mailing = prepare(ledger, [f"{number}@example.org" for number in range(12)])
    opened = iter([True])

    def sparing(mail: MailSettings) -> Transport:
        if next(opened, False):
            return connect(mail)
        raise RelayError("too many", Reply(code=421, text="HL:ICC"))

    outcome = send_all(ledger, mailing, make_mail(server.port, connections=4), connect=sparing)
    assert (outcome.counts, server.connections) == ({State.ACCEPTED: 12}, 1)


def test_letters_due_later_are_left_for_another_run(ledger: Ledger, relay: Relay) -> None:
    server, mailing = relay({ZHANG: ["rcpt 450 later"]}), prepare(ledger, [ZHANG, LI])
    clock = Clock()
    outcome = send_all(ledger, mailing, make_mail(server.port, retry_minutes=[45]), clock)
    assert (outcome.stopped, outcome.counts) == (Why.WAITING, {State.ACCEPTED: 1, State.DEFERRED: 1})
    assert outcome.next_at == START + datetime.timedelta(minutes=45)
    clock.now += datetime.timedelta(minutes=45)
    assert send_all(ledger, mailing, make_mail(server.port), clock).counts == {State.ACCEPTED: 2}


def test_the_domains_take_turns(ledger: Ledger, relay: Relay) -> None:
    server = relay()
    mailing = prepare(ledger, ["1@qq.com", "2@qq.com", "3@qq.com", "1@163.com", "2@163.com", "1@126.com"])
    send_all(ledger, mailing, make_mail(server.port))
    assert server.order == ["1@qq.com", "1@163.com", "1@126.com", "2@qq.com", "2@163.com", "3@qq.com"]


def test_limits_hold_over_two_runs(ledger: Ledger, relay: Relay) -> None:
    server, clock = relay(), Clock()
    mail = make_mail(server.port, per_minute=60, connections=2)
    mailing = prepare(ledger, [f"{number}@example.org" for number in range(30)])
    given: list[datetime.datetime] = []

    def compose(delivery: Delivery) -> bytes:
        given.append(clock.now)
        if len(given) == 15:
            raise DatabaseError("killed")
        return make_letter(delivery)

    with pytest.raises(DatabaseError):
        send_all(ledger, mailing, mail, clock, compose=compose)
    ledger.recover(mailing, clock.now)
    send_all(ledger, mailing, mail, clock, compose=compose)
    assert server.addresses.total() == 30
    assert (
        max(sum(0 <= (two - one).total_seconds() < 60 for two in given) for one in given) <= 61
    )  # one twice
    assert (given[-1] - START).total_seconds() >= 20 / (50 / 60) * 0.9


def test_more_letters_than_are_held_at_once_are_all_sent(ledger: Ledger) -> None:
    sent: list[str] = []
    mailing = prepare(ledger, [f"{number}@{number % 3}.example" for number in range(1300)])
    mail = make_mail(connections=4, domains={"1.example": 1200})
    send_all(ledger, mailing, mail, connect=lambda _mail: _Sink(sent))
    assert len(set(sent)) == len(sent) == 1300


def test_progress_tells_how_much_and_how_long(ledger: Ledger) -> None:
    told: list[tuple[int, int, float]] = []
    mailing = prepare(ledger, [f"{number}@example.org" for number in range(30)])
    mail = make_mail(per_minute=60)
    send_all(ledger, mailing, mail, connect=lambda _mail: _Sink([]), tell=lambda *words: told.append(words))
    assert told[0][1] == 30
    assert 20 < told[0][2] <= 36
    assert told[-1] == (30, 30, 0.0)


# The ledger's disk, signals


def test_a_letter_whose_dot_cannot_be_kept_is_not_finished(
    ledger: Ledger, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, mailing = relay(), prepare(ledger, [ZHANG, LI])

    def full(_delivery: Delivery) -> None:
        raise DatabaseError("desk.db: 磁盘已满，没有写入数据库；请清理磁盘后再试")

    monkeypatch.setattr(ledger, "dot", full)
    with pytest.raises(DatabaseError, match="磁盘已满"):
        send_all(ledger, mailing, make_mail(server.port))
    monkeypatch.undo()
    assert not server.copies
    ledger.recover(mailing, START)
    assert states(ledger, mailing) == {ZHANG: State.PREPARED, LI: State.PREPARED}
    send_all(ledger, mailing, make_mail(server.port))
    assert server.addresses == {ZHANG: 1, LI: 1}


def test_a_disk_that_fills_up_on_the_way_leaves_no_letter_in_doubt_twice(
    tmp_path: Path, relay: Relay
) -> None:
    server = relay()
    with open_ledger(tmp_path) as ledger:
        mailing = prepare(ledger, [f"{number}@example.org" for number in range(400)])
    engine = open_engine("sqlite:///desk.db", tmp_path)

    @event.listens_for(engine, "connect")
    def limit(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 2}")

    engine.dispose()  # the connection that it was opened with has no limit
    mail = make_mail(server.port, connections=4)
    with Ledger(engine) as ledger, pytest.raises(DatabaseError, match="磁盘已满"):
        send_all(ledger, mailing, mail)
    engine.dispose()
    before = server.addresses.total()
    assert 0 < before < 400
    with open_ledger(tmp_path) as ledger:
        assert ledger.recover(mailing, START).uncertain <= 4
        send_all(ledger, mailing, mail)
        assert set(server.addresses.values()) == {1}
        counts = ledger.counts(mailing)
    assert counts.get(State.ACCEPTED, 0) + counts.get(State.UNCERTAIN, 0) == 400


def test_a_power_cut_after_the_dot_leaves_it_on_the_disk(tmp_path: Path, relay: Relay) -> None:
    """What the disk is sure to have when the last line goes out is the ledger that is gone on from."""
    server = relay()
    disk = tmp_path / "disk"
    disk.mkdir()

    class Watched(Connection):
        def finish(self) -> Reply:
            for file in tmp_path.glob("desk.db*"):
                shutil.copy(file, disk / file.name)
            return super().finish()

    def connect_watched(mail: MailSettings) -> Transport:
        connection = connect(mail)
        connection.__class__ = Watched
        return connection

    with open_ledger(tmp_path) as ledger:
        mailing = prepare(ledger, [ZHANG])
        send_all(ledger, mailing, make_mail(server.port), connect=connect_watched)
    with open_ledger(disk) as ledger:
        assert ledger.recover(mailing, START).uncertain == 1
        send_all(ledger, mailing, make_mail(server.port))
        assert states(ledger, mailing) == {ZHANG: State.UNCERTAIN}
    assert server.addresses == {ZHANG: 1}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_a_signal_stops_the_run_with_every_letter_settled(ledger: Ledger, relay: Relay, number: int) -> None:
    server = relay(delay=0.02)
    told: list[tuple[int, int, float | None]] = []
    mailing = prepare(ledger, [f"{number}@example.org" for number in range(40)])
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
    mail = make_mail(server.port, connections=2)
    outcome = send_all(ledger, mailing, mail, tell=lambda *words: told.append(words))
    assert (told[0][2] is None, told[-1][2]) == (False, None)
    assert (outcome.stopped, outcome.detail) == (Why.INTERRUPTED, "发送被中断")
    assert set(outcome.counts) == {State.ACCEPTED, State.PREPARED}
    assert server.addresses.total() == outcome.counts[State.ACCEPTED]
    again = send_all(ledger, mailing, make_mail(server.port, connections=2))
    assert again.counts == {State.ACCEPTED: 40}
    assert set(server.addresses.values()) == {1}


def test_a_run_that_is_to_outlive_its_terminal_does(ledger: Ledger) -> None:
    mailing = prepare(ledger, [ZHANG, LI])

    class HangingUp(_Sink):
        def offer(self, sender: str, address: str, content: bytes) -> None:
            super().offer(sender, address, content)
            os.kill(os.getpid(), signal.SIGHUP)

    usual = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup has it
    try:
        outcome = send_all(ledger, mailing, make_mail(), connect=lambda _mail: HangingUp([]))
    finally:
        signal.signal(signal.SIGHUP, usual)
    assert outcome.counts == {State.ACCEPTED: 2}


def test_a_letter_offered_when_the_run_is_stopped_is_not_finished(ledger: Ledger) -> None:
    mailing = prepare(ledger, [ZHANG, LI])
    finished: list[str] = []

    class Stopping(_Sink):
        def offer(self, sender: str, address: str, content: bytes) -> None:
            super().offer(sender, address, content)
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(0.5)

    outcome: Outcome = send_all(ledger, mailing, make_mail(), connect=lambda _mail: Stopping(finished))
    assert (outcome.stopped, outcome.counts, finished) == (Why.INTERRUPTED, {State.PREPARED: 2}, [])


class _Sink:
    """Takes every letter."""

    def __init__(self, finished: list[str]) -> None:
        self._finished = finished

    def offer(self, sender: str, address: str, content: bytes) -> None:  # noqa: ARG002
        self._address = address

    def finish(self) -> Reply:
        self._finished.append(self._address)
        return Reply(code=250, text="OK")

    def close(self) -> None:
        pass

"""What postfix's log tells about letters whose fate nobody knows."""

import gzip
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.delivery.returns.relaylog import LogFiles, LogLine, Status, delivered
from xcbulletin.errors import RelayLogError

LETTER = "<9f86d081884c7d659a2feaa0c55ad015@neican.example.cn>"
ADDRESS = "li@corp.example.com"
ASKED = {LETTER: ADDRESS}

SYSLOG = f"""\
Nov 24 17:39:26 mail postfix/smtpd[7]: 4XyZ1c2Wq9z3dTk: client=app.example.cn[192.0.2.9], sasl_username=neican
Nov 24 17:39:27 mail postfix/cleanup[8]: 4XyZ1c2Wq9z3dTk: message-id={LETTER}
Nov 24 17:39:27 mail postfix/qmgr[2]: 4XyZ1c2Wq9z3dTk: from=<neican@neican.example.cn>, size=812000, nrcpt=1 (queue active)
Nov 24 17:39:28 mail postfix/smtp[9]: 4XyZ1c2Wq9z3dTk: to=<{ADDRESS}>, relay=mx.corp.example.com[192.0.2.25]:25, \
delay=1.2, delays=0.1/0/0.3/0.8, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 77A (really))
Nov 24 17:39:28 mail postfix/qmgr[2]: 4XyZ1c2Wq9z3dTk: removed
""".splitlines(keepends=True)


def line(queue_id: str, rest: str, at: str = "Nov 24 17:39:28", program: str = "postfix/smtp[9]") -> str:
    return f"{at} mail {program}: {queue_id}: {rest}\n"


def named(queue_id: str, message_id: str = LETTER) -> str:
    return line(queue_id, f"message-id={message_id}", program="postfix/cleanup[8]")


def result(
    queue_id: str, status: str, detail: str = "250 Ok", *, to: str = ADDRESS, dsn: str = "2.0.0"
) -> str:
    return line(
        queue_id, f"to=<{to}>, relay=mx[192.0.2.25]:25, delay=1, dsn={dsn}, status={status} ({detail})"
    )


def statuses(*lines: str) -> dict[str, Status]:
    return {message_id: found.status for message_id, found in delivered(lines, ASKED).items()}


def test_a_letter_is_followed_from_its_message_id_to_what_the_next_server_said() -> None:
    assert delivered(SYSLOG, ASKED) == {
        LETTER: LogLine(
            status=Status.SENT,
            address=ADDRESS,
            queue_id="4XyZ1c2Wq9z3dTk",
            at="Nov 24 17:39:28",
            dsn="2.0.0",
            relay="mx.corp.example.com[192.0.2.25]:25",
            detail="250 2.0.0 Ok: queued as 77A (really)",
        )
    }


def test_times_may_be_written_as_iso() -> None:
    lines = [
        each.replace("Nov 24 17:39:2", "2026-11-24T17:39:2").replace(
            " mail postfix", ".123456+08:00 mail postfix", 1
        )
        for each in SYSLOG
    ]
    assert delivered(lines, ASKED)[LETTER].at == "2026-11-24T17:39:28.123456+08:00"


def test_instances_of_postfix_may_have_names() -> None:
    lines = [each.replace("postfix/", "postfix-out/submission/") for each in SYSLOG]
    assert delivered(lines, ASKED)[LETTER].status is Status.SENT


@given(st.permutations(SYSLOG))
def test_lines_may_stand_in_any_order(lines: list[str]) -> None:
    assert delivered(lines, ASKED) == delivered(SYSLOG, ASKED)


def test_letters_not_asked_for_and_not_named_are_left_out() -> None:
    assert delivered(SYSLOG, {"<other@neican.example.cn>": ADDRESS}) == {}
    assert delivered([], ASKED) == {}
    assert statuses(named("AAAAA")) == {}


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("sent", "sent"),
        ("bounced", "bounced"),
        ("deferred", "deferred"),
        ("expired", "expired"),
        ("SOFTBOUNCE", "deferred"),
    ],
)
def test_every_outcome_is_told(written: str, status: str) -> None:
    assert statuses(named("AAAAA"), result("AAAAA", written)) == {LETTER: status}


def test_a_letter_given_up_is_told_though_the_line_names_nobody() -> None:
    lines = (
        named("AAAAA"),
        result("AAAAA", "deferred", "connection timed out", dsn="4.4.1"),
        line(
            "AAAAA",
            "from=<neican@neican.example.cn>, status=expired, returned to sender",
            program="postfix/qmgr[2]",
        ),
    )
    for order in itertools.permutations(lines):
        assert statuses(*order) == {LETTER: Status.EXPIRED}


def test_a_letter_deferred_first_and_sent_later_is_sent() -> None:
    assert statuses(named("AAAAA"), result("AAAAA", "sent"), result("AAAAA", "deferred")) == {
        LETTER: Status.SENT
    }


def test_a_letter_handed_to_a_content_filter_is_not_sent_yet() -> None:
    handed = result(
        "AAAAA", "sent", "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as BBBBB"
    )
    assert statuses(named("AAAAA"), named("BBBBB"), handed) == {}
    assert statuses(named("AAAAA"), named("BBBBB"), handed, result("BBBBB", "bounced")) == {
        LETTER: Status.BOUNCED
    }


def test_a_queue_id_that_came_again_for_another_letter_proves_nothing() -> None:
    lines = (
        named("AAAAA"),
        named("AAAAA", "<other@example.cn>"),
        result("AAAAA", "sent", to="wang@example.com"),
    )
    assert statuses(*lines) == {}


def test_an_address_that_was_rewritten_counts_and_so_do_capitals() -> None:
    rewritten = line(
        "AAAAA",
        f"to=<li@inner.example.com>, orig_to=<{ADDRESS.upper()}>, relay=local, dsn=2.0.0, status=sent (delivered to mailbox)",
    )
    assert delivered([named("AAAAA"), rewritten], ASKED)[LETTER].address == ADDRESS.upper()


def test_probes_of_addresses_are_no_letters() -> None:
    assert statuses(named("AAAAA"), result("AAAAA", "deliverable"), result("AAAAA", "undeliverable")) == {}


def test_logs_are_read_from_files_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "mail.log").write_text("".join(SYSLOG[3:]), "utf-8")
    (tmp_path / "mail.log.2.gz").write_bytes(
        gzip.compress("".join(SYSLOG[:3]).encode() + b"\xff\xfe noise\n")
    )
    lines = LogFiles([tmp_path / "mail.log", tmp_path / "mail.log.2.gz"])
    assert delivered(lines, ASKED) == delivered(SYSLOG, ASKED)


def test_a_log_without_line_ends_is_read_in_pieces(tmp_path: Path) -> None:
    (tmp_path / "mail.log").write_bytes(b"x" * 100_000)
    assert max(map(len, LogFiles([tmp_path / "mail.log"]))) <= 16 * 2**10


def test_a_log_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(RelayLogError) as told:
        list(LogFiles([tmp_path / "none.log"]))
    assert str(told.value) == f"{tmp_path / 'none.log'}：读不了日志：没有这个文件"
    (tmp_path / "cut.gz").write_bytes(gzip.compress("".join(SYSLOG).encode())[:-12])
    with pytest.raises(RelayLogError) as told:
        list(LogFiles([tmp_path / "cut.gz"]))
    assert str(told.value) == f"{tmp_path / 'cut.gz'}：压缩文件已损坏，读不下去，请重新复制一份"


@given(st.lists(st.text(max_size=200)))
def test_any_lines_may_stand_between(noise: list[str]) -> None:
    assert delivered([*noise, *SYSLOG, *noise], ASKED)[LETTER].status is Status.SENT

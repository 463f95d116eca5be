import hypothesis.strategies as st
import pytest
from hypothesis import given

from xcbulletin.delivery.mailing import Reason, State
from xcbulletin.delivery.sending.replies import DATA, DOT, MAIL, RCPT, judge, make_reply, queue_id

ACCEPTED, DEFERRED, REJECTED, PREPARED = State.ACCEPTED, State.DEFERRED, State.REJECTED, State.PREPARED


@pytest.mark.parametrize(
    ("reply", "phase", "state", "reason", "minutes", "pauses"),
    [
        # QQ
        ("550 Connection frequency limited", RCPT, DEFERRED, Reason.FREQUENCY, 0, True),
        ("550 Domain frequency limited.", DOT, DEFERRED, Reason.FREQUENCY, 0, True),
        ("550 Sender frequency limited", MAIL, DEFERRED, Reason.FREQUENCY, 0, True),
        ("550 Mailbox unavailable or access denied", RCPT, DEFERRED, Reason.FREQUENCY, 0, True),
        ("550 Mailbox not found. http://service.mail.qq.com/", RCPT, REJECTED, Reason.UNKNOWN_USER, 0, False),
        ("550 Mail content denied.", DOT, REJECTED, Reason.CONTENT, 0, False),
        ("550 Domain may not exist or DNS check failed", RCPT, REJECTED, Reason.POLICY, 0, False),
        # NetEase
        ("421 HL:ICC 163 smtp1", RCPT, DEFERRED, Reason.FREQUENCY, 0, True),
        ("421 HL:IFC 163 smtp1", MAIL, DEFERRED, Reason.FREQUENCY, 0, True),
        ("450 RP:DRC 163 smtp1", RCPT, DEFERRED, Reason.FREQUENCY, 0, True),
        ("450 MI:DMC 163 smtp1", MAIL, DEFERRED, Reason.FREQUENCY, 0, True),
        ("451 MI:SFQ 163 smtp1", RCPT, DEFERRED, Reason.FREQUENCY, 15, True),
        ("451 DT:SPM 163 smtp1,please try again", DOT, DEFERRED, Reason.CONTENT, 2, False),
        ("554 DT:SPM 163 smtp1,http://mail.163.com/help/", DOT, REJECTED, Reason.CONTENT, 0, False),
        ("550 User not found: zhang@163.com", RCPT, REJECTED, Reason.UNKNOWN_USER, 0, False),
        # Others
        ("550 5.1.1 <a@b.cn>: User unknown in virtual table", RCPT, REJECTED, Reason.UNKNOWN_USER, 0, False),
        ("550 No such user", RCPT, REJECTED, Reason.UNKNOWN_USER, 0, False),
        ("550 用户不存在", RCPT, REJECTED, Reason.UNKNOWN_USER, 0, False),
        ("450 4.1.1 User unknown", RCPT, DEFERRED, Reason.TEMPORARY, 0, False),
        ("450 4.2.0 Greylisted, try again later", RCPT, DEFERRED, Reason.TEMPORARY, 0, False),
        ("421 4.3.2 Service shutting down", RCPT, DEFERRED, Reason.TEMPORARY, 0, True),
        ("452 4.2.2 Mailbox full", RCPT, DEFERRED, Reason.MAILBOX_FULL, 0, False),
        ("552 5.2.2 Over quota", RCPT, DEFERRED, Reason.MAILBOX_FULL, 0, False),
        ("552 5.3.4 Message too big", DOT, REJECTED, Reason.SIZE, 0, False),
        ("552 5.3.4 Message size exceeds fixed limit", MAIL, REJECTED, Reason.SIZE, 0, False),
        ("550 5.7.1 Refused", RCPT, REJECTED, Reason.POLICY, 0, False),
        ("451 4.3.0 Temporary lookup failure", DATA, DEFERRED, Reason.TEMPORARY, 0, False),
        # Who may not send is not refused letter by letter
        ("554 5.7.1 <a@b.cn>: Relay access denied", RCPT, PREPARED, Reason.POLICY, 0, False),
        ("530 5.7.0 Must issue a STARTTLS command first", MAIL, PREPARED, Reason.POLICY, 0, False),
        ("530 Authentication required", RCPT, PREPARED, Reason.POLICY, 0, False),
        ("553 Mail from must equal authorized user", MAIL, PREPARED, Reason.POLICY, 0, False),
        ("550 5.7.1 Refused", MAIL, PREPARED, Reason.POLICY, 0, False),
    ],
)
def test_a_reply_is_judged_by_its_code_and_its_text(
    reply: str, phase: str, state: State, reason: Reason, minutes: float, pauses: bool
) -> None:
    verdict = judge(make_reply(int(reply[:3]), reply[4:]), phase)
    assert (verdict.state, verdict.reason) == (state, reason)
    assert (verdict.minutes, verdict.pauses) == (minutes, pauses)
    assert reply[:3] in verdict.detail


@given(code=st.integers(400, 599), text=st.text(max_size=60), phase=st.sampled_from([MAIL, RCPT, DATA, DOT]))
def test_whatever_is_said_has_a_meaning(code: int, text: str, phase: str) -> None:
    verdict = judge(make_reply(code, text), phase)
    assert verdict.state in {DEFERRED, REJECTED, PREPARED}
    assert verdict.state is DEFERRED or code >= 500
    assert verdict.reason is not Reason.UNKNOWN_USER or verdict.state is REJECTED


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2.0.0 Ok: queued as 4WzXyT2Lq3z1B", "4WzXyT2Lq3z1B"),
        ("Mail OK queued as smtp8,DMCowADHz2,wA3.1 1611111111", "smtp8,DMCowADHz2,wA3.1"),
        ("Ok: queued as.", None),
        ("OK: queued as 12F0C1A2B3", "12F0C1A2B3"),
        ("OK id=1l2abc-0004XY-7Q", "1l2abc-0004XY-7Q"),
        ("2.0.0 10VAbCdE012345 Message accepted for delivery", "10VAbCdE012345"),
        ("OK", None),
    ],
)
def test_the_queue_id_is_read_from_the_reply(text: str, found: str | None) -> None:
    assert queue_id(make_reply(250, text)) == found


def test_replies_are_read_in_utf_8_and_in_gbk() -> None:
    for coding in ("utf-8", "gbk"):
        reply = make_reply(550, "5.1.1 收件人\n不存在".encode(coding))
        assert (reply.text, reply.enhanced) == ("5.1.1 收件人 不存在", "5.1.1")

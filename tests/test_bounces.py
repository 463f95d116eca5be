"""Letters that came back, those that ask for no more, and those that say nothing of the kind."""

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xcbulletin.delivery.mailing import Delivery, PdfChoice, Reason, State, Variant
from xcbulletin.delivery.reasons import reason_of
from xcbulletin.delivery.returns.bounces import Bounce, read_return
from xcbulletin.delivery.returns.plaintext import from_html
from xcbulletin.delivery.returns.reading import Sent, read_returns
from xcbulletin.delivery.returns.received import LIMIT, open_letter, read_headers, words_read
from xcbulletin.delivery.returns.unsubscribing import Unsubscribe

LETTERS = Path(__file__).parent / "data" / "returns"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((LETTERS / "expected.yaml").read_text("utf-8"))
KINDS = {"bounce": Bounce, "unsubscribe": Unsubscribe, "nothing": type(None)}
NOW = datetime.datetime(2026, 11, 24, 1, 0, tzinfo=datetime.UTC)


def letter(name: str) -> bytes:
    return (LETTERS / f"{name}.eml").read_bytes()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_letter_says_what_is_expected_of_it(name: str) -> None:
    said = read_return(letter(name))
    wanted = dict(EXPECTED[name])
    assert isinstance(said, KINDS[wanted.pop("kind")]), said
    assert {field: _plain(getattr(said, field)) for field in wanted} == wanted


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def test_every_sample_has_its_expectation() -> None:
    assert {path.stem for path in LETTERS.glob("*.eml")} == set(EXPECTED)
    assert sum(each["kind"] == "bounce" for each in EXPECTED.values()) >= 25


# what must never be taken for anything


def test_a_report_that_did_not_give_up_is_no_bounce() -> None:
    failed = letter("postfix-unknown")
    for action in (b"delayed", b"delivered", b"relayed", b"expanded", b"Delayed"):
        assert read_return(failed.replace(b"Action: failed", b"Action: " + action)) is None


def test_the_foot_of_our_letter_is_no_wish_to_unsubscribe() -> None:
    answer = "From: li@example.com\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8\n\n{}\n"
    foot = "如不愿再收到，请发信退订 <mailto:a@example.org>，或回复本邮件写明“退订”。"
    assert read_return(answer.format(foot).encode()) is None
    assert read_return(answer.format(f"收到。\n{foot}").encode()) is None
    assert isinstance(read_return(answer.format("不再接收").encode()), Unsubscribe)


def test_what_the_returned_letter_says_is_not_why_it_came_back() -> None:
    """Its own text speaks of contents and unknown users."""
    bounce = read_return(letter("postfix-qq-frequency"))
    assert isinstance(bounce, Bounce)
    assert bounce.reason is Reason.FREQUENCY


def test_what_a_mail_system_advises_is_not_why_a_letter_came_back() -> None:
    text = "您的邮件被退回。\n无法发送到：li@example.com\n对方拒收。\n\n建议：如果用户不存在，请核对地址；邮箱已满，请稍候。\n"
    said = read_return(f"From: postmaster@example.com\nSubject: x\n\n{text}".encode())
    assert isinstance(said, Bounce)
    assert (said.reason, said.addresses) == (Reason.POLICY, ("li@example.com",))


@pytest.mark.parametrize(
    ("words", "is_wish"),
    [
        ("退订", True),
        ("“退订”", True),
        ("您好，请退订。", True),
        ("我要取消订阅", True),
        ("以后请不要再发了", True),
        ("各位老师：本人申请不再接收", True),
        ("unsubscribe", True),
        ("请问怎么退订？", False),
        ("是否可以退订纸质版", False),
        ("收到，不退订", False),
        ("谢谢，这期很好", False),
    ],
)
def test_a_wish_is_told_by_how_a_letter_begins(words: str, is_wish: bool) -> None:
    answer = f"From: li@example.com\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
    assert isinstance(read_return(answer.encode()), Unsubscribe) is is_wish


def test_the_link_of_a_test_letter_unsubscribes_nobody() -> None:
    assert read_return(b"From: li@example.com\nSubject: unsubscribe test\n\n") is None
    assert isinstance(read_return(b"From: li@example.com\nSubject: unsubscribe\n\n"), Unsubscribe)


# why


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("550 Connection frequency limited", Reason.FREQUENCY),
        ("550 Domain frequency limited. http://service.mail.qq.com/?no=1001001", Reason.FREQUENCY),
        ("550 Mailbox unavailable or access denied", Reason.FREQUENCY),
        ("421 HL:ICC 163 smtp1", Reason.FREQUENCY),
        ("450 MI:DMC 163 smtp1", Reason.FREQUENCY),
        ("450 RP:DRC 163 smtp1", Reason.FREQUENCY),
        ("450-4.2.1 The user is receiving mail at a rate that prevents more", Reason.FREQUENCY),
        ("451 DT:SPM, please try again", Reason.CONTENT),
        ("554 DT:SPM 163 smtp1", Reason.CONTENT),
        ("550 Mail content denied", Reason.CONTENT),
        ("550 5.1.1 <li@example.com>: Recipient address rejected: User unknown", Reason.UNKNOWN_USER),
        ("550 No such user", Reason.UNKNOWN_USER),
        ("550 User not found: li@example.com", Reason.UNKNOWN_USER),
        ("550 Invalid User", Reason.UNKNOWN_USER),
        ("user not exist", Reason.UNKNOWN_USER),
        ("收件人不存在", Reason.UNKNOWN_USER),
        ("450 4.1.1 <li@example.com>: User unknown", Reason.TEMPORARY),
        ("552 5.2.2 mailbox full", Reason.MAILBOX_FULL),
        ("Quota exceed the hard limit for user", Reason.MAILBOX_FULL),
        ("对方邮箱空间不足", Reason.MAILBOX_FULL),
        ("552 5.3.4 Message size exceeds fixed limit", Reason.SIZE),
        ("exceeded mailsize limit", Reason.SIZE),
        ("450 4.7.1 Greylisted, try again", Reason.TEMPORARY),
        ("451 local error", Reason.TEMPORARY),
        ("rcpt handle timeout", Reason.TEMPORARY),
        ("450 4.1.8 Sender address rejected: Domain not found", Reason.POLICY),
        ("554 5.7.1 Service unavailable; client blocked using zen.spamhaus.org", Reason.POLICY),
        ("553 sender is rejected", Reason.POLICY),
        ("Host or domain name not found. Name service error: Host not found", Reason.POLICY),
        ("域名不存在", Reason.POLICY),
        ("550 rejected", Reason.POLICY),
        ("", Reason.POLICY),
    ],
)
def test_a_reason_is_told_by_what_was_said_and_then_by_the_code(said: str, reason: Reason) -> None:
    assert reason_of(said) is reason


def test_a_link_to_a_help_page_tells_nothing() -> None:
    assert reason_of("550 rejected http://mail.example.com/spam/user-not-found") is Reason.POLICY


# which letter of ours


def delivery(
    message_id: str = "<aa@example.org>", address: str = "li@example.com", **others: Any
) -> Delivery:
    return replace(
        Delivery(
            id=1,
            address=address,
            name="李",
            variant=Variant((), PdfChoice.NONE),
            message_id=message_id,
            state=State.ACCEPTED,
            updated=NOW,
        ),
        **others,
    )


def bounce(message_id: str | None = None, addresses: tuple[str, ...] = (), subject: str = "") -> Bounce:
    return Bounce(
        message_id=message_id,
        addresses=addresses,
        reason=Reason.UNKNOWN_USER,
        status=None,
        diagnostic="",
        subject=subject,
    )


def request(
    token: str | None = None, message_id: str | None = None, address: str = "x@example.net"
) -> Unsubscribe:
    return Unsubscribe(token=token, address=address, message_id=message_id, words="退订")


def test_a_bounce_is_matched_by_message_id_first() -> None:
    first, second = delivery("<aa@example.org>"), delivery("<bb@example.org>", "wang@example.com")
    assert Sent([first, second]).find(bounce("<bb@example.org>", ("li@example.com",))) == second


def test_a_bounce_that_names_no_letter_is_matched_by_address() -> None:
    sent = Sent([delivery()])
    assert sent.find(bounce(addresses=("forwarded@example.net", "LI@example.com"))) == delivery()
    assert sent.find(bounce(addresses=("nobody@example.com",))) is None


def test_a_bounce_of_another_letter_to_the_same_reader_is_not_ours() -> None:
    sent = Sent([delivery()], subjects=["产业内参 第128期"])
    assert sent.find(bounce("<other@example.org>", ("li@example.com",))) is None
    assert sent.find(bounce("<other@example.org>", ("li@example.com",), "【测试】产业内参 第128期")) is None
    assert sent.find(bounce(addresses=("li@example.com",), subject="会议通知")) is None
    assert sent.find(bounce(addresses=("li@example.com",), subject="产业内参第1…")) == delivery()


def test_a_relay_that_gives_letters_ids_anew_is_seen_through_by_the_subject() -> None:
    sent = Sent([delivery()], subjects=["产业内参"])
    returned = bounce("<tencent_1@qq.example>", ("li@example.com",), "《产业内参》第128期")
    assert sent.find(returned) == delivery()
    assert Sent([delivery()]).find(returned) is None


def test_a_letter_that_never_left_cannot_have_come_back() -> None:
    assert Sent([delivery(state=State.PREPARED)]).find(bounce(addresses=("li@example.com",))) is None


def test_a_request_is_matched_by_its_token_then_by_what_it_answers_then_by_who_asks() -> None:
    sent = Sent([delivery(), delivery("<bb@example.org>", "wang@example.com")])
    assert sent.find(request("bb", "<aa@example.org>", "li@example.com")) == delivery(
        "<bb@example.org>", "wang@example.com"
    )
    assert sent.find(request(None, "<bb@example.org>", "li@example.com")) == delivery(
        "<bb@example.org>", "wang@example.com"
    )
    assert sent.find(request("unheard", None, "Li@Example.com")) == delivery()
    assert sent.find(request()) is None


def test_a_letter_read_twice_has_the_same_digest() -> None:
    letters = [letter("qq-full"), letter("nothing-delayed"), letter("qq-full")]
    first, second = read_returns(letters)
    assert first == second
    assert len(first.digest) == 64


# taking letters apart


def test_encoded_words_are_read_also_where_a_character_is_cut_in_two() -> None:
    assert words_read("=?gb2312?B?z7XNs83L0MU=?=") == "系统退信"
    assert words_read("=?utf-8?B?57O7?= =?utf-8?Q?=E7=BB?=\r\n =?utf-8?Q?=9F?= x") == "系统 x"
    assert words_read("=?nonsense?B?57O7?=") == "系"
    assert words_read("=?utf-8?B?!?= a =?x") == " a =?x"


def test_headers_are_unfolded_and_the_first_of_each_counts() -> None:
    assert read_headers(b"Subject: a\r\n b\r\nsubject: c\r\n\r\nx: y") == {"subject": "a b"}


def test_html_becomes_lines_without_what_is_hidden() -> None:
    markup = "<title>t</title><style>p{}</style><!-- x --><p>a&nbsp;&lt;b&gt;<tr><td>c</td><td>d</td></tr><script>e"
    assert from_html(markup).split() == ["a", "<b>", "c", "d"]


def test_a_part_within_parts_without_end_is_not_followed() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
    assert len(open_letter(nested).parts) == 1
    assert read_return(nested + letter("postfix-unknown")) is None


def test_a_report_whose_boundaries_were_lost_is_read_from_the_text() -> None:
    lost = letter("postfix-expired").replace(b"--=_b1/relay", b"")
    said = read_return(lost)
    assert isinstance(said, Bounce)
    assert (said.addresses, said.reason) == (("sun@county.example.cn",), Reason.TEMPORARY)


def test_a_letter_of_any_size_is_read_to_its_limit() -> None:
    long = letter("exim-unknown") + b"x" * 5_000_000
    assert isinstance(read_return(long), Bounce)
    assert sum(len(part.content) for part in open_letter(long).parts) < LIMIT


# whatever comes in

_SAMPLES = st.sampled_from(sorted(EXPECTED)).map(letter)
_JUNK = st.sampled_from(
    [
        b"--=_b1/relay\n",
        b"\n\n",
        b"<!--",
        b"=?gbk?B?",
        b"&#x110000;",
        b"&#55296;",
        b"\xff\xfe",
        b"\x00",
        b"\x1b$B",
        b"Content-Type: message/rfc822\n\n",
        b"Content-Type: multipart/x; boundary=\n\n",
        b"charset=utf-7",
        b";" * 50,
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Samples with bytes cut out, changed and put in."""
    content = draw(_SAMPLES)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 0, 1, 7, 300])))
        content = content[:start] + draw(st.one_of(_JUNK, st.binary(max_size=20))) + content[end:]
    return content


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_no_mutilated_letter_is_too_much(content: bytes) -> None:
    _is_complete(read_return(content))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
@example(b"")
@example(b"\n")
@example(b":")
@example(b"From: postmaster@x\nSubject: \xcd\xcb\xd0\xc5\n\n\xff")
@example(b"From: a@b.cn\nSubject: unsubscribe " + b"a" * 200 + b"\n\n")
def test_no_bytes_are_too_much(content: bytes) -> None:
    _is_complete(read_return(content))


def _is_complete(said: Bounce | Unsubscribe | None) -> None:
    if isinstance(said, Bounce):
        assert isinstance(said.reason, Reason)
        assert len(said.diagnostic) <= 500
        assert all("@" in address for address in said.addresses)
    elif said is not None:
        assert "@" in said.address
        assert len(said.words) <= 120

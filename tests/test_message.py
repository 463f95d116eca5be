"""A message is read back as mail programs read it: with the parsers of today and of old."""

import base64
import datetime
import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, quote
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lettercheck import parsed, parsed_as_of_old, structure
from lettersamples import MAIL, PICTURES, full_edition, make_article, make_edition, make_letter
from pydantic import ValidationError

from xcbulletin.model import Kind
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.head import head, unsubscribe_links
from xcbulletin.publishing.letter import Letter
from xcbulletin.publishing.message import BYTES_OF_NAME, attachment_name, message
from xcbulletin.settings import MailSettings

PDF = b"%PDF-1.7 of this issue"


def make_message(edition: Edition, mail: MailSettings = MAIL, pdf: bytes | None = PDF) -> bytes:
    return message(make_letter(edition), edition, mail, pdf)


LETTER = make_letter(full_edition())
MESSAGE = message(LETTER, full_edition(), MAIL, PDF)


# The message


def test_the_parts_stand_in_the_order_that_mail_programs_expect():
    expected = [
        "multipart/mixed",
        [
            "multipart/alternative",
            "text/plain",
            ["multipart/related", "text/html", "image/png", "image/png"],
        ],
        "application/pdf",
    ]
    assert structure(parsed(MESSAGE)) == expected
    assert structure(parsed_as_of_old(MESSAGE)) == expected


def test_without_pictures_and_pdf_only_the_two_texts_are_left():
    content = make_message(make_edition(), pdf=None)
    assert structure(parsed(content)) == ["multipart/alternative", "text/plain", "text/html"]


def test_no_part_has_a_defect():
    assert [part.defects for part in parsed(MESSAGE).walk()] == [[]] * 8


def test_bodies_come_back_as_they_were_written():
    read = parsed(MESSAGE)
    html, text = read.get_body(("html",)), read.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert html.get_content().replace("\r\n", "\n") == LETTER.html
    assert text.get_content().replace("\r\n", "\n") == LETTER.text


def test_every_picture_of_the_letter_has_its_part_and_every_part_its_picture():
    parts = [part for part in parsed(MESSAGE).walk() if part.get_content_maintype() == "image"]
    ids = [part["Content-ID"].strip("<>") for part in parts]
    assert ids == re.findall(r'src="cid:([^"]+)"', LETTER.html)
    assert [part.get_content() for part in parts] == [
        PICTURES["assets/sales.svg"].content,
        PICTURES["assets/icon.png"].content,
    ]
    assert [part.get_filename() for part in parts] == ["image01.png", "image02.png"]
    assert {part.get_content_disposition() for part in parts} == {"inline"}


def test_a_picture_shown_twice_is_sent_once():
    body = "![一](assets/sales.svg)\n\n![二](assets/sales.svg)"
    letter = make_letter(make_edition(make_article(body=body)))
    assert len(letter.images) == 1
    assert letter.html.count(letter.images[0][0]) == 2


@pytest.mark.parametrize("read", [parsed, parsed_as_of_old])
def test_the_pdf_has_its_name_in_both_places(read):
    part = read(MESSAGE).get_payload()[-1]
    name = "许昌竞争情报快递2021年第1期.pdf"
    encoded = base64.b64encode(name.encode()).decode()
    assert part.get_filename() == name
    assert f'name="=?UTF-8?B?{encoded}?="'.encode() in MESSAGE
    assert part.get_content_disposition() == "attachment"
    assert part.get_payload(decode=True) == PDF


def test_the_name_in_content_type_is_one_encoded_word():
    raw = re.search(rb'application/pdf; name="([^"]+)"', MESSAGE)
    assert raw is not None
    assert len(raw[1]) <= 75
    assert str(make_header(decode_header(raw[1].decode()))) == "许昌竞争情报快递2021年第1期.pdf"


def test_headers_say_what_kind_of_letter_it_is():
    read = parsed(MESSAGE)
    digest = hashlib.sha256(b"xcbulletin|2021-01|bulletin@example.org").hexdigest()[:32]
    assert dict(read.items()) == {
        "From": "许昌竞争情报快递 <bulletin@example.org>",
        "To": "许昌竞争情报快递 <bulletin@example.org>",
        "Subject": "《许昌竞争情报快递》2021年第1期",
        "Date": "Fri, 29 Jan 2021 09:00:00 +0800",
        "Message-ID": f"<{digest}@example.org>",
        "List-Id": "许昌竞争情报快递 <bulletin.example.org>",
        "List-Unsubscribe": "<mailto:bulletin@example.org?subject=unsubscribe>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Unsent": "1",
        "MIME-Version": "1.0",
        "Content-Type": read["Content-Type"],
    }


def test_whoever_leaves_writes_to_the_address_for_replies():
    mail = MailSettings(sender="bulletin@example.org", reply_to="编辑部 <desk@example.org>")
    read = parsed(make_message(make_edition(), mail))
    assert read["From"] == "bulletin@example.org"
    assert read["Reply-To"] == "编辑部 <desk@example.org>"
    assert read["List-Unsubscribe"] == "<mailto:desk@example.org?subject=unsubscribe>"
    assert read["List-Id"] == "<bulletin.example.org>"


def test_from_is_one_line_even_with_a_long_name():
    mail = MailSettings(sender=f"{'许昌市科学技术情报研究所' * 3} <bulletin@example.org>")
    content = make_message(make_edition(), mail)
    line = next(line for line in content.split(b"\r\n") if line.startswith(b"From:"))
    assert line.endswith(b" <bulletin@example.org>")
    assert all(len(word) <= 75 for word in line.split()[1:])
    name = str(make_header(decode_header(parsed_as_of_old(content)["From"].partition(" <")[0])))
    assert name == "许昌市科学技术情报研究所" * 3


@pytest.mark.parametrize(
    "title", ["长" * 80, "🚀" * 40, "a" * 200, "混排 mixed 標題 ①②③" * 6, "=?UTF-8?B?5oGt?="]
)
def test_subjects_of_every_kind_arrive_whole(title):
    content = make_message(make_edition(title=title))
    header = content[content.index(b"Subject:") : content.index(b"\r\nDate:")]
    assert all(len(line) <= 76 for line in header.split(b"\r\n"))
    for word in re.findall(rb"=\?UTF-8\?B\?([^?]+)\?=", header):
        base64.b64decode(word).decode()  # whole characters only
    assert parsed(content)["Subject"] == f"《{title}》2021年第1期"
    old = parsed_as_of_old(content)["Subject"]
    assert str(make_header(decode_header(old))) == f"《{title}》2021年第1期"


def test_a_title_cannot_add_a_header():
    content = make_message(make_edition(title="快递\r\nBcc: all@example.org\n\n<b>"))
    assert parsed(content)["Bcc"] is None
    assert parsed(content)["Subject"] == "《快递 Bcc: all@example.org <b>》2021年第1期"
    assert "<b>》" not in make_letter(make_edition(title="快递\r\n<b>")).html


def test_a_sender_cannot_add_a_header():
    sender = "许昌\rBcc: all@example.org <bulletin@example.org>"
    with suppress(ValidationError):  # Python 3.11.2 takes it for no address, 3.11.7 for one
        mail = MailSettings(sender=sender)
        assert parsed(make_message(make_edition(), mail))["Bcc"] is None


def test_an_issue_without_a_number_is_told_by_its_month():
    edition = make_edition(number=None)
    assert parsed(make_message(edition))["Subject"] == "《许昌竞争情报快递》2021年1月"


def test_a_selection_is_another_letter():
    edition = make_edition(make_article(industries=("ai",)), selection=("ai",))
    read = parsed(make_message(edition))
    assert read["Subject"] == "《许昌竞争情报快递》2021年第1期（选编）"
    assert read["Message-ID"] != parsed(MESSAGE)["Message-ID"]


def test_lines_are_short_and_end_in_crlf():
    assert max(map(len, MESSAGE.split(b"\r\n"))) <= 998
    assert b"\n" not in MESSAGE.replace(b"\r\n", b"")
    assert b"\r" not in MESSAGE.replace(b"\r\n", b"")
    assert MESSAGE.isascii()


def test_the_same_issue_gives_the_same_bytes():
    assert make_message(full_edition()) == MESSAGE


# The head


MAILS = MailSettings(
    sender="许昌竞争情报快递 <bulletin@example.org>", unsubscribe_url="https://example.org/leave?list=快递, a"
)
NOON = datetime.datetime(2026, 11, 24, 4, 30, tzinfo=datetime.UTC)


def make_head(mail: MailSettings = MAIL, **fields: Any) -> bytes:
    given: dict[str, Any] = {
        "to": ("张三", "zhangsan@example.com"),
        "subject": "样例",
        "date": NOON,
        "message_id": "<1@example.org>",
        "unsubscribe": unsubscribe_links(mail, "0a1b"),
    }
    return head(mail, **(given | fields))


def test_a_reader_is_called_by_name():
    assert parsed(make_head())["To"] == "张三 <zhangsan@example.com>"
    assert parsed(make_head(to=("", "a@example.com")))["To"] == "a@example.com"
    assert b'To: "Li \\"Lei\\", Dr." <a@example.com>\r\n' in make_head(to=('Li "Lei", Dr.', "a@example.com"))


@pytest.mark.parametrize(
    "name", ["=?UTF-8?B?5oGt?=", "许昌市科学技术情报研究所" * 5, "a" * 200, "Li, Lei <x>"]
)
def test_a_name_of_any_kind_arrives_whole(name):
    shown, address = parseaddr(parsed_as_of_old(make_head(to=(name, "a@example.com")))["To"])
    assert address == "a@example.com"
    assert str(make_header(decode_header(shown))) == name


def test_a_letter_is_dated_in_beijing():
    assert b"\r\nDate: Tue, 24 Nov 2026 12:30:00 +0800\r\n" in make_head()


def test_a_reader_leaves_by_mail_with_a_word_that_names_the_letter():
    assert (
        parsed(make_head())["List-Unsubscribe"] == "<mailto:bulletin@example.org?subject=unsubscribe%200a1b>"
    )
    assert parsed(make_head())["List-Unsubscribe-Post"] is None


def test_a_reader_leaves_on_the_web_where_there_is_a_page_for_it():
    read = parsed(make_head(MAILS))
    assert read["List-Unsubscribe"] == (
        "<mailto:bulletin@example.org?subject=unsubscribe%200a1b>, "
        "<https://example.org/leave?list=%E5%BF%AB%E9%80%92%2C%20a&letter=0a1b>"
    )
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_page_that_is_not_safe_is_no_one_click():
    mail = MAIL.model_copy(update={"unsubscribe_url": "http://192.168.1.20/leave"})
    read = parsed(make_head(mail))
    assert read["List-Unsubscribe"].endswith(", <http://192.168.1.20/leave?letter=0a1b>")
    assert read["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org>, <b@example.org",
        "a@example.org,b@example.org",
        "张三@example.org",
        "a@例子.中国",
    ],
)
def test_what_is_no_address_makes_no_head(address):
    with pytest.raises(ValueError, match="no mail address"):
        make_head(to=("张三", address))


NAMES = st.text(st.characters(codec="utf-8") | st.sampled_from('\r\n\t\0\x85\u2028:<>@,;=?"\\'), max_size=150)


@given(name=NAMES, subject=NAMES)
@example(name="张三\r\nBcc: a@example.org", subject="\r\n\r\n正文")
@example(name="=?UTF-8?B?5oGt?=", subject="")
@example(name="a" * 1200, subject="🚀" * 500)
@example(name="张" * 1200, subject="a" * 1200)
def test_no_text_adds_a_header_or_breaks_a_line(name, subject):
    mail = MAIL.model_copy(update={"sender": f'"{quote(name)}" <bulletin@example.org>'})
    content = make_head(mail, to=(name, "a@example.com"), subject=subject)
    names = [
        line.partition(b":")[0].decode() for line in content.split(b"\r\n") if line[:1] not in (b" ", b"")
    ]
    assert names == [
        "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe",
        "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
    ]  # fmt: skip
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert all(len(line) <= 78 for line in lines if not line.startswith((b"From:", b"List-Unsubscribe:")))
    assert list(wrong_words(content)) == []
    read = parsed(content)
    assert [one.addr_spec for one in read["To"].addresses] == ["a@example.com"]
    shown = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", subject).split())
    assert " ".join(read["Subject"].split()) == shown


def wrong_words(content: bytes) -> Iterator[bytes]:
    for word in re.findall(rb"=\?UTF-8\?B\?[^?]*\?=", content):
        try:
            base64.b64decode(word[10:-2], validate=True).decode()
        except ValueError:
            yield word
        if len(word) > 75:
            yield word


# The name of the attachment


@given(st.text(), st.sampled_from(["", "2021年第1期", "2021年12月", "9" * 60]))
@example("全球人工智能治理与产业合作观察", "")
@example("e\u0301" * 30, "2021年第1期")
@example("👩‍🔬🇨🇳" * 9, "2021年第1期")
@example("a" * 40 + "\u0301", "")
@example("\xa0", "")  # parsers strip every kind of space
def test_every_name_is_short_and_comes_back(title, number):
    name = attachment_name(title, number)
    assert len(name.encode()) <= BYTES_OF_NAME
    assert name.endswith(".pdf")
    edition = replace(make_edition(), title=title, number=None, kind=Kind.REPORT)
    content = message(Letter(html="", text="", images=(), shortened=None), edition, MAIL, PDF)
    for read in (parsed, parsed_as_of_old):
        part = cast(list[Message], read(content).get_payload())[-1]
        assert part.get_filename() == attachment_name(title)


@pytest.mark.parametrize(
    ("title", "number", "name"),
    [
        ("许昌竞争情报快递", "2021年第1期", "许昌竞争情报快递2021年第1期.pdf"),
        ("许昌市科学技术竞争情报快递", "2021年第12期", "许昌市科学技术竞2021年第12期.pdf"),
        ("全球人工智能治理与产业合作观察", "", "全球人工智能治理与产业合作.pdf"),
        ("许昌AI/芯片: 现状?", "", "许昌AI／芯片： 现状？.pdf"),
        ("\u202e许昌\r\n", "", "许昌.pdf"),
        (" . ", "", "bulletin.pdf"),
    ],
)
def test_names_are_cut_and_mended_sensibly(title, number, name):
    assert attachment_name(title, number) == name

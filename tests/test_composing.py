"""Letters to one and another differ in their heads, and are otherwise the same to the byte."""

import datetime
import hashlib
import time
from dataclasses import replace
from typing import Any

import pytest
from lettercheck import check_all, parsed
from lettersamples import MAIL, full_edition, make_edition, make_letter, pdf_of_one_page

from xcbulletin.delivery.composing import Body, compose, message_id
from xcbulletin.model import IssueId
from xcbulletin.publishing.letter import LEFT_OUT, PdfOffer
from xcbulletin.publishing.message import content

NOW = datetime.datetime(2026, 11, 24, 4, 30, tzinfo=datetime.UTC)
ISSUE = IssueId("2021-01")
EDITION = full_edition()
PDF = pdf_of_one_page()
LETTER = make_letter(EDITION)
BODY = Body(LETTER, EDITION, PDF)


def composed(
    address: str = "ZhangSan@example.com", name: str = "张三", body: Body = BODY, **options: Any
) -> bytes:
    own_id = message_id(ISSUE, address, MAIL.sender)
    return compose(body, MAIL, to=(name, address), message_id=own_id, date=NOW, **options)


def test_a_letter_shows_what_every_letter_must():
    assert check_all(composed()) == []


@pytest.mark.parametrize("pdf", [LEFT_OUT, PdfOffer(address="https://example.org/1.pdf")])
def test_so_does_a_letter_that_brings_no_pdf(pdf):
    body = Body(make_letter(EDITION, pdf=pdf), EDITION, None)
    assert check_all(composed(body=body)) == []


def test_a_letter_is_addressed_dated_and_named():
    read = parsed(composed())
    local = hashlib.sha256(b"xcbulletin|2021-01|zhangsan@example.com").hexdigest()[:32]
    assert read["To"] == "张三 <ZhangSan@example.com>"
    assert read["Subject"] == "《许昌竞争情报快递》2021年第1期"
    assert read["Date"] == "Tue, 24 Nov 2026 12:30:00 +0800"
    assert read["Message-ID"] == f"<{local}@example.org>"
    assert read["List-Unsubscribe"] == f"<mailto:bulletin@example.org?subject=unsubscribe%20{local}>"
    assert "X-Unsent" not in read


def test_an_issue_has_one_message_id_to_an_address_however_that_is_written():
    one = message_id(ISSUE, "a@example.com", "快递 <Bulletin@Example.org>")
    assert one == message_id(ISSUE, "A@EXAMPLE.com", "bulletin@example.org")
    assert one.endswith("@example.org>")
    assert one != message_id(IssueId("2021-02"), "a@example.com", "bulletin@example.org")
    assert one != message_id(ISSUE, "b@example.com", "bulletin@example.org")


def test_a_letter_composed_again_has_the_same_bytes():
    again = composed(body=Body(make_letter(full_edition()), full_edition(), PDF))
    assert again == composed()


def test_only_the_head_differs_from_one_reader_to_the_next():
    letters = [composed(f"{name}@example.com", name).partition(b"\r\nContent-Type") for name in ("a", "b")]
    assert letters[0][0] != letters[1][0]
    assert letters[0][2] == letters[1][2]
    assert (b"Content-Type" + letters[0][2]) == content(LETTER, EDITION, PDF)
    assert BODY.size == len(content(LETTER, EDITION, PDF))


def test_a_digest_tells_every_change():
    others = [
        Body(LETTER, replace(EDITION, title="快递"), PDF),
        Body(replace(LETTER, text=LETTER.text + "。"), EDITION, PDF),
        Body(replace(LETTER, html=LETTER.html + " "), EDITION, PDF),
        Body(LETTER, EDITION, PDF + b" "),
        Body(make_letter(EDITION, pdf=LEFT_OUT), EDITION, None),
    ]
    assert BODY.digest == Body(LETTER, EDITION, PDF).digest
    assert len({BODY.digest, *(body.digest for body in others)}) == 6


def test_a_title_alone_changes_the_digest():
    edition = make_edition()
    letter = make_letter(edition, pdf=LEFT_OUT)
    assert Body(letter, edition, None).digest != Body(letter, replace(edition, number=2), None).digest


def test_a_numbered_copy_stands_in_the_place_of_the_pdf():
    numbered = pdf_of_one_page() + b"%000123\n"
    letter = composed(pdf=numbered)
    assert check_all(letter) == []
    assert next(iter(parsed(letter).iter_attachments())).get_content() == numbered
    assert letter.partition(b"\r\nContent-Type")[2] == content(LETTER, EDITION, numbered).removeprefix(
        b"Content-Type"
    )


def test_a_test_letter_cannot_be_taken_for_the_letter():
    letter, test = (composed(test=test) for test in (False, True))
    read = parsed(test)
    assert check_all(test) == []
    assert read["Subject"] == "【测试】《许昌竞争情报快递》2021年第1期"
    assert read["Message-ID"] == parsed(letter)["Message-ID"].replace("@", "@test.")
    assert read["List-Unsubscribe"] == "<mailto:bulletin@example.org?subject=unsubscribe%20test>"
    assert letter.partition(b"\r\nContent-Type")[2] == test.partition(b"\r\nContent-Type")[2]


def test_what_is_no_address_gets_no_letter():
    with pytest.raises(ValueError, match="no mail address"):
        composed("a@example.com\r\nBcc: b@example.com")


def test_500_letters_a_second_with_a_pdf_of_800_kb():
    body = Body(LETTER, EDITION, bytes(800_000))
    started = time.process_time()
    for number in range(200):
        composed(f"r{number}@example.com", body=body)
    assert time.process_time() - started < 0.4

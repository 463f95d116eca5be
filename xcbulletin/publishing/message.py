"""A message (.eml): a head, the letter's two bodies, its pictures, and the PDF attached.

It is put together by hand, for `email` folds and names attachments differently from one Python to the next,
and an issue built twice has to give the same bytes. Its head is each reader's own, its content the same for all who
get the same letter.
"""

import binascii
import datetime
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from xcbulletin.model import Kind
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.figures import Picture
from xcbulletin.publishing.head import encoded_word, head, sender_of, unsubscribe_links
from xcbulletin.publishing.letter import Letter, file_name
from xcbulletin.settings import MailSettings
from xcbulletin.zone import SHANGHAI

BYTES_OF_NAME = 45
"""An attachment's name then fits one encoded word, which is all that some versions of Outlook read."""

_PDF_ENDING = ".pdf"
_LINE = 76
"""Characters of a line of base64 (RFC 2045 §6.8)."""


def message(letter: Letter, edition: Edition, mail: MailSettings, pdf: bytes | None) -> bytes:
    """Return the whole message, which mail programs open as a draft addressed to its sender.

    Without a PDF the letter must not promise one: see `PdfOffer`.
    """
    sender = sender_of(mail)
    headers = head(
        mail,
        # Whoever sends the draft puts the readers into Bcc; an empty group is no address to Outlook.
        to=sender,
        subject=subject(edition),
        date=datetime.datetime.combine(edition.date, datetime.time(9), SHANGHAI),
        message_id=_draft_id(edition, sender[1]),
        unsubscribe=unsubscribe_links(mail),
        more=("X-Unsent: 1",),
    )
    return headers + content(letter, edition, pdf)


def subject(edition: Edition) -> str:
    """Return what a letter's subject says, such as 《许昌竞争情报快递》2021年第1期."""
    return f"《{edition.title}》{_number(edition)}{'（选编）' if edition.selection else ''}"


def _number(edition: Edition) -> str:
    """Return an issue's number as far as it tells it from others; a report is told by its title."""
    if edition.kind is Kind.REPORT:
        return ""
    year = f"{edition.date.year}年"
    return f"{year}第{edition.number}期" if edition.number else f"{year}{edition.date.month}月"


def _draft_id(edition: Edition, address: str) -> str:
    selection = "".join(f"+{one.code}" for one in edition.selection)
    return identity(f"{edition.id}{selection}", address, address.rpartition("@")[2])


def identity(what: str, address: str, domain: str) -> str:
    """Return the Message-ID, in its brackets, that a letter to an address has whenever it is made."""
    digest = hashlib.sha256(f"xcbulletin|{what}|{address.lower()}".encode()).hexdigest()
    return f"<{digest[:32]}@{domain}>"


def content(letter: Letter, edition: Edition, pdf: bytes | None) -> bytes:
    """Return a message's content with the headers that describe it: mixed(alternative(text, related), PDF)."""
    before, after = around_pdf(letter, edition) if pdf is not None else (_texts(letter, edition), b"")
    return before + encoded(pdf or b"") + after


def around_pdf(letter: Letter, edition: Edition) -> tuple[bytes, bytes]:
    """Return what of a content with a PDF stands before and behind the PDF `encoded`."""
    headers = _pdf_headers(attachment_name(edition.title, _number(edition)))
    before, slot, after = _multipart(
        "mixed", edition, (_texts(letter, edition), _part(headers, _SLOT))
    ).rpartition(_SLOT)
    assert slot
    return before, after


_SLOT = b"<PDF>"
"""Stands for what is encoded, whose letters have no angle brackets."""


def encoded(content: bytes) -> bytes:
    """Return bytes in base64, in lines that end in CRLF."""
    letters = binascii.b2a_base64(content, newline=False)
    return b"".join(letters[start : start + _LINE] + b"\r\n" for start in range(0, len(letters), _LINE))


def _texts(letter: Letter, edition: Edition) -> bytes:
    """Return the letter's two bodies and its pictures: alternative(text, related(HTML, pictures))."""
    text, html = _text_part("plain", letter.text), _text_part("html", letter.html)
    images = [_image_part(cid, picture) for cid, picture in letter.images]
    if images:
        html = _multipart("related", edition, (html, *images), 'type="text/html"; ')
    return _multipart("alternative", edition, (text, html))


def _multipart(subtype: str, edition: Edition, parts: Iterable[bytes], parameters: str = "") -> bytes:
    boundary = "=_" + hashlib.sha256(f"{edition.id}|{subtype}".encode()).hexdigest()[:32]
    head = f'Content-Type: multipart/{subtype}; {parameters}boundary="{boundary}"\r\n'
    body = b"".join(f"\r\n--{boundary}\r\n".encode() + part for part in parts)
    return head.encode() + body + f"\r\n--{boundary}--\r\n".encode()


def _text_part(subtype: str, text: str) -> bytes:
    content = re.sub(r"\r\n?|\n", "\r\n", text).encode(errors="replace")
    return _part((f'Content-Type: text/{subtype}; charset="utf-8"',), encoded(content))


def _image_part(cid: str, picture: Picture) -> bytes:
    name = file_name(cid, picture)
    headers = (
        f'Content-Type: {picture.media_type}; name="{name}"',
        f"Content-ID: <{cid}>",
        f'Content-Disposition: inline; filename="{name}"',
    )
    return _part(headers, encoded(picture.content))


def _pdf_headers(name: str) -> tuple[str, ...]:
    """Return what names the PDF, in the two ways that mail programs and parsers between them understand."""
    return (
        f'Content-Type: application/pdf; name="{encoded_word(name)}"',
        f"Content-Disposition: attachment; filename*=utf-8''{quote(name, safe='')}",
    )


def _part(headers: Sequence[str], letters: bytes) -> bytes:
    described = "".join(f"{header}\r\n" for header in (*headers, "Content-Transfer-Encoding: base64"))
    return described.encode() + b"\r\n" + letters


def attachment_name(title: str, number: str = "") -> str:
    """Return the PDF's name, such as 许昌竞争情报快递2021年第1期.pdf, in no more than BYTES_OF_NAME bytes.

    A title too long loses its end; characters that Windows forbids become their wide forms.
    """
    ending = _shortened_to(number, BYTES_OF_NAME - len(_PDF_ENDING)) + _PDF_ENDING
    return _shortened_to(_as_file_name(title), BYTES_OF_NAME - len(ending.encode())) + ending


def _as_file_name(title: str) -> str:
    kept = (
        character
        for character in unicodedata.normalize("NFC", title)
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
    return " ".join("".join(kept).translate(_WIDE).split()).strip(" .") or "bulletin"


_WIDE = {ord(character): ord(character) + 0xFEE0 for character in '\\/:*?"<>|'}


def _shortened_to(text: str, size: int) -> str:
    cut = text.encode()[:size].decode(errors="ignore")
    while len(cut) < len(text) and unicodedata.combining(text[len(cut)]):
        cut = cut[:-1]
    return cut.rstrip(" .")

"""The whole message (.eml): headers, the letter's two bodies, its pictures, and the PDF attached.

It is put together by hand, for `email` folds and names attachments differently from one Python to the next,
and an issue built twice has to give the same bytes.
"""

import base64
import datetime
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from email.utils import format_datetime, parseaddr
from email.utils import quote as quoted
from urllib.parse import quote

from xcbulletin.model import Kind
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.figures import Picture
from xcbulletin.publishing.letter import Letter, file_name
from xcbulletin.settings import MailSettings

BYTES_OF_NAME = 45
"""An attachment's name then fits one encoded word, which is all that some versions of Outlook read."""

_BEIJING = datetime.timezone(datetime.timedelta(hours=8))
_PDF_ENDING = ".pdf"


def message(letter: Letter, edition: Edition, mail: MailSettings, pdf: bytes | None) -> bytes:
    """Return the whole message, which mail programs open as a draft addressed to its sender.

    Without a PDF the letter must not promise one: render it with `attached=False`.
    """
    headers = _headers(edition, mail)
    return "".join(f"{header}\r\n" for header in headers).encode() + _content(letter, edition, pdf)


def _headers(edition: Edition, mail: MailSettings) -> tuple[str, ...]:
    name, address = parseaddr(_one_line(mail.sender))
    answers = parseaddr(_one_line(mail.reply_to or mail.sender))[1]
    sender = _mailbox(name, address)
    morning = datetime.datetime.combine(edition.date, datetime.time(9), _BEIJING)
    return (
        f"From: {sender}",
        # Whoever sends the draft puts the readers into Bcc; an empty group is no address to Outlook.
        f"To: {sender}",
        *([f"Reply-To: {_mailbox(*parseaddr(_one_line(mail.reply_to)))}"] if mail.reply_to else []),
        _encoded_header("Subject", _subject(edition)),
        f"Date: {format_datetime(morning)}",
        f"Message-ID: {_message_id(edition, address)}",
        _list_id(name, address),
        f"List-Unsubscribe: <mailto:{quote(answers, safe='@')}?subject=unsubscribe>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "X-Unsent: 1",
        "MIME-Version: 1.0",
    )


def _one_line(text: str) -> str:
    """Return text without anything that could end a header."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def _mailbox(name: str, address: str) -> str:
    """Return a mailbox on one line, which vip.sina.com insists on, with its address never encoded."""
    if not name:
        return address
    shown = f'"{quoted(name)}"' if name.isascii() else " ".join(_encoded_words(name))
    return f"{shown} <{address}>"


def _encoded_header(name: str, text: str) -> str:
    return f"{name}: " + "\r\n ".join(_encoded_words(_one_line(text), taken=len(name) + 1))


def _encoded_words(text: str, taken: int = 0) -> list[str]:
    """Return RFC 2047 words of whole characters, each of 75 at most; `taken` is lost to the first."""
    words: list[str] = []
    part = ""
    for character in text:
        if part and len(_encoded_word(part + character)) > 75 - (0 if words else taken):
            words.append(_encoded_word(part))
            part = ""
        part += character
    return [*words, _encoded_word(part)]


def _encoded_word(text: str) -> str:
    return f"=?UTF-8?B?{base64.b64encode(text.encode(errors='replace')).decode()}?="


def _subject(edition: Edition) -> str:
    return f"《{edition.title}》{_number(edition)}{'（选编）' if edition.selection else ''}"


def _number(edition: Edition) -> str:
    """Return an issue's number as far as it tells it from others; a report is told by its title."""
    if edition.kind is Kind.REPORT:
        return ""
    year = f"{edition.date.year}年"
    return f"{year}第{edition.number}期" if edition.number else f"{year}{edition.date.month}月"


def _message_id(edition: Edition, address: str) -> str:
    selection = "".join(f"+{one.code}" for one in edition.selection)
    digest = hashlib.sha256(f"xcbulletin|{edition.id}{selection}|{address.lower()}".encode()).hexdigest()
    return f"<{digest[:32]}@{address.rpartition('@')[2]}>"


def _list_id(name: str, address: str) -> str:
    identity = re.sub(r"[^a-z0-9.-]+", "-", address.lower().replace("@", "."))
    return f"{_encoded_header('List-Id', name)}\r\n <{identity}>" if name else f"List-Id: <{identity}>"


def _content(letter: Letter, edition: Edition, pdf: bytes | None) -> bytes:
    """Return the message's content with the headers that describe it: mixed(alternative(text, related), PDF)."""
    text = _text_part("plain", letter.text)
    html = _text_part("html", letter.html)
    images = [_image_part(cid, picture) for cid, picture in letter.images]
    if images:
        html = _multipart("related", edition, (html, *images), 'type="text/html"; ')
    content = _multipart("alternative", edition, (text, html))
    if pdf is None:
        return content
    name = attachment_name(edition.title, _number(edition))
    return _multipart("mixed", edition, (content, _pdf_part(name, pdf)))


def _multipart(subtype: str, edition: Edition, parts: Iterable[bytes], parameters: str = "") -> bytes:
    boundary = "=_" + hashlib.sha256(f"{edition.id}|{subtype}".encode()).hexdigest()[:32]
    head = f'Content-Type: multipart/{subtype}; {parameters}boundary="{boundary}"\r\n'
    body = b"".join(f"\r\n--{boundary}\r\n".encode() + part for part in parts)
    return head.encode() + body + f"\r\n--{boundary}--\r\n".encode()


def _text_part(subtype: str, text: str) -> bytes:
    content = re.sub(r"\r\n?|\n", "\r\n", text).encode(errors="replace")
    return _part((f'Content-Type: text/{subtype}; charset="utf-8"',), content)


def _image_part(cid: str, picture: Picture) -> bytes:
    name = file_name(cid, picture)
    headers = (
        f'Content-Type: {picture.media_type}; name="{name}"',
        f"Content-ID: <{cid}>",
        f'Content-Disposition: inline; filename="{name}"',
    )
    return _part(headers, picture.content)


def _pdf_part(name: str, pdf: bytes) -> bytes:
    """Return the PDF, named in the two ways that mail programs and parsers between them understand."""
    headers = (
        f'Content-Type: application/pdf; name="{_encoded_word(name)}"',
        f"Content-Disposition: attachment; filename*=utf-8''{quote(name, safe='')}",
    )
    return _part(headers, pdf)


def _part(headers: Sequence[str], content: bytes) -> bytes:
    head = "".join(f"{header}\r\n" for header in (*headers, "Content-Transfer-Encoding: base64"))
    return head.encode() + b"\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n")


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

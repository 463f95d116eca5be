"""The head of a message: its headers, folded by hand.

`email` folds differently from one Python to the next, splits characters between encoded words in some, and a letter
made twice has to have the same bytes.
"""

import base64
import datetime
import re
from collections.abc import Iterator
from email.utils import format_datetime, parseaddr
from email.utils import quote as quoted
from urllib.parse import quote

from xcbulletin.settings import MAIL_ADDRESS, MailSettings
from xcbulletin.zone import SHANGHAI

_WORD = 75
"""Characters that an encoded word may have (RFC 2047 §2)."""
_LINE = 76
"""Characters that a line with encoded words may have (RFC 2047 §2)."""
_NAME = 100
"""Characters of a name, which then fits a line that may not be folded (998 bytes, RFC 5322 §2.1.1)."""


def head(
    mail: MailSettings,
    *,
    to: tuple[str, str],
    subject: str,
    date: datetime.datetime,
    message_id: str,
    unsubscribe: tuple[str, ...],
    more: tuple[str, ...] = (),
) -> bytes:
    """Return the headers of a message, ended by CRLF, up to those that describe its content.

    `to` is a name, which may be empty, and an address; `date` is aware; `unsubscribe` are addresses as of
    `unsubscribe_links`; `more` are whole headers. Raises ValueError for an address that would break out of its header.
    """
    name, address = _parsed(mail.sender)
    headers = (
        f"From: {_on_one_line(name, address)}",
        f"To: {_folded_mailbox(*to)}",
        *([f"Reply-To: {_on_one_line(*_parsed(mail.reply_to))}"] if mail.reply_to else []),
        f"Subject: {_folded(subject, len('Subject: '))}",
        f"Date: {format_datetime(date.astimezone(SHANGHAI))}",
        f"Message-ID: {message_id}",
        f"List-Id: {_list_id(name, address)}",
        # On one line: a relay that unfolds it breaks the signature over it.
        f"List-Unsubscribe: {', '.join(f'<{link}>' for link in unsubscribe)}",
        *_one_click(unsubscribe),
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        *more,
        "MIME-Version: 1.0",
    )
    return "".join(f"{header}\r\n" for header in headers).encode("ascii")


def sender_of(mail: MailSettings) -> tuple[str, str]:
    """Return the name, which may be empty, and the address that letters come from."""
    return _parsed(mail.sender)


def unsubscribe_links(mail: MailSettings, token: str | None = None) -> tuple[str, ...]:
    """Return where a reader unsubscribes: by mail, and with a `token` that names the letter, on the web if there is one.

    The token stands after the word in the mail's subject, and as `letter` in the web address's query.
    """
    address = quote(_parsed(mail.reply_to or mail.sender)[1], safe="@")
    by_mail = f"mailto:{address}?subject=unsubscribe"
    if token is None:
        return (by_mail,)
    by_mail += f"%20{quote(token, safe='')}"
    if mail.unsubscribe_url is None:
        return (by_mail,)
    joint = "&" if "?" in mail.unsubscribe_url else "?"
    return by_mail, f"{web_address(mail.unsubscribe_url)}{joint}letter={quote(token, safe='')}"


def web_address(written: str) -> str:
    """Return a web address as it stands in a letter: Chinese and blanks in it encoded."""
    return quote(written, safe=_SAFE_IN_URL)


_SAFE_IN_URL = "%/:?#[]@!$&'()*+;="
"""All that RFC 3986 reserves but the comma, which parts addresses in List-Unsubscribe."""


def _one_click(unsubscribe: tuple[str, ...]) -> Iterator[str]:
    if any(link.startswith("https:") for link in unsubscribe):
        yield "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def one_line(text: str) -> str:
    """Return text without anything that could end a header."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def _parsed(mailbox: str) -> tuple[str, str]:
    return parseaddr(one_line(mailbox))


def _on_one_line(name: str, address: str) -> str:
    """Return a mailbox on one line: vip.sina.com refuses a From that is folded."""
    return _folded_mailbox(name[:_NAME], address).replace("\r\n", "")


def _folded_mailbox(name: str, address: str) -> str:
    """Return a mailbox whose name is folded where it has to be, and whose address is never encoded."""
    if not MAIL_ADDRESS.fullmatch(address):
        raise ValueError(f"no mail address: {address!r}")
    name = one_line(name)
    if not name:
        return address
    shown = f'"{quoted(name)}"'
    if not name.isascii() or "=?" in name or len(shown) + len(address) > _LINE - len("Reply-To:  <>"):
        shown = _folded(name, len("Reply-To: "))
    last = len(shown) - (shown.rfind("\n") + 1)
    fits = last + len(f"To:  <{address}>") <= _LINE
    return f"{shown} <{address}>" if fits else f"{shown}\r\n <{address}>"


def _list_id(name: str, address: str) -> str:
    identity = re.sub(r"[^a-z0-9.-]+", "-", address.lower().replace("@", "."))
    return f"{_folded(name, len('List-Id: '))}\r\n <{identity}>" if name else f"<{identity}>"


def _folded(text: str, taken: int) -> str:
    """Return text as encoded words, one a line; `taken` characters stand on the first line before them."""
    return "\r\n ".join(_encoded_words(one_line(text), taken))


def _encoded_words(text: str, taken: int) -> Iterator[str]:
    """Yield RFC 2047 words of whole characters; the first leaves room for `taken` on its line."""
    room, part = min(_WORD, _LINE - taken), ""
    for character in text:
        if part and len(encoded_word(part + character)) > room:
            yield encoded_word(part)
            room, part = _WORD, ""
        part += character
    yield encoded_word(part)


def encoded_word(text: str) -> str:
    """Return text as one encoded word, however long."""
    return f"=?UTF-8?B?{base64.b64encode(text.encode(errors='replace')).decode()}?="

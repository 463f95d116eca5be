"""The email edition: a letter short enough for every mailbox, its text part, and the whole message.

The message is put together by hand, for `email` folds and names attachments differently from one Python to
the next, and an issue built twice has to give the same bytes.
"""

import base64
import datetime
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import format_datetime, parseaddr
from email.utils import quote as quoted
from typing import Any, Literal
from urllib.parse import quote

from xcbulletin.model import Kind
from xcbulletin.publishing.edition import Edition, Entry
from xcbulletin.publishing.figures import JPEG, LETTER_WIDTH, Picture
from xcbulletin.publishing.markup import PENDING_PICTURE, Node, plain, rewrite
from xcbulletin.publishing.pages import Templates
from xcbulletin.settings import MailSettings

Shortened = Literal["summaries", "titles"]

BYTES_OF_LETTER = 100_000
"""Gmail cuts a letter off at 102 kB, and what forwards it adds a little."""
BYTES_OF_NAME = 45
"""An attachment's name then fits one encoded word, which is all that some versions of Outlook read."""

_ALL = 1_000_000
_FORMS: tuple[tuple[Shortened | None, int], ...] = (
    (None, _ALL),
    ("summaries", _ALL),
    *(("titles", most) for most in (_ALL, 200, 100, 50, 20, 10, 5, 1)),
)
"""How much of an issue a letter holds, from all of it to the first titles of each column."""

_SUMMARY_LENGTH = 120
_PREHEADER_LENGTH = 100
_CROWDED = 6
"""Columns from which on a table is set smaller."""
_MONTH = re.compile(r"\d{4}年(?:\d{1,2}月)?")
_INLINE_HEIGHT = 24
_BEIJING = datetime.timezone(datetime.timedelta(hours=8))
_PDF_ENDING = ".pdf"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """The two bodies of a message and the pictures it shows."""

    html: str
    """Names its pictures `cid:…`."""
    text: str
    images: tuple[tuple[str, Picture], ...]
    """Content id and picture, in reading order."""
    shortened: Shortened | None
    """What the HTML holds instead of full texts; the text part always has them."""


def render_letter(
    templates: Templates, edition: Edition, pictures: Mapping[str, Picture], *, attached: bool = True
) -> Letter:
    """Return the letter of an edition, cut to summaries or titles where mailboxes would clip it.

    `pictures` are PNG or JPEG, by their address in the text; `attached` tells whether the PDF goes with it.
    Raises TemplateFailedError.
    """
    ids = _content_ids(edition, pictures)
    placed = _with_places(edition)
    context: dict[str, Any] = {
        "picture": lambda node: f"cid:{ids[node.src]}",
        "width_of": lambda node: _shown_width(node, pictures[node.src]),
        "attached": attached,
        "heading_base": 2 if edition.kind is Kind.REPORT else 3,
    }
    html, shortened = _html_that_fits(templates, placed, context)
    text = templates.render("email/letter.txt", placed, blocks="email/blocks.txt", **context)
    return Letter(
        html=html,
        text=_tidied(text),
        images=tuple((cid, pictures[src]) for src, cid in ids.items() if f"cid:{cid}" in html),
        shortened=shortened,
    )


def _html_that_fits(
    templates: Templates, edition: Edition, context: Mapping[str, Any]
) -> tuple[str, Shortened | None]:
    for shortened, most in _FORMS:
        html = _without_numeric_entities(
            templates.render(
                "email/letter.html",
                edition,
                blocks="email/blocks.html",
                form=shortened or "full",
                most=most,
                summary_of=summary_of,
                preheader=_preheader(edition),
                **context,
            )
        )
        if _size(html) <= BYTES_OF_LETTER:
            break
    return html, shortened


def _size(html: str) -> int:
    """Return the bytes of HTML as it is sent, with two for the end of a line."""
    return len(html.encode()) + html.count("\n")


def _without_numeric_entities(html: str) -> str:
    """Return HTML with the quotes that Jinja escapes by number written plainly: filters take numbers for a trick."""
    return html.replace("&#39;", "'").replace("&#34;", "&quot;")


def _tidied(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


def _content_ids(edition: Edition, pictures: Mapping[str, Picture]) -> dict[str, str]:
    """Return an id for each picture by its address, in reading order; the same picture has the same id."""
    shown = dict.fromkeys(node.src for entry in edition.entries for node in entry.pictures)
    return {
        src: f"image{number:02d}.{hashlib.sha256(pictures[src].content).hexdigest()[:16]}@xcbulletin"
        for number, src in enumerate((src for src in shown if src != PENDING_PICTURE), start=1)
    }


def _shown_width(node: Node, picture: Picture) -> int:
    """Return the CSS pixels that a picture is shown at: whole lines for a figure, one line within text."""
    width = picture.width if node.kind == "figure" else _INLINE_HEIGHT * picture.width / picture.height
    return max(1, min(LETTER_WIDTH, round(width)))


def _with_places(edition: Edition) -> Edition:
    """Return the edition with list items and table cells that know where they stand."""
    columns = (
        replace(column, entries=tuple(_entry_with_places(entry) for entry in column.entries))
        for column in edition.columns
    )
    return replace(edition, columns=tuple(columns))


def _entry_with_places(entry: Entry) -> Entry:
    return replace(entry, body=rewrite(entry.body, _children_placed))


def _children_placed(node: Node) -> Node:
    match node.kind:
        case "bullets":
            return _each_child(node, lambda _index: {"marker": "-"})
        case "numbers":
            return _each_child(node, lambda index: {"marker": f"{node.start + index}."})
        case "table":
            crowded = bool(node.children) and len(node.children[0].children) >= _CROWDED
            table = replace(node, attrs={**node.attrs, "crowded": crowded})
            return _each_child(table, lambda _index: {"crowded": crowded})
        case "row":
            return _each_child(node, lambda index: {"first": index == 0, "crowded": node.crowded})
        case "cell":
            return replace(node, attrs={**node.attrs, "whole": _is_whole(node)})
    return node


def _is_whole(cell: Node) -> bool:
    """Tell whether a cell, a month or the like, looks broken when it is broken between lines."""
    text = plain(cell.children).strip()
    return bool(_MONTH.fullmatch(text)) or (cell.head and not cell.crowded and len(text) <= 3)


def _each_child(node: Node, attrs: Callable[[int], Mapping[str, object]]) -> Node:
    children = (
        replace(child, attrs={**child.attrs, **attrs(index)}) for index, child in enumerate(node.children)
    )
    return replace(node, children=tuple(children))


def summary_of(entry: Entry) -> str:
    """Return an article's summary, or where its editor wrote none, its first sentences."""
    if entry.summary:
        return entry.summary
    body = rewrite(entry.body, _reference_in_words)
    paragraphs = [node for node in body if node.kind == "paragraph"]
    return _first_sentences(plain(paragraphs or body).strip(), _SUMMARY_LENGTH)


def _reference_in_words(node: Node) -> Node:
    return replace(node, text=node.label) if node.kind == "reference" else node


def _first_sentences(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    end = max(text.rfind(stop, 0, length) for stop in "。！？；")
    return text[: end + 1] if end >= length // 3 else text[: length - 1] + "…"


def _preheader(edition: Edition) -> str:
    """Return what a mailbox shows beside the subject: the first titles."""
    titles = "；".join(entry.title for entry in edition.entries)
    return _first_sentences(f"本期要目：{titles}", _PREHEADER_LENGTH)


def as_page(letter: Letter) -> tuple[str, dict[str, bytes]]:
    """Return the letter's HTML for a browser, and the files beside it that it shows."""
    html, files = letter.html, {}
    for cid, picture in letter.images:
        file = f"email/{_file_name(cid, picture)}"
        html = html.replace(f"cid:{cid}", file)
        files[file] = picture.content
    return html, files


def _file_name(cid: str, picture: Picture) -> str:
    return f"{cid.partition('.')[0]}.{'jpg' if picture.media_type == JPEG else 'png'}"


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
    name = _file_name(cid, picture)
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

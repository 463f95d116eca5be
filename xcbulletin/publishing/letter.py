"""The email edition: a letter short enough for every mailbox, and its text part."""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from xcbulletin.model import Kind
from xcbulletin.publishing.edition import Edition, Entry
from xcbulletin.publishing.figures import JPEG, LETTER_WIDTH, Picture
from xcbulletin.publishing.nodes import (
    PENDING_PICTURE,
    Cell,
    Figure,
    Paragraph,
    Pictured,
    Table,
    plain,
)
from xcbulletin.publishing.pages import Templates
from xcbulletin.publishing.titles import ems

Shortened = Literal["summaries", "titles"]

BYTES_OF_LETTER = 100_000
"""Gmail cuts a letter off at 102 kB, and what forwards it adds a little."""

_ALL = 1_000_000
SUMMARY_LENGTH, TERSE_LENGTH = 120, 60
"""Characters of a summary; the fewer where so many would not fit."""

_FORMS: tuple[tuple[Shortened | None, int, int], ...] = (
    (None, _ALL, 0),
    ("summaries", _ALL, SUMMARY_LENGTH),
    ("summaries", _ALL, TERSE_LENGTH),
    *(("titles", most, 0) for most in (_ALL, 200, 100, 50, 20, 10, 5, 1)),
)
"""How much of an issue a letter holds, from all of it to the first titles of each column; the length of summaries."""

_PREHEADER_LENGTH = 100
_PREHEADER_SHORTEST = 10
"""Characters; what is shorter, mailboxes fill up with whatever comes next in the letter."""
_CROWDED = 6
"""Columns from which on a table is set smaller."""
_CROWDED_LETTER, _ENLARGED = 12, 4 / 3
"""Pixels of a letter in a table set smaller, and how much larger it is in large print."""
_NARROWEST, _BETWEEN = 4, 0.5
"""The ems that a column takes at least, and those between two."""
_LONGEST_WHOLE = 12
"""The ems up to which a word or figure in a table is not broken."""
_UNBROKEN = re.compile(r"[!-~−]+")
_MONTH = re.compile(r"\d{4}年(?:\d{1,2}月)?")
_INLINE_HEIGHT = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class PdfOffer:
    """How a letter gives its readers the PDF: with it, under an address, or not at all."""

    attached: bool = False
    address: str | None = None


ATTACHED, LEFT_OUT = PdfOffer(attached=True), PdfOffer()


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
    pdf: PdfOffer = ATTACHED


def render_letter(
    templates: Templates,
    edition: Edition,
    pictures: Mapping[str, Picture],
    *,
    unsubscribe: str,
    pdf: PdfOffer = ATTACHED,
    large_print: bool = False,
) -> Letter:
    """Return the letter of an edition, cut to summaries or titles where mailboxes would clip it.

    `pictures` are PNG or JPEG, by their address in the text; `unsubscribe` is where readers leave, a mailto address.
    Raises TemplateFailedError.
    """
    ids = _content_ids(edition, pictures)
    context: dict[str, Any] = {
        "picture": lambda node: f"cid:{ids[node.src]}",
        "width_of": lambda node: _shown_width(node, pictures[node.src]),
        "is_crowded": _is_crowded,
        "parts_of": partial(_parts, room=LETTER_WIDTH / _CROWDED_LETTER / (_ENLARGED if large_print else 1)),
        "keys_of": _keys,
        "is_long": _is_long,
        "is_whole": _is_whole,
        "pdf": pdf,
        "unsubscribe": unsubscribe,
        "heading_base": 2 if edition.kind is Kind.REPORT else 3,
    }
    html, shortened = _html_that_fits(templates, edition, context)
    html = _enlarged(html) if large_print else html
    text = templates.render("email/letter.txt", edition, blocks="email/blocks.txt", **context)
    return Letter(
        html=html,
        text=_tidied(text),
        images=tuple((cid, pictures[src]) for src, cid in ids.items() if f"cid:{cid}" in html),
        shortened=shortened,
        pdf=pdf,
    )


def _html_that_fits(
    templates: Templates, edition: Edition, context: Mapping[str, Any]
) -> tuple[str, Shortened | None]:
    for shortened, most, length in _FORMS:
        html = _without_numeric_entities(
            templates.render(
                "email/letter.html",
                edition,
                blocks="email/blocks.html",
                form=shortened or "full",
                most=most,
                is_terse=length == TERSE_LENGTH,
                summary_of=partial(summary_of, length=length),
                preheader=_preheader(edition),
                **context,
            )
        )
        if _size(html) <= BYTES_OF_LETTER:
            break
    return html, shortened


def _enlarged(html: str) -> str:
    """Return HTML with all letters and lines a third larger, but for the title, which is large as it is."""

    def enlarge(found: re.Match[str]) -> str:
        return f"{found[1]}:{round(int(found[2]) * _ENLARGED)}px" if found[1] else found[0]

    return re.sub(r"<h1.*?</h1>|(font-size|line-height):(\d+)px", enlarge, html)


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


def _shown_width(node: Pictured, picture: Picture) -> int:
    """Return the CSS pixels that a picture is shown at: whole lines for a figure, one line within text."""
    width = picture.width if isinstance(node, Figure) else _INLINE_HEIGHT * picture.width / picture.height
    return max(1, min(LETTER_WIDTH, round(width)))


def _is_crowded(node: Table | Cell) -> bool:
    """Tell whether a table has so many columns that it is set smaller."""
    return node.columns >= _CROWDED


def _parts(table: Table, room: float) -> tuple[Table, ...]:
    """Return a table as those that stand for it one below the other, `room` ems wide, each with the first column.

    A letter cannot be turned, and what is wider than a screen is read by nobody.
    """
    if not _is_crowded(table):
        return (table,)
    needs = [_ems_needed(table, column) for column in range(table.columns)]
    if sum(needs) <= room:
        return (table,)
    keys = _keys(table)
    others = range(keys, table.columns)
    count = math.ceil(sum(needs[keys:]) / max(room - sum(needs[:keys]), room / 2))
    size = math.ceil(len(others) / count)
    return tuple(
        _with_columns(table, (*range(keys), *others[start : start + size]))
        for start in range(0, len(others), size)
    )


def _keys(table: Table) -> int:
    """Return how many columns name the rows: the first, or the second as well where the first only counts them."""
    first = [plain(row.children[0].children).strip() for row in table.children if not row.head]
    is_counted = first == [str(number) for number in range(1, len(first) + 1)] and len(first) > 1
    return 2 if is_counted else 1


def _ems_needed(table: Table, column: int) -> float:
    """Return how wide a column is at its narrowest, where words and figures are whole."""
    widest = max(_longest_whole(row.children[column]) for row in table.children)
    return min(max(_NARROWEST, widest), _LONGEST_WHOLE) + _BETWEEN


def _is_long(cell: Cell) -> bool:
    """Tell whether a word in a cell, most often an address, would make the table wider than the letter."""
    return _longest_whole(cell) > _LONGEST_WHOLE


def _longest_whole(cell: Cell) -> float:
    """Return how wide the longest word or figure in a cell is, in ems."""
    return max(map(ems, _UNBROKEN.findall(plain(cell.children))), default=0)


def _with_columns(table: Table, wanted: Sequence[int]) -> Table:
    rows = [replace(row, children=tuple(row.children[column] for column in wanted)) for row in table.children]
    return replace(table, children=tuple(rows))


def _is_whole(cell: Cell) -> bool:
    """Tell whether a cell, a month or the like, looks broken when it is broken between lines."""
    text = plain(cell.children).strip()
    return bool(_MONTH.fullmatch(text)) or (cell.head and not _is_crowded(cell) and len(text) <= 3)


def summary_of(entry: Entry, length: int = SUMMARY_LENGTH) -> str:
    """Return an article's summary, or where its editor wrote none, its first sentences."""
    if entry.summary:
        return entry.summary
    paragraphs = [node for node in entry.body if isinstance(node, Paragraph)]
    return first_sentences(plain(paragraphs or entry.body).strip(), length)


def first_sentences(text: str, length: int) -> str:
    """Return as many of the first sentences of a text as `length` allows, or the beginning of the first."""
    if len(text) <= length:
        return text
    end = max(text.rfind(stop, 0, length) for stop in "。！？；")
    return text[: end + 1] if end >= length // 3 else text[: length - 1] + "…"


def _preheader(edition: Edition) -> str:
    """Return what a mailbox shows beside the subject: the first titles."""
    text = f"本期要目：{'；'.join(entry.title for entry in edition.entries)}"
    if len(text) < _PREHEADER_SHORTEST:
        text = f"《{edition.title}》{text}"
    return first_sentences(text, _PREHEADER_LENGTH)


def as_page(letter: Letter) -> tuple[str, dict[str, bytes]]:
    """Return the letter's HTML for a browser, and the files beside it that it shows."""
    html, files = letter.html, {}
    for cid, picture in letter.images:
        file = f"email/{file_name(cid, picture)}"
        html = html.replace(f"cid:{cid}", file)
        files[file] = picture.content
    return html, files


def file_name(cid: str, picture: Picture) -> str:
    """Return the name of the file that a picture of the letter has, on disk and in the message."""
    return f"{cid.partition('.')[0]}.{'jpg' if picture.media_type == JPEG else 'png'}"

"""The text that a letter shows, and of it what its writer wrote above the letter they answer or return."""

import html
import re
from collections.abc import Iterator

from xcbulletin.delivery.returns.received import Part, ReceivedLetter

_SHOWN = 60_000
"""Characters of a text that are read."""
_HIDDEN = (
    (re.compile("<!--"), re.compile("-->")),
    *(
        (re.compile(rf"<{name}\b", re.IGNORECASE), re.compile(rf"</{name}\b[^<>]{{0,50}}>?", re.IGNORECASE))
        for name in ("style", "script", "title")
    ),
)
_QUOTED_HTML = re.compile(
    r"<blockquote\b|<includetail\b|<[a-z]{1,10} [^<>]{0,200}(?:gmail_quote|divRplyFwdMsg|ntes-mailmaster-quote|"
    r"isReplyContent|moz-cite-prefix|x_quote)",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?table|hr|/?pre|/?blockquote)\b[^<>]{0,500}>", re.IGNORECASE
)
_CELL = re.compile(r"</t[dh]\b[^<>]{0,100}>", re.IGNORECASE)
_TAG = re.compile(r"<[!/?a-z][^<>]{0,2000}>", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\xa0\u3000\r\n\f]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\xad]")
_ANSWERED = re.compile(
    r"^[ \t|*_]{0,10}(?:"
    r"-{2,}[^\S\n]*(?:original|回复|转发|原始|原邮件|forwarded|this is a copy|the following is a copy|"
    r"below this line|body of|returned message|enclosed)[^\n]{0,100}|"
    r"[-_=]{10,}[ \t]*|"
    r"\*{0,2}(?:发件人|寄件者|发送人|from)\*{0,2}[ \t]*[:：|][^\n]{0,300}|"
    r"on [^\n]{5,300}wrote:|"
    r"(?:在|於|于)?[^\n]{2,200}(?:写道|寫道)[:：]?"
    r")[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


def shown(letter: ReceivedLetter) -> str:
    """Return the whole text of a letter: its plain part, or its HTML without the markup."""
    return next(readings(letter), "")


def readings(letter: ReceivedLetter) -> Iterator[str]:
    """Give the texts of a letter that are not empty: its plain part, then its HTML without the markup."""
    plain = next((part.text for part in letter.of_type("text/plain") if part.content.strip()), "")
    if plain.strip():
        yield _tidy(plain)
    yield from (from_html(part.text) for part in letter.of_type("text/html"))


def written(letter: ReceivedLetter) -> str:
    """Return what the writer of an answer wrote, without the letter that it answers."""
    plain: Part | None = next(letter.of_type("text/plain"), None)
    if plain is not None and plain.content.strip():
        return above_quoted(_tidy(plain.text))
    markup = next((part.text for part in letter.of_type("text/html")), "")
    return above_quoted(from_html(_QUOTED_HTML.split(markup, maxsplit=1)[0]))


def above_quoted(text: str) -> str:
    """Return a text up to where another letter begins, without the lines that quote one with `>`."""
    lines = text.split("\n")
    if not any(line.lstrip().startswith((">", "＞")) for line in lines):
        found = _ANSWERED.search(text)
        return text[: found.start()] if found else text
    kept = (line for line in lines if not line.lstrip().startswith((">", "＞")))
    return "\n".join(line for line in kept if not _ANSWERED.match(line))


def from_html(markup: str) -> str:
    """Return the text of HTML: a line for each block or table row, cells apart by a blank."""
    markup = markup[: 4 * _SHOWN]
    for start, end in _HIDDEN:
        markup = _without(markup, start, end)
    lines = _TAG.sub("", _CELL.sub(" ", _BREAK.sub("\n", _BLANKS.sub(" ", markup))))
    return _tidy(html.unescape(lines))


def _without(markup: str, start: re.Pattern[str], end: re.Pattern[str]) -> str:
    """Cut out what stands between two marks; what is never closed is cut to its end.

    Unlike one pattern for both marks this is linear where thousands are opened and none is closed.
    """
    pieces, at = [], 0
    while found := start.search(markup, at):
        pieces.append(markup[at : found.start()])
        closed = end.search(markup, found.end())
        if closed is None:
            return "".join(pieces)
        at = closed.end()
    return "".join((*pieces, markup[at:]))


def _tidy(text: str) -> str:
    lines = _INVISIBLE.sub("", text[:_SHOWN]).split("\n")
    return "\n".join(line.replace("\xa0", " ").replace("\u3000", " ").rstrip() for line in lines)

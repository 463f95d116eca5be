"""A letter that came in, taken apart as far as it can be: anybody may have written it.

Reading is linear in the letter's size and bounded in depth, number of parts and characters, and never
raises. The standard library's parser recurses with the nesting and is quadratic in it; hence our own, which
need not keep what it does not read (RFC 5322, RFC 2045–2047).
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LIMIT = 512 * 2**10
"""Bytes of a letter that are read: a report stands before the letter that it returns."""
_HEAD_LIMIT = 64 * 2**10
_DEPTH = 8
_PARTS = 60
_FIELD = re.compile(r"([\x21-\x39\x3b-\x7e]{1,80})[ \t]*:[ \t]*(.*)", re.DOTALL)
_BLANK = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_PARAMETER = re.compile(r";\s*([\w-]{1,30})(?:\*0?)?\*?\s*=\s*(?:\"([^\"]{0,200})\"|([^\s;\"]{1,200}))")
_WORD = re.compile(
    r"=\?([\w-]{1,40})(?:\*[\w-]{1,20})?\?([bq])\?([^?\s]{0,2000})\?=([ \t\r\n]{1,9}(?==\?))?", re.I
)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_CODECS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312-80", "hz-gb-2312", "cp936"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "cp950"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-1", "iso-8859-15", "windows-1252", "us-ascii"), "latin-1"),
    "iso-2022-jp": "iso2022_jp",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A leaf of a letter; a letter enclosed whole is a leaf, too."""

    type: str
    """Such as `text/plain`, in small letters."""
    charset: str
    """As declared; empty where nothing is."""
    content: bytes
    """With its transfer encoding undone."""

    @property
    def text(self) -> str:
        """The content read as text, lines ended by a newline."""
        return decoded(self.content, self.charset).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedLetter:
    """What was read of a letter."""

    headers: Mapping[str, str]
    """By name in small letters, the first of each name; unfolded, encoded words read."""
    parts: tuple[Part, ...]

    def of_type(self, *types: str) -> Iterator[Part]:
        """Give the parts of some types, in their order."""
        return (part for part in self.parts if part.type in types)


def open_letter(content: bytes) -> ReceivedLetter:
    """Take a letter apart. Never raises."""
    raw, body = _halves(content[:LIMIT])
    headers = read_headers(raw)
    parts: list[Part] = []
    _collect(headers, body, 0, parts)
    return ReceivedLetter(headers=headers, parts=tuple(parts))


def read_headers(content: bytes) -> dict[str, str]:
    """Return the header fields at the start of `content`, up to its first empty line."""
    head = decoded(_halves(content)[0][:_HEAD_LIMIT], "")
    fields: dict[str, str] = {}
    for line in re.split(r"\r?\n", _FOLD.sub("", head)):
        if found := _FIELD.fullmatch(line):
            fields.setdefault(found[1].lower(), words_read(found[2]).strip())
    return fields


def words_read(value: str) -> str:
    """Return a header value with its encoded words read; characters cut between two of them are mended."""
    pieces: list[str] = []
    held: list[bytes] = []
    end = 0
    for word in _WORD.finditer(value):
        pieces.append(value[end : word.start()])
        held.append(_word_bytes(word[2], word[3]))
        end = word.end()
        if not word[4]:
            pieces.append(decoded(b"".join(held), word[1]))
            held = []
    return "".join((*pieces, value[end:]))


def decoded(content: bytes, charset: str) -> str:
    """Return bytes as text: what is valid UTF-8 is that, else what is declared, else GB 18030."""
    codec = _CODECS.get(charset.strip().lower())
    try:
        return content.decode(codec if codec == "iso2022_jp" else "utf-8")
    except UnicodeDecodeError:
        return content.decode(codec or "gb18030", "replace")


def _halves(content: bytes) -> tuple[bytes, bytes]:
    """Divide at the first empty line."""
    if content.startswith((b"\n", b"\r\n")):
        return b"", content.lstrip(b"\r\n")
    found = _BLANK.search(content)
    return (content[: found.start()], content[found.end() :]) if found else (content, b"")


def _collect(headers: Mapping[str, str], body: bytes, depth: int, parts: list[Part]) -> None:
    kind, parameters = _content_type(headers)
    inner = _inner(body, parameters.get("boundary", "")) if kind.startswith("multipart/") else []
    if inner and depth < _DEPTH:
        for part in inner[: _PARTS - len(parts)]:
            _collect(read_headers(part), _halves(part)[1], depth + 1, parts)
    elif len(parts) < _PARTS:
        content = _untransferred(body, headers.get("content-transfer-encoding", ""))
        parts.append(Part(type=_leaf(kind, inner), charset=parameters.get("charset", ""), content=content))


def _leaf(kind: str, inner: list[bytes]) -> str:
    """Take a multipart that has lost its boundaries for text: reports are found there, too."""
    return "text/plain" if kind.startswith("multipart/") and not inner else kind


def _content_type(headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    value = headers.get("content-type", "text/plain")
    kind = value.partition(";")[0].strip().lower()
    parameters: dict[str, str] = {}
    for found in _PARAMETER.finditer(value[:2000]):
        parameters.setdefault(found[1].lower(), found[2] or found[3] or "")
    return kind if "/" in kind else "text/plain", parameters


def _inner(body: bytes, boundary: str) -> list[bytes]:
    """Divide the body of a multipart; what stands before its first boundary is for nobody."""
    if not boundary:
        return []
    mark = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    pieces: list[bytes] = []
    start = None
    for found in mark.finditer(body):
        if start is not None:
            pieces.append(body[start : found.start()])
        start = found.end()
        if found[1] or len(pieces) >= _PARTS:
            return [_without_line_end(piece) for piece in pieces]
    rest = [] if start is None else [body[start:]]
    return [_without_line_end(piece) for piece in (*pieces, *rest)]


def _without_line_end(piece: bytes) -> bytes:
    return piece[2:] if piece.startswith(b"\r\n") else piece.removeprefix(b"\n")


def _untransferred(body: bytes, encoding: str) -> bytes:
    match encoding.strip().lower():
        case "base64":
            return _from_base64(body)
        case "quoted-printable":
            return binascii.a2b_qp(body)
    return body


def _from_base64(content: bytes) -> bytes:
    """Undo base64, also where it is cut off or has been tampered with."""
    letters = _NOT_BASE64.sub(b"", content)
    whole = letters[: len(letters) // 4 * 4]
    rest = letters[len(whole) :]
    return base64.b64decode(whole + (rest.ljust(4, b"=") if len(rest) > 1 else b""))


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    return _from_base64(raw) if encoding.lower() == "b" else binascii.a2b_qp(raw, header=True)

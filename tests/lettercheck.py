"""What every letter must show, read back from the .eml as mail programs read it (facts/email.md §3–4).

Each `check_*` yields what is wrong, as sentences; `check_all` gives all of them. The rules of clients: Chinese webmail
drops <style> and class, so all that matters is inline; Outlook's Word reads tables, padding on cells, and what stands
in `mso` comments; Gmail cuts off at 102 kB; telephones need a fluid table. Where Chromium is installed,
`look_without_style` compares what a letter is with and without its <style>.
"""

import base64
import binascii
import email
import email.policy
import io
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pikepdf
from lxml import etree
from lxml import html as lxml_html
from PIL import Image, ImageChops

CHROMIUM = shutil.which("chromium")
CLIP = 102_000
ONCE = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
)
ONE_LINE = ("From", "Reply-To", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
UNWANTED = ("Bcc", "Cc", "Precedence", "X-Mailer", "Received")
_MSO = re.compile(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", re.S)
_DARK = re.compile(r"@media \(prefers-color-scheme:dark\)\{(.*?)\}\s*</style>", re.S)
_VOID = {"meta", "img", "br", "hr", "o:allowpng"}
_HIDDEN = {"display": "none", "mso-hide": "all", "max-height": "0", "overflow": "hidden"}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A message and what stands in it."""

    content: bytes
    message: EmailMessage
    html: str
    text: str

    @property
    def parts(self) -> list[EmailMessage]:
        return [cast(EmailMessage, part) for part in self.message.walk() if not part.is_multipart()]

    @property
    def pdf(self) -> EmailMessage | None:
        return next((part for part in self.parts if part.get_content_type() == "application/pdf"), None)


def parsed(content: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default))


def parsed_as_of_old(content: bytes) -> Message:
    return email.message_from_bytes(content, policy=email.policy.compat32)


def structure(part: Message) -> Any:
    """Return the types of a message's parts, those within a multipart in a list behind it."""
    kind = part.get_content_type()
    return [kind, *map(structure, cast(list[Message], part.get_payload()))] if part.is_multipart() else kind


def open_letter(content: bytes) -> Opened:
    message = parsed(content)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None
    assert text is not None
    return Opened(content=content, message=message, html=html.get_content(), text=text.get_content())


def check_all(content: bytes) -> list[str]:
    """Return all that is wrong with a message."""
    opened = open_letter(content)
    return [wrong for check in CHECKS for wrong in check(opened)]


# The message


def check_lines(opened: Opened) -> Iterator[str]:
    rest = opened.content.replace(b"\r\n", b"")
    if b"\r" in rest or b"\n" in rest:
        yield "a line does not end in CRLF"
    if not opened.content.isascii():
        yield "a byte is not ASCII"
    if max(map(len, opened.content.split(b"\r\n"))) > 998:
        yield "a line is longer than 998 bytes"
    for line in _raw_headers(opened.content):
        name = line.partition(":")[0]
        if name in ONE_LINE and "\r\n" in line:
            yield f"{name} is folded"
        if name in ("To", "Subject", "List-Id") and max(map(len, line.split("\r\n"))) > 78:
            yield f"{name} is not folded where it may be"


def check_headers(opened: Opened) -> Iterator[str]:
    message = opened.message
    for name in ONCE:
        if len(message.get_all(name, ())) != 1:
            yield f"{name} stands {len(message.get_all(name, ()))} times"
    yield from (f"{name} stands in it" for name in UNWANTED if name in message)
    if len(message["To"].addresses) != 1:
        yield f"{len(message['To'].addresses)} recipients"
    if message["Date"].datetime.tzinfo is None:
        yield "Date is of no zone"
    if not re.fullmatch(r"<[0-9a-f]{32}@[a-z0-9.-]+>", message["Message-ID"]):
        yield f"Message-ID is {message['Message-ID']}"
    links = re.findall(r"<([^<>]+)>", message["List-Unsubscribe"])
    if not links or not links[0].startswith("mailto:"):
        yield "List-Unsubscribe has no mailto"
    if any(link.startswith("https:") for link in links) != ("List-Unsubscribe-Post" in message):
        yield "List-Unsubscribe-Post goes with https, and only with it"
    if message["Auto-Submitted"] != "auto-generated":
        yield f"Auto-Submitted is {message['Auto-Submitted']}"


def check_encoded_words(opened: Opened) -> Iterator[str]:
    for line in _raw_headers(opened.content):
        for word in re.findall(r"=\?[^?]+\?.\?[^?]*\?=", line):
            if len(word) > 75:
                yield f"an encoded word of {len(word)} characters"
            try:
                base64.b64decode(word.split("?")[3], validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                yield f"an encoded word of broken characters: {word}"
        if re.search(r"[^\s\"]=\?UTF-8\?", line):
            yield f"encoded words that nothing parts: {line.partition(':')[0]}"


def check_parts(opened: Opened) -> Iterator[str]:
    yield from (f"a defect: {defect!r}" for part in opened.message.walk() for defect in part.defects)
    images = [part.get_content_type() for part in opened.parts if part.get_content_maintype() == "image"]
    html: Any = ["multipart/related", "text/html", *images] if images else "text/html"
    expected: Any = ["multipart/alternative", "text/plain", html]
    if opened.pdf:
        expected = ["multipart/mixed", expected, "application/pdf"]
    if structure(opened.message) != expected:
        yield f"parts stand so: {structure(opened.message)}"
    for part in opened.parts:
        if part["Content-Transfer-Encoding"] != "base64":
            yield f"{part.get_content_type()} is not in base64"
        if part.get_content_maintype() == "text" and part.get_content_charset() != "utf-8":
            yield f"{part.get_content_type()} is in {part.get_content_charset()}"


def check_pdf(opened: Opened) -> Iterator[str]:
    part = opened.pdf
    if part is None:
        return
    if part.get_content_disposition() != "attachment":
        yield "the PDF is no attachment"
    header = next(line for line in _raw_headers(opened.content, b"application/pdf") if "name=" in line)
    word = header.partition('name="')[2].rstrip('"')
    given, of_old = part.get_filename() or "", str(make_header(decode_header(word)))
    if given != of_old or not given.endswith(".pdf"):
        yield f"the PDF is called {given} and {of_old}"
    if len(given.encode()) > 45 or len(word) > 75:
        yield "the PDF's name is no single encoded word"
    try:
        pikepdf.open(io.BytesIO(part.get_content())).close()
    except pikepdf.PdfError:
        yield "the PDF does not open"


def check_images(opened: Opened) -> Iterator[str]:
    images = [part for part in opened.parts if part.get_content_maintype() == "image"]
    ids = [part["Content-ID"].strip("<>") for part in images]
    if len(set(ids)) != len(ids):
        yield "a Content-ID stands twice"
    shown = set(re.findall(r'src="cid:([^"]+)"', opened.html))
    yield from (f"no part for cid:{one}" for one in sorted(shown - set(ids)))
    yield from (f"a part that is not shown: {one}" for one in ids if one not in shown)
    for part in images:
        kind = Image.open(io.BytesIO(part.get_content())).format
        if kind not in ("PNG", "JPEG") or part.get_content_subtype() != kind.lower():
            yield f"{part.get_content_type()} is {kind}"
        if part.get_content_disposition() != "inline":
            yield "a picture is not inline"


def _raw_headers(content: bytes, of: bytes | None = None) -> list[str]:
    """Return header fields as they stand, folds and all: the message's, or those of the part of a type."""
    blocks = content.split(b"\r\n\r\n") if of else [content.partition(b"\r\n\r\n")[0]]
    block = next(one for one in blocks if of is None or b"Content-Type: " + of in one)
    return re.split(r"\r\n(?![ \t])", block.decode("ascii", "replace"))


# HTML


def tree(html: str) -> Any:
    """Return the HTML as all but Word read it."""
    return lxml_html.document_fromstring(_MSO.sub("", html))


def elements(html: str) -> list[Any]:
    return list(tree(html).find("body").iter(etree.Element))


def declarations(element: Any) -> dict[str, str]:
    pairs = (one.partition(":") for one in (element.get("style") or "").split(";") if one)
    return {name: value for name, _, value in pairs}


def inherited(element: Any, name: str) -> str | None:
    while element is not None:
        if value := declarations(element).get(name):
            return value
        element = element.getparent()
    return None


def texts(html: str) -> list[tuple[Any, str]]:
    """Return each text that is shown, with the element that it stands in."""
    found = []
    for one in elements(html):
        if "display:none" not in (one.get("style") or ""):
            found.append((one, one.text or ""))
        if one.tag != "body":
            found.append((one.getparent(), one.tail or ""))
    return [(element, text.strip()) for element, text in found if text.strip()]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def check_document(opened: Opened) -> Iterator[str]:
    html = opened.html
    size = len(html.replace("\r\n", "\n").replace("\n", "\r\n").encode())
    if size >= CLIP:
        yield f"{size} bytes of HTML"
    if not re.match(r'<!doctype html>\s*<html lang="zh-CN"', html):
        yield "no doctype, or no lang"
    if not re.search(r'<head>\s*<meta charset="utf-8">', html):
        yield "charset is not the first thing in <head>"
    for name in ("viewport", "color-scheme", "supported-color-schemes"):
        if f'<meta name="{name}"' not in html:
            yield f"no meta {name}"
    yield from (f"<{name}> stands in it" for name in _TAGS_UNWANTED if re.search(rf"<{name}\b", html))
    if re.search(r"&#x?[0-9a-f]+;", html, re.I):
        yield "a numeric entity"
    if re.search(r"\{\{|\{%|\bNone\b|\bUndefined\b", html):
        yield "something of the template is left"


_TAGS_UNWANTED = ("base", "link", "script", "form", "svg", "iframe", "object", "video", "font", "center")


def check_resources(opened: Opened) -> Iterator[str]:
    for one in elements(opened.html):
        for name in ("src", "srcset", "background", "poster"):
            if (value := one.get(name)) and not value.startswith("cid:"):
                yield f"{one.tag} fetches {value}"
        if (target := one.get("href", "")).startswith("data:"):
            yield f"a link to {target}"
    yield from (
        f"{word} stands in a style" for word in ("url(", "@import", "@font-face") if word in opened.html
    )


def check_nesting(opened: Opened) -> Iterator[str]:
    """Every tag is closed in its turn, as Word reads it and as all others do."""
    for name, html in (("Word", _MSO.sub(r"\1", opened.html)), ("others", _MSO.sub("", opened.html))):
        if "<!--" in html or "-->" in html:
            yield f"a comment stays open for {name}"
        nesting = _Nesting()
        nesting.feed(html)
        yield from (f"for {name} {wrong}" for wrong in nesting.wrong)
        yield from (f"for {name} <{tag}> stays open" for tag in nesting.open)
    if not re.search(r'<table role="presentation" width="640"', "".join(_MSO.findall(opened.html))):
        yield "no table of fixed width for Word"


class _Nesting(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")


def check_tables(opened: Opened) -> Iterator[str]:
    for one in elements(opened.html):
        if one.tag == "table" and one.get("role") != "presentation":
            heads = list(one.iter("th"))
            if one.get("role") or not heads or any(cell.get("scope") != "col" for cell in heads):
                yield "a table that is neither for presentation nor of data"
        width = declarations(one).get("width", "")
        if one.tag == "table" and width not in ("", "100%"):
            yield f"a table is {width} wide"
        if "max-width" in declarations(one) and one.tag not in ("table", "img"):
            yield f"<{one.tag}> has a max-width, which Word does not know"


def check_rows(opened: Opened) -> Iterator[str]:
    """Word gives all cells of a row the largest padding above and below, and no border more than 8 pixels."""
    for row in tree(opened.html).iter("tr"):
        padded = {_upright(declarations(cell)["padding"]) for cell in row if "padding" in declarations(cell)}
        if len(padded) > 1:
            yield f"cells of a row have paddings of {sorted(padded)}"
    for one in elements(opened.html):
        for name, value in declarations(one).items():
            if name.startswith("border") and int((re.findall(r"^(\d+)px", value) or ["0"])[0]) > 8:
                yield f"<{one.tag}> has a {name} of {value}"


def _upright(padding: str) -> tuple[str, str]:
    """Return the padding above and below."""
    sides = padding.split()
    return sides[0], sides[2 if len(sides) > 2 else 0]


def check_styles(opened: Opened) -> Iterator[str]:
    for one in elements(opened.html):
        for name, value in declarations(one).items():
            if name.startswith("padding") and value != "0" and one.tag not in ("td", "th"):
                yield f"<{one.tag}> has padding"
            if name.startswith("margin") and ("-" in value or "auto" in value):
                yield f"<{one.tag}> has a margin of {value}"
            if name in ("float", "position", "transform", "gap", "background-image", "background"):
                yield f"<{one.tag}> has {name}"
            if name == "display" and value not in ("none", "inline-block"):
                yield f"<{one.tag}> is displayed as {value}"
            if "!important" in value or "var(" in value or "calc(" in value:
                yield f"<{one.tag}> has {name}:{value}"
            if re.search(r"#(?![0-9a-f]{6}\b)", value):
                yield f"<{one.tag}> has a colour without six digits: {value}"


def check_letters(opened: Opened) -> Iterator[str]:
    """All text has its font, size, line and colour inline."""
    for one, text in texts(opened.html):
        for name in ("font-family", "font-size", "line-height", "color"):
            if inherited(one, name) is None:
                yield f"“{text[:10]}” has no {name}"
        for name, least in (("font-size", 12), ("line-height", 12)):
            value = inherited(one, name) or f"{least}px"
            if not value.endswith("px") or float(value[:-2]) < least:
                yield f"“{text[:10]}” has a {name} of {value}"


def check_pictures(opened: Opened) -> Iterator[str]:
    for one in elements(opened.html):
        if one.tag == "img":
            if not (one.get("alt") or "").strip():
                yield "a picture without words"
            if not (one.get("width") or "").isdecimal() or int(one.get("width")) > 640:
                yield f"a picture of width {one.get('width')}"
            if not declarations(one).get("max-width"):
                yield "a picture wider than a telephone"
            if not declarations(one).get("width"):
                yield "a picture without a width in its style, which Apple Mail needs"


def check_preheader(opened: Opened) -> Iterator[str]:
    first = tree(opened.html).find("body")[0]
    if first.tag != "div" or declarations(first) != _HIDDEN:
        yield "no preheader that is hidden from all"
    elif not 10 <= len((first.text or "").strip()) <= 150:
        yield f"a preheader of {len((first.text or '').strip())} characters"


def check_places(opened: Opened) -> Iterator[str]:
    ids = [one.get("id") for one in elements(opened.html) if one.get("id")]
    yield from (f"two places called {one}" for one in sorted({one for one in ids if ids.count(one) > 1}))
    for one in elements(opened.html):
        target = one.get("href")
        if one.tag == "a" and not re.match(r"(#.|https?://.|mailto:.|tel:.)", target or ""):
            yield f"a link to {target}"
        if target and target.startswith("#") and target[1:] not in ids:
            yield f"a link to nowhere: {target}"


def check_headings(opened: Opened) -> Iterator[str]:
    levels = [int(one.tag[1]) for one in elements(opened.html) if re.fullmatch("h[1-6]", one.tag)]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "no single h1 at the head"
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield f"headings of levels {levels}"
    for one in elements(opened.html):
        bare = {"margin", "font-size", "line-height", "font-weight"} - set(declarations(one))
        if re.fullmatch("h[1-6]", one.tag) and bare:
            yield f"<{one.tag}> leaves its {', '.join(sorted(bare))} to the reader's program"


def check_contrast(opened: Opened) -> Iterator[str]:
    """Text has the contrast of WCAG AA, 4.5 : 1, by day and by night."""
    night = _night(opened.html)
    for rules, name in (({}, "light"), (night, "dark")):
        for one, text in texts(opened.html):
            ink = _resolved(one, "color", rules) or "#000000"
            paper = _resolved(one, "background-color", rules) or "#ffffff"
            darker, lighter = sorted((_luminance(ink), _luminance(paper)))
            if (lighter + 0.05) / (darker + 0.05) < 4.5:
                yield f"“{text[:10]}” is {ink} on {paper} in {name}"
    if not night:
        yield "no colours for the night"


def _night(html: str) -> Mapping[str, Mapping[str, str]]:
    """Return what the dark scheme declares, by tag or .class."""
    found: dict[str, dict[str, str]] = {}
    block = _DARK.search(html)
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", block[1] + "}" if block else ""):
        for selector in selectors.strip().split(","):
            pairs = (one.partition(":") for one in body.replace("!important", "").split(";") if one)
            found.setdefault(selector, {}).update({name: value for name, _, value in pairs})
    return found


def _resolved(element: Any, name: str, rules: Mapping[str, Mapping[str, str]]) -> str | None:
    while element is not None:
        selectors = [*(f".{one}" for one in (element.get("class") or "").split()), element.tag]
        for found in (*(rules.get(one, {}) for one in selectors), declarations(element)):
            if name in found:
                return found[name]
        element = element.getparent()
    return None


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# The text part


def check_text(opened: Opened) -> Iterator[str]:
    lines = {squeezed(re.sub(r"^[■>\- ]+", "", line)) for line in opened.text.splitlines()}
    for one in elements(opened.html):
        if re.fullmatch("h[1-6]", one.tag) and squeezed(one.text_content()) not in lines:
            yield f"the text part lacks the heading “{one.text_content()}”"
    shown, text = [squeezed(piece) for _, piece in texts(opened.html)], squeezed(opened.text)
    share = sum(len(piece) for piece in shown if piece in text) / sum(map(len, shown))
    if share < 0.6:
        yield f"the text part has {share:.0%} of the visible text"
    for one in elements(opened.html):
        target = one.get("href") or ""
        itself = one.text_content() == target.removeprefix("mailto:")
        if re.match("https?:|mailto:", target) and not itself and f"<{target}>" not in opened.text:
            yield f"the text part lacks the link {target}"
    if re.search(r"</?[a-z]+[ >]|&[a-z]+;", opened.text) and "<" not in "".join(shown):
        yield "markup in the text part"


def check_leaving(opened: Opened) -> Iterator[str]:
    for name, body in (("HTML", opened.html), ("text", opened.text)):
        if "退订" not in body or "subject=unsubscribe" not in body:
            yield f"the {name} does not say how to leave"
        if bool(opened.pdf) != ("见附件 PDF" in body):
            yield f"the {name} and the attachment disagree"


CHECKS: tuple[Callable[[Opened], Iterable[str]], ...] = (
    check_lines,
    check_headers,
    check_encoded_words,
    check_parts,
    check_pdf,
    check_images,
    check_document,
    check_resources,
    check_nesting,
    check_tables,
    check_rows,
    check_styles,
    check_letters,
    check_pictures,
    check_preheader,
    check_places,
    check_headings,
    check_contrast,
    check_text,
    check_leaving,
)


# On screens

_WIDTHS = (800, 375)
_HEIGHT = 5000
_TOO_WIDE = (255, 0, 255)
_TELLS = """<script>addEventListener("load", () => {
  if (document.documentElement.scrollWidth > innerWidth) document.body.insertAdjacentHTML("beforeend",
    '<div style="position:absolute;left:0;top:0;width:8px;height:8px;background:#ff00ff"></div>');
})</script></body>"""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a letter is on a screen without its <style>."""

    changed: float
    """Share of pixels that are others than with it."""
    too_wide: bool


def look_without_style(page: str, files: Mapping[str, bytes], folder: Path) -> dict[int, Seen]:
    """Return what a letter's page, with its pictures beside it, is without <style>, by the width of the screen."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    bare = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    for name, html in (("full", page), ("bare", bare)):
        (folder / f"{name}.html").write_text(html.replace("</body>", _TELLS), encoding="utf-8")
    shot = _shot(folder)
    seen, left = {}, 0
    for width in _WIDTHS:
        full, plain = (shot.crop((x, 0, x + width, _HEIGHT)) for x in (left, left + width))
        changed = ImageChops.difference(full, plain).convert("L").point(lambda value: 255 * (value > 0))
        seen[width] = Seen(
            changed=changed.histogram()[255] / (width * _HEIGHT),
            too_wide=plain.getpixel((4, 4)) == _TOO_WIDE,
        )
        left += 2 * width
    return seen


def _shot(folder: Path) -> Image.Image:
    frames = "".join(
        f'<iframe src="{name}.html" scrolling="no" style="border:0;float:left;width:{width}px;height:{_HEIGHT}px"></iframe>'
        for width in _WIDTHS
        for name in ("full", "bare")
    )
    (folder / "frames.html").write_text(f'<!doctype html><body style="margin:0">{frames}', encoding="utf-8")
    command = [
        str(CHROMIUM),
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={2 * sum(_WIDTHS)},{_HEIGHT}",
        "--virtual-time-budget=10000",
        f"--screenshot={folder / 'shot.png'}",
        (folder / "frames.html").resolve().as_uri(),
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    with Image.open(folder / "shot.png") as image:
        return image.convert("RGB")

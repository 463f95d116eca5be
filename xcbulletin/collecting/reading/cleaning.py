"""Foreign HTML made harmless, and its text."""

import re
from collections.abc import Iterable
from functools import cached_property
from html import escape, unescape

import nh3

from xcbulletin.collecting.urls import absolute, host

SIZE_LIMIT = 1_000_000
"""Characters of HTML looked at; a longer text is cut."""
TAGS_LIMIT = 30_000
"""Tags beyond which HTML is no text that anybody wrote, and only its words are kept."""
ENTITIES_LIMIT = 150_000
"""Entities beyond which only a quarter as much is looked at: their cost grows with their square."""

_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "del",
        "em",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "small",
        "strong",
        "sub",
        "sup",
        "u",
        "img",
        "br",
    }
)
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "hr",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "section",
        "article",
        "header",
        "main",
        "details",
        "summary",
        "br",
    }
)
_WRAPPERS = frozenset({"div", "section", "article", "header", "main", "details", "summary"})
"""They part one paragraph from another, but are not shown."""
_UNSEEN = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "canvas",
        "select",
        "textarea",
        "button",
    }
)
_AROUND = frozenset({"nav", "footer", "aside"})
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "data-src", "data-original", "alt", "width", "height", "style"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_WITH_ADDRESS = re.compile(r'<(a|img)((?:\s+[\w-]+="[^"]*")*)\s*/?>')
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_CLEANER = nh3.Cleaner(
    tags=set(_INLINE | _BLOCKS),
    clean_content_tags=set(_UNSEEN),
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https"},
    link_rel="nofollow noopener",
)
_PAGE_CLEANER = nh3.Cleaner(
    tags=set(_BLOCKS), clean_content_tags=set(_UNSEEN | _AROUND), attributes={}, link_rel=None
)


def _cleaned_tag(names: Iterable[str]) -> re.Pattern[str]:
    """Return what finds tags as a cleaner writes them."""
    return re.compile(rf'</?(?:{"|".join(sorted(names, key=len, reverse=True))})(?: [\w-]+="[^"]*")*>')


_WRAPPER_TAG, _INLINE_TAG = _cleaned_tag(_WRAPPERS), _cleaned_tag(_INLINE - _BLOCKS)
_CLEANED_TAG = _cleaned_tag({"[a-z][a-z0-9]*"})
_CELL = re.compile(r'</t[dh]>\s*<t[dh](?: [\w-]+="[^"]*")*>')
_TINY = re.compile(r"^\s*[0-3](?:px)?\s*$")
_HIDDEN = re.compile(r"display\s*:\s*none|(?<![-\w])(?:width|height)\s*:\s*[0-3]px", re.IGNORECASE)
_COUNTERS = re.compile(
    r"(?:^|\.)(?:pixel\.wp|stats\.wordpress|feeds\.wordpress|hm\.baidu|cnzz|google-analytics|feedsportal)\.com$"
    r"|(?:^|\.)(?:doubleclick\.net|51\.la|umami\.is)$"
)
_COUNTER_PATHS = re.compile(r"/~r/|/(?:pixel|beacon|tracker?)\.(?:gif|png)|/__utm\.gif", re.IGNORECASE)

_TAG = re.compile(r"<[^<>]*>")
_TAG_LIMIT = 5_000
"""Characters of a tag outside its quoted values."""
_LONG_TAG = re.compile(rf"<[^<>]{{{_TAG_LIMIT},}}>?")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ANY_TAG = re.compile(r"<[a-zA-Z/!]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_WIDE = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_SPACE = re.compile(r"\s+")
_BROKEN_LINE = re.compile(rf"(?<={_WIDE})\n(?={_WIDE})")


class ForeignHtml:
    """A piece of foreign HTML, made harmless once for both uses."""

    def __init__(self, html: str) -> None:
        self._html = html

    @cached_property
    def _cleaned(self) -> str:
        return _CLEANER.clean(_bounded(self._html))

    def shown(self, base: str) -> str:
        """Return what may be shown: an allow-list of tags, links and images absolute, no counters."""
        html = _WRAPPER_TAG.sub("", self._cleaned)
        return _WITH_ADDRESS.sub(lambda match: _addressed(match, base), html).strip()

    def text(self) -> str:
        """Return the words, a line for each paragraph."""
        if not _ANY_TAG.search(self._html):
            return _lines(_INVISIBLE.sub("", unescape(self._html[:SIZE_LIMIT])).splitlines())
        return _words(_INLINE_TAG.sub("", self._cleaned))


def clean(html: str, base: str) -> str:
    """Return what may be shown of a piece of HTML, see `ForeignHtml.shown`."""
    return ForeignHtml(html).shown(base)


def visible(text: str) -> str:
    """Return text without the marks that nobody sees, which part a word or turn the writing round."""
    return _INVISIBLE.sub("", text)


def plain_text(html: str) -> str:
    """Return the words of a piece of HTML, a line for each paragraph."""
    return ForeignHtml(html).text()


def page_text(html: str) -> str:
    """Return the words that a whole page shows, a line for each paragraph, without what stands around them.

    Navigation, footers, side columns, forms' fields and scripts are left out.
    """
    return _words(_PAGE_CLEANER.clean(_bounded(html)))


def _bounded(html: str) -> str:
    """Return HTML that costs no more than HTML does: neither too long, nor too deep, nor with monstrous tags."""
    html = html[:SIZE_LIMIT].encode("utf-8", "replace").decode()
    if html.count("&") > ENTITIES_LIMIT:
        html = html[: SIZE_LIMIT // 4]
    if html.count("<") > TAGS_LIMIT:
        return escape(_TAG.sub(" ", html), quote=False)
    return _LONG_TAG.sub(lambda match: "" if len(_QUOTED.sub("", match[0])) > _TAG_LIMIT else match[0], html)


def _words(marked: str) -> str:
    """Return the words of cleaned HTML in which only blocks are marked."""
    if "\n" in marked:
        spaced = _SPACE.sub(lambda match: "\n" if "\n" in match[0] else " ", marked)
        marked = _BROKEN_LINE.sub("", spaced).replace("\n", " ")
    text = unescape(_CLEANED_TAG.sub("\n", _CELL.sub(" ", marked)))
    return _lines(_INVISIBLE.sub("", text).split("\n"))


def _lines(lines: Iterable[str]) -> str:
    return "\n".join([words for line in lines if line and (words := " ".join(line.split()))])


def _addressed(match: re.Match[str], base: str) -> str:
    """Return a link or image with its address made absolute; nothing for an image without one."""
    given = dict(_ATTRIBUTE.findall(match[2]))
    if match[1] == "img":
        return _image(given, base)
    given["href"] = _absolute(base, given.get("href"))
    return "<a" + "".join(f' {name}="{value}"' for name, value in given.items() if value is not None) + ">"


def _absolute(base: str, written: str | None) -> str | None:
    """Return an address as it stands in an attribute."""
    url = absolute(base, unescape(written)) if written is not None else None
    return None if url is None else escape(url, quote=False).replace('"', "&quot;")


def _image(given: dict[str, str], base: str) -> str:
    places = (given.get("data-src"), given.get("data-original"), given.get("src"))
    source = next((url for place in places if (url := _absolute(base, place))), None)
    if source is None or _is_counter(source, given):
        return ""
    alt = f' alt="{given["alt"]}"' if given.get("alt") else ""
    return f'<img src="{source}"{alt}>'


def _is_counter(source: str, given: dict[str, str]) -> bool:
    """Tell an image that nobody is meant to see."""
    sizes = (given.get("width", ""), given.get("height", ""))
    return (
        any(_TINY.match(size) for size in sizes)
        or bool(_HIDDEN.search(given.get("style", "")))
        or bool(_COUNTERS.search(host(unescape(source))))
        or bool(_COUNTER_PATHS.search(source))
    )

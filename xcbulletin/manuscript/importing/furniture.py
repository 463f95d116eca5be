"""What of a page is no manuscript: menus, buttons and side boxes, and text that the page does not show."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree, html

UNSEEN = frozenset(("head", "script", "style", "noscript", "template", "iframe", "object", "svg"))
"""The elements without any text for readers."""
_ALWAYS = frozenset(
    ("nav", "aside", "select", "option", "optgroup", "datalist", "button", "input", "textarea")
)
_ROLES = frozenset(("navigation", "search"))
_ENDS = frozenset(("header", "footer"))
_TEXTS = frozenset(("main", "article"))
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MENU = re.compile(r"\W*\w{1,8}(?:\s*[|｜·›»>]\s*\w{1,8})+\W*")
_NO_VALUE = frozenset(("hidden", "checkbox", "radio", "password", "file"))


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """The elements to be left out, each as a whole, in the order of the page."""

    furniture: tuple[html.HtmlElement, ...]
    hidden: tuple[html.HtmlElement, ...]


def main_part(root: html.HtmlElement) -> html.HtmlElement:
    """Return the only <main> or <article> of a page, or else the page."""
    for tag in ("main", "article"):
        found = [element for element, _ in zip(root.iter(tag), range(2), strict=False)]
        if len(found) == 1 and not is_hidden(found[0]):
            return found[0]
    return root


def find_left_out(root: html.HtmlElement, wanted: Iterable[html.HtmlElement]) -> LeftOut:
    """Return what is to be left out of a page; nothing that holds any of the wanted elements is."""
    holders = _with_ancestors(wanted)
    furniture: list[html.HtmlElement] = []
    hidden: list[html.HtmlElement] = []
    is_open: Counter[str] = Counter()
    steps = etree.iterwalk(root, events=("start", "end"))
    for event, element in steps:
        tag = element.tag
        if event == "end":
            is_open[tag] -= 1
            continue
        within = {name for name in (*_ENDS, *_TEXTS) if is_open[name]}
        is_open[tag] += 1
        if tag in UNSEEN:
            steps.skip_subtree()
        elif element not in holders and (is_hidden(element) or _is_furniture(element, within)):
            (hidden if is_hidden(element) else furniture).append(element)
            steps.skip_subtree()
    return LeftOut(furniture=tuple(furniture), hidden=tuple(hidden))


def _with_ancestors(elements: Iterable[html.HtmlElement]) -> set[html.HtmlElement]:
    found: set[html.HtmlElement] = set()
    for element in elements:
        current: html.HtmlElement | None = element
        while current is not None and current not in found:
            found.add(current)
            current = current.getparent()
    return found


def is_hidden(element: html.HtmlElement) -> bool:
    """Say whether the page itself hides an element."""
    return element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")) is not None


def _is_furniture(element: html.HtmlElement, within: set[str]) -> bool:
    if element.tag in _ALWAYS or element.get("role", "").lower() in _ROLES:
        return True
    # One end within another is judged with it: looking into each of a thousand would take minutes.
    if element.tag not in _ENDS or within & _ENDS or (element.tag == "header" and within & _TEXTS):
        return False
    return next(element.iter(*_HEADINGS), None) is None and _is_menu(element)


def _is_menu(element: html.HtmlElement) -> bool:
    """Say whether an element holds links and nothing else, or short words with strokes between."""
    if _MENU.fullmatch(element.text_content().strip()):
        return True
    return next(element.iter("a"), None) is not None and not re.search(r"\w", _text_beside_links(element))


def _text_beside_links(element: html.HtmlElement) -> str:
    found = []
    steps = etree.iterwalk(element, events=("start", "end"))
    for event, inner in steps:
        if event == "end":
            found.append(inner.tail if inner is not element else "")
        elif inner.tag == "a" or inner.tag in _ALWAYS or inner.tag in UNSEEN:
            steps.skip_subtree()
        else:
            found.append(inner.text)
    return "".join(text or "" for text in found)


def control_text(element: html.HtmlElement) -> str:
    """Return what an input field shows."""
    if element.tag != "input" or element.get("type", "").lower() in _NO_VALUE:
        return ""
    return element.get("value") or element.get("placeholder") or ""

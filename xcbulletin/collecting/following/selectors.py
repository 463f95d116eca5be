"""How a source says where things stand: CSS selectors in HTML, dotted paths in JSON."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from cssselect import SelectorError as CssError
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

_ATTRIBUTE = re.compile(r"(.*?)\s*@\s*([A-Za-z][\w:-]*)", re.DOTALL)
_STEP = re.compile(r"\.?([^.\[\]\s{}]+)|\[(\d*)\]")
_IN_BRACES = re.compile(r"\{([^{}]+)\}")


class SelectorError(ValueError):
    """A selector or path cannot be read; its text says in Chinese what would be right."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Selector:
    """A CSS selector, and the attribute wanted of what it finds; None for its text."""

    css: CSSSelector | None
    """None for the element itself."""
    attribute: str | None

    def find(self, element: HtmlElement) -> list[HtmlElement]:
        """Return what is found in `element` or is `element`, in order of the page."""
        return [element] if self.css is None else list(cast(list[HtmlElement], self.css(element)))

    def value(self, element: HtmlElement) -> str:
        """Return the attribute or the text of the first element found that has any; else an empty text."""
        found = (self._value_of(one) for one in self.find(element))
        return next((value for value in found if value), "")

    def _value_of(self, element: HtmlElement) -> str:
        value = element.text_content() if self.attribute is None else element.get(self.attribute, "")
        return " ".join(str(value).split())


@lru_cache(maxsize=1024)
def parse_selector(text: str) -> Selector:
    """Parse `li a`, `li a@title` (an attribute) or `@href` (of the item itself). Raises SelectorError."""
    match = _ATTRIBUTE.fullmatch(text)
    css, attribute = (match[1], match[2].lower()) if match else (text, None)
    if not css.strip() and attribute:
        return Selector(css=None, attribute=attribute)
    try:
        return Selector(css=CSSSelector(css, translator="html"), attribute=attribute)
    except (CssError, ValueError, SyntaxError) as error:
        raise SelectorError(
            f"的选择器“{text}”读不懂；请写 CSS 选择器，如 ul.list li，要属性时写 a@href"
        ) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonPath:
    """Steps into JSON: a key, a place in a list, or None for every member."""

    steps: tuple[str | int | None, ...]

    def find(self, data: Any) -> list[Any]:
        """Return all that stands at the path."""
        values = [data]
        for step in self.steps:
            values = [found for value in values for found in _members(value, step)]
        return values


def _members(value: Any, step: str | int | None) -> Iterator[Any]:
    if step is None:
        yield from value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    elif isinstance(value, dict):
        if str(step) in value:
            yield value[str(step)]
    elif isinstance(value, list) and str(step).isdecimal() and int(step) < len(value):
        yield value[int(step)]


@lru_cache(maxsize=1024)
def parse_path(text: str) -> JsonPath:
    """Parse `data.list`, `data[0].rows`, `groups[].items`, `[]`, with or without `$`. Raises SelectorError."""
    rest = text.strip().removeprefix("$")
    matches = list(_STEP.finditer(rest))
    if not matches or "".join(match[0] for match in matches) != rest:
        raise SelectorError(
            f"的路径“{text}”读不懂；请用点隔开各层，如 data.list、rows[0].title、groups[].items"
        )
    return JsonPath(steps=tuple(_step(match) for match in matches))


def _step(match: re.Match[str]) -> str | int | None:
    if match[1] is not None:
        return match[1]
    return int(match[2]) if match[2] else None


def placeholders(template: str) -> list[str]:
    """Return what stands in braces in an address to be filled in."""
    return _IN_BRACES.findall(template)


def filled(template: str, value_of: Callable[[str], str]) -> str | None:
    """Return `template` with each `{name}` replaced by `value_of(name)`; None where a value is missing."""
    values = {name: value_of(name) for name in placeholders(template)}
    if not all(values.values()):
        return None
    return _IN_BRACES.sub(lambda match: values[match[1]], template)

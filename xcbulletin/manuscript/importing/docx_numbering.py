"""Automatic numbers of Word: the “一、” that is printed and stands nowhere in the text."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

_DIGITS = "零一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    form: str
    pattern: str
    start: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbering:
    """The lists of a document: levels by list id, and the definition that a list shares with others."""

    levels: Mapping[str, Mapping[int, Level]]
    definitions: Mapping[str, str]


@dataclass(kw_only=True)
class Counter:
    """Counts the entries of all lists as the document is read."""

    numbering: Numbering
    counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def next(self, list_id: str, depth: int) -> str | None:
        """Return the printed number of the next entry; an empty one for a bullet, None where there is no list."""
        level = self.numbering.levels.get(list_id, {}).get(depth)
        if level is None:
            return None
        if level.form in ("bullet", "none"):
            return ""
        counts = self.counts[self.numbering.definitions[list_id]]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        return self._label(list_id, level.pattern, counts)

    def _label(self, list_id: str, pattern: str, counts: Mapping[int, int]) -> str:
        for depth, level in self.numbering.levels[list_id].items():
            number = format_number(counts.get(depth, level.start), level.form)
            pattern = pattern.replace(f"%{depth + 1}", number)
        return pattern


def read_numbering(root: etree._Element | None) -> Numbering:
    """Return the lists that `numbering.xml` defines."""
    if root is None:
        return Numbering(levels={}, definitions={})
    abstract = {value(item, "abstractNumId"): _levels(item) for item in root.iterfind("{*}abstractNum")}
    definitions = {value(item, "numId"): _value_of(item, "abstractNumId") for item in root.iterfind("{*}num")}
    levels = {list_id: abstract.get(definition, {}) for list_id, definition in definitions.items()}
    return Numbering(levels=levels, definitions=definitions)


def _levels(item: etree._Element) -> dict[int, Level]:
    return {
        integer(value(level, "ilvl")): Level(
            form=_value_of(level, "numFmt") or "decimal",
            pattern=_value_of(level, "lvlText"),
            start=integer(_value_of(level, "start"), 1),
        )
        for level in item.iterfind("{*}lvl")
    }


def _value_of(element: etree._Element, name: str) -> str:
    child = element.find(f"{{*}}{name}")
    return "" if child is None else value(child, "val")


def value(element: etree._Element, name: str) -> str:
    """Return an attribute by its local name: transitional and strict files differ in namespaces."""
    found = (text for key, text in element.attrib.items() if etree.QName(key).localname == name)
    return str(next(found, ""))


def integer(text: str, default: int = 0) -> int:
    """Return a number of at most six digits, else the default."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else default


def format_number(number: int, form: str) -> str:
    """Return a number as Word prints it in a form of ST_NumberFormat (ECMA-376 17.18.59)."""
    match form:
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if 0 < number <= len(_CIRCLED):
            return _CIRCLED[number - 1]
        case "upperLetter" | "lowerLetter":
            letter = chr(ord("a") + (number - 1) % 26)
            return letter.upper() if form == "upperLetter" else letter
        case "upperRoman" | "lowerRoman" if number < 40:
            return _roman(number).upper() if form == "upperRoman" else _roman(number)
        case _ if form.startswith(("chinese", "japanese", "taiwanese", "ideograph", "korean")):
            return _han(number)
        case "decimalFullWidth":
            return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    return str(number)


def _roman(number: int) -> str:
    text = ""
    for size, letters in _ROMAN:
        text += letters * (number // size)
        number %= size
    return text


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return ten + (_DIGITS[ones] if ones else "")

"""Formulas of Word (OMML) and of pages (MathML) on one line: (a)/(b), 10⁶, √(x)."""

from collections.abc import Callable

from lxml import etree

from xcbulletin.manuscript.importing.docx_numbering import value
from xcbulletin.manuscript.importing.inline import Script, clean
from xcbulletin.manuscript.importing.scripts import small

_UNSEEN = frozenset(("annotation", "annotation-xml", "del", "moveFrom", "rPr", "ctrlPr", "instrText"))
_DEEPEST = 100


def linear(formula: etree._Element) -> str:
    """Return a formula as a line of text."""
    text = "".join(str(part) for part in formula.itertext()) if _is_deep(formula) else _linear(formula)
    return clean(" ".join(text.split()))


def _is_deep(formula: etree._Element) -> bool:
    """Say whether a formula is nested deeper than any that was written to be read."""
    depth = 0
    for event, _ in etree.iterwalk(formula, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            return True
    return False


def _linear(element: etree._Element) -> str:
    name = local_name(element)
    if name in _UNSEEN or name.endswith("Pr"):
        return ""
    form = _FORMS.get(name)
    return _within(element) if form is None else form(element)


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace; a comment has none."""
    return etree.QName(element).localname.rpartition(":")[2] if isinstance(element.tag, str) else ""


def _within(element: etree._Element) -> str:
    """Return what an element holds; between the elements that it groups, blanks are none of the formula's."""
    if not len(element):
        return element.text or ""
    own = (element.text or "").strip()
    return own + "".join(_linear(child) + (child.tail or "").strip() for child in element)


def _parts(element: etree._Element, count: int) -> list[str]:
    """Return as many arguments of a MathML element as it should have; more than that go with the last."""
    parts = [_linear(child) for child in element]
    return [*(parts + [""] * count)[: count - 1], "".join(parts[count - 1 :])]


def _part(element: etree._Element, name: str) -> str:
    """Return an argument of an OMML element."""
    found = element.find(f"{{*}}{name}")
    return "" if found is None else _linear(found)


def _property(element: etree._Element, name: str, default: str) -> str:
    """Return a property of an OMML element; one that is given without a value is empty."""
    found = element.find(f"{{*}}{local_name(element)}Pr/{{*}}{name}")
    return default if found is None else value(found, "val")


def _script(text: str, script: Script) -> str:
    if not text:
        return ""
    return small(text, script) or f"{script.value}{text if len(text) == 1 else f'({text})'}"


def _scripted(base: str, below: str, above: str) -> str:
    return base + _script(below, Script.SUB) + _script(above, Script.SUPER)


def _raised(base: str, above: str) -> str:
    return _scripted(base, "", above)


def _lowered(base: str, below: str) -> str:
    return _scripted(base, below, "")


def _fraction(above: str, below: str) -> str:
    return f"({above})/({below})"


def _root(inner: str, degree: str) -> str:
    return f"{_script(degree, Script.SUPER)}√({inner})"


def _sum(element: etree._Element) -> str:
    sign = _property(element, "chr", "∫")
    return f"{_scripted(sign, _part(element, 'sub'), _part(element, 'sup'))}({_part(element, 'e')})"


def _brackets(element: etree._Element) -> str:
    inner = _property(element, "sepChr", "|").join(_linear(part) for part in element.iterfind("{*}e"))
    return f"{_property(element, 'begChr', '(')}{inner}{_property(element, 'endChr', ')')}"


def _rows(element: etree._Element) -> str:
    """Return a matrix, or equations below each other."""
    return "；".join(_linear(row) for row in element if local_name(row) in ("mr", "e", "mtr"))


def _cells(element: etree._Element) -> str:
    return "，".join(_linear(cell) for cell in element if local_name(cell) in ("e", "mtd"))


_FORMS: dict[str, Callable[[etree._Element], str]] = {
    "f": lambda element: _fraction(_part(element, "num"), _part(element, "den")),
    "sSup": lambda element: _raised(_part(element, "e"), _part(element, "sup")),
    "sSub": lambda element: _lowered(_part(element, "e"), _part(element, "sub")),
    "sSubSup": lambda element: _scripted(_part(element, "e"), _part(element, "sub"), _part(element, "sup")),
    "sPre": lambda element: _scripted("", _part(element, "sub"), _part(element, "sup")) + _part(element, "e"),
    "rad": lambda element: _root(_part(element, "e"), _part(element, "deg")),
    "nary": _sum,
    "d": _brackets,
    "limLow": lambda element: _lowered(_part(element, "e"), _part(element, "lim")),
    "limUpp": lambda element: _raised(_part(element, "e"), _part(element, "lim")),
    "acc": lambda element: _part(element, "e") + _property(element, "chr", "\u0302"),
    "m": _rows,
    "eqArr": _rows,
    "mr": _cells,
    "mfrac": lambda element: _fraction(*_parts(element, 2)),
    "msup": lambda element: _raised(*_parts(element, 2)),
    "mover": lambda element: _raised(*_parts(element, 2)),
    "msub": lambda element: _lowered(*_parts(element, 2)),
    "munder": lambda element: _lowered(*_parts(element, 2)),
    "msubsup": lambda element: _scripted(*_parts(element, 3)),
    "munderover": lambda element: _scripted(*_parts(element, 3)),
    "msqrt": lambda element: _root(_within(element), ""),
    "mroot": lambda element: _root(*_parts(element, 2)),
    "mtable": _rows,
    "mtr": _cells,
}

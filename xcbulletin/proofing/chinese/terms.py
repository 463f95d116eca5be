"""Names written in one way throughout an issue, and words an official bulletin does without."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from xcbulletin.model import Severity
from xcbulletin.proofing.chinese.marking import around, mark
from xcbulletin.proofing.chinese.wordlist import WordList
from xcbulletin.proofing.chinese.words import listed
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.proofing.passages import Passage, PassageKind

SAME = Rule(
    id="term-varies",
    family=Family.TEXT,
    name="同一名称两种写法",
    severity=Severity.WARNING,
    why="同一期里，同一个名称、译名只用一种写法；各组写法在 sources/proofing.yaml 的 same，第一个是本刊的写法。",
    basis="《图书质量管理规定》附件（前后不一致按 0.1 计）",
    weight=0.1,
)
QUOTED = Rule(
    id="term-quotes",
    family=Family.TEXT,
    name="专门名称的引号时有时无",
    severity=Severity.WARNING,
    why="有特定含义的名称加引号，一期里不能有的加、有的不加；名称在 sources/proofing.yaml 的 quoted。",
    basis="GB/T 15834—2011 4.8.3.3",
    weight=0.1,
)
SENSITIVE = Rule(
    id="word-sensitive",
    family=Family.TEXT,
    name="禁用与慎用的说法",
    severity=Severity.ERROR,
    why="涉及国家主权、民族、社会群体的说法有统一规定；清单在 sources/proofing.yaml 的 sensitive，各组注明出处。",
    basis="新华社《新闻报道中的禁用词和慎用词》各版（见清单里各组的 source）",
    weight=1,
)
RULES = (SAME, QUOTED, SENSITIVE)

_LATIN = re.compile(r"[A-Za-z]{5,}")
_AMONG_COUNTRIES = re.compile(
    r"(?:台湾|香港|澳门)(?:[、和与及][\u4e00-\u9fff]{2,6}){0,8}?等(?:多个|几个|主要|少数|发达)*(国家)(?!(?:和|与|及|或|、|（)地区)"
)
"""The lists of words have the plain 台湾等国家."""
_TITLES = re.compile(r"《[^》]*》|“[^”]{8,}”")


def find(passages: Sequence[Passage], words: WordList) -> Iterator[Finding]:
    """Yield names that vary, and words to be avoided."""
    yield from _varying(passages, words.same)
    yield from _letter_case(passages)
    yield from _quotes(passages, words.quoted)
    for passage in passages:
        for word, start in words.sensitive.find(passage.text):
            yield listed(SENSITIVE, passage, word, start, safe=False)
        for match in _AMONG_COUNTRIES.finditer(passage.text):
            message = f"“{match[0]}”把港澳台与国家并列"
            yield mark(SENSITIVE, passage, match.span(), message, "请改为“等国家和地区”")


def _running(passages: Sequence[Passage]) -> Iterator[Passage]:
    return (passage for passage in passages if passage.kind is not PassageKind.CELL)


def _varying(passages: Sequence[Passage], same: Sequence[Sequence[str]]) -> Iterator[Finding]:
    """Yield each use of the less usual ways to write a name, where more than one is used."""
    for forms in same:
        pattern = re.compile("|".join(map(_whole, sorted(forms, key=len, reverse=True))))
        found = [
            (passage, match)
            for passage in _running(passages)
            for match in pattern.finditer(_titles_hidden(passage.text))
        ]
        if {match[0] for _passage, match in found} > {forms[0]}:
            for passage, match in found:
                if match[0] != forms[0]:
                    yield _varies(passage, match, forms[0])


def _whole(form: str) -> str:
    """Return a pattern that finds a Latin name only as a whole word, and no product named after it."""
    escaped = re.escape(form)
    return rf"(?<![A-Za-z]){escaped}(?![A-Za-z ])" if form.isascii() else escaped


def _varies(passage: Passage, match: re.Match[str], right: str) -> Finding:
    message = f"“{match[0]}”在本期别处写作“{right}”"
    return mark(SAME, passage, match.span(), message, f"请统一为“{right}”")


def _letter_case(passages: Sequence[Passage]) -> Iterator[Finding]:
    """Yield names like OpenAI that are written OpenAi elsewhere."""
    places: dict[str, dict[str, list[tuple[Passage, re.Match[str]]]]] = defaultdict(lambda: defaultdict(list))
    for passage in passages:
        for match in _LATIN.finditer(passage.text):
            if re.search("[a-z][A-Z]", match[0]) or match[0].istitle():
                places[match[0].casefold()][match[0]].append((passage, match))
    for forms in places.values():
        inner = [form for form in forms if re.search("[a-z][A-Z]", form)]
        if len(forms) > 1 and inner:
            usual = max(inner, key=lambda form: len(forms[form]))
            for passage, match in (one for form in forms if form != usual for one in forms[form]):
                yield _varies(passage, match, usual)


def _quotes(passages: Sequence[Passage], names: Sequence[str]) -> Iterator[Finding]:
    for name in names:
        if any(f"“{name}”" in passage.text for passage in passages):
            for passage in _running(passages):
                for match in re.finditer(
                    rf"(?<![“\w]){re.escape(name)}|(?<=\w){re.escape(name)}", _titles_hidden(passage.text)
                ):
                    if passage.text[match.end() : match.end() + 1] != "”":
                        yield _unquoted(passage, match)


def _unquoted(passage: Passage, match: re.Match[str]) -> Finding:
    message = f"“{around(passage, *match.span())}”里的“{match[0]}”没有引号，本期别处有"
    change = (*match.span(), f"“{match[0]}”")
    return mark(QUOTED, passage, match.span(), message, f"请改为“{match[0]}”", change=change)


def _titles_hidden(text: str) -> str:
    """Return a text without the names of books and long quotations, which are as others wrote them."""
    return _TITLES.sub(lambda match: "《" * len(match[0]), text)

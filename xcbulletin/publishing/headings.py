"""The numbers before headings: 一、 then （一） then 1. then （1）, as in official documents (GB/T 9704—2012, 7.3.3)."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count

from xcbulletin.model import Article, Kind, Place, Problem, Severity
from xcbulletin.publishing.nodes import Heading, Node, Text, plain

_DIGITS = "零一二三四五六七八九"
_WRITTEN = re.compile(
    r"第[一二三四五六七八九十百\d]+[章节篇]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]"
    r"|\d+[.．、](?!\d)|\d+(?:\.\d+)+\s|附录\s*[A-Z一二三四五六七八九十]"
)


Parsed = tuple[Article, tuple[Node, ...]]


def number_headings(articles: Iterable[Parsed], kind: Kind) -> tuple[list[Parsed], list[Problem]]:
    """Return the articles with numbers before their headings, and those headings that have one already.

    A report's chapters are numbered too, and its appendices; what stands before and after them is not. In a bulletin
    every article begins anew.
    """
    chapters = {"body": count(1), "appendix": count(1)} if kind is Kind.REPORT else {}
    result: list[Parsed] = []
    problems: list[Problem] = []
    for article, nodes in articles:
        if kind is Kind.REPORT and article.column not in chapters:
            result.append((article, nodes))
            continue
        problems += _written(article, nodes, with_title=bool(chapters))
        if chapters:
            number = _CHAPTERS[article.column](next(chapters[article.column]))
            article = replace(article, title=number + article.title)
        result.append(
            (article, _with_numbers(nodes, first=2 if article.column == "body" and chapters else 1))
        )
    return result, problems


def _with_numbers(nodes: Sequence[Node], first: int) -> tuple[Node, ...]:
    counts: Counter[int] = Counter()

    def change(node: Node) -> Node:
        if not isinstance(node, Heading):
            return node
        counts[node.level] += 1
        for level in [level for level in counts if level > node.level]:
            del counts[level]
        number = heading_number(node.level + first - 1, counts[node.level])
        return replace(node, children=(Text(text=number), *node.children)) if number else node

    return tuple(change(node) for node in nodes)


def _written(article: Article, nodes: Iterable[Node], *, with_title: bool) -> list[Problem]:
    headings = [(plain(node.children), node.line) for node in nodes if isinstance(node, Heading)]
    return [
        Problem(
            place=Place(file=article.file, line=line),
            rule="heading-number",
            severity=Severity.WARNING,
            message=f"标题“{text}”已经写了编号，会编两次",
            suggestion="请删去写的编号，或删去 issue.yaml 里的 numbered 一行",
        )
        for text, line in ([(article.title, None)] if with_title else []) + headings
        if _WRITTEN.match(text)
    ]


def heading_number(level: int, count: int) -> str:
    """Return what stands before the `count`th heading of a level, from 1; nothing below the fourth level."""
    match level:
        case 1:
            return f"{_han(count)}、"
        case 2:
            return f"（{_han(count)}）"
        case 3:
            return f"{count}. "
        case 4:
            return f"（{count}）"
    return ""


def appendix_number(count: int) -> str:
    """Return what stands before the title of an appendix: 附录A."""
    return f"附录{chr(ord('A') + count - 1)}　" if count <= 26 else f"附录{count}　"


_CHAPTERS = {"body": lambda number: heading_number(1, number), "appendix": appendix_number}


def _han(number: int) -> str:
    """Return a number below 100 in Han; others in digits."""
    tens, units = divmod(number, 10)
    if tens >= 10:
        return str(number)
    leading = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return leading + (_DIGITS[units] if units or not tens else "")

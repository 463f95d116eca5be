"""Links and pictures of an edition, brought to where they lead in the archive, or reported."""

import posixpath
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from xcbulletin.archive.addresses import relative
from xcbulletin.model import Article, Place, Problem, Severity
from xcbulletin.publishing.edition import Edition, Entry, with_body, with_entries
from xcbulletin.publishing.nodes import (
    PENDING_PICTURE,
    ChartFigure,
    Link,
    Node,
    Pictured,
    Text,
    kinds_in,
    plain,
    rewrite,
)

_OUTSIDE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
FindPage = Callable[[str], str | None]
"""Gives the page of the archive that a path of the workspace has become."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Linked:
    """An edition whose links lead somewhere."""

    edition: Edition
    targets: frozenset[str]
    """The paths of the workspace that its links name."""
    problems: tuple[Problem, ...]


def link(edition: Edition, articles: Iterable[Article], page: str, find_page: FindPage) -> Linked:
    """Return an edition with links into the workspace turned into links from `page` to pages of the archive.

    A link that leads nowhere is left out, its words stay; each is reported with its line.
    """
    by_file = {article.file: article for article in articles}
    targets: set[str] = set()
    problems: list[Problem] = []

    def linked(entry: Entry) -> Entry:
        article = by_file[entry.file]
        line = article.body_line

        def change(node: Node) -> Node:
            nonlocal line
            line = node.line or line
            if not isinstance(node, Link) or _is_elsewhere(node.href, entry):
                return node
            target = _target(entry.file, node.href)
            targets.add(target)
            found = find_page(target)
            if found is not None:
                return replace(node, href=relative(found, page) + _anchor(node.href))
            problems.append(_broken(article, _line_of(article, node.href, line), node))
            return Text(text=plain(node.children))

        if Link not in kinds_in(entry.body):
            return entry
        return with_body(entry, rewrite(entry.body, change))

    changed = with_entries(edition, linked)
    return Linked(edition=changed, targets=frozenset(targets), problems=tuple(problems))


def without_pictures(edition: Edition, present: Collection[str]) -> Edition:
    """Return an edition in which a picture that could not be read is shown as one that is still to come."""

    def change(node: Node) -> Node:
        is_missing = (
            isinstance(node, Pictured) and not isinstance(node, ChartFigure) and node.src not in present
        )
        return replace(node, src=PENDING_PICTURE) if is_missing else node  # type: ignore[call-arg]

    return with_entries(
        edition, lambda entry: with_body(entry, rewrite(entry.body, change)) if entry.pictures else entry
    )


def _is_elsewhere(href: str, entry: Entry) -> bool:
    """Tell whether a link leaves the archive, or stays on its page."""
    if href.startswith("#"):
        return href[1:] in {heading.anchor for heading in entry.headings}
    return _OUTSIDE.match(href) is not None


def _target(file: str, href: str) -> str:
    """Return the path of the workspace that a link in a manuscript names."""
    path = unquote(urlsplit(href).path)
    return posixpath.normpath(posixpath.join(str(PurePosixPath(file).parent), path))


def _anchor(href: str) -> str:
    """Return what a link names on its page, behind its mark; an edition's pages have the places it has itself."""
    fragment = urlsplit(href).fragment
    return f"#{fragment}" if fragment else ""


def _line_of(article: Article, href: str, first: int) -> int:
    """Return the line of a link: the first from its block's on that has its address."""
    lines = article.body.split("\n")
    written = (href, unquote(href))
    return next(
        (
            article.body_line + index
            for index, text in enumerate(lines)
            if article.body_line + index >= first and any(one in text for one in written)
        ),
        first,
    )


def _broken(article: Article, line: int, node: Link) -> Problem:
    return Problem(
        place=Place(file=article.file, line=line),
        rule="archive-link",
        severity=Severity.WARNING,
        message=f"链接“{plain(node.children)}”指向“{unquote(node.href)}”，归档里没有这一页，只留下了文字",
        suggestion="网址请以 http:// 或 https:// 开头；要链到另一篇文章，请写它的文件，如 ../../2021-01/news/01-x.md",
    )

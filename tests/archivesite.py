"""Whole archives of a few issues, and what their pages say."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from conftest import AI, COLUMNS, ROBOT, make_article, make_issue
from lxml import html as lxml_html

from xcbulletin.archive.filed import REPORT, FiledIssue, file_issue
from xcbulletin.archive.site.holdings import hold
from xcbulletin.archive.site.pages import Pages
from xcbulletin.archive.site.site import Site
from xcbulletin.model import Article, Industry, IssueId, Kind
from xcbulletin.publishing.edition import Edition, compose
from xcbulletin.publishing.pages import Templates
from xcbulletin.settings import ColumnFields, MastheadSettings, Settings
from xcbulletin.starter import template_folders

MADE_ELSEWHERE = "search/"
"""The search index: its pages ask for it, others make it."""
SITE = Site(
    title="许昌竞争情报快递",
    publishers=("许昌市科学技术情报研究所",),
    notice="内部资料",
    base_url=None,
    industries=(ROBOT, AI),
    columns=(*COLUMNS, REPORT),
    volumes=(),
)


@dataclass(frozen=True, kw_only=True)
class Printed:
    """An issue composed and filed."""

    edition: Edition
    filed: FiledIssue


def print_issue(*articles: Article, month: str = "2021-01", **fields: Any) -> Printed:
    """Compose and file an issue dated on the 25th of its month, each article in a file of its own."""
    issue_id = fields.pop("id", month)
    year, number = map(int, month.split("-"))
    placed = [
        replace(one, file=f"issues/{issue_id}/{one.column}/{index:02}.md")
        for index, one in enumerate(articles, start=1)
    ]
    own = {"number": number, "publishers": SITE.publishers, "date": datetime.date(year, number, 25)}
    issue = make_issue(*placed, id=IssueId(issue_id), **{**own, **fields})
    edition, _problems = compose(issue, SITE.industries)
    return Printed(edition=edition, filed=file_issue(issue, edition))


def print_report(*articles: Article, **fields: Any) -> Printed:
    return print_issue(
        *(articles or (make_article(column="body", title="第一章"),)),
        **{"id": "ai-2021", "kind": Kind.REPORT, "title": "人工智能报告", "number": None, **fields},
    )


def archive(
    *issues: Printed, site: Site = SITE, pdfs: Collection[str] = (), root: Path | None = None
) -> dict[str, bytes]:
    """Return every file of the archive of `issues`, which come oldest first."""
    pages = pages_of(site, root)
    files: dict[str, bytes] = {}
    for one in issues:
        made = pages.article_pages(
            one.edition,
            one.filed,
            picture=lambda node: node.src,
            narrow=lambda node: f"narrow-{node.src}",
            sizes={"assets/a.png": (640.0, 480.0)},
            pdf=one.filed.id in pdfs,
        )
        files |= dict(made)
    held = hold([one.filed for one in issues], {IssueId(one) for one in pdfs}, site)
    rest = dict(pages.other_pages(held))
    assert not files.keys() & rest.keys()
    return files | rest


def pages_of(site: Site = SITE, root: Path | None = None) -> Pages:
    return Pages(templates_of(site.industries, root), site)


@cache
def templates_of(industries: tuple[Industry, ...] = SITE.industries, root: Path | None = None) -> Templates:
    """Return the templates of the workspace in `root`, or the program's own; they are compiled once."""
    settings = Settings(
        masthead=MastheadSettings(title=SITE.title), columns=(ColumnFields(code="news", name="行业动态"),)
    )
    return Templates(template_folders(root or Path("/nowhere")), settings, industries)


def page(files: Mapping[str, bytes], path: str) -> Any:
    """Return a page as a tree."""
    return lxml_html.document_fromstring(files[path].decode())


def texts(tree: Any, query: str) -> list[str]:
    """Return the text of what a CSS selector finds, blanks folded."""
    return [" ".join(one.text_content().split()) for one in tree.cssselect(query)]


def links(tree: Any, query: str = "a") -> list[str]:
    return [one.get("href") for one in tree.cssselect(query)]


def broken_links(files: Mapping[str, bytes], assets: Iterable[str] = ()) -> list[str]:
    """Return every link of every page that leads to no file, or to no place in it."""
    present = {*files, *assets}
    trees = {path: page(files, path) for path in files if path.endswith(".html")}
    places = {path: {one.get("id") for one in tree.cssselect("[id]")} for path, tree in trees.items()}
    return [
        f"{path}: {address}"
        for path, tree in trees.items()
        for _element, _name, address, _at in tree.iterlinks()
        if not _leads_somewhere(path, address, present, places)
    ]


def _leads_somewhere(
    path: str, address: str, present: Collection[str], places: Mapping[str, Collection[str | None]]
) -> bool:
    parts = urlsplit(address)
    if parts.scheme:
        return parts.scheme in ("http", "https", "data")
    target = _resolved(path, unquote(parts.path)) if parts.path else path
    if target.startswith(MADE_ELSEWHERE):
        return True
    return target in present and (not parts.fragment or unquote(parts.fragment) in places[target])


def _resolved(path: str, address: str) -> str:
    found: list[str] = []
    for part in (*PurePosixPath(path).parent.parts, *PurePosixPath(address).parts):
        if part == "..":
            found.pop()
        else:
            found.append(part)
    return "/".join(found)

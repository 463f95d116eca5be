"""An editor's word on items: picked into an issue, put away, put together, taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from xcbulletin.collecting.items import Status
from xcbulletin.collecting.stories import stories
from xcbulletin.collecting.suggesting.drafting import Draft, Page, default_column, draft
from xcbulletin.collecting.suggesting.originals import fetch_pages
from xcbulletin.collecting.suggesting.suggestions import (
    Item,
    find_items,
    judgement_of,
    lock_items,
    mark_dismissed,
    mark_picked,
    parse_number,
)
from xcbulletin.collecting.urls import item_key
from xcbulletin.database import lasting, reading
from xcbulletin.errors import BulletinError, UsageMistakeError
from xcbulletin.manuscript.evidence import format_evidence
from xcbulletin.manuscript.read import read_issue
from xcbulletin.manuscript.write import add_draft
from xcbulletin.model import IssueId, Printed
from xcbulletin.newsroom import Newsroom, silent
from xcbulletin.newsroom.refreshing import fold, refresh
from xcbulletin.room import Tell
from xcbulletin.workspace import issue_folder
from xcbulletin.zone import SHANGHAI


@dataclass(frozen=True, kw_only=True, slots=True)
class Picked:
    """What came of picking an item."""

    item: int
    title: str
    file: str
    """The article, relative to the workspace."""
    new: bool
    """Whether the article was written now."""
    remark: str = ""
    """Why the evidence is not the page itself, where it is not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """What came of putting items together."""

    items: tuple[int, ...]
    dismissed: tuple[int, ...]
    """Those of them that had been put away."""
    status: Status
    """Of the one story."""
    article: str | None


def pick(
    newsroom: Newsroom,
    items: Sequence[str],
    issue: IssueId,
    column: str | None = None,
    tell: Tell = silent,
) -> tuple[Picked, ...]:
    """Make draft articles of items, each with its page as evidence; say where those are that have one.

    All mistakes are raised at once, before anything is fetched or written. Files come before the word in the
    database: whoever is stopped in between has the article found again by its address.
    """
    refresh(newsroom, tell)
    columns = _columns_of(newsroom, issue)
    chosen = _find(newsroom, items, _column_mistakes(column, columns, issue))
    files = _articles_of(newsroom, chosen, issue)
    new = {one.story: one for one in chosen if one.story not in files}
    pages = _pages_of(newsroom, tuple(new.values()), tell)
    with lasting(newsroom.engine) as connection:
        # Another editor may have picked the same while the pages were fetched.
        files |= _articles_of(newsroom, lock_items(connection, [one.id for one in new.values()]), issue)
        written = {story: one for story, one in new.items() if story not in files}
        for story, one in written.items():
            made = _draft(newsroom, one, pages[one.id], column, columns)
            files[story] = _write(newsroom, made, issue, one.url)
        for one in chosen:
            file, source = files[one.story], written.get(one.story, one)
            mark_picked(connection, source.id, _issue_of(file), file, newsroom.clock())
    return tuple(
        Picked(
            item=one.id,
            title=one.title,
            file=files[one.story],
            new=written.get(one.story) is one,
            remark=pages[one.id].failure if written.get(one.story) is one else "",
        )
        for one in chosen
    )


def _columns_of(newsroom: Newsroom, issue: IssueId) -> tuple[str, ...]:
    return tuple(column.code for column in read_issue(newsroom.workspace, issue)[0].columns)


def _column_mistakes(column: str | None, columns: Sequence[str], issue: IssueId) -> list[str]:
    if column is None or column in columns:
        return []
    return [f"--column 没有“{column}”这个栏目；{issue} 的栏目有：{'、'.join(columns)}"]


def _find(newsroom: Newsroom, items: Sequence[str], mistakes: Sequence[str] = ()) -> tuple[Item, ...]:
    """Return the items that an editor named, each once. Raises BulletinError with every mistake."""
    numbers, wrong = [], list(mistakes)
    for text in items:
        try:
            numbers.append(parse_number(text))
        except BulletinError as error:
            wrong.append(str(error))
    with reading(newsroom.engine) as connection:
        found, missing = find_items(connection, tuple(dict.fromkeys(numbers)))
    wrong += [f"没有编号为 {number} 的线索；请看 xcbulletin suggest --all 列出的编号" for number in missing]
    if wrong:
        raise BulletinError("\n".join(wrong))
    return found


def _articles_of(newsroom: Newsroom, items: Sequence[Item], issue: IssueId) -> dict[int, str]:
    """Return the articles that the stories of items have become, by story."""
    printed = newsroom.printed
    return {one.story: file for one in items if (file := _article_of(newsroom, one, issue, printed))}


def _article_of(newsroom: Newsroom, one: Item, issue: IssueId, printed: Sequence[Printed]) -> str | None:
    """Return the article that an item's story has become, even if it was renamed or never noted down."""
    if _is_written(newsroom, one):
        return one.article
    for article in printed:
        its_issue = article.issue == issue or (one.status is Status.PICKED and article.evidence)
        same = item_key(article.url) in one.url_keys if article.url else article.title == one.title
        if its_issue and same:
            return article.file
    return None


def _is_written(newsroom: Newsroom, one: Item) -> bool:
    return one.status is Status.PICKED and one.article is not None and (newsroom.root / one.article).is_file()


def _pages_of(newsroom: Newsroom, new: Sequence[Item], tell: Tell) -> dict[int, Page]:
    if new:
        tell(f"正在取 {len(new)} 条的原文")
    gap = newsroom.workspace.settings.collector.host_gap
    return fetch_pages({one.id: one.url for one in new}, newsroom.fetch, newsroom.clock, gap)


def _draft(newsroom: Newsroom, one: Item, page: Page, column: str | None, columns: Sequence[str]) -> Draft:
    with reading(newsroom.engine) as connection:
        judgement = judgement_of(connection, one.id)
    source = newsroom.by_key.get(one.source_key)
    return draft(
        title=one.title,
        url=one.url,
        text=one.text,
        published=one.published,
        source=source.name if source else one.source,
        judgement=judgement,
        column=column or default_column(judgement, columns),
        page=page,
        zone=source.zone if source else SHANGHAI,
    )


def _write(newsroom: Newsroom, made: Draft, issue: IssueId, url: str | None) -> str:
    """Write a draft and its evidence; return the draft's file."""
    evidence = format_evidence(
        made.evidence,
        url=url,
        title=made.fields["title"],
        source=made.fields["source"]["name"],
        fetched=made.fetched,
        remark=made.remark,
    )
    path = add_draft(
        issue_folder(newsroom.root, issue),
        made.column,
        made.slug,
        fields=made.fields,
        quotation=made.quotation,
        evidence=evidence,
        fetched=made.fetched,
    )
    return path.relative_to(newsroom.root).as_posix()


def _issue_of(file: str) -> str:
    return file.split("/")[1]


def dismiss(newsroom: Newsroom, items: Sequence[str]) -> tuple[Item, ...]:
    """Put the stories of items away for good; return the items. Raises BulletinError with every mistake."""
    fold(newsroom)
    chosen, printed = _find(newsroom, items), newsroom.printed
    written = [
        f"{one.id}: 已写成 {file}；不要了，请先删去这个文件"
        for one in chosen
        if one.issue and (file := _article_of(newsroom, one, IssueId(one.issue), printed))
    ]
    if written:
        raise BulletinError("\n".join(written))
    with lasting(newsroom.engine) as connection:
        for one in chosen:
            mark_dismissed(connection, one.id, newsroom.clock())
    return chosen


def merge(newsroom: Newsroom, items: Sequence[str]) -> Merged:
    """Fold the stories of items into one, for good."""
    fold(newsroom)
    chosen = _find(newsroom, items)
    if len(chosen) < 2:
        raise UsageMistakeError("merge 后面至少要写两条线索的编号，如 xcbulletin merge 12 34")
    with lasting(newsroom.engine) as connection:
        stories.merge(connection, [one.id for one in chosen], newsroom.clock(), newsroom.authorities)
    (now, *_) = _find(newsroom, items)
    dismissed = tuple(one.id for one in chosen if one.status is Status.DISMISSED)
    return Merged(
        items=tuple(one.id for one in chosen), dismissed=dismissed, status=now.status, article=now.article
    )


def split(newsroom: Newsroom, item: str) -> Item:
    """Take an item out of its story, for good; return it with the reprints that went with it."""
    fold(newsroom)
    (chosen,) = _find(newsroom, [item])
    if not chosen.others:
        raise BulletinError(f"{chosen.id}: 这一条没有与别的合在一起，不用拆")
    with lasting(newsroom.engine) as connection:
        stories.split(connection, chosen.id, newsroom.clock(), newsroom.authorities)
    return _find(newsroom, [item])[0]

"""The archive site made: what changed is made again, and put in place."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from xcbulletin.archive import addresses
from xcbulletin.archive.filed import FiledIssue, shelves, slug_of
from xcbulletin.archive.links import FindPage, link
from xcbulletin.archive.placing import Placed, Placing
from xcbulletin.archive.site.holdings import Holdings, hold
from xcbulletin.archive.site.pages import Pages
from xcbulletin.archive.site.site import Site
from xcbulletin.archive.siteindex.files import READERS, SEARCH_FOLDER, text_files
from xcbulletin.archive.siteindex.pieces import cut
from xcbulletin.errors import ProblemsError
from xcbulletin.model import Audience, IssueId, Place, Problem, Severity
from xcbulletin.publishing.documents import PDF_FILE, web_pictures
from xcbulletin.publishing.documents import addresses as picture_addresses
from xcbulletin.publishing.outputs import Format, output_folder, read_current
from xcbulletin.readingroom.hands import side_by_side
from xcbulletin.readingroom.indexing import IndexedIssue, Indexing
from xcbulletin.readingroom.naming import each_once
from xcbulletin.readingroom.reading import Archived, read_for_archive, unreadable
from xcbulletin.readingroom.records import CACHE, Record, Records
from xcbulletin.workspace import alone_in, issue_ids, read_kept, write_kept

if TYPE_CHECKING:
    from xcbulletin.publishing.figures import Picture
    from xcbulletin.readingroom import Readingroom
    from xcbulletin.room import Tell

_LISTS, _SHARES = 6, 2
"""Parts in which lists are made, and in which the search index is joined, side by side: each of those reads it all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltArchive:
    """What a build of the archive came to."""

    placed: Placed
    issues: tuple[FiledIssue, ...]
    """Those in it, oldest first."""
    left_out: tuple[tuple[IssueId, str], ...]
    """Issues that readers do not have yet, and why."""
    failed: tuple[IssueId, ...]
    """Issues that cannot be read."""
    without_pdf: tuple[IssueId, ...]
    old_volumes: tuple[int, ...]
    """Years whose annual volume was bound before a manuscript of theirs changed."""
    unprinted: tuple[str, ...] = ()
    """Why PDFs that were asked for could not be printed."""
    problems: tuple[Problem, ...]


def build_archive(
    room: "Readingroom", *, with_search: bool = True, print_pdfs: bool = False, tell: "Tell"
) -> BuiltArchive:
    """Make the archive in build/archive, as far as it changed.

    An issue that cannot be read is left out and its problems are told. With `print_pdfs`, issues whose PDF is not
    there, or no longer true, are printed first. Raises BulletinError.
    """
    folder = room.root / CACHE
    folder.mkdir(parents=True, exist_ok=True)
    with alone_in(folder):
        built = _Building(room, with_search=with_search, tell=tell).build()
        if print_pdfs and built.without_pdf:
            unprinted = room.print_pdfs(built.without_pdf)
            built = replace(_Building(room, with_search=with_search, tell=tell).build(), unprinted=unprinted)
    return built


class _Building:
    def __init__(self, room: "Readingroom", *, with_search: bool, tell: "Tell") -> None:
        self._room, self._with_search, self._tell = room, with_search, tell
        self._records = Records(room.root, room.environment)
        self._placing = Placing(room.root / addresses.ARCHIVE_FOLDER, self._records.state)
        self._site = _site(room)
        self._pages = Pages(room.workshop.templates.as_they_are(), self._site)

    def build(self) -> BuiltArchive:
        self._placing.begin()
        try:
            records = self._all_records()
            found = (one.filed for one in records.values() if one.filed)
            issues = tuple(sorted(found, key=lambda one: one.order))
            indexing = self._indexing(issues, records) if self._with_search else None
            files = self._own_files(records) | self._joint_files(issues, records, indexing)
            if indexing is not None:
                indexing.forget()
            placed = self._placing.commit(files)
        finally:
            self._placing.abandon()
        self._records.clear(records)
        if indexing is not None:
            indexing.keep()
        return self._outcome(placed, issues, tuple(records.values()))

    def _own_files(self, records: Mapping[IssueId, Record]) -> dict[str, str]:
        """Return the SHA-256 of each issue's own files by path."""
        return {
            path: digest
            for one in records.values()
            for path, digest in (one.files or {}).items()
            if self._with_search or not path.startswith(SEARCH_FOLDER)
        }

    def _joint_files(
        self, issues: Sequence[FiledIssue], records: Mapping[IssueId, Record], indexing: Indexing | None
    ) -> dict[str, str]:
        """Make what is made of all issues together; return its SHA-256 by path."""
        held = hold(issues, [one.issue for one in records.values() if one.pdf], self._site)
        parts: list[Callable[[], dict[str, str]]] = []
        parts += (partial(self._make_lists, held, share) for share in range(_LISTS))
        if indexing is not None:
            parts += (partial(indexing.make, share, _SHARES) for share in range(_SHARES))
        files: dict[str, str] = {}
        for made in side_by_side(_call, parts):
            files |= made
        return files

    def _outcome(
        self, placed: Placed, issues: tuple[FiledIssue, ...], records: Sequence[Record]
    ) -> BuiltArchive:
        return BuiltArchive(
            placed=placed,
            issues=issues,
            left_out=tuple((one.issue, one.left_out) for one in records if one.left_out),
            failed=tuple(one.issue for one in records if one.filed is None and one.problems),
            without_pdf=tuple(one.issue for one in records if one.filed and not one.pdf),
            old_volumes=tuple(year for year in _volumes(self._room) if self._is_old(year, records)),
            problems=(
                *(problem for one in records for problem in one.problems),
                *(_old_readers(self._room.root) if self._with_search else ()),
            ),
        )

    def _is_old(self, year: int, records: Iterable[Record]) -> bool:
        bound = (self._room.root / addresses.ARCHIVE_FOLDER / addresses.volume_pdf(year)).stat().st_mtime_ns
        return any(
            bound < self._records.newest(one.issue)
            for one in records
            if (str(one.filed.date.year) if one.filed else one.issue[:4]) == str(year)
        )

    def _all_records(self) -> dict[IssueId, Record]:
        ids, refused = each_once(issue_ids(self._room.root))
        kept = {issue: record for issue in ids if (record := self._still_true(issue))}
        changed = [issue for issue in ids if issue not in kept]
        records = kept | self._made(changed, self._guess)
        pages = _pages_by_file(one.filed for one in records.values() if one.filed)
        astray = [
            issue
            for issue, record in records.items()
            if any(pages.get(target) != page for target, page in record.links.items())
        ]
        records |= self._made(astray, pages.get)
        for issue, problem in refused.items():
            records[issue] = Record(issue=issue, stamp="", problems=(problem,))
        return dict(sorted(records.items()))

    def _still_true(self, issue: IssueId) -> Record | None:
        record = self._records.read(issue)
        if record is None or record.files is None:
            return None
        is_whole = all(self._placing.is_there(path, digest) for path, digest in record.files.items())
        return record if is_whole and (not self._with_search or self._has_index(record)) else None

    def _has_index(self, record: Record) -> bool:
        """Tell whether the search's files were made, too: a build without it leaves them out, and old pieces about."""
        has_texts = any(path.startswith(SEARCH_FOLDER) for path in record.files or ())
        return has_texts and read_kept(self._records.piece(record)) is not None

    def _made(self, issues: Sequence[IssueId], find_page: FindPage) -> dict[IssueId, Record]:
        found: dict[IssueId, Record] = {}
        for record in side_by_side(partial(self._make, find_page), issues):
            found[record.issue] = record
            self._tell(f"{len(found)}/{len(issues)} 期")
        return found

    def _make(self, find_page: FindPage, issue: IssueId) -> Record:
        stamp = self._records.stamp(issue)
        try:
            archived = read_for_archive(self._room.workshop, issue, self._room.today)
        except ProblemsError as error:
            return Record(issue=issue, stamp=stamp, problems=error.problems)
        except OSError as error:
            return Record(issue=issue, stamp=stamp, problems=(unreadable(issue, error),))
        if isinstance(archived, str):
            return Record(issue=issue, stamp=stamp, left_out=archived)
        record = self._make_files(archived, stamp, find_page)
        if self._with_search:
            record = self._with_index_files(record, archived.filed.matter)
        self._records.write(record)
        return record

    def _with_index_files(self, record: Record, filed: FiledIssue) -> Record:
        write_kept(self._records.piece(record), cut(filed))
        texts = {path: self._placing.offer(path, content) for path, content in text_files(filed)}
        return replace(record, files={**(record.files or {}), **texts})

    def _make_files(self, archived: Archived, stamp: str, find_page: FindPage) -> Record:
        filed = archived.filed
        links: dict[str, str | None] = {}

        def find(target: str) -> str | None:
            links[target] = find_page(target)
            return links[target]

        linked = link(archived.edition, archived.issue.articles, addresses.issue_page(filed.id), find)
        files = dict(self._pdf(filed))
        pdf = bool(files)
        shown, narrow = self._pictures(archived)
        pages = self._pages.article_pages(
            linked.edition,
            filed,
            picture=picture_addresses(shown),
            narrow=picture_addresses(narrow),
            sizes={quote(one.name): (one.width, one.height) for one in (*shown.values(), *narrow.values())},
            pdf=pdf,
        )
        folder = addresses.issue_folder(filed.id)
        images = {f"{folder}/{one.name}": one.content for one in (*shown.values(), *narrow.values())}
        files |= {path: self._placing.offer(path, content) for path, content in (*pages, *images.items())}
        problems = (*archived.problems, *linked.problems)
        return Record(
            issue=filed.id, stamp=stamp, filed=filed, problems=problems, files=files, links=links, pdf=pdf
        )

    def _pictures(self, archived: Archived) -> "tuple[dict[str, Picture], dict[str, Picture]]":
        if not any(entry.pictures for entry in archived.edition.entries):
            return {}, {}
        workshop = self._room.workshop
        drawings = self._room.root / "build" / ".cache" / "charts"
        return web_pictures(archived.edition, archived.pictures, workshop.fonts, drawings)

    def _pdf(self, filed: FiledIssue) -> Iterator[tuple[str, str]]:
        """Yield the PDF of an issue where it is there and still true."""
        folder = output_folder(self._room.root, filed.id, Audience())
        if not (folder / PDF_FILE).is_file():
            return
        digest = self._room.workshop.digest(filed.id, Audience())
        if read_current(folder, digest, (Format.PDF,)):
            path = addresses.issue_pdf(filed.id)
            yield path, self._placing.offer_copy(path, folder / PDF_FILE)

    def _make_lists(self, held: Holdings, share: int) -> dict[str, str]:
        """Make what is neither an issue's own nor the search's."""
        pages = self._pages.other_pages(held, share, _LISTS)
        return {path: self._placing.offer(path, content) for path, content in pages}

    def _indexing(self, issues: Sequence[FiledIssue], records: Mapping[IssueId, Record]) -> Indexing:
        workspace = self._room.workspace
        filed = [
            IndexedIssue(
                issue=one.matter, stamp=records[one.id].stamp, piece=self._records.piece(records[one.id])
            )
            for one in issues
        ]
        return Indexing(
            filed,
            self._placing,
            self._records.index,
            industries=[one.code for one in workspace.industries],
            columns=[one.code for one in shelves(workspace.columns)],
        )

    def _guess(self, target: str) -> str | None:
        """Return where a link into the workspace leads if its target is in the archive; that is seen later."""
        if not os.path.exists(self._room.root / target):  # noqa: PTH110  it takes any name that is written
            return None
        match PurePosixPath(target).parts:
            case ("issues", issue):
                return addresses.issue_page(IssueId(issue))
            case ("issues", issue, *_, name) if name.endswith(".md"):
                return addresses.article_page(IssueId(issue), slug_of(target))
        return None


def _call(part: Callable[[], dict[str, str]]) -> dict[str, str]:
    return part()


def _site(room: "Readingroom") -> Site:
    workspace, archive = room.workspace, room.workspace.settings.archive
    masthead = workspace.settings.masthead
    return Site(
        title=masthead.title,
        publishers=masthead.publisher,
        notice=None if archive.public else archive.notice,
        base_url=archive.base_url,
        industries=workspace.industries,
        columns=shelves(workspace.columns),
        volumes=_volumes(room),
        contact=workspace.settings.imprint.contact,
    )


def _volumes(room: "Readingroom") -> tuple[int, ...]:
    folder = room.root / addresses.ARCHIVE_FOLDER / "volumes"
    return tuple(sorted(int(path.stem) for path in folder.glob("[0-9][0-9][0-9][0-9].pdf")))


def _old_readers(root: Path) -> Iterator[Problem]:
    """Yield a remark for each template of the workspace's own with which the index cannot be read any more."""
    for name, words in READERS.items():
        path = root / "templates" / name
        if path.is_file() and words not in path.read_bytes():
            yield Problem(
                place=Place(file=f"templates/{name}"),
                rule="old-template",
                severity=Severity.WARNING,
                message="这个模板是旧的，读不了现在的索引，检索页会用不了",
                suggestion="没有改过的，请删去这个文件；改过的，请照程序自带的重新改",
            )


def _pages_by_file(issues: Iterable[FiledIssue]) -> dict[str, str]:
    pages: dict[str, str] = {}
    for issue in issues:
        pages[f"issues/{issue.id}"] = addresses.issue_page(issue.id)
        pages |= {one.file: addresses.article_page(issue.id, one.slug) for one in issue.articles}
    return pages

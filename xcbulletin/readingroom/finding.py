"""Search on the command line and for the desk: the catalogue brought up to date, and asked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xcbulletin.archive.catalogue.finding import find
from xcbulletin.archive.catalogue.keeping import drop, put, stamps
from xcbulletin.archive.catalogue.queries import Found, Query
from xcbulletin.archive.filed import FiledIssue
from xcbulletin.database import reading
from xcbulletin.errors import ProblemsError
from xcbulletin.model import IssueId
from xcbulletin.readingroom.reading import read_for_archive
from xcbulletin.readingroom.records import Records, filed_digest
from xcbulletin.workspace import issue_ids

if TYPE_CHECKING:
    from xcbulletin.readingroom import Readingroom
    from xcbulletin.room import Tell


@dataclass(frozen=True, kw_only=True, slots=True)
class Searched:
    """What was found, and in which issues it was not looked for."""

    found: Found
    unreadable: tuple[IssueId, ...]
    """Issues with mistakes that keep them from being read."""


def search(room: "Readingroom", query: Query, tell: "Tell") -> Searched:
    """Look through everything that readers have; issues that changed since are read again first."""
    unreadable = refresh(room, tell)
    with reading(room.engine) as connection:
        return Searched(found=find(connection, query), unreadable=unreadable)


def refresh(room: "Readingroom", tell: "Tell") -> tuple[IssueId, ...]:
    """Bring the catalogue up to date; return the issues that cannot be read, which are not in it.

    Issues are in the catalogue under a digest of what is filed of them: those who share a database have the same,
    each from files of their own. Which digest goes with the files as they are here is kept in build/.cache.
    """
    records = Records(room.root, room.environment)
    ids = issue_ids(room.root)
    with reading(room.engine) as connection:
        known = stamps(connection)
    told = {issue: one for issue, one in records.read_digests().items() if issue in ids}
    now = {issue: records.stamp(issue) for issue in ids}
    changed = [issue for issue in ids if (now[issue], known.get(issue)) != told.get(issue)]
    unreadable = []
    for number, issue in enumerate(changed, start=1):
        tell(f"{number}/{len(changed)} 期")
        filed = None
        try:
            filed = _filed(room, records, issue)
        except (ProblemsError, OSError):
            unreadable.append(issue)
        digest = None if filed is None else filed_digest(filed)
        if digest != known.get(issue):
            _keep(room, issue, filed, digest)
        told |= {issue: (now[issue], digest)} if digest else {}
    for issue in sorted(set(known) - set(ids)):
        _keep(room, issue, None, None)
    records.write_digests(told)
    return tuple(unreadable)


def _filed(room: "Readingroom", records: Records, issue: IssueId) -> FiledIssue | None:
    """Return an issue as it is filed, from its record or read anew; None where readers do not have it yet."""
    record = records.read(issue)
    if record is not None:
        return record.filed and record.filed.matter
    archived = read_for_archive(room.workshop, issue, room.today)
    return None if isinstance(archived, str) else archived.filed.matter


def _keep(room: "Readingroom", issue: IssueId, filed: FiledIssue | None, digest: str | None) -> None:
    with room.engine.begin() as connection:
        if filed is None or digest is None:
            drop(connection, issue)
        else:
            put(connection, filed, digest)

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
from xcbulletin.readingroom.records import Records
from xcbulletin.workspace import issue_ids

if TYPE_CHECKING:
    from xcbulletin.readingroom import Readingroom, Tell


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
    """Bring the catalogue up to date; return the issues that cannot be read, which are not in it."""
    records = Records(room.root, room.environment)
    ids = issue_ids(room.root)
    with reading(room.engine) as connection:
        known = stamps(connection)
    now = {issue: records.stamp(issue) for issue in ids}
    unreadable = []
    changed = [issue for issue in ids if known.get(issue) != now[issue]]
    for number, issue in enumerate(changed, start=1):
        tell(f"{number}/{len(changed)} 期")
        try:
            _keep(room, issue, _filed(room, records, issue), now[issue], in_it=issue in known)
        except (ProblemsError, OSError):
            _keep(room, issue, None, now[issue], in_it=issue in known)
            unreadable.append(issue)
    for issue in sorted(set(known) - set(ids)):
        _keep(room, issue, None, "", in_it=True)
    return tuple(unreadable)


def _filed(room: "Readingroom", records: Records, issue: IssueId) -> FiledIssue | None:
    """Return an issue as it is filed, from its record or read anew; None where readers do not have it yet."""
    record = records.read(issue)
    if record is not None:
        return record.filed
    archived = read_for_archive(room.workshop, issue, room.today)
    return None if isinstance(archived, str) else archived.filed


def _keep(room: "Readingroom", issue: IssueId, filed: FiledIssue | None, stamp: str, *, in_it: bool) -> None:
    if filed is None and not in_it:
        return
    with room.engine.begin() as connection:
        if filed is None:
            drop(connection, issue)
        else:
            put(connection, filed, stamp)

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
    refreshed = refresh(room, tell)
    with reading(room.engine) as connection:
        others = stamps(connection).keys() - refreshed.issues
        return Searched(found=find(connection, query, without=others), unreadable=refreshed.unreadable)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refreshed:
    """Which issues can be found as they are here, and which cannot be read."""

    issues: frozenset[IssueId]
    unreadable: tuple[IssueId, ...]


def refresh(room: "Readingroom", tell: "Tell") -> Refreshed:
    """Bring the catalogue up to date.

    Issues are in the catalogue under a digest of what is filed of them: those who share a database have the same,
    each from files of their own. Which digest goes with the files as they are here is kept in build/.cache. What
    others have and is not here stays in the catalogue; what was here and is no more leaves it.
    """
    records = Records(room.root, room.environment)
    ids = issue_ids(room.root)
    with reading(room.engine) as connection:
        known = stamps(connection)
    before = records.read_digests()
    told = {issue: one for issue, one in before.items() if issue in ids}
    now = {issue: records.stamp(issue) for issue in ids}
    changed = [issue for issue in ids if (now[issue], known.get(issue)) != told.get(issue)]
    here, unreadable = set(ids).difference(changed), []
    for number, issue in enumerate(changed, start=1):
        tell(f"{number}/{len(changed)} 期")
        try:
            filed = _filed(room, records, issue)
        except (ProblemsError, OSError):
            unreadable.append(issue)
            continue
        if filed is not None:
            here.add(issue)
            told[issue] = now[issue], filed_digest(filed)
            _put(room, filed, told[issue][1], known.get(issue))
    for issue in sorted(before.keys() - set(ids)):
        _drop(room, issue, before[issue][1], known.get(issue))
    records.write_digests(told)
    return Refreshed(issues=frozenset(here), unreadable=tuple(unreadable))


def _filed(room: "Readingroom", records: Records, issue: IssueId) -> FiledIssue | None:
    """Return an issue as it is filed, from its record or read anew; None where readers do not have it yet."""
    record = records.read(issue)
    if record is not None:
        return record.filed and record.filed.matter
    archived = read_for_archive(room.workshop, issue, room.today)
    return None if isinstance(archived, str) else archived.filed.matter


def _put(room: "Readingroom", filed: FiledIssue, digest: str, known: str | None) -> None:
    if digest != known:
        with room.engine.begin() as connection:
            put(connection, filed, digest)


def _drop(room: "Readingroom", issue: IssueId, digest: str, known: str | None) -> None:
    """Drop an issue that is here no more, unless it is there now as others have it."""
    if digest == known:
        with room.engine.begin() as connection:
            drop(connection, issue)

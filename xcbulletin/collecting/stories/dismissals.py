"""What editors dismissed, as the database has it."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, func, select

from xcbulletin.collecting.items import Status
from xcbulletin.collecting.stories.retelling import Dismissed
from xcbulletin.collecting.tables import item, story, verdict

_MOST = 1000
_READ = 600
"""Letters of a text."""


def dismissed_since(connection: Connection, moment: datetime) -> tuple[Dismissed, ...]:
    """Return the items dismissed since a moment, the last first; without those merged into other stories."""
    query = (
        select(item.c.id, item.c.title, func.substr(item.c.text, 1, _READ).label("text"))
        .join(story, story.c.id == item.c.story_id)
        .where(story.c.status == Status.DISMISSED, story.c.lead_id == item.c.id, story.c.decided >= moment)
        .order_by(story.c.decided.desc(), item.c.id)
        .limit(_MOST)
    )
    apart = _told_apart(connection)
    return tuple(
        Dismissed(id=row.id, title=row.title, text=row.text, apart=frozenset(apart[row.id]))
        for row in connection.execute(query)
    )


def _told_apart(connection: Connection) -> dict[int, set[int]]:
    """Return which items editors split from which."""
    apart: dict[int, set[int]] = defaultdict(set)
    for one, other in connection.execute(
        select(verdict.c.one_id, verdict.c.other_id).where(verdict.c.same.is_(False))
    ):
        apart[one].add(other)
        apart[other].add(one)
    return apart

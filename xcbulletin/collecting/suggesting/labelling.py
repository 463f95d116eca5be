"""Items classified once, and again when the classifier has changed; what was made of them stays in the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, bindparam, delete, func, insert, select, update

from xcbulletin.collecting.suggesting.bearing import bears_on_industry
from xcbulletin.collecting.suggesting.ranking import Judgement, mentions, relevance
from xcbulletin.collecting.suggesting.suggestions import format_judgement
from xcbulletin.collecting.tables import item, label, source
from xcbulletin.database import reading

_BATCH = 500
_READ = 600
"""Characters of an item's text that are looked at: what it is about stands in front."""
_FORM = 3
"""To be counted up when what is kept of a judgement changes its form or its weights."""

Classify = Callable[[str, str, Sequence[str]], Judgement]
"""Title, text and the industries that its source is known for, to labels and column."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Locality:
    """What belongs to the city."""

    places: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Labeller:
    """A classifier with what else is looked for in an item."""

    classify: Classify
    locality: Locality
    version: str
    """Changes whenever an item could be judged otherwise."""

    def judge(self, title: str, text: str, hints: Sequence[str]) -> Judgement:
        """Return what an item says by itself."""
        found = self.classify(title, text, hints)
        named = mentions(title, text, self.locality.places, self.locality.companies)
        return replace(found, mentions=named, bears=bears_on_industry(title, text))


def version(classifier: str, locality: Locality) -> str:
    """Return the version of a labeller that uses this version of the classifier."""
    return sha256(repr((_FORM, classifier, locality.places, locality.companies)).encode()).hexdigest()[:16]


def count_pending(engine: Engine, version: str, since: datetime) -> int:
    """Count the items never judged, and those collected since a time that an older labeller judged."""
    with reading(engine) as connection:
        new = (
            connection.scalar(select(func.count()).select_from(item).where(item.c.labelled_by.is_(None))) or 0
        )
        # The ends of the index tell at once where all is up to date.
        ends = {connection.scalar(select(end(label.c.made_by))) for end in (func.min, func.max)}
        if ends <= {version, None}:
            return new
        return new + (connection.scalar(_outdated(version, since, func.count())) or 0)


def label_pending(
    engine: Engine,
    labeller: Labeller,
    hints: Mapping[str, Sequence[str]],
    since: datetime,
    tell: Callable[[int], None] = lambda _done: None,
) -> int:
    """Judge what is pending, a batch a transaction; return how many items. `hints` by the key of the source.

    Whoever is stopped in between goes on where it was; two at once do the same work, and no harm.
    """
    done = 0
    while rows := _next(engine, labeller.version, since):
        _store(engine, labeller, rows, hints)
        done += len(rows)
        tell(done)
    with engine.begin() as connection:
        # What was collected earlier is let be, and counts as judged, so that asking what is pending stays cheap.
        stale = label.c.made_by != labeller.version
        connection.execute(update(label).where(stale).values(made_by=labeller.version))
    return done


def _outdated(version: str, since: datetime, what: ColumnElement[int]) -> Select[int]:
    """Select of the labels that an older labeller made of items collected since a time."""
    joined = label.join(item, item.c.id == label.c.item_id)
    return select(what).select_from(joined).where(label.c.made_by != version, item.c.first_seen >= since)


def _next(engine: Engine, version: str, since: datetime) -> Sequence[Any]:
    light = (
        item.c.id,
        item.c.digest,
        item.c.title,
        func.substr(item.c.text, 1, _READ).label("text"),
        item.c.published,
        item.c.first_seen,
        source.c.key,
    )
    query = select(*light).join(source, source.c.id == item.c.source_id)
    with reading(engine) as connection:
        new = connection.execute(query.where(item.c.labelled_by.is_(None)).limit(_BATCH)).all()
        if new:
            return new
        ids = connection.scalars(_outdated(version, since, label.c.item_id).limit(_BATCH)).all()
        return connection.execute(query.where(item.c.id.in_(ids))).all() if ids else []


def _store(
    engine: Engine, labeller: Labeller, rows: Sequence[Any], hints: Mapping[str, Sequence[str]]
) -> None:
    judged = [_values(row, labeller, hints) for row in rows]
    with engine.begin() as connection:
        # An item that its source changed in the meantime stays pending.
        same = and_(
            item.c.id == bindparam("number"),
            item.c.digest == bindparam("judged"),
            item.c.labelled_by.is_(None),
        )
        connection.execute(
            update(item).where(same).values(labelled_by=labeller.version),
            [{"number": row.id, "judged": row.digest} for row in rows],
        )
        connection.execute(delete(label).where(label.c.item_id.in_([one["item_id"] for one in judged])))
        connection.execute(insert(label), judged)


def _values(row: Any, labeller: Labeller, hints: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    judgement = labeller.judge(row.title, row.text, hints.get(row.key, ()))
    return {
        "item_id": row.id,
        "made_by": labeller.version,
        "at": row.published or row.first_seen,
        "relevance": relevance(judgement),
        "industries": _marks(judgement),
        "column": judgement.column,
        "detail": format_judgement(judgement),
    }


def _marks(judgement: Judgement) -> str:
    """Return the labels as a column that can be searched: |ai|robot?|."""
    marks = "".join(f"{one.code}{'' if one.sure else '?'}|" for one in judgement.labels)
    return f"|{marks}" if marks else ""

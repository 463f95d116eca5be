"""What the classifier learns from: labelled files, decisions, the tags of past issues; and how well it learnt."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from xcbulletin.collecting.classifying.classifier import Classification, Classifier
from xcbulletin.collecting.classifying.examples import Example
from xcbulletin.collecting.classifying.lexicon import Lexicon
from xcbulletin.collecting.classifying.training import Model, train
from xcbulletin.collecting.items import Status
from xcbulletin.collecting.suggesting.labelling import Labeller, Locality, version
from xcbulletin.collecting.suggesting.ranking import Judgement
from xcbulletin.collecting.suggesting.suggestions import parse_judgement
from xcbulletin.collecting.tables import example, item, label, model, story
from xcbulletin.database import pieces, reading
from xcbulletin.model import Industry, Printed

ENOUGH = 40
"""Examples below which nothing is learnt: they would say more of themselves than of the industries."""
DUE = 20
"""Decisions after which it is time to learn again."""
_FOLDS = 5
_WORSE = 0.02
_READ = 600


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """How well labels agree with those of editors, on examples that were kept aside."""

    f1: float
    """Micro-averaged over industries."""
    clean: float
    """Share of those without an industry that were given none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """What came of learning."""

    counts: Mapping[str, int]
    """Examples by origin: file, decision, issue."""
    learnt: Agreement | None
    """None where there were too few examples."""
    alone: Agreement | None
    """Of the lexicon without anything learnt, on the same examples."""
    adopted: bool
    enough: int = ENOUGH
    """Examples from which on anything is learnt."""


class Learner:
    """The classifier of a database: the lexicon, and what was learnt last."""

    def __init__(self, engine: Engine, industries: Sequence[Industry]) -> None:
        self._engine = engine
        self.lexicon = Lexicon(industries)

    @cached_property
    def _model_version(self) -> str:
        with reading(self._engine) as connection:
            return connection.scalar(select(model.c.version).order_by(model.c.trained.desc()).limit(1)) or ""

    def version(self, locality: Locality) -> str:
        """Return the version of `labeller`, at little cost."""
        return version(f"{self.lexicon.version} {self._model_version}", locality)

    def labeller(self, locality: Locality) -> Labeller:
        """Return what labels items."""
        classifier = Classifier(self.lexicon, self._model())
        return Labeller(
            classify=lambda title, text, hints: _judgement(classifier.classify(title, text, hints)),
            locality=locality,
            version=self.version(locality),
        )

    def _model(self) -> Model | None:
        if not self._model_version:
            return None
        with reading(self._engine) as connection:
            content = connection.scalar(select(model.c.content).where(model.c.version == self._model_version))
        return Model.from_bytes(content) if content else None

    def is_due(self) -> bool:
        """Tell whether editors have decided so much since the last lesson that another is worth while."""
        with reading(self._engine) as connection:
            last = connection.scalar(select(func.max(model.c.trained)))
            decided = select(func.count()).where(story.c.status.in_((Status.PICKED, Status.DISMISSED)))
            since = [] if last is None else [story.c.decided > last]
            return (connection.scalar(decided.where(*since)) or 0) >= DUE

    def learn(self, articles: Sequence[Printed], now: datetime, *, if_better: bool = False) -> Lesson:
        """Train on all that is known; with `if_better` keep what was learnt only if the lexicon alone does no better."""
        with reading(self._engine) as connection:
            by_origin = {
                "file": _from_files(connection),
                "decision": tuple(_decided(connection, articles)),
                "issue": tuple(_tagged(articles, _picked_files(connection))),
            }
        counts = {origin: len(some) for origin, some in by_origin.items()}
        examples = _each_once(one for some in by_origin.values() for one in some)
        if len(examples) < ENOUGH:
            self._note(now)
            return Lesson(counts=counts, learnt=None, alone=None, adopted=False)
        alone = agreement(examples, lambda _others: Classifier(self.lexicon, None))
        learnt = agreement(
            examples, lambda others: Classifier(self.lexicon, train(others, self.lexicon)), folds=_FOLDS
        )
        adopted = not if_better or learnt.f1 >= alone.f1 - _WORSE
        if adopted:
            self._keep(train(examples, self.lexicon), now)
        else:
            self._note(now)
        return Lesson(counts=counts, learnt=learnt, alone=alone, adopted=adopted)

    def _note(self, now: datetime) -> None:
        """Note that there was a lesson, so that the next is due only after more decisions."""
        with self._engine.begin() as connection:
            if not connection.execute(update(model).values(trained=now)).rowcount:
                connection.execute(insert(model).values(version="", trained=now, content=b""))

    def _keep(self, learnt: Model, now: datetime) -> None:
        values = {"version": learnt.version, "trained": now, "content": learnt.to_bytes()}
        with self._engine.begin() as connection:
            connection.execute(delete(model))
            connection.execute(insert(model).values(**values))
        self.__dict__.pop("_model_version", None)


def _judgement(found: Classification) -> Judgement:
    return Judgement(
        labels=(*found.labels, *found.unsure), column=found.column, column_reason=found.column_reason
    )


def add_examples(connection: Connection, examples: Iterable[Example], now: datetime) -> int:
    """Keep labelled examples; return how many are new. One that is known takes the new labels."""
    rows = {_digest(one): _row(one, now) for one in examples}
    known = set(connection.scalars(select(example.c.digest)))
    for piece in pieces(known & rows.keys()):
        connection.execute(delete(example).where(example.c.digest.in_(piece)))
    if rows:
        connection.execute(insert(example), list(rows.values()))
    return len(rows.keys() - known)


def _digest(one: Example) -> str:
    return sha256(f"{one.title}\n{one.summary}".encode()).hexdigest()


def _row(one: Example, now: datetime) -> dict[str, Any]:
    return {
        "digest": _digest(one),
        "title": one.title,
        "summary": one.summary,
        "industries": list(one.industries),
        "column": one.column,
        "at": now,
    }


def _from_files(connection: Connection) -> tuple[Example, ...]:
    rows = connection.execute(select(example).order_by(example.c.digest))
    return tuple(
        Example(title=row.title, summary=row.summary, industries=tuple(row.industries), column=row.column)
        for row in rows
    )


def _decided(connection: Connection, articles: Sequence[Printed]) -> Iterable[Example]:
    """Yield picked items with the tags that their articles have now, and what nobody wanted.

    An item put away although its industry is plain says that it was not wanted, not that the label was wrong.
    """
    by_file = {one.file: one for one in articles}
    query = (
        select(
            item.c.title, func.substr(item.c.text, 1, _READ), story.c.status, story.c.article, label.c.detail
        )
        .join(item, item.c.id == story.c.lead_id)
        .outerjoin(label, label.c.item_id == item.c.id)
        .where(story.c.status.in_((Status.PICKED, Status.DISMISSED)))
        .order_by(story.c.decided)
    )
    for title, text, status, file, detail in connection.execute(query):
        article = by_file.get(file)
        if status == Status.PICKED and article is not None:
            yield Example(title=title, summary=text, industries=article.industries, column=article.column)
        elif status == Status.DISMISSED and not any(one.sure for one in parse_judgement(detail).labels):
            yield Example(title=title, summary=text, industries=(), column=None)


def _picked_files(connection: Connection) -> frozenset[str]:
    return frozenset(connection.scalars(select(story.c.article).where(story.c.article.is_not(None))))


def _tagged(articles: Iterable[Printed], picked: frozenset[str]) -> Iterable[Example]:
    for one in articles:
        if one.industries and not one.draft and one.file not in picked:
            yield Example(title=one.title, summary=one.text, industries=one.industries, column=one.column)


def _each_once(examples: Iterable[Example]) -> tuple[Example, ...]:
    return tuple({_digest(one): one for one in examples}.values())


def agreement(
    examples: Sequence[Example], classifier_without: Callable[[Sequence[Example]], Classifier], folds: int = 1
) -> Agreement:
    """Return how well labels agree, each example labelled by a classifier that has not seen it.

    `classifier_without` makes one of the other examples; it is called once a fold.
    """
    order = sorted(examples, key=_digest)
    right = given = wanted = clean = empty = 0
    for fold in range(folds):
        others = [one for place, one in enumerate(order) if place % folds != fold]
        classifier = classifier_without(others)
        for one in order[fold::folds]:
            found = {each.code for each in classifier.classify(one.title, one.summary).labels}
            right += len(found & set(one.industries))
            given, wanted = given + len(found), wanted + len(one.industries)
            empty += not one.industries
            clean += not one.industries and not found
    f1 = 2 * right / (given + wanted) if given + wanted else 1.0
    return Agreement(f1=f1, clean=clean / empty if empty else 1.0)

"""Industries and column of an item, each with its reason; unsure is shown as unsure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import sqrt

from xcbulletin.collecting.classifying.columns import (
    COLUMNS,
    Choice,
    choose,
    choose_without_industry,
    signals,
)
from xcbulletin.collecting.classifying.features import (
    FIRST_POINTS,
    PER_POINT,
    ROUND_UP,
    Features,
    describe,
    row,
    wording,
)
from xcbulletin.collecting.classifying.lexicon import Evidence, Lexicon, Place, Tier, fold
from xcbulletin.collecting.classifying.training import Model, dot, sigmoid
from xcbulletin.collecting.items import Label

_UNSURE = 0.25
_IN_DOUBT = 0.49
"""The most that is shown without being given."""
_ALIKE = 0.2
_LEAST_TOLD = 0.2
"""Points from which a term is named as a reason."""

# Before anything is learnt: in points of the lexicon.
_SECOND_POINTS = 2.0
_SECOND_SHARE = 0.3
_HINT_POINTS = 0.8

# After learning: in logits. The first label is what lets an item in, and must be plainer than those beside it.
_FIRST_LOGIT = 0.6
_SECOND_LOGIT = -1.2
_HINT_LOGIT = 0.6
_LEARNT_SHARE = 0.7
"""Of what was learnt, where the lexicon has something to say, too: some hundred examples say less than it does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Classification:
    """What an item is about, and where it belongs."""

    labels: tuple[Label, ...]
    """Best first, only those given."""
    column: str | None
    """None where it is not for the bulletin."""
    column_reason: str
    unsure: tuple[Label, ...]
    """To be shown as possible, best first."""


class Classifier:
    """The lexicon, with what was learnt if anything was."""

    def __init__(self, lexicon: Lexicon, model: Model | None) -> None:
        self._lexicon = lexicon
        self._model = model

    def classify(self, title: str, summary: str, hint: Sequence[str] = ()) -> Classification:
        """Return industries and column; `hint` are the industries that its source mostly writes about."""
        features = describe(title, summary, self._lexicon)
        said = _said_by_wording(features, self._model) if self._model else ()
        scores = (
            _learnt_scores(features, self._model, said, hint)
            if self._model
            else _lexicon_scores(features, hint)
        )
        if features.text.is_digest:
            scores = _doubted(scores)
        if features.text.is_daily_life:
            scores = _named_in_title(scores, features)
        labels = [
            Label(
                code=code,
                score=round(score, 3),
                sure=score >= 0.5,
                reason=self._reason(features, code, title, hint),
            )
            for code, score in sorted(scores.items(), key=lambda one: -one[1])
            if score >= _UNSURE and code in self._lexicon.short_names
        ]
        given = tuple(label for label in labels if label.sure)
        choice = self._choose(features, said) if given else choose_without_industry(features.text)
        return Classification(
            labels=given,
            column=choice.column if choice else None,
            column_reason=choice.reason if choice else "与各产业无关，也不是宏观或市场消息",
            unsure=tuple(label for label in labels if not label.sure),
        )

    def _choose(self, features: Features, said: Sequence[float]) -> Choice:
        choice = choose(features.text)
        if not self._model:
            return choice
        speaking = signals(features.text)
        _, best = max(
            (dot(self._model.signals[column], speaking) + more, column)
            for column, more in zip(COLUMNS, said[-len(COLUMNS) :], strict=True)
        )
        return choice if best == choice.column else Choice(column=best, reason="用词与编辑归入这一栏的相近")

    def _reason(self, features: Features, code: str, title: str, hint: Sequence[str]) -> str:
        telling = [one for one in features.evidence.get(code, ()) if one.points >= _LEAST_TOLD][:2]
        if telling:
            return _told(telling)
        if self._model and (alike := self._most_alike(title, code)):
            return f"与编辑收下的《{_short(alike)}》相近"
        if self._model and code not in hint:
            return "用词与编辑归入的文章相近"
        return "信息源以此为主"

    def _most_alike(self, title: str, code: str) -> str | None:
        pairs = _pairs(title)
        score, best = max(
            (
                (len(pairs & others) / max(1, len(pairs | others)), example)
                for example, others in self._titles.get(code, ())
            ),
            default=(0.0, ""),
        )
        return best if score >= _ALIKE else None

    @cached_property
    def _titles(self) -> dict[str, list[tuple[str, frozenset[tuple[str, str]]]]]:
        titles = self._model.titles if self._model else {}
        return {code: [(one, _pairs(one)) for one in some] for code, some in titles.items()}


def _lexicon_scores(features: Features, hint: Sequence[str]) -> dict[str, float]:
    return {code: sigmoid(logit) for code, logit in _lexicon_logits(features, hint).items()}


def _lexicon_logits(features: Features, hint: Sequence[str]) -> dict[str, float]:
    """Return how far above its bar each industry is that something speaks for."""
    factor = ROUND_UP if features.text.is_round_up else 1.0
    points = {code: factor * some for code, some in features.points.items()}
    for code in hint:
        points[code] = points.get(code, 0.0) + _HINT_POINTS
    best = max(points.values(), default=0.0)
    return {code: PER_POINT * (some - _bar(some, best)) for code, some in points.items() if some > 0}


def _bar(points: float, best: float) -> float:
    return (
        FIRST_POINTS if points == best or best < FIRST_POINTS else max(_SECOND_POINTS, _SECOND_SHARE * best)
    )


def _said_by_wording(features: Features, model: Model) -> Sequence[float]:
    """Return what the wording adds to each logit, in the order of `Model.bias`."""
    weights = model.wording
    known = [weights[gram] for gram in wording(features.text) if gram in weights]
    if not known:
        return model.bias
    scale = 1 / sqrt(len(known))
    sums = map(sum, zip(*known, strict=True))
    return [bias + scale * more for bias, more in zip(model.bias, sums, strict=True)]


def _learnt_scores(
    features: Features, model: Model, said: Sequence[float], hint: Sequence[str]
) -> dict[str, float]:
    logits = {
        code: dot(model.evidence, row(features, code)) + more + (_HINT_LOGIT if code in hint else 0.0)
        for code, more in zip(model.industries, said, strict=False)
    }
    best = max(logits.values(), default=0.0)
    learnt = {
        code: logit - (_FIRST_LOGIT if logit == best or best < _FIRST_LOGIT else _SECOND_LOGIT)
        for code, logit in logits.items()
    }
    lexicon = _lexicon_logits(features, hint)
    scores = {
        code: sigmoid(_LEARNT_SHARE * logit + (1 - _LEARNT_SHARE) * lexicon.get(code, logit))
        for code, logit in learnt.items()
    }
    # What only the lexicon would give stays in sight, as unsure.
    doubted = _doubted({code: sigmoid(logit) for code, logit in lexicon.items()})
    return {code: max(score, doubted.get(code, 0.0)) for code, score in scores.items()}


def _named_in_title(scores: Mapping[str, float], features: Features) -> dict[str, float]:
    """Return the industries whose products the title names: companies, too, have staff that play table tennis."""
    return {
        code: score
        for code, score in scores.items()
        for one in features.evidence.get(code, ())
        if one.term.tier is Tier.SUB_SECTOR and one.place <= Place.TITLE
    }


def _doubted(scores: Mapping[str, float]) -> dict[str, float]:
    return {code: min(score, _IN_DOUBT) for code, score in scores.items()}


def _told(evidence: Sequence[Evidence]) -> str:
    by_place: dict[str, list[str]] = {}
    for one in evidence:
        company, title = one.term.tier is Tier.COMPANY, one.place <= Place.TITLE
        where = "公司：" if company else "标题里有" if title else "正文里有"
        by_place.setdefault(where, []).append(one.term.text if company else f"“{one.term.text}”")
    return "，".join(
        where + ("、" if where == "公司：" else "").join(texts) for where, texts in by_place.items()
    )


def _pairs(title: str) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(fold(title)))


def _short(title: str) -> str:
    return title if len(title) <= 24 else f"{title[:23]}…"

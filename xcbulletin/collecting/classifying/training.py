"""Learning to classify from editors' decisions: a small model over the lexicon's evidence and the wording.

Two steps, each a logistic regression. The first, over what the lexicon found, is shared by all industries, so that a
hundred examples are enough for it; the second learns for each industry and column what wording adds to the first.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import exp, isfinite, sqrt
from operator import itemgetter, mul
from random import Random
from typing import Any

from xcbulletin.collecting.classifying.columns import COLUMNS, SIGNALS, signals
from xcbulletin.collecting.classifying.examples import Example
from xcbulletin.collecting.classifying.features import BY_LEXICON, WIDTH, describe, row, wording
from xcbulletin.collecting.classifying.lexicon import Lexicon
from xcbulletin.errors import BulletinError

_FORMAT = 2
_ROUNDS = 20
_FARTHEST = 2.0
"""What a weight may move in a round."""
_EPOCHS = 30
_STEP = 8.0
_DECAY = 0.995
_RIDGE = 0.2
_TRUST = 3.0
"""The ridge that holds the lexicon's evidence to what the lexicon makes of it: whoever wrote the lexicon may have
read the very examples, and what it found in them would be trusted too far."""
_MOST_WORDING = 3_000
_LEAST = 0.15
_MOST_TITLES = 400
_LARGEST = 1e6


class ModelError(BulletinError):
    """The bytes are no model that this program can use."""

    def __init__(self) -> None:
        super().__init__("归类用的模型读不出来，已损坏或出自别的版本；请重新运行 xcbulletin learn")


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """What was learnt."""

    industries: tuple[str, ...]
    evidence: tuple[float, ...]
    """Weights of `features.row`, the same for all industries."""
    signals: Mapping[str, tuple[float, ...]]
    """Weights of `columns.signals`, by column."""
    bias: tuple[float, ...]
    """One for each industry, then one for each column."""
    wording: Mapping[str, tuple[float, ...]]
    """Weights of a wording, in the order of `bias`."""
    titles: Mapping[str, tuple[str, ...]]
    """Of examples, by industry, to show what an item is like."""

    def to_bytes(self) -> bytes:
        """Return the model as JSON, the same bytes for the same model."""
        value = {
            "format": _FORMAT,
            "industries": self.industries,
            "evidence": self.evidence,
            "signals": dict(self.signals),
            "bias": self.bias,
            "wording": dict(self.wording),
            "titles": dict(self.titles),
        }
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    @staticmethod
    def from_bytes(content: bytes) -> "Model":
        """Read what `to_bytes` wrote. Raises ModelError."""
        try:
            model = _read_model(json.loads(content))
            model.to_bytes()  # half a surrogate pair can be read from JSON, but not be written
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
            raise ModelError from error
        return model

    @property
    def version(self) -> str:
        """Return a digest of the model."""
        return sha256(self.to_bytes()).hexdigest()[:12]


def _read_model(value: Any) -> Model:
    if value["format"] != _FORMAT:
        raise ValueError("format")
    industries = _texts(value["industries"])
    outputs = len(industries) + len(COLUMNS)
    return Model(
        industries=industries,
        evidence=_numbers(value["evidence"], WIDTH),
        signals={column: _numbers(value["signals"][column], SIGNALS) for column in COLUMNS},
        bias=_numbers(value["bias"], outputs),
        wording={gram: _numbers(weights, outputs) for gram, weights in value["wording"].items()},
        titles={code: _texts(titles) for code, titles in value["titles"].items()},
    )


def _numbers(values: Any, count: int) -> tuple[float, ...]:
    numbers = tuple(float(one) for one in values if type(one) in (int, float))
    if len(numbers) != count or len(values) != count:
        raise ValueError("count")
    if not all(isfinite(one) and abs(one) < _LARGEST for one in numbers):
        raise ValueError("size")
    return numbers


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise ValueError("texts")
    return tuple(values)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """An example, ready to be learnt from."""

    rows: tuple[tuple[float, ...], ...]
    signals: tuple[float, ...]
    wording: frozenset[str]
    wanted: tuple[float | None, ...]
    """0 or 1 for each industry, then for each column; None where the example does not say."""


def train(examples: Sequence[Example], lexicon: Lexicon) -> Model:
    """Return what `examples` teach beyond the lexicon. The same examples give the same model."""
    codes = tuple(one.code for one in lexicon.industries)
    cases = [_case(one, codes, lexicon) for one in examples]
    evidence = _fit_evidence(cases, len(codes))
    by_column = {column: _fit_signals(cases, len(codes) + at) for at, column in enumerate(COLUMNS)}
    start = [
        [
            *(dot(evidence, one) for one in case.rows),
            *(dot(by_column[column], case.signals) for column in COLUMNS),
        ]
        for case in cases
    ]
    bias, weights = _fit_wording(cases, start, len(codes) + len(COLUMNS))
    return Model(
        industries=codes,
        evidence=_rounded(evidence),
        signals={column: _rounded(weights) for column, weights in by_column.items()},
        bias=_rounded(bias),
        wording=weights,
        titles={code: _titles(examples, code) for code in codes},
    )


def _case(example: Example, codes: Sequence[str], lexicon: Lexicon) -> _Case:
    features = describe(example.title, example.summary, lexicon)
    has_column = bool(example.industries and example.column)
    return _Case(
        rows=tuple(row(features, code) for code in codes),
        signals=signals(features.text),
        wording=wording(features.text),
        wanted=(
            *(float(code in example.industries) for code in codes),
            *(float(column == example.column) if has_column else None for column in COLUMNS),
        ),
    )


def _titles(examples: Iterable[Example], code: str) -> tuple[str, ...]:
    return tuple([one.title[:80] for one in examples if code in one.industries][-_MOST_TITLES:])


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(value, 3) for value in values)


def dot(left: Iterable[float], right: Iterable[float]) -> float:
    """Return the sum of the products."""
    return float(sum(map(mul, left, right)))


def sigmoid(value: float) -> float:
    """Return the probability of a logit."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))


def _fit_evidence(cases: Sequence[_Case], industries: int) -> list[float]:
    return _logistic(
        Counter(
            (case.rows[at], wanted)
            for case in cases
            for at, wanted in enumerate(case.wanted[:industries])
            if wanted is not None
        ),
        BY_LEXICON,
        (_RIDGE, _RIDGE, *(_TRUST,) * (WIDTH - 2)),
    )


def _fit_signals(cases: Sequence[_Case], output: int) -> list[float]:
    wanted = ((case.signals, case.wanted[output]) for case in cases)
    counts = Counter((one, to) for one, to in wanted if to is not None)
    return _logistic(counts, (0.0,) * SIGNALS, (_RIDGE,) * SIGNALS)


def _logistic(
    counts: Mapping[tuple[tuple[float, ...], float], int], start: Sequence[float], ridges: Sequence[float]
) -> list[float]:
    """Fit a logistic regression by Newton's method; `counts` says how often a row and answer occur.

    Each weight is held to where it starts by its ridge, and moves little by little: few examples pull it far astray.
    """
    weights = list(start)
    for _ in range(_ROUNDS):
        slope = [
            ridge * (weight - first) for ridge, weight, first in zip(ridges, weights, start, strict=True)
        ]
        curve = [
            [ridge * (left == right) for right in range(len(start))] for left, ridge in enumerate(ridges)
        ]
        for (values, wanted), count in counts.items():
            chance = sigmoid(dot(weights, values))
            used = [(at, value) for at, value in enumerate(values) if value]
            for at, value in used:
                slope[at] += count * (chance - wanted) * value
                line, steepness = curve[at], count * chance * (1 - chance) * value
                for other, other_value in used:
                    line[other] += steepness * other_value
        steps = _solve(curve, slope)
        part = min(1.0, _FARTHEST / max(_FARTHEST, *map(abs, steps)))
        weights = [weight - part * step for weight, step in zip(weights, steps, strict=True)]
    return weights


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve a positive definite system by elimination."""
    lines = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for at, line in enumerate(lines):
        line[:] = [value / line[at] for value in line]
        for other in lines:
            if other is not line and other[at]:
                factor = other[at]
                other[:] = [value - factor * part for value, part in zip(other, line, strict=True)]
    return [line[-1] for line in lines]


def _fit_wording(
    cases: Sequence[_Case], start: Sequence[Sequence[float]], outputs: int
) -> tuple[list[float], dict[str, tuple[float, ...]]]:
    """Fit by stochastic descent, on top of the logits of the first step, what wording says of each output."""
    numbers = {gram: at for at, gram in enumerate(_vocabulary(cases))}
    known = [sorted(numbers[gram] for gram in case.wording if gram in numbers) for case in cases]
    weights = [[0.0] * len(numbers) for _ in range(outputs)]
    bias = [0.0] * outputs
    order = list(range(len(cases)))
    random = Random(0)
    for epoch in range(_EPOCHS):
        random.shuffle(order)
        step = _STEP / (1 + epoch / 5)
        for at in order:
            _descend(known[at], cases[at].wanted, start[at], weights, bias, step)
        weights = [[weight * _DECAY for weight in some] for some in weights]
        bias = [one * _DECAY for one in bias]
    by_gram = {gram: _rounded(some[at] for some in weights) for gram, at in numbers.items()}
    telling = sorted(by_gram, key=lambda gram: (-max(map(abs, by_gram[gram])), gram))[:_MOST_WORDING]
    return bias, {gram: by_gram[gram] for gram in telling if max(map(abs, by_gram[gram])) >= _LEAST}


def _vocabulary(cases: Sequence[_Case]) -> list[str]:
    found = Counter(gram for case in cases for gram in case.wording)
    fewest, most = max(2, len(cases) // 400), len(cases) / 2
    return sorted(gram for gram, count in found.items() if fewest <= count <= most)


def _descend(
    known: Sequence[int],
    wanted: Sequence[float | None],
    start: Sequence[float],
    weights: Sequence[list[float]],
    bias: list[float],
    step: float,
) -> None:
    if len(known) < 2:
        return
    take, scale = itemgetter(*known), 1 / sqrt(len(known))
    for output, (goal, logit) in enumerate(zip(wanted, start, strict=True)):
        if goal is None:
            continue
        some = weights[output]
        miss = sigmoid(logit + bias[output] + scale * sum(take(some))) - goal
        if abs(miss) > 0.01:
            bias[output] -= 0.05 * step * miss
            change = step * miss * scale
            for at in known:
                some[at] -= change

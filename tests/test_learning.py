"""The classifier learns from files and decisions, and only as far as it does it good."""

from datetime import UTC, datetime, timedelta

import pytest
from newsdesk import NOW, add_item, label_all
from sqlalchemy import Engine, func, select

from xcbulletin.collecting.classifying.examples import Example
from xcbulletin.collecting.suggesting import learning
from xcbulletin.collecting.suggesting.labelling import Locality
from xcbulletin.collecting.suggesting.learning import DUE, ENOUGH, Learner, add_examples
from xcbulletin.collecting.suggesting.suggestions import mark_dismissed, mark_picked
from xcbulletin.collecting.tables import model
from xcbulletin.model import Industry, Printed

INDUSTRIES = (
    Industry(code="ai", name="新一代人工智能产业", short_name="人工智能", sub_sectors=("大模型",)),
    Industry(code="robot", name="工业机器人产业", short_name="工业机器人", sub_sectors=("人形机器人",)),
)
NOWHERE = Locality()


def example(title: str, *industries: str) -> Example:
    return Example(title=title, summary="", industries=industries, column="news" if industries else None)


def many(count: int = ENOUGH) -> list[Example]:
    return [
        example(f"减速器进厂{place}", "robot") if place % 2 else example(f"天气{place}")
        for place in range(count)
    ]


def learn(engine: Engine, *examples: Example, articles: tuple[Printed, ...] = ()) -> learning.Lesson:
    with engine.begin() as connection:
        add_examples(connection, examples, NOW)
    return Learner(engine, INDUSTRIES).learn(articles, NOW)


def labels(engine: Engine, title: str) -> list[str]:
    found = Learner(engine, INDUSTRIES).labeller(NOWHERE).judge(title, "", ())
    return [one.code for one in found.labels if one.sure]


def test_with_nothing_learnt_the_lexicon_decides(engine: Engine) -> None:
    assert labels(engine, "人形机器人量产") == ["robot"]
    assert labels(engine, "减速器进厂") == []


def test_what_was_learnt_decides_from_then_on(engine: Engine) -> None:
    before = Learner(engine, INDUSTRIES).version(NOWHERE)
    lesson = learn(engine, *many())
    assert lesson.adopted
    assert lesson.learnt is not None
    assert lesson.learnt.f1 > 0.8
    assert labels(engine, "减速器进厂") == ["robot"]
    assert Learner(engine, INDUSTRIES).version(NOWHERE) != before


def test_only_the_last_model_is_kept(engine: Engine) -> None:
    learn(engine, *many())
    learn(engine, example("大模型发布", "ai"))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(model)) == 1


def test_a_lesson_nobody_asked_for_is_kept_only_if_it_does_no_harm(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([learning.Agreement(f1=0.9, clean=1), learning.Agreement(f1=0.8, clean=1)])
    monkeypatch.setattr(learning, "agreement", lambda *_given, **_more: next(scores))
    with engine.begin() as connection:
        add_examples(connection, many(), NOW)
    assert not Learner(engine, INDUSTRIES).learn((), NOW, if_better=True).adopted
    assert labels(engine, "减速器进厂") == []


def test_a_lesson_that_an_editor_asked_for_is_kept(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = iter([learning.Agreement(f1=0.9, clean=1), learning.Agreement(f1=0.8, clean=1)])
    monkeypatch.setattr(learning, "agreement", lambda *_given, **_more: next(scores))
    assert learn(engine, *many()).adopted


def test_a_lesson_of_which_nothing_was_kept_is_not_repeated_at_once(engine: Engine) -> None:
    for place in range(DUE):
        number = add_item(engine, f"天气{place}")
        with engine.begin() as connection:
            mark_dismissed(connection, number, NOW - timedelta(days=1))
    learner = Learner(engine, INDUSTRIES)
    assert learner.is_due()
    assert not learner.learn((), NOW).adopted
    assert not learner.is_due()
    assert labels(engine, "人形机器人量产") == ["robot"]


def test_an_example_given_again_takes_the_new_labels(engine: Engine) -> None:
    with engine.begin() as connection:
        assert add_examples(connection, [example("甲", "ai"), example("乙")], NOW) == 2
        assert add_examples(connection, [example("甲", "robot"), example("丙")], NOW) == 1
        kept = {one.title: one.industries for one in learning._from_files(connection)}
    assert kept == {"甲": ("robot",), "乙": (), "丙": ()}


def test_a_picked_item_has_the_tags_that_its_article_has_now(engine: Engine) -> None:
    number = add_item(engine, "智能工厂")
    with engine.begin() as connection:
        mark_picked(connection, number, "2026-11", "issues/2026-11/news/01.md", NOW)
    article = Printed(
        issue="2026-11",
        file="issues/2026-11/news/01.md",
        title="改写",
        text="",
        industries=("ai",),
        column="trends",
        draft=True,
    )
    with engine.connect() as connection:
        (one,) = learning._decided(connection, [article])
        assert not list(learning._decided(connection, []))
    assert (one.title, one.industries, one.column) == ("智能工厂", ("ai",), "trends")


def test_decisions_make_a_lesson_due(engine: Engine) -> None:
    numbers = [add_item(engine, f"天气{place}") for place in range(DUE)]
    label_all(engine)
    for number in numbers[1:]:
        with engine.begin() as connection:
            mark_dismissed(connection, number, NOW + timedelta(days=1))
    assert not Learner(engine, INDUSTRIES).is_due()
    with engine.begin() as connection:
        mark_dismissed(connection, numbers[0], NOW + timedelta(days=1))
    assert Learner(engine, INDUSTRIES).is_due()
    learner = Learner(engine, INDUSTRIES)
    with engine.begin() as connection:
        add_examples(connection, many(), NOW)
    learner.learn((), datetime(2026, 12, 1, tzinfo=UTC))
    assert not learner.is_due()

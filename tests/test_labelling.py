"""Every item is judged once, again when it or the classifier has changed, and never half."""

from datetime import timedelta

import pytest
from newsdesk import NOW, add_item, label_all, make_labeller
from sqlalchemy import Engine, func, select, update

from xcbulletin.collecting.suggesting import labelling
from xcbulletin.collecting.suggesting.labelling import count_pending, label_pending
from xcbulletin.collecting.suggesting.suggestions import judgement_of
from xcbulletin.collecting.tables import item, label

LONG_AGO = NOW - timedelta(days=1000)


def marks(engine: Engine, number: int) -> str | None:
    with engine.connect() as connection:
        return connection.scalar(select(label.c.industries).where(label.c.item_id == number))


def test_items_are_judged_once(engine: Engine) -> None:
    number = add_item(engine, "特高压开工", text="与大模型有关")
    assert count_pending(engine, make_labeller().version, LONG_AGO) == 1
    assert (label_all(engine), label_all(engine)) == (1, 0)
    assert marks(engine, number) == "|power|ai?|"
    with engine.connect() as connection:
        judgement = judgement_of(connection, number)
    assert [(one.code, one.sure, one.reason) for one in judgement.labels] == [
        ("power", True, "标题里有“特高压”"),
        ("ai", False, "正文里有“大模型”"),
    ]
    assert judgement.column == "news"


def test_the_city_is_looked_for_too(engine: Engine) -> None:
    number = add_item(engine, "许继电气中标")
    label_all(engine, make_labeller(companies=("许继",)))
    with engine.connect() as connection:
        assert [one.name for one in judgement_of(connection, number).mentions] == ["许继"]


def test_the_hint_of_the_source_is_handed_on(engine: Engine) -> None:
    number = add_item(engine, "动态", key="https://example.org/robot")
    label_pending(engine, make_labeller(), {"https://example.org/robot": ("robot",)}, LONG_AGO)
    assert marks(engine, number) == "|robot?|"


def test_a_changed_item_is_judged_again(engine: Engine) -> None:
    number = add_item(engine, "动态")
    label_all(engine)
    with engine.begin() as connection:
        connection.execute(
            update(item).where(item.c.id == number).values(title="特高压开工", digest="x", labelled_by=None)
        )
    assert label_all(engine) == 1
    assert marks(engine, number) == "|power|"


def test_an_item_that_changes_while_it_is_judged_stays_pending(engine: Engine) -> None:
    number = add_item(engine, "动态")
    rows = labelling._next(engine, make_labeller().version, LONG_AGO)
    with engine.begin() as connection:
        connection.execute(update(item).where(item.c.id == number).values(title="特高压", digest="new"))
    labelling._store(engine, make_labeller(), rows, {})
    assert label_all(engine) == 1
    assert marks(engine, number) == "|power|"


def test_a_new_classifier_judges_what_is_recent(engine: Engine) -> None:
    add_item(engine, "特高压开工")
    add_item(engine, "特高压旧闻", first_seen=NOW - timedelta(days=200))
    label_all(engine)
    newer, since = make_labeller("2"), NOW - timedelta(days=75)
    assert count_pending(engine, newer.version, since) == 1
    assert label_pending(engine, newer, {}, since) == 1
    assert count_pending(engine, newer.version, since) == 0
    assert count_pending(engine, newer.version, LONG_AGO) == 0


def test_another_list_of_places_is_another_labeller() -> None:
    assert make_labeller().version != make_labeller(places=("许昌",)).version


def test_many_items_are_judged_in_batches(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelling, "_BATCH", 3)
    for number in range(8):
        add_item(engine, f"特高压{number}")
    done: list[int] = []
    assert label_pending(engine, make_labeller(), {}, LONG_AGO, done.append) == 8
    assert done == [3, 6, 8]
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(label)) == 8


def test_whoever_is_stopped_goes_on_where_it_was(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelling, "_BATCH", 3)
    for number in range(8):
        add_item(engine, f"特高压{number}")

    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        label_pending(engine, make_labeller(), {}, LONG_AGO, stop)
    assert label_all(engine) == 5

"""Items, stories and labels put straight into a database, for tests of what is made of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine, insert, select, update

from xcbulletin.collecting.items import Label
from xcbulletin.collecting.suggesting.labelling import Labeller, Locality, label_pending, version
from xcbulletin.collecting.suggesting.ranking import Judgement
from xcbulletin.collecting.tables import item, source, story
from xcbulletin.collecting.titles import core_title

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
WORDS = {"特高压": "power", "机器人": "robot", "大模型": "ai", "储能": "power"}
_numbers = count(1)


def classify(title: str, text: str, hints: Sequence[str]) -> Judgement:
    """Label by a word of the title surely, by one of the text or a hint perhaps."""
    sure = {code: word for word, code in WORDS.items() if word in title}
    maybe = {code: word for word, code in WORDS.items() if word in text} | dict.fromkeys(hints, "信息源")
    labels = [
        Label(code=code, score=0.9, reason=f"标题里有“{word}”", sure=True) for code, word in sure.items()
    ]
    labels += [
        Label(code=code, score=0.5, reason=f"正文里有“{word}”", sure=False)
        for code, word in maybe.items()
        if code not in sure
    ]
    return Judgement(labels=tuple(labels), column="news" if labels else "none")


def make_labeller(name: str = "1", **locality: tuple[str, ...]) -> Labeller:
    place = Locality(**locality)
    return Labeller(classify=classify, locality=place, version=version(name, place))


def add_source(engine: Engine, key: str = "https://example.org/feed", name: str = "甲报") -> int:
    with engine.begin() as connection:
        found = connection.scalar(select(source.c.id).where(source.c.key == key))
        if found is not None:
            return found
        number: int = connection.execute(
            insert(source).values(key=key, name=name).returning(source.c.id)
        ).scalar_one()
        return number


def item_row(title: str, source_id: int, **fields: Any) -> dict[str, Any]:
    """Return an item as the inbox keeps it; each has an ident and an address of its own."""
    serial = next(_numbers)
    own = {
        "source_id": source_id,
        "ident": f"{serial}",
        "url": f"https://example.org/{serial}",
        "url_key": f"https://example.org/{serial}",
        "title": title,
        "title_core": core_title(title),
        "summary": "",
        "text": "",
        "published": None,
        "first_seen": NOW,
        "digest": f"{serial}",
    }
    return {**own, **fields}


def add_item(
    engine: Engine, title: str, *, into: int | None = None, key: str | None = None, **fields: Any
) -> int:
    """Add an item in a story of its own, or in the story of the item `into`; return its number."""
    row = item_row(title, add_source(engine, *([key, key] if key else [])), **{"published": NOW, **fields})
    with engine.begin() as connection:
        number: int = connection.execute(insert(item).values(**row).returning(item.c.id)).scalar_one()
        its_story = (
            connection.execute(insert(story).values(lead_id=number).returning(story.c.id)).scalar_one()
            if into is None
            else connection.scalar(select(item.c.story_id).where(item.c.id == into))
        )
        connection.execute(update(item).where(item.c.id == number).values(story_id=its_story))
    return number


def label_all(engine: Engine, labeller: Labeller | None = None) -> int:
    return label_pending(engine, labeller or make_labeller(), {}, datetime(2020, 1, 1, tzinfo=UTC))

"""What collecting keeps in the database. Times are UTC; lists are JSON."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from xcbulletin.database import Moment, metadata

source = Table(
    "source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("moved_to", Text),
    Column("moved_seen", Integer, nullable=False, default=0),
    Column("moved_since", Moment),
    Column("taken_over", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("asked_whole", Moment),
    Column("body_digest", String(64)),
    Column("read_as", String(64)),
    Column("window", Integer, nullable=False, default=0),
    Column("next_due", Moment),
    Column("claimed_until", Moment),
    Column("claimed_by", Text),
    Column("failures", Integer, nullable=False, default=0),
    Column("outcome", String(20)),
    Column("outcome_since", Moment),
    Column("detail", Text, nullable=False, default=""),
    Column("first_asked", Moment),
    Column("last_ok", Moment),
    Column("last_new", Moment),
    Column("newest_item", Moment),
    Column("usual_gap", Integer),
)
"""How each source fares. `taken_over` is the address that a confirmed permanent redirect led to, `read_as` the digest of
how the body was read when `body_digest` was taken, `window` how many entries the last reading had.
`newest_item` is when that appeared and `usual_gap` the days between two: both empty until they are worked out.
"""

fetch = Table(
    "fetch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("source.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("status", Integer),
    Column("size", Integer, nullable=False, default=0),
    Column("milliseconds", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("updated", Integer, nullable=False, default=0),
    Column("detail", Text, nullable=False, default=""),
    Index("ix_fetch_outcome", "outcome", "at", "source_id"),
)
"""One row each time a source was asked."""

story = Table(
    "story",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lead_id", Integer, index=True),
    Column("status", String(10), nullable=False, default="new", index=True),
    Column("decided", Moment),
    Column("issue", Text),
    Column("article", Text),
)
"""What items that tell the same are folded into. Status: new, picked (then issue and article), dismissed."""

item = Table(
    "item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("ident", Text, nullable=False),
    Column("url", Text),
    Column("url_key", Text),
    Column("title", Text, nullable=False),
    Column("title_core", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("published", Moment),
    Column("first_seen", Moment, nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("changes", Integer, nullable=False, default=0),
    Column("story_id", ForeignKey("story.id"), index=True),
    Column("fold_reason", Text),
    Column("event_id", Integer, index=True),
    Column("labelled_by", String(64), index=True),
    UniqueConstraint("source_id", "ident"),
    Index("ix_item_url_key", "url_key", "source_id"),
    Index("ix_item_published", "source_id", "published"),
)
"""An entry that a source gave. `story_id` is empty until it is folded, `labelled_by` until it is classified."""

label = Table(
    "label",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True, autoincrement=False),
    Column("made_by", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("relevance", Float, nullable=False),
    Column("industries", Text, nullable=False),
    Column("column", String(40)),
    Column("detail", JSON, nullable=False),
    Index("ix_label_made_by", "made_by", "at"),
    Index("ix_label_best", "relevance", "at"),
    Index("ix_label_at", "at", "industries"),
)
"""What the classifier made of an item, apart from it: ranking reads many rows, and none of their text.

`at` is when the item was published, or else first seen; `industries` reads `|ai|robot?|`, unsure ones with a mark.
"""

item_version = Table(
    "item_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", ForeignKey("item.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("digest", String(64), nullable=False),
)
"""What an item said before its source changed it."""

gram = Table(
    "gram",
    metadata,
    Column("gram", BigInteger, primary_key=True),
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("day", Integer, nullable=False, index=True),
)
"""The trigrams of recent core titles, and below zero sketches of texts, by which like items are found."""

boilerplate = Table(
    "boilerplate",
    metadata,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("gram", BigInteger, primary_key=True),
    Column("items", Integer, nullable=False),
)
"""In how many of a source's last items a common 6-gram was seen; under gram -1 how many it had then."""

verdict = Table(
    "verdict",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("one_id", ForeignKey("item.id"), nullable=False),
    Column("other_id", ForeignKey("item.id"), nullable=False),
    Column("same", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("one_id", "other_id"),
)
"""An editor's word, kept for good, on whether two items (the smaller id first) tell the same."""

example = Table(
    "example",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("industries", JSON, nullable=False),
    Column("column", String(40)),
    Column("at", Moment, nullable=False),
)
"""Labelled examples that `learn` was given; what editors decided stands with the stories."""

model = Table(
    "model",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("trained", Moment, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""The classifier as it was last trained."""

"""What collecting keeps in the database. Times are UTC; lists are JSON."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
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

from xcbulletin.database import metadata

source = Table(
    "source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("moved_to", Text),
    Column("moved_seen", Integer, nullable=False, default=0),
    Column("moved_since", DateTime(timezone=True)),
    Column("taken_over", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("asked_whole", DateTime(timezone=True)),
    Column("body_digest", String(64)),
    Column("next_due", DateTime(timezone=True)),
    Column("claimed_until", DateTime(timezone=True)),
    Column("failures", Integer, nullable=False, default=0),
    Column("outcome", String(20)),
    Column("outcome_since", DateTime(timezone=True)),
    Column("detail", Text, nullable=False, default=""),
    Column("first_asked", DateTime(timezone=True)),
    Column("last_ok", DateTime(timezone=True)),
    Column("last_new", DateTime(timezone=True)),
)
"""How each source fares. `taken_over` is the address that a confirmed permanent redirect led to."""

fetch = Table(
    "fetch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("source.id"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("status", Integer),
    Column("size", Integer, nullable=False, default=0),
    Column("milliseconds", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("updated", Integer, nullable=False, default=0),
    Column("detail", Text, nullable=False, default=""),
)
"""One row each time a source was asked."""

story = Table(
    "story",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lead_id", Integer),
    Column("status", String(10), nullable=False, default="new", index=True),
    Column("decided", DateTime(timezone=True)),
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
    Column("ident_kind", String(10), nullable=False),
    Column("url", Text),
    Column("url_key", Text, index=True),
    Column("title", Text, nullable=False),
    Column("title_core", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("published", DateTime(timezone=True)),
    Column("date_source", String(10)),
    Column("first_seen", DateTime(timezone=True), nullable=False, index=True),
    Column("last_seen", DateTime(timezone=True), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("changes", Integer, nullable=False, default=0),
    Column("story_id", ForeignKey("story.id"), index=True),
    Column("fold_kind", String(10)),
    Column("fold_score", Float),
    Column("fold_reason", Text),
    Column("event_id", Integer, index=True),
    Column("labels", JSON),
    Column("labelled_by", String(64), index=True),
    UniqueConstraint("source_id", "ident"),
)
"""An entry that a source gave. `story_id` is empty until it is folded, `labelled_by` until it is classified."""

item_version = Table(
    "item_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", ForeignKey("item.id"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
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
"""The trigrams of recent core titles, by which like titles are found."""

boilerplate = Table(
    "boilerplate",
    metadata,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("gram", BigInteger, primary_key=True),
    Column("items", Integer, nullable=False),
)
"""In how many of a source's items a 6-gram was seen."""

verdict = Table(
    "verdict",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("one_id", ForeignKey("item.id"), nullable=False),
    Column("other_id", ForeignKey("item.id"), nullable=False),
    Column("same", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
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
    Column("origin", String(10), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
"""What the classifier learns from. Origin: file, pick, dismiss."""

model = Table(
    "model",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("trained", DateTime(timezone=True), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""The classifier as it was last trained."""

Index("item_recent", item.c.published, item.c.story_id)

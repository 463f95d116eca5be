"""What the catalogue keeps in the database: what was filed, by its place. What finds words is each database's own."""

from sqlalchemy import JSON, BigInteger, Column, Date, ForeignKey, Integer, Table, Text

from xcbulletin.database import metadata

Place = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers its rows by a key that is INTEGER, and by no other."""

issue = Table(
    "filed_issue",
    metadata,
    Column("id", Text, primary_key=True),
    Column("stamp", Text, nullable=False),
    Column("scheme", Text, nullable=False),
    Column("date", Date, nullable=False, index=True),
    Column("slot", Integer, nullable=False),
)
"""The issues that can be found. `scheme` is how their words were cut, `slot` their place among those of one date."""

article = Table(
    "filed_article",
    metadata,
    Column("place", Place, primary_key=True, autoincrement=False),
    Column("issue_id", ForeignKey("filed_issue.id"), nullable=False, index=True),
    Column("file", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("column", Text, nullable=False),
    Column("industries", JSON, nullable=False),
    Column("text", Text, nullable=False),
)
"""Their articles, by their places (`places`): newest issue first, then as printed."""

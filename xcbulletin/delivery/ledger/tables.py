"""What delivery keeps in the database. Times are UTC; selections read `ai|robot`."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from xcbulletin.database import Moment, metadata

mailing = Table(
    "mailing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issue", Text, nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
    Column("prepared", Moment, nullable=False),
)
"""One row an issue."""

variant = Table(
    "variant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey("mailing.id"), nullable=False),
    Column("selection", Text, nullable=False),
    Column("pdf", String(10), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    UniqueConstraint("mailing_id", "selection", "pdf", "revision"),
)
"""What recipients of one kind get; `digest` is the SHA-256 of its content as it was prepared, empty for nothing."""

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey("mailing.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("variant_id", ForeignKey("variant.id"), nullable=False),
    Column("message_id", Text, nullable=False, unique=True),
    Column("copy_number", Integer),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_at", Moment),
    Column("next_at", Moment),
    Column("reason", String(20)),
    Column("detail", Text, nullable=False, default=""),
    Column("queue_id", Text),
    Column("run", String(32)),
    Column("updated", Moment, nullable=False),
    UniqueConstraint("mailing_id", "key"),
    Index("ix_delivery_state", "mailing_id", "state", "next_at"),
)
"""One row a letter: an address gets an issue once, however it is written.

`run` names the run of the program that has the letter in hand: another one's letters it does not touch.
"""

attempt = Table(
    "attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("delivery.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("reason", String(20)),
    Column("relay", Text, nullable=False, default=""),
    Column("code", Integer),
    Column("enhanced", String(12)),
    Column("reply", Text, nullable=False, default=""),
    Column("queue_id", Text),
)
"""What happened to letters, only ever added to: tries, bounces, a person's word."""

suppression = Table(
    "suppression",
    metadata,
    Column("key", Text, primary_key=True),
    Column("status", String(10), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("since", Moment, nullable=False),
    Column("detail", Text, nullable=False, default=""),
)
"""Addresses that get nothing. Status: proposed (a person decides), suppressed, lifted."""

bucket = Table(
    "bucket",
    metadata,
    Column("name", Text, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", Moment, nullable=False),
    Column("paused_until", Moment),
)
"""How much may be sent now: to a relay, under its host's name, and to a domain, under `@` and its name."""

returned = Table(
    "returned",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)
"""Letters that came back and were read already, by the SHA-256 of their bytes."""

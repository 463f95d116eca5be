"""How a source's items come, beside the source; and gaps found in a long log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns, empty: what they hold is worked out from the items when it is next wanted."""
    op.add_column("source", sa.Column("newest_item", sa.DateTime(timezone=True), nullable=True))
    op.add_column("source", sa.Column("usual_gap", sa.Integer(), nullable=True))
    # The log of half a year was read whole, twice in each collection, for the gaps of a week.
    op.create_index(op.f("ix_fetch_outcome"), "fetch", ["outcome", "at", "source_id"], unique=False)

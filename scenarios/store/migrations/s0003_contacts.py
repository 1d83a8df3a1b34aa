"""How people can be reached, apart from everything else, so that it can be left behind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "contacts",
        sa.Column("scenario", sa.Text, sa.ForeignKey("scenarios.id"), primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("contact", sa.Text, nullable=False),
    )

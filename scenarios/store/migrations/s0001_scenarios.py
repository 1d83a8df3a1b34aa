"""Projects, scenarios as rows, edits with undo, and the trail that only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenarios.store.guards import set_guards

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "projects",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("deleted_at", sa.Text),
    )
    op.create_table(
        "scenarios",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("project", sa.Text, sa.ForeignKey("projects.id"), nullable=False, index=True),
        sa.Column("parent", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("deleted_at", sa.Text),
    )
    op.create_table(
        "rows",
        sa.Column("scenario", sa.Text, sa.ForeignKey("scenarios.id"), primary_key=True),
        sa.Column("sheet", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "edits",
        sa.Column("scenario", sa.Text, sa.ForeignKey("scenarios.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index("edits_of_person", "edits", ["scenario", "who", "state"])
    op.create_table(
        "trail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("scenario", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("trail_of_scenario", "trail", ["scenario", "revision"])
    set_guards(op.get_bind())

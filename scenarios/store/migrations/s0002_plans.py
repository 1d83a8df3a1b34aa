"""Files by content, versions of scenarios, and the plans made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables, and files of its own to a scenario."""
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table("manifests", sa.Column("id", sa.Text, primary_key=True))
    op.create_table(
        "manifest_files",
        sa.Column("manifest", sa.Text, sa.ForeignKey("manifests.id"), primary_key=True),
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, sa.ForeignKey("blobs.sha256"), nullable=False),
    )
    op.create_table(
        "versions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("manifest", sa.Text, sa.ForeignKey("manifests.id"), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.UniqueConstraint("ref", "number"),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("ref", sa.Text, nullable=False, index=True),
        sa.Column("version", sa.Text, sa.ForeignKey("versions.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("body", sa.Text, sa.ForeignKey("blobs.sha256")),
        sa.Column("published_at", sa.Text),
        sa.Column("published_by", sa.Text),
    )
    # Plain SQL: both databases take a column with its reference like this, and SQLite in no other way.
    op.execute("ALTER TABLE scenarios ADD COLUMN base TEXT REFERENCES manifests (id)")

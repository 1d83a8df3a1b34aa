"""The tables as the newest migration leaves them. Values are JSON text, times UTC text, files by their SHA-256."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()
# SQLite counts only an INTEGER up by itself.
_COUNT = BigInteger().with_variant(Integer, "sqlite")

PROJECTS = Table(
    "projects", METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("deleted_at", Text),
)  # fmt: skip

SCENARIOS = Table(
    "scenarios", METADATA,
    Column("id", Text, primary_key=True),
    Column("project", Text, ForeignKey("projects.id"), nullable=False, index=True),
    # What it goes over: a shipped name, name+whatif, a folder; "" where it has files of its own (``base``).
    Column("parent", Text, nullable=False),
    # Counts every write; what a reader saw last is told apart by it.
    Column("revision", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("deleted_at", Text),
    Column("base", Text, ForeignKey("manifests.id")),
)  # fmt: skip

ROWS = Table(
    "rows", METADATA,
    Column("scenario", Text, ForeignKey("scenarios.id"), primary_key=True),
    Column("sheet", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)  # fmt: skip

EDITS = Table(
    "edits", METADATA,
    Column("scenario", Text, ForeignKey("scenarios.id"), primary_key=True),
    # The revision that it made; what it wrote stands in the trail under this number.
    Column("revision", Integer, primary_key=True),
    Column("who", Text, nullable=False),
    Column("state", Text, nullable=False),
    Index("edits_of_person", "scenario", "who", "state"),
)  # fmt: skip

TRAIL = Table(
    "trail", METADATA,
    Column("id", _COUNT, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    # No foreign key: what was done to a scenario outlives it.
    Column("scenario", Text, nullable=False),
    # The scenario's revision where rows were written, else none.
    Column("revision", Integer),
    Column("what", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    # Where the entry came with a file from another store: that file's SHA-256.
    Column("origin", Text, nullable=False),
    Index("trail_of_scenario", "scenario", "revision"),
    sqlite_autoincrement=True,
)  # fmt: skip

BLOBS = Table(
    "blobs", METADATA,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)  # fmt: skip

MANIFESTS = Table(
    "manifests", METADATA,
    # SHA-256 over the paths and contents of its files.
    Column("id", Text, primary_key=True),
)  # fmt: skip

MANIFEST_FILES = Table(
    "manifest_files", METADATA,
    Column("manifest", Text, ForeignKey("manifests.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("sha256", Text, ForeignKey("blobs.sha256"), nullable=False),
)  # fmt: skip

VERSIONS = Table(
    "versions", METADATA,
    Column("id", Text, primary_key=True),
    # A scenario's id, or the ref of a shipped one or an own folder.
    Column("ref", Text, nullable=False),
    Column("number", Integer, nullable=False),
    # SHA-256 of all that a plan depends on: files, patches, changes, pins.
    Column("inputs", Text, nullable=False),
    Column("manifest", Text, ForeignKey("manifests.id"), nullable=False),
    # Name, changes and pins as they were then.
    Column("content", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    UniqueConstraint("ref", "number"),
)  # fmt: skip

PLANS = Table(
    "plans", METADATA,
    # The job that made it.
    Column("id", Text, primary_key=True),
    Column("ref", Text, nullable=False, index=True),
    Column("version", Text, ForeignKey("versions.id"), nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    # plan.json, once the job has left one.
    Column("body", Text, ForeignKey("blobs.sha256")),
    Column("published_at", Text),
    Column("published_by", Text),
)  # fmt: skip

CONTACTS = Table(
    "contacts", METADATA,
    Column("scenario", Text, ForeignKey("scenarios.id"), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("contact", Text, nullable=False),
)  # fmt: skip

UNFINISHED = Table(
    "unfinished", METADATA,
    Column("who", Text, primary_key=True),
    # What it is about: a scenario's id, the ref of a shipped one, or "" where it is about none. No foreign key.
    Column("ref", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    # The fields of the form as one object.
    Column("value", Text, nullable=False),
    Column("at", Text, nullable=False),
    # From then on it may be swept.
    Column("until", Text, nullable=False),
)  # fmt: skip

"""Versions: a scenario as it was at one moment, whole, so that a plan's inputs can be had again.

The *inputs* of a plan are the files it was made from, the what-ifs laid over them in order, the changes and the pins.
Their digest tells whether a plan still fits: a change that was made and taken back leaves it as it was, a new name
does too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from scenarios import jobs
from scenarios.store.files import PATCHES, digest_of, keep_files, scenario_files
from scenarios.store.place import Store
from scenarios.store.rows import NAME, Key
from scenarios.store.shelf import changes_of, pins_of
from scenarios.store.tables import VERSIONS
from scenarios.store.texts import dumps, loads, now
from scenarios.store.trail import note


@dataclass(frozen=True)
class Inputs:
    """What a plan is made from: a folder, patches over it in order, and the rows of the store."""

    folder: Path
    patches: tuple[Path, ...] = ()
    rows: Mapping[Key, Any] | None = None
    parent: str = ""

    def content(self) -> dict[str, Any]:
        """What the rows say, as a version keeps it."""
        rows = self.rows or {}
        return {
            "name": rows.get(NAME, ""),
            "parent": self.parent,
            "changes": [{"id": key, "kind": kind, "values": values} for key, kind, values in changes_of(rows)],
            "pins": pins_of(rows),
        }

    def digest(self) -> str:
        """SHA-256 over all that a plan depends on; names and ids of changes are left out."""
        its = self.content()
        said = {"changes": [[c["kind"], c["values"]] for c in its["changes"]], "pins": its["pins"]}
        text = f"{digest_of(scenario_files(self.folder), self.patches)} {dumps(said)}"
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Version:
    """One kept version; ``number`` counts the versions of one scenario from 1."""

    id: str
    ref: str
    number: int
    inputs: str
    manifest: str
    content: Mapping[str, Any]
    note: str
    at: str
    who: str


def keep(store: Store, ref: str, inputs: Inputs, *, who: str, why: str) -> Version:
    """Keep a scenario as it is now; where the newest version is the same, that one is it."""
    files = scenario_files(inputs.folder)
    files |= {f"{PATCHES}/{n}.toml": path for n, path in enumerate(inputs.patches, start=1)}
    digest, content = inputs.digest(), inputs.content()
    with store.writing() as conn:
        last = newest(conn, ref)
        if last is not None and last.inputs == digest and last.content == loads(dumps(content)):
            return last
        number = 1 if last is None else last.number + 1
        version = Version(
            jobs.new_id(), ref, number, digest, keep_files(conn, files), content, why, now(), who
        )
        conn.execute(insert(VERSIONS).values(**{**vars(version), "content": dumps(content)}))
        note(conn, ref, who, "version", f"Version {number} is kept: {why}.", after={"version/number": number})
    return version


def newest(conn: Connection, ref: str) -> Version | None:
    """The newest version of a scenario."""
    top = select(func.max(VERSIONS.c.number)).where(VERSIONS.c.ref == ref).scalar_subquery()
    row = conn.execute(select(VERSIONS).where(VERSIONS.c.ref == ref, VERSIONS.c.number == top)).one_or_none()
    return None if row is None else _version(row)


def versions_of(store: Store, ref: str) -> tuple[Version, ...]:
    """Every version of a scenario, the oldest first."""
    with store.reading() as conn:
        return versions_in(conn, ref)


def versions_in(conn: Connection, ref: str) -> tuple[Version, ...]:
    """``versions_of`` within a transaction."""
    asked = select(VERSIONS).where(VERSIONS.c.ref == ref).order_by(VERSIONS.c.number)
    return tuple(_version(row) for row in conn.execute(asked))


def _version(row: Row[Any]) -> Version:
    return Version(
        row.id, row.ref, row.number, row.inputs, row.manifest, loads(row.content), row.note, row.at, row.who
    )

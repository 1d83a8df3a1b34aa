"""Which form a store has: a new one is made, an old one is brought up step by step, a newer one is refused.

Steps lie in ``migrations/``, one file each. All steps that a store lacks run in one transaction, so that a store is
never left between two forms; a file on this machine is copied aside first.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from scenarios.store.errors import refuse
from scenarios.tongue import say as _

_FOLDER = Path(__file__).parent / "migrations"
#: Any number that other programs are unlikely to take: PostgreSQL lets one session at a time hold it.
_LOCK = 7_236_451_098


@cache
def _steps() -> ScriptDirectory:
    return ScriptDirectory(str(_FOLDER), version_locations=[str(_FOLDER)])


def newest() -> int:
    """The form that this program writes."""
    return int(_steps().get_current_head() or 0)


def number_of(conn: Connection, place: str) -> int:
    """The form of a store, 0 for an empty database.

    Raises
    ------
    StoreError
        The store is newer than this program, or the database holds something else.
    """
    number = MigrationContext.configure(conn).get_current_revision()
    if number is None:
        others = inspect(conn).get_table_names()
        if others:
            remedy = _("name another place; this holds {names}", names=", ".join(others[:3]))
            raise refuse(place, _("an empty database or a store"), remedy)
        return 0
    if not number.isdigit() or int(number) > newest():
        raise refuse(
            place, _("a store of form {form} or older", form=newest()),
            _("install a newer Vedette; nothing was changed"),
            field="schema", value=number,
        )
    return int(number)


def upgrade(conn: Connection, place: str, to: int | None = None) -> tuple[int, int]:
    """Bring a store to form ``to`` (the newest) within the transaction of ``conn``; returns (before, after).

    The caller holds the only writing transaction: on SQLite by its kind, on PostgreSQL by the lock taken here.
    """
    if conn.dialect.name != "sqlite":
        conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    before = number_of(conn, place)
    goal = newest() if to is None else to
    if before < goal:
        _run(conn, f"{goal:04d}")
    return before, max(before, goal)


def _run(conn: Connection, goal: str) -> None:
    steps = _steps()

    def wanted(current: Any, _: MigrationContext) -> Any:
        return steps._upgrade_revs(goal, current)  # noqa: SLF001 - what alembic.command.upgrade does itself

    context = MigrationContext.configure(conn, opts={"fn": wanted, "script": steps})
    with Operations.context(context):
        context.run_migrations()

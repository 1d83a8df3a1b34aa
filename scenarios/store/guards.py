"""What keeps the trail as it was written: the database itself refuses to change or remove an entry."""

from __future__ import annotations

from sqlalchemy import Connection

WORDS = "the audit trail can only grow"

_SQLITE = [
    f"CREATE TRIGGER trail_no_{verb} BEFORE {verb.upper()} ON trail BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for verb in ("update", "delete")
]
_POSTGRES = [
    f"CREATE OR REPLACE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE '{WORDS}'; END $$",
    "CREATE TRIGGER trail_no_change BEFORE UPDATE OR DELETE ON trail FOR EACH ROW EXECUTE FUNCTION trail_refuse()",
    "CREATE TRIGGER trail_no_truncate BEFORE TRUNCATE ON trail FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse()",
]


def set_guards(conn: Connection) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE) on the trail from here on."""
    for statement in _SQLITE if conn.dialect.name == "sqlite" else _POSTGRES:
        conn.exec_driver_sql(statement)


def lift_guards(conn: Connection) -> None:
    """For ``restore`` alone, which puts a whole store in the place of another, in one transaction."""
    names = ("update", "delete") if conn.dialect.name == "sqlite" else ("change", "truncate")
    for name in names:
        of = "" if conn.dialect.name == "sqlite" else " ON trail"
        conn.exec_driver_sql(f"DROP TRIGGER trail_no_{name}{of}")

"""A scenario from a file that came from somewhere: judged as a whole, then kept in one transaction, or not at all.

Names in the file never become names on the disk: contents are kept by their SHA-256, and laid out later under
paths that were judged.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Table, insert, select

from scenarios.jobs import new_id
from scenarios.store.contacts import set_in
from scenarios.store.errors import StoreError, refuse
from scenarios.store.files import MOST_FILE_BYTES, keep_bytes, keep_list
from scenarios.store.parcel_check import sound_history, sound_plan, sound_rows
from scenarios.store.parcel_form import FORMAT, LIST, ParcelForm
from scenarios.store.place import Store
from scenarios.store.projects import first
from scenarios.store.rows import NAME, Key, Write, write_rows
from scenarios.store.safezip import open_zip
from scenarios.store.tables import EDITS, PLANS, SCENARIOS, VERSIONS
from scenarios.store.texts import dumps, one_line
from scenarios.store.trail import Entry, add_all, note
from scenarios.store.versions import Inputs
from scenarios.tongue import ENGLISH, language
from scenarios.tongue import say as _
from scenarios.valuewords import told

MOST_LIST_BYTES = 128 * 2**20
_PARTS = re.compile(
    r"vedette\.json|whatif\.toml|scenario/[^/]+(/[^/]+){0,3}|plans/\d{8}-\d{6}-[0-9a-f]{8}\.json|files/[0-9a-f]{64}"
)


def take_in(
    store: Store, path: Path, *, who: str, known: Callable[[str], Inputs | None], project: str | None = None
) -> str:
    """Take a scenario in from a file; returns its id, a new one where this store has seen the old one.

    Parameters
    ----------
    known
        What a parent (a shipped scenario, for one) is on this machine. Where it is the same as in the file, the
        scenario goes over it again, else over its own files.

    Raises
    ------
    StoreError
        The file is not what ``export`` writes, damaged, too large, or of a newer form; nothing was kept.
    """
    with path.open("rb") if path.is_file() else _missing(path) as raw:
        origin = hashlib.file_digest(raw, "sha256").hexdigest()
    with open_zip(path, _PARTS) as parts:
        form = _form(parts.read(LIST, MOST_LIST_BYTES), path)
        rows = sound_rows(form)
        sound_history(form)
        wanted = {*form.base.values(), *(sha for v in form.versions for sha in v.files.values())}
        bodies = {plan.body for plan in form.plans if plan.body is not None}
        with store.writing() as conn:  # each part is judged, then kept; of a bad file nothing stays
            for sha in sorted(wanted | bodies):
                content = parts.read(form.members.get(sha, ""), MOST_FILE_BYTES)
                if hashlib.sha256(content).hexdigest() != sha:
                    raise parts.bad(_("parts as they were written"), form.members[sha])
                if sha in bodies:
                    sound_plan(content)
                keep_bytes(conn, content)
            parent = known(form.parent) if form.parent else None
            own = None if parent is not None and parent.digest() == form.digest else keep_list(conn, form.base)
            return _keep(conn, form, rows, own, origin, who, project)


def take_in_bytes(
    store: Store, content: bytes, name: str, *, who: str, known: Callable[[str], Inputs | None]
) -> str:
    """``take_in`` for a file that was uploaded; its name is only ever shown."""
    with tempfile.TemporaryDirectory(prefix="vedette-in-") as folder:
        path = Path(folder) / "uploaded.vedette"
        path.write_bytes(content)
        try:
            return take_in(store, path, who=who, known=known)
        except StoreError as error:
            raise StoreError(replace(f, file=name) if f.file == path.name else f for f in error.faults) from None


def _missing(path: Path) -> Any:
    raise refuse(path.name, _("a file"), _("check the path"), value=str(path))


def _form(text: bytes, path: Path) -> ParcelForm:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise refuse(path.name, _("a sound {file}", file=LIST), _("ask for the file again")) from None
    number = data.get("format") if isinstance(data, dict) else None
    if isinstance(number, int) and not isinstance(number, bool) and number > FORMAT:
        expected = _("a file of form {form} or older", form=FORMAT)
        raise refuse(path.name, expected, _("install a newer Vedette"), value=str(number))
    try:
        return ParcelForm.model_validate(data)
    except ValidationError as error:
        first_one = error.errors()[0]
        where = ".".join(map(str, first_one["loc"]))
        said = first_one["msg"] if language() == ENGLISH else told(first_one)
        raise refuse(path.name, said[:100], _("ask for the file again"), field=where[:80]) from None


def _keep(
    conn: Connection, form: ParcelForm, rows: dict[Key, Any], own: str | None, origin: str, who: str,
    project: str | None,
) -> str:  # fmt: skip
    def free(table: Table, name: str) -> str:
        return new_id() if conn.execute(select(table.c.id).where(table.c.id == name)).first() else name

    scenario = free(SCENARIOS, form.id)
    versions = {v.id: free(VERSIONS, v.id) for v in form.versions}
    plans = {p.id: free(PLANS, p.id) for p in form.plans}

    def sheet(name: str) -> str:
        head, _colon, plan = name.partition(":")
        return f"{head}:{plans[plan]}" if head == "duties" and plan in plans else name

    def renamed(values: dict[str, Any]) -> dict[str, Any]:
        return {"/".join([sheet(name.partition("/")[0]), name.partition("/")[2]]): v for name, v in values.items()}

    conn.execute(
        insert(SCENARIOS).values(
            id=scenario, project=project or first(conn, who), base=own,
            parent=one_line(form.parent, 200) if own is None else "", revision=form.revision,
            created_at=form.created_at, created_by=one_line(form.created_by),
        )
    )  # fmt: skip
    write_rows(conn, scenario, [Write(sheet(name), key, None, value) for (name, key), value in rows.items()])
    add_all(
        conn,
        [
            Entry(e.at, one_line(e.who), scenario, e.revision, one_line(e.what), one_line(e.text, 20_000),
                  renamed(e.before), renamed(e.after), origin)
            for e in form.trail
        ],
    )  # fmt: skip
    for edit in form.edits:
        values = {"scenario": scenario, "revision": edit.revision, "who": one_line(edit.who), "state": edit.state}
        conn.execute(insert(EDITS).values(**values))
    for v in form.versions:
        conn.execute(
            insert(VERSIONS).values(
                id=versions[v.id], ref=scenario, number=v.number, inputs=v.inputs, manifest=keep_list(conn, v.files),
                content=dumps(v.content), note=one_line(v.note, 200), at=v.at, who=one_line(v.who),
            )
        )  # fmt: skip
    for p in form.plans:
        by = None if p.published_by is None else one_line(p.published_by)
        conn.execute(
            insert(PLANS).values(
                id=plans[p.id], ref=scenario, version=versions[p.version], at=p.at, who=one_line(p.who), body=p.body,
                published_at=p.published_at, published_by=by,
            )
        )  # fmt: skip
    set_in(conn, scenario, form.contacts)
    note(conn, scenario, who, "imported", f'"{rows[NAME]}" came with a file.', after={"import/sha256": origin})
    return scenario

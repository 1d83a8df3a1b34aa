"""What an exported scenario must hold together to be taken in, beyond the form of each value."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from scenarios.store.checkins import sound_checkin
from scenarios.store.errors import StoreError, refuse
from scenarios.store.operations import MOST_ROWS, sound_change, sound_id
from scenarios.store.parcel_form import LIST, ParcelForm
from scenarios.store.projects import sound_name
from scenarios.store.rows import CHANGES, CHECKINS, NAME, PINS, Key, pin_key
from scenarios.store.seats import seats_of
from scenarios.store.texts import dumps
from scenarios.tongue import mark
from scenarios.tongue import say as _

_ASK = mark("nothing of it was taken in; ask for the file again")


def _bad(expected: str, value: str = "") -> StoreError:
    return refuse(LIST, expected, _(_ASK), value=value)


def sound_row(sheet: str, key: str, value: Any, duties: Container[str]) -> None:
    """Refuse a row of a kind that is not known, or without what its kind needs."""
    if (sheet, key) == NAME:
        good = isinstance(value, str) and sound_name(value) == value
    elif not isinstance(value, dict):
        good = False
    elif sheet == CHANGES:
        good = set(value) == {"kind", "values", "place"} and type(value["place"]) is int
        sound_id(key, mark("change"))
        if good:
            sound_change(value["kind"], value["values"])
    elif sheet == PINS:
        good = set(value) == {"person", "group", "on"} and type(value["on"]) is bool
        good = good and pin_key(sound_id(value["person"], "person"), sound_id(value["group"], mark("group"))) == key
    elif sheet == CHECKINS:
        good = sound_checkin(key, value)
    elif sheet in duties:
        sound_id(key, mark("seat"))
        good = set(value) == {"person"} and (value["person"] is None or bool(sound_id(value["person"], "person")))
    else:
        good = False
    if not good:
        raise _bad(_("rows as a scenario has them"), f"{sheet}/{key}")
    dumps(value)


def sound_rows(form: ParcelForm) -> dict[Key, Any]:
    """Every row, judged, each once."""
    duties = {f"duties:{plan.id}" for plan in form.plans}
    rows: dict[Key, Any] = {}
    if len(form.rows) > 50 * MOST_ROWS:
        raise _bad(_("at most {limit} rows", limit=50 * MOST_ROWS))
    for row in form.rows:
        if (row.sheet, row.key) in rows:
            raise _bad(_("each row once"), f"{row.sheet}/{row.key}")
        sound_row(row.sheet, row.key, row.value, duties)
        rows[row.sheet, row.key] = row.value
    if NAME not in rows:
        raise _bad(_("the scenario's name"))
    return rows


def sound_history(form: ParcelForm) -> None:
    """Refuse numbers that do not fit each other, and writes that undo or redo could not make."""
    written = [entry.revision for entry in form.trail if entry.revision is not None]
    edits = [edit.revision for edit in form.edits]
    versions = {version.id for version in form.versions}
    good = (
        len(set(written)) == len(written)
        and len(set(edits)) == len(edits)
        and set(edits) <= set(written)
        and max([0, *written]) <= form.revision
        and len({v.number for v in form.versions}) == len(versions) == len(form.versions)
        and len({p.id for p in form.plans}) == len(form.plans)
        and all(plan.version in versions for plan in form.plans)
    )
    if not good:
        raise _bad(_("a history that fits together"))
    duties = {f"duties:{plan.id}" for plan in form.plans}
    for entry in form.trail:
        dumps([entry.before, entry.after])
        if entry.revision is None:
            continue
        if entry.before.keys() != entry.after.keys():
            raise _bad(_("each write with what stood there before"), str(entry.revision))
        for values in (entry.before, entry.after):
            for name, value in values.items():
                sheet, _slash, key = name.partition("/")
                if value is not None:
                    sound_row(sheet, key, value, duties)


def sound_plan(content: bytes) -> None:
    """Refuse a plan whose seats cannot be read."""
    try:
        seats_of(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _bad(_("plans that can be read")) from None

"""Drafts and what is done to them: edits saved as they are made, taken back, undone, kept side by side, and planned.

Each change of a draft can be taken back by itself, each edit undone. What there is to plan is told by ``sources``.
Names that people give are only ever shown.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from scenarios import jobs
from scenarios.load import Raw, find_folder, library
from scenarios.sources import Change, Draft, Source, find, loaded, open_shelf, raw_of, sources
from scenarios.store import edits, plans, shelf, trail, versions
from scenarios.store.conflict import Choice, Conflict, Difference
from scenarios.store.errors import StoreError, Unchanged
from scenarios.store.operations import AddChange, Operation, RemoveChange, Rename
from scenarios.store.patch import whatif_text
from scenarios.store.place import Store
from scenarios.store.row_operations import PutSetting, RowGone, Rows, seen_rows
from scenarios.store.rows import applied, from_maps, inverse, net
from scenarios.store.texts import actor
from scenarios.store.together import Together
from scenarios.store.trail import Entry
from scenarios.store.versions import Inputs
from scenarios.tongue import say as _

__all__ = [
    "Change", "Choice", "Conflict", "Difference", "Draft", "Source", "StoreError", "Unchanged", "add", "add_all",
    "as_seen", "change_rows", "delete", "duplicate", "edit", "find", "inputs_of", "known_parent", "library",
    "loaded", "plan", "put", "put_many", "put_setting", "raw_of", "redo", "remove", "rename", "resolve",
    "rows_edit", "setting_edit", "settle", "since", "sources", "steps", "take_back", "together", "undo",
]  # fmt: skip
Values = Mapping[str, Any]


# ---------------------------------------------------------------- edits
def edit(draft: Draft, operation: Operation, *, seen: int | None = None, who: str | None = None) -> Draft:
    """Do something to a draft and save it.

    Parameters
    ----------
    seen
        The revision that the person had before their eyes; the draft's own where it is not given.

    Raises
    ------
    Conflict
        Somebody has changed it since; nothing was written.
    StoreError
        It cannot be done.
    """
    store = open_shelf()
    edits.apply(store, draft.id, operation, who=who or actor(), seen=draft.revision if seen is None else seen)
    return _read(store, draft.id)


def add(ref: str, kind: str, values: Mapping[str, Any], *, seen: int | None = None, who: str | None = None) -> Draft:
    """Add a change to a draft; any other source becomes the start of a new draft first.

    Raises like ``edit``, and ``Unchanged`` where nothing would be written and there is no draft yet.
    """
    return _done(find(ref), AddChange(kind, values), seen, who)


def add_all(
    ref: str, changes: Sequence[tuple[str, Values]], *, seen: int | None = None, who: str | None = None
) -> Draft:
    """Add changes (kind, values) that belong together as one edit.

    Others may have written about other things since ``seen``: that is no conflict. Else answers and raises like
    ``add``.
    """
    return together(ref, [AddChange(kind, values) for kind, values in changes], seen=seen, who=who)


def together(
    ref: str, operations: Sequence[Operation], *, seen: int | None = None, who: str | None = None
) -> Draft:
    """Do several things to a draft as one edit: all or none, one conflict, one undo. Raises like ``put``."""
    return _done(find(ref), Together(operations), seen, who)


def _done(source: Source, operation: Operation, seen: int | None, who: str | None) -> Draft:
    who = who or actor()
    if source.draft is not None:
        return edit(source.draft, operation, seen=seen, who=who)
    store = open_shelf()
    # Both or none: an edit that is refused or changes nothing leaves no draft behind.
    with store.writing() as conn:
        new = shelf.add(conn, _("{name}, changed", name=source.label), who=who, parent=source.ref)
        if not edits.apply_in(conn, new, operation, who=who, seen=0):
            raise Unchanged
    return _read(store, new)


def put(
    ref: str, table: str, key: Values, values: Values, *, title: str, seen: int | None = None, who: str | None = None,
) -> Draft:  # fmt: skip
    """Change or add one row of a table, or one entry of ``spans``, ``shifts``, ``kinds`` or ``seat_changes``.

    Several edits of one row are one change in the list. Others may have written other rows since ``seen``: that is no
    conflict. Else raises like ``edit``.

    Parameters
    ----------
    ref
        A source; any but a draft becomes the start of a new draft first.
    key
        What tells the row apart: its ``id``, or the columns in ``whatif_form.KEYS``. To change these, take the row out
        and put another, with ``change_rows``.
    values
        Column -> value, as text or as the file has it; None or "" takes the value away.
    title
        What people call the row.
    """
    return change_rows(ref, put=[(table, key, values, title)], seen=seen, who=who)


def put_many(
    ref: str, table: str, rows: Sequence[tuple[Values, Values, str]], *, seen: int | None = None,
    who: str | None = None,
) -> Draft:  # fmt: skip
    """``put`` for a whole paste, as one edit: key, values and title of each row."""
    return change_rows(ref, put=[(table, *row) for row in rows], seen=seen, who=who)


def remove(
    ref: str, table: str, keys: Sequence[Values], titles: Sequence[str], *, seen: int | None = None,
    who: str | None = None,
) -> Draft:  # fmt: skip
    """Take rows out, as one edit; what hangs on a person goes along. Parameters and errors as for ``put``."""
    return change_rows(ref, gone=[(table, *row) for row in zip(keys, titles, strict=True)], seen=seen, who=who)


def change_rows(
    ref: str, *, put: Sequence[tuple[str, Values, Values, str]] = (), gone: Sequence[tuple[str, Values, str]] = (),
    seen: int | None = None, who: str | None = None,
) -> Draft:  # fmt: skip
    """Rows of any tables put (table, key, values, title) and taken out (table, key, title), all as one edit."""
    source = find(ref)
    return _done(source, rows_edit(as_seen(source, seen), put, gone), seen, who)


def rows_edit(
    raw: Raw, put: Sequence[tuple[str, Values, Values, str]] = (), gone: Sequence[tuple[str, Values, str]] = ()
) -> Rows:
    """``change_rows`` as an operation, over a scenario as it was seen."""
    return Rows(seen_rows(raw, put), [RowGone(*row) for row in gone])


def put_setting(
    ref: str, section: str | Sequence[str], values: Values, *, title: str = "", seen: int | None = None,
    who: str | None = None,
) -> Draft:  # fmt: skip
    """Set values of a section of the settings: ``put_setting(ref, "demand", {"reserve_pct": 20})``; "" is the topmost.

    Values are merged deep, None takes one away. Several edits of one section are one change in the list. Raises like
    ``put``.
    """
    source = find(ref)
    return _done(source, setting_edit(as_seen(source, seen), section, values, title), seen, who)


def as_seen(source: Source, seen: int | None) -> Raw:
    """A source as it stood at the revision that a person had before their eyes, whatever others have written since.

    An edit says what it changes against this: where it is kept in place of theirs, it is this that it goes over.
    """
    draft = source.draft
    if draft is None or seen is None or seen >= draft.revision:
        return raw_of(source)
    later = (e for e in since(draft, seen) if e.revision is not None and e.revision <= draft.revision)
    writes = net(write for entry in later for write in from_maps(entry.before, entry.after))
    return raw_of(replace(source, draft=replace(draft, rows=applied(draft.rows, inverse(writes)))))


def setting_edit(raw: Raw, section: str | Sequence[str], values: Values, title: str = "") -> PutSetting:
    """``put_setting`` as an operation, over a scenario as it was seen."""
    path = tuple(section.split(".")) if isinstance(section, str) and section else tuple(section)
    before: Any = raw.settings
    for name in path:
        before = before.get(name, {}) if isinstance(before, Mapping) else {}
    stood = {name: before.get(name) for name in values} if isinstance(before, Mapping) else {}
    return PutSetting(path, values, stood, title)


def take_back(draft: Draft, change_id: str, *, seen: int | None = None, who: str | None = None) -> Draft:
    """Remove one change. Raises like ``edit``."""
    return edit(draft, RemoveChange(change_id), seen=seen, who=who)


def rename(draft: Draft, name: str, *, seen: int | None = None, who: str | None = None) -> Draft:
    """Give it another name; an empty one changes nothing. Raises like ``edit``."""
    return edit(draft, Rename(name), seen=seen, who=who)


def undo(draft: Draft, *, who: str | None = None) -> str | None:
    """Take back the person's last edit; its sentence, None where there is none. Conflict where others built on it."""
    return edits.undo(open_shelf(), draft.id, who=who or actor())


def redo(draft: Draft, *, who: str | None = None) -> str | None:
    """Do again what was undone last. Answers like ``undo``."""
    return edits.redo(open_shelf(), draft.id, who=who or actor())


def steps(draft: Draft, *, who: str | None = None) -> edits.Steps:
    """What the person can undo and redo next."""
    return edits.steps(open_shelf(), draft.id, who or actor())


def since(draft: Draft, revision: int) -> tuple[Entry, ...]:
    """What was written to a draft after a revision: who, when, and a sentence each."""
    with open_shelf().reading() as conn:
        return trail.since(conn, draft.id, revision)


def resolve(difference: Difference, choice: Choice, *, who: str | None = None) -> None:
    """Do what was chosen after a conflict; Conflict again where it was changed once more."""
    edits.resolve(open_shelf(), difference, choice, who=who or actor())


def duplicate(draft: Draft, *, who: str | None = None) -> Draft:
    """Make another draft with the same changes."""
    store = open_shelf()
    return _read(store, shelf.duplicate(store, draft.id, who=who or actor()))


def delete(draft: Draft, *, who: str | None = None) -> None:
    """Remove a draft; its plans stay, and the store keeps what is needed to bring it back."""
    if jobs.is_id(draft.id):
        shelf.delete(open_shelf(), draft.id, who=who or actor())
        shutil.rmtree(draft.folder, ignore_errors=True)


def _read(store: Store, scenario: str) -> Draft:
    its = shelf.read(store, scenario)
    return Draft(its.id, its.name, its.parent, its.revision, its.rows)


# ---------------------------------------------------------------- plans
def inputs_of(source: Source) -> Inputs:
    """What a plan of a source depends on."""
    folder = find_folder(source.base)
    if source.draft is None:
        return Inputs(folder, source.patches)
    return Inputs(folder, source.patches[:-1], source.draft.rows, source.draft.parent)


def known_parent(ref: str) -> Inputs | None:
    """What a parent named in a file is on this machine; a folder's path means nothing on another one."""
    mine = {source.ref: source for source in sources() if source.draft is None and source.base in library()}
    return inputs_of(mine[ref]) if ref in mine else None


def plan(source: Source, options: jobs.Options, *, who: str | None = None) -> jobs.Job:
    """Start planning a source; a what-if keeps the post numbers and call signs of its base's newest plan.

    The scenario is kept as a version first, so that it can be told later whether the plan still fits.
    """
    store, who = open_shelf(), who or actor()
    known = None
    if source.ref != source.base:
        mine = (job for job in jobs.jobs() if job.source == source.base and job.has_plan)
        known = next((path for job in mine if (path := job.out / "plan.json").is_file()), None)
    version = versions.keep(store, source.ref, inputs_of(source), who=who, why="planned")
    with _own_patch(source) as patches:
        job = jobs.start(
            source.base,
            options=options,
            whatifs=patches,
            title=source.label,
            source=source.ref,
            base_plan=known,
        )
    plans.begin(store, job.id, source.ref, version.id, who=who)
    return job


@contextmanager
def _own_patch(source: Source) -> Iterator[tuple[Path, ...]]:
    """The patches, the draft's as it is in ``source``: the file beside the store follows whoever edits meanwhile."""
    if source.draft is None:
        yield source.patches
        return
    with tempfile.TemporaryDirectory(prefix="vedette-plan-") as folder:
        own = Path(folder) / "whatif.toml"
        own.write_text(whatif_text(find_folder(source.base), source.draft.name, source.draft.rows), encoding="utf-8")
        yield (*source.patches[:-1], own)


def settle(store: Store | None = None) -> None:
    """Keep the plans that finished jobs of this machine have left."""
    store = store or open_shelf()
    for name in plans.waiting(store):
        try:
            job = jobs.read(name)
        except KeyError:  # a job of another machine, or removed
            continue
        path = job.out / "plan.json"
        if job.has_plan and path.is_file():
            plans.take_in(store, name, path.read_bytes())

"""What can be planned, as the front end offers it: shipped scenarios, own folders, what-ifs, and drafts.

A draft is a scenario of the store: changes made on the pages, over a shipped scenario, a folder, or files of its own.
Each change can be taken back by itself, each edit undone. It is written as a what-if patch beside the store too, so
that the loader, the jobs and the command take it like any other. Names that people give are only ever shown.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios import jobs
from scenarios.errors import ScenarioError
from scenarios.load import Loaded, check, find_folder, library, read_raw
from scenarios.raw import SETTINGS
from scenarios.store import edits, plans, shelf, takein, trail, versions
from scenarios.store.conflict import Choice, Conflict, Difference
from scenarios.store.errors import StoreError
from scenarios.store.files import PATCHES, laid_out
from scenarios.store.operations import AddChange, Operation, RemoveChange, Rename
from scenarios.store.patch import whatif_text
from scenarios.store.place import Store, open_store
from scenarios.store.rows import CHANGES, NAME, PINS, Key
from scenarios.store.texts import actor, dumps
from scenarios.store.trail import Entry
from scenarios.store.versions import Inputs
from scenarios.whatif import load_whatif, shipped_whatifs

__all__ = [
    "Change", "Choice", "Conflict", "Difference", "Draft", "Source", "StoreError", "add", "delete", "duplicate",
    "edit", "find", "inputs_of", "known_parent", "library", "loaded", "plan", "redo", "rename", "resolve", "settle",
    "since", "sources", "steps", "take_back", "undo",
]  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change of a draft: ``kind`` is one of ``draft_patch.KINDS``, ``values`` what it sets, as plain JSON."""

    id: str
    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """A scenario adjusted on the pages: changes over ``parent`` (the ref of what it started from).

    ``revision`` counts its writes; an edit hands back the one that was seen. ``rows`` is all that the store has of it.
    """

    id: str
    name: str
    parent: str
    revision: int
    rows: Mapping[Key, Any]

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change, in the order of the list."""
        return tuple(Change(*one) for one in shelf.changes_of(self.rows))

    @property
    def folder(self) -> Path:
        """Where its what-if is written."""
        return _root() / self.id


@dataclass(frozen=True)
class Source:
    """Something that can be planned.

    Attributes
    ----------
    ref
        How pages and jobs name it: a shipped name, ``name+whatif``, a folder, or a draft's id.
    base
        The shipped name or folder that patches go over.
    patches
        What-if files, applied in this order.
    revision
        Changes whenever its content may have changed.
    """

    ref: str
    label: str
    base: str
    patches: tuple[Path, ...] = ()
    about: str = ""
    revision: str = ""
    draft: Draft | None = None


def _root() -> Path:
    return jobs.home() / "drafts"


def _open() -> Store:
    """The store, with the drafts of an earlier Vedette in it."""
    store = open_store()
    takein.take_in(store, _root(), who=actor())
    return store


def sources() -> tuple[Source, ...]:
    """Everything that can be planned: shipped with their what-ifs, own folders, then drafts by name."""
    found: list[Source] = []
    for name, folder in library().items():
        found += _with_whatifs(name, name, folder)
    own = jobs.home() / "scenarios"
    if own.is_dir():
        for folder in sorted(p.parent for p in own.glob(f"*/{SETTINGS}")):
            found += _with_whatifs(str(folder), folder.name, folder)
    parents = {source.ref: source for source in found}
    store = _open()
    return (*found, *(_of_stored(store, one, parents) for one in shelf.shelf(store)))


def _with_whatifs(base: str, label: str, folder: Path) -> list[Source]:
    stamp = str(max((p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()), default=0))
    found = [Source(base, label, base, revision=stamp)]
    for name, path in shipped_whatifs(folder).items():
        found.append(
            Source(f"{base}+{name}", f"{label}: {name.replace('-', ' ').replace('_', ' ')}", base, (path,),
                   _first_comment(path), stamp)
        )  # fmt: skip
    return found


def _first_comment(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line.lstrip("# ").strip() for line in lines if line.startswith("#")), "")


def find(ref: str) -> Source:
    """The source with this ref.

    Raises
    ------
    KeyError
        Nothing has this ref (any more).
    """
    for source in sources():
        if source.ref == ref:
            return source
    raise KeyError(ref)


def loaded(source: Source) -> Loaded:
    """The checked scenario of a source; ScenarioError with every fault."""
    raw = read_raw(source.base)
    for path in source.patches:
        raw, _ = load_whatif(path, raw)
    return check(raw)


# ---------------------------------------------------------------- drafts as sources
def _of_stored(store: Store, its: shelf.Stored, parents: Mapping[str, Source]) -> Source:
    parent = parents.get(its.parent)
    draft = Draft(its.id, its.name, its.parent, its.revision, its.rows)
    if its.base is not None:
        folder = laid_out(store, its.base)
        base, before, start = str(folder), tuple(sorted((folder / PATCHES).glob("*.toml"), key=_number)), its.base
        over = "files of its own"
    else:
        base = parent.base if parent is not None else its.parent.split("+")[0]
        before = parent.patches if parent is not None else ()
        start = parent.revision if parent is not None else ""
        over = parent.label if parent is not None else base
    n = len(draft.changes)
    about = f"{n} change{'' if n == 1 else 's'} to {over}"
    if not n:
        about = "a map and tables of its own" if its.base is not None else f"{over}, nothing changed yet"
    stamp, patch = _written(draft, base)
    return Source(its.id, its.name, base, (*before, patch), about, f"{start};{stamp}", draft)


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else 0


def _written(draft: Draft, base: str) -> tuple[str, Path]:
    """The draft's what-if, written anew where it is not of these rows; and what tells these rows from others."""
    told = [value for key, value in sorted(draft.rows.items()) if key == NAME or key[0] in {CHANGES, PINS}]
    stamp = hashlib.sha256(f"{base}\n{dumps(told)}".encode()).hexdigest()[:16]
    path = draft.folder / "whatif.toml"
    head = f"# Written by Vedette ({stamp}); changes here are not read back.\n"
    try:
        with path.open(encoding="utf-8") as file:
            current = file.readline() == head
    except OSError:
        current = False
    if not current:
        _write_patch(path, head, draft, base)
    return stamp, path


def _write_patch(path: Path, head: str, draft: Draft, base: str) -> None:
    try:
        folder: Path | None = find_folder(base)
    except ScenarioError:  # gone: whoever opens the draft is told, and the others go on
        folder = None
    text = head + whatif_text(folder, draft.name, draft.rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{secrets.token_hex(4)}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


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
    store = _open()
    edits.apply(store, draft.id, operation, who=who or actor(), seen=draft.revision if seen is None else seen)
    return _read(store, draft.id)


def add(ref: str, kind: str, values: Mapping[str, Any], *, seen: int | None = None, who: str | None = None) -> Draft:
    """Add a change to a draft; any other source becomes the start of a new draft first. Raises like ``edit``."""
    source, who = find(ref), who or actor()
    operation = AddChange(kind, values)
    if source.draft is not None:
        return edit(source.draft, operation, seen=seen, who=who)
    store = _open()
    new = shelf.create(store, f"{source.label}, changed", who=who, parent=ref)
    edits.apply(store, new, operation, who=who, seen=0)
    return _read(store, new)


def take_back(draft: Draft, change_id: str, *, seen: int | None = None, who: str | None = None) -> Draft:
    """Remove one change. Raises like ``edit``."""
    return edit(draft, RemoveChange(change_id), seen=seen, who=who)


def rename(draft: Draft, name: str, *, seen: int | None = None, who: str | None = None) -> Draft:
    """Give it another name; an empty one changes nothing. Raises like ``edit``."""
    return edit(draft, Rename(name), seen=seen, who=who)


def undo(draft: Draft, *, who: str | None = None) -> str | None:
    """Take back the person's last edit; its sentence, None where there is none. Conflict where others built on it."""
    return edits.undo(_open(), draft.id, who=who or actor())


def redo(draft: Draft, *, who: str | None = None) -> str | None:
    """Do again what was undone last. Answers like ``undo``."""
    return edits.redo(_open(), draft.id, who=who or actor())


def steps(draft: Draft, *, who: str | None = None) -> edits.Steps:
    """What the person can undo and redo next."""
    return edits.steps(_open(), draft.id, who or actor())


def since(draft: Draft, revision: int) -> tuple[Entry, ...]:
    """What was written to a draft after a revision: who, when, and a sentence each."""
    with _open().reading() as conn:
        return trail.since(conn, draft.id, revision)


def resolve(difference: Difference, choice: Choice, *, who: str | None = None) -> None:
    """Do what was chosen after a conflict; Conflict again where it was changed once more."""
    edits.resolve(_open(), difference, choice, who=who or actor())


def duplicate(draft: Draft, *, who: str | None = None) -> Draft:
    """Make another draft with the same changes."""
    store = _open()
    return _read(store, shelf.duplicate(store, draft.id, who=who or actor()))


def delete(draft: Draft, *, who: str | None = None) -> None:
    """Remove a draft; its plans stay, and the store keeps what is needed to bring it back."""
    if jobs.is_id(draft.id):
        shelf.delete(_open(), draft.id, who=who or actor())
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
    store, who = _open(), who or actor()
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
    store = store or _open()
    for name in plans.waiting(store):
        try:
            job = jobs.read(name)
        except KeyError:  # a job of another machine, or removed
            continue
        path = job.out / "plan.json"
        if job.has_plan and path.is_file():
            plans.take_in(store, name, path.read_bytes())

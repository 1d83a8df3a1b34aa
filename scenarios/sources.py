"""What can be planned: shipped scenarios, own folders, their what-ifs, and the drafts of the store.

A draft is a scenario of the store: changes over a shipped scenario, a folder, or files of its own. It is written as a
what-if patch beside the store too, so that the loader, the jobs and the command take it like any other.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geodata.errors import GeodataError
from scenarios import jobs
from scenarios.errors import ScenarioError
from scenarios.faultwords import as_met
from scenarios.load import Loaded, Raw, check, find_folder, library, read_raw
from scenarios.raw import SETTINGS
from scenarios.store import shelf, takein
from scenarios.store.files import PATCHES, laid_out
from scenarios.store.patch import text_over, whatif_text
from scenarios.store.place import Store, open_store
from scenarios.store.rows import CHANGES, NAME, PINS, Key
from scenarios.store.texts import actor, dumps
from scenarios.tongue import say as _
from scenarios.tongue import says
from scenarios.whatif import load_whatif, shipped_whatifs, with_whatif

PATCH = "whatif.toml"
"""What a draft's what-if is called."""


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
        What-if files, applied in this order; the last one of a draft is written for the command, and follows whoever
        edits meanwhile.
    revision
        Changes whenever its content may have changed, and comes back with the content: never find a source anew for
        what is remembered by it.
    """

    ref: str
    label: str
    base: str
    patches: tuple[Path, ...] = ()
    about: str = ""
    revision: str = ""
    draft: Draft | None = field(default=None, hash=False)


def _root() -> Path:
    return jobs.home() / "drafts"


def open_shelf() -> Store:
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
    store = open_shelf()
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


def raw_of(source: Source) -> Raw:
    """A source as written, changes and all, not judged; ScenarioError where its files cannot be read at all."""
    raw = read_raw(source.base)
    name = raw.settings.get("name", "")
    for path in source.patches if source.draft is None else source.patches[:-1]:
        raw, _told = load_whatif(path, raw)
    if source.draft is None:
        return raw
    # Of the rows that this source was read with: the file beside the store is of those that stand now.
    return with_whatif(text_over(name, source.draft.name, source.draft.rows), PATCH, raw)


def loaded(source: Source) -> Loaded:
    """The checked scenario of a source; ScenarioError with every fault."""
    return check(raw_of(source))


def faults_met(source: Source, error: ScenarioError | GeodataError) -> tuple[Any, ...]:
    """What an error of a source says, for people who edit on a page: its edits by the rows that they are about."""
    if not isinstance(error, ScenarioError):
        return error.faults
    try:
        return as_met(raw_of(source), error.faults)
    except ScenarioError:  # what cannot be read has no rows
        return error.faults


# ---------------------------------------------------------------- drafts as sources
def _of_stored(store: Store, its: shelf.Stored, parents: Mapping[str, Source]) -> Source:
    parent = parents.get(its.parent)
    draft = Draft(its.id, its.name, its.parent, its.revision, its.rows)
    if its.base is not None:
        folder = laid_out(store, its.base)
        base, before, start = str(folder), tuple(sorted((folder / PATCHES).glob("*.toml"), key=_number)), its.base
        over = _("files of its own")
    else:
        base = parent.base if parent is not None else its.parent.split("+")[0]
        before = parent.patches if parent is not None else ()
        start = parent.revision if parent is not None else ""
        over = parent.label if parent is not None else base
    n = len(draft.changes)
    about = says("{n} change to {over}", "{n} changes to {over}", n, over=over)
    if not n:
        own = _("a map and tables of its own")
        about = own if its.base is not None else _("{over}, nothing changed yet", over=over)
    stamp, patch = _written(draft, base)
    return Source(its.id, its.name, base, (*before, patch), about, f"{start};{stamp}", draft)


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else 0


def _written(draft: Draft, base: str) -> tuple[str, Path]:
    """The draft's what-if, written anew where it is not of these rows; and what tells these rows from others."""
    told = [value for key, value in sorted(draft.rows.items()) if key == NAME or key[0] in {CHANGES, PINS}]
    stamp = hashlib.sha256(f"{base}\n{dumps(told)}".encode()).hexdigest()[:16]
    path = draft.folder / PATCH
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

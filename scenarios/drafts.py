"""What can be planned, as the front end offers it: shipped scenarios, own folders, what-ifs, and drafts.

A draft is a scenario with changes made on the pages. It is kept as a list of changes, so that each can be
taken back by itself, and written as a what-if patch beside it, so that the command can plan it too. Its folder
has a generated name under the data folder; the name that people give it is only ever shown.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios import jobs
from scenarios.draft_patch import patch_text
from scenarios.load import Loaded, check, library, read_raw
from scenarios.raw import SETTINGS
from scenarios.whatif import load_whatif, shipped_whatifs

SCHEMA = 1


@dataclass(frozen=True)
class Change:
    """One change of a draft: ``kind`` is one of ``draft_patch.KINDS``, ``values`` what it sets, as plain JSON."""

    id: str
    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """A scenario adjusted on the pages: changes over ``parent`` (the ref of what it started from)."""

    id: str
    name: str
    parent: str
    changes: tuple[Change, ...] = ()

    @property
    def folder(self) -> Path:
        """Where it is kept."""
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


def sources() -> tuple[Source, ...]:
    """Everything that can be planned: shipped with their what-ifs, own folders, then drafts by name."""
    found: list[Source] = []
    for name, folder in library().items():
        found += _with_whatifs(name, name, folder)
    own = jobs.home() / "scenarios"
    if own.is_dir():
        for folder in sorted(p.parent for p in own.glob(f"*/{SETTINGS}")):
            found += _with_whatifs(str(folder), folder.name, folder)
    drafts = [
        _read(path.parent.name)
        for path in _root().glob("*/draft.json")
        if jobs.is_id(path.parent.name)
    ]
    parents = {source.ref: source for source in found}
    return (*found, *(_of_draft(d, parents) for d in sorted(drafts, key=lambda d: (d.name, d.id))))


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


def plan(source: Source, options: jobs.Options) -> jobs.Job:
    """Start planning a source; a what-if keeps the post numbers and call signs of its base's newest plan."""
    known = None
    if source.ref != source.base:
        mine = (job for job in jobs.jobs() if job.source == source.base and job.has_plan)
        known = next((path for job in mine if (path := job.out / "plan.json").is_file()), None)
    return jobs.start(
        source.base,
        options=options,
        whatifs=source.patches,
        title=source.label,
        source=source.ref,
        base_plan=known,
    )


def add(ref: str, kind: str, values: Mapping[str, Any]) -> Draft:
    """Add a change to a draft; any other source becomes the start of a new draft first."""
    source = find(ref)
    draft = source.draft or Draft(jobs.new_id(), f"{source.label}, changed", ref)
    change = Change(secrets.token_hex(4), kind, dict(values))
    return _write(replace(draft, changes=(*draft.changes, change)))


def take_back(draft: Draft, change_id: str) -> Draft:
    """Remove one change."""
    return _write(replace(draft, changes=tuple(c for c in draft.changes if c.id != change_id)))


def rename(draft: Draft, name: str) -> Draft:
    """Give it another name; an empty one changes nothing."""
    clean = " ".join(name.split())[:80]
    return _write(replace(draft, name=clean)) if clean else draft


def duplicate(draft: Draft) -> Draft:
    """Make another draft with the same changes."""
    return _write(replace(draft, id=jobs.new_id(), name=f"{draft.name} (copy)"))


def delete(draft: Draft) -> None:
    """Remove a draft; its plans stay."""
    if jobs.is_id(draft.id):
        shutil.rmtree(draft.folder)


def _of_draft(draft: Draft, parents: Mapping[str, Source]) -> Source:
    parent = parents.get(draft.parent)
    base = parent.base if parent is not None else draft.parent.split("+")[0]
    patches = (*(parent.patches if parent is not None else ()), draft.folder / "whatif.toml")
    stamp = ",".join(change.id for change in draft.changes)
    start = parent.revision if parent is not None else ""
    n = len(draft.changes)
    about = f"{n} change{'' if n == 1 else 's'} to {parent.label if parent else base}"
    return Source(draft.id, draft.name, base, patches, about, f"{start};{stamp}", draft)


def _base_of(draft: Draft) -> str:
    try:
        return find(draft.parent).base
    except KeyError:
        return draft.parent.split("+")[0]


def _write(draft: Draft) -> Draft:
    draft.folder.mkdir(parents=True, exist_ok=True)
    base = read_raw(_base_of(draft)).settings.get("name", "")
    text = patch_text(base, draft.name, [(c.kind, c.values) for c in draft.changes])
    (draft.folder / "whatif.toml").write_text(text, encoding="utf-8")
    jobs.write_json(
        draft.folder / "draft.json",
        {
            "schema": SCHEMA,
            "name": draft.name,
            "parent": draft.parent,
            "changes": [
                {"id": c.id, "kind": c.kind, "values": dict(c.values)} for c in draft.changes
            ],
        },
    )
    return draft


def _read(draft_id: str) -> Draft:
    data = json.loads((_root() / draft_id / "draft.json").read_text(encoding="utf-8"))
    changes = tuple(Change(c["id"], c["kind"], c["values"]) for c in data["changes"])
    return Draft(draft_id, data["name"], data["parent"], changes)

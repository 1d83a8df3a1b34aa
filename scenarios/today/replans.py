"""Replans asked for from the page: what has changed since the plan people hold, the mended plan, and taking it over.

A proposal is a job whose source is ``replan:`` and the draft's ref, so that it stands among no scenario's plans until
it is taken over; then it becomes the draft's own, made from exactly what the draft says now.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scenarios import drafts, jobs, tongue
from scenarios.draft_patch import say
from scenarios.drafts import Source
from scenarios.jobs import Job
from scenarios.load import find_folder
from scenarios.store import plans, versions
from scenarios.store.errors import refuse
from scenarios.store.files import PATCHES, laid_out
from scenarios.store.patch import whatif_text
from scenarios.store.place import Store, open_store
from scenarios.store.plans import KeptPlan
from scenarios.store.rows import CHANGES, NAME, PINS, Key, pin_key
from scenarios.store.seats import hand_set
from scenarios.store.shelf import changes_of
from scenarios.store.texts import actor, dumps
from scenarios.store.versions import Inputs, Version
from scenarios.today.replan_job import HELD, read_changes
from scenarios.tongue import say as _

MARK = "replan:"
Rows = dict[Key, Any]


@dataclass(frozen=True)
class Since:
    """What was changed after the plan in view: sentences, and ids of changes that can be taken back.

    ``known`` is False for a plan whose inputs the store does not have.
    """

    known: bool
    lines: tuple[tuple[str, str], ...] = ()
    pins: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is anything to mend the plan for."""
        return bool(self.lines or self.pins)


@dataclass(frozen=True)
class Proposal:
    """A replan that is being made or waits to be taken over.

    Attributes
    ----------
    plan
        The plan that it mends.
    inputs, hand
        What it was made for: the digest of the scenario, and of the plan's duties as they were set by hand.
    said
        What had happened, by language; English stands for a language that it was not kept in.
    """

    job: Job
    plan: str
    inputs: str
    hand: str
    at_s: int
    said: Mapping[str, tuple[str, ...]]

    def said_in(self, code: str) -> tuple[str, ...]:
        """What had happened, in a language."""
        return self.said.get(code, self.said[tongue.ENGLISH])

    @property
    def changes(self) -> dict[str, Any] | None:
        """What changes for whom; None while it is not known."""
        return read_changes(self.job.folder, self.job.out)


def since(source: Source, plan: str) -> Since:
    """What a draft says now that it did not say when a plan of it was made, and the other way round."""
    store = open_store()
    found = _version(store, source, plan)
    if found is None or source.draft is None:
        return Since(False)
    was, now = _rows(found[1]), dict(source.draft.rows)
    before = {key: (kind, values) for key, kind, values in changes_of(was)}
    lines = []
    for key, kind, values in changes_of(now):
        if before.pop(key, None) != (kind, values):
            lines.append((key, say(kind, values)))
    lines += [("", _("Taken back: {what}", what=say(kind, values))) for kind, values in before.values()]
    pins = {k for rows in (was, now) for k in rows if k[0] == PINS and was.get(k) != now.get(k)}
    return Since(True, tuple(lines), len(pins))


def ask(
    source: Source, plan: str, at_s: int, *, seconds: float = 20.0, repeatable: bool = False
) -> Job:
    """Start mending a plan, as its duties stand, for what its draft says now.

    Parameters
    ----------
    at_s
        Now: duties that report before have begun and stay.

    Raises
    ------
    StoreError
        The plan's own inputs are not known, or nothing has changed since.
    """
    store = open_store()
    drafts.settle(store)
    found, told = _version(store, source, plan), _in_every_language(source, plan)
    if found is None or source.draft is None:
        raise refuse("plan", _("a plan that was made from this scenario"), _("plan again first"), value=plan)
    if not told[tongue.ENGLISH].anything:
        raise refuse("plan", _("something that has changed since the plan"), _("report a sick call or an incident"))
    kept, version = found
    with tempfile.TemporaryDirectory(prefix="vedette-replan-") as folder:
        own = Path(folder) / "whatif.toml"
        text = whatif_text(find_folder(source.base), source.draft.name, source.draft.rows)
        own.write_text(text, encoding="utf-8")
        base, patches = _before(store, source, version)
        was = whatif_text(Path(base), str(version.content["name"]), _rows(version))
        texts = {HELD: plans.as_it_stands(store, plan, source.draft.rows), "before.toml": was}
        replan = {
            "plan": plan, "inputs": drafts.inputs_of(source).digest(), "hand": _hand(source, plan), "at_s": at_s,
            "base": base, "before": [*map(str, patches), "before.toml"], "version": kept.version,
            "said": _lines(told[tongue.ENGLISH]), "said_in": {code: _lines(one) for code, one in told.items()},
        }  # fmt: skip
        return jobs.start(
            find_folder(source.base), options=jobs.Options(seconds, repeatable=repeatable),
            whatifs=(*source.patches[:-1], own), title=source.label, source=MARK + source.ref, replan=replan,
            files=texts,
        )  # fmt: skip


def _in_every_language(source: Source, plan: str) -> dict[str, Since]:
    found = {}
    for code in tongue.LANGUAGES:
        with tongue.speaking(code):
            found[code] = since(source, plan)
    return found


def _lines(told: Since) -> list[str]:
    return [line for _key, line in told.lines]


def proposals(source: Source, plan: str) -> tuple[Proposal, ...]:
    """Replans of a plan that were not taken over, the newest first."""
    mine = (_proposal(job) for job in jobs.jobs() if job.source == MARK + source.ref)
    return tuple(one for one in mine if one is not None and one.plan == plan)


def taken_over(job: Job) -> Proposal | None:
    """The replan that a plan came from; None for a plan that was searched for."""
    return _proposal(job)


def _proposal(job: Job) -> Proposal | None:
    try:
        its = json.loads((job.folder / "request.json").read_text(encoding="utf-8"))["replan"]
        made_for = (its["inputs"], its.get("hand", ""))
        told = {tongue.ENGLISH: tuple(its["said"])} | {c: tuple(lines) for c, lines in its.get("said_in", {}).items()}
        return Proposal(jobs.read(job.id), its["plan"], *made_for, int(its["at_s"]), told)
    except (KeyError, TypeError, ValueError, OSError):
        return None  # of another version, or removed meanwhile


def fits(source: Source, proposal: Proposal) -> bool:
    """Whether the draft still says what the proposal was made for, and people still hold the plan that it mends."""
    return drafts.inputs_of(source).digest() == proposal.inputs and _hand(source, proposal.plan) == proposal.hand


def _hand(source: Source, plan: str) -> str:
    """What tells the duties of a plan that were set by hand from others."""
    rows = source.draft.rows if source.draft is not None else {}
    return hashlib.sha256(dumps(sorted(hand_set(rows, plan).items())).encode()).hexdigest()


def take_over(source: Source, proposal: Proposal, *, who: str | None = None) -> str:
    """Make a proposal the draft's newest plan; returns its id.

    Raises
    ------
    StoreError
        The draft was changed since, or the replan has left no plan.
    """
    job, source = jobs.read(proposal.job.id), drafts.find(source.ref)  # as it stands, not as a page has read it
    path = job.out / "plan.json"
    if job.running or not job.has_plan or not path.is_file():
        raise refuse("plan", _("a replan that has ended with a plan"), _("wait for it, or replan again"))
    if not fits(source, proposal):
        raise refuse("plan", _("the scenario as it was replanned for"), _("it was changed since: replan again"))
    store, who = open_store(), who or actor()
    version = versions.keep(store, source.ref, drafts.inputs_of(source), who=who, why="replanned on the day")
    told = "The plan was mended on the day with the fewest changes, and taken over."
    at = datetime.now(UTC).isoformat()
    plans.adopt(store, job.id, source.ref, version.id, path.read_bytes(), at=at, who=who, told=told)
    request = json.loads((job.folder / "request.json").read_text(encoding="utf-8"))
    jobs.write_json(job.folder / "request.json", {**request, "source": source.ref})
    return job.id


def discard(proposal: Proposal) -> None:
    """Stop a replan that runs; remove one that has ended."""
    if jobs.read(proposal.job.id).running:
        jobs.stop(proposal.job.id)
    else:
        jobs.delete(proposal.job.id)


# ---------------------------------------------------------------- what a plan was made from
def _version(store: Store, source: Source, plan: str) -> tuple[KeptPlan, Version] | None:
    kept = {one.id: one for one in plans.plans_of(store, source.ref)}.get(plan)
    if kept is None:
        return None
    found = {one.id: one for one in versions.versions_of(store, source.ref)}.get(kept.version)
    return None if found is None else (kept, found)


def _rows(version: Version) -> Rows:
    """A version's changes and pins as rows, in their order."""
    its = version.content
    rows: Rows = {NAME: its["name"]}
    for place, one in enumerate(its["changes"], start=1):
        rows[CHANGES, one["id"]] = {"kind": one["kind"], "values": one["values"], "place": place}
    for pin in its["pins"]:
        rows[PINS, pin_key(pin["person"], pin["group"])] = pin
    return rows


def _before(store: Store, source: Source, version: Version) -> tuple[str, tuple[Path, ...]]:
    """The folder and patches that a version went over: as they are where they are the same, else as it kept them."""
    folder, patches = find_folder(source.base), source.patches[:-1]
    if Inputs(folder, patches, _rows(version)).digest() == version.inputs:
        return str(folder), patches
    kept = laid_out(store, version.manifest)
    return str(kept), tuple(sorted((kept / PATCHES).glob("*.toml"), key=lambda path: int(path.stem)))

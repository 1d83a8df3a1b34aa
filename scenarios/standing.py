"""How scenarios and their plans stand to each other: whether what a page or command shows still fits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from geodata.errors import GeodataError
from scenarios import drafts, jobs
from scenarios.drafts import Source
from scenarios.errors import ScenarioError
from scenarios.store import plans, versions
from scenarios.store.errors import StoreError
from scenarios.store.place import Store, open_store
from scenarios.store.plans import KeptPlan, Standing
from scenarios.store.rows import read_rows
from scenarios.store.seats import hand_set
from scenarios.store.texts import actor

#: How one plan stands: there is none (yet), it fits, it was given out and fits, or it is older than its inputs.
PlanStanding = Literal["", "fits", "published", "older"]


@dataclass(frozen=True)
class Sign:
    """What is said of a scenario and of one of its plans.

    Attributes
    ----------
    n_by_hand
        Seats of the plan that were set by hand.
    published_at, published_by
        When (UTC) and by whom it was given out last; None where it never was.
    differs
        Whether duties were set by hand since it was given out.
    can_publish
        Whether there is a plan that can be given out and was not, or differs from what was.
    """

    scenario: Standing
    plan: PlanStanding
    n_by_hand: int = 0
    published_at: str | None = None
    published_by: str | None = None
    differs: bool = False
    can_publish: bool = False


def standings() -> dict[str, Standing]:
    """How every source stands to its plans: draft, planned, stale or published."""
    store = open_store()
    every = drafts.sources()
    made = _made(jobs.jobs())
    drafts.settle(store)
    kept = plans.every_plan(store)
    return {source.ref: _stands(store, source, kept.get(source.ref, ()), made.get(source.ref, ())) for source in every}


def sign(source: Source, plan: str = "") -> Sign:
    """How one source stands, and one plan of it (a job's id)."""
    store = open_store()
    made = _made(jobs.jobs()).get(source.ref, ())
    drafts.settle(store)
    whole = _stands(store, source, plans.plans_of(store, source.ref), made)
    mine = {one.id: one for one in plans.plans_of(store, source.ref)}.get(plan)
    if mine is None:
        return Sign(whole, "older" if any(job.id == plan for job in made) else "")
    if mine.body is None and all(job.id != plan for job in made):
        return Sign(whole, "")
    with store.reading() as conn:
        duties = hand_set(read_rows(conn, source.ref), plan)
        differs = mine.published_at is not None and plans.given_out(conn, source.ref, plan) != duties
    fits: PlanStanding = "published" if mine.published_at is not None and not differs else "fits"
    stands: PlanStanding = fits if mine.inputs == _digest(source) else "older"
    can = mine.body is not None and (mine.published_at is None or differs)
    return Sign(whole, stands, len(duties), mine.published_at, mine.published_by, differs, can)


def publish(plan: str, *, who: str | None = None) -> None:
    """Mark a plan as given out; KeyError and StoreError as ``store.plans.publish``."""
    store = open_store()
    drafts.settle(store)
    plans.publish(store, plan, who=who or actor())


def _made(every: Iterable[jobs.Job]) -> dict[str, list[jobs.Job]]:
    """Jobs of this machine that left a plan, by source, the oldest first."""
    found: dict[str, list[jobs.Job]] = {}
    for job in every:
        if job.has_plan:
            found.setdefault(job.source, []).insert(0, job)
    return found


def _stands(store: Store, source: Source, kept: Iterable[KeptPlan], made: Iterable[jobs.Job]) -> Standing:
    known, made = list(kept), list(made)
    if _taken_in(store, source, {plan.id for plan in known}, made):
        known = list(plans.plans_of(store, source.ref))
    return plans.standing(_digest(source), known, {job.id for job in made})


def _digest(source: Source) -> str:
    """What a plan of the source would be made from; nothing fits a scenario whose files are gone."""
    try:
        return drafts.inputs_of(source).digest()
    except (ScenarioError, OSError):
        return ""


# ---------------------------------------------------------------- plans from before the store
def _taken_in(store: Store, source: Source, known: set[str], made: Iterable[jobs.Job]) -> bool:
    """Keep plans the store knows nothing about that were made from exactly this: their own digest says so."""
    taken = False
    for job in made:
        path = job.out / "plan.json"
        if job.id in known or not path.is_file():
            continue
        claimed = _claimed(path, path.stat().st_mtime_ns)
        if not claimed or claimed != _shaped(source):
            continue
        try:
            version = versions.keep(store, source.ref, drafts.inputs_of(source), who=actor(), why="planned earlier")
            plans.adopt(store, job.id, source.ref, version.id, path.read_bytes(), at=job.created, who=actor())
        except StoreError:  # no plan after all: it stays as unknown as it was
            continue
        taken = True
    return taken


@lru_cache(maxsize=256)
def _claimed(path: Path, written_ns: int) -> str:  # noqa: ARG001 - the key of the memory
    """What a plan file says that it was made from."""
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return ""
    return str(data.get("digest", "")) if isinstance(data, dict) else ""


@lru_cache(maxsize=64)
def _shaped(source: drafts.Source) -> str:
    """The digest of all that would shape a plan of a source; "" where it has faults."""
    try:
        return drafts.loaded(source).digest
    except (ScenarioError, GeodataError, KeyError, OSError):
        return ""

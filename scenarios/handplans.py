"""Plans to be worked on by hand: laid out from the store, or taken along into a scenario of one's own."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scenarios import drafts, jobs
from scenarios.drafts import Draft, Source
from scenarios.handwork import Handwork, Judged, seats_of
from scenarios.jobs import Job
from scenarios.load import check
from scenarios.plan import Plan
from scenarios.planform import read_plan
from scenarios.standing import sign
from scenarios.store import plans, shelf, versions
from scenarios.store.errors import refuse
from scenarios.store.place import open_store
from scenarios.store.rows import CHANGES, NAME, PINS
from scenarios.store.seats import hand_set
from scenarios.store.shelf import pins_of
from scenarios.store.texts import actor, dumps
from scenarios.tongue import ENGLISH, speaking
from scenarios.tongue import say as _
from scenarios.view import PlanView

#: What a copied job does not take along: what tells of the process that made it, and ways out of the plan it was.
LEFT = shutil.ignore_patterns("pid", "alive", "stop", jobs.EXPLAIN, f"{jobs.EXPLAIN}.*")


def can_be_laid_out(job: Job) -> bool:
    """Whether the plan itself is still there."""
    return (job.out / "plan.json").is_file()


def has_edits(draft: Draft, plan: str) -> bool:
    """Whether duties of a plan were set by hand."""
    return bool(hand_set(draft.rows, plan))


def key_of(source: Source) -> str:
    """Changes whenever the plan must be laid out anew: not with a pin, and not with a duty."""
    if source.draft is None:
        return source.revision
    told = [value for key, value in sorted(source.draft.rows.items()) if key == NAME or key[0] == CHANGES]
    stamp = hashlib.sha256(dumps(told).encode()).hexdigest()[:16]
    return f"{source.revision.rpartition(';')[0]};{stamp}"


def stamp_of(source: Source, job: Job) -> str:
    """What tells one state of a plan's duties from another: the scenario as it is, its pins, every seat set by hand.

    "" where no duty was set by hand: then the plan stands as it was made.
    """
    duties = hand_set(source.draft.rows, job.id) if source.draft is not None else {}
    if not duties or not can_be_laid_out(job):
        return ""
    return hashlib.sha256(dumps([source.revision, job.id, sorted(duties.items())]).encode()).hexdigest()[:16]


def laid_out(source: Source, job: Job) -> Handwork:
    """A plan laid out over its scenario as that stands, without the draft's pins: those come and go with ``pinned``.

    Raises
    ------
    ScenarioError, GeodataError
        Every fault of the scenario or of the plan file.
    """
    if source.draft is not None:
        rows = {key: value for key, value in source.draft.rows.items() if key[0] != PINS}
        source = replace(source, draft=replace(source.draft, rows=rows))
    raw = drafts.raw_of(source)
    # Shared by readers of every language; what they are told is said when they ask.
    with speaking(ENGLISH):
        return Handwork.of(check(raw), read_plan(job.out / "plan.json"))


def as_it_stands(work: Handwork, draft: Draft, job: Job) -> Judged:
    """The roster with what was set by hand, judged by the draft's pins."""
    with work.lock:
        work.pinned((pin["person"], pin["group"], pin["on"]) for pin in pins_of(draft.rows))
        return work.judge(seats_of(work.plan, hand_set(draft.rows, job.id)))


def standing_view(source: Source, job: Job, work: Handwork, kept: PlanView) -> PlanView:
    """The plan as it stands: duties set by hand laid over it, audited, and everything shown read from that.

    Parameters
    ----------
    work
        The plan laid out (``laid_out``).
    kept
        The view of the plan as it was made; the very answer where no duty was set by hand.
    """
    if source.draft is None or not has_edits(source.draft, job.id):
        return kept
    made = work.plan.digest
    with work.lock:
        judged = as_it_stands(work, source.draft, job)
        fits = made in {work.desk.loaded.digest, drafts.loaded(source).digest}
        return work.whole_view(kept if fits else work.made_view(kept), judged)


def standing_plan(source: Source, job: Job, work: Handwork) -> Plan:
    """The plan with the duties set by hand; as it was made where there are none."""
    if source.draft is None or not has_edits(source.draft, job.id):
        return work.plan
    return work.plan_with(as_it_stands(work, source.draft, job))


def as_planned(work: Handwork) -> Judged:
    """The roster as the search left it, judged by the same pins."""
    return work.judge(seats_of(work.plan, {}))


def own_copy(source: Source, job: Job, *, who: str | None = None) -> tuple[Draft, str]:
    """A new draft over a source, with one of its plans; the draft, and the plan's new id.

    Raises
    ------
    StoreError
        The plan was made from something else than the source is now, or its file is gone.
    """
    if not can_be_laid_out(job) or sign(source, job.id).plan == "older":
        raise refuse("plan", _("a plan of the scenario as it is"), _("plan again first"), value=job.id)
    store, who = open_store(), who or actor()
    title = _("{name}, by hand", name=source.label)
    ref = shelf.create(store, title, who=who, parent=source.ref)
    mine = drafts.find(ref)
    copy = _copied(job, ref, title)
    version = versions.keep(store, ref, drafts.inputs_of(mine), who=who, why="taken along with a plan")
    body = (job.out / "plan.json").read_bytes()
    plans.adopt(store, copy, ref, version.id, body, at=datetime.now(UTC).isoformat(), who=who)
    return _draft(mine), copy


def _draft(source: Source) -> Draft:
    if source.draft is None:
        raise KeyError(source.ref)
    return source.draft


def _copied(job: Job, ref: str, title: str) -> str:
    """A job's folder once more under another id; only what it belongs to is another."""
    new = jobs.new_id()
    folder = job.folder.with_name(new)
    part = folder.with_name(f"{new}.part")
    shutil.copytree(job.folder, part, ignore=LEFT)
    if not job.out.is_relative_to(job.folder):
        shutil.copytree(job.out, part / "out")
    request = json.loads((part / "request.json").read_text(encoding="utf-8"))
    given = [Path(path) for path in request["whatifs"]]
    patches = [str(folder / path.name if path.parent == job.folder else path) for path in given]
    mine = {"source": ref, "title": title, "out": str(folder / "out"), "whatifs": patches}
    jobs.write_json(part / "request.json", {**request, **mine})
    part.rename(folder)
    return new

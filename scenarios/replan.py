"""Replanning: a plan people hold, a change as a what-if, and the plan that moves the fewest people.

Posts and patrols stay as they are while the change leaves them sound; only where it breaks them is that part searched
again, from what is there. The roster is repaired (``scheduler.roster.repair``): begun duties and pins stay, the freeze
line holds, the number of people changed is least.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scenarios.assemble.patrols import PatrolTables, assemble_patrols, call_signs
from scenarios.assemble.places import Ways, locate
from scenarios.assemble.roster import groups_json
from scenarios.assemble.siting import SitingTables, assemble_siting, number_posts
from scenarios.audit import PlanAudit, Rebuilt, audit_plan, rebuild
from scenarios.desk import Derived, Desk, derive, prepare, roster_tables
from scenarios.errors import Fault, ScenarioError
from scenarios.load import Loaded, check, read_raw
from scenarios.plan import EngineResult, Plan
from scenarios.runlog import RunLog
from scenarios.sentences import Teller
from scenarios.staff import staff_of
from scenarios.territories import carried_over, with_territories
from scenarios.tongue import say as _
from scenarios.whatif import load_whatif, shipped_whatifs
from scheduler.outcome import Audit, Limits, OnProgress, Progress, Status, Stop
from scheduler.patrols.audit import audit as audit_patrols
from scheduler.patrols.plan import PatrolPlan
from scheduler.roster.plan import RosterPlan
from scheduler.roster.repair import Repaired, repair
from scheduler.roster.repair_count import NEWLY
from scheduler.siting.audit import audit as audit_siting
from scheduler.siting.plan import SitingPlan

if TYPE_CHECKING:
    from scenarios.view import PlanView

EXIT_OK, EXIT_SHORT, EXIT_NO_PLAN, EXIT_BROKEN, EXIT_DEFECT = 0, 3, 4, 5, 6


@dataclass(frozen=True, eq=False)
class Changed:
    """A scenario and what a what-if makes of it, with the sentences that say so."""

    base: Loaded
    after: Loaded
    sentences: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Replanned:
    """A repaired plan and all that is said about it.

    Attributes
    ----------
    before
        The seats of the plan people hold, as the unchanged scenario derives them.
    kept
        Per engine ("siting", "patrols") whether its part of the plan was left as it was.
    exit_code
        As for ``plan``: 0 replanned, 3 mandatory seats stay empty, 4 no plan within the limit, 5 posts or patrols of
        the plan break rules, 6 the audit disagrees with the solver.
    """

    plan: Plan
    audit: PlanAudit
    outcome: Repaired
    desk: Desk
    before: Rebuilt
    old: Plan
    kept: Mapping[str, bool]
    said: tuple[str, ...]
    at_s: int | None
    exit_code: int
    log: RunLog

    @cached_property
    def view(self) -> PlanView:
        """Names, clock times and geometry joined, for papers and pages; the answer itself does without."""
        from scenarios.viewing import build_view
        from scenarios.viewwords import worded

        return worded(lambda: build_view(self.desk, self.plan, self.audit))

    @cached_property
    def told(self) -> Teller:
        """What breaks rules and what stays empty, in sentences."""
        return Teller(self.desk, self.audit)


def open_change(scenario: str | Path, whatif: str | Path) -> Changed:
    """Load a scenario and a what-if over it (a shipped name or a file).

    Raises
    ------
    ScenarioError
        Every fault of either, at once.
    """
    raw = read_raw(scenario)
    path = shipped_whatifs(raw.folder).get(str(whatif), Path(whatif))
    patched, sentences = load_whatif(path, raw)
    return Changed(check(raw), check(patched), sentences)


def seconds_at(loaded: Loaded, text: str) -> int:
    """Seconds since the horizon's start of a local time: ``2026-08-29 18:00``, ``Sat 18:00`` or ``18:00``.

    A time of day alone means its first time in the horizon.

    Raises
    ------
    ScenarioError
        It cannot be read, or is ambiguous.
    """
    scenario = loaded.scenario
    zone = ZoneInfo(scenario.timezone)
    whole = text.strip().replace("T", " ")
    try:
        moment = datetime.strptime(whole[:16], "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    except ValueError:
        found = re.fullmatch(r"(?:([A-Za-z]{3})[a-z]*\s+)?(\d{1,2}):(\d{2})", whole)
        begin = scenario.start.astimezone(zone)
        days = (begin.replace(hour=0, minute=0) + timedelta(days=d) for d in range(scenario.horizon_s // 86400 + 2))
        wanted = (
            day.replace(hour=int(found[2]), minute=int(found[3]))
            for day in days
            if found and int(found[2]) < 24 and int(found[3]) < 60
            and (found[1] is None or f"{day:%a}".lower() == found[1].lower())
        )  # fmt: skip
        moment = next((m for m in wanted if m >= begin), datetime.min.replace(tzinfo=zone))
    if moment.year < 1900:
        expected = _("a local time such as 2026-08-29 18:00 or Sat 18:00")
        raise ScenarioError([Fault("--at", None, "", text, expected, _("write it so"))])
    if scenario.seconds(moment) >= scenario.horizon_s:
        end = scenario.clock(scenario.horizon_s)
        expected = _("a moment before the event's end {end:%Y-%m-%d %H:%M}", end=end)
        raise ScenarioError([Fault("--at", None, "", text, expected, _("check the date"))])
    return scenario.seconds(moment)


def refuse_other(plan: Plan, file: Path, loaded: Loaded) -> None:
    """Refuse a plan that was made for another event: its seats and people mean nothing here.

    Raises
    ------
    ScenarioError
        The plan names another scenario.
    """
    if plan.scenario != loaded.scenario.name:
        expected = _("a plan for {name}, not for {other}", name=loaded.scenario.name, other=plan.scenario)
        raise ScenarioError([Fault(file.name, None, "scenario", plan.scenario, expected, _("give its own plan"))])


def beside(desk: Desk, loaded: Loaded) -> Desk:
    """A desk for a changed scenario, on the same ground where the map is the same."""
    old, new = desk.loaded, loaded
    same = (
        old.map_path == new.map_path
        and old.scenario.map == new.scenario.map
        and old.scenario.rail.section_m == new.scenario.rail.section_m
    )
    if not same:
        return prepare(loaded)
    scenario = loaded.scenario
    return Desk(loaded, desk.ground, locate(scenario, desk.ground), Ways(scenario, desk.ground), staff_of(scenario))


def replan(
    changed: Changed,
    plan: Plan,
    *,
    at_s: int | None = None,
    freeze_s: int | None = None,
    most_changes: int | None = None,
    fill_all: bool = False,
    seconds: float = 20.0,
    work: float | None = None,
    seed: int = 0,
    workers: int = 2,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Replanned:
    """Repair a plan for a changed scenario.

    Parameters
    ----------
    at_s, freeze_s
        Now, and the freeze line, as ``scheduler.roster.repair.repair`` takes them.
    most_changes
        People who may change beyond those whom the change itself hits.
    fill_all
        Fill all needed seats before changes are counted, also those that were empty before; else the mandatory ones
        that the plan at hand had filled, or that are new.
    work
        A fixed amount of work in place of the seconds, for a run that repeats.

    Raises
    ------
    ScenarioError, GeodataError, ProblemError
        What the changed scenario asks cannot be laid out.
    """
    log = RunLog({"scenario": changed.after.scenario.name, "digest": changed.after.digest}, on_progress)
    _tell(log, "ground", "reading the map")
    desk0 = prepare(changed.base)
    desk = beside(desk0, changed.after)
    before = rebuild(desk0, plan)
    limits = Limits(None if work is not None else seconds, work)
    ground = _Ground.of(desk, before, plan, limits, seed, workers, log, stop)
    tables = roster_tables(desk, ground.derived)
    levels = {g.level for g in tables.problem.groups}
    found = repair(
        tables.problem, plan.roster, at_s=at_s, freeze_s=freeze_s, most_changes=most_changes,
        before=before.roster.problem, n_filled=len(levels) if fill_all else int(0 in levels),
        fill_old=fill_all, limits=limits,
        seed=seed, workers=workers, on_progress=log, stop=stop,
    )  # fmt: skip
    made = _plan_of(desk, plan, ground, found, seed)
    _tell(log, "audit", "checking the plan on its own")
    audit = audit_plan(desk, made)
    known = carried_over(plan, before.siting.problem, audit.rebuilt.siting.problem)
    made, audit = with_territories(made, audit, seed=seed, stop=stop, known=known)
    code = _exit_code(found, audit)
    log.end(exit_code=code)
    return Replanned(
        made, audit, found, desk, before, plan, ground.kept, changed.sentences, at_s, code, log
    )


def _tell(log: RunLog, stage: str, text: str) -> None:
    log(Progress(stage, "stage", "", None, None, 0.0, text))


@dataclass(frozen=True, eq=False)
class _Ground:
    """Posts and patrols under the changed scenario: as they were, or searched again where the change broke them."""

    siting_tables: SitingTables
    siting: SitingPlan
    patrol_tables: PatrolTables
    patrols: PatrolPlan
    numbers: Mapping[str, str]
    signs: Mapping[str, str]
    derived: Derived
    results: Mapping[str, EngineResult]
    kept: Mapping[str, bool]

    @classmethod
    def of(
        cls, desk: Desk, before: Rebuilt, plan: Plan, limits: Limits, seed: int, workers: int,
        log: RunLog, stop: Stop | None,
    ) -> _Ground:  # fmt: skip
        shared: dict[str, Any] = {"seed": seed, "workers": workers, "on_progress": log, "stop": stop}
        budget = desk.budget()
        siting = assemble_siting(desk.scenario, desk.places, desk.ways, budget)
        stands = carried(plan.siting, before.siting, siting)
        results: dict[str, EngineResult] = {}
        kept = {"siting": not _worse(audit_siting(before.siting.problem, plan.siting),
                                     audit_siting(siting.problem, stands))}
        if not kept["siting"]:
            # only a change of posts needs that engine
            from scheduler.siting.solve import solve as solve_siting

            _tell(log, "siting", "the change touches posts: they are sited again, from those there are")
            sited = solve_siting(siting.problem, limits=limits.share(0.5), hint=stands, **shared)
            stands = sited.plan or stands
        results["siting"] = _recounted(plan, "siting", audit_siting(siting.problem, stands))
        units = desk.scenario.siting.units_from or tuple(u.id for u in desk.scenario.units)
        spans = {p.id: (p.start_s, p.end_s) for p in siting.problem.periods}
        for stand in stands.stands:
            budget.take_units(siting.kind_of(stand.kind), units, *spans[stand.period], stand.n_units)
        patrols = assemble_patrols(desk.scenario, desk.places, desk.ways, budget)
        tours = PatrolPlan(tuple(t for t in plan.patrols.tours if t.crew in patrols.crews))
        was = audit_patrols(before.patrols.problem, plan.patrols)
        sound = len(tours.tours) == len(plan.patrols.tours)
        tours = manned(patrols, tours)
        kept["patrols"] = sound and len(tours.tours) == len(plan.patrols.tours)
        if not sound or _worse(was, audit_patrols(patrols.problem, tours), all_levels=kept["patrols"]):
            kept["patrols"] = False
            from scheduler.patrols.solve import solve as solve_patrols

            _tell(log, "patrols", "the change touches patrols: they are routed again, from those there are")
            routed = solve_patrols(patrols.problem, limits=limits.share(0.8), hint=tours, **shared)
            tours = routed.plan or tours
        results["patrols"] = _recounted(plan, "patrols", audit_patrols(patrols.problem, tours))
        numbers = number_posts(stands, dict(plan.posts), plan.retired)
        signs = call_signs(tours, patrols, dict(plan.crews), plan.retired)
        derived = derive(desk, siting, stands, numbers, patrols, tours, signs)
        return cls(siting, stands, patrols, tours, numbers, signs, derived, results, kept)


def carried(plan: SitingPlan, old: SitingTables, new: SitingTables) -> SitingPlan:
    """The posts of a plan in new periods: each takes over those of the old period it shares most time with."""
    spans = {p.id: (p.start_s, p.end_s) for p in old.problem.periods}
    known = {post.id for post in new.problem.posts}
    stands = []
    for period in new.problem.periods:
        shared = {
            ident: min(b, period.end_s) - max(a, period.start_s)
            for ident, (a, b) in spans.items()
            if min(b, period.end_s) > max(a, period.start_s)
        }
        if shared:
            source = max(sorted(shared), key=lambda ident: (ident == period.id, shared[ident]))
            stands += [replace(s, period=period.id) for s in plan.stands if s.period == source and s.post in known]
    return SitingPlan(tuple(stands))


def manned(tables: PatrolTables, plan: PatrolPlan) -> PatrolPlan:
    """The tours for which a unit still has people: as few as possible are given up, those that matter least."""
    while True:
        lacking = _pools_exceeded(audit_patrols(tables.problem, plan))
        if not lacking:
            return plan
        fewer = [PatrolPlan((*plan.tours[:k], *plan.tours[k + 1 :])) for k in range(len(plan.tours))]
        found = [(audit_patrols(tables.problem, one), one) for one in fewer]
        better = [(a, one) for a, one in found if _pools_exceeded(a) < lacking]
        if not better:
            return plan
        plan = min(better, key=lambda pair: (len(pair[0].breaches), [v for _, v in pair[0].levels]))[1]


def _pools_exceeded(audit: Audit) -> int:
    return sum(b.amount for b in audit.breaches if b.rule == "pool_exceeded")


def _worse(before: Audit, after: Audit, *, all_levels: bool = True) -> bool:
    """Whether a part of the plan breaks rules that it did not break, or serves what must be served less well."""
    if len(after.breaches) > len(before.breaches):
        return True
    return all_levels and bool(after.levels) and bool(before.levels) and after.levels[0][1] > before.levels[0][1]


def _recounted(plan: Plan, engine: str, audit: Audit) -> EngineResult:
    """An engine's result with the levels as they are now; nothing is proven of them."""
    was = plan.results.get(engine)
    units = {str(level["name"]): str(level["unit"]) for level in (was.levels if was else ())}
    levels = tuple(
        {"name": name, "unit": units.get(name, "points"), "value": value, "bound": None, "proven": False,
         "conditional": False}
        for name, value in audit.levels
    )
    return EngineResult(Status.FEASIBLE.value, levels, {}, "Taken over from the plan at hand.")


def _plan_of(desk: Desk, old: Plan, ground: _Ground, found: Repaired, seed: int) -> Plan:
    roster = found.plan or RosterPlan(())
    posts = {number: place for place, number in ground.numbers.items()}
    crews = {sign: slot for slot, sign in ground.signs.items()}
    gone = {n for n in old.posts if n not in posts}
    levels = tuple(
        {"name": v.name, "unit": v.unit, "value": v.value, "bound": v.bound, "proven": v.proven,
         "conditional": v.conditional}
        for v in found.levels
        if v.name not in {"changed", "near", "frozen_lost"} and not v.name.startswith(NEWLY)
    )
    result = EngineResult(found.status.value, levels, dict(found.settings), found.note)
    changes = tuple(
        {"person": c.person, "left": list(c.left), "taken": list(c.taken), "moved": list(c.moved), "forced": c.forced}
        for c in found.changes
    )
    return Plan(
        scenario=desk.scenario.name, digest=desk.loaded.digest, seed=seed, posts=posts, crews=crews,
        retired=tuple(sorted({*old.retired, *gone})), siting=ground.siting, patrols=ground.patrols, roster=roster,
        groups=groups_json(ground.derived.seats), results={**ground.results, "roster": result}, rounds=(),
        base_plan=old.fingerprint(), changes=changes,
    )  # fmt: skip


def _exit_code(found: Repaired, audit: PlanAudit) -> int:
    if found.status is Status.INFEASIBLE:
        return EXIT_SHORT
    if found.plan is None:
        return EXIT_NO_PLAN
    if not audit.agrees or audit.engines["roster"].breaches:
        return EXIT_DEFECT
    if audit.breaches:
        return EXIT_BROKEN
    return EXIT_SHORT if audit.short else EXIT_OK

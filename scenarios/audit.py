"""The plan as one: every post and crew has its seats, and promises hold with the seats that are *filled*.

No solver is loaded here. Problems are built again from the scenario and the map, so legs, cover and gaps are
re-read from the network and not from what the plan claims.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scenarios import levels
from scenarios.assemble.patrols import PatrolTables, assemble_patrols
from scenarios.assemble.roster import RosterTables, groups_json
from scenarios.assemble.siting import SitingTables, assemble_siting
from scenarios.desk import Derived, Desk, derive, roster_tables
from scenarios.groundrules import check_ground_rules
from scenarios.plan import Plan
from scenarios.tongue import say as _
from scenarios.variants import variant_breaches
from scheduler.outcome import Audit, Breach
from scheduler.patrols.audit import audit as audit_patrols
from scheduler.patrols.plan import PatrolPlan, Tour
from scheduler.roster.audit import audit as audit_roster
from scheduler.siting.audit import audit as audit_siting
from scheduler.siting.plan import SitingPlan, Stand

ENGINES = ("siting", "patrols", "roster")


@dataclass(frozen=True, eq=False)
class Rebuilt:
    """Problems and derived seats of a plan, built from the scenario alone."""

    siting: SitingTables
    patrols: PatrolTables
    derived: Derived
    roster: RosterTables


@dataclass(frozen=True, eq=False)
class PlanAudit:
    """What the audit of the whole plan found.

    Attributes
    ----------
    engines
        Each engine's own audit of the plan as it stands.
    manned
        The same for posts and patrols with only those whose mandatory seats are all filled.
    served
        The plan with only those posts and patrols: what a place can count on, and what views show as cover
        and visits.
    breaches
        Hard rules broken, of all engines and of the plan as one.
    short
        Mandatory seats that stay empty: (group id, seats).
    differences
        Where a claimed level and the recomputed one differ; empty when audit and solver agree.
    """

    engines: Mapping[str, Audit]
    manned: Mapping[str, Audit]
    breaches: tuple[Breach, ...]
    short: tuple[tuple[str, int], ...]
    differences: tuple[str, ...]
    served: Plan = field(repr=False)
    rebuilt: Rebuilt = field(repr=False)

    @property
    def agrees(self) -> bool:
        """True when every claimed value is what the audit recomputes."""
        return not self.differences

    @property
    def costs(self) -> tuple[Breach, ...]:
        """What soft rules cost, of all engines."""
        return tuple(cost for name in ENGINES for cost in self.engines[name].costs)


def rebuild(desk: Desk, plan: Plan) -> Rebuilt:
    """Build the Problems that the plan answers, without caps of the loop: those only ever tighten."""
    budget = desk.budget()
    siting = assemble_siting(desk.scenario, desk.places, desk.ways, budget)
    units = desk.scenario.siting.units_from or tuple(u.id for u in desk.scenario.units)
    spans = {p.id: (p.start_s, p.end_s) for p in siting.problem.periods}
    for stand in plan.siting.stands:
        if stand.period in spans:
            budget.take_units(siting.kind_of(stand.kind), units, *spans[stand.period], stand.n_units)
    patrols = assemble_patrols(desk.scenario, desk.places, desk.ways, budget)
    known = {spot.id for spot in siting.posts}
    sound = SitingPlan(
        tuple(
            s for s in plan.siting.stands
            if s.post in known and s.period in spans and s.kind in {kind.id for kind in siting.kinds}
        )
    )
    numbers = {place: number for number, place in plan.posts.items()}
    for stand in sound.stands:
        numbers.setdefault(stand.post, f"P?{stand.post}")
    signs = {slot: sign for sign, slot in plan.crews.items()}
    tours = tuple(t for t in plan.patrols.tours if t.crew in patrols.crews)
    for tour in tours:
        slot = patrols.crews[tour.crew].slot
        signs.setdefault(slot, f"K?{slot}")
    derived = derive(desk, siting, sound, numbers, patrols, PatrolPlan(tours), signs)
    return Rebuilt(siting, patrols, derived, roster_tables(desk, derived))


def audit_plan(desk: Desk, plan: Plan) -> PlanAudit:
    """Check a plan, ours or anybody's, against the scenario.

    A plan made by our solver must also agree with what it claims; a plan edited by hand claims nothing.
    """
    rebuilt = rebuild(desk, plan)
    engines = {
        "siting": audit_siting(rebuilt.siting.problem, plan.siting),
        "patrols": audit_patrols(rebuilt.patrols.problem, plan.patrols),
        "roster": audit_roster(rebuilt.roster.problem, plan.roster),
    }
    return _joined(desk, plan, rebuilt, engines, None)


def audit_again(desk: Desk, before: PlanAudit, plan: Plan, roster: Audit, tables: RosterTables) -> PlanAudit:
    """What ``audit_plan`` says of a plan of which only duties have changed since ``before``.

    Parameters
    ----------
    roster, tables
        The audit of the duties as they are now, and the Problem that they were judged by.
    """
    engines = {**before.engines, "roster": roster}
    return _joined(desk, plan, replace(before.rebuilt, roster=tables), engines, before)


def _joined(
    desk: Desk, plan: Plan, rebuilt: Rebuilt, engines: Mapping[str, Audit], before: PlanAudit | None
) -> PlanAudit:
    """The plan as one; what is served is judged anew only where it is another than before."""
    short = _short(rebuilt, plan)
    served = _served(rebuilt, plan, dict(short))
    breaches = [b for name in ENGINES for b in engines[name].breaches]
    if before is not None and (served.siting, served.patrols) == (before.served.siting, before.served.patrols):
        whole = before.breaches[sum(len(before.engines[name].breaches) for name in ENGINES) :]
        differences = () if plan.edited else before.differences
        return PlanAudit(engines, before.manned, (*breaches, *whole), short, differences, served, rebuilt)
    manned = {
        "siting": audit_siting(rebuilt.siting.problem, served.siting),
        "patrols": audit_patrols(rebuilt.patrols.problem, served.patrols),
    }
    breaches += variant_breaches(rebuilt.patrols.problem, plan.patrols, plan.variants)
    breaches += _numbering(plan) + _groups_differ(rebuilt, plan)
    ground, differ = check_ground_rules(desk.scenario, desk.places, desk.ways, rebuilt.siting, plan, served)
    breaches += ground
    differences = () if plan.edited else (*_differences(plan, engines), *differ)
    return PlanAudit(engines, manned, tuple(breaches), short, differences, served, rebuilt)


def _short(rebuilt: Rebuilt, plan: Plan) -> tuple[tuple[str, int], ...]:
    filled: dict[str, int] = {}
    for duty in plan.roster.duties:
        filled[duty.group] = filled.get(duty.group, 0) + 1
    return tuple(
        (group.id, group.need - filled.get(group.id, 0))
        for group in rebuilt.roster.problem.groups
        if group.level == 0 and filled.get(group.id, 0) < group.need
    )


def _served(rebuilt: Rebuilt, plan: Plan, short: Mapping[str, int]) -> Plan:
    """The plan without posts and patrols that have an empty mandatory seat in their span."""
    empty = [rebuilt.roster.seats[group] for group in short]
    parties: dict[str, list[tuple[int, int]]] = {}
    for seats in empty:
        parties.setdefault(seats.need.party, []).append((seats.start_s, seats.end_s))
    periods = {p.id: p for p in rebuilt.siting.problem.periods}
    numbers = {place: number for number, place in plan.posts.items()}

    def stands(stand: Stand) -> bool:
        period = periods.get(stand.period)
        gaps = parties.get(numbers.get(stand.post, ""), [])
        return period is None or not any(a < period.end_s and b > period.start_s for a, b in gaps)

    def rides(tour: Tour) -> bool:
        gaps = parties.get(rebuilt.derived.parties.get(tour.crew, ""), [])
        return not any(a < tour.return_s and b > tour.depart_s for a, b in gaps)

    return replace(
        plan,
        siting=SitingPlan(tuple(s for s in plan.siting.stands if stands(s))),
        patrols=PatrolPlan(tuple(t for t in plan.patrols.tours if rides(t))),
    )


def _numbering(plan: Plan) -> list[Breach]:
    """Every post that stands and every crew that rides has its number; retired numbers are not used."""
    numbered = set(plan.posts.values())
    bare = sorted({s.post for s in plan.siting.stands} - numbered)
    again = sorted((set(plan.posts) | set(plan.crews)) & set(plan.retired))
    found = []
    if bare:
        found.append(Breach("post_number", len(bare), "posts", True, where=tuple(bare)))
    if again:
        found.append(Breach("retired_number", len(again), "numbers", True, where=tuple(again)))
    return found


def _groups_differ(rebuilt: Rebuilt, plan: Plan) -> list[Breach]:
    """Seat groups written in the plan must be the ones that follow from its posts and patrols."""
    wanted = {str(g["id"]): g for g in groups_json(rebuilt.derived.seats)}
    given = {str(g.get("id")): dict(g) for g in plan.groups}
    missing = sorted(set(wanted) - set(given))
    extra = sorted(set(given) - set(wanted))
    changed = sorted(g for g in set(wanted) & set(given) if wanted[g] != given[g])
    found = []
    for rule, ids in (("seats_missing", missing), ("seats_unknown", extra), ("seats_changed", changed)):
        if ids:
            found.append(Breach(rule, len(ids), "seat groups", True, where=tuple(ids[:3])))
    return found


def _differences(plan: Plan, engines: Mapping[str, Audit]) -> tuple[str, ...]:
    found = []
    for engine in ENGINES:
        result = plan.results.get(engine)
        if result is None:
            found.append(_("{engine}: the plan says nothing of what it reaches.", engine=_(levels.ENGINES[engine])))
            continue
        recomputed = dict(engines[engine].levels)
        for level in result.levels:
            claimed, name = level["value"], str(level["name"])
            if claimed is not None and recomputed.get(name) != claimed:
                found.append(
                    _(
                        "{engine}: {level}: claimed {claimed}, found {found}.", engine=_(levels.ENGINES[engine]),
                        level=levels.level_title(name), claimed=_number(claimed),
                        found=_number(recomputed.get(name)),
                    )
                )  # fmt: skip
    return tuple(found)


def _number(value: int | None) -> str:
    return _("nothing") if value is None else f"{value:,}"

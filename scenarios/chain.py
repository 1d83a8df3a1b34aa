"""The engines in a row, sharing one force: siting, patrols, roster, and the loop that closes it.

When the roster comes out short, the shortage goes back as a tighter cap on crews or optional posts and the
chain runs again, at most ``MAX_ROUNDS`` rounds. Caps only tighten; the best round is kept, not the last.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.assemble.patrols import PatrolTables, assemble_patrols, call_signs, least_out
from scenarios.assemble.roster import RosterTables
from scenarios.assemble.siting import SitingTables, assemble_siting, number_posts
from scenarios.desk import Derived, Desk, derive, roster_tables
from scenarios.plan import Plan
from scenarios.schema import Kind
from scenarios.strength import shares
from scenarios.variants import SHARE as VARIANTS_SHARE
from scenarios.variants import draw
from scheduler.outcome import Limits, OnProgress, Outcome, Progress, Status, Stop
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.solve import solve as solve_patrols
from scheduler.patrols.solve import warm_up
from scheduler.roster.plan import RosterPlan
from scheduler.roster.solve import solve as solve_roster
from scheduler.siting.audit import cover
from scheduler.siting.plan import SitingPlan
from scheduler.siting.solve import solve as solve_siting

MAX_ROUNDS = 3

GRACE_S = {"siting": 1.0, "patrols": 2.0, "roster": 4.0}
"""Seconds for an engine that a stop would leave without any plan, so that a stopped run still has one to audit."""
SHARE = {"siting": 0.12, "patrols": 0.28, "roster": 0.60}

Caps = dict[tuple[str, int, int], int]


@dataclass(eq=False)
class Round:
    """One run through the chain: problems, outcomes and what it gave up."""

    caps: Caps
    siting: SitingTables
    patrols: PatrolTables
    derived: Derived
    roster: RosterTables
    outcomes: Mapping[str, Outcome[Any]]
    numbers: Mapping[str, str]
    signs: Mapping[str, str]
    variants: tuple[PatrolPlan, ...] = ()

    @property
    def siting_plan(self) -> SitingPlan:
        """The siting plan, empty when there is none."""
        plan = self.outcomes["siting"].plan
        return plan if isinstance(plan, SitingPlan) else SitingPlan(())

    @property
    def patrol_plan(self) -> PatrolPlan:
        """The patrol plan, empty when there is none."""
        plan = self.outcomes["patrols"].plan
        return plan if isinstance(plan, PatrolPlan) else PatrolPlan(())

    @property
    def roster_plan(self) -> RosterPlan | None:
        """The roster, None when the engine found none."""
        plan = self.outcomes["roster"].plan
        return plan if isinstance(plan, RosterPlan) else None

    def must_short(self) -> int:
        """Mandatory seats that stay empty (all of them without a roster)."""
        if self.roster_plan is None:
            return sum(g.need for g in self.roster.problem.groups if g.level == 0)
        levels = self.outcomes["roster"].levels
        return (levels[0].value or 0) if levels else 0

    def rank(self) -> tuple[int, ...]:
        """The tuple by which rounds are compared, smaller is better: seats first, then each engine's levels."""
        values = [self.must_short()]
        for engine in ("siting", "patrols", "roster"):
            outcome = self.outcomes[engine]
            values += [10**9] if outcome.plan is None else [level.value or 0 for level in outcome.levels]
        return tuple(values)


@dataclass(frozen=True)
class Settings:
    """How long and how to search. ``work`` in place of seconds makes a run repeatable."""

    seconds: float | None = 60.0
    work: float | None = None
    seed: int = 0
    workers: int = 2

    def limits(self, engine: str, used_s: float) -> Limits:
        """The engine's share; what earlier engines left unused goes to the roster."""
        share = SHARE[engine]
        if self.work is not None:
            return Limits(None, self.work * share)
        seconds = self.seconds or 60.0
        if engine == "roster":
            return Limits(max(seconds - used_s, seconds * 0.2))
        return Limits(seconds * share)


@dataclass(eq=False)
class Chain:
    """All rounds of one run, and the best of them."""

    rounds: list[Round] = field(default_factory=list)

    @property
    def best(self) -> int:
        """Index of the round that is kept: the best by rank, the earliest of equals."""
        return min(range(len(self.rounds)), key=lambda k: (self.rounds[k].rank(), k))

    def report(self) -> tuple[dict[str, object], ...]:
        """What each round was capped at and what it reached, as plain data."""
        return tuple(
            {
                "round": k + 1,
                "kept": k == self.best,
                "caps": shares(r.caps),
                "must_short": r.must_short(),
                "posts": len({s.post for s in r.siting_plan.stands}),
                "tours": len(r.patrol_plan.tours),
                "seats": sum(s.need.number for s in r.derived.seats),
            }
            for k, r in enumerate(self.rounds)
        )


def run_chain(
    desk: Desk,
    settings: Settings,
    *,
    base: Plan | None = None,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Chain:
    """Run the engines, at most three rounds, and keep every round."""
    chain = Chain()
    caps: Caps = {}
    started = time.monotonic()
    while True:
        used = time.monotonic() - started
        chain.rounds.append(run_round(desk, settings, caps, used_s=used, base=base, on_progress=on_progress, stop=stop))
        latest = chain.rounds[-1]
        halted = stop is not None and stop()
        if latest.must_short() == 0 or len(chain.rounds) == MAX_ROUNDS or halted:
            return chain
        tighter = tighten(latest)
        if tighter == caps:
            return chain
        caps = tighter


def run_round(
    desk: Desk,
    settings: Settings,
    caps: Caps | None = None,
    *,
    used_s: float = 0.0,
    base: Plan | None = None,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Round:
    """Run the engines once, in their order.

    Parameters
    ----------
    caps
        What earlier rounds took back.
    used_s
        Seconds that earlier rounds have used.
    """
    caps = caps or {}
    began = time.monotonic()
    shared: dict[str, Any] = {
        "seed": settings.seed, "workers": settings.workers, "on_progress": on_progress, "stop": stop
    }
    budget = desk.budget()
    wanted = assemble_patrols(desk.scenario, desk.places, desk.ways, budget, caps)

    def patrol_heads(start: int, end: int) -> int:
        heads = min((info.kind.n_people for info in wanted.crews.values()), default=0)
        return heads * least_out(wanted, start, end)

    siting = assemble_siting(desk.scenario, desk.places, desk.ways, budget, caps, patrol_heads)
    sited = _heeding(
        "siting", solve_siting, siting.problem, settings.limits("siting", used_s), base.siting if base else None, shared
    )
    siting_plan = sited.plan or SitingPlan(())
    units = desk.scenario.siting.units_from or tuple(u.id for u in desk.scenario.units)
    spans = {p.id: (p.start_s, p.end_s) for p in siting.problem.periods}
    for stand in siting_plan.stands:
        budget.take_units(siting.kind_of(stand.kind), units, *spans[stand.period], stand.n_units)
    patrols = assemble_patrols(desk.scenario, desk.places, desk.ways, budget, caps)
    if on_progress is not None:
        text = "getting the patrol search ready (the first time after an install takes half a minute)"
        on_progress(Progress("patrols", "stage", "", None, None, 0.0, text))
    warm_up()
    limits = settings.limits("patrols", used_s)
    aside = VARIANTS_SHARE if desk.scenario.patrols.variants > 1 else 0.0
    routed = _heeding(
        "patrols", solve_patrols, patrols.problem, limits.share(1.0 - aside), base.patrols if base else None, shared
    )
    routed, others = draw(
        desk.scenario, patrols.problem, routed, limits=limits.share(aside), seed=settings.seed, stop=stop
    )
    patrol_plan = routed.plan or PatrolPlan(())
    retired = base.retired if base else ()
    numbers = number_posts(siting_plan, base.posts if base else {}, retired)
    signs = call_signs(patrol_plan, patrols, base.crews if base else {}, retired)
    derived = derive(desk, siting, siting_plan, numbers, patrols, patrol_plan, signs)
    roster = roster_tables(desk, derived)
    used = used_s + time.monotonic() - began
    rostered = _heeding(
        "roster", solve_roster, roster.problem, settings.limits("roster", used), base.roster if base else None, shared
    )
    outcomes: dict[str, Outcome[Any]] = {"siting": sited, "patrols": routed, "roster": rostered}
    return Round(caps, siting, patrols, derived, roster, outcomes, numbers, signs, others)


def _heeding(
    engine: str, solve: Callable[..., Outcome[Any]], problem: Any, limits: Limits, hint: Any, shared: Mapping[str, Any]
) -> Outcome[Any]:
    """Run an engine; where a stop leaves it without a plan it gets a moment of its own to make one."""
    stop: Stop | None = shared["stop"]
    if stop is None or not stop():
        outcome = solve(problem, limits=limits, hint=hint, **shared)
        if outcome.plan is not None or outcome.status is not Status.UNKNOWN or stop is None or not stop():
            return outcome
    grace = GRACE_S[engine]
    short = Limits(None if limits.seconds is None else min(limits.seconds, grace),
                   None if limits.work is None else min(limits.work, grace))  # fmt: skip
    return solve(problem, limits=short, hint=hint, **{**shared, "stop": None})


def tighten(latest: Round) -> Caps:
    """Caps for the next round: each short span takes back optional posts first, then crews.

    Only what holds people who could sit in the empty seats is taken back: a patrol given up finds no stewards. Posts
    that are required, or that a class-1 site needs, stay: the stock is never cut below their number.
    """
    caps = dict(latest.caps)
    for start, end, seats, who in _short_spans(latest):
        left = seats
        if _holds(latest, latest.siting.kind, (), who):
            left -= _cap_posts(latest, caps, start, end, seats)
        for tour in latest.patrol_plan.tours:
            info = latest.patrols.crews[tour.crew]
            if left > 0 and info.start_s < end and info.end_s > start and _holds(latest, info.kind, (info.unit,), who):
                key = (f"crews:{info.unit}.{info.kind.id}", info.start_s, info.end_s)
                out = min(caps.get(key, 10**9), _crews_out(latest, key))
                if out > 0:
                    caps[key] = out - 1
                    left -= info.kind.n_people
    return caps


def _holds(latest: Round, kind: Kind, units: tuple[str, ...], who: NDArray[np.bool_]) -> bool:
    """Whether a unit of this kind may hold anybody of ``who``."""
    staff = latest.roster.staff
    lines = (staff.eligible(line.categories, line.qualifications, line.rank_min, units) for line in kind.seats)
    return any(bool(np.any(line & who)) for line in lines)


def _cap_posts(latest: Round, caps: Caps, start: int, end: int, seats: int) -> int:
    """Lower the stock of posts over ``[start, end)``; returns the seats this frees."""
    problem = latest.siting.problem
    required = {post.id for post in problem.posts if post.required}
    freed = 0
    for period, its in zip(problem.periods, cover(problem, latest.siting_plan), strict=True):
        if period.start_s >= end or period.end_s <= start:
            continue
        must = [k for k, site in enumerate(problem.sites) if site.must and its.active[k]]
        held = {problem.posts[its.first_post[k]].id for k in must if its.first_post[k] >= 0}
        used = sum(s.n_units for s in latest.siting_plan.stands if s.period == period.id)
        n_people = latest.siting.kind.n_people
        spare = max(0, used - len(held | required))
        cut = min(spare, -(-seats // n_people))
        if cut > 0:
            key = ("posts", period.start_s, period.end_s)
            caps[key] = min(caps.get(key, used), used) - cut
            freed = max(freed, cut * n_people)
    return freed


def _crews_out(latest: Round, key: tuple[str, int, int]) -> int:
    what, start, end = key
    return sum(
        f"crews:{info.unit}.{info.kind.id}" == what and info.start_s < end and info.end_s > start
        for info in (latest.patrols.crews[t.crew] for t in latest.patrol_plan.tours)
    )


def _short_spans(latest: Round) -> list[tuple[int, int, int, NDArray[np.bool_]]]:
    """``(start, end, seats, who may fill them)`` of mandatory seats that stayed empty, joined where these are equal."""
    if latest.roster_plan is None:
        return []
    filled: dict[str, int] = {}
    for duty in latest.roster_plan.duties:
        filled[duty.group] = filled.get(duty.group, 0) + 1
    spans: dict[tuple[int, int, bytes], int] = {}
    for group in latest.roster.problem.groups:
        lacking = group.need - filled.get(group.id, 0)
        if group.level == 0 and lacking > 0:
            need = latest.roster.seats[group.id].need
            units = (need.unit,) if need.unit else ()
            who = latest.roster.staff.eligible(need.categories, need.qualifications, need.rank_min, units)
            key = (group.start_s, group.end_s, who.tobytes())
            spans[key] = spans.get(key, 0) + lacking
    return [(a, b, n, np.frombuffer(who, dtype=np.bool_)) for (a, b, who), n in sorted(spans.items())]

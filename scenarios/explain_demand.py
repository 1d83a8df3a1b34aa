"""Ways out that ask for less from the start: a number of the demand model, or the risk of a session, one step lower.

Each is a what-if like any other. It is laid over the scenario, the seats are derived again with the posts and patrols
of the plan at hand, and a roster that fills them is made and audited: what is offered was shown to work.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scenarios.audit import Rebuilt, rebuild
from scenarios.desk import Desk
from scenarios.draft_patch import SCHEMA, toml
from scenarios.explain_patch import patched
from scenarios.plan import Plan
from scenarios.staff import staff_of
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scheduler.errors import ProblemError
from scheduler.roster.explain.engine import Case
from scheduler.roster.explain.patch import Fewer, Prices
from scheduler.roster.explain.probe import Prober, bare
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Problem

HOURS_A_POINT = 4
"""Seat hours asked for no longer that count one point of effort, as those of a borrowed person do."""

_RISKS = ("high", "medium", "low")
RISK_WORDS = {"high": mark("high"), "medium": mark("medium"), "low": mark("low")}

#: Numbers of ``[demand]`` that may ask for less, what people call them, and whether more of it asks for less.
KNOBS: Mapping[str, tuple[str, bool]] = {
    "steward_ratio": (mark("heads for each steward"), True),
    "police_ratio": (mark("people expected for each officer"), True),
    "lane_rate_per_h": (mark("people searched in each lane an hour"), True),
    "stage_per": (mark("standing heads for each steward at the stage"), True),
    "supervisor_span": (mark("officers for each supervisor"), True),
    "reserve_pct": (mark("percent of all at work in reserve"), False),
    "per_gate": (mark("stewards at each gate"), False),
    "per_lane": (mark("searchers in each lane"), False),
}

#: Steps up in percent of the number in force; steps down go by one, to no less than this.
_UP_PCT = (10, 20, 30, 50, 75, 100, 150)
_LEAST = {"reserve_pct": 0, "per_gate": 1, "per_lane": 1}


@dataclass(frozen=True)
class Lowered:
    """A demand lowered, and shown to be enough.

    Attributes
    ----------
    setting
        ``"demand.steward_ratio"`` or ``"sessions.ID.risk"``.
    hours
        Seat hours asked for no longer, in the whole event.
    title
        Of the session whose risk it is.
    least
        True when the step before it was proven not to be enough.
    problem, plan
        The roster's Problem under the what-if, without the other shortages' seats, and a roster that fills it.
    """

    setting: str
    old: object
    new: object
    price: int
    hours: float
    title: str
    whatif: str
    least: bool
    problem: Problem
    plan: RosterPlan

    @property
    def what(self) -> str:
        """What is asked for less, from what to what."""
        return _("Ask for less: {what} ({hours:g} seat hours fewer in all).", what=self._step(), hours=self.hours)

    @property
    def sentence(self) -> str:
        """The same with its effort."""
        return _("{what} Effort {n}.", what=self.what, n=self.price)

    def _step(self) -> str:
        if self.setting.startswith("sessions."):
            old, new = (_(RISK_WORDS[str(risk)]) for risk in (self.old, self.new))
            return _("risk of {title}: {old} -> {new}", title=self.title, old=old, new=new)
        return f"{_(KNOBS[self.setting.removeprefix('demand.')][0])} {self.old} -> {self.new}"


@dataclass(frozen=True)
class _Step:
    setting: str
    old: object
    new: object
    part: float
    words: str
    block: str
    title: str = ""


def lowered(
    desk: Desk, plan: Plan, rebuilt: Rebuilt, case: Case, level: int, prober: Prober, hint: RosterPlan | None,
    prices: Prices,
) -> Iterator[Lowered]:  # fmt: skip
    """Ways out of one shortage by asking for less, each the first step of its ladder that is enough.

    Parameters
    ----------
    level
        Rung of seats that must be filled, with all more important ones.
    hint
        The fullest roster as things are.
    """
    trial = _Trial(desk, plan, case, level, prober, hint, prices, _seat_s(rebuilt.roster.problem, level))
    for ladder in _ladders(desk, rebuilt, case):
        if prober.over():
            return
        found, no = trial.step(ladder[-1])
        low, high = -1, len(ladder) - 1
        least = high == 0
        while found is not None and high - low > 1 and not prober.over():
            middle = (low + high) // 2
            got, no = trial.step(ladder[middle])
            if got is not None:
                found, high = got, middle
            else:
                low, least = middle, no
        if found is not None:
            yield replace(found, least=high == 0 or (high - low == 1 and least))


def _ladders(desk: Desk, rebuilt: Rebuilt, case: Case) -> Iterator[tuple[_Step, ...]]:
    """For each number that the seats in question follow from its values, ever lower in what they ask."""
    names = {seat.group for seat in case.empty} | {g for one in case.lifts for g in one.groups}
    names |= set(case.conflict.seats) if case.conflict is not None else set()
    needs = {seats.need.id: seats.need for name in names if (seats := rebuilt.roster.seats.get(name)) is not None}
    inputs = {key for need in needs.values() for key in need.inputs}
    for name, (words, more) in KNOBS.items():
        if name in inputs:
            old: int = getattr(desk.scenario.demand, name)
            wider = (old + -(-old * pct // 100) for pct in _UP_PCT)
            values = tuple(dict.fromkeys(wider)) if more else tuple(range(old - 1, _LEAST[name] - 1, -1))
            if values:
                yield tuple(_number(name, words, old, new) for new in values)
    for session in desk.scenario.sessions:
        if any("risk" in need.inputs for ident, need in needs.items() if ident.startswith(f"{session.id}.")):
            after = _RISKS[_RISKS.index(session.risk) + 1 :]
            if after:
                yield tuple(_risk(session.id, session.title, session.risk, new) for new in after)


def _number(name: str, words: str, old: int, new: int) -> _Step:
    part = abs(new - old) / max(old, new, 1)
    return _Step(f"demand.{name}", old, new, part, f"{words} {old} -> {new}", f"[demand]\n{name} = {new}\n")


def _risk(ident: str, title: str, old: str, new: str) -> _Step:
    block = f"[[sessions]]\nid = {toml(ident)}\nrisk = {toml(new)}\n"
    part = (_RISKS.index(new) - _RISKS.index(old)) / len(_RISKS)
    return _Step(f"sessions.{ident}.risk", old, new, part, f"risk of {title}: {old} -> {new}", block, title)


@dataclass(frozen=True, eq=False)
class _Trial:
    """What each step is tried on; ``base_s`` are the seat seconds asked for as things are."""

    desk: Desk
    plan: Plan
    case: Case
    level: int
    prober: Prober
    hint: RosterPlan | None
    prices: Prices
    base_s: int

    def step(self, step: _Step) -> tuple[Lowered | None, bool]:
        """The way out where the step is shown to be enough, and else whether it is proven not to be."""
        loaded0 = self.desk.loaded
        name = str(loaded0.raw.settings.get("name", loaded0.raw.name))
        head = f"schema = {SCHEMA}\nbase = {toml(name)}\ntitle = {toml('Ask for less: ' + step.words)}\n"
        text = f"{head}\n{step.block}"
        loaded = patched(loaded0, text)
        if loaded is None:
            return None, False
        there = Desk(loaded, self.desk.ground, self.desk.places, self.desk.ways, staff_of(loaded.scenario))
        try:
            whole = rebuild(there, self.plan).roster.problem
        except ProblemError:
            return None, False
        goal = without(bare(whole, self.level), self.case.others)
        got = self.prober.fill(goal, None if self.hint is None else _of(goal, self.hint), share=0.3)
        if got.plan is None:
            return None, got.answer == "no"
        hours = (self.base_s - _seat_s(whole, self.level)) / 3600
        price = math.ceil(self.prices.whole_limit * step.part) + self.prices.everyone
        price += math.ceil(max(0.0, hours) / HOURS_A_POINT)
        made = Lowered(step.setting, step.old, step.new, price, hours, step.title, text, False, goal, got.plan)
        return made, False


def without(problem: Problem, others: Sequence[Fewer]) -> Problem:
    """The Problem without the seats of other shortages; where seats were cut anew, without as many of their party."""
    left = {change.group: change.n for change in others}
    groups = []
    for group in problem.groups:
        n = min(group.need, left.pop(group.id, 0))
        groups.append(replace(group, need=group.need - n) if n else group)
    for ident, n in sorted(left.items()):
        stem = ident.rpartition("#")[0].rpartition(".")[0]
        for k, group in enumerate(groups):
            if n and stem and group.id.startswith(f"{stem}.") and group.need:
                less = min(n, group.need)
                groups[k], n = replace(group, need=group.need - less), n - less  # noqa: PLW2901
    return replace(problem, groups=tuple(groups))


def _of(problem: Problem, plan: RosterPlan) -> RosterPlan:
    """The plan's duties of groups that are still there."""
    names = {group.id for group in problem.groups}
    return RosterPlan(tuple(duty for duty in plan.duties if duty.group in names))


def _seat_s(problem: Problem, level: int) -> int:
    return sum((g.end_s - g.start_s) * g.need for g in problem.groups if g.level <= level)


def remedy_json(one: Lowered) -> dict[str, Any]:
    """As the other ways out are given."""
    return {
        "kind": "demand", "price": one.price, "least": one.least, "proven": True, "hours": round(one.hours, 2),
        "amount": 0, "people": [], "what": one.what, "sentence": one.sentence, "whatif": one.whatif,
    }  # fmt: skip

"""A smallest set of rules, seats, pins and absences that cannot hold together.

Deletion filter: one part after another is left out (many at once at first) and the rest asked again, each time in a
solve without an objective. What cannot be left out stays. A part counts as kept for good only when the rest without
it is proven possible by a plan; if the limit comes first, the set is called not yet smallest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scheduler.roster.downward import downward
from scheduler.roster.explain.counted import Counting
from scheduler.roster.explain.lift import lifts
from scheduler.roster.explain.probe import Fill, Prober
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Problem

Part = tuple[str, ...]
"""("rule", position of its setting), ("seats", group id), ("pin", person, group, on) or ("absences", person)."""

_TRIED = 3
"""Arithmetic shortages that are tried as the beginning of a conflict set."""


@dataclass(frozen=True)
class Conflict:
    """What cannot hold together.

    Attributes
    ----------
    rules
        Positions in the Problem's rules.
    seats, pins, absences
        Ids of seat groups, (person, group, on) of pins, ids of people.
    smallest
        True when leaving out any one part makes the rest possible, each shown by a plan.
    """

    rules: tuple[int, ...]
    seats: tuple[str, ...]
    pins: tuple[tuple[str, str, bool], ...]
    absences: tuple[str, ...]
    smallest: bool

    @property
    def parts(self) -> tuple[Part, ...]:
        """The same as parts."""
        return (
            *(("rule", str(r)) for r in self.rules),
            *(("seats", g) for g in self.seats),
            *(("pin", p, g, str(on)) for p, g, on in self.pins),
            *(("absences", p) for p in self.absences),
        )


def parts_of(problem: Problem) -> list[Part]:
    """Everything that may be left out of a bare Problem, seats first."""
    names = {rule.name for rule in problem.rules if rule.hard}
    found: list[Part] = [("seats", g.id) for g in problem.groups if g.need > 0]
    if "pins_locked" in names:
        found += [("pin", p.person, p.group, str(p.on)) for p in problem.pins]
    if "leave_locked" in names:
        found += [("absences", p.id) for p in problem.people if p.absences]
    # What nobody would think of giving up is tried last, so that it stays where several rules say the same.
    order = sorted(range(len(problem.rules)), key=lambda r: (problem.rules[r].name == "no_double_duty", r))
    found += [("rule", str(r)) for r in order]
    return found


def only(problem: Problem, parts: Sequence[Part]) -> Problem:
    """The Problem with these parts alone; what is left out no longer binds."""
    kept = set(parts)
    names = {problem.rules[int(part[1])].name for part in kept if part[0] == "rule"}
    pins = tuple(p for p in problem.pins if ("pin", p.person, p.group, str(p.on)) in kept)
    return replace(
        problem,
        groups=tuple(g if ("seats", g.id) in kept else replace(g, need=0, team=None) for g in problem.groups),
        people=tuple(
            p if ("absences", p.id) in kept or not p.absences else replace(p, absences=()) for p in problem.people
        ),
        pins=pins if "pins_locked" in names else (),
        rules=tuple(rule for r, rule in enumerate(problem.rules) if ("rule", str(r)) in kept),
    )


def find_conflict(problem: Problem, prober: Prober, hint: RosterPlan | None = None) -> Conflict | None:
    """A smallest conflict set of a bare Problem, None where it is not proven to be impossible.

    Parameters
    ----------
    problem
        As ``probe.bare`` makes it.
    hint
        A plan that fills most of it: a start for what is possible.
    """
    parts = parts_of(problem)
    counted = _from_arithmetic(problem, parts)
    if counted is None:
        seen, start, size = _Asker(problem, prober, hint), parts, max(1, len(parts) // 2)
    else:
        # nothing can be left out of it by counting: it is asked part by part whether the rest can really be kept
        seen, start, size = _Asker(_about(problem, counted), prober, hint), counted, 1
    if seen.ask(start).answer != "no":
        return None
    kept, sure = _shrink(start, seen, size, counting=counted is None)
    again = seen.ask(kept, seed=1)  # the set itself once more, from another seed and from nothing
    return Conflict(
        tuple(sorted(int(part[1]) for part in kept if part[0] == "rule")),
        tuple(part[1] for part in kept if part[0] == "seats"),
        tuple((part[1], part[2], part[3] == "True") for part in kept if part[0] == "pin"),
        tuple(part[1] for part in kept if part[0] == "absences"),
        sure and again.answer == "no",
    )


def _from_arithmetic(problem: Problem, parts: Sequence[Part]) -> list[Part] | None:
    """A smallest set by counting alone, from the smallest arithmetic shortage."""
    found = lifts(problem)
    for one in sorted(found, key=lambda one: (len(one.groups), one.start_s))[:_TRIED]:
        need = {g.id: g.need for g in problem.groups}
        # few large groups say more than many small ones: those are left out first
        order = sorted(parts, key=lambda part: need[part[1]] if part[0] == "seats" else 0)
        order.sort(key=lambda part: part[0] != "seats")
        kept = Counting(problem, one).smallest(order)
        if kept is not None:
            return kept
    return None


def _about(problem: Problem, parts: Sequence[Part]) -> Problem:
    """The Problem without need elsewhere, where no rule of the parts could ask for more duties."""
    names = {part[1] for part in parts if part[0] == "seats"}
    safe = all(downward(problem, problem.rules[int(part[1])]) for part in parts if part[0] == "rule")
    if not safe or any(group.team is not None for group in problem.groups):
        return problem
    return replace(problem, groups=tuple(g for g in problem.groups if g.id in names), pins=())


@dataclass
class _Asker:
    """Asks about parts of one Problem, each question made as small as is sound."""

    problem: Problem
    prober: Prober
    hint: RosterPlan | None

    def __post_init__(self) -> None:
        self.plans: list[RosterPlan] = [] if self.hint is None else [self.hint]
        self.safe = {r: downward(self.problem, self.problem.rules[r]) for r in range(len(self.problem.rules))}

    def ask(self, parts: Sequence[Part], seed: int = 0, *, counting: bool = True) -> Fill:
        """Whether these parts can hold together."""
        made = only(self.problem, parts)
        ok = all(self.safe[int(part[1])] for part in parts if part[0] == "rule")
        ok = ok and not made.pins and all(group.team is None for group in made.groups)
        if ok and any(group.need for group in made.groups):
            # No rule that is left asks for more duties: groups without need can be left out altogether.
            made = replace(made, groups=tuple(group for group in made.groups if group.need))
        return self.prober.fill(made, self.hint, share=0.2, seed=seed, counting=counting)


def _shrink(start: Sequence[Part], seen: _Asker, size: int, *, counting: bool) -> tuple[list[Part], bool]:
    """Leave out ``size`` parts at once, then half as many ... single parts, while the rest stays impossible."""
    kept = list(start)
    needed: set[Part] = set()
    sure = True
    while True:
        at = 0
        while at < len(kept):
            chunk = [part for part in kept[at : at + size] if part not in needed]
            if not chunk:
                at += size
                continue
            rest = [part for part in kept if part not in set(chunk)]
            answer = seen.ask(rest, counting=counting).answer
            if answer == "no":
                kept = rest
                continue
            if size == 1:
                sure = sure and answer == "yes"
                if answer == "yes":
                    needed.add(chunk[0])
            at += size
        if size == 1 or seen.prober.over():
            return kept, sure and size == 1
        size = max(1, size // 2)

"""Who could take a seat: everybody judged, ranked, and told why (a planner's list beside the telephone)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scheduler.errors import ProblemError
from scheduler.outcome import Breach
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Problem
from scheduler.roster.repair_laid import Laid
from scheduler.roster.repair_weigh import Weigh

State = Literal["free", "chain", "excluded"]
_TRIED = 40
"""People tried, nearest first, for a seat that another would leave."""

_ORDER: dict[State, int] = {"free": 0, "chain": 1, "excluded": 2}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person for one seat.

    Attributes
    ----------
    state
        "free": takes the seat and keeps all other duties; "chain": has to leave ``leaves``, which ``then`` takes
        over (None: nobody can, or nobody need); "excluded": not at all, for ``reasons``.
    rank
        From 1, the best first; 0 when excluded.
    price, costs
        What the soft rules and wishes cost more, in all and by rule; negative where the plan gains.
    short
        Further seats short on each level, most important first (below 0 where seats are gained).
    travel_s
        From home to the seat's report place; None when there is no way.
    hours_s
        Paid seconds in the plan so far, those before the horizon included.
    """

    person: str
    state: State
    rank: int = 0
    leaves: str | None = None
    then: str | None = None
    price: int = 0
    costs: tuple[tuple[str, int], ...] = ()
    short: tuple[int, ...] = ()
    travel_s: int | None = None
    hours_s: int = 0
    reasons: tuple[Breach, ...] = ()


@dataclass(eq=False)
class Ranking:
    """A plan laid out so that candidates for its seats are told at once; build it once for many seats."""

    problem: Problem
    plan: RosterPlan
    laid: Laid
    at_s: int | None = None
    counting_all: bool = False
    weigh: Weigh = field(init=False)

    @classmethod
    def of(
        cls, problem: Problem, plan: RosterPlan, at_s: int | None = None, *, counting_all: bool = False
    ) -> Ranking:
        """Lay the Problem out, and the plan on it; ``counting_all`` as in ``Weigh``."""
        held = held_in(problem, plan) if counting_all else []
        return cls(problem, plan, Laid.of(problem, held), at_s, counting_all)

    def again(self, problem: Problem, plan: RosterPlan) -> Ranking:
        """The same for another plan of a Problem that differs in its pins alone."""
        if self.counting_all and not all(self.laid.counted[p, g] for p, g in held_in(problem, plan)):
            return Ranking.of(problem, plan, self.at_s, counting_all=True)
        laid = self.laid if problem is self.problem else self.laid.with_pins(problem)
        return Ranking(problem, plan, laid, self.at_s, self.counting_all)

    def __post_init__(self) -> None:
        """Lay the plan out."""
        self.weigh = Weigh(self.laid, self.plan, counting_all=self.counting_all)
        self.person_of = {person.id: p for p, person in enumerate(self.problem.people)}
        self.group_of = {group.id: g for g, group in enumerate(self.problem.groups)}
        self.pinned = {(pin.person, pin.group) for pin in self.problem.pins if pin.on}
        self.takers: dict[int, list[int]] = {}

    # ------------------------------------------------------------ the list
    def candidates(self, seat: str) -> tuple[Candidate, ...]:
        """Everybody for one seat (``G12/3``, or a group's id for one seat more of it), the best first."""
        return self._listed(seat, whole=True)

    def able(self, seat: str) -> tuple[Candidate, ...]:
        """The same without asking who could take over what is left, and why others cannot: a fraction of the time.

        Those who must leave another seat have no ``then``, and those excluded no ``reasons`` (see ``reasons``).
        """
        return self._listed(seat, whole=False)

    def reasons(self, seat: str, person: str) -> tuple[Breach, ...]:
        """Why somebody cannot take a seat; empty where nothing is against it."""
        g, holder = self._seat(seat)
        drop = [] if holder is None else [(holder, g)]
        return self._judge(self.person_of[person], g, drop, whole=True).reasons

    def _listed(self, seat: str, *, whole: bool) -> tuple[Candidate, ...]:
        g, holder = self._seat(seat)
        drop = [] if holder is None else [(holder, g)]
        found = [
            self._judge(p, g, drop, whole=whole)
            for p in range(len(self.problem.people))
            if p != holder and g not in self.weigh.held[p]
        ]
        found.sort(key=self._key)
        return tuple(_ranked(found))

    def _seat(self, seat: str) -> tuple[int, int | None]:
        name, _, number = seat.rpartition("/")
        if seat in self.group_of:
            name, number = seat, ""
        g = self.group_of.get(name)
        if g is None:
            raise ProblemError([f"Seat {seat!r} does not exist. Seats are written as GROUP/NUMBER, as in the plan."])
        most = self.problem.groups[g].most
        if number and not (number.isdigit() and 1 <= int(number) <= most):
            raise ProblemError([f"Seat {seat!r} does not exist: {name} has the seats 1 to {most}."])
        holders = {d.seat: d.person for d in self.plan.duties if d.group == name}
        who = holders.get(int(number)) if number else None
        if not number and len(holders) >= most:
            raise ProblemError([f"All {most} seats of {name} are held: name one of them, such as {name}/1."])
        return g, None if who is None else self.person_of.get(who)

    def _key(self, one: Candidate) -> tuple[object, ...]:
        far = one.travel_s if one.travel_s is not None else 1 << 40
        return (_ORDER[one.state], *one.short, one.price, far, one.hours_s, one.person)

    def _judge(self, p: int, g: int, drop: list[tuple[int, int]], *, whole: bool) -> Candidate:
        weigh, add = self.weigh, [(p, g)]
        if not self._begun(g) and not weigh.breaks(add, drop):
            return self._candidate(p, g, add, drop, "free")
        for h in self._loose(p, g):
            fewer = [*drop, (p, h)]
            if weigh.breaks(add, fewer):
                continue
            if self._spare(h):
                return self._candidate(p, g, add, fewer, "chain", leaves=h)
            for q in self._takers(h, drop) if whole else ():
                if q not in {p, *(who for who, at in drop if at == h)} and not weigh.breaks([*add, (q, h)], fewer):
                    return self._candidate(p, g, [*add, (q, h)], fewer, "chain", leaves=h, then=q)
            return self._candidate(p, g, add, fewer, "chain", leaves=h)
        person = self.problem.people[p].id
        return Candidate(
            person, "excluded", travel_s=self._travel(p, g), hours_s=weigh.hours_s(p),
            reasons=weigh.reasons(p, g, drop, self.at_s) if whole else (),
        )  # fmt: skip

    def _candidate(
        self,
        p: int,
        g: int,
        add: Sequence[tuple[int, int]],
        drop: Sequence[tuple[int, int]],
        state: State,
        leaves: int | None = None,
        then: int | None = None,
    ) -> Candidate:
        problem, weigh = self.problem, self.weigh
        short, costs = weigh.costs(add, drop)
        return Candidate(
            problem.people[p].id, state, 0,
            None if leaves is None else problem.groups[leaves].id,
            None if then is None else problem.people[then].id,
            sum(costs.values()), tuple(sorted(costs.items(), key=lambda item: (-item[1], item[0]))), short,
            self._travel(p, g), weigh.hours_s(p),
        )  # fmt: skip

    def _travel(self, p: int, g: int) -> int | None:
        home, there = self.problem.people[p].home, self.problem.groups[g].report_place
        return int(self.problem.travel_s[home, there]) if self.problem.reachable[home, there] else None

    def _loose(self, p: int, g: int) -> list[int]:
        """Duties that might be left for ``g``: not pinned, not begun; those in its way first, one at most."""
        laid, person = self.laid, self.problem.people[p].id
        if not laid.allowed[p, g] or self._begun(g):
            return []
        clash = laid.conflict[int(laid.conflict_of[p])][g]
        mine = self.weigh.held[p]
        block = [h for h in mine if clash[h]]
        loose = block or mine
        if len(block) > 1:
            return []
        return [
            h for h in sorted(loose) if (person, self.problem.groups[h].id) not in self.pinned and not self._begun(h)
        ]

    def _begun(self, g: int) -> bool:
        return self.at_s is not None and self.problem.groups[g].report_s < self.at_s

    def _spare(self, h: int) -> bool:
        return bool(self.weigh.filled[h] > self.problem.groups[h].need)

    def _takers(self, h: int, drop: Iterable[tuple[int, int]]) -> list[int]:
        """People who could take ``h`` besides their own duties, nearest home and fewest hours first."""
        if h not in self.takers:
            may = self._free_for(h)
            there = self.problem.groups[h].report_place
            home = np.array([person.home for person in self.problem.people])
            near = np.where(self.problem.reachable[home, there], self.problem.travel_s[home, there], 1 << 30)
            order = sorted(np.nonzero(may)[0].tolist(), key=lambda q: (near[q], self.weigh.hours_s(q), q))
            self.takers[h] = order[:_TRIED]
        swap = [p for p, g in drop if h not in self.weigh.held[p] and self.laid.allowed[p, h] and g != h]
        return [*swap, *self.takers[h]]

    def _free_for(self, h: int) -> NDArray[np.bool_]:
        laid, matrix = self.laid, self.weigh.matrix
        may = np.asarray(laid.allowed[:, h] & ~matrix[:, h])
        for k, conflict in laid.conflict.items():
            # of those left only what stands in the way is looked at: few groups meet one seat's time
            mine, others = may & (laid.conflict_of == k), np.flatnonzero(conflict[h])
            may[mine] &= ~matrix[np.ix_(mine, others)].any(axis=1)
        return may


def held_in(problem: Problem, plan: RosterPlan) -> list[tuple[int, int]]:
    """The plan's duties as (person, group) indices; those of people and seats nobody knows are left out."""
    person_of = {person.id: p for p, person in enumerate(problem.people)}
    group_of = {group.id: g for g, group in enumerate(problem.groups)}
    return [
        (person_of[d.person], group_of[d.group])
        for d in plan.duties
        if d.person in person_of and d.group in group_of
    ]  # fmt: skip


def _ranked(found: list[Candidate]) -> Iterable[Candidate]:
    for k, one in enumerate(found, start=1):
        yield one if one.state == "excluded" else replace(one, rank=k)


def candidates(
    problem: Problem, plan: RosterPlan, seat: str, *, at_s: int | None = None, ranking: Ranking | None = None
) -> tuple[Candidate, ...]:
    """Everybody who might take a seat, the best first, those excluded last and with reasons.

    Parameters
    ----------
    seat
        ``G12/3``; its holder, if any, is taken off. A group's id asks for one seat more of it.
    at_s
        Now: duties that have begun are neither given nor left.
    ranking
        ``Ranking.of(problem, plan)``, where several seats are asked for.

    Raises
    ------
    ProblemError
        There is no such seat.
    """
    return (ranking or Ranking.of(problem, plan, at_s)).candidates(seat)

"""Arithmetic shortage with its lift: who could serve at all against what is needed, without any search.

Take seats of which nobody can serve two: those of one moment, and those that follow one another too closely for the
hard rules between duties (rest, transfer). Each person fills at most one of them, so the most that can be filled is a
largest matching of people to seats; a flow over kinds of people finds it, and its least cut names the seats that lack
people and everybody who could serve there. ``lift`` = those people / those seats. Rules on hours, patterns and who
must stand beside whom are left aside: people can never give more than is counted here (formula D11 of the domain).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from scheduler.roster.build import follow_amounts
from scheduler.roster.forms import NO, Stint, Stints
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule, configure
from scheduler.roster.seats import seat_fits

Bools = NDArray[np.bool_]

_NEAR_S = 30 * 3600
"""How far from a moment seats are looked at that nobody could serve beside one of that moment."""

_MOST_TABLE = 1_500
"""Seat groups up to which it is worked out once for all pairs whether one person can serve both."""

_MOST_NEAR = 500
"""Seat groups around a moment above which only those of the moment itself are set against people."""


@dataclass(frozen=True, slots=True)
class Lift:
    """Seats in ``[start_s, end_s)`` of which one person can fill one only, and who could.

    Attributes
    ----------
    needed, available
        Seats, and people who could serve in any of them; ``available`` below ``needed`` proves a shortage.
    categories, qualifications, units, places
        What the seats ask for and where they are, as ids; empty where some of them ask nothing.
    groups, people
        Ids of the seat groups, and of all who could serve there.
    apart
        True when the seats are of different times, too close to one another for one person.
    """

    start_s: int
    end_s: int
    needed: int
    available: int
    categories: tuple[str, ...]
    qualifications: tuple[str, ...]
    units: tuple[str, ...]
    places: tuple[str, ...]
    groups: tuple[str, ...]
    people: tuple[str, ...]
    apart: bool = False

    @property
    def ratio(self) -> float:
        """Available over needed: below 1 nobody's plan can fill all of them."""
        return self.available / self.needed

    @property
    def short(self) -> int:
        """Seats that stay empty in any plan."""
        return max(0, self.needed - self.available)


def able(problem: Problem) -> Bools:
    """Who may sit where by the seat's own demands and all hard rules on one duty, bool ``[n_people, n_groups]``."""
    allowed = seat_fits(problem)
    for rule in configure(problem):
        if rule.rule.form == "fits" and rule.people:
            people = list(rule.people)
            amount = np.asarray(rule.rule.module.fits(problem, rule.params))
            allowed[people] &= (amount[people] == 0) if rule.hard else (amount[people] != NO)
    return allowed


def lifts(problem: Problem, level: int | None = None) -> tuple[Lift, ...]:
    """Every set of seats that lacks people for certain, joined over time, by start.

    Parameters
    ----------
    level
        Look at seats of this and more important rungs only; None for all.
    """
    return _told(problem, _found(problem, level, first_only=False))


def surely_short(found: Iterable[Lift]) -> int:
    """Seats that stay empty in any roster, by shortages that share no seat."""
    total, counted = 0, set[str]()
    for one in sorted(found, key=lambda o: (-o.short, len(o.groups), o.start_s)):
        # A span joined of several pieces is told by its worst piece and names the seats of all.
        if not counted & set(one.groups):
            counted |= set(one.groups)
            total += one.short
    return total


def lacks_people(problem: Problem, spans: Sequence[tuple[int, int]] | None = None) -> bool:
    """Whether arithmetic alone proves that some needed seat stays empty.

    Parameters
    ----------
    spans
        Look only at moments inside one of these, in seconds; None for all.
    """
    return bool(_found(problem, None, first_only=True, spans=spans))


_Lack = tuple[int, int, tuple[int, ...], tuple[int, ...], bool]


def _found(
    problem: Problem, level: int | None, *, first_only: bool, spans: Sequence[tuple[int, int]] | None = None
) -> list[_Lack]:
    needed = [
        g
        for g, group in enumerate(problem.groups)
        if group.need > 0 and (level is None or group.level <= level)
    ]
    rules = [
        rule
        for rule in configure(problem)
        if rule.rule.form == "follows" and rule.hard and len(rule.people) == len(problem.people)
    ]
    if not needed:
        return []
    can = able(problem)
    found: dict[tuple[int, ...], _Lack] = {}
    for begin, finish, crowd, apart in _crowds(problem, needed, rules, spans):
        lack = _lack(problem, can, crowd)
        if lack is None:
            continue
        seats, people = lack
        span = (begin, finish)
        if apart:
            span = (min(problem.groups[g].start_s for g in seats), max(problem.groups[g].end_s for g in seats))
        key = (*seats, *span)
        if key not in found:
            found[key] = (*span, seats, people, apart)
        if first_only:
            break
    return list(found.values())


def _crowds(
    problem: Problem, needed: Sequence[int], rules: Sequence[ActiveRule], spans: Sequence[tuple[int, int]] | None
) -> Iterable[tuple[int, int, tuple[int, ...], bool]]:
    """Sets of seats no two of which one person can fill: of each moment, then with what lies too close around."""
    groups = problem.groups
    cuts = sorted({t for g in needed for t in (groups[g].start_s, groups[g].end_s)})
    start = np.array([groups[g].start_s for g in needed])
    end = np.array([groups[g].end_s for g in needed])
    table = clashes(problem, needed, rules) if len(needed) <= _MOST_TABLE else None
    seen: set[tuple[int, ...]] = set()
    for begin, finish in pairwise(cuts):
        if spans is not None and not any(a < finish and begin < b for a, b in spans):
            continue
        now = (start <= begin) & (finish <= end)
        near = (end > begin - _NEAR_S) & (start < finish + _NEAR_S)
        wide = np.count_nonzero(near) <= _MOST_NEAR
        pool = np.nonzero(near if wide else now)[0]
        if not now.any():
            continue
        some = [needed[int(i)] for i in pool]
        clash = clashes(problem, some, rules) if table is None else table[np.ix_(pool, pool)]
        core = _mutual(clash, np.nonzero(now[pool])[0], np.zeros(len(pool), dtype=bool))
        yield begin, finish, tuple(needed[int(pool[k])] for k in np.nonzero(core)[0]), False
        if not wide:
            continue
        gap = np.maximum(start[pool] - finish, begin - end[pool])
        far = [int(k) for k in np.lexsort((pool, gap)) if not core[k]]
        crowd = tuple(needed[int(pool[k])] for k in np.nonzero(_mutual(clash, far, core))[0])
        if len(crowd) > np.count_nonzero(core) and crowd not in seen:
            seen.add(crowd)
            yield begin, finish, crowd, True


def _mutual(clash: Bools, order: Iterable[int], kept: Bools) -> Bools:
    """``kept`` and all of ``order`` that clash with everything taken before, bool ``[n]``."""
    taken = kept.copy()
    fits: Any = clash[taken].all(axis=0)
    for k in order:
        if fits[k]:
            taken[k] = True
            fits &= clash[k]
    return taken


def clashes(problem: Problem, pool: Sequence[int], rules: Sequence[ActiveRule]) -> Bools:
    """Pairs of groups of which nobody may serve both, bool ``[n, n]``."""
    stints = Stints.of([Stint.of_group(g, problem.groups[g]) for g in pool])
    order = np.array([(problem.groups[g].report_s, problem.groups[g].release_s, g) for g in pool])
    rank = np.lexsort((order[:, 2], order[:, 1], order[:, 0]))
    place = np.empty(len(pool), dtype=np.int64)
    place[rank] = np.arange(len(pool))
    before = place[:, None] < place[None, :]
    clash = np.zeros((len(pool), len(pool)), dtype=bool)
    for rule in rules:
        clash |= (follow_amounts(problem, rule, stints, stints) != 0) & before
    return clash | clash.T


def fill_all(can: Bools, need: NDArray[np.int64]) -> bool:
    """Whether people who may each hold one seat, bool ``[n_people, n_groups]``, are enough for all of ``need``."""
    return _flow(can, need)[0] >= int(need.sum())


def _flow(can: Bools, need: NDArray[np.int64]) -> tuple[int, Any, Any, NDArray[np.int64]]:
    """Most seats filled, the graph and its flow, and each person's kind (node ``n_groups + kind``)."""
    kinds, kind_of = np.unique(can, axis=0, return_inverse=True)
    kind_of = kind_of.ravel()
    size = np.bincount(kind_of, minlength=len(kinds))
    n, m = len(need), len(kinds)
    k, g = np.nonzero(kinds)
    source, sink = n + m, n + m + 1
    rows = np.concatenate([np.full(n, source), g, np.arange(n, n + m)])
    columns = np.concatenate([np.arange(n), n + k, np.full(m, sink)])
    limits: Any = np.concatenate([need, np.full(len(k), int(need.sum())), size]).astype(np.int32)
    cells: Any = (limits, (rows, columns))
    graph: Any = sparse.csr_array(cells, shape=(n + m + 2, n + m + 2))
    flow = maximum_flow(graph, source, sink)
    return int(flow.flow_value), graph, flow.flow, kind_of


def _lack(
    problem: Problem, can: Bools, crowd: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Seats of the crowd that lack people, and who could serve there; None where all can be filled."""
    need = np.array([problem.groups[g].need for g in crowd], dtype=np.int64)
    value, graph, flow, kind_of = _flow(can[:, list(crowd)], need)
    if value >= int(need.sum()):
        return None
    n = len(crowd)
    rest: Any = sparse.csr_array(graph - flow > 0)
    source = graph.shape[0] - 2
    reached = set(breadth_first_order(rest, source, return_predecessors=False).tolist())
    seats = tuple(crowd[i] for i in range(n) if i in reached)
    people = tuple(int(p) for p in np.nonzero([n + int(one) in reached for one in kind_of])[0])
    return seats, people


def _told(problem: Problem, found: Sequence[_Lack]) -> tuple[Lift, ...]:
    made = [_lift(problem, *one) for one in found]
    plain = _joined([one for one in made if not one.apart])
    # What lies too close around a moment is told only where the moments themselves do not say as much.
    told = list(plain)
    for one in sorted((one for one in made if one.apart), key=lambda o: (-o.short, o.needed, o.start_s, o.groups)):
        near = [other for other in told if set(other.groups) & set(one.groups)]
        if all(not other.apart and other.short < one.short for other in near):
            told.append(one)
    return tuple(sorted(told, key=lambda o: (o.start_s, -o.short, o.groups)))


def _lift(
    problem: Problem, begin: int, finish: int, seats: tuple[int, ...], people: tuple[int, ...], apart: bool
) -> Lift:
    groups = [problem.groups[g] for g in seats]

    def common(asks: Iterable[frozenset[int]], names: Sequence[str]) -> tuple[str, ...]:
        sets = list(asks)
        return tuple(names[i] for i in sorted(frozenset[int]().union(*sets))) if all(sets) else ()

    return Lift(
        begin,
        finish,
        sum(group.need for group in groups),
        len(people),
        common((group.categories for group in groups), problem.categories),
        common((group.qualifications for group in groups), problem.qualifications),
        common((frozenset(() if g.unit is None else (g.unit,)) for g in groups), [u.id for u in problem.units]),
        tuple(dict.fromkeys(problem.places[group.report_place] for group in groups)),
        tuple(group.id for group in groups),
        tuple(problem.people[p].id for p in people),
        apart,
    )


def _joined(found: Sequence[Lift]) -> list[Lift]:
    """Neighbouring pieces with the same demands as one span, told by its worst piece."""
    out: list[Lift] = []

    def key(one: Lift) -> tuple[object, ...]:
        return one.categories, one.qualifications, one.units

    for one in sorted(found, key=lambda o: (str(key(o)), o.start_s)):
        last = out[-1] if out else None
        if last is not None and key(last) == key(one) and last.end_s == one.start_s:
            worst = min(last, one, key=lambda o: (-o.short, o.ratio))
            out[-1] = replace(
                worst,
                start_s=last.start_s,
                end_s=one.end_s,
                places=tuple(dict.fromkeys((*last.places, *one.places))),
                groups=tuple(dict.fromkeys((*last.groups, *one.groups))),
            )
        else:
            out.append(one)
    return out

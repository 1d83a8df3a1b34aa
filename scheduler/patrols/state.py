"""The plan under search: arrays for the kernels, made empty, copied, and read back as a plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.patrols import kernels as k
from scheduler.patrols.kernels import Plan
from scheduler.patrols.plan import PatrolPlan, Rest, Stop, Tour
from scheduler.patrols.problem import Problem
from scheduler.patrols.tables import Tables


def empty(tables: Tables) -> Plan:
    """No visit anywhere: every tour holds its breaks only, every chain misses its least number of visits."""
    n, t_n, c_n = tables.n_nodes, tables.n_tours, tables.sizes[k.CSTART]
    data, fixed = tables.data, tables.fixed
    begin = [sum(tables.sizes[:number]) for number in range(len(tables.sizes))]
    S = np.full((k.N_FIELDS, n), -1, np.int32)
    S[[k.MISS, k.OVER, k.DW, k.REV, k.E, k.L, k.LO, k.HI]] = 0
    S[k.LO, : len(fixed)], S[k.HI, : len(fixed)], S[k.DW, : len(fixed)] = (
        fixed[:, 0],
        fixed[:, 1],
        fixed[:, 2],
    )
    S[k.PLACE, : len(fixed)] = fixed[:, 3]
    worth = slice(begin[k.WINDOW], tables.first_free)
    S[k.MISS, worth] = fixed[
        worth, 4
    ]  # a window's or slot's worth stands where links keep what they miss
    S[k.ENT, : 2 * t_n] = S[k.EXT, : 2 * t_n] = fixed[: 2 * t_n, 3]
    X = np.zeros((3, max(1, t_n)), np.int64)
    for t in range(t_n):
        S[k.TOUR, [t, t + t_n]] = t
        S[k.NEXT, t], S[k.PREV, t + t_n] = t + t_n, t
        X[1, t] = data.travel[data.tour[t, k.MODE], S[k.EXT, t], S[k.ENT, t + t_n]]
    last = np.arange(t_n)
    for b in range(begin[k.BREAK], begin[k.BREAK] + tables.sizes[k.BREAK]):
        t = int(fixed[b, 3])
        a, end = int(last[t]), t + t_n
        S[k.TOUR, b], S[k.PREV, b], S[k.NEXT, b], S[k.EXT, b] = t, a, end, S[k.EXT, t]
        S[k.NEXT, a], S[k.PREV, end] = b, b
        X[1, t] += S[k.DW, b]
        last[t] = b
    for c in range(c_n):
        i, j = begin[k.CSTART] + c, begin[k.CEND] + c
        S[k.CNEXT, i], S[k.CPREV, j] = j, i
        S[k.CHAIN, [i, j]] = c
        S[k.MISS, i] = data.chain[c, k.C_LEAST]
    free = np.arange(n - 1, tables.first_free - 1, -1, dtype=np.int32)
    X[2, 0] = len(free)
    return Plan(S, X, free.copy())


def copy(plan: Plan) -> Plan:
    """An independent copy."""
    return Plan(plan.S.copy(), plan.X.copy(), plan.stack.copy())


def in_use(plan: Plan, tables: Tables) -> NDArray[np.bool_]:
    """Tours that run: those with a visit and those the planner ordered."""
    used: NDArray[np.bool_] = (plan.X[0, : tables.n_tours] > 0) | (tables.data.tour[:, k.MUST] == 1)
    return used


def to_plan(problem: Problem, tables: Tables, state: Plan) -> PatrolPlan:
    """Read a state as a plan by its earliest timetable, each tour leaving its depot no earlier than it must."""
    tours = [
        _tour(problem, tables, state, t) for t in np.flatnonzero(in_use(state, tables)).tolist()
    ]
    return PatrolPlan(tuple(sorted(tours, key=lambda tour: tour.crew)))


def _tour(problem: Problem, tables: Tables, state: Plan, t: int) -> Tour:
    S = state.S
    crew = problem.crews[t]
    stops: list[Stop] = []
    rests: list[Rest] = []
    v = int(S[k.NEXT, t])
    while tables.data.kind[v] != k.END:
        at, long = int(S[k.E, v]), int(S[k.DW, v])
        if tables.data.kind[v] == k.BREAK:
            rests.append(Rest(len(stops) - 1, at, at + long))
        else:
            place = problem.places[int(S[k.PLACE, v])]
            stop = Stop(place.id, at, at + long, bool(S[k.REV, v]))
            if tables.data.kind[v] == k.STAY and stops and _goes_on(stops[-1], stop):
                stop = Stop(place.id, stops.pop().arrive_s, at + long, stop.reverse)
            stops.append(stop)
        v = int(S[k.NEXT, v])
    back = int(S[k.E, v])
    if rests and rests[0].after == -1:
        depart = crew.start_s  # rests at the depot, inside the tour
        first = rests[0].start_s
        if stops:
            way = int(
                tables.data.travel[
                    tables.data.tour[t, k.MODE],
                    crew.depart,
                    S[k.ENT, _first_visit(tables, state, t)],
                ]
            )
            first = min(first, stops[0].arrive_s - way)
        depart = max(depart, first)
    elif stops:
        way = int(
            tables.data.travel[
                tables.data.tour[t, k.MODE], crew.depart, S[k.ENT, _first_visit(tables, state, t)]
            ]
        )
        depart = stops[0].arrive_s - way
    else:
        depart = crew.start_s
    if problem.slack_pct:
        busy = int(state.X[1, t])
        span = -(-busy * 100 // (100 - problem.slack_pct)) + 1
        depart = max(crew.start_s, min(depart, back - span))
        back = min(crew.end_s, max(back, depart + span))
    return Tour(crew.id, depart, back, tuple(stops), tuple(rests))


def _first_visit(tables: Tables, state: Plan, t: int) -> int:
    v = int(state.S[k.NEXT, t])
    while tables.data.kind[v] == k.BREAK:
        v = int(state.S[k.NEXT, v])
    return v


def _goes_on(one: Stop, two: Stop) -> bool:
    """Whether a core stay carries the stop before it on without a way between."""
    return (
        one.place == two.place
        and one.leave_s == two.arrive_s
        and not one.reverse
        and not two.reverse
    )

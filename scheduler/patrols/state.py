"""The plan under search: arrays for the kernels, made empty, copied, and read back as a plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.patrols import kernels as k
from scheduler.patrols.plan import PatrolPlan, Rest, Stop, Tour
from scheduler.patrols.problem import Problem
from scheduler.patrols.tables import Tables


@dataclass
class State:
    """``S`` int32 ``[16, node]``, ``X`` int64 ``[3, tour + 1]``, ``stack`` int32 of free visits, ``kind`` int8."""

    S: NDArray[np.int32]
    X: NDArray[np.int64]
    stack: NDArray[np.int32]
    kind: NDArray[np.int8]

    def copy(self) -> State:
        """An independent copy (kinds never change and are shared)."""
        return State(self.S.copy(), self.X.copy(), self.stack.copy(), self.kind)

    def take(self, other: State) -> None:
        """Become a copy of another state of the same tables."""
        self.S[:], self.X[:], self.stack[:] = other.S, other.X, other.stack


def empty(tables: Tables) -> State:
    """No visit anywhere: every tour holds its breaks only, every chain misses its least number of visits."""
    n, t_n, c_n = tables.n_nodes, tables.n_tours, tables.n_chains
    S = np.full((k.N_FIELDS, n), -1, np.int32)
    S[[k.MISS, k.DW, k.REV, k.E, k.L, k.LO, k.HI]] = 0
    kind = np.full(n, k.FREE, np.int8)
    at = 0
    sizes = (t_n, t_n, tables.n_breaks, c_n, c_n, tables.n_windows, tables.n_slots)
    begin = {}
    for number, size in enumerate(sizes):
        kind[at : at + size] = number
        begin[number] = at
        at += size
    fixed = tables.fixed
    S[k.LO, : len(fixed)], S[k.HI, : len(fixed)], S[k.DW, : len(fixed)] = (
        fixed[:, 0],
        fixed[:, 1],
        fixed[:, 2],
    )
    S[k.PLACE, : len(fixed)] = fixed[:, 3]
    windows = slice(begin[k.WINDOW], tables.first_free)
    S[k.MISS, windows] = fixed[
        windows, 4
    ]  # a window's worth stands where links keep what they miss
    S[k.ENT, : 2 * t_n] = S[k.EXT, : 2 * t_n] = fixed[: 2 * t_n, 3]
    X = np.zeros((3, max(1, t_n)), np.int64)
    for t in range(t_n):
        S[k.TOUR, [t, t + t_n]] = t
        S[k.NEXT, t], S[k.PREV, t + t_n] = t + t_n, t
        mode = tables.tour[t, k.MODE]
        X[1, t] = tables.travel[mode, S[k.EXT, t], S[k.ENT, t + t_n]]
    last = np.arange(t_n)
    for b in range(begin[k.BREAK], begin[k.BREAK] + tables.n_breaks):
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
        S[k.MISS, i] = tables.chain[c, 4]
    free = np.arange(n - 1, tables.first_free - 1, -1, dtype=np.int32)
    X[2, 0] = len(free)
    return State(S, X, free.copy(), kind)


def in_use(state: State, tables: Tables) -> NDArray[np.bool_]:
    """Tours that run: those with a visit and those the planner ordered."""
    used: NDArray[np.bool_] = (state.X[0, : tables.n_tours] > 0) | (tables.tour[:, k.MUST] == 1)
    return used


def to_plan(problem: Problem, tables: Tables, state: State) -> PatrolPlan:
    """Read a state as a plan by its earliest timetable, each tour leaving its depot no earlier than it must."""
    tours = [
        _tour(problem, tables, state, t) for t in np.flatnonzero(in_use(state, tables)).tolist()
    ]
    return PatrolPlan(tuple(sorted(tours, key=lambda tour: tour.crew)))


def _tour(problem: Problem, tables: Tables, state: State, t: int) -> Tour:
    S = state.S
    crew = problem.crews[t]
    stops: list[Stop] = []
    rests: list[Rest] = []
    v = int(S[k.NEXT, t])
    while state.kind[v] != k.END:
        at, long = int(S[k.E, v]), int(S[k.DW, v])
        if state.kind[v] == k.BREAK:
            rests.append(Rest(len(stops) - 1, at, at + long))
        else:
            place = problem.places[int(S[k.PLACE, v])]
            stops.append(Stop(place.id, at, at + long, bool(S[k.REV, v])))
        v = int(S[k.NEXT, v])
    back = int(S[k.E, v])
    if rests and rests[0].after == -1:
        depart = crew.start_s  # rests at the depot, inside the tour
        first = rests[0].start_s
        if stops:
            way = int(tables.travel[crew.mode, crew.depart, S[k.ENT, _first_visit(state, t)]])
            first = min(first, stops[0].arrive_s - way)
        depart = max(depart, first)
    elif stops:
        way = int(tables.travel[crew.mode, crew.depart, S[k.ENT, _first_visit(state, t)]])
        depart = stops[0].arrive_s - way
    else:
        depart = crew.start_s
    if problem.slack_pct:
        busy = int(state.X[1, t])
        span = -(-busy * 100 // (100 - problem.slack_pct)) + 1
        depart = max(crew.start_s, min(depart, back - span))
        back = min(crew.end_s, max(back, depart + span))
    return Tour(crew.id, depart, back, tuple(stops), tuple(rests))


def _first_visit(state: State, t: int) -> int:
    v = int(state.S[k.NEXT, t])
    while state.kind[v] == k.BREAK:
        v = int(state.S[k.NEXT, v])
    return v

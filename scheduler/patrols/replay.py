"""Read a plan back into the search, so that a what-if or an improvement starts from what people already know."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.patrols import kernels as k
from scheduler.patrols.plan import PatrolPlan, Stop, Tour
from scheduler.patrols.problem import Problem
from scheduler.patrols.search import Search
from scheduler.patrols.state import empty
from scheduler.patrols.tables import least_visits


def replay(problem: Problem, search: Search, plan: PatrolPlan) -> k.Plan:
    """Insert the stops of a plan in order of time, each in its tour; stops that no longer fit are left out.

    Parameters
    ----------
    problem, search
        The Problem and a search over its tables.
    plan
        Any plan; unknown crews and places are passed over.

    Returns
    -------
    kernels.Plan
        A state with a feasible timetable; what the stops do not serve stays open in it.
    """
    state = empty(search.tables)
    k.retime(search.data, state, search.work)
    crew_of = {c.id: n for n, c in enumerate(problem.crews)}
    place_of = {p.id: n for n, p in enumerate(problem.places)}
    tail: dict[int, int] = {}
    steps = []
    for tour in sorted(plan.tours, key=lambda t: t.crew):
        if tour.crew in crew_of:
            steps += [
                (stop.arrive_s, crew_of[tour.crew], number, stop, tour)
                for number, stop in enumerate(tour.stops)
                if stop.place in place_of
            ]
    for _, crew, number, stop, tour in sorted(steps, key=lambda s: s[:3]):
        after = _behind_breaks(search, state, tour, number, tail.get(crew, crew))
        if state.X[0, crew] == 0 and not (
            search.data.tour[crew, k.MUST] or k.may_open(search.data, state, np.int64(crew))
        ):
            continue
        node = _insert(search, state, place_of[stop.place], stop, crew, after)
        if node >= 0:
            tail[crew] = node
    return state


def _behind_breaks(search: Search, state: k.Plan, tour: Tour, number: int, after: int) -> int:
    """Pass the breaks that the plan takes before stop ``number``."""
    taken = sum(r.after < number for r in tour.rests)
    node, seen = int(tour_start(state, after)), 0
    while node != after:
        node = int(state.S[k.NEXT, node])
        seen += int(search.data.kind[node] == k.BREAK)
    while seen < taken and search.data.kind[state.S[k.NEXT, node]] == k.BREAK:
        node = int(state.S[k.NEXT, node])
        seen += 1
    return node


def tour_start(state: k.Plan, node: int) -> int:
    """The start node of the tour a node stands in (tour numbers are their start nodes)."""
    return int(state.S[k.TOUR, node])


def _insert(search: Search, state: k.Plan, place: int, stop: Stop, crew: int, after: int) -> int:
    """Put one stop behind a node: into a chain and a window, or one of them, by what fits; -1 if nothing does."""
    data, S = search.data, state.S
    svc = data.svc[int(data.tour[crew, k.MODE]), place]
    if svc[2] < 0:
        return -1
    turn = int(stop.reverse and svc[0] != svc[1])
    fits = (data.kind == k.WINDOW) & (S[k.PLACE] == place) & (S[k.TOUR] < 0) & (S[k.CARRY] < 0)
    fits &= (S[k.LO] <= stop.arrive_s) & (stop.arrive_s <= S[k.HI])
    for window in [int(n) for n in np.flatnonzero(fits)[:1]]:
        node = _insert_in_chain(search, state, place, stop, svc, turn, after, window)
        if node >= 0:
            return node
        _dress(S, window, place, svc, turn, int(data.stay[window]))
        if _put(search, state, window, after, -1, 0, 0):
            return window
    return _insert_in_chain(search, state, place, stop, svc, turn, after, -1)


def _insert_in_chain(
    search: Search,
    state: k.Plan,
    place: int,
    stop: Stop,
    svc: NDArray[np.int32],
    turn: int,
    after: int,
    window: int,
) -> int:
    """Put one stop behind a node into a chain, where it serves ``window`` too (-1: none); -1 if it does not fit."""
    data, S = search.data, state.S
    for number in np.flatnonzero(data.chain[:, k.C_PLACE] == place).tolist():
        chain = data.chain[number]
        if (
            not (chain[k.C_BEGIN] <= stop.leave_s and stop.arrive_s <= chain[k.C_END])
            or state.X[2, 0] < 8
        ):
            continue
        starts = np.flatnonzero((data.kind == k.CSTART) & (S[k.CHAIN] == number))
        i = int(starts[0])
        while data.kind[S[k.CNEXT, i]] != k.CEND:
            i = int(S[k.CNEXT, i])
        v = int(state.stack[state.X[2, 0] - 1])
        least = int(data.stay[window]) if window >= 0 else 0
        _dress(S, v, place, svc, turn, max(least, int(chain[k.C_STAY])))
        S[k.LO, v], S[k.HI, v] = chain[k.C_BEGIN] - S[k.DW, v], chain[k.C_END]
        if window >= 0:
            S[k.LO, v] = max(S[k.LO, v], S[k.LO, window])
            S[k.HI, v] = min(S[k.HI, v], S[k.HI, window])
        gap, dwell = int(chain[k.C_GAP]), int(chain[k.C_DWELL])
        right = least_visits(int(chain[k.C_END]) - stop.leave_s, gap, dwell)
        most = int(S[k.MISS, i]) + 1
        late_s = stop.arrive_s - int(S[k.E, i]) - int(S[k.DW, i]) - gap
        stretched = [(0, -(-late_s // 60) * 60)] if 0 < late_s < gap + dwell else []
        for left, over in [(0, 0), *stretched, *((n, 0) for n in range(1, most))]:
            if _put(search, state, v, after, i, left, right, over):
                state.X[2, 0] -= 1
                if window >= 0:
                    S[k.CARRY, v], S[k.CARRY, window] = window, v
                return v
    return -1


def _dress(
    S: NDArray[np.int32], v: int, place: int, svc: NDArray[np.int32], turn: int, least_s: int
) -> None:
    """Make node v a visit of the place as the service has it, ``least_s`` long at the least."""
    S[[k.PLACE, k.ENT, k.EXT, k.REV], v] = place, svc[turn], svc[1 - turn], turn
    S[k.DW, v] = max(int(svc[2]), least_s)


def _put(
    search: Search, state: k.Plan, v: int, after: int, i: int, left: int, right: int, over: int = 0
) -> bool:
    w = np.int64
    return bool(
        k.put_in(search.data, state, search.work, w(v), w(after), w(i), w(left), w(right), w(over))
    )

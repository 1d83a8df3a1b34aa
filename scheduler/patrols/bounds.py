"""Valid lower bounds of patrol levels, and the reference constructions D12 and D14 shown beside them."""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from scheduler.patrols.problem import Crew, Place, Problem
from scheduler.patrols.reach import (
    ends,
    loose_modes,
    reach_spans,
    unseen_stretches,
    window_reachable,
)


def missed_bound(problem: Problem) -> int:
    """Weighted windows that no crew offered can begin a visit in, even alone: a valid lower bound."""
    loose = loose_modes(problem)
    lost = 0
    for place in problem.places:
        if place.windows:
            spans = reach_spans(problem, place, loose)
            lost += place.weight * sum(not window_reachable(spans, w) for w in place.windows)
    return lost


def gap_bound(problem: Problem) -> int:
    """Weighted minutes of gap excess that no plan avoids: stretches in which no crew can be at the place."""
    loose = loose_modes(problem)
    lost = 0
    for place in problem.places:
        if not place.promises:
            continue
        spans = reach_spans(problem, place, loose)
        for promise in place.promises:
            for a, b in unseen_stretches(spans, promise.start_s, promise.end_s):
                lost += place.weight * max(0, -(-(b - a - promise.gap_s) // 60))
    return lost



def least_leg_s(problem: Problem, place: Place) -> int:
    """Cheapest way in to a place from any other place or depot, over the modes of the crews offered."""
    best = 1 << 30
    for m in sorted({c.mode for c in problem.crews}):
        own = place.services[m]
        if own is None:
            continue
        mode = problem.modes[m]
        spots = {c.depart for c in problem.crews if c.mode == m}
        for other in problem.places:
            via = other.services[m]
            if via is not None and other.id != place.id:
                spots |= {leave for _, leave in ends(via)}
        rows = sorted(spots)
        for entry, _ in ends(own):
            way = mode.seconds[rows, entry][mode.reachable[rows, entry]]
            if len(way):
                best = min(best, int(way.min()))
    return 0 if best == 1 << 30 else best


def least_work_s(span_s: int, gap_s: int, dwell_s: int, leg_s: int) -> int:
    """Least crew seconds, ways in included, that keep one promise over a span.

    With ``k`` visits of ``dwell_s`` each, what the gaps do not span must be stayed through::

        min over k of  k * leg + max(k * dwell, span - (k + 1) * gap)

    which is convex in ``k``, so that only the two neighbours of the turning point matter. Divided by the span it
    tends to ``min(1, (dwell + leg) / (gap + dwell))``, the summand of the valid bound of D12.
    """
    turn = max(0, (span_s - gap_s) // max(1, gap_s + dwell_s))
    return max(
        0,
        min(
            k * leg_s + max(k * dwell_s, span_s - (k + 1) * gap_s)
            for k in (0, turn, turn + 1)
        ),
    )


def _work_s(problem: Problem, place: Place, legs_s: int, dwell_s: int, a: int, b: int) -> int:
    """Least crew seconds owed to one place inside ``[a, b)``: its heaviest promise, or its windows."""
    gaps = 0
    for promise in place.promises:
        lo, hi = max(promise.start_s, a), min(promise.end_s, b)
        if hi > lo:
            own = least_work_s(hi - lo, promise.gap_s, dwell_s, legs_s)
            apart = all(
                other is promise or other.end_s <= promise.start_s or other.start_s >= promise.end_s
                for other in place.promises
            )
            gaps = gaps + own if apart else max(gaps, own)
    inside = sum(a <= w.start_s and w.end_s <= b for w in place.windows)
    return max(gaps, inside * (dwell_s + legs_s))


def _capacity_s(problem: Problem, crew: Crew, a: int, b: int, reach_s: int) -> int:
    """Most crew seconds one crew can give to visits touching ``[a, b)``, their ways in included.

    A visit begun before ``a`` or ended after ``b`` counts in full, at most one at each end of the span.
    """
    lo, hi = max(crew.start_s, a), min(crew.end_s, b)
    if hi <= lo:
        return 0
    room = hi - lo
    whole = a <= crew.start_s and crew.end_s <= b
    if whole:
        room = room * (100 - problem.slack_pct) // 100
    room -= sum(r.length_s for r in crew.breaks if a <= r.earliest_s and r.latest_s + r.length_s <= b)
    return max(0, room) + reach_s * ((crew.start_s < a) + (crew.end_s > b))


def crews_bound(problem: Problem) -> int:
    """Least price of crews that can give the seconds every kept promise takes, in any span of time.

    Valid when every window and gap is kept. For every span between two times at which a shift or a promise begins
    or ends, the crews chosen must have the seconds that D12's valid bound asks for there; the cheapest choice is a
    small integer program, whose proven bound is rounded up.

    Parameters
    ----------
    problem
        A sound Problem.

    Returns
    -------
    int
        A lower bound on the level ``crews``, at least the price of the crews that are ordered anyway.
    """
    least = sum(c.price for c in problem.crews if c.must)
    owed = [p for p in problem.places if (p.promises or p.windows)]
    if not problem.crews or not owed:
        return least
    used_modes = {c.mode for c in problem.crews}
    facts = []
    for place in owed:
        serving = frozenset(m for m in used_modes if place.services[m] is not None)
        dwells = [s.dwell_s for m, s in enumerate(place.services) if s is not None and m in used_modes]
        leg = 0 if loose_modes(problem) else least_leg_s(problem, place)
        facts.append((place, serving, min(dwells, default=0), max(dwells, default=0), leg))
    reach = max(most + leg for _, _, _, most, leg in facts)
    cuts = sorted(
        {c.start_s for c in problem.crews}
        | {c.end_s for c in problem.crews}
        | {x for p in owed for y in (*p.promises, *p.windows) for x in (y.start_s, y.end_s)}
    )
    rows: list[list[int]] = []
    needs: list[int] = []
    groups = {frozenset(used_modes)} | {serving for _, serving, *_ in facts}
    for group in sorted(groups, key=sorted):
        some = [f for f in facts if f[1] and f[1] <= group]
        for a, b in itertools.combinations(cuts, 2):
            need = sum(_work_s(problem, p, leg, d, a, b) for p, _, d, _, leg in some)
            if need:
                rows.append(
                    [_capacity_s(problem, c, a, b, reach) if c.mode in group else 0 for c in problem.crews]
                )
                needs.append(need)
    if not rows:
        return least
    price = np.array([c.price for c in problem.crews], float)
    low = np.array([c.must for c in problem.crews], float)
    matrix = csr_array(np.array(rows, float))
    # a tolerance on the wanted side keeps the bound valid against rounding in the solver
    wanted = LinearConstraint(matrix, np.array(needs, float) - 1e-6, np.inf)
    result = milp(
        price, constraints=[wanted], bounds=Bounds(low, 1.0), integrality=np.ones(len(price)),
        options={"node_limit": 2000},
    )  # fmt: skip
    proven = result.mip_dual_bound
    if proven is None or not math.isfinite(proven):
        return least
    return max(least, math.ceil(proven - 1e-6))

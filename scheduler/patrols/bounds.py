"""Valid lower bounds of patrol levels, and the reference constructions D12 and D14 shown beside them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scheduler.patrols.problem import Crew, Place, Problem
from scheduler.patrols.reach import (
    ends,
    fastest_ways,
    reach_spans,
    unseen_stretches,
    window_reachable,
)


def missed_bound(problem: Problem) -> int:
    """Weighted windows that no crew offered can begin a visit in, even alone: a valid lower bound."""
    ways = fastest_ways(problem)
    lost = 0
    for place in problem.places:
        if place.windows:
            spans = reach_spans(problem, place, ways)
            lost += place.weight * sum(w.crews for w in place.windows if not window_reachable(spans, w))
    return lost


def gap_bound(problem: Problem) -> int:
    """Weighted minutes of gap excess that no plan avoids: the better of what reach and what crew seconds prove."""
    return max(_unreached(problem), shortage_bound(problem))


def _unreached(problem: Problem) -> int:
    """Excess of the stretches in which no crew can be at the place."""
    ways = fastest_ways(problem)
    lost = 0
    for place in problem.places:
        if not place.promises:
            continue
        spans = reach_spans(problem, place, ways)
        for promise in place.promises:
            for a, b in unseen_stretches(spans, promise.start_s, promise.end_s):
                lost += place.weight * max(0, -(-(b - a - promise.gap_s) // 60))
    return lost


def shortage_bound(problem: Problem) -> int:
    """Weighted minutes of gap excess for want of crew seconds, all crews together.

    A promise over ``S`` seconds with gap ``H`` and no visit exceeds it by ``S - H``. Each visit of dwell ``d`` begun
    from elsewhere costs at least ``d`` and the cheapest way in and takes off at most ``H + d``; staying on takes off a
    second for each second. So no crew second at a place takes off more than ``max(1, (H + d) / (d + leg))``, and the
    seconds of all shifts, spent where they take off most, leave a valid lower bound (one promise a place is counted).
    """
    used_modes = {c.mode for c in problem.crews}
    asked: list[
        tuple[Fraction, Fraction]
    ] = []  # weighted seconds taken off by a crew second, and seconds it can use
    lost = Fraction(0)
    for place in problem.places:
        dwell = min(
            (s.dwell_s for m, s in enumerate(place.services) if s is not None and m in used_modes),
            default=0,
        )
        best = Fraction(0)
        row = (Fraction(1), Fraction(0))
        leg = least_leg_s(problem, place) if place.promises and used_modes else 0
        for p in place.promises:
            whole = max(0, p.end_s - p.start_s - p.gap_s)
            rate = max(Fraction(1), Fraction(p.gap_s + dwell, max(1, dwell + leg)))
            if place.weight * whole > best:
                best, row = (
                    Fraction(place.weight * whole),
                    (place.weight * rate, Fraction(whole) / rate),
                )
        lost += best
        asked.append(row)
    left = Fraction(_crew_seconds(problem))
    for rate, most in sorted(asked, reverse=True):
        used = min(left, most)
        lost -= rate * used
        left -= used
    return max(0, math.ceil(lost / 60))


def _crew_seconds(problem: Problem) -> int:
    """Seconds of all shifts, no more than the pools let out at once."""
    total = 0
    cuts = {x for c in problem.crews for x in (c.start_s, c.end_s)}
    cuts |= {x for pool in problem.pools for a, b, _ in pool.caps for x in (a, b)}
    for a, b in itertools.pairwise(sorted(cuts)):
        for number, pool in enumerate(problem.pools):
            out = sum(c.pool == number and c.start_s <= a and b <= c.end_s for c in problem.crews)
            caps = [most for x, y, most in pool.caps if x <= a and b <= y]
            total += (b - a) * min([out, *caps])
    return total


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


def least_work_s(
    span_s: NDArray[np.int64], gap_s: int, dwell_s: int, leg_s: int
) -> NDArray[np.int64]:
    """Least crew seconds, ways in included, that keep one promise over spans of the given lengths.

    With ``k`` visits of ``dwell_s`` each, what the gaps do not span must be stayed through::

        min over k of  k * leg + max(k * dwell, span - (k + 1) * gap)

    which is convex in ``k``, so that only the two neighbours of the turning point (and none) matter. Divided by the
    span it tends to ``min(1, (dwell + leg) / (gap + dwell))``, the summand of the valid bound of D12.
    """
    turn = np.maximum(0, (span_s - gap_s) // (gap_s + dwell_s))
    least = span_s - gap_s
    for k in (turn, turn + 1):
        least = np.minimum(least, k * leg_s + np.maximum(k * dwell_s, span_s - (k + 1) * gap_s))
    found: NDArray[np.int64] = np.maximum(0, least)
    return found


@dataclass(frozen=True)
class _Owed:
    """What one place is owed: the modes that serve it, its least dwell, longest dwell and cheapest leg."""

    place: Place
    modes: frozenset[int]
    dwell_s: int
    longest_s: int
    leg_s: int

    def work_s(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
        """Least crew seconds inside each span ``[a, b)``: its promises (the heaviest, if they overlap) or windows."""
        gaps = np.zeros(len(a), np.int64)
        promises = sorted(self.place.promises, key=lambda p: p.start_s)
        apart = all(p.end_s <= q.start_s for p, q in itertools.pairwise(promises))
        for p in promises:
            span = np.maximum(0, np.minimum(p.end_s, b) - np.maximum(p.start_s, a))
            own = least_work_s(span, p.gap_s, self.dwell_s, self.leg_s)
            gaps = gaps + own if apart else np.maximum(gaps, own)
        inside = np.zeros(len(a), np.int64)
        for w in self.place.windows:
            inside += (a <= w.start_s) & (w.end_s <= b)
        found: NDArray[np.int64] = np.maximum(gaps, inside * (self.dwell_s + self.leg_s))
        return found


def _capacity_s(
    problem: Problem, crew: Crew, a: NDArray[np.int64], b: NDArray[np.int64], reach_s: int
) -> NDArray[np.int64]:
    """Most crew seconds one crew can give to visits touching each span ``[a, b)``, their ways in included.

    A visit begun before ``a`` or ended after ``b`` counts in full, at most one at each end of the span.
    """
    room = np.maximum(0, np.minimum(crew.end_s, b) - np.maximum(crew.start_s, a))
    meets = room > 0
    whole = (a <= crew.start_s) & (crew.end_s <= b)
    room = np.where(whole, room * (100 - problem.slack_pct) // 100, room)
    for rest in crew.breaks:
        room -= rest.length_s * ((a <= rest.earliest_s) & (rest.latest_s + rest.length_s <= b))
    over = (crew.start_s < a).astype(np.int64) + (crew.end_s > b)
    found: NDArray[np.int64] = np.where(meets, np.maximum(0, room) + reach_s * over, 0)
    return found


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
    promised = [p for p in problem.places if p.promises or p.windows]
    if not problem.crews or not promised:
        return least
    used_modes = {c.mode for c in problem.crews}
    owed = []
    for place in promised:
        dwells = {
            m: s.dwell_s for m, s in enumerate(place.services) if s is not None and m in used_modes
        }
        if dwells:
            leg = least_leg_s(problem, place)
            owed.append(
                _Owed(place, frozenset(dwells), min(dwells.values()), max(dwells.values()), leg)
            )
    if not owed:
        return least
    reach = max(o.longest_s + o.leg_s for o in owed)
    rows, needs = _rows(problem, owed, used_modes, reach)
    return max(least, _cheapest(problem, rows, needs)) if len(needs) else least


def _rows(
    problem: Problem, owed: list[_Owed], used_modes: set[int], reach_s: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One row of crew seconds per span and group of modes, with what is owed there."""
    times = {x for c in problem.crews for x in (c.start_s, c.end_s)}
    times |= {x for o in owed for p in o.place.promises for x in (p.start_s, p.end_s)}
    times |= {x for o in owed for w in o.place.windows for x in (w.start_s, w.end_s)}
    cuts = sorted(times)
    if len(cuts) > 80:  # a coarser choice of spans is as valid, only weaker
        cuts = [*cuts[:: len(cuts) // 80 + 1], cuts[-1]]
    pairs = np.array(list(itertools.combinations(cuts, 2)), np.int64)
    a, b = pairs[:, 0], pairs[:, 1]
    work = np.array([o.work_s(a, b) for o in owed])
    capacity = np.array([_capacity_s(problem, c, a, b, reach_s) for c in problem.crews])
    rows, needs = [], []
    for group in sorted({frozenset(used_modes)} | {o.modes for o in owed}, key=sorted):
        need = work[[o.modes <= group for o in owed]].sum(axis=0)
        room = capacity * np.array([[c.mode in group] for c in problem.crews])
        rows.append(room.T[need > 0])
        needs.append(need[need > 0])
    return np.concatenate(rows), np.concatenate(needs)


def _cheapest(problem: Problem, rows: NDArray[np.int64], needs: NDArray[np.int64]) -> int:
    """Proven bound of the cheapest choice of crews whose seconds meet every need."""
    price = np.array([c.price for c in problem.crews], float)
    low = np.array([c.must for c in problem.crews], float)
    # no crew is worth more than the whole need: the same choices, a tighter relaxation
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    matrix = csr_array(np.minimum(rows, needs[:, None]).astype(float))
    # a tolerance on the wanted side keeps the bound valid against rounding in the solver
    wanted = LinearConstraint(matrix, needs - 1e-3, np.inf)
    result = milp(
        price,
        constraints=[wanted],
        bounds=Bounds(low, 1.0),
        integrality=np.ones(len(price), np.int64),
        options={"node_limit": 50},
    )
    proven = result.mip_dual_bound
    return 0 if proven is None or not math.isfinite(proven) else math.ceil(proven - 1e-3)


def rounds_reference(n_stops: int, dwell_s: int, ride_s: int, gap_s: int) -> int:
    """D12's reference construction: crews evenly spaced on one round; no bound, since splitting can beat it.

    ``ceil((ride + n * dwell) / gap)``: 12 stops of 15 min with 60 min of ride and a gap of 120 min take 2 crews.
    """
    return max(1, -(-(ride_s + n_stops * dwell_s) // gap_s))


def least_crews(stops: Iterable[tuple[int, int, int]]) -> int:
    """D12's valid bound: ``ceil(sum of min(1, (dwell + cheapest leg) / (gap + dwell)))`` for a lasting promise.

    Parameters
    ----------
    stops
        (dwell, cheapest leg in, gap) of every place promised, seconds.
    """
    total = sum(min(Fraction(1), Fraction(d + leg, gap + d)) for d, leg, gap in stops)
    return math.ceil(total)


def rail_reference(length_m: int, speed_m_per_h: int, gap_s: int) -> tuple[int, int]:
    """D14: walkers out and back over a line, and the valid bound when they are carried back.

    Returns
    -------
    tuple of int
        ``ceil(2 L / (v H))``, the reference, and ``ceil(L / (v H))``, the bound.
    """
    reach_m = Fraction(speed_m_per_h * gap_s, 3600)
    return math.ceil(2 * length_m / reach_m), math.ceil(length_m / reach_m)

"""Valid lower bounds of patrol levels, and the reference constructions D12 and D14 shown beside them."""

from __future__ import annotations

from scheduler.patrols.problem import Problem
from scheduler.patrols.reach import (
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


def crews_bound(problem: Problem) -> int:
    """Least price of the crews that are ordered anyway."""
    return sum(c.price for c in problem.crews if c.must)

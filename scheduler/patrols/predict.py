"""How well an observer can guess patrols: entropy of arrivals, best guess, and what every plan shares.

Plain counting over any set of plans, one a day; no solver.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.reach import hms

BIN_S = 600
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Predictability:
    """What a set of plans gives away.

    Attributes
    ----------
    entropy_bits
        Mean over places and hours with an arrival in any plan of the Shannon entropy of the ten-minute bin in which
        the first arrival of that hour falls (none at all being a seventh outcome): 0 is a fixed timetable, log2(7)
        the most.
    best_guess
        Share of visits, from the second plan on, that fall in the ten minutes an observer names who saw all plans
        before: for each place and hour the bin most often used (the earlier one of equals). 1 is fully predictable.
    fixed
        (place, bin's begin in seconds) that are visited in every plan of two or more.
    """

    entropy_bits: float
    best_guess: float
    fixed: tuple[tuple[str, int], ...]


def predictability(plans: Sequence[PatrolPlan]) -> Predictability:
    """Measure plans for the same horizon, in the order an observer sees them.

    Parameters
    ----------
    plans
        At least one plan; times in seconds since each one's own start.

    Returns
    -------
    Predictability
        With a single plan nothing was seen before: the best guess is 0 and nothing counts as fixed.
    """
    days = [_arrivals(plan) for plan in plans]
    keys = sorted({key for day in days for key in day})
    entropies = [_entropy(Counter(day.get(key, (-1,))[0] for day in days)) for key in keys]
    seen: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    hits = visits = 0
    for number, day in enumerate(days):
        for key, bins in day.items():
            if number:
                visits += len(bins)
                if seen[key]:
                    guess = min(seen[key], key=lambda b: (-seen[key][b], b))
                    hits += guess in bins
            # counted after guessing, so that a day never predicts itself
        for key, bins in day.items():
            seen[key].update(set(bins))
    shared = set.intersection(
        *({(p, b) for (p, _), bins in day.items() for b in bins} for day in days)
    )
    return Predictability(
        sum(entropies) / len(entropies) if entropies else 0.0,
        hits / visits if visits else 0.0,
        tuple((place, b * BIN_S) for place, b in sorted(shared)) if len(plans) > 1 else (),
    )


def spoiling_pins(
    plans: Sequence[PatrolPlan],
    pins: Sequence[tuple[str, int, int]],
    clock: Callable[[int], str] = hms,
    name: Callable[[str], str] = str,
    what: str = "plans",
) -> list[str]:
    """Warnings for pins that make a place predictable: each fixes a visit to the same ten minutes in every plan.

    Parameters
    ----------
    plans
        The set that is to be unpredictable.
    pins
        (place, first second, last second) that the planner has fixed by hand.
    clock, name, what
        How people say a second and a place, and what they call one of the set.
    """
    fixed = set(predictability(plans).fixed)
    return [
        f"The visit to {name(place)} between {clock(first_s)} and {clock(last_s)} stands in every one of {len(plans)} "
        f"{what}: whoever watches knows it. Widen it beyond {BIN_S // 60} min, or fix it on some days only."
        for place, first_s, last_s in pins
        if last_s - first_s < BIN_S
        and any((place, b * BIN_S) in fixed for b in range(first_s // BIN_S, last_s // BIN_S + 1))
    ]


def _arrivals(plan: PatrolPlan) -> dict[tuple[str, int], tuple[int, ...]]:
    """Bins of arrivals in order, by place and hour."""
    out: dict[tuple[str, int], set[int]] = defaultdict(set)
    for tour in plan.tours:
        for stop in tour.stops:
            out[stop.place, stop.arrive_s // HOUR_S].add(stop.arrive_s // BIN_S)
    return {key: tuple(sorted(bins)) for key, bins in out.items()}


def _entropy(counts: Counter[int]) -> float:
    whole = sum(counts.values())
    return -sum(n / whole * math.log2(n / whole) for n in counts.values())

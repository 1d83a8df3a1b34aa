"""Longest unseen stretches of promised places, read from a patrol plan's stops alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from scenarios.view import GapView, WindowView
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.problem import Promise, Window


def visits_by_place(plan: PatrolPlan) -> dict[str, list[tuple[int, int]]]:
    """``(arrive_s, leave_s)`` of every stop, by place, in order of arrival."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for tour in plan.tours:
        for stop in tour.stops:
            found[stop.place].append((stop.arrive_s, stop.leave_s))
    return {place: sorted(rows) for place, rows in found.items()}


def longest_unseen(promise: Promise, visits: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Length and start of the longest stretch inside the promise in which nobody was there.

    Parameters
    ----------
    visits
        ``(arrive_s, leave_s)`` in order of arrival, of all crews and shifts.
    """
    best, best_from = 0, promise.start_s
    seen_until = promise.start_s
    for arrive, leave in visits:
        if leave <= promise.start_s:
            continue
        if arrive >= promise.end_s:
            break
        if arrive - seen_until > best:
            best, best_from = arrive - seen_until, seen_until
        seen_until = max(seen_until, leave)
    if promise.end_s - seen_until > best:
        best, best_from = promise.end_s - seen_until, seen_until
    return best, best_from


def gap_views(
    promises: Iterable[Promise], visits: Mapping[str, Sequence[tuple[int, int]]], place: str
) -> tuple[GapView, ...]:
    """Each promise of a place with the longest gap the plan leaves."""
    found = []
    for promise in promises:
        longest, since = longest_unseen(promise, visits.get(place, ()))
        found.append(GapView(promise.start_s, promise.end_s, promise.gap_s, longest, since))
    return tuple(found)


def window_views(
    windows: Iterable[Window], visits: Mapping[str, Sequence[tuple[int, int]]], place: str
) -> tuple[WindowView, ...]:
    """Each window of a place with the visit that keeps it; a visit serves one window only.

    Windows that end first take the first visit that begins inside them.
    """
    free = [arrive for arrive, _ in visits.get(place, ())]
    taken: dict[Window, int | None] = {}
    rows = list(windows)
    for window in sorted(rows, key=lambda w: (w.end_s, w.start_s)):
        hit = next((a for a in free if window.start_s <= a < window.end_s), None)
        if hit is not None:
            free.remove(hit)
        taken[window] = hit
    return tuple(WindowView(w.start_s, w.end_s, taken[w]) for w in rows)

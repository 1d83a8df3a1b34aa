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
    """Length and start of the longest stretch inside the promise in which nobody was there (for long enough).

    Parameters
    ----------
    visits
        ``(arrive_s, leave_s)`` in order of arrival, of all crews and shifts.
    """
    best, best_from = 0, promise.start_s
    seen_until = promise.start_s
    for arrive, leave in visits:
        if leave <= promise.start_s or leave - arrive < promise.dwell_s:
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
        found.append(GapView(promise.start_s, promise.end_s, promise.gap_s, longest, since, promise.dwell_s))
    return tuple(found)


def window_views(
    windows: Iterable[Window], visits: Mapping[str, Sequence[tuple[int, int]]], place: str
) -> tuple[WindowView, ...]:
    """Each window of a place with the begin of the visit that keeps it; a visit serves one window only.

    Joint windows come first and are kept once the last of their crews is there; of the others those that end first
    take the first visit that begins inside them and stays as long as they ask.
    """
    free = list(visits.get(place, ()))
    taken: dict[int, int | None] = {}
    rows = list(windows)
    for n in sorted(range(len(rows)), key=lambda n: (rows[n].crews == 1, rows[n].end_s, rows[n].start_s)):
        there = _there(free, rows[n])
        for visit in there:
            free.remove(visit)
        taken[n] = there[-1][0] if there else None
    return tuple(WindowView(w.start_s, w.end_s, taken[n]) for n, w in enumerate(rows))


def _there(free: Sequence[tuple[int, int]], window: Window) -> list[tuple[int, int]]:
    """The visits that keep a window, in order of arrival; none where it is missed."""
    begun = [v for v in free if window.start_s <= v[0] < window.end_s]
    for at, _ in begun:
        there = [v for v in begun if v[0] <= at and v[1] - at >= max(window.dwell_s, 1 if window.crews > 1 else 0)]
        if len(there) >= window.crews:
            return there[: window.crews]
    return []

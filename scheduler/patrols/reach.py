"""When a place can be visited at all: shifts less the way there and back. No solver, exact integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scheduler.patrols.problem import Crew, Place, Problem, Service, Window


def hms(at_s: int) -> str:
    """Clock-like text of seconds since the horizon's start: ``"1 d 06:30"``."""
    day, rest = divmod(at_s, 86400)
    return (f"{day} d " if day else "") + f"{rest // 3600:02d}:{rest % 3600 // 60:02d}"


def ends(service: Service) -> tuple[tuple[int, int], ...]:
    """The (entry, exit) pairs a service allows: one for a point, both directions for a section."""
    if service.a == service.b:
        return ((service.a, service.b),)
    return ((service.a, service.b), (service.b, service.a))


Ways = list[NDArray[np.int64]]
FAR = 1 << 40


def fastest_ways(problem: Problem) -> Ways:
    """For each mode the least seconds between any two locations, whatever a crew does on the way.

    Neither direct ways nor services need keep the triangle inequality: a detour may be shorter, and so may serving a
    section be than driving around it. The closure over both never exceeds what any crew needs; ``FAR`` is no way.
    """
    out = []
    for m, mode in enumerate(problem.modes):
        ways = np.where(mode.reachable, mode.seconds.astype(np.int64), FAR)
        for place in problem.places:
            service = place.services[m]
            if service is not None:
                for entry, leave in ends(service):
                    ways[entry, leave] = min(ways[entry, leave], service.dwell_s)
        for k in range(len(ways)):
            np.minimum(ways, ways[:, k, None] + ways[None, k, :], out=ways)
        out.append(np.minimum(ways, FAR))
    return out


def _span_of(crew: Crew, service: Service, ways: NDArray[np.int64]) -> tuple[int, int] | None:
    """First arrival and last leave of any visit by this crew, or None when none fits."""
    spans = []
    for entry, leave in ends(service):
        first = crew.start_s + int(ways[crew.depart, entry])
        last = crew.end_s - int(ways[leave, crew.arrive])
        if last - first >= service.dwell_s:
            spans.append((first, last))
    return (min(a for a, _ in spans), max(b for _, b in spans)) if spans else None


def reach_spans(problem: Problem, place: Place, ways: Ways) -> list[tuple[int, int]]:
    """Merged spans during which some crew offered for its area could be present there; never too short."""
    spans = []
    for crew in problem.crews:
        service = place.services[crew.mode] if crew.serves(place) else None
        span = None if service is None else _span_of(crew, service, ways[crew.mode])
        if span is not None:
            spans.append(span)
    merged: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def unseen_stretches(
    spans: list[tuple[int, int]], start_s: int, end_s: int
) -> list[tuple[int, int]]:
    """Parts of ``[start_s, end_s)`` outside merged, sorted spans, each as (begin, end)."""
    out = []
    at = start_s
    for a, b in spans:
        if b <= at:
            continue
        if a >= end_s:
            break
        if a > at:
            out.append((at, a))
        at = max(at, b)
    if at < end_s:
        out.append((at, end_s))
    return out


def window_reachable(spans: list[tuple[int, int]], window: Window) -> bool:
    """True when some presence span meets the window, so that a visit may begin inside it."""
    return any(a < window.end_s and b > window.start_s for a, b in spans)


def shortest_round_s(problem: Problem, place: Place, ways: Ways) -> int | None:
    """Least seconds from leaving a place over any other place with demands back to it; None when alone."""
    best = FAR
    for m, own in enumerate(place.services):
        if own is None:
            continue
        for other in problem.places:
            via = other.services[m]
            if via is None or other.id == place.id or not (other.promises or other.windows):
                continue
            for entry, leave in ends(via):
                out = min(int(ways[m][x, entry]) for _, x in ends(own))
                back = min(int(ways[m][leave, x]) for x, _ in ends(own))
                best = min(best, out + via.dwell_s + back)
    return None if best >= FAR else best

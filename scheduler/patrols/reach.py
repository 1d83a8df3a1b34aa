"""When a place can be visited at all: shifts less the way there and back. No solver, exact integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.patrols.problem import Crew, Mode, Place, Problem, Service, Window


def hms(at_s: int) -> str:
    """Clock-like text of seconds since the horizon's start: ``"1 d 06:30"``."""
    day, rest = divmod(at_s, 86400)
    return (f"{day} d " if day else "") + f"{rest // 3600:02d}:{rest % 3600 // 60:02d}"


def ends(service: Service) -> tuple[tuple[int, int], ...]:
    """The (entry, exit) pairs a service allows: one for a point, both directions for a section."""
    if service.a == service.b:
        return ((service.a, service.b),)
    return ((service.a, service.b), (service.b, service.a))


def _span_of(crew: Crew, service: Service, mode: Mode) -> tuple[int, int] | None:
    """First arrival and last leave of a single visit by this crew, or None when it does not fit."""
    best: tuple[int, int] | None = None
    for entry, leave in ends(service):
        if not (mode.reachable[crew.depart, entry] and mode.reachable[leave, crew.arrive]):
            continue
        first = crew.start_s + int(mode.seconds[crew.depart, entry])
        last = crew.end_s - int(mode.seconds[leave, crew.arrive])
        if last - first >= service.dwell_s:
            best = (first, last) if best is None else (min(best[0], first), max(best[1], last))
    return best


def has_triangle(mode: Mode) -> bool:
    """True when no detour over a third location is shorter than the direct way (exact check)."""
    n = len(mode.seconds)
    far = 1 << 40
    t = mode.seconds.astype("int64")
    t[~mode.reachable] = far
    return all(bool((t <= t[:, k, None] + t[None, k, :]).all()) for k in range(n))


def reach_spans(problem: Problem, place: Place, loose: frozenset[int]) -> list[tuple[int, int]]:
    """Merged spans during which some crew offered could be present at the place.

    The ways used are the direct ones. Where a matrix breaks the triangle inequality a detour could be
    shorter than the direct way, so there the whole shift counts: the spans never promise too little.
    """
    spans = []
    for crew in problem.crews:
        service = place.services[crew.mode]
        if service is None:
            continue
        span: tuple[int, int] | None = (crew.start_s, crew.end_s)
        if crew.mode not in loose:
            span = _span_of(crew, service, problem.modes[crew.mode])
        if span is not None:
            spans.append(span)
    merged: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def loose_modes(problem: Problem) -> frozenset[int]:
    """Modes whose matrix breaks the triangle inequality, so that direct ways bound nothing."""
    return frozenset(i for i, mode in enumerate(problem.modes) if not has_triangle(mode))


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


def shortest_round_s(problem: Problem, place: Place) -> int | None:
    """Least seconds from leaving a place over any other place with demands back to it; None when alone."""
    best: int | None = None
    others = [p for p in problem.places if p.id != place.id and (p.promises or p.windows)]
    for m, mode in enumerate(problem.modes):
        own = place.services[m]
        if own is None:
            continue
        for other in others:
            via = other.services[m]
            if via is None:
                continue
            for _, out in ends(own):
                for entry, leave in ends(via):
                    for back, _ in ends(own):
                        if mode.reachable[out, entry] and mode.reachable[leave, back]:
                            took = (
                                int(mode.seconds[out, entry])
                                + via.dwell_s
                                + int(mode.seconds[leave, back])
                            )
                            best = took if best is None else min(best, took)
    return best

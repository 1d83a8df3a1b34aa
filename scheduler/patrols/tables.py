"""A patrol Problem as flat integer tables for the search: chains of visits, windows, tours, travel seconds.

A longest gap becomes a *chain*: a row of visits between a virtual first (seen at the promise's start) and a
virtual last (seen at its end). Each link of the chain says how many visits are still missing in it; with ``m``
missing the two ends may lie ``(m + 1) * gap + m * dwell`` apart, with none missing just ``gap``. All these are
difference constraints, so that one propagation over tours and chains gives exact earliest and latest times.

Overlapping promises of one place are first cut so that the tighter one serves the looser one as well.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.patrols.kernels import FREE, Data
from scheduler.patrols.problem import Place, Problem, Window

BIG_S = 100_000_000
"""Travel seconds that stand for *no way* inside the search only; larger than any horizon."""

STAY_S = 1800
"""Length of one core stay."""


@dataclass(frozen=True)
class Chain:
    """One promise after cutting: place index, begin, end, gap and least stay (seconds)."""

    place: int
    start_s: int
    end_s: int
    gap_s: int
    stay_s: int = 0


@dataclass(frozen=True)
class Tables:
    """Arrays the kernels read; see ``build`` for shapes.

    Node numbers: ``[0, T)`` tour starts, ``[T, 2T)`` tour ends, then breaks, chain starts, chain ends, windows, core
    stays, presence slots, and from ``first_free`` on the store of visits that chains draw on.
    """

    data: Data
    fixed: NDArray[np.int32]
    sizes: tuple[int, ...]
    n_tours: int
    first_free: int
    n_nodes: int


def chains_of(place: Place, number: int) -> list[Chain]:
    """Cut a place's promises into chains that together keep them all.

    A looser promise overlapping a tighter one needs visits of its own only outside it; where it meets the tighter
    span, the tighter one vouches for a visit at most its own gap inside. A tighter one with shorter stays serves
    nobody but itself.
    """
    all_done: list[tuple[int, int, int, int]] = []
    out: list[Chain] = []
    for promise in sorted(place.promises, key=lambda p: (p.gap_s, p.start_s, p.end_s)):
        pieces = [(promise.start_s, promise.end_s)]
        done = [(a, b, gap) for a, b, gap, stay in all_done if stay >= promise.dwell_s]
        for a, b, _ in done:
            pieces = [
                (x, y)
                for lo, hi in pieces
                for x, y in ((lo, min(hi, a)), (max(lo, b), hi))
                if x < y
            ]
        for lo, hi in pieces:
            begins = [b - gap for a, b, gap in done if b == lo and lo > promise.start_s]
            ends = [a + gap for a, b, gap in done if a == hi and hi < promise.end_s]
            begin = max(begins) if begins else lo
            end = min(ends) if ends else hi
            begin, end = max(begin, promise.start_s), min(end, promise.end_s)
            if end - begin > promise.gap_s:
                out.append(Chain(number, begin, end, promise.gap_s, promise.dwell_s))
        all_done.append((promise.start_s, promise.end_s, promise.gap_s, promise.dwell_s))
    return out


def least_visits(span_s: int, gap_s: int, dwell_s: int) -> int:
    """Fewest visits that leave no stretch of ``span_s`` unseen for longer than ``gap_s``."""
    return max(0, -(-(span_s - gap_s) // (gap_s + dwell_s)))


Kind = tuple[int, tuple[str, ...]]
"""A mode and the beats it keeps to (none: all places): what the kernels take for a mode."""


def _kinds(problem: Problem) -> list[Kind]:
    """Every mode without beats in the Problem's order, then each mode with the beats of some crew."""
    bound = [(c.mode, c.beats) for c in problem.crews if c.beats]
    return list(dict.fromkeys([*((m, ()) for m in range(len(problem.modes))), *bound]))


def _travel(problem: Problem, kinds: list[Kind]) -> NDArray[np.int32]:
    out = np.full((len(kinds), problem.n_locations, problem.n_locations), BIG_S, np.int32)
    for n, (m, _) in enumerate(kinds):
        mode = problem.modes[m]
        out[n][mode.reachable] = mode.seconds[mode.reachable]
    return out


def _services(problem: Problem, kinds: list[Kind]) -> NDArray[np.int32]:
    """``[mode, place, (a, b, dwell)]``; dwell -1 where the mode cannot serve the place or its beats leave it out."""
    out = np.full((len(kinds), len(problem.places), 3), -1, np.int32)
    for p, place in enumerate(problem.places):
        for n, (m, beats) in enumerate(kinds):
            service = place.services[m]
            if service is not None and (not beats or not place.beat or place.beat in beats):
                out[n, p] = (service.a, service.b, service.dwell_s)
    return out


def _near(problem: Problem, travel: NDArray[np.int32], svc: NDArray[np.int32]) -> NDArray[np.int32]:
    """``[place, place]`` least seconds between two places over all modes, for choosing what to tear out."""
    n = len(problem.places)
    best = np.full((n, n), BIG_S, np.int64)
    for m in range(len(svc)):
        served = np.flatnonzero(svc[m, :, 2] >= 0)
        for i in (0, 1):
            for j in (0, 1):
                block = travel[m][np.ix_(svc[m, served, i], svc[m, served, j])]
                part = best[np.ix_(served, served)]
                best[np.ix_(served, served)] = np.minimum(part, block)
    both = np.minimum(best, best.T)
    np.fill_diagonal(both, 0)
    return np.minimum(both, BIG_S).astype(np.int32)


def _limits(problem: Problem) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Which crews share a limit ``[limit, crew]``, and how many of them may be in use ``[limit]``.

    A pool's cap limits the crews out in each stretch of time; staggered changes limit those that end together.
    """
    pool = np.array([c.pool for c in problem.crews], np.int64)
    start = np.array([c.start_s for c in problem.crews], np.int64)
    end = np.array([c.end_s for c in problem.crews], np.int64)
    least: dict[bytes, int] = {}  # one limit for each set of crews: the tightest

    def limit(who: NDArray[np.bool_], most: int) -> None:
        if int(who.sum()) > most:
            key = who.tobytes()
            least[key] = min(most, least.get(key, most))

    # every cap is cut at shift starts and ends, so that inside a segment the number of crews out is constant
    cuts = np.unique(np.concatenate([start, end]))
    for k, own in enumerate(problem.pools):
        for x, y, most in own.caps:
            inner = [x, *cuts[(cuts > x) & (cuts < y)].tolist(), y]
            for lo, hi in itertools.pairwise(inner):
                limit((pool == k) & (start < hi) & (end > lo), most)
    if problem.changes is not None:
        for at in np.unique(end[end < problem.horizon_s]).tolist():
            last = min(at + problem.changes.apart_s, problem.horizon_s)
            limit((end >= at) & (end < last), problem.changes.most)
    member = np.array([np.frombuffer(key, np.int8) for key in least], np.int8)
    return member.reshape(len(least), len(problem.crews)), np.array(list(least.values()), np.int64)


def build(problem: Problem, *, with_slots: bool) -> Tables:
    """Compile a Problem.

    Parameters
    ----------
    problem
        A sound Problem.
    with_slots
        Whether presence slots are worth a node (the level is asked for and some place has a prize).

    Returns
    -------
    Tables
        ``data.travel`` int32 ``[mode, location, location]``; ``svc`` int32 ``[mode, place, (a, b, dwell)]``; ``tour``
        int64 ``[crew, (mode, price, busy cap, must, begin, end)]``; ``chain`` int64 ``[chain, (place, gap, least
        dwell, weight, least visits, begin, end, least stay)]``; ``near`` int32 ``[place, place]``; ``slot`` int64
        ``[place, (first node, number)]``; ``core`` int64 core places; ``member`` and ``most`` as of ``_limits``;
        ``stay`` int32 least stay by node (of windows). A mode here is one with its beats. ``fixed`` int32
        ``[node, (lo, hi, dwell, place or location, worth)]`` for nodes below ``first_free``.
    """
    kinds = _kinds(problem)
    travel, svc = _travel(problem, kinds), _services(problem, kinds)
    tours = [
        (
            kinds.index((c.mode, c.beats)),
            c.price,
            (c.end_s - c.start_s) * (100 - problem.slack_pct) // 100,
            c.must,
            c.start_s,
            c.end_s,
        )
        for c in problem.crews
    ]
    chains = _chain_rows(problem, svc)
    need = sum(row[4] for row in chains)
    core = [
        n for n, p in enumerate(problem.places) if p.core and any(s is not None for s in p.services)
    ]
    groups: tuple[list[tuple[int, int, int, int, int]], ...] = (
        [(c.start_s, c.end_s, 0, c.depart, 0) for c in problem.crews],
        [(c.start_s, c.end_s, 0, c.arrive, 0) for c in problem.crews],
        [
            (b.earliest_s, b.latest_s, b.length_s, t, 0)
            for t, c in enumerate(problem.crews)
            for b in c.breaks
        ],
        [(row[5], row[5], 0, row[0], 0) for row in chains],
        [(row[6], row[6], 0, row[0], 0) for row in chains],
        [
            (*begins, 0, n, place.weight)
            for n, place in enumerate(problem.places)
            for w in place.windows
            for begins in _begins(w)
        ],
        _stays(problem, core) if "core" in problem.levels else [],
        [],
    )
    before = sum(len(g) for g in groups)
    slots, slot = (
        _slots(problem, before)
        if with_slots
        else ([], np.zeros((len(problem.places), 2), np.int64))
    )
    fixed = [row for group in groups for row in group] + slots
    n_free = need + need // 2 + len(chains) + 24
    member, most = _limits(problem)
    stay = np.zeros(len(fixed) + n_free, np.int32)
    windows = [w.dwell_s for place in problem.places for w in place.windows for _ in range(w.crews)]
    first = sum(len(g) for g in groups[:5])
    stay[first : first + len(windows)] = windows
    kind = np.full(len(fixed) + n_free, FREE, np.int8)
    sizes = (*(len(g) for g in groups[:-1]), len(slots))
    kind[: len(fixed)] = np.repeat(np.arange(len(sizes), dtype=np.int8), sizes)
    data = Data(
        kind=kind,
        travel=travel,
        tour=np.array(tours, np.int64).reshape(-1, 6),
        chain=np.array(chains, np.int64).reshape(-1, 8),
        svc=svc,
        near=_near(problem, travel, svc),
        member=member,
        most=most,
        slot=slot,
        core=np.array(core, np.int64),
        stay=stay,
    )
    return Tables(
        data=data,
        fixed=np.array(fixed, np.int32).reshape(-1, 5),
        sizes=sizes,
        n_tours=len(problem.crews),
        first_free=len(fixed),
        n_nodes=len(kind),
    )


def _begins(window: Window) -> list[tuple[int, int]]:
    """First and last begin of each visit a window asks for; crews of a joint visit all begin in its middle second."""
    if window.crews == 1:
        return [(window.start_s, window.end_s - 1)]
    middle = (window.start_s + window.end_s - 1) // 2
    return [(middle, middle)] * window.crews


def _chain_rows(problem: Problem, svc: NDArray[np.int32]) -> list[tuple[int, ...]]:
    used = sorted({c.mode for c in problem.crews})
    rows: list[tuple[int, ...]] = []
    for number, place in enumerate(problem.places):
        dwell = min((int(svc[m, number, 2]) for m in used if svc[m, number, 2] >= 0), default=0)
        for c in chains_of(place, number):
            own = max(dwell, c.stay_s)
            least = least_visits(c.end_s - c.start_s, c.gap_s, own)
            rows.append((number, c.gap_s, own, place.weight, least, c.start_s, c.end_s, c.stay_s))
    return rows


def _stays(problem: Problem, core: list[int]) -> list[tuple[int, int, int, int, int]]:
    """The core manned in layers: each span cut into stays of half an hour or so, ``core_crews`` side by side.

    A stay is at least as long as the longest dwell at a core place, so that each counts as a visit there. Stays are
    also parted where a crew must leave for home or can first be there, so that shifts may hand over.
    """
    dwells = [s.dwell_s for n in core for s in problem.places[n].services if s is not None]
    step = max([STAY_S, *dwells])
    out = []
    for a, b in problem.core_spans if core else ():
        cuts = [*range(a, max(a + 1, b - step + 1), step), b]
        for at in _handovers(problem, core):
            if all(abs(at - x) >= max(dwells) for x in (a, b)) and a < at < b:
                cuts = sorted([at, *(x for x in cuts if x in {a, b} or abs(at - x) >= max(dwells))])
        for x, y in itertools.pairwise(cuts):
            out += [(x, x, max(y - x, *dwells), core[0], 0)] * problem.core_crews
    return out


def _handovers(problem: Problem, core: list[int]) -> list[int]:
    """When crews must leave the core for home, and when they can first be there, by the nearest core place."""
    found = set()
    for crew in problem.crews:
        mode = problem.modes[crew.mode]
        spots = [s for n in core if (s := problem.places[n].services[crew.mode]) is not None]
        home = [int(mode.seconds[s.b, crew.arrive]) for s in spots if mode.reachable[s.b, crew.arrive]]
        there = [int(mode.seconds[crew.depart, s.a]) for s in spots if mode.reachable[crew.depart, s.a]]
        found |= {crew.end_s - min(home)} if home else set()
        found |= {crew.start_s + min(there)} if there else set()
    return sorted(found)


def _slots(
    problem: Problem, before: int
) -> tuple[list[tuple[int, int, int, int, int]], NDArray[np.int64]]:
    """Presence slots of every place with a prize, and by place where they begin among the nodes."""
    rows: list[tuple[int, int, int, int, int]] = []
    where = np.zeros((len(problem.places), 2), np.int64)
    for n, place in enumerate(problem.places):
        if place.prize == 0:
            continue
        step = place.prize_every_s
        own = [
            (x, min(x + step, b))
            for a, b in place.hours or ((0, problem.horizon_s),)
            for x in range(a, b, step)
        ]
        where[n] = (before + len(rows), len(own))
        rows += [(a, b - 1, 0, n, place.prize) for a, b in own]
    return rows, where

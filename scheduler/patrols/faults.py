"""What is wrong with a patrol Problem (raised), and which promises nobody could keep (reported).

A *fault* is malformed data: no plan could be read against it, so the Problem refuses to exist. An impossible
promise is sound data that the force offered cannot satisfy; the planner wants the best partial plan and a
sentence that says what would be feasible, so ``precheck`` reports it and nothing is raised.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from scheduler.errors import name_some
from scheduler.patrols.reach import (
    fastest_ways,
    hms,
    reach_spans,
    shortest_round_s,
    unseen_stretches,
    window_reachable,
)
from scheduler.saying import say

if TYPE_CHECKING:
    from scheduler.patrols.problem import Crew, Mode, Place, Pool, Problem


def faults(problem: Problem) -> list[str]:
    """Every fault of the data, as sentences with ids and remedies; empty when the Problem is sound.

    Parameters
    ----------
    problem
        A patrol Problem, possibly malformed.

    Returns
    -------
    list of str
        In a fixed order: frame, modes, pools, crews, places.
    """
    found = _frame_faults(problem)
    for mode in problem.modes:
        found += _mode_faults(mode, problem.n_locations)
    if found:
        return found  # shapes and ids first: the checks below index with them
    for pool in problem.pools:
        found += _pool_faults(pool)
    found += _change_faults(problem)
    for crew in problem.crews:
        found += _crew_faults(crew, problem)
    for place in problem.places:
        found += _place_faults(place, problem)
    return found + _rounds_faults(problem)


def _rounds_faults(problem: Problem) -> list[str]:
    """What standing rounds cannot carry."""
    if problem.rounds is None:
        return []
    found = []
    if problem.rounds.longest_s <= 0:
        found.append(f"rounds: longest_s is {problem.rounds.longest_s}, expected more than 0.")
    if len({c.mode for c in problem.crews}) > 1:
        found.append(
            "rounds: all crews of standing rounds must move the same way. Plan each mode by itself."
        )
    if any(c.breaks for c in problem.crews):
        found.append(
            "rounds: crews of standing rounds have no breaks. Relieve them, or plan shifts."
        )
    if problem.changes is not None or any(c.beats for c in problem.crews):
        found.append("rounds: standing rounds know neither staggered changes nor beats. Plan shifts.")
    arcs = [p.id for p in problem.places for s in p.services if s is not None and s.a != s.b]
    timed = [p.id for p in problem.places if p.windows or p.hours]
    if arcs:
        found.append(f"rounds: {name_some(arcs)} have two ends; standing rounds see points only.")
    if timed:
        found.append(
            f"rounds: {name_some(timed)} have windows or hours, which a round without a clock cannot keep."
        )
    if len(problem.crews) > 1 and any(p.promises for p in problem.places):
        found.append(
            "rounds: longest gaps are kept by one crew on one round. Plan shifts for several crews."
        )
    if problem.rounds.relay and problem.core_crews >= max(1, len(problem.crews)):
        found.append(
            f"rounds: {problem.core_crews} crews always in the core leave none of {len(problem.crews)} to go out. "
            f"The smallest number of crews that can hold it in turns is {problem.core_crews + 1}."
        )
    return found


def precheck(
    problem: Problem, clock: Callable[[int], str] = hms, name: Callable[[str], str] = str
) -> list[str]:
    """Promises and windows that no crew offered can keep, each with the smallest feasible value.

    Parameters
    ----------
    problem
        A sound patrol Problem.
    clock, name
        Second of the horizon -> time, and id of a place -> name, as people say them.

    Returns
    -------
    list of str
        Sentences; empty when nothing is impossible place by place. An empty list does not say that everything
        can be kept at once.
    """
    said: list[str] = []
    nobody: list[str] = []
    ways = fastest_ways(problem)
    for place in problem.places:
        if not place.promises and not place.windows:
            continue
        spans = reach_spans(problem, place, ways)
        if not spans:
            nobody.append(name(place.id))
            continue
        said += [
            say(
                "No crew can begin a visit at {place} between {start} and {end}: crews can be there {spans}. Offer a "
                "crew whose shift covers the window with its way there, or move the window.",
                place=name(place.id), start=clock(window.start_s), end=clock(window.end_s),
                spans=_spans_text(spans, clock),
            )
            for window in place.windows
            if not window_reachable(spans, window)
        ]  # fmt: skip
        for promise in place.promises:
            worst = max(
                (b - a for a, b in unseen_stretches(spans, promise.start_s, promise.end_s)),
                default=0,
            )
            if worst > promise.gap_s:
                said.append(
                    say(
                        "{place} cannot keep its longest gap of {gap} min between {start} and {end}: no crew offered "
                        "can be there for {worst} min on end. The smallest gap that is feasible is {worst} min; offer "
                        "crews in that time, or shorten the promise's span.",
                        place=name(place.id), gap=promise.gap_s // 60, start=clock(promise.start_s),
                        end=clock(promise.end_s), worst=-(-worst // 60),
                    )
                )  # fmt: skip
            turn = shortest_round_s(problem, place, ways)
            if turn is not None and promise.gap_s < turn:
                said.append(
                    say(
                        "{place} wants a visit every {gap} min, but the shortest round over any other place takes "
                        "{turn} min: only a crew that stays there keeps this. The smallest gap for a passing crew is "
                        "{turn} min.", place=name(place.id), gap=promise.gap_s // 60, turn=-(-turn // 60),
                    )
                )  # fmt: skip
    if nobody:
        said.insert(
            0,
            say(
                "No crew offered can reach {places} ({n} of {all} places): check the closures and the mode of the "
                "crews, or offer a crew of a mode that serves them.",
                places=name_some(nobody), n=len(nobody), all=len(problem.places),
            ),
        )  # fmt: skip
    return said


def _spans_text(spans: Sequence[tuple[int, int]], clock: Callable[[int], str]) -> str:
    shown = say(" and ").join(say("{start} to {end}", start=clock(a), end=clock(b)) for a, b in spans[:3])
    return shown if len(spans) <= 3 else say("{spans} and {n} more times", spans=shown, n=len(spans) - 3)


def _frame_faults(problem: Problem) -> list[str]:
    from scheduler.patrols.problem import LEVELS

    found = []
    for kind, ids in (
        ("place", [p.id for p in problem.places]),
        ("crew", [c.id for c in problem.crews]),
        ("mode", [m.id for m in problem.modes]),
        ("pool", [p.id for p in problem.pools]),
    ):
        twice = [i for i, n in Counter(ids).items() if n > 1]
        if twice:
            found.append(
                f"{kind} ids must differ, but {name_some(twice)} stand more than once. Rename them."
            )
    if problem.n_locations < 1 and (problem.places or problem.crews):
        found.append(f"n_locations is {problem.n_locations}, expected at least 1.")
    if problem.horizon_s <= 0:
        found.append(f"horizon_s is {problem.horizon_s}, expected a positive number of seconds.")
    if not 0 <= problem.slack_pct <= 90:
        found.append(f"slack_pct is {problem.slack_pct}, expected 0 to 90 percent of a tour.")
    if not 0 <= problem.balance_pct <= 100:
        found.append(f"balance_pct is {problem.balance_pct}, expected 0 to 100 percent more driving.")
    changes = problem.changes
    if changes is not None and (changes.apart_s <= 0 or changes.most < 1):
        found.append(
            f"changes: {changes.most} crews in {changes.apart_s} s is no rule; expected at least 1 crew and 1 s."
        )
    if problem.core_crews < 0:
        found.append(f"core_crews is {problem.core_crews}, expected 0 or more.")
    if problem.core_crews > 0 and not any(p.core for p in problem.places):
        found.append(
            "core_crews asks for crews inside the core, but no place is marked core. Mark one."
        )
    found += _span_faults("core_spans", problem.core_spans, problem.horizon_s)
    ranks = [LEVELS.index(name) if name in LEVELS else -1 for name in problem.levels]
    if -1 in ranks or ranks != sorted(set(ranks)) or not ranks:
        found.append(
            f"levels are {', '.join(problem.levels) or 'none'}; expected some of {', '.join(LEVELS)}, "
            "each once and in this order."
        )
    return found


def _span_faults(what: str, spans: Iterable[tuple[int, int]], horizon_s: int) -> list[str]:
    return [
        f"{what}: span [{a}, {b}) must begin before it ends and lie inside [0, {horizon_s}]."
        for a, b in spans
        if not 0 <= a < b <= horizon_s
    ]


def _mode_faults(mode: Mode, n: int) -> list[str]:
    found = []
    shape = (n, n)
    for name, array, kind in (
        ("seconds", mode.seconds, "i"),
        ("reachable", mode.reachable, "b"),
        *((("metres", mode.metres, "i"),) if mode.metres is not None else ()),
    ):
        if array.shape != shape:
            found.append(f"mode {mode.id}: {name} has shape {array.shape}, expected {shape}.")
        elif array.dtype.kind != kind:
            found.append(
                f"mode {mode.id}: {name} has type {array.dtype}, expected {'int32' if kind == 'i' else 'bool'}."
            )
    if found:
        return found
    bad = np.argwhere(mode.reachable & ((mode.seconds < 0) | (mode.seconds > 10_000_000)))
    if len(bad):
        pairs = name_some(f"{a}->{b}" for a, b in bad.tolist())
        found.append(
            f"mode {mode.id}: seconds are negative or beyond 10,000,000 for {pairs}. Mask what is unreachable."
        )
    loops = np.flatnonzero(np.diag(mode.seconds) * np.diag(mode.reachable))
    if len(loops):
        found.append(
            f"mode {mode.id}: staying at location {name_some(map(str, loops))} must take 0 seconds."
        )
    return found


def _pool_faults(pool: Pool) -> list[str]:
    return [
        f"pool {pool.id}: cap ({a}, {b}, {most}) needs begin < end and a number of crews of 0 or more."
        for a, b, most in pool.caps
        if a >= b or most < 0
    ]


def _change_faults(problem: Problem) -> list[str]:
    """Ordered crews alone that end their shifts too close together."""
    if problem.changes is None:
        return []
    apart_s, most = problem.changes.apart_s, problem.changes.most
    ends = sorted((c.end_s, c.id) for c in problem.crews if c.must and c.end_s < problem.horizon_s)
    found = []
    for at in sorted({end for end, _ in ends}):
        together = [i for end, i in ends if at <= end < at + apart_s]
        if len(together) > most:
            found.append(
                f"changes: {len(together)} ordered crews ({name_some(together)}) end within {apart_s // 60} min from "
                f"{hms(at)}, allowed are {most}. Move their shifts apart, or allow {len(together)}."
            )
    return found


def _crew_faults(crew: Crew, problem: Problem) -> list[str]:
    found = []
    here = f"crew {crew.id}:"
    if not 0 <= crew.mode < len(problem.modes):
        return [
            f"{here} mode {crew.mode} does not exist, expected 0 to {len(problem.modes) - 1}. Give it a mode."
        ]
    if not 0 <= crew.pool < len(problem.pools):
        found.append(
            f"{here} pool {crew.pool} does not exist, expected 0 to {len(problem.pools) - 1}."
        )
    for name, spot in (("depart", crew.depart), ("arrive", crew.arrive)):
        if not 0 <= spot < problem.n_locations:
            found.append(
                f"{here} {name} location {spot} does not exist, expected 0 to {problem.n_locations - 1}."
            )
    if not 0 <= crew.start_s < crew.end_s:
        found.append(
            f"{here} shift [{crew.start_s}, {crew.end_s}) must begin at 0 or later and before it ends."
        )
    if crew.price < 0:
        found.append(f"{here} price {crew.price} is negative.")
    for rest in crew.breaks:
        if rest.length_s <= 0 or rest.earliest_s > rest.latest_s:
            found.append(
                f"{here} break of {rest.length_s} s between {rest.earliest_s} and {rest.latest_s} needs a positive "
                "length and a first begin no later than the last."
            )
        elif rest.earliest_s < crew.start_s or rest.latest_s + rest.length_s > crew.end_s:
            found.append(
                f"{here} break of {rest.length_s // 60} min beginning {hms(rest.earliest_s)} to {hms(rest.latest_s)} "
                f"does not lie inside the shift {hms(crew.start_s)} to {hms(crew.end_s)}; it may begin between "
                f"{hms(crew.start_s)} and {hms(crew.end_s - rest.length_s)} at most."
            )
    for one, two in zip(crew.breaks, crew.breaks[1:], strict=False):
        if one.earliest_s + one.length_s > two.latest_s:
            found.append(
                f"{here} its breaks cannot follow one another; list them in order of time, apart."
            )
    if found:
        return found
    home = problem.modes[crew.mode]
    if not home.reachable[crew.depart, crew.arrive]:
        return [
            f"{here} cannot get from its depot {crew.depart} to {crew.arrive} by {home.id}. Move one of them."
        ]
    need = int(home.seconds[crew.depart, crew.arrive]) + sum(b.length_s for b in crew.breaks)
    length = crew.end_s - crew.start_s
    if need > length * (100 - problem.slack_pct) // 100:
        found.append(
            f"{here} breaks and the way home take {need // 60} min with nothing patrolled, longer than its tour of "
            f"{length // 60} min less {problem.slack_pct} % slack. Shorten the breaks or lengthen the shift."
        )
    return found


def _place_faults(place: Place, problem: Problem) -> list[str]:
    here = f"place {place.id}:"
    if len(place.services) != len(problem.modes):
        return [
            (
                f"{here} has {len(place.services)} services, expected one per mode ({len(problem.modes)}), "
                "None where unserved."
            )
        ]
    found = []
    if (place.promises or place.windows) and all(s is None for s in place.services):
        found.append(
            f"{here} has promises but no mode serves it. Give it a service or drop its promises."
        )
    for mode, service in zip(problem.modes, place.services, strict=True):
        if service is None:
            continue
        if not (0 <= service.a < problem.n_locations and 0 <= service.b < problem.n_locations):
            found.append(
                f"{here} service by {mode.id} stands at ({service.a}, {service.b}), "
                f"expected 0 to {problem.n_locations - 1}."
            )
        if service.dwell_s < 0:
            found.append(f"{here} dwell by {mode.id} is {service.dwell_s} s, expected 0 or more.")
    found += _span_faults(
        f"{here} promise", ((p.start_s, p.end_s) for p in place.promises), problem.horizon_s
    )
    found += [
        f"{here} a longest gap of {p.gap_s} s is no promise; expected more than 0."
        for p in place.promises
        if p.gap_s <= 0
    ]
    stays = (*(p.dwell_s for p in place.promises), *(w.dwell_s for w in place.windows))
    found += [
        f"{here} a least stay of {x} s is negative; expected 0 or more." for x in stays if x < 0
    ]
    found += _span_faults(
        f"{here} window", ((w.start_s, w.end_s) for w in place.windows), problem.horizon_s
    )
    for w in place.windows:
        least = max(min((s.dwell_s for s in place.services if s is not None), default=0), w.dwell_s)
        if w.crews < 1:
            found.append(f"{here} window wants {w.crews} crews, expected 1 or more.")
        elif w.crews > 1 and least == 0:
            found.append(
                f"{here} a joint visit needs a dwell to be together in; expected at least 1 s."
            )
        elif w.crews > len(problem.crews):
            found.append(
                f"{here} a joint visit wants {w.crews} crews, but {len(problem.crews)} are offered. "
                f"Offer {w.crews - len(problem.crews)} more."
            )
    if place.weight < 0 or place.prize < 0:
        found.append(f"{here} weight {place.weight} and prize {place.prize} must be 0 or more.")
    found += _span_faults(f"{here} hours", place.hours, problem.horizon_s)
    found += [
        f"{here} hours [{a}, {b}) and [{x}, {y}) overlap or stand out of order; list them in order, apart."
        for (a, b), (x, y) in itertools.pairwise(place.hours)
        if x < b
    ]
    if place.prize_every_s <= 0:
        found.append(f"{here} prize_every_s is {place.prize_every_s}, expected more than 0.")
    return found

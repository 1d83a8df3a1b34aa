"""Small patrol Problems for tests: a line of places, and exhaustive search over all tours of tiny ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from hypothesis import strategies as st

from scheduler.patrols.plan import PatrolPlan, Stop, Tour
from scheduler.patrols.problem import (
    Break,
    Changes,
    Crew,
    Mode,
    Place,
    Pool,
    Problem,
    Promise,
    Service,
    Window,
)

MIN = 60


def mode(minutes: Sequence[Sequence[int]], name: str = "car") -> Mode:
    seconds = np.array(minutes, np.int32) * MIN
    return Mode(name, seconds, np.ones(seconds.shape, np.bool_))


def line(n: int, step: int = 5) -> list[list[int]]:
    """Locations in a row, ``step`` minutes apart."""
    return [[abs(i - j) * step for j in range(n)] for i in range(n)]


def point(name: str, at: int, dwell: int = 10, **more: object) -> Place:
    return Place(name, (Service(at, at, dwell * MIN),), **more)


def crew(name: str, start: int, end: int, **more: object) -> Crew:
    args = {"mode": 0, "pool": 0, "depart": 0, "arrive": 0} | more
    return Crew(name, start_s=start * MIN, end_s=end * MIN, **args)


def promise(start: int, end: int, gap: int, stay: int = 0) -> Promise:
    return Promise(start * MIN, end * MIN, gap * MIN, stay * MIN)


def window(start: int, end: int, stay: int = 0) -> Window:
    return Window(start * MIN, end * MIN, dwell_s=stay * MIN)


def problem(places, crews, *, minutes=None, horizon: int = 600, most: int = 99, **more) -> Problem:
    minutes = line(5) if minutes is None else minutes
    return Problem(
        tuple(places),
        tuple(crews),
        (mode(minutes),),
        (Pool("pool", ((0, horizon * MIN, most),)),),
        len(minutes),
        horizon * MIN,
        **more,
    )


def stop(place: str, arrive: int, leave: int, *, reverse: bool = False) -> Stop:
    return Stop(place, arrive * MIN, leave * MIN, reverse)


def tour(name: str, depart: int, back: int, *stops: Stop, rests=()) -> Tour:
    return Tour(name, depart * MIN, back * MIN, stops, tuple(rests))


def plan(*tours: Tour) -> PatrolPlan:
    return PatrolPlan(tours)


# ---------------------------------------------------------------- exhaustive search


def all_tours(p: Problem, who: Crew) -> list[tuple[frozenset[tuple[int, int, int]], Tour]]:
    """Every tour of a crew without breaks at whole minutes, by what it sees; no visit could be added to it."""
    seconds = p.modes[who.mode].seconds
    found: dict[frozenset[tuple[int, int, int]], Tour] = {}

    def grow(
        at: int, free_s: int, stops: tuple[Stop, ...], seen: frozenset[tuple[int, int, int]]
    ) -> None:
        # no pruning by the way home: serving a section can be faster than driving around it
        back = free_s + int(seconds[at, who.arrive])
        if stops and back <= who.end_s:
            found.setdefault(seen, Tour(who.id, who.start_s, back, stops))
        for n, place in enumerate(p.places):
            service = place.services[who.mode]
            if service is None or not who.serves(place):
                continue
            asked = {x.dwell_s for x in (*place.promises, *place.windows)}
            stays = {max(service.dwell_s, s) for s in (0, *asked)}
            for entry, leave, rev in {(service.a, service.b, False), (service.b, service.a, True)}:
                if service.a == service.b and rev:
                    continue
                first = free_s + int(seconds[at, entry])
                for stay in stays:
                    for arrive in range(first, who.end_s - stay + 1, MIN):
                        done = arrive + stay
                        grow(
                            leave,
                            done,
                            (*stops, Stop(place.id, arrive, done, rev)),
                            seen | {(n, arrive, stay)},
                        )

    grow(who.depart, who.start_s, (), frozenset())
    largest = (
        [s for s in found if not any(s < other for other in found)]
        if len(found) < 3000
        else list(found)
    )
    return [(s, found[s]) for s in largest]


def every_plan(p: Problem) -> Iterator[PatrolPlan]:
    """All plans made of such tours; crews may stay at home."""
    choices = [[None, *(t for _, t in all_tours(p, c))] for c in p.crews]
    for some in itertools.product(*choices):
        yield PatrolPlan(tuple(t for t in some if t is not None))


# ---------------------------------------------------------------- drawn problems


@st.composite
def tiny_problems(draw: st.DrawFn) -> Problem:
    """Two or three places, one or two crews, times in 0..12 minutes, so that limits are hit exactly."""
    n = draw(st.integers(2, 3))
    ways = np.array(draw(st.lists(st.integers(1, 3), min_size=16, max_size=16))).reshape(4, 4)
    np.fill_diagonal(ways, 0)
    for k in range(4):
        ways = np.minimum(ways, ways[:, k, None] + ways[None, k, :])
    places = []
    for i in range(n):
        a = i + 1
        b = draw(st.sampled_from([a, a, (i + 1) % n + 1]))
        spans = draw(st.sampled_from(["gap", "window", "both"]))
        start = draw(st.integers(0, 5))
        end = draw(st.integers(start + 3, 12))
        gap = draw(st.integers(2, 8))
        begin = draw(st.integers(0, 9))
        places.append(
            Place(
                f"P{i}",
                (Service(a, b, draw(st.integers(1, 3)) * MIN),),
                (promise(start, end, gap, draw(st.sampled_from([0, 0, 0, 3]))),)
                if spans != "window"
                else (),
                (window(begin, begin + draw(st.integers(1, 3)), draw(st.sampled_from([0, 0, 0, 2]))),)
                if spans != "gap"
                else (),
                weight=draw(st.integers(1, 3)),
                beat=draw(st.sampled_from(["", "", "east", "west"])),
            )
        )
    crews = [
        crew(
            f"C{i}",
            begin,
            draw(st.integers(begin + 5, 12)),
            beats=draw(st.sampled_from([(), (), ("east",), ("west",)])),
        )
        for i in range(draw(st.integers(1, 2)))
        for begin in [draw(st.integers(0, 4))]
    ]
    return problem(places, crews, minutes=ways.tolist(), horizon=12)


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    """Up to six places and five crews with breaks, pools, slack, prizes and core: too many for enumeration."""
    n = draw(st.integers(2, 6))
    spots = draw(st.lists(st.integers(0, 12), min_size=n + 1, max_size=n + 1))
    minutes = [[abs(a - b) + (i != j) for j, b in enumerate(spots)] for i, a in enumerate(spots)]
    places = []
    for i in range(n):
        start = draw(st.integers(0, 100))
        end = draw(st.integers(start + 30, 240))
        b = draw(st.sampled_from([i + 1, i % n + 1, (i + 1) % n + 1]))
        places.append(
            Place(
                f"P{i}",
                (Service(i + 1, b, draw(st.integers(1, 12)) * MIN),),
                tuple(
                    [promise(start, end, draw(st.integers(15, 90)), draw(st.sampled_from([0, 8])))]
                    * draw(st.integers(0, 1))
                ),
                tuple(
                    [window(start, start + 20, draw(st.sampled_from([0, 9])))]
                    * draw(st.integers(0, 2))
                ),
                weight=draw(st.integers(1, 3)),
                prize=draw(st.sampled_from([0, 0, 2])),
                core=i == 0,
                beat=draw(st.sampled_from(["", "east", "west"])),
            )
        )
    crews = []
    for i in range(draw(st.integers(1, 5))):
        begin = draw(st.integers(0, 120))
        rests = (Break((begin + 20) * MIN, (begin + 70) * MIN, 15 * MIN),) * draw(st.integers(0, 1))
        crews.append(
            crew(
                f"C{i}",
                begin,
                begin + 120,
                breaks=rests,
                must=draw(st.integers(0, 5)) == 0,
                beats=draw(st.sampled_from([(), (), ("east",), ("east", "west")])),
            )
        )
    return problem(
        places,
        crews,
        minutes=minutes,
        horizon=240,
        most=draw(st.integers(sum(c.must for c in crews), 5)) or 1,
        slack_pct=draw(st.sampled_from([0, 0, 10])),
        core_crews=draw(st.integers(0, 1)),
        core_spans=((60 * MIN, 130 * MIN),),
        changes=draw(st.sampled_from([None, Changes(20 * MIN, 5), Changes(20 * MIN, 1)]))
        if sum(c.must for c in crews) < 2
        else None,
    )

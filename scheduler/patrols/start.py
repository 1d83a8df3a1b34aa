"""Plans to start from: days played by dispatch, whose rules climb until little is late, and again with fewer crews.

Insertion (``search``) is strong where promises leave room, and weak where crews are scarce: visits put one by one where
they cost least lie far apart in the end, and a tour that is emptied finds no room elsewhere. A played day has no such
memory, and thousands of them are cheap; the best one is handed to the search.
"""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
from numpy.typing import NDArray

from scheduler.patrols import dispatch as d
from scheduler.patrols import kernels as k
from scheduler.patrols.plan import PatrolPlan, Rest, Stop, Tour
from scheduler.patrols.problem import Crew, Problem
from scheduler.patrols.replay import replay
from scheduler.patrols.search import Clock, Search
from scheduler.patrols.state import in_use
from scheduler.patrols.tables import Tables

DRAWS = 40
LITTLE_LATE = 6
"""Weighted minutes late for each promise that the search may well mend."""
HOPELESS = 20
"""So many times as much, at once, is not worth the climb."""
MISSED_COST = 240.0
"""What a window missed costs against a minute of excess, in the climb only."""
OPS_A_PLAY = 3000
"""What a played day costs beside its steps, in operations of the clock."""
DRIVEN_S = 6000.0
"""Seconds of ways that cost as much as a minute of excess."""


@dataclasses.dataclass(frozen=True)
class Played:
    """One rule, the crews that went out by it, and what came of it (``dispatch.MISSED`` and so on)."""

    rule: d.Rule
    out: NDArray[np.int64]
    used: NDArray[np.int64]
    late: NDArray[np.float64]
    cost: float

    @property
    def clean(self) -> bool:
        """Whether no window is missed and no gap exceeded."""
        return not self.out[d.MISSED] and not self.out[d.EXCESS]


class Climb:
    """Improves the rule of a dispatch by small changes, now and then for the worse while it is warm."""

    def __init__(self, problem: Problem, tables: Tables, clock: Clock, seed: int) -> None:
        self.problem, self.tables, self.clock = problem, tables, clock
        self.tasks = tasks_of(problem, tables)
        self.rng = np.random.default_rng([seed, 7])
        data = tables.data
        self.spots = self._spots()
        n_stops = 64 + 4 * int(data.chain[:, k.C_LEAST].sum()) + len(self.tasks.window)
        self.stops = np.zeros((n_stops, 5), np.int64)
        self.late = np.zeros(data.svc.shape[1])
        self.used = np.zeros(tables.n_tours, np.int64)
        self.rest_at = np.zeros(len(self.tasks.rest), np.int64)

    @property
    def asked(self) -> bool:
        """Whether there is anything to play for."""
        return bool(len(self.tasks.chain) + len(self.tasks.window)) and self.tables.n_tours > 0

    def _spots(self) -> NDArray[np.int64]:
        """``[kind, place]`` an end of each place that some promise or window asks for, for centres to be drawn from."""
        svc = self.tables.data.svc
        asked = np.unique(np.append(self.tasks.chain[:, k.C_PLACE], self.tasks.window[:, 0]))
        spots: NDArray[np.int64] = svc[:, asked, 0].astype(np.int64)
        return spots

    def play(self, rule: d.Rule) -> Played:
        """Play a rule; counts its steps."""
        data, out = self.tables.data, np.zeros(5, np.int64)
        d.play(
            data.travel, data.svc, data.tour, self.tasks, rule, self.stops, self.used, self.rest_at, self.late, out,
        )  # fmt: skip
        self.clock.ops += int(out[d.STEPS]) + OPS_A_PLAY
        cost = MISSED_COST * out[d.MISSED] + out[d.EXCESS] + out[d.DRIVING] / DRIVEN_S
        return Played(rule, out, self.used.copy(), self.late.copy(), float(cost))

    def drawn(self, out: NDArray[np.int8]) -> d.Rule:
        """A rule out of the air for the crews that may go."""
        rng, n_places = self.rng, len(self.late)
        rest = self.tasks.rest
        share = rng.random(len(rest))
        return d.Rule(
            np.array([10 ** rng.uniform(-2, 0), rng.choice([0.3, 1.0, 3.0]), rng.choice([0.0, 0.1, 0.3, 1.0])]),
            np.full(n_places, rng.uniform(0.2, 0.9)),
            np.zeros(n_places),
            np.array([self._centre(t) for t in range(self.tables.n_tours)]),
            (rest[:, d.B_EARLIEST] + share * (rest[:, d.B_LATEST] - rest[:, d.B_EARLIEST])).astype(np.int64),
            out.copy(),
        )  # fmt: skip

    def _centre(self, tour: int) -> int:
        """Somewhere this crew could keep to."""
        mine = self.spots[self.tables.data.tour[tour, k.MODE]]
        mine = mine[mine >= 0]  # places it serves
        return int(mine[self.rng.integers(len(mine))] if len(mine) else self.tasks.depot[tour, 0])

    def run(
        self, out: NDArray[np.int8], until_share: float, start: d.Rule | None = None, *, enough: int = 0
    ) -> Played:
        """Climb from the best of some drawn rules (or from ``start``) until a share of the limit is used.

        ``enough`` weighted minutes late end it before.
        """
        began = self.clock.share
        if start is None:
            drawn = [self.play(self.drawn(out))]
            while len(drawn) < DRAWS and self._part(began, until_share) < 0.25:
                drawn.append(self.play(self.drawn(out)))
            now = min(drawn, key=lambda one: one.cost)
        else:
            now = self.play(start._replace(out=out.copy()))
        best = now
        hot = max(5.0, 0.02 * now.cost)
        while (part := self._part(began, until_share)) < 1.0 and not self.clock.over:
            if not best.out[d.MISSED] and best.out[d.EXCESS] <= enough:
                break
            new = self.play(self._changed(now))
            heat = hot * (1.0 - part) ** 2
            if new.cost <= now.cost - heat * np.log(max(self.rng.random(), 1e-12)):
                now = new
                if now.cost < best.cost:
                    best = now
        return best

    def _part(self, began: float, until: float) -> float:
        return (self.clock.share - began) / max(1e-9, until - began)

    def _changed(self, one: Played) -> d.Rule:
        """The rule with one small thing otherwise."""
        rule, rng = one.rule, self.rng
        turn = rng.random()
        if turn < 0.1:
            weigh = rule.weigh.copy()
            at = rng.integers(3)
            weigh[at] *= np.exp(rng.normal(0.0, 0.3))
            if at == 2 and rng.random() < 0.3:
                weigh[at] = rng.choice([0.0, 0.05, 0.2])
            return rule._replace(weigh=weigh)
        if turn < 0.2 and len(rule.at):
            at, b = rule.at.copy(), int(rng.integers(len(rule.at)))
            rest = self.tasks.rest[b]
            at[b] = rng.integers(rest[d.B_EARLIEST], rest[d.B_LATEST] + 1)
            return rule._replace(at=at)
        if turn < 0.35:
            centre, q = rule.centre.copy(), int(rng.integers(len(rule.centre)))
            centre[q] = self._centre(q)
            return rule._replace(centre=centre)
        places = self._some_places(one.late)
        if turn < 0.65:
            early = rule.early.copy()
            early[places] = np.clip(early[places] + rng.normal(0.0, 0.15, len(places)), 0.05, 1.0)
            return rule._replace(early=early)
        ahead = rule.ahead.copy()
        ahead[places] = np.clip(ahead[places] + rng.normal(0.0, 180.0, len(places)), -600.0, 3600.0)
        return rule._replace(ahead=ahead)

    def _some_places(self, late: NDArray[np.float64]) -> NDArray[np.int64]:
        size, total = int(self.rng.integers(1, 4)), float(late.sum())
        if total > 0.0 and self.rng.random() < 0.5:
            return self.rng.choice(len(late), size=size, p=late / total)
        return self.rng.integers(len(late), size=size)

    def plan(self, one: Played) -> PatrolPlan:
        """The day as a plan."""
        self.play(one.rule)
        n = int(one.out[d.VISITS])
        by_crew: dict[int, list[list[int]]] = {}
        for row in self.stops[:n].tolist():
            by_crew.setdefault(row[0], []).append(row)
        for c, crew in enumerate(self.problem.crews):
            if crew.must:
                by_crew.setdefault(c, [])
        self._prune(by_crew)
        tours = [self._tour(self.problem.crews[c], c, rows) for c, rows in by_crew.items()]
        return PatrolPlan(tuple(sorted(tours, key=lambda tour: tour.crew)))

    def _prune(self, by_crew: dict[int, list[list[int]]]) -> None:
        """Leave out visits that no promise misses and no window asks for, where the crew can go on without them."""
        data, chain = self.tables.data, self.tasks.chain
        seen: dict[int, list[list[int]]] = {}
        for row in sorted(
            (row for rows in by_crew.values() for row in rows), key=lambda row: (row[3], row[0])
        ):
            seen.setdefault(row[1], []).append(row)
        for p, rows in seen.items():
            promises = chain[self.tasks.first_chain[p] : self.tasks.first_chain[p + 1]].tolist()
            windows = self.tasks.window[
                self.tasks.first_window[p] : self.tasks.first_window[p + 1]
            ].tolist()
            at = 0
            while at < len(rows):
                row, mine = rows[at], by_crew[rows[at][0]]
                left = rows[at - 1][4] if at else -1
                right = rows[at + 1][3] if at + 1 < len(rows) else 1 << 40
                free = not any(w[d.W_LO] <= row[3] <= w[d.W_HI] for w in windows)
                for c in promises:
                    begin, end = max(c[k.C_BEGIN], left), min(c[k.C_END], right)
                    free = free and (c[k.C_STAY] == 0 and end - begin <= c[k.C_GAP])
                place = mine.index(row)
                if free and 0 < place < len(mine) - 1:
                    one, two = mine[place - 1], mine[place + 1]
                    kind = data.tour[row[0], k.MODE]
                    way = data.travel[
                        kind, data.svc[kind, one[1], 1 - one[2]], data.svc[kind, two[1], two[2]]
                    ]
                    # breaks taken between the two stay between them
                    rests = self.tasks.rest[
                        self.tasks.first_rest[row[0]] : self.tasks.first_rest[row[0] + 1]
                    ]
                    begins = self.rest_at[
                        self.tasks.first_rest[row[0]] : self.tasks.first_rest[row[0] + 1]
                    ]
                    rested = sum(
                        int(r[d.B_LENGTH])
                        for r, b in zip(rests, begins, strict=True)
                        if one[4] <= b < two[3]
                    )
                    if one[4] + rested + int(way) <= two[3] and rested == 0:
                        del mine[place], rows[at]
                        continue
                at += 1

    def _tour(self, crew: Crew, c: int, rows: list[list[int]]) -> Tour:
        stops = [Stop(self.problem.places[p].id, a, b, bool(turn)) for _, p, turn, a, b in rows]
        first, last = self.tasks.first_rest[c], self.tasks.first_rest[c + 1]
        begins = [
            (int(self.rest_at[q]), int(self.tasks.rest[q, d.B_LENGTH])) for q in range(first, last)
        ]
        rests = [
            Rest(sum(s.leave_s <= at for s in stops) - 1, at, at + long)
            for at, long in begins
            if at >= 0
        ]
        if not stops or self.problem.slack_pct:
            return Tour(crew.id, crew.start_s, crew.end_s, tuple(stops), tuple(rests))
        data = self.tables.data
        kind = int(data.tour[c, k.MODE])
        (_, p, turn, at, _), (_, q, back, _, leave) = rows[0], rows[-1]
        depart = at - int(data.travel[kind, crew.depart, data.svc[kind, p, turn]])
        depart = min([depart, *(r.start_s for r in rests)])
        done = max([leave, *(r.end_s for r in rests)])
        home = done + int(data.travel[kind, data.svc[kind, q, 1 - back], crew.arrive])
        return Tour(crew.id, depart, home, tuple(stops), tuple(rests))


def fits(tables: Tables, out: NDArray[np.int8]) -> bool:
    """Whether pools and staggered changes let these crews out together."""
    data = tables.data
    together = data.member.astype(np.int64) @ out.astype(np.int64)
    return bool((together <= data.most).all())


def widest(tables: Tables, first: NDArray[np.bool_]) -> NDArray[np.int8]:
    """As many crews as may go out together: those of ``first``, then the others in order."""
    out = np.zeros(tables.n_tours, np.int8)
    order = [*np.flatnonzero(first).tolist(), *np.flatnonzero(~first).tolist()]
    for c in order:
        out[c] = 1
        if not fits(tables, out):
            out[c] = 0
    return out


def tasks_of(problem: Problem, tables: Tables) -> d.Tasks:
    """What is asked for in order of place and time, as the dispatch reads it; joint windows are left to the search."""
    data = tables.data
    chain = data.chain[np.lexsort((data.chain[:, k.C_BEGIN], data.chain[:, k.C_PLACE]))]
    begin = sum(tables.sizes[: k.WINDOW])
    nodes = np.arange(begin, begin + tables.sizes[k.WINDOW])
    fixed = tables.fixed[nodes].astype(np.int64)
    window = np.column_stack([fixed[:, 3], fixed[:, 0], fixed[:, 1], fixed[:, 4], data.stay[nodes]])
    window = window[window[:, d.W_LO] < window[:, d.W_HI]]
    window = window[np.lexsort((window[:, d.W_HI], window[:, d.W_PLACE]))]
    rest = np.array(
        [(t, b.earliest_s, b.latest_s, b.length_s) for t, c in enumerate(problem.crews) for b in c.breaks], np.int64
    ).reshape(-1, 4)  # fmt: skip
    n = len(problem.places)
    depot = np.array([(c.depart, c.arrive) for c in problem.crews], np.int64).reshape(-1, 2)
    return d.Tasks(
        chain, _firsts(chain[:, k.C_PLACE], n), window, _firsts(window[:, d.W_PLACE], n), rest,
        _firsts(rest[:, d.B_TOUR], len(problem.crews)), depot,
    )  # fmt: skip


def _firsts(keys: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Where each key of sorted ``keys`` begins, and the end."""
    return np.array(
        [*itertools.accumulate(np.bincount(keys, minlength=n).tolist(), initial=0)], np.int64
    )


def scarce(problem: Problem, search: Search, until_share: float) -> PatrolPlan | None:
    """A day on which as little as possible is late with all crews that may go out together."""
    climb = Climb(problem, search.tables, search.clock, search.seed)
    if not climb.asked:
        return None
    out = widest(search.tables, in_use(search.best, search.tables))
    return climb.plan(climb.run(out, until_share))


def thin_out(problem: Problem, search: Search, until_share: float, floor: int) -> None:
    """Give the search a plan with fewer crews on which nothing is late, as long as days played lead to one.

    Crews with the fewest visits are left at home, an eighth of all at first. A day without them that is late by little
    is handed to the search to be mended; where that fails, half as many are left at home.
    """
    clock, tables = search.clock, search.tables
    climb = Climb(problem, tables, clock, search.seed)
    if not climb.asked:
        return
    little = LITTLE_LATE * len(climb.tasks.chain)
    step, rule = max(1, int(in_use(search.best, tables).sum()) // 8), None
    while step and clock.share < until_share and not clock.over and search.worth[k.CREWS] > floor:
        out = fewer(search, step)
        if out is None:
            return
        before, part = int(search.worth[k.CREWS]), 0.5 * (until_share - clock.share)
        if rule is None:
            probe = climb.run(out, clock.share + 0.1 * part)
            if probe.out[d.MISSED] or probe.out[d.EXCESS] > HOPELESS * little:
                return
            rule = probe.rule
        day = climb.run(out, clock.share + 0.35 * part, rule, enough=little // LITTLE_LATE)
        rule = day.rule  # what it learned of scarcity helps the next
        if not day.out[d.MISSED] and day.out[d.EXCESS] <= little:
            goal = np.array([0, 0, 0, before - 1], np.int64)
            search.penalise()
            search.go(
                replay(problem, search, climb.plan(day)), out, budget=1 << 40, goal=goal, heat=(60.0, 6.0),
                until_share=clock.share + 0.65 * part,
            )  # fmt: skip
        if search.worth[k.CREWS] >= before:
            step //= 2


def fewer(search: Search, n: int) -> NDArray[np.int8] | None:
    """The crews in use but for the ``n`` with the fewest visits for their price; None if none is left."""
    tour, visits = search.data.tour, search.best.X[0, : search.tables.n_tours]
    used = in_use(search.best, search.tables)
    free = np.flatnonzero(used & (tour[:, k.MUST] == 0) & (tour[:, k.PRICE] > 0))
    if len(free) <= n:
        return None
    out = used.astype(np.int8)
    out[free[np.lexsort((free, visits[free] / tour[free, k.PRICE]))[:n]]] = 0
    return out

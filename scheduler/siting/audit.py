"""Re-reads a siting plan from its stands alone: rules kept, levels recomputed. Knows no solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Audit, Breach
from scheduler.saying import say
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem
from scheduler.siting.rules import load

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Judged:
    """Which post a site's cover is judged by: the one that is least late, by the standard of its kind of unit.

    ``post``, ``seconds`` and ``standard_s`` are int64 ``[n_sites]``; -1 where no open post reaches the site.
    """

    post: NDArray[np.int64]
    seconds: NDArray[np.int64]
    standard_s: NDArray[np.int64]

    @property
    def late(self) -> NDArray[np.bool_]:
        """Nobody comes in time."""
        return (self.seconds < 0) | (self.seconds > self.standard_s)


@dataclass(frozen=True)
class Cover:
    """Who answers for each site in one period.

    Attributes
    ----------
    period
        Id of the period.
    first_post, second_post
        int32 ``[n_sites]`` post indices, -1 where no open post reaches the site. For a site with several
        points: of its point that is reached last.
    first_s, second_s
        int64 ``[n_sites]`` seconds of the first and of the second, distinct post; -1 where there is none.
    active, bare, single
        bool ``[n_sites]``: needs cover; no post in time; wants backup and has no second post in time.
    judged
        By which first and which second post; others than above only where standards differ by kind of unit.
    """

    period: str
    first_post: NDArray[np.int32]
    first_s: NDArray[np.int64]
    second_post: NDArray[np.int32]
    second_s: NDArray[np.int64]
    active: NDArray[np.bool_]
    bare: NDArray[np.bool_]
    single: NDArray[np.bool_]
    judged: tuple[Judged, Judged]


def audit(problem: Problem, plan: SitingPlan) -> Audit:
    """Every breach and cost of a plan, ours or hand-made, and its value on each level.

    Stands that cannot be read (unknown ids, fewer than 1 unit, the same stand twice) are breaches; what
    can be read of the plan is judged all the same.
    """
    breaches, units = _read(problem, plan)
    for rule in load().values():
        breaches += rule.check(problem, units)
    covers = cover_units(problem, units)
    costs = [cost for p, its in enumerate(covers) for cost in _period_costs(problem, p, its)]
    by_period = values_by_period(problem, units, covers)
    sums = tuple((name, sum(values[name] for values in by_period)) for name in problem.levels)
    return Audit(tuple(breaches), tuple(costs), sums)


def values_by_period(
    problem: Problem,
    units: Mapping[tuple[int, int, int], int],
    covers: tuple[Cover, ...] | None = None,
) -> list[dict[str, int]]:
    """Every level of ``LEVELS`` in each period (openings count in the period that begins with them)."""
    covers = cover_units(problem, units) if covers is None else covers
    prices = _posts_price(problem, units)
    return [
        dict(_period_levels(problem, p, its)) | {"posts": prices[p]} for p, its in enumerate(covers)
    ]


def values_in(
    problem: Problem, units: Mapping[tuple[int, int, int], int], name: str, periods: Sequence[int]
) -> int:
    """One level over some periods."""
    if name == "posts":
        prices = _posts_price(problem, units)
        return sum(prices[p] for p in periods)
    covers = cover_units(problem, units, periods)
    return sum(dict(_period_levels(problem, p, its))[name] for p, its in zip(periods, covers, strict=True))


def cover(problem: Problem, plan: SitingPlan) -> tuple[Cover, ...]:
    """For each period who answers first and second for each site (for maps and reports)."""
    return cover_units(problem, _read(problem, plan)[1])


def _read(
    problem: Problem, plan: SitingPlan
) -> tuple[list[Breach], dict[tuple[int, int, int], int]]:
    posts = {post.id: j for j, post in enumerate(problem.posts)}
    periods = {period.id: p for p, period in enumerate(problem.periods)}
    kinds = {kind.id: k for k, kind in enumerate(problem.kinds)}
    breaches: list[Breach] = []
    units: dict[tuple[int, int, int], int] = {}
    for stand in plan.stands:
        unknown = [
            f"{what} {name}"
            for what, name, known in (
                ("post", stand.post, posts),
                ("period", stand.period, periods),
                ("kind", stand.kind, kinds),
            )
            if name not in known
        ]
        data = {"period": stand.period, "kind": stand.kind, "units": stand.n_units}
        if unknown:
            breaches.append(
                Breach(
                    "known",
                    len(unknown),
                    "ids",
                    hard=True,
                    where=(stand.post,),
                    data=data | {"unknown": unknown},
                )
            )
            continue
        if stand.n_units < 1:
            breaches.append(
                Breach(
                    "units", 1 - stand.n_units, "units", hard=True, where=(stand.post,), data=data
                )
            )
            continue
        key = (posts[stand.post], periods[stand.period], kinds[stand.kind])
        if key in units:
            breaches.append(
                Breach("doubled", stand.n_units, "units", hard=True, where=(stand.post,), data=data)
            )
        units[key] = units.get(key, 0) + stand.n_units
    return breaches, units


def cover_units(
    problem: Problem,
    units: Mapping[tuple[int, int, int], int],
    only: Sequence[int] | None = None,
) -> tuple[Cover, ...]:
    """``cover`` of a plan by indices ``(post, period, kind) -> units``, of all periods or ``only`` some."""
    n_sites = len(problem.sites)
    may = np.zeros(
        (len(problem.kinds), n_sites), dtype=bool
    )  # may units of the kind answer for the site
    for s, site in enumerate(problem.sites):
        may[list(site.kinds) if site.kinds else slice(None), s] = True
    may[[not kind.responds for kind in problem.kinds]] = False
    standard = np.array([site.standard_s for site in problem.sites], dtype=np.int64)
    by_kind = np.zeros((len(problem.kinds), n_sites), dtype=np.int64)
    for s, site in enumerate(problem.sites):
        by_kind[:, s] = site.standard_by_kind_s or site.standard_s
    backup = np.array([site.backup for site in problem.sites], dtype=bool)
    standing: list[dict[int, list[int]]] = [{} for _ in problem.periods]
    for post, p, kind in sorted(units):
        standing[p].setdefault(post, []).append(kind)
    covers = []
    for p in range(len(problem.periods)) if only is None else only:
        period = problem.periods[p]
        (first_s, first, _), (second_s, second, _) = _two_nearest(
            problem, p, standing[p], may, np.zeros_like(by_kind)
        )
        judged = (Judged(first, first_s, standard), Judged(second, second_s, standard))
        if any(site.standard_by_kind_s for site in problem.sites):
            one, two = _two_nearest(problem, p, standing[p], may, by_kind)
            judged = (Judged(one[1], *one[::2]), Judged(two[1], *two[::2]))
        covers.append(
            Cover(
                period.id,
                first.astype(np.int32),
                first_s,
                second.astype(np.int32),
                second_s,
                period.active,
                period.active & judged[0].late,
                period.active & backup & judged[1].late,
                judged,
            )
        )
    return tuple(covers)


def _two_nearest(
    problem: Problem,
    p: int,
    standing: dict[int, list[int]],
    may: NDArray[np.bool_],
    standard: NDArray[np.int64],
) -> list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """Of the open posts that come first and second to each site: seconds, post, standard; -1 where there is none.

    Posts are ranked by their seconds less ``standard`` ``[n_kinds, n_sites]``; a site with several points is as
    late as its latest.
    """
    n_points = len(problem.point_site)
    late, took_s, its = np.full((3, 2, n_points), NEVER)
    by = np.full((2, n_points), -1)
    for post, kinds in standing.items():
        point, took, within = _reached(problem, p, post, kinds, may, standard)
        new = (took - within, took, within, np.full(len(point), post))
        old = (late[0, point], took_s[0, point], its[0, point], by[0, point])
        sooner = new[0] < old[0]
        better = np.where(sooner, old[0], new[0]) < late[1, point]
        for table, mine, before in zip((late, took_s, its, by), new, old, strict=True):
            table[1, point[better]] = np.where(sooner, before, mine)[better]
            table[0, point[sooner]] = mine[sooner]
    return [
        (
            _by_site(problem, late[n], took_s[n]),
            _by_site(problem, late[n], by[n]),
            _by_site(problem, late[n], its[n]),
        )
        for n in (0, 1)
    ]


def _reached(
    problem: Problem,
    p: int,
    post: int,
    kinds: list[int],
    may: NDArray[np.bool_],
    standard: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Points that the units of one post reach, each once: seconds and standard of the unit that is least late."""
    nothing = np.zeros(0, dtype=np.int64)
    points, seconds, within = [nothing], [nothing], [nothing]
    for kind in kinds:
        reach = problem.reaches[problem.periods[p].reach[kind]]
        row = slice(reach.indptr[post], reach.indptr[post + 1])
        site = problem.point_site[reach.point[row]]
        able = may[kind, site]
        points.append(reach.point[row][able].astype(np.int64))
        seconds.append(reach.seconds[row][able].astype(np.int64))
        within.append(standard[kind, site[able]])
    every, took, its = np.concatenate(points), np.concatenate(seconds), np.concatenate(within)
    if len(kinds) == 1:
        return every, took, its
    order = np.lexsort((took - its, every))
    point, start = np.unique(every[order], return_index=True)
    return point, took[order][start], its[order][start]


def _by_site(
    problem: Problem, late: NDArray[np.int64], value: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For each site the value at its point that is latest; -1 where a point is not reached."""
    order = np.lexsort((np.arange(len(late)), -late, problem.point_site))
    site, start = np.unique(problem.point_site[order], return_index=True)
    last = order[start]
    out = np.full(len(problem.sites), -1, dtype=np.int64)
    out[site] = np.where(late[last] == NEVER, -1, value[last])
    return out


def _period_levels(problem: Problem, p: int, its: Cover) -> Iterator[tuple[str, int]]:
    weight = problem.weights(p)
    must = np.array([site.must for site in problem.sites], dtype=bool)
    late_s = problem.longest_s
    response_s = np.where(its.first_s < 0, late_s, np.minimum(its.first_s, late_s))
    yield "must_bare", int(weight[its.bare & must].sum())
    yield "bare", int(weight[its.bare].sum())
    yield "single", int(weight[its.single].sum())
    yield "response", int((weight * response_s)[its.active].sum())


def _period_costs(problem: Problem, p: int, its: Cover) -> Iterator[Breach]:
    period, weight = problem.periods[p], problem.weights(p)
    for s in np.flatnonzero(its.bare | its.single):
        site, bare = problem.sites[s], bool(its.bare[s])
        by = its.judged[0 if bare else 1]
        reached, standard = int(by.seconds[s]) >= 0, int(by.standard_s[s])
        rule, level = (
            ("single", "single") if not bare else ("bare", "must_bare" if site.must else "bare")
        )
        yield Breach(
            rule,
            int(by.seconds[s]) - standard if reached else site.standard_s,
            "seconds" if reached else "seconds at least",
            hard=False,
            who=(problem.posts[int(by.post[s])].id,) if reached else (),
            where=(site.id,),
            start_s=period.start_s,
            end_s=period.end_s,
            price=int(weight[s]),
            level=level,
            data={
                "period": period.id,
                "standard_s": standard if reached else site.standard_s,
                "nearest_s": int(by.seconds[s]) if reached else None,
                "also_single": bool(bare and its.single[s]),
            },
        )


def _posts_price(problem: Problem, units: Mapping[tuple[int, int, int], int]) -> list[int]:
    prices, before = [], {j for j, post in enumerate(problem.posts) if post.existing}
    for p in range(len(problem.periods)):
        now = {post for post, period, _ in units if period == p}
        prices.append(
            sum(problem.posts[j].price for j in now) + problem.move_price * len(now - before)
        )
        before = now
    return prices


def explain(problem: Problem, breach: Breach) -> str:
    """One sentence on a breach or cost for people."""
    data = breach.data
    rules = load()
    if breach.rule in rules:
        return rules[breach.rule].explain(problem, breach)
    if breach.rule == "known":
        names = data["unknown"]
        return say("The problem knows no {names}.", names=", ".join(names) if isinstance(names, list) else names)
    if breach.rule == "units":
        return say(
            "{post} is listed in {period} with {units} units; 1 or more expected.",
            post=breach.where[0], period=data["period"], units=data["units"],
        )  # fmt: skip
    if breach.rule == "doubled":
        return say(
            "{post} is listed twice for {kind} in {period}.",
            post=breach.where[0], kind=data["kind"], period=data["period"],
        )  # fmt: skip
    which = say("second post") if breach.rule == "single" else say("post")
    named = {"site": breach.where[0], "which": which, "period": data["period"], "standard": data["standard_s"]}
    if data["nearest_s"] is None:
        return say("{site}: no {which} reaches it in {period} (standard {standard} s).", **named)
    return say(
        "{site}: the nearest {which}, {post}, needs {s} s in {period} (standard {standard} s).",
        post=breach.who[0], s=data["nearest_s"], **named,
    )  # fmt: skip

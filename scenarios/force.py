"""The question turned round: the smallest standard of a force, the least force of a standard, the next best places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from scenarios.assemble.places import Spot
from scenarios.assemble.siting import SitingTables, assemble_siting
from scenarios.desk import Desk
from scenarios.territory import readable
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.tongue.lists import listed, parted
from scenarios.tradeoff import at_once
from scenarios.view import ForceView, NextPlace
from scenarios.viewing.posts import lost_sites
from scheduler.outcome import Limits, Status, Stop
from scheduler.siting.audit import cover
from scheduler.siting.plan import SitingPlan, Stand
from scheduler.siting.problem import Problem
from scheduler.siting.standard import smallest_standard
from scheduler.siting.tradeoff import least_force, post_units
from scheduler.siting.worth import Worth, next_best

LIMITS = Limits(None, 6.0)
"""Work for one question."""
FAR_S = 3600
"""No standard beyond an hour is of use."""
MOST_TRIALS = 100_000
"""Places times periods times sites that are tried for one more post; of more places, those of the best reach."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A Problem to ask about, with the names behind its ids."""

    desk: Desk
    tables: SitingTables

    @classmethod
    def of(cls, desk: Desk, standard_s: int | None = None) -> Asked:
        """Lay out a scenario so that standards up to ``FAR_S``, or three times the one asked for, can be answered."""
        far = max(FAR_S, 3 * (standard_s or 0))
        return cls(desk, assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget(), reach_s=far))

    @property
    def problem(self) -> Problem:
        """The Problem itself."""
        return self.tables.problem


@dataclass(frozen=True, eq=False)
class Gain:
    """What one more post at ``post`` would add: sites reached in time, sites given a second unit, a shorter mean."""

    post: str
    reached: tuple[str, ...]
    seconded: tuple[str, ...]
    shorter_s: float


@dataclass(frozen=True, eq=False)
class Answers:
    """Both questions answered in numbers; ``told`` puts them into the words of the language of then."""

    asked: Asked
    numbers: ForceView
    gains: tuple[Gain, ...]

    def told(self) -> ForceView:
        """The answers as people read them."""
        return replace(self.numbers, next_places=_told(self.asked, self.gains))


def force_of(
    asked: Asked,
    plan: SitingPlan | None = None,
    *,
    n_posts: int | None = None,
    standard_s: int | None = None,
    limits: Limits = LIMITS,
    seed: int = 0,
    stop: Stop | None = None,
) -> ForceView | None:
    """What ``answered`` finds, in the words of now."""
    found = answered(asked, plan, n_posts=n_posts, standard_s=standard_s, limits=limits, seed=seed, stop=stop)
    return None if found is None else found.told()


def answered(
    asked: Asked,
    plan: SitingPlan | None = None,
    *,
    n_posts: int | None = None,
    standard_s: int | None = None,
    limits: Limits = LIMITS,
    seed: int = 0,
    stop: Stop | None = None,
) -> Answers | None:
    """Answer both questions for a force and a standard; None where no site asks for cover.

    Parameters
    ----------
    plan
        Its number of posts at once is the force at hand; places that would add most to it are named.
    n_posts
        Another force: so many posts at once, one unit each, whatever the stock.
    standard_s
        One standard for all sites, in place of each class's own.
    """
    problem = asked.problem
    if not problem.sites or not problem.periods:
        return None
    n = n_posts if n_posts is not None else at_once(plan) if plan is not None else None
    free = problem if n is None else _with_posts(problem, n)
    best = smallest_standard(free, limits=limits, seed=seed, stop=stop)
    span = next((p for p in problem.periods if p.id == best.period), problem.periods[0])
    least = least_force(problem, standard_s, limits=limits, seed=seed, stop=stop)
    reachable = problem if standard_s is None else _within(problem, standard_s)
    bare = _bare(reachable, least.plan) if least.plan is not None else ()
    numbers = ForceView(
        n_posts=n if n is not None else max(sum(p.stock) for p in problem.periods),
        standard_s=best.seconds,
        standard_proven=best.proven,
        site=best.site or "",
        start_s=span.start_s,
        end_s=span.end_s,
        least_posts=least.n_posts if least.plan is not None else None,
        least_proven=least.status in (Status.OPTIMAL, Status.INFEASIBLE),
        bare=bare,
        asked_s=standard_s,
    )
    return Answers(asked, numbers, () if plan is None else gains(asked, plan))


def _with_posts(problem: Problem, n: int) -> Problem:
    units = n * post_units(problem)
    periods = (replace(p, stock=tuple(units for _ in p.stock), most_posts=n) for p in problem.periods)
    return replace(problem, periods=tuple(periods))


def _within(problem: Problem, standard_s: int) -> Problem:
    sites = (replace(site, standard_s=standard_s, standard_by_kind_s=()) for site in problem.sites)
    return replace(problem, sites=tuple(sites))


def _bare(problem: Problem, plan: SitingPlan) -> tuple[str, ...]:
    found = np.zeros(len(problem.sites), dtype=bool)
    for its in cover(problem, plan):
        found |= its.bare & its.active
    return tuple(site.id for site, bare in zip(problem.sites, found.tolist(), strict=True) if bare)


def next_places(asked: Asked, plan: SitingPlan, n: int = 5) -> tuple[NextPlace, ...]:
    """Where one more post would do most, the best first, each with what it would add in words."""
    return _told(asked, gains(asked, plan, n))


def gains(asked: Asked, plan: SitingPlan, n: int = 5) -> tuple[Gain, ...]:
    """Where one more post would do most, the best first; each with the sites it would add."""
    problem = asked.problem
    sound = readable(problem, plan)
    each = max(1, len(problem.periods) * len(problem.sites))
    only = promising(problem, sound, max(n, MOST_TRIALS // each))
    total: dict[str, list[int]] = {}
    for period in problem.periods:  # values add up over periods, and rules hold in each by itself
        alone = replace(problem, periods=(period,))
        mine = SitingPlan(tuple(s for s in sound.stands if s.period == period.id))
        for one in next_best(alone, mine, len(problem.posts), only):
            sums = total.setdefault(one.post, [0, 0, 0, 0])
            for k, saved in enumerate((one.must_bare, one.bare, one.single, one.response)):
                sums[k] += saved
    order = {post.id: j for j, post in enumerate(problem.posts)}
    best = sorted(total, key=lambda post: ([-v for v in total[post]], order[post]))[:n]
    return tuple(_gain(problem, sound, Worth(post, *total[post])) for post in best)


def promising(problem: Problem, plan: SitingPlan, n: int) -> frozenset[int]:
    """The ``n`` posts that would add most by their own reach, rules set aside: cover and backup first, then seconds."""
    gain = np.zeros((2, len(problem.posts)))
    for p, its in enumerate(cover(problem, plan)):
        weight, wanting = problem.weights(p), (its.bare | its.single).astype(np.int64)
        first = np.where(its.first_s < 0, problem.longest_s, its.first_s)
        standard = np.array([site.standard_s for site in problem.sites])
        for reach in {number: problem.reaches[number] for number in problem.periods[p].reach}.values():
            post = np.repeat(np.arange(len(problem.posts)), np.diff(reach.indptr))
            site = problem.point_site[reach.point]
            in_time = reach.seconds <= standard[site]
            np.add.at(gain[0], post, weight[site] * wanting[site] * in_time)
            np.add.at(gain[1], post, weight[site] * np.maximum(0, first[site] - reach.seconds))
    order = np.lexsort((np.arange(len(problem.posts)), -gain[1], -gain[0]))
    return frozenset(order[:n].tolist())


def _named(asked: Asked, spot: Spot) -> str:
    """The street, or the nearest site where it has no name."""
    if spot.name != spot.id or not asked.tables.sites:
        return spot.name
    places = asked.desk.places
    xy = np.array([places[site.id].xy for site in asked.tables.sites])
    return _("near {site}", site=asked.tables.sites[int(np.argmin(np.hypot(*(xy - spot.xy).T)))].name)


def _gain(problem: Problem, plan: SitingPlan, its: Worth) -> Gain:
    """What a place would add, where the first kind that can stand there stands all the time it has no post."""
    post = next(p for p in problem.posts if p.id == its.post)
    able = [k for k, kind in enumerate(problem.kinds) if kind.responds and (not post.kinds or k in post.kinds)]
    kind = problem.kinds[able[0] if able else 0].id
    taken = {(s.period, s.post) for s in plan.stands}
    more = [
        Stand(its.post, period.id, kind, 1) for period in problem.periods if (period.id, its.post) not in taken
    ]
    before, after = cover(problem, plan), cover(problem, SitingPlan((*plan.stands, *more)))
    reached, seconded = (
        tuple(problem.sites[s].id for s in lost_sites(after, before, lacked)) for lacked in ("bare", "single")
    )
    weight = sum(int(problem.weights(p).sum()) for p in range(len(problem.periods)))
    return Gain(its.post, reached, seconded, its.response / weight if weight else 0.0)


def _told(asked: Asked, found: tuple[Gain, ...]) -> tuple[NextPlace, ...]:
    spots = {spot.id: spot for spot in asked.tables.posts}
    names = {site.id: site.name for site in asked.tables.sites}
    return tuple(
        NextPlace(its.post, _named(asked, spots[its.post]), spots[its.post].lonlat, _adds(names, its)) for its in found
    )


def _adds(names: Mapping[str, str], its: Gain) -> str:
    """What a place would add, in words."""
    parts = [
        _(text, sites=listed(names.get(site, site) for site in sites))
        for text, sites in (
            (mark("reaches in time {sites}"), its.reached),
            (mark("gives a second unit to {sites}"), its.seconded),
        )
        if sites
    ]
    if its.shorter_s > 0:
        parts.append(_("mean response {seconds:.1f} s shorter", seconds=its.shorter_s))
    return parted(parts)

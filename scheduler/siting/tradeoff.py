"""What one more post buys: for each number of posts the best cover, backup and response, each point proven."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from scheduler.outcome import Level, Limits, Status, Stop
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem
from scheduler.siting.solve import solve

LEVELS = ("must_bare", "bare", "single", "response")


@dataclass(frozen=True, slots=True)
class Point:
    """The best plan with at most ``n_posts`` posts at any moment.

    Attributes
    ----------
    status
        OPTIMAL when every level is proven, INFEASIBLE when so few posts cannot keep the rules.
    levels
        Value, bound and proof of those of ``LEVELS`` that the Problem asks for.
    """

    n_posts: int
    status: Status
    levels: tuple[Level, ...]
    plan: SitingPlan | None

    def value(self, name: str) -> int | None:
        """The value of a level; None without a plan or without that level."""
        return next((level.value for level in self.levels if level.name == name), None)


def curve(
    problem: Problem,
    numbers: range | tuple[int, ...] | None = None,
    *,
    limits: Limits,
    seed: int = 0,
    stop: Stop | None = None,
    first: int | None = None,
    on_point: Callable[[Point], None] | None = None,
) -> tuple[Point, ...]:
    """The whole trade-off curve: posts against cover, backup and response.

    The level ``posts`` plays no part: the number of posts is given. Each point's own limit of posts holds in every
    period beside the Problem's ``most_posts``, so that points are what a force of that size can do at most.

    Parameters
    ----------
    numbers
        Numbers of posts to ask for, ascending; None: from 1 until one more post brings nothing on any level, by proof.
    limits
        For each point, not for all together.
    stop
        Asked before each point, so that every point that is handed back is a whole one.
    first
        This number is asked for before all others, so that a curve that is ended early holds it.
    on_point
        Told each point as it is found.

    Notes
    -----
    One more post never makes the tuple of levels worse, so a point that equals the best of all ends the curve.
    """
    levels = tuple(name for name in problem.levels if name in LEVELS) or ("bare",)
    free = replace(problem, levels=levels)
    most = len(problem.posts)
    best = None
    if numbers is None:
        best = solve(free, limits=limits, seed=seed)
        most = _at_once(best.plan) if best.plan is not None else most
    found: dict[int, Point] = {}
    hint: SitingPlan | None = None
    asked = tuple(numbers if numbers is not None else range(1, most + 1))
    early = (first,) if first is not None and first in asked else ()
    for at, n in enumerate(early + asked):
        if n not in found:
            if stop is not None and stop():
                break
            periods = tuple(
                replace(p, most_posts=n if p.most_posts is None else min(n, p.most_posts)) for p in free.periods
            )
            outcome = solve(replace(free, periods=periods), limits=limits, seed=seed, hint=hint)
            found[n] = Point(n, outcome.status, outcome.levels, outcome.plan)
            if on_point is not None:
                on_point(found[n])
        if at < len(early):
            continue  # its plan has more posts than the next numbers may have, and the curve may end before it
        hint = found[n].plan or hint
        if best is not None and best.status is Status.OPTIMAL and _same(found[n].levels, best.levels):
            break
    return tuple(found[n] for n in sorted(found))


def _at_once(plan: SitingPlan) -> int:
    """The most posts that stand in one period."""
    posts: dict[str, set[str]] = {}
    for stand in plan.stands:
        posts.setdefault(stand.period, set()).add(stand.post)
    return max((len(its) for its in posts.values()), default=0)


def _same(some: tuple[Level, ...], others: tuple[Level, ...]) -> bool:
    return [level.value for level in some] == [level.value for level in others]


def least_force(
    problem: Problem,
    standard_s: int | None = None,
    *,
    limits: Limits,
    seed: int = 0,
    stop: Stop | None = None,
) -> Point:
    """The fewest posts that reach every site that can be reached, within a standard for all or each site's own.

    The stock is set aside, rules and windows hold. ``must_bare`` and ``bare`` come first (what no number of posts
    reaches stays bare), then ``posts`` with every post at price 1; ``n_posts`` counts the most at any moment.
    """
    n = len(problem.posts)
    sites = tuple(
        site if standard_s is None else replace(site, standard_s=standard_s, standard_by_kind_s=())
        for site in problem.sites
    )
    free = replace(
        problem,
        sites=sites,
        posts=tuple(replace(post, price=1) for post in problem.posts),
        periods=tuple(
            replace(p, most_posts=None, stock=tuple(n * post_units(problem) for _ in p.stock))
            for p in problem.periods
        ),
        levels=("must_bare", "bare", "posts"),
        move_price=0,
    )
    outcome = solve(free, limits=limits, seed=seed, stop=stop)
    count = 0 if outcome.plan is None else _at_once(outcome.plan)
    return Point(count, outcome.status, outcome.levels, outcome.plan)


def post_units(problem: Problem) -> int:
    """The most units that one post may hold."""
    return max((post.capacity for post in problem.posts), default=1)

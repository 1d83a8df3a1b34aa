"""Who answers for what: a territory of sites for every post, as plain data with its own check. Knows no solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem


@dataclass(frozen=True, slots=True)
class Territories:
    """The post that answers for each site in one period.

    Attributes
    ----------
    period
        Id of the period.
    post_of
        Site id -> post id; sites that no standing post reaches are left out.
    seconds_of
        Site id -> seconds of that post.
    load
        Post id -> weight it answers for; ``share`` is the most it should have by its units.
    over, response
        Weight above the shares, and weighted seconds; least in this order, ``proven`` when by proof.
    """

    period: str
    post_of: Mapping[str, str]
    seconds_of: Mapping[str, int]
    load: Mapping[str, int]
    share: Mapping[str, int]
    late: int
    over: int
    response: int
    proven: bool


def shares(total: int, units: Mapping[int, int], slack_pct: int) -> dict[int, int]:
    """The weight each post should have at most: its part of the total by units, and ``slack_pct`` more, rounded up."""
    n_units = sum(units.values())
    return {j: -(-total * n * (100 + slack_pct) // (100 * n_units)) for j, n in units.items()}


def reached(problem: Problem, plan: SitingPlan, period: int) -> dict[int, dict[int, int]]:
    """For each site with weight, the seconds of every post that reaches all its points with units that may answer."""
    its, ids = problem.periods[period], {post.id: j for j, post in enumerate(problem.posts)}
    kinds = {kind.id: k for k, kind in enumerate(problem.kinds)}
    weight = problem.weights(period)
    points = np.bincount(problem.point_site, minlength=len(problem.sites))
    found: dict[int, dict[int, int]] = {}
    for s in np.flatnonzero(weight > 0).tolist():
        found[s] = {}
    stands = {(ids[s.post], kinds[s.kind]) for s in plan.stands if s.period == its.id and s.n_units > 0}
    for j in sorted({j for j, _ in stands}):
        best: dict[int, int] = {}
        for k in sorted(k for i, k in stands if i == j and problem.kinds[k].responds):
            reach = problem.reaches[its.reach[k]]
            row = slice(reach.indptr[j], reach.indptr[j + 1])
            for point, took in zip(reach.point[row].tolist(), reach.seconds[row].tolist(), strict=True):
                site = problem.sites[int(problem.point_site[point])]
                if not site.kinds or k in site.kinds:
                    best[point] = min(best.get(point, took), took)
        whole: dict[int, list[int]] = {}
        for point, took in best.items():
            whole.setdefault(int(problem.point_site[point]), []).append(took)
        for s, times in whole.items():
            if s in found and len(times) == points[s]:
                found[s][j] = max(times)
    return found


def prompt(problem: Problem, plan: SitingPlan, period: int) -> dict[int, set[int]]:
    """For each site with weight, the posts that reach all its points in time, each kind by its own standard (P2)."""
    its, ids = problem.periods[period], {post.id: j for j, post in enumerate(problem.posts)}
    kinds = {kind.id: k for k, kind in enumerate(problem.kinds)}
    points = np.bincount(problem.point_site, minlength=len(problem.sites))
    found: dict[int, set[int]] = {s: set() for s in np.flatnonzero(problem.weights(period) > 0).tolist()}
    stands = [(ids[s.post], kinds[s.kind]) for s in plan.stands if s.period == its.id and s.n_units > 0]
    near: dict[tuple[int, int], set[int]] = {}
    for j, k in stands:
        reach = problem.reaches[its.reach[k]]
        row = slice(reach.indptr[j], reach.indptr[j + 1])
        for point, took in zip(reach.point[row].tolist(), reach.seconds[row].tolist(), strict=True):
            site = problem.sites[s := int(problem.point_site[point])]
            limit = site.standard_by_kind_s[k] if site.standard_by_kind_s else site.standard_s
            if problem.kinds[k].responds and (not site.kinds or k in site.kinds) and took <= limit:
                near.setdefault((s, j), set()).add(point)
    for (s, j), its_points in near.items():
        if s in found and len(its_points) == points[s]:
            found[s].add(j)
    return found


def faults(problem: Problem, plan: SitingPlan, its: Territories, slack_pct: int) -> list[str]:
    """What is wrong with territories, counted anew from the plan; empty when all figures agree."""
    p = next(i for i, period in enumerate(problem.periods) if period.id == its.period)
    table, weight = reached(problem, plan, p), problem.weights(p)
    units: dict[str, int] = {}
    for stand in plan.stands:
        if stand.period == its.period:
            units[stand.post] = units.get(stand.post, 0) + stand.n_units
    timely, index = prompt(problem, plan, p), {post.id: j for j, post in enumerate(problem.posts)}
    found, load, late, response = [], dict.fromkeys(units, 0), 0, 0
    for s, times in table.items():
        site = problem.sites[s]
        post = its.post_of.get(site.id)
        if post is None:
            if times:
                found.append(f"{site.id}: no post answers, though {len(times)} reach it.")
            continue
        seconds = {problem.posts[j].id: t for j, t in times.items()}.get(post)
        if seconds is None:
            found.append(f"{site.id}: {post} is said to answer, but does not reach it.")
            continue
        if seconds != its.seconds_of.get(site.id):
            found.append(f"{site.id}: {its.seconds_of.get(site.id)} s are claimed, {post} needs {seconds} s.")
        load[post] += int(weight[s])
        late += int(weight[s]) * (bool(timely[s]) and index[post] not in timely[s])
        response += int(weight[s]) * seconds
    total = sum(int(weight[s]) for s, times in table.items() if times)
    share = shares(total, {index[post]: n for post, n in units.items()}, slack_pct) if units else {}
    over = sum(max(0, load[post] - share[index[post]]) for post in load)
    for name, mine in (("late", late), ("over", over), ("response", response)):
        claimed = getattr(its, name)
        if mine != claimed:
            found.append(f"{name}: {claimed} is claimed, {mine} is counted.")
    found += [
        f"{post}: load {its.load.get(post)} is claimed, {n} is counted."
        for post, n in load.items()
        if n != its.load.get(post)
    ]
    return found

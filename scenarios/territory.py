"""Who answers for what, as plain data of a plan, and its check against the plan itself. Knows no solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scheduler.outcome import Breach
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem
from scheduler.siting.territory import Territories, prompt, reached, shares

SLACK_PCT = 25
"""What a post may answer for beyond its part by units, before the next nearest takes it."""

Row = Mapping[str, Any]


def row_of(its: Territories) -> dict[str, Any]:
    """Territories of one period as ``plan.json`` keeps them: sites by post, and what they cost."""
    posts: dict[str, list[str]] = {post: [] for post in its.load}
    for site, post in its.post_of.items():
        posts[post].append(site)
    return {
        "period": its.period,
        "posts": {post: sorted(sites) for post, sites in sorted(posts.items())},
        "late": its.late,
        "over": its.over,
        "response": its.response,
        "proven": its.proven,
    }


@dataclass(frozen=True, slots=True)
class Counted:
    """One period's territories counted anew: seconds by post and site, load and share by post, and the sums."""

    seconds: Mapping[str, Mapping[str, int]]
    load: Mapping[str, int]
    share: Mapping[str, int]
    late: int
    over: int
    response: int
    wrong: tuple[str, ...]


def counted(problem: Problem, plan: SitingPlan, row: Row) -> Counted:
    """Read one period's territories against the plan.

    ``wrong`` names sites that a post is said to answer for and does not reach, sites given twice or to nobody though
    some post reaches them, and posts that do not stand.
    """
    p = next(i for i, period in enumerate(problem.periods) if period.id == row["period"])
    table, weight, timely = reached(problem, plan, p), problem.weights(p), prompt(problem, plan, p)
    index = {post.id: j for j, post in enumerate(problem.posts)}
    place = {site.id: s for s, site in enumerate(problem.sites)}
    units: dict[str, int] = {}
    for stand in plan.stands:
        if stand.period == row["period"] and stand.post in index:
            units[stand.post] = units.get(stand.post, 0) + stand.n_units
    wrong = sorted(set(row["posts"]) - set(units))
    seconds: dict[str, dict[str, int]] = {}
    load, given, late, response = dict.fromkeys(units, 0), set(), 0, 0
    for post, sites in row["posts"].items():
        for site in sites if post in units else ():
            times = table.get(place.get(site, -1), {})
            took = times.get(index[post])
            if took is None or site in given:
                wrong.append(site)
                continue
            given.add(site)
            s = place[site]
            seconds.setdefault(post, {})[site] = took
            load[post] += int(weight[s])
            late += int(weight[s]) * (bool(timely[s]) and index[post] not in timely[s])
            response += int(weight[s]) * took
    wrong += [problem.sites[s].id for s, times in table.items() if times and problem.sites[s].id not in given]
    total = sum(int(weight[s]) for s, times in table.items() if times)
    share = shares(total, {index[post]: n for post, n in units.items()}, SLACK_PCT) if units else {}
    named = {post: share[index[post]] for post in units}
    over = sum(max(0, load[post] - named[post]) for post in units)
    return Counted(seconds, load, named, late, over, response, tuple(dict.fromkeys(wrong)))


def readable(problem: Problem, plan: SitingPlan) -> SitingPlan:
    """The stands of a plan, ours or anybody's, whose post, period and kind the Problem knows."""
    posts, kinds = {post.id for post in problem.posts}, {kind.id for kind in problem.kinds}
    periods = {period.id for period in problem.periods}
    return SitingPlan(
        tuple(s for s in plan.stands if s.post in posts and s.kind in kinds and s.period in periods)
    )


def check(problem: Problem, plan: SitingPlan, rows: Iterable[Row]) -> tuple[list[Breach], list[str]]:
    """Breaches of territories that cannot be, and sentences where their sums differ from what is claimed.

    Parameters
    ----------
    plan
        Only posts that are really manned.
    """
    known = {period.id for period in problem.periods}
    wrong: dict[str, None] = {}
    differ = []
    for row in rows:
        if row["period"] not in known:
            wrong[str(row["period"])] = None
            continue
        its = counted(problem, plan, row)
        wrong |= dict.fromkeys(its.wrong)
        differ += [
            f"Territories {row['period']}: {name}: claimed {row[name]:,}, found {found:,}."
            for name, found in (("late", its.late), ("over", its.over), ("response", its.response))
            if row[name] != found and not its.wrong
        ]
    names = tuple(wrong)
    breaches = [Breach("territory", len(names), "sites", hard=True, where=names[:3])] if names else []
    return breaches, differ


"""Sites that no place for a post reaches in time: told before anything is solved, with row, nearest place and time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scenarios.assemble.siting import SitingTables, assemble_siting
from scenarios.bluelights import cited
from scenarios.desk import Desk
from scenarios.errors import Fault
from scenarios.tongue import say as _
from scheduler.siting.problem import Period, Problem

Ints = NDArray[np.int64]

ANY_S = 10**7
"""Longer than any way: every place that can be reached at all counts."""


def far(desk: Desk, tables: SitingTables) -> Problem:
    """The same Problem with every pair that the network joins, however far."""
    whole = assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget(), reach_s=ANY_S)
    return replace(tables.problem, reaches=whole.problem.reaches)


def out_of_reach(desk: Desk) -> tuple[Fault, ...]:
    """One doubt for each site that wants cover and that no place reaches in time, in the first span when that is so.

    Places where nobody may stand and windows of posts count, the number of units does not.
    """
    tables = assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget(), reach_s=ANY_S)
    problem = tables.problem
    found: dict[str, Fault] = {}
    for period in problem.periods:
        post, point, kind, seconds = _pairs(problem, period)
        for s in np.flatnonzero(period.active).tolist():
            site = problem.sites[s]
            standard = np.array(site.standard_by_kind_s or (site.standard_s,) * len(problem.kinds))
            mine = np.isin(kind, site.kinds or range(len(problem.kinds)))
            # a site with several points waits for the one that is reached last
            best, late, standard_s = -1, -1, site.standard_s
            for p in np.flatnonzero(problem.point_site == s).tolist():
                rows = np.flatnonzero(mine & (point == p))
                if not len(rows):
                    best, late = -1, 1
                    break
                row = rows[np.argmin(seconds[rows] - standard[kind[rows]])]
                over = int(seconds[row] - standard[kind[row]])
                if over > late or best < 0:
                    best, late, standard_s = int(row), over, int(standard[kind[row]])
            if site.id in found or late <= 0:
                continue
            allowed = site.kinds or range(len(problem.kinds))
            if best < 0 and not any(problem.kinds[k].responds for k in allowed):
                near = _("no kind of unit at posts that may answer for it responds")
            elif best < 0:
                near = _(
                    "no way on the map leads there from any of them: the network is in pieces, or closed around it"
                )
            else:
                spot = tables.posts[int(post[best])]
                near = _("the nearest, {post}, takes {n} s", post=_named(spot.id, spot.name), n=int(seconds[best]))
            file, number = cited(desk.loaded.raw, "sites", site.id)
            found[site.id] = Fault(
                file, number, "cover", site.id,
                _(
                    "a place for a post within {standard_s} s; {near} (from {start:%Y-%m-%d %H:%M})",
                    standard_s=standard_s, near=near, start=desk.scenario.clock(period.start_s),
                ),
                _("add a row to posts.csv near it, raise its class's standard, or take its cover out"),
            )  # fmt: skip
    return tuple(found.values())


def _pairs(problem: Problem, period: Period) -> tuple[Ints, Ints, Ints, Ints]:
    """Posts, points, kinds and seconds of all pairs that may be used in a period: kinds that respond, open posts."""
    may = np.array(
        [
            not post.forbidden
            and (post.open_s is None or post.open_s <= period.start_s)
            and (post.close_s is None or period.end_s <= post.close_s)
            for post in problem.posts
        ],
        dtype=bool,
    )
    found = []
    for k, number in enumerate(period.reach):
        reach = problem.reaches[number]
        post = np.repeat(np.arange(len(problem.posts)), np.diff(reach.indptr))
        able = np.array([not p.kinds or k in p.kinds for p in problem.posts], dtype=bool)
        use = np.flatnonzero(may[post] & able[post] & problem.kinds[k].responds)
        found.append(np.stack([post[use], reach.point[use], np.full(len(use), k), reach.seconds[use]]))
    post, point, kind, seconds = np.concatenate(found, axis=1).astype(np.int64)
    return post, point, kind, seconds


def _named(ident: str, name: str) -> str:
    return ident if name == ident else _("{name} ({id})", name=name, id=ident)

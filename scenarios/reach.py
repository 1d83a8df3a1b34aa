"""Sites that no place for a post reaches in time: told before anything is solved, with row, nearest place and time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.assemble.siting import SitingTables, assemble_siting
from scenarios.bluelights import cited
from scenarios.desk import Desk
from scenarios.errors import Fault
from scheduler.siting.problem import Problem

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
        reach = problem.reaches[period.reach[0]]
        may = np.array(
            [
                not post.forbidden
                and (post.open_s is None or post.open_s <= period.start_s)
                and (post.close_s is None or period.end_s <= post.close_s)
                for post in problem.posts
            ],
            dtype=bool,
        )
        row = np.repeat(np.arange(len(problem.posts)), np.diff(reach.indptr))
        usable = may[row]
        for s in np.flatnonzero(period.active).tolist():
            site = problem.sites[s]
            mine = np.flatnonzero(usable & (reach.point == s))
            best = mine[np.argmin(reach.seconds[mine])] if len(mine) else -1
            if site.id in found or (best >= 0 and reach.seconds[best] <= site.standard_s):
                continue
            if best < 0:
                near = "no way on the map leads there from any of them: the network is in pieces, or closed around it"
            else:
                post = tables.posts[int(row[best])]
                near = f"the nearest, {_named(post.id, post.name)}, takes {int(reach.seconds[best])} s"
            file, number = cited(desk.loaded.raw, "sites", site.id)
            found[site.id] = Fault(
                file, number, "cover", site.id,
                f"a place for a post within {site.standard_s} s; {near} "
                f"(from {desk.scenario.clock(period.start_s):%Y-%m-%d %H:%M})",
                "add a row to posts.csv near it, raise its class's standard, or take its cover out",
            )  # fmt: skip
    return tuple(found.values())


def _named(ident: str, name: str) -> str:
    return ident if name == ident else f"{name} ({ident})"

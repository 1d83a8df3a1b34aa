"""Work spread more evenly over the crews out: the busiest do less, at the price of a little more driving."""

from __future__ import annotations

import numpy as np

from scheduler.patrols import kernels as k
from scheduler.patrols.audit import audit
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.problem import Problem
from scheduler.patrols.search import Search
from scheduler.patrols.state import copy, in_use, to_plan

SHARE = 0.2
"""Part of the limit that spreading the work may take, where it is asked for."""
FINE_S = 60
"""Caps on a crew's work nearer to each other than this are not told apart."""


def spread(problem: Problem, search: Search, plan: PatrolPlan) -> PatrolPlan:
    """Look for the least cap on any crew's work under which everything can still be kept by the crews in use.

    The cap is halved between the mean and the busiest crew's seconds. What a crew does above it is taken out and
    served anew. A plan is taken when the audit finds no earlier level worse, driving at most ``balance_pct`` longer
    than in ``plan``, and a smaller balance.

    Parameters
    ----------
    problem
        Its ``balance_pct`` is above 0.
    search
        A finished search whose best plan is ``plan``; its clock bounds this search.

    Returns
    -------
    PatrolPlan
        ``plan`` itself where nothing better is found, or where it leaves a window, gap or core minute open.
    """
    if not search.served:
        return plan
    own = dict(audit(problem, plan).levels)
    tour, caps = search.data.tour, search.data.tour[:, k.CAP].copy()
    home = copy(search.best)
    used = np.flatnonzero(in_use(home, search.tables))
    if len(used) < 2:
        return plan
    low, high = int(home.X[1, used].mean()), int(home.X[1, used].max())
    allow = in_use(home, search.tables).astype(np.int8)
    best, least = plan, own["balance"]
    while high - low > FINE_S and not search.clock.over:
        cap = (low + high) // 2
        tour[:, k.CAP] = np.minimum(caps, cap)
        state = copy(home)
        found = strip(search, state, cap) and _serve(search, state, allow)
        tour[:, k.CAP] = caps
        low = cap if not found else low
        if found:
            high = cap
            new = to_plan(problem, search.tables, search.best)
            seen = audit(problem, new)
            value = dict(seen.levels)
            if seen.ok and _as_good(value, own, problem.balance_pct) and value["balance"] < least:
                best, least, home = new, value["balance"], copy(search.best)
            elif value["driving"] * 100 > own["driving"] * (100 + problem.balance_pct):
                low, high = cap, int(home.X[1, used].max())  # too dear: a looser cap may do
    return best


def strip(search: Search, state: k.Plan, cap_s: int) -> bool:
    """Take the last visits out of every tour that is busier than the cap; False when no timetable is left."""
    data, S = search.data, state.S
    search.work.ops[1] = 0
    for t in np.flatnonzero(state.X[1, : search.tables.n_tours] > cap_s).tolist():
        v = int(S[k.PREV, t + search.tables.n_tours])
        while data.kind[v] != k.START and state.X[1, t] > cap_s:
            before = int(S[k.PREV, v])
            if data.kind[v] != k.BREAK:
                k.take_out(data, state, search.work, v, k.E)
            v = before
    search.work.ops[1] = 0
    return bool(k.retime(data, state, search.work))


def _serve(search: Search, state: k.Plan, allow: np.ndarray) -> bool:
    """Serve all that is open again with the same crews; True when ``search.best`` is such a plan."""
    search.worth[:] = 1 << 60
    search.work.pen[:] = 10_000.0
    search.go(state, allow, budget=6 * search.clock.chunk, heat=(60.0, 2.0))
    return search.served and bool(k.retime(search.data, search.best, search.work))


def _as_good(value: dict[str, int], own: dict[str, int], more_pct: int) -> bool:
    """Whether no level before driving is worse, and driving within what balance may cost."""
    before = ("missed", "gap_excess", "core", "crews", "presence")
    return all(value[n] <= own[n] for n in before if n in own) and value.get(
        "driving", 0
    ) * 100 <= own.get("driving", 0) * (100 + more_pct)

"""P6 and P10, allowed: no unit at a forbidden post, outside its window, or of a kind that may not stand there.

A column (post ``j``, kind ``k``) exists in period ``p`` only when ``j`` is not forbidden, ``p`` lies inside
``[open_s, close_s)`` of ``j`` and ``k`` is among its kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.siting.rules.form import RuleInfo, Units

if TYPE_CHECKING:
    from scheduler.siting.problem import Problem

RULE = RuleInfo(
    id="P6",
    name="allowed",
    title="Where and when posts may stand",
    statement="Forbidden posts stay empty, windows are kept, and only kinds that may stand at a post do.",
    unit="units",
    source="practice",
)


def fits(problem: Problem, period: int) -> NDArray[np.bool_]:
    """Which columns may stand: bool ``[n_posts, n_kinds]``."""
    its = problem.periods[period]
    table = np.zeros((len(problem.posts), len(problem.kinds)), dtype=bool)
    for j, post in enumerate(problem.posts):
        early = post.open_s is not None and its.start_s < post.open_s
        late = post.close_s is not None and its.end_s > post.close_s
        if not (post.forbidden or early or late):
            table[j, list(post.kinds) if post.kinds else slice(None)] = True
    return table


def check(problem: Problem, units: Units) -> list[Breach]:
    """Units where they may not stand, with the reason."""
    breaches = []
    for (j, p, k), n_units in sorted(units.items()):
        post, period, kind = problem.posts[j], problem.periods[p], problem.kinds[k]
        reasons = []
        if post.forbidden:
            reasons.append("forbidden")
        if not (
            (post.open_s is None or post.open_s <= period.start_s)
            and (post.close_s is None or period.end_s <= post.close_s)
        ):
            reasons.append("outside its window")
        if post.kinds and k not in post.kinds:
            reasons.append("not a kind for this post")
        breaches += [
            Breach(
                "allowed",
                n_units,
                "units",
                hard=True,
                who=(kind.id,),
                where=(post.id,),
                start_s=period.start_s,
                end_s=period.end_s,
                data={"period": period.id, "reason": reason},
            )
            for reason in reasons
        ]
    return breaches


def explain(problem: Problem, breach: Breach) -> str:
    """Say who stands where and why not."""
    data = breach.data
    return f"{breach.amount} units of {breach.who[0]} stand at {breach.where[0]} in {data['period']}: {data['reason']}."

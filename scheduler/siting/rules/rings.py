"""P7, rings: a group of posts (core, buffer, outer ring) keeps its own least and most units.

``least <= sum_{j in ring, k in kinds} units(j, k, p) <= most`` in each period inside the ring's window. With kinds it
also says a mix: at least so many armed units among these posts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduler.outcome import Breach
from scheduler.siting.rules.form import Row, RuleInfo, Term, Units

if TYPE_CHECKING:
    from scheduler.siting.problem import Problem

RULE = RuleInfo(
    id="P7",
    name="rings",
    title="Each ring keeps its own numbers",
    statement="Core, buffer and outer ring hold at least, and at most, their own units of the named kinds.",
    unit="units",
    source="Decree 505 (public security buffer zone); practice",
)


def rows(problem: Problem, period: int) -> Iterator[Row]:
    """One row for each ring whose window holds the period."""
    its = problem.periods[period]
    for ring in problem.rings:
        early = ring.open_s is not None and its.start_s < ring.open_s
        late = ring.close_s is not None and its.end_s > ring.close_s
        if not early and not late:
            kinds = ring.kinds or range(len(problem.kinds))
            terms = tuple(Term(1, j, k) for j in ring.posts for k in kinds)
            yield Row(f"rings/{ring.id}", terms, low=ring.least, high=ring.most)


def check(problem: Problem, units: Units) -> list[Breach]:
    """Rings with fewer or more units than they keep."""
    breaches = []
    for p, period in enumerate(problem.periods):
        for ring in problem.rings:
            if ring.open_s is not None and period.start_s < ring.open_s:
                continue
            if ring.close_s is not None and period.end_s > ring.close_s:
                continue
            posts = set(ring.posts)
            found = sum(
                n
                for (j, q, k), n in units.items()
                if q == p and j in posts and (not ring.kinds or k in ring.kinds)
            )
            over = 0 if ring.most is None else found - ring.most
            amount = max(ring.least - found, over)
            if amount > 0:
                breaches.append(
                    Breach(
                        "rings",
                        amount,
                        "units",
                        hard=True,
                        where=(ring.id,),
                        start_s=period.start_s,
                        end_s=period.end_s,
                        data={
                            "period": period.id,
                            "found": found,
                            "least": ring.least,
                            "most": ring.most,
                        },
                    )
                )
    return breaches


def explain(problem: Problem, breach: Breach) -> str:
    """Say how many stand in the ring and how many should."""
    data = breach.data
    most = "" if data["most"] is None else f" and at most {data['most']}"
    keeps = f"Ring {breach.where[0]} keeps at least {data['least']}{most} units"
    return f"{keeps}; {data['found']} stand in {data['period']}."

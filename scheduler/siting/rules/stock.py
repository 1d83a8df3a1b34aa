"""Stock: no more units of a kind are spent in a period than are at hand.

``sum_j units(j, k, p) <= stock_kp`` for each kind ``k`` and period ``p``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduler.outcome import Breach
from scheduler.siting.rules.form import Row, RuleInfo, Term, Units

if TYPE_CHECKING:
    from scheduler.siting.problem import Problem

RULE = RuleInfo(
    id="stock",
    name="stock",
    title="The force at hand",
    statement="No more units of a kind stand at posts than siting may spend in that period.",
    unit="units",
    source="strength budget",
)


def rows(problem: Problem, period: int) -> Iterator[Row]:
    """One row for each kind."""
    for k, n_units in enumerate(problem.periods[period].stock):
        yield Row(
            f"stock/{k}", tuple(Term(1, j, k) for j in range(len(problem.posts))), high=n_units
        )


def check(problem: Problem, units: Units) -> list[Breach]:
    """Kinds of which more stand than there are."""
    spent: Counter[tuple[int, int]] = Counter()
    for (_, p, k), n_units in units.items():
        spent[p, k] += n_units
    breaches = []
    for (p, k), n_units in sorted(spent.items()):
        period, kind = problem.periods[p], problem.kinds[k]
        if n_units > period.stock[k]:
            breaches.append(
                Breach(
                    "stock",
                    n_units - period.stock[k],
                    "units",
                    hard=True,
                    who=(kind.id,),
                    start_s=period.start_s,
                    end_s=period.end_s,
                    data={"period": period.id, "found": n_units, "most": period.stock[k]},
                )
            )
    return breaches


def explain(problem: Problem, breach: Breach) -> str:
    """Say how many stand and how many there are."""
    data = breach.data
    return f"{data['found']} units of {breach.who[0]} stand in {data['period']}, {data['most']} are at hand."

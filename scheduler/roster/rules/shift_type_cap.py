"""R47: not too many duties of one type.

For each type of shift with a cap: amount = planned duties of that type beyond it, over the whole horizon.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import field_validator

from scheduler.errors import name_some
from scheduler.outcome import Breach
from scheduler.roster.forms import (
    Clock,
    Duties,
    Finding,
    Row,
    RuleInfo,
    RuleParams,
    Scope,
    Term,
    param,
    written,
)
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R47",
    name="shift_type_cap",
    title="Shift-type cap",
    title_zh="班型上限",
    statement="Nobody has more duties of a type of shift than its cap says, over the whole plan.",
    unit="duties",
    default_mode="off",
    default_importance="important",
    source="Contract practice; public shift scheduling benchmarks",
)


class Params(RuleParams):
    """Caps by type of shift."""

    most: tuple[str, ...] = param(
        (), "Caps as 'N=4': four duties of type N at most. Types not named are free.", "contract"
    )

    @field_validator("most", mode="before")
    @classmethod
    def _table(cls, value: Any) -> Any:
        return written(value, "=")

    @field_validator("most")
    @classmethod
    def _readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            shift, _, number = text.rpartition("=")
            if not shift or not number.strip().isdigit():
                fault = say("{text!r} is not a type, '=' and a whole number, like 'N=4'", text=text)
                raise ValueError(fault)
        return value

    @property
    def caps(self) -> list[tuple[str, int]]:
        """Types of shift with their caps; of two for one type the lower holds."""
        found: dict[str, int] = {}
        for text in self.most:
            shift, _, number = text.rpartition("=")
            found[shift.strip()] = min(int(number), found.get(shift.strip(), int(number)))
        return sorted(found.items())


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each person and capped type."""
    of_shift: dict[str, list[int]] = {}
    for g, group in enumerate(problem.groups):
        of_shift.setdefault(group.shift, []).append(g)
    for p in scope.people:
        for shift, most in params.caps:
            terms = tuple(Term(p, g) for g in of_shift.get(shift, ()) if scope.allowed[p, g])
            if terms:
                yield Row((problem.people[p].id, shift), terms, high=most)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Everyone with too many duties of a type."""
    found = []
    for p in people:
        for shift, most in params.caps:
            mine = [problem.groups[g].id for g in duties[p] if problem.groups[g].shift == shift]
            if len(mine) > most:
                data = {"shift": shift, "duties": len(mine), "most": most}
                found.append(Finding(len(mine) - most, (problem.people[p].id,), tuple(mine), data=data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who has too many of what."""
    del clock
    return say(
        "{who} has {duties} duties of type {shift} ({places}); {most} are allowed.",
        who=breach.who[0], duties=breach.data["duties"], shift=breach.data["shift"],
        places=name_some(breach.where), most=breach.data["most"],
    )  # fmt: skip

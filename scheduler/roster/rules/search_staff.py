"""R35: seats for searching ask for the right staff.

A seat's tag that begins with ``prefix`` ("search_women", "search_men") asks for the same tag on the officer. Amount =
number of such tags the officer lacks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, param
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R35",
    name="search_staff",
    title="Search staff",
    title_zh="安检人员配置",
    statement="Seats marked {prefix}... are filled by those who carry the same mark.",
    unit="marks",
    default_mode="hard",
    default_importance="very important",
    source="Practice, check locally",
)


class Params(RuleParams):
    """How such seats are marked."""

    prefix: str = param("search_", "What the mark begins with.", "form of the data", min_length=1)


def fits(problem: Problem, params: Params) -> NDArray[np.int32]:
    """Marks lacking, int32 ``[n_people, n_groups]``."""
    amount = np.zeros((len(problem.people), len(problem.groups)), dtype=np.int32)
    marks = sorted({tag for group in problem.groups for tag in group.tags if tag.startswith(params.prefix)})
    for mark in marks:
        asked = np.array([mark in group.tags for group in problem.groups])
        lacking = np.array([mark not in person.tags for person in problem.people])
        amount += (lacking[:, None] & asked[None, :]).astype(np.int32)
    return amount


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every seat for searching held by someone without its mark."""
    found = []
    for p in people:
        person = problem.people[p]
        for g in duties[p]:
            group = problem.groups[g]
            lacks = sorted(
                tag for tag in group.tags - person.tags if tag[: len(params.prefix)] == params.prefix
            )
            if lacks:
                span = (group.report_s, group.release_s)
                found.append(Finding(len(lacks), (person.id,), (group.id,), *span, {"lacks": lacks}))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who lacks which mark, where."""
    lacks = breach.data["lacks"]
    names = ", ".join(lacks) if isinstance(lacks, list) else str(lacks)
    span = say("{start} to {end}", start=clock(breach.start_s or 0), end=clock(breach.end_s or 0))
    return say(
        "{who} serves {place} from {span} and is not marked {names}.",
        who=breach.who[0], place=breach.where[0], span=span, names=names,
    )  # fmt: skip

"""R19: a restriction tag rules out seats with that strain; no diagnosis is stored.

A person's tag ``no_X`` clashes with a seat group's tag ``X``. Amount = number of clashes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, param
from scheduler.roster.ownwords import plain
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R19",
    name="restriction_tags",
    title="Restriction tags",
    title_zh="健康限制",
    statement="Whoever carries a restriction (no night, no standing, ...) gets no seat with that strain.",
    unit="clashes",
    default_mode="hard",
    default_importance="very important",
    source="Occupational health practice",
)


class Params(RuleParams):
    """How tags are written."""

    prefix: str = param("no_", "What stands before the strain in a person's tag.", "form of the data")


def fits(problem: Problem, params: Params) -> NDArray[np.int32]:
    """Clashes, int32 ``[n_people, n_groups]``."""
    amount = np.zeros((len(problem.people), len(problem.groups)), dtype=np.int32)
    strains = sorted({tag for group in problem.groups for tag in group.tags})
    for strain in strains:
        has = np.array([strain in group.tags for group in problem.groups])
        barred = np.array([params.prefix + strain in person.tags for person in problem.people])
        amount += (barred[:, None] & has[None, :]).astype(np.int32)
    return amount


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every duty with a strain that its officer may not bear."""
    found = []
    for p in people:
        person = problem.people[p]
        for g in duties[p]:
            group = problem.groups[g]
            clash = sorted(tag for tag in person.tags if tag[len(params.prefix) :] in group.tags)
            clash = [tag for tag in clash if tag.startswith(params.prefix)]
            if clash:
                found.append(
                    Finding(
                        len(clash),
                        (person.id,),
                        (group.id,),
                        group.report_s,
                        group.release_s,
                        {"tags": clash},
                    )
                )
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who has which restriction, where."""
    tags = breach.data["tags"]
    names = say(", ").join(map(plain, tags)) if isinstance(tags, list) else plain(str(tags))
    span = say("{start} to {end}", start=clock(breach.start_s or 0), end=clock(breach.end_s or 0))
    return say(
        "{who} is marked {names} and may not serve {place} from {span}.",
        who=breach.who[0], names=names, place=breach.where[0], span=span,
    )  # fmt: skip

"""R18: every qualification a seat asks for is valid during the whole duty.

Amount = number of qualifications missing, or not valid over all of ``[report_s, release_s)``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams
from scheduler.roster.ownwords import plain
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R18",
    name="qualification_valid",
    title="Qualification valid",
    title_zh="资质有效",
    statement="What a seat asks for (weapon, driving, drone, first aid) is valid on the day of duty.",
    unit="qualifications missing",
    default_mode="hard",
    default_importance="very important",
    source="Licensing practice: skill valid on the duty date",
)


class Params(RuleParams):
    """None."""


def fits(problem: Problem, _params: Params) -> NDArray[np.int32]:
    """Missing qualifications, int32 ``[n_people, n_groups]``."""
    amount = np.zeros((len(problem.people), len(problem.groups)), dtype=np.int32)
    report = np.array([g.report_s for g in problem.groups])
    release = np.array([g.release_s for g in problem.groups])
    for q in range(len(problem.qualifications)):
        asked = np.array([q in g.qualifications for g in problem.groups])
        if not asked.any():
            continue
        for p, person in enumerate(problem.people):
            valid = np.zeros(len(problem.groups), dtype=bool)
            for proof in person.qualified:
                if proof.qualification == q:
                    valid |= (proof.from_s <= report) & (release <= proof.until_s)
            amount[p] += asked & ~valid
    return amount


def check(
    problem: Problem, _params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every duty of someone who lacks what the seat asks."""
    found = []
    for p in people:
        person = problem.people[p]
        for g in duties[p]:
            group = problem.groups[g]
            missing = [
                problem.qualifications[q]
                for q in sorted(group.qualifications)
                if not any(
                    proof.qualification == q
                    and proof.from_s <= group.report_s
                    and group.release_s <= proof.until_s
                    for proof in person.qualified
                )
            ]
            if missing:
                found.append(
                    Finding(
                        len(missing),
                        (person.id,),
                        (group.id,),
                        group.report_s,
                        group.release_s,
                        {"missing": missing},
                    )
                )
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who lacks what, where."""
    missing = breach.data["missing"]
    names = say(", ").join(map(plain, missing)) if isinstance(missing, list) else plain(str(missing))
    return say(
        "{who} has no valid {names} for {place} from {start} to {end}.",
        who=breach.who[0], names=names, place=breach.where[0], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0),
    )  # fmt: skip

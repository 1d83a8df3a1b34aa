"""R25: nights, holidays and hard posts are shared fairly, each for itself.

A burden is "night" (a duty that shares ``night_min`` minutes with a night), "holiday" (one that starts on a holiday) or
any tag of seats. Those who may take a seat with it, and are not marked ``no_<burden>``, share what is carried over from
earlier events and what is demanded now, by contract: ``fair_counts``. Amount of each person and burden = duties with
it, the ledger included, beyond the fair count rounded up plus ``band``, or missing to it rounded down less ``band``;
what the ledger alone has too many is nobody's fault.
"""

from __future__ import annotations

from collections.abc import Iterator

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
)
from scheduler.roster.problem import Problem, SeatGroup
from scheduler.roster.rules import day_count as seen
from scheduler.roster.rules.day_walk import day_of
from scheduler.saying import say

RULE = RuleInfo(
    id="R25",
    name="balanced_burdens",
    title="Balanced burdens",
    title_zh="均衡夜班与节假日",
    statement="Burdens ({burdens}) stay within {band} of everyone's fair share, each for itself.",
    unit="duties off the fair share",
    default_mode="off",
    default_importance="nice",
    source="Fair rostering practice",
    by_day=True,
)


class Params(RuleParams):
    """Which burdens, and how far from the fair share costs nothing."""

    burdens: tuple[str, ...] = param(
        ("night", "holiday", "standing"), "Night, holiday, and tags of seats.", "fair rostering practice"
    )
    band: int = param(1, "Duties around the fair share that cost nothing.", "planner's choice", ge=0, le=100)
    night_min: int = param(
        180, "Minutes shared with a night that make a duty a night.", "Directive 2003/88/EC Art. 2", ge=1
    )


def fair_counts(
    problem: Problem, burden: str, burdened: list[int]
) -> dict[int, tuple[int, int]]:
    """Least and most duties of a burden that are fair, for each person who may have any, the ledger included.

    Part of the rule's definition, hence read by both its form and its check.
    """
    groups = [problem.groups[g] for g in burdened]
    able = [
        p
        for p, person in enumerate(problem.people)
        if f"no_{burden}" not in person.tags
        and any(
            (not group.categories or person.category in group.categories)
            and person.rank >= group.rank_min
            and group.unit in {None, person.unit}
            for group in groups
        )
    ]
    total = sum(problem.people[p].ledger.get(burden, 0) for p in able)
    total += sum(max(group.need, group.want) for group in groups)
    weight = sum(problem.people[p].share_pct for p in able)
    return {
        p: (total * problem.people[p].share_pct // weight, -(-total * problem.people[p].share_pct // weight))
        for p in able
    }


def _has(problem: Problem, params: Params, burden: str, group: SeatGroup) -> bool:
    if burden == "night":
        return any(
            min(group.end_s, finish) - max(group.start_s, begin) >= 60 * params.night_min
            for begin, finish in problem.nights
        )
    if burden == "holiday":
        return day_of(problem, group.start_s) in problem.holidays
    return burden in group.tags


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each person and burden."""
    for burden in sorted(set(params.burdens)):
        burdened = [g for g, one in enumerate(problem.groups) if _has(problem, params, burden, one)]
        fair = fair_counts(problem, burden, burdened)
        for p in scope.people:
            if p not in fair:
                continue
            person = problem.people[p]
            had = person.ledger.get(burden, 0)
            terms = tuple(Term(p, g) for g in burdened if scope.allowed[p, g])
            low = max(0, fair[p][0] - params.band - had)
            high = max(0, fair[p][1] + params.band - had)
            yield Row((person.id, burden), terms, low=low or None, high=high)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Everyone with too many or too few of a burden."""
    nights = [
        any(min(g.end_s, b) - max(g.start_s, a) >= params.night_min * 60 for a, b in problem.nights)
        for g in problem.groups
    ]
    found = []
    for burden in sorted(set(params.burdens)):
        hit = [i for i, g in enumerate(problem.groups) if burden in g.tags]
        if burden == "night":
            hit = [i for i, night in enumerate(nights) if night]
        elif burden == "holiday":
            dates = [seen.date(problem, g.start_s) for g in problem.groups]
            hit = [i for i, date in enumerate(dates) if date in problem.holidays]
        fair = fair_counts(problem, burden, hit)
        for p in sorted(set(people) & set(fair)):
            mine = [problem.groups[g].id for g in duties[p] if g in hit]
            had = problem.people[p].ledger.get(burden, 0)
            least, most = fair[p][0] - params.band, fair[p][1] + params.band
            over = min(len(mine), had + len(mine) - most)
            amount = max(over, least - had - len(mine), 0)
            if amount:
                data = {"burden": burden, "has": had + len(mine), "fair": list(fair[p]), "band": params.band}
                found.append(Finding(amount, (problem.people[p].id,), tuple(mine), data=data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who has too much or too little of what."""
    del clock
    fair = breach.data["fair"]
    low, high = fair if isinstance(fair, list) else (fair, fair)
    share = f"{low}" if low == high else say("{low} to {high}", low=low, high=high)
    names = f" ({name_some(breach.where)})" if breach.where else ""
    return say(
        "{who} has {has} of the burden {burden}{names}, earlier events included; {share} would be fair, "
        "give or take {band}.",
        who=breach.who[0], has=breach.data["has"], burden=breach.data["burden"], names=names, share=share,
        band=breach.data["band"],
    )  # fmt: skip

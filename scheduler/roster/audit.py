"""The independent check of any roster, ours or made by hand. Plain arithmetic, no solver, no form of a rule.

``audit`` reads duties as text ids, so unknown people and groups, seats taken twice and seats that do not exist are
findings like any other. The levels it recomputes are the plan's objective.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from scheduler.outcome import Audit, Breach
from scheduler.roster.forms import Duties, Finding
from scheduler.roster.plan import Duty, RosterPlan
from scheduler.roster.problem import Person, Problem, SeatGroup
from scheduler.roster.rules import ActiveRule, configure

Check = Callable[[ActiveRule, Duties], list[Finding]]


def audit(problem: Problem, plan: RosterPlan, *, check: Check | None = None) -> Audit:
    """All breaches and costs of a plan, and its objective level by level.

    Parameters
    ----------
    problem
        Seat groups, people and rules.
    plan
        Any duties, legal or not.
    check
        What tells a rule's findings; the rule's own check where it is not given (see ``reaudit``).

    Returns
    -------
    Audit
        ``breaches`` of hard rules and of the plan's own form, ``costs`` of soft rules and short seats, ``levels``
        named ``short_<level>`` and ``costs``.
    """
    breaches, served = _read(problem, plan)
    duties = [
        tuple(
            sorted(
                set(groups),
                key=lambda g: (problem.groups[g].report_s, problem.groups[g].release_s, g),
            )
        )
        for groups in served
    ]
    breaches += _asks(problem, duties)
    costs: list[Breach] = []
    totals = Counter({f"short_{level}": 0 for level in {g.level for g in problem.groups}})
    totals["costs"] = 0
    filled = Counter(g for groups in duties for g in groups)
    for g, group in enumerate(problem.groups):
        found = _staffing(group, filled[g])
        costs += found
        breaches += _most(group, filled[g])
    breaches += _teams(problem, filled)
    for rule in configure(problem):
        for one in rule.check(problem, duties) if check is None else check(rule, duties):
            breach = Breach(
                rule=rule.name,
                amount=one.amount,
                unit=rule.rule.info.unit,
                hard=rule.hard,
                who=one.who,
                where=one.where,
                start_s=one.start_s,
                end_s=one.end_s,
                price=0 if rule.hard else rule.price * one.amount,
                data=one.data,
                level="" if rule.hard else "costs",
            )
            (breaches if rule.hard else costs).append(breach)
    for cost in costs:
        totals[cost.level] += cost.price
    return Audit(tuple(breaches), tuple(costs), tuple((name, totals[name]) for name in level_names(problem)))


def level_names(problem: Problem) -> list[str]:
    """Names of the objective's levels, most important first."""
    return [f"short_{level}" for level in sorted({g.level for g in problem.groups})] + ["costs"]


def _fault(rule: str, duty: Duty, **values: object) -> Breach:
    return Breach(rule, 1, "duties", True, (duty.person,), (duty.group,), data=values)


def _read(problem: Problem, plan: RosterPlan) -> tuple[list[Breach], list[list[int]]]:
    """Duties as indices, with what cannot be read at all."""
    group_of = {group.id: g for g, group in enumerate(problem.groups)}
    person_of = {person.id: p for p, person in enumerate(problem.people)}
    faults: list[Breach] = []
    served: list[list[int]] = [[] for _ in problem.people]
    seat_holder: dict[tuple[str, int], str] = {}
    for duty in sorted(plan.duties):
        seat = f"{duty.group}/{duty.seat}"
        if duty.group not in group_of:
            faults.append(_fault("unknown_group", duty, seat=seat))
            continue
        if duty.person not in person_of:
            faults.append(_fault("unknown_person", duty, seat=seat))
            continue
        p, g = person_of[duty.person], group_of[duty.group]
        if not 1 <= duty.seat <= problem.groups[g].most:
            faults.append(_fault("unknown_seat", duty, seat=seat, most=problem.groups[g].most))
        holder = seat_holder.setdefault((duty.group, duty.seat), duty.person)
        if holder != duty.person:
            faults.append(_fault("double_seat", duty, seat=seat, holder=holder))
        if g in served[p]:
            faults.append(_fault("double_seat", duty))
        served[p].append(g)
    return faults, served


def _asks(problem: Problem, duties: list[tuple[int, ...]]) -> list[Breach]:
    """Category, rank and unit that the seat itself asks for."""
    found = []
    for person, groups in zip(problem.people, duties, strict=True):
        for g in groups:
            group = problem.groups[g]
            lacked = lacks(problem, person, group)
            if lacked:
                # Each demand is kept as a pair: what the person is, and what is asked for.
                found.append(
                    Breach(
                        "seat_asks",
                        len(lacked) // 2,
                        "demands",
                        True,
                        (person.id,),
                        (group.id,),
                        group.start_s,
                        group.end_s,
                        data=lacked,
                    )
                )
    return found


def lacks(problem: Problem, person: Person, group: SeatGroup) -> dict[str, object]:
    """What a seat asks and a person is not, as pairs of values (``rank``, ``rank_min``); empty where nothing lacks."""
    found: dict[str, object] = {}
    if len(group.categories) and person.category not in group.categories:
        asked = [problem.categories[c] for c in sorted(group.categories)]
        found |= {"category": problem.categories[person.category], "categories": asked}
    if person.rank < group.rank_min:
        found |= {"rank": person.rank, "rank_min": group.rank_min}
    if group.unit is not None and group.unit != person.unit:
        found |= {"unit": problem.units[person.unit].id, "unit_asked": problem.units[group.unit].id}
    return found


def _staffing(group: SeatGroup, filled: int) -> list[Breach]:
    """What a group's seats cost: short on its level, wishes for more and too many on the costs."""
    found = []

    def charge(rule: str, amount: int, price: int, level: str) -> None:
        if amount > 0 and price > 0:
            found.append(
                Breach(
                    rule,
                    amount,
                    "seats",
                    False,
                    (),
                    (group.id,),
                    group.start_s,
                    group.end_s,
                    amount * price,
                    {"filled": filled, "need": group.need, "want": group.want, "party": group.party},
                    level,
                )
            )

    charge("short", group.need - filled, group.price_short, f"short_{group.level}")
    charge("want", group.want - filled, group.price_want, "costs")
    charge("over", filled - max(group.need, group.want), group.price_over, "costs")
    return found


def _most(group: SeatGroup, filled: int) -> list[Breach]:
    if filled <= group.most:
        return []
    return [
        Breach(
            "over_most",
            filled - group.most,
            "seats",
            True,
            (),
            (group.id,),
            group.start_s,
            group.end_s,
            data={"party": group.party, "filled": filled, "most": group.most},
        )
    ]


def _teams(problem: Problem, filled: Counter[int]) -> list[Breach]:
    """Teams sent in part: some of its groups are served while one lacks people."""
    teams: dict[str, list[int]] = {}
    for g, group in enumerate(problem.groups):
        if group.team is not None:
            teams.setdefault(group.team, []).append(g)
    found = []
    for team, groups in sorted(teams.items()):
        short = [g for g in groups if filled[g] < max(1, problem.groups[g].need)]
        if short and any(filled[g] for g in groups):
            missing = sum(max(1, problem.groups[g].need) - filled[g] for g in short)
            names = tuple(problem.groups[g].id for g in short)
            found.append(Breach("team_whole", missing, "seats", True, (), names, data={"team": team}))
    return found

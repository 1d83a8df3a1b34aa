"""Pins against what is known before planning: leave, other pins, and what the seats ask for."""

from __future__ import annotations

import re

from scenarios.demand import cut, demand_needs
from scenarios.demand.need import Seats
from scenarios.parsing import Draft, Parsed
from scenarios.raw import nearest
from scenarios.schema import Person, Scenario
from scenarios.tongue import lists, mark
from scenarios.tongue import say as _
from scheduler.outcome import Breach

#: Kinds of absence as people say them.
ABSENCES = {
    "leave": mark("leave"), "medical": mark("medical"), "training": mark("training"), "court": mark("court"),
    "other": mark("other"),
}  # fmt: skip
#: Groups of posts, crews, supervisors and the reserve get their spans only in planning.
_PLANNED = re.compile(r"(P\d+|K\d+|super|reserve)\b.*")


def check_pins(draft: Draft, scenario: Scenario) -> None:
    """Fault pins that leave, other pins or the seats themselves make impossible (B22, B28)."""
    if not scenario.pins:
        return
    groups = {s.id: s for s in cut(demand_needs(scenario), scenario)}
    people = {p.id: p for p in scenario.people}
    taken: dict[str, list[tuple[Seats, Parsed]]] = {}
    full: dict[str, int] = {}
    said: dict[tuple[str, str], Parsed] = {}
    for row in draft.rows["pins"]:
        first = said.setdefault((row.item.person, row.item.group), row)
        if first.item.on != row.item.on:
            draft.fault(
                row, "on",
                _(
                    "the same answer as in row {row}, which pins {person} to this duty too",
                    row=first.raw.row, person=row.item.person,
                ),
                _("keep one of the two rows"),
            )  # fmt: skip
        if first is not row:
            continue
        group = groups.get(row.item.group)
        if group is None:
            _check_unknown(draft, row, groups)
        elif row.item.on:
            _check_leave(draft, scenario, row, group)
            if row.item.person in people:
                _check_asks(draft, scenario, row, group, people[row.item.person])
            full[group.id] = full.get(group.id, 0) + 1
            if full[group.id] == _most(group) + 1:
                draft.fault(
                    row, "group", _("at most {n} pinned to this duty, which has no more seats", n=_most(group)),
                    _("remove a pin, or ask for more officers there"),
                )  # fmt: skip
            for other, at in taken.get(row.item.person, []):
                if other.report_s < group.release_s and group.report_s < other.release_s:
                    draft.fault(
                        row, "group", _("a duty at another time than the same person's other pins"),
                        _(
                            "row {row} pins {person} to {group} at the same time; remove one",
                            row=at.raw.row, person=row.item.person, group=other.id,
                        ),
                    )  # fmt: skip
            taken.setdefault(row.item.person, []).append((group, row))


def check_seat_changes(draft: Draft, scenario: Scenario) -> None:
    """Fault changes of seat groups that no plan of this scenario can have."""
    groups = {s.id for s in cut(demand_needs(scenario), scenario)}
    for n, change in enumerate(scenario.seat_changes):
        if change.id not in groups and not _PLANNED.fullmatch(change.id):
            like = nearest(change.id, groups)
            draft.setting_fault(
                ("seat_changes", n, "id"), change.id, _("a seat group of this scenario"),
                _('did you mean "{like}"?', like=like) if like else _("take the group's id from a plan's duty sheet"),
            )  # fmt: skip


def _check_unknown(draft: Draft, row: Parsed, groups: dict[str, Seats]) -> None:
    name = row.item.group
    if _PLANNED.fullmatch(name):
        return
    like = nearest(name, groups)
    draft.fault(
        row, "group", _("a seat group of this scenario"),
        _('did you mean "{like}"?', like=like) if like else _("take the group's id from a plan's duty sheet"),
    )  # fmt: skip


def _most(group: Seats) -> int:
    need = group.need
    want = need.number if need.want is None else need.want
    return max(want, want if need.most is None else need.most)


def _check_asks(draft: Draft, scenario: Scenario, row: Parsed, group: Seats, person: Person) -> None:
    need = group.need
    lacks = []
    if need.categories and person.category not in need.categories:
        wanted = lists.either(need.categories)
        lacks.append(_("{wanted}, {person} is {its}", wanted=wanted, person=person.id, its=person.category))
    if need.unit and person.unit != need.unit:
        lacks.append(_("{unit}, {person} is of {its}", unit=need.unit, person=person.id, its=person.unit))
    ranks = scenario.ranks
    if need.rank_min is not None and ranks.index(person.rank) < ranks.index(need.rank_min):
        least = need.rank_min
        lacks.append(_("{rank} or above, {person} is {its}", rank=least, person=person.id, its=person.rank))
    held = {
        q.qualification for q in scenario.qualifications
        if q.person == person.id
        and scenario.seconds(q.valid_from) <= group.report_s
        and scenario.seconds(q.valid_until) >= group.release_s
    }
    lacks += [
        _("{qualification}, which {person} does not hold then", qualification=q, person=person.id)
        for q in need.qualifications if q not in held
    ]  # fmt: skip
    if lacks:
        draft.fault(
            row, "person", _("somebody who may serve there ({why})", why=lists.parted(lacks)),
            _("pin somebody else, or change what the seat asks"),
        )  # fmt: skip


def _check_leave(draft: Draft, scenario: Scenario, row: Parsed, group: Seats) -> None:
    for absence in scenario.absences:
        a, b = scenario.seconds(absence.start), scenario.seconds(absence.end)
        if absence.person == row.item.person and a < group.release_s and group.report_s < b:
            draft.fault(
                row, "group",
                _("a duty outside {person}'s {kind}", person=row.item.person, kind=_(ABSENCES[absence.kind])),
                _(
                    "the duty is {start:%Y-%m-%d %H:%M} to {end:%H:%M}, the absence {away:%Y-%m-%d %H:%M} to "
                    "{back:%Y-%m-%d %H:%M}; unpin, or move the absence",
                    start=scenario.clock(group.start_s), end=scenario.clock(group.end_s),
                    away=absence.start, back=absence.end,
                ),
            )  # fmt: skip


def check_pinned_duties(draft: Draft, scenario: Scenario) -> None:
    """Fault pins that break a hard rule which no further duty could mend (B30): rest, hours, tours, stock, partners.

    Ways between places are taken as no time at all: what is faulted here no map could mend.
    """
    from scenarios.assemble.roster import pinned_problem
    from scheduler.roster.rules import configure, explain

    groups = {s.id: s for s in cut(demand_needs(scenario), scenario)}
    rows = [r for r in draft.rows["pins"] if r.item.on and r.item.group in groups]
    if not rows or draft.faults:
        return
    problem = pinned_problem(scenario, [groups[name] for name in dict.fromkeys(r.item.group for r in rows)])
    where = {g.id: k for k, g in enumerate(problem.groups)}
    at = {(r.item.person, r.item.group): r for r in rows}

    def clock(second: int) -> str:
        return f"{scenario.clock(second):%Y-%m-%d %H:%M}"

    def key(g: int) -> tuple[int, int, int]:
        return problem.groups[g].report_s, problem.groups[g].release_s, g

    duties = [
        tuple(sorted((where[g] for who, g in at if who == person.id), key=key)) for person in problem.people
    ]
    for rule in configure(problem):
        if not rule.hard:
            continue
        for found in rule.rule.module.check(problem, rule.params, rule.people, duties):
            there = [at[key] for key in at if key[1] in found.where and (not found.who or key[0] in found.who)]
            theirs = [at[key] for key in at if key[0] in found.who]
            row = max(there or theirs or rows, key=lambda one: one.raw.row or 0)
            breach = Breach(
                rule.name, found.amount, rule.rule.info.unit, hard=True, who=found.who, where=found.where,
                start_s=found.start_s, end_s=found.end_s, data=found.data,
            )  # fmt: skip
            draft.fault(
                row, "group", _("a duty that keeps {rule}", rule=lists.inside(rule.rule.info.called)),
                _("{breach} Unpin, or make the rule soft", breach=explain(problem, breach, clock)),
            )  # fmt: skip

"""What happens on the day, as changes of a draft: somebody falls ill, something needs people at a place."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.plan import Plan
from scenarios.schema import Scenario
from scenarios.today.board import FORM
from scenarios.tongue import say as _
from scenarios.view import DutyView, PlanView

MINUTE = 60
#: Kinds of seat groups that a row of ``seats`` may have; every other becomes one.
SEAT_KINDS = {"post", "gate", "guard", "supervisor", "lead", "reserve", "base"}
Values = dict[str, Any]
Happened = list[tuple[str, Values]]


@dataclass(frozen=True)
class Spot:
    """A place that can be sent to: a site, a known post or a unit's home."""

    id: str
    name: str
    owner: str
    lead: str


def spots(scenario: Scenario) -> tuple[Spot, ...]:
    """Every place that seats can be asked for at, sites first."""
    lead_of = {site.owner: site.lead for site in reversed(scenario.sites)}
    any_lead = next(iter(lead_of.values()), "")
    found = [Spot(s.id, s.name, s.owner, s.lead) for s in scenario.sites]
    found += [Spot(p.id, p.name, p.owner, p.lead) for p in scenario.posts if p.state != "forbidden"]
    if any_lead:
        found += [Spot(u.id, u.name, u.id, lead_of.get(u.id, any_lead)) for u in scenario.units]
    return tuple(found)


def earliest(scenario: Scenario, now_s: int) -> int:
    """The first second from which new seats can still be given to somebody: the way to them counts, on five minutes."""
    step = 5 * MINUTE
    return -(-(now_s + scenario.demand.report_min * MINUTE) // step) * step


def local(scenario: Scenario, second: int) -> str:
    """A second as tables write it."""
    return scenario.clock(second).strftime(FORM)


def incident(
    scenario: Scenario, title: str, spot: Spot, number: int, start_s: int, end_s: int, categories: Sequence[str] = ()
) -> tuple[str, Values]:
    """People needed at a place for a while: the change of a draft."""
    start, end = local(scenario, start_s), local(scenario, min(end_s, scenario.horizon_s))
    ident = f"incident-{start[-5:].replace(':', '')}-{secrets.token_hex(2)}"
    row = {
        "id": ident, "place": spot.id, "kind": "other", "start": start, "end": end, "need": number,
        "categories": ";".join(categories), "importance": "must", "owner": spot.owner, "lead": spot.lead,
    }  # fmt: skip
    its = {name: value for name, value in row.items() if value != ""}
    return "incident", {
        "id": ident, "title": title, "place_name": spot.name, "number": number, "start": start, "end": end, "row": its,
    }  # fmt: skip


def sick(scenario: Scenario, view: PlanView, plan: Plan, people: Sequence[str], from_s: int, now_s: int) -> Happened:
    """Sick calls: the people are away from then to the end, and what is left of a duty that runs is asked for anew.

    A duty that has begun is never given to another as a whole; its rest is, where it stands at a place of the scenario.
    A crew's seat rides along with its tour: what is left of it is told as empty. Who is away already is passed over.
    """
    gone = away(scenario, view, max(now_s, from_s))
    people = [person for person in people if person not in gone]
    if not people:
        return []
    names = {person.id: person.name for person in view.people}
    start, end = local(scenario, max(0, from_s)), local(scenario, scenario.horizon_s)
    told = [names.get(p, p) for p in people]
    found: Happened = [("absent", {"people": list(people), "names": told, "start": start, "end": end})]
    known = {spot.id: spot for spot in spots(scenario)}
    groups = {group["id"]: group for group in plan.groups}
    begins = earliest(scenario, max(now_s, from_s))
    for duty in view.duties:
        runs = duty.person in people and duty.kind != "crew" and duty.report_s < max(now_s, from_s) < duty.end_s
        spot = known.get(duty.place)
        if runs and spot is not None and begins + 15 * MINUTE <= duty.end_s and duty.group in groups:
            found.append(_relief(scenario, duty, spot, groups[duty.group], begins))
    return found


def _relief(scenario: Scenario, duty: DutyView, spot: Spot, group: Any, begins_s: int) -> tuple[str, Values]:
    """The rest of a duty, asked for with what its seat asks for."""
    title = _("Relief for {name}", name=duty.name)
    kind, values = incident(scenario, title, spot, 1, begins_s, duty.end_s, group["categories"])
    row = {**values["row"], "kind": group["kind"] if group["kind"] in SEAT_KINDS else "other"}
    row["id"] = values["id"] = values["id"].replace("incident-", "relief-")
    if group["rank_min"]:
        row["rank_min"] = group["rank_min"]
    if group["qualifications"]:
        row["qualifications"] = ";".join(group["qualifications"])
    if group["unit"]:
        row["unit"] = group["unit"]
    return kind, {**values, "row": row}


def away(scenario: Scenario, view: PlanView, from_s: int) -> set[str]:
    """Who does none of the duties that a plan still has for them from a second on, as the scenario stands.

    They are gone from it, or the times that it has them away (leave, a sick call) hold all that is left of each duty.
    """
    there = {person.id for person in scenario.people}
    times: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in sorted(scenario.absences, key=lambda row: row.start):
        times[row.person].append((scenario.seconds(row.start), scenario.seconds(row.end)))
    left = [duty for duty in view.duties if duty.release_s > from_s]
    spans = [(d.person, max(from_s, d.report_s), min(d.release_s, scenario.horizon_s)) for d in left]
    comes = {person for person, start_s, end_s in spans if not _within(start_s, end_s, times[person])}
    return {duty.person for duty in left if duty.person not in there or duty.person not in comes}


def _within(start_s: int, end_s: int, times: Sequence[tuple[int, int]]) -> bool:
    """Whether times in order of their starts hold a whole span between them."""
    for begins, ends in times:
        if begins > start_s:
            return False
        start_s = max(start_s, ends)
        if start_s >= end_s:
            return True
    return False


def people_on(view: PlanView, now_s: int) -> list[tuple[str, str]]:
    """Everybody with a duty that is not over, by unit and name: id, and name with unit and next place."""
    first: dict[str, DutyView] = {}
    for duty in sorted(view.duties, key=lambda d: d.report_s):
        if duty.release_s > now_s:
            first.setdefault(duty.person, duty)
    ordered = sorted(first.values(), key=lambda d: (view.units.get(d.unit, d.unit), d.name, d.person))
    return [
        (d.person, f"{d.name} · {view.units.get(d.unit, d.unit)} · {view.hhmm(d.start_s)} {d.place_name}")
        for d in ordered
    ]

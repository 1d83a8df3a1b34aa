"""Seats, duties and people of a plan with their names and clock times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from scenarios.assemble.places import Spot
from scenarios.audit import Rebuilt
from scenarios.demand.need import Need
from scenarios.demandwords import because, source_words
from scenarios.desk import Desk
from scenarios.plainwords import joined, plain
from scenarios.plan import Plan
from scenarios.spans import night_spans
from scenarios.tongue import ENGLISH, language, mark
from scenarios.tongue import say as _
from scenarios.view import DutyView, PersonView, SeatsView

TASKS = {
    "post": mark("Post: stand by, answer calls, be seen"),
    "gate": mark("Gate: entry, queue, escape way free"),
    "search": mark("Search lane: bags and persons by consent"),
    "steward": mark("Steward: guide the public, report crowding"),
    "guard": mark("Guard: watch the site, access, surroundings"),
    "crew": mark("Patrol: see route card"),
    "supervisor": mark("Supervise the sector, visit each post"),
    "lead": mark("Lead the shift"),
    "reserve": mark("Reserve: rested and ready at notice"),
    "base": mark("Station duty: calls of the district"),
    "relief": mark("Relieve posts for meals"),
    "other": mark("As briefed"),
}


def place_names(desk: Desk, rebuilt: Rebuilt, plan: Plan) -> dict[str, str]:
    """Names of places as people read them; a computed post is called by its number and street."""
    spots: dict[str, Spot] = {**desk.places.spots, **rebuilt.derived.chosen}
    numbers = {place: number for number, place in plan.posts.items()}
    return {
        ident: f"{numbers[ident]} {_call(desk, spot)}" if ident in numbers else spot.name
        for ident, spot in spots.items()
    }


def _call(desk: Desk, spot: Spot) -> str:
    """The name of a post: its own, its street's, or that of the nearest site where the road has none."""
    if spot.name != spot.id:
        return spot.name
    near = min(
        (desk.places[site.id] for site in desk.scenario.sites),
        key=lambda s: (s.xy[0] - spot.xy[0]) ** 2 + (s.xy[1] - spot.xy[1]) ** 2,
    )
    return _("near {place}", place=near.name)


def seats_views(plan: Plan, rebuilt: Rebuilt, names: Mapping[str, str]) -> tuple[SeatsView, ...]:
    """Every seat group in order of time and party."""
    leads = {p.id: p.name for p in rebuilt.roster.staff.people}
    filled: dict[str, list[str]] = defaultdict(list)
    for duty in sorted(plan.roster.duties):
        filled[duty.group].append(duty.person)
    found = []
    for seats in rebuilt.derived.seats:
        need = seats.need
        found.append(
            SeatsView(
                id=seats.id, party=need.party, kind=need.kind, place=need.place,
                place_name=names.get(need.place, need.place), start_s=seats.start_s, end_s=seats.end_s,
                need=need.number, want=need.number if need.want is None else need.want,
                people=tuple(filled.get(seats.id, ())), owner=need.owner,
                lead=leads.get(need.lead, need.lead),
                formula=need.formula if language() == ENGLISH else because(need), source=source_words(need),
                asks=asks(need),
            )
        )
    return tuple(sorted(found, key=lambda s: (s.start_s, s.party, s.id)))


def asks(need: Need) -> str:
    """What a seat asks of its officer, in words."""
    parts = [joined(plain(c) for c in need.categories) or _("anyone")]
    if need.rank_min:
        parts.append(_("{rank} or higher", rank=plain(need.rank_min)))
    parts += [plain(q) for q in need.qualifications]
    if need.unit:
        parts.append(_("of {unit}", unit=need.unit))
    return _(", ").join(parts)


def duty_views(desk: Desk, plan: Plan, rebuilt: Rebuilt, names: Mapping[str, str]) -> tuple[DutyView, ...]:
    """Every duty in order of person and time; duties of people or seats nobody knows are left to the audit."""
    people = {p.id: p for p in desk.staff.people}
    seats = {s.id: s for s in rebuilt.derived.seats}
    leads = {p.id: p.name for p in desk.staff.people}
    seat_owned = {g.id: g.owner is not None for g in rebuilt.roster.problem.groups}
    found = []
    for duty in plan.roster.duties:
        person, its = people.get(duty.person), seats.get(duty.group)
        if person is None or its is None:
            continue
        need = its.need
        found.append(
            DutyView(
                person=person.id, name=person.name, unit=person.unit, category=person.category,
                rank=person.rank, group=its.id, seat=duty.seat, party=need.party, kind=need.kind,
                place=need.place, place_name=names.get(need.place, need.place),
                task=_(TASKS[need.kind]) if need.kind in TASKS else need.kind, report_s=its.report_s,
                start_s=its.start_s, end_s=its.end_s, release_s=its.release_s, lead=leads.get(need.lead, need.lead),
                owner=need.owner, role=_role(need), borrowed=need.owner != person.unit and seat_owned[its.id],
            )
        )
    return tuple(sorted(found, key=lambda d: (d.person, d.report_s, d.group)))


def _role(need: Need) -> str:
    if need.rank_min and need.kind in ("crew", "post"):
        return "lead"
    if "driving" in need.qualifications:
        return "driver"
    return ""


def person_views(
    desk: Desk, rebuilt: Rebuilt, duties: tuple[DutyView, ...], only: Collection[str] | None = None
) -> tuple[PersonView, ...]:
    """Everybody (or some, by id), with hours and nights the plan gives them; in file order."""
    nights = night_spans(desk.scenario)
    paid = {s.id: s.paid_s for s in rebuilt.derived.seats}
    ledger = {row.person: row.hours for row in desk.scenario.ledger}
    mine: dict[str, list[DutyView]] = defaultdict(list)
    for duty in duties:
        mine[duty.person].append(duty)
    found = []
    for person in desk.staff.people:
        if only is not None and person.id not in only:
            continue
        own = mine.get(person.id, [])
        touched = {
            k for k, (a, b) in enumerate(nights) for d in own if min(b, d.end_s) - max(a, d.start_s) >= 7200
        }
        found.append(
            PersonView(
                id=person.id, name=person.name, unit=person.unit, category=person.category,
                rank=person.rank, hours=sum(paid[d.group] for d in own) / 3600, nights=len(touched),
                n_duties=len(own), ledger_hours=ledger.get(person.id, 0.0), synthetic=person.synthetic,
            )
        )
    return tuple(found)

"""Seats that stand for themselves: site guards, seats the planner gave, base strength and duty leads."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.demand.bodies import INDOOR, Maker, head_of
from scenarios.demand.need import Need
from scenarios.demand.shifts import ShiftSpan, watch_spans
from scenarios.schema import Scenario, SeatRow, Unit
from scenarios.spans import intervals, with_number

_RAIL = frozenset({"level_crossing", "crossing", "rail_bridge", "tunnel", "rail"})
_HAZARD = frozenset({"fuel", "chemical", "fireworks", "hazard"})


def guard_needs(scenario: Scenario) -> Iterator[Need]:
    """Static officers that sites ask for, e.g. ``festival:2``."""
    for site in scenario.sites:
        maker = Maker(scenario, site.id, site.owner, site.lead)
        strain = ("standing",) if site.kind in INDOOR else ("standing", "outdoor")
        for text in site.guards:
            name, number = with_number(text)
            for k, (a, b) in enumerate(intervals(scenario, name, site.id), start=1):
                yield from maker.mixed(
                    f"{site.id}.guard.{name}.{k}", party=f"{site.id}.guard", kind="guard",
                    start_s=a, end_s=b, number=number,
                    qualifications=site.qualifications, tags=strain,
                    formula=f"{number} officers as the site asks for in {name}",
                    inputs={"guards": text, "site": site.id}, source=_why(site.kind),
                )  # fmt: skip


def _why(kind: str) -> str:
    if kind in _RAIL:
        return "P13 rail guard point; planner's own number"
    if kind in _HAZARD:
        return "P7 hazard site with a demand of its own; planner's own number"
    return "R16 two officers where law is enforced; planner's own number"


def row_needs(scenario: Scenario) -> Iterator[Need]:
    """Seats of ``seats.csv``, as given."""
    units = {u.id for u in scenario.units}
    for row in scenario.seats:
        yield _row_need(scenario, row, own=row.place in units)


def _row_need(scenario: Scenario, row: SeatRow, *, own: bool) -> Need:
    return Need(
        id=row.id, party=row.id, place=row.place, kind=row.kind, start_s=scenario.seconds(row.start),
        end_s=scenario.seconds(row.end), number=row.need, want=row.want, most=row.most, importance=row.importance,
        categories=row.categories, rank_min=row.rank_min, qualifications=row.qualifications, unit=row.unit,
        tags=row.tags, team=row.team or "", shift=row.shift or "", owner=row.owner, lead=row.lead, sector=row.lead,
        formula=f"{row.need} as the planner wrote", inputs={"need": row.need, "want": row.want, "at_home": own},
        source="seats.csv",
    )  # fmt: skip


def base_needs(scenario: Scenario) -> Iterator[Need]:
    """Officers who stay at each home station while the event goes on (R22)."""
    for unit in scenario.units:
        maker = Maker(scenario, unit.id, unit.id, head_of(scenario, unit.id))
        for watch in watch_spans(scenario) or _whole(scenario):
            yield from maker.mixed(
                f"{unit.id}.base.{watch.label}", party=f"{unit.id}.base.{watch.label}", kind="base", unit=unit.id,
                start_s=watch.start_s, end_s=watch.end_s, number=unit.base_need, uncut=watch.shift != "",
                formula=f"base strength of {unit.base_need} at home in every watch",
                inputs={"base_need": unit.base_need, "watch": watch.label}, source="R22 base coverage",
            )  # fmt: skip


def lead_needs(scenario: Scenario) -> Iterator[Need]:
    """A duty lead of rank for each unit and watch (R14)."""
    rank = scenario.demand.lead_rank or scenario.ranks[min(1, len(scenario.ranks) - 1)]
    for unit in scenario.units:
        if not unit.duty_lead or not _has_people(scenario, unit):
            continue
        maker = Maker(scenario, unit.id, unit.id, head_of(scenario, unit.id))
        for watch in watch_spans(scenario):
            name = f"{unit.id}.lead.{watch.label}"
            yield from maker.make(
                name, party=name, kind="lead", unit=unit.id, rank_min=rank, number=1, uncut=True,
                start_s=watch.start_s, end_s=watch.end_s,
                formula=f"1 lead of rank {rank} or above in each watch", inputs={"rank": rank, "watch": watch.label},
                source="R14 duty lead",
            )  # fmt: skip


def _has_people(scenario: Scenario, unit: Unit) -> bool:
    return bool(unit.strength) or any(p.unit == unit.id for p in scenario.people)


def _whole(scenario: Scenario) -> tuple[ShiftSpan, ...]:
    return (ShiftSpan("", 0, "all", 0, scenario.horizon_s),)



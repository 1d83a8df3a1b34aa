"""Posts and patrol crews that the engines chose -> seats by their kind's make-up (Q5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scenarios.demand.need import Need
from scenarios.demand.shifts import label
from scenarios.schema import Kind, Scenario


class Stand(NamedTuple):
    """A post manned during a span: its number, where, by what, how many units, and who answers for it."""

    number: str
    place: str
    kind: str
    n_units: int
    start_s: int
    end_s: int
    owner: str
    lead: str


class Tour(NamedTuple):
    """A crew's tour in one shift, from its depot to where it is released (empty: the same)."""

    call_sign: str
    crew: str
    unit: str
    kind: str
    start_s: int
    end_s: int
    depot: str
    lead: str
    release: str = ""


def _kinds(scenario: Scenario) -> dict[str, Kind]:
    return {k.id: k for k in scenario.kinds}


def post_needs(
    scenario: Scenario, stands: Iterable[tuple[str, str, str, int, int, int, str, str]]
) -> tuple[Need, ...]:
    """Seats of manned posts; one Need for each line of the kind's make-up.

    Parameters
    ----------
    stands
        ``Stand`` rows, or plain tuples in that order; times in seconds since the horizon's start.
    """
    kinds, found = _kinds(scenario), []
    for stand in (Stand(*s) for s in stands):
        kind = kinds[stand.kind]
        at = label(scenario, stand.start_s)
        for line, seat in enumerate(kind.seats, start=1):
            found.append(
                Need(
                    id=f"{stand.number}.{at}.{line}", party=stand.number, place=stand.place, kind="post",
                    start_s=stand.start_s, end_s=stand.end_s, number=seat.number * stand.n_units,
                    categories=seat.categories, qualifications=seat.qualifications, rank_min=seat.rank_min,
                    uses=dict(seat.uses), tags=kind.tags, owner=stand.owner, lead=stand.lead, sector=stand.lead,
                    team=f"{stand.number}.{at}" if kind.whole else "",
                    formula=f"{stand.n_units} {kind.title} x {seat.number} in line {line} of its make-up",
                    inputs={
                        "units": stand.n_units, "per_unit": seat.number, "kind": kind.id, "kind_title": kind.title,
                    },
                    source="chosen by siting; make-up of the kind (Q5)",
                )
            )
    return tuple(found)


def crew_needs(
    scenario: Scenario, tours: Iterable[tuple[str | int, ...]]
) -> tuple[Need, ...]:
    """Seats of patrol crews; never cut, since a crew comes home with its car.

    Parameters
    ----------
    tours
        ``Tour`` rows, or plain tuples in that order; times in seconds since the horizon's start.
    """
    kinds, found = _kinds(scenario), []
    for tour in (Tour(*t) for t in tours):  # type: ignore[arg-type]
        kind = kinds[tour.kind]
        party = f"{tour.call_sign}.{label(scenario, tour.start_s)}"
        for line, seat in enumerate(kind.seats, start=1):
            found.append(
                Need(
                    id=f"{party}.{line}", party=party, place=tour.depot, kind="crew",
                    release_place=tour.release or tour.depot,
                    start_s=tour.start_s, end_s=tour.end_s, number=seat.number, categories=seat.categories,
                    qualifications=seat.qualifications, rank_min=seat.rank_min, uses=dict(seat.uses), tags=kind.tags,
                    owner=tour.unit, lead=tour.lead, sector=tour.lead, uncut=True,
                    team=party if kind.whole else "",
                    formula=f"1 {kind.title} x {seat.number} in line {line} of its make-up",
                    inputs={
                        "per_crew": seat.number, "kind": kind.id, "kind_title": kind.title, "crew": tour.crew,
                    },
                    source="chosen by patrols; make-up of the kind (Q5)",
                )
            )
    return tuple(found)

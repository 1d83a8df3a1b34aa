"""A scenario laid out ready for work: map read, places found, people listed, fixed needs counted.

Solving, checking and drawing all start from the same desk, so that they cannot see different facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from geodata.ground import Ground, load_ground
from geodata.routing.store import default_cache
from scenarios import demand
from scenarios.assemble.cutting import check_breaks, check_cutting, told
from scenarios.assemble.patrols import CrewInfo, PatrolTables
from scenarios.assemble.places import Places, Spot, Ways, locate
from scenarios.assemble.roster import RosterTables, assemble_roster
from scenarios.assemble.siting import PostStand, SitingTables, post_stands
from scenarios.bluelights import check_blue_lights
from scenarios.demand.need import Need, Seats
from scenarios.load import Loaded
from scenarios.schema import Scenario
from scenarios.seat_changes import with_changes
from scenarios.staff import Staff, staff_of
from scenarios.strength import Budget
from scheduler.errors import ProblemError
from scheduler.patrols.plan import PatrolPlan
from scheduler.siting.plan import SitingPlan


@dataclass(eq=False)
class Desk:
    """One scenario with its ground."""

    loaded: Loaded
    ground: Ground
    places: Places
    ways: Ways
    staff: Staff

    @property
    def scenario(self) -> Scenario:
        """The scenario itself."""
        return self.loaded.scenario

    @cached_property
    def fixed(self) -> tuple[Need, ...]:
        """Needs that do not depend on posts and patrols."""
        return tuple(demand.demand_needs(self.scenario))

    @cached_property
    def timetable(self) -> demand.Timetable:
        """Breaks of the fixed needs with who stands in; empty unless the scenario asks for them."""
        return demand.timetable(self.scenario, self.fixed)

    def budget(self) -> Budget:
        """The force by hour less the fixed needs, their supervisors and their reserve."""
        budget = Budget(self.scenario, self.staff)
        needs = list(self.fixed)
        needs += demand.supervisor_needs(self.scenario, needs)
        needs += demand.reserve_needs(self.scenario, needs)
        budget.add_needs(needs)
        return budget


def prepare(loaded: Loaded) -> Desk:
    """Read the map and lay everything out.

    Raises
    ------
    ScenarioError, GeodataError
        Every fault of the places, of the map or of the blue-light ways, in one report.
    """
    scenario = loaded.scenario
    ground = load_ground(
        loaded.map_path, crs=scenario.map.crs, profiles=profiles_of(scenario), section_m=scenario.rail.section_m,
        keep_in=default_cache("grounds"),
    )  # fmt: skip
    places = locate(scenario, ground)
    ways = Ways(scenario, ground)
    check_blue_lights(scenario, loaded.raw, places, ways)
    return Desk(loaded, ground, places, ways, staff_of(scenario))


def profiles_of(scenario: Scenario) -> tuple[str, ...]:
    """Networks that a scenario needs: car and foot always, others where crews move so."""
    return ("car", "foot", *(("bike",) if any(kind.mode == "bike" for kind in scenario.kinds) else ()))


@dataclass(frozen=True, eq=False)
class Derived:
    """What follows from a siting plan and a patrol plan without any choice: posts, crews and seats.

    ``crews`` gives the call sign and ``parties`` the seats' party of every crew that rides.
    """

    stands: tuple[PostStand, ...]
    crews: Mapping[str, str]
    parties: Mapping[str, str]
    needs: tuple[Need, ...]
    seats: tuple[Seats, ...]
    chosen: Mapping[str, Spot]


def derive(
    desk: Desk,
    siting: SitingTables,
    siting_plan: SitingPlan,
    numbers: Mapping[str, str],
    patrols: PatrolTables,
    patrol_plan: PatrolPlan,
    signs: Mapping[str, str],
) -> Derived:
    """Turn posts and tours into seats.

    Parameters
    ----------
    numbers
        Post number by place id.
    signs
        Call sign by crew slot.
    """
    scenario = desk.scenario
    stands = post_stands(scenario, siting, siting_plan, numbers)
    crews = {
        tour.crew: signs[patrols.crews[tour.crew].slot]
        for tour in patrol_plan.tours
        if tour.crew in patrols.crews
    }
    needs = list(desk.fixed)
    needs += demand.post_needs(
        scenario,
        [(s.number, s.place, s.kind, s.n_units, s.start_s, s.end_s, s.owner, s.lead) for s in stands],
    )
    parties: dict[str, str] = {}
    for crew, sign in sorted(crews.items()):
        info = patrols.crews[crew]
        lead = crew_lead(scenario, info)
        begin, finish = info.depots
        tour = (sign, crew, info.unit, info.kind.id, info.start_s, info.end_s, begin, lead, finish)
        seats = demand.crew_needs(scenario, [tour])
        parties[crew] = seats[0].party
        needs += seats
    needs += demand.supervisor_needs(scenario, needs)
    needs += demand.reserve_needs(scenario, needs)
    spots = {spot.id: spot for spot in siting.posts}
    chosen = {s.place: spots[s.place] for s in stands}
    pieces = demand.cut(needs, scenario)
    _prove(desk, needs, pieces)
    return Derived(stands, crews, parties, tuple(needs), with_changes(scenario, pieces), chosen)


def _prove(desk: Desk, needs: Sequence[Need], seats: Sequence[Seats]) -> None:
    """Refuse to go on with a cutting that leaves a seat empty: a plan made on it would promise too much."""
    fixed = {need.id for need in desk.fixed}
    mine = [piece for piece in seats if piece.need.id in fixed]
    wrong = check_cutting(desk.scenario, needs, seats)
    wrong += check_breaks(desk.scenario, mine, desk.timetable.breaks)
    if wrong:
        raise ProblemError([f"seats are not cut soundly, a defect of ours: {told(wrong)}"])


def crew_lead(scenario: Scenario, info: CrewInfo) -> str:
    """The named lead a crew answers to: of the rail line for its owner, else of the unit's first place."""
    rail = scenario.rail
    if rail.owner == info.unit and rail.lead:
        return rail.lead
    owned = [(z.owner, z.lead) for z in scenario.zones] + [(s.owner, s.lead) for s in scenario.sites]
    mine = next((lead for owner, lead in owned if owner == info.unit), "")
    return mine or next((lead for _, lead in owned), "")


def roster_tables(desk: Desk, derived: Derived) -> RosterTables:
    """The roster Problem of derived seats."""
    return assemble_roster(
        desk.scenario, desk.places, desk.ways, desk.staff, derived.seats, derived.chosen
    )

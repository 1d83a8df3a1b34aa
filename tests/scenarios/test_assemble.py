"""The single crossing: places found, closures in force, stock by hour, rules split by their exceptions."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import timedelta

import numpy as np
import pytest

from geodata.known import short_id
from scenarios.assemble.patrols import assemble_patrols, least_out
from scenarios.assemble.places import Ways, locate
from scenarios.assemble.roster import _people as roster_people
from scenarios.assemble.roster import assemble_roster, rule_settings
from scenarios.assemble.siting import assemble_siting, number_posts
from scenarios.desk import Desk, prepare
from scenarios.errors import ScenarioError
from scenarios.load import load_checked
from scenarios.schema import Closure, Ledger, RuleRow, Scenario
from scenarios.staff import staff_of
from scheduler.roster.rules import load
from scheduler.siting.plan import SitingPlan, Stand


@pytest.fixture(scope="module")
def desk() -> Desk:
    return prepare(load_checked("crossroads"))


def _with(scenario: Scenario, **changes: object) -> Scenario:
    return scenario.model_copy(update=changes)


def test_promises_without_a_shift_within_the_event_are_a_fault(desk: Desk) -> None:
    """Nobody could go out: it is told by the setting, and no search begins."""
    late = tuple(shift.model_copy(update={"start": "04:00", "hours": 1.0}) for shift in desk.scenario.shifts)
    with pytest.raises(ScenarioError) as caught:
        assemble_patrols(_with(desk.scenario, shifts=late), desk.places, desk.ways, desk.budget())
    assert [fault.field for fault in caught.value.faults] == ["patrols.offers"]


@pytest.mark.parametrize("text", ["w401", "osm-w401", "way/401"])
def test_osm_ids_have_one_short_form(text: str) -> None:
    assert short_id(text) == "w401"


def test_a_site_is_reached_at_its_outline_not_at_its_middle(desk: Desk) -> None:
    """The market square is an area: a car arrives at its edge, nearer to the road than its middle."""
    square = desk.places["square"]
    assert square.reach_xy is not None
    network = desk.ground.networks["car"]
    both = network.snap(np.array([square.xy, square.at]), 1e6)
    assert both.distance_m[1] < both.distance_m[0]


def test_places_without_position_or_far_from_roads_are_all_named(desk: Desk) -> None:
    """One report: a site without a position, one that the map does not know, and one in the fields."""
    first, second, third, *rest = desk.scenario.sites
    sites = (
        first.model_copy(update={"lon": None, "lat": None, "osm": None}),
        second.model_copy(update={"lon": None, "lat": None, "osm": "n999999"}),
        third.model_copy(update={"lon": 10.2, "lat": 50.1, "osm": None}),
        *rest,
    )
    with pytest.raises(ScenarioError) as found:
        locate(_with(desk.scenario, sites=sites), desk.ground)
    text = str(found.value)
    assert first.id in text
    assert "n999999" in text
    assert f'lon, lat "{third.id}": expected a place within 250 m of a road' in text


def test_another_towns_map_is_one_fault_and_not_one_for_each_place(desk: Desk) -> None:
    """Places of the event lie far from every road: the map is wrong, not its places."""
    sites = tuple(s.model_copy(update={"lon": 13.26, "lat": 53.56, "osm": None}) for s in desk.scenario.sites)
    with pytest.raises(ScenarioError) as found:
        locate(_with(desk.scenario, sites=sites), desk.ground)
    (fault,) = found.value.faults
    assert fault.field == "map.file"
    assert f"{len(sites)} of {len(sites) + 4} places" in fault.expected


def _closure(desk: Desk, minutes: int) -> Closure:
    spot = desk.places["station"]
    return Closure(
        id="c1", name="station road", start=desk.scenario.start,
        end=desk.scenario.start + timedelta(minutes=minutes),
        lon=spot.lonlat[0], lat=spot.lonlat[1], radius_m=150,
    )


def test_a_closure_holds_only_while_it_lasts(desk: Desk) -> None:
    """Closed for an hour: in force for a span that touches it, not for a later one."""
    ways = Ways(_with(desk.scenario, closures=(_closure(desk, 60),)), desk.ground)
    assert ways.active("car", 0, 10) == {"c1"}
    assert ways.active("car", 3599, 7200) == {"c1"}
    assert ways.active("car", 3600, 7200) == frozenset()
    assert ways.active("foot", 0, 10) == frozenset()


def test_a_closed_road_is_never_driven(desk: Desk) -> None:
    """With the closure in force no way is shorter, and the closed edges are on no path."""
    ways = Ways(_with(desk.scenario, closures=(_closure(desk, 60),)), desk.ground)
    xy = desk.places.xy(s.id for s in desk.scenario.sites)
    free = ways.seconds("car", frozenset(), xy, xy, walk=False)
    shut = ways.seconds("car", frozenset({"c1"}), xy, xy, walk=False)
    router = ways.router("car", frozenset({"c1"}))
    assert router.network.closed[ways.closed["car"]["c1"]].all()
    # Points are laid on open roads anew, so only pairs whose ends stay where they were can be compared.
    before, _ = ways.snap(ways.router("car"), xy)
    after, _ = ways.snap(router, xy)
    same = before.edge == after.edge
    both = np.ix_(same, same)
    reach = shut.reachable[both]
    assert (shut.seconds[both][reach] >= free.seconds[both][reach]).all()


def test_a_closure_that_closes_nothing_is_a_fault(desk: Desk) -> None:
    nowhere = _closure(desk, 60).model_copy(update={"lon": 10.2, "lat": 50.2, "radius_m": 20})
    with pytest.raises(ScenarioError, match="c1"):
        Ways(_with(desk.scenario, closures=(nowhere,)), desk.ground)


def test_patrols_least_crews_are_set_aside_but_class_1_keeps_its_post(desk: Desk) -> None:
    """Many heads for patrols leave siting exactly what its class-1 sites can take."""
    scenario = _with(
        desk.scenario, siting=desk.scenario.siting.model_copy(update={"most_units": 3})
    )
    plain = assemble_siting(scenario, desk.places, desk.ways, desk.budget())
    tight = assemble_siting(
        scenario, desk.places, desk.ways, desk.budget(), patrol_heads=lambda _a, _b: 1000
    )
    for a, b in zip(plain.problem.periods, tight.problem.periods, strict=True):
        musts = sum(
            site.must for site, on in zip(tight.problem.sites, b.active, strict=True) if on
        )
        assert b.stock[0] == min(a.stock[0], musts)


def test_least_out_counts_only_promises_that_last(crossroads_tables: object, desk: Desk) -> None:
    """A promise of the concert holds through the concert, not through the whole evening."""
    tables = crossroads_tables
    assert least_out(tables, 3600, 6 * 3600) >= 1  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def crossroads_tables(desk: Desk) -> object:
    from scenarios.assemble.patrols import assemble_patrols

    return assemble_patrols(desk.scenario, desk.places, desk.ways, desk.budget())


def test_numbers_are_kept_and_retired_ones_never_used() -> None:
    """An old post keeps its number; a new one skips what is taken and what is retired."""
    plan = SitingPlan((Stand("b", "p", "k", 1), Stand("a", "p", "k", 1), Stand("c", "p", "k", 1)))
    assert number_posts(plan, {"P02": "b"}, ("P01",)) == {"b": "P02", "a": "P03", "c": "P04"}


def test_the_narrowest_exception_wins_and_everybody_has_one_setting(desk: Desk) -> None:
    """A rule with an exception for a unit and one for a person of it: three settings, disjoint people."""
    row = RuleRow(
        mode="hard", params={"rest_h": 11},
        exceptions=({"unit": "stewards", "rest_h": 9}, {"person": "C09", "rest_h": 8}),
    )
    scenario = _with(desk.scenario, rules={"minimum_rest": row})
    staff = staff_of(scenario)
    settings = [s for s in rule_settings(scenario, staff) if s.name == "minimum_rest"]
    by_rest = {s.params["rest_h"]: s.people for s in settings}
    assert by_rest[8] == {staff.index["C09"]}
    assert by_rest[9] == {
        k for k, p in enumerate(staff.people) if p.unit == "stewards" and p.id != "C09"
    }
    assert by_rest[11] == {k for k, p in enumerate(staff.people) if p.unit != "stewards"}


def test_a_rule_that_is_off_is_not_handed_over(desk: Desk) -> None:
    scenario = _with(desk.scenario, rules={"minimum_rest": RuleRow(mode="off")})
    assert "minimum_rest" not in {s.name for s in rule_settings(scenario, staff_of(scenario))}


def test_burdens_of_earlier_events_reach_the_rule_that_shares_them(desk: Desk) -> None:
    """R25 looks for "night" and "holiday" in the ledger of a Problem's person."""
    who = desk.scenario.people[0].id
    row = Ledger(person=who, hours=4, nights=3, holidays=2)
    scenario = _with(desk.scenario, ledger=(row,))
    people = roster_people(scenario, staff_of(scenario), defaultdict(int))
    ledger = {person.id: dict(person.ledger) for person in people}
    assert ledger[who] == {"night": 3, "holiday": 2, "standing": 0}
    assert set(ledger[who]) <= set(load()["balanced_burdens"].params_type().burdens)


@pytest.mark.parametrize("later", range(7))
def test_days_of_the_roster_have_their_weekdays(desk: Desk, later: int) -> None:
    """Weekends (R46) are counted by them: the day on which the horizon starts has the weekday of its date."""
    scenario = _with(
        desk.scenario,
        start=desk.scenario.start + timedelta(days=later),
        end=desk.scenario.end + timedelta(days=later),
    )
    made = assemble_roster(scenario, desk.places, desk.ways, desk.staff, (), {}).problem
    today = bisect_right(made.days, 0) - 1
    assert (made.first_weekday + today) % 7 == scenario.clock(0).weekday()

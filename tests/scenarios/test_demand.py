"""Demand by hand: head counts, lanes, ratios, guards, relief, supervisors, reserve. Numbers worked on paper."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.demand import (
    Need,
    Stand,
    Tour,
    crew_needs,
    demand_needs,
    head_count,
    post_needs,
    reserve_needs,
    session_count,
    supervisor_needs,
)
from scenarios.demand.headcount import shares, spread
from scenarios.demand.layers import blocks, concurrent
from scenarios.demand.oversight import meal_min, relief_needs
from scenarios.fields import moment
from scenarios.load import load_scenario
from scenarios.schema import Scenario, Session

H = 3600


@pytest.fixture(scope="module")
def town() -> Scenario:
    return load_scenario("crossroads")


def changed(scenario: Scenario, **demand) -> Scenario:
    return scenario.model_copy(update={"demand": scenario.demand.model_copy(update=demand)})


def with_session(scenario: Scenario, **fields) -> Scenario:
    session = scenario.sessions[0].model_copy(update=fields)
    return scenario.model_copy(update={"sessions": (session,)})


def by_id(needs) -> dict[str, Need]:
    found = {n.id: n for n in needs}
    assert len(found) == len(needs)
    return found


# ---------------------------------------------------------------- head counts
def test_shares_rise_and_fall():
    assert shares(6, 4) == (1, 2, 3, 4, 3, 2)
    assert shares(1, 1) == (1,)
    assert shares(4, 3) == (1, 2, 3, 2)


def test_spread_loses_nobody():
    assert spread(100, (1, 2, 3, 4, 3, 2)) == (6, 14, 20, 26, 20, 14)
    assert spread(1, (1, 1)) == (0, 1)


def test_concert_by_hand():
    """150 people in 90 min before a one-hour concert, out in 45 min."""
    count = head_count(
        start_s=2 * H, end_s=3 * H, attendance=150, flowing=False, arrive_s=5400, egress_s=2700
    )
    assert count.start_s == 1800
    assert count.arrivals == (10, 20, 30, 40, 30, 20, 0, 0, 0, 0, 0, 0, 0)
    # in: 10 30 60 100 130 150, four quarters of concert, then 3/6, 2/6, 1/6 leave
    assert count.inside == (10, 30, 60, 100, 130, 150, 150, 150, 150, 150, 150, 75, 25)
    assert count.peak_per_h == 20 + 30 + 40 + 30
    assert count.peak == 150


def test_exhibition_by_hand():
    """80 visitors of a 2-hour exhibition who stay half an hour each."""
    count = head_count(
        start_s=0, end_s=2 * H, attendance=80, flowing=True, arrive_s=0, egress_s=900, stay_s=1800
    )
    # eight quarters, doors close one before the end: 1 2 3 4 3 2 1 of 16
    assert count.arrivals == (5, 10, 15, 20, 15, 10, 5, 0, 0)
    assert count.inside == (5, 15, 25, 35, 35, 25, 15, 5, 5)


@given(
    st.integers(0, 5000), st.integers(900, 4 * H), st.integers(900, 4 * H), st.integers(0, 2 * H), st.booleans()
)
def test_nobody_appears_or_stays(attendance, length_s, arrive_s, egress_s, flowing):
    count = head_count(
        start_s=5 * H, end_s=5 * H + length_s, attendance=attendance, flowing=flowing, arrive_s=arrive_s,
        egress_s=egress_s, stay_s=1800,
    )  # fmt: skip
    assert sum(count.arrivals) == attendance
    assert len(count.arrivals) == len(count.inside)
    assert all(0 <= n <= attendance for n in count.inside)
    assert count.peak_per_h <= attendance


# ---------------------------------------------------------------- blocks
def test_blocks_by_hand():
    """Needs 1 1 2 2 1 1 by half hours: one stays throughout, one comes for the middle."""
    counts = [1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1]
    found = [(b.start_s, b.end_s, b.number) for b in blocks(counts)]
    assert found == [(0, 3 * H, 1), (H, 2 * H, 1)]
    assert [(b.start_s, b.end_s, b.number) for b in blocks(counts, waves=1)] == [(0, 3 * H, 2)]


def test_short_dips_send_nobody_home():
    counts = [1] * 4 + [0] * 4 + [1] * 4
    assert [(b.start_s, b.end_s) for b in blocks(counts)] == [(0, 3 * H)]
    counts = [1] * 4 + [0] * 16 + [1] * 4
    assert [(b.start_s, b.end_s) for b in blocks(counts)] == [(0, H), (5 * H, 6 * H)]


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 4), st.integers(0, 3))
def test_blocks_never_hold_fewer(counts, waves, offset):
    start_s = offset * 900
    found = blocks(counts, start_s=start_s, waves=waves)
    for k, count in enumerate(counts):
        at = start_s + k * 900
        assert sum(b.number for b in found if b.start_s <= at < b.end_s) >= count
    if counts:
        assert sum(b.number for b in found) >= max(counts)
    assert all(b.start_s % 1800 == 0 and b.end_s % 1800 == 0 for b in found)


# ---------------------------------------------------------------- sessions
def test_crossroads_needs(town):
    needs = by_id(demand_needs(town))
    assert {name: n.number for name, n in needs.items()} == {
        "lanterns.gate": 1,
        "lanterns.egress": 1,
        "lanterns.steward.d1-1800": 1,
        "lanterns.police": 1,
        "lanterns.police.beside": 1,
        "police.lead.d1-1700": 1,
    }
    gate = needs["lanterns.gate"]
    # doors 18:00, build-up an hour before; 22:00 + 30 min egress + 30 min breakdown
    assert (gate.start_s, gate.end_s) == (0, 6 * H)
    assert gate.categories == ("steward",)
    assert needs["lanterns.egress"].importance == "very important"
    assert needs["police.lead.d1-1700"].rank_min == "sergeant"
    assert needs["police.lead.d1-1700"].unit == "police"


def test_every_number_says_why(town):
    big = with_session(town, attendance=3000, search=True, standing=True)
    needs = demand_needs(big)
    extra = [*needs, *supervisor_needs(big, needs)]
    extra += reserve_needs(big, extra)
    for need in extra:
        assert need.formula
        assert need.source
        assert need.inputs
        assert need.owner in {"police", "stewards"}
        assert need.lead
        assert need.end_s > need.start_s


def test_lanes_by_peak_arrivals(town):
    """3000 people in 90 min: 3000 x (2+3+4+3)/15 = 2400 in the peak hour; at 200 a lane that is 12."""
    big = with_session(town, attendance=3000, search=True, arrive_min=90)
    assert session_count(big, big.sessions[0]).peak_per_h == 2400
    need = by_id(demand_needs(big))["lanterns.search"]
    assert need.number == 12
    assert need.inputs == {"peak_per_h": 2400, "lane_rate_per_h": 200, "per_lane": 1}
    assert need.formula == "⌈2400 arrivals in the peak hour / 200 per lane⌉ = 12 lanes x 1"
    assert by_id(demand_needs(changed(big, lane_rate_per_h=1200)))["lanterns.search"].number == 2
    assert by_id(demand_needs(changed(big, lane_rate_per_h=1199)))["lanterns.search"].number == 3


def test_police_ratio_and_risk(town):
    def number(attendance, risk):
        needs = by_id(demand_needs(with_session(town, attendance=attendance, risk=risk)))
        return needs["lanterns.police"].number + needs["lanterns.police.beside"].number

    assert number(1, "low") == 2  # never fewer than two (R16)
    assert number(4000, "medium") == 4
    assert number(4001, "medium") == 5
    assert number(4000, "high") == 8
    assert number(4000, "low") == 2


def test_police_beside_auxiliaries(town):
    """Of five, three are police; auxiliaries may fill the other two. Without auxiliaries all five are police."""
    big = with_session(town, attendance=5000, risk="medium")
    needs = by_id(demand_needs(big))
    assert needs["lanterns.police"].number == 3
    assert needs["lanterns.police"].categories == ("sworn",)
    assert needs["lanterns.police.beside"].number == 2
    assert needs["lanterns.police.beside"].categories == ("sworn", "auxiliary")
    assert needs["lanterns.police"].party == needs["lanterns.police.beside"].party
    alone = by_id(demand_needs(changed(big, support=())))
    assert alone["lanterns.police"].number == 5
    assert "lanterns.police.beside" not in alone


def test_stewards_follow_the_crowd(town):
    """At 1:250 the most stewards at once are ⌈2000 / 250⌉ = 8, and never fewer than the heads ask for."""
    big = with_session(town, attendance=2000)
    stewards = [n for n in demand_needs(big) if n.id.startswith("lanterns.steward")]
    assert sum(n.number for n in stewards) == 8
    count = session_count(big, big.sessions[0])
    for k, heads in enumerate(count.inside):
        at = count.start_s + k * 900
        there = sum(n.number for n in stewards if n.start_s <= at < n.end_s)
        assert there >= -(-heads // 250)


def test_stewards_of_the_organiser_are_not_planned(town):
    """Gates, search, stage and stewards go; police, the command post and everything else stay as they are."""
    busy = with_session(town, attendance=2000, search=True, standing=True)
    ours, theirs = (by_id(demand_needs(changed(busy, plan_stewards=on))) for on in (True, False))
    left_out = {need.kind for name, need in ours.items() if name.startswith("lanterns.") and name not in theirs}
    assert left_out == {"gate", "search", "steward"}
    assert {"lanterns.command", "lanterns.police"} <= {name.split("#")[0].removesuffix(".beside") for name in theirs}
    assert not {need.kind for need in theirs.values()} & {"gate", "search", "steward"}


def test_command_post_from_a_thousand(town):
    assert "lanterns.command" not in by_id(demand_needs(with_session(town, attendance=999)))
    assert by_id(demand_needs(with_session(town, attendance=1000)))["lanterns.command"].number == 1


def test_needs_are_clipped_to_the_horizon(town):
    late = town.sessions[0].start.replace(hour=23), town.sessions[0].end.replace(hour=23, minute=45)
    needs = demand_needs(with_session(town, start=late[0], end=late[1], arrive_min=10))
    assert all(0 <= n.start_s < n.end_s <= town.horizon_s for n in needs)


def test_no_attendance_no_crowd(town):
    needs = [n for n in demand_needs(with_session(town, attendance=0)) if n.party == "lanterns.stewards"]
    assert needs == []


def test_guards_and_their_skills(town):
    station = town.sites[1].model_copy(update={"guards": ("concert:3",), "qualifications": ("traffic",)})
    guarded = town.model_copy(update={"sites": (town.sites[0], station, *town.sites[2:])})
    needs = by_id(demand_needs(guarded))
    assert needs["station.guard.concert.1"].number == 2
    assert needs["station.guard.concert.1.beside"].number == 1
    assert needs["station.guard.concert.1"].qualifications == ("traffic",)
    assert (needs["station.guard.concert.1"].start_s, needs["station.guard.concert.1"].end_s) == (H, 6 * H)


def test_base_strength_by_watch(town):
    unit = town.units[0].model_copy(update={"base_need": 3})
    needs = by_id(demand_needs(town.model_copy(update={"units": (unit, town.units[1])})))
    assert needs["police.base.d1-1700"].number == 2
    assert needs["police.base.d1-1700.beside"].number == 1
    assert needs["police.base.d1-1700"].unit == "police"
    assert needs["police.base.d1-1700"].uncut


# ---------------------------------------------------------------- oversight
def need(name, number, start_h, end_h, **more) -> Need:
    fields = {
        "party": name, "place": "square", "kind": "guard", "formula": "f", "inputs": {"a": 1}, "source": "s",
        "owner": "police", "lead": "C01", "sector": "C01", "categories": ("sworn",),
    }  # fmt: skip
    return Need(id=name, number=number, start_s=start_h * H, end_s=end_h * H, **{**fields, **more})


def test_meals_by_length():
    assert [meal_min(h * 60) for h in (5, 6, 7, 8, 9, 10, 12)] == [30, 35, 40, 45, 50, 60, 60]
    assert meal_min(6 * 60 - 1) == 30


def test_relief_by_hand(town):
    """Ten seats of 6 h: 35 min of 325 each asks for 10 x 35 / 325 = 1.08, so two; nine seats ask for one."""
    rules = changed(town, meal_relief=True)
    (found,) = relief_needs(rules, [need("a", 10, 0, 6)])
    assert (found.number, found.start_s, found.end_s, found.kind) == (2, 0, 6 * H, "relief")
    (found,) = relief_needs(rules, [need("a", 9, 0, 6)])
    assert found.number == 1
    assert relief_needs(rules, [need("a", 10, 0, 3)]) == ()  # shorter than meal_from_h
    assert relief_needs(town, [need("a", 10, 0, 6)]) == ()  # switched off


def test_supervisors_by_hand(town):
    """1 for 7, from 12 on in this town: 11 officers none, 12 officers two."""
    assert supervisor_needs(town, [need("a", 11, 0, 6)]) == ()
    (found,) = supervisor_needs(town, [need("a", 12, 0, 6)])
    assert (found.number, found.rank_min, found.sector) == (2, "sergeant", "C01")
    assert supervisor_needs(town, [need("a", 20, 0, 6, kind="reserve")]) == ()


def test_supervisors_of_a_mixed_sector(town):
    """9 stewards and 6 police: ⌈15 / 7⌉ = 3; stewards lead one whole team, police the rest."""
    both = [need("a", 6, 0, 6), need("b", 9, 0, 6, categories=("steward",))]
    found = {n.categories: n.number for n in supervisor_needs(town, both)}
    assert found == {("sworn",): 2, ("steward",): 1}


def test_sectors_are_led_apart(town):
    both = [need("a", 12, 0, 6), need("b", 11, 0, 6, sector="C02")]
    assert [n.sector for n in supervisor_needs(town, both)] == ["C01"]


def test_reserve_by_hand(town):
    """10 % of 11 police is 2 (one may be an auxiliary), of 5 stewards 1; base strength does not count."""
    needs = [
        need("a", 11, 0, 4), need("b", 5, 0, 4, categories=("steward",)), need("c", 90, 0, 4, kind="base"),
    ]  # fmt: skip
    found = {n.id: (n.number, n.place) for n in reserve_needs(town, needs)}
    assert found == {
        "reserve.police.d1-1700": (1, "police"),
        "reserve.police.d1-1700.beside": (1, "police"),
        "reserve.stewards.d1-1700": (1, "stewards"),
    }
    assert reserve_needs(changed(town, reserve_pct=0), needs) == ()


# ---------------------------------------------------------------- engines
def test_posts_by_make_up(town):
    stand = Stand("P07", "lay-by", "car_post", 2, H, 6 * H, "police", "C01")
    first, second = post_needs(town, [stand])
    assert (first.id, first.number, first.qualifications) == ("P07.d1-1800.1", 2, ("driving",))
    assert (second.id, second.number, second.categories) == ("P07.d1-1800.2", 2, ("sworn", "auxiliary"))
    assert first.uses == {"car": 1, "radio": 1}
    assert first.party == second.party == "P07"
    assert post_needs(town, [tuple(stand)]) == (first, second)


def test_crews_by_make_up(town):
    tour = Tour("K01", "police.car_patrol.1", "police", "car_patrol", 0, 7 * H, "police", "C01")
    first, second = crew_needs(town, [tour])
    assert (first.id, first.number, first.uncut) == ("K01.d1-1700.1", 1, True)
    assert first.party == second.party == "K01.d1-1700"
    assert first.release_place == "police"


def test_ids_are_stable_and_legible():
    festival = load_scenario("neubrandenburg")
    needs = demand_needs(festival)
    needs += supervisor_needs(festival, needs)
    needs += reserve_needs(festival, needs)
    assert not [n.id for n in by_id(needs).values() if set(n.id) & set("/# ;:")]
    again = demand_needs(load_scenario("neubrandenburg"))
    assert [n.id for n in again] == [n.id for n in needs[: len(again)]]


def test_concurrency_counts_quarters():
    assert concurrent([need("a", 2, 0, 1), need("b", 1, 0, 2)], 3 * H) == [3] * 4 + [1] * 4 + [0] * 4


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [("2026-10-24 22:00", "2026-10-25 06:00", 9), ("2026-03-28 22:00", "2026-03-29 06:00", 7)],
)
def test_seconds_count_the_clock_change(town, start, end, hours):
    zone = ZoneInfo("Europe/Berlin")
    scene = town.model_copy(update={"start": moment(start, zone)})
    assert scene.seconds(moment(end, zone)) == hours * H
    in_zone = town.model_copy(update={"start": datetime.fromisoformat(start).replace(tzinfo=zone)})
    assert in_zone.seconds(datetime.fromisoformat(end).replace(tzinfo=zone)) == hours * H
    assert f"{scene.clock(hours * H):%Y-%m-%d %H:%M}" == end


def test_a_session_over_a_clock_change_keeps_its_hours(town):
    """A night market 22:00-06:00 on the night the clocks go back lasts 9 hours."""
    start = datetime(2026, 10, 24, 20, tzinfo=UTC)
    night = Session(
        id="n", title="Night market", site="square", kind="market", start=start, end=start + timedelta(hours=9),
        attendance=100, arrive_min=0, egress_min=15,
    )  # fmt: skip
    scene = town.model_copy(
        update={"start": start, "end": start + timedelta(hours=10), "sessions": (night,)}
    )
    assert scene.seconds(night.end) == 9 * H
    assert f"{scene.clock(9 * H):%H:%M}" == "06:00"
    assert len(session_count(scene, night).inside) == 9 * 4 + 1

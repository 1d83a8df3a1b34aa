"""The shipped scenarios: what they promise, and that their force can keep it."""

from collections import Counter

import pytest

from scenarios.demand import cut, demand_needs
from scenarios.load import library, load_checked
from scenarios.whatif import shipped_whatifs


@pytest.fixture(scope="module")
def festival():
    return load_checked("neubrandenburg").scenario


@pytest.fixture(scope="module")
def town():
    return load_checked("crossroads").scenario


def test_crossroads_is_tiny(town):
    assert (len(town.sites), len(town.people), town.horizon_s) == (6, 12, 7 * 3600)
    assert town.synthetic_staff
    assert all(p.synthetic for p in town.people)


def test_festival_lasts_three_days(festival):
    assert festival.horizon_s == 72 * 3600
    assert f"{festival.start:%Y-%m-%d %H:%M %z}" == "2026-08-28 06:00 +0200"
    assert f"{festival.clock(0):%A}" == "Friday"


def test_festival_staff_is_synthetic_and_of_four_categories(festival):
    assert 170 <= len(festival.people) <= 190
    assert len(festival.units) == 5
    assert {p.category for p in festival.people} == {"sworn", "armed", "auxiliary", "steward"}
    assert all(p.synthetic and "Muster" in p.name for p in festival.people)
    assert len({p.name for p in festival.people}) == len(festival.people)
    known = {q.qualification for q in festival.qualifications}
    assert known == {"armed", "traffic", "driving", "first_aid", "drone", "search"}
    for table in ("absences", "wishes", "history", "ledger", "resources", "posts", "seats", "pins"):
        assert getattr(festival, table) or table == "pins", table


def test_festival_sites(festival):
    kinds = Counter(s.kind for s in festival.sites)
    assert 35 <= len(festival.sites) <= 45
    assert kinds["school"] >= 5
    assert kinds["fuel"] >= 5
    assert kinds["level_crossing"] >= 3
    assert {"square", "arena", "stadium", "hall", "station", "bus_station", "hospital"} <= set(kinds)
    assert {s.kind for s in festival.sessions} >= {"market", "concert", "match", "exhibition"}
    assert {p.state for p in festival.posts} == {"required", "existing", "candidate", "forbidden"}


def test_every_site_zone_and_post_answers_to_one(festival):
    people = {p.id: p for p in festival.people}
    for row in (*festival.sites, *festival.zones, *festival.posts, *festival.seats):
        assert row.owner
        assert row.lead in people


@pytest.mark.parametrize("name", ["crossroads", "neubrandenburg"])
def test_the_force_suffices(name):
    """At every hour, fixed must-seats that only some categories may fill leave room for posts, crews and rest."""
    scenario = load_checked(name).scenario
    seats = [s for s in cut(demand_needs(scenario), scenario) if s.need.importance == "must"]
    away = {a.person for a in scenario.absences}
    for hour in range(scenario.horizon_s // 3600):
        at = hour * 3600
        for group in {s.need.categories for s in seats}:
            asked = sum(
                s.need.number
                for s in seats
                if s.start_s <= at < s.end_s and s.need.categories and set(s.need.categories) <= set(group or ())
            )
            there = sum(1 for p in scenario.people if p.id not in away and p.category in (group or ()))
            assert asked <= 0.8 * there, (group, at)


def test_what_ifs_are_shipped():
    assert len(shipped_whatifs(library()["neubrandenburg"])) == 3


@pytest.mark.parametrize("name", ["crossroads", "neubrandenburg"])
def test_ids_do_not_look_like_plan_numbers(name):
    """P07 and K03 are given out by plans; no place of a scenario may take them."""
    import re

    scenario = load_checked(name).scenario
    for row in (*scenario.sites, *scenario.posts, *scenario.units):
        assert not re.fullmatch(r"[PK]\d+", row.id)

"""Post rules that demand and assembly carry: static posts first, exits while open and doubled, windows, P14."""

from itertools import pairwise

import numpy as np
import pytest

from scenarios.assemble.siting import assemble_siting
from scenarios.demand import demand_needs
from scenarios.desk import prepare
from scenarios.load import load_checked, load_scenario
from scenarios.run import plan_scenario
from tests.scenarios.spoil import copy_town, read, replace, write

H = 3600


@pytest.fixture(scope="module")
def gates():
    """Four gates of three people each: doors 18:00, end 22:00, 30 min egress, horizon from 17:00."""
    town = load_scenario("crossroads")
    demand = town.demand.model_copy(update={"per_gate": 3})
    session = town.sessions[0].model_copy(update={"gates": 4})
    town = town.model_copy(update={"demand": demand, "sessions": (session,)})
    return {need.id: need for need in demand_needs(town)}


def test_every_gate_has_its_static_post_before_any_ratio(gates):
    """P8: one at each gate from build-up to breakdown, whatever the ratio says."""
    need = gates["lanterns.gate"]
    assert (need.number, need.start_s, need.end_s) == (4, 0, 6 * H)


def test_every_exit_is_staffed_while_it_is_open(gates):
    """P9: the other two at each of four gates from the doors until the place is empty."""
    need = gates["lanterns.gate.open"]
    assert (need.number, need.start_s, need.end_s) == (8, 1 * H, 5 * H + 1800)


def test_exits_are_doubled_in_the_last_half_hour(gates):
    """P12: from half an hour before the end until the place is empty."""
    need = gates["lanterns.egress"]
    assert (need.number, need.start_s, need.end_s) == (4, 4 * H + 1800, 5 * H + 1800)


def test_a_post_with_a_span_of_its_own_stands_in_it_only():
    """P10: the window comes from the row's spans, periods are cut there, and outside of it nobody may stand."""
    desk = prepare(load_checked("neubrandenburg"))
    problem = assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget()).problem
    ids = [p.id for p in problem.posts]
    row = next(r for r in desk.scenario.posts if r.state == "candidate" and r.id in ids)
    free = problem.posts[ids.index(row.id)]
    span = next(s for s in desk.scenario.spans if len(s.times) == 1 and s.id in desk.scenario.siting.spans + tuple(
        c for site in desk.scenario.sites for c in site.cover))
    rows = tuple(r.model_copy(update={"spans": (span.id,)}) if r.id == row.id else r for r in desk.scenario.posts)
    town = desk.scenario.model_copy(update={"posts": rows})
    changed = assemble_siting(town, desk.places, desk.ways, desk.budget()).problem
    its = changed.posts[[p.id for p in changed.posts].index(row.id)]
    begin, end = (town.seconds(t) for t in (span.times[0].start, span.times[0].end))
    assert (its.open_s, its.close_s) == (begin, end) != (free.open_s, free.close_s)
    assert all(not p.start_s < cut < p.end_s for p in changed.periods for cut in (begin, end))
    assert all(a.end_s <= b.start_s for a, b in pairwise(changed.periods))
    assert np.array_equal(changed.point_site, problem.point_site)


HOURS = """
[[spans]]
id = "quiet"
title = "before the lanterns are lit"
times = [{ start = "2026-06-12 17:00", end = "2026-06-12 20:00" }]

[[spans]]
id = "peak"
title = "lanterns lit to square empty"
times = [{ start = "2026-06-12 20:15", end = "2026-06-12 23:00" }]

[[shifts]]
id = "quiet"
start = "17:00"
hours = 3

[[shifts]]
id = "evening"
"""


def test_a_seat_changes_from_patrol_to_post_by_the_hour(tmp_path):
    """P14: with one driver for crew and post, he rides while it is quiet and stands while it is full.

    A quarter of an hour lies between the two, to go there; both are one tour, so no rest is owed.
    """
    town = copy_town(tmp_path)
    held = read(town / "qualifications.csv")
    write(town / "qualifications.csv", [row for row in held if row[1] != "driving" or row[0] == "C04"])
    replace(town, '[[shifts]]\nid = "evening"\n', HOURS)
    replace(town, 'number = 1, shifts = ["evening"]', 'number = 1, shifts = ["quiet"]')
    replace(town, 'spans = ["concert"]', 'spans = ["peak"]')
    replace(town, "concert:150", "quiet:150")
    head, *sites = read(town / "sites.csv")
    cover, gaps = head.index("cover"), head.index("gaps")
    for row in sites:
        row[cover] = row[cover] and "peak"
        row[gaps] = row[gaps] and f"quiet:{row[gaps].split(':')[1]}"
    write(town / "sites.csv", [head, *sites])
    planned = plan_scenario(load_checked(town), seconds=4, workers=1, repeatable=True)
    groups = {group["id"]: group for group in planned.plan.groups}
    his = [groups[duty.group] for duty in planned.plan.roster.duties if duty.person == "C04"]
    times = sorted((group["kind"], group["start_s"], group["end_s"]) for group in his)
    assert times == [("crew", 0, 3 * H), ("post", 3 * H + 900, 6 * H)]
    assert (planned.exit_code, planned.short) == (0, 0)
    assert not planned.audit.breaches

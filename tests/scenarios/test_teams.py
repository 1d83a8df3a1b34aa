"""Teams: rows of one team, and kinds that go whole, are manned whole or not at all."""

import shutil
from collections import Counter
from pathlib import Path

from scenarios.demand import cut, post_needs
from scenarios.load import library, load_scenario
from scenarios.run import open_scenario, plan_scenario
from scheduler.roster.plan import RosterPlan

SEATS = (
    "id,place,kind,start,end,need,categories,importance,team,owner,lead\n"
    "squad-lead,square,other,2026-06-12 18:00,2026-06-12 22:00,1,sworn,nice,squad,police,C01\n"
    "squad-rest,square,other,2026-06-12 18:00,2026-06-12 22:00,9,sworn;auxiliary,nice,squad,police,C01\n"
)


def test_a_squad_too_large_for_the_force_stays_at_home(tmp_path: Path) -> None:
    """Ten of eight police: nobody is sent, though single seats could be filled."""
    folder = tmp_path / "town"
    shutil.copytree(library()["crossroads"], folder)
    (folder / "seats.csv").write_text(SEATS, encoding="utf-8")
    planned = plan_scenario(open_scenario(folder), seconds=4, seed=0, repeatable=True)
    problem = planned.audit.rebuilt.roster.problem
    assert {g.id: g.team for g in problem.groups if g.team} == {"squad-lead#1": "squad#1", "squad-rest#1": "squad#1"}
    filled = Counter(d.group for d in planned.plan.roster.duties)
    assert planned.plan.roster != RosterPlan(())
    assert filled["squad-lead#1"] == filled["squad-rest#1"] == 0
    assert planned.audit.agrees


def test_the_tours_of_a_whole_kind_are_teams() -> None:
    scenario = load_scenario("crossroads")
    kinds = tuple(k.model_copy(update={"whole": True}) for k in scenario.kinds)
    whole = scenario.model_copy(update={"kinds": kinds})
    stand = ("P01", "lay-by", "car_post", 1, 0, 6 * 3600, "police", "C01")
    assert {n.team for n in post_needs(whole, [stand])} == {"P01.d1-1700"}
    assert {n.team for n in post_needs(scenario, [stand])} == {""}
    assert len({s.id for s in cut(post_needs(whole, [stand]), whole)}) == 2

"""The loop that closes the shared force, and runs that give the same plan twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from scenarios.desk import Desk, prepare
from scenarios.load import Loaded
from scenarios.run import EXIT_SHORT, Planned, open_scenario, plan_scenario
from scenarios.schema import History


def _without(loaded: Loaded, *people: str) -> Loaded:
    """The scenario with some people gone (their proofs and wishes too)."""
    scenario = loaded.scenario
    tables = {
        name: tuple(row for row in getattr(scenario, name) if row.person not in people)
        for name in ("qualifications", "absences", "wishes", "history", "ledger", "pins")
    }
    left = tuple(p for p in scenario.people if p.id not in people)
    return replace(loaded, scenario=scenario.model_copy(update={"people": left, **tables}))


@pytest.fixture(scope="module")
def short_handed() -> Planned:
    """Crossroads with two constables who come off a night: the budget counts them, their rest forbids."""
    loaded = open_scenario("crossroads")
    scenario = loaded.scenario
    worked = tuple(
        History(
            person=person, place="police",
            start=scenario.start - timedelta(hours=10), end=scenario.start - timedelta(hours=2),
        )
        for person in ("C06", "C08")
    )
    tired = scenario.model_copy(update={"history": (*scenario.history, *worked)})
    return plan_scenario(replace(loaded, scenario=tired), seconds=4, repeatable=True)


def test_a_short_roster_takes_back_crews_and_keeps_the_best_round(short_handed: Planned) -> None:
    """The first round lacks officers for the patrol; a later one gives the patrol up and fills the rest."""
    rounds = short_handed.plan.rounds
    assert 1 < len(rounds) <= 3
    assert rounds[0]["must_short"] > 0
    kept = [r for r in rounds if r["kept"]]
    assert len(kept) == 1
    assert kept[0]["must_short"] == min(r["must_short"] for r in rounds)
    assert any("crews:" in str(cap["what"]) for r in rounds for cap in r["caps"])


def test_the_plan_of_a_capped_round_still_passes_the_audit(short_handed: Planned) -> None:
    """Caps only tighten, so the audit, which knows no caps, finds nothing."""
    assert short_handed.audit.agrees
    assert not short_handed.audit.breaches


def test_caps_only_tighten(short_handed: Planned) -> None:
    """No round may spend more than an earlier one was capped at."""
    caps = [
        {(c["what"], c["start_s"], c["end_s"]): c["most"] for c in r["caps"]}
        for r in short_handed.plan.rounds
    ]
    for earlier, later in pairwise(caps):
        assert all(later[key] <= most for key, most in earlier.items())


def test_too_few_people_is_a_partial_plan_with_the_seats_named() -> None:
    """Without any steward their seats stay empty, are named with place and time, and the code is 3."""
    stewards = [p.id for p in open_scenario("crossroads").scenario.people if p.category == "steward"]
    planned = plan_scenario(_without(open_scenario("crossroads"), *stewards), seconds=2, repeatable=True)
    assert planned.exit_code == EXIT_SHORT
    assert planned.short >= 2
    assert all("steward" in line for line in planned.view.short)
    assert planned.plan.roster.duties
    assert planned.audit.agrees


def test_the_same_seed_and_work_give_the_same_bytes(crossroads: Planned) -> None:
    """Read, planned and written again from nothing."""
    again = plan_scenario(open_scenario("crossroads"), seconds=4, seed=0, repeatable=True)
    assert again.plan.dumps() == crossroads.plan.dumps()


def test_numbers_and_call_signs_survive_replanning(crossroads: Planned) -> None:
    """Planned again over the old plan with another seed, what stands keeps its number."""
    again = plan_scenario(
        open_scenario("crossroads"), seconds=4, seed=1, repeatable=True, base_plan=crossroads.plan
    )
    old = {place: number for number, place in crossroads.plan.posts.items()}
    for number, place in again.plan.posts.items():
        assert old.get(place, number) == number
        assert place in old or number not in crossroads.plan.posts
    assert set(crossroads.plan.crews.items()) <= set(again.plan.crews.items()) | {
        (sign, slot) for sign, slot in crossroads.plan.crews.items() if slot not in again.plan.crews.values()
    }


def test_a_stop_keeps_the_best_plan() -> None:
    """Stopped at once, a plan still comes back, audited."""
    planned = plan_scenario(open_scenario("crossroads"), seconds=30, stop=lambda: True)
    assert planned.audit.agrees
    assert planned.plan.siting.stands
    assert planned.plan.patrols.tours
    assert planned.plan.roster.duties
    assert planned.exit_code in (0, 3)


def test_solving_checking_and_drawing_share_one_desk(crossroads: Planned) -> None:
    """Two desks of one scenario give the same seats for the same posts and patrols."""
    desk: Desk = prepare(open_scenario("crossroads"))
    assert [n.id for n in desk.fixed] == [n.id for n in crossroads.desk.fixed]


def test_nothing_is_given_up_for_seats_that_its_people_cannot_fill() -> None:
    """Stewards are missing: posts and patrols hold none, so the first round is the last."""
    stewards = [p.id for p in open_scenario("crossroads").scenario.people if p.category == "steward"]
    planned = plan_scenario(_without(open_scenario("crossroads"), *stewards), seconds=2, repeatable=True)
    assert len(planned.plan.rounds) == 1
    assert planned.plan.patrols.tours

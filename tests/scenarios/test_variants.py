"""Further plans of the same evening: drawn, written, read back, audited, measured and told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from scenarios.audit import audit_plan
from scenarios.patrol_settings import PatrolSettings
from scenarios.plan import Plan
from scenarios.planform import read_plan
from scenarios.run import Planned, open_scenario, plan_scenario
from scenarios.variants import days_of, draw, watched
from scheduler.outcome import Limits
from scheduler.patrols.audit import audit
from scheduler.patrols.plan import PatrolPlan, Stop, Tour
from scheduler.patrols.predict import predictability
from scheduler.patrols.solve import solve
from tests.scheduler.patrols.patrol_cases import crew, point, problem, window

from .spoil import copy_town
from .spoil import replace as rewrite

PIN = 'pins = [{ site = "clinic", start = "2026-06-12 19:00", end = "2026-06-12 19:05" }]'


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """Crossroads with three plans, the clinic pinned to five minutes."""
    town = copy_town(tmp_path_factory.mktemp("variants"))
    rewrite(town, "break_min = 20", f"break_min = 20\nvariants = 3\n{PIN}")
    return plan_scenario(open_scenario(town), seconds=4, seed=0, repeatable=True)


def test_every_plan_keeps_every_promise_and_the_same_crews(planned: Planned) -> None:
    problem = planned.audit.rebuilt.patrols.problem
    own = audit(problem, planned.plan.patrols)
    assert len(planned.plan.variants) == 2
    assert planned.exit_code == 0
    for other in planned.plan.variants:
        found = audit(problem, other)
        assert found.ok
        assert found.value("missed") == own.value("missed") == 0
        assert found.value("gap_excess") == own.value("gap_excess") == 0
        assert {t.crew for t in other.tours} <= {t.crew for t in planned.plan.patrols.tours}
        assert other != planned.plan.patrols


def test_how_predictable_they_are_is_told(planned: Planned) -> None:
    figures = {k.key: k for k in planned.view.kpis}
    seen = watched(planned.plan.patrols, planned.plan.variants, planned.view.horizon_s)
    assert seen is not None
    assert figures["guessed"].title.startswith("Visits a watcher of 3 plans foretells")
    assert figures["guessed"].value == seen.found.best_guess < 1
    assert figures["entropy"].text == f"{seen.found.entropy_bits:.1f} of 1.6 bits"


def test_a_pin_that_spoils_them_is_told(planned: Planned) -> None:
    (told,) = [text for text in planned.view.summary if "whoever watches knows it" in text]
    assert "The visit to Mill Clinic (clinic) between Fri 19:00 and Fri 19:04 stands in every one of 3 plans" in told


def test_they_are_written_and_read_back(planned: Planned, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(planned.plan.dumps(), encoding="utf-8")
    assert read_plan(path).variants == planned.plan.variants
    assert Plan.from_json(json.loads(planned.plan.dumps())).dumps() == planned.plan.dumps()
    assert '"variants"' not in replace(planned.plan, variants=()).dumps()


def test_the_audit_catches_a_worse_one_and_a_strange_crew(planned: Planned) -> None:
    desk, plan = planned.desk, planned.plan
    assert audit_plan(desk, plan).breaches == ()
    bare = audit_plan(desk, replace(plan, variants=(PatrolPlan(()),)))
    assert [b.rule for b in bare.breaches] == ["variant_worse"]
    ghost = replace(plan.variants[0].tours[0], crew="nobody")
    both = replace(plan.variants[0], tours=(*plan.variants[0].tours, ghost))
    assert {b.rule for b in audit_plan(desk, replace(plan, variants=(both,))).breaches} == {"unknown", "variant_crew"}


def test_days_are_cut_by_the_horizons_clock() -> None:
    hour = 3600
    plan = PatrolPlan((Tour("C", 0, 50 * hour, tuple(Stop("A", h * hour, h * hour + 60) for h in (1, 25, 49))),))
    days = days_of(plan, 51 * hour)
    assert [[s.arrive_s for t in day.tours for s in t.stops] for day in days] == [[hour], [hour]]
    seen = watched(plan, (), 51 * hour)
    assert seen is not None
    assert (seen.n, seen.what, seen.found.best_guess) == (2, "days", 1.0)
    assert watched(plan, (), 24 * hour) is None


def test_the_plan_whose_days_differ_most_comes_first() -> None:
    """Two days alike, six plans: the one chosen gives away no more than any other, and its levels are the audit's."""
    day = 24 * 60
    places = [
        point(f"P{i}", i + 1, windows=(window(60, 180), window(day + 60, day + 180))) for i in range(3)
    ]
    crews = [crew("C0", 0, 400), crew("C1", day, day + 400)]
    p = problem(places, crews, horizon=2 * day)
    found = solve(p, limits=Limits(work=0.1))
    asked = SimpleNamespace(patrols=PatrolSettings(variants=6, choose="unlike_days"), horizon_s=p.horizon_s)
    chosen, others = draw(asked, p, found, limits=Limits(work=1.0), seed=1, stop=None)  # type: ignore[arg-type]
    assert chosen.plan is not None
    assert len(others) == 5
    told = [predictability(days_of(one, p.horizon_s)).best_guess for one in (chosen.plan, *others)]
    assert told[0] == min(told) < max(told)
    assert tuple((level.name, level.value) for level in chosen.levels) == audit(p, chosen.plan).levels
    assert all(level.bound is None or level.bound <= (level.value or 0) for level in chosen.levels)
    plain = SimpleNamespace(patrols=PatrolSettings(variants=6), horizon_s=p.horizon_s)
    best, _ = draw(plain, p, found, limits=Limits(work=1.0), seed=1, stop=None)  # type: ignore[arg-type]
    assert best is found

"""Rings with their own numbers in a scenario: from zones to posts, kept by the plan, refused when they cannot be."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios.assemble.siting import assemble_siting
from scenarios.desk import prepare
from scenarios.errors import ScenarioError
from scenarios.load import load_checked
from scenarios.schema import RingSettings
from scheduler.outcome import Limits, Status
from scheduler.siting.audit import audit
from scheduler.siting.problem import Problem
from scheduler.siting.solve import solve


@pytest.fixture(scope="module")
def desk():
    return prepare(load_checked("neubrandenburg"))


def asked(desk, *rings: RingSettings):
    siting = desk.scenario.siting.model_copy(update={"rings": rings})
    scenario = desk.scenario.model_copy(update={"siting": siting})
    return assemble_siting(scenario, desk.places, desk.ways, desk.budget())


def first_period(problem: Problem) -> Problem:
    return replace(problem, periods=problem.periods[:1])


def test_a_ring_keeps_its_units(desk):
    tables = asked(desk, RingSettings(zone="kern", least=4, most=4), RingSettings(zone="puffer", least=2))
    core, buffer = tables.problem.rings
    centre = np.array(desk.places["kern"].xy)
    far = {j: float(np.hypot(*(np.array(tables.posts[j].xy) - centre))) for j in (*core.posts, *buffer.posts)}
    assert max(far[j] for j in core.posts) <= 250 < min(far[j] for j in buffer.posts)
    assert max(far[j] for j in buffer.posts) <= 700
    problem = first_period(tables.problem)
    outcome = solve(problem, limits=Limits(work=10))
    assert outcome.status is Status.OPTIMAL
    assert audit(problem, outcome.plan).ok
    index = {post.id: j for j, post in enumerate(problem.posts)}
    standing = [(index[s.post], s.n_units) for s in outcome.plan.stands]
    assert sum(n for j, n in standing if j in core.posts) == 4
    assert sum(n for j, n in standing if j in buffer.posts) >= 2
    free = solve(replace(problem, rings=()), limits=Limits(work=10))
    loose = [b for b in audit(problem, free.plan).breaches if b.rule == "rings"]
    assert loose, "the ring would be kept anyway: the test says nothing"


def test_what_no_ring_can_keep_is_told_at_once(desk):
    many, none = RingSettings(zone="kern", least=999), RingSettings(zone="puffer", least=2, most=1)
    with pytest.raises(ScenarioError) as caught:
        asked(desk, RingSettings(zone="moon"), many, none)
    assert [fault.value for fault in caught.value.faults] == ["moon", "kern", "puffer"]

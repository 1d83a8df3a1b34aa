"""Territories against all ways to share the sites out, and planted faults against their check."""

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from scheduler.outcome import Limits
from scheduler.siting.plan import SitingPlan, Stand
from scheduler.siting.problem import Site
from scheduler.siting.territories import territories
from scheduler.siting.territory import faults, shares

WORK = Limits(work=10)


def all_stand(problem, n_units=1):
    return SitingPlan(tuple(Stand(p.id, "T0", "car", n_units) for p in problem.posts))


def test_nearest_while_the_shares_hold(siting):
    problem = siting.make([[1, 2, 9], [8, 3, 1]])
    found = territories(problem, all_stand(problem), 0, limits=WORK, slack_pct=40)
    assert found.post_of == {"S0": "P0", "S1": "P0", "S2": "P1"}
    assert (found.load, found.share) == ({"P0": 2, "P1": 1}, {"P0": 3, "P1": 3})
    assert (found.late, found.over, found.response, found.proven) == (0, 0, 4, True)


def test_balance_goes_before_seconds_and_in_time_before_balance(siting):
    sites = tuple(Site(f"S{s}", 1, 5) for s in range(4))
    problem = siting.make([[1, 1, 1, 1], [3, 2, 9, 9]], sites=sites)
    found = territories(problem, all_stand(problem), 0, limits=WORK, slack_pct=0)
    # two each would be fair; P1 is in time for S0 and S1 only, and takes both
    assert found.post_of == {"S0": "P1", "S1": "P1", "S2": "P0", "S3": "P0"}
    assert (found.late, found.over, found.response) == (0, 0, 1 + 1 + 3 + 2)


def test_each_kind_is_late_by_its_own_standard(siting):
    """P0 (a car) is nearer but late by the car's standard of 2 s; P1 on foot is in time by its own of 8 s."""
    site = Site("S0", 3, 5, standard_by_kind_s=(2, 8))
    problem = siting.make([[4], [7]], sites=(site,), kinds=("car", "foot"))
    plan = SitingPlan((Stand("P0", "T0", "car", 1), Stand("P1", "T0", "foot", 1)))
    found = territories(problem, plan, 0, limits=WORK)
    assert (found.post_of, found.late) == ({"S0": "P1"}, 0)
    assert faults(problem, plan, found, 25) == []
    given_to_the_car = replace(
        found, post_of={"S0": "P0"}, seconds_of={"S0": 4}, load={"P0": 3, "P1": 0}, response=12, late=0
    )
    said = faults(problem, plan, given_to_the_car, 25)
    assert any(line.startswith("late: 0 is claimed, 3 is counted") for line in said)


def test_a_site_out_of_reach_has_no_territory(siting):
    problem = siting.make([[1, siting.NEVER]])
    found = territories(problem, all_stand(problem), 0, limits=WORK)
    assert found.post_of == {"S0": "P0"}
    assert faults(problem, all_stand(problem), found, 25) == []


def test_nobody_stands(siting):
    problem = siting.make([[1, 2]])
    found = territories(problem, SitingPlan(()), 0, limits=WORK)
    assert (found.post_of, found.load, found.response) == ({}, {}, 0)


@given(
    table=st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=1, max_size=3),
    weights=st.lists(st.integers(1, 4), min_size=4, max_size=4),
    standard=st.integers(1, 8),
    slack=st.integers(0, 60),
)
def test_no_sharing_does_better(siting, table, weights, standard, slack):
    sites = tuple(Site(f"S{s}", w, standard) for s, w in enumerate(weights))
    table = [[t if t < 9 else siting.NEVER for t in row] for row in table]
    problem = siting.make(table, sites=sites)
    plan = all_stand(problem)
    found = territories(problem, plan, 0, slack_pct=slack, limits=WORK)
    assert found.proven
    assert faults(problem, plan, found, slack) == []
    options = [[j for j, row in enumerate(table) if row[s] != siting.NEVER] or [None] for s in range(4)]
    total = sum(w for s, w in enumerate(weights) if options[s] != [None])
    share = shares(total, dict.fromkeys(range(len(table)), 1), slack)
    best = None
    for choice in product(*options):
        load = dict.fromkeys(range(len(table)), 0)
        late = seconds = 0
        for s, j in enumerate(choice):
            if j is None:
                continue
            load[j] += weights[s]
            seconds += weights[s] * table[j][s]
            late += weights[s] * (table[j][s] > standard and any(row[s] <= standard for row in table))
        value = (late, sum(max(0, load[j] - share[j]) for j in load), seconds)
        best = value if best is None or value < best else best
    assert (found.late, found.over, found.response) == best


def test_planted_faults_are_named(siting):
    problem = siting.make([[1, 2, siting.NEVER], [8, 3, 1]])
    plan = all_stand(problem)
    found = territories(problem, plan, 0, limits=WORK, slack_pct=40)
    assert faults(problem, plan, found, 40) == []
    out_of_reach = replace(found, post_of={**found.post_of, "S2": "P0"})
    assert "S2: P0 is said to answer, but does not reach it." in faults(problem, plan, out_of_reach, 40)
    quicker = replace(found, seconds_of={**found.seconds_of, "S1": 1})
    assert "S1: 1 s are claimed, P0 needs 2 s." in faults(problem, plan, quicker, 40)
    left_out = replace(found, post_of={"S0": "P0", "S1": "P0"})
    assert "S2: no post answers, though 1 reach it." in faults(problem, plan, left_out, 40)
    lighter = replace(found, load={**found.load, "P0": 0}, response=1)
    said = faults(problem, plan, lighter, 40)
    assert "P0: load 0 is claimed, 2 is counted." in said
    assert "response: 1 is claimed, 4 is counted." in said

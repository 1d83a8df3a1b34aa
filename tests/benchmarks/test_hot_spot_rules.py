"""What the published scorer accepts is what our audit accepts; the second proof of the bound, by enumeration."""

import argparse
import importlib.util
import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import hot_spot
from benchmarks.peers import hot_spot_proof
from scheduler.patrols.audit import audit
from scheduler.patrols.plan import PatrolPlan, Stop, Tour

SCORER = Path(__file__).resolve().parents[3] / "shared/score/score.py"
CORE = (0.0, 0.0, 1.0)


def drawn(rng, n=7, inner=3):
    """Distances of 0.1 to 1.5 miles, a few absurd ones, three spots in the core; the same both ways or not."""
    miles = rng.integers(1, 16, (n, n)) / 10
    miles[rng.random((n, n)) < 0.03] = 400.0
    np.fill_diagonal(miles, 0)
    coords = [[0.0, 0.001 * i] if i < inner else [1.0, 0.1 * i] for i in range(n)]
    prize = (rng.integers(1, 100, n) / 100).tolist()
    return {"n": n, "prize": prize, "dist": miles.tolist(), "coords": coords}


def timed(problem, tours):
    """The orders as one period of standing rounds, waiting where the core is left, core stays one after the other."""
    way, longest, core = (
        problem.modes[0].seconds, problem.rounds.longest_s, [p.core for p in problem.places],
    )  # fmt: skip
    plan, phase = [], 0
    for crew, tour in zip(problem.crews, tours, strict=True):
        first = next((p for p, v in enumerate(tour) if core[v] and not core[tour[p - 1]]), 0)
        order = [*tour[first:], *tour[:first]]
        legs = [int(way[a, b]) for a, b in zip(order, [*order[1:], order[0]], strict=True)]
        spare, at, stops, held = longest - sum(legs), phase, [], 0
        for p, v in enumerate(order):
            ends = core[v] and not core[order[(p + 1) % len(order)]]
            leave = at + (max(0, spare) if ends and spare is not None else 0)
            if ends and held == 0:
                spare, held = 0, leave
            stops.append(Stop(str(v), at, leave))
            at = leave + legs[p]
        plan.append(Tour(crew.id, phase, max(at, phase + longest), tuple(stops)))
        phase = (held or phase) % longest
    return PatrolPlan(tuple(plan))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.skipif(not SCORER.exists(), reason="the scorer is not beside this checkout")
def test_the_audit_accepts_what_the_scorer_accepts(tmp_path):
    spec = importlib.util.spec_from_file_location("score", SCORER)
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    rng, seen = np.random.default_rng(5), {True: 0, False: 0}
    for trial in range(500):
        data = drawn(rng)
        length = float(rng.integers(15, 45)) / 10
        order = rng.permutation(7)[: rng.integers(4, 8)].tolist()
        cut = int(rng.integers(2, len(order) - 1))
        # mostly one core stay a tour, as a shuffled order seldom has
        tours = [
            sorted(part, key=lambda v: (v >= 3) ^ (rng.random() < 0.1))
            for part in (order[:cut], order[cut:])
        ]
        (tmp_path / "i.json").write_text(json.dumps(data))
        (tmp_path / "s.json").write_text(json.dumps({"tours": tours}))
        asked = {"cars": 2, "length": length, "core": CORE}
        said = score.hot_spot(
            argparse.Namespace(instance=tmp_path / "i.json", solution=tmp_path / "s.json", **asked)
        )
        problem = hot_spot.assemble(data, 2, length, hot_spot.Core(*CORE))
        judged = audit(problem, timed(problem, tours))
        assert said["feasible"] == (judged.ok and judged.value("core") == 0), (trial, said, judged)
        seen[said["feasible"]] += 1
        if said["feasible"]:
            whole = sum(p.prize for p in problem.places)
            gained = (whole - judged.value("presence")) / hot_spot.PRIZE
            assert gained == pytest.approx(said["objective"])
    assert min(seen.values()) > 40, seen


def tours_of(data, longest):
    """Every tour of one stay in the core and one outside, at most ``longest`` tenths: (places, legs outside)."""
    w = np.rint(np.array(data["dist"]) * 10).astype(int)
    n = data["n"]
    for size in range(2, n + 1):
        for order in itertools.permutations(range(n), size):
            inside = [v < 3 for v in order]
            if not inside[0] or inside[-1] or sum(a != b for a, b in itertools.pairwise(inside)) != 1:
                continue
            legs = list(zip(order, [*order[1:], order[0]], strict=True))
            if sum(w[a, b] for a, b in legs) <= longest:
                yield order, int(sum(w[a, b] for a, b in legs if a >= 3 or b >= 3))


@pytest.mark.parametrize("seed", range(6))
def test_the_second_proof_against_enumeration(seed):
    rng = np.random.default_rng(seed)
    data = drawn(rng, n=6)
    longest, sigma = int(rng.integers(14, 36)), int(rng.integers(0, 30_000))
    prices = rng.integers(0, 900_000, 6)
    worth = np.rint(np.array(data["prize"]) * 1e6).astype(np.int64)
    every = list(tours_of(data, longest))
    most = max((int((worth - prices)[list(o)].sum()) - sigma * out for o, out in every), default=-(10**12))
    w = np.rint(np.array(data["dist"]) * 10).astype(np.int64)
    core = np.arange(6) < 3
    goal = -(10**9)
    exact = hot_spot_proof.top_tour(w, core, worth - prices, sigma, longest, goal, remembered=6)
    loose = hot_spot_proof.top_tour(w, core, worth - prices, sigma, longest, goal, remembered=1)
    assert exact == max(goal, most)
    assert loose >= exact
    pairs = [
        sum(data["prize"][v] for v in (*a, *b))
        for (a, x), (b, y) in itertools.combinations(every, 2)
        if not set(a) & set(b) and x + y <= longest
    ]
    bound = hot_spot_proof.bound(data, 2, longest / 10, CORE, prices.tolist(), sigma, 0)
    assert bound >= max(pairs, default=0) - 1e-9

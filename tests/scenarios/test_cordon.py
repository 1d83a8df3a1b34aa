"""Cordons from scenario and command: every exit manned, the last soonest, faults told at once."""

from __future__ import annotations

import itertools
import json

import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.cordon import cordon, cordons
from scenarios.desk import prepare
from scenarios.errors import ScenarioError
from scenarios.forcewords import cordon_sentence
from scenarios.load import load_checked
from tests.scenarios.spoil import copy_town, faults, replace

EXITS = ("square", "station", "clinic")
CORDON = """
[[cordons]]
id = "exits"
title = "Exits of the square"
exits = ["square", "station", "clinic"]
units = ["police:1", "station:1", "hall:2"]
at = "2026-06-12 21:30"

[patrols]
"""


@pytest.fixture(scope="module")
def desk():
    return prepare(load_checked("crossroads"))


def test_the_best_of_every_assignment(desk):
    """Brute force over all assignments of four units from three places to three exits."""
    exits = [(ident, desk.places[ident].at) for ident in EXITS]
    units = [("police", 1), ("station", 1), ("hall", 2)]
    homes = ["police", "station", "hall", "hall"]
    times = desk.ways.seconds("car", frozenset(), desk.places.xy(homes), desk.places.xy(EXITS)).seconds
    best = min(
        (max(took), sum(took))
        for chosen in itertools.permutations(range(4), 3)
        for took in [[int(times[u, k]) for k, u in enumerate(chosen)]]
    )
    its = cordon(desk, exits, units)
    assert (its.last_s, its.total_s) == best
    assert [row[0] for row in its.rows] == list(EXITS)
    assert max(row[2] for row in its.rows) == best[0]
    assert all(int(times[homes.index(home), EXITS.index(name)]) == took for name, home, took in its.rows)


def test_too_few_units_man_nothing(desk):
    exits = [(ident, desk.places[ident].at) for ident in EXITS]
    its = cordon(desk, exits, [("police", 2)])
    assert its.last_s is None
    assert cordon_sentence(its) == "Some exit cannot be manned: too few units, or no way there."
    with pytest.raises(ScenarioError) as caught:
        cordon(desk, exits, [("moon", 1), ("police", 0)])
    assert [fault.value for fault in caught.value.faults] == ["moon:1", "police:0"]


def test_a_scenario_keeps_its_cordons(tmp_path):
    town = copy_town(tmp_path)
    replace(town, "\n[patrols]\n", CORDON)
    desk = prepare(load_checked(town))
    (its,) = cordons(desk)
    assert (its.id, its.title, its.at_s) == ("exits", "Exits of the square", 4 * 3600 + 1800)
    assert [row[0] for row in its.rows] == ["Market Square", "Crossroads Station", "Mill Clinic"]
    done = CliRunner().invoke(app, ["cordon", str(town), "--json"])
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)
    assert told["last_s"] == its.last_s
    assert told["said"].startswith("All 3 exits are manned within ")


def test_faults_of_a_cordon_are_told_at_once(tmp_path):
    town = copy_town(tmp_path)
    broken = CORDON.replace('"station", "clinic"]', '"moon"]')
    broken = broken.replace('["police:1", "station:1", "hall:2"]', '["police", "mars:2"]')
    replace(town, "\n[patrols]\n", broken)
    told = " ".join(faults(town))
    for text in ('cordons[1].exits "moon"', 'cordons[1].units "police"', 'cordons[1].units "mars:2"'):
        assert text in told, text
    few = copy_town(tmp_path / "few")
    replace(few, "\n[patrols]\n", CORDON.replace('["police:1", "station:1", "hall:2"]', '["police:2"]'))
    (fault,) = faults(few)
    assert "at least 3 units, one for each exit" in fault


def test_the_command_with_places_of_its_own():
    def run(*words):
        return CliRunner().invoke(app, ["cordon", "crossroads", *words])

    done = run("--exit", "square", "--exit", "station", "--from", "police:2", "--at", "2026-06-12 18:00", "--json")
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.stdout)[0]["rows"]) == 2
    assert run("--exit", "square").exit_code != 0
    assert run().exit_code != 0, "crossroads has no cordons of its own"


def test_the_command_tells_every_fault_at_once():
    asked = ["--from", "nowhere:2", "--from", "police:0", "--exit", "nope", "--mode", "boat", "--at"]
    with pytest.raises(ScenarioError) as told:
        CliRunner().invoke(app, ["cordon", "crossroads", *asked, "Fri 25:00"], catch_exceptions=False)
    assert [f.field or f.file for f in told.value.faults] == ["--at", "--exit", "--from", "--from", "--mode"]


def test_too_few_units_are_refused_and_an_exit_named_twice_is_one():
    few = ["cordon", "crossroads", "--from", "police:1", "--exit", "square", "--exit", "station"]
    with pytest.raises(ScenarioError, match="at least 2 units"):
        CliRunner().invoke(app, few, catch_exceptions=False)
    twice = CliRunner().invoke(app, ["cordon", "crossroads", "--from", "police:1", "--exit", "hall", "--exit", "hall"])
    assert twice.exit_code == 0
    assert "The exit is manned" in twice.stdout

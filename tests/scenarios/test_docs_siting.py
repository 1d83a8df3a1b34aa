"""What docs/siting-questions.md shows is run here: each command answers, each setting loads and does what is said."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios.assemble.siting import assemble_siting
from scenarios.cli import app
from scenarios.cordon import cordons
from scenarios.desk import prepare
from scenarios.load import load_checked
from scheduler.outcome import Limits
from scheduler.siting.solve import solve
from tests.scenarios.spoil import add, copy_town, edit, read, write

PAGE = Path(__file__).resolve().parents[2] / "docs" / "siting-questions.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = [
    line for kind, text in FENCE.findall(PAGE.read_text(encoding="utf-8")) if kind == "sh" for line in text.splitlines()
]
BLOCKS = [text for kind, text in FENCE.findall(PAGE.read_text(encoding="utf-8")) if kind == "toml"]
SETTINGS = {("kinds" if "kinds = " in text else text.split("\n", 1)[0].strip("[]")): text for text in BLOCKS}


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_answers(line):
    words = shlex.split(line)
    assert words[0] == "vedette"
    done = CliRunner().invoke(app, words[1:])
    assert done.exit_code == 0, done.output
    assert re.search(r"\d+ s", done.output)


def with_setting(tmp_path, name):
    """Crossroads with the page's own words in its settings."""
    town = copy_town(tmp_path)
    path = town / "scenario.toml"
    text, its = path.read_text(encoding="utf-8"), SETTINGS[name]
    if name in {"siting", "kinds"}:
        head, _, more = its.partition("\n\n")
        text = text.replace("[siting]\n", head + "\n") + ("\n" + more if more else "")
        text = text.replace("most_units = 1", "most_units = 6")
    else:
        text += "\n" + its
    path.write_text(text, encoding="utf-8")
    return town


def test_every_setting_of_the_page_is_tried():
    assert set(SETTINGS) == {"siting", "kinds", "siting.rings", "blue_lights", "cordons", "fixtures"}
    assert len(SETTINGS) == len(BLOCKS)
    assert len(COMMANDS) == 5


def test_keep_and_add(tmp_path):
    """Two posts stand already: both are kept though one serves nothing, and at most the given number comes on top."""
    town = with_setting(tmp_path, "siting")
    edit(town, "posts", 2, "state", "existing")
    add(town, "posts", "east", "East bay", "existing", "car_post", "1", "10.0030", "50.0010", "", "0", "", "",
        "police", "C01")  # fmt: skip
    desk = prepare(load_checked(town))
    problem = assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget()).problem
    assert {p.id for p in problem.posts if p.required} == {"lay-by", "east"}
    assert [p.most_posts for p in problem.periods] == [2 + 4]
    none = desk.scenario.siting.model_copy(update={"add_posts": 0})
    lone = desk.scenario.model_copy(update={"siting": none})
    tight = assemble_siting(lone, desk.places, desk.ways, desk.budget()).problem
    plan = solve(tight, limits=Limits(work=5)).plan
    assert {s.post for s in plan.stands} == {"lay-by", "east"}
    free = none.model_copy(update={"keep_existing": False, "add_posts": None})
    loose = assemble_siting(desk.scenario.model_copy(update={"siting": free}), desk.places, desk.ways, desk.budget())
    found = {s.post for s in solve(loose.problem, limits=Limits(work=5)).plan.stands}
    assert not {"lay-by", "east"} <= found, "they would be kept anyway: the test says nothing"


def test_a_ring_as_written(tmp_path):
    town = with_setting(tmp_path, "siting.rings")
    lon, lat = prepare(load_checked("crossroads")).places["square"].lonlat
    head = ["id", "name", "kind", "radius_m", "owner", "lead", "lon", "lat"]
    write(town / "zones.csv", [head, ["core", "Core", "core", "300", "police", "C01", f"{lon:.6f}", f"{lat:.6f}"]])
    desk = prepare(load_checked(town))
    (ring,) = assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget()).problem.rings
    assert (ring.least, ring.most) == (0, 1)
    assert len(read(town / "zones.csv")) == 2


def test_blue_lights_and_cordons_as_written(tmp_path):
    lit = prepare(load_checked(with_setting(tmp_path / "a", "blue_lights")))
    assert (lit.scenario.blue_lights.origins, lit.scenario.blue_lights.clear_m) == (("police",), 5)
    (its,) = cordons(prepare(load_checked(with_setting(tmp_path / "b", "cordons"))))
    assert its.last_s is not None
    assert len(its.rows) == 2


def test_kinds_and_fixtures_as_written(tmp_path):
    its = prepare(load_checked(with_setting(tmp_path / "a", "kinds")))
    problem = assemble_siting(its.scenario, its.places, its.ways, its.budget()).problem
    assert [kind.id for kind in problem.kinds] == ["car_post", "car_patrol"]
    assert {site.standard_by_kind_s for site in problem.sites} == {(60, 90), (180, 180), (300, 300)}
    seen = prepare(load_checked(with_setting(tmp_path / "b", "fixtures")))
    assert [(f.id, f.presence_pct) for f in seen.scenario.fixtures] == [("cam-square", 20)]

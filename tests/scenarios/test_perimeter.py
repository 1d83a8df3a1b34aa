"""A perimeter of the shipped town: seats, blue lights, bad ids at once, and a what-if that loads."""

import json
import tomllib

import pytest
import shapely
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.desk import prepare
from scenarios.errors import ScenarioError
from scenarios.load import check, load_checked, read_raw
from scenarios.perimeter import as_whatif, lights_of, perimeter, whole_text
from scenarios.whatif import load_whatif

AREA = shapely.Point(13.26056, 53.557444).buffer(0.004, quad_segs=8)


@pytest.fixture(scope="module")
def desk():
    return prepare(load_checked("neubrandenburg"))


@pytest.fixture(scope="module")
def found(desk):
    return perimeter(desk, AREA, ["klinikum", "support"], ["markt"])


def test_every_point_has_its_seats_and_blue_lights_lose_nothing(found):
    assert found.people == sum({"hard": 2, "soft": 1, "emergency": 3}[g.kind] for g in found.gates)
    assert any(g.kind == "emergency" for g in found.gates)
    assert set(found.leaks.values()) == {0}
    assert len(found.ways) == 4
    assert all(way.kept for way in found.ways)
    said = " ".join(found.sentences())
    assert "Blue lights lose no second: 4 ways" in said
    assert f"take {found.people} people at once" in said


def test_bad_input_is_told_at_once(desk):
    with pytest.raises(ScenarioError) as caught:
        perimeter(desk, AREA, ["nowhere"], ["markt", "moon"], {"hard": -1, "soft": 1, "emergency": 1})
    assert [fault.value for fault in caught.value.faults] == ["nowhere", "moon", "-1"]


def test_a_kind_that_is_changed_is_proven_anew(desk, found):
    """The gates that blue lights use, made hard: the ways take longer or are lost, and it is said."""
    gates = [g.id for g in found.gates if g.kind == "emergency"]
    shut = perimeter(desk, AREA, ["klinikum", "support"], ["markt"], kinds=dict.fromkeys(gates, "hard"))
    assert {g.id: g.kind for g in shut.gates if g.id in gates} == dict.fromkeys(gates, "hard")
    assert not any(way.kept for way in shut.ways)
    assert "the closure costs a blue-light way time" in shut.sentences()[0]
    assert shut.people == found.people - len(gates)
    with pytest.raises(ScenarioError) as caught:
        perimeter(desk, AREA, [], [], kinds={"G01": "iron"})
    assert caught.value.faults[0].value == "G01=iron"
    with pytest.raises(ScenarioError) as caught:
        perimeter(desk, AREA, [], [], kinds={"G99": "hard", "G98": "soft"})
    assert [fault.value for fault in caught.value.faults] == ["G98", "G99"]


def test_blue_lights_are_watched_from_then_on(desk):
    lights = lights_of(desk, ["klinikum"], ["markt"])
    assert (lights["from"], lights["to"]) == (["klinikum"], ["markt"])
    assert lights["most_delay_s"] >= 60
    text = whole_text(desk, "t", {}, lights)
    assert tomllib.loads(text)["blue_lights"] == lights


def test_the_whatif_closes_hard_points_only_and_mans_all(desk, found, tmp_path):
    its = desk.scenario
    path = tmp_path / "perimeter.toml"
    path.write_text(as_whatif(desk, found, its.start, its.end, "main", "M001"), encoding="utf-8")
    patched, _ = load_whatif(path, read_raw("neubrandenburg"))
    scenario = check(patched).scenario
    closed = {c.id for c in scenario.closures} - {c.id for c in its.closures}
    assert closed == {f"{g.id.lower()}-zu" for g in found.gates if g.kind == "hard"}
    seats = {s.place: s.need for s in scenario.seats}
    assert all(seats[g.id.lower()] == found.seats[g.kind] for g in found.gates)


def test_the_command(tmp_path):
    area = tmp_path / "area.geojson"
    area.write_text(
        json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(AREA))}]}),
        encoding="utf-8",
    )  # fmt: skip
    arguments = ["perimeter", "neubrandenburg", str(area), "--from", "klinikum", "--to", "markt", "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert data["people"] == sum(gate["seats"] for gate in data["gates"])
    assert all(way["open_s"] == way["closed_s"] for way in data["blue_lights"])
    notes = tmp_path / "notes.toml"
    notes.write_text("mine")
    refused = CliRunner().invoke(app, [*arguments, "--out", str(notes)])
    assert isinstance(refused.exception, ScenarioError)
    assert notes.read_text() == "mine"
    for _ in range(2):  # the second time it is ours
        done = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "closed.toml")])
        assert done.exit_code == 0, done.output
    check(load_whatif(tmp_path / "closed.toml", read_raw("neubrandenburg"))[0])
    for absurd in ("1001", "-1"):
        assert CliRunner().invoke(app, [*arguments, "--hard", absurd]).exit_code == 2

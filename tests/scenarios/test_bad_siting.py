"""Siting settings and rows that cannot be: every fault at once, with file and row, before anything is solved."""

import json
from dataclasses import asdict
from dataclasses import replace as changed

import pytest

from scenarios import cli, run
from scenarios.desk import Desk, prepare
from scenarios.errors import ScenarioError
from scenarios.jobs import Options
from scenarios.load import load_checked
from scenarios.reach import out_of_reach
from scenarios.schema import BlueLights, Closure, ResponseSettings
from scenarios.worker import work
from scheduler.errors import ProblemError
from tests.scenarios.spoil import add, copy_town, edit, faults, line, replace, warnings, write

RINGS = """
[[siting.rings]]
zone = "moon"
least = 4
most = 2

[response]
class_1_s = 0

[blue_lights]
from = ["police", "nowhere"]

[patrols]
"""


def desk_with(**changes: object) -> Desk:
    desk = prepare(load_checked("crossroads"))
    loaded = changed(desk.loaded, scenario=desk.scenario.model_copy(update=changes))
    return prepare(loaded)


def test_every_fault_is_told_at_once(tmp_path):
    """A ring of no zone, a standard of 0, a weight below 0, required on a forbidden stretch, a way with one end."""
    town = copy_town(tmp_path)
    replace(town, "\n[patrols]\n", RINGS)
    replace(town, "most_units = 1", "most_units = 1\nkeep_existing = true")
    edit(town, "sites", 3, "weight", "-40")
    add(town, "posts", "gate", "Depot gate", "required", "car_post", "1", "10.0088", "50.0091", "", "0", "", "",
        "police", "C01")  # fmt: skip
    add(town, "posts", "bay", "Bay", "required", "car_post", "0", "10.0", "50.0", "", "0", "", "", "police", "C01")
    at = line(town, 'zone = "moon"')
    expected = (
        "posts.csv row 4, state", "posts.csv row 5, capacity", "siting.most_units", "siting.keep_existing",
        f"scenario.toml row {at}, siting.rings[1].zone", f"scenario.toml row {at + 2}, siting.rings[1].most",
        "response.class_1_s", "blue_lights.to", "blue_lights.from[2]", "sites.csv row 3, weight",
    )  # fmt: skip
    told = faults(town)
    assert len(told) == len(expected)
    for start in expected:
        assert any(start in text for text in told), start
    assert any("12 m from it" in text and "not required and forbidden at once" in text for text in told)


def test_a_weight_that_drowns_the_rest_is_doubted(tmp_path):
    town = copy_town(tmp_path)
    edit(town, "sites", 2, "weight", "86")
    (told,) = [text for text in warnings(town) if "weight" in text]
    assert "sites.csv row 2" in told
    assert "weigh together, 85" in told
    edit(town, "sites", 2, "weight", "85")
    assert not [text for text in warnings(town) if "weight" in text]


def test_more_required_posts_than_units(tmp_path):
    """Two posts must stand at once, the force for posts is one unit."""
    town = copy_town(tmp_path)
    edit(town, "posts", 2, "state", "required")
    east = add(town, "posts", "east", "East bay", "required", "car_post", "1", "10.0030", "50.0010", "", "0", "", "",
               "police", "C01")  # fmt: skip
    (told,) = faults(town)
    assert "siting.most_units" in told
    assert "at least 2: so many required posts stand at 2026-06-12 17:00" in told
    edit(town, "posts", east, "spans", "concert")
    assert "stand at 2026-06-12 18:00" in faults(town)[0]
    edit(town, "posts", east, "state", "candidate")
    load_checked(town)


def test_a_site_out_of_reach_is_named_with_its_nearest_place_and_time():
    tight = ResponseSettings(class_1_s=20, class_2_s=5, class_3_s=300)
    told = [fault.sentence() for fault in out_of_reach(desk_with(response=tight))]
    assert len(told) == 2
    assert told[0].startswith('sites.csv row 2, cover "square": expected a place for a post within 20 s; the nearest, ')
    assert told[1].startswith('sites.csv row 3, cover "station": expected a place for a post within 5 s; the nearest, ')
    assert "takes 15 s (from 2026-06-12 18:00)" in told[1]
    assert out_of_reach(prepare(load_checked("crossroads"))) == ()


def test_what_shows_only_on_a_sound_scenario_is_in_the_same_report(tmp_path, capsys):
    """A standard of 0, people and weight below 0, required on a forbidden stretch, too few units; and beside the faults
    a weight that drowns the rest, a site too far and one behind a closure. All of it before anything is solved.
    """
    town = copy_town(tmp_path)
    replace(town, "\n[patrols]\n", "\n[response]\nclass_1_s = 0\nclass_2_s = 5\nclass_3_s = 300\n\n[patrols]\n")
    edit(town, "sites", 3, "weight", "900")
    edit(town, "sites", 7, "weight", "-15")
    edit(town, "sessions", 2, "attendance", "-250")
    edit(town, "posts", 2, "state", "required")
    for ident, lon, lat in (("gate", "10.0088", "50.0091"), ("east", "10.0030", "50.0010")):
        add(town, "posts", ident, ident, "required", "car_post", "1", lon, lat, "", "0", "", "", "police", "C01")
    write(town / "closures.csv", [
        ["id", "name", "start", "end", "lon", "lat", "radius_m"],
        ["mill", "Mill Road", "2026-06-12 17:00", "2026-06-13 00:00", "10.011375", "50.000506", "500"],
    ])  # fmt: skip
    with pytest.raises(ScenarioError) as caught:
        run.open_scenario(town)
    told = [fault.sentence() for fault in caught.value.faults]
    expected = (
        ("sessions.csv row 2, attendance", "at least"), ("sites.csv row 7, weight", "at least 1"),
        ("response.class_1_s", "at least"), ("posts.csv row 4, state", "not required and forbidden at once"),
        ("siting.most_units", "at least 2: so many required posts stand"),
    )  # fmt: skip
    assert len(told) == len(expected), told
    for place, what in expected:
        assert [text for text in told if place in text and what in text], place
    doubted = [fault.sentence() for fault in caught.value.doubts]
    expected = (
        ("sites.csv row 3, weight", "at most what the other 4 sites weigh together"),
        ("sites.csv row 3, cover", "a place for a post within 5 s; the nearest, "),
        ("sites.csv row 5, cover", "a place for a post within 300 s; the nearest, "),
    )
    assert len(doubted) == len(expected), doubted
    for place, what in expected:
        assert [text for text in doubted if place in text and what in text], place
    with pytest.raises(SystemExit) as end:
        cli.main(["plan", str(town)])
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert all(text in said for text in (*told, *doubted, "5 faults in what was given:", "Doubtful beside them:"))


def test_faults_elsewhere_are_told_as_they_were(tmp_path):
    """What cannot be spared for another look ends it; a row taken out makes no faults of its own."""
    town = copy_town(tmp_path)
    edit(town, "people", 5, "unit", "polize")
    edit(town, "sites", 3, "weight", "-1")
    with pytest.raises(ScenarioError) as caught:
        run.open_scenario(town)
    assert [fault.sentence() for fault in caught.value.faults] == faults(town)
    assert caught.value.doubts == ()
    town = copy_town(tmp_path / "other")
    edit(town, "sites", 2, "owner", "")  # the session is held there
    with pytest.raises(ScenarioError) as caught:
        run.open_scenario(town)
    assert [fault.sentence() for fault in caught.value.faults] == faults(town)


@pytest.fixture
def tight(tmp_path):
    """The station wants somebody within 5 s, and the nearest place takes 15."""
    town = copy_town(tmp_path)
    replace(town, "\n[patrols]\n", "\n[response]\nclass_1_s = 60\nclass_2_s = 5\nclass_3_s = 300\n\n[patrols]\n")
    return town


def is_the_station(told):
    (text,) = told
    return 'sites.csv row 3, cover "station": expected a place for a post within 5 s; the nearest, ' in text and (
        "takes 15 s" in text
    )


def test_the_front_end_hears_of_it_before_anything_is_solved(tight, tmp_path, monkeypatch):
    job = tmp_path / "job"
    job.mkdir()
    request = {"scenario": str(tight), "whatifs": [], "base_plan": None, "out": str(job / "out"),
               "options": asdict(Options())}  # fmt: skip
    (job / "request.json").write_text(json.dumps(request), encoding="utf-8")
    seen = []

    def no_search(*_, **__):
        seen.extend(json.loads(row) for row in (job / "progress.jsonl").read_text(encoding="utf-8").splitlines())
        raise ProblemError(["no search here"])

    monkeypatch.setattr(run, "run_chain", no_search)
    assert work(job, tmp_path / "turn") == 2
    assert is_the_station([event["text"] for event in seen if event["kind"] == "doubt"])


def said(capsys, *arguments):
    with pytest.raises(SystemExit):
        cli.main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def test_check_and_siting_tell_it_too(tight, tmp_path, crossroads, capsys):
    plan = tmp_path / "plan.json"
    plan.write_text(crossroads.plan.dumps(), encoding="utf-8")
    assert is_the_station(said(capsys, "siting", str(tight))["out_of_reach"])
    assert is_the_station(said(capsys, "check", str(tight), str(plan))["out_of_reach"])
    assert said(capsys, "siting", "crossroads")["out_of_reach"] == []
    assert said(capsys, "check", "crossroads", str(plan))["out_of_reach"] == []


def test_a_network_closed_all_over_is_told_site_by_site():
    desk = prepare(load_checked("crossroads"))
    its = desk.scenario
    lon, lat = desk.places["square"].lonlat
    shut = Closure(id="all", name="All", start=its.start, end=its.end, lon=lon, lat=lat, radius_m=50_000)
    told = [fault.sentence() for fault in out_of_reach(desk_with(closures=(shut,)))]
    assert len(told) == sum(bool(site.cover) for site in its.sites)
    assert all("the network is in pieces, or closed around it" in text for text in told)


def test_a_kind_that_does_not_respond_reaches_nobody():
    its = prepare(load_checked("crossroads")).scenario
    silent = its.siting.model_copy(update={"kind": "car_patrol"})
    assert not next(kind for kind in its.kinds if kind.id == "car_patrol").responds
    told = [fault.sentence() for fault in out_of_reach(desk_with(siting=silent))]
    assert len(told) == sum(bool(site.cover) for site in its.sites)
    assert all("no kind of unit at posts that may answer for it responds" in text for text in told)


def test_a_closure_across_a_blue_light_way_is_refused_with_its_seconds():
    desk = prepare(load_checked("crossroads"))
    lights = BlueLights.model_validate({"from": ["police"], "to": ["clinic"], "most_delay_s": 0})
    assert desk_with(blue_lights=lights) is not None
    lon, lat = desk.places["clinic"].lonlat
    its = desk.scenario
    shut = Closure(id="mill", name="Mill Road", start=its.start, end=its.end, lon=lon, lat=lat, radius_m=200)
    with pytest.raises(ScenarioError) as caught:
        desk_with(blue_lights=lights, closures=(shut,))
    told = [fault.sentence() for fault in caught.value.faults]
    assert len(told) == 2, "there and back"
    assert all('id "mill"' in text and "s without closures" in text for text in told)
    patient = BlueLights.model_validate({"from": ["police"], "to": ["clinic"], "most_delay_s": 3600})
    assert desk_with(blue_lights=patient, closures=(shut,)) is not None

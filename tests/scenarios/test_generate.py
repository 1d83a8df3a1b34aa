"""Made-up events: the same bytes for a seed, sound folders, roads that join, the rail that was asked for."""

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.ground import load_ground
from scenarios.desk import prepare
from scenarios.errors import ScenarioError
from scenarios.generate import SIZES, generate, make_event
from scenarios.load import library, load_checked
from scenarios.strength import lifts


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    generate("district", 3, folder)
    return folder


def test_a_seed_gives_the_same_bytes(district: Path) -> None:
    again = make_event(SIZES["district"], 3)
    for name, text in again.files.items():
        assert (district / name).read_bytes() == text.encode("utf-8"), name
    other = make_event(SIZES["district"], 4)
    assert {n for n, t in other.files.items() if t != again.files[n]} >= {"town.osm", "people.csv", "sites.csv"}


def test_the_bytes_are_these() -> None:
    """Numbers that no version of Python or numpy may change."""
    event = make_event(SIZES["district"], 0)
    assert event.files["people.csv"].splitlines()[1].startswith("police1-001,")
    assert event.files["town.osm"].count("<node ") == len(event.town.nodes)
    assert len(event.town.nodes) == 1899
    assert event.town.nodes[0][0] == (-11.7, 8.3)


def test_a_district_is_as_large_as_it_says(district: Path) -> None:
    loaded = load_checked(district)
    scenario = loaded.scenario
    assert (len(scenario.sites), len(scenario.people), scenario.horizon_s) == (25, 300, 3 * 86400)
    assert not loaded.warnings
    assert scenario.synthetic_staff
    assert all(p.synthetic and "Muster" in p.name for p in scenario.people)
    assert len({p.name for p in scenario.people}) == 300
    assert Counter(s.class_ for s in scenario.sites)[1] == 5


def test_every_corner_is_reached_and_the_rail_is_there(district: Path) -> None:
    ground = load_ground(district / "town.osm", crs="EPSG:25832")
    assert sum(line.length_m for line in ground.rail.lines) == pytest.approx(75_000, rel=0.002)
    assert len(ground.rail.lines) == 3
    assert {str(s.kind) for s in ground.rail.sections} >= {"station_approach", "crossing", "open_line"}
    net = ground.networks["car"]
    n = len(net.node_xy)
    ways = [(net.edge_u[net.ahead_ms >= 0], net.edge_v[net.ahead_ms >= 0]),
            (net.edge_v[net.back_ms >= 0], net.edge_u[net.back_ms >= 0])]
    tails, heads = (np.concatenate(side) for side in zip(*ways, strict=True))
    graph = coo_array((np.ones(len(tails)), (tails, heads)), shape=(n, n))
    number, _ = connected_components(graph, directed=True, connection="strong")
    assert number == 1


def test_the_load_is_a_little_below_the_force(district: Path) -> None:
    """Lift by formula D11, with posts and crews still to come: never below 1, and not so large that all is easy."""
    desk = prepare(load_checked(district))
    ratio = min(lift.ratio for lift in lifts(desk.scenario, desk.staff, desk.fixed, tour_s=8 * 3600))
    assert 1.05 < ratio < 2.0
    load = make_event(SIZES["district"], 3).load
    assert 0.89 <= load.spare <= 0.98
    assert 1.05 <= load.lift <= 1.3


def test_larger_ones_are_sound_too(tmp_path: Path) -> None:
    event = generate("city", 1, tmp_path)
    loaded = load_checked(tmp_path)
    assert (len(loaded.scenario.sites), len(loaded.scenario.people)) == (80, 2000)
    assert event.town.rail_m == pytest.approx(120_000)
    assert not loaded.warnings


def test_an_unknown_size_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="district"):
        generate("distrikt", 0, tmp_path)


def test_a_planners_folder_is_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(library()["crossroads"], folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ScenarioError, match="empty folder"):
        generate("district", 0, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_made_folder_may_be_made_again_unless_tables_were_added(tmp_path: Path) -> None:
    generate("district", 1, tmp_path)
    (tmp_path / "out").mkdir()
    generate("district", 2, tmp_path)
    (tmp_path / "pins.csv").write_text("person,group,on\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"pins\.csv"):
        generate("district", 3, tmp_path)
    assert 'name = "district-2"' in (tmp_path / "scenario.toml").read_text(encoding="utf-8")

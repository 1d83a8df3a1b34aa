"""The map check: exit codes, faults all at once, a report that says the same in words, in data and on paper."""

from __future__ import annotations

import io
import json

import pypdf
import pytest
from rich.console import Console
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.mapcommand import run_map

NODES = {1: (13.0, 53.0), 2: (13.01, 53.0), 3: (13.01, 53.005), 4: (13.02, 53.0), 5: (13.03, 53.0)}
WAYS = {11: ((1, 2), "residential"), 12: ((2, 3), "primary"), 13: ((4, 5), "service")}


@pytest.fixture
def town(tmp_path):
    nodes = "".join(
        f'<node id="{k}" version="1" lon="{x}" lat="{y}"/>' for k, (x, y) in NODES.items()
    )
    ways = "".join(
        f'<way id="{k}" version="1"><nd ref="{a}"/><nd ref="{b}"/><tag k="highway" v="{kind}"/>'
        f'<tag k="name" v="{kind.title()} Street"/></way>'
        for k, ((a, b), kind) in WAYS.items()
    )
    school = (
        '<node id="9" version="1" lon="13.005" lat="53.001"><tag k="amenity" v="school"/>'
        '<tag k="name" v="Hill School"/></node>'
    )
    path = tmp_path / "town.osm"
    path.write_text(
        f'<?xml version="1.0"?><osm version="0.6">{nodes}{school}{ways}</osm>', "utf-8"
    )
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["map", *map(str, arguments)])


def test_a_map_is_reported_in_words_data_and_on_paper(town, tmp_path):
    out = tmp_path / "out"
    result = run(town, "--out", out)
    assert result.exit_code == 0, result.output
    assert "5 junctions, 3 edges" in result.output
    assert "only 60.0% of 5 junctions" in " ".join(result.output.split())
    text = (out / "report.txt").read_text("utf-8")
    data = json.loads((out / "report.json").read_text("utf-8"))
    assert data["networks"]["car"]["main_share"] == 0.6
    assert data["sites"] == {"school": 1}
    for finding in data["findings"]:
        assert finding["text"] in text
    pages = pypdf.PdfReader(io.BytesIO((out / "map.pdf").read_bytes())).pages
    words = "".join(page.extract_text() for page in pages).replace("\n", " ")
    assert "Hill School" in words
    assert "Outside the main part (car)" in words
    assert "100% of road length has no speed limit" in words
    again = tmp_path / "again"
    run(town, "--out", again)
    assert (again / "map.pdf").read_bytes() == (out / "map.pdf").read_bytes()


def test_json_is_one_object(town):
    result = run(town, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["file"] == "town.osm"


def test_a_clip_box_cuts(town):
    data = json.loads(run(town, "--json", "--clip", "12.99,52.99,13.015,53.01").stdout)
    assert data["networks"]["car"]["junctions"] == 3


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.osm", None, "there is no map file none.osm"),
        ("empty.gpkg", b"", "empty.gpkg is empty"),
        ("notes.txt", b"hello", "notes.txt is not a map format read here"),
        ("cut.osm.pbf", b"\x00\x00\x00\x0d\n\tOSMHeader\x18\x99", "cannot be read as OpenStreetMap data"),
        ("cut.geojson", b'{"type":"FeatureCollection","features":[{', "cut.geojson cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_map_ends_in_a_sentence_and_2(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = run(path)
    assert result.exit_code == 2, result.output
    assert message in " ".join(result.output.split())
    assert "Traceback" not in result.output
    data = json.loads(run(path, "--json").stdout)
    assert message in data["faults"][0]["what"]


def test_all_faults_of_the_options_at_once(town):
    result = run(town, "--datum", "mars", "--column", "colour=red", "--clip", "1,2,3")
    assert result.exit_code == 2
    for part in ("--datum mars", "--column colour=red", "--clip 1,2,3"):
        assert part in result.output


def test_a_clip_file_cuts_as_a_box_does(town, tmp_path):
    ring = [[12.99, 52.99], [13.015, 52.99], [13.015, 53.01], [12.99, 53.01], [12.99, 52.99]]
    area = tmp_path / "area.geojson"
    area.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), "utf-8")
    by_file = json.loads(run(town, "--json", "--clip", area).stdout)
    by_box = json.loads(run(town, "--json", "--clip", "12.99,52.99,13.015,53.01").stdout)
    assert by_file["networks"] == by_box["networks"]
    codes = {finding["code"] for finding in by_file["findings"]}
    assert {"roads", "speed-unknown"} <= codes


def test_progress_is_shown_on_a_terminal_only(town):
    def shown(terminal):
        screen = io.StringIO()
        console = Console(file=screen, force_terminal=terminal, width=100)
        options = {"out": None, "source_crs": None, "datum": "wgs84", "layer": None, "tolerance_m": 0.3,
                   "planarise": False, "columns": (), "clip": None, "as_json": False}  # fmt: skip
        assert run_map(console, town, **options) == 0
        return screen.getvalue()

    assert "Reading town.osm" in shown(True)
    assert "100%" in shown(True)
    assert "Reading" not in shown(False)

"""Places as they are edited on a map: read leniently, written as rows, found by name, imported, judged by the roads."""

import json
from dataclasses import replace

import pytest
import shapely

from geodata.errors import Finding
from geodata.saying import later, mark
from scenarios import drafts
from scenarios.load import check, read_raw
from scenarios.placing import base, importing
from scenarios.placing.edits import added, changed, moved, typed
from scenarios.placing.facts import findings, ways_to_roads
from scenarios.placing.marks import Mark, marks_of, point_of, points_of, thing, wkt_of
from scenarios.placing.named import search
from scenarios.raw import Raw, RawRow
from scenarios.tongue import speaking


@pytest.fixture(scope="module")
def raw() -> Raw:
    return read_raw("crossroads")


@pytest.fixture(scope="module")
def ground(raw):
    return base.ground_of(raw)


@pytest.fixture(scope="module")
def marks(raw, ground) -> tuple[Mark, ...]:
    return marks_of(raw, ground)


def by_id(marks: tuple[Mark, ...], ident: str) -> Mark:
    return next(mark for mark in marks if mark.id == ident)


def with_rows(raw: Raw, table: str, *rows: dict) -> Raw:
    """A scenario with more rows, as they come from a file or a patch."""
    more = tuple(RawRow(row, f"{table}.csv", 99) for row in rows)
    return raw.changed(tables={**raw.tables, table: (*raw.tables.get(table, ()), *more)})


def test_marks_lie_where_the_tables_say(marks):
    square, forbidden = by_id(marks, "square"), by_id(marks, "depot-road")
    assert (square.kind, square.at) == ("site", (10.005250, 50.002745))
    assert (forbidden.radius_m, thing(forbidden)["sign"]) == (150.0, "×")
    assert by_id(marks, "lay-by").radius_m is None
    assert thing(by_id(marks, "lay-by"))["dim"] is True


def test_faulty_rows_are_marks_without_a_place(raw, ground):
    """What cannot be drawn is still there to be mended; only a row without an id is left to the report."""
    bad = with_rows(
        raw, "sites", {"id": "a", "name": "A", "lon": "ten", "lat": "50"}, {"id": "b", "lon": 400.0, "lat": 50.0},
        {"id": "c", "line": "LINESTRING (1 2"}, {"name": "nobody"}, {"id": "d", "osm": "w401"},
    )  # fmt: skip
    found = {mark.id: mark for mark in marks_of(bad, ground)}
    assert [found[k].placed for k in "abcd"] == [False, False, False, True]
    assert "" not in found
    assert point_of({"lon": "nan", "lat": "1"}) is None


def test_shapes_come_back_as_they_went(raw, ground):
    ring = [(10.0, 50.0), (10.001, 50.0), (10.001, 50.001)]
    assert points_of(wkt_of(ring, closed=True)) == (tuple(ring), True)
    assert points_of(wkt_of(ring, closed=False)) == (tuple(ring), False)
    two = "MULTILINESTRING ((10 50, 10.1 50), (10.1 50, 10.2 50))"
    assert points_of(two) == (((10.0, 50.0), (10.1, 50.0), (10.2, 50.0)), False)
    assert points_of("POINT (1 2)") == ((), False)


@pytest.mark.parametrize(
    ("tool", "points", "table", "column"),
    [
        ("site", 1, "sites", "lon"), ("post", 1, "posts", "lon"), ("zone", 1, "zones", "radius_m"),
        ("line", 2, "sites", "line"), ("close_point", 1, "closures", "radius_m"),
        ("close_line", 2, "closures", "shape"), ("close_area", 4, "closures", "shape"),
    ],
)  # fmt: skip
def test_what_is_drawn_is_a_sound_row(raw, ground, marks, tool, points, table, column):
    """Whatever a tool makes, the scenario's own check takes it, with an owner, a lead and a free id."""
    x, y = 10.0055, 50.0027
    corners = [(x, y), (x + 0.003, y), (x + 0.003, y + 0.002), (x, y + 0.002)][:points]
    edit = added(raw, marks, tool, corners)
    assert edit.table == table
    assert column in edit.values
    whole = with_rows(raw, table, {**edit.key, **edit.values})
    assert edit.key["id"] in {mark.id for mark in marks_of(whole, ground) if mark.placed}
    check(whole)
    again = added(whole, marks, tool, corners)
    assert again.key != edit.key


def test_a_thing_is_moved_reshaped_and_made_larger(marks):
    square = by_id(marks, "square")
    edit = moved(square, {"lon": 10.00600049, "lat": 50.003})
    assert edit.values == {"lon": 10.006, "lat": 50.003, "osm": ""}  # no longer where the map has it
    assert moved(by_id(marks, "lay-by"), {"lon": 10.0, "lat": 50.0}).values == {"lon": 10.0, "lat": 50.0}
    assert moved(by_id(marks, "depot-road"), {"radius_m": 120.4}).values == {"radius_m": 120}
    area = Mark("closure", "c1", "C", {}, None, ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)), closed=True)
    shape = moved(area, {"points": [[0, 0], [2, 0], [2, 2], [0, 2]]}).values["shape"]
    assert shapely.from_wkt(shape).area == 4.0
    assert changed(square, {"name": "Old square"}).title == "Old square"


def test_rows_typed_into_the_table_are_whole_rows(raw, marks):
    """Two new rows at once have ids of their own; what is not typed yet lies in the middle of the others."""
    first, second = typed(raw, marks, "site", [{"name": "Fair"}, {"name": "Pier", "lon": 10.001, "lat": 50.002}])
    assert first.key != second.key
    assert (first.values["name"], second.values["lon"], second.values["lat"]) == ("Fair", 10.001, 50.002)
    middle = [mark.middle for mark in marks if mark.middle is not None]
    assert first.values["lon"] == pytest.approx(sum(at[0] for at in middle) / len(middle), abs=1e-6)
    closure = typed(raw, marks, "closure", [{"name": "Lane", "shape": "LINESTRING (10 50, 10.001 50)"}])[0]
    assert not {"lon", "lat", "radius_m"} & set(closure.values)


def test_rows_pasted_at_once_leave_every_place_that_is_there(raw, marks):
    """A place has site2, site1 is free: two new rows are site1 and site3, and none of them is site2."""
    some = with_rows(raw, "sites", {"id": "site2", "name": "North Gate"})
    rows = typed(some, marks, "site", [{"name": "One"}, {"name": "Two"}, {}])
    assert [(row.key["id"], row.title) for row in rows] == [("site1", "One"), ("site3", "Two"), ("site4", "New site 4")]


def test_places_are_found_by_their_name_on_the_map(ground, marks):
    found = search(ground, marks, "SQUARE")
    assert [row.osm for row in found] == ["w401"]
    assert found[0].known  # the scenario has it
    assert search(ground, marks, "") == ()
    assert search(ground, marks, "no such place") == ()


CSV = """name;lon;lat;class
Fair;10.0055;50.0027;1
Far;11.5;50.0;2
Swapped;50.0027;10.0055;2
None;;;
名;10.006;50.003;9
"""


def test_a_csv_gives_places_and_every_fault(ground, marks):
    found = importing.read_sites("sites.csv", CSV.encode(), ground, marks)
    assert [(p.name, p.class_) for p in found.places] == [("Fair", "1"), ("名", "")]
    told = [(f.row, f.remedy) for f in found.faults]
    assert [row for row, _ in told] == [5, 3, 4]
    assert "swapped" in told[2][1]


def test_geojson_and_kml_give_points_lines_and_areas(ground, marks):
    features = [
        ("Fair", {"type": "Point", "coordinates": [10.0055, 50.0027]}),
        ("Wall", {"type": "LineString", "coordinates": [[10.004, 50.002], [10.006, 50.002]]}),
        ("Park", {"type": "Polygon", "coordinates": [[[10, 50], [10.002, 50], [10.002, 50.002], [10, 50]]]}),
        ("Market Square", {"type": "Point", "coordinates": [10.00525, 50.00275]}),
        ("Nowhere", None),
    ]  # fmt: skip
    rows = [{"type": "Feature", "properties": {"Name": name}, "geometry": shape} for name, shape in features]
    text = json.dumps({"type": "FeatureCollection", "features": rows})
    found = importing.read_sites("places.geojson", text.encode(), ground, marks)
    assert [p.name for p in found.places] == ["Fair", "Wall", "Park"]
    assert [p.name for p in found.known] == ["Market Square"]
    assert [f.value for f in found.faults] == ["Nowhere"]
    assert len(found.places[1].points) == 2
    kml = (
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Kiosk</name>'
        "<Point><coordinates>10.0055,50.0027,0</coordinates></Point></Placemark></Document></kml>"
    )
    found = importing.read_sites("places.kml", kml.encode(), ground, marks)
    assert [(p.name, p.at) for p in found.places] == [("Kiosk", (10.0055, 50.0027))]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sites.docx", b"x"), ("sites.csv", b"name,where\nA,here\n"), ("sites.geojson", b'{"type": "Feat'),
        ("sites.gpkg", b"SQLite format 3\0 broken"), ("sites.kml", b""), ("sites.csv", b"lon,lat\n" * 2),
    ],
)  # fmt: skip
def test_what_is_no_list_of_places_is_refused_in_a_sentence(ground, marks, name, content):
    found = importing.read_sites(name, content, ground, marks)
    assert found.places == ()
    assert found.faults
    assert all(name in fault.sentence() for fault in found.faults)


def test_what_is_wrong_with_a_map_file_is_not_what_was_expected_of_it(ground, marks):
    cut = importing.read_sites("a.geojson", b'{"type":"Feat', ground, marks).faults
    told = "a.geojson is JSON, but no GeoJSON that can be read; expected a FeatureCollection or features"
    assert [fault.sentence().partition(". ")[0] for fault in cut] == [told]
    with speaking("zh"):
        told = importing.read_sites("a.geojson", b'{"type":"Feat', ground, marks).faults[0].sentence()
    assert told.startswith("a.geojson ")
    assert "应为" in told
    assert "expected" not in told


def test_lines_and_points_apart_are_a_place_each(raw, ground, marks):
    """A route with a gap is two lines; one that is only drawn in pieces is one; nothing is left out without a word."""
    a, b, c = [10.004, 50.002], [10.005, 50.002], [10.006, 50.0025]
    shapes = {
        "Gap": {"type": "MultiLineString", "coordinates": [[a, b], [[10.006, 50.003], [10.007, 50.003]]]},
        "Way": {"type": "MultiLineString", "coordinates": [[a, b], [b, c]]},
        "Dots": {"type": "MultiPoint", "coordinates": [a, c]}, "Void": {"type": "MultiPoint", "coordinates": []},
    }  # fmt: skip
    rows = [{"type": "Feature", "properties": {"name": name}, "geometry": shape} for name, shape in shapes.items()]
    content = json.dumps({"type": "FeatureCollection", "features": rows}).encode()
    found = importing.read_sites("c.geojson", content, ground, marks)
    assert [(p.name, len(p.points)) for p in found.places] == [
        ("Gap (1)", 2), ("Gap (2)", 2), ("Way", 3), ("Dots (1)", 0), ("Dots (2)", 0),
    ]  # fmt: skip
    assert [fault.value for fault in found.faults] == ["Void"]
    more = with_rows(raw, "sites", *({**row.key, **row.values} for row in importing.rows_of(found, raw, marks)))
    again = importing.read_sites("c.geojson", content, ground, marks_of(more, ground))
    assert (again.places, len(again.known)) == ((), 5)  # lines are known again too


def test_too_much_is_refused(ground, marks, monkeypatch):
    monkeypatch.setattr(importing, "MOST_BYTES", 10)
    assert importing.read_sites("sites.csv", CSV.encode(), ground, marks).faults
    monkeypatch.setattr(importing, "MOST_BYTES", 10_000)
    monkeypatch.setattr(importing, "MOST_SITES", 1)
    assert importing.read_sites("sites.csv", CSV.encode(), ground, marks).places == ()


def test_imported_places_are_one_edit_and_sound(raw, ground, marks):
    found = importing.read_sites("sites.csv", CSV.encode(), ground, marks)
    edits = importing.rows_of(found, raw, marks)
    draft = drafts.change_rows("crossroads", put=[edit.row for edit in edits])
    assert len(drafts.loaded(drafts.find(draft.id)).scenario.sites) == 8
    assert drafts.undo(draft)
    assert len(drafts.loaded(drafts.find(draft.id)).scenario.sites) == 6


def test_each_place_is_measured_to_the_road(raw, ground):
    """On the road, off it, and in the fields; the last is a finding with a ring and a remedy."""
    more = with_rows(
        raw, "sites", {"id": "on", "name": "On", "lon": 10.0035, "lat": 50.00225},
        {"id": "fields", "name": "Fields", "lon": 10.02, "lat": 49.99},
    )  # fmt: skip
    ways = {way.id: way for way in ways_to_roads(marks_of(more, ground), ground)}
    assert (ways["on"].state, ways["on"].road) == ("good", "Market Street")
    assert ways["on"].road_m < 5
    assert (ways["square"].state, ways["fields"].state) == ("off", "far")
    found = findings(ground, tuple(ways.values()))
    assert found[0].text == "Fields: too far from any road"
    assert found[0].places == ((10.02, 49.99),)
    assert found[0].strong
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    texts = [one.text for one in found if one.places]
    lanes = ", 310 m of road, joined with the main network in neither direction"
    assert f"On foot: 1 cut-off piece{lanes}" in texts
    assert all(one.remedy for one in found)


def test_a_line_is_measured_at_its_corners_and_told_by_the_worst(raw, ground):
    """A line round a corner lies on roads though the middle of its corners lies in a block."""
    bent = "LINESTRING (10.002 50.00225, 10.0105 50.00225, 10.0105 50.0045)"
    far = "LINESTRING (10.002 50.00225, 10.0105 50.00225, 10.02 49.99)"
    rows = {"id": "bent", "name": "Bent", "line": bent}, {"id": "far", "name": "Far", "line": far}
    more = with_rows(raw, "sites", *rows)
    ways = {way.id: way for way in ways_to_roads(marks_of(more, ground), ground)}
    assert ways["bent"].state == "good"
    assert (ways["far"].state, ways["far"].at) == ("far", (10.02, 49.99))


def test_what_a_map_report_says_is_told_in_the_readers_language(ground):
    """Findings are made when a map is read, and kept; the words are found when they are shown."""
    stops = later(mark("{n} of {all} stations and stops have no track in use within {m:.0f} m"), n=1, all=2, m=50.0)
    mend = later(mark("Take a map that holds its rail, or leave out what is no station any more."))
    found = Finding("station-without-rail", "warning", stops, 1, (), mend, ((10.0, 50.0),))
    drawn = replace(ground, networks={}, findings=(found,))
    assert findings(drawn)[0].text == "1 of 2 stations and stops have no track in use within 50 m"
    with speaking("zh"):
        told = findings(drawn)[0]
        assert told.text == "2 个车站中有 1 个在 50 米内没有在用轨道"
        assert told.remedy == "请换用含轨道的地图，或去掉已停用的车站。"


def test_the_ground_travels_apart_from_what_is_edited(ground):
    """Roads and rail sections, nothing of the scenario's own: the same whatever is edited."""
    data = base.ground_map(ground)
    assert data["ground"]["roads"]
    assert len(data["sections"]) == len(ground.rail.sections)
    assert data["sites"] == data["posts"] == data["closures"] == []
    assert base.ground_map(ground)["stamp"] == data["stamp"]

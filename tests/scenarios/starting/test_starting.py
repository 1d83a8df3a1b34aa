"""New scenarios: whole and plannable from a map alone, from forty people in a workbook; every fault told at once."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.errors import ScenarioError
from scenarios.run import plan_scenario
from scenarios.smallmap import small_map
from scenarios.starting.begin import from_map_file, from_template, from_workbook
from scenarios.starting.folder import _hours
from scenarios.starting.given import Event
from scenarios.starting.workbook import EVENT, SHEETS, empty_workbook, read_workbook
from scenarios.store import projects, shelf
from scenarios.store.place import Store, close_all, open_store
from scenarios.tongue import speaking

EVENING = Event("Night market", "Europe/Berlin", "2026-06-12 17:00", "2026-06-13 00:00")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path))
    monkeypatch.delenv("VEDETTE_STORE", raising=False)
    yield open_store()
    close_all()


@pytest.fixture(scope="module")
def town(project_root: Path) -> bytes:
    return (project_root / "scenarios/library/crossroads/crossroads.osm").read_bytes()


ROWS: dict[str, list[list[object]]] = {
    "Event": [["title", "Night market"], ["timezone", "Europe/Berlin"], ["start", "2026-06-12 17:00"],
              ["end", "2026-06-13 00:00"]],
    "Sites": [["name", "lon", "lat", "class"], ["Market Square", None, None, 1], ["Food stalls", 10.00525, 50.0027, 2]],
    "Units": [["name", "strength"], ["Police", None], ["Stewards", "steward:30"]],
    "People": [["name", "unit", "rank"], ["Ann", "Police", "inspector"], None, ["Ben", "Police", "sergeant"],
               *([f"P{n:02}", "police", "officer"] for n in range(38))],
    "Leave": [["person", "start", "end"], ["Ben", "2026-06-12 17:00", "2026-06-12 20:00"]],
    "Sessions": [["title", "site", "start", "end", "attendance"],
                 ["Lanterns", "Market Square", "2026-06-12 19:00", "2026-06-12 22:00", 900]],
}  # fmt: skip


def workbook(**changed: list[list[object]]) -> bytes:
    """The workbook of ``ROWS``; None stands for a blank row."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in {**ROWS, **changed}.items():
        if rows:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row or [])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def faults_of(error: ScenarioError) -> list[tuple[str, int | None, str]]:
    return [(fault.file, fault.row, fault.field) for fault in error.faults]


def test_a_template_begins_with_no_change(store: Store) -> None:
    source = drafts.find(from_template(store, "crossroads", " Fair ", who="Ann"))
    assert (source.label, source.base, source.about) == ("Fair", "crossroads", "crossroads, nothing changed yet")
    assert drafts.loaded(source).scenario.title == "Lantern evening at Crossroads"
    with pytest.raises(ScenarioError, match="expected a name"):
        from_template(store, "crossroads", "  ", who="Ann")


def test_a_map_alone_gives_a_scenario(store: Store, town: bytes) -> None:
    """Its key sites, its police station, a session at the foremost site."""
    ref = from_map_file(store, EVENING, "town.OSM", town, officers=40, stewards=20, attendance=500, who="Ann")
    source = drafts.find(ref)
    loaded = drafts.loaded(source)
    its = loaded.scenario
    assert [site.name for site in its.sites] == ["Town Hall", "Market Square", "Crossroads", "Hill School"]
    assert [(u.name, u.strength) for u in its.units] == [("Police", ("sworn:40",)), ("Stewards", ("steward:20",))]
    assert [(s.title, s.attendance) for s in its.sessions] == [("Night market", 500)]
    assert source.about == "a map and tables of its own"
    copy = drafts.find(drafts.duplicate(source.draft).id)
    assert (copy.base, drafts.loaded(copy).digest) == (source.base, loaded.digest)
    drawn = small_map(loaded)
    assert 'aria-label="Map of Night market: 4 sites"' in drawn
    with speaking("zh"):  # the same picture, kept once, under its title in the reader's language
        told = small_map(loaded)
    assert 'aria-label="Night market地图：4 处重点部位"' in told
    assert told.partition("</title>")[2] == drawn.partition("</title>")[2]


def test_a_chinese_scenario_has_no_english_words_on_its_papers(store: Store, town: bytes) -> None:
    """What was filled in here by default is in the language of whoever begins; ids are ids."""
    with speaking("zh"):
        ref = from_map_file(store, EVENING, "town.osm", town, officers=40, stewards=20, who="Ann", attendance=900)
        its = drafts.loaded(drafts.find(ref)).scenario
        copy = drafts.find(shelf.duplicate(store, ref, who="Ann"))
        assert [one.name for one in projects.projects(store)] == ["我的方案"]
    made = [*(unit.name for unit in its.units), *(person.name for person in its.people)]
    made += [*(span.title for span in its.spans), *(kind.title for kind in its.kinds), copy.label]
    assert made == ["民警", "保安人员", "责任人（待定）", "整个活动", "岗位", "巡逻", "Night market（副本）"]
    assert [unit.id for unit in its.units] == ["police", "stewards"]
    assert [one.name for one in projects.projects(store)] == ["My scenarios"]


def test_without_stewards_the_organisers_are_not_planned(store: Store, town: bytes) -> None:
    """Nobody asks police for seats that no one of them may fill; papers speak the language of whoever began."""
    with speaking("zh"):
        ref = from_map_file(store, EVENING, "town.osm", town, officers=40, stewards=0, attendance=900, who="Ann")
    its = drafts.loaded(drafts.find(ref)).scenario
    assert (its.demand.plan_stewards, its.language) == (False, "zh")
    assert "OpenStreetMap" in its.map.credit


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "hours"), [("2027-06-12 22:00", 4.0), ("2027-06-12 24:00", 6.0), ("2027-06-13 00:00", 6.0), ("x", 24.0)]
)
def test_an_event_until_midnight_is_as_long_as_it_is(end: str, hours: float) -> None:
    """The shifts of a new scenario follow from it: of three fixed ones none might lie within a short event."""
    assert _hours("2027-06-12 18:00", end) == hours


def test_a_map_alone_can_be_planned(store: Store, town: bytes) -> None:
    """Nothing short, and the audit agrees."""
    ref = from_map_file(store, EVENING, "town.osm", town, officers=40, stewards=20, attendance=500, who="Ann")
    done = plan_scenario(drafts.loaded(drafts.find(ref)), seconds=2, seed=0, repeatable=True)
    assert done.exit_code == 0
    assert done.short == 0
    assert done.plan.patrols.tours


def test_a_workbook_of_forty_people(store: Store, town: bytes) -> None:
    """A place by its name on the map, one by its point; ids made up; leave by name; lead by rank."""
    given = read_workbook(workbook())
    its = drafts.loaded(drafts.find(from_workbook(store, given, "map.osm", town, who="Ann"))).scenario
    assert (len(its.people), its.title) == (40, "Night market")
    assert its.demand.plan_stewards  # a unit brings thirty
    square, stalls = its.sites
    assert (square.lon, square.lat) == pytest.approx((10.00525, 50.0027), abs=3e-4)
    assert (stalls.lon, stalls.class_) == (10.00525, 2)
    assert [site.gaps for site in its.sites] == [("event:60",), ("event:120",)]
    ann, ben = its.people[:2]
    assert (square.lead, ann.rank, ben.name) == (ann.id, "inspector", "Ben")
    assert [(row.person, f"{row.start:%H:%M}") for row in its.absences] == [(ben.id, "17:00")]
    assert [(s.site, s.attendance) for s in its.sessions] == [(square.id, 900)]


def test_the_empty_workbook_reads_as_empty(store: Store) -> None:
    """All that must be filled is told, and no more."""
    with pytest.raises(ScenarioError) as caught:
        read_workbook(empty_workbook())
    assert faults_of(caught.value) == [("sheet Event", None, name) for name, _ in EVENT]
    book = openpyxl.load_workbook(io.BytesIO(empty_workbook(EVENING)))
    assert book.sheetnames == ["Event", *SHEETS]
    with pytest.raises(ScenarioError) as caught:
        read_workbook(empty_workbook(EVENING))
    assert {file for file, _, _ in faults_of(caught.value)} <= {"sheet Sites", "sheet Units", "sheet People"}


def test_faults_of_a_workbook_name_sheet_row_and_column() -> None:
    bad = workbook(
        Units=[], Sites=[["name", "lat", "elevation"], ["A", 1, 2]],
        Leave=[["person", "start"], ["Ben", None]], People=[["name", "unit"], [None, "Police"]],
    )  # fmt: skip
    with pytest.raises(ScenarioError) as caught:
        read_workbook(bad)
    assert faults_of(caught.value) == [
        ("workbook", None, ""), ("sheet Sites", 1, "elevation"), ("sheet People", 2, "name"), ("sheet Leave", 1, "end"),
        ("sheet Leave", 2, "start"),
    ]  # fmt: skip


def test_faults_of_the_scenario_name_the_row_that_people_see(store: Store, town: bytes) -> None:
    """A blank row in the sheet does not shift what is told; nothing is kept."""
    bad = workbook(
        People=[["name", "unit", "rank"], ["Ann", "Police", "inspector"], None, ["Ben", "Polise", "sergeant"]],
        Sites=[["name", "lon", "lat"], ["Market Square", None, None], ["Nowhere", None, None]],
        Leave=[["person", "start", "end"], ["Ben", "2026-06-12 17:00", "soon"]],
    )
    with pytest.raises(ScenarioError) as caught:
        from_workbook(store, read_workbook(bad), "map.osm", town, who="Ann")
    found = faults_of(caught.value)
    assert ("sheet People", 4, "unit") in found
    assert ("sheet Leave", 2, "end") in found
    assert {file for file, row, _ in found if row == 3} == {"sheet Sites"}
    assert not [source for source in drafts.sources() if source.draft is not None]


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize(("end", "attendance"), [("end", "Attendance"), ("结束", "人数")])
def test_faults_of_the_scenario_name_the_column_that_people_see(
    store: Store, town: bytes, code: str, end: str, attendance: str
) -> None:
    """As the file has it, whatever language reads it."""
    bad = workbook(Sessions=[["title", "site", "start", end, attendance],
                             ["A", "Market Square", "2026-06-12 19:00", "2026-06-12 22:00", "4百"],
                             ["B", "Market Square", "2026-06-12 19:00", "2026-06-12 18:00", 400]])  # fmt: skip
    with speaking(code), pytest.raises(ScenarioError) as caught:
        from_workbook(store, read_workbook(bad), "map.osm", town, who="Ann")
    assert [(fault.row, fault.field) for fault in caught.value.faults] == [(2, attendance), (3, end)]


def test_what_was_made_here_is_told_in_the_readers_language(store: Store, town: bytes) -> None:
    backwards = Event("夜市", "Asia/Shanghai", "2026-08-28 23:00", "2026-08-28 17:00")
    with speaking("zh"), pytest.raises(ScenarioError) as caught:
        from_map_file(store, backwards, "m.osm", town, officers=9, stewards=0, who="Ann", attendance=9)
    assert ("场次", None, "结束") in faults_of(caught.value)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b" " * 2**20)
    return out.getvalue()


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x05\x06" + b"\0" * 18, workbook()[:900]])
def test_what_is_no_workbook_is_told(content: bytes) -> None:
    with pytest.raises(ScenarioError, match="an Excel workbook"):
        read_workbook(content)


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.starting.workbook.MOST_UNPACKED", 2**20 - 1)
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(ScenarioError, match="an Excel workbook"):
        read_workbook(bomb())


@pytest.mark.parametrize(("name", "content"), [("town.exe", b"x"), ("town.osm", b"no map"), ("town.osm", b"<osm/>")])
def test_what_is_no_map_is_told(store: Store, name: str, content: bytes) -> None:
    with pytest.raises((ScenarioError, GeodataError)):
        from_map_file(store, EVENING, name, content, officers=4, stewards=0, who="Ann")
    assert not [source for source in drafts.sources() if source.draft is not None]


@pytest.mark.parametrize("name", ["town.geojson", "town.gpkg", "town.osm"])
def test_a_recipe_to_read_another_file_is_no_map(store: Store, tmp_path: Path, name: str) -> None:
    """What the machine holds is not taken into a scenario by a text that names it."""
    shape = {"type": "LineString", "coordinates": [[10.0, 50.0], [10.01, 50.0]]}
    road = {"type": "Feature", "properties": {"highway": "primary", "name": "Secret Road"}, "geometry": shape}
    (tmp_path / "secret.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [road]}))
    recipe = (
        '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>'
        f"{tmp_path}/secret.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    with pytest.raises(GeodataError) as caught:
        from_map_file(store, EVENING, name, recipe.encode(), officers=4, stewards=0, who="Ann")
    assert "site" not in str(caught.value)  # it is not read and found wanting: it is not read

"""A new scenario into the store: judged whole before it is kept, its faults told in the words of what was given."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from geodata.ground import CREDIT, Ground, load_ground
from scenarios.errors import Fault, ScenarioError
from scenarios.load import load_checked
from scenarios.raw import SETTINGS
from scenarios.starting.folder import csv_text, from_map, settings_text, tables_of
from scenarios.starting.given import Event, Given, Line
from scenarios.starting.names import SHEET_NAMES, heading, sheet_name
from scenarios.store import shelf
from scenarios.store.files import MOST_FILE_BYTES, keep_files, scenario_files
from scenarios.store.place import Store
from scenarios.tongue import say as _
from scenarios.tongue.lists import listed

#: Endings of map files that are taken, the longest first.
MAPS = (".osm.pbf", ".osm.bz2", ".osm.gz", ".osm", ".pbf", ".gpkg", ".geojson")


def from_template(store: Store, template: str, name: str, *, who: str, project: str | None = None) -> str:
    """A scenario over a shipped one or a folder, with no change yet; returns its id."""
    return shelf.create(store, name, who=who, parent=template, project=project)


def from_map_file(
    store: Store, event: Event, map_name: str, content: bytes, *, officers: int, stewards: int, who: str,
    attendance: int = 0,
) -> str:  # fmt: skip
    """A scenario on a map: its key sites, police and stewards in numbers while names are not known; returns its id.

    Raises
    ------
    ScenarioError, GeodataError
        The map cannot be read, shows no site, or the event cannot be; nothing was kept.
    """
    # Words that people read are in their language: they stand on every paper of the scenario.
    units = [Line({"id": "police", "name": _("Police"), "strength": f"sworn:{officers}", "kind": "police"})]
    if stewards:
        number = f"steward:{stewards}"
        units.append(Line({"id": "stewards", "name": _("Stewards"), "strength": number, "kind": "stewards"}))
    lead = Line({"id": "lead", "name": _("The lead, to be named"), "unit": "police", "rank": "inspector"})

    def given(ground: Ground) -> Given:
        sites = from_map(ground)
        if not sites:
            raise _fault(map_name, _("a map with a station, square, hall, hospital or school that has a name"),
                         _("give the sites in a workbook"))  # fmt: skip
        session = Line({
            "title": event.title, "site": sites[0].get("name"), "start": event.start, "end": event.end,
            "attendance": str(attendance),
        })  # fmt: skip
        tables = {"units": tuple(units), "people": (lead,), "sites": sites}
        return Given(event, {**tables, "sessions": (session,)} if attendance else tables)

    return _begin(store, given, map_name, content, who=who, strong=officers >= 6)


def from_workbook(store: Store, given: Given, map_name: str, content: bytes, *, who: str) -> str:
    """A scenario from what a workbook gives, on a map; returns its id. Raises like ``from_map_file``."""
    return _begin(store, lambda _ground: given, map_name, content, who=who, strong=len(given.rows("people")) >= 6)


def _begin(
    store: Store, make: Callable[[Ground], Given], map_name: str, content: bytes, *, who: str, strong: bool
) -> str:
    ending = next((end for end in MAPS if map_name.lower().endswith(end)), None)
    if ending is None:
        endings = _("a map file ({endings})", endings=listed(MAPS))
        raise _fault(map_name, endings, _("save or convert it to one of these"))
    if len(content) > MOST_FILE_BYTES:
        most = _("at most {n} MiB", n=MOST_FILE_BYTES // 2**20)
        raise _fault(map_name, most, _("clip the map: vedette map --clip"))
    with tempfile.TemporaryDirectory(prefix="vedette-new-") as name:
        folder = Path(name) / "event"
        folder.mkdir()
        map_file = f"map{ending}"
        (folder / map_file).write_bytes(content)
        ground = load_ground(folder / map_file)
        given = make(ground)
        tables, unclear = tables_of(given, ground, patrols=strong)
        units = [row["id"] for row in tables["units"] if row]
        for table, rows in tables.items():
            if rows or table in {"sites", "units"}:
                (folder / f"{table}.csv").write_text(csv_text(rows), encoding="utf-8")
        credit = CREDIT if ground.credit == CREDIT else _("Map: {name}", name=map_name)
        (folder / SETTINGS).write_text(settings_text(given, map_file, units, strong, credit), encoding="utf-8")
        try:
            load_checked(folder)
        except ScenarioError as error:
            # A name that is unclear was told already; what the loader says of the same row follows from it.
            told = {(fault.file, fault.row) for fault in unclear}
            unclear += [fault for fault in error.faults if (fault.file, fault.row) not in told]
        if unclear:
            raise ScenarioError(dict.fromkeys(_reworded(fault, given) for fault in unclear))
        with store.writing() as conn:
            return shelf.add(conn, given.event.title, who=who, base=keep_files(conn, scenario_files(folder)))


#: What people see for each of our files: its sheet, where there was a workbook.
SHEETS: Mapping[str, str] = {
    "units.csv": "Units", "people.csv": "People", "sites.csv": "Sites", "sessions.csv": "Sessions",
    "absences.csv": "Leave", SETTINGS: "Event",
}  # fmt: skip


def _reworded(fault: Fault, given: Given) -> Fault:
    """A fault in the sheet that people filled in; a row that was made here has no number there."""
    name = SHEETS.get(fault.file)
    if name is None:
        return replace(fault, row=None)
    table = SHEET_NAMES[name][0]
    known = any(line.row is not None for line in given.rows(table))
    title = given.titles.get(table, sheet_name(name))
    return replace(
        fault, file=_("sheet {title}", title=title) if known else title, row=fault.row if known else None,
        field=given.headings.get((table, fault.field)) or heading(table, fault.field),
    )  # fmt: skip


def _fault(name: str, expected: str, remedy: str) -> ScenarioError:
    return ScenarioError([Fault(name, None, "", "", expected, remedy)])

"""Town, programme and force joined into a scenario folder whose load is a little below what the force can carry."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from scenarios.errors import Fault, ScenarioError
from scenarios.generate import programme
from scenarios.generate.force import Cells, UnitPlan, people_of, strengths, unit_plans
from scenarios.generate.load import Load, load_of
from scenarios.generate.sizes import SIZES, Size
from scenarios.generate.town import Town, build_town, lonlat
from scenarios.parsing import ROW_TYPES
from scenarios.raw import nearest
from scenarios.schema import Scenario

#: No session is scaled to more than so many percent.
_LARGEST_PCT = 400


@dataclass(frozen=True)
class Event:
    """A made-up event: the texts of its folder by file name, and how its load was set.

    Attributes
    ----------
    load
        Lift in hours and spare heads, estimated before anything is planned.
    """

    size: Size
    seed: int
    files: Mapping[str, str]
    load: Load
    town: Town

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write the folder; files of the same names are replaced."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, text in self.files.items():
            path = folder / name
            path.write_text(text, encoding="utf-8", newline="\n")
            paths.append(path)
        return tuple(paths)


def generate(size: str, seed: int, folder: Path) -> Event:
    """Make an event and write it into ``folder``.

    Raises
    ------
    ScenarioError
        No such size, or something in ``folder`` that no made-up event wrote: it is never written over.
    """
    if size not in SIZES:
        like = nearest(size, SIZES)
        remedy = f'did you mean "{like}"?' if like else "choose one of them"
        raise ScenarioError([Fault("size", None, "", size, f"one of {', '.join(SIZES)}", remedy)])
    event = make_event(SIZES[size], seed)
    _refuse_others(folder, event)
    event.write(folder)
    return event


def _refuse_others(folder: Path, event: Event) -> None:
    """Only an empty folder, or one that a made-up event wrote, is written into: a planner's tables are not lost."""
    if not folder.is_dir():
        return
    settings = folder / "scenario.toml"
    made = settings.is_file() and settings.read_text(encoding="utf-8", errors="replace").startswith(programme.HEAD)
    held = (path for path in folder.iterdir() if not made or (path.is_file() and path.name not in event.files))
    others = sorted(path.name for path in held)
    if others:
        expected = f"an empty folder; this one holds {', '.join(others[:3])}{' and more' if len(others) > 3 else ''}"
        raise ScenarioError([Fault("--out", None, "", str(folder), expected, "name another folder")])


def make_event(size: Size, seed: int) -> Event:
    """The texts of a made-up event.

    Attendance is scaled until the force has ``size.spare_pct`` percent of the heads that a plain hand-out of duties
    takes; the seed draws from that range. The force is parted between police and stewards as their loads are.
    """
    rng = Random(f"{size.name}/{seed}")
    town = build_town(size.town, rng)
    units = unit_plans(size, town, rng)
    sites = programme.place_sites(size, town, units, rng)
    sessions = programme.hold_sessions(size, sites, rng)
    low, high = size.spare_pct
    wanted = (low + rng.random() * (high - low)) / 100
    toml = programme.settings_toml(size, seed, units)
    fixed: dict[str, list[Cells]] = {
        "sites": sites, "units": [u.cells() for u in units], "zones": [_core(size, town, units)],
        "resources": _resources(size, units),
    }  # fmt: skip
    skeleton = _leads_only(units)
    pct, load = _fitting(size, toml, fixed, sessions, skeleton, wanted)
    people = people_of(units, strengths(size, units, load.stewards), programme.START, size.n_days, rng)
    tables = {**fixed, "sessions": programme.scaled(sessions, pct), **people}
    files = {"scenario.toml": toml, "town.osm": town.osm()}
    files |= {f"{name}.csv": _csv(rows) for name, rows in tables.items()}
    return Event(size, seed, files, load, town)


def _core(size: Size, town: Town, units: tuple[UnitPlan, ...]) -> Cells:
    lon, lat = lonlat(town.centre)
    radius = str(round(min(size.town.n_x, size.town.n_y) * 25))
    return {"id": "core", "name": "Town centre", "kind": "core", "radius_m": radius, "owner": units[0].id,
            "lead": f"{units[0].id}-001", "lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}  # fmt: skip


def _resources(size: Size, units: tuple[UnitPlan, ...]) -> list[Cells]:
    cars = round(1.15 * (programme.most_posts(size) + sum(n for _, _, n in programme.offers(size, units)))) + 2
    return [{"id": "car", "name": "Patrol cars", "number": str(cars)},
            {"id": "radio", "name": "Hand radios", "number": str(size.n_people // 2)}]  # fmt: skip


def _leads_only(units: tuple[UnitPlan, ...]) -> list[Cells]:
    """One person a unit and category, enough to know who leads before anybody else is there."""
    return [
        {"id": f"{u.id}-{k:03d}", "name": u.id, "unit": u.id, "category": c, "rank": "inspector", "synthetic": "yes"}
        for u in units for k, c in enumerate(u.categories, start=1)
    ]  # fmt: skip


def scenario_of(toml: str, tables: Mapping[str, Iterable[Cells]]) -> Scenario:
    """A Scenario from texts, without files and without the checks of references."""
    rows = {
        name: [{k: v for k, v in row.items() if v != ""} for row in tables.get(name, ())] for name in ROW_TYPES
    }
    settings = tomllib.loads(toml)
    values: dict[str, Any] = {**settings, **rows}
    return Scenario.model_validate(values, context={"zone": ZoneInfo(settings["timezone"])})


def _fitting(
    size: Size, toml: str, fixed: Mapping[str, list[Cells]], sessions: list[Cells], people: list[Cells], wanted: float
) -> tuple[int, Load]:
    """The largest attendance (percent) that leaves ``wanted`` heads for each that it takes, and its load."""
    low, high = 1, _LARGEST_PCT
    while low <= high:
        middle = (low + high) // 2
        tables = {**fixed, "sessions": programme.scaled(sessions, middle), "people": people}
        load = load_of(size, scenario_of(toml, tables))
        if load.spare >= wanted or middle == 1:
            best, low = (middle, load), middle + 1
        else:
            high = middle - 1
    return best


def _csv(rows: list[Cells]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()

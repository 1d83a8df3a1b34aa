"""A perimeter of a scenario: closure points with their seats, blue-light ways that stay open, and a what-if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from geodata.crs import to_lonlat
from geodata.perimeter import BlueLight, Crossing, crossings, leaks, open_for_blue_lights, prove
from scenarios.bluelights import closure_sets, light_ways
from scenarios.desk import Desk
from scenarios.draft_patch import toml
from scenarios.errors import Fault, ScenarioError
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.tongue.lists import listed
from scenarios.valuewords import one_of

SEATS = {"hard": 2, "soft": 1, "emergency": 3}
"""People at one closure point by its kind: two hold a barrier, one checks people, three work a gate."""
PROFILES = {"car": mark("car"), "foot": mark("foot")}
CLOSE_M = 6
"""How far around a closure point its roads count as closed."""


@dataclass(frozen=True, eq=False)
class Perimeter:
    """What a drawn line means.

    Attributes
    ----------
    gates
        Closure points clockwise from north.
    ways
        Blue-light ways there and back, proven on the closed network; ``origins`` and ``targets`` name their ends.
    leaks
        Profile -> nodes inside that can still be reached with every gate shut; all 0 is the proof that none is missing.
    """

    gates: tuple[Crossing, ...]
    lonlat: tuple[tuple[float, float], ...]
    ways: tuple[BlueLight, ...]
    origins: tuple[str, ...]
    targets: tuple[str, ...]
    leaks: Mapping[str, int]
    seats: Mapping[str, int]

    @property
    def people(self) -> int:
        """All seats at once."""
        return sum(self.seats[gate.kind] for gate in self.gates)

    def sentences(self) -> list[str]:
        """What people should know, the worst first."""
        kinds = {kind: sum(g.kind == kind for g in self.gates) for kind in SEATS}
        lost = [w for w in self.ways if w.free_s is not None and not w.kept]
        never = [w for w in self.ways if w.free_s is None]
        found = [
            _(
                "{origin} and {target}: the closure costs a blue-light way time ({before} s before, {after} after).",
                origin=self.origins[w.origin], target=self.targets[w.target], before=w.free_s,
                after=_("no way") if w.closed_s is None else _("{n} s", n=w.closed_s),
            )
            for w in lost
        ]  # fmt: skip
        found += [
            _(
                "{origin} and {target}: no way for vehicles even without the closure.",
                origin=self.origins[w.origin], target=self.targets[w.target],
            )
            for w in never
        ]  # fmt: skip
        found += [
            _("{n} places inside can be reached past all gates by {profile}.", n=n, profile=_(PROFILES.get(p, p)))
            for p, n in self.leaks.items()
            if n
        ]
        if self.ways and not lost and not never:
            found.append(_("Blue lights lose no second: {n} ways, proven on the closed roads.", n=len(self.ways)))
        found.append(
            _(
                "{n} closure points ({hard} hard, {soft} soft, {emergency} emergency gates) take {people} people "
                "at once.", n=len(self.gates), people=self.people, **kinds,
            )
        )  # fmt: skip
        over = [g.id for g in self.gates if g.over]
        if over:
            found.append(_("On a bridge or in a tunnel, perhaps no entrance at all: {gates}.", gates=listed(over)))
        return found

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "gates": [
                {
                    "id": g.id, "kind": g.kind, "name": g.name, "road": g.road_class, "seats": self.seats[g.kind],
                    "lon": round(lon, 7), "lat": round(lat, 7), "ways": list(g.ways), "over": g.over,
                }
                for g, (lon, lat) in zip(self.gates, self.lonlat, strict=True)
            ],
            "blue_lights": [
                {
                    "from": self.origins[w.origin], "to": self.targets[w.target], "open_s": w.free_s,
                    "closed_s": w.closed_s, "gates": list(w.gates),
                }
                for w in self.ways
            ],
            "people": self.people,
            "leaks": dict(self.leaks),
            "said": self.sentences(),
        }  # fmt: skip


def perimeter(
    desk: Desk,
    area: Any,
    origins: Sequence[str],
    targets: Sequence[str],
    seats: Mapping[str, int] = SEATS,
    kinds: Mapping[str, str] | None = None,
) -> Perimeter:
    """Turn a drawn area into closure points.

    Parameters
    ----------
    area
        A shapely Polygon in degrees, or its corners ``[[lon, lat], ...]``.
    origins, targets
        Ids of places (units, sites, posts) that blue lights start from, and must get to.
    kinds
        The planner's own kind for some points, by their ids; the ways are proven with these.

    Raises
    ------
    ScenarioError
        Ids that the scenario does not know, seats below 0, kinds or points that do not exist: all at once.
    GeodataError
        The area is none, or lies off the map.
    """
    faults = [
        Fault(_("perimeter"), None, option, name, _("the id of a site, post or unit"),
              _("see sites.csv, posts.csv, units.csv"))
        for option, names in (("--from", origins), ("--to", targets))
        for name in names
        if name not in desk.places
    ]  # fmt: skip
    faults += [
        Fault(_("perimeter"), None, kind, str(n), _("0 people or more"), _("mend the number"))
        for kind, n in seats.items()
        if n < 0
    ]
    faults += [
        Fault(_("perimeter"), None, "--kind", f"{gate}={kind}", one_of(SEATS), _("choose one of these"))
        for gate, kind in (kinds or {}).items()
        if kind not in SEATS
    ]
    if faults:
        raise ScenarioError(faults)
    if not isinstance(area, shapely.Geometry):
        area = shapely.Polygon(area)
    networks = {profile: desk.ground.networks[profile] for profile in ("car", "foot")}
    gates = crossings(networks, area)
    lost = {profile: len(leaks(network, area, gates, profile)) for profile, network in networks.items()}
    ways: tuple[BlueLight, ...] = ()
    if origins and targets:
        gates, ways = open_for_blue_lights(
            networks["car"], gates, desk.places.xy(origins), desk.places.xy(targets)
        )
    if kinds:
        strange = sorted(set(kinds) - {g.id for g in gates})
        if strange:
            expected = _("a closure point")
            if gates:
                expected = _("a closure point of this area, G01 to {last}", last=gates[-1].id)
            raise ScenarioError(
                [Fault(_("perimeter"), None, "--kind", name, expected, _("see the list of points")) for name in strange]
            )
        gates = tuple(replace(g, kind=kinds.get(g.id, g.kind)) for g in gates)
        ways = prove(networks["car"], gates, desk.places.xy(origins), desk.places.xy(targets)) if ways else ways
    lonlat = to_lonlat(np.array([g.xy for g in gates]).reshape(-1, 2), desk.ground.crs)
    names = {p: desk.places[p].name for p in (*origins, *targets)}
    return Perimeter(
        gates, tuple((float(a), float(b)) for a, b in lonlat), ways,
        tuple(names[o] for o in origins), tuple(names[t] for t in targets), lost, dict(seats),
    )  # fmt: skip


def tables_of(
    found: Perimeter, start: str, end: str, owner: str, lead: str, prefix: str = ""
) -> dict[str, list[dict[str, Any]]]:
    """Rows of a what-if: hard points closed to cars, every point a post with its seats, by table.

    Parameters
    ----------
    start, end
        Local times as tables write them.
    prefix
        Stands before every id, so that two perimeters have none in common.
    """
    span = {"start": start, "end": end}
    tables: dict[str, list[dict[str, Any]]] = {"close": [], "posts": [], "seats": []}
    for gate, (lon, lat) in zip(found.gates, found.lonlat, strict=True):
        name = f"{gate.kind} closure point {gate.id}" + (f", {gate.name}" if gate.name else "")
        place = {"lon": round(lon, 7), "lat": round(lat, 7)}
        ident = f"{prefix}{gate.id.lower()}"
        if gate.kind == "hard":
            tables["close"].append({"id": f"{ident}-zu", "name": name, **span, **place, "radius_m": CLOSE_M})
        tables["posts"].append(
            {"id": ident, "name": name, "state": "candidate", "owner": owner, "lead": lead, **place}
        )
        if found.seats[gate.kind]:
            seat = {"id": f"{ident}-wache", "place": ident, "kind": "gate", **span, "need": found.seats[gate.kind]}
            tables["seats"].append({**seat, "importance": "must", "owner": owner, "lead": lead})
    return tables


def lights_of(desk: Desk, origins: Sequence[str], targets: Sequence[str]) -> dict[str, Any]:
    """The setting ``blue_lights`` that keeps watch over the ways: those the scenario has, and these.

    What the scenario's own closures cost these ways already is let pass.
    """
    its = desk.scenario.blue_lights
    every = {
        "from": list(dict.fromkeys((*its.origins, *origins))), "to": list(dict.fromkeys((*its.to, *targets))),
    }  # fmt: skip
    lights = type(its).model_validate({**every, "clear_m": its.clear_m})
    scenario = desk.scenario.model_copy(update={"blue_lights": lights})
    worst = [
        way.seconds - way.free_s
        for _, _, closed in closure_sets(scenario, desk.ways)
        for way in light_ways(scenario, desk.places, desk.ways, closed)
        if way.seconds is not None and way.free_s is not None
    ]
    return {**every, "most_delay_s": max([its.most_delay_s, *worst])}


def whole_text(desk: Desk, title: str, tables: Mapping[str, Sequence[Mapping[str, Any]]], lights: Any) -> str:
    """A what-if file of rows by table and the setting ``blue_lights`` (None: left as it is)."""
    text = [
        "# A perimeter: every road and path into it, with its seats. Emergency gates stay open to cars.",
        "schema = 1",
        f"base = {toml(desk.scenario.name)}",
        f"title = {toml(title)}",
    ]
    if lights:
        text += ["", "[blue_lights]", *(f"{key} = {toml(value)}" for key, value in lights.items())]
    for table, rows in tables.items():
        for row in rows:
            text += ["", f"[[{table}]]", *(f"{key} = {toml(value)}" for key, value in row.items())]
    return "\n".join([*text, ""])


def as_whatif(
    desk: Desk, found: Perimeter, start: datetime, end: datetime, owner: str, lead: str, lights: Any = None
) -> str:
    """The perimeter as a what-if file; ``lights`` as :func:`lights_of` gives them."""
    tables = tables_of(found, f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}", owner, lead)
    return whole_text(desk, f"Perimeter with {len(found.gates)} closure points", tables, lights)


def who_answers(desk: Desk) -> tuple[str, str]:
    """Owner and lead of new closure points: those of the core zone, else of the first unit and site."""
    its = desk.scenario
    zone = next((z for z in its.zones if z.kind == "core"), None)
    return (zone.owner, zone.lead) if zone else (its.units[0].id, its.sites[0].lead)

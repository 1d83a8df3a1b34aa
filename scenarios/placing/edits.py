"""What is done on the map or in the table, as rows to write: new things, things moved or reshaped, things taken out.

Values are those of the scenario's tables; "" takes a value away. Nothing is judged here: the scenario's own check does.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from scenarios.placing.marks import TABLES, LonLat, Mark, text_of, wkt_of
from scenarios.raw import Raw
from scenarios.tongue import mark
from scenarios.tongue import say as _

#: What each tool of the map makes: kind of mark, and what the new thing is called.
NEW: Mapping[str, tuple[str, str]] = {
    "site": ("site", mark("New site {n}")), "line": ("site", mark("New line {n}")),
    "post": ("post", mark("New post {n}")), "zone": ("zone", mark("New zone {n}")),
    "close_point": ("closure", mark("Closure {n}")), "close_line": ("closure", mark("Closure {n}")),
    "close_area": ("closure", mark("Closure {n}")),
}  # fmt: skip
_PREFIX = {"site": "site", "post": "post", "zone": "zone", "closure": "closed"}
ZONE_M, CLOSE_M = 300, 30
"""Radius of a new zone and of a new closure, to be changed by its handle or in the table."""


@dataclass(frozen=True)
class RowEdit:
    """One row to write: table, key, values by column, and what people call it."""

    table: str
    key: Mapping[str, str]
    values: Mapping[str, Any]
    title: str

    @property
    def row(self) -> tuple[str, Mapping[str, Any], Mapping[str, Any], str]:
        """As ``drafts.change_rows`` wants it."""
        return self.table, self.key, self.values, self.title


def added(
    raw: Raw, marks: Sequence[Mark], tool: str, points: Sequence[LonLat], given: Mapping[str, Any] | None = None,
    also: Collection[str] = (),
) -> RowEdit:  # fmt: skip
    """A new thing where a tool was used.

    Parameters
    ----------
    points
        Longitude and latitude of each click; one for a point.
    given
        Columns that are known already, such as ``name`` and ``kind`` of a place that the map names.
    also
        Ids of rows that are new at the same time.
    """
    kind, called = NEW[tool]
    ident, number = free_id(raw, _PREFIX[kind], also)
    name = _(called, n=number)
    first = points[0] if points else (0.0, 0.0)
    place: dict[str, Any] = {"lon": round(first[0], 6), "lat": round(first[1], 6)}
    if tool == "line":
        place = {"line": wkt_of(points, closed=False)}
    elif tool in {"close_line", "close_area"}:
        place = {"shape": wkt_of(points, closed=tool == "close_area")}
    values = {"name": name, **(_closure(raw) if kind == "closure" else _DEFAULTS[kind]), **place}
    if tool == "close_point":
        values["radius_m"] = CLOSE_M
    if kind != "closure":
        values |= answering(raw, marks, first)
    values |= given or {}
    return RowEdit(TABLES[kind], {"id": ident}, values, str(values["name"]))


def _closure(raw: Raw) -> dict[str, Any]:
    return {"start": _moment(raw.settings.get("start")), "end": _moment(raw.settings.get("end")), "profiles": "car"}


_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "site": {"kind": "site", "class": 2}, "post": {"state": "candidate"}, "zone": {"kind": "core", "radius_m": ZONE_M},
}  # fmt: skip


def _moment(value: Any) -> str:
    """A time of the settings, which TOML may have read as one already, as tables write it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value} 00:00" if isinstance(value, date) else text_of(value)


def free_id(raw: Raw, prefix: str, also: Collection[str] = ()) -> tuple[str, int]:
    """The first id with this prefix that no row has, nor any of ``also``: places of all tables share one set of ids."""
    taken = {
        text_of(row.values.get("id")) for table in (*TABLES.values(), "units") for row in raw.tables.get(table, ())
    }
    number = next(n for n in count(1) if f"{prefix}{n}" not in taken and f"{prefix}{n}" not in also)
    return f"{prefix}{number}", number


def answering(raw: Raw, marks: Sequence[Mark], at: LonLat) -> dict[str, str]:
    """Owner and lead of the nearest site, else of the first unit and person: somebody answers for every place."""
    near = sorted(
        (_apart(its.middle, at), text_of(its.values.get("owner")), text_of(its.values.get("lead")))
        for its in marks
        if its.kind == "site" and its.middle is not None and text_of(its.values.get("owner"))
    )
    if near:
        return {"owner": near[0][1], "lead": near[0][2]}
    units, people = raw.tables.get("units", ()), raw.tables.get("people", ())
    owner = text_of(units[0].values.get("id")) if units else ""
    return {"owner": owner, "lead": text_of(people[0].values.get("id")) if people else ""}


def _apart(a: LonLat, b: LonLat) -> float:
    return math.hypot((a[0] - b[0]) * math.cos(math.radians(b[1])), a[1] - b[1])


def moved(its: Mark, change: Mapping[str, Any]) -> RowEdit:
    """A thing dragged elsewhere (``lon``, ``lat``), reshaped (``points``) or made larger (``radius_m``)."""
    values: dict[str, Any] = {}
    if "points" in change:
        points = [(float(lon), float(lat)) for lon, lat in change["points"]]
        values["shape" if its.kind == "closure" else "line"] = wkt_of(points, its.closed)
    elif "radius_m" in change:
        values["radius_m"] = max(10 if its.kind == "zone" else 1, round(float(change["radius_m"])))
    else:
        values |= {"lon": round(float(change["lon"]), 6), "lat": round(float(change["lat"]), 6)}
        if text_of(its.values.get("osm")):  # it is no longer where the map has it
            values["osm"] = ""
    return RowEdit(TABLES[its.kind], {"id": its.id}, values, its.name)


def changed(its: Mark, values: Mapping[str, Any]) -> RowEdit:
    """Columns of a row set in the form or the table."""
    return RowEdit(TABLES[its.kind], {"id": its.id}, dict(values), text_of(values.get("name")) or its.name)


def typed(raw: Raw, marks: Sequence[Mark], kind: str, rows: Sequence[Mapping[str, Any]]) -> list[RowEdit]:
    """New rows of a table: what people have typed, all else as for a thing drawn in the middle of the others."""
    every = [its.middle for its in marks if its.middle is not None]
    middle = (sum(at[0] for at in every) / len(every), sum(at[1] for at in every) / len(every)) if every else (0.0, 0.0)
    tool = {"closure": "close_point"}.get(kind, kind)
    found: list[RowEdit] = []
    for row in rows:
        lon, lat = row.get("lon"), row.get("lat")
        at = (float(lon) if lon not in {None, ""} else middle[0], float(lat) if lat not in {None, ""} else middle[1])
        given = {name: value for name, value in row.items() if value not in {None, ""} and name not in {"lon", "lat"}}
        edit = added(raw, marks, tool, [at], given, {its.key["id"] for its in found})
        shaped = {"shape", "line", "osm", "site"} & set(given)
        values = {n: v for n, v in edit.values.items() if not shaped or n not in {"lon", "lat", "radius_m"} or n in row}
        found.append(RowEdit(edit.table, edit.key, values, edit.title))
    return found

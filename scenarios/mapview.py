"""What ``vedette map`` shows of a map before anything is planned on it: its health report and its picture."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from geodata.errors import Dropped, Finding
from geodata.ground import Ground
from geodata.network import RoadNetwork
from geodata.sites import KeySite
from scenarios.mapmarks import CheckDrawing, island_symbol, mark_symbol, marks_of
from scenarios.publish.basemap import road_class
from scenarios.publish.legend import legend
from scenarios.publish.mapframe import Bounds, Frame, Grid
from scenarios.publish.sheet import Press
from scenarios.view import XY, Background, PlanView, SiteView

_MAP_W, _MAP_H = 286.0, 259.0
_MOST_BESIDE = 16
_SITE_CLASS = {
    "stadium": 1, "arena": 1, "hall": 1, "station": 1, "marketplace": 1, "square": 2, "metro_station": 2,
    "bus_station": 2, "police": 2, "hospital": 2, "fire_station": 2, "university": 2, "townhall": 2,
}  # fmt: skip


def report(ground: Ground) -> dict[str, object]:
    """The health report as plain data, for ``report.json``.

    Keys: ``file``, ``crs``, ``lonlat`` (west, south, east, north), ``networks`` by profile (junctions, edges, km, share
    of the main part), ``rail``, ``sites`` by kind, ``findings`` and ``dropped``.
    """
    low, high = ground.to_lonlat([ground.bounds[:2], ground.bounds[2:]]).tolist()
    rail = ground.rail
    return {
        "file": ground.source,
        "crs": ground.crs,
        "lonlat": [round(v, 6) for v in (*low, *high)],
        "networks": {name: _network(network) for name, network in ground.networks.items()},
        "rail": {
            "lines": len(rail.lines), "line_km": round(rail.line_m / 1000, 1),
            "running_track_km": round(rail.running_track_m / 1000, 1), "track_km": round(rail.track_m / 1000, 1),
            "sections": len(rail.sections),
        },
        "sites": dict(sorted(Counter(site.kind for site in ground.sites).items())),
        "findings": [
            {"code": f.code, "level": f.level, "text": f.text, "n": f.n, "ids": list(f.ids), "remedy": f.remedy,
             "lonlat": [[round(lon, 6), round(lat, 6)] for lon, lat in f.at]}
            for f in ground.findings
        ],
        "dropped": [{"reason": d.reason, "n": d.count, "ids": list(d.ids)} for d in dropped(ground)],
    }  # fmt: skip


def _network(network: RoadNetwork) -> dict[str, object]:
    return {
        "junctions": network.n_nodes,
        "edges": network.n_edges,
        "km": round(float(network.edge_length_m.sum()) / 1000, 1),
        "main_share": round(float(np.mean(network.component == 0)), 4),
    }


def dropped(ground: Ground) -> tuple[Dropped, ...]:
    """What was left out or changed, by reason, most frequent first; two networks that say the same say it once."""
    rows: dict[str, Dropped] = {}
    for drop in ground.dropped:
        if drop.reason not in rows or rows[drop.reason].count < drop.count:
            rows[drop.reason] = drop
    return tuple(sorted(rows.values(), key=lambda d: (-d.count, d.reason)))


def facts(ground: Ground) -> list[tuple[str, str]]:
    """The map in a few lines: name and value."""
    west, south, east, north = report_bounds(ground)
    rows = [
        ("Map", ground.source),
        ("Place", f"{south:.4f} to {north:.4f} N, {west:.4f} to {east:.4f} E"),
        ("Metric grid", ground.crs if len(ground.crs) < 40 else "as the map says"),
    ]
    for name, network in ground.networks.items():
        n = _network(network)
        share = float(np.mean(network.component == 0))
        rows.append(
            (f"Roads, {name}", (f"{network.n_nodes:,} junctions, {network.n_edges:,} edges, {n['km']:,} km; "
                                f"main part {share:.1%}"))
        )  # fmt: skip
    rail = ground.rail
    rows.append(
        ("Rail", (f"{_count(len(rail.lines), 'line')} of {rail.line_m / 1000:,.1f} km, "
                  f"{rail.track_m / 1000:,.1f} km of track, "
                  f"{_count(len(rail.sections), 'section')}{_other_rail(ground)}"))
    )  # fmt: skip
    kinds = Counter(site.kind for site in ground.sites)
    most = ", ".join(
        f"{n} {kind.replace('_', ' ')}"
        for kind, n in sorted(kinds.items(), key=lambda row: (-row[1], row[0]))
    )
    rows.append(("Sites", f"{len(ground.sites)}" + (f": {most}" if most else "")))
    return rows


def _other_rail(ground: Ground) -> str:
    """Metros and trams, which are drawn but not guarded as lines."""
    tracks = ground.background.tracks
    every = sum(float(np.hypot(*np.diff(xy, axis=0).T).sum()) for xy in tracks)
    other = (every - ground.rail.track_m) / 1000
    return f"; {other:,.1f} km of metro and tram, drawn only" if other > 0.05 else ""


def report_bounds(ground: Ground) -> tuple[float, float, float, float]:
    """West, south, east and north of the roads in degrees."""
    low, high = ground.to_lonlat([ground.bounds[:2], ground.bounds[2:]]).tolist()
    return (low[0], low[1], high[0], high[1])


def report_text(ground: Ground) -> str:
    """The health report as plain text, for ``report.txt``."""
    lines = [f"{name:<14} {value}" for name, value in facts(ground)]
    number = {id(f): k for k, f in enumerate(ground.findings, 1)}
    for level, head in (("warning", "Warnings"), ("info", "Worth knowing")):
        rows = [f for f in ground.findings if f.level == level]
        lines += ["", f"{head}: {len(rows)}"]
        lines += [f"  {number[id(f)]}. [{f.code}] {f}" for f in rows]
    lines += ["", "Left out or changed, by reason", *(f"  {d}" for d in dropped(ground))]
    return "\n".join(lines) + "\n"


def write_report(ground: Ground, path: Path, out: Path) -> tuple[Path, ...]:
    """Write ``report.txt``, ``report.json`` and ``map.pdf`` into a folder.

    Parameters
    ----------
    ground
        The map, read.
    path
        The file it was read from, for the version on the sheet.
    out
        Made if it is not there.
    """
    out.mkdir(parents=True, exist_ok=True)
    text, data, sheet = out / "report.txt", out / "report.json", out / "map.pdf"
    text.write_text(report_text(ground), "utf-8")
    data.write_text(json.dumps(report(ground), ensure_ascii=False, indent=1) + "\n", "utf-8")
    sheet.write_bytes(map_sheet(ground, path))
    return (text, data, sheet)


# --------------------------------------------------------------------- picture
def map_sheet(ground: Ground, path: Path) -> bytes:
    """The PDF: an A3 map with the worst findings beside it, then the whole report."""
    with path.open("rb") as file:
        version = hashlib.file_digest(file, "sha256").hexdigest()
    view = bare_view(ground, version)
    press = Press(view)
    frame = _frame(_window(ground))
    drawing = CheckDrawing(frame, press.base, _grid(frame))
    drawing.furniture([s.xy for s in view.sites])
    outside = _outside(ground)
    for k, (_, lines) in enumerate(outside):
        drawing.islands(lines, dashed=k > 0)
    drawing.sites(view.sites)
    marks = marks_of(ground, ground.findings[:_MOST_BESIDE], frame)
    drawing.marks(marks)
    drawing.site_names([s for s in view.sites if s.name], must_class=0)
    drawing.streets(most=45 if frame.scale <= 20_000 else 25)
    classes = sorted({s.cls for s in view.sites})
    keys = [f"site{c}" for c in classes]
    drawn = {road_class(name) for name in view.background.roads}
    keys += [key for key in ("main", "second", "street") if key in drawn]
    keys += [key for key in ("rail", "water", "green") if getattr(view.background, key)]
    rows = legend(keys, press.words)
    names = {
        "Site, class 1": "Venue, station",
        "Site, class 2": "Police, hospital, hub",
        "Site, class 3": "Other site",
    }
    rows = [{**row, "t": names.get(row["t"], row["t"])} for row in rows]
    for k, (name, lines) in reversed(list(enumerate(outside))):
        if lines:
            rows.insert(0, {"svg": island_symbol(dashed=k > 0), "t": f"Outside the main part ({name})"})
    for warning, what in ((False, "Note of this number"), (True, "Warning of this number")):
        if any(mark.warning is warning for mark in marks):
            rows.insert(0, {"svg": mark_symbol(warning=warning), "t": what})
    shown = {mark.number for mark in marks}
    findings = [_row(f, k, k in shown) for k, f in enumerate(ground.findings, 1)]
    warnings = sum(f.level == "warning" for f in ground.findings)
    return press.pdf(
        "mapsheet",
        {
            "title": f"Map check · {ground.source}", "file": ground.source,
            "sub": ground.crs if len(ground.crs) < 40 else "",
            "sheet": drawing.sheet(), "legend": rows,
            "facts": [[_short(name), _cut(value, 180)] for name, value in facts(ground)[1:]],
            "count": f"{_count(warnings, 'warning')}, {_count(len(findings) - warnings, 'note')}",
            "beside": findings[:_MOST_BESIDE], "more": max(0, len(findings) - _MOST_BESIDE),
            "findings": findings, "dropped": [str(d) for d in dropped(ground)],
        },
    )  # fmt: skip


def _outside(ground: Ground) -> list[tuple[str, list[XY]]]:
    """Roads outside the main part by profile; those of the first profile are not drawn again for the others."""
    drawn: set[int] = set()
    found = []
    for name, network in ground.networks.items():
        rows = [k for k in np.flatnonzero(~network.in_main).tolist() if int(network.edge_way[k]) not in drawn]
        found.append((name if not drawn else f"{name} only", [network.shape_of(k) for k in rows]))
        drawn.update(network.edge_way[rows].tolist())
    return found


def _frame(bounds: Bounds) -> Frame:
    """All of the map as large as the paper lets it be; the scale is round to two digits, as none is measured by it."""
    west, south, east, north = bounds
    needed = 1000 * max((east - west) / (_MAP_W - 16), (north - south) / (_MAP_H - 16), 0.5)
    step = 10 ** max(0, math.floor(math.log10(needed)) - 1)
    scale = math.ceil(needed / step) * step
    return Frame((west + east) / 2, (south + north) / 2, scale, _MAP_W, _MAP_H)


def _grid(frame: Frame) -> Grid:
    """Squares of at least 2 cm over the whole sheet, so that a place on it can be told to somebody."""
    west, south, east, north = frame.bounds
    least = 20 * frame.metres_per_mm
    step = 10 ** math.floor(math.log10(least))
    cell = max(1, next(round(k * step) for k in (1, 2, 2.5, 5, 10) if k * step >= least))
    left, top = math.floor(west / cell) * cell, math.ceil(north / cell) * cell
    return Grid(left, top, cell, math.ceil((east - left) / cell), math.ceil((top - south) / cell))


def _short(name: str) -> str:
    return name.replace("Roads, ", "").capitalize()


def _cut(text: str, most: int) -> str:
    """A list without the entries that go beyond ``most`` signs."""
    return text if len(text) <= most else text[:most].rsplit(",", 1)[0] + ", …"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _short_id(name: str) -> str:
    """An id and a name, cut to what a line holds; the id stands first and stays whole."""
    return name if len(name) <= 46 else f"{name[:44]}…"


def _row(finding: Finding, number: int, marked: bool) -> dict[str, object]:
    return {
        "number": number,
        "marked": marked,
        "level": finding.level,
        "text": finding.text,
        "ids": ", ".join(_short_id(i) for i in finding.ids),
        "remedy": finding.remedy,
    }


def _window(ground: Ground) -> Bounds:
    """The ground to show: all of it, or where nearly all of it lies if some ways are far off."""
    if not any(f.code in ("far-out", "too-wide") for f in ground.findings) or not ground.networks:
        return ground.bounds
    xy = np.concatenate([network.node_xy for network in ground.networks.values()])
    low, high = np.quantile(xy, 0.02, axis=0), np.quantile(xy, 0.98, axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def bare_view(ground: Ground, version: str = "") -> PlanView:
    """The map as a plan without posts, so that the same press prints it and the same script draws it."""
    sites = tuple(_site(ground, site) for site in ground.sites)
    return PlanView(
        scenario=ground.source, title="Map check", version=version[:8], classification="", language="en",
        credit=ground.credit, crs=ground.crs, timezone="UTC", start=datetime(2000, 1, 1, tzinfo=UTC), horizon_s=3600,
        synthetic=False, units={}, leads={}, sessions=(), sites=sites, posts=(), tours=(), sections=(), zones=(),
        closures=(), seats=(), duties=(), people=(), background=_background(ground), kpis=(), summary=(),
    )  # fmt: skip


def _site(ground: Ground, site: KeySite) -> SiteView:
    x, y = (float(v) for v in site.xy)
    lon, lat = ground.to_lonlat([(x, y)])[0].tolist()
    return SiteView(
        id=site.id, name=site.name, kind=site.kind, cls=_SITE_CLASS.get(site.kind, 3), weight=1, xy=(x, y),
        lonlat=(lon, lat), owner="", lead="", standard_s=0, cover=(), gaps=(),
    )  # fmt: skip


def _background(ground: Ground) -> Background:
    """Roads of all profiles once, by class; rail, water, green and names."""
    roads: dict[str, list[XY]] = {}
    drawn: set[int] = set()
    for network in ground.networks.values():
        fresh = [way not in drawn for way in network.edge_way.tolist()]
        for edge in np.flatnonzero(fresh).tolist():
            roads.setdefault(network.class_of(edge), []).append(network.shape_of(edge))
        drawn.update(network.edge_way.tolist())
    back = ground.background
    labels = [(p.name, float(p.xy[0]), float(p.xy[1])) for p in back.places]
    for network in list(ground.networks.values())[:1]:
        labels += _street_names(network)
    return Background(
        roads={name: tuple(lines) for name, lines in sorted(roads.items())},
        rail=back.tracks,
        water=tuple(area.rings[0] for area in back.water) + back.waterways,
        green=tuple(area.rings[0] for area in back.green),
        labels=tuple(labels),
    )


def _street_names(network: RoadNetwork, limit: int = 300) -> list[tuple[str, float, float]]:
    """Streets by name, the longest first, each at a vertex in the middle of its longest edge."""
    total = np.bincount(network.edge_name, network.edge_length_m, minlength=len(network.names))
    order = np.argsort(-total, kind="stable")
    longest: Mapping[int, int] = {
        int(network.edge_name[k]): int(k)
        for k in np.argsort(network.edge_length_m, kind="stable").tolist()
    }
    found = []
    for row in [int(k) for k in order if network.names[int(k)] and int(k) in longest][:limit]:
        shape = network.shape_of(longest[row])
        x, y = (shape[(len(shape) - 1) // 2] + shape[len(shape) // 2]) / 2
        found.append((network.names[row], float(x), float(y)))
    return found

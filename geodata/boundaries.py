"""Borders of districts as maps hold them: administrative and police boundaries, place areas, a planner's own layer.

An extract rarely holds a border whole: ways beyond it are missing. A border that runs through the extract still parts
it in two, and which side is inside is told by the label of the district, by a place of its name, or by neighbours
that are known already. What cannot be told is left out by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from osmium import filter as osmium_filter

from geodata.areashapes import areal
from geodata.crs import to_metric
from geodata.errors import Fault, GeodataError
from geodata.gisfiles import Reading
from geodata.gislayers import open_layers
from geodata.saying import say

Float64 = npt.NDArray[np.float64]

PLACE_KINDS = ("borough", "suburb", "quarter", "neighbourhood", "city_block")
_BOUNDARIES = ("administrative", "police")
_NAMED = ("city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "borough")
_NAME_COLUMNS = ("name", "nimi", "名称", "bezeichnung", "label", "title", "id")
_SAME_M = 0.01
_LOOSE_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Boundary:
    """A border as drawn, perhaps in part.

    Attributes
    ----------
    id, name, layer : str
        ``layer`` is ``admin 8`` and the like, ``police``, ``place suburb`` and the like, or a file layer's name.
    outer, inner : tuple of float64 [k, 2]
        Lines in metres; closed or not.
    labels : float64 [j, 2]
        Places known to lie inside.
    shape : polygon, optional
        Where the map gives an area outright.
    complete : bool
        Whether every line of the border is there.
    """

    id: str
    name: str
    layer: str
    outer: tuple[Float64, ...] = ()
    inner: tuple[Float64, ...] = ()
    labels: Float64 = field(default_factory=lambda: np.zeros((0, 2)))
    shape: Any = None
    complete: bool = True


@dataclass(frozen=True, eq=False)
class Closed:
    """A district's shape in metres; ``whole`` is false where it was closed by the frame of the map."""

    boundary: Boundary
    shape: Any
    whole: bool


def layer_of(tags: Mapping[str, str]) -> str | None:
    """Layer that a relation or a closed way belongs to, or None."""
    kind, level, place = tags.get("boundary"), tags.get("admin_level", ""), tags.get("place")
    if kind == "administrative" and level.isdigit() and 6 <= int(level) <= 12:
        return f"admin {int(level)}"
    if kind == "police":
        return "police"
    if place in PLACE_KINDS:
        return f"place {place}"
    return None


def read_boundaries(path: str | Path, crs: str) -> tuple[Boundary, ...]:
    """Borders in an OpenStreetMap file, as far as it holds them, in metres of ``crs``.

    Raises
    ------
    GeodataError
        The file cannot be read.
    """
    path = Path(path)
    try:
        relations = _relations(path)
        wanted = {way for _, _, members, _ in relations for way, _ in members}
        lines, drawn = _ways(path, wanted)
        spots, named = _places(path, {node for _, _, _, nodes in relations for node in nodes})
    except (RuntimeError, ValueError, OverflowError) as error:
        raise GeodataError(
            [Fault(say("{name} cannot be read as OpenStreetMap data ({error})", name=path.name, error=error))]
        ) from None

    def metres(points: Iterable[tuple[float, float]]) -> Float64:
        rows = list(points)
        return to_metric(np.array(rows), crs) if rows else np.zeros((0, 2))

    found = []
    for osm_id, tags, members, nodes in relations:
        name = tags.get("name", f"r{osm_id}")
        labels = metres([spots[n] for n in nodes if n in spots] or named.get(name, []))
        parts: dict[bool, list[Float64]] = {True: [], False: []}
        for way, role in members:
            parts[role == "inner"] += [metres(line) for line in lines.get(way, [])]
        if parts[False]:
            layer = layer_of(tags) or ""
            complete = all(len(lines.get(way, [])) == 1 for way, _ in members)
            found.append(
                Boundary(f"osm-r{osm_id}", name, layer, tuple(parts[False]), tuple(parts[True]), labels,
                         complete=complete)
            )  # fmt: skip
    in_relation = {way for _, _, members, _ in relations for way, _ in members}
    for osm_id, tags, line in drawn:
        if osm_id not in in_relation and "name" in tags and line[0] == line[-1] and len(line) > 3:
            found.append(Boundary(f"osm-w{osm_id}", tags["name"], layer_of(tags) or "", (metres(line),)))  # fmt: skip
    return tuple(sorted(found, key=lambda b: (b.layer, b.name, b.id)))


_Relation = tuple[int, dict[str, str], list[tuple[int, str]], list[int]]
_Line = list[tuple[float, float]]


def _relations(path: Path) -> list[_Relation]:
    found = []
    item: Any
    for item in osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(
        osmium_filter.KeyFilter("boundary", "place")
    ):
        tags = dict(item.tags)
        if layer_of(tags) is None or tags.get("type") not in ("boundary", "multipolygon"):
            continue
        ways = [(m.ref, m.role) for m in item.members if m.type == "w"]
        nodes = [m.ref for m in item.members if m.type == "n"]
        found.append((item.id, tags, ways, nodes))
    return found


def _ways(
    path: Path, wanted: set[int]
) -> tuple[dict[int, list[_Line]], list[tuple[int, dict[str, str], _Line]]]:
    """Lines of wanted ways, cut where nodes are missing, and ways that carry a layer themselves."""
    lines: dict[int, list[_Line]] = {}
    drawn = []
    item: Any
    for item in osmium.FileProcessor(
        str(path), osmium.osm.NODE | osmium.osm.WAY
    ).with_locations():
        if not item.is_way():
            continue
        tags = dict(item.tags) if "boundary" in item.tags or "place" in item.tags else {}
        own = layer_of(tags) is not None
        if item.id not in wanted and not own:
            continue
        pieces: list[_Line] = [[]]
        for node in item.nodes:
            if node.location.valid():
                pieces[-1].append((node.location.lon, node.location.lat))
            else:
                pieces.append([])
        kept = [piece for piece in pieces if len(piece) > 1]
        if item.id in wanted:
            lines[item.id] = kept
        if own and len(pieces) == 1 and kept:
            drawn.append((item.id, tags, kept[0]))
    return lines, drawn


def _places(
    path: Path, wanted: set[int]
) -> tuple[dict[int, tuple[float, float]], dict[str, list[tuple[float, float]]]]:
    """Label nodes by id, and places by name."""
    spots: dict[int, tuple[float, float]] = {}
    named: dict[str, list[tuple[float, float]]] = {}
    item: Any
    for item in osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(
        osmium_filter.KeyFilter("place")
    ):
        if not item.location.valid():
            continue
        at = (item.location.lon, item.location.lat)
        if item.id in wanted:
            spots[item.id] = at
        if item.tags.get("place") in _NAMED and "name" in item.tags:
            named.setdefault(item.tags["name"], []).append(at)
    return spots, named


def read_district_layer(
    path: str | Path, crs: str, *, name_column: str | None = None, reading: Reading | None = None
) -> tuple[Boundary, ...]:
    """Polygons of a GIS file as districts, a planner's own police districts for example.

    Parameters
    ----------
    name_column
        Column with the names; when left out the first of name, 名称, label, id and the like.

    Raises
    ------
    GeodataError
        No CRS, no polygon, or no such column.
    """
    faults: list[Fault] = []
    found = []
    for layer in open_layers(Path(path), reading or Reading()):
        faults += layer.faults
        columns = {str(c).lower(): c for c in layer.frame.columns}
        if name_column is not None and name_column not in layer.frame.columns:
            expected = ", ".join(map(str, layer.frame.columns))
            what = say("layer {name} has no column {column}", name=layer.name, column=name_column)
            faults.append(Fault(what, expected=expected))
            continue
        column = name_column or next((columns[c] for c in _NAME_COLUMNS if c in columns), None)
        for k, shape in enumerate(layer.shapes):
            if shape is None or shapely.get_dimensions(shape) != 2:
                continue
            name = str(layer.frame[column].iloc[k]) if column is not None else f"{layer.name} {k + 1}"  # fmt: skip
            metric = shapely.make_valid(shapely.transform(shape, lambda xy: to_metric(xy, crs)))
            found.append(Boundary(f"{layer.name}-{k + 1}", name, layer.name, shape=metric))
    if not found and not faults:
        faults.append(Fault(say("{name} holds no polygon", name=Path(path).name), expected=say("areas of districts")))
    if faults:
        raise GeodataError(faults)
    return tuple(found)


def close_boundaries(
    boundaries: Sequence[Boundary], frame: Any
) -> tuple[tuple[Closed, ...], tuple[tuple[Boundary, str], ...]]:
    """Shapes of districts within a frame, and borders that could not be closed, with the reason.

    Parameters
    ----------
    frame
        Polygon in metres: the ground the map is about.
    """
    closed: list[Closed] = []
    left: list[tuple[Boundary, str]] = []
    open_ones: list[tuple[Boundary, Any, Any]] = []
    for boundary in boundaries:
        shape = boundary.shape if boundary.shape is not None else _rings(boundary)
        if shape is not None:
            inside = areal(shapely.intersection(shape, frame))
            if inside.area > 0:
                closed.append(Closed(boundary, inside, whole=True))
            continue
        sides = _sides(boundary, frame)
        if sides is None:
            left.append((boundary, "its border does not part the map"))
        else:
            open_ones.append((boundary, *sides))
    # First those whose label tells, then by what is left between the known ones, the clearest first.
    waiting = []
    for boundary, one, other in open_ones:
        votes = [
            int(np.count_nonzero(shapely.contains_xy(side, boundary.labels))) if len(boundary.labels) else 0
            for side in (one, other)
        ]  # fmt: skip
        if votes[0] != votes[1]:
            closed.append(Closed(boundary, one if votes[0] > votes[1] else other, whole=False))
        else:
            waiting.append((boundary, one, other))
    while waiting:
        scored = []
        for k, (boundary, one, other) in enumerate(waiting):
            known = [c.shape for c in closed if c.boundary.layer == boundary.layer]
            taken = shapely.union_all(known) if known else shapely.Polygon()
            over = [
                shapely.intersection(side, taken).area / max(side.area, 1.0)
                for side in (one, other)
            ]
            scored.append((abs(over[0] - over[1]), -k, over))
        clear, minus_k, over = max(scored)
        if clear < 0.2:
            break
        boundary, one, other = waiting.pop(-minus_k)
        closed.append(Closed(boundary, one if over[0] < over[1] else other, whole=False))
    left += [(boundary, "which side is inside cannot be told") for boundary, _, _ in waiting]
    left += _withdrawn(closed)
    order = sorted(closed, key=lambda c: (c.boundary.layer, c.boundary.name, c.boundary.id))
    return tuple(order), tuple(left)


def _withdrawn(closed: list[Closed]) -> list[tuple[Boundary, str]]:
    """Take out shapes closed by the frame that lie over a fifth of another of their layer: they were closed wrongly."""
    gone: list[tuple[Boundary, str]] = []
    while True:
        worst: tuple[float, int, str] = (0.2, -1, "")
        for k, one in enumerate(closed):
            for j, other in enumerate(closed):
                if j == k or one.whole or other.boundary.layer != one.boundary.layer:
                    continue
                least = max(min(one.shape.area, other.shape.area), 1.0)
                share = shapely.intersection(one.shape, other.shape).area / least
                # Of two that were both closed by the frame the larger one claims too much.
                if (share, one.shape.area) > (worst[0], closed[worst[1]].shape.area if worst[1] >= 0 else 0.0):
                    worst = (share, k, other.boundary.name)
        if worst[1] < 0:
            return gone
        gone.append((closed.pop(worst[1]).boundary, f"closed by the map's frame it would lie over {worst[2]}"))


def _rings(boundary: Boundary) -> Any | None:
    """The polygon of a border that is whole, or None."""
    outer = _polygon(boundary.outer) if boundary.complete else None
    if outer is None:
        return None
    inner = _polygon(boundary.inner) if boundary.inner else shapely.Polygon()
    return areal(shapely.difference(outer, inner)) if inner is not None else outer


def _polygon(lines: Sequence[Float64]) -> Any | None:
    merged = shapely.line_merge(
        shapely.multilinestrings([shapely.LineString(np.round(line, 3)) for line in lines])
    )
    parts = shapely.get_parts(merged)
    if not len(parts) or not shapely.is_closed(parts).all() or (shapely.get_num_points(parts) < 4).any():  # fmt: skip
        return None
    rings = [shapely.make_valid(shapely.Polygon(part)) for part in parts]
    return areal(shapely.union_all(rings))


def _to_the_frame(inside: Any, frame: Any) -> list[Any]:
    """Straight lines from loose ends to each other or to the edge of the frame, the nearest first, if it is near.

    A map often holds a border only as far as the last node in it, a little short of the outermost road.
    """
    merged = shapely.get_parts(shapely.line_merge(inside))
    merged = merged[~shapely.is_closed(merged)]
    ends = [line.interpolate(t, normalized=True) for line in merged for t in (0, 1)]
    met = shapely.get_coordinates(shapely.multipoints(ends)) if ends else np.zeros((0, 2))
    places, n_each = np.unique(np.round(met, 3), axis=0, return_counts=True)
    west, south, east, north = frame.bounds
    limit = _LOOSE_SHARE * float(np.hypot(east - west, north - south))
    loose = [shapely.Point(p) for p in places[n_each == 1]]
    loose = [p for p in loose if shapely.distance(p, frame.boundary) > _SAME_M]
    gaps = [(shapely.distance(p, frame.boundary), k, -1) for k, p in enumerate(loose)]
    gaps += [(shapely.distance(p, q), k, j) for k, p in enumerate(loose) for j, q in enumerate(loose[:k])]  # fmt: skip
    links, used = [], set()
    for gap, k, j in sorted(gaps):
        if gap > limit or k in used or j in used:
            continue
        used |= {k, j} - {-1}
        link = shapely.shortest_line(loose[k], loose[j] if j >= 0 else frame.boundary)
        if j < 0:
            a, b = shapely.get_coordinates(link)
            link = shapely.LineString([a, b + (b - a) / max(gap, _SAME_M)])  # a metre beyond
        links.append(link)
    return links


def _sides(boundary: Boundary, frame: Any) -> tuple[Any, Any] | None:
    """The two sides into which an open border parts the frame."""
    lines = shapely.union_all(
        [shapely.LineString(np.round(line, 3)) for line in (*boundary.outer, *boundary.inner)]
    )
    inside = shapely.intersection(lines, frame)
    if inside.is_empty:
        return None
    # Lines run on past the frame, so that rounding cannot keep them from meeting it.
    cuts = shapely.union_all([lines, frame.boundary, *_to_the_frame(inside, frame)])
    faces = [f for f in shapely.get_parts(shapely.polygonize([cuts])) if f.area > _SAME_M]
    faces = [f for f in faces if shapely.covers(frame, f.representative_point())]
    if len(faces) < 2:
        return None
    colour = {0: 0}
    todo = [0]
    while todo:
        at = todo.pop()
        for other in range(len(faces)):
            if other in colour:
                continue
            if shapely.intersection(faces[at].boundary, faces[other].boundary).length > 1.0:
                colour[other] = 1 - colour[at]
                todo.append(other)
    sides = [shapely.union_all([f for k, f in enumerate(faces) if colour.get(k) == c]) for c in (0, 1)]  # fmt: skip
    return (sides[0], sides[1]) if all(side.area > 0 for side in sides) else None

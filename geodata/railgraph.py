"""Tracks as a graph, and the lines that run through it: the longest way by line number, tracks beside it merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric
from geodata.errors import Drops
from geodata.osm import OsmData
from geodata.split import split_ways

Float64 = npt.NDArray[np.float64]

RAIL_KINDS = frozenset({"rail", "narrow_gauge", "light_rail"})
_GONE = frozenset(
    {"disused", "abandoned", "razed", "dismantled", "proposed", "construction", "planned"}
)
_STRANGER = 4.0
_SHORTEST_LINE_M = 200.0
_SHORTEST_SHARED_M = 300.0
_SAMPLE_M = 5.0
_MAX_ENDS = 40


@dataclass(frozen=True, eq=False)
class TrackEdge:
    """A stretch of running track between switches; ``label`` is its line's number or name, or empty."""

    way: int
    u: int
    v: int
    xy: Float64
    length_m: float
    label: str
    bridge: bool
    tunnel: bool


def track_edges(osm: OsmData, crs: str, drops: Drops) -> tuple[tuple[TrackEdge, ...], float, float]:
    """Return running track edges, metres of all track in use, and metres of running track."""
    track_m = running_m = 0.0
    chosen = []
    xy = to_metric(osm.ways.lonlat, crs) if len(osm.ways) else np.zeros((0, 2))
    for k, tags in enumerate(osm.ways.tags):
        kind = tags.get("railway")
        if kind is None:
            continue
        way = f"w{osm.ways.way[k]}"
        if kind in _GONE:
            drops.add(f"rail not in use: {kind}", way)
        elif kind not in RAIL_KINDS:
            drops.add(f"railway={kind} is no line guarded here", way)
        elif any(tags.get(gone) == "yes" for gone in ("disused", "abandoned", "razed")):
            drops.add("rail not in use: tagged so beside its kind", way)
        else:
            length = _length(xy[osm.ways.start[k] : osm.ways.start[k + 1]])
            track_m += length
            if "service" in tags:
                drops.add(f"no running track: {tags['service']}", way)
            else:
                running_m += length
                chosen.append(k)
    if not chosen:
        return (), track_m, running_m
    raw = split_ways(osm.ways, np.array(chosen, dtype=np.int64), frozenset(), Drops())
    labels = _labels([osm.ways.tags[int(k)] for k in raw.piece])
    raw_xy = to_metric(raw.lonlat, crs)
    edges = []
    for k, piece in enumerate(raw.piece):
        tags = osm.ways.tags[int(piece)]
        shape = raw_xy[raw.start[k] : raw.start[k + 1]]
        edges.append(
            TrackEdge(
                int(osm.ways.way[piece]),
                int(raw.u[k]),
                int(raw.v[k]),
                shape,
                _length(shape),
                labels[k],
                tags.get("bridge", "no") != "no",
                tags.get("tunnel", "no") != "no",
            )
        )
    return tuple(edges), track_m, running_m


@dataclass(frozen=True, eq=False)
class LineString:
    """Course of a line in metres from its western end; ``start_m`` is its first chainage along the whole label."""

    label: str
    xy: Float64
    start_m: float
    ways: tuple[int, ...]


def line_strings(
    edges: Sequence[TrackEdge], parallel_m: float, drops: Drops
) -> tuple[LineString, ...]:
    """Lines drawn from tracks, named ones first, longest first.

    Within one label the way between two ends that holds the most of its track is the line; tracks beside it are
    merged, and what is left is tried again. Tracks without a label may bridge a gap between labelled ones. Where two
    lines share a corridor for a while, the longer one keeps it, for it is guarded once.
    """
    total: Counter[str] = Counter()
    for edge in edges:
        total[edge.label] += round(edge.length_m)
    order = sorted((label for label in total if label), key=lambda label: (-total[label], label))
    free = set(range(len(edges)))
    lines: list[LineString] = []
    for label in [*order, ""]:
        own = {k for k in free if edges[k].label == label}
        while own:
            path = _longest(edges, own, {k for k in free if not edges[k].label})
            if not path:
                break
            xy = _start_west(_join(edges, path))
            if _length(xy) < _SHORTEST_LINE_M:
                break
            taken = {k for k, _ in path}
            joinable = {k for k in free - taken if edges[k].label in (label, "")}
            merged = _beside(edges, xy, joinable, parallel_m)
            for k in sorted(merged):
                drops.add("track merged into the line it runs beside", f"w{edges[k].way}")
            free -= taken | merged
            own -= taken | merged
            ways = tuple(sorted({edges[k].way for k in taken}))
            parts = _alone(xy, [line.xy for line in lines], 2 * parallel_m)
            if parts != [(0.0, _length(xy))]:
                drops.add(
                    "stretch of a line in the corridor of a longer line, guarded with that",
                    f"w{ways[0]}",
                )
            lines.extend(
                LineString(label, cut_line(xy, low, high), low, ways) for low, high in parts
            )
    for k in sorted(free):
        drops.add(
            f"running track under {_SHORTEST_LINE_M:.0f} m that joins no line", f"w{edges[k].way}"
        )
    lines.sort(
        key=lambda line: (
            not line.label,
            -total[line.label],
            line.label,
            line.start_m,
            -_length(line.xy),
        )
    )
    return tuple(lines)


def _alone(xy: Float64, others: Sequence[Float64], corridor_m: float) -> list[tuple[float, float]]:
    """Parts (from, to) of a line that share no corridor with other lines; mere crossings count as alone."""
    length = _length(xy)
    if not others:
        return [(0.0, length)]
    at = np.append(np.arange(0.0, length, _SAMPLE_M), length)
    gap = shapely.distance(
        shapely.MultiLineString(list(others)), shapely.points(points_at(xy, at / length))
    )
    shared = np.asarray(gap <= corridor_m, dtype=bool)
    for value, shortest in ((False, _SHORTEST_LINE_M), (True, _SHORTEST_SHARED_M)):
        # First fill short gaps in the corridor, then forget corridors that are too short to matter.
        for first, last in _runs(shared, value=value):
            if at[last] - at[first] < shortest:
                shared[first : last + 1] = not value
    return [
        (float(at[first]), float(at[last]))
        for first, last in _runs(shared, value=False)
        if at[last] - at[first] >= _SHORTEST_LINE_M
    ]


def _runs(mask: npt.NDArray[np.bool_], *, value: bool) -> list[tuple[int, int]]:
    """First and last rows of each run of ``value``."""
    hit = np.concatenate([[False], mask == value, [False]]).astype(np.int8)
    step = np.diff(hit)
    return list(
        zip(
            np.flatnonzero(step == 1).tolist(),
            (np.flatnonzero(step == -1) - 1).tolist(),
            strict=True,
        )
    )


def points_at(xy: Float64, share: Float64) -> Float64:
    """Points at shares 0..1 of a line."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    return np.column_stack([np.interp(share * way[-1], way, xy[:, axis]) for axis in range(2)])


def cut_line(xy: Float64, low_m: float, high_m: float) -> Float64:
    """Part of a line between two distances from its start."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    ends = points_at(xy, np.array([low_m, high_m]) / way[-1])
    return np.concatenate([ends[:1], xy[(way > low_m) & (way < high_m)], ends[1:]])


def _start_west(xy: Float64) -> Float64:
    """Lines run from their western end (southern when upright), so chainage does not hang on the order of ways."""
    first, last = tuple(xy[0].tolist()), tuple(xy[-1].tolist())
    return xy if first <= last else xy[::-1].copy()


def _labels(tags: Sequence[dict[str, str] | object]) -> list[str]:
    """One label per edge: name and line number that occur together are one line."""
    pairs = [(t.get("ref", ""), t.get("name", "")) for t in tags if hasattr(t, "get")]
    name_of: dict[str, Counter[str]] = {}
    ref_of: dict[str, Counter[str]] = {}
    for ref, name in pairs:
        if ref and name:
            name_of.setdefault(ref, Counter())[name] += 1
            ref_of.setdefault(name, Counter())[ref] += 1

    def most(counts: Counter[str]) -> str:
        return min(counts, key=lambda text: (-counts[text], text))

    labels = []
    for ref, name in pairs:
        number = ref or (most(ref_of[name]) if name in ref_of else "")
        title = most(name_of[number]) if number in name_of else name
        labels.append(f"{number} {title}".strip())
    return labels


def _longest(
    edges: Sequence[TrackEdge], own: Iterable[int], spare: Iterable[int]
) -> list[tuple[int, bool]]:
    """Edges (row, forward) of the way between two ends of ``own`` that holds the most of it."""
    graph: nx.Graph[int] = nx.Graph()
    own = set(own)
    for k in sorted(own | set(spare)):
        edge = edges[k]
        cost = edge.length_m * (1.0 if k in own else _STRANGER)
        if edge.u != edge.v and (
            not graph.has_edge(edge.u, edge.v) or graph[edge.u][edge.v]["cost"] > cost
        ):
            graph.add_edge(edge.u, edge.v, cost=cost, row=k)
    degree: Counter[int] = Counter()
    for k in own:
        degree.update((edges[k].u, edges[k].v))
    ends = sorted(n for n, d in degree.items() if d == 1) or sorted(degree)
    # Far ends first: with many loose ends (a yard) only the outermost matter.
    middle = np.mean([_end(edges, own, n) for n in ends], axis=0)
    ends.sort(key=lambda n: (-float(np.hypot(*(_end(edges, own, n) - middle))), n))
    best: tuple[float, list[int]] = (0.0, [])
    ways: dict[int, dict[int, list[int]]] = {
        n: nx.single_source_dijkstra_path(graph, n, weight="cost")
        for n in ends[:_MAX_ENDS]
        if n in graph
    }
    for a, b in combinations(sorted(ways), 2):
        nodes = ways[a].get(b)
        if not nodes:
            continue
        rows = [graph[p][q]["row"] for p, q in pairwise(nodes)]
        score = sum(edges[k].length_m * (1.0 if k in own else -1.0) for k in rows)
        if score > best[0] + 1e-6:
            best = (score, nodes)
    nodes = best[1]
    path = []
    for p, q in pairwise(nodes):
        row = int(graph[p][q]["row"])
        path.append((row, edges[row].u == p))
    return path


def _end(edges: Sequence[TrackEdge], own: set[int], node: int) -> Float64:
    for k in own:
        if edges[k].u == node:
            return np.asarray(edges[k].xy[0])
        if edges[k].v == node:
            return np.asarray(edges[k].xy[-1])
    raise AssertionError("the node belongs to no edge")


def _join(edges: Sequence[TrackEdge], path: Sequence[tuple[int, bool]]) -> Float64:
    parts = [edges[k].xy if forward else edges[k].xy[::-1] for k, forward in path]
    xy = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
    fresh = np.ones(len(xy), dtype=bool)
    fresh[1:] = (xy[1:] != xy[:-1]).any(axis=1)
    return xy[fresh]


def _beside(
    edges: Sequence[TrackEdge], xy: Float64, among: set[int], parallel_m: float
) -> set[int]:
    """Edges that run beside a line, or beside a track that does: stations spread over many tracks.

    Nothing further than four times ``parallel_m`` from the line itself is taken.
    """
    line = shapely.LineString(xy)
    zone = line.buffer(4 * parallel_m)
    shapes = {k: shapely.LineString(edges[k].xy) for k in among}
    near = {k for k in among if zone.covers(shapes[k])}
    corridor: Any = line.buffer(parallel_m)
    taken: set[int] = set()
    for _ in range(8):
        hit = {
            k
            for k in near - taken
            if corridor.intersection(shapes[k]).length >= 0.8 * edges[k].length_m
        }
        if not hit:
            break
        taken |= hit
        corridor = shapely.union_all(
            [corridor, *(shapes[k].buffer(parallel_m / 2) for k in sorted(hit))]
        )
    return taken


def _length(xy: Float64) -> float:
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())

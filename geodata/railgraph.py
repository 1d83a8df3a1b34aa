"""Tracks as a graph, and the lines that run through it: the longest way by line number, tracks beside it merged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric
from geodata.errors import Drops
from geodata.railsearch import Search, TrackEdge, cut_line, join_track, length_of, points_at
from geodata.railyards import DEAD_END, LeftOut, Yards, is_yard_name
from geodata.split import split_ways

if TYPE_CHECKING:
    from geodata.osm import OsmData

Float64 = npt.NDArray[np.float64]

MODES: Mapping[str, frozenset[str]] = {
    "rail": frozenset({"rail", "narrow_gauge", "light_rail"}),
    "subway": frozenset({"subway"}),
    "tram": frozenset({"tram"}),
    "monorail": frozenset({"monorail"}),
    "funicular": frozenset({"funicular"}),
    "preserved": frozenset({"preserved"}),
}
"""What lines are made of, by the value of ``railway``; the first letter of a line's id says its mode."""
RAIL_KINDS = MODES["rail"]
_GONE = frozenset(
    {"disused", "abandoned", "razed", "dismantled", "demolished", "destroyed", "removed", "historic", "proposed",
     "construction", "planned"}
)  # fmt: skip
_GONE_TAGS = (
    "disused",
    "abandoned",
    "razed",
    "demolished",
    "dismantled",
    "construction",
    "proposed",
)
_SHORTEST_LINE_M = 200.0
_SHORTEST_SHARED_M = 300.0
_SAMPLE_M = 5.0
# How far beside a labelled line its missing pieces are sought, and how far from a way other lines matter to it.
_BRIDGE_M = 2_000.0
_TOUCH_M = 500.0
_NUMBER = re.compile(
    r"(\d+|[一二三四五六七八九十]+)\s*号线|^(?:line|linie|linea|ligne|linha|linje)\s+(\d+)\b",
    re.IGNORECASE,
)
_NUMERALS = {c: k for k, c in enumerate("一二三四五六七八九", 1)}


@dataclass(frozen=True, eq=False)
class Tracks:
    """Running track of one mode as edges, courses of all its track in use, and metres of both."""

    edges: tuple[TrackEdge, ...]
    every: tuple[Float64, ...]
    track_m: float
    running_m: float


def track_edges(
    osm: OsmData, crs: str, drops: Drops, *, mode: str = "rail", asked: Collection[str] = ("rail",)
) -> Tracks:
    """Running track of one mode, cut at its switches.

    Parameters
    ----------
    drops
        Takes note of what is out of use, of service tracks, and (for the first mode asked) of other rail.
    mode, asked
        The mode wanted now, a key of :data:`MODES`, and all modes wanted.
    """
    first = mode == next(iter(asked))
    wanted = frozenset().union(*(MODES[name] for name in asked))
    track_m = running_m = 0.0
    chosen, every = [], []
    xy = to_metric(osm.ways.lonlat, crs) if len(osm.ways) else np.zeros((0, 2))
    for k, tags in enumerate(osm.ways.tags):
        kind = tags.get("railway")
        if kind is None:
            continue
        way = f"w{osm.ways.way[k]}"
        if kind not in MODES[mode]:
            if first and kind in _GONE:
                drops.add(f"rail not in use: {kind}", way)
            elif first and kind not in wanted:
                drops.add(f"railway={kind} is no line guarded here", way)
        elif any(tags.get(gone) == "yes" for gone in _GONE_TAGS):
            drops.add("rail not in use: tagged so beside its kind", way)
        else:
            course = xy[osm.ways.start[k] : osm.ways.start[k + 1]]
            length = length_of(course)
            track_m += length
            every.append(course)
            if tags.get("service", "no") not in ("no", "none", "main"):
                drops.add(f"no running track: {tags['service']}", way)
            else:
                running_m += length
                chosen.append(k)
    edges = _edges(osm, crs, np.array(chosen, dtype=np.int64)) if chosen else ()
    return Tracks(edges, tuple(every), track_m, running_m)


def _edges(osm: OsmData, crs: str, chosen: npt.NDArray[np.int64]) -> tuple[TrackEdge, ...]:
    raw = split_ways(osm.ways, chosen, frozenset(), Drops())
    labels = _labels([osm.ways.tags[int(k)] for k in raw.piece])
    raw_xy = to_metric(raw.lonlat, crs)
    edges = []
    for k, piece in enumerate(raw.piece):
        tags = osm.ways.tags[int(piece)]
        shape = raw_xy[raw.start[k] : raw.start[k + 1]]
        usage = tags.get("usage", "")
        edges.append(
            TrackEdge(
                int(osm.ways.way[piece]),
                int(raw.u[k]),
                int(raw.v[k]),
                shape,
                length_of(shape),
                labels[k],
                tags.get("bridge", "no") != "no",
                tags.get("tunnel", "no") != "no",
                usage in ("main", "branch"),
                usage if usage in ("industrial", "military", "test", "scientific") else "",
            )
        )
    return tuple(edges)


@dataclass(frozen=True, eq=False)
class LineString:
    """Course of a line in metres from its western end; ``start_m`` is its first chainage along the whole label.

    ``branch`` counts the ways of one label that run apart, 1 being the longest; each has a chainage of its own.
    """

    label: str
    xy: Float64
    start_m: float
    ways: tuple[int, ...]
    branch: int = 1


def line_strings(
    edges: Sequence[TrackEdge], parallel_m: float, drops: Drops, yards: Yards
) -> tuple[tuple[LineString, ...], tuple[LeftOut, ...]]:
    """Lines drawn from tracks, named ones first, longest first; and the running tracks that make none.

    Within one label the way between two ends that holds the most of its track is the line; tracks beside it are
    merged, and what is left is tried again. Tracks without a label may bridge a gap between labelled ones. Where two
    lines share a corridor for a while, the longer one keeps it, for it is guarded once. A way without a label that
    looks like a yard (:class:`geodata.railyards.Yards`) is left out with all tracks beside it.
    """
    total: Counter[str] = Counter()
    for edge in edges:
        total[edge.label] += round(edge.length_m)
    order = sorted((label for label in total if label), key=lambda label: (-total[label], label))
    free = set(range(len(edges)))
    boxes = _boxes([edge.xy for edge in edges])
    lines: list[LineString] = []
    out: list[LeftOut] = []
    for label in [*order, ""]:
        own = {k for k in free if edges[k].label == label}
        search = Search(edges, own)
        branch = 0
        while own:
            bare = {k for k in free if not edges[k].label}
            if label:
                bare &= _within(boxes, _around(boxes[sorted(own)], _BRIDGE_M))
            path = search.longest(own, bare)
            if not path:
                break
            xy = _start_west(join_track(edges, path))
            if length_of(xy) < _SHORTEST_LINE_M:
                break
            taken = {k for k, _ in path}
            close = _within(boxes, _around(_boxes([xy]), 6 * parallel_m))
            joinable = {k for k in (free & close) - taken if edges[k].label in (label, "")}
            merged = _beside(edges, xy, joinable, parallel_m)
            touched = _within(_boxes([line.xy for line in lines]), _around(_boxes([xy]), _TOUCH_M))
            others = [lines[k].xy for k in sorted(touched)]
            used = [edges[k] for k in sorted(taken)]
            parts = _alone(xy, others, 2 * parallel_m)
            reasons = [
                yards.why(cut_line(xy, low, high), used, others) if not label else ""
                for low, high in parts
            ]
            kept = [part for part, reason in zip(parts, reasons, strict=True) if not reason]
            gone = taken | merged
            if parts and not kept:
                if max(reasons) == DEAD_END:
                    gone = _dead_ends(edges, path, own, yards, others) or gone
                out += [LeftOut(max(reasons), edges[k].way, edges[k].xy) for k in sorted(gone)]
            free -= gone
            own -= gone
            if parts and not kept:
                continue
            for part, reason in zip(parts, reasons, strict=True):
                if reason:
                    out.append(LeftOut(reason, used[0].way, cut_line(xy, *part)))
            for k in sorted(merged):
                drops.add("track merged into the line it runs beside", f"w{edges[k].way}")
            ways = tuple(sorted({edges[k].way for k in taken}))
            if parts != [(0.0, length_of(xy))]:
                drops.add(
                    "stretch of a line in the corridor of a longer line, guarded with that",
                    f"w{ways[0]}",
                )
            branch += bool(kept)
            lines.extend(
                LineString(label, cut_line(xy, low, high), low if label else 0.0, ways, branch if label else 1)
                for low, high in kept
            )  # fmt: skip
    for k in sorted(free):
        reason = f"rest of running track without a way of {_SHORTEST_LINE_M:.0f} m through it"
        out.append(LeftOut(reason, edges[k].way, edges[k].xy, yard=False))
    for left in out:
        drops.add(left.reason, f"w{left.way}")
    lines.sort(
        key=lambda line: (
            not line.label,
            -total[line.label],
            line.label,
            line.branch,
            line.start_m,
            -length_of(line.xy),
        )
    )
    return tuple(lines), tuple(out)


def _boxes(courses: Sequence[Float64]) -> Float64:
    """``[n, 4]``: x and y, lowest and highest, of each course."""
    rows = [np.concatenate([xy.min(axis=0), xy.max(axis=0)]) for xy in courses]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _around(boxes: Float64, margin_m: float) -> Float64:
    """Return one box around all, with a margin."""
    low, high = boxes[:, :2].min(axis=0) - margin_m, boxes[:, 2:].max(axis=0) + margin_m
    return np.concatenate([low, high])


def _within(boxes: Float64, box: Float64) -> set[int]:
    """Rows of the boxes that touch one box."""
    touch = (boxes[:, :2] <= box[2:]).all(axis=1) & (boxes[:, 2:] >= box[:2]).all(axis=1)
    return set(np.flatnonzero(touch).tolist())


def _dead_ends(
    edges: Sequence[TrackEdge],
    path: Sequence[tuple[int, bool]],
    own: set[int],
    yards: Yards,
    lines: Sequence[Float64],
) -> set[int]:
    """Edges of a way from its loose ends to the first switches: what lies between may join two lines without them."""
    used = {k for k, _ in path}
    hanging = Counter(n for k in own - used for n in (edges[k].u, edges[k].v))
    gone: set[int] = set()
    for steps in (path, [(k, not forward) for k, forward in reversed(path)]):
        first, forward = steps[0]
        if yards.held(edges[first].xy[0 if forward else -1], lines):
            continue
        for k, ahead in steps:
            gone.add(k)
            if hanging[edges[k].v if ahead else edges[k].u]:
                break
    return gone


def _alone(xy: Float64, others: Sequence[Float64], corridor_m: float) -> list[tuple[float, float]]:
    """Parts (from, to) of a line that share no corridor with other lines; mere crossings count as alone."""
    length = length_of(xy)
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


def _start_west(xy: Float64) -> Float64:
    """Lines run from their western end (southern when upright), so chainage does not hang on the order of ways."""
    first, last = tuple(xy[0].tolist()), tuple(xy[-1].tolist())
    return xy if first <= last else xy[::-1].copy()


def _labels(tags: Sequence[Mapping[str, str]]) -> list[str]:
    """One label per edge: name and line number that occur together are one line; "Track 5" and "Depot" name none."""
    pairs = []
    for t in tags:
        name = t.get("name", "")
        if is_yard_name(name):
            name = ""
        pairs.append((t.get("ref", "") or _number(name), name))
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


def _number(name: str) -> str:
    """Number of a numbered city line: two names of one line (地铁4号线, 轨道交通四号线) are one."""
    hit = _NUMBER.search(name)
    if not hit:
        return ""
    text = hit[1] or hit[2]
    if text.isdigit():
        return text.lstrip("0") or text
    tens, ten, ones = text.rpartition("十")
    return str((_NUMERALS.get(tens, 1) * 10 if ten else 0) + _NUMERALS.get(ones, 0))


def _beside(
    edges: Sequence[TrackEdge], xy: Float64, among: set[int], parallel_m: float
) -> set[int]:
    """Edges that run beside a line, or beside a track that does: stations spread over many tracks.

    Nothing further than six times ``parallel_m`` from the line itself is taken.
    """
    line = shapely.LineString(xy)
    zone = line.buffer(6 * parallel_m)
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

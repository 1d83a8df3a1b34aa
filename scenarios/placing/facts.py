"""What is doubtful about the network and the places on it: findings with remedies, and each place's way to a road."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.errors import Finding
from geodata.ground import Ground
from geodata.network import RoadNetwork
from geodata.pieces import Pieces, pieces
from geodata.saying import told
from scenarios.placing.marks import LonLat, Mark
from scenarios.tongue import mark, says
from scenarios.tongue import say as _

#: Beyond this a place lies off the roads; nearer than this it lies at one.
FAR_M, NEAR_M = 150.0, 30.0
#: Findings about the extract as such stay in the full report (``vedette map``).
SHOWN = ("far-out", "too-wide", "layers-shifted", "places-shifted", "clipped-ways", "ends-beside-lines",
         "rail-crosses-road", "station-without-rail", "no-roads")  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One finding: its number on the map, whether it is grave, what it is, what to do, and where (degrees)."""

    number: int
    strong: bool
    text: str
    remedy: str
    places: tuple[LonLat, ...]


@dataclass(frozen=True)
class Way:
    """How a place hangs on the roads: metres to the nearest one and to the nearest of the main part, and what follows.

    ``state`` is one of ``STATES``.
    """

    kind: str
    id: str
    name: str
    at: LonLat
    road: str
    road_m: float
    main_m: float
    state: str


STATES: Mapping[str, tuple[str, str]] = {
    "good": (mark("at a road"), mark("Nothing to do.")),
    "off": (mark("off the road"), mark("Crews walk the rest: move it to its entrance if that is nearer.")),
    "far": (mark("too far from any road"), mark("Move it to a road, or take a map that has its road.")),
    "island": (
        mark("nearest road is cut off"),
        mark("It is reached from the main network: move it there, or look for a barrier that is none."),
    ),
    "alone": (
        mark("only cut-off roads near it"),
        mark("No crew would reach it or come back: check barriers, access and oneway on the map."),
    ),
}
_PROFILES = {"car": mark("Cars"), "foot": mark("On foot"), "bike": mark("Bicycles"), "emergency": mark("Emergency")}
_REMEDIES = {
    "island": mark(
        "Nothing there is reached or sent from; look for a barrier, a private road or a bridge that was cut off."
    ),
    "trap": mark("At the rim of the map the way back is often cut off; elsewhere check the oneway tag."),
    "source": mark("At the rim of the map the way there is often cut off; elsewhere check the oneway tag."),
}


def findings(ground: Ground, ways: Sequence[Way] = (), most: int = 5) -> tuple[Found, ...]:
    """Places that hang badly on the roads, islands and traps of each network, then what the map's report warns of."""
    rows = [*_of_ways(ways), *_of_pieces(ground, most), *_of_report(ground.findings)]
    return tuple(Found(number, *row) for number, row in enumerate(rows, 1))


Row = tuple[bool, str, str, tuple[LonLat, ...]]


def _of_ways(ways: Sequence[Way]) -> Iterator[Row]:
    for way in ways:
        if way.state in {"far", "alone", "island"}:
            state, remedy = STATES[way.state]
            yield way.state != "island", f"{way.name}: {_(state)}", _(remedy), (way.at,)


def _of_pieces(ground: Ground, most: int) -> Iterator[Row]:
    for name, network in ground.networks.items():
        if not network.component.any():
            continue
        for kind, its in pieces(network).items():
            if len(its):
                text = _piece_words(kind, _(_PROFILES.get(name, name)), len(its), float(its.length_m.sum()))
                yield False, text, _(_REMEDIES[kind]), _places(its, network, ground, most)


def _piece_words(kind: str, profile: str, n: int, length_m: float) -> str:
    length = _("{km:,.1f} km", km=length_m / 1000) if length_m >= 1000 else _("{m:,.0f} m", m=length_m)
    if kind == "island":
        return says("{profile}: {n} cut-off piece, {length} of road, joined with the main network in neither direction",
                    "{profile}: {n} cut-off pieces, {length} of road, joined with the main network in neither "
                    "direction", n, profile=profile, length=length)  # fmt: skip
    if kind == "trap":
        return says("{profile}: {n} one-way trap, {length} of road: crews get in and not out again",
                    "{profile}: {n} one-way traps, {length} of road: crews get in and not out again",
                    n, profile=profile, length=length)  # fmt: skip
    return says("{profile}: {n} one-way exit, {length} of road: crews get out and not in",
                "{profile}: {n} one-way exits, {length} of road: crews get out and not in",
                n, profile=profile, length=length)  # fmt: skip


def _places(its: Pieces, network: RoadNetwork, ground: Ground, most: int) -> tuple[LonLat, ...]:  # noqa: ARG001
    inner = np.argsort(its.at_border, kind="stable")[:most]  # the rim's are the extract's own
    return tuple((lon, lat) for lon, lat in ground.to_lonlat(its.xy[inner]).tolist())


def _of_report(found: Sequence[Finding]) -> Iterator[Row]:
    for one in found:
        if one.code in SHOWN and (one.at or one.level == "warning"):
            yield one.level == "warning", told(one.text), told(one.remedy), tuple(one.at)


def ways_to_roads(marks: Sequence[Mark], ground: Ground, profile: str = "car") -> tuple[Way, ...]:
    """Each site and post against the roads of a profile, a line by its worst corner; without a place it is left out."""
    points = [(its, at) for its in marks if its.kind in {"site", "post"} for at in _corners(its)]
    if not points:
        return ()
    network = ground.networks[profile]
    xy = ground.to_xy([at for _its, at in points])
    near, main = network.snap(xy, 1e6), network.snap(xy, 1e6, main_only=True)
    worst: dict[tuple[str, str], Way] = {}
    for (its, at), ok, edge, road_m, main_m in zip(
        points, near.ok.tolist(), near.edge.tolist(), near.distance_m.tolist(), main.distance_m.tolist(), strict=True
    ):
        state = _state(network, ok, int(edge), float(road_m), float(main_m))
        way = Way(its.kind, its.id, its.name, at, network.name_of(int(edge)) if ok else "", float(road_m),
                  float(main_m), state)  # fmt: skip
        before = worst.get((its.kind, its.id))
        if before is None or _badness(way) > _badness(before):
            worst[its.kind, its.id] = way
    return tuple(worst.values())


def _corners(its: Mark) -> tuple[LonLat, ...]:
    """Where a mark is measured: its point, the corners of a line, the middle of an area."""
    if its.points and not its.closed:
        return its.points
    return () if its.middle is None else (its.middle,)


def _badness(way: Way) -> tuple[int, float]:
    return ("good", "off", "island", "alone", "far").index(way.state), way.road_m


def _state(network: RoadNetwork, ok: Any, edge: int, road_m: float, main_m: float) -> str:
    if not ok or road_m > FAR_M:
        return "far"
    if not bool(network.in_main[edge]):
        return "island" if main_m <= FAR_M else "alone"
    return "good" if road_m <= NEAR_M else "off"

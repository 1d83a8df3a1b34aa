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
from scenarios.placing.marks import LonLat, Mark
from scenarios.tongue import mark
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
_PIECES = {
    "island": (
        mark("{profile}: {n} cut-off pieces, {km} km of road, joined with the main network in neither direction"),
        mark("Nothing there is reached or sent from; look for a barrier, a private road or a bridge that was cut off."),
    ),
    "trap": (
        mark("{profile}: {n} one-way traps, {km} km of road: crews get in and not out again"),
        mark("At the rim of the map the way back is often cut off; elsewhere check the oneway tag."),
    ),
    "source": (
        mark("{profile}: {n} one-way exits, {km} km of road: crews get out and not in"),
        mark("At the rim of the map the way there is often cut off; elsewhere check the oneway tag."),
    ),
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
                text, remedy = _PIECES[kind]
                told = _(text, profile=_(_PROFILES.get(name, name)), n=len(its), km=f"{its.length_m.sum() / 1000:,.1f}")
                yield False, told, _(remedy), _places(its, network, ground, most)


def _places(its: Pieces, network: RoadNetwork, ground: Ground, most: int) -> tuple[LonLat, ...]:  # noqa: ARG001
    inner = np.argsort(its.at_border, kind="stable")[:most]  # the rim's are the extract's own
    return tuple((lon, lat) for lon, lat in ground.to_lonlat(its.xy[inner]).tolist())


def _of_report(found: Sequence[Finding]) -> Iterator[Row]:
    for one in found:
        if one.code in SHOWN and one.at:
            yield one.level == "warning", one.text, one.remedy, tuple(one.at)


def ways_to_roads(marks: Sequence[Mark], ground: Ground, profile: str = "car") -> tuple[Way, ...]:
    """Each site, post and unit against the roads of a profile; those without a point are left out."""
    some = [its for its in marks if its.kind in {"site", "post"} and its.middle is not None]
    if not some:
        return ()
    network = ground.networks[profile]
    places = [its.middle for its in some if its.middle is not None]
    xy = ground.to_xy(places)
    near, main = network.snap(xy, 1e6), network.snap(xy, 1e6, main_only=True)
    return tuple(
        Way(its.kind, its.id, its.name, at, network.name_of(int(edge)) if ok else "", float(road_m), float(main_m),
            _state(network, ok, int(edge), float(road_m), float(main_m)))
        for its, at, ok, edge, road_m, main_m in zip(
            some, places, near.ok.tolist(), near.edge.tolist(), near.distance_m.tolist(), main.distance_m.tolist(),
            strict=True,
        )
    )  # fmt: skip


def _state(network: RoadNetwork, ok: Any, edge: int, road_m: float, main_m: float) -> str:
    if not ok or road_m > FAR_M:
        return "far"
    if not bool(network.in_main[edge]):
        return "island" if main_m <= FAR_M else "alone"
    return "good" if road_m <= NEAR_M else "off"

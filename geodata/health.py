"""What is wrong or doubtful with a map, in numbers, with ids and remedies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from geodata.crs import to_lonlat
from geodata.errors import Finding
from geodata.network import NO_WAY, RoadNetwork
from geodata.osm import OsmData
from geodata.sites import KeySite
from geodata.suspicion import check_crossings, check_extent, check_layers, check_places

__all__ = ["Finding", "check_map", "check_on_network"]

_SNAP_M = 150.0
_LEAST_MAIN = 0.9
# Names that do not go with what the tag says: a museum of the police is no police.
_NOT_THE_KIND: Mapping[str, re.Pattern[str]] = {
    "police": re.compile(r"impound|tow\b|museum|academy|school|training|parking|停车|博物馆|学校|培训", re.IGNORECASE),
    "fire_station": re.compile(r"museum|former|old |academy|博物馆|旧", re.IGNORECASE),
    "hospital": re.compile(r"veterin|animal|tier(arzt|klinik)|former|动物|宠物", re.IGNORECASE),
    "school": re.compile(r"driving|fahrschule|former|ehemalig|驾校", re.IGNORECASE),
    "station": re.compile(r"former|disused|museum|model|ehemalig|旧站", re.IGNORECASE),
}  # fmt: skip


def check_map(
    osm: OsmData, networks: Mapping[str, RoadNetwork], sites: Sequence[KeySite]
) -> tuple[Finding, ...]:
    """Examine a map and the networks built from it.

    Returns
    -------
    tuple of Finding
        Warnings first; empty lists of offenders make no finding.
    """
    found: list[Finding] = []
    ids = [site.label for site in sites]
    xy = np.array([site.xy for site in sites]).reshape(-1, 2)
    for name, network in networks.items():
        found += _islands(name, network)
        found += _traps(name, network)
        found += _speeds(name, network)
        found += check_on_network(name, network, ids, xy, "sites")
    for network in list(networks.values())[:1]:
        if len(sites):
            found += check_places(network, ids, to_lonlat(xy, network.crs), what="sites")
        found += check_layers(osm, network)
        found += check_crossings(osm, network)
    found += check_extent(osm)
    found += _misnamed(sites)
    found += _left_out(osm)
    found += osm.notes
    return tuple(sorted(found, key=lambda f: (f.level != "warning", f.code, f.text)))


def _ways(network: RoadNetwork, edges: npt.NDArray[np.int64]) -> tuple[str, ...]:
    return tuple(f"w{way}" for way in dict.fromkeys(network.edge_way[edges].tolist()))[:3]


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _hanging(n: int) -> str:
    return "1 part hangs on the main part" if n == 1 else f"{n} parts hang on the main part"


def _islands(name: str, network: RoadNetwork) -> list[Finding]:
    """Parts of the network that are not joined both ways with the main part, the largest one named."""
    size = np.bincount(network.component)
    if len(size) == 1:
        return []
    share = size[0] / network.n_nodes
    outside = np.flatnonzero(~network.in_main)
    km = float(network.edge_length_m[outside].sum()) / 1000
    return [
        Finding(
            "islands", "warning" if share < _LEAST_MAIN else "info",
            f"{name}: {_hanging(len(size) - 1)} one way or not at all, with {km:,.1f} km of road, the largest of "
            f"{_count(int(size[1]), 'junction')}; the main part has {share:.1%} of all {network.n_nodes}",
            len(size) - 1, _ways(network, outside),
            "Posts and sites are laid onto the main part; widen the extract if a part matters.",
        )
    ]  # fmt: skip


def _traps(name: str, network: RoadNetwork) -> list[Finding]:
    """Parts that can be entered and never left, or left and never entered: dead ends of one-way streets."""
    arcs, component = network.arcs, network.component
    tail = component[np.repeat(np.arange(network.n_nodes), np.diff(arcs.indptr))]
    head = component[arcs.head]
    across = tail != head
    n = int(component.max()) + 1 if len(component) else 0
    leaves = np.bincount(tail[across], minlength=n) > 0
    enters = np.bincount(head[across], minlength=n) > 0
    found = []
    for code, part, what in (
        ("one-way-trap", enters & ~leaves, "can be entered but not left"),
        ("one-way-source", leaves & ~enters, "can be left but not entered"),
    ):
        part[:1] = False
        nodes = np.flatnonzero(part[component])
        if not len(nodes):
            continue
        count = int(part.sum())
        found.append(
            Finding(code, "info", f"{name}: {_count(count, 'part')} with {_count(len(nodes), 'junction')} {what}",
                    count, tuple(f"n{network.node_osm[k]}" for k in nodes[:3]),
                    "At the border of an extract this is normal; elsewhere check the oneway tag.")
        )  # fmt: skip
    return found


def _speeds(name: str, network: RoadNetwork) -> list[Finding]:
    """The share of length without a speed limit, and the classes that have most of it."""
    drivable = (network.ahead_ms != NO_WAY) | (network.back_ms != NO_WAY)
    unknown = drivable & ~network.speed_known
    if not unknown.any():
        return []
    length = network.edge_length_m
    total, lacking = (
        np.bincount(network.edge_class[rows], length[rows], minlength=len(network.class_names))
        for rows in (drivable, unknown)
    )
    most = np.argsort(-lacking, kind="stable")[:3]
    classes = ", ".join(
        f"{network.class_names[k]} {lacking[k] / total[k]:.0%}" for k in most if lacking[k] > 0
    )
    share = float(lacking.sum() / total.sum())
    rows = np.flatnonzero(unknown)
    return [
        Finding("speed-unknown", "info",
                f"{name}: {share:.0%} of road length has no speed limit in the map, most in {classes}",
                len(np.unique(network.edge_way[rows])), _ways(network, rows),
                "Class defaults are used there; give speeds if response times must be exact.")
    ]  # fmt: skip


def check_on_network(
    name: str, network: RoadNetwork, ids: Sequence[str], xy: npt.ArrayLike, what: str = "places"
) -> list[Finding]:
    """Say which places (sites, candidates) lie off the roads, and which on islands outside the main part.

    Parameters
    ----------
    name
        Of the profile, for the sentence.
    ids
        Names for the report, length ``n``.
    xy
        Metres ``[n, 2]`` in the network's CRS.
    what
        What they are called, in the plural.
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if not len(points):
        return []
    near = network.snap(points, _SNAP_M)
    main = network.snap(points, _SNAP_M, main_only=True)
    found = []
    far = np.flatnonzero(~near.ok)
    if len(far):
        found.append(
            Finding("site-off-network", "warning",
                    f"{name}: {len(far)} of {len(points)} {what} lie over {_SNAP_M:.0f} m from any road",
                    len(far), tuple(ids[k] for k in far[:3]),
                    "Give an entrance on a road, or leave the site out.")
        )  # fmt: skip
    on_island = np.zeros(len(points), dtype=bool)
    on_island[near.ok] = ~network.in_main[near.edge[near.ok]]
    alone = np.flatnonzero(on_island & ~main.ok)
    if len(alone):
        found.append(
            Finding("site-on-island", "warning",
                    f"{name}: {len(alone)} of {len(points)} {what} are near roads outside the main part only",
                    len(alone), tuple(ids[k] for k in alone[:3]), "Check barriers and access there.")
        )  # fmt: skip
    beside = np.flatnonzero(on_island & main.ok)
    if len(beside):
        found.append(
            Finding("site-beside-island", "info",
                    f"{name}: {len(beside)} of {len(points)} {what} have a road outside the main part nearest, and one "
                    f"of the main part up to {main.distance_m[beside].max():.0f} m away",
                    len(beside), tuple(ids[k] for k in beside[:3]),
                    "They are reached from the main part; check barriers and access if that is not so.")
        )  # fmt: skip
    return found


def _misnamed(sites: Sequence[KeySite]) -> list[Finding]:
    odd = [s for s in sites if s.kind in _NOT_THE_KIND and _NOT_THE_KIND[s.kind].search(s.name)]
    if not odd:
        return []
    return [
        Finding("site-class-doubtful", "warning",
                f"{_count(len(odd), 'site')} with a name that does not go with the kind",
                len(odd), tuple(f"{s.kind} {s.label}" for s in odd[:3]),
                "Leave out what is something else.")
    ]  # fmt: skip


def _left_out(osm: OsmData) -> list[Finding]:
    """What the reader left out or cut, one finding for each reason."""
    found = []
    for drop in osm.dropped:
        cut = "cut" in drop.reason
        found.append(
            Finding("clipped-ways" if cut else "left-out", "warning" if cut else "info",
                    f"{drop.count} x {drop.reason}", drop.count, drop.ids,
                    "Take a larger extract if roads near this border matter." if cut else "Check that this is meant.")
        )  # fmt: skip
    return found

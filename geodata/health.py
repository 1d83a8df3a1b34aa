"""What is wrong or doubtful with a map, in numbers, with ids and remedies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from geodata.errors import Finding
from geodata.network import NO_WAY, RoadNetwork
from geodata.osm import OsmData
from geodata.sites import KeySite

__all__ = ["Finding", "check_map"]

_SNAP_M = 150.0


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
    for name, network in networks.items():
        found += _islands(name, network)
        found += _traps(name, network)
        found += _speeds(name, network)
        found += _sites_off(name, network, sites)
    found += _clipped(osm)
    found += osm.notes
    found += [
        Finding(
            "left-out",
            "info",
            f"{drop.count} x {drop.reason}",
            drop.count,
            drop.ids,
            "Check that this is meant.",
        )
        for drop in osm.dropped
    ]
    return tuple(sorted(found, key=lambda f: (f.level != "warning", f.code, f.text)))


def _islands(name: str, network: RoadNetwork) -> list[Finding]:
    size = np.bincount(network.component)
    if len(size) == 1:
        return []
    share = size[0] / network.n_nodes
    outside = np.flatnonzero(~network.in_main)
    examples = tuple(f"w{way}" for way in dict.fromkeys(network.edge_way[outside].tolist()))[:3]
    level = "warning" if share < 0.9 else "info"
    return [
        Finding(
            "islands", level,
            f"{name}: {len(size) - 1} parts hang on the main part one way or not at all; the main part holds "
            f"{share:.1%} of {network.n_nodes} junctions",
            len(size) - 1, examples,
            "Posts and sites are laid onto the main part; widen the extract if a part matters.",
        )
    ]  # fmt: skip


def _traps(name: str, network: RoadNetwork) -> list[Finding]:
    """Nodes that can be entered and never left, or left and never entered."""
    arcs = network.arcs
    leaves = np.diff(arcs.indptr) > 0
    enters = np.bincount(arcs.head, minlength=network.n_nodes) > 0
    trap = np.flatnonzero(leaves != enters)
    if not len(trap):
        return []
    ids = tuple(f"n{network.node_osm[k]}" for k in trap[:3])
    return [
        Finding("one-way-trap", "info", f"{name}: {len(trap)} ends of one-way streets cannot be left or not be entered",
                len(trap), ids, "At the border of an extract this is normal; elsewhere check the oneway tag.")
    ]  # fmt: skip


def _speeds(name: str, network: RoadNetwork) -> list[Finding]:
    drivable = (network.ahead_ms != NO_WAY) | (network.back_ms != NO_WAY)
    unknown = drivable & ~network.speed_known
    if not unknown.any():
        return []
    share = float(network.edge_length_m[unknown].sum() / network.edge_length_m[drivable].sum())
    ways = dict.fromkeys(network.edge_way[unknown].tolist())
    return [
        Finding("speed-unknown", "info", f"{name}: {share:.0%} of road length has no speed limit in the map",
                len(ways), tuple(f"w{way}" for way in ways)[:3], "Class defaults are used there.")
    ]  # fmt: skip


def _sites_off(name: str, network: RoadNetwork, sites: Sequence[KeySite]) -> list[Finding]:
    if not sites:
        return []
    xy = np.array([site.xy for site in sites])
    near, main = network.snap(xy, _SNAP_M), network.snap(xy, _SNAP_M, main_only=True)
    found = []
    far = np.flatnonzero(~near.ok)
    if len(far):
        found.append(
            Finding("site-off-network", "warning",
                    f"{name}: {len(far)} of {len(sites)} sites lie over {_SNAP_M:.0f} m from any road",
                    len(far), tuple(sites[k].label for k in far[:3]),
                    "Give an entrance on a road, or leave the site out.")
        )  # fmt: skip
    island = np.flatnonzero(near.ok & ~main.ok)
    if len(island):
        found.append(
            Finding("site-on-island", "warning",
                    f"{name}: {len(island)} of {len(sites)} sites are near roads outside the main part only",
                    len(island), tuple(sites[k].label for k in island[:3]), "Check barriers and access there.")
        )  # fmt: skip
    return found


def _clipped(osm: OsmData) -> list[Finding]:
    cut = [drop for drop in osm.dropped if "cut" in drop.reason]
    return [
        Finding("clipped-ways", "warning", f"{drop.count} x {drop.reason}", drop.count, drop.ids,
                "Take a larger extract if roads near this border matter.")
        for drop in cut
    ]  # fmt: skip

"""Nothing is lost without a word: roads in the file = roads in the network + roads left out for a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geodata.errors import Finding
from geodata.network import RoadNetwork
from geodata.osm import OsmData
from geodata.profiles import PROFILES, why_not


@dataclass(frozen=True)
class Ledger:
    """The roads of one profile, counted by way.

    Attributes
    ----------
    profile : str
    n_roads : int
        Ways of the file with a road class; for formats other than OpenStreetMap's, those with a course.
    n_used : int
        Those with an edge in the network.
    left : mapping
        Reason to number of ways, most first; a way cut into pieces counts once, under its first reason.
    lost : tuple of int
        Ways in neither that the reader handed on: a fault, never to be seen.
    """

    profile: str
    n_roads: int
    n_used: int
    left: Mapping[str, int]
    lost: tuple[int, ...]

    @property
    def n_lost(self) -> int:
        """Roads of the file that are neither in the network nor left out for a reason."""
        return self.n_roads - self.n_used - sum(self.left.values())

    def __str__(self) -> str:
        left = sum(self.left.values())
        text = f"{self.n_roads:,} ways = {self.n_used:,} in the network + {left:,} left out"
        return text + (f" + {self.n_lost:,} LOST" if self.n_lost else "")


def road_ledger(osm: OsmData, network: RoadNetwork) -> Ledger:
    """Count the roads of a map against a network built from it, by rules read again and not by the builder's own count.

    Notes
    -----
    The reasons of a profile that is not among :data:`geodata.profiles.PROFILES` are not known here; its roads outside
    of the network count as left out by the profile.
    """
    used = set(network.edge_way.tolist())
    rules = PROFILES.get(network.profile)
    roads: dict[int, str | None] = {}
    for k, tags in enumerate(osm.ways.tags):
        way = int(osm.ways.way[k])
        if "highway" not in tags or roads.get(way):
            continue
        reason = None
        if way not in used:
            reason = f"left out by the profile {network.profile}" if rules is None else why_not(tags, rules)
            if reason is None and _one_place(osm, k):
                reason = "way that names one place only"
        roads[way] = reason
    reasons: dict[str, int] = {}
    for unusable, ways in osm.roads_unusable.items():
        if n := len(set(ways).difference(roads)):
            reasons[unusable] = n
    for reason in filter(None, roads.values()):
        reasons[reason] = reasons.get(reason, 0) + 1
    lost = tuple(sorted(way for way, reason in roads.items() if reason is None and way not in used))
    left = dict(sorted(reasons.items(), key=lambda row: (-row[1], row[0])))
    n_roads = osm.n_seen.get("roads", len(roads))
    return Ledger(network.profile, n_roads, len(used.intersection(roads)), left, lost)


def _one_place(osm: OsmData, k: int) -> bool:
    refs = osm.ways.ref[osm.ways.start[k] : osm.ways.start[k + 1]]
    return bool(len(np.unique(refs)) < 2)


def check_ledger(osm: OsmData, network: RoadNetwork) -> list[Finding]:
    """The ledger as a note, or a warning where roads are neither in the network nor left out for a reason."""
    ledger = road_ledger(osm, network)
    lost = ledger.lost
    if not ledger.n_lost and not lost:
        reasons = "; ".join(f"{n:,} {reason}" for reason, n in list(ledger.left.items())[:3])
        return [
            Finding("roads", "info", f"{network.profile}: {ledger}" + (f" ({reasons})" if reasons else ""),
                    ledger.n_roads, (), "Every road of the file is accounted for.")
        ]  # fmt: skip
    return [
        Finding("roads-lost", "warning",
                f"{network.profile}: the roads of the file do not add up: {ledger}",
                max(len(lost), abs(ledger.n_lost)), tuple(f"w{way}" for way in lost[:3]),
                "This is a fault of the reader: send the file to those who maintain it.")
    ]  # fmt: skip

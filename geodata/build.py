"""From OpenStreetMap ways to a road network: choose, cut, time, and note what was left out."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import numpy as np

from geodata.bulk import many_objects
from geodata.crs import haversine_m, require_metric, to_metric, utm_for
from geodata.errors import Drops, Fault, GeodataError
from geodata.network import NO_WAY, Float64, Int32, Int64, RoadNetwork
from geodata.osm import OsmData
from geodata.profiles import (
    PROFILES,
    Profile,
    against_share,
    barrier_stops,
    direction,
    why_not,
)
from geodata.saying import say
from geodata.speeds import NATIONAL, SPEED_KEYS, find_country, national, speeds_kmh
from geodata.split import RawEdges, merge_through, split_ways
from geodata.turns import read_turns, with_turns

_log = logging.getLogger(__name__)

_LONGEST_MS = 2_000_000_000


@many_objects()
def build_network(
    osm: OsmData, profile: str | Profile = "car", *, crs: object = None, turns: bool = False,
    country: str | None = None,
    merge: bool = False,
) -> RoadNetwork:
    """Build what a profile can travel from an OSM file.

    Parameters
    ----------
    osm
        From :func:`geodata.osm.read_osm`.
    profile
        ``"car"``, ``"emergency"``, ``"bike"``, ``"foot"`` or a :class:`geodata.profiles.Profile`.
    crs
        Metric CRS; the UTM zone of the map's middle when left out.
    turns
        Whether turn restrictions bind, see :mod:`geodata.turns`; walkers never heed them.
    country
        Two letters of the country whose limits (:mod:`geodata.speeds`) bound speeds that the map does not give, or
        ``"map"`` for the one the map names, if its limits are known. Left out, classes alone count.
    merge
        Whether a road goes on as one edge where only two alike pieces of it meet: maps of other formats than
        OpenStreetMap's are often cut at every vertex.

    Raises
    ------
    GeodataError
        Unknown profile, a CRS that is not metric, or no road for this profile.
    """
    rules = _profile(profile)
    metric = utm_for(np.array(osm.bounds).reshape(2, 2)) if crs is None else require_metric(crs)
    if country == "map":
        said = find_country(osm)
        country = said if said in NATIONAL else None
        _log.info("%s names %s as its country", osm.source, said or "none")
    elif country is not None:
        national(country)
    drops = Drops()
    chosen = _choose(osm, rules, drops)
    blocked = frozenset(k for k, node in osm.nodes.items() if barrier_stops(node.tags, rules))
    raw = split_ways(osm.ways, chosen, blocked, drops)
    if len(raw.piece) == 0:
        raise GeodataError(
            [
                Fault(
                    say("{source} holds no road for {name}", source=osm.source, name=rules.name),
                    expected=say("ways with a highway tag this profile may use"),
                )
            ]
        )
    passed = np.unique(raw.node_osm[np.bincount(np.concatenate([raw.u, raw.v])) > 0])
    for k in sorted(blocked.intersection(passed.tolist())):
        drops.add(f"barrier that stops {rules.name}: {osm.nodes[k].tags['barrier']}", f"n{k}")
    if merge:
        raw = _merged(osm, raw, _WayTable(rules, country, Drops()))
    if turns and rules.one_way:
        network = _assemble(osm, raw, rules, metric, drops, country)
        return with_turns(network, read_turns(osm.restrictions, rules, drops), drops)
    if rules.one_way:
        for relation in osm.restrictions:
            drops.add("turn restriction, not applied", f"r{relation.osm_id}")
    return _assemble(osm, raw, rules, metric, drops, country)


def _profile(profile: str | Profile) -> Profile:
    if isinstance(profile, Profile):
        return profile
    if profile not in PROFILES:
        raise GeodataError(
            [Fault(say("profile {profile!r} is not known", profile=profile), expected=", ".join(PROFILES))]
        )
    return PROFILES[profile]


def _choose(osm: OsmData, rules: Profile, drops: Drops) -> Int64:
    chosen: list[int] = []
    refused: dict[str, list[int]] = {}
    for k, tags in enumerate(osm.ways.tags):
        if "highway" not in tags:
            continue
        reason = why_not(tags, rules)
        if reason is None:
            chosen.append(k)
        else:
            refused.setdefault(reason, []).append(k)
    for reason, rows in refused.items():
        drops.add_all(reason, "w", osm.ways.way[rows])
    return np.array(chosen, dtype=np.int64)


def _assemble(
    osm: OsmData, raw: RawEdges, rules: Profile, crs: str, drops: Drops, country: str | None
) -> RoadNetwork:
    step = haversine_m(raw.lonlat[:-1], raw.lonlat[1:])
    step[raw.start[1:-1] - 1] = 0.0
    length = np.add.reduceat(np.append(step, 0.0), raw.start[:-1])
    pieces, inverse = np.unique(raw.piece, return_inverse=True)
    table = _WayTable(rules, country, drops).rows(osm, pieces)
    ahead_kmh, back_kmh = (np.array([row[i] for row in table])[inverse] for i in (0, 1))
    if raw.flipped is not None:
        ahead_kmh, back_kmh = (
            np.where(raw.flipped, back_kmh, ahead_kmh), np.where(raw.flipped, ahead_kmh, back_kmh),
        )  # fmt: skip
    classes, class_row = np.unique([row[3] for row in table], return_inverse=True)
    names = ("", *sorted({row[4] for row in table} - {""}))
    name_row = {name: k for k, name in enumerate(names)}
    return RoadNetwork(
        profile=rules.name,
        crs=crs,
        node_osm=raw.node_osm,
        node_xy=to_metric(raw.node_lonlat, crs),
        edge_u=raw.u.astype(np.int32),
        edge_v=raw.v.astype(np.int32),
        edge_way=osm.ways.way[raw.piece],
        edge_length_m=length,
        ahead_ms=_milliseconds(length, ahead_kmh),
        back_ms=_milliseconds(length, back_kmh),
        edge_class=class_row.astype(np.int16)[inverse],
        edge_name=np.array([name_row[row[4]] for row in table], dtype=np.int32)[inverse],
        class_names=tuple(str(name) for name in classes),
        names=names,
        speed_known=np.array([row[2] for row in table])[inverse],
        bridge=np.array([row[5] for row in table])[inverse],
        tunnel=np.array([row[6] for row in table])[inverse],
        shape_start=raw.start,
        shape_xy=to_metric(raw.lonlat, crs),
        closed=np.zeros(len(length), dtype=bool),
        dropped=drops.result(),
    )


def _merged(osm: OsmData, raw: RawEdges, table: _WayTable) -> RawEdges:
    """The edges joined where they go on alike: in speed both ways, class, name, on the ground or off it."""
    pieces, inverse = np.unique(raw.piece, return_inverse=True)
    numbers: dict[_Values, int] = {}
    rows = [
        (numbers.setdefault(row, len(numbers)), numbers.setdefault((row[1], row[0], *row[2:]), len(numbers)))
        for row in table.rows(osm, pieces)
    ]  # fmt: skip
    both = np.array(rows, dtype=np.int64)[inverse]
    return merge_through(raw, both[:, 0], both[:, 1])


_Said = tuple[tuple[str, str], ...]
_Values = tuple[float, float, bool, str, str, bool, bool]


class _WayTable:
    """What the tags of way pieces come to; ways with equal tags of use are worked out once."""

    def __init__(self, rules: Profile, country: str | None, drops: Drops) -> None:
        self.rules, self.country, self.drops = rules, country, drops
        self.known: dict[_Said, tuple[tuple[float, float, bool], tuple[str, ...]]] = {}
        self.keys = frozenset(
            ("highway", "oneway", f"oneway:{rules.tag or rules.name}", "oneway:conditional", "junction", "cycleway",
             "cycleway:left", "cycleway:right", "cycleway:both", *SPEED_KEYS,
             *(f"{key}:conditional" for key in rules.access_keys))
        )  # fmt: skip

    def rows(self, osm: OsmData, pieces: Int64) -> list[_Values]:
        """Speeds (0 where not allowed), whether known, class, name, bridge and tunnel of each piece."""
        tags, way = osm.ways.tags, osm.ways.way[pieces].tolist()
        return [self._row(tags[k], way[at]) for at, k in enumerate(pieces.tolist())]

    def _row(self, tags: Mapping[str, str], way: int) -> _Values:
        keys = self.keys
        said = tuple([item for item in tags.items() if item[0] in keys])
        if said not in self.known:
            self.known[said] = self._speeds(tags)
        speeds, notes = self.known[said]
        for note in notes:
            self.drops.add(note, f"w{way}")
        name = tags.get("name") or tags.get("ref") or ""
        on_bridge = tags.get("bridge", "no") != "no"
        return (*speeds, tags["highway"], name, on_bridge, tags.get("tunnel", "no") != "no")

    def _speeds(self, tags: Mapping[str, str]) -> tuple[tuple[float, float, bool], tuple[str, ...]]:
        ahead, back, known, speed_note = speeds_kmh(tags, self.rules, self.country)
        allowed, way_note = direction(tags, self.rules)
        against = against_share(tags, self.rules)
        return (
            ahead * against if allowed == "backward" else ahead,
            back * against if allowed == "forward" else back,
            known,
        ), tuple(note for note in (speed_note, way_note, self._timed_access(tags)) if note)

    def _timed_access(self, tags: Mapping[str, str]) -> str | None:
        """Access that holds at times is not applied, but told."""
        for key in self.rules.access_keys:
            if f"{key}:conditional" in tags:
                return f"{key}:conditional: the access without its condition was taken"
        return None


def _milliseconds(length_m: Float64, kmh: Float64) -> Int32:
    """Whole milliseconds, rounded up, at least 1; ``NO_WAY`` where the speed is 0."""
    with np.errstate(divide="ignore"):
        ms = np.ceil(length_m * 3600.0 / np.where(kmh > 0, kmh, 1.0))
    # A stray node can make an edge as long as the world; its time still has to fit.
    return np.where(kmh > 0, np.clip(ms, 1, _LONGEST_MS), NO_WAY).astype(np.int32)

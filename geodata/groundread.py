"""Make a ground from a map file: networks, rail, sites and background, with what was dropped or found wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from geodata.background import read_background
from geodata.build import build_network
from geodata.crs import choose_crs, to_metric
from geodata.errors import Finding, GeodataError
from geodata.gisfiles import Reading
from geodata.ground import CREDIT, Ground
from geodata.health import by_weight, check_country, check_map
from geodata.known import known_ids
from geodata.mapfile import is_osm, read_map
from geodata.named import named_things
from geodata.network import RoadNetwork
from geodata.osm import Clip
from geodata.osmtext import Progress
from geodata.profiles import PROFILES, Profile
from geodata.rail import read_rail, with_access
from geodata.railwalk import with_walks
from geodata.sitedoors import with_doors
from geodata.sites import find_sites


def read_ground(
    path: str | Path,
    *,
    crs: object,
    profiles: Sequence[str | Profile],
    clip_box: Clip | None,
    section_m: float,
    station_approach_m: float,
    reading: Reading | None,
    need_roads: bool,
    turns: bool,
    country: str | None,
    merge: bool,
    rail_modes: Sequence[str],
    on_progress: Progress | None,
) -> Ground:
    """Read a map file anew; all is as in :func:`geodata.ground.load_ground`."""
    say = on_progress or _say_nothing
    osm = read_map(path, reading, clip_box=clip_box, on_progress=lambda stage, share: say(stage, 0.6 * share))
    metric = choose_crs(np.array(osm.bounds).reshape(2, 2), crs)
    networks: dict[str, RoadNetwork] = {}
    missing: list[Finding] = []
    for k, profile in enumerate(profiles):
        name = profile if isinstance(profile, str) else profile.name
        say(f"building the network for {name}", 0.6 + 0.2 * k / len(profiles))
        try:
            networks[name] = build_network(
                osm, profile, crs=metric, turns=turns and name != "emergency", country=country,
                merge=merge,
            )  # fmt: skip
        except GeodataError as error:
            if need_roads or (isinstance(profile, str) and profile not in PROFILES):
                raise
            text = f"{name}: {error.faults[0].what}"
            missing.append(Finding("no-roads", "warning", text, 1, (), "Take a map that has roads."))
    say("finding rail and sites", 0.8)
    rail = read_rail(
        osm, metric, section_m=section_m, station_approach_m=station_approach_m, modes=rail_modes
    )
    rail = with_walks(with_access(rail, networks), networks, vehicle=next(iter(networks), "car"))
    sites = with_doors(find_sites(osm, metric), osm, metric, networks)
    every = np.concatenate(
        [network.node_xy for network in networks.values()]
        or [to_metric(np.array(osm.bounds).reshape(2, 2), metric)]
    )
    low, high = every.min(axis=0), every.max(axis=0)
    dropped = (
        *osm.dropped,
        *(drop for network in networks.values() for drop in network.dropped),
        *rail.dropped,
    )
    say("checking the map", 0.9)
    ground = Ground(
        source=osm.source,
        crs=metric,
        credit=CREDIT if is_osm(path) else f"Map: {osm.source}",
        networks=networks,
        rail=rail,
        sites=sites,
        bounds=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        background=read_background(osm, metric),
        dropped=dropped,
        findings=by_weight(
            [*missing, *check_country(osm, country), *check_map(osm, networks, sites)]
        ),
        known=known_ids(osm, rail, metric),
        named=named_things(osm, metric),
    )
    say("checking the map", 1.0)
    return ground


def _say_nothing(_stage: str, _share: float) -> None:
    """Progress that nobody asked for."""

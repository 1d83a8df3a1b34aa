"""What is wrong or doubtful with a map, in numbers, with ids, places and remedies, the gravest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from geodata.crs import to_lonlat, utm_for
from geodata.errors import Dropped, Finding
from geodata.ledger import check_ledger
from geodata.network import NO_WAY, RoadNetwork
from geodata.osm import OsmData
from geodata.pieces import check_pieces
from geodata.saying import later, mark
from geodata.sitecheck import check_sites
from geodata.sites import KeySite
from geodata.speeds import NATIONAL, find_country
from geodata.suspicion import check_crossings, check_extent, check_layers, check_places

__all__ = ["Finding", "by_weight", "check_map", "check_on_network"]

_SNAP_M = 150.0
# What spoils a plan most comes first; a code that is not listed stands between sites and what was left out.
_ORDER = (
    "roads-lost", "rows-lost", "no-roads", "no-road-class", "far-out", "too-wide", "layers-shifted", "places-shifted",
    "place-swapped", "place-zero", "place-not-a-number", "main-part", "islands", "one-way-trap", "one-way-source",
    "clipped-ways", "ends-beside-lines", "site-on-island", "site-off-network", "place-outside", "site-beside-island",
    "site-class-doubtful", "site-size-doubtful", "station-without-rail", "rail-crosses-road", "*",
    "speed-country", "speed-unknown", "roads", "rows", "left-out", "text-encoding", "file-warning",
)  # fmt: skip


def by_weight(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Put findings in order: warnings before notes, then by how much they spoil a plan, then by number."""
    rank = {code: k for k, code in enumerate(_ORDER)}
    return tuple(
        sorted(findings, key=lambda f: (f.level != "warning", rank.get(f.code, rank["*"]), -f.n, f.text))
    )  # fmt: skip


def check_map(
    osm: OsmData, networks: Mapping[str, RoadNetwork], sites: Sequence[KeySite]
) -> tuple[Finding, ...]:
    """Examine a map and the networks built from it.

    Returns
    -------
    tuple of Finding
        In the order of :func:`by_weight`; empty lists of offenders make no finding.
    """
    found: list[Finding] = []
    ids = [name_and_id(site) for site in sites]
    xy = np.array([site.xy for site in sites]).reshape(-1, 2)
    for name, network in networks.items():
        found += check_ledger(osm, network)
        found += check_pieces(name, network)
        found += _speeds(name, network)
        found += check_on_network(name, network, ids, xy, "sites")
    for network in list(networks.values())[:1]:
        if len(sites):
            found += check_places(network, ids, to_lonlat(xy, network.crs), what=mark("sites"))
        found += check_layers(osm, network)
        found += check_crossings(osm, network)
    found += check_extent(osm)
    crs = next((net.crs for net in networks.values()), None) or utm_for(np.array(osm.bounds).reshape(2, 2))
    found += _placed(check_sites(osm, sites, crs), sites, crs)
    found += [_left_out(drop) for drop in osm.dropped]
    found += osm.notes
    return by_weight(found)


def check_country(osm: OsmData, country: str | None) -> list[Finding]:
    """Say whose speed limits hold where the map gives none, when they were asked for by ``country="map"``."""
    if country != "map":
        return []
    said = find_country(osm)
    if said in NATIONAL:
        return [
            Finding("speed-country", "info",
                    f"the map names {said} as its country: where a road has no speed limit, that country's limits bound"
                    " its speed", 1, (), "Give the country by its two letters if this is wrong.")
        ]  # fmt: skip
    known = ", ".join(sorted(NATIONAL))
    why = f"no limits of {said}, the country that the map names, are known" if said else "the map names no one country"
    return [
        Finding("speed-country", "info", f"{why}: where a road has no speed limit, its class alone tells its speed",
                1, (), f"Give the country by its two letters if its limits should hold ({known}).")
    ]  # fmt: skip


def name_and_id(site: KeySite) -> str:
    """What to call a site so that people know it and a file can be searched for it."""
    return f"{site.id} {site.name}".rstrip()


def _placed(found: Sequence[Finding], sites: Sequence[KeySite], crs: str) -> list[Finding]:
    """Findings that name sites, with the places of those sites."""
    by_id = {site.id: site for site in sites}
    out = []
    for finding in found:
        named = [by_id[name.split(" ")[0]].xy for name in finding.ids if name.split(" ")[0] in by_id]
        places = to_lonlat(np.array(named), crs).tolist() if named else []
        out.append(replace(finding, at=tuple((lon, lat) for lon, lat in places)))
    return out


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
        f"{network.class_names[k]} ({lacking[k] / 1000:,.1f} km, {lacking[k] / total[k]:.0%} of the class)"
        for k in most if lacking[k] > 0
    )  # fmt: skip
    share = float(lacking.sum() / total.sum())
    rows = np.flatnonzero(unknown)
    longest = rows[np.argsort(-length[rows], kind="stable")]
    ways = tuple(f"w{way}" for way in dict.fromkeys(network.edge_way[longest[:50]].tolist()))[:3]
    return [
        Finding("speed-unknown", "info",
                f"{name}: {share:.0%} of road length has no speed limit in the map, most in {classes}",
                len(np.unique(network.edge_way[rows])), ways,
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
    far = np.flatnonzero(~near.ok)
    on_island = np.zeros(len(points), dtype=bool)
    on_island[near.ok] = ~network.in_main[near.edge[near.ok]]
    alone = np.flatnonzero(on_island & ~main.ok)
    beside = np.flatnonzero(on_island & main.ok)
    found = []
    for code, level, rows, lies, mend in (
        ("site-off-network", "warning", far, f"{{lie}} over {_SNAP_M:.0f} m from any road of this profile",
         "Give an entrance on a road, or leave the site out."),
        ("site-on-island", "warning", alone, "{have} roads only that are not joined with the main part both ways",
         "No unit would reach them, or none would come back: check barriers, access and oneway there."),
        ("site-beside-island", "info", beside,
         f"{{have}} a road outside the main part nearest, and one of it {_up_to(main.distance_m[beside])} away",
         "They are reached from the main part; check barriers and access if that is not so."),
    ):  # fmt: skip
        if len(rows):
            verb = lies.format(**({"lie": "lies", "have": "has"} if len(rows) == 1 else {"lie": "lie", "have": "have"}))
            text = f"{name}: {len(rows)} of {len(points)} {what} {verb}"
            places = to_lonlat(points[rows[:3]], network.crs).tolist()
            found.append(
                Finding(code, level, text, len(rows), tuple(ids[k] for k in rows[:3]), mend,
                        tuple((lon, lat) for lon, lat in places))
            )  # fmt: skip
    return found


def _up_to(distance_m: npt.NDArray[np.float64]) -> str:
    if not len(distance_m):
        return ""
    return f"{distance_m.max():.0f} m" if len(distance_m) == 1 else f"up to {distance_m.max():.0f} m"


# What a person can do about things the reader left out, by a word of the reason.
_REMEDIES = (
    ("cut", mark("Take a larger extract if roads near this border matter.")),
    ("turn restriction", "Routes may turn there although it is forbidden; say so in the route cards where it matters."),
    ("older or second version", "Nothing to do: the latest version was taken; osmium time-filter cuts a history."),
    ("deleted object", "Nothing to do: they are no more."),
    ("not sorted", "Sort the file (osmium sort) to have these areas."),
    ("do not close", "Such areas reach beyond the extract and are not drawn; take a larger one if they matter."),
    ("missing corners", "The area reaches beyond the extract; take a larger one if its entrances matter."),
    ("two usable nodes", "Nothing to do unless these roads lie where you plan; then take a larger extract."),
    ("drawn once more", "Nothing to do: a street that is drawn once for each direction is one street."),
    ("tag that is used", "Nothing to do unless these are roads, rails or sites; then name their column."),
    ("node ids do not fit", "Ends were joined where they lie together; mend the ids if roads hang on nothing."),
    ("several road classes", "Nothing to do unless the first one is wrong there."),
    ("joined", "Nothing to do unless these ends belong to different roads; then lower the tolerance."),
    ("impossible", "Mend the coordinates."),
    ("possible place", "Mend the coordinates."),
    ("clip", "Nothing to do: it was asked for."),
)  # fmt: skip
_NO_REMEDY = "Look at the ids; nothing to do if they are not needed."


def _left_out(drop: Dropped) -> Finding:
    """What the reader left out or changed, one finding for each reason."""
    cut = "cut" in drop.reason
    mend = next((text for word, text in _REMEDIES if word in drop.reason), _NO_REMEDY)
    return Finding(
        "clipped-ways" if cut else "left-out", "warning" if cut else "info",
        later(mark("{n:,} x {reason}"), n=drop.count, reason=later(drop.reason)), drop.count, drop.ids, later(mend),
    )  # fmt: skip

"""Sites that look like something else than their tags say: by name, size, other tags, or for want of rail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from geodata.crs import to_metric
from geodata.errors import Finding
from geodata.osm import OsmData
from geodata.saying import later, mark
from geodata.sites import KIND_TABLE, KeySite, out_of_use

_NO_RAIL_M = 300.0
_RAIL_IN_USE = frozenset(
    {"rail", "light_rail", "narrow_gauge", "subway", "monorail", "tram", "funicular"}
)
_FORMER = r"\bformer\b|ehemalig|\bancien|\bentinen|旧址|旧站|原址|遗址"
_MUSEUM = r"museum|musée|museo|museu|博物馆|纪念馆|陈列馆"
_BADGE = r"academ|akademie|\bschools?\b|schule|training|学院|学校|警校|培训"

# For each kind: what a name betrays, how to say it, and what to do.
_NAMES: Mapping[str, Mapping[str, str]] = {
    "police": {
        "a place where cars are kept": r"impound|\btow\b|towing|parking|parkplatz|verwahrstelle|停车",
        "a museum": _MUSEUM,
        "a school": _BADGE,
        "out of use": _FORMER,
    },
    "fire_station": {
        "a museum": _MUSEUM,
        "a school": _BADGE,
        "out of use": _FORMER,
        "a shop": r"extinguisher|feuerlöscher|灭火器|消防器材",
    },
    "hospital": {
        "for animals": r"veterin|vétérin|animal|\bpets?\b|tier(arzt|ärzt|klinik|spital)|kleintier|pferdeklinik"
        r"|eläin|动物|宠物|兽医",
        "for looks, not for the sick": r"beauty|cosmetic|schönheit|整形|医美|美容",
        "for things": r"\bdoll|puppenklinik|handy|phone|computer|car hospital|汽车医院|手机",
        "out of use": _FORMER,
        "a museum": _MUSEUM,
    },
    "school": {
        "a driving school": r"driving|driver|fahrschule|auto-?[ée]cole|auto-?escola|autoescuela|autokoulu|körskola"
        r"|scuola guida|驾校|驾驶",
        "a dancing school": r"\bdanc|tanzschule|ballet|舞蹈",
        "for dogs": r"hundeschule|\bdog|宠物",
        "a leisure or language course": r"\bski|skischule|\bsurf|segelschule|yoga|sprachschule|language school"
        r"|培训|辅导",
        "a museum": _MUSEUM,
        "out of use": _FORMER,
    },
    "kindergarten": {"for dogs": r"\bdog|hunde|\bpets?\b|宠物", "out of use": _FORMER},
    "university": {
        "a driving school": r"driving|fahrschule|驾校",
        "for leisure": r"老年大学|volkshochschule",
    },
    "station": {
        "a fuel station": r"petrol|gas station|fuel|filling|tankstelle|\bshell\b|\baral\b|\besso\b"
        r"|加油站|加气站|充电站",
        "a fire or police station": r"fire station|feuerwache|fire dep|police|polizei|消防|派出所|警务站",
        "a power, weather or pumping station": r"substation|power station|umspannwerk|weather|wetter|pump|radio"
        r"|变电站|气象|泵站|电台",
        "a bus station": r"\bbus\b|busbahnhof|\bzob\b|汽车站|公交|客运站",
        "a model or park railway": r"\bmodel\b|modell(eisen)?bahn|miniature|parkeisenbahn|kindereisenbahn|\btoy\b"
        r"|模型|小火车",
        "a museum railway": _MUSEUM + r"|heritage|dampfbahn|preserved",
        "out of use": _FORMER + r"|disused",
    },
    "stadium": {
        "a shop, museum or car park": r"\bshop\b|\bstore\b|fanshop|parking|parkplatz|停车|"
        + _MUSEUM
    },
    "fuel": {"for charging": r"charging|ladestation|ladepark|supercharger|充电"},
    "courthouse": {"a sports or food court": r"tennis|basketball|squash|badminton|food court|球场"},
    "marketplace": {"a shop": r"super ?market|supermarkt|超市"},
    "mall": {"a car park": r"parking|parkhaus|停车"},
    "bus_station": {"a depot": r"depot|betriebshof|wash|维修|停保场"},
    "worship": {
        "a museum": _MUSEUM,
        "out of use": _FORMER + r"|\bruins?\b|ruine",
        "a shop or hall": r"\bshop\b|gemeindehaus|parish hall",
    },
    "townhall": {"a museum": _MUSEUM, "a village hall or restaurant": r"village hall|ratskeller"},
}
# Least and largest area in square metres that a kind's outline commonly has.
_AREAS: Mapping[str, tuple[float, float]] = {
    "stadium": (2_000, 600_000), "arena": (300, 500_000), "school": (150, 400_000), "hospital": (200, 1_500_000),
    "university": (150, 10_000_000), "station": (20, 1_500_000), "mall": (500, 1_000_000), "worship": (20, 300_000),
    "marketplace": (50, 300_000), "police": (30, 300_000), "fire_station": (40, 150_000), "fuel": (15, 60_000),
    "kindergarten": (40, 60_000), "courthouse": (60, 150_000), "airport": (100_000, 100_000_000),
}  # fmt: skip
_TAGS: tuple[tuple[str, str, frozenset[str], str], ...] = (
    ("hospital", "amenity", frozenset({"veterinary"}), "for animals"),
    ("hospital", "healthcare", frozenset({"veterinary"}), "for animals"),
    ("school", "amenity", frozenset({"driving_school"}), "a driving school"),
    ("school", "amenity", frozenset({"dancing_school", "language_school", "music_school", "prep_school"}), "a course"),
    ("station", "usage", frozenset({"tourism"}), "a museum railway"),
    ("station", "railway:preserved", frozenset({"yes"}), "a museum railway"),
    ("station", "station", frozenset({"miniature"}), "a model or park railway"),
    ("station", "amenity", frozenset({"fuel"}), "a fuel station"),
    ("station", "amenity", frozenset({"fire_station", "police"}), "a fire or police station"),
    ("worship", "building", frozenset({"ruins"}), "out of use"),
    ("worship", "historic", frozenset({"wayside_shrine", "wayside_cross", "ruins"}), "a shrine or ruin"),
)  # fmt: skip
_FAMILY = {"halt": "station", "metro_station": "station", "clinic": "hospital"}
_MEND = "Leave it out of the scenario's sites, or give it the kind it has."


def check_sites(osm: OsmData, sites: Sequence[KeySite], crs: str) -> list[Finding]:
    """Examine what the sites of a map are.

    Parameters
    ----------
    osm, sites, crs
        The map, :func:`geodata.sites.find_sites` of it, and their metric CRS.

    Returns
    -------
    list of Finding
        ``site-class-doubtful`` by kind and reason (name or tags), ``site-size-doubtful`` with the areas,
        ``station-without-rail``, and ``site-out-of-use`` (info) for what was left out as disused.
    """
    return [*_by_name(sites), *_by_size(sites), *_without_rail(osm, sites, crs), *_unused(osm)]


def what_else(site: KeySite) -> str:
    """Return what a site looks like by its name or tags instead of its kind; nothing if all is well.

    Names in every language the map gives are read.
    """
    family = _FAMILY.get(site.kind, site.kind)
    for kind, key, values, reason in _TAGS:
        if kind == family and site.tags.get(key) in values:
            return reason
    names = [
        site.name,
        *(v for k, v in sorted(site.tags.items()) if k.startswith("name:") or k == "official_name"),
    ]
    for reason, pattern in _NAMES.get(family, {}).items():
        if any(re.search(pattern, name, re.IGNORECASE) for name in names):
            return reason
    return ""


def _by_name(sites: Sequence[KeySite]) -> list[Finding]:
    groups: dict[tuple[str, str], list[KeySite]] = {}
    for site in sites:
        if reason := what_else(site):
            groups.setdefault((site.kind, reason), []).append(site)
    return [
        Finding("site-class-doubtful", "warning",
                f"{_many(len(some), kind)} by tag, by name or other tags {reason}",
                len(some), _ids(some), _MEND)
        for (kind, reason), some in sorted(groups.items())
    ]  # fmt: skip


def _by_size(sites: Sequence[KeySite]) -> list[Finding]:
    groups: dict[tuple[str, bool], list[tuple[KeySite, float]]] = {}
    for site in sites:
        if site.polygon is None or site.kind not in _AREAS:
            continue
        area = float(shapely.Polygon(site.polygon).area)
        least, most = _AREAS[site.kind]
        if area < least or area > most:
            groups.setdefault((site.kind, area < least), []).append((site, area))
    found = []
    for (kind, small), some in sorted(groups.items()):
        limit = _AREAS[kind][0 if small else 1]
        worst = (min if small else max)(area for _, area in some)
        found.append(
            Finding("site-size-doubtful", "warning",
                    f"{_many(len(some), kind)} {'under' if small else 'over'} {limit:,.0f} m2, "
                    f"the {'smallest' if small else 'largest'} {worst:,.0f} m2",
                    len(some), _ids([site for site, _ in some]),
                    "See on the map whether it is a part or another thing; take the right outline or leave it out.")
        )  # fmt: skip
    return found


def _without_rail(osm: OsmData, sites: Sequence[KeySite], crs: str) -> list[Finding]:
    stops = [s for s in sites if s.kind in ("station", "halt", "metro_station", "tram_stop")]
    rows = [
        k for k, tags in enumerate(osm.ways.tags)
        if tags.get("railway") in _RAIL_IN_USE and not out_of_use(tags)
    ]  # fmt: skip
    if not stops:
        return []
    lines = [
        shapely.LineString(
            to_metric(osm.ways.lonlat[osm.ways.start[k] : osm.ways.start[k + 1]], crs)
        )
        for k in rows
    ]
    tree = shapely.STRtree(lines)
    shapes = [
        shapely.Point(s.xy) if s.polygon is None else shapely.Polygon(s.polygon) for s in stops
    ]
    near = (
        np.unique(tree.query(shapes, predicate="dwithin", distance=_NO_RAIL_M)[0])
        if lines
        else np.zeros(0)
    )
    odd = [stop for k, stop in enumerate(stops) if k not in set(near.tolist())]
    if not odd:
        return []
    return [
        Finding("station-without-rail", "warning",
                later(mark("{n} of {all} stations and stops have no track in use within {m:.0f} m"),
                      n=len(odd), all=len(stops), m=_NO_RAIL_M), len(odd), _ids(odd),
                later(mark("Take a map that holds its rail, or leave out what is no station any more.")))
    ]  # fmt: skip


def _unused(osm: OsmData) -> list[Finding]:
    """Things left out since they are disused: by their own tags, or by ``disused:`` before the key."""
    said = {(key, value) for _, key, values in KIND_TABLE for value in values}
    before = {
        (f"{when}:{key}", value)
        for when in ("disused", "abandoned", "was", "razed", "demolished") for key, value in said
    }  # fmt: skip
    gone = [
        f.key for f in osm.features
        if not before.isdisjoint(f.tags.items())
        or (not said.isdisjoint(f.tags.items()) and out_of_use(f.tags))
    ]  # fmt: skip
    if not gone:
        return []
    return [
        Finding("site-out-of-use", "info", f"{len(gone)} sites are tagged as out of use and left out",
                len(gone), tuple(gone[:3]), "Check that none of them is used for the event.")
    ]  # fmt: skip


def _many(n: int, kind: str) -> str:
    return f"{n} of kind {kind.replace('_', ' ')}"


def _ids(sites: Sequence[KeySite]) -> tuple[str, ...]:
    return tuple(f"{site.id} {site.name}".strip() for site in sites[:3])

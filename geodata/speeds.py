"""How fast a road is driven: texts of ``maxspeed`` in all their forms, and what holds where nothing is said.

National limits are those for cars where no sign stands, in km/h, as known in 2025; check them where seconds matter.
Whether a road lies in a built-up area is not in most maps: a default by class is therefore only kept within the limits
(streets within the urban one, main roads within the rural one), never raised to them; motorways alone are driven at the
national limit.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from geodata.errors import Fault, GeodataError
from geodata.profiles import Profile, Tags

if TYPE_CHECKING:
    from geodata.osm import OsmData

_MPH_KMH = 1.609344
_NO_LIMIT = 1000.0
_WALK = 7.0


@dataclass(frozen=True)
class Limits:
    """National limits without signs; ``source`` is the law that says so."""

    urban: float
    rural: float
    motorway: float
    living_street: float
    source: str


def _mph(value: float) -> float:
    return round(value * _MPH_KMH, 1)


NATIONAL: dict[str, Limits] = {
    "CN": Limits(50, 70, 120, 20, "Regulation on the Road Traffic Safety Law, art. 45 and 78 (one lane each way)"),
    "DE": Limits(50, 100, _NO_LIMIT, _WALK, "StVO sections 3, 18 and 42"),
    "AT": Limits(50, 100, 130, 20, "StVO 1960 section 20"),
    "CH": Limits(50, 80, 120, 20, "VRV art. 4a, SSV art. 22b"),
    "LI": Limits(50, 80, 120, 20, "VRV (Liechtenstein) art. 4a"),
    "FR": Limits(50, 80, 130, 20, "Code de la route R413-2, R413-3, R110-2"),
    "IT": Limits(50, 90, 130, 30, "Codice della strada art. 142"),
    "ES": Limits(50, 90, 120, 20, "Reglamento General de Circulacion art. 48 and 50 (30 on single-lane streets)"),
    "PT": Limits(50, 90, 120, 20, "Codigo da Estrada art. 27"),
    "NL": Limits(50, 80, 100, 15, "RVV 1990 art. 20 to 22, 45 (motorways by day)"),
    "BE": Limits(50, 90, 120, 20, "Code de la route art. 11, 22bis (70 rural in Flanders)"),
    "GB": Limits(48, 96, 112, 32, "Highway Code rule 124: 30, 60 and 70 mph"),
    "IE": Limits(50, 80, 120, 30, "Road Traffic Act 2004 sections 5 to 9 (60 on local roads since 2025)"),
    "US": Limits(_mph(25), _mph(55), _mph(65), _mph(15), "state law; the commonest values"),
    "CA": Limits(50, 80, 100, 30, "provincial law; the commonest values"),
    "AU": Limits(50, 100, 110, 10, "Australian Road Rules 20 to 25"),
    "SE": Limits(50, 70, 110, _WALK, "Trafikforordning 3 kap. 17 par., 8 kap. 1 par."),
    "FI": Limits(50, 80, 120, 20, "Tieliikennelaki 729/2018"),
    "DK": Limits(50, 80, 130, 15, "Faerdselsloven par. 42"),
    "NO": Limits(50, 80, 110, _WALK, "Vegtrafikkloven par. 6 (motorways by sign)"),
    "PL": Limits(50, 90, 140, 20, "Prawo o ruchu drogowym art. 20"),
    "CZ": Limits(50, 90, 130, 20, "Zakon 361/2000 section 18"),
    "RU": Limits(60, 90, 110, 20, "Traffic Rules 10.2 and 10.3"),
    "UA": Limits(50, 90, 130, 20, "Traffic Rules 12.4 to 12.6"),
    "TR": Limits(50, 90, 130, 20, "Karayollari Trafik Yonetmeligi art. 100"),
    "JP": Limits(60, 60, 100, 20, "Road Traffic Act Enforcement Order art. 11 and 27"),
    "KR": Limits(50, 80, 100, 20, "Road Traffic Act Enforcement Rule art. 19"),
    "IN": Limits(70, 70, 120, 20, "S.O. 1522(E) of 2018: cars on municipal roads, others and expressways"),
    "BR": Limits(60, 100, 110, 20, "Codigo de Transito Brasileiro art. 61"),
}

_ZONES: dict[str, float] = {
    "urban": 50.0, "rural": 100.0, "motorway": 130.0, "trunk": 100.0, "living_street": _WALK, "walk": _WALK,
    "bicycle_road": 30.0, "school": 30.0, "zone30": 30.0, "zone20": 20.0, "pedestrian_zone": _WALK,
    "RU:trunk": 90.0, "GB:nsl_single": 96.0, "GB:nsl_dual": 112.0, "GB:nsl_restricted": 48.0, "BE-VLG:rural": 70.0,
    "BE-VLG:urban": 50.0, "BE-WAL:rural": 90.0, "BE-BRU:urban": 30.0, "AT:trunk": 100.0, "DE:bicycle_road": 30.0,
    "IT:trunk": 110.0, "CZ:trunk": 110.0, "PL:trunk": 100.0, "FR:trunk": 110.0, "PT:trunk": 100.0, "CH:trunk": 100.0,
    "UA:trunk": 110.0, "RO:urban": 50.0, "RO:rural": 90.0, "RO:trunk": 100.0, "HU:rural": 90.0, "HU:trunk": 110.0,
}  # fmt: skip
_UNLIMITED = frozenset({"none", "no", "unlimited"})
_SAYS_NOTHING = frozenset({"signals", "variable", "unposted", "implicit", "sign", "markings", "default"})
_NUMBER = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(km/h|kmh|kph|mph|knots)?$", re.IGNORECASE)
_ZONE = re.compile(r"^([A-Za-z]{2}(?:-[A-Za-z]{2,3})?):(?:zone:?)?(\d+|[A-Za-z_]+\d*)$")
_STREETS = frozenset({"residential", "living_street", "service", "pedestrian"})
SPEED_KEYS = (
    "maxspeed", "zone:maxspeed", "maxspeed:type", "source:maxspeed", "maxspeed:forward", "maxspeed:backward",
    "maxspeed:lanes", "maxspeed:conditional", "maxspeed:variable",
)  # fmt: skip


def national(country: str) -> Limits:
    """Limits of a country by its two letters.

    Raises
    ------
    GeodataError
        Not in the table.
    """
    limits = NATIONAL.get(country.upper())
    if limits is None:
        raise GeodataError(
            [Fault(f"no speed limits are known for country {country!r}", expected=", ".join(sorted(NATIONAL)),
                   mend="Leave the country out, or give speeds in the map.")]
        )  # fmt: skip
    return limits


def find_country(osm: OsmData) -> str | None:
    """Country that a map names, by addresses and zone texts such as ``DE:urban``; None if it says none or several."""
    votes: Counter[str] = Counter()
    for tags in (*osm.ways.tags, *(f.tags for f in osm.features)):
        for key in ("addr:country", "is_in:country_code", "ISO3166-1", "ISO3166-1:alpha2"):
            if len(said := tags.get(key, "")) == 2:
                votes[said.upper()] += 1
        for key in ("maxspeed", "source:maxspeed", "maxspeed:type", "zone:maxspeed"):
            if zone := _ZONE.match(tags.get(key, "")):
                votes[zone[1][:2].upper()] += 1
    if not votes:
        return None
    (best, n), total = votes.most_common(1)[0], votes.total()
    return best if n >= 3 and n >= 0.8 * total else None


def default_kmh(kind: str, profile: Profile, country: str | None = None) -> float:
    """Speed of a class of road for a profile where the map says none."""
    speed = profile.kmh_by_class[kind]
    if profile.uses_maxspeed and country is not None:
        limits = national(country)
        if kind == "motorway":
            speed = limits.motorway if limits.motorway < _NO_LIMIT else profile.top_kmh
        elif kind == "living_street":
            speed = min(speed, limits.living_street)
        else:
            speed = min(speed, limits.urban if kind in _STREETS else limits.rural)
    return min(speed, profile.top_kmh)


def speeds_kmh(
    tags: Tags, profile: Profile, country: str | None = None
) -> tuple[float, float, bool, str | None]:
    """Return km/h along and against the way, whether a limit was known, and a note on text that could not be read.

    A limit that holds at times (``maxspeed:conditional``, ``maxspeed:variable``) is noted, the plain one is driven.
    """
    default = default_kmh(tags["highway"], profile, country)
    if not profile.uses_maxspeed:
        return default, default, True, None
    note = None
    both: float | None = None
    for key in ("maxspeed", "zone:maxspeed", "maxspeed:type", "source:maxspeed", "maxspeed:lanes"):
        text = tags.get(key)
        if text is None:
            continue
        both = parse_maxspeed(text)
        if both is not None:
            break
        if key == "maxspeed" and text.strip().lower() not in _SAYS_NOTHING:
            note = f"maxspeed={text} not understood"
    if note is None and "maxspeed:conditional" in tags:
        note = "maxspeed:conditional: the limit without its condition was taken"
    ahead = parse_maxspeed(tags.get("maxspeed:forward", ""))
    back = parse_maxspeed(tags.get("maxspeed:backward", ""))
    known = any(speed is not None for speed in (both, ahead, back))
    known &= tags.get("source:maxspeed") != "default"  # our own export marks guessed speeds so
    base = default if both is None else both
    limit = profile.top_kmh
    return (
        min(base if ahead is None else ahead, limit),
        min(base if back is None else back, limit),
        known,
        note,
    )


@lru_cache(maxsize=10_000)
def parse_maxspeed(text: str) -> float | None:
    """Return km/h of a ``maxspeed`` text, or None when it says nothing that can be driven.

    Several values (``"50;40"``, lanes ``"80|60"``) count as the lowest; ``none`` counts as no limit (the profile's
    top speed binds then).

    Examples
    --------
    >>> parse_maxspeed("25 mph"), parse_maxspeed("50;40"), parse_maxspeed("RU:urban"), parse_maxspeed("signals")
    (40.2336, 40.0, 60.0, None)
    """
    found = [
        speed for part in re.split(r"[;|]", text) if (speed := _one_speed(part.strip())) is not None
    ]
    return min(found) if found else None


def _one_speed(text: str) -> float | None:
    low = text.lower()
    if low in _UNLIMITED:
        return _NO_LIMIT
    number = _NUMBER.match(text)
    if number:
        value = float(number[1].replace(",", "."))
        unit = (number[2] or "").lower()
        kmh = value * (_MPH_KMH if unit == "mph" else 1.852 if unit == "knots" else 1.0)
        return round(kmh, 4) if kmh >= 1 else None
    if low in _ZONES:
        return _ZONES[low]
    zone = _ZONE.match(text)
    return _zone_kmh(zone[1].upper(), zone[2].lower()) if zone else None


def _zone_kmh(country: str, rest: str) -> float | None:
    """Speed of a zone such as ``DE:urban`` or ``DE:zone:30``; the country's own where it is known."""
    if rest.isdigit():
        return float(rest) if int(rest) > 0 else None
    if f"{country}:{rest}" in _ZONES:
        return _ZONES[f"{country}:{rest}"]
    if country in NATIONAL and rest in ("urban", "rural", "motorway", "living_street"):
        return float(getattr(NATIONAL[country], rest))
    return _ZONES.get(rest)

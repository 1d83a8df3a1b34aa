"""The only file that labels or changes a coordinate reference system.

Everything else in this package works in one metric CRS that was proven here; longitude and latitude (WGS-84, degrees)
appear only at the doors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from geodata.errors import Fault, GeodataError
from geodata.saying import say

FloatArray = npt.NDArray[np.float64]

LONLAT = "EPSG:4326"
EARTH_RADIUS_M = 6_371_009.0
_MERCATOR = (3857, 3785, 900913, 102100)


def require_metric(crs: object) -> str:
    """Return ``crs`` as text when it measures in metres, else refuse it.

    Parameters
    ----------
    crs
        Anything pyproj reads (``"EPSG:32633"``, a WKT text, a CRS object).

    Raises
    ------
    GeodataError
        The CRS is missing, unreadable, geographic (degrees), not in metres, or Web Mercator, whose "metres" are
        stretched by the latitude (681 m read as 1,113 m at 52 degrees north).
    """
    parsed = _parse(crs)
    mend = say("Give a UTM zone such as EPSG:32633, or leave it out to have one chosen.")
    if parsed.is_geographic:
        raise GeodataError(
            [Fault(say("CRS {name} counts in degrees", name=parsed.name), expected=say("a metric CRS"), mend=mend)]
        )
    if parsed.to_epsg() in _MERCATOR or "pseudo-mercator" in parsed.name.lower():
        raise GeodataError(
            [
                Fault(
                    say("Web Mercator (EPSG:3857) does not measure true metres"),
                    expected=say("a metric CRS"),
                    mend=mend,
                )
            ]
        )
    units = {axis.unit_name for axis in parsed.axis_info[:2]}
    if not parsed.is_projected or units != {"metre"}:
        raise GeodataError(
            [
                Fault(
                    say("CRS {name} counts in {names}", name=parsed.name, names=", ".join(sorted(units))),
                    expected=say("metres"),
                    mend=mend,
                )
            ]
        )
    authority = parsed.to_authority()
    return ":".join(authority) if authority else parsed.to_wkt()


def utm_for(lonlat: npt.ArrayLike) -> str:
    """Return the UTM zone (``"EPSG:32633"``) of the middle of some points in degrees.

    The middle is that of the box around the points; the special zones of Norway and Svalbard are not used, since a
    plain zone is as exact there.
    """
    points = check_lonlat(lonlat)
    lon, lat = (points.min(axis=0) + points.max(axis=0)) / 2
    zone = min(60, int((lon + 180) // 6) + 1)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def to_metric(lonlat: npt.ArrayLike, crs: str) -> FloatArray:
    """Degrees ``[n, 2]`` (longitude, latitude) to metres ``[n, 2]`` in ``crs``."""
    points = check_lonlat(lonlat)
    return _apply(LONLAT, require_metric(crs), points)


def to_lonlat(xy: npt.ArrayLike, crs: str) -> FloatArray:
    """Metres ``[n, 2]`` in ``crs`` to degrees ``[n, 2]`` (longitude, latitude)."""
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    return _apply(require_metric(crs), LONLAT, points)


def check_lonlat(lonlat: npt.ArrayLike) -> FloatArray:
    """Return points as float64 ``[n, 2]`` when they can be longitude and latitude, else refuse them."""
    points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    if len(points) == 0:
        raise GeodataError(
            [Fault(say("no points given"), expected=say("at least one longitude and latitude"))]
        )
    bad = ~(
        np.isfinite(points).all(axis=1)
        & (np.abs(points[:, 0]) <= 180)
        & (np.abs(points[:, 1]) <= 90)
    )
    if bad.any():
        rows = np.flatnonzero(bad)
        swapped = bool((np.abs(points[bad]) <= (90, 180)).all())
        mend = say("Latitude and longitude look swapped.") if swapped else say("Give degrees, longitude first.")
        raise GeodataError(
            [
                Fault(
                    say("points outside the world"),
                    tuple(say("row {row} ({x:g}, {y:g})", row=r, x=points[r, 0], y=points[r, 1]) for r in rows[:3]),
                    len(rows),
                    say("longitude -180..180 and latitude -90..90"),
                    mend,
                )
            ]
        )
    return points


def source_to_lonlat(xy: npt.ArrayLike, crs: object, name: str) -> FloatArray:
    """Coordinates of a file ``[n, 2]`` (x or longitude first) to WGS-84 degrees, or say why they do not fit their CRS.

    Parameters
    ----------
    xy
        As they stand in the file.
    crs
        What the file, or somebody who knows, says they are. CGCS2000 is taken as WGS-84; the two differ by less than
        half a metre.
    name
        Of the layer, for the message.

    Raises
    ------
    GeodataError
        The CRS is not known, or the numbers cannot be coordinates in it.
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    parsed = _parse(crs)
    if not len(points):
        return points
    finite = points[np.isfinite(points).all(axis=1)]
    like = f"such as ({points[0, 0]:g}, {points[0, 1]:g})"
    if parsed.is_geographic:
        if len(finite) and (np.abs(finite) > 1000).all(axis=1).mean() > 0.5:
            raise GeodataError(
                [Fault(say("layer {name} says degrees ({crs}) but holds metres {like}", name=name,
                           crs=parsed.name, like=like),
                       expected=say("longitude and latitude"),
                       mend=say("Find out the projection it was saved in and give that as the source CRS."))]
            )  # fmt: skip
        try:
            return check_lonlat(_to_wgs84(points, parsed))
        except GeodataError as error:
            raise GeodataError(
                [replace(f, what=say("layer {name} has {what}", name=name, what=f.what)) for f in error.faults]
            ) from None
    if len(finite) and (np.abs(finite) <= (180, 90)).all():
        raise GeodataError(
            [Fault(say("layer {name} says metres ({crs}) but holds degrees {like}", name=name, crs=parsed.name,
                       like=like),
                   expected=say("metres"), mend=say("Give EPSG:4326, or EPSG:4490 for CGCS2000, as the source CRS."))]
        )  # fmt: skip
    moved = _to_wgs84(points, parsed)
    bad = ~np.isfinite(moved).all(axis=1)
    area = parsed.area_of_use
    if not bad.any() and area is not None:
        # A neighbouring zone is common and harmless; another part of the world is a wrong label.
        away = np.abs((moved[:, 0] - (area.west + area.east) / 2 + 180) % 360 - 180)
        bad = away > (area.east - area.west) / 2 % 360 + 15
        bad |= (moved[:, 1] < area.south - 20) | (moved[:, 1] > area.north + 20)
    if bad.any():
        raise GeodataError([_misfit(points, parsed, name, like, int(bad.sum()))])
    return check_lonlat(moved)


def bad_rows(shapes: npt.NDArray[np.object_], crs: object) -> npt.NDArray[np.bool_]:
    """Whether a shape has numbers that can be no place in its CRS, bool ``[n]``: not finite, or off the globe."""
    bad = np.zeros(len(shapes), dtype=bool)
    try:
        parsed = _parse(crs)
    except GeodataError:
        return bad
    xy, row = shapely.get_coordinates(shapes, return_index=True)
    most = (180.0, 90.0) if parsed.is_geographic else (1e8, 1e8)
    with np.errstate(invalid="ignore"):
        bad[row[~(np.isfinite(xy) & (np.abs(xy) <= most)).all(axis=1)]] = True
    return bad


def _to_wgs84(points: FloatArray, source: CRS) -> FloatArray:
    return _apply(source.to_wkt(), LONLAT, points)


def _misfit(points: FloatArray, crs: CRS, name: str, like: str, n: int) -> Fault:
    """Say why metres do not fit their CRS; a zone number in front of the easting is recognised."""
    zone = int(np.median(points[:, 0]) // 1_000_000)
    mend = say("Find out the projection it was saved in and give that as the source CRS.")
    if 25 <= zone <= 45:
        mend = say("The easting begins with zone {zone}: CGCS2000 3-degree zone {zone} is EPSG:{code}.", zone=zone,
                   code=4513 + zone - 25)  # fmt: skip
    elif 13 <= zone <= 23:
        mend = say("The easting begins with zone {zone}: CGCS2000 zone {zone} is EPSG:{code}.", zone=zone,
                   code=4491 + zone - 13)  # fmt: skip
    return Fault(say("layer {name} holds points {like} that lie outside of {crs}", name=name, like=like,
                     crs=crs.name), n=n,
                 expected=say("coordinates in that CRS"), mend=mend)  # fmt: skip


def gauss_krueger_for(lonlat: npt.ArrayLike, *, degrees: int = 3, numbered: bool = False) -> str:
    """Return the CGCS2000 Gauss-Krueger zone (``"EPSG:4547"``) of the middle of some points in degrees.

    Parameters
    ----------
    lonlat
        Points in China, ``[n, 2]``.
    degrees
        Width of the zones: 3 for city maps, 6 for provinces.
    numbered
        Whether eastings carry the zone number in front (38,500,000) or not (500,000).

    Raises
    ------
    GeodataError
        The middle lies outside of 73.5 to 136.5 degrees east, where no such zone is defined.
    """
    points = check_lonlat(lonlat)
    lon = float((points[:, 0].min() + points[:, 0].max()) / 2)
    if degrees == 3:
        zone = round(lon / 3)
        low, high, first = 25, 45, 4513 if numbered else 4534
    elif degrees == 6:
        zone = int(lon // 6) + 1
        low, high, first = 13, 23, 4491 if numbered else 4502
    else:
        raise GeodataError(say("Gauss-Krueger zones are 3 or 6 degrees wide, not {degrees}.", degrees=degrees))
    if not low <= zone <= high:
        raise GeodataError(
            [Fault(say("no CGCS2000 zone is defined at {lon:.2f} degrees east", lon=lon), expected="73.5 to 136.5",
                   mend=say("Leave the CRS out to have a UTM zone chosen."))]
        )  # fmt: skip
    return f"EPSG:{first + zone - low}"


def choose_crs(lonlat: npt.ArrayLike, wish: object = None) -> str:
    """Return the metric CRS to work in: a UTM zone by default, or what is wished for.

    ``wish`` may be ``"utm"``, ``"cgcs2000"`` (3-degree zone), ``"cgcs2000-6"``, or any CRS that measures in metres.

    Raises
    ------
    GeodataError
        The CRS does not measure in metres, or not here: a zone far away stretches every length.
    """
    if wish is None or wish == "utm":
        return utm_for(lonlat)
    if isinstance(wish, str) and wish.lower().startswith("cgcs2000"):
        return gauss_krueger_for(lonlat, degrees=6 if wish.endswith("-6") else 3)
    metric = require_metric(wish)
    stretch = _stretch(lonlat, metric)
    if stretch > STRETCH_LIMIT:
        raise GeodataError(
            [
                Fault(
                    say("{metric} measures lengths {stretch:.1%} wrong at this map", metric=metric, stretch=stretch),
                    expected=say("at most {share:.0%}", share=STRETCH_LIMIT),
                    mend=say("Choose a grid made for the place, such as {crs}, or leave the CRS out.",
                             crs=utm_for(lonlat)),
                )
            ]
        )
    return metric


STRETCH_LIMIT = 0.01
"""Largest share by which a chosen grid may get a length wrong; UTM stays below 0.001 inside its zone."""


def _stretch(lonlat: npt.ArrayLike, crs: str) -> float:
    """Share by which a grid gets short lengths wrong at the middle of the points, the worse of east and north."""
    p = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    middle = (p.min(axis=0) + p.max(axis=0)) / 2
    steps = np.array([[0.001, 0.0], [0.0, 0.001]])
    true_m = haversine_m(np.repeat(middle[None, :], 2, axis=0), middle + steps)
    xy = to_metric(np.vstack([middle[None, :], middle + steps]), crs)
    drawn_m = np.hypot(*(xy[1:] - xy[0]).T)
    if not np.isfinite(drawn_m).all():
        return float("inf")
    return float(np.abs(drawn_m / true_m - 1.0).max())


# --- Chinese datums ------------------------------------------------------------------------------------------------
# GCJ-02 is what Chinese web maps show, BD-09 is GCJ-02 shifted once more. The formulae were never published; these
# are the ones in general use. They undo each other to far below a millimetre here, and agree with the shifts seen on
# web maps to about a metre, so converted points are good to a metre or two and no better.
_GCJ_A = 6_378_245.0
_GCJ_EE = 0.006_693_421_622_965_943
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)
DATUMS = ("wgs84", "gcj02", "bd09")


def in_china(lonlat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Whether points ``[n, 2]`` lie in the box in which GCJ-02 shifts places, bool ``[n]``."""
    p = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    inside: npt.NDArray[np.bool_] = (
        (p[:, 0] > _CHINA[0])
        & (p[:, 1] > _CHINA[1])
        & (p[:, 0] < _CHINA[2])
        & (p[:, 1] < _CHINA[3])
    )
    return inside


def wgs84_to_gcj02(lonlat: npt.ArrayLike) -> FloatArray:
    """WGS-84 degrees ``[n, 2]`` to GCJ-02; points outside of China stay where they are."""
    p = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    x, y = p[:, 0] - 105.0, p[:, 1] - 35.0
    root = np.sqrt(np.abs(x))

    def waves(t: FloatArray, parts: tuple[tuple[float, float], ...]) -> FloatArray:
        total = np.zeros_like(t)
        for weight, turn in parts:
            total += weight * np.sin(turn * np.pi * t)
        return np.asarray(total * 2.0 / 3.0, dtype=np.float64)

    short = waves(x, ((20.0, 6.0), (20.0, 2.0)))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + short
    north += waves(y, ((20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30)))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + short
    east += waves(x, ((20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30)))
    lat = np.radians(p[:, 1])
    magic = 1 - _GCJ_EE * np.sin(lat) ** 2
    north *= 180 / (np.pi * _GCJ_A * (1 - _GCJ_EE) / (magic * np.sqrt(magic)))
    east *= 180 / (np.pi * _GCJ_A / np.sqrt(magic) * np.cos(lat))
    return np.asarray(np.where(in_china(p)[:, None], p + np.column_stack([east, north]), p))


def gcj02_to_wgs84(lonlat: npt.ArrayLike) -> FloatArray:
    """GCJ-02 degrees ``[n, 2]`` to WGS-84: the point that the way there moves onto the given one, by iteration."""
    p = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    return _undo(p, wgs84_to_gcj02)


def gcj02_to_bd09(lonlat: npt.ArrayLike) -> FloatArray:
    """GCJ-02 degrees ``[n, 2]`` to BD-09; outside of China the two are the same here."""
    p = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    turn = 3000.0 / 180.0 * np.pi
    radius = np.hypot(p[:, 0], p[:, 1]) + 0.00002 * np.sin(p[:, 1] * turn)
    angle = np.arctan2(p[:, 1], p[:, 0]) + 0.000003 * np.cos(p[:, 0] * turn)
    moved = np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
    return np.asarray(np.where(in_china(p)[:, None], moved, p))


def bd09_to_gcj02(lonlat: npt.ArrayLike) -> FloatArray:
    """BD-09 degrees ``[n, 2]`` to GCJ-02, by iteration."""
    p = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    return _undo(p, gcj02_to_bd09)


def _undo(target: FloatArray, way: Callable[[FloatArray], FloatArray]) -> FloatArray:
    guess = target.copy()
    for _ in range(12):  # each turn wins about two digits
        guess = guess + (target - way(guess))
    return guess


def from_datum(lonlat: npt.ArrayLike, datum: str) -> FloatArray:
    """Degrees in ``"gcj02"`` or ``"bd09"`` to WGS-84 (``"wgs84"`` passes)."""
    p = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    return _of_datum(datum, p, gcj02_to_wgs84, lambda q: gcj02_to_wgs84(bd09_to_gcj02(q)))


def to_datum(lonlat: npt.ArrayLike, datum: str) -> FloatArray:
    """WGS-84 degrees to ``"gcj02"`` or ``"bd09"`` (``"wgs84"`` passes)."""
    p = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    return _of_datum(datum, p, wgs84_to_gcj02, lambda q: gcj02_to_bd09(wgs84_to_gcj02(q)))


def _of_datum(
    datum: str, points: FloatArray, gcj: Callable[[FloatArray], FloatArray], bd: Callable[[FloatArray], FloatArray]
) -> FloatArray:  # fmt: skip
    if datum not in DATUMS:
        raise GeodataError([Fault(say("datum {datum!r} is not known", datum=datum), expected=", ".join(DATUMS))])
    return points if datum == "wgs84" else gcj(points) if datum == "gcj02" else bd(points)


def haversine_m(a: FloatArray, b: FloatArray) -> FloatArray:
    """Metres on the sphere of mean radius between points in degrees ``[n, 2]``, row by row.

    Against the ellipsoid this is at most 0.5 % off, far below what is known about speeds; it does not depend on the
    metric CRS chosen, so one map gives the same travel times in any zone.
    """
    lon_a, lat_a, lon_b, lat_b = np.radians([a[:, 0], a[:, 1], b[:, 0], b[:, 1]])
    half = (
        np.sin((lat_b - lat_a) / 2) ** 2
        + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    )
    metres: FloatArray = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, half)))
    return metres


def _parse(crs: object) -> CRS:
    if crs is None or crs == "":
        raise GeodataError(
            [
                Fault(
                    say("the CRS is missing"),
                    expected=say("a metric CRS"),
                    mend=say("Say which CRS the data is in; it is not guessed."),
                )
            ]
        )
    try:
        return CRS.from_user_input(crs)
    except CRSError:
        raise GeodataError(
            [Fault(say("CRS {crs!r} is not known", crs=crs), expected=say("a code such as EPSG:32633"))]
        ) from None


@lru_cache(maxsize=16)
def _transformer(source: str, target: str) -> Transformer:
    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except (CRSError, ProjError) as error:
        raise GeodataError(
            [Fault(say("the CRS cannot be used ({error})", error=str(error).splitlines()[0][:80]),
                   expected=say("a CRS such as EPSG:32633"),
                   mend=say("Its definition is damaged or incomplete; give the right one as the source CRS (--crs)."))]
        ) from None  # fmt: skip


def _apply(source: str, target: str, points: FloatArray) -> FloatArray:
    x, y = _transformer(source, target).transform(points[:, 0], points[:, 1])
    return np.column_stack([x, y]).astype(np.float64)

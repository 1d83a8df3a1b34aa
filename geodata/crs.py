"""The only file that labels or changes a coordinate reference system.

Everything else in this package works in one metric CRS that was proven here; longitude and latitude (WGS-84, degrees)
appear only at the doors.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geodata.errors import Fault, GeodataError

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
    mend = "Give a UTM zone such as EPSG:32633, or leave it out to have one chosen."
    if parsed.is_geographic:
        raise GeodataError(
            [Fault(f"CRS {parsed.name} counts in degrees", expected="a metric CRS", mend=mend)]
        )
    if parsed.to_epsg() in _MERCATOR or "pseudo-mercator" in parsed.name.lower():
        raise GeodataError(
            [
                Fault(
                    "Web Mercator (EPSG:3857) does not measure true metres",
                    expected="a metric CRS",
                    mend=mend,
                )
            ]
        )
    units = {axis.unit_name for axis in parsed.axis_info[:2]}
    if not parsed.is_projected or units != {"metre"}:
        raise GeodataError(
            [
                Fault(
                    f"CRS {parsed.name} counts in {', '.join(sorted(units))}",
                    expected="metres",
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
            [Fault("no points given", expected="at least one longitude and latitude")]
        )
    bad = ~(
        np.isfinite(points).all(axis=1)
        & (np.abs(points[:, 0]) <= 180)
        & (np.abs(points[:, 1]) <= 90)
    )
    if bad.any():
        rows = np.flatnonzero(bad)
        swapped = bool((np.abs(points[bad]) <= (90, 180)).all())
        mend = (
            "Latitude and longitude look swapped." if swapped else "Give degrees, longitude first."
        )
        raise GeodataError(
            [
                Fault(
                    "points outside the world",
                    tuple(f"row {r} ({points[r, 0]:g}, {points[r, 1]:g})" for r in rows[:3]),
                    len(rows),
                    "longitude -180..180 and latitude -90..90",
                    mend,
                )
            ]
        )
    return points


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
                    "the CRS is missing",
                    expected="a metric CRS",
                    mend="Say which CRS the data is in; it is not guessed.",
                )
            ]
        )
    try:
        return CRS.from_user_input(crs)
    except CRSError:
        raise GeodataError(
            [Fault(f"CRS {crs!r} is not known", expected="a code such as EPSG:32633")]
        ) from None


@lru_cache(maxsize=16)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _apply(source: str, target: str, points: FloatArray) -> FloatArray:
    x, y = _transformer(source, target).transform(points[:, 0], points[:, 1])
    return np.column_stack([x, y]).astype(np.float64)

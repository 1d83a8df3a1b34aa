from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from geodata.crs import (
    DATUMS,
    check_lonlat,
    choose_crs,
    from_datum,
    gauss_krueger_for,
    haversine_m,
    require_metric,
    source_to_lonlat,
    to_datum,
    to_lonlat,
    to_metric,
    utm_for,
    wgs84_to_gcj02,
)
from geodata.errors import GeodataError


@pytest.mark.parametrize(
    ("crs", "message"),
    [
        (None, "CRS is missing"),
        ("", "CRS is missing"),
        ("EPSG:4326", "counts in degrees"),
        ("EPSG:4490", "counts in degrees"),
        ("EPSG:3857", "does not measure true metres"),
        ("EPSG:2264", "US survey foot"),
        ("EPSG:0", "is not known"),
    ],
)
def test_what_does_not_measure_metres_is_refused(crs, message):
    with pytest.raises(GeodataError, match=message):
        require_metric(crs)


def test_metric_crs_pass():
    assert require_metric("EPSG:32633") == "EPSG:32633"
    assert require_metric(4547) == "EPSG:4547"


def test_utm_zone_of_the_middle():
    assert utm_for([[13.0, 53.5]]) == "EPSG:32633"
    assert utm_for([[118.7, 32.0]]) == "EPSG:32650"
    assert utm_for([[-70.0, -33.0]]) == "EPSG:32719"
    assert utm_for([[180.0, 10.0]]) == "EPSG:32660"


def test_there_and_back_again():
    lonlat = np.array([[13.2, 53.5], [13.3, 53.6]])
    assert to_lonlat(to_metric(lonlat, "EPSG:32633"), "EPSG:32633") == pytest.approx(lonlat)


def test_bad_degrees_are_named_and_swapped_ones_recognised():
    with pytest.raises(GeodataError, match=r"row 1 .*longitude -180\.\.180"):
        check_lonlat([[13, 53], [400, 53]])
    with pytest.raises(GeodataError, match="look swapped"):
        check_lonlat([[31.0, 118.7]])


def test_one_degree_of_latitude():
    metres = haversine_m(np.array([[10.0, 50.0]]), np.array([[10.0, 51.0]]))
    assert metres[0] == pytest.approx(111_195, rel=1e-4)


CITIES = np.array(
    [[116.397, 39.909], [121.47, 31.23], [113.26, 23.13], [87.6, 43.8], [104.07, 30.67], [126.6, 45.8], [110.3, 20.0]]
)  # fmt: skip


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_chinese_datums_go_there_and_back_exactly(datum):
    rng = np.random.default_rng(5)
    points = np.concatenate([CITIES, rng.uniform((75, 18), (134, 53), (4_000, 2))])
    moved = to_datum(points, datum)
    shift = haversine_m(points, moved)
    assert shift.min() > 20
    assert shift.max() < 2_000
    # The stated error of the way there and back; measured 0.00001 m, a tenth of a metre would be in order.
    assert haversine_m(points, from_datum(moved, datum)).max() < 1e-3
    assert haversine_m(moved, to_datum(from_datum(moved, datum), datum)).max() < 1e-3


def test_the_shift_of_a_known_place():
    # The shift in Beijing is generally given as about 550 m to the east-north-east.
    there = wgs84_to_gcj02([[116.404, 39.915]])[0]
    assert there == pytest.approx([116.41024, 39.91640], abs=2e-5)
    baidu = to_datum([[116.404, 39.915]], "bd09")[0]
    assert baidu == pytest.approx([116.41663, 39.92272], abs=2e-4)


def test_outside_of_china_nothing_moves():
    points = np.array([[13.2, 53.5], [-70.0, -33.0]])
    for datum in DATUMS:
        assert np.array_equal(to_datum(points, datum), points)
        assert np.array_equal(from_datum(points, datum), points)
    with pytest.raises(
        GeodataError, match="datum 'mars' is not known; expected wgs84, gcj02, bd09"
    ):
        from_datum(points, "mars")


def test_gauss_krueger_zones():
    assert gauss_krueger_for([[114.3, 30.6]]) == "EPSG:4547"
    assert gauss_krueger_for([[114.3, 30.6]], numbered=True) == "EPSG:4526"
    assert gauss_krueger_for([[114.3, 30.6]], degrees=6) == "EPSG:4509"
    assert gauss_krueger_for([[114.3, 30.6]], degrees=6, numbered=True) == "EPSG:4498"
    assert choose_crs([[118.78, 32.04]], "cgcs2000") == "EPSG:4549"
    assert choose_crs([[118.78, 32.04]], "cgcs2000-6") == "EPSG:4509"
    assert choose_crs([[118.78, 32.04]]) == "EPSG:32650"
    with pytest.raises(GeodataError, match=r"no CGCS2000 zone is defined at 13\.00 degrees east"):
        gauss_krueger_for([[13.0, 53.0]])


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526", "EPSG:4509", "EPSG:4498", "EPSG:4490"])
def test_cgcs2000_in_all_its_forms_is_one_place(crs):
    place = np.array([[114.31, 30.59]])
    there = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*place[0])
    assert source_to_lonlat([there], crs, "roads") == pytest.approx(place, abs=1e-8)


def test_a_zone_number_before_the_easting_is_recognised():
    there = Transformer.from_crs("EPSG:4326", "EPSG:4526", always_xy=True).transform(114.31, 30.59)
    with pytest.raises(
        GeodataError, match="begins with zone 38: CGCS2000 3-degree zone 38 is EPSG:4526"
    ):
        source_to_lonlat([there], "EPSG:4547", "roads")


def test_a_grid_made_for_another_place_is_refused():
    """UTM 50 in Germany: every length a quarter too long. The neighbour zone is still good enough."""
    box = np.array([[10.0, 50.0], [10.01, 50.01]])
    assert choose_crs(box, "EPSG:25832") == "EPSG:25832"
    assert choose_crs(box, "EPSG:25833") == "EPSG:25833"
    with pytest.raises(GeodataError, match=r"EPSG:32650 measures lengths 2\d\.\d% wrong.*EPSG:32632"):
        choose_crs(box, "EPSG:32650")


# The length of a meridian of WGS-84 from the equator to 45 degrees, from tables of the ellipsoid.
QUARTER_M = 4_984_944.378


@pytest.mark.parametrize(
    ("crs", "lon", "x", "y"),
    [
        ("EPSG:32633", 15.0, 500_000.0, 0.9996 * QUARTER_M),
        ("EPSG:4547", 114.0, 500_000.0, QUARTER_M),
        ("EPSG:4526", 114.0, 38_500_000.0, QUARTER_M),
        ("EPSG:4508", 111.0, 500_000.0, QUARTER_M),
    ],
)
def test_known_points_on_the_middle_of_zones(crs, lon, x, y):
    # CGCS2000's ellipsoid differs from that of WGS-84 by a tenth of a millimetre.
    assert to_metric([[lon, 45.0]], crs)[0] == pytest.approx([x, y], abs=0.01)
    assert to_lonlat([[x, y]], crs)[0] == pytest.approx([lon, 45.0], abs=1e-7)

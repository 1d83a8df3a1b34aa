from __future__ import annotations

import numpy as np
import pytest

from geodata.crs import check_lonlat, haversine_m, require_metric, to_lonlat, to_metric, utm_for
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

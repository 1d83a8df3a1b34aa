"""Speeds by the hour and in crowds, by hand-worked numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.crs import to_lonlat
from geodata.errors import GeodataError
from geodata.hours import (
    CITY_TRAFFIC,
    EVERY_DAY,
    WEEKDAYS,
    CrowdArea,
    HourBand,
    SpeedProfile,
    crowd_effect,
    walking_speed_ms,
)
from geodata.network import NO_WAY
from geodata.router import Router

from .travel_cases import network, on

STREET = [(0, 1, 10_000, 10_000), (1, 2, 20_000, NO_WAY)]
LINE = [(0, 0), (100, 0), (300, 0)]
RUSH = HourBand("rush", WEEKDAYS, 7, 9, {"primary": 0.5}, other=0.8)
PLAIN = SpeedProfile("plain", "made up", (RUSH,))


def test_the_bands_of_the_week():
    names = {
        (0, 3.0): None, (0, 7.0): "morning rush", (4, 8.99): "morning rush", (0, 9.0): "weekday",
        (2, 17.5): "evening rush", (2, 19.0): "evening", (2, 22.0): None, (5, 8.0): None, (6, 9.0): "weekend day",
    }  # fmt: skip
    for (day, hour), name in names.items():
        band = CITY_TRAFFIC.band_at(day, hour)
        assert (band and band.name) == name, (day, hour)


def test_city_factors_are_grades_over_free_speed():
    rush, day = CITY_TRAFFIC.band_at(0, 8), CITY_TRAFFIC.band_at(0, 12)
    assert rush.factor_of("motorway") == pytest.approx(42.5 / 65)
    assert rush.factor_of("primary") == 25 / 40
    assert rush.factor_of("residential") == pytest.approx(20 / 35)
    assert day.factor_of("primary_link") == 35 / 40, "a ramp counts as its road"
    assert day.factor_of("service") == 1.0
    for road in ("motorway", "primary", "residential"):
        assert rush.factor_of(road) < day.factor_of(road) < 1


def test_rush_hour_slows_travel_by_class():
    net = network(LINE, STREET, classes=["primary", "secondary"])
    factors = PLAIN.edge_factors(net, 0, 8)
    assert factors.tolist() == [0.5, 0.8]
    slow = Router(net.with_speeds(factors))
    # 10 s at half the speed is 20 s, 20 s at 0.8 is 25 s.
    assert slow.matrix(on(net, (0, 0)), on(net, (1, 4))).seconds.tolist() == [[45]]
    assert PLAIN.edge_factors(net, 0, 9).tolist() == [1, 1], "bands end before their end hour"
    assert PLAIN.edge_factors(net, 5, 8).tolist() == [1, 1]


def test_walkers_do_not_sit_in_traffic():
    net = network(LINE, STREET, profile="foot", classes=["primary", "secondary"])
    assert PLAIN.edge_factors(net, 0, 8).tolist() == [1, 1]


def test_a_vehicle_on_a_call_wins_back_a_share():
    eased = PLAIN.eased(0.5)
    assert eased.band_at(0, 8).factor_of("primary") == 0.75
    assert eased.band_at(0, 8).other == pytest.approx(0.9)
    assert "50%" in eased.source
    assert PLAIN.eased(0).band_at(0, 8) == RUSH
    quick = SpeedProfile("quick", "", (HourBand("night", EVERY_DAY, 0, 6, other=1.2),)).eased(0.5)
    assert quick.band_at(0, 3).other == 1.2, "there is no loss to win back"
    with pytest.raises(GeodataError, match="won back"):
        PLAIN.eased(1.5)


def test_a_span_is_cut_where_speeds_change_over_midnight_too():
    cut = [(a, b, band and band.name) for a, b, band in CITY_TRAFFIC.cut(4, 18, 35)]
    # Friday 18:00 to Saturday 11:00.
    assert cut == [
        (18, 19, "evening rush"),
        (19, 22, "evening"),
        (22, 33, None),
        (33, 35, "weekend day"),
    ]
    assert [part[:2] for part in PLAIN.cut(0, 7.5, 8)] == [(7.5, 8)]
    with pytest.raises(GeodataError, match="no length"):
        PLAIN.cut(0, 8, 8)


@given(st.integers(0, 6), st.integers(0, 60), st.integers(1, 40))
def test_a_cut_says_of_every_hour_what_the_band_says(day, start, length):
    parts = CITY_TRAFFIC.cut(day, start / 2, (start + length) / 2)
    assert parts[0][0] == start / 2
    assert parts[-1][1] == (start + length) / 2
    for k, (low, high, band) in enumerate(parts):
        assert k == 0 or (low == parts[k - 1][1] and band is not parts[k - 1][2])
        for hour in np.arange(low, high, 0.25):
            assert CITY_TRAFFIC.band_at((day + int(hour // 24)) % 7, hour % 24) is band


def test_all_faults_of_a_profile_in_one_report():
    with pytest.raises(GeodataError) as error:
        SpeedProfile(
            "bad",
            "",
            (
                HourBand("night", EVERY_DAY, 22, 6),
                HourBand("stop", frozenset({7}), 8, 9, {"primary": 0.0}),
                HourBand("a", WEEKDAYS, 7, 9),
                HourBand("b", frozenset({4}), 8, 10),
            ),
        )
    text = str(error.value)
    assert len(error.value.faults) == 4
    assert "'night' runs from 22 to 6" in text
    assert "out of 0..6" in text
    assert "not above 0: primary" in text
    assert "two bands hold at one hour: a, b" in text
    with pytest.raises(GeodataError, match="no time of the week"):
        PLAIN.band_at(0, 24)


def test_weidmann_by_hand():
    # 1 person/m2: 1/1 - 1/5.4 = 0.814815; 1.913 * 0.814815 = 1.558741; e^-1.558741 = 0.210401;
    # 1.34 * 0.789599 = 1.058063.
    assert walking_speed_ms(1.0) == pytest.approx(1.058063, abs=1e-5)
    # 2: 1.913 * 0.314815 = 0.602241; e^-0.602241 = 0.547583; 1.34 * 0.452417 = 0.606239.
    assert walking_speed_ms(2.0) == pytest.approx(0.606239, abs=1e-5)
    # 4: 1.913 * 0.064815 = 0.123991; e^-0.123991 = 0.883388; 1.34 * 0.116612 = 0.156261.
    assert walking_speed_ms([4.0])[0] == pytest.approx(0.156261, abs=1e-5)
    assert walking_speed_ms([0, 5.4, 9]).tolist() == [1.34, 0, 0]
    assert (np.diff(walking_speed_ms(np.linspace(0, 6, 200))) <= 0).all()
    with pytest.raises(GeodataError, match="0 or more"):
        walking_speed_ms([-1])
    with pytest.raises(GeodataError, match="0 or more"):
        walking_speed_ms(math.nan)


def box(x0, x1):
    return shapely.box(x0, -10, x1, 10)


def test_an_edge_half_in_a_crowd_is_slowed_by_half():
    net = network(LINE, STREET, profile="foot")
    effect = crowd_effect(net, [CrowdArea(box(50, 150), 1.0, "metric")])
    factor = 0.789599
    assert effect.factor[0] == pytest.approx(1 / (0.5 + 0.5 / factor), abs=1e-5)
    assert effect.factor[1] == pytest.approx(1 / (0.75 + 0.25 / factor), abs=1e-5)
    assert effect.density_per_m2.tolist() == [1, 1]
    assert len(effect.closed) == 0
    slow = effect.apply(net)
    # 10 s * (0.5 + 0.5 / 0.789599) = 11.3323 s, rounded up to whole milliseconds.
    assert slow.ahead_ms[0] == 11_333
    assert slow.back_ms[1] == NO_WAY


def test_the_denser_crowd_counts_where_two_overlap():
    net = network(LINE, STREET, profile="foot")
    both = [CrowdArea(box(-1, 102), 0.5, "metric"), CrowdArea(box(50, 100), 2.0, "metric")]
    half, two = walking_speed_ms([0.5, 2.0], 1.0)
    for areas in (both, both[::-1]):
        effect = crowd_effect(net, areas)
        assert effect.factor[0] == pytest.approx(1 / (0.5 / half + 0.5 / two))
        assert effect.density_per_m2[0] == 2.0
        assert effect.density_per_m2[1] == 0.5


def test_nobody_is_sent_through_a_dense_crowd():
    net = network(LINE, STREET, profile="foot")
    effect = crowd_effect(net, [CrowdArea(box(99.5, 200), 4.0, "metric")])
    # Half a metre of the first street does not close it.
    assert effect.closed.tolist() == [1]
    assert effect.factor[1] == 1.0
    assert effect.apply(net).closed.tolist() == [False, True]
    assert (
        crowd_effect(
            net, [CrowdArea(box(0, 400), 4.0, "metric")], impassable_per_m2=6
        ).closed.tolist()
        == []
    )


def test_drawn_in_degrees_it_is_the_same():
    net = network([(500_000, 5_800_000), (500_100, 5_800_000)], STREET[:1], profile="foot")
    square = shapely.box(500_050, 5_799_990, 500_150, 5_800_010)
    degrees = shapely.transform(square, lambda xy: to_lonlat(xy, net.crs))
    metric = crowd_effect(net, [CrowdArea(square, 2.0, "metric")]).factor
    assert crowd_effect(net, [CrowdArea(degrees, 2.0)]).factor == pytest.approx(metric, abs=1e-6)


def test_a_bridge_over_the_crowd_may_stay_free():
    net = network(LINE, STREET, profile="foot", bridges=[0])
    area = [CrowdArea(box(-1, 400), 2.0, "metric")]
    assert crowd_effect(net, area).factor[0] < 1
    over = crowd_effect(net, area, bridges_too=False)
    assert over.factor[0] == 1
    assert over.factor[1] == pytest.approx(0.452417, abs=1e-5)


def test_all_faults_of_crowds_in_one_report():
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(GeodataError) as error:
        crowd_effect(
            network(LINE, STREET),
            [CrowdArea(bow, 1.0, "metric", "square"), CrowdArea(box(0, 1), -2, "metric")],
        )
    text = str(error.value)
    assert "this network is for 'car'" in text
    assert "no simple polygons: square" in text
    assert "no numbers of 0 or more: area 1" in text

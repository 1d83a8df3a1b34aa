"""A name becomes a place of the map, or a fault that says which places it may have been."""

from dataclasses import replace

import numpy as np
import pytest

from geodata.ground import Ground, load_ground
from geodata.named import NamedThings
from scenarios.starting.folder import tables_of
from scenarios.starting.given import Event, Given, Line
from scenarios.starting.whereabouts import Spot, Unknown, whereabouts


@pytest.fixture(scope="module")
def town(project_root) -> Ground:
    """The shipped crossroads with names of our own."""
    ground = load_ground(project_root / "scenarios/library/crossroads/crossroads.osm")
    middle = np.asarray(ground.sites[0].xy)
    rows = [("Corner Hotel", "hotel", "n1", 0.0), ("Corner Hotel", "arena", "w2", 90.0), ("Bank", "bank", "n3", 0.0),
            ("Bank", "bank", "n4", 700.0), ("Lantern Pub", "pub", "n5", 40.0)]  # fmt: skip
    names, kinds, ids = (tuple(row[k] for row in rows) for k in range(3))
    xy = np.array([(middle[0] + row[3], middle[1]) for row in rows])
    return replace(ground, named=NamedThings(names, kinds, ids, xy))


def test_a_key_site_comes_first_then_what_has_an_area(town):
    """By letter case as it may be; of two drawings of one place the one that shows more."""
    site = next(site for site in town.sites if site.name)
    found = whereabouts(town, site.name.upper())
    assert isinstance(found, Spot)
    assert found.kind == site.kind
    np.testing.assert_array_equal(found.xy, site.xy)
    hotel = whereabouts(town, "corner hotel")
    assert isinstance(hotel, Spot)
    np.testing.assert_allclose(hotel.xy - town.named.xy[0], [90.0, 0.0])


def test_several_far_apart_are_told_with_their_points(town):
    """Nobody guesses which bank is meant."""
    found = whereabouts(town, "Bank")
    assert isinstance(found, Unknown)
    assert found.expected == "one place of this name, the map has 2"
    lon, lat = town.to_lonlat(town.named.xy[3:4])[0]
    assert f"{lon:.5f} {lat:.5f}" in found.remedy


def test_a_name_that_is_not_there_is_told_with_what_is_like_it(town):
    """Part of a name, a slip, and something else altogether."""
    assert "Lantern Pub" in whereabouts(town, "Lantern").remedy
    assert "Lantern Pub" in whereabouts(town, "Lantern Bub").remedy
    assert whereabouts(town, "Zzyzx Qwfp").remedy == "fill in lon and lat"


def test_unclear_names_are_faults_of_their_rows(town):
    """Two people of one name, a person who is not there, a place that is not there; ids are made in order."""
    given = Given(
        Event("Fair", "Europe/Berlin", "2026-06-12 17:00", "2026-06-13 00:00"),
        {
            "units": (Line({"name": "Police"}, 2),),
            "people": tuple(Line({"name": name}, n) for n, name in enumerate(("Ann", "Ben", "Ann"), start=2)),
            "sites": (Line({"name": "Lantern Pub"}, 2), Line({"name": "Nowhere Hall"}, 3)),
            "absences": tuple(Line({"person": name}, n) for n, name in enumerate(("Ann", "Bem", "p003"), start=2)),
        },
    )
    tables, faults = tables_of(given, town)
    assert [row["id"] for row in tables["people"] if row] == ["p001", "p002", "p003"]
    assert [(f.file, f.row, f.value) for f in faults] == [
        ("sites.csv", 3, "Nowhere Hall"), ("absences.csv", 2, "Ann"), ("absences.csv", 3, "Bem"),
    ]  # fmt: skip
    assert "p001, p003" in faults[1].remedy
    assert faults[2].remedy == 'did you mean "Ben"?'
    assert tables["absences"][2]["person"] == "p003"
    assert tables["sites"][0]["kind"] == "pub"

"""Everything that a map names, found by the name people know it by."""

import numpy as np
import pytest

from geodata.ground import load_ground
from geodata.named import names_of

from .osm_text import osm_file


def test_names_in_any_tongue_are_found_and_streets_are_not(tmp_path):
    """A node, an area and its other names; not the street, not a thing that is disused, not one without a name."""
    square = [(300.0, 300.0), (340.0, 300.0), (340.0, 320.0), (300.0, 320.0)]
    nodes = {1: (0.0, 0.0), 2: (900.0, 0.0), 3: (500.0, 50.0), 4: (600.0, 50.0), 5: (700.0, 50.0)}
    nodes |= {10 + n: point for n, point in enumerate(square)}
    ways = {
        1: ((1, 2), {"highway": "residential", "name": "Long Street"}),
        2: ((10, 11, 12, 13, 10), {"shop": "mall", "name": "德基广场", "name:en": "Deji Plaza; Deji"}),
    }
    tags = {3: {"tourism": "hotel", "name": "Ｈotel Öst"}, 4: {"railway": "subway_entrance", "name": "Exit 1"},
            5: {"amenity": "pub", "name": "Gone", "disused": "yes"}}  # fmt: skip
    ground = load_ground(osm_file(tmp_path / "a.osm", nodes, ways, tags))
    named = ground.named
    assert sorted(zip(named.names, named.kinds, named.ids, strict=True)) == [
        ("Deji", "mall", "w2"), ("Deji Plaza", "mall", "w2"), ("德基广场", "mall", "w2"), ("Ｈotel Öst", "hotel", "n3"),
    ]  # fmt: skip
    assert [named.ids[row] for row in named.called("hotel ost ")] == ["n3"]
    assert named.called("long street") == named.called("") == []
    expected = ground.to_xy(ground.to_lonlat(named.xy))
    np.testing.assert_allclose(named.xy, expected, atol=1e-3)
    mall = named.xy[named.called("德基广场")[0]]
    hotel = named.xy[named.called("Hotel Öst")[0]]
    # The map's grid is turned against the metres of the file by some degrees.
    assert np.hypot(*(hotel - mall)) == pytest.approx(np.hypot(180.0, 260.0), abs=2.0)


def test_names_of_tags():
    """The name first, lists taken apart."""
    tags = {"name": "A;B", "alt_name": "C", "name:de": "D", "name:etymology:wikidata": "Q1", "operator": "E"}
    assert names_of(tags) == ["A", "B", "C", "D"]

"""What people type finds key sites first, then everything else that the map names, each thing once."""

from dataclasses import replace

import numpy as np

from geodata.ground import load_ground
from geodata.named import NamedThings
from scenarios.placing.named import search
from scenarios.sitewords import site_kind
from scenarios.tongue import speaking


def test_sites_come_first_and_under_any_of_their_names(project_root):
    """A site by its foreign name, other things after sites, one row a thing, nothing for nothing."""
    ground = load_ground(project_root / "scenarios/library/crossroads/crossroads.osm")
    site = next(site for site in ground.sites if site.name)
    key = site.id.removeprefix("osm-")
    rows = [("Grand Palace", site.kind, key), ("Grand Hotel", "hotel", "n7"), ("Grand", "hotel", "n7"),
            ("The Grand Café", "cafe", "n8")]  # fmt: skip
    xy = np.array([site.xy, site.xy, site.xy, site.xy])
    named = NamedThings(*(tuple(row[k] for row in rows) for k in range(3)), xy)
    ground = replace(ground, named=named)
    found = search(ground, [], "grand")
    assert [(one.osm, one.name) for one in found] == [(key, site.label), ("n7", "Grand"), ("n8", "The Grand Café")]
    assert [one.osm for one in search(ground, [], "grand cafe")] == ["n8"]
    assert search(ground, [], site.name)[0].osm == key
    assert search(ground, [], " ") == ()
    assert len(search(ground, [], "grand", most=1)) == 1


def test_kinds_are_found_in_the_readers_language(project_root):
    """A school by its Chinese word, and by its own; only where somebody reads Chinese."""
    ground = load_ground(project_root / "scenarios/library/crossroads/crossroads.osm")
    with speaking("zh"):
        assert [one.name for one in search(ground, [], "学校")] == ["Hill School"]
        assert site_kind("metro_station") == "地铁站"
    assert search(ground, [], "学校") == ()
    assert site_kind("beer_garden") == "beer garden"

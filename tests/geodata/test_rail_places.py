"""Places by kilometre, both ways, and the posts along the line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import GeodataError
from geodata.osm import read_osm
from geodata.rail import read_rail
from geodata.railplaces import find_place, lines_named, nearest_place, place_at
from geodata.railposts import fit_posts, read_post

from .osm_text import CRS, osm_file

NODES = {1: (0, 0), 2: (16_000, 0), 3: (0, 3000), 4: (4000, 3000), 5: (0, 6000), 6: (3000, 6000)}
WAYS = {
    1: ([1, 2], {"railway": "rail", "ref": "6088", "name": "Berliner Nordbahn"}),
    2: ([3, 4], {"railway": "rail", "name": "沪昆线"}),
    3: ([5, 6], {"railway": "rail", "name": "South Line"}),
}


@pytest.fixture(scope="module")
def rail(tmp_path_factory):
    path = osm_file(tmp_path_factory.mktemp("places") / "p.osm", NODES, WAYS)
    return read_rail(read_osm(path), CRS)


@pytest.mark.parametrize(
    ("text", "line", "low", "high"),
    [
        ("line 1, km 12.4-12.9", "R01", 12_400, 12_900),
        ("R01 km 12.4", "R01", 12_400, 12_400),
        ("6088, km 12,4 – 12,9", "R01", 12_400, 12_900),
        ("Strecke 6088 km 12+400 bis km 12+900", "R01", 12_400, 12_900),
        ("Berliner Nordbahn km 0.5", "R01", 500, 500),
        ("沪昆线K1+200—K1+900", "R02", 1200, 1900),
        ("line 3, km 2.9-1.1", "R03", 1100, 2900),
        ("south line km 0", "R03", 0, 0),
        ("line 2 km 4.05", "R02", None, None),
    ],
)
def test_texts_that_people_write(rail, text, line, low, high):
    place = find_place(rail, text)
    assert place.line.id == line
    if low is None:
        assert place.to_m == place.line.length_m, "up to 100 m beyond the end is the end"
        return
    assert (place.from_m, place.to_m) == pytest.approx((low, high), abs=1e-6)
    assert [s.id for s in place.sections] == [
        s.id
        for s in rail.of_line(line)
        if (s.from_m < high and low < s.to_m) or s.from_m <= low == high < s.to_m
    ]
    # The lines run due east: a kilometre is a kilometre of the grid, but for the scale of the projection.
    start = place.line.xy[0]
    assert np.hypot(*(place.xy[0] - start)) == pytest.approx(low, abs=1)
    assert np.hypot(*(place.xy[-1] - start)) == pytest.approx(high, abs=1)


@pytest.mark.parametrize(
    ("text", "report"),
    [
        ("somewhere", "'somewhere' names no place on a line; expected a line and kilometres"),
        (
            "line 9, km 1",
            "there is no line '9': R01 6088 Berliner Nordbahn, R02 沪昆线, R03 South Line.",
        ),
        ("R02 km 7", "beyond the ends of its line lies 'R02 km 7': R02 km 0.0-4.0."),
        ("km 7", "no line is named"),
        ("line km 1", "may be on several lines|there is no line"),
    ],
)
def test_what_cannot_be_found_is_said(rail, text, report):
    with pytest.raises(GeodataError, match=report):
        find_place(rail, text)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 3990), st.floats(0, 3990), st.sampled_from(["R01", "R02"]))
def test_there_and_back(rail, a, b, line):
    place = place_at(rail, line, min(a, b), max(a, b))
    again = find_place(rail, place.text)
    assert again.line.id == line
    assert (again.from_m, again.to_m) == pytest.approx((place.from_m, place.to_m), abs=0.51)
    point = nearest_place(rail, place.xy[0])
    assert point.line.id == line
    assert point.from_m == pytest.approx(place.from_m, abs=1e-3)


def test_a_name_in_two_parts_finds_the_part_that_has_the_kilometre(tmp_path):
    nodes = {
        1: (0, 0),
        2: (4000, 0),
        3: (1000, 2000),
        4: (1500, 20),
        5: (2500, 20),
        6: (3000, 2000),
    }
    ways = {
        1: ([1, 2], {"railway": "rail", "name": "North Line"}),
        2: ([3, 4, 5, 6], {"railway": "rail", "ref": "7"}),
    }
    got = read_rail(read_osm(osm_file(tmp_path / "n.osm", nodes, ways)), CRS)
    assert len(lines_named(got, "North Line")) == 2
    assert find_place(got, "North Line km 3.5").line.id == "R03"
    assert find_place(got, "North Line km 0.5").line.id == "R02"
    with pytest.raises(GeodataError, match="runs beside a longer line"):
        find_place(got, "North Line km 2.0")
    with pytest.raises(GeodataError, match="chainage beyond line R03; expected km 2"):
        place_at(got, "R03", 100)


@pytest.mark.parametrize(
    ("text", "metres"),
    [("12.4", 12_400), ("12,4", 12_400), ("km 3", 3000), ("12+400", 12_400), ("K12+50", 12_050), ("mi:2", 3218.688),
     ("", None), ("x", None), ("7.0;7.1", 7000)],
)  # fmt: skip
def test_what_posts_say(text, metres):
    got = read_post({"railway:position": text})
    assert got == (None if metres is None else pytest.approx(metres))


def test_posts_that_run_against_the_chainage_are_used_and_the_difference_told(tmp_path):
    # Official kilometres fall towards the east: 50.0 at the western end; one post is 60 m out, one is of another line.
    nodes = {
        1: (0, 0),
        2: (10_000, 0),
        11: (2000, 6),
        12: (4060, 6),
        13: (6000, 6),
        14: (8000, -6),
        15: (5000, 30),
        16: (0, 900),
    }
    post = {11: "48", 12: "46", 13: "44.0", 14: "42", 15: "7", 16: "1"}
    tags = {k: {"railway": "milestone", "railway:position": v} for k, v in post.items()}
    got = read_rail(
        read_osm(
            osm_file(
                tmp_path / "m.osm", nodes, {1: ([1, 2], {"railway": "rail", "ref": "5"})}, tags
            )
        ),
        CRS,
    )
    (line,) = got.lines
    posts = line.posts
    assert posts.sign == -1
    assert posts.offset_m == pytest.approx(50_000, abs=40), (
        "the grid is 0.3 % longer than the sphere here"
    )
    assert posts.osm_ids == ("n11", "n12", "n13", "n14")
    assert posts.refused == ("n15",)
    assert posts.difference_m == pytest.approx(60, abs=25)
    assert posts.post_of(0) == pytest.approx(50_000, abs=10), "metre for metre beyond the last post"
    assert posts.post_of(posts.at_of(45_123)) == pytest.approx(45_123)
    place = find_place(got, "line 5, km 46-44", posts=True)
    assert (place.from_m, place.to_m) == pytest.approx((4060, 6000), abs=20)
    assert place.posts_text == "posts km 44.000-46.000"
    assert {d.reason: d.ids for d in got.dropped} == {
        "kilometre post beside no line": ("n16",),
        "kilometre post alone, or at odds with the others of its line": ("n15",),
    }


def test_one_post_calibrates_nothing(rail):
    assert fit_posts([(100.0, 5000.0, "n1")]) is None
    assert fit_posts([(100.0, 5000.0, "n1"), (1100.0, 9000.0, "n2")]) is None
    with pytest.raises(GeodataError, match="no kilometre posts on the line"):
        find_place(rail, "6088 km 3", posts=True)

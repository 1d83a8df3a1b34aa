"""Scale, grid, offset lines and label placing: hand-worked."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from scenarios.publish.basemap import BaseMap, path_data
from scenarios.publish.labels import Label, Placer, broken, short_name, spread, text_size_mm
from scenarios.publish.mapframe import SCALES, Frame, Grid, column_letters, fit, plan_grid
from scenarios.publish.routeline import arrows, aside, doubled, joined
from scenarios.publish.svgmap import MapDrawing
from scenarios.view import Background


def test_paper_is_true_to_scale() -> None:
    frame = Frame(1000.0, 2000.0, 10_000, 200, 100)
    a, b = frame.paper(np.array([(1000.0, 2000.0), (1500.0, 2250.0)]))
    assert a.tolist() == [100.0, 50.0]
    assert b.tolist() == [150.0, 25.0]  # 500 m are 50 mm at 1:10,000, and north is up
    assert frame.bounds == (0.0, 1500.0, 2000.0, 2500.0)


@pytest.mark.parametrize(("extent_m", "scale"), [(1750, 10_000), (1770, 12_500), (100, 2000)])
def test_fit_takes_the_largest_round_scale_that_shows_all(extent_m: int, scale: int) -> None:
    frame = fit((0, 0, extent_m, 10), 200, 100, margin_mm=12)
    assert frame.scale == scale
    assert scale in SCALES
    assert frame.holds(0, 5, inside_mm=11.9)
    assert frame.holds(extent_m, 5, inside_mm=11.9)


@pytest.mark.parametrize("scale", [2000, 10_000, 25_000])
def test_scale_bar_measures_what_it_says(scale: int) -> None:
    grid = Grid(-5000, 5000, 500, 20, 20)
    drawing = MapDrawing(Frame(0, 0, scale, 200, 150), BaseMap(Background({}, ())), grid)
    drawing.furniture()
    root = ET.fromstring(drawing.svg())  # noqa: S314 - our own drawing
    rects = [r for r in root.iter("{http://www.w3.org/2000/svg}rect") if r.get("height") == "130"]
    assert len(rects) == 4
    start = int(rects[0].get("x", ""))
    end = int(rects[-1].get("x", "")) + int(rects[-1].get("width", ""))
    words = [label["t"] for label in drawing.sheet()["labels"]]
    said = next(t for t in words if re.fullmatch(r"\d+ k?m", t))
    metres = int(said.split()[0]) * (1000 if said.endswith("km") else 1)
    # viewBox units are hundredths of a millimetre, and the drawing's size is given in millimetres
    assert root.get("viewBox") == "0 0 20000 15000"
    assert root.get("width") == "200mm"
    assert (end - start) / 100 * scale / 1000 == pytest.approx(metres, abs=0.02 * scale / 1000)
    assert f"1:{scale:,}" in words


def test_grid_squares() -> None:
    grid = Grid(west=0, north=2000, cell_m=500, n_cols=3, n_rows=4)
    assert grid.square(0, 2000) == "A1"
    assert grid.square(499.9, 1500.1) == "A1"
    assert grid.square(500, 1500) == "B2"
    assert grid.square(1499, 1) == "C4"
    assert grid.square(1500, 1) == "–"
    assert [column_letters(i) for i in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


def test_every_place_of_a_plan_has_a_square(view) -> None:
    grid = plan_grid(view)
    for place in (*view.sites, *view.posts):
        assert grid.square(*place.xy) != "–"
    assert max(grid.n_cols, grid.n_rows) <= 26


def test_a_line_that_doubles_back_gets_two_lanes() -> None:
    there_and_back = joined([np.array([(0.0, 0), (10, 0)]), np.array([(10.0, 0), (0, 0)])])
    assert doubled(there_and_back).tolist() == [True, True]
    line = aside(there_and_back, np.where(doubled(there_and_back), 0.5, 0.0))
    # paper's y grows downwards: right of "east" is below, right of "west" is above
    assert line.tolist() == [[0, 0.5], [10, 0.5], [10, -0.5], [0, -0.5]]
    once = np.array([(0.0, 0), (10, 0), (10, 10)])
    assert doubled(once).tolist() == [False, False]
    assert aside(once, np.zeros(2)).tolist() == once.tolist()


def test_lanes_meet_at_a_corner() -> None:
    line = aside(np.array([(0.0, 0), (10, 0), (10, 10)]), np.array([0.5, 0.5]))
    assert line.tolist() == [[0, 0.5], [9.5, 0.5], [9.5, 10]]


def test_arrows_point_along_the_way_and_keep_off_stops() -> None:
    line = np.array([(0.0, 0), (40, 0), (40, 40)])
    found = arrows(line, 10, avoid=np.array([(5.0, 0)]), clear=3)
    assert {a for *_, a in found} == {0.0, 90.0}
    assert all(np.hypot(x - 5, y) > 3 for x, y, _ in found)


def test_path_closes_rings_and_drops_idle_steps() -> None:
    frame = Frame(0, 0, 1000, 20, 20)  # 1 m is 1 mm
    ring = np.array([(0.0, 0), (1, 0), (1, 1), (0, 0)])
    assert path_data([ring], frame) == "M1000 1000l100 0 0 -100z"
    assert path_data([np.array([(0.0, 0), (0.001, 0)])], frame) == ""
    assert path_data([], frame) == ""


def test_spread_parts_discs_at_one_place_and_repeats() -> None:
    at = np.array([(50.0, 50), (50, 50), (50, 50), (10, 10)])
    out = spread(at, 3, 100, 100)
    gaps = [np.hypot(*(out[i] - out[j])) for i in range(4) for j in range(i)]
    assert min(gaps) > 5.7
    assert np.hypot(*(out[3] - at[3])) < 0.1
    assert np.array_equal(out, spread(at, 3, 100, 100))


def test_names_do_not_overlap_and_give_up_when_there_is_no_room() -> None:
    placer = Placer(60, 60)
    placed = [placer.beside(30, 30, 1.5, Label(0, 0, f"Name {i}", 7)) for i in range(12)]
    assert placed.count(True) >= 4
    assert placed.count(False) >= 1
    boxes = [(x.x, x.y, *text_size_mm(x.text, x.size_pt)) for x in placer.labels]
    for i, (ax, ay, aw, ah) in enumerate(boxes):
        for bx, by, bw, bh in boxes[:i]:
            assert abs(ax - bx) >= 0.95 * (aw + bw) / 2 or abs(ay - by) >= 0.95 * (ah + bh) / 2
    assert len(boxes) == placed.count(True)
    assert placer.beside(30, 30, 1.5, Label(0, 0, "must", 7), must=True)


def test_rail_sections_go_by_their_kilometres_on_a_map() -> None:
    assert (
        short_name("6088 Berliner Nordbahn Berlin - Stralsund km 8.6-9.1, Neubrandenburg")
        == "km 8.6-9.1"
    )
    assert short_name("Rathaus") == "Rathaus"


def test_long_names_are_broken_at_spaces() -> None:
    assert broken("Rathaus") == "Rathaus"
    assert broken("Kooperative Gesamtschule Stella") == "Kooperative\nGesamtschule Stella"
    assert broken("高级中学第一考点南门入口处以及停车场") == "高级中学第一考点南门入口处以及停车场"
    text = "one two three four five six seven eight nine ten eleven"
    assert broken(text).replace("\n", " ") == text

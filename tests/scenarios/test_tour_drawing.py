"""How a crew that looks at a line from off the road is drawn: out and back on foot, told on its card."""

from types import SimpleNamespace

import numpy as np

from geodata.network import Snapped
from scenarios.viewing.tours import _Drawer


def drawer(off_m):
    """One section by its middle (0, off_m), the road along y = 0."""
    found = _Drawer.__new__(_Drawer)
    spot = np.array([[0.0, off_m]])
    section = SimpleNamespace(id="S", xy=np.array([[-50.0, off_m], [50.0, off_m]]), from_m=0, to_m=100)
    found.tables = SimpleNamespace(xy=spot, sections=(section,))
    found.lines, found.on_foot = {"S": section.xy}, set()
    road = Snapped(
        np.zeros(1, np.int32), np.zeros(1), np.array([off_m]), np.zeros((1, 2)), np.ones(1, np.bool_)
    )
    found.modes = [(None, road)]
    return found


def test_a_line_seen_from_off_the_road_is_walked_to_and_back():
    metres, way = drawer(420.0).along(0, "S", 0, 0)
    assert metres == 840
    assert way.tolist() == [[0, 0], [0, 420], [0, 0]]
    assert drawer(420.0).said("S", way) == "On foot from the road, 420 m each way. "


def test_from_an_access_on_the_road_the_crew_walks_to_the_line():
    near = drawer(0.0)
    near.lines["S"] = np.array([[-50.0, 210.0], [50.0, 210.0]])
    metres, way = near.along(0, "S", 0, 0)
    assert (metres, way.tolist()) == (420, [[0, 0], [0, 210], [0, 0]])


def test_beside_the_road_nobody_walks():
    assert drawer(29.0).along(0, "S", 0, 0) == (0, None)
    assert drawer(420.0).along(0, "a point", 0, 0) == (0, None)

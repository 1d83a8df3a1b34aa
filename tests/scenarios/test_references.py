"""D12 and D14 worked by hand on a small problem."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from scenarios.references import references
from tests.scheduler.patrols.patrol_cases import crew, point, problem, promise


def _tables(sections: list[Any], *places: Any) -> Any:
    return SimpleNamespace(problem=problem(places, [crew("C", 0, 300)]), sections=sections, walk_kmh=3.0)


def test_rounds_walkers_and_least_by_hand() -> None:
    """Four places 5 min apart in a row, dwell 10, gap 30 min; the last two are rail, 2 km and 1 km.

    Round: 3 x 5 on and 15 back, 40 of dwell: 70 min in 30 min gaps are 3 crews. Least: 4 x (10 + 5) / (30 + 10) is 1.5,
    so 2. Rail: 3 km at 3 km/h within half an hour: out and back 2 x 3 / 1.5 = 4 walkers, carried back 2.
    """
    places = [point(f"P{i}", i + 1, promises=(promise(60, 240, 30),)) for i in range(4)]
    rail = [SimpleNamespace(id="P2", length_m=2000.0), SimpleNamespace(id="P3", length_m=1000.0)]
    found = references(_tables(rail, *places))
    assert found is not None
    assert (found.places, found.rounds, found.least) == (4, 3, 2)
    assert (found.rail_m, found.walkers, found.least_walkers) == (3000, 4, 2)


def test_the_busiest_hours_count() -> None:
    one = point("A", 1, promises=(promise(0, 240, 60),))
    two = point("B", 2, promises=(promise(120, 240, 60),))
    found = references(_tables([], one, two))
    assert found is not None
    assert (found.start_s // 60, found.end_s // 60, found.places) == (120, 240, 2)
    assert references(_tables([], point("A", 1))) is None

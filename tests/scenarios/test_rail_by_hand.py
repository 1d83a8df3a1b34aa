"""Rail gaps of a plan of Neubrandenburg, worked out by hand from its visits' times and compared with what we say.

The plan is kept as it was made (``golden/neubrandenburg_patrols.jsonl``). Times below were read off it and
subtracted on paper; h:mm:ss in the comments.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.assemble.patrols import PatrolTables, assemble_patrols
from scenarios.desk import prepare
from scenarios.gaps import gap_views, visits_by_place
from scenarios.load import load_checked
from scheduler.patrols.audit import audit
from scheduler.patrols.plan import PatrolPlan, Rest, Stop, Tour

GOLDEN = Path(__file__).parent / "golden" / "neubrandenburg_patrols.jsonl"


def _tour(text: str) -> Tour:
    row = json.loads(text)
    return Tour(
        row["crew"], row["depart_s"], row["return_s"],
        tuple(Stop(p, a, b, bool(r)) for p, a, b, r in row["stops"]), tuple(Rest(*r) for r in row["rests"]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> PatrolPlan:
    return PatrolPlan(tuple(_tour(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def tables() -> PatrolTables:
    """Promises of the shipped scenario; every visit of the old plan counts, however long visits last today."""
    desk = prepare(load_checked("neubrandenburg"))
    found = assemble_patrols(desk.scenario, desk.places, desk.ways, desk.budget())
    places = tuple(
        replace(p, services=tuple(None if s is None else replace(s, dwell_s=0) for s in p.services))
        for p in found.problem.places
    )
    return replace(found, problem=replace(found.problem, places=places))


def h(hours: int, minutes: int = 0, seconds: int = 0) -> int:
    return 3600 * hours + 60 * minutes + seconds


FRI, SAT, SUN = -h(6), h(18), h(42)
"""Midnight before each day, counted from the scenario's start on Friday 06:00."""

# longest stretch unseen and when it begins, for the event's hours on Friday, Saturday and Sunday
BY_HAND = {
    # Approach to the station, promise 2:00:00. Visits of Friday 16:30-00:30:
    #   18:14:32-18:17:27 (K, late shift)  20:09:32-20:12:27 (the same)  [change of shift 22:00]
    #   22:12:27-22:15:22 (night shift)    23:01:25-23:04:20
    #   unseen: 1:44:32, 1:52:05, 2:00:00, 0:46:03, 1:25:40
    # Saturday 14:30-00:30: 16:19:09-16:22:04  18:22:04-18:24:59  20:24:14-20:27:09  22:27:09-22:30:04
    #   unseen: 1:49:09, 2:00:00, 1:59:15, 2:00:00, 1:59:56
    # Sunday 12:30-19:30: 13:43:10-13:46:05  14:52:03-14:54:58  15:49:38-15:52:33  17:34:50-17:37:45
    #   unseen: 1:13:10, 1:05:58, 0:54:40, 1:42:17, 1:52:15
    "R01-036": [
        (h(2), FRI + h(20, 12, 27)),
        (h(2), SAT + h(16, 22, 4)),
        (h(1, 52, 15), SUN + h(17, 37, 45)),
    ],
    # Bridge, promise 2:00:00. Friday: 18:11:36-18:17:44  20:17:44-20:23:52  22:23:52-22:30:00
    #   unseen: 1:41:36, 2:00:00, 2:00:00, 2:00:00
    # Saturday: 16:26:09-16:32:17  18:29:04-18:35:12  20:32:00-20:38:08  22:34:09-22:40:17
    #   unseen: 1:56:09, 1:56:47, 1:56:48, 1:56:01, 1:49:43
    # Sunday: 14:07:02-14:13:10  15:56:55-16:03:03  17:39:07-17:45:15
    #   unseen: 1:37:02, 1:43:45, 1:36:04, 1:44:45
    "R01-033": [
        (h(2), FRI + h(18, 17, 44)),
        (h(1, 56, 48), SAT + h(18, 35, 12)),
        (h(1, 44, 45), SUN + h(17, 45, 15)),
    ],
    # Crossing, promise 4:00:00. Friday: 20:12:27-20:14:49  22:15:22-22:17:44; unseen 3:42:27, 2:00:33, 2:12:16
    # Saturday: 18:24:59-18:27:21  20:27:38-20:30:00; unseen 3:54:59, 2:00:17, 4:00:00
    # Sunday: 15:52:33-15:54:55; unseen 3:22:33, 3:35:05
    "R01-035": [
        (h(3, 42, 27), FRI + h(16, 30)),
        (h(4), SAT + h(20, 30)),
        (h(3, 35, 5), SUN + h(15, 54, 55)),
    ],
}


@pytest.mark.parametrize("section", BY_HAND)
def test_longest_gaps_are_those_found_by_hand(section: str, plan: PatrolPlan, tables: PatrolTables) -> None:
    (place,) = [p for p in tables.problem.places if p.id == section]
    found = gap_views(place.promises, visits_by_place(plan), section)
    assert [(g.longest_s, g.longest_from_s) for g in found] == BY_HAND[section]


def test_the_audit_finds_no_gap_and_one_when_a_visit_is_taken_out(plan: PatrolPlan, tables: PatrolTables) -> None:
    """Without the visit at 22:12:27 the approach is unseen from 20:12:27 to 23:01:25.

    That is 2:48:58, which is 48:58 too long: 49 started minutes at weight 40 make 1,960.
    """

    def gaps(of: PatrolPlan) -> list[tuple[int, int, int, int]]:
        costs = audit(tables.problem, of).costs
        return [
            (c.amount, c.start_s or 0, c.end_s or 0, c.price)
            for c in costs
            if c.rule == "gap" and c.where == ("R01-036",)
        ]

    assert gaps(plan) == []
    night = FRI + h(22, 12, 27)
    fewer = PatrolPlan(
        tuple(
            replace(t, stops=tuple(s for s in t.stops if (s.place, s.arrive_s) != ("R01-036", night)))
            for t in plan.tours
        )
    )
    assert gaps(fewer) == [(49, FRI + h(20, 12, 27), FRI + h(23, 1, 25), 1960)]

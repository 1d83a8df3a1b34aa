"""From the event's programme to seats: head counts, static seats, ratios, guards, base, relief, supervisors, reserve.

Each Need keeps its formula, its inputs and its source, so that "why 14 officers here" has an answer. The full model
(risk score, duty levels, density checks) grows in here later; its form does not change.
"""

from __future__ import annotations

from scenarios.demand.breaks import Break, Timetable, timetable
from scenarios.demand.crowd import session_count, session_needs
from scenarios.demand.engines import Stand, Tour, crew_needs, post_needs
from scenarios.demand.headcount import HeadCount, head_count
from scenarios.demand.need import Need, Seats
from scenarios.demand.oversight import relief_needs, reserve_needs, supervisor_needs
from scenarios.demand.shifts import ShiftSpan, shift_spans, watch_spans
from scenarios.demand.standing import base_needs, guard_needs, lead_needs, row_needs
from scenarios.demand.tours import cut
from scenarios.schema import Scenario

__all__ = [
    "Break", "HeadCount", "Need", "Seats", "ShiftSpan", "Stand", "Timetable", "Tour", "crew_needs", "cut",
    "demand_needs", "head_count", "post_needs", "reserve_needs", "session_count", "shift_spans", "supervisor_needs",
    "timetable", "watch_spans",
]  # fmt: skip


def demand_needs(scenario: Scenario) -> tuple[Need, ...]:
    """Fixed needs, independent of posts and patrols, in a stable order.

    Supervisors and the reserve depend on everything else and come last: ``supervisor_needs``, ``reserve_needs``.
    """
    fixed: list[Need] = []
    for session in scenario.sessions:
        fixed += session_needs(scenario, session)
    fixed += guard_needs(scenario)
    fixed += row_needs(scenario)
    fixed += relief_needs(scenario, fixed)
    fixed += base_needs(scenario)
    fixed += lead_needs(scenario)
    return tuple(fixed)

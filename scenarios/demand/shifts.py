"""Shift patterns -> spans of the horizon, with labels that stay the same after replanning."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.schema import Scenario, Shift
from scenarios.spans import shift_intervals


@dataclass(frozen=True, slots=True)
class ShiftSpan:
    """One shift on one day; ``label`` is ``d1-0600`` for the first day's shift that starts at 06:00."""

    shift: str
    day: int
    label: str
    start_s: int
    end_s: int


def label(scenario: Scenario, second: int) -> str:
    """``d2-1800``: day of the horizon (1 = first) and local time."""
    moment = scenario.clock(second)
    day = (moment.date() - scenario.clock(0).date()).days + 1
    return f"d{day}-{moment:%H%M}"


def shift_spans(scenario: Scenario, shift: Shift) -> tuple[ShiftSpan, ...]:
    """The days on which a shift runs inside the horizon."""
    return tuple(
        ShiftSpan(shift.id, day, label(scenario, a), a, b)
        for day, a, b in shift_intervals(scenario, shift)
    )


def watch_spans(scenario: Scenario) -> tuple[ShiftSpan, ...]:
    """Every watch shift of the horizon in order of time."""
    spans = [
        span
        for shift in scenario.shifts
        if shift.id in scenario.roster.watch_shifts
        for span in shift_spans(scenario, shift)
    ]
    return tuple(sorted(spans, key=lambda s: (s.start_s, s.end_s, s.shift)))

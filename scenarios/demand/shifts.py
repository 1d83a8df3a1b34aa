"""Shift patterns -> spans of the horizon, with labels that stay the same after replanning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scenarios.schema import Scenario, Shift

#: Shorter rests of a shift at the horizon's edges are nobody's duty.
_LEAST_S = 3600


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


def local_second(scenario: Scenario, day: date, hour: int, minute: int) -> int:
    """Seconds since the horizon's start at a local time; a time skipped by a clock change is the one after."""
    zone = ZoneInfo(scenario.timezone)
    return scenario.seconds(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone))


def shift_spans(scenario: Scenario, shift: Shift) -> tuple[ShiftSpan, ...]:
    """The days on which a shift runs, clipped to the horizon.

    A shift ends by the clock on the wall: 22:00-06:00 lasts 9 hours in the night when clocks go back, so that
    shifts that meet on other days still meet.
    """
    first = scenario.clock(0).date()
    hour, minute = map(int, shift.start.split(":"))
    n_days = (scenario.clock(scenario.horizon_s).date() - first).days
    found = []
    for day in range(-1, n_days + 1):
        if shift.days is not None and day not in shift.days:
            continue
        starts_on = first + timedelta(days=day)
        start_s = local_second(scenario, starts_on, hour, minute)
        end = datetime(starts_on.year, starts_on.month, starts_on.day, hour, minute)  # noqa: DTZ001
        end += timedelta(hours=shift.hours)
        end_s = local_second(scenario, end.date(), end.hour, end.minute)
        a, b = max(0, start_s), min(scenario.horizon_s, end_s)
        if b - a >= _LEAST_S:
            found.append(ShiftSpan(shift.id, day, f"d{day + 1}-{shift.start.replace(':', '')}", a, b))
    return tuple(found)


def watch_spans(scenario: Scenario) -> tuple[ShiftSpan, ...]:
    """Every watch shift of the horizon in order of time."""
    spans = [
        span
        for shift in scenario.shifts
        if shift.id in scenario.roster.watch_shifts
        for span in shift_spans(scenario, shift)
    ]
    return tuple(sorted(spans, key=lambda s: (s.start_s, s.end_s, s.shift)))

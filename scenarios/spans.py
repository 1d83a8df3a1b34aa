"""Named spans and shift patterns of a scenario as seconds since the horizon's start.

Every room that needs to know when something holds asks here, so that clock changes, days and the two
built-in names (``always``, ``sessions``) mean the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scenarios.schema import Scenario, Shift

Interval = tuple[int, int]

ALWAYS = "always"
SESSIONS = "sessions"


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Sorted union of half-open intervals; touching ones become one."""
    out: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def clipped(interval: Interval, horizon_s: int) -> Interval:
    """The part of an interval inside ``[0, horizon_s)``."""
    return max(0, interval[0]), min(horizon_s, interval[1])


def session_intervals(scenario: Scenario, site: str | None = None) -> tuple[Interval, ...]:
    """When sessions (of one site, or any) draw people: from first arrivals to the end of egress."""
    found = []
    for session in scenario.sessions:
        if site is None or session.site == site:
            start = scenario.seconds(session.start) - 60 * session.arrive_min
            end = scenario.seconds(session.end) + 60 * session.egress_min
            found.append(clipped((start, end), scenario.horizon_s))
    return merged(found)


def intervals(scenario: Scenario, span: str, site: str | None = None) -> tuple[Interval, ...]:
    """The intervals of a named span inside the horizon.

    ``always`` is the whole horizon, ``sessions`` the sessions at ``site`` with arrival and egress; any
    other name is looked up in ``scenario.spans`` (KeyError when unknown: loading has checked it).
    """
    if span == ALWAYS:
        return ((0, scenario.horizon_s),)
    if span == SESSIONS:
        return session_intervals(scenario, site)
    for known in scenario.spans:
        if known.id == span:
            return merged(
                clipped((scenario.seconds(t.start), scenario.seconds(t.end)), scenario.horizon_s)
                for t in known.times
            )
    raise KeyError(span)


def separate_intervals(scenario: Scenario, span: str, site: str | None = None) -> tuple[Interval, ...]:
    """As ``intervals``, but each interval as written: two that touch stay two visits."""
    if span in (ALWAYS, SESSIONS):
        return intervals(scenario, span, site)
    for known in scenario.spans:
        if known.id == span:
            found = [
                clipped((scenario.seconds(t.start), scenario.seconds(t.end)), scenario.horizon_s)
                for t in known.times
            ]
            return tuple(sorted(i for i in found if i[0] < i[1]))
    raise KeyError(span)


def with_number(text: str) -> tuple[str, int]:
    """Split ``"festival:120"`` into its span and number."""
    span, _, number = text.rpartition(":")
    return span, int(number)


def day_starts(scenario: Scenario, before_days: int = 8) -> tuple[int, ...]:
    """Local midnights from ``before_days`` before the horizon's first day to past its end, in seconds."""
    zone = ZoneInfo(scenario.timezone)
    first = scenario.start.astimezone(zone).date() - timedelta(days=before_days)
    found = []
    day = first
    while True:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        second = scenario.seconds(midnight)
        found.append(second)
        if second >= scenario.horizon_s:
            return tuple(found)
        day += timedelta(days=1)


def at_local(scenario: Scenario, day_index: int, clock: str) -> int:
    """Second of local ``HH:MM`` on day ``day_index`` (0 is the day on which the horizon starts)."""
    zone = ZoneInfo(scenario.timezone)
    day = scenario.start.astimezone(zone).date() + timedelta(days=day_index)
    hour, minute = (int(part) for part in clock.split(":"))
    return scenario.seconds(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone))


def n_days(scenario: Scenario) -> int:
    """Local calendar days that the horizon touches."""
    zone = ZoneInfo(scenario.timezone)
    first = scenario.start.astimezone(zone).date()
    last = (scenario.end - timedelta(seconds=1)).astimezone(zone).date()
    return (last - first).days + 1


def shift_intervals(scenario: Scenario, shift: Shift) -> tuple[tuple[int, int, int], ...]:
    """``(day, start_s, end_s)`` of a shift on each of its days, only those wholly inside the horizon.

    A shift ends by the clock on the wall: in the night of a clock change one of 22:00-06:00 is an hour longer
    or shorter, so that the next still relieves it.
    """
    hour, minute = (int(part) for part in shift.start.split(":"))
    over, last = divmod(60 * hour + minute + round(60 * shift.hours), 24 * 60)
    until = f"{last // 60:02d}:{last % 60:02d}"
    found = []
    for day in range(-1, n_days(scenario)):
        if shift.days is not None and day not in shift.days:
            continue
        start = at_local(scenario, day, shift.start)
        end = at_local(scenario, day + over, until)
        if start >= 0 and end <= scenario.horizon_s:
            found.append((day, start, end))
    return tuple(found)


def night_spans(scenario: Scenario, before_days: int = 8) -> tuple[Interval, ...]:
    """Every night (local clock, may cross midnight) from the history to the end of the horizon."""
    begin, finish = scenario.roster.night
    found = []
    for day in range(-before_days, n_days(scenario) + 1):
        start = at_local(scenario, day, begin)
        end = at_local(scenario, day + (1 if finish <= begin else 0), finish)
        found.append((start, end))
    return tuple(found)


def promise_entry(text: str) -> tuple[str, int, int]:
    """Span, longest gap in minutes and least stay in minutes of ``"festival:120"`` or ``"festival:120:5"``."""
    span, minutes, *stay = text.split(":")
    return span.strip(), int(minutes), int(stay[0]) if stay else 0


def visit_entry(text: str) -> tuple[str, int, int]:
    """Span, crews together and least stay in minutes of ``"gates"``, ``"gates:2"`` or ``"gates:2:15"``."""
    span, *numbers = text.split(":")
    crews, stay = (*(int(n) for n in numbers), *(1, 0)[len(numbers):])
    return span.strip(), crews, stay

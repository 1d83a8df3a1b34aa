"""Spans, shifts and nights as seconds, over midnight and over a change of the clock."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from scenarios.load import load_scenario
from scenarios.schema import Scenario, Shift
from scenarios.spans import (
    at_local,
    day_starts,
    intervals,
    merged,
    night_spans,
    shift_intervals,
    with_number,
)

H = 3600


@pytest.fixture(scope="module")
def autumn() -> Scenario:
    """Crossroads moved to the night in which Berlin's clocks go back (25 October 2026)."""
    base = load_scenario("crossroads")
    return base.model_copy(
        update={
            "start": datetime(2026, 10, 24, 16, tzinfo=UTC),  # 18:00 local, summer time
            "end": datetime(2026, 10, 25, 23, tzinfo=UTC),  # midnight local, winter time
        }
    )


def test_merged_joins_what_touches() -> None:
    """Touching and overlapping intervals become one, empty ones vanish."""
    assert merged([(5, 7), (1, 3), (3, 5), (9, 9)]) == ((1, 7),)


def test_with_number() -> None:
    """A span's name may hold colons; the number is behind the last one."""
    assert with_number("evening:120") == ("evening", 120)


def test_always_is_the_horizon() -> None:
    """The built-in span needs no entry in the scenario."""
    scenario = load_scenario("crossroads")
    assert intervals(scenario, "always") == ((0, scenario.horizon_s),)


def test_sessions_span_has_arrival_and_egress() -> None:
    """People come before a session and leave after it, inside the horizon."""
    scenario = load_scenario("crossroads")
    first = scenario.sessions[0]
    start = max(0, scenario.seconds(first.start) - 60 * first.arrive_min)
    assert intervals(scenario, "sessions", first.site)[0][0] == start


def test_the_day_of_the_clock_change_has_25_hours(autumn: Scenario) -> None:
    """Local midnights lie 25 hours apart on that day."""
    days = day_starts(autumn, before_days=1)
    lengths = {b - a for a, b in pairwise(days)}
    assert lengths == {24 * H, 25 * H}


def test_local_times_after_the_change_are_an_hour_later(autumn: Scenario) -> None:
    """06:00 winter time is 13 hours after 18:00 summer time of the day before."""
    assert at_local(autumn, 1, "06:00") == 13 * H


def test_the_night_of_the_change_has_nine_hours(autumn: Scenario) -> None:
    """22:00 to 06:00 lasts nine hours when the clock goes back."""
    assert (4 * H, 13 * H) in night_spans(autumn)


def test_shifts_outside_the_horizon_are_left_out(autumn: Scenario) -> None:
    """A shift that would begin before the horizon or end after it is not offered."""
    late = Shift(id="late", start="20:00", hours=6)
    assert shift_intervals(autumn, late) == ((0, 2 * H, 8 * H),)


def test_shifts_follow_the_wall_clock_so_that_relief_meets(autumn: Scenario) -> None:
    """In the night of the change 22:00-06:00 lasts nine hours, and the early shift begins when it ends."""
    night = shift_intervals(autumn, Shift(id="night", start="22:00", hours=8))
    early = shift_intervals(autumn, Shift(id="early", start="06:00", hours=8))
    assert night == ((0, 4 * H, 13 * H),)
    assert early[0][1] == night[0][2]

"""Cutting needs into tours: even pieces, hand-over times, crowds, midnight and clock changes."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.demand import Need, cut
from scenarios.load import load_scenario
from scenarios.schema import Scenario, Shift

H = 3600
BASE = load_scenario("crossroads")


def scene(*, start: datetime, hours: float, tour_h: float = 8, report_min: int = 15, shifts=()) -> Scenario:
    """Crossroads without sessions, over another horizon."""
    demand = BASE.demand.model_copy(
        update={"tour_h": tour_h, "report_min": report_min, "release_min": report_min}
    )
    roster = BASE.roster.model_copy(update={"watch_shifts": tuple(s.id for s in shifts)})
    return BASE.model_copy(
        update={
            "start": start, "end": start + timedelta(hours=hours), "sessions": (), "demand": demand,
            "shifts": tuple(shifts), "roster": roster,
        }
    )  # fmt: skip


SUMMER = datetime(2026, 8, 28, 4, tzinfo=UTC)  # 06:00 in Berlin
THREE = (
    Shift(id="early", start="06:00", hours=8),
    Shift(id="late", start="14:00", hours=8),
    Shift(id="night", start="22:00", hours=8),
)


def need(start_s: int, end_s: int, **more) -> Need:
    fields = {
        "id": "gate", "party": "gate", "place": "square", "kind": "guard", "number": 1, "formula": "f", "inputs": {},
        "source": "s", "owner": "police", "lead": "C01",
    }  # fmt: skip
    return Need(start_s=start_s, end_s=end_s, **{**fields, **more})


def pieces(found):
    return [(s.start_s / H, s.end_s / H) for s in found]


def test_short_needs_stay_whole():
    (found,) = cut([need(H, 9 * H)], scene(start=SUMMER, hours=24))
    assert (found.id, found.start_s, found.end_s) == ("gate#1", H, 9 * H)
    assert (found.report_s, found.release_s, found.paid_s) == (2700, 9 * H + 900, 8 * H + 1800)


def test_even_pieces():
    """10 h at most 8 h: two of 5 h. 24 h: three of 8 h."""
    assert pieces(cut([need(0, 10 * H)], scene(start=SUMMER, hours=24))) == [(0, 5), (5, 10)]
    assert pieces(cut([need(0, 24 * H)], scene(start=SUMMER, hours=24))) == [(0, 8), (8, 16), (16, 24)]


def test_a_second_longer_is_one_tour_more():
    plain = scene(start=SUMMER, hours=24)
    assert len(cut([need(0, 8 * H)], plain)) == 1
    assert len(cut([need(0, 8 * H + 60)], plain)) == 2


def test_relief_in_place():
    first, second = cut([need(0, 10 * H)], scene(start=SUMMER, hours=24))
    assert first.end_s == second.start_s
    assert first.release_s > second.start_s > second.report_s


def test_cuts_lean_to_the_hand_over():
    """15:00 is even for 10:00-20:00, the watch changes at 14:00: close enough."""
    watch = scene(start=SUMMER, hours=24, shifts=THREE)
    assert pieces(cut([need(4 * H, 14 * H)], watch)) == [(4, 8), (8, 14)]
    far = cut([need(1 * H, 10 * H)], watch)  # even: 11:30, the watch changes at 14:00: too far
    assert pieces(far) == [(1, 5.5), (5.5, 10)]


def test_no_cut_while_the_crowd_leaves():
    """Guards on the square 17:00-24:00 in two tours: even is 20:30, but the concert ends at 20:30."""
    plain = scene(start=SUMMER, hours=24, tour_h=6)
    session = BASE.sessions[0].model_copy(
        update={"start": SUMMER + timedelta(hours=12), "end": SUMMER + timedelta(hours=14.5), "egress_min": 30}
    )
    busy = plain.model_copy(update={"sessions": (session,)})
    assert pieces(cut([need(11 * H, 18 * H)], plain)) == [(11, 14.5), (14.5, 18)]
    (first, second) = pieces(cut([need(11 * H, 18 * H)], busy))
    assert not 14 <= first[1] < 15.25
    assert first[1] == second[0]
    elsewhere = cut([need(11 * H, 18 * H, place="station")], busy)
    assert pieces(elsewhere) == [(11, 14.5), (14.5, 18)]


def test_crews_are_never_cut():
    assert pieces(cut([need(0, 12 * H, uncut=True)], scene(start=SUMMER, hours=24))) == [(0, 12)]


def test_over_midnight():
    """20:00-04:00 is one tour over midnight and a night duty; 18:00-24:00 has only two hours of night."""
    plain = scene(start=SUMMER, hours=48)
    (night,) = cut([need(14 * H, 22 * H)], plain)
    assert "night" in night.need.tags
    (evening,) = cut([need(12 * H, 18 * H)], plain)
    assert "night" not in evening.need.tags


def test_three_hours_of_night_make_a_night_duty():
    plain = scene(start=SUMMER, hours=48, report_min=0)
    (almost,) = cut([need(13 * H, 19 * H - 60)], plain)  # until 00:59
    (just,) = cut([need(13 * H, 19 * H)], plain)  # until 01:00
    assert "night" not in almost.need.tags
    assert "night" in just.need.tags


def test_armed_seats_are_tagged():
    (found,) = cut([need(0, H, qualifications=("armed",), tags=("standing",))], scene(start=SUMMER, hours=5))
    assert found.need.tags == ("standing", "armed")


@pytest.mark.parametrize(
    ("start", "hours", "edges"),
    [
        # 22:00-06:00 local lasts 9 hours when clocks go back, so two tours of 4.5 h: cut at 01:30 UTC = 02:30 winter
        (datetime(2026, 10, 24, 20, tzinfo=UTC), 9, [(0, 4.5), (4.5, 9)]),
        # and 7 hours when they go forward: one tour
        (datetime(2026, 3, 28, 21, tzinfo=UTC), 7, [(0, 7)]),
    ],
)
def test_clock_changes(start, hours, edges):
    night = scene(start=start, hours=hours)
    assert f"{night.clock(0):%H:%M}-{night.clock(night.horizon_s):%H:%M}" == "22:00-06:00"
    assert pieces(cut([need(0, night.horizon_s)], night)) == edges


@given(
    st.integers(0, 200), st.integers(1, 320), st.sampled_from([2, 4.5, 6, 8, 10, 12]), st.booleans()
)
def test_tours_cover_exactly(start_q, length_q, tour_h, watched):
    start_s, end_s = start_q * 900, (start_q + length_q) * 900
    plain = scene(start=SUMMER, hours=200, tour_h=tour_h, shifts=THREE if watched else ())
    found = cut([need(start_s, end_s)], plain)
    assert found[0].start_s == start_s
    assert found[-1].end_s == end_s
    assert all(a.end_s == b.start_s for a, b in itertools.pairwise(found))
    assert all(0 < s.end_s - s.start_s <= tour_h * H for s in found)
    assert len(found) == -(-(end_s - start_s) // round(tour_h * H))
    assert [s.id for s in found] == [f"gate#{k}" for k in range(1, len(found) + 1)]


@given(st.integers(1, 10**6))
def test_odd_seconds_are_cut_too(length_s):
    plain = scene(start=SUMMER, hours=300)
    found = cut([need(0, length_s)], plain)
    assert sum(s.end_s - s.start_s for s in found) == length_s
    assert all(s.end_s - s.start_s <= 8 * H for s in found)

"""The plan by the hour, worked by hand."""

from dataclasses import replace

from scenarios.hourly import hours_of, too_long
from scenarios.view import CoverView, GapView
from tests.scenarios.publish.webmap_town import HOUR, town


def test_a_stretch_is_too_long_from_its_promise_on() -> None:
    """Promised 60 min from 0 to 6 h; seen at 1 h for 10 min and at 4 h: late from 2:10 to 4:00 and from 5:00 on."""
    gap = GapView(0, 6 * HOUR, HOUR, 170 * 60, 4200)
    visits = [(HOUR, 4200, "K1"), (4 * HOUR, 4 * HOUR, "K2")]
    assert too_long([gap], visits) == [(4200 + HOUR, 4 * HOUR), (5 * HOUR, 6 * HOUR)]
    assert too_long([gap], [(k * HOUR, k * HOUR, "K1") for k in range(1, 7)]) == []
    assert too_long([gap], []) == [(HOUR, 6 * HOUR)]
    # What is seen before and after the span does not count within it.
    outside = [(HOUR, HOUR, "K1"), (8 * HOUR, 8 * HOUR, "K1"), (9 * HOUR, 9 * HOUR, "K1")]
    assert too_long([replace(gap, start_s=2 * HOUR)], outside) == [(3 * HOUR, 6 * HOUR)]
    # Where it is asked to stay for eleven minutes, ten are none: late from 1:00 to 4:00 and after it.
    assert too_long([replace(gap, dwell_s=660)], visits) == [(HOUR, 6 * HOUR)]


def test_hours_count_by_the_worst_moment() -> None:
    """One site that two reach until half past one and one later: that hour counts as once."""
    view = town()
    cover = (CoverView(0, 5400, "P01", 60, "P02", 90), CoverView(5400, 7200, "P01", 60, None, None),
             CoverView(7200, 3 * HOUR, None, None, None, None))  # fmt: skip
    view = replace(view, sites=(replace(view.sites[0], cover=cover),))
    hours = hours_of(view)
    assert len(hours) == 12
    assert [(h.twice, h.once, h.bare) for h in hours[:4]] == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0)]
    assert hours[0].start_s == 0
    out = [sum(t.depart_s < h.start_s + HOUR and h.start_s < t.return_s for t in view.tours) for h in hours]
    assert [h.patrols for h in hours] == out
    assert max(out) > 0

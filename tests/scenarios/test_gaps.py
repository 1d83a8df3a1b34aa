"""Longest unseen stretches, worked by hand."""

from scenarios.gaps import longest_unseen, window_views
from scheduler.patrols.problem import Promise, Window

H = 3600


def test_nobody_comes() -> None:
    """Without a visit the whole promise is unseen."""
    assert longest_unseen(Promise(H, 5 * H, 2 * H), []) == (4 * H, H)


def test_first_stretch_runs_from_the_start_of_the_promise() -> None:
    """A visit before the promise does not shorten its first stretch."""
    assert longest_unseen(Promise(10, 100, 50), [(0, 5), (60, 70)]) == (50, 10)


def test_a_visit_that_straddles_the_start_counts_until_it_leaves() -> None:
    """Unseen begins when the crew leaves, not when the promise starts."""
    assert longest_unseen(Promise(10, 100, 50), [(0, 40)]) == (60, 40)


def test_the_last_stretch_runs_to_the_end() -> None:
    """After the last visit the place is unseen until the promise ends."""
    assert longest_unseen(Promise(0, 100, 50), [(10, 20)]) == (80, 20)


def test_two_crews_at_once_count_until_the_later_leaves() -> None:
    """A short visit inside a long one of another crew opens no gap."""
    assert longest_unseen(Promise(0, 100, 50), [(10, 60), (20, 30)]) == (40, 60)


def test_a_visit_after_the_end_does_not_help() -> None:
    """What happens at the very end or later is outside the half-open promise."""
    assert longest_unseen(Promise(0, 100, 50), [(100, 110)]) == (100, 0)


def test_a_visit_too_short_for_these_hours_is_none() -> None:
    """Ten seconds are asked for: nine leave the place unseen."""
    assert longest_unseen(Promise(0, 100, 50, 10), [(40, 50)]) == (50, 50)
    assert longest_unseen(Promise(0, 100, 50, 10), [(40, 49)]) == (100, 0)


def _kept(windows: list[Window], visits: list[tuple[int, int]]) -> list[int | None]:
    return [w.visit_s for w in window_views(windows, {"A": visits}, "A")]


def test_a_visit_keeps_one_window() -> None:
    assert _kept([Window(0, 50), Window(10, 40)], [(20, 25)]) == [None, 20]
    assert _kept([Window(0, 50), Window(10, 40)], [(20, 25), (30, 35)]) == [30, 20]


def test_a_joint_window_is_kept_when_the_last_crew_is_there() -> None:
    """Two crews, together for ten seconds: from 30 to 40 they are, from 31 they are not long enough."""
    both = Window(0, 50, crews=2, dwell_s=10)
    assert _kept([both], [(20, 40), (30, 60)]) == [30]
    assert _kept([both], [(20, 40), (31, 60)]) == [None]
    assert _kept([both], [(20, 40)]) == [None]
    assert _kept([Window(0, 50), both], [(20, 40), (30, 60), (45, 50)]) == [45, 30]

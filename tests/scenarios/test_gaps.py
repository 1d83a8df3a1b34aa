"""Longest unseen stretches, worked by hand."""

from scenarios.gaps import longest_unseen
from scheduler.patrols.problem import Promise

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

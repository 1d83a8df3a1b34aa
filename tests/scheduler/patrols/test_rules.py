"""Beats, staggered changes and stays by the hour: each kept and broken by hand, and kept by the search."""

import pytest

from scheduler.errors import ProblemError
from scheduler.outcome import Limits
from scheduler.patrols.audit import audit
from scheduler.patrols.faults import precheck
from scheduler.patrols.problem import Changes
from scheduler.patrols.solve import solve
from scheduler.patrols.tables import chains_of

from .patrol_cases import MIN, crew, plan, point, problem, promise, stop, tour, window

WORK = Limits(work=0.1)


def rules(found):
    return [b.rule for b in found.breaches]


# ---------------------------------------------------------------- beats (Q12)

EAST = point("E", 1, windows=(window(0, 100),), beat="east")
WEST = point("W", 2, windows=(window(0, 100),), beat="west")
ANY = point("A", 3, windows=(window(0, 100),))


def test_a_crew_keeps_to_its_beat():
    p = problem([EAST, WEST, ANY], [crew("C", 0, 200, beats=("east",)), crew("D", 0, 200)])
    own = plan(tour("C", 0, 200, stop("E", 5, 15), stop("A", 25, 35)))
    assert rules(audit(p, own)) == []
    strayed = audit(p, plan(tour("C", 0, 200, stop("W", 10, 20))))
    assert rules(strayed) == ["off_beat"]
    assert strayed.breaches[0].where == ("W",)
    assert rules(audit(p, plan(tour("D", 0, 200, stop("W", 10, 20))))) == []


@pytest.mark.parametrize(("beats", "crews"), [(("east",), 2), ((), 1), (("east", "west"), 1)])
def test_the_search_keeps_to_beats(beats, crews):
    """One crew could serve all three; kept to the east it needs the other for the west."""
    p = problem([EAST, WEST, ANY], [crew("C", 0, 200, beats=beats), crew("D", 0, 200, beats=("west",))])
    found = solve(p, limits=WORK)
    assert audit(p, found.plan).ok
    assert [level.value for level in found.levels[:4]] == [0, 0, 0, crews]


def test_a_beat_without_a_crew_is_named_before_solving():
    p = problem([EAST, WEST], [crew("C", 0, 200, beats=("east",))])
    assert precheck(p) == [
        (
            "No crew offered can reach W (1 of 2 places): check the closures and the mode of the crews, "
            "or offer a crew of a mode that serves them."
        )
    ]
    assert solve(p, limits=WORK).levels[0].value == 1


# ---------------------------------------------------------------- staggered changes (Q16)


def test_ends_apart_are_kept_and_one_second_nearer_broken():
    crews = [crew("A", 0, 100), crew("B", 0, 120), crew("C", 0, 600)]
    both = plan(tour("A", 0, 90), tour("B", 0, 90), tour("C", 0, 90))
    assert rules(audit(problem([ANY], crews, changes=Changes(20 * MIN, 1)), both)) == []
    found = audit(problem([ANY], crews, changes=Changes(20 * MIN + 1, 1)), both)
    assert rules(found) == ["change_together"]
    assert (found.breaches[0].who, found.breaches[0].start_s) == (("A", "B"), 100 * MIN)
    assert rules(audit(problem([ANY], crews, changes=Changes(20 * MIN + 1, 2)), both)) == []


def test_the_end_of_the_horizon_is_no_change():
    crews = [crew("A", 0, 600), crew("B", 0, 600)]
    p = problem([ANY], crews, changes=Changes(20 * MIN, 1))
    assert rules(audit(p, plan(tour("A", 0, 90), tour("B", 0, 90)))) == []


@pytest.mark.parametrize(("changes", "out"), [(None, ["A", "B"]), (Changes(10 * MIN, 1), ["A", "C"])])
def test_the_search_staggers_changes(changes, out):
    """Two crews are needed; A and B are cheaper than C but end together."""
    places = [point(f"P{i}", 1, 30, windows=(window(40, 50),)) for i in range(2)]
    crews = [crew("A", 0, 100), crew("B", 0, 100, price=2), crew("C", 0, 130, price=3)]
    p = problem(places, crews, changes=changes)
    found = solve(p, limits=WORK)
    assert audit(p, found.plan).ok
    assert [t.crew for t in found.plan.tours] == out


def test_ordered_crews_that_end_together_are_refused():
    crews = [crew(c, 0, 100, must=True) for c in "AB"]
    with pytest.raises(ProblemError, match="2 ordered crews \\(A, B\\) end within 20 min from 01:40, allowed are 1"):
        problem([ANY], crews, changes=Changes(20 * MIN, 1))
    with pytest.raises(ProblemError, match="expected at least 1 crew and 1 s"):
        problem([ANY], [crew("A", 0, 100)], changes=Changes(0, 1))


# ---------------------------------------------------------------- core presence over shift changes (Q13)


@pytest.mark.parametrize(("late", "core"), [(100, 0), (95, 5)])
def test_shifts_hand_the_core_over(late, core):
    """The early crew leaves for its 5 min home at 95, the late one from 90 is there at 95: neither holds 90 to 120."""
    p = problem(
        [point("A", 1, 5, core=True)], [crew("E", 0, late), crew("L", 90, 240)],
        core_crews=1, core_spans=((30 * MIN, 140 * MIN),),
    )  # fmt: skip
    found = solve(p, limits=WORK)
    assert audit(p, found.plan).value("core") == core


# ---------------------------------------------------------------- stays by the hour (Q2, Q8)

BY_HOUR = point("S", 1, 5, promises=(promise(0, 120, 60), promise(120, 240, 60, 15)))


def test_short_visits_count_by_day_and_not_by_night():
    p = problem([BY_HOUR], [crew("C", 0, 300)])
    day = [stop("S", 50, 55), stop("S", 100, 105)]
    kept = audit(p, plan(tour("C", 0, 300, *day, stop("S", 165, 180))))
    assert kept.value("gap_excess") == 0
    found = audit(p, plan(tour("C", 0, 300, *day, stop("S", 165, 179))))
    assert [(c.rule, c.amount, c.start_s, c.end_s) for c in found.costs] == [("gap", 60, 120 * MIN, 240 * MIN)]


def test_the_search_stays_as_long_as_the_hours_ask():
    p = problem([BY_HOUR, point("T", 2, 5, windows=(window(50, 70, 20),))], [crew("C", 0, 300)])
    found = solve(p, limits=WORK)
    assert found.levels[0].value == found.levels[1].value == 0
    stays = [(s.place, s.arrive_s // MIN, (s.leave_s - s.arrive_s) // MIN) for s in found.plan.tours[0].stops]
    assert [d for place, _, d in stays if place == "T"] == [20]
    assert all(d == (15 if at > 120 else 5) for place, at, d in stays if place == "S")


def test_a_window_wants_its_own_stay():
    p = problem([point("S", 1, 5, windows=(window(0, 60, 20),))], [crew("C", 0, 300)])
    for leave, missed in ((30, 0), (29, 1)):
        assert audit(p, plan(tour("C", 0, 300, stop("S", 10, leave)))).value("missed") == missed


def test_a_tighter_promise_with_short_stays_serves_no_longer_one():
    short = point("S", 1, 5, promises=(promise(0, 240, 60), promise(0, 240, 120, 15)))
    assert [(c.gap_s // MIN, c.stay_s // MIN) for c in chains_of(short, 0)] == [(60, 0), (120, 15)]
    alike = point("S", 1, 5, promises=(promise(0, 240, 60, 15), promise(0, 240, 120, 15)))
    assert [(c.gap_s // MIN, c.stay_s // MIN) for c in chains_of(alike, 0)] == [(60, 15)]

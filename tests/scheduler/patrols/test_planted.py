"""One clean plan made by hand, and for every cause of the closed list one fault planted in it."""

from collections.abc import Callable

import pytest

from scheduler.patrols.audit import COST_CAUSES, HARD_CAUSES, audit
from scheduler.patrols.plan import PatrolPlan, Rest, Stop
from scheduler.patrols.problem import Break, Changes, Place, Pool, Problem

from .patrol_cases import MIN, crew, line, mode, plan, point, promise, stop, tour, window


def town() -> Problem:
    """A (5 min from the depot) is seen every hour by C, B (10 min) is the core and D's, N is for nobody."""
    places = [
        point("A", 1, promises=(promise(60, 240, 60),), windows=(window(60, 90),), beat="a"),
        point("B", 2, windows=(window(55, 60),), core=True, beat="b"),
        Place("N", (None,)),
    ]
    owed = (Break(120 * MIN, 150 * MIN, 30 * MIN),)
    crews = [
        crew("C", 0, 300, breaks=owed, must=True, beats=("a",)),
        crew("D", 0, 330, beats=("b",)),
        crew("E", 0, 305),
        crew("F", 0, 400, pool=1),
        crew("G", 0, 450, pool=1),
    ]
    pools = tuple(Pool(name, ((0, 600 * MIN, most),)) for name, most in (("first", 9), ("second", 1)))
    return Problem(
        tuple(places), tuple(crews), (mode(line(5)),), pools, 5, 600 * MIN, core_crews=1,
        core_spans=((60 * MIN, 67 * MIN),), slack_pct=10, changes=Changes(20 * MIN, 1),
    )  # fmt: skip


REST = (Rest(1, 140 * MIN, 170 * MIN),)
VISITS = (stop("A", 65, 75), stop("A", 130, 140), stop("A", 195, 205))


def c(*visits: Stop, rests: tuple[Rest, ...] = REST):
    return tour("C", 60, 210, *visits, rests=rests)


D = tour("D", 46, 90, stop("B", 58, 72))
CLEAN = plan(c(*VISITS), D)


def test_the_plan_is_clean():
    found = audit(town(), CLEAN)
    assert (found.breaches, found.costs) == ((), ())


PLANTS: dict[str, Callable[[], PatrolPlan]] = {
    "unknown": lambda: plan(c(*VISITS), D, tour("X", 0, 10)),
    "double_crew": lambda: plan(c(*VISITS), D, tour("D", 100, 130)),
    "missing_crew": lambda: plan(D),
    "unqualified": lambda: plan(c(*VISITS), tour("D", 46, 130, stop("B", 58, 72), stop("N", 90, 100))),
    "off_beat": lambda: plan(c(*VISITS), tour("D", 46, 130, stop("B", 58, 72), stop("A", 80, 90))),
    "bad_leg": lambda: plan(c(*VISITS), tour("D", 49, 90, stop("B", 58, 72))),  # 9 min for a way of 10
    "wrong_dwell": lambda: plan(c(*VISITS[:2], stop("A", 195, 204)), D),
    "overlong": lambda: plan(c(*VISITS), tour("D", 46, 331, stop("B", 58, 72))),
    "broken_break": lambda: plan(c(*VISITS, rests=(Rest(1, 140 * MIN, 169 * MIN),)), D),
    "little_slack": lambda: plan(c(*VISITS), tour("D", 47, 79, stop("B", 57, 69))),  # 30 of 32 min busy
    "pool_exceeded": lambda: plan(c(*VISITS), D, tour("F", 0, 60), tour("G", 0, 60)),
    "change_together": lambda: plan(c(*VISITS), D, tour("E", 0, 60)),
    "missed": lambda: plan(c(*VISITS), tour("D", 46, 90, stop("B", 54, 72))),
    "late": lambda: plan(c(stop("A", 90, 100), *VISITS[1:]), D),
    "gap": lambda: plan(c(VISITS[0], stop("A", 136, 146), VISITS[2], rests=(Rest(1, 146 * MIN, 176 * MIN),)), D),
    "core_left": lambda: plan(c(*VISITS), tour("D", 45, 90, stop("B", 56, 66))),
}
WITH = {"missing_crew": {"missed", "gap", "late"}, "missed": {"bad_leg"}, "wrong_dwell": {"gap"}}
"""What goes with a plant: without C nobody is at A; B is 10 minutes away, not 8; a short visit counts for nothing."""


def test_every_cause_is_planted():
    assert set(PLANTS) == {*HARD_CAUSES, *COST_CAUSES}


@pytest.mark.parametrize("cause", PLANTS)
def test_a_planted_fault_is_caught_by_its_own_cause(cause):
    found = audit(town(), PLANTS[cause]())
    told = {b.rule for b in (*found.breaches, *found.costs)}
    assert cause in told
    assert told <= {cause} | WITH.get(cause, set())
    hard = {b.rule for b in found.breaches}
    assert (cause in hard) == (cause in HARD_CAUSES)

"""The strength budget never underestimates; hand-worked on the tiny scenario."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from scenarios.demand.need import Need
from scenarios.load import load_scenario
from scenarios.schema import AbsenceRow, Scenario
from scenarios.staff import staff_of
from scenarios.strength import Budget, lifts

H = 3600


def _need(number: int, categories: tuple[str, ...], start_h: int = 1, end_h: int = 3) -> Need:
    return Need(
        id="n", party="n", place="square", kind="post", start_s=start_h * H, end_s=end_h * H, number=number,
        formula="by hand", inputs={}, source="test", owner="police", lead="C01", categories=categories,
    )


@pytest.fixture
def scenario() -> Scenario:
    return load_scenario("crossroads")


def _count(scenario: Scenario, category: str) -> int:
    return sum(p.category == category for p in scenario.people)


def test_everybody_present_counts_in_every_hour(scenario: Scenario) -> None:
    budget = Budget(scenario, staff_of(scenario))
    sworn = budget.staff.eligible(("sworn",))
    assert set(budget.free(sworn).tolist()) == {_count(scenario, "sworn")}


def test_an_absence_counts_only_in_whole_hours(scenario: Scenario) -> None:
    """Away from 17:30 to 19:15: only the hour 18-19 is surely lost, so nobody is underestimated."""
    away = AbsenceRow(
        person="C01",
        start=scenario.start + timedelta(minutes=30),
        end=scenario.start + timedelta(minutes=135),
    )
    staff = staff_of(scenario.model_copy(update={"absences": (away,)}))
    assert staff.present[staff.index["C01"]].tolist() == [True, False, True, True, True, True, True]


def test_a_need_only_lowers_what_must_pay_for_it(scenario: Scenario) -> None:
    """A seat that a sworn or an auxiliary officer may fill is no sure loss of sworn officers."""
    budget = Budget(scenario, staff_of(scenario))
    budget.add_needs([_need(2, ("sworn", "auxiliary"))])
    sworn = budget.staff.eligible(("sworn",))
    either = budget.staff.eligible(("sworn", "auxiliary"))
    n_sworn, n_aux = _count(scenario, "sworn"), _count(scenario, "auxiliary")
    assert budget.free(sworn).tolist() == [n_sworn] * 7
    assert budget.free(either).tolist() == [n_sworn + n_aux - (2 if h in (1, 2) else 0) for h in range(7)]


def test_units_left_is_the_scarcest_line(scenario: Scenario) -> None:
    """A crew needs a driver and a second officer: drivers run out first."""
    budget = Budget(scenario, staff_of(scenario))
    kind = next(k for k in scenario.kinds if k.id == "car_post")
    drivers = int(budget.staff.eligible(("sworn",), ("driving",), units=("police",)).sum())
    heads = int(budget.staff.eligible(("sworn", "auxiliary"), units=("police",)).sum())
    assert budget.units_left(kind, ("police",)).tolist() == [min(drivers, heads // 2)] * 7
    budget.take_units(kind, ("police",), 0, 2 * H, 1)
    assert budget.units_left(kind, ("police",)).tolist()[:3] == [
        min(drivers - 1, (heads - 2) // 2), min(drivers - 1, (heads - 2) // 2), min(drivers, heads // 2)
    ]


def test_units_as_numbers_become_numbered_places(scenario: Scenario) -> None:
    """Six sworn with names already there leave the rest as numbered places."""
    units = tuple(
        u.model_copy(update={"strength": ("sworn:9",)}) if u.id == "police" else u for u in scenario.units
    )
    staff = staff_of(scenario.model_copy(update={"units": units}))
    assert len(staff.numbered) == 9 - _count(scenario, "sworn")
    assert staff.eligible(("sworn",), ("driving",))[[staff.index[n] for n in staff.numbered]].all()


def test_lift_below_one_proves_a_shortage(scenario: Scenario) -> None:
    """Four stewards can give 7 hours each in this evening; 30 hours are asked for."""
    needs = [_need(10, ("steward",), 0, 3)]
    lift = next(r for r in lifts(scenario, staff_of(scenario), needs) if r.category == "steward")
    assert lift.needed_h == 30
    assert lift.available_h == 7 * _count(scenario, "steward")
    assert (lift.ratio < 1) == (lift.available_h < 30)


def test_spending_never_goes_below_zero(scenario: Scenario) -> None:
    budget = Budget(scenario, staff_of(scenario))
    budget.add_needs([replace(_need(50, ("steward",)), number=50)])
    assert int(np.min(budget.free(budget.staff.eligible(("steward",))))) == 0


def test_a_seat_that_nobody_can_fill_costs_no_heads(scenario: Scenario) -> None:
    """No sworn officer holds first aid here; of four drivers asked for nine, four are spent and not nine."""
    budget = Budget(scenario, staff_of(scenario))
    sworn = budget.staff.eligible(("sworn",))
    drivers = int(budget.staff.eligible(("sworn",), ("driving",)).sum())
    budget.add_needs([replace(_need(2, ("sworn",)), qualifications=("first_aid",))])
    assert set(budget.free(sworn).tolist()) == {_count(scenario, "sworn")}
    budget.add_needs([replace(_need(9, ("sworn",)), qualifications=("driving",))])
    assert budget.free(sworn)[1] == _count(scenario, "sworn") - drivers
    budget.add_needs([_need(1, ("sworn",))])
    assert budget.free(sworn)[1] == _count(scenario, "sworn") - drivers - 1

"""Who is due when, worked by hand on four duties of one evening."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from scenarios.today.board import board, entries, local, now_in, opening
from scenarios.view import PlanView
from tests.scenarios.publish.webmap_town import town
from tests.scenarios.today.people import duty

H = 3600


@pytest.fixture(scope="module")
def view() -> PlanView:
    """Ann on the gate twice in a row, Ben at noon and elsewhere later, Cid late in the evening."""
    duties = (
        duty("ann", "G#1", "gate", 0, 900, 4 * H), duty("ann", "G#2", "gate", 4 * H, 4 * H, 6 * H),
        duty("ben", "P#1", "post", H, H, 2 * H), duty("ben", "G#3", "gate", 3 * H, 3 * H, 5 * H, "stewards"),
        duty("cid", "P#9", "post", 8 * H, 8 * H, 9 * H),
    )  # fmt: skip
    return replace(town(), duties=duties)


def states(view: PlanView, checkins, now_s: int) -> dict[str, str]:
    return {line.duty.group: line.state for line in board(view, checkins, now_s).lines}


def test_each_duty_has_one_state(view: PlanView) -> None:
    assert states(view, {}, 0) == {"G#1": "due", "P#1": "due", "G#3": "later", "G#2": "later", "P#9": "later"}
    assert states(view, {}, 2 * H) == {"G#1": "late", "P#1": "over", "G#3": "due", "G#2": "due", "P#9": "later"}
    assert states(view, {("ann", "G#1"): "x"}, 7 * H)["P#9"] == "due"
    assert states(view, {}, 12 * H) == dict.fromkeys(["G#1", "P#1", "G#3", "G#2", "P#9"], "over")


def test_late_begins_after_the_report_time(view: PlanView) -> None:
    """On the second itself nobody is late yet; a minute later one minute."""
    line = next(one for one in board(view, {}, H).lines if one.duty.group == "P#1")
    assert (line.state, line.late_min) == ("due", 0)
    line = next(one for one in board(view, {}, H + 60).lines if one.duty.group == "P#1")
    assert (line.state, line.late_min) == ("late", 1)


def test_who_goes_on_in_place_need_not_report_again(view: PlanView) -> None:
    """Ann's second duty at the gate goes on; Ben's second is elsewhere."""
    seen = states(view, {("ann", "G#1"): "2026", ("ben", "P#1"): "2026"}, 4 * H + 60)
    assert seen["G#2"] == "here"
    assert seen["G#3"] == "late"
    straight = (duty("dan", "X#1", "post", 0, 0, 2 * H), duty("dan", "X#2", "gate", 2 * H, 2 * H, 4 * H))
    seen = states(replace(view, duties=straight), {("dan", "X#1"): "2026"}, 2 * H + 60)
    assert seen == {"X#1": "over", "X#2": "late"}  # straight on, but to another place


def test_places_count_who_is_planned_and_who_is_there(view: PlanView) -> None:
    found = board(view, {("ann", "G#1"): "2026"}, 3 * H + 60)
    assert [(p.name, p.unit, p.planned, p.here) for p in found.places(3 * H + 60)] == [
        ("Gate", "police", 1, 1), ("Gate", "stewards", 1, 0)
    ]  # fmt: skip
    assert entries(found.of("here"), None) == [("ann", "G#1", None), ("ann", "G#2", None)]


def test_the_clock_is_the_events_own(view: PlanView) -> None:
    start = view.start.astimezone(UTC)
    assert now_in(view, start + timedelta(seconds=90)) == 90
    assert now_in(view, start - timedelta(seconds=1)) is None
    assert now_in(view, start + timedelta(seconds=view.horizon_s)) is None
    assert local(view, 60) == f"{view.clock(60):%Y-%m-%d %H:%M}"
    assert opening(view) == 2.5 * H
    assert opening(replace(view, duties=())) == 0

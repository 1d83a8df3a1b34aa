"""The shipped festival, planned for real on its real map with fixed work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.audit import audit_plan
from scenarios.run import Planned, check_plan, open_scenario, plan_scenario
from scenarios.sentences import breach_sentences
from scheduler.patrols.plan import PatrolPlan
from scheduler.roster.plan import Duty, RosterPlan
from scheduler.siting.plan import SitingPlan, Stand

WORK = 10.0


@pytest.fixture(scope="module")
def festival() -> Planned:
    """The town festival; enough work to fill every seat, not to polish."""
    return plan_scenario(open_scenario("neubrandenburg"), seconds=WORK, seed=0, repeatable=True)


def test_every_mandatory_seat_is_filled_and_the_audit_agrees(festival: Planned) -> None:
    assert festival.exit_code == 0
    assert festival.audit.agrees
    assert not festival.audit.breaches
    assert not festival.audit.short
    assert len(festival.view.duties) > 300


def test_class_1_sites_are_reached_and_all_promises_kept(festival: Planned) -> None:
    levels = {**dict(festival.audit.engines["siting"].levels), **dict(festival.audit.engines["patrols"].levels)}
    assert levels["must_bare"] == 0
    assert levels["bare"] == 0
    assert levels["missed"] == 0
    assert levels["gap_excess"] == 0


def test_promises_hold_with_the_seats_that_are_filled(festival: Planned) -> None:
    """Every seat is filled, so the manned plan is the whole plan."""
    for engine, audit in festival.audit.manned.items():
        assert audit.levels == festival.audit.engines[engine].levels


def test_a_station_section_is_seen_every_two_hours_by_hand(festival: Planned) -> None:
    """The gap of one section under a two-hour promise, counted from the stops without our own gap code."""
    view = festival.view
    section = next(s for s in view.sections if s.cls == "station_approach" and s.gaps)
    promise = section.gaps[0]
    assert promise.promised_s == 2 * 3600
    stops = sorted(
        (stop.arrive_s, stop.leave_s)
        for tour in view.tours for stop in tour.stops if stop.place == section.id
    )
    inside = [(a, b) for a, b in stops if b > promise.start_s and a < promise.end_s]
    edges = [promise.start_s, *(t for stop in inside for t in stop), promise.end_s]
    unseen = [later - earlier for earlier, later in zip(edges[::2], edges[1::2], strict=True)]
    assert max(unseen) == promise.longest_s <= 2 * 3600


@pytest.mark.slow  # crossroads is planned twice in test_chain.py
def test_twice_the_same_bytes(festival: Planned) -> None:
    again = plan_scenario(open_scenario("neubrandenburg"), seconds=WORK, seed=0, repeatable=True)
    assert again.plan.dumps() == festival.plan.dumps()


def test_check_reads_the_plan_file_back_and_agrees(festival: Planned, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(festival.plan.dumps(), encoding="utf-8")
    checked = check_plan(festival.desk.loaded, path)
    assert checked.exit_code == 0
    assert not checked.stale
    assert checked.view.kpis == festival.view.kpis


def _sentences(festival: Planned, **changes: object) -> str:
    plan = replace(festival.plan, edited=True, **changes)  # type: ignore[arg-type]
    return "\n".join(breach_sentences(festival.desk, audit_plan(festival.desk, plan)))


def test_a_short_rest_is_named_with_person_and_time(festival: Planned) -> None:
    """Somebody off at night is put on the next morning: less than eleven hours."""
    groups = {g.id: g for g in festival.audit.rebuilt.roster.problem.groups}
    duties = list(festival.plan.roster.duties)
    held: dict[str, list[str]] = {}
    for duty in duties:
        held.setdefault(duty.person, []).append(duty.group)
    person, late, early = next(
        (duty.person, duty.group, other.group)
        for duty in duties
        for other in duties
        if other.person != duty.person
        and len(held[duty.person]) == 1
        and 4 * 3600 < groups[other.group].report_s - groups[duty.group].release_s < 10 * 3600
    )
    k = next(i for i, d in enumerate(duties) if d.group == early)
    duties[k] = Duty(early, duties[k].seat, person)
    text = _sentences(festival, roster=RosterPlan(tuple(duties)))
    line = next(row for row in text.splitlines() if person in row and "rest" in row.lower())
    assert any(day in line for day in ("Fri", "Sat", "Sun", "Mon")), line
    assert late or early


def test_a_post_moved_out_of_reach_leaves_its_site_bare(festival: Planned) -> None:
    """The post that alone reaches a site in time goes to the place that reaches it last."""
    plan, tables = festival.plan, festival.audit.rebuilt.siting
    site, number = next(
        (s, c.first) for s in festival.view.sites for c in s.cover if c.first and not c.second
    )
    place = plan.posts[number]
    used = {s.post for s in plan.siting.stands}
    xy = {spot.id: spot.xy for spot in tables.posts}
    far = max(
        (p for p in tables.problem.posts if p.id not in used),
        key=lambda p: (xy[p.id][0] - site.xy[0]) ** 2 + (xy[p.id][1] - site.xy[1]) ** 2,
    )
    stands = tuple(
        Stand(far.id if s.post == place else s.post, s.period, s.kind, s.n_units)
        for s in plan.siting.stands
    )
    moved = replace(plan, siting=SitingPlan(stands), posts={**plan.posts, number: far.id}, edited=True)
    audit = audit_plan(festival.desk, moved)
    assert audit.engines["siting"].value("bare") > 0
    assert any(
        site.id in cost.where and cost.rule == "bare" for cost in audit.engines["siting"].costs
    )


def test_a_dropped_tour_stretches_gaps(festival: Planned) -> None:
    tours = festival.plan.patrols.tours
    busiest = max(tours, key=lambda t: len(t.stops))
    plan = replace(
        festival.plan, patrols=PatrolPlan(tuple(t for t in tours if t is not busiest)), edited=True
    )
    audit = audit_plan(festival.desk, plan)
    patrols = audit.engines["patrols"]
    assert patrols.value("gap_excess") + patrols.value("missed") > 0

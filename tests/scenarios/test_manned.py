"""What counts of a plan as it stands is what the audit serves, whichever seats are empty."""

from dataclasses import replace

import pytest

from scenarios.audit import audit_plan
from scenarios.handwork import Handwork, seats_of
from scenarios.hourly import hours_of, too_long
from scenarios.manned import Manned
from scenarios.publish.webmap import map_data
from scenarios.rounds import promises, visits_of
from scenarios.run import Planned
from scenarios.view import PlanView
from scenarios.viewing import build_view
from scheduler.roster.plan import RosterPlan
from tests.scenarios.publish.webmap_town import HOUR, town


def emptied(planned: Planned, parties: set[str]):
    """The plan without anybody in the seats of some parties: its audit and its view."""
    gone = {g["id"] for g in planned.plan.groups if g["party"] in parties}
    duties = tuple(d for d in planned.plan.roster.duties if d.group not in gone)
    plan = replace(planned.plan, roster=RosterPlan(duties), edited=True)
    audit = audit_plan(planned.desk, plan)
    return audit, build_view(planned.desk, plan, audit)


def served_spans(audit, view: PlanView) -> dict[str, set[tuple[int, int]]]:
    """Periods in which each post counts, by its number."""
    periods = {p.id: (p.start_s, p.end_s) for p in audit.rebuilt.siting.problem.periods}
    numbers = {post.place: post.number for post in view.posts}
    found: dict[str, set[tuple[int, int]]] = {post.number: set() for post in view.posts}
    for stand in audit.served.siting.stands:
        found[numbers[stand.post]].add(periods[stand.period])
    return found


def test_posts_and_patrols_count_as_the_audit_says(crossroads: Planned) -> None:
    """Each party's seats emptied in turn, then everybody's."""
    parties = {str(g["party"]) for g in crossroads.plan.groups}
    hit = 0
    for gone in (set(), *({one} for one in sorted(parties)), parties):
        audit, view = emptied(crossroads, gone)
        manned = Manned.of(view)
        assert {t.crew for t in view.tours if manned.rides(t)} == {t.crew for t in audit.served.patrols.tours}
        served = served_spans(audit, view)
        for post in view.posts:
            spans = manned.spans(post)
            inside = {p for p in view.periods if any(a <= p[0] and p[1] <= b for a, b in spans)}
            assert inside == served[post.number]
            assert sum(b - a for a, b in spans) == sum(b - a for a, b in served[post.number])
        hit += len(audit.served.patrols.tours) < len(view.tours)
    assert hit > 1
    assert not audit.served.siting.stands


def test_with_every_seat_empty_nothing_counts_anywhere(crossroads: Planned) -> None:
    """By the hour, on the map and against the promises it is what the audit says: nobody is anywhere."""
    _, view = emptied(crossroads, {str(g["party"]) for g in crossroads.plan.groups})
    assert view.tours
    assert visits_of(view) == {}
    assert all((hour.posts, hour.patrols) == (0, 0) for hour in hours_of(view))
    broken = {s.id for s in view.sections if any(g.longest_s > g.promised_s for g in s.gaps)}
    assert broken == {s.id for s in view.sections if too_long(s.gaps, ())}
    data = map_data(view)
    assert not any(tour["manned"] for tour in data["tours"])
    assert [post["manned"] for post in data["posts"]] == [[] for _ in view.posts]
    assert all(post["lacking"] for post in data["posts"] if post["stands"])


def test_late_by_the_hour_is_late_by_the_audit(crossroads: Planned) -> None:
    """As planned, and with one crew gone: a place is told as late exactly where the audit's longest stretch is."""
    crew = crossroads.plan.patrols.tours[0].crew
    for gone in (set(), {crossroads.audit.rebuilt.derived.parties[crew]}):
        _, view = emptied(crossroads, gone)
        seen = visits_of(view)
        for thing in (*view.sites, *view.sections):
            for gap in thing.gaps:
                spans = too_long([gap], seen.get(thing.id, ()))
                assert max((b - a + gap.promised_s for a, b in spans), default=0) == (
                    gap.longest_s if gap.longest_s > gap.promised_s else 0
                )
        assert all(max(b - a for a, b in p.unseen) == p.longest_s for p in promises(view) if p.unseen)


def test_what_is_served_after_an_edit_is_of_the_plan_that_stands(crossroads: Planned) -> None:
    """Duties too, whether a post or crew loses its people by the edit or not."""
    work = Handwork.of(crossroads.desk.loaded, crossroads.plan)
    made = seats_of(work.plan, {})
    wished = {g.id for g in work.audit.rebuilt.roster.problem.groups if g.level > 0 or g.most > g.need}
    tried = [min(made), *(seat for seat in sorted(made) if seat.rpartition("/")[0] in wished)][:2]
    for seat in (*tried, max(made)):
        now = work.judge(seats_of(work.plan, {seat: None}))
        found, whole = work.audit_with(now), audit_plan(work.desk, work.plan_with(now))
        assert found.served == whole.served
        assert seat not in {f"{d.group}/{d.seat}" for d in found.served.roster.duties}
        assert found.served.edited


@pytest.fixture
def half() -> PlanView:
    """The town's second post lacks one from 18:00 on, and stands until midnight in two periods."""
    view = town(periods=((0, 7 * HOUR), (7 * HOUR, 12 * HOUR)))
    second = next(s for s in view.seats if s.party == "P02")
    first = replace(second, id="G8", start_s=4 * HOUR, end_s=6 * HOUR, need=1)
    return replace(view, seats=(*(s for s in view.seats if s.party != "P02"), first,
                                replace(second, id="G9", start_s=8 * HOUR, end_s=10 * HOUR, need=2)))  # fmt: skip


def test_a_post_counts_by_whole_periods(half: PlanView) -> None:
    """Short from the eighth hour on, so it counts for nothing from the seventh, where the period begins."""
    manned, post = Manned.of(half), half.posts[1]
    assert manned.spans(post) == ((4 * HOUR, 7 * HOUR),)
    assert manned.lacking(post) == ((7 * HOUR, 10 * HOUR),)
    assert manned.spans(half.posts[0]) == ((4 * HOUR, 10 * HOUR),)
    assert [hour.posts for hour in hours_of(half)] == [0, 0, 0, 0, 3, 3, 3, 2, 2, 2, 0, 0]
    told = {post["id"]: (post["manned"], post["lacking"]) for post in map_data(half)["posts"]}
    assert told["P02"] == ([[4 * HOUR, 7 * HOUR]], [[7 * HOUR, 10 * HOUR]])


def test_a_view_without_periods_is_cut_at_its_seats(half: PlanView) -> None:
    """A view that was kept before periods were."""
    post = half.posts[1]
    assert Manned.of(replace(half, periods=())).spans(post) == ((4 * HOUR, 8 * HOUR),)


def test_crews_of_one_sign_are_told_apart(half: PlanView) -> None:
    """Two tours under one call sign at the same time, one without its crew: the other rides."""
    tour = next(t for t in half.tours if t.call_sign == "K01")
    other = replace(tour, crew="second", members=(), party="K01.late")
    short = replace(half.seats[0], id="G7", party="K01.late", start_s=tour.depart_s, end_s=tour.return_s, people=())
    view = replace(half, tours=(replace(tour, party="K01"), other), seats=(*half.seats, short))
    manned = Manned.of(view)
    assert [manned.rides(t) for t in view.tours] == [True, False]
    assert {sign for rows in visits_of(view).values() for *_, sign in rows} == {"K01"}
    assert [t["manned"] for t in map_data(view)["tours"]] == [True, False]

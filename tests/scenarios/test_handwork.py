"""A roster changed by hand: what it breaks and costs is the whole audit's word, and the ranked list agrees with it."""

from dataclasses import fields, replace

import pytest

from scenarios.audit import audit_plan
from scenarios.handwork import Handwork, after, known_seats, seats_of
from scenarios.run import Planned
from scenarios.sentences import Teller
from scenarios.store.operations import Assign, Move, Swap
from scenarios.tongue import speaking
from scenarios.view import PlanView
from scenarios.viewfile import _plain
from scenarios.viewing import build_view
from scheduler.roster.plan import Duty, RosterPlan


@pytest.fixture(scope="module")
def work(crossroads: Planned) -> Handwork:
    """The shipped crossroads, planned and laid out."""
    return Handwork.of(crossroads.desk.loaded, crossroads.plan)


def whole(work: Handwork, seats: dict[str, str]):
    """The whole plan's own audit of these duties."""
    duties = [Duty(seat.rpartition("/")[0], int(seat.rpartition("/")[2]), who) for seat, who in seats.items()]
    return audit_plan(work.desk, replace(work.plan, roster=RosterPlan(tuple(duties)), edited=True))


def test_edits_are_laid_over_the_plan() -> None:
    seats = {"G/1": "P1", "G/2": "P2"}
    assert after(seats, Assign("J", "G/1", "P9")) == {"G/1": "P9", "G/2": "P2"}
    assert after(seats, Assign("J", "G/1", None)) == {"G/2": "P2"}
    assert after(seats, Move("J", "P1", "G/1", "H/1")) == {"G/2": "P2", "H/1": "P1"}
    assert after(seats, Swap("J", "G/1", "G/2")) == {"G/1": "P2", "G/2": "P1"}


def test_every_replacement_is_judged_as_the_whole_audit_judges_it(work: Handwork) -> None:
    """Everybody for seats that stand empty: who cannot breaks something new, who can costs what the list says."""
    planned = work.judge(seats_of(work.plan, {}))
    assert work.effect(planned, planned).nothing
    emptied = sorted(planned.seats)[::3]
    start = work.judge(seats_of(work.plan, dict.fromkeys(emptied)))
    assert work.effect(planned, start).short > 0
    free = excluded = 0
    for seat in emptied:
        for one, _ in work.candidates(start, seat).rows:
            now = work.judge(after(start.seats, Assign("J", seat, one.person)))
            effect = work.effect(start, now)
            foreseen = work.foreseen(start, one)
            if foreseen is not None:
                assert (foreseen.costs, foreseen.short, dict(foreseen.by_rule)) == (
                    effect.costs, effect.short, dict(effect.by_rule)
                )
            if one.state == "free":
                free += 1
                assert effect.broken == ()
                assert effect.costs == one.price
                assert effect.short == one.short[0]
            elif one.state == "excluded":
                excluded += 1
                assert effect.broken
    assert free > 3
    assert excluded > 3


def test_a_hand_made_roster_shows_what_the_whole_audit_finds(work: Handwork) -> None:
    """One person in two seats at once and one seat empty: both are told, and gone again when it is taken back."""
    start = work.judge(seats_of(work.plan, {}))
    groups = {g.id: g for g in work.audit.rebuilt.roster.problem.groups}
    first, *others = sorted(start.seats, key=lambda seat: groups[seat.rpartition("/")[0]].level)
    its = groups[first.rpartition("/")[0]]
    clash = next(
        seat for seat in others
        if (g := groups[seat.rpartition("/")[0]]).id != its.id and g.start_s < its.end_s and its.start_s < g.end_s
    )
    hand = {clash: start.seats[first]}
    now = work.judge(seats_of(work.plan, hand))
    found = whole(work, dict(now.seats))
    assert now.roster == found.engines["roster"]
    assert work.effect(start, now).broken
    assert work.broken(now) == Teller(work.desk, found).breaches()
    assert work.view(work_view(work), now).breaches == work.broken(now)
    emptied = work.judge(seats_of(work.plan, {first: None}))
    assert emptied.n_short == sum(n for _, n in whole(work, dict(emptied.seats)).short)
    assert work.effect(start, emptied).short == 1
    assert work.effect(emptied, start).short == -1
    assert first in known_seats(work)


def work_view(work: Handwork):
    """The plan as people see it."""
    return build_view(work.desk, work.plan, work.audit)


def test_the_view_shows_the_duties_that_stand(work: Handwork) -> None:
    start = work.judge(seats_of(work.plan, {}))
    base = work_view(work)
    assert work.view(base, start).duties == base.duties
    seat = min(start.seats)
    view = work.view(base, work.judge(after(start.seats, Assign("J", seat, None))))
    assert f"{seat}" not in {f"{d.group}/{d.seat}" for d in view.duties}
    assert len(view.duties) == len(base.duties) - 1


def differing(one: PlanView, other: PlanView) -> list[str]:
    """Fields that are not the same in two views; arrays by what they hold."""
    return [f.name for f in fields(one) if _plain(getattr(one, f.name)) != _plain(getattr(other, f.name))]


def test_the_plan_as_it_stands_is_what_audit_and_view_make_of_it_whole(work: Handwork) -> None:
    """Every third seat emptied alone, then several at once: cover, visits, figures and breaches follow."""
    base, planned = work_view(work), work.judge(seats_of(work.plan, {}))
    assert differing(work.whole_view(base, planned), base) == []
    seats = sorted(planned.seats)
    without_post = without_crew = 0
    for emptied in (*([seat] for seat in seats[::3]), seats[::4], seats):
        now = work.judge(seats_of(work.plan, dict.fromkeys(emptied)))
        found, audit = work.whole_view(base, now), whole(work, dict(now.seats))
        told = build_view(work.desk, work.plan_with(now), audit)
        assert differing(found, told) == []
        assert work.audit_with(now).breaches == audit.breaches
        assert (found.duties, found.kpis) != (base.duties, base.kpis)
        without_post += audit.served.siting != work.plan.siting
        without_crew += audit.served.patrols != work.plan.patrols
    assert without_post
    assert without_crew
    # and back again from what was shown last
    assert differing(work.whole_view(base, planned), base) == []


def test_a_pin_that_is_not_kept_is_told_and_lifted_again(work: Handwork) -> None:
    """Judged by the pins of the moment, without laying anything out anew."""
    start = work.judge(seats_of(work.plan, {}))
    seat = min(start.seats)
    person, group = start.seats[seat], seat.rpartition("/")[0]
    without = after(start.seats, Assign("J", seat, None))
    rules = {rule.name for rule in work.audit.rebuilt.roster.problem.rules}
    assert "pins_locked" in rules
    work.pinned([(person, group, True), ("gone", group, True)])
    assert "pins_locked" in {b.rule for b in work.judge(without).roster.breaches}
    assert "pins_locked" not in {b.rule for b in work.judge(start.seats).roster.breaches}
    work.pinned([])
    assert "pins_locked" not in {b.rule for b in work.judge(without).roster.breaches}


def test_a_seat_is_taken_over_as_the_list_says(work: Handwork) -> None:
    """Every candidate once, by the list's own edit: who leaves another seat swaps, or moves where this one is empty."""
    start = work.judge(seats_of(work.plan, {}))
    foreseen = ways = 0
    for seat in sorted(start.seats):
        emptied = work.judge(after(start.seats, Assign("J", seat, None)))
        alone = work.judge({seat: start.seats[seat]})
        for now in (start, emptied, alone):
            for one, _ in work.candidates(now, seat).rows:
                if one.state == "excluded":
                    assert work.why_not(now, seat, one.person)
                    continue
                edit = work.edit_of(now, "J", seat, one)
                result = after(now.seats, edit)
                assert result[seat] == one.person
                told = work.foreseen(now, one)
                if told is not None:
                    foreseen += 1
                    assert told == work.effect(now, work.judge(result))
                if one.state == "chain":
                    ways += 1
                    assert isinstance(edit, Move if now is emptied else Swap)
                    left = edit.other if isinstance(edit, Swap) else edit.seat
                    assert result.get(left) == now.seats.get(seat)
    assert foreseen > 3
    assert ways > 1


def test_what_a_seat_asks_is_said_in_the_readers_language(work: Handwork) -> None:
    """Judged once, told twice: the sentence is put together anew from the seat and the person."""
    start = work.judge(seats_of(work.plan, {}))
    seats = ((seat, one) for seat in sorted(start.seats) for one, _ in work.candidates(start, seat).rows)
    told = 0
    for seat, one in seats:
        now = work.judge(after(start.seats, Assign("J", seat, one.person)))
        wrong = [b for b in now.roster.breaches if b.rule == "seat_asks"]
        if wrong and told < 5:
            told += 1
            (english,) = work.sentences(wrong)
            with speaking("zh"):
                (chinese,) = work.sentences(wrong)
            assert "cannot serve" in english
            assert "不能担任" in chinese
            assert seat.rpartition("/")[0] in chinese
            assert one.person in chinese
    assert told


def test_a_duty_in_hand_is_told_by_everybody_as_the_ranked_list_tells_it(work: Handwork) -> None:
    """The quick answer is the list's own, for filled and empty seats; a seat that is not there has none."""
    planned = work.judge(seats_of(work.plan, {}))
    for seat in sorted(planned.seats)[::4]:
        start = work.judge(seats_of(work.plan, {seat: None}))
        for now in (planned, start):
            quick = dict(work.standings(now, seat))
            assert quick == {one.person: one for one, _text in work.candidates(now, seat).rows}
            assert work.standings(now, seat) == quick
    assert work.standings(planned, "none/1") == {}


def test_what_a_drop_means(work: Handwork) -> None:
    """By hand: four ways, and nothing where seat, person or state do not fit."""
    planned = work.judge(seats_of(work.plan, {}))
    first, second = sorted(planned.seats)[:2]
    now = work.judge(seats_of(work.plan, {second: None}))
    who = planned.seats[first]
    assert work.dropped(now, "J", "give", second, person=who) == Assign("J", second, who)
    assert work.dropped(now, "J", "empty", first) == Assign("J", first, None)
    assert work.dropped(now, "J", "move", first, other=second) == Move("J", who, first, second)
    assert work.dropped(planned, "J", "swap", first, other=second) == Swap("J", first, second)
    assert work.dropped(planned, "J", "move", first, other=second) is None
    for way, seat, more in (
        ("give", first, {"person": "nobody"}), ("give", "none/1", {"person": who}), ("give", first, {}),
        ("move", second, {"other": first}), ("swap", first, {"other": second}), ("swap", first, {}),
        ("move", first, {"other": "none/1"}), ("paint", first, {}), ("", "", {}),
    ):  # fmt: skip
        assert work.dropped(now, "J", way, seat, **more) is None


def test_what_is_broken_names_people_and_seats(work: Handwork) -> None:
    """The marks on the bars are the audit's breaches, one by one, each with its sentence."""
    planned = work.judge(seats_of(work.plan, {}))
    first, *others = sorted(planned.seats)
    now = work.judge(dict.fromkeys([first, *others[:4]], planned.seats[first]))
    found = work.faults_of(now, 100)
    assert found
    assert [(who, where) for who, where, _text in found] == [(b.who, b.where) for b in now.roster.breaches]
    assert {text for *_ids, text in found} <= set(work.sentences(now.roster.breaches))
    assert len(work.faults_of(now, 1)) == 1
    assert work.faults_of(planned, 100) == ()

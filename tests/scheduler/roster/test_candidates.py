"""Who could take a seat: by hand, then every answer applied and audited."""

import dataclasses

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from scheduler.errors import ProblemError
from scheduler.roster.audit import audit
from scheduler.roster.plan import Duty, RosterPlan
from scheduler.roster.problem import Absence, Pin, RuleSetting, Watch
from scheduler.roster.repair import Ranking, candidates
from scheduler.roster.rules import explain, load

from .tiny import HOUR, group, people_and_groups, person, plan, plan_of, problem, small_params

REST = RuleSetting("minimum_rest", hard=True, params={"rest_h": 11, "same_tour_h": 8})
RULES = ("no_double_duty", "leave_locked", "pins_locked", REST)


def shift():
    """A and B hold the day; C is free, D on leave, E too low in rank, F at the other post of that time."""
    groups = [group("early", 6 * HOUR, 12 * HOUR, rank_min=1), group("beside", 6 * HOUR, 12 * HOUR),
              group("late", 12 * HOUR, 18 * HOUR)]
    people = [person("A"), person("B"), person("C"), person("D", absences=(Absence(0, 20 * HOUR),)),
              person("E", rank=0), person("F")]
    return problem(people, groups, RULES), plan("early/1 A", "late/1 B", "beside/1 F")


def by_name(found):
    return {one.person: one for one in found}


def test_everybody_is_judged_and_the_reason_is_named():
    made, held = shift()
    found = candidates(made, held, "early/1")
    its = by_name(found)
    assert "A" not in its  # the holder
    assert [one.person for one in found if one.state == "free"] == ["C"]
    assert its["C"].rank == 1
    assert its["D"].state == "excluded"
    assert [b.rule for b in its["D"].reasons] == ["leave_locked"]
    assert [b.rule for b in its["E"].reasons] == ["seat_asks"]
    assert "rank 0" in explain(made, its["E"].reasons[0], str)


def test_who_must_leave_another_seat_says_which_and_who_takes_it():
    made, held = shift()
    its = by_name(candidates(made, held, "early/1"))
    assert (its["F"].state, its["F"].leaves, its["F"].then) == ("chain", "beside", "A")  # a plain swap
    assert (its["B"].state, its["B"].leaves) == ("chain", "late")
    ill = dataclasses.replace(made, people=tuple(
        dataclasses.replace(p, absences=(Absence(0, 20 * HOUR),)) if p.id == "A" else p for p in made.people))
    its = by_name(candidates(ill, held, "early/1"))
    assert (its["F"].leaves, its["F"].then) == ("beside", "C")


def test_a_chain_that_leaves_a_seat_empty_is_ranked_last():
    groups = [group("one", 0, HOUR), group("two", 0, HOUR)]
    made = problem([person("A", absences=(Absence(0, HOUR),)), person("B"), person("C")], groups,
                   ("no_double_duty", "leave_locked"))
    found = candidates(made, plan("one/1 A", "two/1 B"), "one/1")
    assert [(c.person, c.state, c.leaves, c.then) for c in found] == [
        ("C", "free", None, None), ("B", "chain", "two", "C")]
    alone = dataclasses.replace(made, people=made.people[:2])
    (only,) = candidates(alone, plan("one/1 A", "two/1 B"), "one/1")
    assert (only.state, only.leaves, only.then) == ("chain", "two", None)
    assert only.short == (0,)  # A's seat is filled, B's is not: no seat is gained


def test_pinned_and_begun_duties_are_not_left():
    made, held = shift()
    pinned = dataclasses.replace(made, pins=(Pin("F", "beside"),))
    assert by_name(candidates(pinned, held, "early/1"))["F"].state == "excluded"
    later = by_name(candidates(made, held, "late/1", at_s=7 * HOUR))
    assert later["F"].state == "excluded"  # would have to leave a duty that has begun
    assert {one.state for one in candidates(made, held, "early/1", at_s=7 * HOUR)} == {"excluded"}


def test_the_nearer_and_less_burdened_come_first():
    travel = [[0, 900, 1800], [900, 0, 900], [1800, 900, 0]]
    people = [person("Far", home=2), person("Near"), person("Busy")]
    groups = [group("seat", 40 * HOUR, 44 * HOUR), group("other", 0, 4 * HOUR)]
    made = problem(people, groups, ("no_double_duty",), travel_s=travel)
    found = candidates(made, plan("other/1 Busy"), "seat/1")
    assert [(c.person, c.travel_s, c.hours_s) for c in found] == [
        ("Near", 0, 0), ("Busy", 0, 4 * HOUR), ("Far", 1800, 0)]


def test_seats_that_do_not_exist_are_told():
    made, held = shift()
    for seat in ("nothing/1", "early/2", "early/x", "early"):
        with pytest.raises(ProblemError):
            candidates(made, held, seat)


@st.composite
def legal_plans(draw):
    """A problem with any mix of rules, a legal plan of it, and a seat."""
    made, scale = draw(people_and_groups(4, 4, asks=False))
    rules = [RuleSetting("no_double_duty", hard=True)]
    for name in sorted(draw(st.sets(st.sampled_from(sorted(set(load()) - {"no_double_duty"})), max_size=5))):
        params = small_params(name, scale, draw, len(made.people))
        rules.append(RuleSetting(name, draw(st.integers(0, 3)) == 0, draw(st.integers(1, 3)), params))
    made = dataclasses.replace(made, rules=tuple(rules))
    pairs = []
    for g in range(len(made.groups)):
        for p in range(len(made.people)):
            taken = sum(at == g for _, at in pairs)
            if taken < made.groups[g].most and draw(st.sampled_from([True, True, False])):
                more = [*pairs, (p, g)]
                if audit(made, plan_of(made, more)).ok:
                    pairs = more
    held = plan_of(made, pairs)
    assume(audit(made, held).ok)
    g = draw(st.integers(0, len(made.groups) - 1))
    return made, held, made.groups[g].id, draw(st.integers(1, max(1, made.groups[g].most)))


def applied(held, seat, who, one):
    """The plan once the answer is followed."""
    name, number = seat
    duties = [d for d in held.duties if (d.group, d.seat) != (name, number)]
    if one.leaves:
        left = next(d for d in duties if (d.group, d.person) == (one.leaves, who))
        duties.remove(left)
        if one.then:
            duties.append(Duty(one.leaves, left.seat, one.then))
    return RosterPlan(tuple(sorted([*duties, Duty(name, number, who)])))


def test_every_answer_is_what_the_audit_finds():
    seen = {"free": 0, "chain": 0, "excluded": 0, "then": 0}

    @settings(max_examples=150, deadline=None, derandomize=True, phases=(Phase.generate,))
    @given(legal_plans())
    def compare(case):
        made, held, name, number = case
        if made.groups[[g.id for g in made.groups].index(name)].most < 1:
            return
        before = dict(audit(made, held).levels)
        for one in candidates(made, held, f"{name}/{number}"):
            seen[one.state] += 1
            seen["then"] += one.then is not None
            after = audit(made, applied(held, (name, number), one.person, one))
            if one.state == "excluded":
                assert one.reasons
                assert all(explain(made, b, str) for b in one.reasons)
                assert not after.ok, (one, name)
                continue
            assert after.ok, (one, after.breaches)
            gained = {k: v - before[k] for k, v in after.levels}
            assert one.price == gained.pop("costs"), one
            assert list(one.short) == list(gained.values()), one

    compare()
    assert min(seen["free"], seen["excluded"]) > 20, seen
    assert seen["chain"] > 10, seen
    assert seen["then"] >= 2, seen


def test_the_short_list_is_the_long_one_without_what_it_leaves_out():
    """States, prices and order are the same; reasons come when asked for; pins come and go without a new layout."""
    seen = {"free": 0, "chain": 0, "excluded": 0}

    @settings(max_examples=80, deadline=None, derandomize=True, phases=(Phase.generate,))
    @given(legal_plans(), st.data())
    def compare(case, data):
        made, held, name, number = case
        if made.groups[[g.id for g in made.groups].index(name)].most < 1:
            return
        if "pins_locked" not in {rule.name for rule in made.rules}:
            kept = RuleSetting("pins_locked", data.draw(st.booleans()), 2)
            made = dataclasses.replace(made, rules=(*made.rules, kept))
        ranking, seat = Ranking.of(made, RosterPlan(()), counting_all=True), f"{name}/{number}"
        who, where = (data.draw(st.sampled_from([one.id for one in its])) for its in (made.people, made.groups))
        pins = dataclasses.replace(made, pins=(Pin(who, where, data.draw(st.booleans())),))
        for its in (pins, made):
            ranking = ranking.again(its, held)
            fresh = Ranking.of(its, held, counting_all=True)
            found = fresh.candidates(seat)
            assert ranking.candidates(seat) == found
            short = {one.person: one for one in ranking.able(seat)}
            for one in found:
                seen[one.state] += 1
                assert short[one.person].state == one.state
                if one.state == "free":
                    assert dataclasses.replace(short[one.person], rank=one.rank) == one
                assert ranking.reasons(seat, one.person) == one.reasons
            free = [one.person for one in found if one.state == "free"]
            assert [one.person for one in ranking.able(seat) if one.state == "free"] == free

    compare()
    assert min(seen.values()) > 10, seen


def test_a_roster_that_breaks_rules_is_priced_as_the_audit_counts_it():
    """D serves though on leave: the seat counts as held, or as empty, as it is asked for."""
    made, _ = shift()
    wrong = plan("early/1 D", "beside/1 F")
    before = dict(audit(made, wrong).levels)
    for counting_all in (True, False):
        free = [one for one in Ranking.of(made, wrong, counting_all=counting_all).candidates("early/1")
                if one.state == "free"]
        assert {one.person for one in free} == {"A", "B", "C"}
        for one in free:
            after = dict(audit(made, applied(wrong, ("early", 1), one.person, one)).levels)
            assert one.short == ((after["short_0"] - before["short_0"],) if counting_all else (-1,))
    barred = dataclasses.replace(made, pins=(Pin("C", "early", on=False), Pin("D", "early")))
    its = by_name(Ranking.of(made, wrong, counting_all=True).again(barred, wrong).candidates("early/1"))
    assert {its[who].state for who in "ABC"} == {"excluded"}  # D is pinned there
    assert "pins_locked" in {b.rule for b in its["C"].reasons}


def test_who_leaves_is_named_where_that_is_the_reason():
    """The lead goes and nobody else is one; or the holder is pinned: neither is a fault of who would come."""
    people = [person("Lead", rank=3), person("Mate"), person("New")]
    groups = [group("one", 6 * HOUR, 12 * HOUR), group("two", 6 * HOUR, 12 * HOUR)]
    lead = RuleSetting("duty_lead", hard=True, params={"rank_min": 3})
    made = problem(people, groups, ("no_double_duty", "pins_locked", lead), watches=(Watch(0, 6 * HOUR, 12 * HOUR),))
    held = plan("one/1 Lead", "two/1 Mate")
    its = by_name(candidates(made, held, "one/1"))["New"]
    assert (its.state, {b.rule for b in its.reasons}) == ("excluded", {"duty_lead"})
    assert all("lead" in explain(made, b, str) for b in its.reasons)
    pinned = dataclasses.replace(made, pins=(Pin("Mate", "two"),))
    its = by_name(candidates(pinned, held, "two/1"))["New"]
    assert (its.state, {b.rule for b in its.reasons}) == ("excluded", {"pins_locked"})
    assert "Mate is pinned" in explain(pinned, its.reasons[0], str)

"""Replanning with the fewest changes: by hand, then against every plan there is."""

import dataclasses

import pytest

from scheduler.outcome import Limits, Status
from scheduler.roster import repair_search
from scheduler.roster.audit import audit
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Absence, Pin, RuleSetting
from scheduler.roster.repair import repair
from scheduler.roster.repair_ground import weight_of

from .repairs import by_person, level, sick
from .tiny import HOUR, group, person, plan, problem

LIMITS = Limits(work=4.0)
REST = RuleSetting("minimum_rest", hard=True, params={"rest_h": 11, "same_tour_h": 8})
ONE = ("no_double_duty", "leave_locked", "pins_locked", REST)


@pytest.fixture(params=["whole", "windows"])
def way(request, monkeypatch):
    """Small problems both ways: the whole model at once, and by windows and the relaxation."""
    if request.param == "windows":
        monkeypatch.setattr(repair_search, "WHOLE_AT_MOST", 0)
    return request.param


# ------------------------------------------------------------ by hand
def day(*names, **more):
    """Three posts of one day, one after the other with no rest between, for these people."""
    groups = [group(name, k * 6 * HOUR, (k + 1) * 6 * HOUR) for k, name in ((1, "early"), (2, "late"), (3, "night"))]
    return problem([person(n) for n in names], groups, ONE, **more)


def test_an_idle_person_takes_the_seat(way):
    del way
    made = day("A", "B", "C", "D")
    held = plan("early/1 A", "late/1 B", "night/1 C")
    found = repair(sick(made, "B"), held, before=made, limits=LIMITS)
    assert by_person(found) == {"B": (("late",), ()), "D": ((), ("late",))}
    assert level(found, "changed").value == 2
    assert found.proven_least
    forced = {c.person: c.forced for c in found.changes}
    assert forced == {"B": True, "D": False}
    assert found.changes[0].first_s == 12 * HOUR


@pytest.mark.parametrize("many", [0, 12])
def test_a_plan_that_breaks_rules_already_is_made_legal(way, monkeypatch, many):
    """Auxiliaries stand without police where their officer falls ill, and C has no rest: both are mended."""
    del way
    monkeypatch.setattr(repair_search, "_MANY", many)
    rules = (*ONE, RuleSetting("police_lead_auxiliary", hard=True))
    groups = [
        group("gate.lead", 6 * HOUR, 12 * HOUR, party="gate", categories=frozenset({0})),
        group("gate.aux", 6 * HOUR, 12 * HOUR, party="gate", categories=frozenset({1})),
        group("night", 14 * HOUR, 20 * HOUR, categories=frozenset({0})),
    ]
    people = [person("A"), person("B", category=1), person("C"), person("D")]
    made = problem(people, groups, rules)
    held = plan("gate.lead/1 C", "gate.aux/1 B", "night/1 C")
    assert not audit(made, held).ok
    found = repair(sick(made, "A"), held, before=made, limits=LIMITS)
    after = audit(sick(made, "A"), found.plan)
    assert after.ok
    assert after.levels[0][1] == 0
    assert {c.person for c in found.changes} == {"C", "D"}


def test_a_chain_of_two_where_nobody_is_free(way):
    """Only A is armed for the late post; D can take A's post instead."""
    del way
    armed = problem(
        [person("A", rank=2), person("B", rank=2), person("D", rank=1)],
        [group("early", 6 * HOUR, 12 * HOUR), group("late", 12 * HOUR, 18 * HOUR, rank_min=2)],
        ONE,
    )
    held = plan("early/1 A", "late/1 B")
    found = repair(sick(armed, "B"), held, before=armed, limits=LIMITS)
    assert by_person(found) == {"B": (("late",), ()), "A": (("early",), ("late",)), "D": ((), ("early",))}
    assert level(found, "short_0").value == 0
    assert level(found, "changed").value == level(found, "changed").bound == 3


def test_nobody_changes_where_nothing_happened(way):
    del way
    made = day("A", "B", "C")
    held = plan("early/1 B", "late/1 C", "night/1 A")
    found = repair(made, held, limits=LIMITS)
    assert found.changes == ()
    assert found.plan == RosterPlan(tuple(sorted(held.duties)))
    assert "Nobody" in found.note


def test_most_changes_leaves_a_seat_empty(way):
    del way
    made = day("A", "B", "C", "D")
    held = plan("early/1 A", "late/1 B", "night/1 C")
    found = repair(sick(made, "B"), held, before=made, most_changes=0, limits=LIMITS)
    assert by_person(found) == {"B": (("late",), ())}
    assert level(found, "short_0").value == level(found, "short_0").bound == 1


def test_begun_duties_stay_and_are_not_given_anew(way):
    """At 07:00 the early duty has begun: who falls ill during it leaves it empty, and everybody else stays."""
    del way
    made = day("A", "B", "C", "D")
    held = plan("early/1 A", "late/1 B", "night/1 C")
    found = repair(sick(made, "A", start=7 * HOUR), held, before=made, at_s=7 * HOUR, limits=LIMITS)
    assert by_person(found) == {"A": (("early",), ())}
    later = repair(sick(made, "A"), held, before=made, at_s=5 * HOUR, limits=LIMITS)
    assert by_person(later) == {"A": (("early",), ()), "D": ((), ("early",))}


def test_the_freeze_line_keeps_published_duties(way):
    """Without a line A would go to the late post and D to the early one; the line keeps A where A is."""
    del way
    armed = problem(
        [person("A", rank=2), person("B", rank=2), person("D", rank=1)],
        [group("early", 6 * HOUR, 12 * HOUR), group("late", 12 * HOUR, 18 * HOUR, rank_min=2)],
        ONE,
    )
    held = plan("early/1 A", "late/1 B")
    changed = sick(armed, "B")
    found = repair(changed, held, before=armed, at_s=0, freeze_s=8 * HOUR, limits=LIMITS)
    assert by_person(found) == {"B": (("late",), ())}
    assert level(found, "frozen_lost").value == 0
    assert level(found, "short_0").value == 1


def test_frozen_duties_that_contradict_each_other_are_given_up_least(way):
    """A moved seat makes A's two begun duties overlap: one of them goes, and it is said."""
    del way
    before = problem([person("A"), person("B")], [group("x", HOUR, 2 * HOUR), group("y", 3 * HOUR, 4 * HOUR)],
                     ("no_double_duty",))
    after = dataclasses.replace(before, groups=(before.groups[0], group("y", HOUR, 4 * HOUR)))
    found = repair(after, plan("x/1 A", "y/1 A"), before=before, at_s=5 * HOUR, limits=LIMITS)
    assert level(found, "frozen_lost").value == level(found, "frozen_lost").bound == 1
    assert level(found, "short_0").value == 1


def test_pins_stay(way):
    """C is the only one free for the late post by rest, but pinned to the night."""
    del way
    made = day("A", "B", "C", pins=(Pin("C", "night"),))
    held = plan("early/1 A", "late/1 B", "night/1 C")
    found = repair(sick(made, "B"), held, before=made, limits=LIMITS)
    assert by_person(found) == {"B": (("late",), ())}
    free = repair(sick(dataclasses.replace(made, pins=()), "B", "A"), held, before=made, limits=LIMITS)
    assert level(free, "short_0").value == 2


def test_a_pin_on_an_absent_person_is_refused_by_name():
    made = day("A", "B", pins=(Pin("A", "early"),))
    found = repair(sick(made, "A"), plan("early/1 A"), limits=LIMITS)
    assert found.status is Status.INFEASIBLE
    assert "A in early" in found.note


def test_the_nearer_change_is_avoided(way):
    """Either B (whose duty is tomorrow) or C (whose duty is tonight) can move: B does."""
    del way
    groups = [group("now", 2 * HOUR, 6 * HOUR, rank_min=2), group("soon", 2 * HOUR, 7 * HOUR),
              group("far", 60 * HOUR, 66 * HOUR), group("gap", 61 * HOUR, 62 * HOUR)]
    people = [person("A", rank=2), person("B", rank=1), person("C", rank=1)]
    made = problem(people, groups, ("no_double_duty", "leave_locked"))
    held = plan("now/1 A", "soon/1 C", "far/1 B", "gap/1 A")
    found = repair(sick(made, "A", start=60 * HOUR), held, before=made, at_s=0, limits=LIMITS)
    assert by_person(found) == {"A": (("gap",), ()), "C": ((), ("gap",))}
    assert level(found, "near").value == 2 * weight_of(61 * HOUR, 0)


def test_a_moved_seat_tells_its_holder(way):
    del way
    before = problem([person("A"), person("B")], [group("x", HOUR, 2 * HOUR)], ("no_double_duty",))
    after = dataclasses.replace(before, groups=(group("x", HOUR, 3 * HOUR),))
    found = repair(after, plan("x/1 A"), before=before, limits=LIMITS)
    assert [(c.person, c.moved, c.forced) for c in found.changes] == [("A", ("x",), True)]


def test_people_and_seats_that_are_gone_are_changes(way):
    del way
    made = problem([person("A")], [group("x", HOUR, 2 * HOUR)], ("no_double_duty",))
    found = repair(made, plan("x/1 Gone", "old/1 A"), limits=LIMITS)
    assert by_person(found) == {"A": (("old",), ("x",)), "Gone": (("x",), ())}
    assert level(found, "changed").value == 2


def test_a_begun_duty_that_is_cut_anew_goes_on_with_who_stands_there(way):
    """The tour of 06:00-14:00 becomes two of four hours: at 11:00 the second has begun, and A may go on in it."""
    del way
    before = problem([person("A"), person("B")], [group("x1", 6 * HOUR, 14 * HOUR, party="x")], ("no_double_duty",))
    parts = (group("x1", 6 * HOUR, 10 * HOUR, party="x"), group("x2", 10 * HOUR, 16 * HOUR, party="x"))
    after = dataclasses.replace(before, groups=parts)
    found = repair(after, plan("x1/1 A"), before=before, at_s=11 * HOUR, limits=LIMITS)
    assert [(c.person, c.taken, c.moved) for c in found.changes] == [("A", ("x2",), ("x1",))]
    assert level(found, "short_0").value == 0


def test_the_other_seats_are_filled_only_where_asked(way):
    """A seat that is not mandatory calls nobody by itself; asked to fill it first, it does."""
    del way
    made = problem([person("A"), person("B")], [group("x", HOUR, 2 * HOUR, level=1), group("y", HOUR, 2 * HOUR)],
                   ("no_double_duty", "leave_locked"))
    held = plan("x/1 A", "y/1 B")
    third = dataclasses.replace(made, people=(*made.people, person("C")))
    spare = repair(sick(third, "A"), held, before=made, limits=LIMITS)
    assert by_person(spare) == {"A": (("x",), ())}
    full = repair(sick(third, "A"), held, before=made, n_filled=2, limits=LIMITS)
    assert by_person(full) == {"A": (("x",), ()), "C": ((), ("x",))}


def test_an_auxiliary_without_a_lead_is_taken_off_or_led_again(way):
    """The hard rule about leads breaks with the sick call itself: somebody must lead, or the seat opens."""
    del way
    groups = [group("lead", HOUR, 5 * HOUR, party="P", categories=frozenset({0})),
              group("aux", HOUR, 5 * HOUR, party="P", categories=frozenset({1}))]
    people = [person("A"), person("H", category=1), person("B")]
    made = problem(people, groups, (*ONE, "police_lead_auxiliary"))
    held = plan("lead/1 A", "aux/1 H")
    found = repair(sick(made, "A"), held, before=made, limits=LIMITS)
    assert by_person(found) == {"A": (("lead",), ()), "B": ((), ("lead",))}
    alone = dataclasses.replace(made, people=made.people[:2])
    found = repair(sick(alone, "A"), held, before=made, limits=LIMITS)
    assert by_person(found) == {"A": (("lead",), ()), "H": (("aux",), ())}
    assert audit(sick(alone, "A"), found.plan).ok


def test_the_same_seed_gives_the_same_plan():
    made = day("A", "B", "C", "D", "E")
    held = plan("early/1 A", "late/1 B", "night/1 C")
    results = [repair(sick(made, "B"), held, limits=LIMITS) for _ in range(2)]
    assert results[0].plan == results[1].plan
    assert results[0].levels == results[1].levels


def test_who_is_changed_already_takes_one_of_two_new_posts(way):
    """A loses a duty that nobody needs; two posts of one moment are new: A takes one, and only one more is called."""
    del way
    spare = dataclasses.replace(group("w", 0, 2 * HOUR), need=0, want=0)
    before = problem([person("A"), person("B"), person("C")], [spare], ONE)
    after = dataclasses.replace(before, groups=(spare, group("x", 6 * HOUR, 9 * HOUR), group("y", 7 * HOUR, 8 * HOUR)))
    found = repair(sick(after, "A", end=3 * HOUR), plan("w/1 A"), before=before, limits=LIMITS)
    assert [(one.name, one.value) for one in found.levels[:2]] == [("short_0", 0), ("changed", 2)]
    assert found.proven_least
    assert "A" in by_person(found)


def test_a_gap_from_before_moves_nobody_unless_asked(way):
    """The early post was empty and only A could have had it: the sick call of C alone calls nobody to it."""
    del way
    groups = [group("early", 6 * HOUR, 12 * HOUR, rank_min=2), group("late", 12 * HOUR, 18 * HOUR),
              group("night", 18 * HOUR, 24 * HOUR)]
    made = problem([person("A", rank=2), person("B"), person("C")], groups, ONE)
    held = plan("late/1 A", "night/1 C")
    found = repair(sick(made, "C"), held, before=made, limits=LIMITS)
    assert by_person(found) == {"C": (("night",), ()), "B": ((), ("night",))}
    assert [(one.name, one.value) for one in found.levels[:3]] == [("newly_short_0", 0), ("changed", 2), ("short_0", 1)]
    assert found.proven_least
    full = repair(sick(made, "C"), held, before=made, fill_old=True, limits=LIMITS)
    assert level(full, "short_0").value == 1  # A in early leaves late to B, and then the night is empty
    fourth = dataclasses.replace(made, people=(*made.people, person("D")))
    full = repair(sick(fourth, "C"), held, before=fourth, fill_old=True, limits=LIMITS)
    assert level(full, "short_0").value == 0
    assert set(by_person(full)) == {"A", "B", "C", "D"}


def test_windows_prove_as_much_as_the_whole():
    """A longer case by hand for the relaxation: five chains in a row, each of one person."""
    groups = [group(f"g{k}", k * HOUR, (k + 1) * HOUR) for k in range(6)]
    people = [person(f"P{k}") for k in range(8)]
    rest = RuleSetting("minimum_rest", hard=True, params={"rest_h": 2, "same_tour_h": 0})
    made = problem(people, groups, ("no_double_duty", "leave_locked", rest))
    held = plan(*(f"g{k}/1 P{k}" for k in range(6)))
    changed = sick(made, "P0", "P2", "P4")
    repaired = repair(changed, held, before=made, limits=LIMITS)
    assert level(repaired, "changed").value == 5  # P6 or P7 can take at most two of g0, g2, g4 beside each other
    assert repaired.proven_least


def test_a_longer_chain_that_moves_fewer_is_found_and_not_denied(way):
    """Three seats open. C, D and E could each take one; P could take all three if Q took P's own duties: one fewer."""
    del way
    groups = [group(f"s{k}", 20 * k * HOUR, (20 * k + 4) * HOUR, rank_min=2) for k in range(3)]
    groups += [group(f"own{k}", (20 * k + 1) * HOUR, (20 * k + 5) * HOUR) for k in range(3)]

    def only(name, k):
        away = tuple(Absence(20 * j * HOUR, (20 * j + 5) * HOUR) for j in range(3) if j != k)
        return person(name, rank=2, absences=away)

    people = [person("A", rank=2), only("C", 0), only("D", 1), only("E", 2), person("P", rank=2), person("Q")]
    made = problem(people, groups, ("no_double_duty", "leave_locked"))
    held = plan("s0/1 A", "s1/1 A", "s2/1 A", "own0/1 P", "own1/1 P", "own2/1 P")
    found = repair(sick(made, "A"), held, before=made, limits=LIMITS)
    assert level(found, "short_0").value == 0
    assert {c.person for c in found.changes} == {"A", "P", "Q"}
    assert found.proven_least


def test_who_only_gives_up_a_duty_is_changed_too(way):
    """The auxiliary loses the lead and must go: with nobody allowed to change, no legal plan is left."""
    del way
    groups = [group("lead", HOUR, 5 * HOUR, party="P", categories=frozenset({0})),
              group("aux", HOUR, 5 * HOUR, party="P", categories=frozenset({1}))]
    made = problem([person("A"), person("H", category=1)], groups, (*ONE, "police_lead_auxiliary"))
    held = plan("lead/1 A", "aux/1 H")
    found = repair(sick(made, "A"), held, before=made, most_changes=0, limits=LIMITS)
    assert found.status is Status.INFEASIBLE
    assert "at most 0 more people" in found.note


def test_what_a_change_weighs_by_nearness():
    assert [weight_of(h * HOUR, 0) for h in (-1, 0, 3, 4, 11, 12, 23, 24, 47, 48, 500)] == [
        16, 16, 16, 8, 8, 4, 4, 2, 2, 1, 1]

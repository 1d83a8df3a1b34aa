"""The audit of the whole plan: faults planted in a sound plan are named with who, where and when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.audit import PlanAudit, audit_plan
from scenarios.load import read_raw
from scenarios.plan import Plan
from scenarios.run import Planned
from scenarios.sentences import Teller, breach_sentences
from scenarios.tongue import speaking
from scenarios.viewing import build_view
from scheduler.outcome import Breach
from scheduler.patrols.plan import PatrolPlan
from scheduler.roster.plan import Duty, RosterPlan
from scheduler.roster.rules import explain, load
from scheduler.siting.plan import SitingPlan, Stand
from tests.scenarios.tongue.plain import english_in


def _audit(planned: Planned, plan: Plan) -> tuple[PlanAudit, str]:
    audit = audit_plan(planned.desk, plan)
    return audit, "\n".join(breach_sentences(planned.desk, audit))


def test_the_plan_itself_is_sound(crossroads: Planned) -> None:
    """Our own plan breaks nothing, fills everything, and its claims come out the same."""
    assert crossroads.exit_code == 0
    assert crossroads.audit.agrees
    assert not crossroads.audit.breaches
    assert not crossroads.audit.short


def test_a_double_duty_is_named(crossroads: Planned) -> None:
    """A second duty at the same time names the person and both seats' time."""
    plan = crossroads.plan
    duties = list(plan.roster.duties)
    groups = {g["id"]: g for g in plan.groups}
    first = duties[0]
    a = groups[first.group]
    other = next(
        d for d in duties
        if d.person != first.person
        and groups[d.group]["start_s"] < a["end_s"]
        and a["start_s"] < groups[d.group]["end_s"]
    )
    duties[duties.index(other)] = Duty(other.group, other.seat, first.person)
    audit, text = _audit(crossroads, replace(plan, roster=RosterPlan(tuple(duties)), edited=True))
    assert any(b.rule == "no_double_duty" and first.person in b.who for b in audit.breaches)
    assert first.person in text
    assert "Fri" in text


def test_each_name_stands_once_beside_its_id(crossroads: Planned) -> None:
    """By hand: somebody twice among those concerned, an id that is part of a name, and Chinese set without spaces."""
    teller = Teller(crossroads.desk, crossroads.audit)
    teller.names = {"C05": "Eve Example (C05)", "Ex": "Ben Ex (Ex)", "C0": "Cy (C0)"}
    breach = Breach("rest", 1, "minutes", True, ("C05", "C05", "Ex", "C0"))
    assert teller.named("C05 and Ex and C0.", breach) == "Eve Example (C05) and Ben Ex (Ex) and Cy (C0)."
    assert teller.named("C05休息不足，由C0顶替。", breach) == "Eve Example (C05)休息不足，由Cy (C0)顶替。"
    assert teller.named("C05-1, G.C05, C05.x, MüC05 and C05.", breach) == (
        "C05-1, G.C05, C05.x, MüC05 and Eve Example (C05)."
    )
    assert teller.named("Nobody.", replace(breach, who=())) == "Nobody."


def test_an_empty_must_seat_is_listed_and_its_post_covers_nothing(crossroads: Planned) -> None:
    """With a post's seat empty the sites it alone reached are bare."""
    plan = crossroads.plan
    number = next(iter(plan.posts))
    group = next(g["id"] for g in plan.groups if g["party"] == number)
    duties = tuple(d for d in plan.roster.duties if d.group != group)
    audit, _ = _audit(crossroads, replace(plan, roster=RosterPlan(duties), edited=True))
    assert group in dict(audit.short)
    assert audit.manned["siting"].value("bare") > audit.engines["siting"].value("bare")
    view = build_view(crossroads.desk, plan, audit)
    assert [p.number for p in view.posts] == [number]
    assert all(site.uncovered for site in view.sites if site.cover)
    assert {k.key: k.value for k in view.kpis}["cover"] == 0


def test_a_crew_with_an_empty_seat_keeps_no_promise(crossroads: Planned) -> None:
    """Gaps are measured with the crews that are really manned."""
    plan = crossroads.plan
    crew = plan.patrols.tours[0].crew
    party = crossroads.audit.rebuilt.derived.parties[crew]
    group = next(g["id"] for g in plan.groups if g["party"] == party)
    duties = tuple(d for d in plan.roster.duties if d.group != group)
    audit, _ = _audit(crossroads, replace(plan, roster=RosterPlan(duties), edited=True))
    before = audit.engines["patrols"].value("gap_excess")
    assert audit.manned["patrols"].value("gap_excess") > before
    view = build_view(crossroads.desk, plan, audit)
    assert len(view.tours) == len(plan.patrols.tours)
    assert {k.key: k.value for k in view.kpis}["gap_excess"] > 0


def test_a_post_moved_out_of_reach_is_found(crossroads: Planned) -> None:
    """A post the scenario does not know is a breach and covers nothing."""
    plan = crossroads.plan
    stands = tuple(Stand("C-nowhere", s.period, s.kind, s.n_units) for s in plan.siting.stands)
    audit, text = _audit(crossroads, replace(plan, siting=SitingPlan(stands), edited=True))
    assert audit.engines["siting"].value("bare") > 0
    assert "C-nowhere" in text


def test_a_stretched_gap_is_found(crossroads: Planned) -> None:
    """Without its tours every promise of the scenario is broken for its whole span."""
    plan = crossroads.plan
    audit, _ = _audit(crossroads, replace(plan, patrols=PatrolPlan(()), edited=True))
    costs = [c for c in audit.engines["patrols"].costs if c.rule == "gap"]
    promised = {p.id for p in audit.rebuilt.patrols.problem.places if p.promises}
    assert {w for c in costs for w in c.where} == promised


def test_an_unnumbered_post_and_a_reused_number_are_breaches(crossroads: Planned) -> None:
    """Printed maps outlive plans: numbers are part of the plan."""
    plan = crossroads.plan
    audit, _ = _audit(crossroads, replace(plan, posts={}, edited=True))
    assert "post_number" in {b.rule for b in audit.breaches}
    audit, _ = _audit(crossroads, replace(plan, retired=tuple(plan.posts), edited=True))
    assert "retired_number" in {b.rule for b in audit.breaches}


def test_a_false_claim_is_a_difference(crossroads: Planned) -> None:
    """A level that comes out differently withholds the plan."""
    plan = crossroads.plan
    result = plan.results["roster"]
    levels = tuple({**level, "value": (level["value"] or 0) + 1} for level in result.levels)
    lying = replace(plan, results={**plan.results, "roster": replace(result, levels=levels)})
    audit = audit_plan(crossroads.desk, lying)
    assert not audit.agrees
    assert audit.differences[0].startswith("Roster: ")


@settings(max_examples=12)
@given(data=st.data())
def test_duties_swapped_at_random_never_pass_unseen(crossroads: Planned, data: st.DataObject) -> None:
    """Giving a duty to somebody whom a hard rule keeps from it is always caught, by name."""
    plan = crossroads.plan
    problem = crossroads.audit.rebuilt.roster.problem
    k = data.draw(st.integers(0, len(plan.roster.duties) - 1))
    person = data.draw(st.sampled_from([p.id for p in problem.people]))
    duties = list(plan.roster.duties)
    duty = duties[k]
    duties[k] = Duty(duty.group, duty.seat, person)
    audit, text = _audit(crossroads, replace(plan, roster=RosterPlan(tuple(duties)), edited=True))
    groups = {g.id: g for g in problem.groups}
    who = next(p for p in problem.people if p.id == person)
    group = groups[duty.group]
    busy = any(
        d.person == person
        and d.group != duty.group
        and groups[d.group].report_s < group.release_s
        and group.report_s < groups[d.group].release_s
        for d in plan.roster.duties
    )
    wrong = bool(group.categories) and who.category not in group.categories
    if busy or wrong:
        assert any(person in b.who for b in audit.breaches), text


@pytest.mark.parametrize("field", ["siting", "patrols", "roster"])
def test_an_engine_that_claims_nothing_is_a_difference(crossroads: Planned, field: str) -> None:
    """A plan of ours without an engine's result is not ours."""
    plan = crossroads.plan
    results = {k: v for k, v in plan.results.items() if k != field}
    assert not audit_plan(crossroads.desk, replace(plan, results=results)).agrees

def _planted(planned: Planned) -> tuple[Plan, set[str]]:
    """A plan broken by hand in every way that is no rule's own, and the names of what is broken."""
    duties = list(planned.plan.roster.duties)
    problem = planned.audit.rebuilt.roster.problem
    first, second = duties[0], next(d for d in duties if d.group != duties[0].group)
    sworn = next(g for g in problem.groups if g.categories and len(g.categories) < len(problem.categories))
    wrong = next(p for p in problem.people if p.category not in sworn.categories)
    most = {g.id: g.most for g in problem.groups}
    other = next(p.id for p in problem.people if p.id != first.person)
    duties += [
        Duty("G9999", 1, first.person), Duty(first.group, 1, "NOBODY"), Duty(second.group, 99, second.person),
        Duty(first.group, first.seat, other), Duty(sworn.id, 1, wrong.id),
        *(Duty(first.group, n, p.id) for n, p in enumerate(problem.people[: most[first.group] + 1], start=1)),
    ]  # fmt: skip
    rules = {"unknown_group", "unknown_person", "unknown_seat", "double_seat", "seat_asks", "over_most"}
    return replace(planned.plan, roster=RosterPlan(tuple(duties)), edited=True), rules


def test_a_plan_broken_by_hand_is_told_in_either_language(crossroads: Planned) -> None:
    """Audited once, told twice: English keeps no word of Chinese, and Chinese no English one but names and ids."""
    plan, rules = _planted(crossroads)
    audit, english = _audit(crossroads, plan)
    assert {b.rule for b in audit.breaches} >= rules
    assert "Seat G9999/1, given to " in english
    raw = read_raw("crossroads")
    with speaking("zh"):
        told = breach_sentences(crossroads.desk, audit)
    assert [(line, left) for line in told if (left := english_in(line, raw))] == []
    assert len(told) == len(english.splitlines())
    chinese = "\n".join(told)
    assert "驾驶" in chinese  # words of the tables too
    assert "车辆4" in chinese
    assert "driving" not in chinese


def test_every_finding_that_is_no_rules_own_has_its_words(crossroads: Planned) -> None:
    """By hand: teams, seats short and what keeps somebody out are told from their values, in either language."""
    problem = crossroads.audit.rebuilt.roster.problem
    group = problem.groups[0].id

    def of(rule: str, **values: object) -> Breach:
        return Breach(rule, 2, "seats", True, ("C05",), (group,), data=values)

    said = [
        (of("team_whole", team="T1"), f"Team T1 is sent in part: 2 missing in {group}."),
        (of("team_whole"), f"{group} belongs to a team that goes whole or not at all."),
        (of("over_most", party="P01", filled=4, most=2), f"{group} (P01) is filled 4 times; at most 2 may serve."),
        (of("over_most"), f"All seats of {group} are held."),
        (of("short", party="P01"), f"{group} (P01): 2 needed and not filled."),
        (of("begun"), f"{group} has begun."),
        (of("double_seat"), f"C05 holds two seats of {group}."),
        (of("ruled_out", by="clash"), "Another duty at that time rules it out."),
        (of("ruled_out", by="hours_cap"), f"{load()['hours_cap'].info.title} rules it out."),
        (of("seat_asks", category="armed_police", categories=["sworn", "military"], rank=1, rank_min=3),
         f"C05 cannot serve {group}: is armed police, asked for is sworn or military; has rank 1, asked for is 3."),
        (of("seat_asks", unit="A", unit_asked="B"), f"C05 cannot serve {group}: belongs to A, asked for is B."),
    ]  # fmt: skip
    for breach, words in said:
        assert explain(problem, breach, str) == words
        with speaking("zh"):
            assert english_in(explain(problem, breach, str), read_raw("crossroads")) == []

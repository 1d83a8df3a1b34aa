"""Replanning with the fewest changes, against every plan there is."""

import dataclasses
import random
from itertools import combinations, product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.outcome import Limits, Status
from scheduler.roster import repair_prove, repair_search, repair_window
from scheduler.roster.audit import audit
from scheduler.roster.build import build
from scheduler.roster.problem import Qualified, RuleSetting
from scheduler.roster.repair import repair
from scheduler.roster.repair_ground import weight_of

from .repairs import level, sick
from .tiny import HOUR, group, person, plan_of, problem, with_many_rules

LIMITS = Limits(work=4.0)


def brute(made, old, at_s, freeze_s, before, most, *, fill_old=True):
    """Least (frozen lost, short, changed, other shorts, near, costs) over all legal plans; None where none is.

    Without ``fill_old``, and where seats were empty before, short counts the others alone and all shorts come later.
    """
    first = min(g.level for g in made.groups)
    asked = {g.id: g.need for g in before.groups}
    gaps = {g.id: 0 if fill_old or g.level != first else
            max(0, asked.get(g.id, 0) - sum(d.group == g.id for d in old.duties)) for g in made.groups}
    known = {(p.id, g.id) for p in made.people for g in made.groups}
    had = {(d.person, d.group) for d in old.duties}
    line = [t for t in (at_s, freeze_s) if t is not None]
    report = {g.id: g.report_s for g in made.groups}
    spans = {g.id: (g.report_s, g.start_s, g.end_s, g.release_s) for g in made.groups}
    then = {g.id: (g.report_s, g.start_s, g.end_s, g.release_s) for g in before.groups}
    moved = {g for g in spans if then.get(g, spans[g]) != spans[g]}
    times = {**{g.id: g.report_s for g in before.groups}, **report}
    cells = [(p, g) for p in range(len(made.people)) for g in range(len(made.groups))]
    linear = build(made)
    singles = [c for c in cells if linear.x_of[c] >= 0]  # what one person may do at all
    # what one person can never do, whatever else holds, is lost and not given up
    possible = {(made.people[p].id, made.groups[g].id) for p, g in singles}
    forced = {p for p, g in had if (p, g) not in known or (p, g) not in possible}
    forced |= {p for p, g in had & possible if g in moved}
    wanted = {(made.people[linear.x_person[i]].id, made.groups[linear.x_group[i]].id) for i in linear.forced}
    forced |= {p for p, _ in wanted - had}
    best = None
    for taken in product((0, 1), repeat=len(singles)):
        pairs = [c for c, on in zip(singles, taken, strict=True) if on]
        now = {(made.people[p].id, made.groups[g].id) for p, g in pairs}
        if at_s is not None and any(report[g] < at_s and (p, g) not in had | wanted for p, g in now):
            continue
        found = audit(made, plan_of(made, pairs))
        if not found.ok:
            continue
        cells_changed = (now ^ had) | {c for c in now & had if c[1] in moved}
        people = {p for p, _ in cells_changed}
        if most is not None and len(people | forced) > len(forced) + most:
            continue
        levels = [v for _, v in found.levels]
        frozen = [c for c in had & possible if line and report[c[1]] < max(line)]
        lost = [sum(c not in now for c in frozen)] if frozen else []
        near = sum(weight_of(times[g], at_s or 0) for _, g in cells_changed if g in times)
        news = [sum(g.price_short * max(0, g.need - gaps[g.id] - sum(at == g.id for _, at in now))
                    for g in made.groups if g.level == first)]
        head, rest = (news, levels[:-1]) if any(gaps.values()) else (levels[:1], levels[1:-1])
        value = (*lost, *head, len(people), *rest, near, levels[-1])
        best = value if best is None else min(best, value)
    return best


@st.composite
def cases(draw):
    made, scale = None, None
    made = draw(with_many_rules(max_people=3, max_groups=3))
    scale = max(1, made.horizon_s // 13)
    pairs = [(p, g) for p in range(len(made.people)) for g in range(len(made.groups)) if draw(st.booleans())]
    counts: dict[int, int] = {}
    kept = []
    for p, g in pairs:
        if counts.get(g, 0) < made.groups[g].most:
            counts[g] = counts.get(g, 0) + 1
            kept.append((p, g))
    old = plan_of(made, kept)
    before = made
    if draw(st.booleans()):
        k = draw(st.integers(0, len(made.groups) - 1))
        its = made.groups[k]
        grown = dataclasses.replace(its, end_s=its.end_s + scale, release_s=its.release_s + scale)
        made = dataclasses.replace(made, groups=(*made.groups[:k], grown, *made.groups[k + 1 :]))
    gone = draw(st.sampled_from([p.id for p in made.people]))
    made = sick(made, gone, start=draw(st.integers(0, 12)) * scale)
    at_s = draw(st.sampled_from([None, None, 0, 3 * scale, 6 * scale]))
    freeze_s = draw(st.sampled_from([None, 5 * scale, 9 * scale]))
    most = draw(st.sampled_from([None, None, 0, 1]))
    return made, old, at_s, freeze_s, before, most, draw(st.booleans())


@pytest.mark.parametrize("limit", [0, 2_000], ids=["windows", "whole"])
def test_no_plan_changes_fewer(limit, monkeypatch):
    """Whatever is proven is the truth among all plans, and on tiny cases everything is."""
    monkeypatch.setattr(repair_search, "WHOLE_AT_MOST", limit)
    seen = {"plans": 0, "proven": 0, "none": 0, "chains": 0}

    @settings(max_examples=90, deadline=None, derandomize=True)
    @given(cases())
    def compare(case):
        made, old, at_s, freeze_s, before, most, fill_old = case
        found = repair(
            made, old, at_s=at_s, freeze_s=freeze_s, before=before, most_changes=most, fill_old=fill_old, limits=LIMITS
        )
        best = brute(made, old, at_s, freeze_s, before, most, fill_old=fill_old)
        if best is None:
            assert found.plan is None
            seen["none"] += 1
            return
        assert found.plan is not None, best
        assert audit(made, found.plan).ok
        value = tuple(one.value for one in found.levels)
        seen["plans"] += 1
        for k, one in enumerate(found.levels):
            if one.proven and not one.conditional:
                assert value[: k + 1] == best[: k + 1], (found.levels, best)
            assert value >= best
        seen["proven"] += found.proven_least
        seen["chains"] += level(found, "changed").value > sum(c.forced for c in found.changes)
        if limit:
            assert value == best
            assert found.status is Status.OPTIMAL

    compare()
    assert seen["plans"] > 20
    assert seen["proven"] > 0.9 * seen["plans"], seen
    assert seen["chains"] > 1


def test_a_poor_plan_is_never_called_least(monkeypatch):
    """Whatever plan is at hand, what the relaxation proves of it is the truth among all plans."""
    seen = {"poor": 0, "refused": 0}

    def any_plan(search):
        """Stands for a search that ends early: a legal plan drawn by chance, by chains from open seats."""
        start = search.ground.start
        near = np.flatnonzero(search.ground.within(repair_search.WIDEST))[:10]
        order = list(range(2 ** len(near)))
        random.Random(len(start)).shuffle(order)
        if search.loose:
            return
        search.best, search.value = None, ()
        for bits in order:
            x = start.copy()
            x[near] = [bits >> i & 1 for i in range(len(near))]
            if search.offer(x):
                return

    monkeypatch.setattr(repair_search, "WHOLE_AT_MOST", 0)
    monkeypatch.setattr(repair_search, "deepen", any_plan)
    monkeypatch.setattr(repair_window.Window, "lexicographic", lambda *_, **__: None)
    monkeypatch.setattr(repair_search, "polish", lambda _search: None)

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(cases())
    def compare(case):
        made, old, _, _, before, most, fill_old = case
        found = repair(made, old, before=before, most_changes=most, fill_old=fill_old, limits=LIMITS)
        best = brute(made, old, None, None, before, most, fill_old=fill_old)
        if found.plan is None or best is None:
            return
        value = tuple(one.value for one in found.levels)
        seen["poor"] += value > best
        for k, one in enumerate(found.levels):
            if one.bound is not None and value[:k] == best[:k]:
                assert one.bound <= best[k], (found.levels, best)
            if one.proven and not one.conditional:
                assert value[: k + 1] == best[: k + 1], (found.levels, best)
            seen["refused"] += not one.proven

    compare()
    assert seen["poor"] > 3, seen
    assert seen["refused"] > 3, seen


@st.composite
def tight(draw):
    """Five people and up to five posts of one each, most of them held: what falls open is passed on."""
    times = [(draw(st.integers(0, 12)), draw(st.integers(2, 5))) for _ in range(draw(st.integers(3, 5)))]
    groups = [group(f"G{k}", a * HOUR, (a + n) * HOUR, categories=frozenset(draw(st.sets(st.integers(0, 2)))),
                    rank_min=draw(st.integers(0, 1))) for k, (a, n) in enumerate(times)]  # fmt: skip
    people = [person(f"P{k}", category=draw(st.integers(0, 2)), rank=draw(st.integers(0, 1))) for k in range(5)]
    cap = RuleSetting("hours_cap", hard=True, params={"cap_h": draw(st.integers(3, 10)), "window_days": 2})
    made = problem(people, groups, ("no_double_duty", "leave_locked", cap))
    able = {
        p: [c for n in range(len(groups) + 1) for c in combinations(range(len(groups)), n)
            if audit(made, plan_of(made, [(p, g) for g in c])).ok]
        for p in range(len(people))
    }  # fmt: skip
    left, pairs = set(range(len(groups))), []
    for p in range(len(people)):
        fits = [c for c in able[p] if set(c) <= left]
        chosen = draw(st.sampled_from(fits))
        left -= set(chosen)
        pairs += [(p, g) for g in chosen]
    return made, pairs, able, draw(st.booleans())


def ways(made, pairs, able, gone, *, fill_old):
    """(seats short, people changed, who serves where) of all ways to man the posts; ``gone`` can do none."""
    base = {p: frozenset(g for q, g in pairs if q == p) for p in range(len(made.people))}
    counted = {g for _, g in pairs} if not fill_old else set(range(len(made.groups)))
    fits = {p: {frozenset(c) for c in able[p]} for p in able}
    fits[gone] = {frozenset()}
    for given_to in product(range(-1, len(made.people)), repeat=len(made.groups)):
        mine = {p: frozenset(g for g, q in enumerate(given_to) if q == p) for p in fits}
        if all(mine[p] in fits[p] for p in fits):
            short = sum(given_to[g] < 0 for g in counted)
            yield short, sum(mine[p] != base[p] for p in fits), given_to


def least(made, pairs, able, gone, *, fill_old):
    """(seats short, people changed) of the best way."""
    return min(ways(made, pairs, able, gone, fill_old=fill_old))[:2]


def test_the_walk_over_chains_is_least_and_proves_it(monkeypatch):
    """No model is asked: the walk alone finds the least and proves it."""
    monkeypatch.setattr(repair_search, "WHOLE_AT_MOST", 0)
    monkeypatch.setattr(repair_search.Search, "_windows", lambda self: pytest.fail("the walk left something open"))
    seen = {"chains": 0, "short": 0}

    @settings(max_examples=90, deadline=None, derandomize=True)
    @given(tight())
    def compare(case):
        made, pairs, able, fill_old = case
        gone = max(range(len(made.people)), key=lambda p: sum(q == p for q, _ in pairs))
        old = plan_of(made, pairs)
        found = repair(sick(made, f"P{gone}"), old, before=made, fill_old=fill_old, limits=Limits(work=1.0))
        names = [one.name for one in found.levels]
        k = names.index("changed")
        value = tuple(one.value for one in found.levels[: k + 1])
        assert value == least(made, pairs, able, gone, fill_old=fill_old)
        assert all(one.proven for one in found.levels[: k + 1])
        seen["chains"] += value[1] > 2
        seen["short"] += value[0] > 0

    compare()
    assert min(seen.values()) > 3, seen


@pytest.mark.parametrize("stopped", [False, True])
def test_the_relaxation_proves_the_least_and_never_more(monkeypatch, stopped):
    """Where the walk proves nothing and the plan at hand is as long as can be, the bound is the truth all the same.

    Here the relaxation leaves nothing out, so it has to find the very number; stopped after its first question it must
    not claim more than that.
    """
    seen = {"long": 0, "chains": 0, "short": 0}
    worst, asked = {}, []

    def longest(search):
        """The longest plan there is by chains from open seats, as every search finds them."""
        linear = search.ground.linear
        near = search.ground.within(repair_search.WIDEST)
        for _, plan in sorted(worst["plans"], reverse=True):
            x = np.zeros(linear.n_x, dtype=np.int64)
            x[[linear.x_of[p, g] for g, p in enumerate(plan) if p >= 0]] = 1
            if near[x != search.ground.start].all():
                search.best, search.value = None, ()
                assert search.offer(x)
                return

    real_ask, real_over = repair_prove.ask, repair_search.Search.over

    def ask(*given, **options):
        asked.append(1)
        return real_ask(*given, **options)

    monkeypatch.setattr(repair_search, "WHOLE_AT_MOST", -1)
    monkeypatch.setattr(repair_search, "deepen", longest)
    monkeypatch.setattr(repair_search, "polish", lambda _search: None)
    monkeypatch.setattr(repair_window.Window, "lexicographic", lambda *_, **__: None)
    monkeypatch.setattr(repair_prove, "ask", ask)
    if stopped:
        monkeypatch.setattr(repair_search.Search, "over", lambda self: bool(asked) or real_over(self))

    @settings(max_examples=90, deadline=None, derandomize=True)
    @given(tight())
    def compare(case):
        made, pairs, able, fill_old = case
        gone = max(range(len(made.people)), key=lambda p: sum(q == p for q, _ in pairs))
        every = sorted(ways(made, pairs, able, gone, fill_old=fill_old))
        fewest = every[0][0]
        worst["plans"] = [(changed, plan) for short, changed, plan in every if short == fewest]
        asked.clear()
        found = repair(
            sick(made, f"P{gone}"), plan_of(made, pairs), before=made, fill_old=fill_old, limits=Limits(work=4.0)
        )
        names = [one.name for one in found.levels]
        k = names.index("changed")
        short, changed = found.levels[k - 1], found.levels[k]
        assert short.value == fewest
        assert short.bound <= fewest
        if not stopped:
            assert short.bound == fewest
        if short.bound == fewest:
            assert changed.bound <= every[0][1]
        if not stopped:
            assert changed.bound == every[0][1]
        seen["long"] += changed.value > every[0][1] + 1
        seen["chains"] += every[0][1] > 2
        seen["short"] += fewest > 0

    compare()
    assert min(seen.values()) > 3, seen


# ------------------------------------------------------------ the relaxation, worked by hand
def chain_of(name, day):
    """Three posts of one time, A to C. Who holds A falls ill; B's holder can take A, C's holder B, a spare one C.

    A further spare one can take B. So one way changes four people, and the shortest three.
    """
    kinds = {"A": 3 * day, "B": 3 * day + 1, "C": 3 * day + 2}
    begin = day * 24 * HOUR
    groups = [group(name + k, begin, begin + 8 * HOUR, qualifications=frozenset({q})) for k, q in kinds.items()]
    able = {"ill": "A", "one": "AB", "two": "BC", "far": "C", "near": "B"}
    proofs = {k: Qualified(q, -1000 * HOUR, 1000 * HOUR) for k, q in kinds.items()}
    people = [person(f"{name}-{who}", qualified=tuple(proofs[k] for k in its)) for who, its in able.items()]
    held = {f"{name}-ill": f"{name}A", f"{name}-one": f"{name}B", f"{name}-two": f"{name}C"}
    return groups, people, held


LONG = {"one": "A", "two": "B", "far": "C"}
SHORT = {"one": "A", "near": "B", "two": "C"}
OPEN = {"one": "B", "two": "C"}


def bound_of(monkeypatch, names, at_hand, *, stop_after=None, answer=None, most=None):
    """Values and bounds of (seats short, people changed) with a plan at hand and nothing but the relaxation to ask."""
    parts = [chain_of(name, day) for day, name in enumerate(names)]
    made = problem([p for _, its, _ in parts for p in its], [g for its, _, _ in parts for g in its],
                   ("no_double_duty", "leave_locked", "qualification_valid"),
                   qualifications=tuple(f"q{k}" for k in range(3 * len(parts))))  # fmt: skip
    who = {p.id: k for k, p in enumerate(made.people)}
    where = {g.id: k for k, g in enumerate(made.groups)}
    old = plan_of(made, [(who[p], where[g]) for _, _, held in parts for p, g in held.items()])
    asked = []

    def given(search):
        x = np.zeros(search.ground.linear.n_x, dtype=np.int64)
        x[[search.ground.linear.x_of[who[f"{n}-{p}"], where[n + g]] for n in names for p, g in at_hand.items()]] = 1
        search.best, search.value = None, ()
        assert search.offer(x)

    real_ask, real_over = repair_prove.ask, repair_search.Search.over

    def ask(*args, **options):
        asked.append(1)
        return answer or real_ask(*args, **options)

    monkeypatch.setattr(repair_search, "WHOLE_AT_MOST", -1)
    monkeypatch.setattr(repair_search, "deepen", given)
    monkeypatch.setattr(repair_search, "polish", lambda _search: None)
    monkeypatch.setattr(repair_window.Window, "lexicographic", lambda *_, **__: None)
    monkeypatch.setattr(repair_prove, "ask", ask)
    if stop_after is not None:
        monkeypatch.setattr(repair_search.Search, "over", lambda self: len(asked) >= stop_after or real_over(self))
    found = repair(
        sick(made, *(f"{name}-ill" for name in names)), old, before=made, most_changes=most, limits=Limits(work=4.0)
    )
    return tuple((one.value, one.bound) for one in found.levels[:2])


def test_a_longer_chain_is_not_called_least(monkeypatch):
    """Four people at hand, three are the least: asked to the end the relaxation says so."""
    assert bound_of(monkeypatch, ["X"], LONG) == ((0, 0), (4, 3))
    assert bound_of(monkeypatch, ["X"], SHORT) == ((0, 0), (3, 3))


def test_stopped_after_the_narrowest_window_a_chain_one_longer_is_not_excluded(monkeypatch):
    """Within one further person nothing fills the seat; that excludes two in all, and says nothing of three."""
    assert bound_of(monkeypatch, ["X"], LONG, stop_after=1) == ((0, 0), (4, 3))


def test_what_each_part_may_save_adds_up(monkeypatch):
    """Two parts, each a person too long: eight at hand, six are the least."""
    assert bound_of(monkeypatch, ["X", "Y"], LONG) == ((0, 0), (8, 6))
    assert bound_of(monkeypatch, ["X", "Y"], OPEN)[0] == (2, 0)


def test_what_the_solver_leaves_open_proves_only_who_changes_in_any_case(monkeypatch):
    """No bound at all from the solver: whoever fell ill is changed, more is not known; nor that a seat stays empty."""
    nothing = SimpleNamespace(bound=None, status=Status.UNKNOWN, value=None)
    assert bound_of(monkeypatch, ["X", "Y"], LONG, answer=nothing) == ((0, 0), (8, 2))
    assert bound_of(monkeypatch, ["X"], OPEN, answer=nothing)[0] == (1, 0)


def test_seats_that_as_many_people_may_fill_are_not_called_empty(monkeypatch):
    """With two further people the seat is filled, with one it is not."""
    assert bound_of(monkeypatch, ["X"], OPEN, most=2)[0] == (1, 0)
    assert bound_of(monkeypatch, ["X"], OPEN, most=1)[0] == (1, 1)

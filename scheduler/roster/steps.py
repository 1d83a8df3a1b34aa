"""Step rules: which of them can bind at all, so that only those enter the model as layered state networks."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.forms import NO, Stint
from scheduler.roster.linear import StepRule
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule


def relevant_steps(
    problem: Problem,
    active: tuple[ActiveRule, ...],
    allowed: NDArray[np.bool_],
    conflict: dict[int, NDArray[np.bool_]],
    conflict_of: NDArray[np.int32],
) -> tuple[list[StepRule], NDArray[np.bool_]]:
    """Find for each person the step rules that pair conflicts do not already keep.

    All sequences of duties without conflicting pairs are followed from state to state; of two ways into the same
    state the one with fewer duties to conflict with stands for both. A rule that never says NO nor costs on any of
    them is left out: it holds by itself.

    Returns
    -------
    tuple
        The rules kept, and bool ``[n_people, n_groups]`` of duties that every state refuses.
    """
    never = np.zeros_like(allowed)
    kept: list[StepRule] = []
    order = sorted(
        range(len(problem.groups)),
        key=lambda g: (problem.groups[g].report_s, problem.groups[g].release_s, g),
    )
    first_s = problem.groups[order[0]].report_s if order else 0
    for rule in active:
        if rule.rule.form != "step":
            continue
        alike: dict[tuple[Hashable, int], list[int]] = {}
        for p in rule.people:
            state: Hashable = rule.rule.module.start(problem, rule.params, p)
            state, _ = rule.rule.module.step(problem, rule.params, state, first_s, None)
            alike.setdefault((state, int(conflict_of[p])), []).append(p)
        for (state, k), people in alike.items():
            # what holds by itself for all duties any of them could do holds for each of them
            union: NDArray[np.bool_] = np.asarray(allowed[people].any(axis=0))
            binds, refused = _explore(problem, rule, state, [g for g in order if union[g]], conflict[k])
            never[np.ix_(people, list(refused))] = True
            for p in people if binds else ():
                mine = [g for g in order if allowed[p, g] and not never[p, g]]
                own, more = _explore(problem, rule, state, mine, conflict[k])
                never[p, list(more)] = True
                if own:
                    kept.append(StepRule(rule, p))
    return kept, never


def _explore(
    problem: Problem,
    rule: ActiveRule,
    start: Hashable,
    groups: list[int],
    conflict: NDArray[np.bool_],
) -> tuple[bool, tuple[int, ...]]:
    module, params = rule.rule.module, rule.params
    if hasattr(module, "end"):
        return True, ()  # what is due at the end depends on what was not done: always in the model
    states: dict[Hashable, list[NDArray[np.bool_]]] = {start: [np.zeros(len(conflict), dtype=bool)]}
    refused: list[int] = []
    binds = False
    for g in groups:
        duty = Stint.of_group(g, problem.groups[g])
        passed: dict[Hashable, list[NDArray[np.bool_]]] = {}
        for state, ways in states.items():
            later, amount = module.step(problem, params, state, duty.report_s, None)
            binds |= amount != 0
            for way in ways:
                _offer(passed, later, way)
        taken: list[tuple[Hashable, NDArray[np.bool_]]] = []
        answers = set()
        for state, ways in passed.items():
            free = [way for way in ways if not way[g]]
            if not free:
                continue
            after, amount = module.step(problem, params, state, duty.report_s, duty)
            bad = amount == NO or (rule.hard and amount > 0)
            answers.add(bad)
            if bad:
                continue
            binds |= amount > 0
            taken += [(after, way | conflict[g]) for way in free]
        if answers == {True}:
            refused.append(g)
        elif True in answers:
            binds = True
        for after, way in taken:
            _offer(passed, after, way)
        states = passed
        if sum(len(ways) for ways in states.values()) > 4000:
            return True, tuple(refused)
    return binds, tuple(refused)


def _offer(
    states: dict[Hashable, list[NDArray[np.bool_]]], state: Hashable, way: NDArray[np.bool_]
) -> None:
    """Keep a way into a state unless another forbids no more than it does."""
    ways = states.setdefault(state, [])
    if any(not (other & ~way).any() for other in ways):
        return
    ways[:] = [other for other in ways if (way & ~other).any()] + [way]

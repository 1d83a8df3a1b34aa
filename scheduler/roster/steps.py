"""Step rules: which of them can bind at all, so that only those enter the model as layered state networks."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.columns.automata import NEVER, Blocked, Stepped
from scheduler.roster.forms import Stint
from scheduler.roster.linear import StepRule
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule

_STATES_AT_MOST = 20_000
"""States of one moment up to which it is found out whether a rule can bind at all."""


def relevant_steps(
    problem: Problem,
    active: tuple[ActiveRule, ...],
    allowed: NDArray[np.bool_],
    conflict: dict[int, NDArray[np.bool_]],
    conflict_of: NDArray[np.int32],
) -> tuple[list[StepRule], NDArray[np.bool_]]:
    """Find for each person the step rules that pair conflicts do not already keep.

    All sequences of duties without conflicting pairs are followed from state to state. A rule that never says
    NO nor costs on any of them is left out: it holds by itself.

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
        for (_, k), people in alike.items():
            # what holds by itself for all duties any of them could do holds for each of them
            union: NDArray[np.bool_] = np.asarray(allowed[people].any(axis=0))
            binds, refused = _explore(problem, rule, people[0], [g for g in order if union[g]], conflict[k])
            never[np.ix_(people, list(refused))] = True
            for p in people if binds else ():
                mine = [g for g in order if allowed[p, g] and not never[p, g]]
                own, more = _explore(problem, rule, p, mine, conflict[k])
                never[p, list(more)] = True
                if own:
                    kept.append(StepRule(rule, p))
    return kept, never


def _explore(
    problem: Problem, rule: ActiveRule, person: int, groups: list[int], conflict: NDArray[np.bool_]
) -> tuple[bool, tuple[int, ...]]:
    """Whether the rule ever says NO or costs on a way without conflicts, and the groups it refuses on all of them."""
    if hasattr(rule.rule.module, "end"):
        return True, ()  # what is due at the end depends on what was not done: always in the model
    roles = _alike(problem, groups, conflict)
    lead = [role[0] for role in roles]
    near = conflict[np.ix_(lead, lead)]
    ahead = [sum(1 << (int(j) + 1) for j in np.nonzero(near[i, i + 1 :])[0]) for i in range(len(lead))]
    blocked = Blocked(ahead)
    stepped = Stepped(problem, rule, person, [Stint.of_group(g, problem.groups[g]) for g in lead])
    at_block = at_state = np.zeros(1, dtype=np.int64)
    refused: list[int] = []
    binds = False
    for i, role in enumerate(roles):
        block, state = blocked.advance(i), stepped.advance(i)
        free = block.take[at_block] != NEVER
        bad = free & (state.take[at_state] == NEVER)
        if free.any() and bad[free].all():
            refused += role
        elif bad.any():
            binds = True
        binds |= bool((state.skip[at_state] == NEVER).any() or (state.skip_cost[at_state] > 0).any())
        good = free & ~bad
        binds |= bool((state.take_cost[at_state[good]] > 0).any())
        wait = state.skip[at_state] != NEVER
        blocks = np.concatenate([block.skip[at_block[wait]], block.take[at_block[good]]])
        states = np.concatenate([state.skip[at_state[wait]], state.take[at_state[good]]])
        once = np.unique(blocks * max(state.n_after, 1) + states)
        at_block, at_state = once // max(state.n_after, 1), once % max(state.n_after, 1)
        if len(at_state) > _STATES_AT_MOST:
            return True, tuple(refused)
    return binds, tuple(refused)


def _alike(problem: Problem, groups: list[int], conflict: NDArray[np.bool_]) -> list[list[int]]:
    """Groups in time order, those of the same duty that exclude the same others (and each other) together."""
    found: dict[Hashable, list[int]] = {}
    mine = conflict[:, groups]
    for g in groups:
        row = mine[g].copy()
        row[groups.index(g)] = True
        found.setdefault((Stint.of_group(-1, problem.groups[g]), np.packbits(row).tobytes()), []).append(g)
    roles = []
    for members in found.values():
        apart = len(members) == 1 or bool(conflict[members[0], members[1]])
        roles += [members] if apart else [[g] for g in members]
    order = {g: k for k, g in enumerate(groups)}
    return sorted(roles, key=lambda role: order[role[0]])
